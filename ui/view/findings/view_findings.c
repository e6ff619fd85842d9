/*
 * Findings: what is wrong, or looks like it.
 *
 * A ranked list of sentences (finding_list.h) above the evidence for the selected one
 * (finding_evidence.h); Enter goes to the rows that prove it. The worker looks for them as long as
 * the screen is shown. Loop thread only.
 */
#include <stdlib.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "base/text.h"
#include "query/condition.h"
#include "ui/view/cell_format.h"
#include "ui/view/findings/finding_evidence.h"
#include "ui/view/findings/finding_list.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"

/* With fewer lines the sentences need all of them. */
#define LINES_FOR_CAPTION  5
#define LINES_FOR_EVIDENCE 8

/* Lines that the sentences keep when the evidence needs many. */
#define LEAST_LIST 3

struct findings_view {
    struct view view;
    struct finding_list findings;
    struct strbuf text; /* scratch */
};

static const struct findings *found_of(const struct findings_view *v)
{
    return v->findings.found;
}

static bool findings_wants(const struct view *view, enum answer_kind kind,
                           struct answer_spec *out_spec)
{
    if (kind != ANSWER_FINDINGS)
        return false;
    out_spec->rules = (struct frame_rules *)(uintptr_t)view->env->rules;
    return true;
}

static bool findings_sync(struct view *view)
{
    finding_list_sync(&((struct findings_view *)view)->findings);
    return true;
}

/* ---- what was looked at ---- */

static bool is_complete(const struct findings_view *v)
{
    const struct snapshot *s = v->view.env->snapshot;
    return s->answer_complete[ANSWER_FINDINGS];
}

/* "67,050 events from 0.000 s to 4.640 s". */
static void put_subject(const struct findings_view *v, struct strbuf *out)
{
    const struct findings *f = found_of(v);
    const struct snapshot *s = v->view.env->snapshot;
    text_put_grouped(out, f->events);
    strbuf_puts(out, f->events == 1 ? " event" : " events");
    if (f->events == 0)
        return;
    strbuf_puts(out, " from ");
    text_put_moment(out, trace_ns(s->trace, f->first));
    strbuf_puts(out, " to ");
    text_put_moment(out, trace_ns(s->trace, f->last));
}

static uint64_t not_kept(const struct findings *f)
{
    uint64_t more = 0;
    for (int kind = 0; kind < FINDING_KINDS; kind++)
        more += f->more[kind];
    return more;
}

static void put_caption(const struct findings_view *v, struct strbuf *out)
{
    const struct findings *f = found_of(v);
    strbuf_clear(out);
    text_put_grouped(out, f->count + not_kept(f));
    strbuf_puts(out, f->count == 1 ? " finding" : " findings");
    if (not_kept(f) > 0)
        strbuf_printf(out, ", the largest %d of each kind shown", FINDINGS_OF_A_KIND);
    strbuf_puts(out, " in ");
    put_subject(v, out);
    if (f->cut)
        strbuf_puts(out, "; more stacks or heaps than are watched");
    if (!is_complete(v))
        strbuf_puts(out, ", still looking");
}

/* Why there are no sentences. */
static void put_nothing(struct findings_view *v, struct strbuf *out)
{
    const struct snapshot *s = v->view.env->snapshot;
    const struct findings *f = found_of(v);
    if (s == NULL || s->trace == NULL || s->rows == 0 || (f != NULL && f->events == 0)) {
        why_empty_rows(v->view.env, out);
        return;
    }
    strbuf_clear(out);
    if (f == NULL) {
        strbuf_puts(out, "Looking through the events.");
        return;
    }
    strbuf_puts(out, is_complete(v) ? "Nothing found in " : "Nothing found so far in ");
    put_subject(v, out);
    const struct filter *filter = query_asked(s->query)->filter;
    if (filter != NULL && !filter_is_empty(filter))
        strbuf_puts(out, " under the filter");
    strbuf_puts(out, ". Looked for: ");
    for (int kind = 0; kind < FINDING_KINDS; kind++)
        strbuf_printf(out, "%s%s", kind > 0 ? "; " : "", finding_words[kind].asks);
    strbuf_putc(out, '.');
    if (!finding_is_certain(&s->trust))
        strbuf_puts(out, " Events were lost: what they would have shown is not known.");
}

