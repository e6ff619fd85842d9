/*
 * Events: what happened, in order.
 *
 * A virtual list over the rows of the query (event_rows.h). Loop thread only.
 */
#include <stdlib.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "query/condition.h"
#include "ui/view/cell_format.h"
#include "ui/view/census.h"
#include "ui/view/events/event_condition.h"
#include "ui/view/events/event_rows.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"

#define ROW_WIDTH 9 /* cells of a row number at least */

struct events_view {
    struct view view;
    struct list list;
    struct list_column columns[EVENT_PLACE_COUNT];
    struct event_rows rows;
    struct strbuf empty; /* why there are no rows */
};

static const struct snapshot *shown(const struct events_view *v)
{
    return v->view.env->snapshot;
}

static enum view_result filter_by_cell(struct events_view *v, bool exclude,
                                       struct view_request *out_request)
{
    struct row row;
    if (v->list.count == 0 || !event_rows_get(&v->rows, v->list.pos, &row))
        return VIEW_DONE;
    unsigned id = event_cells_id((enum event_cell_place)v->list.column);
    v->rows.reader.trace = shown(v)->trace;
    if (!event_condition_put(&out_request->condition, &v->rows.reader, &row, id)) {
        const char *title = v->columns[v->list.column].title;
        if (event_condition_exists(id))
            return view_say(out_request, "Nothing to filter by in this cell of %s.", title);
        return view_say(out_request, "The filter language has no field for %s.", title);
    }
    out_request->kind = VIEW_REQUEST_FILTER;
    if (exclude)
        condition_negate(&out_request->condition);
    return VIEW_REQUEST;
}

static enum view_result filter_by_heap(struct events_view *v, struct view_request *out_request)
{
    struct row row;
    if (v->list.count == 0 || !event_rows_get(&v->rows, v->list.pos, &row))
        return VIEW_DONE;
    const struct trace *trace = shown(v)->trace;
    const struct heap *heap = trace_row_heap(trace, &row);
    if (heap == NULL)
        return view_say(out_request, "This event names no heap.");
    out_request->kind = VIEW_REQUEST_FILTER;
    condition_put_heap(&out_request->condition, trace, heap);
    return VIEW_REQUEST;
}

static enum view_result events_action(struct view *view, enum action a, uint64_t count,
                                      struct view_request *out_request)
{
    struct events_view *v = (struct events_view *)view;
    if (a == ACTION_SORT_NEXT || a == ACTION_SORT_REVERSE)
        return view_say(out_request, "Events stay in time order; Heaps and Sources can be sorted.");
    if (list_action(&v->list, a, count))
        return VIEW_DONE;
    if (a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE)
        return filter_by_cell(v, a == ACTION_FILTER_EXCLUDE, out_request);
    if (a == ACTION_FILTER_HEAP)
        return filter_by_heap(v, out_request);
    if (a == ACTION_FOLLOW) {
        list_set_follow(&v->list, !v->list.follow);
        return VIEW_DONE;
    }
    if (a == ACTION_OPEN && v->list.count > 0) {
        /* What was opened was chosen: it stays selected when a filter brings other rows. */
        if (!v->list.follow)
            list_go(&v->list, v->list.pos);
        out_request->kind = VIEW_REQUEST_PUSH;
        out_request->view = view_detail_new(view->env, view);
        return VIEW_REQUEST;
    }
    return VIEW_IGNORED;
}

static bool has_stacks(const struct events_view *v)
{
    const struct snapshot *s = shown(v);
    return s != NULL && s->trace != NULL && stack_table_count(s->trace->stacks) > 0;
}

