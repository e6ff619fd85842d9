/* What of a list lies under the pointer, and turning the wheel over it. */
#ifndef UI_WIDGET_LIST_MOUSE_H
#define UI_WIDGET_LIST_MOUSE_H

#include "ui/widget/list.h"

enum list_part { LIST_NOWHERE, LIST_HEADER, LIST_ROW };

struct list_spot {
    enum list_part part;
    uint64_t pos;  /* LIST_ROW: the row */
    size_t column; /* LIST_NO_COLUMN between columns */
};

/* What the last frame showed at (y, x) of the screen. */
struct list_spot list_spot_at(const struct list *l, int y, int x);

/* The cell of the list's own where a column began in the last frame; -1 when it was not shown. */
int list_spot_start(const struct list *l, size_t column);

/*
 * Moves the rows by `rows`, up where that is negative, as far as there are any. Returns the row
 * that has to be selected then: the same one as long as it is in sight, else the nearest that is.
 * LIST_NO_ROW when nothing moves.
 */
uint64_t list_roll(struct list *l, int rows);

#endif
