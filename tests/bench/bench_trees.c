/* Call stacks: adding rows up by them, and drawing them together. */
#include <stdio.h>
#include <string.h>

#include "answer/tree/call_tree.h"
#include "bench.h"
#include "clocked.h"
#include "query/matches.h"
#include "tests/tools/rng.h"

/* As many as a long trace of a large program has, and their usual depth. */
#define STACKS 100000u
#define FRAMES 30u

/* A way through a program whose functions call a few others each: roots are shared, leaves not. */
static void make_frames(struct rng *rng, uint64_t *out_frames)
{
    uint64_t at = 1;
    for (uint32_t i = FRAMES; i-- > 0;) {
        at = at * 3 + rng_below(rng, i % 3 == 0 ? 3 : 1);
        out_frames[i] = 0x7ff600000000 + at % 200000 * 16;
    }
}

void bench_give_stacks(struct trace *t, uint32_t stacks)
{
    struct rng rng = {1};
    uint64_t frames[FRAMES];
    uint32_t first = stack_table_count(t->stacks);
    for (uint32_t i = 0; i < stacks; i++) {
        make_frames(&rng, frames);
        frames[0] += i;
        if (stack_table_add(t->stacks, frames, FRAMES) == STACK_NONE)
            bench_die("out of memory");
    }
    for (uint64_t id = 0; id < store_rows(t->store); id++) {
        const struct store_chunk *c = store_chunk(t->store, id / STORE_CHUNK_ROWS);
        if (store_chunk_op(c, (uint32_t)(id % STORE_CHUNK_ROWS)) == HEAP_OP_ALLOC)
            store_set_stack(t->store, id, first + (uint32_t)rng_below(&rng, stacks));
    }
}

static struct stack_totals *fold(struct bench *b, const char *what)
{
    struct trace *t = ingest_trace(b->ingest);
    double start = clocked_now();
    struct stack_fold *f = stack_fold_new(t, NULL, FOLD_RANGE_ALL);
    if (f == NULL || stack_fold_advance(f, store_rows(t->store), UINT64_MAX) != 0)
        bench_die("cannot add up");
    bench_line(what, (clocked_now() - start) / b->rows * 1e9, "ns/row", "");
    start = clocked_now();
    struct stack_totals *totals = stack_fold_totals(f);
    stack_fold_free(f);
    bench_line("  their totals", (clocked_now() - start) * 1e3, "ms", "");
    return totals;
}

static void draw(struct bench *b, const struct stack_totals *totals, enum call_tree_kind kind,
                 const char *what)
{
    const struct call_tree_spec spec = {.kind = kind, .sort = CALL_TREE_ALLOCS};
    double start = clocked_now();
    struct call_tree *t = call_tree_new(ingest_trace(b->ingest), totals, &spec);
    double s = clocked_now() - start;
    if (t == NULL)
        bench_die("out of memory");
    char note[64];
    snprintf(note, sizeof note, "%u stacks, %u nodes", t->stacks, t->count);
    bench_line(what, s * 1e3, "ms", note);
    call_tree_unref(t);
}

/* A name that no frame has, so that all of each stack are looked at. */
static double ask_names(struct bench *b)
{
    static const char text[] = "stack ~ nobody";
    struct trace *t = ingest_trace(b->ingest);
    struct filter_error error;
    struct filter *f = filter_parse(text, strlen(text), &error);
    if (f == NULL)
        bench_die("cannot ask");
    double start = clocked_now();
    struct matches *m = matches_new(f, t);
    while (matches_advance(m, store_rows(t->store), STORE_CHUNK_ROWS) != 0)
        continue;
    double s = clocked_now() - start;
    matches_free(m);
    filter_unref(f);
    return s;
}

/* Changes the rows: to run after all others. */
void bench_trees(struct bench *b)
{
    bench_need_rows(b);
    bench_give_stacks(ingest_trace(b->ingest), 731);
    stack_totals_free(fold(b, "by stack, 731 of them"));
    double few = ask_names(b);
    bench_line("filter, stack ~ text", few / b->rows * 1e9, "ns/row", "731 stacks");
    bench_give_stacks(ingest_trace(b->ingest), STACKS);
    struct stack_totals *totals = fold(b, "by stack, 100,000 of them");
    bench_line("  a stack asked first", (ask_names(b) - few) / STACKS * 1e6, "us", "30 frames");
    draw(b, totals, CALL_TREE_TOP_DOWN, "tree, top-down");
    draw(b, totals, CALL_TREE_BOTTOM_UP, "tree, bottom-up");
    draw(b, totals, CALL_TREE_FUNCTIONS, "tree, flat");
    stack_totals_free(totals);
}
