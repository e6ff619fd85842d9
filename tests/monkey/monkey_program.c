/* Starting the program and checking that it lives, answers and leaves well; see monkey.h. */
#include "monkey.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

void monkey_random_size(struct monkey *m, int *out_rows, int *out_cols)
{
    static const int usual[][2] = {{24, 80}, {30, 100}, {15, 60}, {5, 20}, {60, 200}};
    size_t i = rng_below(&m->rng, MONKEY_COUNT(usual) * 2);
    bool odd = i >= MONKEY_COUNT(usual);
    *out_rows = odd ? (int)rng_range(&m->rng, 5, 60) : usual[i][0];
    *out_cols = odd ? (int)rng_range(&m->rng, 20, 200) : usual[i][1];
}

static void start_program(struct monkey *m)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/heaptail", m->tools);
    char *argv[8] = {path};
    for (size_t i = 0; i < MONKEY_COUNT(m->input->argv) && m->input->argv[i] != NULL; i++)
        argv[i + 1] = (char *)(uintptr_t)m->input->argv[i];
    monkey_make_input(m);
    struct pty_app_options options = {.argv = argv, .folder = m->folder, .user = m->user};
    monkey_random_size(m, &options.rows, &options.cols);
    if (pty_app_start(&m->app, &options) != 0)
        monkey_fail(m, strerror(errno));
    m->starts++;
    /* What is typed before the program has the terminal is the kernel's to echo. */
    int64_t until = clock_monotonic_ns() + MONKEY_PATIENCE_S * INT64_C(1000000000);
    while (m->app.state == PTY_APP_RUNNING && m->app.modes.redraws == 0) {
        if (clock_monotonic_ns() > until)
            monkey_fail(m, "it does not start");
        pty_app_pump(&m->app, 100);
    }
}

/* After the program gave the terminal back, whether for good or until it is continued. */
static void check_sane(struct monkey *m)
{
    const char *left = pty_app_trace_left(&m->app);
    char what[256];
    snprintf(what, sizeof what, "%s after it %s", left,
             m->app.state == PTY_APP_STOPPED ? "stopped" : "ended");
    if (left != NULL)
        monkey_fail(m, what);
}

void monkey_check_end(struct monkey *m)
{
    char what[64];
    int status = m->app.status;
    snprintf(what, sizeof what, "it was killed by signal %d", WTERMSIG(status));
    if (!WIFEXITED(status))
        monkey_fail(m, what);
    /* ^C and ^\ that are typed while the program is being stopped are signals, not keys. */
    int code = WEXITSTATUS(status);
    bool by_signal = m->stops > 0 && (code == 128 + SIGINT || code == 128 + SIGQUIT);
    snprintf(what, sizeof what, "it left with %d", code);
    if (code > 1 && !by_signal)
        monkey_fail(m, what);
    check_sane(m);
    pty_app_release(&m->app);
}

/* Starts, continues or checks it, as its state asks for. True when it runs. */
bool monkey_keep_running(struct monkey *m)
{
    switch (m->app.state) {
    case PTY_APP_RUNNING:
        return true;
    case PTY_APP_STOPPED:
        check_sane(m);
        m->stops++;
        pty_app_continue(&m->app);
        break;
    case PTY_APP_ENDED:
        monkey_check_end(m);
        break;
    case PTY_APP_NONE:
        start_program(m);
        break;
    }
    return false;
}

static uint64_t resident_kb(const struct monkey *m)
{
    char path[64];
    unsigned long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)m->app.pid);
    FILE *f = fopen(path, "r");
    if (f != NULL && fscanf(f, "%*s %lu", &pages) != 1)
        pages = 0;
    if (f != NULL)
        fclose(f);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

static void check_memory(struct monkey *m)
{
    uint64_t kb = resident_kb(m);
    if (kb > m->most_kb)
        m->most_kb = kb;
    if (kb > m->memory_mb * 1024)
        monkey_fail(m, "it takes too much memory");
}

static bool shows_something(struct monkey *m)
{
    for (int row = 0; row < m->app.rows; row++)
        if (pty_app_row(&m->app, row)[0] != '\0')
            return true;
    return false;
}

/* Presses ^L until the whole screen is drawn anew: it still listens, and it still draws. The first
 * one may end an open sequence or answer a question. */
void monkey_check_answers(struct monkey *m)
{
    uint64_t before = m->app.modes.redraws;
    int64_t now = clock_monotonic_ns(), until = now + MONKEY_PATIENCE_S * INT64_C(1000000000);
    int64_t press_at = now;
    while (m->app.state == PTY_APP_RUNNING &&
           (m->app.modes.redraws == before || !shows_something(m))) {
        now = clock_monotonic_ns();
        if (now > until)
            monkey_fail(m, "it does not answer");
        if (now >= press_at) {
            pty_app_send(&m->app, "\f", 1);
            press_at = now + INT64_C(250000000);
        }
        pty_app_pump(&m->app, 50);
    }
    if (m->app.state == PTY_APP_RUNNING)
        check_memory(m);
}
