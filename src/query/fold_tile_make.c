/*
 * A tile out of the fold of its rows alone: the groups that came to anything are copied, and the
 * fold's own begin with nothing again. See fold_tile.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "query/fold_tile.h"

/* Without Sources a row counts in a class, too; the classes of a Source are with its cells. */
static bool is_group(const struct figures *f)
{
    return f->rows != 0 || f->outstanding_bytes != 0 || f->outstanding_blocks != 0 ||
           f->peak_bytes != 0;
}

static bool is_heap(const struct fold_heap *h)
{
    return is_group(&h->f) || h->cell_count > 0 || h->first_block != INT64_MIN;
}

static bool is_cell(const struct source_cell *c)
{
    uint64_t bits = c->outstanding_bytes | c->outstanding_blocks;
    for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++)
        bits |= c->count[op] | c->bytes[op];
    return bits != 0;
}

static bool is_class(const struct size_figures *k)
{
    return (k->allocs | k->alloc_bytes | k->outstanding_blocks | k->outstanding_bytes) != 0;
}

/* ---- copies ---- */

static struct tile_group copy_group(const struct fold_tiles *t, uint32_t index,
                                    const struct figures *f)
{
    return (struct tile_group){
        .index = index,
        .rows = (uint32_t)f->rows,
        .allocs = (uint32_t)f->allocs,
        .frees = (uint32_t)f->frees,
        .reallocs = (uint32_t)f->reallocs,
        .failed_allocs = (uint32_t)f->failed_allocs,
        .blocks = (int32_t)f->outstanding_blocks,
        .peak_blocks = (int32_t)f->peak_blocks,
        .alloc_bytes = f->alloc_bytes,
        .freed_bytes = f->freed_bytes,
        .bytes = f->outstanding_bytes,
        .peak_bytes = f->peak_bytes,
        .peak_row = f->peak_row != ROW_NONE ? (uint32_t)(f->peak_row - t->first) : TILE_NO_ROW,
    };
}

static struct tile_cell copy_cell(uint32_t with, unsigned slot, const struct source_cell *c)
{
    struct tile_cell out = {
        .with = with,
        .slot = slot,
        .blocks = (int32_t)c->outstanding_blocks,
        .bytes = c->outstanding_bytes,
    };
    for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++) {
        out.count[op] = (uint32_t)c->count[op];
        out.amount[op] = c->bytes[op];
    }
    return out;
}

/* `to` is NULL where they are only counted. Returns how many there are. */
static uint32_t copy_groups(const struct fold_tiles *t, const struct fold_groups *g,
                            struct tile_group *to)
{
    uint32_t n = 0;
    for (size_t i = 0; i < g->count; i++) {
        if (!is_group(&g->f[i]))
            continue;
        if (to != NULL)
            to[n] = copy_group(t, (uint32_t)i, &g->f[i]);
        n++;
    }
    return n;
}

static uint32_t copy_heaps(const struct fold_tiles *t, struct tile_heap *to)
{
    uint32_t n = 0;
    for (size_t i = 0; i < t->fold->heap_count; i++) {
        const struct fold_heap *h = &t->fold->heaps[i];
        if (!is_heap(h))
            continue;
        if (to != NULL)
            to[n] = (struct tile_heap){
                .g = copy_group(t, (uint32_t)i, &h->f),
                .first = h->cell_count > 0 ? h->first : INT64_MIN,
                .first_block = h->first_block,
            };
        n++;
    }
    return n;
}

static uint32_t copy_sizes(const struct fold_tiles *t, struct tile_cell *to)
{
    uint32_t n = 0;
    for (unsigned slot = 0; slot < t->fold->source_count; slot++)
        for (unsigned k = 0; k < FOLD_SOURCE_CLASSES; k++) {
            const struct source_cell *c = &t->fold->sources[slot].size[k];
            if (!is_cell(c))
                continue;
            if (to != NULL)
                to[n] = copy_cell(k, slot, c);
            n++;
        }
    return n;
}

static uint32_t copy_row_of_cells(uint32_t heap, const struct source_cell *cells, unsigned count,
                                  struct tile_cell *to)
{
    uint32_t n = 0;
    for (unsigned slot = 0; slot < count; slot++) {
        if (!is_cell(&cells[slot]))
            continue;
        if (to != NULL)
            to[n] = copy_cell(heap, slot, &cells[slot]);
        n++;
    }
    return n;
}

static uint32_t copy_cells(const struct fold_tiles *t, struct tile_cell *to)
{
    const struct fold *f = t->fold;
    uint32_t n = copy_row_of_cells(INDEX_NONE, f->cross.no_heap, FOLD_SOURCES, to);
    for (size_t i = 0; i < f->heap_count; i++)
        n += copy_row_of_cells((uint32_t)i, f->heaps[i].cells, f->heaps[i].cell_count,
                               to != NULL ? to + n : NULL);
    return n;
}

static uint32_t copy_classes(const struct fold_tiles *t, struct tile_class *to)
{
    uint32_t n = 0;
    for (unsigned k = 0; k < FOLD_SIZE_CLASSES; k++) {
        const struct size_figures *c = &t->fold->sizes[k];
        if (!is_class(c))
            continue;
        if (to != NULL)
            to[n] = (struct tile_class){
                .class = k,
                .allocs = (uint32_t)c->allocs,
                .blocks = (int64_t)c->outstanding_blocks,
                .alloc_bytes = c->alloc_bytes,
                .bytes = c->outstanding_bytes,
            };
        n++;
    }
    return n;
}

