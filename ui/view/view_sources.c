/*
 * Sources: where the allocator took the memory from.
 *
 * Above a table with a row for each Source, below it the heat table Source x size class. The six
 * documented Sources always have a row, others when the trace has them. Loop thread only.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/snapshot.h"
#include "ui/view/cell_format.h"
#include "ui/view/condition.h"
#include "ui/view/heat_table.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"
#include "ui/widget/list.h"

#define KNOWN_SOURCES 6
#define MAX_ROWS      (FOLD_SOURCES + KNOWN_SOURCES)

/* A figure with its share: the number, then a bar, then the percentage, as far as there is room. */
#define NUMBER_CELLS  12
#define PERCENT_CELLS 7
#define LEAST_BAR     6
#define WITH_PERCENT  (NUMBER_CELLS + PERCENT_CELLS)
#define WITH_BAR      (WITH_PERCENT + 1 + LEAST_BAR)

/* Frees and ReAllocs are shown from this width on. */
#define WIDE 130

/* Rows that the heat table gets, if it has them, even when the table above has to scroll. */
#define LEAST_HEAT 3

enum column {
    COLUMN_SOURCE,
    COLUMN_ALLOCS,
    COLUMN_BYTES,
    COLUMN_OUTSTANDING,
    COLUMN_BLOCKS,
    COLUMN_FREES,
    COLUMN_REALLOCS,
    COLUMN_COUNT
};

struct sources_view {
    struct view view;
    struct list list;
    struct list_column columns[COLUMN_COUNT];
    struct strbuf empty;           /* why there are no rows */
    struct strbuf text;            /* scratch */
    const struct summary *summary; /* of the snapshot shown; borrowed */
    struct source_figures rows[MAX_ROWS];
    size_t row_count;
    const struct source_figures *row; /* being drawn */
    struct source_figures total;
};

static const struct source_figures *find_source(const struct summary *s, uint32_t source)
{
    for (size_t i = 0; i < s->source_count; i++)
        if (!s->sources[i].other && s->sources[i].source == source)
            return &s->sources[i];
    return NULL;
}

static void add_up(struct source_figures *total, const struct source_figures *f)
{
    for (size_t op = 0; op < FOLD_SOURCE_OPS; op++) {
        total->count[op] += f->count[op];
        total->bytes[op] += f->bytes[op];
    }
    total->outstanding_bytes += f->outstanding_bytes;
    total->outstanding_blocks += f->outstanding_blocks;
}

/* The known ones in their order, then every other value. */
static void make_rows(struct sources_view *v)
{
    const struct summary *s = v->summary;
    v->row_count = 0;
    v->total = (struct source_figures){0};
    if (s == NULL || s->rows == 0)
        return;
    for (uint32_t source = 1; source <= KNOWN_SOURCES; source++) {
        const struct source_figures *f = find_source(s, source);
        v->rows[v->row_count++] = f != NULL ? *f : (struct source_figures){.source = source};
    }
    for (size_t i = 0; i < s->source_count && v->row_count < MAX_ROWS; i++) {
        const struct source_figures *f = &s->sources[i];
        if (f->other || f->source == 0 || f->source > KNOWN_SOURCES)
            v->rows[v->row_count++] = *f;
        add_up(&v->total, f);
    }
}

/* ---- rows ---- */

static uint64_t count_rows(void *ctx)
{
    return ((const struct sources_view *)ctx)->row_count;
}

static bool is_unused(const struct source_figures *f)
{
    return f->count[FOLD_SOURCE_ALLOC] + f->count[FOLD_SOURCE_REALLOC] +
               f->count[FOLD_SOURCE_FREE] ==
           0;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct sources_view *v = ctx;
    v->row = &v->rows[pos];
    if (is_unused(v->row))
        out_row->role = ROLE_TEXT_MUTED;
}

/* `other` shares no value with anyone: its slot's own value stands for nothing. */
static uint64_t id_of(const struct source_figures *f)
{
    return f->other ? UINT32_MAX + UINT64_C(1) : f->source;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    return id_of(&((const struct sources_view *)ctx)->rows[pos]);
}

static uint64_t pos_of(void *ctx, uint64_t id)
{
    const struct sources_view *v = ctx;
    for (size_t i = 0; i < v->row_count; i++)
        if (id_of(&v->rows[i]) == id)
            return i;
    return 0;
}

static const struct list_source source_rows = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

/* ---- cells ---- */

static void put_name(struct strbuf *b, const struct source_figures *f)
{
    if (f->other)
        strbuf_puts(b, "all further values");
    else
        cell_put_source(b, f->source);
}

static void put_source(void *ctx, struct list_cell *cell)
{
    put_name(cell->text, ((const struct sources_view *)ctx)->row);
}

