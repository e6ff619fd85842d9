/*
 * Timeline: what was outstanding over time.
 *
 * Where one is stands in timeline_place.h, the picture in timeline_chart.h; the values come from
 * the answer that timeline_wants() asks for, so that no frame depends on the number of rows. Loop
 * thread only.
 */
#include <limits.h>
#include <stdlib.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "query/condition.h"
#include "ui/view/cell_format.h"
#include "ui/view/timeline/timeline_chart.h"
#include "ui/view/timeline/timeline_words.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"

/* With fewer lines the panels need all of them. */
#define LINES_FOR_WINDOW 16
#define LINES_FOR_LEGEND 9

/* A step of the fast keys, as a part of the window; of zooming, as a factor. */
#define FAST_PART   8
#define PAN_PART    2
#define ZOOM_FACTOR 2

struct timeline_view {
    struct view view;
    struct timeline_place place;
    enum timeline_parting by;
    bool stepped;                     /* the cursor went to its row as an event, not as the peak */
    int graph_x, graph_y, graph_rows; /* of the last frame, on the screen */
    struct strbuf text;               /* scratch */
    bool at_peak; /* it was asked for, and is kept to until the next key or click */
};

/* Whether no event of the filter is there, in the range or out of it. */
static bool is_empty(const struct timeline *t)
{
    uint64_t rows = 0;
    for (uint32_t k = 0; k < t->known; k++)
        rows += t->columns[k].rows;
    return rows == 0 && t->first >= t->from && !t->has_peak;
}

/* What is shown; NULL before the first answer and where there is nothing. */
static const struct timeline *answer_of(const struct timeline_view *v)
{
    const struct snapshot *s = v->view.env->snapshot;
    if (s == NULL || s->trace == NULL)
        return NULL;
    const struct timeline *t = snapshot_timeline(s);
    return t != NULL && t->known > 0 && !(v->place.whole && is_empty(t)) ? t : NULL;
}

static bool timeline_wants(const struct view *view, enum answer_kind kind,
                           struct answer_spec *out_spec)
{
    const struct timeline_view *v = (const struct timeline_view *)view;
    if (kind != ANSWER_TIMELINE)
        return false;
    timeline_place_ask(&v->place, v->by, &out_spec->timeline);
    return true;
}

static enum view_result go_peak(struct timeline_view *v, const struct timeline *t,
                                struct view_request *out_request);

/* The peak of what has been added up so far gives way to that of the whole, a range may bring
 * another, and rows that are not known yet would send the cursor elsewhere. */
static bool timeline_sync(struct view *view)
{
    struct timeline_view *v = (struct timeline_view *)view;
    const struct timeline *t = v->at_peak ? answer_of(v) : NULL;
    struct view_request said = {0};
    if (t != NULL)
        go_peak(v, t, &said);
    strbuf_release(&said.condition);
    return true;
}

/* The range in force, raw. */
static void get_range(const struct timeline_view *v, int64_t *out_since, int64_t *out_until)
{
    const struct snapshot *s = v->view.env->snapshot;
    const struct query_spec *spec = s->query != NULL ? query_asked(s->query) : NULL;
    *out_since = INT64_MIN;
    *out_until = INT64_MAX;
    if (spec != NULL && spec->since != INT64_MIN)
        *out_since = trace_raw(s->trace, spec->since);
    if (spec != NULL && spec->until != INT64_MAX)
        *out_until = trace_raw(s->trace, spec->until + 1) - 1;
}

/* ---- moving ---- */

static int64_t steps(uint64_t count)
{
    return count == 0 ? 1 : count < 1000000 ? (int64_t)count : 1000000;
}

static int64_t part_of(const struct timeline_view *v, int part)
{
    return v->place.cells / part > 0 ? v->place.cells / part : 1;
}

