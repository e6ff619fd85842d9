/*
 * Blocks without a replay: which of them are alive at a moment, how they lie to a range, and how
 * large they were, read off the columns and links of the rows that opened them.
 *
 * A block is named by the row that opened it. A moment is a row number: the rows before it have
 * happened, so that "outstanding at T" is the moment behind the last row at T. Worker or batch
 * thread; only rows that were published may be asked about.
 */
#ifndef QUERY_BLOCKS_H
#define QUERY_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/trace.h"

/* Allocated Inside or Outside the range, Freed Inside or Outside it (numbers.md, Totals); what is
 * inside is told with struct range_figures (fold.h). */
enum block_class {
    BLOCK_AIFI,
    BLOCK_AIFO, /* the leak candidates of the range */
    BLOCK_AOFI,
    BLOCK_AOFO,
    BLOCK_NEVER, /* not alive at any time in it */
    BLOCK_CLASSES
};

/* "aifi" ... "never": how options and filters call them. */
extern const char *const block_class_words[BLOCK_CLASSES];

/* The rows [first, end). */
struct block_range {
    uint64_t first, end;
};

/* The moment of the time `raw`: behind the last row at it. O(log rows). */
uint64_t block_moment(const struct trace *t, int64_t raw);

/* `closer` is ROW_NONE, or behind the range, while the block lives. */
static inline enum block_class block_class(uint64_t opener, uint64_t closer,
                                           struct block_range range)
{
    if (opener >= range.end || closer < range.first)
        return BLOCK_NEVER;
    if (opener >= range.first)
        return closer < range.end ? BLOCK_AIFI : BLOCK_AIFO;
    return closer < range.end ? BLOCK_AOFI : BLOCK_AOFO;
}

static inline bool block_is_alive(uint64_t opener, uint64_t closer, uint64_t moment)
{
    return opener < moment && closer >= moment;
}

/*
 * For 64 rows at once: bit i is the row `row` + i of the trace, `row` a multiple of 64 below
 * `moment` or `end`. The first tells which of them opened blocks, of the rows before `end`; the
 * second which of those blocks are alive at `moment`. About 30 ns for all 64. Filters are the
 * caller's: matches_word() of the same row.
 */
uint64_t blocks_opened(const struct trace *t, uint64_t row, uint64_t end);
uint64_t blocks_alive(const struct trace *t, uint64_t row, uint64_t moment);

/* The row that ended the block opened by `opener`, ROW_NONE when none before `end` did. O(1). */
uint64_t block_closer(const struct trace *t, uint64_t opener, uint64_t end);

/*
 * The size of the block at a moment of its life: as asked for by its Alloc and changed by every
 * ReAlloc in place before it. At its end with `moment` behind that. O(1), and O(resizes) for a
 * block that was resized.
 */
uint64_t block_size_at(const struct trace *t, uint64_t opener, uint64_t moment);

#endif
