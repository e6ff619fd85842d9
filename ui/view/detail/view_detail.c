/*
 * Detail: everything about the event that is selected in Events, or allocated the selected block.
 *
 * A pane below the list in three parts: what the event says (a page), its call stack and the life
 * of its address (lists). The page stands on the left, the lists on the right, or on a narrow
 * screen one part at a time; Tab goes to the next part. It follows the selection. Loop thread only.
 */
#include <stdlib.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "query/condition.h"
#include "ui/view/detail/detail_fields.h"
#include "ui/view/detail/detail_life.h"
#include "ui/view/detail/detail_stack.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"

/* Narrower panes show one part at a time; wider ones give the page two columns. */
#define WIDTH_FOR_BOTH 76
#define WIDTH_FOR_WIDE 150

#define PART_GAP  2
#define MOST_ROWS 24

/* Rows that the life keeps below a stack that has the keys. */
#define LEAST_LIFE 3

enum detail_part { PART_FIELDS, PART_STACK, PART_LIFE, PART_COUNT };

struct detail_view {
    struct view view;
    const struct view *above; /* borrowed: the list */
    struct page page;
    struct strbuf text;
    struct detail_event event;
    struct detail_stack stack;
    struct detail_life life;
    enum detail_part part; /* has the keys */
};

/* An event may have no stack, and be about no block. */
static bool has_part(const struct detail_view *v, enum detail_part part)
{
    return part == PART_FIELDS || (part == PART_STACK && v->stack.stack != STACK_NONE) ||
           (part == PART_LIFE && v->life.of_block);
}

/* The part that Tab leads to; PART_COUNT behind the last. */
static enum detail_part next_part(const struct detail_view *v)
{
    enum detail_part part = v->part + 1;
    while (part < PART_COUNT && !has_part(v, part))
        part++;
    return part;
}

static bool detail_sync(struct view *view)
{
    struct detail_view *v = (struct detail_view *)view;
    const struct snapshot *s = view->env->snapshot;
    int64_t raw;
    uint64_t id = ROW_NONE;
    if (s == NULL || s->trace == NULL || !v->above->ops->moment(v->above, &raw, &id))
        id = ROW_NONE;
    if (id != v->event.row.id)
        v->page.top = 0;
    detail_event_look(&v->event, id);
    detail_stack_sync(&v->stack, &v->event.row);
    detail_life_sync(&v->life, &v->event.row);
    if (!view->focused || !has_part(v, v->part))
        v->part = PART_FIELDS;
    return true;
}

