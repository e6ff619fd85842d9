/*
 * From one operation on a block to the next or the one before, through its moves.
 *
 * A move is one operation although Windows records three events (Alloc, Free, ReAlloc): the walk
 * stops at the ReAlloc that tells of it. The rows are found by biography.h, so a step may have to
 * wait for the worker's answer about the address the block stands at. Loop thread only.
 */
#ifndef UI_VIEW_DETAIL_BLOCK_WALK_H
#define UI_VIEW_DETAIL_BLOCK_WALK_H

#include "ui/view/detail/biography.h"

struct block_walk {
    uint64_t row;   /* where the walk is */
    uint64_t block; /* row that opened the block whose rows are wanted; ROW_NONE: no block */
    bool forward;
};

enum block_step {
    BLOCK_STEP_DONE, /* the walk is at another row */
    BLOCK_STEP_WAIT, /* wants an answer about `block` first */
    BLOCK_STEP_BORN, /* backward: nothing was before */
    BLOCK_STEP_DIED, /* forward: nothing came after */
    BLOCK_STEP_LIVES,
    BLOCK_STEP_UNKNOWN, /* the event is of no block that replay knows */
};

/* Starts at `row`, or goes on from it the other way. */
void block_walk_start(struct block_walk *w, const struct trace *trace, const struct row *row,
                      bool forward);

/*
 * One step without asking anybody: along the links between rows, and the ReAllocs among at most
 * BLOCK_WALK_SPAN rows. BLOCK_STEP_WAIT when that is not enough. Under 0.2 ms.
 */
#define BLOCK_WALK_SPAN 65536u
enum block_step block_walk_by_links(struct block_walk *w, const struct trace *trace, uint64_t rows);

/*
 * One step. `b` is the answer about the address of `w->block`. Looks at a bounded number of rows.
 */
enum block_step block_walk_step(struct block_walk *w, const struct biography *b);

#endif
