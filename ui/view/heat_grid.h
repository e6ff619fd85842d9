/*
 * A heat table: rows and columns of one figure, in a pane with a cursor.
 *
 *    -- Allocs by count, linear, by size --------
 *      size >           16      32      64    128
 *      2 low-frag     #128   #2692   #5031      .
 *    > 3 main path       .       .     [14]   _203
 *      14 allocs, 1,204 B, 1.2 % of all: 3 main path, size 64..127
 *
 * Each number stands behind a sign whose height is its value on the scale, so that the pattern
 * shows before the numbers are read. What it is a table of says the owner, which embeds the grid as
 * its first member. Loop thread only.
 */
#ifndef UI_VIEW_HEAT_GRID_H
#define UI_VIEW_HEAT_GRID_H

#include "ui/term/canvas.h"
#include "ui/view/view.h"

/* Cells before the columns: the sign of the cursor's row and a blank, then the row's name. */
#define HEAT_SIGN_CELLS  2
#define HEAT_LABEL_CELLS (HEAT_SIGN_CELLS + 14)

/* Cells of a column: a blank, the sign, four for the number; and so wide that numbers stand whole.
 */
#define HEAT_LEAST_WIDTH 6
#define HEAT_MOST_WIDTH  14

struct heat_grid;

struct heat_grid_ops {
    /* Sets column_count and width for `cells` cells of width, which may be less than 0. Allocates
     * nothing once scratch has grown. */
    void (*choose)(struct heat_grid *g, int cells);

    uint64_t (*value)(const struct heat_grid *g, size_t row, size_t column);

    /* `value` of `max` on the scale, 0 to 1: 0 only for 0. */
    double (*scaled)(const struct heat_grid *g, uint64_t value, uint64_t max);
    bool (*is_bytes)(const struct heat_grid *g); /* the values are, so that `u` holds for them */

    /* Names that stay when other rows and columns come. find_row() and find_column(): the one that
     * now holds the name, or the nearest. There is one. */
    uint64_t (*row_name)(const struct heat_grid *g, size_t row);
    uint64_t (*column_name)(const struct heat_grid *g, size_t column);
    size_t (*find_row)(const struct heat_grid *g, uint64_t name);
    size_t (*find_column)(const struct heat_grid *g, uint64_t name);

    /* All of these append. */
    void (*put_words)(const struct heat_grid *g, struct strbuf *out); /* the line above */
    void (*put_row)(const struct heat_grid *g, size_t row, struct strbuf *out);
    void (*put_title)(const struct heat_grid *g, size_t column, struct strbuf *out);
    void (*put_cell)(const struct heat_grid *g, struct strbuf *out); /* that under the cursor */

    enum role (*row_role)(const struct heat_grid *g, size_t row);
    const char *(*axis_word)(const struct heat_grid *g); /* what the columns are: "size" */
    const char *(*nothing)(const struct heat_grid *g);   /* a sentence for when there are none */
};

/* Zeroed but for `ops` and `env`: empty, the cursor on the first cell. */
struct heat_grid {
    const struct heat_grid_ops *ops;
    const struct view_env *env;         /* borrowed */
    size_t row_count;                   /* the owner's; then heat_grid_sync() */
    size_t column_count;                /* the owner's, set by ops->choose() as is the next */
    int width;                          /* cells of each column */
    uint64_t max;                       /* the greatest value */
    size_t row, column;                 /* the cursor */
    size_t top, left;                   /* the first ones on the screen */
    uint64_t wanted_row, wanted_column; /* names of what the cursor was put on */
    bool placed;                        /* somebody has moved it */
    int cols;                           /* of the last frame */
    int body;                           /* rows in the last frame */
    int y, x;                           /* where their first cell stood on the screen */
    struct strbuf text;                 /* scratch; owned */
};

void heat_grid_release(struct heat_grid *g);

/* Rows, columns or figures are others: chooses columns anew. The cursor stays on its cell. O(rows x
 * columns). */
void heat_grid_sync(struct heat_grid *g);

/* True when there are cells. */
bool heat_grid_has_cells(const struct heat_grid *g);

/* Rows of the screen it would like to have. */
int heat_grid_wants(const struct heat_grid *g, bool focused);

/* Draws it; with a cursor, and what the cell under it says, when it has the keys. */
void heat_grid_draw(struct heat_grid *g, bool focused, const struct canvas *c);

/* Moves the cursor. False when the action is none of its own, or there are no cells. */
bool heat_grid_move(struct heat_grid *g, enum action a, uint64_t count);

/* Puts the cursor on the cell at (y, x) of the screen. False when none is drawn there; `out_again`:
 * it was there already. */
bool heat_grid_point(struct heat_grid *g, int y, int x, bool *out_again);

#endif
