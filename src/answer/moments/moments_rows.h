/*
 * The rows of an answer about moments, out of the groups that were added up: named, those that read
 * the same drawn together, with their conditions.
 *
 * Groups of one trace are rows of their own, but for stacks: those that differ only where the line
 * does not tell are one row. Those of two traces are matched by what they are called.
 *
 * Private to moments_*.c. Worker or batch thread.
 */
#ifndef ANSWER_MOMENTS_MOMENTS_ROWS_H
#define ANSWER_MOMENTS_MOMENTS_ROWS_H

#include "answer/moments/moments_words.h"

/* A fold to be told of. */
struct moments_side {
    const struct moments_fold *fold;
    struct moments_words words;
    uint32_t first;   /* the place of its first moment among the answer's */
    bool conditioned; /* conditions are of its trace */
};

struct moments_rows {
    struct moments *m;
    bool matching; /* two traces */
    struct id_map places;
    struct hash_seed seed;
    size_t row_cap;
    struct row_groups *groups; /* of each row, those with a condition */
    size_t group_cap;
    uint32_t *next; /* the next group of the same row; UINT32_MAX */
    struct call_stack *stacks;
    size_t stack_cap;
    struct strbuf text;
};

/* For `count` moments. 0 or -ENOMEM; release in any case. */
int moments_rows_init(struct moments_rows *b, uint32_t count, bool matching);
void moments_rows_release(struct moments_rows *b);

/* Before the groups of a side whose conditions are wanted. 0 or -ENOMEM. */
int moments_rows_begin(struct moments_rows *b, const struct moments_side *side);

/* Adds group `place` of the side. 0 or -ENOMEM. */
int moments_rows_add(struct moments_rows *b, const struct moments_side *side, uint32_t place);

/* Works out what follows from the figures of row `row`, and its condition from `side`, the one that
 * has them. After all groups. 0 or -ENOMEM. */
int moments_rows_finish(struct moments_rows *b, const struct moments_side *side, size_t row);

/* After all rows: the whole of both sides, and the answer, which passes to the caller. */
struct moments *moments_rows_take(struct moments_rows *b, const struct moments_side *sides,
                                  size_t count);

#endif
