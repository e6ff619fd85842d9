/*
 * The terminal as curses sees it: opening, colours, size, flush, close.
 *
 * The caller opens the terminal's descriptions and owns signals and the event loop; nothing here
 * waits or reads keys (input.h). The only header that includes curses.h; only screen.c, canvas.c
 * and input.c include it. Loop thread only; one screen at a time.
 */
#ifndef UI_TERM_SCREEN_H
#define UI_TERM_SCREEN_H

#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1 /* curses.h would make macros of names like `clear` and `timeout` */
#include <curses.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "ui/term/canvas.h"
#include "ui/term/cells.h"
#include "ui/term/style.h"
#include "ui/term/theme.h"

struct report;
struct screen;

enum screen_color {
    SCREEN_COLOR_AUTO,   /* what terminfo says, none when NO_COLOR is set and not empty */
    SCREEN_COLOR_ALWAYS, /* NO_COLOR is not looked at */
    SCREEN_COLOR_NEVER,
};

struct screen_options {
    FILE *in;         /* the terminal for reading; may be non-blocking. Borrowed until close */
    FILE *out;        /* the terminal for writing; must block. Borrowed until close */
    const char *term; /* terminal type; NULL: $TERM */
    enum screen_color color;
    bool ascii; /* draw with ASCII signs alone */
    bool ask; /* the terminal may be asked what it can do; its answers come through input_read() */
};

/*
 * Takes the terminal over, with the built-in dark theme, or the built-in monochrome one where there
 * are no colours: alternate screen, raw keys, hidden cursor, no echo, ESC told from a key
 * sequence after 25 ms unless $ESCDELAY says otherwise. Install signal handlers before, or curses
 * installs its own. On failure ERR_FORMAT (the terminal type is not known; the message names some
 * that are) or -ENOMEM; the terminal is then as it was.
 */
int screen_open(struct screen **out_screen, const struct screen_options *options,
                struct err_info *err);

/* Gives the terminal back as it was. Accepts NULL. */
void screen_close(struct screen *s);

/* Colours the terminal shows. */
enum style_depth screen_depth(const struct screen *s);

/* Makes `theme` the one in use; the whole screen is redrawn with it in the next frame. */
void screen_set_theme(struct screen *s, const struct theme *theme);

/* Starts a frame: clears and returns the whole screen as a canvas. */
struct canvas screen_begin(struct screen *s);

/* Ends a frame: sends what has changed to the terminal, in one write, whole where the terminal can
 * be told so (synchronized output). Sends nothing when nothing has changed. */
void screen_flush(struct screen *s);

/* The terminal has a new size (TIOCGWINSZ); call from the SIGWINCH handling. Sizes below 1 count 1.
 */
void screen_resize(struct screen *s, int rows, int cols);

/* The next flush sends every cell, whatever curses believes the terminal shows (^L). */
void screen_redraw(struct screen *s);

/* Before the process stops itself (^Z): the terminal is the shell's. */
void screen_suspend(struct screen *s);

/* After it continues: takes the terminal again; follow with screen_resize(). */
void screen_resume(struct screen *s);

/*
 * The bytes that bring the terminal back to a shell's state, for a crash handler to write: mouse
 * off, cursor shown, attributes reset, keypad off, alternate screen left. From terminfo, so that a
 * terminal without them gets none. NUL-terminated, unchanged from open to close; reading it is
 * async-signal-safe.
 */
const char *screen_reset_string(const struct screen *s);

/*
 * Mouse reports on or off; off, the terminal selects text by itself. False when the terminal has
 * none. Off after screen_close() and while suspended.
 */
bool screen_set_mouse(struct screen *s, bool on);
bool screen_has_mouse_on(const struct screen *s);

/* Puts [text, text+n) into the terminal's clipboard, if it lets us. 0; -ENOTSUP when the terminal
 * has no way to; ERR_LIMIT when it is more than CLIPBOARD_MAX bytes. */
int screen_copy(struct screen *s, const char *text, size_t n);

/*
 * A sheet that no one sees, to read as text what is drawn on it: between the two calls every
 * canvas of this screen draws on it. False, and nothing begun, when memory is out. The text gets
 * one line a row, without blanks at the ends and empty lines at the end.
 */
bool screen_begin_sheet(struct screen *s, int rows, int cols, struct canvas *out_canvas);
void screen_end_sheet(struct screen *s, struct strbuf *out_text);

/* For canvas.c and input.c: the parts of a screen they work on. */
struct screen_cell_style {
    attr_t attrs;
    short pair;
};
WINDOW *screen_keys(const struct screen *s);
WINDOW *screen_window(const struct screen *s);
struct report *screen_report(struct screen *s);
void screen_believe_report(struct screen *s);
int screen_input_fd(const struct screen *s);
struct charset screen_charset(const struct screen *s);
struct screen_cell_style screen_style(const struct screen *s, enum ui_scope scope,
                                      enum style_layer layer, enum role role);
void screen_place_cursor(struct screen *s, int y, int x);

#endif
