/*
 * Heaps: which heap, and is it growing.
 *
 * A sorted table with a row for each heap, each process or each thread (heap_rows.h) that has rows
 * under the filter. Loop thread only.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "query/condition.h"
#include "ui/view/cell_format.h"
#include "ui/view/heaps/heap_rows.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"

/* With fewer lines the rows need all of them. */
#define LINES_FOR_CAPTION 5

struct heaps_view {
    struct view view;
    struct list list;
    struct list_column columns[HEAP_COLUMN_COUNT];
    struct heap_rows rows;
    struct list_place place[HEAP_ROWS_BY_COUNT]; /* where the list was when it showed other rows */
    struct strbuf text;                          /* why there are no rows; the caption */
};

static const struct trace *trace_of(const struct heaps_view *v)
{
    return v->view.env->snapshot->trace;
}

static const struct heap_row *selected(const struct heaps_view *v)
{
    return &v->rows.rows[v->list.pos];
}

/* ---- what the rows are ---- */

/* Makes the rows anew and finds the selection among them. A column that these rows do not have
 * gives way to the usual order. */
static void make_rows(struct heaps_view *v)
{
    struct list *l = &v->list;
    heap_cells_find_absent(&v->rows, l);
    if ((l->absent >> l->sort_column & 1) != 0)
        list_set_sort(l, HEAP_COLUMN_OUTSTANDING, true);
    heap_rows_make(&v->rows, (enum heap_column)l->sort_column, l->sort_descending);
    heap_cells_fit(&v->rows, l, v->columns);
    list_sync(l);
}

static void show_by(struct heaps_view *v, enum heap_rows_by by)
{
    struct list *l = &v->list;
    v->place[v->rows.by] = list_place(l);
    v->rows.by = by;
    size_t sort = l->sort_column;
    bool descending = l->sort_descending;
    list_return(l, &v->place[by]);
    list_set_sort(l, sort, descending); /* one order for all of them */
    make_rows(v);
}

static void put_caption(struct heaps_view *v)
{
    static const struct {
        const char *title, *one, *several;
    } words[HEAP_ROWS_BY_COUNT] = {
        {"Heaps", "heap", "heaps"},
        {"Heaps by process", "process", "processes"},
        {"Heaps by thread", "thread", "threads"},
    };
    size_t n = v->rows.count;
    strbuf_clear(&v->text);
    strbuf_printf(&v->text, "%s: ", words[v->rows.by].title);
    text_put_grouped(&v->text, n);
    strbuf_printf(&v->text, " %s", n == 1 ? words[v->rows.by].one : words[v->rows.by].several);
}

/* ---- conditions ---- */

static bool put_process(const struct heaps_view *v, const struct heap_row *row, struct strbuf *out)
{
    return condition_put_process(out, registry_process(trace_of(v)->registry, row->process));
}

static bool put_thread(const struct heaps_view *v, const struct heap_row *row, struct strbuf *out)
{
    return condition_put_thread(out, trace_of(v), registry_thread(trace_of(v)->registry, row->id));
}

static bool put_heap(const struct heaps_view *v, const struct heap_row *row, struct strbuf *out)
{
    condition_put_heap(out, trace_of(v), registry_heap(trace_of(v)->registry, row->id));
    return true;
}

/* What the row stands for, as a condition. False when it has no name: records without ids. */
static bool put_row(const struct heaps_view *v, struct strbuf *out)
{
    static bool (*const put[HEAP_ROWS_BY_COUNT])(const struct heaps_view *v,
                                                 const struct heap_row *row, struct strbuf *out) = {
        put_heap, put_process, put_thread};
    return put[v->rows.by](v, selected(v), out);
}

static enum view_result say_nameless(struct view_request *out_request)
{
    return view_say(out_request, "The records of this row carry no id to filter by.");
}

/* A heap or a thread opens its events, a process its heaps. */
static enum view_result open_row(struct heaps_view *v, struct view_request *out_request)
{
    const struct registry *r = trace_of(v)->registry;
    const struct heap_row *row = selected(v);
    if (!put_row(v, &out_request->condition))
        return say_nameless(out_request);
    out_request->kind = VIEW_REQUEST_DRILL;
    out_request->screen = SCOPE_EVENTS;
    switch (v->rows.by) {
    case HEAP_ROWS_HEAP:
        cell_put_heap(&out_request->label, registry_heap(r, row->id));
        break;
    case HEAP_ROWS_THREAD:
        strbuf_printf(&out_request->label, "thread %u", registry_thread(r, row->id)->tid);
        break;
    case HEAP_ROWS_PROCESS:
    case HEAP_ROWS_BY_COUNT:
        cell_put_process(&out_request->label, registry_process(r, row->id), false);
        out_request->screen = SCOPE_HEAPS;
        out_request->rows = VIEW_ROWS_HEAPS;
    }
    return VIEW_REQUEST;
}

/* The process column filters by process; every other figure is that of the row. */
static enum view_result filter_by_row(const struct heaps_view *v, bool exclude,
                                      struct view_request *out_request)
{
    struct strbuf *condition = &out_request->condition;
    bool by_process = v->list.column == HEAP_COLUMN_PROCESS;
    if (!(by_process && put_process(v, selected(v), condition)) && !put_row(v, condition))
        return say_nameless(out_request);
    out_request->kind = VIEW_REQUEST_FILTER;
    if (exclude)
        condition_negate(condition);
    return VIEW_REQUEST;
}

