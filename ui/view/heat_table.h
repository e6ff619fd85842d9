/*
 * The heat table: a row for each Source, columns by size, time or heap, in a pane with a cursor.
 *
 *    -- Allocs by count, linear, by size --------
 *      size >           16      32      64    128
 *      2 low-frag     #128   #2692   #5031      .
 *    > 3 main path       .       .     [14]   _203
 *      14 allocs, 1,204 B, 1.2 % of all: 3 main path, size 64..127
 *
 * Each number stands behind a sign whose height is its value on the scale, so that the pattern
 * shows before the numbers are read. Part of the Sources screen. Loop thread only.
 */
#ifndef UI_VIEW_HEAT_TABLE_H
#define UI_VIEW_HEAT_TABLE_H

#include "ui/term/canvas.h"
#include "ui/view/heat_axis.h"

/* Zeroed: empty, the cursor on the first cell. */
struct heat_table {
    const struct view_env *env; /* borrowed; set by heat_table_sync() */
    struct source_show show;
    struct heat_rows rows;
    struct heat_axis axis;
    struct source_cell total;       /* of all rows */
    size_t row, column;             /* the cursor */
    size_t top, left;               /* the first ones on the screen */
    uint64_t row_name, column_name; /* what the cursor was put on, while others come and go */
    bool placed;                    /* somebody has moved it */
    int cols;                       /* of the last frame */
    int body;                       /* rows of Sources in the last frame */
    int y, x;                       /* where their first cell stood on the screen */
    struct strbuf text;             /* scratch; owned */
};

void heat_table_release(struct heat_table *h);

/* Takes the rows: places in the summary of env's snapshot, those of Sources with nothing to show
 * are left out. The cursor stays on its cell. */
void heat_table_sync(struct heat_table *h, const struct view_env *env,
                     const struct source_show *show, const struct heat_rows *rows);

/* Rows of the screen it would like to have. */
int heat_table_wants(const struct heat_table *h, bool focused);

/* Draws it; with a cursor, and what the cell under it says, when it has the keys. */
void heat_table_draw(struct heat_table *h, bool focused, const struct canvas *c);

/* Moves the cursor. False when the action is none of its own, or there are no cells. */
bool heat_table_move(struct heat_table *h, enum action a, uint64_t count);

/* Puts the cursor on the cell at (y, x) of the screen. False when none is drawn there; `out_again`:
 * it was there already. */
bool heat_table_point(struct heat_table *h, int y, int x, bool *out_again);

/* Appends the cell under the cursor as a condition, and in words for the way back. Returns NULL, or
 * why it is none. There is a cell. */
const char *heat_table_put_condition(const struct heat_table *h, struct strbuf *out_condition,
                                     struct strbuf *out_label);

/* True when there are cells. */
bool heat_table_has_cells(const struct heat_table *h);

#endif
