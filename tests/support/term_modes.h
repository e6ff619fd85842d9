/*
 * Reads a program's output for what it switches in a terminal: an account of its own beside the
 * emulator, which does not know every mode.
 *
 * Knows DEC private modes (CSI ? n h/l), the keypad (ESC = and ESC >) and the redraw from scratch:
 * cursor home followed by an erase of the display.
 */
#ifndef TESTS_SUPPORT_TERM_MODES_H
#define TESTS_SUPPORT_TERM_MODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TERM_MODES_MAX 32

/* Zeroed is a terminal as it comes from its maker. */
struct term_modes {
    struct {
        unsigned number;
        bool on;
    } mode[TERM_MODES_MAX]; /* those that were ever switched */
    size_t mode_count;
    bool keypad;
    uint64_t redraws; /* so far */

    enum { TERM_MODES_TEXT, TERM_MODES_ESCAPE, TERM_MODES_CSI } state;
    bool home; /* the last sequence put the cursor home */
    bool private_mode;
    unsigned number[8];
    size_t number_count;
};

void term_modes_read(struct term_modes *t, const char *bytes, size_t n);

/* A mode that is not as it was in the beginning: its number, 1000000 for the keypad, 0 when all are
 * back. */
unsigned term_modes_left_on(const struct term_modes *t);

#endif
