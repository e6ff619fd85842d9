/*
 * A fold over whole tiles (fold_tiles.h): what their rows would have done to its figures.
 *
 * Before the range only what is outstanding counts, within it all. A tile is taken when none of its
 * rows would have been treated otherwise than the others: neither the range nor a bin of a curve
 * may begin or end inside it.
 */
#include "query/fold_tile.h"

void fold_use_tiles(struct fold *f, struct fold_tiles *t)
{
    f->tiles = t;
}

/* The tile that begins at `next` or behind; NULL when there is none that still holds. */
static const struct fold_tile *next_tile(struct fold *f)
{
    struct fold_tiles *t = f->tiles;
    if (t == NULL || (t->matches != NULL && matches_flips(t->matches) != t->flips))
        return NULL;
    if (f->next_tile > t->count)
        f->next_tile = 0;
    while (f->next_tile < t->count && t->tile[f->next_tile].first < f->next)
        f->next_tile++;
    return f->next_tile < t->count ? &t->tile[f->next_tile] : NULL;
}

uint64_t fold_stretch_end(struct fold *f, uint64_t until)
{
    uint64_t end = (f->next / STORE_CHUNK_ROWS + 1) * STORE_CHUNK_ROWS;
    const struct fold_tile *tile = next_tile(f);
    if (tile != NULL && tile->first > f->next && tile->first < end)
        end = tile->first;
    else if (tile != NULL && tile->first == f->next && tile->end < end)
        end = tile->end;
    return end < until ? end : until;
}

/* ---- before the range ---- */

static void add_outstanding(struct figures *f, const struct tile_group *g)
{
    f->outstanding_bytes += g->bytes;
    f->outstanding_blocks += (uint64_t)(int64_t)g->blocks;
}

/* The Sources whose blocks changed have a place even when nothing is left of them. */
static void meet_sources(struct fold *f, const struct fold_tile *tile)
{
    for (uint64_t left = tile->block_sources; left != 0; left &= left - 1)
        fold_source(f, f->tiles->source[__builtin_ctzll(left)]);
}

static void take_outstanding_cell(struct source_cell *to, const struct tile_cell *c)
{
    to->outstanding_bytes += c->bytes;
    to->outstanding_blocks += (uint64_t)(int64_t)c->blocks;
}

static unsigned slot_of(struct fold *f, const struct tile_cell *c)
{
    return fold_source(f, f->tiles->source[c->slot]);
}

static void take_outside(struct fold *f, const struct fold_tile *tile)
{
    add_outstanding(&f->total, &tile->total);
    for (uint32_t i = 0; i < tile->threads; i++)
        add_outstanding(&f->threads.f[tile->thread[i].index], &tile->thread[i]);
    for (uint32_t i = 0; i < tile->processes; i++)
        add_outstanding(&f->processes.f[tile->process[i].index], &tile->process[i]);
    for (uint32_t i = 0; i < tile->heaps; i++) {
        const struct tile_heap *h = &tile->heap[i];
        add_outstanding(&f->heaps[h->g.index].f, &h->g);
        if (h->first_block != INT64_MIN)
            fold_cross_heap(f, h->g.index, 0, h->first_block);
    }
    for (uint32_t i = 0; i < tile->classes; i++) {
        f->sizes[tile->class[i].class].outstanding_bytes += tile->class[i].bytes;
        f->sizes[tile->class[i].class].outstanding_blocks += (uint64_t)tile->class[i].blocks;
    }
    meet_sources(f, tile);
    for (uint32_t i = 0; i < tile->sizes; i++)
        if ((tile->size[i].bytes | (uint64_t)tile->size[i].blocks) != 0)
            take_outstanding_cell(&f->sources[slot_of(f, &tile->size[i])].size[tile->size[i].with],
                                  &tile->size[i]);
    for (uint32_t i = 0; i < tile->cells; i++)
        if ((tile->cell[i].bytes | (uint64_t)tile->cell[i].blocks) != 0)
            take_outstanding_cell(fold_cross_heap(f, tile->cell[i].with, slot_of(f, &tile->cell[i]),
                                                  tile->first_time),
                                  &tile->cell[i]);
}

/* ---- within the range ---- */

static void add_blocks(const struct fold *f, struct figures *to, const struct tile_group *g,
                       const struct fold_tile *tile)
{
    uint64_t bytes = to->outstanding_bytes + g->peak_bytes;
    if (g->peak_row != TILE_NO_ROW && fold_is_above(bytes, to->peak_bytes)) {
        to->peak_bytes = bytes;
        to->peak_blocks = to->outstanding_blocks + (uint64_t)(int64_t)g->peak_blocks;
        to->peak_row = tile->first + g->peak_row;
        to->peak_time = store_time(f->trace->store, to->peak_row);
    }
    add_outstanding(to, g);
}

static void add_group(const struct fold *f, struct figures *to, const struct tile_group *g,
                      const struct fold_tile *tile)
{
    to->rows += g->rows;
    to->allocs += g->allocs;
    to->alloc_bytes += g->alloc_bytes;
    to->frees += g->frees;
    to->freed_bytes += g->freed_bytes;
    to->reallocs += g->reallocs;
    to->failed_allocs += g->failed_allocs;
    add_blocks(f, to, g, tile);
}

