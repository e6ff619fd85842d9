/*
 * Where the columns of a list stand on a screen of some width.
 *
 * Of the shown columns those that fit are placed, by priority; the one under the cursor always is,
 * so moving left and right reaches all of them. What is left over widens columns that can use it.
 * Pure computation; for drawing, the mouse and tests.
 */
#ifndef UI_WIDGET_LIST_LAYOUT_H
#define UI_WIDGET_LIST_LAYOUT_H

#include "ui/widget/list.h"

/* Cells before the first column: the sign and a blank. */
#define LIST_GUTTER 2

struct list_layout {
    size_t count;                                     /* columns placed; at least one */
    size_t column[LIST_MAX_COLUMNS];                  /* from left to right */
    int x[LIST_MAX_COLUMNS], width[LIST_MAX_COLUMNS]; /* cells of the list's canvas */
    bool more_left, more_right; /* shown columns left out, on that side of the cursor's */
};

/* Places the columns in `cols` cells. When some are left out the last cell stays free for the sign
 * that says so. */
void list_layout(const struct list *l, int cols, struct list_layout *out_layout);

#endif