/* ---- actions ---- */

/* The rows that prove it, on the screen that shows them best. */
static enum ui_scope screen_of(const struct finding *f)
{
    static const enum ui_scope screens[] = {[FINDING_IN_EVENTS] = SCOPE_EVENTS,
                                            [FINDING_IN_BLOCKS] = SCOPE_BLOCKS,
                                            [FINDING_IN_STACKS] = SCOPE_STACKS};
    return screens[f->place];
}

static enum view_result go_to_evidence(struct findings_view *v, enum action a,
                                       struct view_request *out_request)
{
    const struct finding *f = finding_list_selected(&v->findings);
    if (f == NULL)
        return view_say(out_request, "There is no finding to go to.");
    strbuf_puts(&out_request->condition, f->condition);
    out_request->kind = a == ACTION_OPEN ? VIEW_REQUEST_DRILL : VIEW_REQUEST_FILTER;
    out_request->screen = screen_of(f);
    if (a == ACTION_FILTER_EXCLUDE) {
        condition_negate(&out_request->condition);
        strbuf_puts(&out_request->label, "not ");
    }
    strbuf_puts(&out_request->label, f->label);
    return VIEW_REQUEST;
}

static enum view_result filter_by_heap(const struct findings_view *v,
                                       struct view_request *out_request)
{
    const struct finding *f = finding_list_selected(&v->findings);
    const struct trace *t = v->view.env->snapshot->trace;
    if (f == NULL || f->heap == INDEX_NONE)
        return view_say(out_request, "This row is about no heap alone.");
    out_request->kind = VIEW_REQUEST_FILTER;
    condition_put_heap(&out_request->condition, t, registry_heap(t->registry, f->heap));
    return VIEW_REQUEST;
}

static enum view_result findings_action(struct view *view, enum action a, uint64_t count,
                                        struct view_request *out_request)
{
    struct findings_view *v = (struct findings_view *)view;
    switch ((int)a) {
    case ACTION_OPEN:
    case ACTION_FILTER_ADD:
    case ACTION_FILTER_EXCLUDE:
        return go_to_evidence(v, a, out_request);
    case ACTION_FILTER_HEAP:
        return filter_by_heap(v, out_request);
    case ACTION_SORT_NEXT:
    case ACTION_SORT_REVERSE:
        return view_say(out_request, "What is most surely wrong comes first; the order is fixed.");
    case ACTION_COLUMNS:
        return view_say(out_request, "These rows are sentences: there are no columns to choose.");
    case ACTION_LEFT:
    case ACTION_RIGHT:
        return VIEW_DONE;
    default:
        return list_action(&v->findings.list, a, count) ? VIEW_DONE : VIEW_IGNORED;
    }
}

/* The event that shows it best, or where it begins. */
static bool findings_moment(const struct view *view, int64_t *out_raw, uint64_t *out_row)
{
    const struct findings_view *v = (const struct findings_view *)view;
    const struct finding *f = finding_list_selected(&v->findings);
    if (f == NULL)
        return false;
    *out_raw = f->since;
    *out_row = ROW_NONE;
    return true;
}

/* ---- drawing ---- */

static void draw_caption(struct findings_view *v, struct canvas *c)
{
    if (c->rows < LINES_FOR_CAPTION)
        return;
    put_caption(v, &v->text);
    canvas_field(c, 0, 1, c->cols - 1, ROLE_TITLE_FOCUS, ALIGN_LEFT, CUT_END, strbuf_str(&v->text),
                 v->text.len);
    *c = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
}

