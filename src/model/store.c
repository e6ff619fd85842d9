/*
 * The column store of store.h: chunks, appending, publishing, and reading single rows.
 *
 * A chunk is one allocation, its columns one behind the other. The worker writes rows behind
 * `appended`; store_publish() releases them. Only `link` and `stack` change later, atomically; a
 * reader that finds a link to a row it cannot see yet takes it as not there.
 */
#include "model/store.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/err.h"
#include "model/store_extra.h"

#define STORE_FIRST_WIDE_TIME ((uint64_t)STORE_WIDE_TIME << 32)

/*
 * The columns of chunks are cut from slabs of whole huge pages: first touching 10 M rows in pages
 * of 4 KiB costs as much as a fifth of reading them. 15 chunks fill a slab but for 0.4 %.
 */
#define SLAB_ALIGNMENT ((size_t)2 << 20)
#define SLAB_CHUNKS    15u

/* Alloc and ReAlloc. */
#define STACKED_OPS 2u

struct slab {
    struct slab *next;
    char *memory;
    unsigned used; /* chunks */
};

struct store {
    struct store_chunk *_Atomic directory[STORE_MAX_CHUNKS];
    struct store_chunk *_Atomic spare; /* the next chunk, when store_prepare() made it */
    pthread_mutex_t slab_lock;         /* the worker and store_prepare() both take from slabs */
    struct slab *slabs;                /* the first one has room */
    uint64_t appended;                 /* worker only */
    _Atomic uint64_t rows;             /* what readers may see */
    const struct stack_table *stacks;
    _Atomic uint64_t stack_changes;
    _Atomic uint64_t stack_rows[STACKED_OPS], stack_given[STACKED_OPS]; /* see stacked_op() */
};

static const size_t row_bytes =
    sizeof(uint64_t) + 4 * sizeof(uint32_t) + 4 * sizeof(uint16_t) + 2 * sizeof(uint8_t);

#define CHUNK_BYTES (row_bytes * STORE_CHUNK_ROWS)
#define SLAB_BYTES                                                                                 \
    ((CHUNK_BYTES * SLAB_CHUNKS + SLAB_ALIGNMENT - 1) / SLAB_ALIGNMENT * SLAB_ALIGNMENT)

struct store *store_new(void)
{
    struct store *st = calloc(1, sizeof(struct store));
    if (st != NULL)
        pthread_mutex_init(&st->slab_lock, NULL);
    return st;
}

void store_use_stacks(struct store *st, const struct stack_table *stacks)
{
    st->stacks = stacks;
}

static void chunk_free(struct store_chunk *c)
{
    if (c == NULL)
        return;
    store_extra_release(c);
    free((void *)c->stack);
    free(c);
}

void store_free(struct store *st)
{
    if (st == NULL)
        return;
    for (size_t i = 0; i < STORE_MAX_CHUNKS && st->directory[i] != NULL; i++)
        chunk_free(st->directory[i]);
    chunk_free(st->spare);
    while (st->slabs != NULL) {
        struct slab *next = st->slabs->next;
        free(st->slabs->memory);
        free(st->slabs);
        st->slabs = next;
    }
    pthread_mutex_destroy(&st->slab_lock);
    free(st);
}

static struct slab *slab_new(struct slab *next)
{
    struct slab *slab = calloc(1, sizeof *slab);
    if (slab == NULL)
        return NULL;
    slab->next = next;
    slab->memory = aligned_alloc(SLAB_ALIGNMENT, SLAB_BYTES);
    if (slab->memory == NULL) {
        free(slab);
        return NULL;
    }
#ifdef MADV_HUGEPAGE
    (void)madvise(slab->memory, SLAB_BYTES, MADV_HUGEPAGE);
#endif
    return slab;
}

/* Memory for the columns of one chunk, not cleared; NULL when memory is out. Any thread. */
static char *take_columns(struct store *st)
{
    char *columns = NULL;
    pthread_mutex_lock(&st->slab_lock);
    if (st->slabs == NULL || st->slabs->used == SLAB_CHUNKS) {
        struct slab *slab = slab_new(st->slabs);
        if (slab != NULL)
            st->slabs = slab;
    }
    if (st->slabs != NULL && st->slabs->used < SLAB_CHUNKS)
        columns = st->slabs->memory + CHUNK_BYTES * st->slabs->used++;
    pthread_mutex_unlock(&st->slab_lock);
    return columns;
}

