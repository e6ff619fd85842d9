/* Rows, columns and words of the heat table of sizes; see size_heat.h. */
#include "ui/view/sizes/size_heat.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "ui/view/cell_format.h"

/* The column of what has not ended. */
#define ALIVE LIFE_CLASSES

static const struct size_heat *of(const struct heat_grid *g)
{
    return (const struct size_heat *)g;
}

static const struct size_row *row_at(const struct heat_grid *g, size_t row)
{
    return size_list_at(of(g)->list, of(g)->rows[row]);
}

/* ---- figures ---- */

/* What a cell is: blocks and bytes. */
struct amount {
    uint64_t count, bytes;
};

static struct amount life_cell(const struct size_show *s, const struct size_row *r, unsigned what)
{
    if (what == ALIVE)
        return (struct amount){r->f.outstanding_blocks, r->f.outstanding_bytes};
    if (s->figure == SIZE_FIGURE_OUTSTANDING)
        return (struct amount){0, 0};
    return (struct amount){r->life[what].blocks, r->life[what].bytes};
}

static struct amount source_cell(const struct size_show *s, const struct size_row *r, unsigned what)
{
    const struct size_cell *c = &r->source[what];
    if (s->figure == SIZE_FIGURE_OUTSTANDING)
        return (struct amount){c->outstanding_blocks, c->outstanding_bytes};
    return (struct amount){c->allocs, c->alloc_bytes};
}

static struct amount cell_of(const struct size_show *s, const struct size_row *r, unsigned what)
{
    return s->cross == SIZE_CROSS_LIFE ? life_cell(s, r, what) : source_cell(s, r, what);
}

static unsigned kinds_of_columns(const struct size_show *s)
{
    return s->cross == SIZE_CROSS_LIFE ? LIFE_CLASSES + 1 : (unsigned)SIZE_SOURCES;
}

static uint64_t value(const struct heat_grid *g, size_t row, size_t column)
{
    struct amount c = cell_of(&of(g)->show, row_at(g, row), of(g)->columns[column]);
    return of(g)->show.figure == SIZE_FIGURE_COUNT ? c.count : c.bytes;
}

static double scaled(const struct heat_grid *g, uint64_t v, uint64_t max)
{
    return size_show_scaled(&of(g)->show, v, max);
}

static bool is_bytes(const struct heat_grid *g)
{
    return of(g)->show.figure != SIZE_FIGURE_COUNT;
}

/* ---- columns ---- */

static bool has_any(const struct heat_grid *g, unsigned what)
{
    for (size_t i = 0; i < g->row_count; i++)
        if (cell_of(&of(g)->show, row_at(g, i), what).count > 0)
            return true;
    return false;
}

/* Lifetimes without gaps between the first and the last one there is. */
static void choose_columns(struct size_heat *h)
{
    struct heat_grid *g = &h->grid;
    unsigned all = kinds_of_columns(&h->show), end = all;
    g->column_count = 0;
    bool gaps = h->show.cross == SIZE_CROSS_LIFE;
    if (gaps)
        for (end = LIFE_CLASSES; end > 0 && !has_any(g, end - 1);)
            end--;
    for (unsigned what = 0; what < all; what++) {
        bool between = gaps && g->column_count > 0 && what < end;
        if (between || has_any(g, what))
            h->columns[g->column_count++] = (uint8_t)what;
    }
}

static void put_source_name(unsigned source, struct strbuf *out)
{
    if (source == SIZE_NO_SOURCE)
        strbuf_puts(out, "none");
    else if (source == SIZE_OTHER_SOURCE)
        strbuf_puts(out, "further");
    else
        strbuf_puts(out, heap_source_name(source));
}

static void put_title(const struct heat_grid *g, size_t column, struct strbuf *out)
{
    unsigned what = of(g)->columns[column];
    if (of(g)->show.cross == SIZE_CROSS_SOURCE)
        put_source_name(what, out);
    else if (what == ALIVE)
        strbuf_puts(out, "alive");
    else
        size_show_put_life_title(what, out);
}

static int longest_title(struct heat_grid *g)
{
    size_t longest = 0;
    for (size_t i = 0; i < g->column_count; i++) {
        strbuf_clear(&g->text);
        put_title(g, i, &g->text);
        longest = g->text.len > longest ? g->text.len : longest;
    }
    return (int)longest;
}

/* Wide enough for whole numbers and titles where that costs no column. */
static void choose(struct heat_grid *g, int cells)
{
    choose_columns((struct size_heat *)g);
    int each = g->column_count > 0 ? cells / (int)g->column_count : 0;
    int title = longest_title(g), most = title >= HEAT_MOST_WIDTH ? title + 1 : HEAT_MOST_WIDTH;
    g->width = each > most ? most : each > HEAT_LEAST_WIDTH ? each : HEAT_LEAST_WIDTH;
}

/* ---- names ---- */

static uint64_t row_name(const struct heat_grid *g, size_t row)
{
    return size_row_id(row_at(g, row));
}

/* Rows of another kind: the one that holds the size, or the nearest below. */
static size_t find_row(const struct heat_grid *g, uint64_t name)
{
    size_t best = 0;
    uint64_t nearest = 0;
    for (size_t i = 0; i < g->row_count; i++) {
        uint64_t its = row_name(g, i);
        if (its <= name && its >= nearest) {
            nearest = its;
            best = i;
        }
    }
    return best;
}

static uint64_t column_name(const struct heat_grid *g, size_t column)
{
    return of(g)->columns[column];
}

static size_t find_column(const struct heat_grid *g, uint64_t name)
{
    size_t best = 0;
    for (size_t i = 0; i < g->column_count; i++)
        if (of(g)->columns[i] <= name)
            best = i;
    return best;
}