static void draw_share(struct sources_view *v, const struct canvas *box, enum role role,
                       uint64_t value, uint64_t whole)
{
    int number = box->cols < NUMBER_CELLS ? box->cols : NUMBER_CELLS;
    canvas_field(box, 0, 0, number, role, ALIGN_RIGHT, CUT_END, strbuf_str(&v->text), v->text.len);
    int left = box->cols - number;
    if (left < PERCENT_CELLS || value == 0)
        return;
    strbuf_clear(&v->text);
    cell_put_percent(&v->text, value, whole);
    canvas_field(box, 0, box->cols - PERCENT_CELLS, PERCENT_CELLS, role, ALIGN_RIGHT, CUT_END,
                 strbuf_str(&v->text), v->text.len);
    int bar = left - PERCENT_CELLS - 1;
    if (bar >= LEAST_BAR)
        canvas_bar(box, 0, number + 1, bar, ROLE_GRAPH_BAR, value, whole);
}

static void draw_count(void *ctx, const struct canvas *box, enum role row_role)
{
    struct sources_view *v = ctx;
    strbuf_clear(&v->text);
    struct list_cell cell = {&v->text, row_role, NUMBER_CELLS};
    uint64_t count = v->row->count[FOLD_SOURCE_ALLOC];
    cell_show_count(&cell, count);
    draw_share(v, box, cell.role, count, v->total.count[FOLD_SOURCE_ALLOC]);
}

static void draw_size_share(struct sources_view *v, const struct canvas *box, enum role role,
                            uint64_t bytes, uint64_t whole)
{
    strbuf_clear(&v->text);
    struct list_cell cell = {&v->text, role, NUMBER_CELLS};
    cell_show_bytes(&cell, v->view.env, bytes);
    draw_share(v, box, cell.role, bytes, whole);
}

static void draw_bytes(void *ctx, const struct canvas *box, enum role row_role)
{
    struct sources_view *v = ctx;
    draw_size_share(v, box, row_role, v->row->bytes[FOLD_SOURCE_ALLOC],
                    v->total.bytes[FOLD_SOURCE_ALLOC]);
}

static void draw_live(void *ctx, const struct canvas *box, enum role row_role)
{
    struct sources_view *v = ctx;
    draw_size_share(v, box, row_role == ROLE_TEXT ? ROLE_OUTSTANDING : row_role,
                    v->row->outstanding_bytes, v->total.outstanding_bytes);
}

static void put_blocks(void *ctx, struct list_cell *cell)
{
    cell_show_count(cell, ((const struct sources_view *)ctx)->row->outstanding_blocks);
}

static void put_frees(void *ctx, struct list_cell *cell)
{
    cell_show_count(cell, ((const struct sources_view *)ctx)->row->count[FOLD_SOURCE_FREE]);
}

static void put_reallocs(void *ctx, struct list_cell *cell)
{
    cell_show_count(cell, ((const struct sources_view *)ctx)->row->count[FOLD_SOURCE_REALLOC]);
}

/* A figure with its share; fit_columns() sets its width. */
#define SHARE(name, title, priority, draw)                                                         \
    {                                                                                              \
        name, title, ALIGN_LEFT, CUT_END, 0, 0, priority, false, NULL, draw, NULL, false           \
    }

/* In the order of enum column: name, title, align, cut, least and most cells, priority, sortable,
 * format, draw. The titles of shares stand over the ends of their numbers. */
static const struct list_column source_columns[COLUMN_COUNT] = {
    {"source", "Source", ALIGN_LEFT, CUT_END, 14, 14, 0, false, put_source, NULL,
     "where the allocator took the memory from", false},
    SHARE("allocs", "      Allocs", 1, draw_count),
    SHARE("alloc_bytes", " Alloc bytes", 3, draw_bytes),
    SHARE("outstanding_bytes", " Outstanding", 2, draw_live),
    {"outstanding_blocks", "Blocks", ALIGN_RIGHT, CUT_END, 7, 7, 4, false, put_blocks, NULL, NULL,
     false},
    {"frees", "Frees", ALIGN_RIGHT, CUT_END, 9, 9, 5, false, put_frees, NULL, NULL, false},
    {"reallocs", "ReAllocs", ALIGN_RIGHT, CUT_END, 8, 8, 6, false, put_reallocs, NULL, NULL, false},
};

/* ---- view ---- */

