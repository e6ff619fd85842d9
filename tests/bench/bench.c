/*
 * The benchmark: one command, one table. Ratios within one run count, absolute times do not: the
 * machines are shared.
 *
 *     heaptail_bench [--events N] [FILE]     FILE, or a random trace of N heap events (10 million:
 * about 600 MB), made once
 */
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <pty.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "clocked.h"
#include "model/ingest.h"
#include "model/query.h"
#include "runtime/session.h"
#include "source/source.h"
#include "ui/app/app.h"
#include "ui/term/input.h"
#include "ui/term/screen.h"
#include "ui/term/theme.h"

#define RUNS 3

struct bench {
    char path[4096];   /* of the trace */
    char folder[3072]; /* of the programs */
    double bytes;
    double read_s; /* a bare read() of the whole file */
    struct source source;
    struct ingest *ingest;
    double rows;
};

static void line(const char *what, double value, const char *unit, const char *note)
{
    printf("%-34s %12.2f %-12s %s\n", what, value, unit, note);
}

static void die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

/* ---- the trace ---- */

static void find_folder(struct bench *b)
{
    ssize_t n = readlink("/proc/self/exe", b->folder, sizeof b->folder - 1);
    if (n <= 0)
        die("cannot find the build's programs");
    b->folder[n] = '\0';
    *strrchr(b->folder, '/') = '\0';
}

static void make_trace(struct bench *b, const char *events)
{
    snprintf(b->path, sizeof b->path, "%s/../bench-%s.etl", b->folder, events);
    struct stat st;
    if (stat(b->path, &st) == 0)
        return;
    char mketl[4096];
    snprintf(mketl, sizeof mketl, "%s/mketl", b->folder);
    fprintf(stderr, "making %s ...\n", b->path);
    char *argv[] = {mketl,
                    (char *)"--events",
                    (char *)(uintptr_t)events,
                    (char *)"--no-truth",
                    (char *)"-o",
                    b->path,
                    NULL};
    struct clocked_run run;
    if (clocked_process(argv, &run) != 0 || run.status != 0)
        die("mketl failed");
}

/* ---- measurements ---- */

static double read_whole(const char *path)
{
    static char block[1 << 20];
    double start = clocked_now();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die("cannot open the trace");
    while (read(fd, block, sizeof block) > 0)
        continue;
    close(fd);
    return clocked_now() - start;
}

static void bench_read(struct bench *b)
{
    double t[RUNS];
    read_whole(b->path);
    for (int i = 0; i < RUNS; i++)
        t[i] = read_whole(b->path);
    b->read_s = clocked_median(t, RUNS);
    line("bare read()", b->bytes / b->read_s / 1e6, "MB/s", "");
}

static void bench_ingest(struct bench *b)
{
    struct err_info info;
    if (source_open(b->path, &b->source, &info) != 0)
        die(info.text);
    double before_mb = clocked_resident_mb();
    double start = clocked_now();
    b->ingest = ingest_new_file(source_read_at, &b->source);
    ingest_set_size(b->ingest, (uint64_t)b->bytes);
    int rc;
    while ((rc = ingest_step(b->ingest, INGEST_FINISH, &info)) == INGEST_MORE)
        continue;
    if (rc < 0)
        die(info.text);
    double s = clocked_now() - start;
    const struct trace *t = ingest_trace(b->ingest);
    b->rows = (double)store_rows(t->store);
    char note[64];
    snprintf(note, sizeof note, "%.1f x bare read()", s / b->read_s);
    line("ingest", b->rows / s / 1e6, "M events/s", "");
    line("ingest", b->bytes / s / 1e6, "MB/s", note);
    line("ingest, one event", s / b->rows * 1e9, "ns", "");
    line("store", (double)store_bytes(t->store) / b->rows, "bytes/row", "");
    line("live blocks and freed addresses", (double)replay_bytes(t->replay) / (1 << 20), "MiB", "");
    double rest = (clocked_resident_mb() - before_mb) * (1 << 20) - (double)replay_bytes(t->replay);
    line("resident beside those", rest / b->rows, "bytes/row", "");
}

