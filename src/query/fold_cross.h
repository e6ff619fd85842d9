/*
 * Sources crossed with size classes, time and heaps: the tables beside the figures of fold.h.
 *
 *              no size   0    1    2-3   4-7 ...          one cell: alloc, realloc and free rows
 *    lookaside   cell  cell  cell  cell  cell             and their bytes, and what is outstanding
 *    low-frag    cell  cell  cell  cell  cell             of the blocks that came from the Source
 *
 * Rows are counted as recorded, as in the Source histogram (numbers.md, Totals): every row of a
 * Source is in exactly one cell of each table, so that the rows of a table add up to the Source's
 * own figures. Plain data, part of a struct summary.
 */
#ifndef QUERY_FOLD_CROSS_H
#define QUERY_FOLD_CROSS_H

#include <stddef.h>
#include <stdint.h>

/* Class 0 is size 0, class k is [2^(k-1), 2^k). */
#define FOLD_SIZE_CLASSES 65

/* Behind the classes: rows that carry no size (Frees of blocks that were never seen). */
#define FOLD_NO_SIZE        FOLD_SIZE_CLASSES
#define FOLD_SOURCE_CLASSES (FOLD_SIZE_CLASSES + 1)

/* Stretches of time, at most; they double like the bins of a curve. Even. */
#define FOLD_TIME_BINS 64

/* Heaps with a column of their own, in the order in which they came; those after them share one.
 * 512 bytes each, and 4 KiB where there are more than 8 Sources. */
#define FOLD_CROSS_HEAPS 1024

/* In place of a heap's registry index. */
#define FOLD_NO_HEAP       UINT32_MAX       /* rows that name no heap */
#define FOLD_FURTHER_HEAPS (UINT32_MAX - 1) /* all heaps without a column of their own */

/* Rows as recorded by Source: alloc, realloc, free (numbers.md, Source histogram). Rows without a
 * Source are in none of the figures; failed Allocs and unmatched Frees are counted without bytes.
 */
enum fold_source_op { FOLD_SOURCE_ALLOC, FOLD_SOURCE_REALLOC, FOLD_SOURCE_FREE, FOLD_SOURCE_OPS };

/* What is known of a Source, of all of it or of a part. */
struct source_cell {
    uint64_t count[FOLD_SOURCE_OPS];
    uint64_t bytes[FOLD_SOURCE_OPS];
    uint64_t outstanding_bytes, outstanding_blocks; /* under the Source that opened the block */
};

struct source_heap {
    uint32_t heap; /* registry index, FOLD_NO_HEAP or FOLD_FURTHER_HEAPS */
    int64_t first; /* raw time of the first row that counted; of the shared columns 0 */
};

/*
 * Row i of each table belongs to the summary's sources[i]. By size: the size that the row asked for
 * or gave back, for what is outstanding the size the block has now. By time: outstanding at the end
 * of the bin.
 */
struct source_tables {
    int64_t start;      /* raw: the first row in range, where bin 0 begins */
    uint64_t bin_ticks; /* raw ticks of a bin */
    size_t bins;        /* in use; 0 when no row was in range */
    size_t heap_count;
    struct source_heap *heaps;   /* the columns of by_heap, shared ones last */
    struct source_cell *by_size; /* rows of FOLD_SOURCE_CLASSES cells */
    struct source_cell *by_time; /* rows of `bins` cells */
    struct source_cell *by_heap; /* rows of `heap_count` cells */
    struct source_cell *cells;   /* what the three point into */
};

#endif
