/*
 * Sorts row numbers by a value each has, a few thousand at a time.
 *
 * By digits of eight bits, from the lowest on, so that every step is a plain pass over memory and
 * equal values keep their order. What is sorted is 32 bits of the value and the row, in one word:
 *
 *   value bits 31..0 | row      then, where higher bits differ,      value bits 63..32 | row
 *
 * Low bits that are the same in all values are left out first, so that one round is enough for
 * the addresses of most programs. Digits that are the same in all values cost nothing. 16 bytes a
 * row meanwhile, 4 afterwards.
 */
#ifndef ANSWER_BLOCKS_BLOCK_SORT_H
#define ANSWER_BLOCKS_BLOCK_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_SORT_DIGITS 4u /* of half a value */
#define BLOCK_SORT_VALUES 256u

enum block_sort_pass {
    BLOCK_SORT_CHOOSE, /* between two passes */
    BLOCK_SORT_TOUCH,  /* the memory they move to, which the system hands out when it is used */
    BLOCK_SORT_MOVE,   /* by the digit at hand */
    BLOCK_SORT_FETCH,  /* the values anew: other bits of them */
    BLOCK_SORT_PACK,   /* the rows to the front of their memory, after all the others */
    BLOCK_SORT_SHRINK, /* the memory that is not needed any more goes back */
    BLOCK_SORT_DONE,
};

/* Zeroed it is empty. */
struct block_sort {
    uint64_t *items, *other; /* owned; `other` NULL until the sorting begins */
    size_t count, cap;       /* items; what `items` has room for, */
    size_t other_cap;        /* and what `other` has */
    uint64_t first;          /* value of the first row */
    uint64_t differ;         /* bits that are not the same in all values */

    enum block_sort_pass pass;
    size_t at;      /* how far it is */
    unsigned shift; /* of the values' bits: those below it are the same in all */
    bool high;      /* `items` hold the 32 bits above the lowest 32 */
    unsigned digit; /* the next one */
    size_t passes;  /* done */

    /* By digit and its value: how many items have it, during a pass where the next one goes. */
    size_t place[BLOCK_SORT_DIGITS][BLOCK_SORT_VALUES];
};

void block_sort_release(struct block_sort *s);

/* Makes room for `most` rows, so that none of them is moved when more come: memory that is not used
 * costs nothing. Without it, and where there is no such room, it grows as rows come. */
void block_sort_reserve(struct block_sort *s, size_t most);

/* The next row, in ascending order of rows. 0 or -ENOMEM. */
int block_sort_add(struct block_sort *s, uint32_t row, uint64_t value);

/* Tells the value of a row once more, for values of which more than 32 bits differ. */
typedef uint64_t (*block_sort_value_fn)(void *ctx, uint32_t row);

/*
 * Sorts on: about `work` rows once, fewer of those whose values are told once more, for these lie
 * anywhere in the trace. Returns 1 while there is more to do, 0 when the rows are sorted, -ENOMEM.
 */
int block_sort_step(struct block_sort *s, size_t work, block_sort_value_fn value, void *ctx);

/* After that: the rows, which pass to the caller (free); NULL when there are none. The rest is
 * released. */
uint32_t *block_sort_take(struct block_sort *s);

/* How much of the sorting is done, in percent. */
unsigned block_sort_percent(const struct block_sort *s);

#endif
