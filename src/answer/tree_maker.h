/*
 * Keeps a call tree of a query's answer up to date: folds its rows by stack, draws them together,
 * and again when rows, stacks, modules or names have changed.
 *
 * In small steps on the worker, which does nothing else meanwhile: what it costs is followed by
 * four times as long a rest. Worker thread only; the trees are for anybody.
 */
#ifndef ANSWER_TREE_MAKER_H
#define ANSWER_TREE_MAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/call_tree.h"
#include "query/query.h"

/* Which tree is wanted. */
struct tree_spec {
    enum call_tree_kind kind;
    enum call_tree_column sort;
    struct frame_rules *rules; /* NULL: nothing is folded */
};

struct tree_maker;

/* Keeps references to the query and the rules. NULL when memory is out. */
struct tree_maker *tree_maker_new(struct query *query, const struct tree_spec *spec);
void tree_maker_free(struct tree_maker *m); /* NULL is fine */

/* Wants another tree of the same figures: nothing is folded again. */
void tree_maker_want(struct tree_maker *m, const struct tree_spec *spec);

/*
 * Works for about a millisecond, unless it rests or everything is done. What the frames are called
 * comes from the namer, whose images and symbols are referenced while they are in use. Returns true
 * while there is more to do at once.
 */
bool tree_maker_step(struct tree_maker *m, const struct frame_namer *namer);

/* When a rest ends with something left to do: monotonic ns; INT64_MAX: there is nothing. */
int64_t tree_maker_deadline(const struct tree_maker *m);

/* The newest tree, borrowed; NULL before the first, and when memory ran out. */
struct call_tree *tree_maker_tree(const struct tree_maker *m);

/* True when the newest tree covers every row that the query has decided. */
bool tree_maker_is_settled(const struct tree_maker *m);

#endif
