/*
 * The columns of Heaps, the figures that are derived for it, and the order of its rows. Loop thread
 * only.
 */
#ifndef UI_VIEW_HEAP_ORDER_H
#define UI_VIEW_HEAP_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "model/snapshot.h"

/* In the order of the screen. */
enum heap_column {
    HEAP_COLUMN_HEAP,
    HEAP_COLUMN_PROCESS,
    HEAP_COLUMN_OUTSTANDING,
    HEAP_COLUMN_BLOCKS,
    HEAP_COLUMN_PEAK,
    HEAP_COLUMN_ALLOCS,
    HEAP_COLUMN_FREES,
    HEAP_COLUMN_REALLOCS,
    HEAP_COLUMN_RATE,
    HEAP_COLUMN_COMMITTED,
    HEAP_COLUMN_OVERHEAD,
    HEAP_COLUMN_CURVE,
    HEAP_COLUMN_COUNT
};

/* Allocations a second (see cell_rate()). */
double heap_order_rate(const struct snapshot *s, const struct heap_figures *h);

/* The part of the committed memory that no outstanding block needs, 0 to 1; negative when it cannot
 * be told. */
double heap_order_overhead(const struct snapshot *s, const struct heap_figures *h);

/* A row of the table. */
struct heap_order_row {
    const struct heap_figures *h; /* of the snapshot's summary, borrowed */
    double key;                   /* what it is sorted by; set by heap_order_sort() */
};

/* Sorts rows of the summary of `s`. Equal heaps stay in the order in which the trace named them. */
void heap_order_sort(const struct snapshot *s, struct heap_order_row *rows, size_t n,
                     enum heap_column by, bool descending);

#endif
