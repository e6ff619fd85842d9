/*
 * The tables of `report` that are about sizes and lifetimes: classes of sizes, exact sizes, buckets
 * of the low-fragmentation heap, and the histogram of lifetimes. Parts of report_tables[].
 */
#ifndef EXPORT_REPORT_SIZES_H
#define EXPORT_REPORT_SIZES_H

#include "export/report_table.h"

/* How many columns each has; the arrays are in report_sizes.c. */
enum {
    REPORT_SIZE_COLUMNS = 16,
    REPORT_EXACT_COLUMNS = 15,
    REPORT_BUCKET_COLUMNS = 18,
    REPORT_LIFE_COLUMNS = 5
};

extern const struct report_column report_size_columns[REPORT_SIZE_COLUMNS];
extern const struct report_column report_exact_columns[REPORT_EXACT_COLUMNS];
extern const struct report_column report_bucket_columns[REPORT_BUCKET_COLUMNS];
extern const struct report_column report_life_columns[REPORT_LIFE_COLUMNS];

/* The rows; none where the report has no table of the kind. */
struct report_rows report_size_rows(const struct report *r);
struct report_rows report_exact_rows(const struct report *r);
struct report_rows report_bucket_rows(const struct report *r);
struct report_rows report_life_rows(const struct report *r);

/* Of a row of sizes, of one of lifetimes. */
uint64_t report_size_weight(const void *row);
uint64_t report_size_id(const void *row);
uint64_t report_life_weight(const void *row);

#endif
