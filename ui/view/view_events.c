/*
 * Events: what happened, in order.
 *
 * A virtual list over the rows of the query. A row is materialised when it is drawn and nothing is
 * kept, so ten million rows cost what ten do. Loop thread only.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "model/snapshot.h"
#include "ui/term/glyph.h"
#include "ui/view/cell_format.h"
#include "ui/view/census.h"
#include "ui/view/condition.h"
#include "ui/view/event_condition.h"
#include "ui/view/outcome.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"
#include "ui/widget/list.h"

struct events_view {
    struct view view;
    struct list list;
    struct list_column columns[EVENT_COLUMN_COUNT];
    struct strbuf empty; /* why there are no rows */
    /* The row being drawn. */
    uint64_t pos;
    struct row row;
    bool has_delta;
    int64_t delta; /* ns since the row above it, shown or not */
};

static const struct snapshot *shown(const struct events_view *v)
{
    return v->view.env->snapshot;
}

static uint64_t count_rows(void *ctx)
{
    const struct snapshot *s = shown(ctx);
    return s != NULL && s->query != NULL ? s->matched : 0;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    return query_select(shown(ctx)->query, pos);
}

static uint64_t pos_of(void *ctx, uint64_t id)
{
    return query_rank(shown(ctx)->query, id);
}

/* False, and a row that shows nothing, when the filter has changed its mind about the row since the
 * picture was made. */
static bool get_row(const struct events_view *v, uint64_t pos, struct row *out_row)
{
    uint64_t id = row_id((void *)v, pos);
    *out_row = (struct row){.id = ROW_NONE, .heap = INDEX_NONE, .thread = INDEX_NONE};
    if (id != ROW_NONE)
        store_get(shown(v)->trace->store, id, out_row);
    return id != ROW_NONE;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct events_view *v = ctx;
    const struct trace *trace = shown(v)->trace;
    struct row above = v->row;
    bool known = v->pos + 1 == pos && above.id != ROW_NONE;
    if (!known && pos > 0)
        known = get_row(v, pos - 1, &above);
    v->pos = pos;
    v->has_delta = get_row(v, pos, &v->row) && known && pos > 0;
    if (v->has_delta)
        v->delta = trace_ns(trace, v->row.time) - trace_ns(trace, above.time);
    if (shown(v)->provisional) {
        out_row->role = ROLE_LIST_PROVISIONAL;
        out_row->sign = '?';
    } else if ((v->row.flags & ROW_DUPLICATE) != 0) {
        out_row->role = ROLE_TEXT_MUTED;
    }
}

static const struct list_source event_source = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

static void put_time(void *ctx, struct list_cell *cell)
{
    struct events_view *v = ctx;
    if (v->row.id == ROW_NONE)
        return;
    cell_put_time(cell->text, v->view.env, v->row.time);
    cell_set_role(cell, ROLE_TIME);
}

static void put_delta(void *ctx, struct list_cell *cell)
{
    struct events_view *v = ctx;
    cell_set_role(cell, ROLE_TIME_DELTA);
    if (v->has_delta)
        text_put_duration(cell->text, v->delta);
    else
        strbuf_putc(cell->text, '-');
}

static void put_tid(void *ctx, struct list_cell *cell)
{
    struct events_view *v = ctx;
    const struct thread *thread = trace_row_thread(shown(v)->trace, &v->row);
    cell_set_role(cell, ROLE_THREAD);
    if (thread == NULL || thread->tid == EVENT_NO_ID)
        strbuf_putc(cell->text, '?');
    else
        strbuf_put_u64(cell->text, thread->tid);
}

static void put_op(void *ctx, struct list_cell *cell)
{
    struct events_view *v = ctx;
    if (v->row.id == ROW_NONE)
        return;
    const struct heap_op_info *info = heap_op_info(v->row.op);
    bool failed = (v->row.flags & ROW_FAILED) != 0;
    char name[32];
    if (info != NULL)
        strbuf_printf(cell->text, "%c %s", failed ? '!' : info->letter, info->word);
    else
        strbuf_printf(cell->text, "? %s", heap_op_name(v->row.op, name));
    cell_set_role(cell, failed ? ROLE_EVENT_FAIL : cell_op_role(v->row.op));
}

static void put_heap(void *ctx, struct list_cell *cell)
{
    struct events_view *v = ctx;
    const struct heap *heap = trace_row_heap(shown(v)->trace, &v->row);
    if (heap == NULL)
        return;
    cell_put_heap(cell->text, heap);
    cell_set_role(cell, cell_heap_role(v->row.heap));
}

static void put_address(void *ctx, struct list_cell *cell)
{
    struct events_view *v = ctx;
    if ((v->row.has & EVENT_HAS_ADDRESS) == 0)
        return;
    strbuf_put_hex(cell->text, v->row.address);
    cell_set_role(cell, ROLE_ADDR);
}

/* The size the record tells, else the block's own, muted. */
static void put_size(void *ctx, struct list_cell *cell)
{
    struct events_view *v = ctx;
    uint64_t size = v->row.size;
    bool own = (v->row.has & EVENT_HAS_SIZE) != 0;
    if (!own && !trace_row_block_size(&v->row, &size))
        return;
    cell_show_size(cell, v->view.env, size);
    cell_set_role(cell, own ? cell_size_role(size) : ROLE_TEXT_MUTED);
}

static void put_source(void *ctx, struct list_cell *cell)
{
    struct events_view *v = ctx;
    if ((v->row.has & EVENT_HAS_SOURCE) == 0)
        return;
    const char *name = heap_source_name(v->row.source);
    if (name != NULL)
        strbuf_puts(cell->text, name);
    else
        strbuf_put_u64(cell->text, v->row.source);
}

