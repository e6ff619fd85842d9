/*
 * Walks the rows that match a filter in a time range, in order, without counting them first.
 *
 * Looks at a chunk at a time, so that a list cut short with --top costs only what it prints.
 */
#ifndef EXPORT_ROW_SCAN_H
#define EXPORT_ROW_SCAN_H

#include <stdint.h>

#include "model/trace.h"
#include "query/filter.h"

struct row_scan {
    const struct trace *trace;
    struct filter_run *run; /* NULL: every row matches */
    uint64_t at, end;       /* rows still to be looked at */
    uint64_t chunk;         /* whose matches are in `bits` */
    uint64_t bits[STORE_CHUNK_ROWS / 64];
};

/*
 * `filter` may be NULL; `since` and `until` are ns since the trace's start, both included,
 * INT64_MIN and INT64_MAX when open. The trace is complete and outlives the scan. Returns 0 or
 * -ENOMEM. Release in either case.
 */
int row_scan_init(struct row_scan *s, const struct trace *trace, const struct filter *filter,
                  int64_t since, int64_t until);
void row_scan_release(struct row_scan *s);

/* The next matching row, ROW_NONE behind the last. About 1 ns a row without a filter. */
uint64_t row_scan_next(struct row_scan *s);

#endif
