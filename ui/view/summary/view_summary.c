/*
 * Summary: one page about the whole trace.
 *
 * Only arranges the blocks of summary_blocks.h and scrolls them. Loop thread only.
 */
#include <stdlib.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "query/condition.h"
#include "ui/view/summary/summary_blocks.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"
#include "ui/widget/page.h"

/* Two columns on 80 cells, four on 200; with a cell less size classes would be cut. */
#define COLUMN_WIDTH 39

/* In the order they are laid out: what leads on stands on the first page of any size. */
enum block {
    BLOCK_NOTE,
    BLOCK_TOTALS,
    BLOCK_RANGE,
    BLOCK_HEAPS,
    BLOCK_SOURCES,
    BLOCK_CAPTURE,
    BLOCK_SIZES,
    BLOCK_CURVE,
    BLOCK_OPS,
    BLOCK_PROCESSES,
    BLOCK_TRUST,
    BLOCK_PROVIDERS,
    BLOCK_COUNT
};

static const struct page_block blocks[BLOCK_COUNT] = {
    [BLOCK_NOTE] = {summary_write_note, true},
    [BLOCK_CAPTURE] = {summary_write_capture, false},
    [BLOCK_TOTALS] = {summary_write_totals, false},
    [BLOCK_RANGE] = {summary_write_range, false},
    [BLOCK_CURVE] = {summary_write_curve, true},
    [BLOCK_HEAPS] = {summary_write_heaps, false},
    [BLOCK_SOURCES] = {summary_write_sources, false},
    [BLOCK_SIZES] = {summary_write_sizes, false},
    [BLOCK_OPS] = {summary_write_ops, false},
    [BLOCK_PROCESSES] = {summary_write_processes, false},
    [BLOCK_TRUST] = {summary_write_trust, false},
    [BLOCK_PROVIDERS] = {summary_write_providers, false},
};

/* In one column what leads on comes first, and what the capture was comes last. */
static const enum block one_column[BLOCK_COUNT] = {
    BLOCK_NOTE,  BLOCK_HEAPS, BLOCK_TOTALS,    BLOCK_RANGE,   BLOCK_SOURCES, BLOCK_SIZES,
    BLOCK_CURVE, BLOCK_OPS,   BLOCK_PROCESSES, BLOCK_CAPTURE, BLOCK_TRUST,   BLOCK_PROVIDERS,
};

struct summary_view {
    struct view view;
    struct page page;
    bool wants_trust; /* the next frame shows the trust table */
    struct strbuf text;
};

static bool summary_moment(const struct view *view, int64_t *out_raw, uint64_t *out_row)
{
    const struct summary_view *v = (const struct summary_view *)view;
    uint64_t link = page_chosen(&v->page);
    return link != PAGE_NO_LINK && view->env->snapshot != NULL &&
           summary_link_moment(view->env, link, out_raw, out_row);
}

/* What was alive then. */
static enum view_result open_peak(const struct summary_view *v, struct view_request *out_request)
{
    int64_t time;
    uint64_t row;
    if (!summary_moment(&v->view, &time, &row))
        return VIEW_IGNORED;
    out_request->kind = VIEW_REQUEST_PUSH;
    out_request->view = view_moment_new(v->view.env, time);
    return VIEW_REQUEST;
}

