/*
 * The nodes of a call tree in the machine formats: one record for each.
 *
 * Shared by `heaptail stacks` and by what the Stacks screen writes to a file.
 */
#ifndef EXPORT_TREE_RECORD_H
#define EXPORT_TREE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "answer/tree/call_tree.h"
#include "export/record.h"

/* The columns of a node, then its totals and its own figures in order of call_tree_column. */
#define TREE_RECORD_FIELDS (7 + 2 * CALL_TREE_COLUMNS)
extern const struct record_field tree_record_fields[TREE_RECORD_FIELDS];

/* The record of a node, its end included. */
void tree_record_put(struct record_writer *w, const struct call_tree *t, uint32_t node);

/*
 * The records of the nodes with these keys, in their order; keys of no node are left out. Returns
 * how many. O(nodes log nodes).
 */
uint64_t tree_record_put_keys(struct record_writer *w, const struct call_tree *t,
                              const uint64_t *keys, size_t count);

#endif
