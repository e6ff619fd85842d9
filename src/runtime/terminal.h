/*
 * The terminal as the process has it: its own descriptions, its saved settings, and its return to
 * the shell whatever happens.
 *
 * Input is a description of its own, so that polling it makes nothing else non-blocking; output is
 * a second, blocking one (design 9). While the screen is up, standard error goes to a temporary
 * file and is shown afterwards, so that no message tears the picture.
 */
#ifndef RUNTIME_TERMINAL_H
#define RUNTIME_TERMINAL_H

#include <stdio.h>
#include <termios.h>

#include "base/err.h"

struct terminal {
    FILE *in;  /* non-blocking; its descriptor is polled */
    FILE *out; /* blocking */
    struct termios saved;
    int saved_stderr; /* the real standard error while it is redirected, else -1 */
    FILE *captured;   /* what was written to standard error meanwhile */
};

/* Opens `path`, or the terminal of the process when NULL. Returns 0 or a negative code with a line
 * in `info`. */
int terminal_open(const char *path, struct terminal *out_terminal, struct err_info *info);

/* Puts the settings back, gives standard error back and prints what it got. Safe to call twice. */
void terminal_close(struct terminal *t);

/* Rows and columns now; 24x80 when the terminal does not say. */
void terminal_size(const struct terminal *t, int *out_rows, int *out_cols);

/*
 * From now on a crash (SEGV, BUS, FPE, ILL, ABRT) or want of memory writes `reset` and puts the
 * settings back before it kills the process. `reset` and `t` must stay until
 * terminal_forget_crash(). Async-signal-safe inside; process-wide.
 */
void terminal_guard_crash(const struct terminal *t, const char *reset);
void terminal_forget_crash(void);

#endif
