/* The list and the pointer (see list_mouse.h). */
#include "ui/widget/list_mouse.h"

#include "ui/widget/list_layout.h"

static size_t column_at(const struct list *l, int x)
{
    struct list_layout lay;
    list_layout(l, l->drawn.cols, &lay);
    for (size_t i = 0; i < lay.count; i++)
        if (x >= lay.x[i] && x < lay.x[i] + lay.width[i])
            return lay.column[i];
    return LIST_NO_COLUMN;
}

int list_spot_start(const struct list *l, size_t column)
{
    struct list_layout lay;
    list_layout(l, l->drawn.cols, &lay);
    for (size_t i = 0; i < lay.count; i++)
        if (lay.column[i] == column)
            return lay.x[i];
    return -1;
}

struct list_spot list_spot_at(const struct list *l, int y, int x)
{
    const struct canvas *c = &l->drawn;
    struct list_spot spot = {LIST_NOWHERE, 0, LIST_NO_COLUMN};
    int line = y - c->y, header = c->rows > 1 ? 1 : 0;
    if (line < 0 || line >= c->rows || x < c->x || x >= c->x + c->cols)
        return spot;
    spot.column = column_at(l, x - c->x);
    spot.pos = l->top + (uint64_t)(line - header);
    if (line < header)
        spot.part = LIST_HEADER;
    else if (spot.pos < l->count)
        spot.part = LIST_ROW;
    return spot;
}

uint64_t list_roll(struct list *l, int rows)
{
    uint64_t height = (uint64_t)l->height, step = (uint64_t)(rows < 0 ? -rows : rows);
    uint64_t last_top = l->count > height ? l->count - height : 0;
    uint64_t room = rows < 0 ? l->top : last_top - (l->top < last_top ? l->top : last_top);
    step = step < room ? step : room;
    if (step == 0)
        return LIST_NO_ROW;
    l->top = rows < 0 ? l->top - step : l->top + step;
    /* At the ends the list itself lets the selection come to the edge. */
    uint64_t margin = (height - 1) / 2 < LIST_MARGIN ? (height - 1) / 2 : LIST_MARGIN;
    uint64_t first = l->top + margin, last = l->top + height - 1 - margin;
    if (rows > 0)
        return l->pos < first ? first : l->pos;
    return l->pos > last ? last : l->pos;
}
