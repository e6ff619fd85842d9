/* What was outstanding at moments: one, two and many of them, by heap, size and call stack. */
#include <stdio.h>

#include "answer/answer_job.h"
#include "answer/moments/moments.h"
#include "bench.h"
#include "clocked.h"

/* As many as a long trace of a large program has. */
#define STACKS 100000u

static struct query *ask_everything(struct bench *b)
{
    static const struct query_spec everything = {
        .since = INT64_MIN, .until = INT64_MAX, .rows_only = true};
    struct query *q = query_new(ingest_trace(b->ingest), &everything);
    if (q == NULL)
        bench_die("cannot ask");
    while (query_advance(q, STORE_CHUNK_ROWS))
        continue;
    return q;
}

/* Evenly over the trace, the last one at its end. */
static void fill_spec(struct bench *b, enum moments_group by, uint32_t count,
                      struct answer_spec *out)
{
    const struct store *st = ingest_trace(b->ingest)->store;
    uint64_t rows = store_rows(st);
    *out = (struct answer_spec){.kind = ANSWER_MOMENTS, .moments = {.by = by, .count = count}};
    for (uint32_t k = 0; k + 1 < count; k++)
        out->moments.times[k] = store_time(st, rows / count * (k + 1));
    out->moments.times[count - 1] = INT64_MAX;
}

/* The whole time, and the longest that the worker was away for anything else. */
static void ask_moments(struct bench *b, struct query *q, enum moments_group by, uint32_t count)
{
    static const struct frame_namer nameless = {0};
    static const char *const names[MOMENTS_GROUPS] = {
        [MOMENTS_BY_HEAP] = "heap", [MOMENTS_BY_SIZE] = "size", [MOMENTS_BY_STACK] = "stack"};
    struct answer_spec spec;
    struct answer *done = NULL;
    fill_spec(b, by, count, &spec);
    double start = clocked_cpu(), longest = 0;
    struct answer_job *job = moments_job_ops.create(q, &spec);
    while (done == NULL) {
        double before = clocked_cpu();
        if (job == NULL || moments_job_ops.work(job, &nameless, &done) != 0)
            bench_die("out of memory");
        double step = clocked_cpu() - before;
        longest = step > longest ? step : longest;
    }
    double s = clocked_cpu() - start;
    moments_job_ops.free(job);
    const struct moments *m = (const struct moments *)done;
    char what[64], note[96];
    snprintf(what, sizeof what, "%u moments by %s", count, names[by]);
    snprintf(note, sizeof note, "%zu rows, %.0f K blocks at the end, longest step %.1f ms",
             m->row_count, (double)m->whole.at[count - 1].blocks / 1e3, longest * 1e3);
    bench_line(what, s * 1e3, "ms", note);
    answer_unref(done);
}

void bench_moments(struct bench *b)
{
    static const uint32_t counts[] = {1, 2, 10, MOMENTS_MOST};
    bench_need_rows(b);
    bench_give_stacks(ingest_trace(b->ingest), STACKS);
    struct query *q = ask_everything(b);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        ask_moments(b, q, MOMENTS_BY_HEAP, counts[i]);
        ask_moments(b, q, MOMENTS_BY_SIZE, counts[i]);
        ask_moments(b, q, MOMENTS_BY_STACK, counts[i]);
    }
    query_unref(q);
}
