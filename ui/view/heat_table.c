/* Cursor, conditions and data of the heat table; heat_draw.c draws it. See heat_table.h. */
#include "ui/view/heat_table.h"

#include "answer/snapshot.h"
#include "ui/view/cell_format.h"
#include "ui/view/heat_priv.h"

void heat_table_release(struct heat_table *h)
{
    strbuf_release(&h->text);
}

const struct source_figures *heat_row(const struct heat_table *h, size_t row)
{
    return &h->rows.summary->sources[h->rows.source[row]];
}

bool heat_table_has_cells(const struct heat_table *h)
{
    return h->rows.count > 0 && h->axis.count > 0;
}

/* ---- data ---- */

static uint64_t row_name(const struct heat_table *h, size_t row)
{
    const struct source_figures *f = heat_row(h, row);
    return f->other ? UINT64_MAX : f->source;
}

static void find_cursor(struct heat_table *h)
{
    size_t row = 0;
    for (size_t i = 0; i < h->rows.count; i++)
        if (row_name(h, i) == h->row_name)
            row = i;
    h->row = row;
    h->column = heat_axis_find(&h->axis, h->rows.summary, h->column_name);
}

static void name_cursor(struct heat_table *h)
{
    h->row_name = row_name(h, h->row);
    h->column_name = heat_axis_name(&h->axis, h->rows.summary, h->column);
}

void heat_choose_columns(struct heat_table *h, int cols)
{
    h->cols = cols;
    int cells = cols - HEAT_LABEL_CELLS;
    heat_axis_choose(&h->axis, &h->rows, h->env, &h->show, cells, &h->text);
    if (!heat_table_has_cells(h)) {
        h->row = h->column = 0;
        return;
    }
    if (h->placed)
        find_cursor(h);
    else
        h->row = h->column = 0;
}

static void add_total(struct heat_table *h, const struct source_cell *c)
{
    for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++) {
        h->total.count[op] += c->count[op];
        h->total.bytes[op] += c->bytes[op];
    }
    h->total.outstanding_bytes += c->outstanding_bytes;
    h->total.outstanding_blocks += c->outstanding_blocks;
}

void heat_table_sync(struct heat_table *h, const struct view_env *env,
                     const struct source_show *show, const struct heat_rows *rows)
{
    h->env = env;
    h->show = *show;
    h->rows = (struct heat_rows){.summary = rows->summary};
    h->total = (struct source_cell){0};
    for (size_t i = 0; i < rows->count; i++) {
        const struct source_figures *f = &rows->summary->sources[rows->source[i]];
        if (!source_show_has(show, &f->f))
            continue;
        h->rows.source[h->rows.count++] = rows->source[i];
        add_total(h, &f->f);
    }
    heat_choose_columns(h, h->cols);
}

/* ---- cursor ---- */

static size_t moved(size_t at, size_t count, bool forward, uint64_t steps)
{
    size_t last = count - 1;
    if (forward)
        return steps < last - at ? at + (size_t)steps : last;
    return steps < at ? at - (size_t)steps : 0;
}

bool heat_table_move(struct heat_table *h, enum action a, uint64_t count)
{
    uint64_t steps = count > 0 ? count : 1, page = h->body > 1 ? (uint64_t)h->body - 1 : 1;
    if (!heat_table_has_cells(h))
        return false;
    switch ((int)a) {
    case ACTION_DOWN:
    case ACTION_UP:
        h->row = moved(h->row, h->rows.count, a == ACTION_DOWN, steps);
        break;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        h->column = moved(h->column, h->axis.count, a == ACTION_RIGHT, steps);
        break;
    case ACTION_FIRST:
    case ACTION_LAST:
        h->row = moved(0, h->rows.count, true,
                       count > 0          ? count - 1
                       : a == ACTION_LAST ? UINT64_MAX
                                          : 0);
        break;
    case ACTION_HALF_DOWN:
    case ACTION_PAGE_DOWN:
    case ACTION_HALF_UP:
    case ACTION_PAGE_UP:
        h->row = moved(h->row, h->rows.count, a == ACTION_HALF_DOWN || a == ACTION_PAGE_DOWN, page);
        break;
    default:
        return false;
    }
    h->placed = true;
    name_cursor(h);
    return true;
}

bool heat_table_point(struct heat_table *h, int y, int x, bool *out_again)
{
    if (!heat_table_has_cells(h) || y < h->y || y >= h->y + h->body || x < h->x)
        return false;
    size_t row = h->top + (size_t)(y - h->y);
    size_t column = h->left + (size_t)((x - h->x) / h->axis.width);
    if (row >= h->rows.count || column >= h->axis.count)
        return false;
    *out_again = row == h->row && column == h->column;
    h->row = row;
    h->column = column;
    h->placed = true;
    name_cursor(h);
    return true;
}

/* ---- conditions ---- */

void heat_put_source(const struct source_figures *f, struct strbuf *out)
{
    if (f->other)
        strbuf_puts(out, "further values");
    else
        cell_put_source(out, f->source);
}

const char *heat_table_put_condition(const struct heat_table *h, struct strbuf *out_condition,
                                     struct strbuf *out_label)
{
    const struct source_figures *f = heat_row(h, h->row);
    if (f->other)
        return "This row stands for many values.";
    strbuf_printf(out_condition, "source == %u && ", f->source);
    /* What is outstanding at a moment is no set of rows: there the events of that time are shown.
     */
    if (!h->axis.at_end)
        strbuf_printf(out_condition, "%s && ", source_show_condition(&h->show));
    if (!heat_axis_put_condition(&h->axis, h->env, h->column, &h->show, out_condition))
        return "This column stands for what no filter names.";
    heat_put_source(f, out_label);
    strbuf_puts(out_label, ", ");
    heat_axis_put_bounds(&h->axis, h->env, h->column, out_label);
    return NULL;
}