static void put_outcome(void *ctx, struct list_cell *cell)
{
    struct events_view *v = ctx;
    if (v->row.id != ROW_NONE)
        cell_set_role(cell, outcome_put(cell->text, shown(v)->trace, &v->row, shown(v)->rows));
}

static void put_process(void *ctx, struct list_cell *cell)
{
    struct events_view *v = ctx;
    const struct process *process = trace_row_process(shown(v)->trace, &v->row);
    if (process != NULL)
        cell_put_process(cell->text, process, false);
}

/* In the order of enum column: name, title, align, cut, least and most cells, priority, sortable,
 * format, draw. */
static const struct list_column event_columns[EVENT_COLUMN_COUNT] = {
    {"time", "Time (s)", ALIGN_RIGHT, CUT_END, 11, 11, 0, false, put_time, NULL, "when it happened",
     false},
    {"delta", GLYPH_DELTA, ALIGN_RIGHT, CUT_END, 7, 8, 8, false, put_delta, NULL,
     "time since the event before it, shown or not", false},
    {"tid", "TID", ALIGN_RIGHT, CUT_END, 5, 6, 7, false, put_tid, NULL, "thread", false},
    {"op", "Op", ALIGN_LEFT, CUT_END, 10, 14, 4, false, put_op, NULL, "what was done", false},
    {"heap", "Heap", ALIGN_LEFT, CUT_END, 10, 16, 3, false, put_heap, NULL, "heap handle", false},
    {"address", "Address", ALIGN_LEFT, CUT_END, 13, 16, 5, false, put_address, NULL,
     "address of the block", false},
    {"size", "Size", ALIGN_RIGHT, CUT_END, 9, 12, 2, false, put_size, NULL,
     "bytes asked for; of a Free those of its block", false},
    {"source", "Source", ALIGN_LEFT, CUT_END, 9, 12, 6, false, put_source, NULL,
     "where the allocator took the memory from", false},
    {"outcome", "Outcome", ALIGN_LEFT, CUT_END, 13, 20, 1, false, put_outcome, NULL,
     "what became of the block", false},
    {"process", "Process", ALIGN_LEFT, CUT_MIDDLE, 14, 28, 9, false, put_process, NULL,
     "process name and id", false},
};

static enum view_result filter_by_cell(struct events_view *v, bool exclude,
                                       struct view_request *out_request)
{
    struct row row;
    if (v->list.count == 0 || !get_row(v, v->list.pos, &row))
        return VIEW_DONE;
    const struct trace *trace = shown(v)->trace;
    if (!event_condition_put(&out_request->condition, trace, &row, v->list.column)) {
        out_request->kind = VIEW_REQUEST_MESSAGE;
        strbuf_printf(&out_request->condition, "Nothing to filter by in this cell of %s.",
                      event_columns[v->list.column].title);
        return VIEW_REQUEST;
    }
    out_request->kind = VIEW_REQUEST_FILTER;
    if (exclude)
        condition_negate(&out_request->condition);
    return VIEW_REQUEST;
}

static enum view_result events_action(struct view *view, enum action a, uint64_t count,
                                      struct view_request *out_request)
{
    struct events_view *v = (struct events_view *)view;
    if (list_action(&v->list, a, count))
        return VIEW_DONE;
    if (a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE)
        return filter_by_cell(v, a == ACTION_FILTER_EXCLUDE, out_request);
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

/* The latest time is the widest. */
static void fit_time(struct events_view *v)
{
    struct list_column *time = &v->columns[EVENT_COLUMN_TIME];
    const struct snapshot *s = shown(v);
    time->title = v->view.env->settings->wall_time ? "Time of day" : "Time (s)";
    strbuf_clear(&v->empty);
    if (s != NULL && s->trace != NULL && s->last_time != INT64_MIN)
        cell_put_time(&v->empty, v->view.env, s->last_time);
    int width = (int)v->empty.len;
    time->min_width = time->max_width = width > 11 ? width : 11;
}

static bool events_sync(struct view *view)
{
    struct events_view *v = (struct events_view *)view;
    const struct view_env *env = view->env;
    v->columns[EVENT_COLUMN_PROCESS].hidden = env->census->processes < 2;
    fit_time(v);
    why_empty_rows(env, &v->empty);
    v->list.empty_text = strbuf_str(&v->empty);
    v->pos = LIST_NO_ROW;
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
    strbuf_release(&v->empty);
    free(v);
}

static struct list *events_list(struct view *view)
{
    return &((struct events_view *)view)->list;
}

static const enum action event_hints[] = {ACTION_OPEN, ACTION_FILTER_ADD, ACTION_FILTER_EDIT,
                                          ACTION_HELP, ACTION_FOLLOW};

static const struct view_ops events_ops = {
    .scope = SCOPE_EVENTS,
    .is_list = true,
    .close = events_close,
    .sync = events_sync,
    .draw = events_draw,
    .action = events_action,
    .list = events_list,
    .hints = event_hints,
    .hint_count = sizeof event_hints / sizeof event_hints[0],
};

struct view *view_events_new(const struct view_env *env)
{
    struct events_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &events_ops, .env = env};
    memcpy(v->columns, event_columns, sizeof event_columns);
    list_init(&v->list, &event_source, v, v->columns, EVENT_COLUMN_COUNT);
    v->list.column = EVENT_COLUMN_OP;
    v->pos = LIST_NO_ROW;
    v->row.id = ROW_NONE;
    return &v->view;
}

uint64_t view_events_selected(const struct view *events)
{
    struct events_view *v = (struct events_view *)events;
    return v->list.count > 0 ? row_id(v, v->list.pos) : ROW_NONE;
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