/* The next column of the chunk's memory, `width` bytes a row. */
static void *take_column(char **at, size_t width)
{
    void *column = *at;
    *at += width * STORE_CHUNK_ROWS;
    return column;
}

static struct store_chunk *chunk_new(struct store *st)
{
    struct store_chunk *c = calloc(1, sizeof *c);
    char *columns = c != NULL ? take_columns(st) : NULL;
    if (columns == NULL) {
        free(c);
        return NULL;
    }
    /* Wide columns first, so that each is aligned. */
    c->address = take_column(&columns, sizeof *c->address);
    c->time_low = take_column(&columns, sizeof *c->time_low);
    c->thread = take_column(&columns, sizeof *c->thread);
    c->size = take_column(&columns, sizeof *c->size);
    c->link = take_column(&columns, sizeof *c->link);
    c->time_high = take_column(&columns, sizeof *c->time_high);
    c->flags = take_column(&columns, sizeof *c->flags);
    c->cpu = take_column(&columns, sizeof *c->cpu);
    c->heap = take_column(&columns, sizeof *c->heap);
    c->op = take_column(&columns, sizeof *c->op);
    c->source = take_column(&columns, sizeof *c->source);
    c->zone = (struct store_zone){
        .min_time = INT64_MAX,
        .max_time = INT64_MIN,
        .min_size = UINT64_MAX,
    };
    return c;
}

const struct store_chunk *store_chunk(const struct store *st, uint64_t index)
{
    if (index >= STORE_MAX_CHUNKS)
        return NULL;
    return atomic_load_explicit(&st->directory[index], memory_order_acquire);
}

/* The chunk of a row that exists. */
static const struct store_chunk *chunk_of(const struct store *st, uint64_t id)
{
    return store_chunk(st, id / STORE_CHUNK_ROWS);
}

bool store_prepare(struct store *st)
{
    if (atomic_load_explicit(&st->spare, memory_order_relaxed) != NULL)
        return false;
    struct store_chunk *c = chunk_new(st);
    if (c == NULL)
        return false;
    /* The first touch of its pages is what costs. */
    memset(c->address, 0, CHUNK_BYTES);
    atomic_store_explicit(&st->spare, c, memory_order_release);
    return true;
}

/* The chunk that takes the next row, made with its first. */
static int open_chunk(struct store *st, int64_t time, struct store_chunk **out_chunk)
{
    uint64_t index = st->appended / STORE_CHUNK_ROWS;
    if (index >= STORE_MAX_CHUNKS)
        return ERR_LIMIT;
    struct store_chunk *c = atomic_load_explicit(&st->directory[index], memory_order_relaxed);
    if (c == NULL) {
        c = atomic_exchange_explicit(&st->spare, NULL, memory_order_acquire);
        if (c == NULL)
            c = chunk_new(st);
        if (c == NULL)
            return -ENOMEM;
        c->base_time = time;
        atomic_store_explicit(&st->directory[index], c, memory_order_release);
    }
    *out_chunk = c;
    return 0;
}

/* Sets bit `kind` of the answer when the row's value does not fit the column. */
static unsigned put_time(struct store_chunk *c, uint32_t i, int64_t time)
{
    uint64_t distance = (uint64_t)time - (uint64_t)c->base_time;
    bool wide = time < c->base_time || distance >= STORE_FIRST_WIDE_TIME;
    c->time_low[i] = (uint32_t)distance;
    c->time_high[i] = wide ? STORE_WIDE_TIME : (uint16_t)(distance >> 32);
    return wide ? 1u << STORE_EXTRA_TIME : 0;
}

static unsigned put_heap(struct store_chunk *c, uint32_t i, uint32_t heap)
{
    bool wide = heap >= STORE_NO_HEAP && heap != INDEX_NONE;
    c->heap[i] = wide ? STORE_WIDE_HEAP : heap == INDEX_NONE ? STORE_NO_HEAP : (uint16_t)heap;
    return wide ? 1u << STORE_EXTRA_HEAP : 0;
}

static unsigned put_size(struct store_chunk *c, uint32_t i, uint64_t size)
{
    bool wide = size >= STORE_WIDE_SIZE;
    c->size[i] = wide ? STORE_WIDE_SIZE : (uint32_t)size;
    return wide ? 1u << STORE_EXTRA_SIZE : 0;
}

