/* Reading, filtering and adding up a trace, as a library and as a whole process. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "clocked.h"
#include "query/query.h"
#include "runtime/session.h"

static double read_whole(const char *path)
{
    static char block[1 << 20];
    double start = clocked_now();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        bench_die("cannot open the trace");
    while (read(fd, block, sizeof block) > 0)
        continue;
    close(fd);
    return clocked_now() - start;
}

void bench_read(struct bench *b)
{
    double t[BENCH_RUNS];
    read_whole(b->path);
    for (int i = 0; i < BENCH_RUNS; i++)
        t[i] = read_whole(b->path);
    b->read_s = clocked_median(t, BENCH_RUNS);
    bench_line("bare read()", b->bytes / b->read_s / 1e6, "MB/s", "");
}

static void ingest(struct bench *b)
{
    struct err_info info;
    char *path = b->path;
    if (inputs_open(&b->inputs, &path, 1, &info) != 0)
        bench_die(info.text);
    b->ingest = inputs_ingest(&b->inputs);
    ingest_set_size(b->ingest, 0, (uint64_t)b->bytes);
    int rc;
    while ((rc = ingest_step(b->ingest, INGEST_FINISH, &info)) == INGEST_MORE)
        continue;
    if (rc < 0)
        bench_die(info.text);
    b->rows = (double)store_rows(ingest_trace(b->ingest)->store);
}

void bench_need_rows(struct bench *b)
{
    if (b->ingest == NULL)
        ingest(b);
}

void bench_ingest(struct bench *b)
{
    if (b->ingest != NULL)
        return;
    double before_mb = clocked_resident_mb();
    double start = clocked_now();
    ingest(b);
    double s = clocked_now() - start;
    const struct trace *t = ingest_trace(b->ingest);
    char note[64] = "";
    if (b->read_s > 0)
        snprintf(note, sizeof note, "%.1f x bare read()", s / b->read_s);
    bench_line("ingest", b->rows / s / 1e6, "M events/s", "");
    bench_line("ingest", b->bytes / s / 1e6, "MB/s", note);
    bench_line("ingest, one event", s / b->rows * 1e9, "ns", "");
    bench_line("store", (double)store_bytes(t->store) / b->rows, "bytes/row", "");
    bench_line("live blocks and freed addresses", (double)replay_bytes(t->replay) / (1 << 20),
               "MiB", "");
    double rest = (clocked_resident_mb() - before_mb) * (1 << 20) - (double)replay_bytes(t->replay);
    bench_line("resident beside those", rest / b->rows, "bytes/row", "");
}

static struct query *ask(struct trace *t, const char *text)
{
    struct filter_error error;
    struct query_spec spec = {
        .filter = filter_parse(text, strlen(text), &error), .since = INT64_MIN, .until = INT64_MAX};
    struct query *q = spec.filter != NULL ? query_new(t, &spec) : NULL;
    if (q == NULL)
        bench_die("cannot ask");
    filter_unref(spec.filter);
    return q;
}

static void measure_filter(struct bench *b, const char *what, const char *text)
{
    struct trace *t = ingest_trace(b->ingest);
    struct filter_error error;
    struct filter *f = filter_parse(text, strlen(text), &error);
    double times[BENCH_RUNS];
    uint64_t count = 0;
    for (int i = 0; i < BENCH_RUNS; i++) {
        double start = clocked_now();
        struct matches *m = matches_new(f, t);
        while (matches_advance(m, store_rows(t->store), STORE_CHUNK_ROWS) != 0)
            continue;
        times[i] = clocked_now() - start;
        count = matches_count(m);
        matches_free(m);
    }
    filter_unref(f);
    double s = clocked_median(times, BENCH_RUNS);
    char note[128];
    snprintf(note, sizeof note, "%.1f ms for 10 M rows, %.1f %% match", s / b->rows * 1e10,
             100.0 * (double)count / b->rows);
    bench_line(what, s * 1e3, "ms", note);
}

void bench_filters(struct bench *b)
{
    bench_need_rows(b);
    measure_filter(b, "filter, one condition", "op == alloc");
    measure_filter(b, "filter, three conditions",
                   "size >= 1K && source == mainpath && op == alloc");
    measure_filter(b, "filter, by lifetime", "life < 1ms");
}

void bench_figures(struct bench *b)
{
    bench_need_rows(b);
    double start = clocked_now();
    struct query *q = ask(ingest_trace(b->ingest), "");
    while (query_advance(q, STORE_CHUNK_ROWS))
        continue;
    double s = clocked_now() - start;
    bench_line("all figures, one row", s / b->rows * 1e9, "ns", "");
    query_unref(q);
}

/* From opening the file to the first picture with rows, as the worker does it. */
void bench_first_rows(struct bench *b)
{
    double t[BENCH_RUNS];
    for (int i = 0; i < BENCH_RUNS; i++) {
        double start = clocked_now();
        struct inputs inputs;
        enum session_mode mode = SESSION_SAVED;
        struct err_info info;
        char *path = b->path;
        if (inputs_open(&inputs, &path, 1, &info) != 0)
            bench_die(info.text);
        struct session *s = session_new(&inputs, &mode);
        session_grow(s, 0, (uint64_t)b->bytes);
        struct snapshot *shot = NULL;
        while (shot == NULL || shot->matched == 0) {
            snapshot_unref(shot);
            session_step(s);
            shot = session_snapshot(s);
        }
        t[i] = clocked_now() - start;
        snapshot_unref(shot);
        session_free(s);
        inputs_close(&inputs);
    }
    char note[64];
    snprintf(note, sizeof note, "bar %.0f ms", 50 + 20 * b->bytes / 1e9);
    bench_line("first rows", clocked_median(t, BENCH_RUNS) * 1e3, "ms", note);
}

void bench_report(struct bench *b)
{
    bench_need_rows(b);
    char heaptail[4096];
    snprintf(heaptail, sizeof heaptail, "%s/heaptail", b->folder);
    char *cat[] = {(char *)"cat", b->path, NULL};
    char *report[] = {heaptail, (char *)"report", (char *)"-q", b->path, NULL};
    struct clocked_run run;
    double cats[BENCH_RUNS], reports[BENCH_RUNS];
    double peak = 0;
    for (int i = 0; i < BENCH_RUNS; i++) {
        if (clocked_process(cat, &run) != 0)
            bench_die("cat failed");
        cats[i] = run.wall;
        if (clocked_process(report, &run) != 0 || run.status != 0)
            bench_die("heaptail report failed");
        reports[i] = run.wall;
        peak = run.peak_mb;
    }
    double c = clocked_median(cats, BENCH_RUNS);
    double r = clocked_median(reports, BENCH_RUNS);
    double bar = 8 * c + 0.1 * b->rows / 1e6;
    char note[128];
    snprintf(note, sizeof note, "bar %.2f s (8 x cat %.3f s + 0.1 s per M events): %.0f %%", bar, c,
             r / bar * 100);
    bench_line("heaptail report, whole process", r, "s", note);
    bench_line("heaptail report, peak memory", peak, "MiB", "");
}
