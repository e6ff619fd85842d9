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
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "random_input.h"
#include "support/pty_app.h"

#define NOBODY     65534
#define PATIENCE_S 60 /* for an answer; only ever spent on a hang, or by a machine on its knees */
#define HISTORY    200

struct monkey {
    char tools[3072]; /* folder of the programs */
    char folder[64];  /* the private one */
    uid_t user;       /* of the program; 0: ours */
    uint64_t keys;
    uint64_t memory_mb;
    const struct monkey_input *only; /* NULL: each seed its own */

    uint64_t seed;
    struct rng rng;
    const struct monkey_input *input;
    const char *term;
    struct pty_app app;
    pid_t writer; /* of the live input; 0: none */
    struct strbuf history[HISTORY];
    uint64_t typed; /* pieces in the history so far */
    uint64_t starts, stops, most_kb;
};

/* What is explored. */
struct monkey_input {
    const char *name;
    const char *const argv[6];    /* of heaptail, after its name */
    const char *const writer[12]; /* of mketl, after its name; none: a saved file */
    bool fifo;
    bool harmed; /* the file is cut, removed and replaced meanwhile */
};

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

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* ---- failing ---- */

static void print_piece(const struct strbuf *b)
{
    fputs("  \"", stderr);
    for (size_t i = 0; i < b->len; i++) {
        unsigned char c = (unsigned char)b->s[i];
        if (c < ' ' || c >= 127 || c == '"' || c == '\\')
            fprintf(stderr, "\\%03o", c);
        else
            fputc(c, stderr);
    }
    fputs("\"\n", stderr);
}

static void print_history(const struct monkey *m)
{
    uint64_t first = m->typed > HISTORY ? m->typed - HISTORY : 0;
    fprintf(stderr, "the last keys, in C notation:\n");
    for (uint64_t i = first; i < m->typed; i++)
        print_piece(&m->history[i % HISTORY]);
}

static void print_screen(struct monkey *m)
{
    fprintf(stderr, "the screen, %d x %d:\n", m->app.cols, m->app.rows);
    for (int row = 0; row < m->app.rows; row++)
        fprintf(stderr, "  |%s\n", pty_app_row(&m->app, row));
}

/* Sanitizers write here: while the screen is up, standard error belongs to the program. */
static void print_sanitizer_logs(const struct monkey *m)
{
    char command[256];
    snprintf(command, sizeof command, "cat %s/sanitizer.* >&2 2>/dev/null", m->folder);
    if (system(command) != 0)
        return;
}

static void stop_writer(struct monkey *m);

static void fail(struct monkey *m, const char *what)
{
    print_history(m);
    if (m->app.state != PTY_APP_NONE)
        print_screen(m);
    print_sanitizer_logs(m);
    fprintf(stderr, "FAILED: seed %llu, input %s, TERM=%s, piece %llu: %s\n",
            (unsigned long long)m->seed, m->input->name, m->term, (unsigned long long)m->typed,
            what);
    fprintf(stderr, "left for a look: %s\n", m->folder);
    pty_app_release(&m->app);
    stop_writer(m);
    exit(1);
}

/* ---- the private folder ---- */

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    return ftw->level == 0 ? 0 : remove(path);
}

