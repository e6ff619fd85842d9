/*
 * A clipped rectangle of the screen, the only way to draw.
 *
 * Coordinates are rows and columns from the canvas' own top left; what lies outside is not drawn,
 * so every function works on a canvas of any size, 0x0 too. Colours come from roles, widths from
 * cells.h. A canvas is a small value: copy it to change its layer or scope. Loop thread only.
 */
#ifndef UI_TERM_CANVAS_H
#define UI_TERM_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/term/cells.h"
#include "ui/term/style.h"

struct matcher;
struct screen;

/* Takes texts in place of the screen; `y` is the row on the screen the text would stand in. */
struct canvas_tap {
    void (*text)(struct canvas_tap *tap, int y, const char *s, size_t n);
};

struct canvas {
    struct screen *screen; /* borrowed */
    int y, x;              /* top left on the screen */
    int rows, cols;
    enum ui_scope scope;        /* whose "view/role" lines of the theme hold */
    enum style_layer layer;     /* what the text lies on */
    const struct matcher *find; /* marked where it stands in a text; NULL: nothing. Borrowed */
    int find_row;               /* of the screen: where the marks are those of the current hit */
    struct canvas_tap *tap;     /* not NULL: nothing is drawn. Borrowed */
};

enum align { ALIGN_LEFT, ALIGN_RIGHT };
enum cut { CUT_END, CUT_MIDDLE };

/* The part of `c` at (y, x) of the given size, clipped to `c`; same scope and layer. */
struct canvas canvas_sub(const struct canvas *c, int y, int x, int rows, int cols);

/* Blanks the rectangle in the background of `role`. */
void canvas_fill(const struct canvas *c, int y, int x, int rows, int cols, enum role role);

/* Draws [s, s+n) from (y, x) to at most the right edge. Returns the cells the whole text takes,
 * drawn or not, so that columns add up. */
int canvas_text(const struct canvas *c, int y, int x, enum role role, const char *s, size_t n);
int canvas_puts(const struct canvas *c, int y, int x, enum role role, const char *s);
int canvas_printf(const struct canvas *c, int y, int x, enum role role, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/*
 * Draws the text in exactly `width` cells: filled with blanks on the side away from `align`, or cut
 * with an ellipsis at the end or in the middle when it is longer.
 */
void canvas_field(const struct canvas *c, int y, int x, int width, enum role role, enum align align,
                  enum cut cut, const char *s, size_t n);

/* Breaks the text at blanks into lines of the canvas' width from row `y` on. Returns the rows it
 * takes, drawn or not. */
int canvas_paragraph(const struct canvas *c, int y, enum role role, const char *s);

/* A horizontal bar of value/max in `width` cells, in eighths of a cell; at least one eighth when
 * the value is not 0, full only when it reaches max. */
void canvas_bar(const struct canvas *c, int y, int x, int width, enum role role, uint64_t value,
                uint64_t max);

/* A meter between two end signs, `width` cells in all (at least 3, else nothing). */
void canvas_meter(const struct canvas *c, int y, int x, int width, enum role role, uint64_t value,
                  uint64_t max);

/*
 * A sparkline of `n` values in `width` cells, scaled to the largest. More values than cells: each
 * cell shows the largest of its share. 0 is a blank. Fewer values start at the left.
 */
void canvas_spark(const struct canvas *c, int y, int x, int width, enum role role,
                  const uint64_t *values, size_t n);

/* What an area is made of: samples beside each other in a cell, levels above each other. */
struct canvas_grain {
    int samples, levels;
};

/* The finest there is: braille, where `fine` asks for it and it can be shown, else blocks. */
struct canvas_grain canvas_grain(const struct canvas *c, bool fine);

/* One column of cells of an area, of the canvas' whole height: `heights` are the levels that each
 * sample of the cell rises from the lowest row. What lies above is left alone. */
void canvas_area(const struct canvas *c, int x, enum role role, struct canvas_grain grain,
                 const int *heights);

/* A horizontal line of `width` cells. */
void canvas_line(const struct canvas *c, int y, int x, int width, enum role role);

/* Shows the terminal's cursor at (y, x) in this frame; hidden otherwise. */
void canvas_cursor(const struct canvas *c, int y, int x);

/* What the terminal can show, for cells.h. */
struct charset canvas_charset(const struct canvas *c);

#endif
