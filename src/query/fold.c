/*
 * Folding rows into figures (fold.h), exactly by numbers.md, Totals and "Under a filter".
 *
 * An event counts where its own row stands: its heap, its process, its thread, its Source. A block
 * counts where the row that opened it stands, whoever ends it, and under its present size. A block
 * belongs if that row matches the filter, so closing rows look at their opener; the places are
 * loaded some rows ahead.
 */
#include "query/fold.h"

#include <errno.h>

#include "query/fold_priv.h"

/* How many rows ahead openers are loaded: a few hundred ns. */
#define FOLD_AHEAD 24

/* In place of a slot of `sources`: the row has no Source. */
#define NO_SLOT FOLD_SOURCES

/* A row being folded. */
struct step {
    struct fold *f;
    const struct store_chunk *c;
    uint64_t id;
    uint32_t i; /* place in the chunk */
    unsigned flags;
    int64_t time;
    bool in_range;
    bool mine; /* the row matches the filter */
};

/* What one block adds to the figures of all its groups; negative amounts wrap. */
struct change {
    uint64_t bytes, blocks;
    uint64_t inside; /* all bits set: the block was opened in the range */
};

static void change_figures(const struct step *s, struct figures *g, struct change by)
{
    g->outstanding_bytes += by.bytes;
    g->outstanding_blocks += by.blocks;
    g->aifo_bytes += by.bytes & by.inside;
    g->aifo_blocks += by.blocks & by.inside;
    if (!fold_is_above(g->outstanding_bytes, g->peak_bytes) || !s->in_range)
        return;
    g->peak_bytes = g->outstanding_bytes;
    g->peak_blocks = g->outstanding_blocks;
    g->peak_time = s->time;
    g->peak_row = s->id;
}

static void change_heap(const struct step *s, uint32_t heap, struct change by)
{
    if (heap == INDEX_NONE)
        return;
    struct fold_heap *h = &s->f->heaps[heap];
    if (s->f->draws)
        fold_draw_heap(s->f, h, s->time);
    change_figures(s, &h->f, by);
}

/* Most blocks are opened not far from where they end. */
static const struct store_chunk *chunk_of(const struct step *s, uint64_t row)
{
    if (row / STORE_CHUNK_ROWS == s->id / STORE_CHUNK_ROWS)
        return s->c;
    return store_chunk(s->f->trace->store, row / STORE_CHUNK_ROWS);
}

static void change_cell(struct source_cell *cell, struct change by)
{
    cell->outstanding_bytes += by.bytes;
    cell->outstanding_blocks += by.blocks;
}

static uint64_t magnitude(uint64_t amount)
{
    return (int64_t)amount < 0 ? 0 - amount : amount;
}

/* `opener` is the row that opened the block. Size classes are the caller's: for them the slot of
 * the block's Source is returned, NO_SLOT when it has none. */
static unsigned change_block(const struct step *s, uint64_t opener, uint32_t heap, struct change by)
{
    struct fold *f = s->f;
    const struct store_chunk *c = chunk_of(s, opener);
    uint32_t i = (uint32_t)(opener % STORE_CHUNK_ROWS);
    uint32_t thread = c->thread[i];
    by.inside = opener >= f->first_row ? UINT64_MAX : 0;
    f->magnitudes |= magnitude(by.bytes);
    if (f->draws)
        fold_curve_advance(&f->curve, s->time, f->total.outstanding_bytes);
    change_figures(s, &f->total, by);
    change_heap(s, heap, by);
    change_figures(s, &f->processes.f[f->process_of[thread]], by);
    change_figures(s, &f->threads.f[thread], by);
    if (c->source[i] == STORE_NO_SOURCE)
        return NO_SLOT;
    unsigned slot = fold_source(f, store_chunk_source(c, i));
    f->block_sources |= UINT64_C(1) << slot;
    change_cell(fold_cross_heap(f, heap, slot, s->time), by);
    if (heap != INDEX_NONE && f->heaps[heap].first_block == INT64_MIN)
        f->heaps[heap].first_block = s->time;
    return slot;
}

static void change_class(struct fold *f, unsigned slot, uint64_t size, struct change by)
{
    unsigned k = fold_class(size);
    f->sizes[k].outstanding_bytes += by.bytes;
    f->sizes[k].outstanding_blocks += by.blocks;
    if (slot != NO_SLOT)
        change_cell(&f->sources[slot].size[k], by);
}

/* The matches among the 64 rows around `row`, as bits. */
static uint64_t matching(const struct fold *f, uint64_t row)
{
    return f->matches != NULL ? matches_word(f->matches, row & ~UINT64_C(63)) : UINT64_MAX;
}

static bool belongs(const struct fold *f, uint64_t row)
{
    return (matching(f, row) >> row % 64 & 1) != 0;
}

