/*
 * A query answered beside the loading: a thread that scans and folds the rows that are already
 * there, on the second core.
 *
 * It only ever looks at whole chunks that will not change any more, as far as the loader allows.
 * All functions are the loader's.
 */
#ifndef SOURCE_ASKER_H
#define SOURCE_ASKER_H

#include "query/query.h"

struct asker;

/* Starts asking `spec` of `trace`, which is still being built; its filter must not depend on fate.
 * NULL when there is no memory or no thread. */
struct asker *asker_new(struct trace *trace, const struct query_spec *spec);

/* The trace's whole chunks may be looked at. O(1). */
void asker_allow(struct asker *a);

/*
 * The trace is complete: finishes the query and hands it over; NULL when memory ran out. Frees the
 * asker. `final` is the trace as it is now: another one than at the start when late records were
 * put in their place, and then everything is asked anew.
 */
struct query *asker_finish(struct asker *a, struct trace *final);

/* Stops without an answer. Accepts NULL. */
void asker_free(struct asker *a);

#endif
