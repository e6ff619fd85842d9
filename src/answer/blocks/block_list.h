/*
 * The blocks of a query, sorted: those of the classes asked for whose opening rows match.
 *
 * Four bytes a block: the numbers of the rows that opened them, in ascending order of what they are
 * sorted by and then of birth. Read from the end it is the other order, so turning a list round
 * costs nothing. What a block looks like is read from the trace when it is shown (block.h).
 * Immutable; any thread, as long as the trace is the one it was made of.
 */
#ifndef ANSWER_BLOCKS_BLOCK_LIST_H
#define ANSWER_BLOCKS_BLOCK_LIST_H

#include "answer/answer.h"
#include "answer/blocks/block.h"

/* The classes of blocks that are outstanding at the range's end, and of all that lived in it. */
#define BLOCK_CLASSES_OUTSTANDING (1u << BLOCK_AIFO | 1u << BLOCK_AOFO)
#define BLOCK_CLASSES_ALL                                                                          \
    (1u << BLOCK_AIFI | 1u << BLOCK_AIFO | 1u << BLOCK_AOFI | 1u << BLOCK_AOFO)

/* Blocks of a class, with the sizes they have in the list. */
struct block_total {
    uint64_t blocks, bytes;
};

struct block_list {
    struct answer base;
    enum block_order order;
    uint32_t *openers; /* owned */
    uint64_t count;
    struct block_total total;
    struct block_total of_class[BLOCK_CLASSES];
    struct block_view view; /* what its blocks are as of; its `resized` is owned */
};

void block_list_free(struct answer *a); /* for answer_init() */

/* Reads the block at `pos` < count, counted from the end with `descending`. */
void block_list_get(const struct block_list *l, const struct trace *t, uint64_t pos,
                    bool descending, struct block *out_block);

/* The row that opened the block at `pos`. */
uint64_t block_list_opener(const struct block_list *l, uint64_t pos, bool descending);

/*
 * Where the block opened by the row `opener` stands; where it would stand when the list does not
 * have it. `*out_has` (may be NULL) tells whether it has. O(log count).
 */
uint64_t block_list_place(const struct block_list *l, const struct trace *t, uint64_t opener,
                          bool descending, bool *out_has);

#endif
