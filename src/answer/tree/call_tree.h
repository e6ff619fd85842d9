/*
 * Totals by call stack drawn together as a tree of frames: top-down, bottom-up, or as a flat list
 * of functions or modules.
 *
 * Immutable and self-contained (texts included), made by the worker or a batch command from
 * stack_totals; any thread reads it. Nodes of one parent stand next to each other, sorted.
 *
 *   nodes    root root root | children of the 1st | of the 2nd | ... | grandchildren ...
 *   through  the stacks through each node, those of its children inside its own
 *
 * The allocator's frames are no nodes. What has no stack is a root of its own, "[no stack]", so
 * that the roots add up to the whole.
 */
#ifndef ANSWER_TREE_CALL_TREE_H
#define ANSWER_TREE_CALL_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/answer.h"
#include "answer/tree/stack_condition.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "model/frame_rules.h"
#include "query/stack_fold.h"

/* What commands call them: "outstanding", "blocks", "allocs", "alloc_bytes", "churn", "peak",
 * "copied". */
extern const char *const call_tree_column_names[CALL_TREE_COLUMNS];

struct call_tree_spec {
    enum call_tree_kind kind;
    enum call_tree_column sort; /* descending, then by allocs, then by text */
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
    int64_t impacting;                 /* bytes, of all stacks through it: as in fold.h */
    uint32_t first_stack, stack_count; /* in `through`: the stacks through it */
    enum image_hit hit;
    bool named; /* by a symbol */
};

/* So many nodes at most: what is deeper counts for the frame above it. 190 bytes each. */
#define CALL_TREE_NODES_MOST (UINT32_C(1) << 20)

struct call_tree {
    struct answer base;
    enum call_tree_kind kind;
    enum call_tree_column sort;
    struct call_node *nodes; /* the roots first */
    uint32_t count, root_count;
    uint64_t whole[CALL_TREE_COLUMNS]; /* of everything asked, stacks or not */
    uint64_t impacting_most;           /* of the nodes, signs left aside */
    uint64_t with, without;            /* stack_totals' */
    uint32_t stacks;                   /* distinct ones in it */
    bool cut;                          /* at CALL_TREE_NODES_MOST */
    uint32_t *through;                 /* places in `items`, by node */
    struct call_stack *items;
    struct arena texts;
    uint64_t generation;       /* of the symbols when it was made */
    struct frame_rules *rules; /* what it folds, NULL: nothing; holds a reference */
};

/* One reference; NULL when memory is out. O(frames of all stacks), about 100 ns each. Recursive
 * functions count once in their own `total`. */
struct call_tree *call_tree_new(const struct trace *trace, const struct stack_totals *totals,
                                const struct call_tree_spec *spec);
struct call_tree *call_tree_ref(struct call_tree *t);
void call_tree_unref(struct call_tree *t); /* NULL is fine; any thread */
void call_tree_free(struct answer *a);     /* for answer_init() */

/* The same in steps. All is borrowed until the end; `spec` is copied. NULL when memory is out. */
struct call_tree_build;
struct call_tree_build *call_tree_build_new(const struct trace *trace,
                                            const struct stack_totals *totals,
                                            const struct call_tree_spec *spec);
void call_tree_build_free(struct call_tree_build *b);

/* Does about `frames` frames' work. Returns 1 while there is more, 0 when done, -ENOMEM. */
int call_tree_build_step(struct call_tree_build *b, size_t frames);

/* After 0: the tree, which passes to the caller. */
struct call_tree *call_tree_build_take(struct call_tree_build *b);

/* The node after `node` when a parent comes before its children; UINT32_MAX behind the last. */
uint32_t call_tree_next(const struct call_tree *t, uint32_t node);

/*
 * Which nodes are the `most` heaviest in the column the tree is sorted by: a flag for each, which
 * the caller frees. The nodes above a chosen one are chosen, too. NULL when memory is out.
 */
bool *call_tree_heaviest(const struct call_tree *t, uint64_t most);

/*
 * The filter expression that chooses exactly the events whose stack goes through the node:
 * "stack in [3, 17..19]", "stack == 4", "!(stack >= 0)"; with pid where the stack goes through the
 * node in some of its processes only. False, and nothing appended, when it would be longer than a
 * filter may be. O(stacks through the node).
 */
bool call_tree_put_condition(const struct call_tree *t, uint32_t node, struct strbuf *out);

#endif