static unsigned put_source(struct store_chunk *c, uint32_t i, const struct row *row)
{
    bool has = (row->has & EVENT_HAS_SOURCE) != 0;
    bool wide = has && row->source >= STORE_NO_SOURCE;
    c->source[i] = wide ? STORE_WIDE_SOURCE : has ? (uint8_t)row->source : STORE_NO_SOURCE;
    return wide ? 1u << STORE_EXTRA_SOURCE : 0;
}

static uint16_t column_flags(const struct row *row)
{
    unsigned flags = row->flags;
    if ((row->has & EVENT_HAS_ADDRESS) != 0)
        flags |= STORE_HAS_ADDRESS;
    if ((row->has & EVENT_HAS_SIZE) != 0)
        flags |= STORE_HAS_SIZE;
    if (row->op >= HEAP_OP_RANGE_RUNDOWN)
        flags |= ROW_RANGE;
    return (uint16_t)flags;
}

/* Fills the columns; the answer has bit `kind` for every value that must go to the extras. */
static unsigned put_columns(struct store_chunk *c, uint32_t i, const struct row *row,
                            uint16_t flags)
{
    uint32_t link = 0;
    if (row->link != ROW_NONE && (row->flags & ROW_OPENS) == 0)
        link = (uint32_t)(row->id - row->link);
    atomic_store_explicit(&c->link[i], link, memory_order_relaxed);
    c->op[i] = (uint8_t)row->op;
    c->flags[i] = flags;
    c->cpu[i] = row->cpu;
    c->thread[i] = row->thread;
    c->address[i] = row->address;
    return put_time(c, i, row->time) | put_heap(c, i, row->heap) | put_size(c, i, row->size) |
           put_source(c, i, row);
}

/* The extras of a row, in order of kind. */
static int put_extras(struct store_chunk *c, uint32_t i, const struct row *row,
                      const struct store_side *side, unsigned wide)
{
    static const struct store_side nothing = {.old_opener = ROW_NONE};
    if (side == NULL)
        side = &nothing;
    if (side->closed_count > UINT32_MAX / 2)
        return ERR_LIMIT;
    const uint8_t old_bits = row->has & (EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE);
    const uint64_t old[STORE_OLD_VALUES] = {row->old_address, row->old_size, side->own_size,
                                            side->old_opener};
    const uint64_t time = (uint64_t)row->time;
    const uint64_t heap = row->heap;
    const uint64_t source = row->source;
    const struct store_extra extras[STORE_EXTRA_KINDS] = {
        [STORE_EXTRA_PAYLOAD] = {.note = side->layout,
                                 .count = side->payload_count,
                                 .values = side->payload},
        [STORE_EXTRA_OLD] = {.note = old_bits,
                             .count = old_bits != 0 ? STORE_OLD_VALUES : 0,
                             .values = old},
        [STORE_EXTRA_CLOSED] = {.count = (uint32_t)side->closed_count * 2,
                                .values = (const uint64_t *)side->closed},
        [STORE_EXTRA_TIME] = {.count = wide >> STORE_EXTRA_TIME & 1, .values = &time},
        [STORE_EXTRA_HEAP] = {.count = wide >> STORE_EXTRA_HEAP & 1, .values = &heap},
        [STORE_EXTRA_SIZE] = {.count = wide >> STORE_EXTRA_SIZE & 1, .values = &row->size},
        [STORE_EXTRA_SOURCE] = {.count = wide >> STORE_EXTRA_SOURCE & 1, .values = &source},
    };
    uint32_t at = atomic_load_explicit(&c->extra_count, memory_order_relaxed);
    for (uint8_t kind = 0; kind < STORE_EXTRA_KINDS; kind++) {
        if (extras[kind].count == 0)
            continue;
        struct store_extra extra = extras[kind];
        extra.row = (uint16_t)i;
        extra.kind = kind;
        int rc = store_extra_add(c, &extra, &at);
        if (rc != 0)
            return rc;
    }
    store_extra_publish(c, at);
    return 0;
}

static bool has_extras(const struct row *row, const struct store_side *side)
{
    if ((row->has & (EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE)) != 0)
        return true;
    return side != NULL && (side->payload_count != 0 || side->closed_count != 0);
}

