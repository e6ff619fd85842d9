/*
 * Moments: what was outstanding at each of several moments, by group, and how it changed between
 * the first and the last of them (numbers.md, Totals).
 *
 * One moment tells what was alive then; two are a diff; three or more also tell what grew in every
 * interval. The first may be another trace's: then the rows of both are matched by what does not
 * depend on addresses: stacks by the modules and functions that they tell, sizes and Sources by
 * value, heaps, threads and processes by their role (moments_roles.h). Blocks of two traces cannot
 * be told to be the same: a row that only one of them has is new or gone, any other one is old as a
 * whole.
 *
 * The range of the query does not matter, its filter does: a block belongs if the row that opened
 * it matches.
 *
 * For each row and for the whole: delta = last - first = fresh - gone + what the old ones grew. By
 * size a block that was resized has left one class and is fresh in another, while it is old in the
 * whole; every other figure of the rows adds up to the whole's.
 */
#ifndef ANSWER_MOMENTS_MOMENTS_H
#define ANSWER_MOMENTS_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/answer.h"
#include "base/arena.h"

struct moment_value {
    uint64_t bytes, blocks;
};

struct moments_row {
    const char *text; /* "0x13d35bd0000", "low-frag", "Solution!grow < Solution!main" */
    /* Registry index of the heap, thread or process; the value of the Source, MOMENTS_NO_SOURCE for
     * the blocks without one; the size class (fold.h); the lowest stack id, STACK_NONE for the
     * blocks without one. With a second trace MOMENTS_NO_KEY where only that one has any. */
    uint64_t key;
    struct moment_value *at;           /* `count` of them, in order of time */
    int64_t delta_bytes, delta_blocks; /* last - first */
    struct moment_value fresh;         /* born behind the first, alive at the last */
    struct moment_value gone;          /* alive at the first, not at the last; bytes as then */
    struct moment_value old;           /* alive at both; bytes as of the last */
    bool grew;                         /* bytes, in every interval; only with three or more */
    const char *condition;             /* filter expression for the row; "" when there is none */
};

#define MOMENTS_NO_SOURCE UINT64_MAX

/* The key of a row that only the other trace has blocks of. */
#define MOMENTS_NO_KEY (UINT64_MAX - 1)

struct moments {
    struct answer base;
    uint32_t count;           /* moments; with a second trace one more than asked, its end, first */
    struct moments_row *rows; /* groups with blocks at any of them, in no order */
    size_t row_count;
    struct moments_row whole; /* their sum; no text and no condition */
    struct arena memory;      /* texts and values of the rows */
};

#endif
