/*
 * The heat tables of Sources: a row for each Source, columns by size, time or heap (heat_grid.h).
 *
 * Part of the Sources screen. Loop thread only.
 */
#ifndef UI_VIEW_HEAT_TABLE_H
#define UI_VIEW_HEAT_TABLE_H

#include "ui/view/heat_axis.h"
#include "ui/view/heat_grid.h"

/* Zeroed: empty, the cursor on the first cell. */
struct heat_table {
    struct heat_grid grid;
    struct source_show show;
    struct heat_rows rows;
    struct heat_axis axis;
    struct source_cell total; /* of all rows */
};

void heat_table_release(struct heat_table *h);

/* Takes the rows: places in the summary of env's snapshot, those of Sources with nothing to show
 * are left out. The cursor stays on its cell. */
void heat_table_sync(struct heat_table *h, const struct view_env *env,
                     const struct source_show *show, const struct heat_rows *rows);

/* Appends the cell under the cursor as a condition, and in words for the way back. Returns NULL, or
 * why it is none. There is a cell. */
const char *heat_table_put_condition(const struct heat_table *h, struct strbuf *out_condition,
                                     struct strbuf *out_label);

#endif
