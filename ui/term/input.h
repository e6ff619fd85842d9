/*
 * Keys from the terminal.
 *
 * Decodes what curses delivers and the sequences that terminfo lacks. Never waits, except for the
 * ESCDELAY (25 ms) that tells a lone ESC from the start of a sequence. Loop thread only.
 */
#ifndef UI_TERM_INPUT_H
#define UI_TERM_INPUT_H

#include "ui/term/key.h"

struct screen;

/* Teaches curses the arrow, Home/End and function key sequences of other terminals; called by
 * screen_open(). */
void input_define_keys(void);

/*
 * The next key. Returns 1 with a key; 0 when none waits; -EIO when the terminal is gone. Call until
 * 0 whenever the input is readable and after screen_resize(): curses queues keys of its own.
 */
int input_read(struct screen *s, struct ui_key *out_key);

/* When input_read() wants to be called although nothing has come: an ESC is held back at the start,
 * where it may begin an answer of the terminal. Monotonic ns; INT64_MAX: never. */
int64_t input_due(struct screen *s);

#endif
