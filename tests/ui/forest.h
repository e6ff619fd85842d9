/*
 * A call tree written down by hand: what the Stacks screen shows in tests.
 *
 *   "0 Solution!grow 4096 64 512\n"     depth, function, bytes, blocks and allocs of the stacks
 * that "1 Solution!main 0 0 0\n"           end here; the totals above follow from them
 *
 * One line a node, depth first. Brothers are sorted as call_tree_new() does.
 */
#ifndef TESTS_UI_FOREST_H
#define TESTS_UI_FOREST_H

#include "answer/tree/call_tree.h"

/* One reference, by call_tree_unref(). */
struct call_tree *forest_plant(const char *lines, enum call_tree_kind kind,
                               enum call_tree_column sort);

/* The trees of the fixture's story: the same stacks by every kind. */
struct call_tree *forest_story(enum call_tree_kind kind, enum call_tree_column sort);

/* `roots` functions, each with `width` branches `depth` levels deep: for sizes. */
struct call_tree *forest_grow(uint32_t roots, uint32_t width, uint32_t depth,
                              enum call_tree_kind kind, enum call_tree_column sort);

#endif
