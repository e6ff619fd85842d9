/*
 * The rows of a trace, as columns in chunks of 65,536.
 *
 *   directory [65,535 pointers]  ->  chunk: time | op source flags cpu heap thread size address
 * link | stack | zone | extras
 *
 * 34 bytes a row, and four more in the chunks that have stacks. Values too wide for their column,
 * and the payloads of rare operations, live in the chunk's `extras`, sorted by row. One thread (the
 * worker) appends; any thread may read the rows below store_rows(), which never change, with two
 * exceptions, set by atomic stores: `link`, once, when the row that closes the block arrives, and
 * `stack`, when the stack arrives.
 */
#ifndef MODEL_STORE_H
#define MODEL_STORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/row.h"
#include "model/stack_table.h"

#define STORE_CHUNK_ROWS    65536u
#define STORE_MAX_CHUNKS    65535u /* 4.29 G rows: row numbers and `link` distances fit 32 bits */
#define STORE_EXTRA_SEGMENT 256u

/* Column values that say "look in the extras". */
#define STORE_WIDE_SIZE   UINT32_MAX
#define STORE_WIDE_TIME   UINT16_MAX /* in time_high */
#define STORE_WIDE_HEAP   UINT16_MAX
#define STORE_NO_HEAP     (UINT16_MAX - 1)
#define STORE_WIDE_SOURCE UINT8_MAX
#define STORE_NO_SOURCE   (UINT8_MAX - 1)

enum store_extra_kind {
    STORE_EXTRA_PAYLOAD, /* values: the record's other fields (heap_op.h), note: the layout */
    STORE_EXTRA_OLD,     /* ReAlloc: enum store_old; note: the EVENT_HAS_OLD_* bits */
    STORE_EXTRA_CLOSED,  /* pairs of struct row_closed, in order of the opening row */
    STORE_EXTRA_TIME,    /* the wide values: one each */
    STORE_EXTRA_HEAP,
    STORE_EXTRA_SIZE,
    STORE_EXTRA_SOURCE,
    STORE_EXTRA_KINDS
};

/* The values of STORE_EXTRA_OLD. */
enum store_old {
    STORE_OLD_ADDRESS, /* as the record says */
    STORE_OLD_SIZE,    /* as the record says */
    STORE_OLD_OWN,     /* the old block's own size; OldSize when the block was not known */
    STORE_OLD_OPENER,  /* the row that opened the old block, ROW_NONE when not known: with the
                          row's own block this makes a ReAlloc chain */
    STORE_OLD_VALUES
};

/*
 * The bits of the flags column that row_flags leaves free: whether the record itself carried an
 * address and a size (store_chunk_has). struct row says it in `has`.
 */
#define STORE_HAS_ADDRESS (1u << 14)
#define STORE_HAS_SIZE    (1u << 15)

struct store_extra {
    uint16_t row; /* in the chunk */
    uint8_t kind;
    uint8_t note;
    uint32_t count; /* of values */
    const uint64_t *values;
};

/* What a chunk can and cannot contain, so that a scan may skip it. Valid for the rows below
 * store_rows() or more. */
struct store_zone {
    int64_t min_time, max_time;
    uint64_t min_size, max_size; /* of the size column, where it says something: the record carried
                                    a size or the row closes a block; min > max when none does */
    uint64_t heaps;              /* bit (heap index % 64) of every heap present */
    uint64_t threads;            /* bit (thread index % 64) */
    uint32_t ops;                /* bit (op % 32) */
    uint32_t flags;              /* all bits of the flags column seen */
};

struct store_chunk {
    int64_t base_time;
    struct store_zone zone; /* written by the worker; readers on other threads must not look */
    uint32_t *time_low;     /* 48-bit distance from base_time */
    uint16_t *time_high;
    uint8_t *op;
    uint8_t *source;
    uint16_t *flags;
    uint16_t *cpu;
    uint16_t *heap;
    uint32_t *thread;
    uint32_t *size;
    uint64_t *address;
    _Atomic uint32_t
        *link; /* distance to the linked row, 0 = none; see row_flags for the direction */
    _Atomic uint32_t *_Atomic stack;     /* ids or promises; NULL until the chunk's first stack */
    const struct stack_table *stacks;    /* the store's; set before `stack` */
    struct store_extra **extra_segments; /* of STORE_EXTRA_SEGMENT each; NULL until the first */
    _Atomic uint32_t extra_count;        /* publishes the extras below it */
    struct arena arena;                  /* extras' values */
};

