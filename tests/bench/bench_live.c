/*
 * A person at the whole program while events arrive through a FIFO, paced by a thread of its own:
 * what keys wait, what drawing costs, and whether the selection stays put.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "clocked.h"
#include "keyboard.h"

#define EVENTS   3000000
#define RATE     100000.0 /* a second */
#define PIECE    65536
#define FOLLOW_S 5

/* The writer of the FIFO. */
struct writer {
    const char *trace, *fifo;
    double bytes; /* of the trace */
    pthread_t thread;
    _Atomic uint64_t written;
    _Atomic bool stop;
};

static void sleep_until(double when)
{
    double left = when - clocked_now();
    struct timespec t = {.tv_sec = (time_t)left,
                         .tv_nsec = (long)((left - (double)(time_t)left) * 1e9)};
    if (left > 0)
        nanosleep(&t, NULL);
}

static void *write_paced(void *arg)
{
    struct writer *w = arg;
    static char piece[PIECE];
    int in = open(w->trace, O_RDONLY | O_CLOEXEC);
    int out = open(w->fifo, O_WRONLY | O_CLOEXEC);
    double start = clocked_now(), bytes_per_s = w->bytes / EVENTS * RATE;
    ssize_t n;
    while (!w->stop && (n = read(in, piece, sizeof piece)) > 0) {
        sleep_until(start + (double)w->written / bytes_per_s);
        if (write(out, piece, (size_t)n) != n)
            break;
        w->written += (uint64_t)n;
    }
    close(in);
    close(out);
    return NULL;
}

/* Events written so far. */
static double written(struct writer *w)
{
    return (double)w->written * EVENTS / w->bytes;
}

static void measure_follow(struct keyboard *k, struct writer *w)
{
    double cpu = keyboard_loop_cpu(k), all = keyboard_all_cpu(k);
    double start = clocked_now(), events = written(w), bytes = (double)k->app.received;
    keyboard_wait(k, FOLLOW_S);
    double s = clocked_now() - start;
    bench_line("events arriving", (written(w) - events) / s, "a second", "");
    bench_line("drawing while following", (keyboard_loop_cpu(k) - cpu) / s * 100, "% of a core",
               "the loop thread at 200x60; bar 15");
    bench_line("all threads", (keyboard_all_cpu(k) - all) / s * 100, "% of a core", "");
    bench_line("to the terminal", ((double)k->app.received - bytes) / s / 1e3, "kB/s", "");
}

/* The event under the cursor by what never changes: time, difference, thread, operation, heap. */
static void note_event(struct keyboard *k, char out[64])
{
    int row = keyboard_selected(k);
    snprintf(out, 64, "%d %.50s", row, row >= 0 ? pty_app_row(&k->app, row) : "nothing selected");
}

static void measure_selection(struct keyboard *k, const char *where)
{
    char before[64], after[64], what[64];
    keyboard_wait(k, 0.3);
    note_event(k, before);
    keyboard_wait(k, 2);
    note_event(k, after);
    snprintf(what, sizeof what, "selection stays, %s", where);
    bench_line(what, strcmp(before, after) == 0, "(1: yes)", before);
    if (strcmp(before, after) != 0)
        bench_line("  it went to", 0, "", after);
}

static void measure_keys(struct keyboard *k)
{
    static const char *const motions[] = {"j", "j", "k", "\033[6~", "j", "\033[5~"};
    static const struct {
        const char *key, *shows;
    } screens[] = {{"1", "Trust"}, {"3", "Alloc/s"}, {"4", "low-frag"}, {"2", "Outcome"}};
    for (int i = 0; i < 8; i++) {
        for (size_t m = 0; m < sizeof motions / sizeof motions[0]; m++)
            keyboard_press_later(k, 0.15, motions[m], keyboard_moved, NULL);
        for (size_t s = 0; s < sizeof screens / sizeof screens[0]; s++)
            keyboard_press_later(k, 0.15, screens[s].key, keyboard_shows, screens[s].shows);
        keyboard_press_later(k, 0.15, "=", keyboard_hides, " filter  none");
        keyboard_press_later(k, 0.15, "\177", keyboard_shows, " filter  none");
    }
    keyboard_report(k, "a key while 100,000/s arrive", 50);
}

static void measure_idle(struct keyboard *k)
{
    keyboard_settle(k);
    double all = keyboard_all_cpu(k), start = clocked_now();
    keyboard_wait(k, 2);
    bench_line("idle, all threads", (keyboard_all_cpu(k) - all) / (clocked_now() - start) * 100,
               "% of a core", "bar 0");
}

void bench_live(struct bench *b)
{
    static struct keyboard k;
    static struct writer w;
    char events[32], fifo[64];
    struct stat st;
    snprintf(events, sizeof events, "%d", EVENTS);
    snprintf(fifo, sizeof fifo, "/tmp/heaptail-bench-%d", (int)getpid());
    w = (struct writer){.trace = bench_make_trace(b, events), .fifo = fifo};
    if (stat(w.trace, &st) != 0 || mkfifo(fifo, 0600) != 0)
        bench_die("no FIFO to write to");
    w.bytes = (double)st.st_size;
    signal(SIGPIPE, SIG_IGN);
    if (pthread_create(&w.thread, NULL, write_paced, &w) != 0)
        bench_die("no thread to write from");
    keyboard_open(&k, b, fifo);
    keyboard_go(&k, "2", keyboard_shows, "Outcome");
    measure_follow(&k, &w);
    keyboard_go(&k, "k", keyboard_shows, "Outcome");
    measure_selection(&k, "near the end");
    keyboard_go(&k, "g", keyboard_shows, "Outcome");
    measure_selection(&k, "at the start");
    measure_keys(&k);
    w.stop = true;
    measure_idle(&k);
    keyboard_close(&k);
    pthread_join(w.thread, NULL);
    unlink(fifo);
}
