/*
 * What one row does to what is outstanding, by the rules of fold.c: a block counts where the row
 * that opened it stands, endings come before births (timeline_priv.h).
 */
#include "query/timeline_priv.h"

/* How many rows ahead openers are loaded. */
#define ROWS_AHEAD 24

/* The last place is shared by all Sources that find no place of their own. */
#define OWN_PLACES (FOLD_SOURCES - 1)

static void add_value(struct timeline_values *v, size_t key, uint64_t bytes)
{
    v->bytes[key] += bytes;
    if (v->seen == NULL || v->seen[key] == v->stretch + 1)
        return;
    v->seen[key] = v->stretch + 1;
    v->changed[v->changed_count++] = (uint32_t)key;
}

static unsigned find_source(struct timeline_index *ix, uint32_t source)
{
    for (size_t i = 0; source >= STORE_NO_SOURCE && i < ix->source_count && i < OWN_PLACES; i++)
        if (ix->sources[i] == source)
            return (unsigned)i;
    if (ix->source_count < FOLD_SOURCES)
        ix->sources[ix->source_count++] = source;
    if (source < STORE_NO_SOURCE)
        ix->source_place[source] = (uint8_t)ix->source_count;
    return (unsigned)ix->source_count - 1;
}

static unsigned source_key(struct timeline_index *ix, uint32_t source)
{
    if (source < STORE_NO_SOURCE && ix->source_place[source] != 0)
        return ix->source_place[source] - 1u;
    return find_source(ix, source);
}

static const struct store_chunk *chunk_of(const struct timeline_step *s, uint64_t row)
{
    if (row / STORE_CHUNK_ROWS == s->id / STORE_CHUNK_ROWS)
        return s->c;
    return store_chunk(s->ix->trace->store, row / STORE_CHUNK_ROWS);
}

/* The block opened by `opener` changes by so many bytes. */
static void change_block(const struct timeline_step *s, uint64_t opener, uint32_t heap,
                         uint64_t bytes)
{
    s->sums->bytes += bytes;
    if (s->values[TIMELINE_BY_HEAP] != NULL && heap != INDEX_NONE)
        add_value(s->values[TIMELINE_BY_HEAP], heap, bytes);
    if (s->values[TIMELINE_BY_SOURCE] == NULL)
        return;
    const struct store_chunk *c = chunk_of(s, opener);
    uint32_t i = (uint32_t)(opener % STORE_CHUNK_ROWS);
    if (c->source[i] != STORE_NO_SOURCE)
        add_value(s->values[TIMELINE_BY_SOURCE], source_key(s->ix, store_chunk_source(c, i)),
                  bytes);
}

static void change_class(const struct timeline_step *s, uint64_t size, uint64_t bytes)
{
    if (s->values[TIMELINE_BY_SIZE] != NULL)
        add_value(s->values[TIMELINE_BY_SIZE], fold_class(size), bytes);
}

static void close_block(const struct timeline_step *s, uint64_t opener, uint32_t heap,
                        uint64_t size)
{
    if (!timeline_belongs(s->ix, opener))
        return;
    s->sums->blocks--;
    change_block(s, opener, heap, 0 - size);
    change_class(s, size, 0 - size);
}

static void close_listed(const struct timeline_step *s)
{
    const struct store *st = s->ix->trace->store;
    const struct row_closed *closed;
    size_t n = store_closed(st, s->id, &closed);
    for (size_t k = 0; k < n; k++) {
        const struct store_chunk *c = store_chunk(st, closed[k].row / STORE_CHUNK_ROWS);
        uint32_t heap = store_chunk_heap(c, (uint32_t)(closed[k].row % STORE_CHUNK_ROWS));
        close_block(s, closed[k].row, heap, closed[k].size);
    }
}

