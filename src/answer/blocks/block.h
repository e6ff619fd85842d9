/*
 * A block as a person or a machine reads it: its birth, its end and how it ended, its size and how
 * it lies to a range.
 *
 * Made from the rows when it is looked at; a list of blocks holds nothing but row numbers. Any
 * thread.
 */
#ifndef ANSWER_BLOCKS_BLOCK_H
#define ANSWER_BLOCKS_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "query/blocks.h"

/* What ended a block (numbers.md, Replay rules). */
enum block_end {
    BLOCK_END_NONE, /* it lives */
    BLOCK_END_FREE,
    BLOCK_END_DESTROY,      /* of its heap */
    BLOCK_END_MOVED,        /* by a ReAlloc whose Free is missing: repaired */
    BLOCK_END_LOST_FREE,    /* its address was handed out again */
    BLOCK_END_LOST_DESTROY, /* its heap was created again */
    BLOCK_ENDS
};

/* "free", "destroy", "moved", "lost free", "lost destroy"; "" for BLOCK_END_NONE. */
extern const char *const block_end_words[BLOCK_ENDS];

/* The size of a block that was resized in place. */
struct block_resized {
    uint32_t row; /* that opened it */
    uint64_t size;
};

/* What a block's values are as of: immutable, so that any thread can read blocks with it. */
struct block_view {
    uint64_t rows;            /* of the trace that have happened: later ones end no block */
    int64_t now;              /* raw time of the last one; INT64_MIN when there is none */
    struct block_range range; /* classes and sizes are its, or as of its end */
    const struct block_resized *resized; /* by row; blocks not in it are as their row says */
    size_t resized_count;
};

struct block {
    struct row birth; /* the row that opened it */
    struct row death; /* the row that ended it; its id is ROW_NONE while it lives */
    uint64_t size;    /* at the range's end, or at its own */
    enum block_class class;
    enum block_end end;
    bool at_exit; /* it lives although its process has ended */
};

/* Reads the block opened by the row `opener`. O(log resized). */
void block_get(const struct block_view *v, const struct trace *t, uint64_t opener,
               struct block *out_block);

/* The row that ended it, ROW_NONE when none has. O(1). */
uint64_t block_death(const struct block_view *v, const struct trace *t, uint64_t opener);

/* True when the row `death`, which ended a block, is its Free. O(1). */
bool block_ends_by_free(const struct trace *t, uint64_t death);

/* Its size, as block.size. */
uint64_t block_size(const struct block_view *v, const struct trace *t, uint64_t opener);

/* Whether its death tells who freed it and from where: a Free does, a row that only shows that one
 * is missing does not. */
bool block_has_freer(const struct block *b);

/* Its lifetime in ns; of one that lives its age, as of the last row. */
int64_t block_life(const struct block_view *v, const struct trace *t, const struct block *b);

#endif
