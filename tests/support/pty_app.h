/*
 * A program in a terminal of its own: a pty, an emulator (libvterm) that shows and answers, and a
 * small shell that starts it, sees it stop and continues it.
 *
 *   caller --send--> pty --> program        shell: program's parent, as job control needs one
 *   caller <--emulator-- pty <-- program
 *
 * One thread, the caller's: bytes move in pty_app_pump() only. Used by the random keys and by the
 * bench, so nothing here asserts.
 */
#ifndef TESTS_SUPPORT_PTY_APP_H
#define TESTS_SUPPORT_PTY_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include <vterm.h>

#include "base/strbuf.h"
#include "term_modes.h"

enum pty_app_state { PTY_APP_NONE, PTY_APP_RUNNING, PTY_APP_STOPPED, PTY_APP_ENDED };

struct pty_app {
    enum pty_app_state state;
    int status; /* as of waitpid(), of the last stop or the end */
    pid_t pid;  /* of the program */
    pid_t shell;
    int master, slave;
    int reports, orders; /* from and to the shell */
    struct termios before;
    int rows, cols;
    VTerm *vt;
    VTermScreen *vts;
    bool alternate; /* the alternate screen is shown */
    struct term_modes modes;
    struct strbuf outgoing; /* bytes the program has not taken yet */
    struct strbuf row;
    uint64_t received; /* bytes */
};

struct pty_app_options {
    char *const *argv;
    const char *folder; /* working directory; NULL: this process's */
    uid_t user;         /* to run as; 0: this process's */
    int rows, cols;
};

/* Starts it with the environment of this process. Returns 0, or -1 with errno set. */
int pty_app_start(struct pty_app *p, const struct pty_app_options *options);

/* Ends it by force if it runs, and releases everything; zeroed again. */
void pty_app_release(struct pty_app *p);

/* Types bytes; they travel in pty_app_pump(). */
void pty_app_send(struct pty_app *p, const char *bytes, size_t n);

/* Moves bytes for up to `ms`, until something was received or the program stopped or ended. True
 * when something was received. */
bool pty_app_pump(struct pty_app *p, int ms);

/* Changes the size, as a person drags a window. */
void pty_app_resize(struct pty_app *p, int rows, int cols);

/* Lets a stopped program go on in the foreground. */
void pty_app_continue(struct pty_app *p);

/* The text of a row without trailing blanks; until the next call. */
const char *pty_app_row(struct pty_app *p, int row);

/* The first row that shows `text`; -1 when none does. */
int pty_app_find(struct pty_app *p, const char *text);

/* What of the terminal is not as it was before the program started; NULL when all is. For a stopped
 * or ended program. */
const char *pty_app_trace_left(struct pty_app *p);

#endif
