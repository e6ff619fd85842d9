/*
 * Reads the inputs of a trace to their end, for the batch commands: the same ingest as the live
 * screens, driven in one go.
 */
#ifndef SOURCE_LOAD_H
#define SOURCE_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"
#include "model/ingest.h"
#include "query/query.h"
#include "source/inputs.h"

/* Called now and then while loading; `total` is 0 when unknown. */
typedef void (*load_progress_fn)(void *ctx, uint64_t done, uint64_t total);

/* What a batch command works on. */
struct loaded {
    struct inputs inputs;
    struct ingest *ingest;
    struct trace *trace; /* borrowed from `ingest` */
    struct query *query; /* what was asked, answered; NULL when nothing was */
    struct trust trust;
};

struct load_request {
    char *const *paths;
    size_t path_count;
    const struct query_spec *spec; /* asked while it loads; may be NULL */
    uint64_t expand_limit;         /* bytes that a container may expand to; 0: the usual limit */
    const _Atomic bool *stop;      /* set by another thread: -ECANCELED soon; may be NULL */
};

/*
 * Opens the paths, expands what is packed, and reads all of them, as one trace. Returns 0 or a
 * negative code with a line in `info` (cli.md: file, offset, what was wrong, what to try). A trace
 * without heap events loads fine: ask ingest_tally().
 */
int load_trace(const struct load_request *what, load_progress_fn progress, void *ctx,
               struct loaded *out_loaded, struct err_info *info);
void loaded_release(struct loaded *l);

#endif
