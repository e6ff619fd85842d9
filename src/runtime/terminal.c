/* Opening, saving and restoring the terminal; see terminal.h. The crash guard is the one
 * process-wide state here. */
#include "runtime/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"

/* The name of the terminal that one of the standard descriptors is, else the controlling one. */
static const char *terminal_path(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        const char *name = isatty(fd) ? ttyname(fd) : NULL;
        if (name != NULL)
            return name;
    }
    return "/dev/tty";
}

static FILE *open_stream(const char *path, int flags, const char *mode)
{
    int fd = open(path, flags | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    FILE *f = fdopen(fd, mode);
    if (f == NULL)
        close(fd);
    return f;
}

static void capture_stderr(struct terminal *t)
{
    fflush(stderr);
    t->captured = tmpfile();
    if (t->captured == NULL)
        return;
    t->saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (t->saved_stderr >= 0)
        dup2(fileno(t->captured), STDERR_FILENO);
}

static void release_stderr(struct terminal *t)
{
    if (t->saved_stderr >= 0) {
        fflush(stderr);
        dup2(t->saved_stderr, STDERR_FILENO);
        close(t->saved_stderr);
        t->saved_stderr = -1;
    }
    if (t->captured == NULL)
        return;
    rewind(t->captured);
    char buf[4096];
    size_t n;
    while ((n = fread(buf, 1, sizeof buf, t->captured)) > 0)
        fwrite(buf, 1, n, stderr);
    fclose(t->captured);
    t->captured = NULL;
}

static int open_failed(struct terminal *t, const char *path, struct err_info *info)
{
    int code = errno != 0 ? -errno : -EIO;
    if (t->in != NULL)
        fclose(t->in);
    if (t->out != NULL)
        fclose(t->out);
    *t = (struct terminal){.saved_stderr = -1};
    return err_set(info, code, "no terminal at %s: %s; use `heaptail report FILE` without one",
                   path, strerror(-code));
}

int terminal_open(const char *path, struct terminal *out_terminal, struct err_info *info)
{
    struct terminal t = {.saved_stderr = -1};
    if (path == NULL)
        path = terminal_path();
    errno = 0;
    t.in = open_stream(path, O_RDWR | O_NONBLOCK, "r+");
    if (t.in == NULL || tcgetattr(fileno(t.in), &t.saved) != 0)
        return open_failed(&t, path, info);
    t.out = open_stream(path, O_RDWR, "r+");
    if (t.out == NULL)
        return open_failed(&t, path, info);
    capture_stderr(&t);
    *out_terminal = t;
    return 0;
}

void terminal_close(struct terminal *t)
{
    if (t->in == NULL)
        return;
    tcsetattr(fileno(t->in), TCSANOW, &t->saved);
    fclose(t->in);
    fclose(t->out);
    t->in = t->out = NULL;
    release_stderr(t);
}

void terminal_size(const struct terminal *t, int *out_rows, int *out_cols)
{
    struct winsize ws;
    bool known = ioctl(fileno(t->in), TIOCGWINSZ, &ws) == 0 && ws.ws_row != 0 && ws.ws_col != 0;
    *out_rows = known ? ws.ws_row : 24;
    *out_cols = known ? ws.ws_col : 80;
}

/* What the crash handler needs, copied so that it follows no pointer but the string's. */
static struct {
    atomic_bool armed;
    int fd;
    struct termios saved;
    const char *reset;
    size_t reset_len;
    int stderr_fd;
} guard;

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

/* Gives the terminal back by calls that a signal handler may make. False when that was done before.
 */
static bool restore_at_once(void)
{
    if (!atomic_exchange(&guard.armed, false))
        return false;
    (void)!write(guard.fd, guard.reset, guard.reset_len);
    tcsetattr(guard.fd, TCSANOW, &guard.saved);
    if (guard.stderr_fd >= 0)
        dup2(guard.stderr_fd, STDERR_FILENO);
    return true;
}

static void on_crash(int sig)
{
    static const char note[] =
        "\r\nheaptail: crashed; please report what was open and the last keys\r\n";
    if (restore_at_once())
        (void)!write(STDERR_FILENO, note, sizeof note - 1);
    /* SA_RESETHAND has put the default back: raising it again keeps the core and the exit status.
     */
    raise(sig);
}

static void on_out_of_memory(void)
{
    (void)restore_at_once();
}

void terminal_guard_crash(const struct terminal *t, const char *reset)
{
    guard.fd = fileno(t->out);
    guard.saved = t->saved;
    guard.reset = reset;
    guard.reset_len = strlen(reset);
    guard.stderr_fd = t->saved_stderr;
    atomic_store(&guard.armed, true);
    struct sigaction sa = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
    sigemptyset(&sa.sa_mask);
    for (size_t i = 0; i < sizeof crash_signals / sizeof crash_signals[0]; i++)
        sigaction(crash_signals[i], &sa, NULL);
    base_set_oom_hook(on_out_of_memory);
}

void terminal_forget_crash(void)
{
    atomic_store(&guard.armed, false);
    base_set_oom_hook(NULL);
    for (size_t i = 0; i < sizeof crash_signals / sizeof crash_signals[0]; i++)
        signal(crash_signals[i], SIG_DFL);
}
