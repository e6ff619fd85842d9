/*
 * The loop of the explorer: terminal, signals, keys, worker news and frames, joined in one libuv
 * loop.
 *
 *   keys, SIGWINCH ... -> app -> worker orders          worker -> snapshot -> app -> frame (at most
 * one every 16 ms)
 *
 * Every callback finds the explorer and calls a plain function. Nothing runs while nothing changes.
 * Loop thread.
 */
#include "runtime/explore.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xdg.h"
#include "config/config_save.h"
#include "model/filter.h"
#include "runtime/history_file.h"
#include "runtime/input_watch.h"
#include "runtime/settings.h"
#include "runtime/terminal.h"
#include "runtime/writer.h"
#include "ui/app/app.h"
#include "ui/term/capability.h"
#include "ui/term/input.h"
#include "ui/term/screen.h"
#include "ui/term/theme.h"

#define FRAME_NS INT64_C(16000000)
#define SLOW_FRAME_NS                                                                              \
    INT64_C(8000000) /* slower frames (a slow line) come at half their own rate                    \
                      */
#define LONGEST_FRAME_NS INT64_C(200000000)
#define EXIT_HANGUP      129

struct explorer;

/* The signals we live with, and what each does. */
struct signal_action {
    int number;
    void (*act)(struct explorer *e, int number);
};

#define SIGNAL_COUNT 7

struct explorer {
    const struct explore_options *options;
    uv_loop_t loop;
    struct terminal terminal;
    struct screen *screen;
    struct theme theme;
    struct app *app;
    struct app_host host;
    struct input_watch inputs[2]; /* one is read; a reload opens the other before it closes this */
    struct input_watch *input;    /* the one that is read */
    bool shown;                   /* rows were there: whatever comes, the program stays */
    struct query_spec asked; /* asked last; holds a reference to the filter, as those beside it */
    struct query_spec aside[ASIDE_COUNT];
    bool aside_asked[ASIDE_COUNT];

    struct writer writer;
    uv_poll_t keys;
    uv_signal_t signals[SIGNAL_COUNT];
    uv_timer_t frame;
    int64_t frame_at;   /* start of the last frame */
    int64_t frame_cost; /* ns it took */

    bool leaving;
    int exit_code;
    struct strbuf last_words; /* told on standard error after the terminal is restored */
};

/* ---- leaving ---- */

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* Stops everything that keeps the loop alive; uv_run() returns once the close callbacks have run.
 */
static void leave(struct explorer *e, int code)
{
    if (e->leaving)
        return;
    e->leaving = true;
    e->exit_code = code;
    input_watch_close(e->input);
    if (e->keys.data != NULL)
        close_handle((uv_handle_t *)&e->keys);
    close_handle((uv_handle_t *)&e->frame);
    writer_close(&e->writer);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        close_handle((uv_handle_t *)&e->signals[i]);
}

/* ---- frames ---- */

static void on_frame(uv_timer_t *timer);

static int64_t frame_interval(const struct explorer *e)
{
    if (e->frame_cost < SLOW_FRAME_NS)
        return FRAME_NS;
    int64_t slow = e->frame_cost * 2;
    return slow < LONGEST_FRAME_NS ? slow : LONGEST_FRAME_NS;
}

/* Arms the frame timer for the moment the picture is or will be out of date; disarms it when that
 * is never. */
static void schedule_frame(struct explorer *e)
{
    if (e->leaving)
        return;
    int64_t now = clock_monotonic_ns();
    int64_t due = app_is_dirty(e->app) ? now : app_next_change(e->app);
    if (due < e->frame_at + frame_interval(e))
        due = e->frame_at + frame_interval(e);
    if (input_due(e->screen) < due)
        due = input_due(e->screen);
    if (due == INT64_MAX) {
        uv_timer_stop(&e->frame);
        return;
    }
    uint64_t ms = due > now ? (uint64_t)(due - now + 999999) / 1000000 : 0;
    uv_update_time(&e->loop);
    uv_timer_start(&e->frame, on_frame, ms, 0);
}

static void read_keys(struct explorer *e);

static void on_frame(uv_timer_t *timer)
{
    struct explorer *e = timer->data;
    if (input_due(e->screen) <= clock_monotonic_ns())
        read_keys(e);
    if (e->leaving)
        return;
    /* The loop's clock has whole milliseconds: the timer may be early by a part of one. */
    if (clock_monotonic_ns() < e->frame_at + frame_interval(e)) {
        schedule_frame(e);
        return;
    }
    e->frame_at = clock_monotonic_ns();
    app_draw(e->app);
    e->frame_cost = clock_monotonic_ns() - e->frame_at;
    schedule_frame(e);
}

