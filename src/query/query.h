/*
 * One question asked of a trace: which rows match a filter in a time range, and what they add up
 * to.
 *
 * The one interface through which screens, commands and exports read rows and figures. The worker
 * (or a batch command) advances it in small steps; the rows it has scanned and the summaries it
 * made may be read by any thread.
 */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/trace.h"
#include "query/blocks.h"
#include "query/filter.h"
#include "query/fold.h"
#include "query/size_fold.h"
#include "query/stack_fold.h"

/* What is asked. Times in ns since the trace's start, both included; INT64_MIN and INT64_MAX when
 * open. */
struct query_spec {
    struct filter *filter; /* NULL: every row */
    int64_t since, until;
    bool rows_only; /* which rows match, and no figures: for searches */
};

struct query;

/* Keeps its own references to the trace and the filter. One reference; NULL when memory is out. */
struct query *query_new(struct trace *trace, const struct query_spec *spec);

/*
 * The same question with another range: what `old` knows without its range is shared, and what is
 * scanned for one is there for both. Another filter than the old one's makes it a new query.
 * Worker.
 */
struct query *query_new_like(struct query *old, const struct query_spec *spec);
struct query *query_ref(struct query *q);
void query_unref(struct query *q); /* NULL is fine; any thread */

/*
 * Worker: scans and folds on, about `max_rows` rows. Returns true while there is more to do for the
 * rows published so far, false when it has caught up. Running out of memory counts as caught up and
 * is told by query_failed().
 */
bool query_advance(struct query *q, uint64_t max_rows);
bool query_failed(const struct query *q);

/* The same for the first `rows` rows only, at most those published. */
bool query_advance_to(struct query *q, uint64_t rows, uint64_t max_rows);

/*
 * Worker, when nothing else is to do: makes ready what lets the same question be answered at once
 * for another range, from about `max_rows` rows. True while there is more to make ready.
 */
bool query_prepare(struct query *q, uint64_t max_rows);

/* The same for totals by stack, if anybody asked for them. It is void when stacks come late. */
bool query_prepare_stacks(struct query *q, uint64_t max_rows);

/* Worker: the memory that both take. */
size_t query_prepared_bytes(const struct query *q);

/* Worker: true when the figures cover every row published so far, and none has changed its mind
 * since. */
bool query_is_settled(const struct query *q);

/* Worker: a copy of the figures; the caller owns it (summary_free). NULL when memory is out, and
 * for a query of rows only. */
struct summary *query_summarize(const struct query *q);

/* The list of matching rows in range, as far as scanned. Any thread. About 1 us each. */
uint64_t query_count(const struct query *q);
uint64_t query_select(const struct query *q,
                      uint64_t k); /* row id of item k, ROW_NONE past the end */
uint64_t query_rank(const struct query *q,
                    uint64_t row); /* items before `row`: its place, or where it would be */
uint64_t query_scanned(const struct query *q); /* rows of the trace decided so far */

/* True when `row` is an item of the list; false beyond what was scanned. Any thread. */
bool query_has(const struct query *q, uint64_t row);

const struct query_spec *query_asked(const struct query *q);
const struct trace *query_trace(const struct query *q);

/* The rows that match, whatever the range; borrowed. For scans on the worker. */
const struct matches *query_matches(const struct query *q);

/* The rows of the range, as far as they have been decided. Worker. O(log rows). */
struct block_range query_range(const struct query *q);

/* Worker: totals by stack of what is asked, none folded yet. They may be advanced as far as
 * query_scanned(), and must go before the query. NULL when memory is out. */
struct stack_fold *query_fold_stacks(const struct query *q);

/* The same by size. */
struct size_fold *query_fold_sizes(const struct query *q, enum size_kind kind);

#endif
