/* What a key and its frame cost in each screen, without a process around them. */
#include <pthread.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer/timeline/timeline.h"
#include "base/clock.h"
#include "bench.h"
#include "clocked.h"
#include "forest.h"
#include "runtime/session.h"
#include "ui/app/app.h"
#include "ui/term/input.h"
#include "ui/term/screen.h"
#include "ui/term/theme.h"

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

static void ask_no_answer(void *ctx, enum answer_kind kind, const struct answer_spec *spec)
{
    (void)ctx;
    (void)kind;
    (void)spec;
}

static int64_t now(void *ctx)
{
    (void)ctx;
    return clock_monotonic_ns();
}

static struct snapshot *final_snapshot(struct bench *b, struct session **out_session)
{
    enum session_mode mode = SESSION_SAVED;
    struct session *s = session_new(&b->inputs, &mode);
    session_grow(s, 0, (uint64_t)b->bytes);
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

static void press(struct app *app, const char *name, size_t n)
{
    struct ui_key key;
    ui_key_parse(name, n, &key);
    app_key(app, &key);
    app_draw(app);
}

/* Presses the keys of `before`, then `key` some hundred times. */
static void bench_key(struct app *app, const char *what, const char *before, const char *name)
{
    enum { FRAMES = 200 };
    for (size_t n; *before != '\0'; before += n) {
        struct ui_key key;
        n = ui_key_parse(before, strlen(before), &key);
        press(app, before, n);
    }
    double total = 0, most = 0;
    for (int i = 0; i < FRAMES; i++) {
        double start = clocked_cpu();
        press(app, name, strlen(name));
        double s = clocked_cpu() - start;
        total += s;
        most = s > most ? s : most;
    }
    char note[64];
    snprintf(note, sizeof note, "CPU, 200x60; most %.2f", most * 1e3);
    bench_line(what, total / FRAMES * 1e3, "ms", note);
}

static void bench_keys(struct app *app)
{
    static const struct {
        const char *what, *before, *key;
    } keys[] = {
        {"frame, Summary", "", "1"},
        {"frame, Summary, a line down", "", "j"},
        {"frame, Heaps", "", "3"},
        {"frame, Heaps, next sort", "", "s"},
        {"frame, Sources", "", "4"},
        {"frame, Sources, next table", "", "x"},
        {"frame, Sources, next figure", "", "b"},
        {"frame, Stacks of 100,000 nodes", "", "7"},
        {"frame, Stacks, one down", "", "j"},
        {"frame, Stacks, open and close", "g", "*"},
        {"frame, Stacks, picture", "gi", "j"},
        {"frame, Stacks, picture, zoomed", "g<Enter>", "j"},
        {"frame, Timeline by Source", "<Esc><Esc>", "8"},
        {"frame, Timeline, to the left", "", "h"},
        {"frame, Events", "", "2"},
        {"frame, Events, one down", "", "j"},
        {"frame, Events, a page down", "", "<PageDown>"},
        {"frame, Events, last", "", "G"},
        {"frame, Events, next operation", "g", "}"},
        {"frame, Events and detail, down", "<Enter>", "j"},
        {"frame, detail, down", "<Tab>", "j"},
        {"frame, filter typed", "<Esc><Esc>f", "1"},
        {"frame, help, a line down", "<Esc>?", "j"},
        {"frame, columns, a line down", "<Esc>2c", "j"},
        {"frame, themes, next", "<Esc><Esc>T", "j"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        bench_key(app, keys[i].what, keys[i].before, keys[i].key);
}

/* A screen on a terminal that takes everything. */
struct fast_terminal {
    int master;
    pthread_t reader;
    FILE *in, *out;
    struct screen *screen;
};

static void open_terminal(struct fast_terminal *t)
{
    int slave;
    struct winsize size = {.ws_row = 60, .ws_col = 200};
    if (openpty(&t->master, &slave, NULL, NULL, &size) != 0)
        bench_die("no pseudo terminal");
    if (pthread_create(&t->reader, NULL, swallow, &t->master) != 0)
        bench_die("no thread");
    t->in = fdopen(dup(slave), "r+");
    t->out = fdopen(slave, "r+");
    struct screen_options options = {
        .in = t->in, .out = t->out, .term = "xterm-256color", .color = SCREEN_COLOR_ALWAYS};
    struct err_info info;
    if (screen_open(&t->screen, &options, &info) != 0)
        bench_die(info.text);
    struct theme theme;
    theme_init_builtin(&theme, false);
    screen_set_theme(t->screen, &theme);
    screen_resize(t->screen, 60, 200);
}

static void close_terminal(struct fast_terminal *t)
{
    screen_close(t->screen);
    fclose(t->in);
    fclose(t->out);
    pthread_join(t->reader, NULL);
    close(t->master);
}

/* Of all rows, as Timeline would ask for it: more to draw than any other. */
static struct answer *make_timeline(const struct snapshot *shot)
{
    struct timeline_spec spec = {.since = INT64_MIN,
                                 .until = INT64_MAX,
                                 .columns = 378,
                                 .by = TIMELINE_BY_SOURCE,
                                 .row = ROW_NONE};
    struct timeline_index *ix = timeline_index_new(shot->trace, NULL);
    if (ix == NULL || timeline_index_advance(ix, shot->rows, shot->rows) != 0)
        bench_die("out of memory");
    struct block_range all = {0, shot->rows};
    struct timeline *t = timeline_new(ix, shot->trace, &spec, all, INT64_MIN);
    timeline_index_free(ix);
    if (t == NULL)
        bench_die("out of memory");
    t->base.spec.kind = ANSWER_TIMELINE;
    t->base.spec.timeline = spec;
    return &t->base;
}

void bench_frames(struct bench *b)
{
    bench_need_rows(b);
    struct fast_terminal t;
    open_terminal(&t);
    struct app_host host = {.ask = ask_nothing,
                            .ask_aside = ask_nothing_aside,
                            .ask_answer = ask_no_answer,
                            .reload = nothing,
                            .suspend = nothing,
                            .quit = nothing,
                            .now = now};
    struct app_config config = {
        .host = &host, .screen = t.screen, .since = INT64_MIN, .until = INT64_MAX};
    struct app *app = app_new(&config);
    struct session *session;
    struct snapshot *shot = final_snapshot(b, &session);
    /* As large as a trace of many paths makes it, whatever the one at hand has. */
    answer_unref(shot->answer[ANSWER_TREE]);
    shot->answer[ANSWER_TREE] =
        &forest_grow(40, 25, 100, CALL_TREE_BOTTOM_UP, CALL_TREE_OUTSTANDING)->base;
    shot->answer_complete[ANSWER_TREE] = true;
    answer_unref(shot->answer[ANSWER_TIMELINE]);
    shot->answer[ANSWER_TIMELINE] = make_timeline(shot);
    shot->answer_complete[ANSWER_TIMELINE] = true;
    app_set_snapshot(app, shot);
    bench_keys(app);
    app_free(app);
    close_terminal(&t);
    snapshot_unref(shot);
    session_free(session);
}
