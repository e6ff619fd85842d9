/*
 * The life of one block as far as its rows are linked: born, resized, moved, died.
 *
 * A ReAlloc points at the block it changed, but not the other way round, so the rows that follow
 * the block's birth (and its end, for the move that caused it) are looked through, a bounded number
 * of them. Loop thread only.
 */
#ifndef UI_VIEW_BIOGRAPHY_H
#define UI_VIEW_BIOGRAPHY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/trace.h"

#define BIOGRAPHY_RESIZES 6    /* kept one by one */
#define BIOGRAPHY_SCAN    4096 /* rows looked through behind the birth */
#define BIOGRAPHY_NEAR    64   /* a move's ReAlloc follows its Alloc and Free within so many rows */

struct biography {
    uint64_t born;       /* row that opened the block; ROW_NONE: no block, the rest means nothing */
    uint64_t died;       /* row that closed it; ROW_NONE while it lives */
    uint64_t moved_here; /* ReAlloc that moved it here, ROW_NONE */
    uint64_t moved_on;   /* ReAlloc that moved it elsewhere, ROW_NONE */
    uint64_t resizes;    /* found in place */
    uint64_t resize[BIOGRAPHY_RESIZES]; /* the first of them */
    bool searched_all;                  /* no resize can have been missed */
};

/* Tells the life of the block that `row` concerns as far as the first `rows` rows go. About 0.1 ms.
 */
void biography_tell(const struct trace *trace, const struct row *row, uint64_t rows,
                    struct biography *out_biography);

#endif
