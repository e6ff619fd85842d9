/* Timelines: the index of all rows, and windows of it at every zoom. */
#include <stdio.h>

#include "answer/timeline/timeline.h"
#include "bench.h"
#include "clocked.h"

#define COLUMNS 360u /* a terminal of 200 cells in braille */
#define TIMES   20

static struct timeline_index *make_index(struct bench *b, struct trace *t)
{
    double start = clocked_cpu();
    struct timeline_index *ix = timeline_index_new(t, NULL);
    uint64_t rows = store_rows(t->store);
    while (ix != NULL && timeline_index_rows(ix) < rows)
        if (timeline_index_advance(ix, rows, 32768) != 0)
            bench_die("out of memory");
    if (ix == NULL)
        bench_die("out of memory");
    char note[64];
    snprintf(note, sizeof note, "%.2f bytes/row", (double)timeline_index_bytes(ix) / b->rows);
    bench_line("timeline, index", (clocked_cpu() - start) / b->rows * 1e9, "ns/row", note);
    return ix;
}

/* `part` of the trace, from its middle on. */
static void ask_windows(struct trace *t, const struct timeline_index *ix, double part,
                        const char *what)
{
    static const char *const stacked[TIMELINE_PARTINGS] = {"", ", by heap", ", by Source",
                                                           ", by size"};
    uint64_t rows = store_rows(t->store);
    int64_t first = store_time(t->store, 0), last = store_time(t->store, rows - 1);
    for (int by = TIMELINE_WHOLE; by < TIMELINE_PARTINGS; by++) {
        struct timeline_spec spec = {
            .columns = COLUMNS, .by = (enum timeline_parting)by, .row = ROW_NONE};
        double start = clocked_cpu();
        for (int i = 0; i < TIMES; i++) {
            spec.since = part < 1 ? first + (int64_t)((double)(last - first) * i / TIMES) : first;
            spec.until = spec.since + (int64_t)((double)(last - first) * part);
            answer_unref((struct answer *)timeline_new(ix, t, &spec, (struct block_range){0, rows},
                                                       INT64_MIN));
        }
        char name[64];
        snprintf(name, sizeof name, "  %s%s", what, stacked[by]);
        bench_line(name, (clocked_cpu() - start) / TIMES * 1e3, "ms", "360 columns");
    }
}

void bench_timeline(struct bench *b)
{
    bench_need_rows(b);
    struct trace *t = ingest_trace(b->ingest);
    struct timeline_index *ix = make_index(b, t);
    ask_windows(t, ix, 1, "window, whole");
    ask_windows(t, ix, 0.01, "window, 1 %");
    ask_windows(t, ix, 20 / b->rows, "window, 20 rows");
    timeline_index_free(ix);
}
