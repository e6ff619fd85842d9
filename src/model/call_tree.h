/*
 * Totals by call stack drawn together as a tree of frames: top-down, bottom-up, or as a flat list
 * of functions or modules.
 *
 * Immutable and self-contained (texts included), made by the worker or a batch command in one go
 * from stack_totals; any thread reads it. Nodes of one parent stand next to each other, sorted.
 */
#ifndef MODEL_CALL_TREE_H
#define MODEL_CALL_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "model/frame_rules.h"
#include "model/stack_fold.h"

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

struct call_tree_spec {
    enum call_tree_kind kind;
    enum call_tree_column sort; /* descending */
    const struct frame_rules *rules;
    struct frame_namer namer;
};

struct call_node {
    const char *text;   /* frame_put_function(), or the module */
    const char *module; /* its module's name, "" when unknown */
    const char *place;  /* "solution.cpp:41", "" when not known */
    uint64_t key;       /* hash of the path from the root: the same node in the next tree */
    uint32_t parent;    /* UINT32_MAX: a root */
    uint32_t first_child, child_count;
    uint32_t depth;
    uint64_t total[CALL_TREE_COLUMNS]; /* of all stacks through it */
    uint64_t self[CALL_TREE_COLUMNS];  /* of the stacks that end here */
    enum image_hit hit;
    bool named; /* by a symbol */
};

struct call_tree {
    _Atomic uint32_t refs;
    enum call_tree_kind kind;
    enum call_tree_column sort;
    struct call_node *nodes; /* the roots first */
    uint32_t count, root_count;
    uint64_t whole[CALL_TREE_COLUMNS]; /* of everything asked, stacks or not */
    uint64_t with, without;            /* stack_totals' */
    uint32_t stacks;                   /* distinct ones in it */
    uint64_t generation;               /* of the symbols when it was made */
};

/* One reference; NULL when memory is out. O(frames of all stacks), about 100 ns each. Recursive
 * functions count once in their own `total`. */
struct call_tree *call_tree_new(const struct trace *trace, const struct stack_totals *totals,
                                const struct call_tree_spec *spec);
struct call_tree *call_tree_ref(struct call_tree *t);
void call_tree_unref(struct call_tree *t); /* NULL is fine; any thread */

/*
 * The filter expression that chooses exactly the events whose stack goes through the node:
 * "stack in [3, 17..19]", "stack == 4"; with pid where the stack stands in several processes.
 */
void call_tree_put_condition(const struct call_tree *t, uint32_t node, struct strbuf *out);

#endif