static void widen_zone(struct store_zone *z, const struct row *row, uint16_t flags)
{
    z->min_time = row->time < z->min_time ? row->time : z->min_time;
    z->max_time = row->time > z->max_time ? row->time : z->max_time;
    if ((flags & (STORE_HAS_SIZE | ROW_CLOSES)) != 0) {
        z->min_size = row->size < z->min_size ? row->size : z->min_size;
        z->max_size = row->size > z->max_size ? row->size : z->max_size;
    }
    if (row->heap != INDEX_NONE)
        z->heaps |= UINT64_C(1) << row->heap % 64;
    z->threads |= UINT64_C(1) << row->thread % 64;
    z->ops |= UINT32_C(1) << row->op % 32;
    z->flags |= flags;
}

/* Adds to the count of Allocs or ReAllocs; only the worker writes. */
static void count_stacked(_Atomic uint64_t *counts, unsigned op, uint64_t n)
{
    unsigned i = op - HEAP_OP_ALLOC;
    if (i >= STACKED_OPS)
        return;
    uint64_t before = atomic_load_explicit(&counts[i], memory_order_relaxed);
    atomic_store_explicit(&counts[i], before + n, memory_order_relaxed);
}

int store_append(struct store *st, const struct row *row, const struct store_side *side)
{
    assert(row->id == st->appended);
    struct store_chunk *c;
    int rc = open_chunk(st, row->time, &c);
    if (rc != 0)
        return rc;
    uint32_t i = (uint32_t)(row->id % STORE_CHUNK_ROWS);
    uint16_t flags = column_flags(row);
    unsigned wide = put_columns(c, i, row, flags);
    if (wide != 0 || has_extras(row, side)) {
        rc = put_extras(c, i, row, side, wide);
        if (rc != 0)
            return rc;
    }
    widen_zone(&c->zone, row, flags);
    count_stacked(st->stack_rows, row->op, 1);
    st->appended++;
    return 0;
}

void store_close(struct store *st, uint64_t opener, uint64_t closer)
{
    const struct store_chunk *c = chunk_of(st, opener);
    atomic_store_explicit(&c->link[opener % STORE_CHUNK_ROWS], (uint32_t)(closer - opener),
                          memory_order_relaxed);
}

/* The stack column of a chunk, made with its first stack; NULL when memory is out. */
static _Atomic uint32_t *need_stacks(const struct store *st, struct store_chunk *c)
{
    _Atomic uint32_t *column = atomic_load_explicit(&c->stack, memory_order_relaxed);
    if (column != NULL)
        return column;
    column = malloc(STORE_CHUNK_ROWS * sizeof *column);
    if (column == NULL)
        return NULL;
    memset((void *)column, 0xff, STORE_CHUNK_ROWS * sizeof *column);
    c->stacks = st->stacks;
    atomic_store_explicit(&c->stack, column, memory_order_release);
    return column;
}

int store_set_stack(struct store *st, uint64_t id, uint32_t stack)
{
    struct store_chunk *c =
        atomic_load_explicit(&st->directory[id / STORE_CHUNK_ROWS], memory_order_relaxed);
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    _Atomic uint32_t *column = need_stacks(st, c);
    if (column == NULL)
        return -ENOMEM;
    uint32_t before = atomic_load_explicit(&column[i], memory_order_relaxed);
    if (before == stack)
        return 0;
    atomic_store_explicit(&column[i], stack, memory_order_release);
    if (before == STACK_NONE)
        count_stacked(st->stack_given, store_chunk_op(c, i), 1);
    if (id < atomic_load_explicit(&st->rows, memory_order_relaxed))
        store_note_stacks(st);
    return 0;
}

uint32_t store_given_stack(const struct store *st, uint64_t id)
{
    const struct store_chunk *c = chunk_of(st, id);
    const _Atomic uint32_t *column = atomic_load_explicit(&c->stack, memory_order_relaxed);
    return column != NULL
               ? atomic_load_explicit(&column[id % STORE_CHUNK_ROWS], memory_order_relaxed)
               : STACK_NONE;
}

void store_note_stacks(struct store *st)
{
    uint64_t before = atomic_load_explicit(&st->stack_changes, memory_order_relaxed);
    atomic_store_explicit(&st->stack_changes, before + 1, memory_order_release);
}

uint64_t store_stack_changes(const struct store *st)
{
    return atomic_load_explicit(&st->stack_changes, memory_order_acquire);
}

struct store_stack_count store_stack_count(const struct store *st, unsigned op)
{
    unsigned i = op - HEAP_OP_ALLOC;
    if (i >= STACKED_OPS)
        return (struct store_stack_count){0};
    return (struct store_stack_count){
        .rows = atomic_load_explicit(&st->stack_rows[i], memory_order_relaxed),
        .given = atomic_load_explicit(&st->stack_given[i], memory_order_relaxed),
    };
}

