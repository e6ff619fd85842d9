/*
 * The rows of an answer about moments in an order: for commands and screens.
 */
#ifndef EXPORT_MOMENTS_LIST_H
#define EXPORT_MOMENTS_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "answer/moments/moments.h"

/* What rows are sorted by: the greatest first, names from A on. */
enum moments_column {
    MOMENTS_DELTA, /* bytes */
    MOMENTS_DELTA_BLOCKS,
    MOMENTS_NEW, /* bytes, as all below */
    MOMENTS_GONE,
    MOMENTS_OLD,
    MOMENTS_NOW, /* at the last moment */
    MOMENTS_NAME,
    MOMENTS_COLUMNS
};

/*
 * The rows, borrowed from `m`, in that order; with `grew` those alone that grew in every interval.
 * Rows that are alike in it go by delta, then by name. The caller frees *out_rows. Returns how
 * many; SIZE_MAX when memory is out. O(n log n).
 */
size_t moments_list(const struct moments *m, enum moments_column sort, bool grew,
                    const struct moments_row ***out_rows);

#endif