static struct query *ask(struct trace *t, const char *text)
{
    struct filter_error error;
    struct query_spec spec = {
        .filter = filter_parse(text, strlen(text), &error), .since = INT64_MIN, .until = INT64_MAX};
    struct query *q = spec.filter != NULL ? query_new(t, &spec) : NULL;
    if (q == NULL)
        die("cannot ask");
    filter_unref(spec.filter);
    return q;
}

static void bench_filter(struct bench *b, const char *what, const char *text)
{
    struct trace *t = ingest_trace(b->ingest);
    struct filter_error error;
    struct filter *f = filter_parse(text, strlen(text), &error);
    double times[RUNS];
    uint64_t count = 0;
    for (int i = 0; i < RUNS; i++) {
        double start = clocked_now();
        struct matches *m = matches_new(f, t);
        while (matches_advance(m, store_rows(t->store), STORE_CHUNK_ROWS) != 0)
            continue;
        times[i] = clocked_now() - start;
        count = matches_count(m);
        matches_free(m);
    }
    filter_unref(f);
    double s = clocked_median(times, RUNS);
    char note[128];
    snprintf(note, sizeof note, "%.1f ms for 10 M rows, %.1f %% match", s / b->rows * 1e10,
             100.0 * (double)count / b->rows);
    line(what, s * 1e3, "ms", note);
}

static void bench_figures(struct bench *b)
{
    double start = clocked_now();
    struct query *q = ask(ingest_trace(b->ingest), "");
    while (query_advance(q, STORE_CHUNK_ROWS))
        continue;
    double s = clocked_now() - start;
    line("all figures, one row", s / b->rows * 1e9, "ns", "");
    query_unref(q);
}

/* From opening the file to the first picture with rows, as the worker does it. */
static void bench_first_rows(struct bench *b)
{
    double t[RUNS];
    for (int i = 0; i < RUNS; i++) {
        double start = clocked_now();
        struct source source;
        struct err_info info;
        if (source_open(b->path, &source, &info) != 0)
            die(info.text);
        struct session *s = session_new(&source, SESSION_SAVED);
        session_grow(s, (uint64_t)b->bytes);
        struct snapshot *shot = NULL;
        while (shot == NULL || shot->matched == 0) {
            snapshot_unref(shot);
            session_step(s);
            shot = session_snapshot(s);
        }
        t[i] = clocked_now() - start;
        snapshot_unref(shot);
        session_free(s);
        source_close(&source);
    }
    char note[64];
    snprintf(note, sizeof note, "bar %.0f ms", 50 + 20 * b->bytes / 1e9);
    line("first rows", clocked_median(t, RUNS) * 1e3, "ms", note);
}

/* ---- frames ---- */

static void nothing(void *ctx)
{
    (void)ctx;
}

static void ask_nothing(void *ctx, const struct query_spec *spec)
{
    (void)ctx;
    (void)spec;
}

static void ask_nothing_aside(void *ctx, enum aside which, const struct query_spec *spec)
{
    (void)ctx;
    (void)which;
    (void)spec;
}

static int64_t now(void *ctx)
{
    (void)ctx;
    return clock_monotonic_ns();
}

static struct snapshot *final_snapshot(struct bench *b, struct session **out_session)
{
    struct session *s = session_new(&b->source, SESSION_SAVED);
    session_grow(s, (uint64_t)b->bytes);
    while (session_step(s))
        continue;
    *out_session = s;
    return session_snapshot(s);
}

/* Takes what the screen writes, as a fast terminal does, until the other end is closed. */
static void *swallow(void *arg)
{
    char drop[65536];
    while (read(*(int *)arg, drop, sizeof drop) > 0)
        continue;
    return NULL;
}

/* Presses `name` and draws, some hundred times. */
static void bench_key(struct app *app, const char *what, const char *name)
{
    enum { FRAMES = 200 };
    struct ui_key key;
    ui_key_parse(name, strlen(name), &key);
    double total = 0;
    for (int i = 0; i < FRAMES; i++) {
        double start = clocked_now();
        app_key(app, &key);
        app_draw(app);
        total += clocked_now() - start;
    }
    line(what, total / FRAMES * 1e3, "ms", "200x60");
}