static void open_block(const struct step *s)
{
    uint64_t size = store_chunk_size(s->c, s->i);
    struct change by = {.bytes = size, .blocks = 1};
    change_class(s->f, change_block(s, s->id, store_chunk_heap(s->c, s->i), by), size, by);
}

static void close_block(const struct step *s, uint64_t opener, uint32_t heap, uint64_t size)
{
    if (!belongs(s->f, opener))
        return;
    if (s->in_range) {
        struct block_sum *freed = &s->f->freed[opener >= s->f->first_row ? BLOCK_AIFI : BLOCK_AOFI];
        freed->bytes += size;
        freed->blocks++;
    }
    struct change by = {.bytes = 0 - size, .blocks = UINT64_MAX};
    change_class(s->f, change_block(s, opener, heap, by), size, by);
}

/* Blocks ended by another row than their Free; a Create ends those of the heap before its own. */
static void close_listed(const struct step *s)
{
    const struct store *st = s->f->trace->store;
    const struct row_closed *closed;
    size_t n = store_closed(st, s->id, &closed);
    for (size_t k = 0; k < n; k++) {
        const struct store_chunk *c = store_chunk(st, closed[k].row / STORE_CHUNK_ROWS);
        uint32_t heap = store_chunk_heap(c, (uint32_t)(closed[k].row % STORE_CHUNK_ROWS));
        close_block(s, closed[k].row, heap, closed[k].size);
    }
}

static void resize_block(const struct step *s)
{
    uint64_t opener = store_chunk_link(s->c, s->i, s->id);
    const struct store_extra *old = store_find_extra(s->f->trace->store, s->id, STORE_EXTRA_OLD);
    if (old == NULL || !belongs(s->f, opener))
        return;
    uint64_t own = old->values[STORE_OLD_OWN], size = store_chunk_size(s->c, s->i);
    struct change by = {.bytes = size - own};
    unsigned slot = change_block(s, opener, store_chunk_heap(s->c, s->i), by);
    change_class(s->f, slot, own, (struct change){.bytes = 0 - own, .blocks = UINT64_MAX});
    change_class(s->f, slot, size, (struct change){.bytes = size, .blocks = 1});
}

/* Endings come before births, so that a row makes a peak only by what it leaves behind. */
static void fold_blocks(const struct step *s)
{
    if ((s->flags & ROW_CLOSES) != 0)
        close_block(s, store_chunk_link(s->c, s->i, s->id), store_chunk_heap(s->c, s->i),
                    store_chunk_size(s->c, s->i));
    else if ((s->flags & ROW_CLOSING_FLAGS) != 0 || s->c->op[s->i] == HEAP_OP_DESTROY)
        close_listed(s);
    if ((s->flags & ROW_RESIZES) != 0)
        resize_block(s);
    if ((s->flags & ROW_OPENS) != 0 && s->mine)
        open_block(s);
}

static void count_effect(struct figures *g, const struct fold_effect *e)
{
    g->rows++;
    if (e->allocs != 0) {
        g->allocs += e->allocs;
        g->alloc_bytes += e->alloc_bytes;
    }
    if (e->frees != 0) {
        g->frees += e->frees;
        g->freed_bytes += e->freed_bytes;
    }
    g->reallocs += e->reallocs;
    g->failed_allocs += e->failed_allocs;
}

static void count_cell(struct source_cell *cell, unsigned as, uint64_t bytes)
{
    cell->count[as]++;
    cell->bytes[as] += bytes;
}

/*
 * The Source histogram counts rows as recorded. A Free has the size of the block that it closed,
 * and none when it closed no block. A failed Alloc took no bytes from its Source: one absurd
 * request would be most of the histogram.
 */
static void count_source(const struct step *s, unsigned op)
{
    static const uint8_t counted_as[] = {
        [HEAP_OP_ALLOC] = 1 + FOLD_SOURCE_ALLOC,
        [HEAP_OP_REALLOC] = 1 + FOLD_SOURCE_REALLOC,
        [HEAP_OP_FREE] = 1 + FOLD_SOURCE_FREE,
    };
    if (op >= sizeof counted_as || counted_as[op] == 0 || s->c->source[s->i] == STORE_NO_SOURCE)
        return;
    struct fold *f = s->f;
    unsigned slot = fold_source(f, store_chunk_source(s->c, s->i)), as = counted_as[op] - 1u;
    bool has_size = (s->flags & (op == HEAP_OP_FREE ? ROW_CLOSES : STORE_HAS_SIZE)) != 0;
    uint64_t size = has_size ? store_chunk_size(s->c, s->i) : 0;
    uint64_t bytes = (s->flags & ROW_FAILED) == 0 ? size : 0;
    struct fold_source *source = &f->sources[slot];
    count_cell(&source->size[has_size ? fold_class(size) : FOLD_NO_SIZE], as, bytes);
    count_cell(&source->time[f->cross.bin], as, bytes);
    count_cell(fold_cross_heap(f, store_chunk_heap(s->c, s->i), slot, s->time), as, bytes);
}