static bool move(struct timeline_view *v, const struct timeline *t, enum action a, uint64_t count)
{
    struct timeline_place *p = &v->place;
    int64_t n = steps(count);
    switch ((int)a) {
    case ACTION_LEFT:
        timeline_place_move(p, t, -n);
        return true;
    case ACTION_RIGHT:
        timeline_place_move(p, t, n);
        return true;
    case ACTION_TIMELINE_FAST_LEFT:
        timeline_place_move(p, t, -n * part_of(v, FAST_PART));
        return true;
    case ACTION_TIMELINE_FAST_RIGHT:
        timeline_place_move(p, t, n * part_of(v, FAST_PART));
        return true;
    case ACTION_PAGE_UP:
        timeline_place_pan(p, t, -n * part_of(v, 1));
        return true;
    case ACTION_PAGE_DOWN:
        timeline_place_pan(p, t, n * part_of(v, 1));
        return true;
    case ACTION_HALF_UP:
        timeline_place_pan(p, t, -n * part_of(v, PAN_PART));
        return true;
    case ACTION_HALF_DOWN:
        timeline_place_pan(p, t, n * part_of(v, PAN_PART));
        return true;
    case ACTION_FIRST:
        timeline_place_go_first(p, t);
        return true;
    case ACTION_LAST:
    case ACTION_FOLLOW:
        timeline_place_go_last(p);
        return true;
    default:
        return false;
    }
}

/* To the event that matches before or behind the cursor. */
static enum view_result step_event(struct timeline_view *v, const struct timeline *t, bool on,
                                   uint64_t count, struct view_request *out_request)
{
    const struct snapshot *s = v->view.env->snapshot;
    const struct timeline_moment *m = timeline_place_moment(&v->place, t);
    uint64_t row = v->place.row != ROW_NONE ? v->place.row : m != NULL ? m->row : ROW_NONE;
    uint64_t items = query_count(s->query), n = count > 0 ? count : 1, item;
    if (on)
        item = row != ROW_NONE ? query_rank(s->query, row + 1) + n - 1 : n - 1;
    else
        item = row != ROW_NONE ? query_rank(s->query, row) : 0;
    if (on ? item >= items : item < n)
        return view_say(out_request, on ? "This is the last event." : "This is the first event.");
    uint64_t to = query_select(s->query, on ? item : item - n);
    if (to == ROW_NONE)
        return VIEW_DONE;
    timeline_place_go(&v->place, t, store_time(s->trace->store, to), to);
    v->stepped = true;
    return VIEW_DONE;
}

static enum view_result go_peak(struct timeline_view *v, const struct timeline *t,
                                struct view_request *out_request)
{
    if (!t->has_peak)
        return view_say(out_request, "Nothing is outstanding in this window.");
    timeline_place_go(&v->place, t, t->peak.time, t->peak.row);
    v->stepped = false;
    return VIEW_DONE;
}

/* To the nearest mark on that side of the cursor. */
static enum view_result go_mark(struct timeline_view *v, const struct timeline *t, bool on,
                                struct view_request *out_request)
{
    const struct view_env *env = v->view.env;
    const struct timeline_moment *m = timeline_place_moment(&v->place, t);
    int64_t here = m != NULL ? m->time : v->place.time;
    const struct view_mark *best = NULL;
    if (env->mark_count == 0)
        return view_say(out_request,
                        "There are no marks: {mark.set} and a letter sets one at the cursor.");
    for (size_t i = 0; i < env->mark_count; i++) {
        const struct view_mark *k = &env->marks[i];
        if (on ? k->time <= here : k->time >= here)
            continue;
        if (best == NULL || (on ? k->time < best->time : k->time > best->time))
            best = k;
    }
    if (best == NULL)
        return view_say(out_request,
                        on ? "No mark lies behind the cursor." : "No mark lies before the cursor.");
    timeline_place_go(&v->place, t, best->time, best->row);
    v->stepped = true;
    return VIEW_DONE;
}

/* ---- the window ---- */

static enum view_result zoom(struct timeline_view *v, const struct timeline *t, bool in,
                             uint64_t count, struct view_request *out_request)
{
    uint64_t factor = count > 1 ? count : ZOOM_FACTOR;
    /* The cell's moment stays in view when the cell becomes many. */
    const struct timeline_moment *m = timeline_place_moment(&v->place, t);
    if (in && m != NULL && !v->place.at_end && v->place.row == ROW_NONE)
        v->place.time = m->time;
    if (in && !timeline_place_zoom_in(&v->place, t, factor))
        return view_say(out_request, "This is as near as the trace's clock tells times apart.");
    if (!in && !timeline_place_zoom_out(&v->place, t, factor))
        return view_say(out_request, "This is the whole trace.");
    return VIEW_DONE;
}

/* The whole; the range where the whole is shown already. */
static enum view_result show_whole(struct timeline_view *v, const struct timeline *t,
                                   struct view_request *out_request)
{
    int64_t since, until;
    get_range(v, &since, &until);
    bool open = since == INT64_MIN && until == INT64_MAX;
    if (!v->place.whole)
        v->place.whole = true;
    else if (!open)
        timeline_place_show(&v->place, t, since, until);
    else
        return view_say(out_request, "This is the whole trace; {timeline.zoom-in} shows less.");
    return VIEW_DONE;
}