static uint32_t copy_ops(const struct fold_tiles *t, struct tile_op *to)
{
    uint32_t n = 0;
    for (uint32_t op = 0; op < HEAP_OP_COUNT; op++) {
        if (t->fold->ops[op] == 0)
            continue;
        if (to != NULL)
            to[n] = (struct tile_op){op, (uint32_t)t->fold->ops[op]};
        n++;
    }
    return n;
}

/* ---- the tile ---- */

/* How many there are of each. */
static void count_all(const struct fold_tiles *t, struct fold_tile *out)
{
    out->threads = copy_groups(t, &t->fold->threads, NULL);
    out->processes = copy_groups(t, &t->fold->processes, NULL);
    out->heaps = copy_heaps(t, NULL);
    out->sizes = copy_sizes(t, NULL);
    out->cells = copy_cells(t, NULL);
    out->classes = copy_classes(t, NULL);
    out->places = (uint32_t)t->places.count;
    out->ops = copy_ops(t, NULL);
}

static size_t bytes_of(const struct fold_tile *tile)
{
    return (size_t)(tile->threads + tile->processes) * sizeof *tile->thread +
           tile->heaps * sizeof *tile->heap +
           (size_t)(tile->sizes + tile->cells) * sizeof *tile->cell +
           tile->classes * sizeof *tile->class + tile->places * sizeof *tile->place +
           tile->ops * sizeof *tile->op;
}

size_t fold_tile_measure(const struct fold_tiles *t)
{
    struct fold_tile tile;
    count_all(t, &tile);
    return bytes_of(&tile);
}

/* Where each begins in the one piece of memory; all are of the same alignment. */
static void place_all(struct fold_tile *tile, void *memory)
{
    tile->thread = memory;
    tile->process = tile->thread + tile->threads;
    tile->heap = (struct tile_heap *)(tile->process + tile->processes);
    tile->size = (struct tile_cell *)(tile->heap + tile->heaps);
    tile->cell = tile->size + tile->sizes;
    tile->class = (struct tile_class *)(tile->cell + tile->cells);
    tile->place = (uint64_t *)(tile->class + tile->classes);
    tile->op = (struct tile_op *)(tile->place + tile->places);
}

int fold_tile_make(const struct fold_tiles *t, struct fold_tile *out_tile)
{
    const struct fold *f = t->fold;
    *out_tile = (struct fold_tile){
        .first = t->first,
        .end = t->end,
        .first_time = store_time(t->trace->store, t->first),
        .last_time = store_time(t->trace->store, t->end - 1),
        .total = copy_group(t, 0, &f->total),
        .ended = f->freed[BLOCK_AIFI],
        .block_sources = f->block_sources,
    };
    count_all(t, out_tile);
    void *memory = malloc(bytes_of(out_tile) + 1);
    if (memory == NULL)
        return -ENOMEM;
    place_all(out_tile, memory);
    copy_groups(t, &f->threads, out_tile->thread);
    copy_groups(t, &f->processes, out_tile->process);
    copy_heaps(t, out_tile->heap);
    copy_sizes(t, out_tile->size);
    copy_cells(t, out_tile->cell);
    copy_classes(t, out_tile->class);
    copy_ops(t, out_tile->op);
    if (t->places.count > 0)
        memcpy(out_tile->place, t->places.rows, t->places.count * sizeof *out_tile->place);
    return 0;
}

/* ---- the next one ---- */

static void clear_groups(struct fold_groups *g)
{
    for (size_t i = 0; i < g->count; i++)
        if (is_group(&g->f[i]))
            g->f[i] = (struct figures){.peak_time = INT64_MIN, .peak_row = ROW_NONE};
}

static void clear_heaps(struct fold *f)
{
    for (size_t i = 0; i < f->heap_count; i++) {
        struct fold_heap *h = &f->heaps[i];
        if (!is_heap(h))
            continue;
        free(h->cells);
        *h = (struct fold_heap){
            .f = {.peak_time = INT64_MIN, .peak_row = ROW_NONE},
            .created = INT64_MIN,
            .destroyed = INT64_MAX,
            .first_block = INT64_MIN,
        };
    }
    f->cross.heap_count = 0;
}

void fold_tile_begin(struct fold_tiles *t, uint64_t first)
{
    struct fold *f = t->fold;
    t->first = first;
    t->places.count = 0;
    clear_groups(&f->threads);
    clear_groups(&f->processes);
    clear_heaps(f);
    for (size_t i = 0; i < f->source_count; i++) {
        memset(f->sources[i].size, 0, sizeof f->sources[i].size);
        f->sources[i].time[0] = (struct source_cell){0};
    }
    memset(f->cross.no_heap, 0, sizeof f->cross.no_heap);
    memset(f->sizes, 0, sizeof f->sizes);
    memset(f->ops, 0, sizeof f->ops);
    memset(f->freed, 0, sizeof f->freed);
    f->total = (struct figures){.peak_time = INT64_MIN, .peak_row = ROW_NONE};
    f->block_sources = 0;
    /* Every row is in range, there are no curves, and one stretch of time is all. */
    f->entered = true;
    f->first_row = 0;
    f->cross.start = store_time(t->trace->store, first);
    f->cross.shift = 63;
}
