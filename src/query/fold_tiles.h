/*
 * What the figures of any range are put together from: the figures of stretches of rows by
 * themselves, made once for a trace and a filter.
 *
 *     rows   0 ...                                                      scanned
 *            | tile | tile | tile | tile | tile | tile | tile |  rows    |
 *                          [ range                     ]
 *            outstanding: add up  -> rows | whole tiles  | rows
 *
 * A fold that has tiles takes them where it would come to the same row by row, and so answers for
 * another range in the time of a few frames. Worker thread only.
 */
#ifndef QUERY_FOLD_TILES_H
#define QUERY_FOLD_TILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "query/fold.h"

struct fold_tiles;

/* None yet. Both are borrowed; `matches` may be NULL. NULL when memory is out. */
struct fold_tiles *fold_tiles_new(const struct trace *trace, const struct matches *matches);
void fold_tiles_free(struct fold_tiles *t); /* NULL is fine */

/*
 * Makes tiles on, of the first `until` rows (which must have been scanned), from about `max_rows`
 * rows: as much work as to fold them. True while there is more to do. Anew when rows changed their
 * mind (matches_flips). Where tiles would take more memory than they are worth, none are made.
 */
bool fold_tiles_advance(struct fold_tiles *t, uint64_t until, uint64_t max_rows);

/* Rows that have tiles, from the first on; bytes they take. */
uint64_t fold_tiles_rows(const struct fold_tiles *t);
size_t fold_tiles_bytes(const struct fold_tiles *t);

/* Lets a fold of the same trace and matches use them; it must go first. Before its first row. */
void fold_use_tiles(struct fold *f, struct fold_tiles *t);

#endif
