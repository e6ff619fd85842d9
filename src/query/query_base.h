/*
 * What queries of one trace and one filter have in common, whatever their range: which rows match,
 * and what stretches of them add up to.
 *
 * Referenced by each of them; the worker that advances one of them extends it for all.
 */
#ifndef QUERY_QUERY_BASE_H
#define QUERY_QUERY_BASE_H

#include <stdatomic.h>

#include "query/fold_tiles.h"
#include "query/matches.h"
#include "query/stack_tiles.h"

struct query_base {
    _Atomic uint32_t refs;
    struct trace *trace;
    struct filter *filter; /* NULL: every row */
    struct matches *matches;
    struct fold_tiles *tiles;
    struct stack_tiles *stack_tiles; /* NULL while nobody asked for stacks */
};

/* References both; `filter` may be NULL. One reference; NULL when memory is out. */
struct query_base *query_base_new(struct trace *trace, struct filter *filter);
struct query_base *query_base_ref(struct query_base *b);
void query_base_unref(struct query_base *b); /* NULL is fine; any thread */

#endif
