/* The virtual list: position, selection, follow, sorting. list_draw.c draws it. */
#include "ui/widget/list.h"

#include <assert.h>

void list_init(struct list *l, const struct list_source *source, void *ctx,
               const struct list_column *columns, size_t column_count)
{
    assert(column_count > 0 && column_count <= LIST_MAX_COLUMNS);
    *l = (struct list){
        .source = source,
        .ctx = ctx,
        .columns = columns,
        .column_count = column_count,
        .id = LIST_NO_ROW,
        .height = 1,
        .sort_column = LIST_NO_COLUMN,
        .empty_text = "",
    };
}

void list_release(struct list *l)
{
    strbuf_release(&l->text);
}

static uint64_t add_saturated(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static uint64_t subtract_saturated(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

/* Puts `top` where the selection shows, with the margin where there is room for one. */
static void scroll_to_selection(struct list *l)
{
    uint64_t height = (uint64_t)l->height;
    uint64_t margin = (height - 1) / 2 < LIST_MARGIN ? (height - 1) / 2 : LIST_MARGIN;
    uint64_t last_top = subtract_saturated(l->count, height);
    if (l->pos < add_saturated(l->top, margin))
        l->top = subtract_saturated(l->pos, margin);
    else if (l->pos - l->top > height - 1 - margin)
        l->top = l->pos - (height - 1 - margin);
    if (l->top > last_top)
        l->top = last_top;
}

/* Moves the selection to `pos`, which is clamped; upwards ends follow mode. */
static void select_pos(struct list *l, uint64_t pos)
{
    if (l->count == 0)
        return;
    if (pos >= l->count)
        pos = l->count - 1;
    if (pos < l->pos)
        l->follow = false;
    l->pos = pos;
    l->id = l->source->row_id(l->ctx, pos);
    scroll_to_selection(l);
    l->line = l->pos - l->top;
}

/* Where the chosen row is among `count` > 0 rows now. */
static uint64_t find_selection(const struct list *l, uint64_t count)
{
    if (l->follow)
        return count - 1;
    uint64_t pos = l->id == LIST_NO_ROW ? 0 : l->source->pos_of(l->ctx, l->id);
    return pos < count ? pos : count - 1;
}

void list_sync(struct list *l)
{
    list_columns_keep_cursor(l);
    l->count = l->source->count(l->ctx);
    if (l->count == 0) {
        l->pos = l->top = 0;
        return;
    }
    l->pos = find_selection(l, l->count);
    l->top = subtract_saturated(l->pos, l->line);
    if (l->follow)
        l->id = l->source->row_id(l->ctx, l->pos);
    scroll_to_selection(l);
}

void list_go(struct list *l, uint64_t pos)
{
    l->follow = false;
    select_pos(l, pos);
}

void list_jump(struct list *l, uint64_t pos)
{
    uint64_t height = (uint64_t)l->height;
    if (pos < l->top || pos - l->top >= height)
        l->top = subtract_saturated(pos, height / 2);
    list_go(l, pos);
}

struct list_place list_place(const struct list *l)
{
    return (struct list_place){.id = l->id,
                               .line = l->line,
                               .column = l->column,
                               .sort_column = l->sort_column,
                               .sort_descending = l->sort_descending,
                               .follow = l->follow};
}

void list_return(struct list *l, const struct list_place *place)
{
    l->id = place->id;
    l->line = place->line;
    l->column = place->column;
    list_set_sort(l, place->sort_column, place->sort_descending);
    l->follow = place->follow;
}

void list_set_height(struct list *l, int rows)
{
    l->height = rows > 0 ? rows : 1;
    scroll_to_selection(l);
}

void list_set_follow(struct list *l, bool on)
{
    l->follow = on;
    if (on)
        select_pos(l, UINT64_MAX);
}

void list_set_sort(struct list *l, size_t column, bool descending)
{
    l->sort_column = column;
    l->sort_descending = descending;
}

bool list_sort_by(struct list *l, size_t column)
{
    if (column >= l->column_count || !l->columns[column].sortable)
        return false;
    bool again = column == l->sort_column;
    list_set_sort(l, column, again ? !l->sort_descending : l->columns[column].align == ALIGN_RIGHT);
    return true;
}

/* Where a column stands among those shown; past the end when it is not. */
static size_t place_in(const size_t *shown, size_t n, size_t column)
{
    size_t place = 0;
    while (place < n && shown[place] != column)
        place++;
    return place;
}

/* The next sortable column after the present one; numbers sort largest first. */
static bool sort_next(struct list *l)
{
    size_t shown[LIST_MAX_COLUMNS];
    size_t n = list_columns_shown(l, shown), at = place_in(shown, n, l->sort_column);
    for (size_t step = 1; step <= n; step++) {
        size_t next = at == n ? step - 1 : (at + step) % n;
        if (shown[next] != l->sort_column && list_sort_by(l, shown[next]))
            return true;
    }
    return l->sort_column != LIST_NO_COLUMN;
}

static bool sort_reverse(struct list *l)
{
    if (l->sort_column == LIST_NO_COLUMN)
        return sort_next(l);
    l->sort_descending = !l->sort_descending;
    return true;
}

/* Moves selection and page together, so that the selection keeps its line. */
static void page(struct list *l, bool down, uint64_t page_rows, uint64_t steps)
{
    uint64_t rows;
    if (__builtin_mul_overflow(page_rows, steps, &rows))
        rows = UINT64_MAX;
    uint64_t top = down ? add_saturated(l->top, rows) : subtract_saturated(l->top, rows);
    uint64_t last_top = subtract_saturated(l->count, (uint64_t)l->height);
    l->top = top < last_top ? top : last_top;
    select_pos(l, down ? add_saturated(l->pos, rows) : subtract_saturated(l->pos, rows));
}

static void move_column(struct list *l, bool right, uint64_t steps)
{
    size_t shown[LIST_MAX_COLUMNS];
    size_t n = list_columns_shown(l, shown), at = place_in(shown, n, l->column);
    uint64_t to = right ? add_saturated(at, steps) : subtract_saturated(at, steps);
    l->column = shown[to < n ? to : n - 1];
}

bool list_action(struct list *l, enum action a, uint64_t count)
{
    uint64_t steps = count > 0 ? count : 1, height = (uint64_t)l->height;
    uint64_t whole = height > 1 ? height - 1 : 1, half = height > 2 ? height / 2 : 1;
    switch ((int)a) {
    case ACTION_DOWN:
        select_pos(l, add_saturated(l->pos, steps));
        return true;
    case ACTION_UP:
        select_pos(l, subtract_saturated(l->pos, steps));
        return true;
    case ACTION_HALF_DOWN:
    case ACTION_HALF_UP:
        page(l, a == ACTION_HALF_DOWN, half, steps);
        return true;
    case ACTION_PAGE_DOWN:
    case ACTION_PAGE_UP:
        page(l, a == ACTION_PAGE_DOWN, whole, steps);
        return true;
    case ACTION_FIRST:
        select_pos(l, count > 0 ? count - 1 : 0);
        return true;
    case ACTION_LAST:
        select_pos(l, count > 0 ? count - 1 : UINT64_MAX);
        return true;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        move_column(l, a == ACTION_RIGHT, steps);
        return true;
    case ACTION_SORT_NEXT:
        return sort_next(l);
    case ACTION_SORT_REVERSE:
        return sort_reverse(l);
    default:
        return false;
    }
}
