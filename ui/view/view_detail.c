/*
 * Detail: everything about the event that is selected in Events.
 *
 * A pane below the list in two parts: what the event says (a page), and the life of its address (a
 * list). They stand side by side, or on a narrow screen one at a time; Tab goes to the next part.
 * It follows the selection. Loop thread only.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "model/snapshot.h"
#include "ui/view/condition.h"
#include "ui/view/detail_fields.h"
#include "ui/view/detail_life.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"

/* Narrower panes show one part at a time; wider ones give the page two columns. */
#define WIDTH_FOR_BOTH 76
#define WIDTH_FOR_WIDE 150

#define PART_GAP  2
#define MOST_ROWS 24

struct detail_view {
    struct view view;
    const struct view *events; /* borrowed: the list above */
    struct page page;
    struct strbuf text;
    struct detail_event event;
    struct detail_life life;
    bool in_life; /* the list has the keys, not the page */
};

static bool detail_sync(struct view *view)
{
    struct detail_view *v = (struct detail_view *)view;
    const struct snapshot *s = view->env->snapshot;
    uint64_t id = s != NULL && s->trace != NULL ? view_events_selected(v->events) : ROW_NONE;
    if (id != v->event.row.id)
        v->page.top = 0;
    detail_event_look(&v->event, id);
    detail_life_sync(&v->life, &v->event.row);
    if (!view->focused || !v->life.of_block)
        v->in_life = false;
    return true;
}

static void draw_fields(struct detail_view *v, const struct canvas *c)
{
    v->page.blurred = !v->view.focused || v->in_life;
    page_draw(&v->page, c, DETAIL_FIELDS_WIDTH, detail_fields, DETAIL_FIELDS_BLOCKS, &v->event,
              &v->text);
}

/* Cells of the page when both parts are shown. */
static int fields_width(int cols)
{
    if (cols >= WIDTH_FOR_WIDE)
        return 2 * DETAIL_FIELDS_WIDTH + 14;
    int width = cols * 9 / 25;
    return width > DETAIL_FIELDS_WIDTH ? width : DETAIL_FIELDS_WIDTH;
}

static void detail_draw(struct view *view, const struct canvas *c)
{
    struct detail_view *v = (struct detail_view *)view;
    if (v->event.row.id == ROW_NONE) {
        why_empty_rows(view->env, &v->text);
        struct canvas box = canvas_sub(c, 0, PEN_INDENT, c->rows, c->cols - 2 * PEN_INDENT);
        canvas_paragraph(&box, 0, ROLE_TEXT_MUTED, strbuf_str(&v->text));
        return;
    }
    bool focused = view->focused && v->in_life;
    if (!v->life.of_block || (c->cols < WIDTH_FOR_BOTH && !v->in_life)) {
        draw_fields(v, c);
    } else if (c->cols < WIDTH_FOR_BOTH) {
        detail_life_draw(&v->life, c, focused);
    } else {
        int left = fields_width(c->cols);
        struct canvas fields = canvas_sub(c, 0, 0, c->rows, left);
        struct canvas life = canvas_sub(c, 0, left + PART_GAP, c->rows, c->cols);
        draw_fields(v, &fields);
        detail_life_draw(&v->life, &life, focused);
    }
}

/* Enter in the list of the address: to that event. */
static enum view_result open_event(const struct detail_view *v, struct view_request *out_request)
{
    uint64_t row = detail_life_selected(&v->life);
    if (row == ROW_NONE)
        return VIEW_DONE;
    out_request->kind = VIEW_REQUEST_EVENT;
    out_request->row = row;
    return VIEW_REQUEST;
}

/* `=` in that list means what all its rows have in common. */
static enum view_result filter_by_address(const struct detail_view *v, bool exclude,
                                          struct view_request *out_request)
{
    out_request->kind = VIEW_REQUEST_FILTER;
    condition_put_address(&out_request->condition, v->life.life.address);
    if (exclude)
        condition_negate(&out_request->condition);
    strbuf_puts(&out_request->label, exclude ? "not at " : "at ");
    strbuf_put_hex(&out_request->label, v->life.life.address);
    return VIEW_REQUEST;
}

static enum view_result detail_action(struct view *view, enum action a, uint64_t count,
                                      struct view_request *out_request)
{
    struct detail_view *v = (struct detail_view *)view;
    if (!view->focused)
        return VIEW_IGNORED;
    if (!v->in_life && (a == ACTION_OPEN || (a == ACTION_NEXT_PANE && v->life.of_block))) {
        v->in_life = v->life.of_block;
        return VIEW_DONE;
    }
    if (!v->in_life)
        return page_action(&v->page, a, count) ? VIEW_DONE : VIEW_IGNORED;
    if (a == ACTION_OPEN)
        return open_event(v, out_request);
    if (a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE)
        return filter_by_address(v, a == ACTION_FILTER_EXCLUDE, out_request);
    return list_action(&v->life.list, a, count) ? VIEW_DONE : VIEW_IGNORED;
}

static void detail_close(struct view *view)
{
    struct detail_view *v = (struct detail_view *)view;
    detail_life_release(&v->life);
    strbuf_release(&v->text);
    free(v);
}

static struct list *detail_list(struct view *view)
{
    struct detail_view *v = (struct detail_view *)view;
    return v->in_life ? &v->life.list : NULL;
}

static struct page *detail_page(struct view *view)
{
    struct detail_view *v = (struct detail_view *)view;
    return v->in_life ? NULL : &v->page;
}

/* What Tab leads to from the list above, from what the event says, and from the life. */
static const struct action_hint hints_above[] = {{ACTION_NEXT_PANE, "details"},
                                                 {ACTION_BLOCK_NEXT, "next of block"},
                                                 {ACTION_CLOSE, NULL},
                                                 {ACTION_HELP, NULL}};
static const struct action_hint hints_fields[] = {{ACTION_NEXT_PANE, "life"},
                                                  {ACTION_BLOCK_NEXT, "next of block"},
                                                  {ACTION_CLOSE, NULL},
                                                  {ACTION_HELP, NULL}};
static const struct action_hint hints_last[] = {
    {ACTION_NEXT_PANE, "list"}, {ACTION_CLOSE, NULL}, {ACTION_HELP, NULL}};
static const struct action_hint hints_life[] = {{ACTION_OPEN, "go there"},
                                                {ACTION_FILTER_ADD, "this address"},
                                                {ACTION_NEXT_PANE, "list"},
                                                {ACTION_CLOSE, NULL},
                                                {ACTION_HELP, NULL}};

static size_t detail_hints_now(const struct view *view, const struct action_hint **out_hints)
{
    const struct detail_view *v = (const struct detail_view *)view;
    bool fields = view->focused && !v->in_life, last = fields && !v->life.of_block;
    *out_hints = !view->focused ? hints_above
                 : v->in_life   ? hints_life
                 : last         ? hints_last
                                : hints_fields;
    return v->in_life && view->focused ? 5 : last ? 3 : 4;
}

static const struct view_ops detail_ops = {
    .scope = SCOPE_DETAIL,
    .is_list = true,
    .is_pane = true,
    .most_rows = MOST_ROWS,
    .close = detail_close,
    .sync = detail_sync,
    .draw = detail_draw,
    .action = detail_action,
    .list = detail_list,
    .page = detail_page,
    .hints_now = detail_hints_now,
};

struct view *view_detail_new(const struct view_env *env, const struct view *events)
{
    struct detail_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &detail_ops, .env = env};
    v->events = events;
    v->event.env = env;
    v->event.row.id = ROW_NONE;
    detail_life_init(&v->life, env);
    return &v->view;
}