/* ---- the way to what was alive, and to the events ---- */

/* Whether the cursor stands at the peak: in its column, where it has not gone to an event. */
static bool is_at_peak(const struct timeline_view *v, const struct timeline *t)
{
    const struct timeline_place *p = &v->place;
    if (!t->has_peak)
        return false;
    if (!p->at_end && p->row != ROW_NONE)
        return p->row == t->peak.row && !v->stepped;
    return timeline_place_cell(p, t) == timeline_place_cell_of(p, t, t->peak.time);
}

static enum view_result open_peak(const struct timeline_view *v, const struct timeline *t,
                                  struct view_request *out_request)
{
    out_request->kind = VIEW_REQUEST_PUSH;
    out_request->view = view_moment_new(v->view.env, t->peak.time);
    return VIEW_REQUEST;
}

/* The one event that a cell has; ROW_NONE when there are more or none. */
static uint64_t only_event(const struct timeline_view *v, const struct timeline *t, int cell,
                           uint64_t *out_rows)
{
    uint32_t count, first = timeline_place_columns(&v->place, t, cell, &count);
    const struct query *q = v->view.env->snapshot->query;
    *out_rows = 0;
    for (uint32_t k = first; k < first + count; k++)
        *out_rows += t->columns[k].rows;
    if (*out_rows != 1)
        return ROW_NONE;
    return query_select(q, query_rank(q, t->columns[first].first));
}

static void put_condition(struct timeline_view *v, const struct timeline *t, int cell,
                          struct view_request *out_request)
{
    const struct trace *trace = v->view.env->snapshot->trace;
    uint32_t count, first = timeline_place_columns(&v->place, t, cell, &count);
    int64_t since = trace_ns(trace, timeline_column_time(t, first));
    condition_put_bound(&out_request->condition, "time", ">=", since);
    strbuf_puts(&out_request->condition, " && ");
    condition_put_bound(&out_request->condition, "time", "<",
                        trace_ns(trace, timeline_column_time(t, first + count)));
    strbuf_puts(&out_request->label, "at ");
    cell_put_moment(&out_request->label, since);
}

static enum view_result open_events(struct timeline_view *v, const struct timeline *t,
                                    struct view_request *out_request)
{
    int cell = timeline_place_cell(&v->place, t);
    uint64_t rows, only = only_event(v, t, cell, &rows);
    out_request->row = v->place.row != ROW_NONE ? v->place.row : only;
    out_request->kind = VIEW_REQUEST_EVENT;
    if (out_request->row != ROW_NONE)
        return VIEW_REQUEST;
    if (rows == 0)
        return view_say(out_request, "No event happened here; {list.down} goes to the next one.");
    out_request->kind = VIEW_REQUEST_DRILL;
    out_request->screen = SCOPE_EVENTS;
    put_condition(v, t, cell, out_request);
    return VIEW_REQUEST;
}

/* ---- view ---- */

static enum view_result timeline_action(struct view *view, enum action a, uint64_t count,
                                        struct view_request *out_request)
{
    struct timeline_view *v = (struct timeline_view *)view;
    const struct timeline *t = answer_of(v);
    if (a == ACTION_TIMELINE_STACK) {
        v->by = (enum timeline_parting)((v->by + 1) % TIMELINE_PARTINGS);
        return VIEW_DONE;
    }
    v->at_peak = a == ACTION_TIMELINE_PEAK;
    if (t == NULL)
        return v->at_peak ? VIEW_DONE : VIEW_IGNORED;
    if (move(v, t, a, count))
        return VIEW_DONE;
    switch ((int)a) {
    case ACTION_DOWN:
    case ACTION_UP:
        return step_event(v, t, a == ACTION_DOWN, count, out_request);
    case ACTION_FIND_NEXT:
    case ACTION_FIND_PREVIOUS:
        return go_mark(v, t, a == ACTION_FIND_NEXT, out_request);
    /* There is no cell to filter by: the keys of that are the ones beside those of zooming. */
    case ACTION_TIMELINE_ZOOM_IN:
    case ACTION_FILTER_ADD:
        return zoom(v, t, true, count, out_request);
    case ACTION_TIMELINE_ZOOM_OUT:
    case ACTION_FILTER_EXCLUDE:
        return zoom(v, t, false, count, out_request);
    case ACTION_TIMELINE_WHOLE:
        return show_whole(v, t, out_request);
    case ACTION_TIMELINE_PEAK:
        return go_peak(v, t, out_request);
    case ACTION_OPEN:
        return is_at_peak(v, t) ? open_peak(v, t, out_request) : open_events(v, t, out_request);
    default:
        return VIEW_IGNORED;
    }
}

