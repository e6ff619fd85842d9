/*
 * Text measured in terminal cells.
 *
 * Trace text is hostile: controls, bidi overrides and malformed bytes are one replacement cell,
 * combining marks stay on their base, and nothing is ever cut inside a wide glyph. Widths are those
 * of wcwidth(), so LC_CTYPE must be the terminal's. Pure functions, no curses.
 */
#ifndef UI_TERM_CELLS_H
#define UI_TERM_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* What the terminal can show. */
struct charset {
    bool utf8;   /* code points above ASCII at all */
    bool glyphs; /* the block and line signs of glyph.h */
};

#define CELL_MAX_CHARS 3

/* One character as it is drawn: a base and at most two combining marks. */
struct cell {
    wchar_t chars[CELL_MAX_CHARS];
    int count; /* of chars */
    int width; /* 1 or 2 cells */
};

/* Takes one cell from [s, s+n), n > 0. Returns the bytes used; out_cell->count is 0 for an
 * invisible character, which is left out. */
size_t cells_next(struct charset cs, const char *s, size_t n, struct cell *out_cell);

/* Cells that [s, s+n) takes. */
int cells_width(struct charset cs, const char *s, size_t n);

/* Bytes of the longest start of [s, s+n) that takes at most `max` cells; its cells in `*out_width`
 * (may be NULL). */
size_t cells_fit(struct charset cs, const char *s, size_t n, int max, int *out_width);

/* Bytes of the shortest start whose rest takes at most `max` cells: where a tail of `max` begins.
 */
size_t cells_fit_tail(struct charset cs, const char *s, size_t n, int max);

#endif
