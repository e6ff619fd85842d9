/*
 * Diff: what has changed between moments.
 *
 * Above, the moments and what was outstanding at each (diff_moments.h); below, a sorted table with
 * a row for each stack, heap, size class, Source, thread or process that had blocks at one of them
 * (diff_rows.h). The figures are made by the worker (ANSWER_MOMENTS). Loop thread only.
 */
#include <stdlib.h>
#include <string.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "base/text.h"
#include "query/condition.h"
#include "ui/view/cell_format.h"
#include "ui/view/diff/diff_moments.h"
#include "ui/view/diff/diff_rows.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"

/* With fewer lines the rows need all of them. */
#define LINES_FOR_CAPTION 4
#define LINES_FOR_MOMENTS 8
#define LINES_FOR_REMARK  12

struct diff_view {
    struct view view;
    struct diff_moments moments;
    enum moments_group by;
    bool by_chosen; /* else by stack where there are stacks */
    struct diff_rows rows;
    struct list list;
    struct list_column columns[DIFF_COLUMN_COUNT];
    struct list_place place[MOMENTS_GROUPS];
    struct strbuf text, empty;
};

static const struct {
    const char *title, *by;
} groups[MOMENTS_GROUPS] = {
    [MOMENTS_BY_STACK] = {"Stack", "by stack"},    [MOMENTS_BY_HEAP] = {"Heap", "by heap"},
    [MOMENTS_BY_SIZE] = {"Size", "by size"},       [MOMENTS_BY_SOURCE] = {"Source", "by Source"},
    [MOMENTS_BY_THREAD] = {"Thread", "by thread"}, [MOMENTS_BY_PROCESS] = {"Process", "by process"},
};

static const struct trace *trace_of(const struct diff_view *v)
{
    const struct snapshot *s = v->view.env->snapshot;
    return s != NULL ? s->trace : NULL;
}

static bool has_stacks(const struct diff_view *v)
{
    const struct trace *trace = trace_of(v);
    return trace != NULL && stack_table_count(trace->stacks) > 0;
}

/* ---- the answer ---- */

static bool diff_wants(const struct view *view, enum answer_kind kind, struct answer_spec *out_spec)
{
    const struct diff_view *v = (const struct diff_view *)view;
    const struct view_env *env = view->env;
    if (kind != ANSWER_MOMENTS || v->moments.count < 2)
        return false;
    out_spec->moments.by = v->by;
    for (size_t i = 0; i < v->moments.count; i++)
        if (v->moments.at[i].other)
            out_spec->moments.other = env->baseline->trace;
        else
            out_spec->moments.times[out_spec->moments.count++] = v->moments.at[i].time;
    if (v->by == MOMENTS_BY_STACK && !env->unfolded)
        out_spec->rules = (struct frame_rules *)(uintptr_t)env->rules;
    return true;
}

/* The answer in the picture, when it is to what is asked now. */
static struct moments *find_answer(const struct diff_view *v)
{
    struct answer_spec spec = {.kind = ANSWER_MOMENTS};
    if (trace_of(v) == NULL || !diff_wants(&v->view, ANSWER_MOMENTS, &spec))
        return NULL;
    struct moments *m = snapshot_moments(v->view.env->snapshot);
    return m != NULL && answer_spec_is_same(&m->base.spec, &spec) ? m : NULL;
}

static void choose_group(struct diff_view *v)
{
    if (!v->by_chosen)
        v->by = has_stacks(v) ? MOMENTS_BY_STACK : MOMENTS_BY_HEAP;
}