/* ---- keys ---- */

static void read_keys(struct explorer *e)
{
    struct ui_key key;
    int rc;
    while (!e->leaving && (rc = input_read(e->screen, &key)) != 0) {
        if (rc < 0) {
            leave(e, EXIT_HANGUP);
            return;
        }
        app_key(e->app, &key);
    }
    schedule_frame(e);
}

static void on_keys(uv_poll_t *poll, int status, int events)
{
    struct explorer *e = poll->data;
    /* A terminal that goes away is told once, as an error or as a disconnect. */
    if (status < 0 || (events & UV_DISCONNECT) != 0)
        leave(e, EXIT_HANGUP);
    else
        read_keys(e);
}

/* ---- signals ---- */

static void take_size(struct explorer *e)
{
    int rows, cols;
    terminal_size(&e->terminal, &rows, &cols);
    screen_resize(e->screen, rows, cols);
    app_resized(e->app);
    e->frame_cost = 0; /* the new size is drawn at once, however slow the last frame was */
    read_keys(e);
}

static void on_resize(struct explorer *e, int number)
{
    (void)number;
    take_size(e);
}

/* `^Z` and an outside SIGTSTP alike: the terminal goes back to the shell, and is taken again after
 * `fg`. */
static void suspend(struct explorer *e)
{
    screen_suspend(e->screen);
    signal(SIGTSTP, SIG_DFL);
    sigset_t tstp;
    sigset_t old;
    sigemptyset(&tstp);
    sigaddset(&tstp, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &tstp, &old);
    kill(0, SIGTSTP);
    sigprocmask(SIG_SETMASK, &old, NULL);
    screen_resume(e->screen);
    take_size(e);
}

static void on_stop(struct explorer *e, int number);
static void on_kill(struct explorer *e, int number)
{
    leave(e, 128 + number);
}

static void on_continue(struct explorer *e, int number)
{
    (void)number;
    take_size(e);
}

static const struct signal_action signal_actions[SIGNAL_COUNT] = {
    {SIGWINCH, on_resize}, {SIGTSTP, on_stop}, {SIGCONT, on_continue}, {SIGHUP, on_kill},
    {SIGTERM, on_kill},    {SIGINT, on_kill},  {SIGQUIT, on_kill},
};

static void on_signal(uv_signal_t *handle, int number)
{
    struct explorer *e = handle->data;
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (signal_actions[i].number == number)
            signal_actions[i].act(e, number);
}

static uv_signal_t *stop_watch(struct explorer *e)
{
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (signal_actions[i].number == SIGTSTP)
            return &e->signals[i];
    return NULL;
}

static void on_stop(struct explorer *e, int number)
{
    (void)number;
    uv_signal_t *watch = stop_watch(e);
    uv_signal_stop(watch);
    suspend(e);
    uv_signal_start(watch, on_signal, SIGTSTP);
}

/* ---- what the app asks for ---- */

static void host_ask(void *ctx, const struct query_spec *spec)
{
    struct explorer *e = ctx;
    struct filter *old = e->asked.filter;
    e->asked = *spec;
    if (spec->filter != NULL)
        e->asked.filter = filter_ref(spec->filter);
    filter_unref(old);
    worker_ask(e->input->worker, spec);
}

static void keep_aside(struct explorer *e, enum aside which, const struct query_spec *spec)
{
    struct filter *old = e->aside[which].filter;
    e->aside[which] = spec != NULL ? *spec : (struct query_spec){0};
    e->aside_asked[which] = spec != NULL;
    if (e->aside[which].filter != NULL)
        filter_ref(e->aside[which].filter);
    filter_unref(old);
}

static void host_ask_aside(void *ctx, enum aside which, const struct query_spec *spec)
{
    struct explorer *e = ctx;
    keep_aside(e, which, spec);
    worker_ask_aside(e->input->worker, which, spec);
}

/* An input of which nothing can be shown ends the program with one line, as in batch. */
static bool is_hopeless(const struct snapshot *s)
{
    return s->source.state == SOURCE_FAILED && s->trace == NULL;
}

static void on_news(void *ctx)
{
    struct explorer *e = ctx;
    struct snapshot *s = e->leaving ? NULL : worker_snapshot(e->input->worker);
    if (s == NULL)
        return;
    e->shown = e->shown || s->trace != NULL;
    if (is_hopeless(s) && e->shown) {
        app_message(e->app, true, s->source.message);
        schedule_frame(e);
    } else if (is_hopeless(s)) {
        strbuf_printf(&e->last_words, "%s: %s", s->source.name, s->source.message);
        leave(e, 1);
    } else {
        app_set_snapshot(e->app, s);
        input_watch_progress(e->input, s);
        schedule_frame(e);
    }
    snapshot_unref(s);
}

