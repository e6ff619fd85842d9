/* Rows, columns and words of the heat tables of Sources; see heat_table.h. */
#include "ui/view/heat_table.h"

#include "answer/snapshot.h"
#include "ui/view/cell_format.h"

static const struct heat_table *of(const struct heat_grid *g)
{
    return (const struct heat_table *)g;
}

/* The Source of a row. */
static const struct source_figures *row_of(const struct heat_table *h, size_t row)
{
    return &h->rows.summary->sources[h->rows.source[row]];
}

static struct source_cell cell_of(const struct heat_table *h, size_t row, size_t column)
{
    return heat_axis_cell(&h->axis, h->rows.summary, h->rows.source[row], column);
}

/* ---- figures ---- */

static void choose(struct heat_grid *g, int cells)
{
    struct heat_table *h = (struct heat_table *)g;
    heat_axis_choose(&h->axis, &h->rows, g->env, &h->show, cells, &g->text);
    g->column_count = h->axis.count;
    g->width = h->axis.width;
}

static uint64_t value(const struct heat_grid *g, size_t row, size_t column)
{
    struct source_cell cell = cell_of(of(g), row, column);
    return source_show_value(&of(g)->show, &cell);
}

static double scaled(const struct heat_grid *g, uint64_t v, uint64_t max)
{
    return source_show_scaled(&of(g)->show, v, max);
}

static bool is_bytes(const struct heat_grid *g)
{
    return of(g)->show.figure != SOURCE_BY_COUNT;
}

/* What a cell is a share of: at a moment, of what all Sources had then. */
static uint64_t whole_of(const struct heat_grid *g, size_t column)
{
    uint64_t whole = 0;
    if (!of(g)->axis.at_end)
        return source_show_value(&of(g)->show, &of(g)->total);
    for (size_t i = 0; i < g->row_count; i++)
        whole += value(g, i, column);
    return whole;
}

/* ---- names ---- */

static uint64_t row_name(const struct heat_grid *g, size_t row)
{
    const struct source_figures *f = row_of(of(g), row);
    return f->other ? UINT64_MAX : f->source;
}

static size_t find_row(const struct heat_grid *g, uint64_t name)
{
    for (size_t i = 0; i < g->row_count; i++)
        if (row_name(g, i) == name)
            return i;
    return 0;
}

static uint64_t column_name(const struct heat_grid *g, size_t column)
{
    return heat_axis_name(&of(g)->axis, of(g)->rows.summary, column);
}

static size_t find_column(const struct heat_grid *g, uint64_t name)
{
    return heat_axis_find(&of(g)->axis, of(g)->rows.summary, name);
}

/* ---- words ---- */

static void put_source(const struct source_figures *f, struct strbuf *out)
{
    if (f->other)
        strbuf_puts(out, "further values");
    else
        cell_put_source(out, f->source);
}

static void put_words(const struct heat_grid *g, struct strbuf *out)
{
    source_show_put_words(&of(g)->show, out);
    strbuf_printf(out, ", %s%s", source_show_table_word(of(g)->show.table),
                  of(g)->axis.at_end ? ", each at its end" : "");
}

static void put_row(const struct heat_grid *g, size_t row, struct strbuf *out)
{
    put_source(row_of(of(g), row), out);
}

static void put_title(const struct heat_grid *g, size_t column, struct strbuf *out)
{
    heat_axis_put_title(&of(g)->axis, g->env, column, out);
}

/* The value first, for the line may be short. */
static void put_cell(const struct heat_grid *g, struct strbuf *out)
{
    const struct heat_table *h = of(g);
    struct source_cell cell = cell_of(h, g->row, g->column);
    uint64_t whole = whole_of(g, g->column);
    source_show_put_cell(&h->show, &cell, g->env, out);
    if (whole > 0) {
        strbuf_puts(out, ", ");
        cell_put_percent(out, source_show_value(&h->show, &cell), whole);
        strbuf_puts(out, " of all");
    }
    strbuf_puts(out, ": ");
    put_source(row_of(h, g->row), out);
    strbuf_puts(out, ", ");
    heat_axis_put_bounds(&h->axis, g->env, g->column, out);
}

static enum role row_role(const struct heat_grid *g, size_t row)
{
    return source_is_alarming(row_of(of(g), row)) ? ROLE_EVENT_FAIL : ROLE_TEXT;
}

static const char *axis_word(const struct heat_grid *g)
{
    static const char *const words[SOURCE_TABLES] = {"size", "seconds", "heap"};
    return words[of(g)->axis.table];
}

static const char *nothing(const struct heat_grid *g)
{
    static const char *const words[FOLD_SOURCE_OPS] = {
        "No alloc with a Source.", "No realloc with a Source.", "No free with a Source."};
    return of(g)->show.figure == SOURCE_OUTSTANDING ? "Nothing with a Source is outstanding."
                                                    : words[of(g)->show.op];
}

static const struct heat_grid_ops grid_ops = {
    .choose = choose,
    .value = value,
    .scaled = scaled,
    .is_bytes = is_bytes,
    .row_name = row_name,
    .column_name = column_name,
    .find_row = find_row,
    .find_column = find_column,
    .put_words = put_words,
    .put_row = put_row,
    .put_title = put_title,
    .put_cell = put_cell,
    .row_role = row_role,
    .axis_word = axis_word,
    .nothing = nothing,
};

/* ---- for the screen ---- */

void heat_table_release(struct heat_table *h)
{
    heat_grid_release(&h->grid);
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
    h->grid.ops = &grid_ops;
    h->grid.env = env;
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
    h->grid.row_count = h->rows.count;
    heat_grid_sync(&h->grid);
}

const char *heat_table_put_condition(const struct heat_table *h, struct strbuf *out_condition,
                                     struct strbuf *out_label)
{
    const struct source_figures *f = row_of(h, h->grid.row);
    if (f->other)
        return "This row stands for many values.";
    strbuf_printf(out_condition, "source == %u && ", f->source);
    /* What is outstanding at a moment is no set of rows: there the events of that time are shown.
     */
    if (!h->axis.at_end)
        strbuf_printf(out_condition, "%s && ", source_show_condition(&h->show));
    if (!heat_axis_put_condition(&h->axis, h->grid.env, h->grid.column, &h->show, out_condition))
        return "This column stands for what no filter names.";
    put_source(f, out_label);
    strbuf_puts(out_label, ", ");
    heat_axis_put_bounds(&h->axis, h->grid.env, h->grid.column, out_label);
    return NULL;
}
