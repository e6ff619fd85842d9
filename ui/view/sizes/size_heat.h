/*
 * The heat table of Sizes: a row for each row of the list, columns by lifetime or by Source
 * (heat_grid.h).
 *
 * By lifetime it counts blocks, those that ended by how long they lived and those that are alive;
 * by Source the figure of the list. Loop thread only.
 */
#ifndef UI_VIEW_SIZES_SIZE_HEAT_H
#define UI_VIEW_SIZES_SIZE_HEAT_H

#include "ui/view/heat_grid.h"
#include "ui/view/sizes/size_list.h"

/* The classes of lifetimes and what is alive, or the Sources. */
#define SIZE_HEAT_COLUMNS (LIFE_CLASSES + 1)

/* Zeroed: empty. */
struct size_heat {
    struct heat_grid grid;
    struct size_show show;
    const struct size_list *list; /* borrowed */
    size_t *rows;                 /* positions in it of the rows that have something; owned */
    size_t row_cap;
    uint64_t total;                     /* of all cells */
    uint8_t columns[SIZE_HEAT_COLUMNS]; /* what each stands for */
};

void size_heat_release(struct size_heat *h);

/* Takes the rows of the list in its order. The cursor stays on its cell. O(rows). */
void size_heat_sync(struct size_heat *h, const struct size_list *list,
                    const struct size_show *show);

/* Appends the cell under the cursor as a condition, and in words for the way back. Returns NULL, or
 * why it is none. There is a cell. */
const char *size_heat_put_condition(const struct size_heat *h, struct strbuf *out_condition,
                                    struct strbuf *out_label);

#endif
