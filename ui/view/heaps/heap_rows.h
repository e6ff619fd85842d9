/*
 * The rows of Heaps, whatever they stand for: one for each heap, each process or each thread, with
 * the figures that mean something for it, in the order asked for; and the cells drawn of them.
 *
 * Made from the summary of a snapshot when that or the sort changes, never while drawing. Loop
 * thread only.
 */
#ifndef UI_VIEW_HEAPS_HEAP_ROWS_H
#define UI_VIEW_HEAPS_HEAP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/snapshot.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

enum heap_rows_by { HEAP_ROWS_HEAP, HEAP_ROWS_PROCESS, HEAP_ROWS_THREAD, HEAP_ROWS_BY_COUNT };

/* In the order of the screen. */
enum heap_column {
    HEAP_COLUMN_HEAP,
    HEAP_COLUMN_THREAD,
    HEAP_COLUMN_PROCESS,
    HEAP_COLUMN_HEAPS,
    HEAP_COLUMN_OUTSTANDING,
    HEAP_COLUMN_BLOCKS,
    HEAP_COLUMN_IMPACTING, /* with a range */
    HEAP_COLUMN_AIFO,      /* likewise */
    HEAP_COLUMN_PEAK,
    HEAP_COLUMN_ALLOCS,
    HEAP_COLUMN_ALLOC_BYTES,
    HEAP_COLUMN_FREES,
    HEAP_COLUMN_FREED_BYTES,
    HEAP_COLUMN_REALLOCS,
    HEAP_COLUMN_FAILED,
    HEAP_COLUMN_RATE,
    HEAP_COLUMN_COMMITTED,
    HEAP_COLUMN_OVERHEAD,
    HEAP_COLUMN_CURVE,
    HEAP_COLUMN_COUNT
};

/* What a row stands for, and what it adds up to. */
struct heap_row {
    uint32_t id;                  /* registry index of the heap, process or thread */
    uint32_t process;             /* registry index */
    const struct figures *f;      /* of the summary, borrowed, as `h` */
    const struct heap_figures *h; /* by heap, else NULL */
    uint32_t heaps;               /* by process: those with figures */
    bool has_committed;           /* all heaps that are not destroyed have told it */
    uint64_t committed;
    uint64_t last_second_allocs;
    int64_t destroyed; /* by heap: raw time; INT64_MAX when it is not */
    double key;        /* what it is sorted by */
};

/* The context of the source and of the columns. Zeroed but for `env`: no rows. */
struct heap_rows {
    const struct view_env *env;
    enum heap_rows_by by;
    const struct summary *summary; /* of the snapshot shown; NULL: no rows */
    struct heap_row *rows;         /* owned; as sorted */
    size_t count, cap;
    const struct heap_row *row; /* being drawn */
    struct strbuf text;
};

void heap_rows_release(struct heap_rows *r);

/* Makes the rows of the snapshot shown, sorted; equal ones stay in the order in which the trace
 * named them. Out of memory: none. O(n log n) of heaps, processes and threads. */
void heap_rows_make(struct heap_rows *r, enum heap_column sort, bool descending);

extern const struct list_source heap_rows_source;

/* What `row` has in a column that is a plain count or sum; false for other columns. */
bool heap_rows_figure(const struct heap_row *row, enum heap_column column, uint64_t *out_figure);

/* The part of the committed memory that no outstanding block needs, 0 to 1; negative when it cannot
 * be told. */
double heap_rows_overhead(const struct heap_rows *r, const struct heap_row *row);

/* Allocations a second (see cell_rate()). */
double heap_rows_rate(const struct heap_rows *r, const struct heap_row *row);

/* ---- cells (heap_cells.c) ---- */

void heap_cells_init(struct list_column out_columns[HEAP_COLUMN_COUNT]);

/* Takes the columns away from `l` that mean nothing for rows of this kind. Does not look at the
 * rows, which may be of a picture that is gone. */
void heap_cells_find_absent(const struct heap_rows *r, struct list *l);

/* Gives the columns of `l`, which are `columns`, the widths that the rows need. */
void heap_cells_fit(struct heap_rows *r, struct list *l,
                    struct list_column columns[HEAP_COLUMN_COUNT]);

#endif