static void draw_fields(struct detail_view *v, const struct canvas *c)
{
    v->page.blurred = !v->view.focused || v->part != PART_FIELDS;
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

static void draw_part(struct detail_view *v, const struct canvas *c, enum detail_part part)
{
    bool focused = v->view.focused && v->part == part;
    if (part == PART_FIELDS)
        draw_fields(v, c);
    else if (part == PART_STACK)
        detail_stack_draw(&v->stack, c, focused);
    else
        detail_life_draw(&v->life, c, focused);
}

/* Rows of the stack above the life: what it needs, but the one that has the keys gets most. */
static int stack_rows(const struct detail_view *v, int rows)
{
    int need = detail_stack_rows(&v->stack);
    int most = v->part == PART_STACK ? rows - LEAST_LIFE : rows * 3 / 5;
    return need < most ? need : most;
}

/* The lists, one above the other where both are. */
static void draw_lists(struct detail_view *v, const struct canvas *c)
{
    if (!has_part(v, PART_STACK) || !has_part(v, PART_LIFE)) {
        draw_part(v, c, has_part(v, PART_STACK) ? PART_STACK : PART_LIFE);
        return;
    }
    int rows = stack_rows(v, c->rows);
    struct canvas stack = canvas_sub(c, 0, 0, rows, c->cols);
    struct canvas life = canvas_sub(c, rows, 0, c->rows - rows, c->cols);
    draw_part(v, &stack, PART_STACK);
    draw_part(v, &life, PART_LIFE);
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
    bool lists = has_part(v, PART_STACK) || has_part(v, PART_LIFE);
    if (!lists || c->cols < WIDTH_FOR_BOTH) {
        draw_part(v, c, v->part);
        return;
    }
    int left = fields_width(c->cols);
    struct canvas fields = canvas_sub(c, 0, 0, c->rows, left);
    struct canvas right = canvas_sub(c, 0, left + PART_GAP, c->rows, c->cols);
    draw_fields(v, &fields);
    draw_lists(v, &right);
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

/* `=` on a frame: whoever goes through it. */
static enum view_result filter_by_frame(struct detail_view *v, bool exclude,
                                        struct view_request *out_request)
{
    out_request->kind = VIEW_REQUEST_FILTER;
    detail_stack_put_condition(&v->stack, &out_request->condition);
    if (exclude)
        condition_negate(&out_request->condition);
    return VIEW_REQUEST;
}

static enum view_result stack_action(struct detail_view *v, enum action a, uint64_t count,
                                     struct view_request *out_request)
{
    if (a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE)
        return filter_by_frame(v, a == ACTION_FILTER_EXCLUDE, out_request);
    return list_action(&v->stack.list, a, count) ? VIEW_DONE : VIEW_IGNORED;
}

static enum view_result life_action(struct detail_view *v, enum action a, uint64_t count,
                                    struct view_request *out_request)
{
    if (a == ACTION_OPEN)
        return open_event(v, out_request);
    if (a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE)
        return filter_by_address(v, a == ACTION_FILTER_EXCLUDE, out_request);
    return list_action(&v->life.list, a, count) ? VIEW_DONE : VIEW_IGNORED;
}

static enum view_result detail_action(struct view *view, enum action a, uint64_t count,
                                      struct view_request *out_request)
{
    struct detail_view *v = (struct detail_view *)view;
    if (!view->focused)
        return VIEW_IGNORED;
    enum detail_part next = next_part(v);
    if (next < PART_COUNT &&
        (a == ACTION_NEXT_PANE || (a == ACTION_OPEN && v->part != PART_LIFE))) {
        v->part = next;
        return VIEW_DONE;
    }
    switch (v->part) {
    case PART_STACK:
        return stack_action(v, a, count, out_request);
    case PART_LIFE:
        return life_action(v, a, count, out_request);
    default:
        return page_action(&v->page, a, count) ? VIEW_DONE : VIEW_IGNORED;
    }
}

static void detail_close(struct view *view)
{
    struct detail_view *v = (struct detail_view *)view;
    detail_stack_release(&v->stack);
    detail_life_release(&v->life);
    strbuf_release(&v->text);
    free(v);
}

static struct list *detail_list(struct view *view)
{
    struct detail_view *v = (struct detail_view *)view;
    return v->part == PART_STACK ? &v->stack.list : v->part == PART_LIFE ? &v->life.list : NULL;
}

static struct page *detail_page(struct view *view)
{
    struct detail_view *v = (struct detail_view *)view;
    return v->part == PART_FIELDS ? &v->page : NULL;
}

struct hints {
    size_t count;
    struct action_hint hint[5];
};

static const struct hints hints_above = {4,
                                         {{ACTION_NEXT_PANE, "details"},
                                          {ACTION_BLOCK_NEXT, "next of block"},
                                          {ACTION_CLOSE, NULL},
                                          {ACTION_HELP, NULL}}};

#define FIELDS_TO(tab)                                                                             \
    {                                                                                              \
        4,                                                                                         \
        {                                                                                          \
            {ACTION_NEXT_PANE, tab}, {ACTION_BLOCK_NEXT, "next of block"}, {ACTION_CLOSE, NULL},   \
            {                                                                                      \
                ACTION_HELP, NULL                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
#define STACK_TO(tab)                                                                              \
    {                                                                                              \
        4,                                                                                         \
        {                                                                                          \
            {ACTION_FILTER_ADD, "this frame"}, {ACTION_NEXT_PANE, tab}, {ACTION_CLOSE, NULL},      \
            {                                                                                      \
                ACTION_HELP, NULL                                                                  \
            }                                                                                      \
        }                                                                                          \
    }

/* By the part that has the keys and the one that Tab leads to; behind the last comes the list. An
 * event with neither stack nor life is of no block. */
static const struct hints hints_of[PART_COUNT][PART_COUNT + 1] = {
    [PART_FIELDS] = {[PART_STACK] = FIELDS_TO("stack"),
                     [PART_LIFE] = FIELDS_TO("life"),
                     [PART_COUNT] = {3,
                                     {{ACTION_NEXT_PANE, "list"},
                                      {ACTION_CLOSE, NULL},
                                      {ACTION_HELP, NULL}}}},
    [PART_STACK] = {[PART_LIFE] = STACK_TO("life"), [PART_COUNT] = STACK_TO("list")},
    [PART_LIFE] = {[PART_COUNT] = {5,
                                   {{ACTION_OPEN, "go there"},
                                    {ACTION_FILTER_ADD, "this address"},
                                    {ACTION_NEXT_PANE, "list"},
                                    {ACTION_CLOSE, NULL},
                                    {ACTION_HELP, NULL}}}},
};

static size_t detail_hints_now(const struct view *view, const struct action_hint **out_hints)
{
    const struct detail_view *v = (const struct detail_view *)view;
    const struct hints *h = view->focused ? &hints_of[v->part][next_part(v)] : &hints_above;
    *out_hints = h->hint;
    return h->count;
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

struct view *view_detail_new(const struct view_env *env, const struct view *above)
{
    struct detail_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &detail_ops, .env = env};
    v->above = above;
    v->event.env = env;
    v->event.row.id = ROW_NONE;
    detail_stack_init(&v->stack, env);
    detail_life_init(&v->life, env);
    return &v->view;
}
