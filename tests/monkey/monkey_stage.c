/* Where the program runs, what it explores, and what is said after a failure; see monkey.h. */
#include "monkey.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

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
    uint64_t first = m->typed > MONKEY_HISTORY ? m->typed - MONKEY_HISTORY : 0;
    fprintf(stderr, "the last keys, in C notation:\n");
    for (uint64_t i = first; i < m->typed; i++)
        print_piece(&m->history[i % MONKEY_HISTORY]);
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

_Noreturn void monkey_fail(struct monkey *m, const char *what)
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
    monkey_stop_writer(m);
    exit(1);
}

/* ---- the private folder ---- */

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    return ftw->level == 0 ? 0 : remove(path);
}

void monkey_empty_folder(struct monkey *m)
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

void monkey_set_up(struct monkey *m)
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
    for (size_t i = 0; i < MONKEY_COUNT(homes); i++)
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

void monkey_stop_writer(struct monkey *m)
{
    if (m->writer > 0) {
        kill(m->writer, SIGKILL);
        waitpid(m->writer, NULL, 0);
    }
    m->writer = 0;
}

void monkey_start_writer(struct monkey *m)
{
    monkey_stop_writer(m);
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
void monkey_make_input(struct monkey *m)
{
    const char *path = m->input->argv[0];
    if (m->input->fifo) {
        unlink(path);
        if (mkfifo(path, 0666) != 0 || chmod(path, 0666) != 0)
            monkey_fail(m, "no FIFO");
    }
    monkey_start_writer(m);
    if (m->input->writer[0] == NULL || m->input->fifo)
        return;
    path = m->input->harmed ? m->input->argv[1] : path;
    struct stat st;
    for (int i = 0; i < MONKEY_PATIENCE_S * 100 && (stat(path, &st) != 0 || st.st_size == 0); i++)
        usleep(10000);
}
