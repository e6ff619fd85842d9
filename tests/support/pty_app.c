/* A program in a terminal of its own; see pty_app.h. */
#include "pty_app.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

/* ---- the shell's side; after fork(), so nothing here returns ---- */

struct shell {
    const struct pty_app_options *options;
    int slave, reports, orders;
};

/* What is typed while the program does not have the terminal is not for the shell either. */
static const int shell_ignores[] = {SIGTTOU, SIGTSTP, SIGINT, SIGQUIT};

static void become_program(const struct shell *s)
{
    const struct pty_app_options *o = s->options;
    setpgid(0, 0);
    tcsetpgrp(s->slave, getpid());
    for (size_t i = 0; i < sizeof shell_ignores / sizeof shell_ignores[0]; i++)
        signal(shell_ignores[i], SIG_DFL);
    for (int fd = 0; fd < 3; fd++)
        dup2(s->slave, fd);
    if (o->folder != NULL && chdir(o->folder) != 0)
        _exit(126);
    if (o->user != 0 && (setgid(o->user) != 0 || setuid(o->user) != 0))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execv(o->argv[0], o->argv);
    _exit(127);
}

static void tell(const struct shell *s, int number)
{
    if (write(s->reports, &number, sizeof number) != (ssize_t)sizeof number)
        _exit(1);
}

static void become_shell(const struct shell *s)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    ioctl(s->slave, TIOCSCTTY, 0);
    for (size_t i = 0; i < sizeof shell_ignores / sizeof shell_ignores[0]; i++)
        signal(shell_ignores[i], SIG_IGN);
    pid_t pid = fork();
    if (pid == 0)
        become_program(s);
    tell(s, pid);
    int status;
    while (waitpid(pid, &status, WUNTRACED) == pid) {
        tcsetpgrp(s->slave, getpid());
        tell(s, status);
        char order;
        if (!WIFSTOPPED(status) || read(s->orders, &order, 1) != 1)
            break;
        tcsetpgrp(s->slave, pid);
        kill(-pid, SIGCONT);
    }
    _exit(0);
}

/* ---- start and end ---- */

static int on_property(VTermProp prop, VTermValue *value, void *user)
{
    struct pty_app *p = user;
    if (prop == VTERM_PROP_ALTSCREEN)
        p->alternate = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static void open_emulator(struct pty_app *p)
{
    p->vt = vterm_new(p->rows, p->cols);
    vterm_set_utf8(p->vt, 1);
    p->vts = vterm_obtain_screen(p->vt);
    vterm_screen_set_callbacks(p->vts, &callbacks, p);
    vterm_screen_enable_altscreen(p->vts, 1);
    vterm_screen_reset(p->vts, 1);
}

/* Both ends closed on exec. */
static int open_pipe(int *out_read, int *out_write)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    *out_read = ends[0];
    *out_write = ends[1];
    return 0;
}

static int start_shell(struct pty_app *p, const struct pty_app_options *options)
{
    struct shell s = {.options = options, .slave = p->slave};
    if (open_pipe(&p->reports, &s.reports) != 0)
        return -1;
    if (open_pipe(&s.orders, &p->orders) != 0) {
        close(s.reports);
        return -1;
    }
    p->shell = fork();
    if (p->shell == 0)
        become_shell(&s);
    close(s.reports);
    close(s.orders);
    int pid = -1;
    if (p->shell < 0 || read(p->reports, &pid, sizeof pid) != (ssize_t)sizeof pid || pid < 0)
        return -1;
    p->pid = pid;
    return 0;
}

