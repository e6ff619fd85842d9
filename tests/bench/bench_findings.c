/* What looking for what is wrong costs: the one pass, and judging what it collected. */
#include "answer/answer_maker.h"
#include "answer/findings/findings.h"
#include "bench.h"
#include "clocked.h"
#include "query/query.h"

#include <stdio.h>

void bench_findings(struct bench *b)
{
    bench_need_rows(b);
    const struct answer_spec spec = {.kind = ANSWER_FINDINGS};
    const struct query_spec all = {.since = INT64_MIN, .until = INT64_MAX, .rows_only = true};
    const struct frame_namer nameless = {0};
    double seconds[BENCH_RUNS];
    size_t count = 0;
    struct query *q = query_new(ingest_trace(b->ingest), &all);
    if (q == NULL)
        bench_die("cannot ask");
    while (query_advance(q, UINT64_MAX))
        continue;
    for (int run = 0; run < BENCH_RUNS; run++) {
        double start = clocked_now();
        struct answer *found = answer_make(q, &spec, &nameless);
        seconds[run] = clocked_now() - start;
        if (found == NULL)
            bench_die("cannot find");
        count = ((struct findings *)found)->count;
        answer_unref(found);
    }
    char note[64];
    snprintf(note, sizeof note, "%zu findings", count);
    bench_line("findings", clocked_median(seconds, BENCH_RUNS) / b->rows * 1e9, "ns/row", note);
    query_unref(q);
}
