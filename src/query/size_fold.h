/*
 * Totals by size: what blocks of each size were allocated, are still there, and how long they lived
 * (numbers.md, Totals).
 *
 * A fold of its own beside fold.h, made only when somebody asks. Allocs count under the size they
 * asked for, outstanding blocks under the size they have at the range's end, lifetimes under the
 * size that the block had when it ended; they are of blocks that belong and ended in the range.
 * What is before the range is not folded but read off the columns (blocks.h). Worker or batch
 * thread.
 */
#ifndef QUERY_SIZE_FOLD_H
#define QUERY_SIZE_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "query/fold.h"
#include "query/size_row.h"

struct size_fold;

/* As fold_new(). */
struct size_fold *size_fold_new(const struct trace *trace, const struct matches *matches,
                                struct fold_range range, enum size_kind kind);
void size_fold_free(struct size_fold *f); /* NULL is fine */

/* As fold_advance(); returns 0 or -ENOMEM. About 20 ns a row of the range, a few for one before it.
 */
int size_fold_advance(struct size_fold *f, uint64_t until, uint64_t max_rows);
uint64_t size_fold_rows(const struct size_fold *f);

/* True when it covers the first `rows` rows and none of them has another answer to the filter by
 * now. After a false one it starts anew once its pass is over. */
bool size_fold_is_settled(const struct size_fold *f, uint64_t rows);

/* The rows as they are now, empty ones included, in no order. */
size_t size_fold_count(const struct size_fold *f);

/* The least size of row `i`; that of the other sizes, which has none, stands behind all. */
uint64_t size_fold_from(const struct size_fold *f, size_t i);

/* The row number `i`, with its lifetimes worked out. About 12 us. */
void size_fold_get(struct size_fold *f, size_t i, struct size_row *out_row);

/* All rows together. Its sums are the caller's to add up: only the lifetimes are set. */
void size_fold_get_whole(struct size_fold *f, struct size_row *out_row);

/* True when there is nothing in the row. */
bool size_row_is_empty(const struct size_row *r);

/* Adds what is a sum in `from`, and so not its lifetimes' mean and percentiles. */
void size_row_add(struct size_row *to, const struct size_row *from);

#endif
