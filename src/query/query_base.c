/* What like queries share; see query_base.h. */
#include "query/query_base.h"

#include <stdlib.h>

#include "model/trace.h"

struct query_base *query_base_new(struct trace *trace, struct filter *filter)
{
    struct query_base *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    atomic_init(&b->refs, 1);
    b->trace = trace_ref(trace);
    b->filter = filter != NULL ? filter_ref(filter) : NULL;
    b->matches = matches_new(b->filter, trace);
    if (b->matches != NULL)
        b->tiles = fold_tiles_new(trace, b->matches);
    if (b->tiles != NULL)
        return b;
    query_base_unref(b);
    return NULL;
}

struct query_base *query_base_ref(struct query_base *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

void query_base_unref(struct query_base *b)
{
    if (b == NULL || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
        return;
    stack_tiles_free(b->stack_tiles);
    fold_tiles_free(b->tiles);
    matches_free(b->matches);
    filter_unref(b->filter);
    trace_unref(b->trace);
    free(b);
}