int pty_app_start(struct pty_app *p, const struct pty_app_options *options)
{
    struct winsize size = {.ws_row = (unsigned short)options->rows,
                           .ws_col = (unsigned short)options->cols};
    *p = (struct pty_app){.master = -1,
                          .slave = -1,
                          .reports = -1,
                          .orders = -1,
                          .rows = options->rows,
                          .cols = options->cols};
    if (openpty(&p->master, &p->slave, NULL, NULL, &size) != 0)
        return -1;
    fcntl(p->master, F_SETFD, FD_CLOEXEC);
    fcntl(p->slave, F_SETFD, FD_CLOEXEC);
    fcntl(p->master, F_SETFL, O_NONBLOCK);
    tcgetattr(p->slave, &p->before);
    if (options->user != 0)
        (void)!fchown(p->slave, options->user, (gid_t)-1);
    open_emulator(p);
    p->state = PTY_APP_RUNNING;
    if (start_shell(p, options) == 0)
        return 0;
    int error = errno;
    pty_app_release(p);
    errno = error;
    return -1;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void pty_app_release(struct pty_app *p)
{
    if (p->state == PTY_APP_NONE)
        return;
    if (p->pid > 0 && p->state != PTY_APP_ENDED)
        kill(p->pid, SIGKILL);
    if (p->shell > 0) {
        kill(p->shell, SIGKILL);
        waitpid(p->shell, NULL, 0);
    }
    close_fd(p->orders);
    close_fd(p->reports);
    close_fd(p->master);
    close_fd(p->slave);
    vterm_free(p->vt);
    strbuf_release(&p->outgoing);
    strbuf_release(&p->row);
    *p = (struct pty_app){0};
}

/* ---- bytes ---- */

void pty_app_send(struct pty_app *p, const char *bytes, size_t n)
{
    strbuf_add(&p->outgoing, bytes, n);
}

static void write_some(struct pty_app *p)
{
    ssize_t n = write(p->master, p->outgoing.s, p->outgoing.len);
    if (n <= 0)
        return;
    p->outgoing.len -= (size_t)n;
    memmove(p->outgoing.s, p->outgoing.s + n, p->outgoing.len);
}

/* What the emulator answers to requests is typed, as from a real terminal. */
static bool read_some(struct pty_app *p)
{
    char bytes[65536];
    ssize_t n = read(p->master, bytes, sizeof bytes);
    if (n <= 0)
        return false;
    p->received += (uint64_t)n;
    term_modes_read(&p->modes, bytes, (size_t)n);
    vterm_input_write(p->vt, bytes, (size_t)n);
    while ((n = (ssize_t)vterm_output_read(p->vt, bytes, sizeof bytes)) > 0)
        pty_app_send(p, bytes, (size_t)n);
    return true;
}

static void read_report(struct pty_app *p)
{
    int status;
    if (read(p->reports, &status, sizeof status) != (ssize_t)sizeof status)
        status = SIGKILL; /* the shell is gone: as if the program had been killed */
    p->status = status;
    p->state = WIFSTOPPED(status) ? PTY_APP_STOPPED : PTY_APP_ENDED;
    strbuf_clear(&p->outgoing);
    while (read_some(p))
        continue;
}

bool pty_app_pump(struct pty_app *p, int ms)
{
    int64_t until = clock_monotonic_ns() + (int64_t)ms * 1000000;
    while (p->state == PTY_APP_RUNNING) {
        short out = p->outgoing.len > 0 ? POLLOUT : 0;
        struct pollfd fds[2] = {{.fd = p->master, .events = (short)(POLLIN | out)},
                                {.fd = p->reports, .events = POLLIN}};
        int64_t left = (until - clock_monotonic_ns() + 999999) / 1000000;
        if (poll(fds, 2, left > 0 ? (int)left : 0) < 0 && errno != EINTR)
            return false;
        bool got = (fds[0].revents & POLLIN) != 0 && read_some(p);
        if ((fds[0].revents & POLLOUT) != 0)
            write_some(p);
        if (fds[1].revents != 0)
            read_report(p);
        if (got)
            return true;
        if (left <= 0)
            break;
    }
    return false;
}

void pty_app_resize(struct pty_app *p, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    p->rows = rows;
    p->cols = cols;
    vterm_set_size(p->vt, rows, cols);
    ioctl(p->master, TIOCSWINSZ, &size);
}

void pty_app_continue(struct pty_app *p)
{
    p->state = PTY_APP_RUNNING;
    (void)!write(p->orders, "c", 1);
}

/* ---- looking ---- */

const char *pty_app_row(struct pty_app *p, int row)
{
    size_t text_end = 0;
    strbuf_clear(&p->row);
    for (int col = 0; col < p->cols;) {
        VTermScreenCell cell;
        if (!vterm_screen_get_cell(p->vts, (VTermPos){.row = row, .col = col}, &cell))
            break;
        if (cell.chars[0] == 0)
            strbuf_putc(&p->row, ' ');
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++)
            text_put_utf8(&p->row, cell.chars[i]);
        if (cell.chars[0] != 0 && cell.chars[0] != ' ')
            text_end = p->row.len;
        col += cell.width > 0 ? cell.width : 1;
    }
    strbuf_truncate(&p->row, text_end);
    return strbuf_str(&p->row);
}

int pty_app_find(struct pty_app *p, const char *text)
{
    for (int row = 0; row < p->rows; row++)
        if (strstr(pty_app_row(p, row), text) != NULL)
            return row;
    return -1;
}

static bool same_termios(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

/* Bold, reverse, a colour: what the shell's own text would have now. */
static bool has_plain_pen(struct pty_app *p)
{
    static const VTermAttr attrs[] = {VTERM_ATTR_BOLD,  VTERM_ATTR_UNDERLINE, VTERM_ATTR_ITALIC,
                                      VTERM_ATTR_BLINK, VTERM_ATTR_REVERSE,   VTERM_ATTR_STRIKE,
                                      VTERM_ATTR_FONT};
    VTermState *state = vterm_obtain_state(p->vt);
    VTermValue value;
    for (size_t i = 0; i < sizeof attrs / sizeof attrs[0]; i++) {
        vterm_state_get_penattr(state, attrs[i], &value);
        bool number = attrs[i] == VTERM_ATTR_UNDERLINE || attrs[i] == VTERM_ATTR_FONT;
        if (number ? value.number != 0 : value.boolean != 0)
            return false;
    }
    vterm_state_get_penattr(state, VTERM_ATTR_FOREGROUND, &value);
    bool plain = VTERM_COLOR_IS_DEFAULT_FG(&value.color);
    vterm_state_get_penattr(state, VTERM_ATTR_BACKGROUND, &value);
    return plain && VTERM_COLOR_IS_DEFAULT_BG(&value.color);
}

const char *pty_app_trace_left(struct pty_app *p)
{
    struct termios now;
    if (tcgetattr(p->slave, &now) != 0 || !same_termios(&now, &p->before))
        return "the terminal's settings are not as before";
    if (p->alternate)
        return "the alternate screen is still shown";
    if (!has_plain_pen(p))
        return "text attributes or colours are still on";
    /* Not asked of the emulator: it hides the cursor again when it restores the saved one. */
    unsigned mode = term_modes_left_on(&p->modes);
    if (mode == 0)
        return NULL;
    strbuf_clear(&p->row);
    strbuf_printf(&p->row, "terminal mode %u (25: the cursor) is not as before", mode);
    return strbuf_str(&p->row);
}