static void empty_folder(struct monkey *m)
{
    nftw(m->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* As root, the program is run as nobody where that user can reach it. */
static uid_t choose_user(const struct monkey *m)
{
    if (geteuid() != 0 || seteuid(NOBODY) != 0)
        return 0;
    char path[4096];
    snprintf(path, sizeof path, "%s/heaptail", m->tools);
    bool reachable = faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
    if (seteuid(0) != 0)
        exit(1);
    return reachable ? NOBODY : 0;
}

static void set_up(struct monkey *m)
{
    ssize_t n = readlink("/proc/self/exe", m->tools, sizeof m->tools - 1);
    m->tools[n > 0 ? n : 0] = '\0';
    *strrchr(m->tools, '/') = '\0';
    snprintf(m->folder, sizeof m->folder, "/tmp/heaptail-keys.XXXXXX");
    if (mkdtemp(m->folder) == NULL || chdir(m->folder) != 0) {
        fprintf(stderr, "no folder to work in: %s\n", strerror(errno));
        exit(1);
    }
    m->user = choose_user(m);
    if (m->user != 0 && chown(m->folder, m->user, (gid_t)-1) != 0)
        m->user = 0;
    static const char *const homes[] = {"HOME",          "XDG_CONFIG_HOME", "XDG_STATE_HOME",
                                        "XDG_DATA_HOME", "XDG_CACHE_HOME",  "TMPDIR"};
    for (size_t i = 0; i < COUNT(homes); i++)
        setenv(homes[i], m->folder, 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    unsetenv("HEAPTAIL_THEME");
    char sanitizer[256];
    snprintf(sanitizer, sizeof sanitizer, "exitcode=99:log_path=%s/sanitizer", m->folder);
    setenv("ASAN_OPTIONS", sanitizer, 1);
    setenv("UBSAN_OPTIONS", sanitizer, 1);
    setenv("TSAN_OPTIONS", sanitizer, 1);
}

/* ---- the input ---- */

static void stop_writer(struct monkey *m)
{
    if (m->writer > 0) {
        kill(m->writer, SIGKILL);
        waitpid(m->writer, NULL, 0);
    }
    m->writer = 0;
}

static void start_writer(struct monkey *m)
{
    stop_writer(m);
    if (m->input->writer[0] == NULL)
        return;
    char path[4096];
    snprintf(path, sizeof path, "%s/mketl", m->tools);
    char *argv[16] = {path};
    for (size_t i = 0; m->input->writer[i] != NULL; i++)
        argv[i + 1] = (char *)(uintptr_t)m->input->writer[i];
    m->writer = fork();
    if (m->writer == 0) {
        if (m->user != 0 && (setgid(m->user) != 0 || setuid(m->user) != 0))
            _exit(126);
        execv(path, argv);
        _exit(127);
    }
}

/* The file is there before the program opens it. */
static void make_input(struct monkey *m)
{
    const char *path = m->input->argv[0];
    if (m->input->fifo) {
        unlink(path);
        if (mkfifo(path, 0666) != 0 || chmod(path, 0666) != 0)
            fail(m, "no FIFO");
    }
    start_writer(m);
    if (m->input->writer[0] == NULL || m->input->fifo)
        return;
    path = m->input->harmed ? m->input->argv[1] : path;
    struct stat st;
    for (int i = 0; i < PATIENCE_S * 100 && (stat(path, &st) != 0 || st.st_size == 0); i++)
        usleep(10000);
}

/* ---- the program ---- */

static void random_size(struct monkey *m, int *out_rows, int *out_cols)
{
    static const int usual[][2] = {{24, 80}, {30, 100}, {15, 60}, {5, 20}, {60, 200}};
    size_t i = rng_below(&m->rng, COUNT(usual) * 2);
    bool odd = i >= COUNT(usual);
    *out_rows = odd ? (int)rng_range(&m->rng, 5, 60) : usual[i][0];
    *out_cols = odd ? (int)rng_range(&m->rng, 20, 200) : usual[i][1];
}

static void start_program(struct monkey *m)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/heaptail", m->tools);
    char *argv[8] = {path};
    for (size_t i = 0; i < COUNT(m->input->argv) && m->input->argv[i] != NULL; i++)
        argv[i + 1] = (char *)(uintptr_t)m->input->argv[i];
    make_input(m);
    struct pty_app_options options = {.argv = argv, .folder = m->folder, .user = m->user};
    random_size(m, &options.rows, &options.cols);
    if (pty_app_start(&m->app, &options) != 0)
        fail(m, strerror(errno));
    m->starts++;
    /* What is typed before the program has the terminal is the kernel's to echo. */
    int64_t until = clock_monotonic_ns() + PATIENCE_S * INT64_C(1000000000);
    while (m->app.state == PTY_APP_RUNNING && m->app.modes.redraws == 0) {
        if (clock_monotonic_ns() > until)
            fail(m, "it does not start");
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
        fail(m, what);
}

static void check_end(struct monkey *m)
{
    char what[64];
    int status = m->app.status;
    snprintf(what, sizeof what, "it was killed by signal %d", WTERMSIG(status));
    if (!WIFEXITED(status))
        fail(m, what);
    /* ^C and ^\ that are typed while the program is being stopped are signals, not keys. */
    int code = WEXITSTATUS(status);
    bool by_signal = m->stops > 0 && (code == 128 + SIGINT || code == 128 + SIGQUIT);
    snprintf(what, sizeof what, "it left with %d", code);
    if (code > 1 && !by_signal)
        fail(m, what);
    check_sane(m);
    pty_app_release(&m->app);
}

/* Starts, continues or checks it, as its state asks for. True when it runs. */
static bool keep_running(struct monkey *m)
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
        check_end(m);
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
        fail(m, "it takes too much memory");
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
static void check_answers(struct monkey *m)
{
    uint64_t before = m->app.modes.redraws;
    int64_t now = clock_monotonic_ns(), until = now + PATIENCE_S * INT64_C(1000000000);
    int64_t press_at = now;
    while (m->app.state == PTY_APP_RUNNING &&
           (m->app.modes.redraws == before || !shows_something(m))) {
        now = clock_monotonic_ns();
        if (now > until)
            fail(m, "it does not answer");
        if (now >= press_at) {
            pty_app_send(&m->app, "\f", 1);
            press_at = now + INT64_C(250000000);
        }
        pty_app_pump(&m->app, 50);
    }
    if (m->app.state == PTY_APP_RUNNING)
        check_memory(m);
}

/* ---- a seed ---- */

static struct strbuf *next_piece(struct monkey *m)
{
    struct strbuf *b = &m->history[m->typed++ % HISTORY];
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
    random_size(m, &rows, &cols);
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
            fail(m, "cannot cut the file");
        break;
    case 1:
        unlink(path);
        break;
    default:
        start_writer(m);
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
        if (clock_monotonic_ns() - start > PATIENCE_S * INT64_C(1000000000))
            fail(m, "it takes no more keys");
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
        check_answers(m);
    return keys;
}

static void check_quits(struct monkey *m)
{
    static const char quit[] = "\033\033\003";
    int64_t until = clock_monotonic_ns() + PATIENCE_S * INT64_C(1000000000);
    while (m->app.state == PTY_APP_RUNNING || m->app.state == PTY_APP_STOPPED) {
        if (clock_monotonic_ns() > until)
            fail(m, "it does not quit");
        if (m->app.state == PTY_APP_STOPPED)
            pty_app_continue(&m->app);
        for (const char *k = quit; *k != '\0'; k++) {
            pty_app_send(&m->app, k, 1);
            for (int64_t t = clock_monotonic_ns() + 60000000; clock_monotonic_ns() < t;)
                pty_app_pump(&m->app, 60);
        }
    }
    if (m->app.state == PTY_APP_ENDED)
        check_end(m);
}

static void run_seed(struct monkey *m, uint64_t seed)
{
    m->seed = seed;
    m->rng = (struct rng){seed};
    m->input = m->only != NULL ? m->only : &inputs[seed % COUNT(inputs)];
    m->term = terminals[rng_below(&m->rng, COUNT(terminals) * 2) % COUNT(terminals)];
    m->typed = m->starts = m->stops = m->most_kb = 0;
    setenv("TERM", m->term, 1);
    double start = (double)clock_monotonic_ns() / 1e9;
    uint64_t keys = 0;
    while (keys < m->keys)
        if (keep_running(m))
            keys += type_burst(m);
    check_quits(m);
    stop_writer(m);
    empty_folder(m);
    printf("seed %llu: %s, TERM=%s: %llu keys, %llu starts, %llu stops, %llu MiB at most, %.0f s\n",
           (unsigned long long)seed, m->input->name, m->term, (unsigned long long)keys,
           (unsigned long long)m->starts, (unsigned long long)m->stops,
           (unsigned long long)m->most_kb / 1024, (double)clock_monotonic_ns() / 1e9 - start);
    fflush(stdout);
}

static const struct monkey_input *find_input(const char *name)
{
    for (size_t i = 0; i < COUNT(inputs); i++)
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
    set_up(m);
    for (uint64_t i = 0; i < seeds; i++)
        run_seed(m, first + i);
    printf("%llu seeds of %llu keys: no failure\n", (unsigned long long)seeds,
           (unsigned long long)m->keys);
    for (size_t i = 0; i < HISTORY; i++)
        strbuf_release(&m->history[i]);
    rmdir(m->folder);
    free(m);
    return 0;
}