/* ---- words ---- */

static void put_words(const struct heat_grid *g, struct strbuf *out)
{
    static const char *const lives[SIZE_FIGURES] = {"Blocks by count", "Blocks by bytes",
                                                    "Outstanding bytes"};
    const struct size_show *s = &of(g)->show;
    if (s->cross == SIZE_CROSS_SOURCE)
        size_show_put_words(s, out);
    else
        strbuf_printf(out, "%s, %s", lives[s->figure], s->log ? "log" : "linear");
    strbuf_puts(out, s->cross == SIZE_CROSS_SOURCE ? ", by Source" : ", by lifetime");
}

static void put_row(const struct heat_grid *g, size_t row, struct strbuf *out)
{
    size_show_put_row(of(g)->list->table->kind, row_at(g, row), out);
}

static void put_column_words(const struct size_heat *h, unsigned what, struct strbuf *out)
{
    if (h->show.cross == SIZE_CROSS_SOURCE) {
        strbuf_puts(out, "Source ");
        put_source_name(what, out);
    } else if (what == ALIVE) {
        strbuf_puts(out, "alive");
    } else {
        size_show_put_life_words(what, out);
    }
}

static void put_counted(struct strbuf *out, uint64_t n, const char *one, const char *many)
{
    text_put_grouped(out, n);
    strbuf_printf(out, " %s", n == 1 ? one : many);
}

/* The value first, for the line may be short. */
static void put_cell(const struct heat_grid *g, struct strbuf *out)
{
    const struct size_heat *h = of(g);
    unsigned what = h->columns[g->column];
    struct amount c = cell_of(&h->show, row_at(g, g->row), what);
    bool blocks = h->show.cross == SIZE_CROSS_LIFE || h->show.figure == SIZE_FIGURE_OUTSTANDING;
    put_counted(out, c.count, blocks ? "block" : "alloc", blocks ? "blocks" : "allocs");
    strbuf_puts(out, ", ");
    cell_put_bytes(out, g->env, c.bytes);
    if (h->total > 0) {
        strbuf_puts(out, ", ");
        cell_put_percent(out, value(g, g->row, g->column), h->total);
        strbuf_puts(out, " of all");
    }
    strbuf_puts(out, ": ");
    size_show_put_sizes(row_at(g, g->row), out);
    strbuf_puts(out, ", ");
    put_column_words(h, what, out);
}

static enum role row_role(const struct heat_grid *g, size_t row)
{
    (void)g;
    (void)row;
    return ROLE_TEXT;
}

static const char *axis_word(const struct heat_grid *g)
{
    return of(g)->show.cross == SIZE_CROSS_SOURCE ? "Source" : "lived";
}

static const char *nothing(const struct heat_grid *g)
{
    return of(g)->show.figure == SIZE_FIGURE_OUTSTANDING ? "Nothing is outstanding."
           : of(g)->show.cross == SIZE_CROSS_SOURCE      ? "No alloc took effect."
                                                         : "No block ended, and none is alive.";
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

void size_heat_release(struct size_heat *h)
{
    heat_grid_release(&h->grid);
    free(h->rows);
}

/* Adds up a row; false when none of its cells has anything. */
static bool count_row(struct size_heat *h, const struct size_row *r)
{
    bool any = false;
    for (unsigned what = 0; what < kinds_of_columns(&h->show); what++) {
        struct amount c = cell_of(&h->show, r, what);
        any = any || c.count > 0;
        h->total += h->show.figure == SIZE_FIGURE_COUNT ? c.count : c.bytes;
    }
    return any;
}

void size_heat_sync(struct size_heat *h, const struct size_list *list, const struct size_show *show)
{
    h->grid.ops = &grid_ops;
    h->grid.env = list->env;
    h->show = *show;
    h->list = list;
    h->total = 0;
    h->grid.row_count = 0;
    size_t count = show->cross != SIZE_CROSS_NONE ? size_list_count(list) : 0;
    if (count > h->row_cap) {
        h->row_cap = count;
        h->rows = base_xrealloc(h->rows, h->row_cap, sizeof *h->rows);
    }
    for (size_t i = 0; i < count; i++)
        if (count_row(h, size_list_at(list, i)))
            h->rows[h->grid.row_count++] = i;
    heat_grid_sync(&h->grid);
}

/* What the column stands for. Allocs and Frees of a lifetime's blocks: both tell it. */
static const char *put_column_condition(const struct size_heat *h, struct strbuf *out)
{
    unsigned what = h->columns[h->grid.column];
    if (h->show.cross == SIZE_CROSS_LIFE) {
        if (what == ALIVE)
            strbuf_puts(out, "live");
        else
            size_show_put_life_condition(what, out);
        return NULL;
    }
    if (what == SIZE_OTHER_SOURCE)
        return "This column stands for many values.";
    strbuf_puts(out, h->show.figure == SIZE_FIGURE_OUTSTANDING ? "live && " : "op == alloc && ");
    if (what == SIZE_NO_SOURCE)
        strbuf_puts(out, "!(source >= 0)");
    else
        strbuf_printf(out, "source == %u", what);
    return NULL;
}

const char *size_heat_put_condition(const struct size_heat *h, struct strbuf *out_condition,
                                    struct strbuf *out_label)
{
    const struct size_row *r = row_at(&h->grid, h->grid.row);
    if (!size_show_put_condition(r, out_condition))
        return "This row stands for many sizes.";
    strbuf_puts(out_condition, " && ");
    const char *why_not = put_column_condition(h, out_condition);
    if (why_not != NULL)
        return why_not;
    size_show_put_sizes(r, out_label);
    strbuf_puts(out_label, ", ");
    put_column_words(h, h->columns[h->grid.column], out_label);
    return NULL;
}