static void resize_block(const struct timeline_step *s)
{
    uint64_t opener = store_chunk_link(s->c, s->i, s->id);
    const struct store_extra *old = store_find_extra(s->ix->trace->store, s->id, STORE_EXTRA_OLD);
    if (old == NULL || !timeline_belongs(s->ix, opener))
        return;
    uint64_t own = old->values[STORE_OLD_OWN], size = store_chunk_size(s->c, s->i);
    change_block(s, opener, store_chunk_heap(s->c, s->i), size - own);
    change_class(s, own, 0 - own);
    change_class(s, size, size);
}

static void open_block(const struct timeline_step *s)
{
    uint64_t size = store_chunk_size(s->c, s->i);
    s->sums->blocks++;
    change_block(s, s->id, store_chunk_heap(s->c, s->i), size);
    change_class(s, size, size);
}

static void count_event(const struct timeline_step *s)
{
    struct fold_effect e;
    fold_effect_of(s->ix->trace, s->c, s->id, &e);
    s->sums->rows++;
    s->sums->allocs += e.allocs;
    s->sums->alloc_bytes += e.alloc_bytes;
    s->sums->frees += e.frees;
    s->sums->freed_bytes += e.freed_bytes;
}

static void take_row(const struct timeline_step *s)
{
    if ((s->flags & ROW_CLOSES) != 0)
        close_block(s, store_chunk_link(s->c, s->i, s->id), store_chunk_heap(s->c, s->i),
                    store_chunk_size(s->c, s->i));
    else if ((s->flags & ROW_CLOSING_FLAGS) != 0 || s->c->op[s->i] == HEAP_OP_DESTROY)
        close_listed(s);
    if ((s->flags & ROW_RESIZES) != 0)
        resize_block(s);
    if (!s->mine)
        return;
    if ((s->flags & ROW_OPENS) != 0)
        open_block(s);
    if (!s->bytes_only)
        count_event(s);
}

/* Loads what the block of a row some way ahead will need. */
static void look_ahead(const struct timeline_step *s, uint64_t id)
{
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    if ((s->c->flags[i] & (ROW_CLOSES | ROW_RESIZES)) == 0)
        return;
    uint64_t opener = store_chunk_link(s->c, i, id);
    const struct store_chunk *c = chunk_of(s, opener);
    if (c != NULL && s->values[TIMELINE_BY_SOURCE] != NULL)
        __builtin_prefetch(&c->source[opener % STORE_CHUNK_ROWS]);
    if (s->ix->matches != NULL)
        matches_prefetch(s->ix->matches, opener);
}

static void note_most(const struct timeline_step *s, struct timeline_most *most)
{
    if ((int64_t)s->sums->bytes > most->bytes) {
        most->bytes = (int64_t)s->sums->bytes;
        most->blocks_then = s->sums->blocks;
        most->row = s->id;
    }
    if ((int64_t)s->sums->blocks > most->blocks)
        most->blocks = (int64_t)s->sums->blocks;
}

/* Rows of one chunk. */
static void scan_stretch(struct timeline_step *s, uint64_t to, struct timeline_most *out_most)
{
    uint64_t word = timeline_matching(s->ix, s->id);
    for (; s->id < to; s->id++) {
        s->i = (uint32_t)(s->id % STORE_CHUNK_ROWS);
        s->flags = s->c->flags[s->i];
        if (s->id % 64 == 0)
            word = timeline_matching(s->ix, s->id);
        s->mine = (word >> s->id % 64 & 1) != 0;
        if (s->id + ROWS_AHEAD < to)
            look_ahead(s, s->id + ROWS_AHEAD);
        take_row(s);
        if (out_most != NULL)
            note_most(s, out_most);
    }
}

void timeline_scan(struct timeline_step *s, uint64_t from, uint64_t to,
                   struct timeline_most *out_most)
{
    s->id = from;
    while (s->id < to) {
        uint64_t end = (s->id / STORE_CHUNK_ROWS + 1) * STORE_CHUNK_ROWS;
        s->c = store_chunk(s->ix->trace->store, s->id / STORE_CHUNK_ROWS);
        scan_stretch(s, end < to ? end : to, out_most);
    }
}
