/*
 * What can be asked beside a query: one answer of each kind at a time, each for a screen.
 *
 * Specs are values; what they refer to is referenced by answer_spec_copy(). Zero the ones you make:
 * what a kind does not use is zero.
 */
#ifndef ANSWER_ANSWER_SPEC_H
#define ANSWER_ANSWER_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "model/frame_rules.h"
#include "query/size_row.h"
#include "query/timeline_index.h"

struct trace;

enum answer_kind {
    ANSWER_TREE,     /* totals by call stack: call_tree.h */
    ANSWER_SIZES,    /* totals and lifetimes by size: size_table.h */
    ANSWER_MOMENTS,  /* outstanding at moments, and how it changed: moments.h */
    ANSWER_TIMELINE, /* what was outstanding over time: timeline.h */
    ANSWER_BLOCKS,   /* the blocks themselves, sorted: block_list.h */
    ANSWER_FINDINGS, /* what is wrong: findings.h */
    ANSWER_KINDS
};

/* ---- ANSWER_TREE ---- */

enum call_tree_kind {
    CALL_TREE_TOP_DOWN,  /* roots first: where does it come from */
    CALL_TREE_BOTTOM_UP, /* the frame that called the allocator first: who allocates */
    CALL_TREE_FUNCTIONS, /* every function once */
    CALL_TREE_MODULES,   /* every module once */
};

/* The columns (screens.md 7). */
enum call_tree_column {
    CALL_TREE_OUTSTANDING, /* bytes */
    CALL_TREE_BLOCKS,      /* outstanding */
    CALL_TREE_ALLOCS,
    CALL_TREE_ALLOC_BYTES,
    CALL_TREE_CHURN,   /* bytes allocated and freed */
    CALL_TREE_AT_PEAK, /* bytes outstanding when the whole was greatest */
    CALL_TREE_COPIED,  /* bytes, by ReAllocs that moved a block */
    CALL_TREE_COLUMNS
};

struct tree_spec {
    enum call_tree_kind kind;
    enum call_tree_column sort; /* descending, then by allocs, then by text */
};

/* ---- ANSWER_SIZES ---- */

struct sizes_spec {
    enum size_kind kind;
};

/* ---- ANSWER_MOMENTS ---- */

enum moments_group {
    MOMENTS_BY_STACK,
    MOMENTS_BY_HEAP,
    MOMENTS_BY_SIZE, /* classes of fold.h, of the size at each moment */
    MOMENTS_BY_SOURCE,
    MOMENTS_BY_THREAD, /* that allocated */
    MOMENTS_BY_PROCESS,
    MOMENTS_GROUPS
};

#define MOMENTS_MOST 54

struct moments_spec {
    enum moments_group by;
    uint32_t count;              /* of the times, at least 1 */
    int64_t times[MOMENTS_MOST]; /* raw, ascending; what happened at one is included; INT64_MAX: the
                                    end, which a live trace moves on */
    struct trace *other;         /* NULL, or another trace that is all there, whose end comes
                                    before the others; referenced */
    int64_t other_until;         /* raw on its clock, what counts as its end; 0: all of it */
};

/* ---- ANSWER_TIMELINE ---- */

#define TIMELINE_MOST_COLUMNS 2048u

/* A window of `columns` columns of equal length, in raw time. */
struct timeline_spec {
    int64_t since, until; /* both included; INT64_MIN, INT64_MAX: the first and the last row */
    uint64_t tail;        /* not 0: so many ticks up to the last row, in place of since and until */
    uint32_t columns;     /* 1 to TIMELINE_MOST_COLUMNS */
    enum timeline_parting by; /* TIMELINE_WHOLE: no series */
    uint64_t row;             /* the values behind it are wanted, too; ROW_NONE: the last */
};

/* ---- ANSWER_BLOCKS ---- */

/* What blocks can be sorted by, ascending; from the end a list reads the other way round. */
enum block_order {
    BLOCK_ORDER_BORN, /* oldest first */
    BLOCK_ORDER_ADDRESS,
    BLOCK_ORDER_SIZE,
    BLOCK_ORDER_HEAP,    /* by its handle */
    BLOCK_ORDER_PROCESS, /* by its id */
    BLOCK_ORDER_DIED,
    BLOCK_ORDER_AGE, /* of those that live */
    BLOCK_ORDER_LIFE,
    BLOCK_ORDER_CLASS,
    BLOCK_ORDER_TID,
    BLOCK_ORDER_FREE_TID,
    BLOCK_ORDER_SOURCE,
    BLOCK_ORDER_FREE_SOURCE,
    BLOCK_ORDER_STACK, /* equal ones together */
    BLOCK_ORDER_CHAIN,
    BLOCK_ORDERS
};

struct blocks_spec {
    unsigned classes; /* bits 1 << enum block_class of the range; AIFO and AOFO: outstanding */
    enum block_order order;
};

/* ---- all of them ---- */

struct answer_spec {
    enum answer_kind kind;
    struct frame_rules *rules; /* which frames are the allocator's; NULL: none */
    union {
        struct tree_spec tree;
        struct sizes_spec sizes;
        struct moments_spec moments;
        struct timeline_spec timeline;
        struct blocks_spec blocks;
    };
};

/* Makes `to` a copy of `from` with references of its own; NULL: zeroed. What `to` held is released.
 * The two may be the same. */
void answer_spec_copy(struct answer_spec *to, const struct answer_spec *from);

/* True when both ask the same. */
bool answer_spec_is_same(const struct answer_spec *a, const struct answer_spec *b);

#endif