/* The chosen row becomes a condition: Enter goes on to Events, of a process to its heaps. */
static enum view_result filter(struct summary_view *v, enum action a,
                               struct view_request *out_request)
{
    const struct view_env *env = v->view.env;
    uint64_t link = page_chosen(&v->page);
    if (link == PAGE_NO_LINK || env->snapshot == NULL || env->snapshot->trace == NULL)
        return VIEW_IGNORED;
    if (a == ACTION_OPEN && link >> 32 == SUMMARY_LINK_PEAK)
        return open_peak(v, out_request);
    bool process = link >> 32 == SUMMARY_LINK_PROCESS;
    if (a == ACTION_FILTER_HEAP && link >> 32 != SUMMARY_LINK_HEAP)
        return view_say(out_request, "This row is no heap.");
    if (!summary_put_link(env, link, &out_request->condition, &out_request->label))
        return view_say(out_request, "There is nothing to filter by in this row.");
    out_request->kind = a == ACTION_OPEN ? VIEW_REQUEST_DRILL : VIEW_REQUEST_FILTER;
    out_request->screen = process ? SCOPE_HEAPS : SCOPE_EVENTS;
    out_request->rows = process ? VIEW_ROWS_HEAPS : VIEW_ROWS_NONE;
    if (a == ACTION_FILTER_EXCLUDE) {
        condition_negate(&out_request->condition);
        strbuf_clear(&out_request->label);
    }
    return VIEW_REQUEST;
}

static enum view_result summary_action(struct view *view, enum action a, uint64_t count,
                                       struct view_request *out_request)
{
    struct summary_view *v = (struct summary_view *)view;
    if (a == ACTION_TRUST) {
        v->wants_trust = true;
        return VIEW_DONE;
    }
    if (a == ACTION_OPEN || a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE ||
        a == ACTION_FILTER_HEAP)
        return filter(v, a, out_request);
    return page_action(&v->page, a, count) ? VIEW_DONE : VIEW_IGNORED;
}

static bool summary_sync(struct view *view)
{
    (void)view;
    return true;
}

static void draw_page(struct summary_view *v, const struct canvas *c)
{
    struct page_block ordered[BLOCK_COUNT];
    bool narrow = page_columns(c, COLUMN_WIDTH) == 1;
    for (size_t i = 0; i < BLOCK_COUNT; i++) {
        enum block block = narrow ? one_column[i] : (enum block)i;
        ordered[i] = blocks[block];
        /* Without events there is nothing to stand beside it. */
        ordered[i].wide |= block == BLOCK_CAPTURE && v->view.env->snapshot->rows == 0;
        if (v->wants_trust && block == BLOCK_TRUST)
            page_show_block(&v->page, i);
    }
    v->wants_trust = false;
    page_draw(&v->page, c, COLUMN_WIDTH, ordered, BLOCK_COUNT, (void *)v->view.env, &v->text);
}

static void summary_draw(struct view *view, const struct canvas *c)
{
    struct summary_view *v = (struct summary_view *)view;
    const struct view_env *env = view->env;
    if (env->snapshot != NULL && env->snapshot->trace != NULL) {
        draw_page(v, c);
        return;
    }
    struct canvas box = canvas_sub(c, 1, 1, c->rows, c->cols - 2);
    why_empty_rows(env, &v->text);
    canvas_paragraph(&box, 0, ROLE_TEXT_MUTED, strbuf_str(&v->text));
}

static void summary_close(struct view *view)
{
    struct summary_view *v = (struct summary_view *)view;
    strbuf_release(&v->text);
    free(v);
}

static struct page *summary_page(struct view *view)
{
    return &((struct summary_view *)view)->page;
}

static const struct action_hint summary_hints[] = {
    {ACTION_OPEN, NULL},  {ACTION_HEAPS, NULL}, {ACTION_EVENTS, NULL}, {ACTION_FILTER_EDIT, NULL},
    {ACTION_TRUST, NULL}, {ACTION_FIND, NULL},  {ACTION_HELP, NULL}};

static const struct view_ops summary_ops = {
    .scope = SCOPE_SUMMARY,
    .is_list = true,
    .close = summary_close,
    .sync = summary_sync,
    .draw = summary_draw,
    .action = summary_action,
    .page = summary_page,
    .moment = summary_moment,
    .hints = summary_hints,
    .hint_count = sizeof summary_hints / sizeof summary_hints[0],
};

struct view *view_summary_new(const struct view_env *env)
{
    struct summary_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &summary_ops, .env = env};
    v->page.first_group = SUMMARY_LINK_HEAP;
    return &v->view;
}