static void filter_by_row(const struct sources_view *v, enum action a,
                          struct view_request *out_request)
{
    const struct source_figures *f = &v->rows[v->list.pos];
    if (f->other) {
        out_request->kind = VIEW_REQUEST_MESSAGE;
        strbuf_puts(&out_request->condition, "This row stands for many values.");
        return;
    }
    out_request->kind = a == ACTION_OPEN ? VIEW_REQUEST_DRILL : VIEW_REQUEST_FILTER;
    out_request->screen = SCOPE_EVENTS;
    strbuf_printf(&out_request->condition, "source == %u", f->source);
    if (a == ACTION_FILTER_EXCLUDE)
        condition_negate(&out_request->condition);
}

static enum view_result sources_action(struct view *view, enum action a, uint64_t count,
                                       struct view_request *out_request)
{
    struct sources_view *v = (struct sources_view *)view;
    if (a == ACTION_SORT_NEXT || a == ACTION_SORT_REVERSE)
        return VIEW_DONE; /* the order is the Sources' own */
    if (list_action(&v->list, a, count))
        return VIEW_DONE;
    bool filters = a == ACTION_OPEN || a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE;
    if (!filters || v->row_count == 0)
        return VIEW_IGNORED;
    filter_by_row(v, a, out_request);
    return VIEW_REQUEST;
}

static bool sources_sync(struct view *view)
{
    struct sources_view *v = (struct sources_view *)view;
    v->summary = view->env->snapshot != NULL ? view->env->snapshot->summary : NULL;
    make_rows(v);
    why_empty_figures(view->env, &v->empty);
    v->list.empty_text = strbuf_str(&v->empty);
    list_sync(&v->list);
    return true;
}

/*
 * Shares the width among the three figures: bars for all where that fits, else the bar for the
 * allocations and percentages for the others, else their numbers alone.
 */
static void fit_columns(struct sources_view *v, int cols)
{
    int gap = cols < 80 ? 1 : 2, fixed = 2 + 14 + 4 * gap + 7 + (cols >= WIDE ? 17 + 2 * gap : 0);
    int spare = cols - fixed, other = NUMBER_CELLS;
    if (spare >= 3 * WITH_BAR)
        other = spare / 3;
    else if (spare >= WITH_BAR + 2 * WITH_PERCENT)
        other = WITH_PERCENT;
    int first = spare - 2 * other > WITH_BAR ? spare - 2 * other : WITH_BAR;
    const int width[] = {first, other, other};
    for (size_t i = 0; i < 3; i++)
        v->columns[COLUMN_ALLOCS + i].min_width = v->columns[COLUMN_ALLOCS + i].max_width =
            width[i];
    v->columns[COLUMN_FREES].hidden = v->columns[COLUMN_REALLOCS].hidden = cols < WIDE;
    list_columns_keep_cursor(&v->list);
}

static void sources_draw(struct view *view, const struct canvas *c)
{
    struct sources_view *v = (struct sources_view *)view;
    int table = (int)v->row_count + 1;
    int heat = v->row_count > 0 ? heat_table_rows(v->rows, v->row_count) : 0;
    v->list.blurred = !view->focused;
    fit_columns(v, c->cols);
    int least = heat < LEAST_HEAT ? heat : LEAST_HEAT;
    if (table + least > c->rows)
        table = c->rows - least;
    if (table <= least || v->row_count == 0) /* too low for both, or nothing but the reason */
        table = c->rows;
    int gap = table + 1 + heat <= c->rows ? 1 : 0;
    struct canvas top = canvas_sub(c, 0, 0, table, c->cols);
    struct canvas rest = canvas_sub(c, table + gap, 0, c->rows, c->cols);
    list_draw(&v->list, &top);
    if (heat > 0 && rest.rows > 1)
        heat_table_draw(v->rows, v->row_count, &v->text, &rest);
}

static void sources_close(struct view *view)
{
    struct sources_view *v = (struct sources_view *)view;
    list_release(&v->list);
    strbuf_release(&v->empty);
    strbuf_release(&v->text);
    free(v);
}

static struct list *sources_list(struct view *view)
{
    return &((struct sources_view *)view)->list;
}

static const enum action source_hints[] = {ACTION_OPEN, ACTION_FILTER_ADD, ACTION_FILTER_EDIT,
                                           ACTION_HELP};

static const struct view_ops sources_ops = {
    .scope = SCOPE_SOURCES,
    .is_list = true,
    .close = sources_close,
    .sync = sources_sync,
    .draw = sources_draw,
    .action = sources_action,
    .list = sources_list,
    .hints = source_hints,
    .hint_count = sizeof source_hints / sizeof source_hints[0],
};

struct view *view_sources_new(const struct view_env *env)
{
    struct sources_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &sources_ops, .env = env};
    memcpy(v->columns, source_columns, sizeof source_columns);
    list_init(&v->list, &source_rows, v, v->columns, COLUMN_COUNT);
    return &v->view;
}
