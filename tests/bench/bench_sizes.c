/* Tables of sizes: adding all rows up, and those of a range alone. */
#include <stdio.h>

#include "answer/answer_job.h"
#include "answer/sizes/size_table.h"
#include "bench.h"
#include "clocked.h"

static struct query *ask(struct bench *b, int64_t since)
{
    const struct query_spec spec = {.since = since, .until = INT64_MAX, .rows_only = true};
    struct query *q = query_new(ingest_trace(b->ingest), &spec);
    if (q == NULL)
        bench_die("cannot ask");
    while (query_advance(q, STORE_CHUNK_ROWS))
        continue;
    return q;
}

/* The whole time, and the longest that the worker was away for anything else. */
static void make_table(struct bench *b, int64_t since, enum size_kind kind, const char *what)
{
    const struct answer_spec spec = {.kind = ANSWER_SIZES, .sizes = {.kind = kind}};
    struct query *q = ask(b, since);
    struct answer *done = NULL;
    double start = clocked_cpu(), longest = 0;
    struct answer_job *job = sizes_job_ops.create(q, &spec);
    while (done == NULL) {
        double before = clocked_cpu();
        if (job == NULL || sizes_job_ops.work(job, NULL, &done) != 0)
            bench_die("out of memory");
        double step = clocked_cpu() - before;
        longest = step > longest ? step : longest;
    }
    double s = clocked_cpu() - start;
    char note[64];
    snprintf(note, sizeof note, "%zu rows, longest step %.1f ms",
             ((struct size_table *)done)->count, longest * 1e3);
    bench_line(what, s * 1e3, "ms", note);
    answer_unref(done);
    sizes_job_ops.free(job);
    query_unref(q);
}

void bench_sizes(struct bench *b)
{
    bench_need_rows(b);
    const struct trace *t = ingest_trace(b->ingest);
    int64_t late = trace_ns(t, store_time(t->store, store_rows(t->store) / 20 * 19));
    make_table(b, INT64_MIN, SIZE_BY_POWER, "sizes by power of two");
    make_table(b, INT64_MIN, SIZE_BY_EXACT, "exact sizes");
    make_table(b, INT64_MIN, SIZE_BY_BUCKET, "buckets of the LFH");
    make_table(b, late, SIZE_BY_POWER, "by power of two, last 5 % of rows");
}