struct store;

struct store *store_new(void); /* NULL when memory is out */
void store_free(struct store *st);

/* Says whose ids the stacks of rows will be; borrowed. Before the first store_set_stack(). */
void store_use_stacks(struct store *st, const struct stack_table *stacks);

/* What goes with a row into the extras; zeroed when there is nothing. Copied. */
struct store_side {
    const uint64_t *payload;
    uint32_t payload_count;
    uint8_t layout;
    uint64_t own_size;   /* STORE_OLD_OWN and STORE_OLD_OPENER; only used for a row that has an */
    uint64_t old_opener; /* old address */
    const struct row_closed *closed;
    size_t closed_count;
};

/*
 * Appends a row; row->id must be the next number. `row->link` of a row that closes, resizes or
 * moves is stored, that of a row that opens a block is left to store_close(). `side` may be NULL.
 * Returns 0, -ENOMEM, or ERR_LIMIT when the directory is full (the row is not stored). About 20 ns.
 */
int store_append(struct store *st, const struct row *row, const struct store_side *side);

/*
 * Makes the memory of the next chunk ready, so that the worker need not wait for the system.
 * Returns false when there was nothing to do. About a millisecond. For one thread beside the
 * worker.
 */
bool store_prepare(struct store *st);

/* Tells the row `opener` that the row `closer` > `opener` ended its block. O(1). Worker only. */
void store_close(struct store *st, uint64_t opener, uint64_t closer);

/*
 * Gives row `id` < store_appended() a stack or a promise of one (stack_table.h), in place of what
 * it had. Returns 0 or -ENOMEM. O(1). Worker only.
 */
int store_set_stack(struct store *st, uint64_t id, uint32_t stack);

/* What store_set_stack() gave the row last, promises included; STACK_NONE before. Worker only. */
uint32_t store_given_stack(const struct store *st, uint64_t id);

/* Counts a change to the stacks of published rows that happened elsewhere: a promise was kept. */
void store_note_stacks(struct store *st);

/*
 * Counts the changes to the stacks of rows that had been published: what was added up by stack must
 * be added up anew when it differs. Any thread.
 */
uint64_t store_stack_changes(const struct store *st);

/* Rows of an operation, and those of them that were given a stack or a promise. Any thread. */
struct store_stack_count {
    uint64_t rows, given;
};

/* For HEAP_OP_ALLOC and HEAP_OP_REALLOC, zeros for any other operation. O(1). */
struct store_stack_count store_stack_count(const struct store *st, unsigned op);

/* Rows appended so far; worker only. */
uint64_t store_appended(const struct store *st);

/* Makes all appended rows visible to readers (release). */
void store_publish(struct store *st);

/* Rows visible now (acquire). Any thread. */
uint64_t store_rows(const struct store *st);

/* Materialises row `id` < store_rows(). Any thread. O(log extras) for rare rows, else O(1). */
void store_get(const struct store *st, uint64_t id, struct row *out_row);

/*
 * The closing row of the block opened at `opener`, ROW_NONE while it lives as far as published rows
 * tell. O(1). Any thread.
 */
uint64_t store_closer(const struct store *st, uint64_t opener);

/* The raw time of row `id`. O(1). Any thread. */
int64_t store_time(const struct store *st, uint64_t id);

/* The first row with time >= `time`, or the number of rows. O(log rows). Any thread. */
uint64_t store_find_time(const struct store *st, int64_t time);

/* An extra of row `id`, or NULL. O(log extras of the chunk). Any thread. */
const struct store_extra *store_find_extra(const struct store *st, uint64_t id,
                                           enum store_extra_kind kind);

/* Blocks closed by row `id` other than by its own link; returns the number, 0 leaves *out_closed
 * alone. Any thread. */