static bool events_sync(struct view *view)
{
    struct events_view *v = (struct events_view *)view;
    const struct view_env *env = view->env;
    v->columns[EVENT_PLACE_PROCESS].hidden = env->census->processes < 2;
    cell_fit_time(&v->columns[EVENT_PLACE_TIME], env, &v->empty);
    cell_fit_row(&v->columns[EVENT_PLACE_ROW], env, ROW_WIDTH, &v->empty);
    why_empty_rows(env, &v->empty);
    v->list.empty_text = strbuf_str(&v->empty);
    event_rows_forget(&v->rows);
    event_rows_look(&v->rows);
    v->list.absent = has_stacks(v) ? 0 : EVENT_PLACES_OF_STACKS;
    list_sync(&v->list);
    return true;
}

static void events_draw(struct view *view, const struct canvas *c)
{
    struct events_view *v = (struct events_view *)view;
    v->list.blurred = !view->focused;
    list_draw(&v->list, c);
}

static void events_close(struct view *view)
{
    struct events_view *v = (struct events_view *)view;
    list_release(&v->list);
    event_rows_release(&v->rows);
    strbuf_release(&v->empty);
    free(v);
}

static bool events_moment(const struct view *view, int64_t *out_raw, uint64_t *out_row)
{
    const struct snapshot *s = view->env->snapshot;
    if (s == NULL || s->trace == NULL)
        return false;
    uint64_t row = view_events_selected(view);
    if (row == ROW_NONE)
        return false;
    *out_raw = store_time(s->trace->store, row);
    *out_row = row;
    return true;
}

static enum view_rows events_kind(const struct view *view)
{
    (void)view;
    return VIEW_ROWS_EVENTS;
}

static struct list *events_list(struct view *view)
{
    return &((struct events_view *)view)->list;
}

static const struct action_hint event_hints[] = {
    {ACTION_OPEN, NULL}, {ACTION_FILTER_ADD, NULL}, {ACTION_FILTER_EDIT, NULL},
    {ACTION_FIND, NULL}, {ACTION_HELP, NULL},       {ACTION_FOLLOW, NULL}};

/* Following, the last one, is worth a hint while there is something to follow. */
static size_t event_hints_now(const struct view *view, const struct action_hint **out_hints)
{
    const struct snapshot *s = view->env->snapshot;
    size_t all = sizeof event_hints / sizeof event_hints[0];
    *out_hints = event_hints;
    return s != NULL && s->rows_complete ? all - 1 : all;
}

static const struct view_ops events_ops = {
    .scope = SCOPE_EVENTS,
    .is_list = true,
    .close = events_close,
    .sync = events_sync,
    .draw = events_draw,
    .action = events_action,
    .list = events_list,
    .moment = events_moment,
    .rows = events_kind,
    .hints_now = event_hints_now,
};

struct view *view_events_new(const struct view_env *env)
{
    struct events_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &events_ops, .env = env};
    event_rows_init(&v->rows, env);
    event_cells_init(v->columns);
    list_init(&v->list, &event_rows_source, &v->rows, v->columns, EVENT_PLACE_COUNT);
    v->list.column = EVENT_PLACE_OP;
    v->list.knows_hits = true;
    v->list.not_marked = 1u << EVENT_PLACE_TIME | 1u << EVENT_PLACE_DELTA;
    return &v->view;
}

uint64_t view_events_selected(const struct view *events)
{
    struct events_view *v = (struct events_view *)events;
    return v->list.count > 0 ? query_select(shown(v)->query, v->list.pos) : ROW_NONE;
}

void view_events_select(struct view *events, uint64_t row)
{
    struct events_view *v = (struct events_view *)events;
    list_sync(&v->list);
    if (v->list.count > 0)
        list_jump(&v->list, query_rank(shown(v)->query, row));
}

bool view_events_follows(const struct view *events)
{
    return ((const struct events_view *)events)->list.follow;
}

bool view_events_go(struct view *events, uint64_t row)
{
    struct events_view *v = (struct events_view *)events;
    const struct snapshot *s = shown(v);
    if (s == NULL || s->query == NULL || !query_has(s->query, row))
        return false;
    list_sync(&v->list);
    list_go(&v->list, query_rank(s->query, row));
    return true;
}
