/*
 * What the totals by stack of any range are put together from: those of stretches of rows by
 * themselves, as fold_tiles.h has them for all other figures. Worker thread only.
 */
#ifndef QUERY_STACK_TILES_H
#define QUERY_STACK_TILES_H

#include "query/stack_fold.h"

struct stack_tiles;

/* None yet. Both are borrowed; `matches` may be NULL. NULL when memory is out. */
struct stack_tiles *stack_tiles_new(const struct trace *trace, const struct matches *matches);
void stack_tiles_free(struct stack_tiles *t); /* NULL is fine */

/* As fold_tiles_advance(); anew when stacks came late, too. */
bool stack_tiles_advance(struct stack_tiles *t, uint64_t until, uint64_t max_rows);

size_t stack_tiles_bytes(const struct stack_tiles *t);

/* Lets a fold of the same trace and matches use them; it must go first. Before its first row. */
void stack_fold_use_tiles(struct stack_fold *f, struct stack_tiles *t);

#endif