/* Opens the input anew; the one that was read goes once that has succeeded. */
static int open_input(struct explorer *e, struct err_info *info)
{
    struct input_watch *anew = e->input == &e->inputs[0] ? &e->inputs[1] : &e->inputs[0];
    int rc = input_watch_open(anew, &e->loop, e->options, on_news, e, info);
    if (rc != 0)
        return rc;
    input_watch_close(e->input);
    e->input = anew;
    worker_ask(anew->worker, &e->asked);
    for (int i = 0; i < ASIDE_COUNT; i++)
        if (e->aside_asked[i])
            worker_ask_aside(anew->worker, (enum aside)i, &e->aside[i]);
    return 0;
}

static void host_reload(void *ctx)
{
    struct explorer *e = ctx;
    struct err_info info;
    if (e->input->source.is_stream)
        app_message(e->app, true, "A pipe cannot be read again.");
    else if (open_input(e, &info) != 0)
        app_message(e->app, true, info.text);
}

static void host_suspend(void *ctx)
{
    on_stop(ctx, SIGTSTP);
}

/* A saved file without heap events is no heap trace: the exit code says so as in batch (cli.md). */
static void host_quit(void *ctx)
{
    struct explorer *e = ctx;
    struct snapshot *s = worker_snapshot(e->input->worker);
    bool empty = s != NULL && s->rows_complete && s->tally != NULL && s->tally->heap_events == 0;
    if (empty)
        snapshot_explain_empty(s->tally, &e->last_words);
    snapshot_unref(s);
    leave(e, empty ? 1 : 0);
}

/* What is told about saving; `rc` is config_save()'s. */
static void put_saved(const char *path, int rc, const struct strbuf *changed,
                      const struct err_info *info, struct strbuf *out)
{
    if (rc != 0) {
        strbuf_puts(out, info->text);
        return;
    }
    strbuf_printf(out, changed->len > 0 ? "Wrote %s to " : "Nothing to write, it stands all in ",
                  strbuf_str(changed));
    text_put_escaped(out, path, strlen(path));
}

static int host_save(void *ctx, const struct config_setting *settings, size_t count,
                     struct strbuf *out_said)
{
    struct explorer *e = ctx;
    const char *path = e->options->config->path;
    if (path == NULL) {
        strbuf_puts(out_said, "Nothing is written: started with --no-config, or without HOME.");
        return -ENOENT;
    }
    struct strbuf changed = {0};
    struct err_info info;
    int rc = xdg_make_folder(XDG_CONFIG, &info);
    if (rc == 0)
        rc = config_save(path, settings, count, &changed, &info);
    put_saved(path, rc, &changed, &info, out_said);
    strbuf_release(&changed);
    return rc;
}

static int host_write(void *ctx, const struct app_write *what, struct strbuf *out_said)
{
    struct explorer *e = ctx;
    e->writer.app = e->app;
    return writer_start(&e->writer, what, out_said);
}

static void host_write_stop(void *ctx)
{
    struct explorer *e = ctx;
    writer_stop(&e->writer);
}

static void on_written(void *ctx)
{
    schedule_frame(ctx);
}

static int64_t host_now(void *ctx)
{
    (void)ctx;
    return clock_monotonic_ns();
}

/* ---- start and end ---- */

static void start_handles(struct explorer *e)
{
    uv_timer_init(&e->loop, &e->frame);
    e->frame.data = e;
    writer_init(&e->writer, &e->loop, on_written, e);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        uv_signal_init(&e->loop, &e->signals[i]);
        e->signals[i].data = e;
        uv_signal_start(&e->signals[i], on_signal, signal_actions[i].number);
    }
}

/* NULL or "" when none was asked for. */
static const char *theme_name(const struct explorer *e)
{
    return e->options->theme != NULL ? e->options->theme : getenv("HEAPTAIL_THEME");
}

/* A theme that is not there is a mistake of the line that names it. */
static void blame_line(struct explorer *e, struct strbuf *problems)
{
    struct config *c = e->options->config;
    const struct config_line *line = config_find(c, CONFIG_OPTIONS, "theme");
    if (line == NULL || line->value != e->options->theme)
        return;
    strbuf_truncate(problems, problems->len - 1);
    config_report(c, line->number, strbuf_str(problems));
    strbuf_clear(problems);
}