static enum view_result filter_by_heap(const struct heaps_view *v, struct view_request *out_request)
{
    if (v->rows.by != HEAP_ROWS_HEAP)
        return view_say(out_request, "These rows are no heaps; {filter.add} filters by them.");
    out_request->kind = VIEW_REQUEST_FILTER;
    put_heap(v, selected(v), &out_request->condition);
    return VIEW_REQUEST;
}

/* ---- view ---- */

static enum view_result heaps_action(struct view *view, enum action a, uint64_t count,
                                     struct view_request *out_request)
{
    struct heaps_view *v = (struct heaps_view *)view;
    bool has_row = v->rows.count > 0;
    if (list_action(&v->list, a, count)) {
        if (a == ACTION_SORT_NEXT || a == ACTION_SORT_REVERSE)
            make_rows(v);
        return VIEW_DONE;
    }
    switch ((int)a) {
    case ACTION_HEAP_ROWS:
        show_by(v, (enum heap_rows_by)((v->rows.by + 1) % HEAP_ROWS_BY_COUNT));
        return VIEW_DONE;
    case ACTION_OPEN:
        return has_row ? open_row(v, out_request) : VIEW_IGNORED;
    case ACTION_FILTER_ADD:
    case ACTION_FILTER_EXCLUDE:
        return has_row ? filter_by_row(v, a == ACTION_FILTER_EXCLUDE, out_request) : VIEW_IGNORED;
    case ACTION_FILTER_HEAP:
        return has_row ? filter_by_heap(v, out_request) : VIEW_IGNORED;
    default:
        return VIEW_IGNORED;
    }
}

static bool heaps_sync(struct view *view)
{
    struct heaps_view *v = (struct heaps_view *)view;
    make_rows(v);
    return true;
}

static void heaps_draw(struct view *view, const struct canvas *c)
{
    struct heaps_view *v = (struct heaps_view *)view;
    struct canvas list = *c;
    if (c->rows >= LINES_FOR_CAPTION && v->rows.by != HEAP_ROWS_HEAP) {
        put_caption(v);
        canvas_field(c, 0, 1, c->cols - 1, ROLE_TITLE_FOCUS, ALIGN_LEFT, CUT_END,
                     strbuf_str(&v->text), v->text.len);
        list = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
    }
    why_empty_figures(view->env, &v->text);
    v->list.empty_text = strbuf_str(&v->text);
    v->list.blurred = !view->focused;
    list_draw(&v->list, &list);
}

static void heaps_close(struct view *view)
{
    struct heaps_view *v = (struct heaps_view *)view;
    list_release(&v->list);
    heap_rows_release(&v->rows);
    strbuf_release(&v->text);
    free(v);
}

/* Its peak: what a person asks of a heap is when it was greatest. */
static bool heaps_moment(const struct view *view, int64_t *out_raw, uint64_t *out_row)
{
    const struct heaps_view *v = (const struct heaps_view *)view;
    const struct figures *f = v->rows.count > 0 ? selected(v)->f : NULL;
    if (f == NULL || f->peak_time == INT64_MIN)
        return false;
    *out_raw = f->peak_time;
    *out_row = f->peak_row;
    return true;
}

/* In the order of enum heap_rows_by. */
static const enum view_rows kinds[HEAP_ROWS_BY_COUNT] = {VIEW_ROWS_HEAPS, VIEW_ROWS_PROCESSES,
                                                         VIEW_ROWS_THREADS};

static enum view_rows heaps_kind(const struct view *view)
{
    return kinds[((const struct heaps_view *)view)->rows.by];
}

static void heaps_show_rows(struct view *view, enum view_rows rows)
{
    struct heaps_view *v = (struct heaps_view *)view;
    for (int by = 0; by < HEAP_ROWS_BY_COUNT; by++)
        if (kinds[by] == rows && v->rows.by != (enum heap_rows_by)by)
            show_by(v, (enum heap_rows_by)by);
}

static struct list *heaps_list(struct view *view)
{
    return &((struct heaps_view *)view)->list;
}

static const struct action_hint heap_hints[] = {
    {ACTION_OPEN, NULL},      {ACTION_FILTER_ADD, NULL},  {ACTION_SORT_NEXT, NULL},
    {ACTION_HEAP_ROWS, NULL}, {ACTION_FILTER_EDIT, NULL}, {ACTION_FIND, NULL},
    {ACTION_HELP, NULL}};

static const struct view_ops heaps_ops = {
    .scope = SCOPE_HEAPS,
    .is_list = true,
    .close = heaps_close,
    .sync = heaps_sync,
    .draw = heaps_draw,
    .action = heaps_action,
    .list = heaps_list,
    .moment = heaps_moment,
    .rows = heaps_kind,
    .show_rows = heaps_show_rows,
    .hints = heap_hints,
    .hint_count = sizeof heap_hints / sizeof heap_hints[0],
};

struct view *view_heaps_new(const struct view_env *env)
{
    struct heaps_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &heaps_ops, .env = env};
    v->rows.env = env;
    static const enum heap_column first[HEAP_ROWS_BY_COUNT] = {
        HEAP_COLUMN_HEAP, HEAP_COLUMN_PROCESS, HEAP_COLUMN_THREAD};
    for (size_t i = 0; i < HEAP_ROWS_BY_COUNT; i++)
        v->place[i] = (struct list_place){.id = LIST_NO_ROW, .column = first[i]};
    heap_cells_init(v->columns);
    list_init(&v->list, &heap_rows_source, &v->rows, v->columns, HEAP_COLUMN_COUNT);
    list_set_sort(&v->list, HEAP_COLUMN_OUTSTANDING, true);
    return &v->view;
}
