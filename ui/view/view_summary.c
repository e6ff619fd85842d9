/*
 * Summary: one page about the whole trace.
 *
 * Only arranges the blocks of summary_blocks.h and scrolls them. Loop thread only.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "model/snapshot.h"
#include "ui/view/summary_blocks.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"
#include "ui/widget/page.h"

/* Two columns on 80 cells, four on 200. */
#define COLUMN_WIDTH 38

enum block {
    BLOCK_NOTE,
    BLOCK_TOTALS,
    BLOCK_CAPTURE,
    BLOCK_HEAPS,
    BLOCK_CURVE,
    BLOCK_SOURCES,
    BLOCK_SIZES,
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
    [BLOCK_CURVE] = {summary_write_curve, true},
    [BLOCK_HEAPS] = {summary_write_heaps, false},
    [BLOCK_SOURCES] = {summary_write_sources, false},
    [BLOCK_SIZES] = {summary_write_sizes, false},
    [BLOCK_OPS] = {summary_write_ops, false},
    [BLOCK_PROCESSES] = {summary_write_processes, false},
    [BLOCK_TRUST] = {summary_write_trust, false},
    [BLOCK_PROVIDERS] = {summary_write_providers, false},
};

struct summary_view {
    struct view view;
    struct page page;
    struct strbuf text;
};

static enum view_result summary_action(struct view *view, enum action a, uint64_t count,
                                       struct view_request *out_request)
{
    struct summary_view *v = (struct summary_view *)view;
    (void)out_request;
    if (a == ACTION_TRUST) {
        page_show_block(&v->page, BLOCK_TRUST);
        return VIEW_DONE;
    }
    return page_action(&v->page, a, count) ? VIEW_DONE : VIEW_IGNORED;
}

static bool summary_sync(struct view *view)
{
    (void)view;
    return true;
}

static void summary_draw(struct view *view, const struct canvas *c)
{
    struct summary_view *v = (struct summary_view *)view;
    const struct view_env *env = view->env;
    if (env->snapshot != NULL && env->snapshot->trace != NULL) {
        page_draw(&v->page, c, COLUMN_WIDTH, blocks, BLOCK_COUNT, (void *)env, &v->text);
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

static const enum action summary_hints[] = {ACTION_HEAPS, ACTION_EVENTS, ACTION_FILTER_EDIT,
                                            ACTION_TRUST, ACTION_FIND,   ACTION_HELP};

static const struct view_ops summary_ops = {
    .scope = SCOPE_SUMMARY,
    .is_list = true,
    .close = summary_close,
    .sync = summary_sync,
    .draw = summary_draw,
    .action = summary_action,
    .page = summary_page,
    .hints = summary_hints,
    .hint_count = sizeof summary_hints / sizeof summary_hints[0],
};

struct view *view_summary_new(const struct view_env *env)
{
    struct summary_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &summary_ops, .env = env};
    return &v->view;
}
