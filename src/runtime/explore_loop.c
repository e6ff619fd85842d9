/*
 * The loop of the explorer: terminal, signals, keys, worker news and frames, joined in one libuv
 * loop.
 *
 *   keys, SIGWINCH ... -> app -> worker orders          worker -> snapshot -> app -> frame (at most
 * one every 16 ms)
 *
 * Every callback finds the explorer and calls a plain function. Nothing runs while nothing changes.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "runtime/explore_priv.h"
#include "ui/term/input.h"

#define FRAME_NS INT64_C(16000000)
/* Slower frames (a slow line) come at half their own rate. */
#define SLOW_FRAME_NS    INT64_C(8000000)
#define LONGEST_FRAME_NS INT64_C(200000000)
#define EXIT_HANGUP      129

/* A signal, and what it does. */
struct signal_action {
    int number;
    void (*act)(struct explorer *e, int number);
};

/* ---- leaving ---- */

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void explore_leave(struct explorer *e, int code)
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
    baseline_close(&e->baseline);
    symbolizer_close(e->symbolizer);
    e->symbolizer = NULL;
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        close_handle((uv_handle_t *)&e->signals[i]);
    uv_stop(&e->loop); /* what is still under way is waited for without the terminal */
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

void explore_schedule_frame(struct explorer *e)
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
        explore_schedule_frame(e);
        return;
    }
    e->frame_at = clock_monotonic_ns();
    app_draw(e->app);
    e->frame_cost = clock_monotonic_ns() - e->frame_at;
    explore_schedule_frame(e);
}

/* ---- keys ---- */

static void read_keys(struct explorer *e)
{
    struct ui_key key;
    int rc;
    while (!e->leaving && (rc = input_read(e->screen, &key)) != 0) {
        if (rc < 0) {
            explore_leave(e, EXIT_HANGUP);
            return;
        }
        app_key(e->app, &key);
    }
    explore_schedule_frame(e);
}

static void on_keys(uv_poll_t *poll, int status, int events)
{
    struct explorer *e = poll->data;
    /* A terminal that goes away is told once, as an error or as a disconnect. */
    if (status < 0 || (events & UV_DISCONNECT) != 0)
        explore_leave(e, EXIT_HANGUP);
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
    explore_leave(e, 128 + number);
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

/* ---- handles ---- */

/* What goes on beside the loop has told the app something. */
static void on_task(void *ctx)
{
    explore_schedule_frame(ctx);
}

void explore_start_handles(struct explorer *e)
{
    uv_timer_init(&e->loop, &e->frame);
    e->frame.data = e;
    writer_init(&e->writer, &e->loop, on_task, e);
    baseline_init(&e->baseline, &e->loop, on_task, e);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        uv_signal_init(&e->loop, &e->signals[i]);
        e->signals[i].data = e;
        uv_signal_start(&e->signals[i], on_signal, signal_actions[i].number);
    }
}

void explore_suspend(struct explorer *e)
{
    on_stop(e, SIGTSTP);
}

void explore_start_keys(struct explorer *e)
{
    uv_poll_init(&e->loop, &e->keys, fileno(e->terminal.in));
    e->keys.data = e;
    uv_poll_start(&e->keys, UV_READABLE | UV_DISCONNECT, on_keys);
    explore_schedule_frame(e);
}
