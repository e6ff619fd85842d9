/*
 * Heaps: which heap, and is it growing.
 *
 * A sorted table of the figures of every heap with rows under the filter. The order is made anew
 * when the figures or the sort change, never while drawing. Loop thread only.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/snapshot.h"
#include "ui/view/cell_format.h"
#include "ui/view/census.h"
#include "ui/view/condition.h"
#include "ui/view/heap_order.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"
#include "ui/widget/list.h"

/* Points of a sparkline at most. */
#define POINTS 64

/* Where there is less room the letter of Destroy stands for the words. */
#define DESTROYED_CELLS 21

struct heaps_view {
    struct view view;
    struct list list;
    struct list_column columns[HEAP_COLUMN_COUNT];
    struct strbuf empty;           /* why there are no rows */
    const struct summary *summary; /* of the snapshot shown; what `order` is made from */
    struct heap_order_row *order;  /* owned; as sorted */
    size_t order_cap;
    const struct heap_figures *row; /* being drawn */
};

static const struct snapshot *shown(const struct heaps_view *v)
{
    return v->view.env->snapshot;
}

static const struct heap *heap_of(const struct heaps_view *v, const struct heap_figures *h)
{
    return registry_heap(shown(v)->trace->registry, h->heap);
}

/* ---- rows ---- */

static void make_order(struct heaps_view *v)
{
    const struct summary *s = v->summary;
    void *order = v->order;
    if (s == NULL || s->heap_count == 0)
        return;
    if (base_grow(&order, &v->order_cap, s->heap_count, sizeof *v->order) != 0) {
        v->summary = NULL;
        return;
    }
    v->order = order;
    for (size_t i = 0; i < s->heap_count; i++)
        v->order[i].h = &s->heaps[i];
    heap_order_sort(shown(v), v->order, s->heap_count, (enum heap_column)v->list.sort_column,
                    v->list.sort_descending);
}

static uint64_t count_rows(void *ctx)
{
    const struct heaps_view *v = ctx;
    return v->summary != NULL ? v->summary->heap_count : 0;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct heaps_view *v = ctx;
    v->row = v->order[pos].h;
    if (v->row->destroyed != INT64_MAX)
        out_row->role = ROLE_TEXT_MUTED;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    const struct heaps_view *v = ctx;
    return v->order[pos].h->heap;
}

static uint64_t pos_of(void *ctx, uint64_t id)
{
    const struct heaps_view *v = ctx;
    uint64_t n = count_rows(ctx);
    for (uint64_t i = 0; i < n; i++)
        if (v->order[i].h->heap == id)
            return i;
    return 0;
}

static const struct list_source heap_source = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

/* ---- cells ---- */

static void put_heap(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    cell_put_heap(cell->text, heap_of(v, v->row));
    cell_set_role(cell, cell_heap_role(v->row->heap));
}

static void put_process(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    const struct registry *r = shown(v)->trace->registry;
    cell_put_process(cell->text, registry_process(r, heap_of(v, v->row)->process), false);
}

static void put_live(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    cell_set_role(cell, ROLE_OUTSTANDING);
    cell_show_bytes(cell, v->view.env, v->row->f.outstanding_bytes);
}

static void put_blocks(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    cell_show_count(cell, v->row->f.outstanding_blocks);
}

static void put_peak(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    cell_show_bytes(cell, v->view.env, v->row->f.peak_bytes);
}

static void put_allocs(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    cell_show_count(cell, v->row->f.allocs);
}

static void put_frees(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    cell_show_count(cell, v->row->f.frees);
}

static void put_reallocs(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    cell_show_count(cell, v->row->f.reallocs);
}

static void put_rate(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    double rate = heap_order_rate(shown(v), v->row);
    if (rate > 0)
        cell_put_rate(cell->text, rate);
    else
        cell_show_count(cell, 0);
}

static void put_committed(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    if (!v->row->has_committed)
        cell_show_unknown(cell);
    else
        text_put_size(cell->text, v->row->committed);
}

static void put_overhead(void *ctx, struct list_cell *cell)
{
    struct heaps_view *v = ctx;
    double part = heap_order_overhead(shown(v), v->row);
    if (part < 0)
        cell_show_unknown(cell);
    else
        strbuf_printf(cell->text, "%.0f %%", part * 100);
}