/* Of a row, and of a time that the answer has not yet, it is known all the same: keys may come
 * faster than answers. */
static bool timeline_moment_of(const struct view *view, int64_t *out_raw, uint64_t *out_row)
{
    const struct timeline_view *v = (const struct timeline_view *)view;
    const struct snapshot *s = view->env->snapshot;
    const struct timeline *t = answer_of(v);
    if (t == NULL)
        return false;
    uint64_t pinned = v->place.at_end ? s->rows - 1 : v->place.row;
    if (pinned < s->rows) {
        *out_row = pinned;
        *out_raw = store_time(s->trace->store, pinned);
        return true;
    }
    const struct timeline_moment *m = timeline_place_moment(&v->place, t);
    *out_raw = m != NULL ? m->time : v->place.time;
    bool at_row = m != NULL && m->row != ROW_NONE && store_time(s->trace->store, m->row) == m->time;
    *out_row = at_row ? m->row : ROW_NONE;
    return true;
}

/* ---- drawing ---- */

static void draw_line(struct timeline_view *v, struct canvas *c, enum role role)
{
    canvas_field(c, 0, 1, c->cols - 1, role, ALIGN_LEFT, CUT_END, strbuf_str(&v->text),
                 v->text.len);
    *c = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
}

/* Whose bytes the letters are, and how many each has at the cursor. */
static void draw_legend(struct timeline_view *v, const struct timeline_chart *g, struct canvas *c)
{
    const struct timeline_moment *m = timeline_place_moment(g->place, g->t);
    int x = 1;
    for (uint32_t i = 0; i <= g->t->series_count; i++) {
        strbuf_clear(&v->text);
        strbuf_printf(&v->text, "%c ", timeline_series_letter(g->t, i));
        timeline_put_series(g, i, &v->text);
        if (m != NULL) {
            strbuf_puts(&v->text, " ");
            cell_put_bytes(&v->text, v->view.env, timeline_series_bytes(g->t, m, i));
        }
        enum role role = timeline_series_role(i < g->t->series_count ? i : TIMELINE_SERIES);
        x += canvas_puts(c, 0, x, role, strbuf_str(&v->text)) + 3;
    }
    *c = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
}

static void draw_empty(struct timeline_view *v, const struct canvas *c)
{
    const struct snapshot *s = v->view.env->snapshot;
    why_empty_rows(v->view.env, &v->text);
    if (s != NULL && s->query != NULL && query_count(s->query) > 0) {
        strbuf_clear(&v->text);
        strbuf_puts(&v->text, "Adding up what was outstanding ...");
    }
    struct canvas text = canvas_sub(c, c->rows > 2 ? 1 : 0, 2, c->rows, c->cols - 4);
    canvas_paragraph(&text, 0, ROLE_TEXT_MUTED, strbuf_str(&v->text));
}

/* The next answer is to fit. */
static void fit(struct timeline_view *v, const struct canvas *c)
{
    v->place.samples = canvas_grain(c, true).samples;
    v->place.cells = c->cols > TIMELINE_GUTTER ? c->cols - TIMELINE_GUTTER : 1;
    v->graph_x = c->x + TIMELINE_GUTTER;
    v->graph_y = c->y;
    v->graph_rows = c->rows;
}

static void timeline_draw(struct view *view, const struct canvas *c)
{
    struct timeline_view *v = (struct timeline_view *)view;
    struct timeline_chart g = {.env = view->env,
                               .t = answer_of(v),
                               .place = &v->place,
                               .grain = canvas_grain(c, true),
                               .text = &v->text};
    struct canvas rest = *c;
    fit(v, c);
    if (g.t == NULL) {
        draw_empty(v, c);
        return;
    }
    get_range(v, &g.since, &g.until);
    if (c->rows >= LINES_FOR_WINDOW) {
        strbuf_clear(&v->text);
        timeline_put_window(&g, &v->text);
        draw_line(v, &rest, ROLE_TEXT_MUTED);
    }
    strbuf_clear(&v->text);
    timeline_put_cursor(&g, c->cols - 1, &v->text);
    draw_line(v, &rest, ROLE_TEXT_STRONG);
    if (g.t->by != TIMELINE_WHOLE && c->rows >= LINES_FOR_LEGEND)
        draw_legend(v, &g, &rest);
    v->graph_y = rest.y;
    v->graph_rows = rest.rows;
    timeline_chart_draw(&g, &rest);
}