static bool diff_sync(struct view *view)
{
    struct diff_view *v = (struct diff_view *)view;
    struct list *l = &v->list;
    choose_group(v);
    diff_moments_find(&v->moments, view->env);
    struct moments *answer = find_answer(v);
    if (answer != v->rows.answer)
        diff_rows_show(&v->rows, answer, (enum diff_column)l->sort_column, l->sort_descending);
    diff_cells_fit(&v->rows, l, v->columns, groups[v->by].title);
    if ((l->absent >> l->sort_column & 1) != 0) {
        list_set_sort(l, DIFF_COLUMN_DELTA_BYTES, true);
        diff_rows_sort(&v->rows, DIFF_COLUMN_DELTA_BYTES, true);
    }
    list_sync(l);
    return true;
}

/* ---- what is shown ---- */

static void show_by(struct diff_view *v, enum moments_group by)
{
    struct list *l = &v->list;
    size_t sort = l->sort_column;
    bool descending = l->sort_descending;
    v->place[v->by] = list_place(l);
    v->by = by;
    v->by_chosen = true;
    list_return(l, &v->place[by]);
    list_set_sort(l, sort, descending); /* one order for all of them */
    diff_sync(&v->view);
}

/* By stack only where there are stacks. */
static void next_group(struct diff_view *v)
{
    enum moments_group by = (enum moments_group)((v->by + 1) % MOMENTS_GROUPS);
    if (by == MOMENTS_BY_STACK && !has_stacks(v))
        by = MOMENTS_BY_HEAP;
    show_by(v, by);
}

static enum view_result next_moments(struct diff_view *v, struct view_request *out_request)
{
    enum diff_between before = v->moments.found;
    diff_moments_next(&v->moments, v->view.env);
    diff_sync(&v->view);
    if (v->moments.found == before)
        return view_say(out_request, "There are no other moments: {mark.set} and a letter sets a "
                                     "mark, `:diff a b` picks some.");
    return VIEW_DONE;
}

static void toggle_grown(struct diff_view *v)
{
    v->rows.grown_only = !v->rows.grown_only;
    diff_rows_sort(&v->rows, (enum diff_column)v->list.sort_column, v->list.sort_descending);
    list_sync(&v->list);
}

void view_diff_pick(struct view *diff, const struct view_diff_pick *picks, size_t count)
{
    struct diff_view *v = (struct diff_view *)diff;
    memcpy(v->moments.picked, picks, count * sizeof *picks);
    v->moments.picked_count = count;
    v->moments.between = DIFF_PICKED;
}

void view_diff_files(struct view *diff)
{
    ((struct diff_view *)diff)->moments.between = DIFF_FILE;
}

void view_diff_last_two(struct view *diff)
{
    ((struct diff_view *)diff)->moments.between = DIFF_LAST_TWO;
}

/* ---- conditions ---- */

/* What is new is told apart from what is old by its class in the range between the moments; where
 * nothing is new, what is gone. */
static void put_class(const struct moments_row *row, struct strbuf *condition)
{
    const char *class = row->fresh.blocks > 0 ? "aifo" : row->gone.blocks > 0 ? "aofi" : NULL;
    if (class != NULL)
        strbuf_printf(condition, " && class == %s", class);
}

/* The blocks born behind the first moment: it itself is outside. */
static void put_range(const struct diff_view *v, struct view_request *out_request)
{
    const struct trace *trace = trace_of(v);
    int64_t first = v->moments.at[0].time, last = v->moments.at[v->moments.count - 1].time;
    out_request->ranged = true;
    out_request->since =
        first == INT64_MIN || first == INT64_MAX ? first : trace_ns(trace, first + 1);
    out_request->until = last == INT64_MAX ? last : trace_ns(trace, last);
}