size_t store_closed(const struct store *st, uint64_t id, const struct row_closed **out_closed);

/* The chunk `index`, for scans over whole columns; NULL past the end. Its rows [0, n) are readable
 * where n follows from store_rows(). */
const struct store_chunk *store_chunk(const struct store *st, uint64_t index);

/* Bytes the store occupies, for the bench and the memory line of `info`. */
size_t store_bytes(const struct store *st);

/* The column readers of scans: `i` is the row in the chunk. Inline fast path, extras when the value
 * is wide. */
int64_t store_chunk_wide_time(const struct store_chunk *c, uint32_t i);
uint64_t store_chunk_wide(const struct store_chunk *c, uint32_t i, enum store_extra_kind kind);

static inline int64_t store_chunk_time(const struct store_chunk *c, uint32_t i)
{
    if (c->time_high[i] == STORE_WIDE_TIME)
        return store_chunk_wide_time(c, i);
    uint64_t distance = (uint64_t)c->time_high[i] << 32 | c->time_low[i];
    return (int64_t)((uint64_t)c->base_time + distance);
}

static inline unsigned store_chunk_op(const struct store_chunk *c, uint32_t i)
{
    return c->op[i] | ((c->flags[i] & ROW_RANGE) != 0 ? 0x100u : 0u);
}

static inline uint64_t store_chunk_size(const struct store_chunk *c, uint32_t i)
{
    return c->size[i] != STORE_WIDE_SIZE ? c->size[i] : store_chunk_wide(c, i, STORE_EXTRA_SIZE);
}

static inline uint32_t store_chunk_heap(const struct store_chunk *c, uint32_t i)
{
    if (c->heap[i] < STORE_NO_HEAP)
        return c->heap[i];
    return c->heap[i] == STORE_NO_HEAP ? INDEX_NONE
                                       : (uint32_t)store_chunk_wide(c, i, STORE_EXTRA_HEAP);
}

/* What the record itself carried, without EVENT_HAS_OLD_ADDRESS and _SIZE: every ReAlloc has
 * those. */
static inline unsigned store_chunk_has(const struct store_chunk *c, uint32_t i)
{
    return (c->heap[i] != STORE_NO_HEAP ? EVENT_HAS_HEAP : 0u) |
           ((c->flags[i] & STORE_HAS_ADDRESS) != 0 ? EVENT_HAS_ADDRESS : 0u) |
           ((c->flags[i] & STORE_HAS_SIZE) != 0 ? EVENT_HAS_SIZE : 0u) |
           (c->source[i] != STORE_NO_SOURCE ? EVENT_HAS_SOURCE : 0u);
}

/* Only where store_chunk_has() says that there is one. */
static inline uint32_t store_chunk_source(const struct store_chunk *c, uint32_t i)
{
    if (c->source[i] < STORE_NO_SOURCE)
        return c->source[i];
    return (uint32_t)store_chunk_wide(c, i, STORE_EXTRA_SOURCE);
}

/* The stack of the row; STACK_NONE when there is none or only a promise. Any thread. */
static inline uint32_t store_chunk_stack(const struct store_chunk *c, uint32_t i)
{
    const _Atomic uint32_t *column = atomic_load_explicit(&c->stack, memory_order_acquire);
    if (column == NULL)
        return STACK_NONE;
    uint32_t stack = atomic_load_explicit(&column[i], memory_order_acquire);
    return stack < STACK_PROMISE_FIRST ? stack : stack_table_resolve(c->stacks, stack);
}

/*
 * The row's distance-coded link as a row id; ROW_NONE when there is none. `id` is the row's own. On
 * another thread than the worker the answer may lie beyond store_rows(): it then is not visible
 * yet.
 */
static inline uint64_t store_chunk_link(const struct store_chunk *c, uint32_t i, uint64_t id)
{
    uint32_t d = atomic_load_explicit(&c->link[i], memory_order_relaxed);
    if (d == 0)
        return ROW_NONE;
    return (c->flags[i] & ROW_OPENS) != 0 ? id + d : id - d;
}

#endif
