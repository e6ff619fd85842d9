/* Lists of blocks: collecting all that the trace has, and sorting them by what differs most. */
#include <stdio.h>

#include "answer/answer_job.h"
#include "answer/blocks/block_list.h"
#include "answer/blocks/block_order.h"
#include "bench.h"
#include "clocked.h"

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

/* The whole time, and the longest that the worker was away for anything else. */
static void make_list(struct query *q, unsigned classes, enum block_order order)
{
    static const struct frame_namer nameless = {0};
    const struct answer_spec spec = {.kind = ANSWER_BLOCKS,
                                     .blocks = {.classes = classes, .order = order}};
    struct answer *done = NULL;
    double start = clocked_cpu(), longest = 0;
    struct answer_job *job = block_job_ops.create(q, &spec);
    while (done == NULL) {
        double before = clocked_cpu();
        if (job == NULL || block_job_ops.work(job, &nameless, &done) != 0)
            bench_die("out of memory");
        double step = clocked_cpu() - before;
        longest = step > longest ? step : longest;
    }
    double s = clocked_cpu() - start;
    block_job_ops.free(job);
    const struct block_list *l = (const struct block_list *)done;
    char what[64], note[64];
    snprintf(what, sizeof what, "%s, by %s",
             classes == BLOCK_CLASSES_ALL ? "all blocks" : "outstanding", block_order_names[order]);
    snprintf(note, sizeof note, "%.2f M blocks, longest step %.1f ms", (double)l->count / 1e6,
             longest * 1e3);
    bench_line(what, s * 1e3, "ms", note);
    answer_unref(done);
}

void bench_blocks(struct bench *b)
{
    static const enum block_order orders[] = {BLOCK_ORDER_BORN, BLOCK_ORDER_SIZE,
                                              BLOCK_ORDER_ADDRESS, BLOCK_ORDER_LIFE,
                                              BLOCK_ORDER_FREE_TID};
    bench_need_rows(b);
    struct query *q = ask_everything(b);
    make_list(q, BLOCK_CLASSES_OUTSTANDING, BLOCK_ORDER_SIZE);
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        make_list(q, BLOCK_CLASSES_ALL, orders[i]);
    query_unref(q);
}