static void fold_event(const struct step *s)
{
    struct fold *f = s->f;
    struct fold_effect e;
    fold_effect_of(f->trace, s->c, s->id, &e);
    unsigned op = store_chunk_op(s->c, s->i);
    f->ops[op < HEAP_OP_COUNT ? op : 0]++;
    count_effect(&f->threads.f[s->c->thread[s->i]], &e);
    count_source(s, op);
    if (e.allocs != 0) {
        struct size_figures *k = &f->sizes[fold_class(e.alloc_bytes)];
        k->allocs++;
        k->alloc_bytes += e.alloc_bytes;
    }
    uint32_t heap = store_chunk_heap(s->c, s->i);
    if (heap != INDEX_NONE)
        count_effect(&f->heaps[heap].f, &e);
}

static int fold_row(struct step *s)
{
    struct fold *f = s->f;
    s->flags = s->c->flags[s->i];
    s->time = store_chunk_time(s->c, s->i);
    if (s->time > f->range.until)
        return 0;
    s->in_range = s->time >= f->range.since;
    if (s->in_range && !f->entered) {
        int rc = fold_enter_range(f, s->id, s->time);
        if (rc != 0)
            return rc;
    }
    if (!f->started && s->time > f->start)
        fold_start_impact(f);
    if (s->in_range) {
        f->last = s->time;
        fold_cross_advance(f, s->time);
    }
    f->end = s->id + 1;
    unsigned op = store_chunk_op(s->c, s->i);
    if (op < 64 && (FOLD_SPACE_OPS >> op & 1) != 0 && s->c->heap[s->i] != STORE_NO_HEAP)
        fold_take_space(f, s->c, s->id, &f->heaps[store_chunk_heap(s->c, s->i)]);
    fold_blocks(s);
    if (s->in_range && s->mine)
        fold_event(s);
    return f->failed ? -ENOMEM : 0;
}

/* Starts to load what the block of a row some way ahead will need. */
static void look_ahead(const struct step *s, uint64_t id)
{
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    if ((s->c->flags[i] & (ROW_CLOSES | ROW_RESIZES)) == 0)
        return;
    uint64_t opener = store_chunk_link(s->c, i, id);
    const struct store_chunk *c = chunk_of(s, opener);
    if (c == NULL)
        return;
    __builtin_prefetch(&c->thread[opener % STORE_CHUNK_ROWS]);
    __builtin_prefetch(&c->source[opener % STORE_CHUNK_ROWS]);
    if (s->f->matches != NULL)
        matches_prefetch(s->f->matches, opener);
}

/* Rows [next, end), which lie in one chunk. */
static int fold_stretch(struct fold *f, const struct store_chunk *c, uint64_t end)
{
    struct step s = {.f = f, .c = c};
    uint64_t word = matching(f, f->next);
    for (; f->next < end; f->next++) {
        s.id = f->next;
        s.i = (uint32_t)(s.id % STORE_CHUNK_ROWS);
        if (s.id % 64 == 0)
            word = matching(f, s.id);
        s.mine = (word >> s.id % 64 & 1) != 0;
        if (s.id + FOLD_AHEAD < end)
            look_ahead(&s, s.id + FOLD_AHEAD);
        int rc = fold_row(&s);
        if (rc != 0)
            return rc;
    }
    return 0;
}

int fold_advance(struct fold *f, uint64_t until, uint64_t max_rows)
{
    f->known = until;
    int rc = fold_make_room(f);
    while (rc == 0 && f->next < until && max_rows > 0) {
        uint64_t before = f->next;
        if (fold_take_tile(f, until)) {
            uint64_t cost = (f->next - before) / FOLD_TILE_GAIN;
            max_rows -= cost < max_rows ? cost : max_rows;
            rc = f->failed ? -ENOMEM : 0;
            continue;
        }
        const struct store_chunk *c = store_chunk(f->trace->store, f->next / STORE_CHUNK_ROWS);
        uint64_t end = fold_stretch_end(f, until);
        if (c->zone.min_time > f->range.until) {
            f->next = end;
            continue;
        }
        end = end - before < max_rows ? end : before + max_rows;
        rc = fold_stretch(f, c, end);
        max_rows -= f->next - before;
    }
    if (rc == 0 && f->next >= until && max_rows > 0)
        fold_scan_classes(f, max_rows);
    return rc;
}

bool fold_is_complete(const struct fold *f, uint64_t rows)
{
    return f->next >= rows && !f->scan.needed;
}

uint64_t fold_rows(const struct fold *f)
{
    return f->next;
}