/* Rows that the evidence gets, the line above it included: all it needs as far as there is room. */
static int evidence_rows(struct findings_view *v, const struct canvas *c)
{
    const struct finding *f = finding_list_selected(&v->findings);
    if (f == NULL || c->rows < LINES_FOR_EVIDENCE)
        return 0;
    struct canvas measure = *c;
    measure.rows = 0;
    int needs = 1 + finding_evidence_draw(v->view.env, f, &measure, &v->text);
    int list = finding_list_lines(&v->findings, c->cols, c->rows);
    int room = list < c->rows / 2 ? c->rows - list : c->rows / 2;
    room = c->rows - room < LEAST_LIST ? c->rows - LEAST_LIST : room;
    return needs < room ? needs : room;
}

static void findings_draw(struct view *view, const struct canvas *c)
{
    struct findings_view *v = (struct findings_view *)view;
    const struct finding *f = finding_list_selected(&v->findings);
    struct canvas body = *c;
    if (f == NULL) {
        put_nothing(v, &v->text);
        v->findings.seen = 0;
        struct canvas text = canvas_sub(c, c->rows > 2 ? 1 : 0, 2, c->rows, c->cols - 4);
        canvas_paragraph(&text, 0, ROLE_TEXT_MUTED, strbuf_str(&v->text));
        return;
    }
    draw_caption(v, &body);
    v->findings.list.drawn = body;
    int below = evidence_rows(v, &body);
    struct canvas list = canvas_sub(&body, 0, 0, body.rows - below, body.cols);
    finding_list_draw(&v->findings, &list, view->focused);
    if (below == 0)
        return;
    canvas_line(&body, body.rows - below, 0, body.cols, ROLE_BORDER);
    struct canvas evidence = canvas_sub(&body, body.rows - below + 1, 0, below - 1, body.cols);
    finding_evidence_draw(view->env, f, &evidence, &v->text);
}

/* ---- view ---- */

static bool findings_touch(struct view *view, struct ui_key event, enum action *out_action)
{
    struct findings_view *v = (struct findings_view *)view;
    struct list *l = &v->findings.list;
    if (event.code != UI_KEY_CLICK) {
        *out_action = event.code == UI_KEY_WHEEL_DOWN ? ACTION_DOWN : ACTION_UP;
        return true;
    }
    uint64_t pos = finding_list_at(&v->findings, event.y);
    if (pos == LIST_NO_ROW)
        return true;
    if (pos == l->pos)
        *out_action = ACTION_OPEN;
    list_go(l, pos);
    return true;
}

static struct list *findings_list(struct view *view)
{
    return &((struct findings_view *)view)->findings.list;
}

static enum view_rows findings_kind(const struct view *view)
{
    (void)view;
    return VIEW_ROWS_FINDINGS;
}

static void findings_close(struct view *view)
{
    struct findings_view *v = (struct findings_view *)view;
    finding_list_release(&v->findings);
    strbuf_release(&v->text);
    free(v);
}

static const struct action_hint finding_hints[] = {
    {ACTION_OPEN, "evidence"}, {ACTION_FILTER_ADD, NULL}, {ACTION_FILTER_HEAP, NULL},
    {ACTION_FIND, NULL},       {ACTION_WRITE, NULL},      {ACTION_FILTER_EDIT, NULL},
    {ACTION_HELP, NULL}};

static const struct view_ops findings_ops = {
    .scope = SCOPE_FINDINGS,
    .is_list = true,
    .close = findings_close,
    .sync = findings_sync,
    .draw = findings_draw,
    .action = findings_action,
    .wants = findings_wants,
    .list = findings_list,
    .touch = findings_touch,
    .rows = findings_kind,
    .moment = findings_moment,
    .hints = finding_hints,
    .hint_count = sizeof finding_hints / sizeof finding_hints[0],
};

struct view *view_findings_new(const struct view_env *env)
{
    struct findings_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &findings_ops, .env = env};
    finding_list_init(&v->findings, env);
    return &v->view;
}