static enum view_result filter_by_row(struct diff_view *v, enum action a,
                                      struct view_request *out_request)
{
    const struct moments_row *row = v->rows.rows[v->list.pos].m;
    if (row->condition[0] == '\0')
        return view_say(out_request,
                        v->moments.at[0].other
                            ? "Only the other file has this row: open that one to see it."
                            : "There is nothing to filter by in this row.");
    strbuf_puts(&out_request->condition, row->condition);
    strbuf_puts(&out_request->label, row->text);
    out_request->kind = VIEW_REQUEST_FILTER;
    if (a == ACTION_FILTER_EXCLUDE) {
        condition_negate(&out_request->condition);
        strbuf_clear(&out_request->label);
    }
    if (a != ACTION_OPEN)
        return VIEW_REQUEST;
    out_request->kind = VIEW_REQUEST_DRILL;
    out_request->screen = has_stacks(v) ? SCOPE_STACKS : SCOPE_BLOCKS;
    if (v->moments.at[0].other)
        return VIEW_REQUEST;
    put_class(row, &out_request->condition);
    put_range(v, out_request);
    return VIEW_REQUEST;
}

static enum view_result diff_action(struct view *view, enum action a, uint64_t count,
                                    struct view_request *out_request)
{
    struct diff_view *v = (struct diff_view *)view;
    if (list_action(&v->list, a, count)) {
        if (a == ACTION_SORT_NEXT || a == ACTION_SORT_REVERSE) {
            diff_rows_sort(&v->rows, (enum diff_column)v->list.sort_column,
                           v->list.sort_descending);
            list_sync(&v->list);
        }
        return VIEW_DONE;
    }
    switch ((int)a) {
    case ACTION_DIFF_ROWS:
        next_group(v);
        return VIEW_DONE;
    case ACTION_DIFF_MOMENTS:
        return next_moments(v, out_request);
    case ACTION_DIFF_GREW:
        toggle_grown(v);
        return VIEW_DONE;
    case ACTION_OPEN:
    case ACTION_FILTER_ADD:
    case ACTION_FILTER_EXCLUDE:
        return v->rows.count > 0 ? filter_by_row(v, a, out_request) : VIEW_IGNORED;
    default:
        return VIEW_IGNORED;
    }
}

/* ---- the moments ---- */

static void put_ends(const struct diff_view *v, struct strbuf *b)
{
    diff_moment_put_name(&v->moments.at[0], v->view.env, b);
    strbuf_puts(b, " .. ");
    diff_moment_put_name(&v->moments.at[v->moments.count - 1], v->view.env, b);
}

/* "+36,556 B in +23 blocks: 40,112 B new, 3,556 B gone" */
static void put_change(const struct diff_view *v, struct strbuf *b)
{
    const struct view_env *env = v->view.env;
    const struct moments_row *whole = &v->rows.answer->whole;
    diff_put_bytes(b, env, whole->delta_bytes);
    strbuf_puts(b, " in ");
    diff_put_blocks(b, whole->delta_blocks);
    strbuf_puts(b, " blocks: ");
    cell_put_bytes(b, env, whole->fresh.bytes);
    strbuf_puts(b, " new, ");
    cell_put_bytes(b, env, whole->gone.bytes);
    strbuf_puts(b, " gone");
}

static void draw_caption(struct diff_view *v, const struct canvas *c)
{
    struct strbuf *b = &v->text;
    strbuf_clear(b);
    strbuf_puts(b, "Diff ");
    put_ends(v, b);
    strbuf_printf(b, " %s%s", groups[v->by].by, v->rows.grown_only ? ", what grew" : "");
    int x = 1 + canvas_puts(c, 0, 1, ROLE_TITLE_FOCUS, b->s);
    enum role role = ROLE_TEXT_MUTED;
    strbuf_clear(b);
    if (v->rows.answer == NULL) {
        strbuf_puts(b, "adding up");
    } else {
        put_change(v, b);
        role = diff_role(v->rows.answer->whole.delta_bytes);
    }
    canvas_field(c, 0, x + 2, c->cols - x - 2, role, ALIGN_LEFT, CUT_END, b->s, b->len);
}

/* The cells of a moment's line, and where they begin. */
#define LETTER_AT 2
#define TIME_AT   4
#define MOST_NAME 30
#define ROOMY     72

struct moment_cells {
    int time, name, bytes, blocks;
};