static void bench_frames(struct bench *b)
{
    int master, slave;
    struct winsize size = {.ws_row = 60, .ws_col = 200};
    if (openpty(&master, &slave, NULL, NULL, &size) != 0)
        die("no pseudo terminal");
    pthread_t reader;
    if (pthread_create(&reader, NULL, swallow, &master) != 0)
        die("no thread");
    struct screen_options options = {.in = fdopen(dup(slave), "r+"),
                                     .out = fdopen(slave, "r+"),
                                     .term = "xterm-256color",
                                     .color = SCREEN_COLOR_ALWAYS};
    struct screen *screen;
    struct err_info info;
    if (screen_open(&screen, &options, &info) != 0)
        die(info.text);
    struct theme theme;
    theme_init_builtin(&theme, false);
    screen_set_theme(screen, &theme);
    screen_resize(screen, 60, 200);
    struct app_host host = {.ask = ask_nothing,
                            .ask_aside = ask_nothing_aside,
                            .reload = nothing,
                            .suspend = nothing,
                            .quit = nothing,
                            .now = now};
    struct app_config config = {
        .host = &host, .screen = screen, .since = INT64_MIN, .until = INT64_MAX};
    struct app *app = app_new(&config);
    struct session *session;
    struct snapshot *shot = final_snapshot(b, &session);
    app_set_snapshot(app, shot);
    static const char *const keys[][2] = {
        {"frame, Summary", "1"},          {"frame, Heaps", "3"},
        {"frame, Sources", "4"},          {"frame, Events", "2"},
        {"frame, Events, one down", "j"}, {"frame, Events, a page down", "<PageDown>"},
        {"frame, Events, last", "G"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        bench_key(app, keys[i][0], keys[i][1]);
    app_free(app);
    screen_close(screen);
    fclose(options.in);
    fclose(options.out);
    pthread_join(reader, NULL);
    close(master);
    snapshot_unref(shot);
    session_free(session);
}

/* ---- whole processes ---- */

static void bench_report(struct bench *b)
{
    char heaptail[4096];
    snprintf(heaptail, sizeof heaptail, "%s/heaptail", b->folder);
    char *cat[] = {(char *)"cat", b->path, NULL};
    char *report[] = {heaptail, (char *)"report", (char *)"-q", b->path, NULL};
    struct clocked_run run;
    double cats[RUNS], reports[RUNS];
    double peak = 0;
    for (int i = 0; i < RUNS; i++) {
        if (clocked_process(cat, &run) != 0)
            die("cat failed");
        cats[i] = run.wall;
        if (clocked_process(report, &run) != 0 || run.status != 0)
            die("heaptail report failed");
        reports[i] = run.wall;
        peak = run.peak_mb;
    }
    double c = clocked_median(cats, RUNS);
    double r = clocked_median(reports, RUNS);
    double bar = 8 * c + 0.1 * b->rows / 1e6;
    char note[128];
    snprintf(note, sizeof note, "bar %.2f s (8 x cat %.3f s + 0.1 s per M events): %.0f %%", bar, c,
             r / bar * 100);
    line("heaptail report, whole process", r, "s", note);
    line("heaptail report, peak memory", peak, "MiB", "");
}

int main(int argc, char **argv)
{
    struct bench b = {.path = ""};
    const char *events = "10000000";
    static const struct option options[] = {{"events", required_argument, NULL, 'e'}, {0}};
    int c;
    while ((c = getopt_long(argc, argv, "e:", options, NULL)) != -1) {
        if (c != 'e')
            return 2;
        events = optarg;
    }
    find_folder(&b);
    if (optind < argc)
        snprintf(b.path, sizeof b.path, "%s", argv[optind]);
    else
        make_trace(&b, events);
    struct stat st;
    if (stat(b.path, &st) != 0)
        die("no trace");
    b.bytes = (double)st.st_size;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%s: %.0f MB\n", b.path, b.bytes / 1e6);
    bench_read(&b);
    bench_first_rows(&b);
    bench_ingest(&b);
    bench_report(&b);
    bench_filter(&b, "filter, one condition", "op == alloc");
    bench_filter(&b, "filter, three conditions", "size >= 1K && source == mainpath && op == alloc");
    bench_filter(&b, "filter, by lifetime", "life < 1ms");
    bench_figures(&b);
    bench_frames(&b);
    ingest_free(b.ingest);
    source_close(&b.source);
    return 0;
}