/* The curve, then when the heap was destroyed. */
static void draw_curve(void *ctx, const struct canvas *box, enum role row_role)
{
    struct heaps_view *v = ctx;
    uint64_t values[POINTS];
    const struct summary *s = v->summary;
    if (v->row->destroyed != INT64_MAX) {
        double seconds = (double)trace_ns(shown(v)->trace, v->row->destroyed) / 1e9;
        bool room = box->cols >= DESTROYED_CELLS;
        canvas_printf(box, 0, 0, row_role, room ? "destroyed at %.3f s" : "D %.1f s", seconds);
        return;
    }
    if (v->row->curve.points == 0 || s->first == INT64_MIN)
        return;
    size_t n = box->cols < POINTS ? (size_t)box->cols : POINTS;
    cell_sample_curve(&v->row->curve, s->first, s->last, n, values);
    canvas_spark(box, 0, 0, (int)n, ROLE_GRAPH_BAR, values, n);
}

/* A column of figures; fit_columns() widens it to what it shows. */
#define FIGURE(name, title, width, priority, put, help)                                            \
    {                                                                                              \
        name, title, ALIGN_RIGHT, CUT_END, width, width, priority, true, put, NULL, help, false    \
    }

/* In the order of enum heap_column: name, title, align, cut, least and most cells, priority,
 * sortable, format, draw. */
static const struct list_column heap_columns[HEAP_COLUMN_COUNT] = {
    {"heap", "Heap", ALIGN_LEFT, CUT_END, 13, 13, 0, true, put_heap, NULL, "heap handle", false},
    {"process", "Process", ALIGN_LEFT, CUT_MIDDLE, 12, 28, 2, true, put_process, NULL,
     "process name and id", false},
    FIGURE("outstanding_bytes", "Outstanding", 13, 1, put_live, "bytes not freed by the end"),
    FIGURE("outstanding_blocks", "Blocks", 8, 4, put_blocks, "blocks not freed by the end"),
    FIGURE("peak_bytes", "Peak", 6, 6, put_peak, "greatest outstanding bytes"),
    FIGURE("allocs", "Allocs", 8, 5, put_allocs, "allocations that took effect"),
    FIGURE("frees", "Frees", 7, 10, put_frees, "frees that took effect"),
    FIGURE("reallocs", "ReAllocs", 10, 11, put_reallocs, "reallocations"),
    FIGURE("alloc_rate", "Alloc/s", 9, 9, put_rate, "allocations a second"),
    FIGURE("committed", "Committed", 11, 7, put_committed,
           "memory the heap last said to have committed"),
    FIGURE("overhead", "Overhead", 8, 8, put_overhead,
           "part of the committed memory no block needs"),
    {"curve", "Over time", ALIGN_LEFT, CUT_END, 9, POINTS, 3, false, NULL, draw_curve,
     "outstanding bytes over time", false},
};

/* ---- view ---- */

static void open_heap(const struct heaps_view *v, struct view_request *out_request)
{
    const struct heap *heap = heap_of(v, v->order[v->list.pos].h);
    out_request->kind = VIEW_REQUEST_DRILL;
    out_request->screen = SCOPE_EVENTS;
    condition_put_heap(&out_request->condition, shown(v)->trace, heap);
    cell_put_heap(&out_request->label, heap);
}

/* The process column filters by process; every other figure is the heap's. */
static void filter_by_row(const struct heaps_view *v, bool exclude,
                          struct view_request *out_request)
{
    const struct heap *heap = heap_of(v, v->order[v->list.pos].h);
    const struct process *process = registry_process(shown(v)->trace->registry, heap->process);
    out_request->kind = VIEW_REQUEST_FILTER;
    if (v->list.column == HEAP_COLUMN_PROCESS && process->pid != EVENT_NO_ID)
        strbuf_printf(&out_request->condition, "pid == %u", process->pid);
    else
        condition_put_heap(&out_request->condition, shown(v)->trace, heap);
    if (exclude)
        condition_negate(&out_request->condition);
}

static enum view_result heaps_action(struct view *view, enum action a, uint64_t count,
                                     struct view_request *out_request)
{
    struct heaps_view *v = (struct heaps_view *)view;
    bool has_row = count_rows(v) > 0;
    if (list_action(&v->list, a, count)) {
        if (a == ACTION_SORT_NEXT || a == ACTION_SORT_REVERSE) {
            make_order(v);
            list_sync(&v->list);
        }
        return VIEW_DONE;
    }
    if (a == ACTION_OPEN && has_row) {
        open_heap(v, out_request);
        return VIEW_REQUEST;
    }
    if ((a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE) && has_row) {
        filter_by_row(v, a == ACTION_FILTER_EXCLUDE, out_request);
        return VIEW_REQUEST;
    }
    return VIEW_IGNORED;
}

