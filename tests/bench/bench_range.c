/* Another range over all rows: how long until every figure is there, and the totals by stack. */
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

/* As many as a long trace of a large program has in use, most of them seldom. */
#define STACKS 20000u

static void give_stacks(struct trace *t)
{
    struct rng rng = {3};
    uint32_t ids[STACKS];
    for (uint32_t i = 0; i < STACKS; i++) {
        const uint64_t frames[] = {0x7ff600000000 + 16 * i, 0x7ff600100000};
        ids[i] = stack_table_add(t->stacks, frames, 2);
        if (ids[i] == STACK_NONE)
            bench_die("out of memory");
    }
    for (uint64_t id = 0; id < store_rows(t->store); id++) {
        const struct store_chunk *c = store_chunk(t->store, id / STORE_CHUNK_ROWS);
        uint64_t pick = rng_below(&rng, STACKS);
        if (store_chunk_op(c, (uint32_t)(id % STORE_CHUNK_ROWS)) == HEAP_OP_ALLOC)
            store_set_stack(t->store, id, ids[pick * pick / STACKS * pick / STACKS]);
    }
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

static double ask_stacks(struct query *like, const struct query_spec *spec)
{
    struct query *q = query_new_like(like, spec);
    double start = clocked_now();
    struct stack_fold *f = query_fold_stacks(q);
    while (!stack_fold_is_settled(f, query_scanned(q)))
        if (stack_fold_advance(f, query_scanned(q), STEP_ROWS) != 0)
            bench_die("out of memory");
    struct stack_totals *t = stack_fold_totals(f);
    double took = clocked_now() - start;
    stack_totals_free(t);
    stack_fold_free(f);
    query_unref(q);
    return took;
}

static void ask_ranges(struct bench *b, struct query *like,
                       double (*ask)(struct query *like, const struct query_spec *spec),
                       const char *what, const char *bar)
{
    struct rng rng = {5};
    double took[RANGES];
    for (int i = 0; i < RANGES; i++) {
        struct query_spec spec = some_range(b, &rng);
        took[i] = ask(like, &spec);
    }
    double median = clocked_median(took, RANGES), most = 0;
    for (int i = 0; i < RANGES; i++)
        most = took[i] > most ? took[i] : most;
    char note[96];
    snprintf(note, sizeof note, "the slowest of %d: %.0f ms%s", RANGES, most * 1e3, bar);
    bench_line(what, median * 1e3, "ms", note);
}

static void make_tiles(struct bench *b, struct query *q,
                       bool (*prepare)(struct query *q, uint64_t max_rows), const char *what)
{
    size_t before = query_prepared_bytes(q);
    double start = clocked_now();
    while (prepare(q, STEP_ROWS))
        continue;
    double took = clocked_now() - start;
    char note[64];
    snprintf(note, sizeof note, "%.1f bytes a row",
             (double)(query_prepared_bytes(q) - before) / b->rows);
    bench_line(what, took / b->rows * 1e9, "ns/row", note);
}

/* Gives the rows stacks: to run after all others. */
void bench_range(struct bench *b)
{
    bench_need_rows(b);
    struct query *all = ask_all(b);
    ask_ranges(b, all, ask_range, "another range, row by row", "");
    make_tiles(b, all, query_prepare, "making tiles");
    ask_ranges(b, all, ask_range, "another range, from tiles", ", bar 100 ms");
    give_stacks(ingest_trace(b->ingest));
    ask_ranges(b, all, ask_stacks, "by stack, row by row", "");
    make_tiles(b, all, query_prepare_stacks, "making tiles of stacks");
    ask_ranges(b, all, ask_stacks, "by stack, from tiles", ", bar 100 ms");
    query_unref(all);
}