uint64_t store_appended(const struct store *st)
{
    return st->appended;
}

void store_publish(struct store *st)
{
    atomic_store_explicit(&st->rows, st->appended, memory_order_release);
}

uint64_t store_rows(const struct store *st)
{
    return atomic_load_explicit(&st->rows, memory_order_acquire);
}

/*
 * The row's link as far as published rows go. The rows are counted after the link was read: a
 * closing row below that count is complete.
 */
static uint64_t visible_link(const struct store *st, const struct store_chunk *c, uint64_t id)
{
    uint64_t link = store_chunk_link(c, (uint32_t)(id % STORE_CHUNK_ROWS), id);
    return link > id && link >= store_rows(st) ? ROW_NONE : link;
}

static void get_old(const struct store_chunk *c, uint32_t i, struct row *row)
{
    const struct store_extra *old = store_extra_find(c, i, STORE_EXTRA_OLD);
    if (old == NULL)
        return;
    row->has |= old->note;
    row->old_address = old->values[STORE_OLD_ADDRESS];
    row->old_size = old->values[STORE_OLD_SIZE];
}

void store_get(const struct store *st, uint64_t id, struct row *out_row)
{
    const struct store_chunk *c = chunk_of(st, id);
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    uint8_t has = (uint8_t)store_chunk_has(c, i);
    *out_row = (struct row){
        .id = id,
        .time = store_chunk_time(c, i),
        .op = (uint16_t)store_chunk_op(c, i),
        .flags = (uint16_t)(c->flags[i] & ~(STORE_HAS_ADDRESS | STORE_HAS_SIZE)),
        .cpu = c->cpu[i],
        .has = has,
        .source = (has & EVENT_HAS_SOURCE) != 0 ? store_chunk_source(c, i) : 0,
        .heap = store_chunk_heap(c, i),
        .thread = c->thread[i],
        .address = c->address[i],
        .size = store_chunk_size(c, i),
        .link = visible_link(st, c, id),
        .stack = store_chunk_stack(c, i),
    };
    get_old(c, i, out_row);
}

uint64_t store_closer(const struct store *st, uint64_t opener)
{
    return visible_link(st, chunk_of(st, opener), opener);
}

int64_t store_time(const struct store *st, uint64_t id)
{
    return store_chunk_time(chunk_of(st, id), (uint32_t)(id % STORE_CHUNK_ROWS));
}

/* The first of rows [low, high), `step` apart, with time >= `time`; `high` when there is none. */
static uint64_t find_time(const struct store *st, uint64_t low, uint64_t high, uint64_t step,
                          int64_t time)
{
    low /= step;
    high = (high + step - 1) / step;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (store_time(st, middle * step) < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low * step;
}

uint64_t store_find_time(const struct store *st, int64_t time)
{
    uint64_t rows = store_rows(st);
    /* First among the chunks' first rows: they lie apart, each probe of a row is a cache miss. */
    uint64_t chunk_row = find_time(st, 0, rows, STORE_CHUNK_ROWS, time);
    if (chunk_row == 0)
        return 0;
    uint64_t end = chunk_row < rows ? chunk_row : rows;
    return find_time(st, chunk_row - STORE_CHUNK_ROWS, end, 1, time);
}

const struct store_extra *store_find_extra(const struct store *st, uint64_t id,
                                           enum store_extra_kind kind)
{
    return store_extra_find(chunk_of(st, id), (uint32_t)(id % STORE_CHUNK_ROWS), kind);
}

size_t store_closed(const struct store *st, uint64_t id, const struct row_closed **out_closed)
{
    const struct store_extra *e = store_find_extra(st, id, STORE_EXTRA_CLOSED);
    if (e == NULL)
        return 0;
    *out_closed = (const struct row_closed *)e->values;
    return e->count / 2;
}

size_t store_bytes(const struct store *st)
{
    size_t bytes = sizeof *st;
    const struct store_chunk *c;
    for (uint64_t i = 0; (c = store_chunk(st, i)) != NULL; i++)
        bytes += sizeof *c + row_bytes * STORE_CHUNK_ROWS + store_extra_bytes(c) +
                 (c->stack != NULL ? STORE_CHUNK_ROWS * sizeof *c->stack : 0);
    return bytes;
}
