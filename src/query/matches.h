/*
 * Which rows match the filter: a bitmap per chunk with rank and select.
 *
 * The worker scans and extends it; the loop thread asks for the k-th match of what was scanned.
 * All-match chunks of the empty filter cost no memory. Shared words are atomic (relaxed);
 * matches_scanned() publishes.
 */
#ifndef QUERY_MATCHES_H
#define QUERY_MATCHES_H

#include <stdbool.h>
#include <stdint.h>

#include "query/filter.h"

struct matches;

/* For `filter` over `trace`, which must outlive it. NULL when memory is out. */
struct matches *matches_new(const struct filter *filter, const struct trace *trace);
void matches_free(struct matches *m);

/* The range that `class` goes by: filter_run_set_range(). Before the first row is scanned. */
void matches_set_range(struct matches *m, int64_t since, int64_t until);

/*
 * Scans on, at most to row `until` and at most `max_rows` rows; for filters that depend on fate
 * also looks again at the openers of blocks that closed or moved since, and at as many rows whose
 * answer may have become another. Returns rows scanned now. Worker only. Cancel by not calling
 * again.
 */
uint64_t matches_advance(struct matches *m, uint64_t until, uint64_t max_rows);

/* False while rows that were decided are to be decided anew, because names of processes, images or
 * functions were learnt, or stacks came late. Worker. */
bool matches_is_settled(const struct matches *m);

/* True when memory ran out while scanning: rows behind matches_scanned() stay undecided. Worker. */
bool matches_failed(const struct matches *m);

uint64_t matches_scanned(const struct matches *m); /* rows [0, n) are decided; any thread */
uint64_t matches_count(const struct matches *m);   /* matches among them; any thread */

bool matches_has(const struct matches *m,
                 uint64_t row); /* any thread; false beyond what was scanned */

/*
 * The same for 64 rows at once: bit i is the row `row` + i, `row` a multiple of 64. For folds on
 * the worker, which may prefetch what they will ask for.
 */
uint64_t matches_word(const struct matches *m, uint64_t row);
void matches_prefetch(const struct matches *m, uint64_t row);

/* The row of match number k (from 0), or ROW_NONE. About 1 us. Any thread. */
uint64_t matches_select(const struct matches *m, uint64_t k);

/* How many matches lie before `row`. About 1 us. Any thread. */
uint64_t matches_rank(const struct matches *m, uint64_t row);

/* Number that changes whenever a bit already decided has flipped (fate filters), so that totals
 * must be folded anew. */
uint64_t matches_flips(const struct matches *m);

#endif
