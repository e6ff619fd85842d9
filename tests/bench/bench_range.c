/* Another range over all rows: how long until every figure is there. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "clocked.h"
#include "query/query.h"
#include "tests/tools/rng.h"

#define RANGES 40

/* As much as the worker does in a step. */
#define STEP_ROWS 32768

static struct query *ask_all(struct bench *b)
{
    struct query_spec spec = {.since = INT64_MIN, .until = INT64_MAX};
    struct query *q = query_new(ingest_trace(b->ingest), &spec);
    double start = clocked_now();
    while (q != NULL && query_advance(q, STEP_ROWS))
        continue;
    if (q == NULL || query_failed(q))
        bench_die("out of memory");
    bench_line("whole time, row by row", (clocked_now() - start) * 1e3, "ms", "");
    return q;
}

static struct query_spec some_range(struct bench *b, struct rng *rng)
{
    const struct store *st = ingest_trace(b->ingest)->store;
    uint64_t rows = store_rows(st);
    uint64_t first = rng_below(rng, rows), last = rng_below(rng, rows);
    const struct trace *t = ingest_trace(b->ingest);
    return (struct query_spec){
        .since = trace_ns(t, store_time(st, first < last ? first : last)),
        .until = trace_ns(t, store_time(st, first < last ? last : first)),
    };
}

static double ask_range(struct query *like, const struct query_spec *spec)
{
    double start = clocked_now();
    struct query *q = query_new_like(like, spec);
    while (query_advance(q, STEP_ROWS))
        continue;
    struct summary *s = query_summarize(q);
    double took = clocked_now() - start;
    summary_free(s);
    query_unref(q);
    return took;
}

static void ask_ranges(struct bench *b, struct query *like, const char *what, const char *bar)
{
    struct rng rng = {5};
    double took[RANGES];
    for (int i = 0; i < RANGES; i++) {
        struct query_spec spec = some_range(b, &rng);
        took[i] = ask_range(like, &spec);
    }
    double median = clocked_median(took, RANGES), most = 0;
    for (int i = 0; i < RANGES; i++)
        most = took[i] > most ? took[i] : most;
    char note[96];
    snprintf(note, sizeof note, "the slowest of %d: %.0f ms%s", RANGES, most * 1e3, bar);
    bench_line(what, median * 1e3, "ms", note);
}

void bench_range(struct bench *b)
{
    bench_need_rows(b);
    struct query *all = ask_all(b);
    ask_ranges(b, all, "another range, row by row", "");
    double start = clocked_now();
    while (query_prepare(all, STEP_ROWS))
        continue;
    char note[64];
    snprintf(note, sizeof note, "%.1f bytes a row", (double)query_prepared_bytes(all) / b->rows);
    bench_line("making tiles", (clocked_now() - start) / b->rows * 1e9, "ns/row", note);
    ask_ranges(b, all, "another range, from tiles", ", bar 100 ms");
    query_unref(all);
}
