/* The stack: focus, panes, covering views, the drill and its way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "term.h"
#include "ui/view/view_stack.h"

/* A view that writes down what happens to it. */
struct probe {
    struct view view;
    int *closed;
    enum action takes;
    enum view_result answer;
    int taken;
};

static void probe_close(struct view *v)
{
    struct probe *p = (struct probe *)v;
    ++*p->closed;
    free(p);
}

static bool probe_sync(struct view *v)
{
    return ((struct probe *)v)->taken > 0;
}

static void probe_draw(struct view *v, const struct canvas *c)
{
    for (int y = 0; y < c->rows; y++)
        canvas_puts(c, y, 0, v->focused ? ROLE_TEXT_STRONG : ROLE_TEXT, scope_name(v->ops->scope));
}

static enum view_result probe_action(struct view *v, enum action a, uint64_t count,
                                     struct view_request *out_request)
{
    struct probe *p = (struct probe *)v;
    (void)count;
    (void)out_request;
    if (a != p->takes)
        return VIEW_IGNORED;
    p->taken++;
    return p->answer;
}

#define PROBE(scope_, list_, pane_)                                                                \
    {                                                                                              \
        .scope = scope_, .is_list = list_, .is_pane = pane_, .close = probe_close,                 \
        .sync = probe_sync, .draw = probe_draw, .action = probe_action                             \
    }

static const struct view_ops events_ops = PROBE(SCOPE_EVENTS, true, false);
static const struct view_ops heaps_ops = PROBE(SCOPE_HEAPS, true, false);
static const struct view_ops detail_ops = PROBE(SCOPE_DETAIL, false, true);
static const struct view_ops help_ops = PROBE(SCOPE_HELP, false, false);

static struct probe *probe_new(const struct view_ops *ops, enum action takes, int *closed)
{
    struct probe *p = base_xcalloc(1, sizeof *p);
    *p =
        (struct probe){.view = {.ops = ops}, .closed = closed, .takes = takes, .answer = VIEW_DONE};
    return p;
}

/* Events and Heaps, Events shown. */
static struct view_stack make(int *closed)
{
    struct view_stack s = {0};
    view_stack_add(&s, &probe_new(&events_ops, ACTION_OPEN, closed)->view);
    view_stack_add(&s, &probe_new(&heaps_ops, ACTION_OPEN, closed)->view);
    assert_true(view_stack_show(&s, SCOPE_EVENTS));
    return s;
}

static void screens_keep_what_they_are(void **state)
{
    (void)state;
    int closed = 0;
    struct view_stack s = make(&closed);
    struct view *events = view_stack_focused(&s);
    assert_int_equal(events->ops->scope, SCOPE_EVENTS);
    assert_true(view_stack_show(&s, SCOPE_HEAPS));
    assert_false(events->focused);
    assert_false(view_stack_show(&s, SCOPE_SOURCES));
    assert_int_equal(s.shown, SCOPE_HEAPS);
    assert_true(view_stack_show(&s, SCOPE_EVENTS));
    assert_ptr_equal(view_stack_focused(&s), events);
    assert_int_equal(closed, 0);
    view_stack_release(&s);
    assert_int_equal(closed, 2);
    view_stack_release(&s);
}

static void keys_go_to_the_innermost(void **state)
{
    (void)state;
    int closed = 0;
    struct view_stack s = make(&closed);
    struct view_request request;
    struct probe *events = (struct probe *)view_stack_focused(&s);
    view_stack_push(&s, &probe_new(&detail_ops, ACTION_DOWN, &closed)->view);
    assert_int_equal(view_stack_action(&s, ACTION_DOWN, 0, &request), VIEW_DONE);
    assert_int_equal(view_stack_action(&s, ACTION_OPEN, 0, &request), VIEW_DONE); /* from below */
    assert_int_equal(events->taken, 1);
    view_stack_push(&s, &probe_new(&help_ops, ACTION_UP, &closed)->view);
    assert_int_equal(view_stack_action(&s, ACTION_OPEN, 0, &request), VIEW_IGNORED); /* covered */
    assert_int_equal(events->taken, 1);
    view_stack_push(&s, &probe_new(&help_ops, ACTION_UP, &closed)->view);
    assert_int_equal(s.above_count, 2); /* help on help is one */
    assert_int_equal(view_stack_action(&s, ACTION_CLOSE, 0, &request), VIEW_DONE);
    assert_int_equal(view_stack_action(&s, ACTION_QUIT_VIEW, 0, &request), VIEW_DONE);
    assert_int_equal(view_stack_action(&s, ACTION_QUIT_VIEW, 0, &request), VIEW_IGNORED);
    assert_int_equal(closed, 3);
    view_stack_release(&s);
}