static struct moment_cells moment_cells(int cols)
{
    struct moment_cells w = {.time = 16, .bytes = 18, .blocks = 10};
    if (cols < ROOMY)
        w = (struct moment_cells){.time = 13, .bytes = 14, .blocks = 8};
    int rest = cols - TIME_AT - w.time - 2 * w.bytes - w.blocks;
    w.name = rest < 0 ? 0 : rest > MOST_NAME ? MOST_NAME : rest;
    return w;
}

static void draw_cell(struct diff_view *v, const struct canvas *c, int y, int x, int cells,
                      enum role role, enum align align)
{
    canvas_field(c, y, x, cells, role, align, CUT_END, strbuf_str(&v->text), v->text.len);
    strbuf_clear(&v->text);
}

static void draw_figures(struct diff_view *v, const struct canvas *c, int y, int x,
                         const struct moment_cells *w, size_t i)
{
    const struct moments *m = v->rows.answer;
    const struct moment_value *now = &m->whole.at[i];
    cell_put_bytes(&v->text, v->view.env, now->bytes);
    draw_cell(v, c, y, x, w->bytes, ROLE_OUTSTANDING, ALIGN_RIGHT);
    text_put_grouped(&v->text, now->blocks);
    draw_cell(v, c, y, x + w->bytes, w->blocks, ROLE_TEXT, ALIGN_RIGHT);
    if (i == 0)
        return;
    int64_t delta = (int64_t)(now->bytes - m->whole.at[i - 1].bytes);
    diff_put_bytes(&v->text, v->view.env, delta);
    draw_cell(v, c, y, x + w->bytes + w->blocks, w->bytes, diff_role(delta), ALIGN_RIGHT);
}

static void draw_moment(struct diff_view *v, const struct canvas *c, int y, size_t i)
{
    const struct diff_moment *m = &v->moments.at[i];
    const struct view_env *env = v->view.env;
    struct moment_cells w = moment_cells(c->cols);
    strbuf_clear(&v->text);
    if (m->mark != NULL)
        strbuf_putc(&v->text, m->mark->letter);
    draw_cell(v, c, y, LETTER_AT, 1, ROLE_LIST_MARKED, ALIGN_LEFT);
    if (m->other || m->time == INT64_MIN || m->time == INT64_MAX)
        diff_moment_put_name(m, env, &v->text);
    else
        cell_put_time(&v->text, env, m->time);
    draw_cell(v, c, y, TIME_AT, w.time, ROLE_TIME, ALIGN_LEFT);
    if (m->mark != NULL)
        strbuf_puts(&v->text, m->mark->name);
    draw_cell(v, c, y, TIME_AT + w.time, w.name, ROLE_TEXT, ALIGN_LEFT);
    if (v->rows.answer != NULL && v->rows.answer->count == v->moments.count)
        draw_figures(v, c, y, TIME_AT + w.time + w.name, &w, i);
}

/* The first ones and the last: a third of the lines. Returns the lines drawn. */
static int draw_moments(struct diff_view *v, const struct canvas *c, int y)
{
    int room = c->rows / 3, count = (int)v->moments.count;
    int lines = count <= room ? count : room > 2 ? room : 2;
    for (int i = 0; i < lines; i++) {
        bool last = i == lines - 1, left_out = count > lines && i == lines - 2 && lines > 2;
        size_t at = last ? v->moments.count - 1 : (size_t)i;
        if (!left_out) {
            draw_moment(v, c, y + i, at);
            continue;
        }
        strbuf_clear(&v->text);
        strbuf_printf(&v->text, "%d more between", count - lines + 1);
        canvas_field(c, y + i, TIME_AT, c->cols - TIME_AT, ROLE_TEXT_MUTED, ALIGN_LEFT, CUT_END,
                     v->text.s, v->text.len);
    }
    return lines;
}

