/*
 * The property test of the whole program: whatever is typed, at whatever size, on whatever input,
 * heaptail never crashes, never hangs, holds its memory, and leaves the terminal as it found it.
 *
 *     heaptail_random_keys [--seeds N] [--first S] [--keys N] [--input NAME] [--memory MB]
 *
 * Each seed is a session of its own: input, terminal type, sizes and keys all follow from it. After
 * a failure the seed and the last keys are printed. The program runs in a private folder, which is
 * its home, too; as root it runs as nobody, so that what it is told to write stays there.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "monkey.h"
#include "random_input.h"

static const struct monkey_input inputs[] = {
    {.name = "demo", .argv = {"--demo"}},
    {.name = "growing", .argv = {"g.etl"}, .writer = {"--demo", "--live", "40", "-o", "g.etl"}},
    {.name = "fifo",
     .argv = {"g.fifo"},
     .writer = {"--events", "200000", "--no-truth", "--live", "5", "-o", "g.fifo"},
     .fifo = true},
    {.name = "harmed",
     .argv = {"--follow", "h.etl"},
     .writer = {"--demo", "--live", "20", "-o", "h.etl"},
     .harmed = true},
    {.name = "ascii", .argv = {"--ascii", "--theme", "monochrome", "--demo"}},
    {.name = "range", .argv = {"--since", "0.1s", "--filter", "size >= 16", "--demo"}},
};

static const char *const terminals[] = {"xterm-256color", "screen-256color", "tmux-256color",
                                        "xterm",          "linux",           "vt100"};

static struct strbuf *next_piece(struct monkey *m)
{
    struct strbuf *b = &m->history[m->typed++ % MONKEY_HISTORY];
    strbuf_clear(b);
    return b;
}

static size_t type_piece(struct monkey *m)
{
    struct strbuf *b = next_piece(m);
    size_t keys = random_input_put(&m->rng, b);
    pty_app_send(&m->app, strbuf_str(b), b->len);
    return keys;
}

static void resize(struct monkey *m)
{
    int rows, cols;
    monkey_random_size(m, &rows, &cols);
    strbuf_printf(next_piece(m), "(%dx%d)", cols, rows);
    pty_app_resize(&m->app, rows, cols);
}

/* What happens to files that are followed. */
static void harm_input(struct monkey *m)
{
    const char *path = m->input->argv[1];
    struct stat st;
    switch (rng_below(&m->rng, 4)) {
    case 0:
        if (stat(path, &st) == 0 &&
            truncate(path, (off_t)rng_below(&m->rng, (uint64_t)st.st_size + 1)) != 0)
            monkey_fail(m, "cannot cut the file");
        break;
    case 1:
        unlink(path);
        break;
    default:
        monkey_start_writer(m);
        break;
    }
    if (rng_chance(&m->rng, 500)) {
        strbuf_puts(next_piece(m), "(harmed) r");
        pty_app_send(&m->app, "r", 1);
    }
}

/* Until it has taken what was typed; half of the time also until it has likely drawn it. */
static void let_it_read(struct monkey *m)
{
    int64_t start = clock_monotonic_ns();
    int64_t draw_until = start + (rng_chance(&m->rng, 500) ? INT64_C(20000000) : 0);
    int queued = 1;
    while (m->app.state == PTY_APP_RUNNING &&
           (m->app.outgoing.len > 0 || queued > 0 || clock_monotonic_ns() < draw_until)) {
        pty_app_pump(&m->app, 1);
        if (ioctl(m->app.slave, FIONREAD, &queued) != 0)
            queued = 0;
        if (clock_monotonic_ns() - start > MONKEY_PATIENCE_S * INT64_C(1000000000))
            monkey_fail(m, "it takes no more keys");
    }
}