/* ---- the mouse, copying ---- */

/* A click puts the cursor there, a second one opens; the wheel zooms at the pointer. */
static bool timeline_touch(struct view *view, struct ui_key event, enum action *out_action)
{
    struct timeline_view *v = (struct timeline_view *)view;
    v->at_peak = false;
    const struct timeline *t = answer_of(v);
    int cell = event.x - v->graph_x;
    bool inside = t != NULL && cell >= 0 && cell < v->place.cells && event.y >= v->graph_y &&
                  event.y < v->graph_y + v->graph_rows;
    if (!inside)
        return event.code != UI_KEY_CLICK;
    int at = timeline_place_cell(&v->place, t);
    if (event.code == UI_KEY_CLICK && cell == at)
        *out_action = ACTION_OPEN;
    else if (cell != at)
        timeline_place_move(&v->place, t, cell - at);
    if (event.code == UI_KEY_WHEEL_UP)
        *out_action = ACTION_TIMELINE_ZOOM_IN;
    if (event.code == UI_KEY_WHEEL_DOWN)
        *out_action = ACTION_TIMELINE_ZOOM_OUT;
    return true;
}

static void timeline_put_copy(struct view *view, struct strbuf *out)
{
    struct timeline_view *v = (struct timeline_view *)view;
    struct timeline_chart g = {.env = view->env, .t = answer_of(v), .place = &v->place};
    if (g.t == NULL)
        return;
    timeline_put_cursor(&g, INT_MAX, out);
    strbuf_putc(out, '\n');
}

static void timeline_close(struct view *view)
{
    struct timeline_view *v = (struct timeline_view *)view;
    strbuf_release(&v->text);
    free(v);
}

static const struct action_hint timeline_hints[] = {{ACTION_TIMELINE_ZOOM_IN, NULL},
                                                    {ACTION_FILTER_EXCLUDE, "farther"},
                                                    {ACTION_RIGHT, "cursor"},
                                                    {ACTION_OPEN, "events"},
                                                    {ACTION_TIMELINE_STACK, NULL},
                                                    {ACTION_TIMELINE_PEAK, NULL},
                                                    {ACTION_HELP, NULL},
                                                    {ACTION_RANGE_START, NULL},
                                                    {ACTION_RANGE_END, NULL},
                                                    {ACTION_TIMELINE_WHOLE, NULL}};

static const struct action_hint peak_hints[] = {{ACTION_TIMELINE_ZOOM_IN, NULL},
                                                {ACTION_FILTER_EXCLUDE, "farther"},
                                                {ACTION_RIGHT, "cursor"},
                                                {ACTION_OPEN, "alive then"},
                                                {ACTION_TIMELINE_STACK, NULL},
                                                {ACTION_TIMELINE_PEAK, NULL},
                                                {ACTION_HELP, NULL},
                                                {ACTION_RANGE_START, NULL},
                                                {ACTION_RANGE_END, NULL},
                                                {ACTION_TIMELINE_WHOLE, NULL}};

static size_t timeline_hints_now(const struct view *view, const struct action_hint **out_hints)
{
    const struct timeline_view *v = (const struct timeline_view *)view;
    const struct timeline *t = answer_of(v);
    *out_hints = t != NULL && is_at_peak(v, t) ? peak_hints : timeline_hints;
    return sizeof timeline_hints / sizeof timeline_hints[0];
}

static const struct view_ops timeline_ops = {
    .scope = SCOPE_TIMELINE,
    .is_list = true,
    .close = timeline_close,
    .wants = timeline_wants,
    .sync = timeline_sync,
    .draw = timeline_draw,
    .action = timeline_action,
    .moment = timeline_moment_of,
    .touch = timeline_touch,
    .put_copy = timeline_put_copy,
    .hints_now = timeline_hints_now,
};

struct view *view_timeline_new(const struct view_env *env)
{
    struct timeline_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &timeline_ops, .env = env};
    timeline_place_init(&v->place);
    return &v->view;
}