/* Where these moments come from, when a person has not set them. */
static int draw_remark(struct diff_view *v, const struct canvas *c, int y)
{
    if (v->view.env->mark_count > 0 || v->moments.found != DIFF_RANGE)
        return 0;
    strbuf_clear(&v->text);
    keymap_put_text(v->view.env->keymap,
                    "No marks are set: start and end are compared. In Events ({screen.events}) "
                    "{mark.set} sets one.",
                    &v->text);
    canvas_field(c, y, TIME_AT, c->cols - TIME_AT, ROLE_TEXT_MUTED, ALIGN_LEFT, CUT_END, v->text.s,
                 v->text.len);
    return 1;
}

static void find_empty_text(struct diff_view *v)
{
    why_empty_figures(v->view.env, &v->empty);
    if (v->rows.answer != NULL && v->view.env->snapshot->rows > 0) {
        strbuf_clear(&v->empty);
        keymap_put_text(v->view.env->keymap,
                        v->rows.grown_only && v->rows.answer->row_count > 0
                            ? "Nothing grew in every interval; {diff.grew} shows all rows."
                            : "Nothing was outstanding at any of these moments.",
                        &v->empty);
    }
    v->list.empty_text = strbuf_str(&v->empty);
}

static void diff_draw(struct view *view, const struct canvas *c)
{
    struct diff_view *v = (struct diff_view *)view;
    bool shown = v->moments.count >= 2 && view->env->snapshot->rows > 0;
    int y = 0;
    if (shown && c->rows >= LINES_FOR_CAPTION) {
        draw_caption(v, c);
        y = 1;
    }
    if (shown && c->rows >= LINES_FOR_MOMENTS)
        y += draw_moments(v, c, y);
    if (shown && c->rows >= LINES_FOR_REMARK)
        y += draw_remark(v, c, y);
    struct canvas list = canvas_sub(c, y, 0, c->rows - y, c->cols);
    find_empty_text(v);
    v->list.blurred = !view->focused;
    list_draw(&v->list, &list);
}

/* ---- view ---- */

static void diff_close(struct view *view)
{
    struct diff_view *v = (struct diff_view *)view;
    list_release(&v->list);
    diff_rows_release(&v->rows);
    strbuf_release(&v->text);
    strbuf_release(&v->empty);
    free(v);
}

static struct list *diff_list(struct view *view)
{
    return &((struct diff_view *)view)->list;
}

static enum view_rows diff_kind(const struct view *view)
{
    (void)view;
    return VIEW_ROWS_MOMENTS;
}

static const struct action_hint diff_hints[] = {
    {ACTION_OPEN, NULL},      {ACTION_DIFF_ROWS, NULL},  {ACTION_DIFF_MOMENTS, NULL},
    {ACTION_DIFF_GREW, NULL}, {ACTION_SORT_NEXT, NULL},  {ACTION_HELP, NULL},
    {ACTION_MARK, NULL},      {ACTION_FILTER_ADD, NULL}, {ACTION_FIND, NULL}};

static const struct view_ops diff_ops = {
    .scope = SCOPE_DIFF,
    .is_list = true,
    .close = diff_close,
    .wants = diff_wants,
    .sync = diff_sync,
    .draw = diff_draw,
    .action = diff_action,
    .list = diff_list,
    .rows = diff_kind,
    .hints = diff_hints,
    .hint_count = sizeof diff_hints / sizeof diff_hints[0],
};

struct view *view_diff_new(const struct view_env *env)
{
    struct diff_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &diff_ops, .env = env};
    v->rows.env = env;
    for (size_t i = 0; i < MOMENTS_GROUPS; i++)
        v->place[i] = (struct list_place){.id = LIST_NO_ROW, .column = DIFF_COLUMN_DELTA_BYTES};
    diff_cells_init(v->columns);
    list_init(&v->list, &diff_rows_source, &v->rows, v->columns, DIFF_COLUMN_COUNT);
    list_set_sort(&v->list, DIFF_COLUMN_DELTA_BYTES, true);
    return &v->view;
}