static void load_theme(struct explorer *e, struct strbuf *problems)
{
    const char *name = theme_name(e);
    if (name == NULL || name[0] == '\0') {
        theme_init_builtin(&e->theme, screen_depth(e->screen) == DEPTH_MONO);
    } else {
        int rc = theme_load(&e->theme, name, problems);
        if (rc == -ENOENT && problems->len > 0)
            blame_line(e, problems);
        else if (rc != 0 && problems->len == 0)
            strbuf_printf(problems, "theme %s: not loaded\n", name);
    }
    screen_set_theme(e->screen, &e->theme);
}

static int open_screen(struct explorer *e, struct err_info *info)
{
    static const enum screen_color color[] = {
        [EXPLORE_COLOR_AUTO] = SCREEN_COLOR_AUTO,
        [EXPLORE_COLOR_ALWAYS] = SCREEN_COLOR_ALWAYS,
        [EXPLORE_COLOR_NEVER] = SCREEN_COLOR_NEVER,
    };
    struct screen_options options = {
        .in = e->terminal.in,
        .out = e->terminal.out,
        .color = color[e->options->color],
        .ascii = e->options->ascii,
        .ask = true,
    };
    int rc = screen_open(&e->screen, &options, info);
    if (rc == 0)
        terminal_guard_crash(&e->terminal, screen_reset_string(e->screen));
    return rc;
}

static void start_app(struct explorer *e)
{
    struct strbuf problems = {0};
    load_theme(e, &problems);
    e->host = (struct app_host){.ctx = e,
                                .ask = host_ask,
                                .ask_aside = host_ask_aside,
                                .reload = host_reload,
                                .save = host_save,
                                .write = host_write,
                                .write_stop = host_write_stop,
                                .suspend = host_suspend,
                                .quit = host_quit,
                                .now = host_now};
    struct app_config config = {
        .host = &e->host,
        .screen = e->screen,
        .filter = e->asked.filter,
        .since = e->asked.since,
        .until = e->asked.until,
        .follow = e->input->live || e->input->source.is_stream,
        .short_units = e->options->short_units,
        .wall_time = e->options->wall_time,
        .utc = e->options->utc,
        .mouse = e->options->mouse,
        .theme = theme_name(e),
    };
    e->app = app_new(&config);
    if (!e->options->forgetful)
        history_file_load(e->app);
    settings_give(e->options->config, e->app);
    config_put_problems(e->options->config, &problems);
    app_tell_problems(e->app, strbuf_str(&problems));
    strbuf_release(&problems);
    uv_poll_init(&e->loop, &e->keys, fileno(e->terminal.in));
    e->keys.data = e;
    uv_poll_start(&e->keys, UV_READABLE | UV_DISCONNECT, on_keys);
    schedule_frame(e);
}

static int open_all(struct explorer *e, struct err_info *info)
{
    int rc = open_input(e, info);
    if (rc == 0)
        rc = terminal_open(e->options->tty, &e->terminal, info);
    if (rc == 0)
        rc = open_screen(e, info);
    return rc;
}

static void close_all(struct explorer *e)
{
    /* The person has the terminal back before a slow disk is waited for. */
    terminal_forget_crash();
    if (e->app != NULL)
        app_forget_screen(e->app);
    screen_close(e->screen);
    terminal_close(&e->terminal);
    if (e->app != NULL && !e->options->forgetful)
        history_file_save(e->app);
    app_free(e->app);
    filter_unref(e->asked.filter);
    for (int i = 0; i < ASIDE_COUNT; i++)
        keep_aside(e, (enum aside)i, NULL);
}

int explore_run(const struct explore_options *options)
{
    struct explorer *e = base_xcalloc(1, sizeof *e);
    e->options = options;
    e->terminal.saved_stderr = -1;
    e->input = &e->inputs[0];
    e->asked = (struct query_spec){.since = options->since, .until = options->until};
    if (options->filter_text != NULL && options->filter_text[0] != '\0') {
        struct filter_error error;
        e->asked.filter = filter_parse(options->filter_text, strlen(options->filter_text), &error);
    }
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&e->loop);
    start_handles(e);
    struct err_info info = {.text = ""};
    if (open_all(e, &info) == 0) {
        start_app(e);
        uv_run(&e->loop, UV_RUN_DEFAULT);
    } else {
        leave(e, 1);
    }
    close_all(e);
    uv_run(&e->loop, UV_RUN_DEFAULT);
    uv_loop_close(&e->loop);
    if (info.text[0] != '\0')
        strbuf_puts(&e->last_words, info.text);
    if (e->last_words.len != 0)
        fprintf(stderr, "heaptail: %s\n", strbuf_str(&e->last_words));
    int code = e->exit_code;
    strbuf_release(&e->last_words);
    free(e);
    return code;
}

bool explore_terminal_is_dumb(void)
{
    bool known;
    return !capability_is_usable(getenv("TERM"), STDOUT_FILENO, &known) && known;
}
