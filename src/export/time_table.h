/* The table of stretches of time: the columns of a timeline as rows (report_table.h). */
#ifndef EXPORT_TIME_TABLE_H
#define EXPORT_TIME_TABLE_H

#include "export/report_table.h"

#define TIME_TABLE_COLUMNS 12

extern const struct report_column time_table_columns[TIME_TABLE_COLUMNS];

/* As the members of struct report_table. The id of a stretch is its place. */
struct report_rows time_table_rows(const struct report *r);
uint64_t time_table_weight(const void *row);

#endif