static void count_cell(struct source_cell *to, const struct tile_cell *c)
{
    for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++) {
        to->count[op] += c->count[op];
        to->bytes[op] += c->amount[op];
    }
}

static void take_heaps(struct fold *f, const struct fold_tile *tile)
{
    for (uint32_t i = 0; i < tile->heaps; i++) {
        const struct tile_heap *h = &tile->heap[i];
        struct fold_heap *to = &f->heaps[h->g.index];
        fold_draw_heap(f, to, tile->first_time);
        add_group(f, &to->f, &h->g, tile);
        if (h->first != INT64_MIN)
            fold_cross_heap(f, h->g.index, 0, h->first);
    }
}

static void take_sources(struct fold *f, const struct fold_tile *tile)
{
    fold_cross_advance(f, tile->first_time);
    meet_sources(f, tile);
    for (uint32_t i = 0; i < tile->sizes; i++) {
        const struct tile_cell *c = &tile->size[i];
        struct fold_source *s = &f->sources[slot_of(f, c)];
        count_cell(&s->time[f->cross.bin], c);
        count_cell(&s->size[c->with], c);
        take_outstanding_cell(&s->size[c->with], c);
    }
    for (uint32_t i = 0; i < tile->cells; i++) {
        const struct tile_cell *c = &tile->cell[i];
        struct source_cell *to = fold_cross_heap(f, c->with, slot_of(f, c), tile->first_time);
        count_cell(to, c);
        take_outstanding_cell(to, c);
    }
}

static void take_inside(struct fold *f, const struct fold_tile *tile)
{
    add_blocks(f, &f->total, &tile->total, tile);
    for (uint32_t i = 0; i < tile->threads; i++)
        add_group(f, &f->threads.f[tile->thread[i].index], &tile->thread[i], tile);
    for (uint32_t i = 0; i < tile->processes; i++)
        add_blocks(f, &f->processes.f[tile->process[i].index], &tile->process[i], tile);
    take_heaps(f, tile);
    take_sources(f, tile);
    for (uint32_t i = 0; i < tile->classes; i++) {
        struct size_figures *k = &f->sizes[tile->class[i].class];
        k->allocs += tile->class[i].allocs;
        k->alloc_bytes += tile->class[i].alloc_bytes;
        k->outstanding_bytes += tile->class[i].bytes;
        k->outstanding_blocks += (uint64_t)tile->class[i].blocks;
    }
    for (uint32_t i = 0; i < tile->ops; i++)
        f->ops[tile->op[i].op] += tile->op[i].rows;
    /* Which of them had been opened in the range is for the scan to tell. */
    f->freed[BLOCK_AIFI].bytes += tile->ended.bytes;
    f->freed[BLOCK_AIFI].blocks += tile->ended.blocks;
    f->scan.needed = true;
    f->last = tile->last_time;
}

/* ---- which ---- */

static bool is_in_one_bin(struct fold *f, const struct fold_tile *tile)
{
    fold_curve_advance(&f->curve, tile->first_time, f->total.outstanding_bytes);
    uint64_t from = (uint64_t)tile->first_time - (uint64_t)f->curve.start;
    uint64_t to = (uint64_t)tile->last_time - (uint64_t)f->curve.start;
    /* The bins of the other curves are this wide, or several of them together. */
    return from >> f->curve.shift == to >> f->curve.shift;
}

/* Whether the tile can be taken within the range, which it may be the first to enter. */
static bool can_take_inside(struct fold *f, const struct fold_tile *tile)
{
    if (tile->last_time > f->range.until || tile->first_time < f->range.since ||
        (!f->started && tile->first_time <= f->start))
        return false;
    if (!f->entered && fold_enter_range(f, tile->first, tile->first_time) != 0) {
        f->failed = true;
        return false;
    }
    if (!f->started)
        fold_start_impact(f);
    return is_in_one_bin(f, tile);
}

static void take_places(struct fold *f, const struct fold_tile *tile)
{
    for (uint32_t i = 0; i < tile->places; i++) {
        uint64_t row = tile->place[i];
        const struct store_chunk *c = store_chunk(f->trace->store, row / STORE_CHUNK_ROWS);
        fold_take_space(f, c, row,
                        &f->heaps[store_chunk_heap(c, (uint32_t)(row % STORE_CHUNK_ROWS))]);
    }
}

bool fold_take_tile(struct fold *f, uint64_t until)
{
    const struct fold_tile *tile = next_tile(f);
    /* Once the scan has begun, what it leaves to the fold is folded row by row. */
    if (tile == NULL || tile->first != f->next || tile->end > until || f->scan.moment != 0)
        return false;
    if (tile->last_time < f->range.since && tile->last_time <= f->range.until)
        take_outside(f, tile);
    else if (can_take_inside(f, tile))
        take_inside(f, tile);
    else
        return false;
    take_places(f, tile);
    f->next = f->end = tile->end;
    f->next_tile++;
    return true;
}
