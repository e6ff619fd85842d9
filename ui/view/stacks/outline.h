/*
 * The rows of a call tree that are open: a tree as a flat list, for a list or a picture to show.
 *
 *   v grow                      a head: open, its callers below it
 *     | main                    only children stay in one column, however long the chain is
 *     v run                     where the chain parts, its branches are a level deeper
 *     | > fill
 *     | > work                  closed
 *   > other
 *
 * What is open is kept by the nodes' keys, so that the next tree of a growing trace has the same
 * rows open. Showing another tree costs O(open rows), opening and closing a row O(its rows), and
 * looking at one nothing. Loop thread only.
 */
#ifndef UI_VIEW_STACKS_OUTLINE_H
#define UI_VIEW_STACKS_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/tree/call_tree.h"
#include "model/id_map.h"

#define OUTLINE_NO_NODE UINT32_MAX

/* How a row begins. */
enum outline_mark {
    OUTLINE_CLOSED, /* there is more behind it */
    OUTLINE_OPEN,
    OUTLINE_CHAIN,     /* one of a chain, its only child below it */
    OUTLINE_CHAIN_END, /* of a chain, with nothing below it */
    OUTLINE_LEAF,      /* with nothing below it */
};

struct outline_row {
    uint64_t key;
    uint64_t guides; /* bit i: a line goes on at level i; deeper levels have none */
    uint32_t node, depth, level;
    enum outline_mark mark;
};

struct outline_rows {
    struct outline_row *items;
    size_t count, cap;
};

/* Brothers and sisters that are being gone through. */
struct outline_step {
    uint64_t guides;
    uint32_t first, count, done, level;
};

struct outline {
    struct call_tree *tree; /* one reference; NULL: none */
    bool reversed;          /* the lightest first */
    bool touched;           /* a person opened or closed a row: nothing opens by itself */
    int opened_for;         /* rows there were when it opened by itself */
    struct id_map open;     /* by key: 1 open, 0 closed again */
    struct outline_rows rows, fresh;
    struct outline_step *steps;
    size_t step_cap;
    size_t last; /* where a key was found last */
};

void outline_init(struct outline *o);
void outline_release(struct outline *o);

/*
 * Shows `tree` (may be NULL; a reference is taken) when it is another one or in the other order.
 * Until a person opens or closes a row, the heaviest path is open as far as that takes `budget`
 * rows.
 */
void outline_show(struct outline *o, struct call_tree *tree, bool reversed, int budget);

/* True when the node's children are shown, if the node itself is. */
bool outline_is_open(const struct outline *o, uint32_t node);

/* Opens a row down to where its paths part, its branches included. False when it has nothing below
 * it, or all of that is open. */
bool outline_open(struct outline *o, size_t pos);

/* Closes a row. False when it is not open. */
bool outline_close(struct outline *o, size_t pos);

/* Opens all rows below this one, at most OUTLINE_MOST_OPENED, or closes all when none is left to be
 * opened. False when it has nothing below it. */
#define OUTLINE_MOST_OPENED 20000
bool outline_toggle_all(struct outline *o, size_t pos);

/* Opens the way to a node; returns its row. O(open rows). */
size_t outline_reveal(struct outline *o, uint32_t node);

/* Goes down from the node while its heaviest child has at least half of it, and at least one step.
 * Returns the node where that ends; the same when it has nothing below it. */
uint32_t outline_heaviest(const struct outline *o, uint32_t node);

/* The row of a key; `count` when it is not shown. O(1) when it is where it was. */
size_t outline_find(struct outline *o, uint64_t key);

/* The node with this key; OUTLINE_NO_NODE when there is none. O(nodes) unless its row is shown. */
uint32_t outline_node(struct outline *o, uint64_t key);

/* The row that the row at `pos` hangs from: its head when it is one of a chain, else its parent.
 * Its own when it is a root. O(rows between). */
size_t outline_parent(const struct outline *o, size_t pos);

/* The first node in the order shown, and the one after `node`, open or not: the whole tree.
 * OUTLINE_NO_NODE behind the last. O(1) but for going up. */
uint32_t outline_first(const struct outline *o);
uint32_t outline_next(const struct outline *o, uint32_t node);

#endif
