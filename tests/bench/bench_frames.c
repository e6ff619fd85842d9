/* What a key and its frame cost in each screen, without a process around them. */
#include <pthread.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench.h"
#include "clocked.h"
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
    bench_line(what, total / FRAMES * 1e3, "ms", "200x60");
}

void bench_frames(struct bench *b)
{
    bench_need_rows(b);
    int master, slave;
    struct winsize size = {.ws_row = 60, .ws_col = 200};
    if (openpty(&master, &slave, NULL, NULL, &size) != 0)
        bench_die("no pseudo terminal");
    pthread_t reader;
    if (pthread_create(&reader, NULL, swallow, &master) != 0)
        bench_die("no thread");
    struct screen_options options = {.in = fdopen(dup(slave), "r+"),
                                     .out = fdopen(slave, "r+"),
                                     .term = "xterm-256color",
                                     .color = SCREEN_COLOR_ALWAYS};
    struct screen *screen;
    struct err_info info;
    if (screen_open(&screen, &options, &info) != 0)
        bench_die(info.text);
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
