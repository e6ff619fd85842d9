/*
 * Totals: the one place where rows become figures (numbers.md, Totals).
 *
 * A fold runs over the rows in order, under a filter and a time range, and keeps the figures of the
 * trace and of its heaps, processes, threads, Sources and size classes, with a coarse curve of
 * outstanding bytes for each heap and tables of Sources by size, time and heap (fold_cross.h). It
 * can stop at any row and go on later, so a growing trace costs only its new rows. Worker or batch
 * thread only; screens read a copy (struct summary).
 */
#ifndef QUERY_FOLD_H
#define QUERY_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/trace.h"
#include "query/blocks.h"
#include "query/fold_cross.h"
#include "query/matches.h"

#define FOLD_SOURCES        64 /* distinct Source values told apart; further ones share the last slot */
#define FOLD_CURVE_POINTS   256        /* of the whole trace */
#define FOLD_HEAP_POINTS    64         /* of one heap */
#define FOLD_RATE_WINDOW_NS 1000000000 /* live rates are over the last second */

/* The figures every grouping has. */
struct figures {
    uint64_t allocs, alloc_bytes;
    uint64_t frees, freed_bytes;
    uint64_t reallocs;
    uint64_t failed_allocs;
    uint64_t outstanding_bytes, outstanding_blocks; /* at the end of the range */
    uint64_t peak_bytes,
        peak_blocks;   /* greatest outstanding within the range, and the blocks then */
    int64_t peak_time; /* raw; INT64_MIN when the peak is zero */
    uint64_t peak_row; /* the row that made it; ROW_NONE */
    uint64_t rows;     /* rows of the group in the range, whatever their effect */
    int64_t impacting_bytes, impacting_blocks; /* outstanding at the end, less at the beginning */
    uint64_t aifo_bytes, aifo_blocks;          /* opened in the range, and outstanding at its end */
};

struct block_sum {
    uint64_t bytes, blocks;
};

/*
 * The range and its ends, the one rule that every screen, filter and command keeps: rows with a
 * time in [A, B] are inside, those at A and at B too, and they alone decide the class of a block
 * (blocks.h). Outstanding at T has seen what happened at T, so that the impacting size,
 * outstanding(B) - outstanding(A), is what changed behind the first instant; it is zero for a range
 * that ends there, and with an open A it counts from nothing. A block that is there at B counts
 * with its size then, one that ended inside with its size at its end (numbers.md, Totals).
 */
struct range_figures {
    int64_t impacting_bytes, impacting_blocks;
    struct block_sum classes[BLOCK_NEVER]; /* by enum block_class */
    bool known; /* false for a moment after a change of range: classes and AIFO are still counted */
};

/* Outstanding bytes over the range: `points` values, each at the end of its bin of `bin_ticks` raw
 * ticks from `start`. */
struct curve {
    int64_t start;
    uint64_t bin_ticks;
    uint32_t points; /* in use */
    uint32_t capacity;
    float *bytes; /* `capacity` values */
};

/* What a heap tells of itself (flags, committed ... created, destroyed) is no event and no block:
 * it is as of the range's end, whatever the filter. */
struct heap_figures {
    uint32_t heap; /* registry index */
    struct figures f;
    bool has_flags, has_committed, has_reserved, has_free_space, has_ucrs;
    uint32_t flags; /* HeapFlags of its Create or Snapshot */
    uint64_t committed, reserved, free_space, ucrs;
    int64_t created, destroyed;  /* raw; INT64_MIN / INT64_MAX when not seen */
    uint64_t last_second_allocs; /* live rate */
    struct curve curve;          /* from the range's start; no points for less than 16 rows */
};

struct group_figures {
    uint32_t index; /* registry index of the process or thread */
    struct figures f;
};

struct source_figures {
    uint32_t source;
    bool other; /* the shared slot of all further values */
    struct source_cell f;
};

/* Allocs under the size they asked for, outstanding blocks under the size they have now. */
struct size_figures {
    uint64_t allocs, alloc_bytes;
    uint64_t outstanding_blocks, outstanding_bytes;
};

/* A finished set of figures: immutable, self-contained, made by fold_summarize(). */
struct summary {
    uint64_t rows;    /* folded so far */
    uint64_t matched; /* of them, in range and under the filter */
    int64_t first,
        last; /* raw times of the range's first and last row; equal to INT64_MIN when none */
    struct figures total;
    struct range_figures range;
    uint64_t ops[HEAP_OP_COUNT]; /* rows as recorded by operation, in range and under the filter */
    struct curve curve;
    size_t heap_count, process_count, thread_count, source_count;
    /* Groups with rows in range or blocks outstanding in it, in order of registry index. */
    struct heap_figures *heaps;
    struct group_figures *processes, *threads;
    struct source_figures *sources; /* ascending by value */
    struct source_tables tables;    /* of these Sources */
    struct size_figures sizes[FOLD_SIZE_CLASSES];
    uint64_t last_second_allocs, last_second_frees; /* live rates, of the whole */
};

struct fold;

/* Raw times, both ends included. */
struct fold_range {
    int64_t since, until;
};

/* Every row: the widest range. */
#define FOLD_RANGE_ALL ((struct fold_range){INT64_MIN, INT64_MAX})

/* `matches` may be NULL: every row belongs. Both are borrowed. NULL when memory is out. */
struct fold *fold_new(const struct trace *trace, const struct matches *matches,
                      struct fold_range range);
void fold_free(struct fold *f);

/* What happened up to the raw time `start`, itself included, is what the impacting size is counted
 * from; not before range.since - 1, which it is at first. Before the first row is folded. */
void fold_count_from(struct fold *f, int64_t start);

/* Folds on, to row `until` at most (which `matches` must have scanned) and at most `max_rows`.
 * Returns 0 or -ENOMEM. About 20 ns a row. */
int fold_advance(struct fold *f, uint64_t until, uint64_t max_rows);

uint64_t fold_rows(const struct fold *f); /* folded so far */

/* True when it covers the first `rows` rows, and nothing is left to be found out about them. */
bool fold_is_complete(const struct fold *f, uint64_t rows);

/* A copy of the figures as they are now; the caller frees it with summary_free(). NULL when memory
 * is out. O(groups). */
struct summary *fold_summarize(const struct fold *f);
void summary_free(struct summary *s);

/* The size class of `size`, and the bounds [from, to) of class k (to of the last class is
 * UINT64_MAX). */
unsigned fold_size_class(uint64_t size);
uint64_t fold_class_from(unsigned k);
uint64_t fold_class_to(unsigned k);

#endif
