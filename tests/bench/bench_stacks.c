/* What call stacks cost: the same heap events ingested with and without them. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bench.h"
#include "clocked.h"

/* Enough that the caches do not hold them, few enough to be run three times. */
#define EVENTS "2000000"

#define SITES (char *)"2000"

/* The same random events; in all but the first every Alloc and ReAlloc has a stack. */
static const struct variant {
    const char *name, *what;
    const char *options[BENCH_OPTIONS + 1];
} variants[] = {
    {"-plain", "without stacks", {NULL}},
    {"-stacks", "with stacks", {"--rate", "stack=1000", "--stack-sites", SITES, NULL}},
    /* Fewer sites than keys, so that a definition serves many references, as in real captures. */
    {"-keyed",
     "half of them by a key",
     {"--rate", "stack=1000", "--rate", "stack-keyed=500", "--stack-sites", "8", NULL}},
};

#define VARIANTS (sizeof variants / sizeof variants[0])

struct cost {
    char path[4096];
    double seconds[BENCH_RUNS];
    uint64_t rows, with, distinct;
    size_t bytes;
};

static void measure(struct cost *c, int run)
{
    struct err_info info;
    struct inputs inputs;
    struct stat st;
    char *path = c->path;
    double start = clocked_now();
    if (stat(path, &st) != 0 || inputs_open(&inputs, &path, 1, &info) != 0)
        bench_die("cannot open the trace");
    struct ingest *in = inputs_ingest(&inputs);
    ingest_set_size(in, 0, (uint64_t)st.st_size);
    int rc;
    while ((rc = ingest_step(in, INGEST_FINISH, &info)) == INGEST_MORE)
        continue;
    if (rc < 0)
        bench_die(info.text);
    c->seconds[run] = clocked_now() - start;
    const struct trace *t = ingest_trace(in);
    c->rows = store_rows(t->store);
    c->with = store_stack_count(t->store, HEAP_OP_ALLOC).given +
              store_stack_count(t->store, HEAP_OP_REALLOC).given;
    c->distinct = stack_table_count(t->stacks);
    c->bytes = stack_table_bytes(t->stacks);
    ingest_free(in);
    inputs_close(&inputs);
}

/* The runs take turns, so that a busy moment of the machine meets all variants alike. */
void bench_stacks(struct bench *b)
{
    static struct cost costs[VARIANTS];
    for (size_t i = 0; i < VARIANTS; i++)
        snprintf(costs[i].path, sizeof costs[i].path, "%s",
                 bench_make_special(b, EVENTS, variants[i].name, variants[i].options));
    for (int run = 0; run < BENCH_RUNS; run++)
        for (size_t i = 0; i < VARIANTS; i++)
            measure(&costs[i], run);
    double plain = clocked_median(costs[0].seconds, BENCH_RUNS);
    for (size_t i = 0; i < VARIANTS; i++) {
        const struct cost *c = &costs[i];
        double s = clocked_median(costs[i].seconds, BENCH_RUNS);
        char note[160] = "";
        if (i != 0)
            snprintf(note, sizeof note, "%.2f x without, bar 1.5; %.0f ns a stack", s / plain,
                     (s - plain) / (double)c->with * 1e9);
        bench_line(variants[i].what, s / (double)c->rows * 1e9, "ns an event", note);
    }
    const struct cost *c = &costs[1];
    char note[160];
    snprintf(note, sizeof note, "%llu distinct of %llu", (unsigned long long)c->distinct,
             (unsigned long long)c->with);
    bench_line("memory, one distinct stack", (double)c->bytes / (double)c->distinct, "bytes", note);
}
