/*
 * A terminal for tests: a pty with the screen on one side and an emulator (libvterm) on the other.
 *
 * A thread takes what the screen sends, so that a picture of any size fits. Nothing is timed. Keys
 * travel as the byte sequences a terminal sends, pictures as those curses sends; a status request
 * behind each picture tells when all of it has arrived. Mistakes fail the cmocka test.
 */
#ifndef TESTS_UI_TERM_H
#define TESTS_UI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/term/key.h"
#include "ui/term/screen.h"

struct term;

/* What is under test: takes keys, and draws whole frames (screen_begin() to screen_flush()). */
struct term_app {
    void *ctx;
    void (*key)(void *ctx, struct ui_key key);
    void (*frame)(void *ctx, struct screen *s);
};

/* For cmocka_run_group_tests(): a UTF-8 locale and an environment that says nothing about
 * terminals. */
int term_group_setup(void **state);

/*
 * Opens a terminal of `rows` x `cols` cells for terminal type `type`. On 256 colours it has the
 * golden theme, in which every role has a colour of its own; on fewer the built-in one.
 */
struct term *term_open(int rows, int cols, const char *type);
struct term *term_open_with(int rows, int cols, const char *type, enum screen_color color,
                            bool ascii);
/* The same with a screen that asks the terminal what it can do. */
struct term *term_open_asking(int rows, int cols, const char *type);
void term_close(struct term *t);

struct screen *term_screen(struct term *t);

/* Sets what is under test and draws its first frame. */
void term_run(struct term *t, const struct term_app *app);

/* Draws a frame and waits until the emulator has it. */
void term_frame(struct term *t);

/* Types keys in the notation of ui/term/key.h ("jj<Enter>"), one frame after each. */
void term_keys(struct term *t, const char *keys);

/* The bytes the screen has sent since they were last forgotten; valid until the next call. */
const char *term_sent(struct term *t);
void term_forget_sent(struct term *t);

/* Sends raw bytes as if typed. */
void term_send(struct term *t, const char *bytes, size_t n);

/* Takes the terminal away, as a closed window does. Only term_close() may follow on it. */
void term_hang_up(struct term *t);

/* Changes the terminal's size, as a person drags a window. */
void term_resize(struct term *t, int rows, int cols);

/* The text of a row without trailing blanks; valid until the next call. */
const char *term_row(struct term *t, int row);

/* The first row that contains `text`, or -1. */
int term_find(struct term *t, const char *text);

/* What is seen of a cell. Colours are indexes, STYLE_DEFAULT the terminal's own. */
struct term_cell {
    int fg, bg;
    unsigned attrs; /* enum style_attrs */
    int width;
};
struct term_cell term_cell(struct term *t, int row, int col);

/* Where the cursor stands; false when it is hidden. */
bool term_cursor(struct term *t, int *out_row, int *out_col);

/*
 * Compares the screen with golden/NAME.txt: rows between bars, below each row the runs of cells
 * that are not plain text, by role ("0-7 title.focus  12-18 event.alloc+selected"). UPDATE_GOLDEN=1
 * in the environment writes the file instead. Only on the golden theme.
 */
void term_assert_golden(struct term *t, const char *name);

#endif