/* Some keys at once, then a look at what they did. */
static size_t type_burst(struct monkey *m)
{
    size_t keys = 0;
    for (uint64_t n = rng_chance(&m->rng, 300) ? rng_range(&m->rng, 5, 30) : 1; n > 0; n--)
        keys += type_piece(m);
    if (rng_chance(&m->rng, 30))
        resize(m);
    if (m->input->harmed && rng_chance(&m->rng, 30))
        harm_input(m);
    let_it_read(m);
    if (rng_chance(&m->rng, 60))
        monkey_check_answers(m);
    return keys;
}

static void check_quits(struct monkey *m)
{
    static const char quit[] = "\033\033\003";
    int64_t until = clock_monotonic_ns() + MONKEY_PATIENCE_S * INT64_C(1000000000);
    while (m->app.state == PTY_APP_RUNNING || m->app.state == PTY_APP_STOPPED) {
        if (clock_monotonic_ns() > until)
            monkey_fail(m, "it does not quit");
        if (m->app.state == PTY_APP_STOPPED)
            pty_app_continue(&m->app);
        for (const char *k = quit; *k != '\0'; k++) {
            pty_app_send(&m->app, k, 1);
            for (int64_t t = clock_monotonic_ns() + 60000000; clock_monotonic_ns() < t;)
                pty_app_pump(&m->app, 60);
        }
    }
    if (m->app.state == PTY_APP_ENDED)
        monkey_check_end(m);
}

static void run_seed(struct monkey *m, uint64_t seed)
{
    m->seed = seed;
    m->rng = (struct rng){seed};
    m->input = m->only != NULL ? m->only : &inputs[seed % MONKEY_COUNT(inputs)];
    m->term = terminals[rng_below(&m->rng, MONKEY_COUNT(terminals) * 2) % MONKEY_COUNT(terminals)];
    m->typed = m->starts = m->stops = m->most_kb = 0;
    setenv("TERM", m->term, 1);
    double start = (double)clock_monotonic_ns() / 1e9;
    uint64_t keys = 0;
    while (keys < m->keys)
        if (monkey_keep_running(m))
            keys += type_burst(m);
    check_quits(m);
    monkey_stop_writer(m);
    monkey_empty_folder(m);
    printf("seed %llu: %s, TERM=%s: %llu keys, %llu starts, %llu stops, %llu MiB at most, %.0f s\n",
           (unsigned long long)seed, m->input->name, m->term, (unsigned long long)keys,
           (unsigned long long)m->starts, (unsigned long long)m->stops,
           (unsigned long long)m->most_kb / 1024, (double)clock_monotonic_ns() / 1e9 - start);
    fflush(stdout);
}

static const struct monkey_input *find_input(const char *name)
{
    for (size_t i = 0; i < MONKEY_COUNT(inputs); i++)
        if (strcmp(inputs[i].name, name) == 0)
            return &inputs[i];
    fprintf(stderr, "no such input: %s\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seeds", required_argument, NULL, 's'},  {"first", required_argument, NULL, 'f'},
        {"keys", required_argument, NULL, 'k'},   {"input", required_argument, NULL, 'i'},
        {"memory", required_argument, NULL, 'm'}, {0}};
    struct monkey *m = calloc(1, sizeof *m);
    uint64_t seeds = 1, first = 1;
    m->keys = 1000;
    m->memory_mb = 2048;
    int c;
    while ((c = getopt_long(argc, argv, "s:f:k:i:m:", options, NULL)) != -1) {
        if (c == '?')
            return 2;
        if (c == 'i')
            m->only = find_input(optarg);
        else
            *(c == 's'   ? &seeds
              : c == 'f' ? &first
              : c == 'k' ? &m->keys
                         : &m->memory_mb) = strtoull(optarg, NULL, 10);
    }
    monkey_set_up(m);
    for (uint64_t i = 0; i < seeds; i++)
        run_seed(m, first + i);
    printf("%llu seeds of %llu keys: no failure\n", (unsigned long long)seeds,
           (unsigned long long)m->keys);
    for (size_t i = 0; i < MONKEY_HISTORY; i++)
        strbuf_release(&m->history[i]);
    rmdir(m->folder);
    free(m);
    return 0;
}
