/* The cursor of a heat table; heat_draw.c draws it. See heat_grid.h. */
#include "ui/view/heat_grid.h"

void heat_grid_release(struct heat_grid *g)
{
    strbuf_release(&g->text);
}

bool heat_grid_has_cells(const struct heat_grid *g)
{
    return g->row_count > 0 && g->column_count > 0;
}

static uint64_t largest_value(const struct heat_grid *g)
{
    uint64_t largest = 0;
    for (size_t i = 0; i < g->row_count; i++)
        for (size_t k = 0; k < g->column_count; k++) {
            uint64_t value = g->ops->value(g, i, k);
            largest = value > largest ? value : largest;
        }
    return largest;
}

void heat_grid_sync(struct heat_grid *g)
{
    g->ops->choose(g, g->cols - HEAT_LABEL_CELLS);
    g->max = largest_value(g);
    g->row = g->column = 0;
    if (!heat_grid_has_cells(g) || !g->placed)
        return;
    g->row = g->ops->find_row(g, g->wanted_row);
    g->column = g->ops->find_column(g, g->wanted_column);
}

static void name_cursor(struct heat_grid *g)
{
    g->placed = true;
    g->wanted_row = g->ops->row_name(g, g->row);
    g->wanted_column = g->ops->column_name(g, g->column);
}

static size_t moved(size_t at, size_t count, bool forward, uint64_t steps)
{
    size_t last = count - 1;
    if (forward)
        return steps < last - at ? at + (size_t)steps : last;
    return steps < at ? at - (size_t)steps : 0;
}

bool heat_grid_move(struct heat_grid *g, enum action a, uint64_t count)
{
    uint64_t steps = count > 0 ? count : 1, page = g->body > 1 ? (uint64_t)g->body - 1 : 1;
    if (!heat_grid_has_cells(g))
        return false;
    switch ((int)a) {
    case ACTION_DOWN:
    case ACTION_UP:
        g->row = moved(g->row, g->row_count, a == ACTION_DOWN, steps);
        break;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        g->column = moved(g->column, g->column_count, a == ACTION_RIGHT, steps);
        break;
    case ACTION_FIRST:
    case ACTION_LAST:
        g->row = moved(0, g->row_count, true,
                       count > 0          ? count - 1
                       : a == ACTION_LAST ? UINT64_MAX
                                          : 0);
        break;
    case ACTION_HALF_DOWN:
    case ACTION_PAGE_DOWN:
    case ACTION_HALF_UP:
    case ACTION_PAGE_UP:
        g->row = moved(g->row, g->row_count, a == ACTION_HALF_DOWN || a == ACTION_PAGE_DOWN, page);
        break;
    default:
        return false;
    }
    name_cursor(g);
    return true;
}

bool heat_grid_point(struct heat_grid *g, int y, int x, bool *out_again)
{
    if (!heat_grid_has_cells(g) || y < g->y || y >= g->y + g->body || x < g->x)
        return false;
    size_t row = g->top + (size_t)(y - g->y);
    size_t column = g->left + (size_t)((x - g->x) / g->width);
    if (row >= g->row_count || column >= g->column_count)
        return false;
    *out_again = row == g->row && column == g->column;
    g->row = row;
    g->column = column;
    name_cursor(g);
    return true;
}
