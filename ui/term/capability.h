/*
 * What the terminal in use can do beyond drawing, as terminfo and the environment tell.
 *
 * Everything is about the terminal of the screen that is open (curses' cur_term). Loop thread only.
 */
#ifndef UI_TERM_CAPABILITY_H
#define UI_TERM_CAPABILITY_H

#include <stdbool.h>
#include <stddef.h>

/* Can place the cursor, without which there is no screen. Asked before one is open: `fd` is the
 * terminal's. False for unknown types, too; `*out_known` (may be NULL) tells them apart. */
bool capability_is_usable(const char *term, int fd, bool *out_known);

/*
 * The type to open the terminal as: `term`, or its sister with 256 colours when the terminal says
 * by COLORTERM that it has more than `term` knows of and terminfo has that sister
 * ("xterm-256color"). `buffer` of CAPABILITY_TERM bytes may hold the answer.
 */
#define CAPABILITY_TERM 64
const char *capability_choose_term(const char *term, int fd, char *buffer);

/* Appends to `out`, a string of `size` bytes at most, what gives a shell its terminal back: mouse
 * off, keypad, cursor, attributes, alternate screen. */
void capability_put_reset(char *out, size_t size);

/* The marks of synchronized output as terminfo has them; false when it has none. */
bool capability_get_sync(char *out_begin, char *out_end, size_t size);

/* Types whose terminals are known to be silent, at least, when asked for a mode they have not. */
bool capability_may_ask(const char *term);

/* Reports the mouse; the bytes that have it do so, or stop. Appended to `out`, a string. */
bool capability_has_mouse(void);
void capability_put_mouse(bool on, char *out, size_t size);

enum capability_clipboard {
    CLIPBOARD_NONE,
    CLIPBOARD_DIRECT, /* OSC 52 */
    CLIPBOARD_TMUX,   /* OSC 52, which tmux takes or, wrapped, passes on, as it is set up */
    CLIPBOARD_SCREEN, /* wrapped for GNU screen to pass on */
};
enum capability_clipboard capability_get_clipboard(const char *term);

#endif
