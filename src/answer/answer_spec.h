/*
 * What can be asked beside a query: one answer of each kind at a time, each for a screen.
 *
 * Specs are values; what they refer to is referenced by answer_spec_copy(). Zero the ones you make:
 * what a kind does not use is zero.
 */
#ifndef ANSWER_ANSWER_SPEC_H
#define ANSWER_ANSWER_SPEC_H

#include <stdbool.h>

#include "model/frame_rules.h"
#include "query/size_row.h"

enum answer_kind {
    ANSWER_TREE,  /* totals by call stack: call_tree.h */
    ANSWER_SIZES, /* totals and lifetimes by size: size_table.h */
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

/* ---- all of them ---- */

struct answer_spec {
    enum answer_kind kind;
    struct frame_rules *rules; /* which frames are the allocator's; NULL: none */
    union {
        struct tree_spec tree;
        struct sizes_spec sizes;
    };
};

/* Makes `to` a copy of `from` with references of its own; NULL: zeroed. What `to` held is released.
 * The two may be the same. */
void answer_spec_copy(struct answer_spec *to, const struct answer_spec *from);

/* True when both ask the same. */
bool answer_spec_is_same(const struct answer_spec *a, const struct answer_spec *b);

#endif
