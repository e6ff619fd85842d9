/*
 * What was outstanding at any row, and the greatest between any two, without going through them.
 *
 *   rows      |----------------------------------------------------|
 *   leaves    |----|----|----|----|----|----|   sums at the end of each, greatest inside
 *   branches  |-------------------|---------|   greatest of TIMELINE_BRANCH leaves
 *   series    by heap, Source and size class: what each had where a stretch of
 *             TIMELINE_STRETCH rows ended that changed it
 *
 * One pass over the rows under a filter; a growing trace costs only its new rows. A moment is a row
 * number, as in blocks.h: the rows before it have happened. 88 bytes for 256 rows and 16 for each
 * series that changes in 1,024 rows: about a byte a row, 6 at most. Sums wrap, as in fold.h; taken
 * as signed they are below zero after a size that lied. Worker or batch thread only.
 */
#ifndef QUERY_TIMELINE_INDEX_H
#define QUERY_TIMELINE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/trace.h"
#include "query/matches.h"

#define TIMELINE_LEAF    256u
#define TIMELINE_BRANCH  64u
#define TIMELINE_STRETCH 1024u

/* Groups that what is outstanding is parted by. */
enum timeline_parting {
    TIMELINE_WHOLE,     /* none */
    TIMELINE_BY_HEAP,   /* keys are registry indices */
    TIMELINE_BY_SOURCE, /* keys are places among the Sources, timeline_index_source() */
    TIMELINE_BY_SIZE,   /* keys are size classes (fold.h) */
    TIMELINE_PARTINGS
};

/*
 * Heaps with a series of their own: the first ones, and those that came to a 64th of the whole.
 * What a heap had before it got one counts for nobody.
 */
#define TIMELINE_FIRST_HEAPS 64u
#define TIMELINE_MOST_HEAPS  256u

/* Running totals: what the rows before a moment come to. */
struct timeline_sums {
    uint64_t bytes, blocks; /* outstanding */
    uint64_t allocs, alloc_bytes;
    uint64_t frees, freed_bytes;
    uint64_t rows; /* that match */
};

/* The greatest values behind rows of a stretch; `row` made the bytes, `blocks_then` were there with
 * them. None: INT64_MIN, ROW_NONE. */
struct timeline_most {
    int64_t bytes, blocks;
    uint64_t blocks_then;
    uint64_t row;
};

struct timeline_index;

/* Both are borrowed; `matches` may be NULL: every row belongs. NULL when memory is out. */
struct timeline_index *timeline_index_new(const struct trace *trace, const struct matches *matches);
void timeline_index_free(struct timeline_index *ix); /* NULL is fine */

/* Goes on to row `until` at most (which `matches` must have scanned), at most `max_rows` rows.
 * Returns 0 or -ENOMEM. About 20 ns a row. */
int timeline_index_advance(struct timeline_index *ix, uint64_t until, uint64_t max_rows);
uint64_t timeline_index_rows(const struct timeline_index *ix); /* so far */
size_t timeline_index_bytes(const struct timeline_index *ix);  /* of memory */

/* What the rows before `moment` <= timeline_index_rows() come to. About 3 us. */
struct timeline_sums timeline_index_at(const struct timeline_index *ix, uint64_t moment);

/*
 * The greatest behind the rows [from, to). `sums` are those at `from` and become those at `to`, so
 * that a window of columns goes through no row twice. About 10 us, however many rows they are.
 */
struct timeline_most timeline_index_most(const struct timeline_index *ix, uint64_t from,
                                         uint64_t to, struct timeline_sums *sums);

/*
 * Committed bytes of all heaps of which a row before `moment` matches, as the last Create, Expand,
 * Contract or Snapshot before it told, until a heap was destroyed. False while nothing was told.
 * O(log of such rows).
 */
bool timeline_index_committed(const struct timeline_index *ix, uint64_t moment,
                              uint64_t *out_bytes);

/* The Source whose place is `key`; false for the place that all further ones share. */
bool timeline_index_source(const struct timeline_index *ix, uint32_t key, uint32_t *out_source);

/* The series of a parting, in no order; which key each is for. */
size_t timeline_index_series_count(const struct timeline_index *ix, enum timeline_parting by);
uint32_t timeline_index_series_key(const struct timeline_index *ix, enum timeline_parting by,
                                   size_t series);

/* Bytes of a series where the stretch of `moment` begins: exact for multiples of TIMELINE_STRETCH.
 * O(log changes). */
int64_t timeline_index_series_near(const struct timeline_index *ix, enum timeline_parting by,
                                   size_t series, uint64_t moment);

/* ---- bytes of chosen series at moments that do not go back ---- */

struct timeline_walk {
    const struct timeline_index *ix;
    enum timeline_parting by;
    const size_t *series; /* chosen; borrowed */
    size_t count;
    uint64_t moment;
    uint64_t *values;  /* by key */
    uint64_t *between; /* scratch, likewise */
    size_t keys;
};

/* Returns 0 or -ENOMEM. */
int timeline_walk_begin(struct timeline_walk *w, const struct timeline_index *ix,
                        enum timeline_parting by, const size_t *series, size_t count);
void timeline_walk_end(struct timeline_walk *w);

/* Puts the bytes of each chosen series at `moment`, not less than the last one, into `out_bytes`.
 * About 10 us. */
void timeline_walk_to(struct timeline_walk *w, uint64_t moment, int64_t *out_bytes);

#endif