/* Makes a column of figures as wide as its largest, but no narrower than its title. */
static void fit_figure(struct heaps_view *v, enum heap_column column, uint64_t largest,
                       bool is_bytes)
{
    struct list_column *c = &v->columns[column];
    strbuf_clear(&v->empty);
    if (is_bytes)
        cell_put_bytes(&v->empty, v->view.env, largest);
    else
        text_put_grouped(&v->empty, largest);
    int least = heap_columns[column].min_width;
    c->min_width = c->max_width = (int)v->empty.len > least ? (int)v->empty.len : least;
}

static void raise_to(uint64_t *largest, uint64_t value)
{
    *largest = value > *largest ? value : *largest;
}

/* A handle used again needs room for its number; the process says something where there are
 * several; figures take what they need, so that more columns fit. */
static void fit_columns(struct heaps_view *v)
{
    const struct summary *s = v->summary;
    struct figures most = {0};
    bool again = false;
    for (size_t i = 0; s != NULL && i < s->heap_count; i++) {
        const struct figures *f = &s->heaps[i].f;
        again = again || heap_of(v, &s->heaps[i])->generation > 1;
        raise_to(&most.outstanding_bytes, f->outstanding_bytes);
        raise_to(&most.outstanding_blocks, f->outstanding_blocks);
        raise_to(&most.peak_bytes, f->peak_bytes);
        raise_to(&most.allocs, f->allocs);
        raise_to(&most.frees, f->frees);
    }
    fit_figure(v, HEAP_COLUMN_OUTSTANDING, most.outstanding_bytes, true);
    fit_figure(v, HEAP_COLUMN_BLOCKS, most.outstanding_blocks, false);
    fit_figure(v, HEAP_COLUMN_PEAK, most.peak_bytes, true);
    fit_figure(v, HEAP_COLUMN_ALLOCS, most.allocs, false);
    fit_figure(v, HEAP_COLUMN_FREES, most.frees, false);
    struct list_column *heap = &v->columns[HEAP_COLUMN_HEAP];
    heap->min_width = heap->max_width = again ? 16 : 13;
    v->columns[HEAP_COLUMN_PROCESS].priority = v->view.env->census->processes > 1 ? 2 : 12;
}

static bool heaps_sync(struct view *view)
{
    struct heaps_view *v = (struct heaps_view *)view;
    const struct summary *summary = shown(v) != NULL ? shown(v)->summary : NULL;
    v->summary = summary;
    fit_columns(v);
    make_order(v);
    why_empty_figures(view->env, &v->empty);
    v->list.empty_text = strbuf_str(&v->empty);
    list_sync(&v->list);
    return true;
}

static void heaps_draw(struct view *view, const struct canvas *c)
{
    struct heaps_view *v = (struct heaps_view *)view;
    v->list.blurred = !view->focused;
    list_draw(&v->list, c);
}

static void heaps_close(struct view *view)
{
    struct heaps_view *v = (struct heaps_view *)view;
    list_release(&v->list);
    strbuf_release(&v->empty);
    free(v->order);
    free(v);
}

static enum view_rows heaps_kind(const struct view *view)
{
    (void)view;
    return VIEW_ROWS_HEAPS;
}

static struct list *heaps_list(struct view *view)
{
    return &((struct heaps_view *)view)->list;
}

static const enum action heap_hints[] = {ACTION_OPEN, ACTION_FILTER_ADD, ACTION_SORT_NEXT,
                                         ACTION_FILTER_EDIT, ACTION_HELP};

static const struct view_ops heaps_ops = {
    .scope = SCOPE_HEAPS,
    .is_list = true,
    .close = heaps_close,
    .sync = heaps_sync,
    .draw = heaps_draw,
    .action = heaps_action,
    .list = heaps_list,
    .rows = heaps_kind,
    .hints = heap_hints,
    .hint_count = sizeof heap_hints / sizeof heap_hints[0],
};

struct view *view_heaps_new(const struct view_env *env)
{
    struct heaps_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &heaps_ops, .env = env};
    memcpy(v->columns, heap_columns, sizeof heap_columns);
    list_init(&v->list, &heap_source, v, v->columns, HEAP_COLUMN_COUNT);
    list_set_sort(&v->list, HEAP_COLUMN_OUTSTANDING, true);
    return &v->view;
}