static void tab_moves_between_panes(void **state)
{
    (void)state;
    int closed = 0;
    struct view_stack s = make(&closed);
    struct view_request request;
    enum ui_scope scopes[3];
    assert_int_equal(view_stack_action(&s, ACTION_NEXT_PANE, 0, &request), VIEW_IGNORED);
    view_stack_push(&s, &probe_new(&detail_ops, ACTION_DOWN, &closed)->view);
    assert_int_equal(view_stack_scopes(&s, scopes), 2);
    assert_int_equal(scopes[0], SCOPE_DETAIL);
    assert_int_equal(view_stack_action(&s, ACTION_NEXT_PANE, 0, &request), VIEW_DONE);
    assert_int_equal(view_stack_scopes(&s, scopes), 3);
    assert_int_equal(scopes[0], SCOPE_EVENTS);
    assert_int_equal(scopes[1], SCOPE_LIST);
    assert_int_equal(scopes[2], SCOPE_GLOBAL);
    assert_true(view_stack_focused(&s)->focused);
    view_stack_push(&s, &probe_new(&help_ops, ACTION_UP, &closed)->view);
    assert_int_equal(view_stack_focused(&s)->ops->scope, SCOPE_HELP);
    view_stack_release(&s);
}

static void a_view_can_close_itself(void **state)
{
    (void)state;
    int closed = 0;
    struct view_stack s = make(&closed);
    struct view_request request;
    struct probe *detail = probe_new(&detail_ops, ACTION_BACK, &closed);
    detail->answer = VIEW_CLOSE;
    view_stack_push(&s, &detail->view);
    assert_int_equal(view_stack_action(&s, ACTION_BACK, 0, &request), VIEW_DONE);
    assert_int_equal(closed, 1);
    assert_int_equal(s.above_count, 0);
    view_stack_release(&s);
}

static void a_drill_leads_back(void **state)
{
    (void)state;
    int closed = 0;
    struct view_stack s = make(&closed);
    struct strbuf text = {0};
    const struct view_range open = {INT64_MIN, INT64_MAX};
    struct view_range range;
    assert_false(view_stack_undo(&s, &text, &range));
    view_stack_show(&s, SCOPE_HEAPS);
    view_stack_drill(&s, "pid == 1", open, "heap 0x1000");
    view_stack_show(&s, SCOPE_EVENTS);
    view_stack_drill(&s, "pid == 1 && heap == 0x1000", (struct view_range){5, 9}, "size >= 4K");
    view_stack_put_breadcrumb(&s, &text);
    assert_string_equal(text.s, "heap 0x1000 \u203a size >= 4K");
    assert_true(view_stack_undo(&s, &text, &range));
    assert_string_equal(text.s, "pid == 1 && heap == 0x1000");
    assert_true(range.since == 5 && range.until == 9);
    assert_int_equal(s.shown, SCOPE_EVENTS);
    assert_true(view_stack_undo(&s, &text, &range));
    assert_string_equal(text.s, "pid == 1");
    assert_true(range.since == INT64_MIN && range.until == INT64_MAX);
    assert_int_equal(s.shown, SCOPE_HEAPS);
    assert_false(view_stack_undo(&s, &text, &range));
    for (int i = 0; i < 2 * VIEW_STACK_CRUMBS; i++)
        view_stack_drill(&s, "", open, "step");
    assert_int_equal(s.crumb_count, VIEW_STACK_CRUMBS);
    view_stack_release(&s);
    strbuf_release(&text);
}

static void frame(void *ctx, struct screen *screen)
{
    struct canvas whole = screen_begin(screen);
    view_stack_draw(ctx, &whole);
    screen_flush(screen);
}

static void key(void *ctx, struct ui_key k)
{
    (void)ctx;
    (void)k;
}

static void panes_share_the_body(void **state)
{
    (void)state;
    int closed = 0;
    struct view_stack s = make(&closed);
    struct term *t = term_open(9, 20, "xterm-256color");
    term_run(t, &(struct term_app){&s, key, frame});
    assert_string_equal(term_row(t, 8), "events");
    view_stack_push(&s, &probe_new(&detail_ops, ACTION_DOWN, &closed)->view);
    term_frame(t);
    assert_string_equal(term_row(t, 3), "events");
    assert_int_equal(term_find(t, "\u2500\u2500\u2500"), 4);
    assert_string_equal(term_row(t, 5), "detail");
    assert_string_equal(term_row(t, 8), "detail");
    view_stack_push(&s, &probe_new(&help_ops, ACTION_DOWN, &closed)->view);
    term_frame(t);
    assert_string_equal(term_row(t, 0), "help");
    assert_int_equal(term_find(t, "events"), -1);
    for (int rows = 4; rows > 0; rows--)
        term_resize(t, rows, rows);
    view_stack_pop(&s);
    term_resize(t, 1, 1);
    term_close(t);
    view_stack_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_keep_what_they_are), cmocka_unit_test(keys_go_to_the_innermost),
        cmocka_unit_test(tab_moves_between_panes),    cmocka_unit_test(a_view_can_close_itself),
        cmocka_unit_test(a_drill_leads_back),         cmocka_unit_test(panes_share_the_body),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
