/*
 * Which views are open, which one has the keys, and the way back.
 *
 *   screens [Summary][Events][Heaps][Sources]   each opened once, keeps its selection; one is shown
 *   above   [Help] or [Detail]                  on top of the shown one; closed innermost first
 *   crumbs  heap 0x13d... > size >= 1K          the steps of a drill; Backspace undoes the last
 *
 * A pane takes the lower half of the body, or less when it says so; any other view above covers it.
 * Loop thread only.
 */
#ifndef UI_VIEW_VIEW_STACK_H
#define UI_VIEW_VIEW_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "ui/term/canvas.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"
#include "ui/widget/page.h"

struct trace;

#define VIEW_STACK_ABOVE  4
#define VIEW_STACK_CRUMBS 32

/* Times in ns, both included; INT64_MIN and INT64_MAX when open. */
struct view_range {
    int64_t since, until;
};

/* A step of the drill: where the person was before it. */
struct view_crumb {
    enum ui_scope screen;
    enum view_rows rows;     /* what it was a list of */
    struct list_place list;  /* on it, where it is a list */
    struct page_place page;  /* or a page */
    char *filter;            /* owned; the whole expression before the step, "" for none */
    char *label;             /* owned; what the step added */
    struct view_range range; /* before the step */
};

/* Where a view was drawn, on the screen. */
struct view_box {
    int y, x, rows, cols;
};

struct view_stack {
    struct view *screens[SCOPE_COUNT]; /* owned; NULL where there is none */
    enum ui_scope shown;
    struct view *above[VIEW_STACK_ABOVE]; /* owned */
    size_t above_count;
    struct view_box box[VIEW_STACK_ABOVE + 1]; /* by level: the screen, then those above it */
    bool below_focused; /* Tab: the view under the topmost one has the keys */
    struct view_crumb crumbs[VIEW_STACK_CRUMBS];
    size_t crumb_count;
};

/* Closes every view; the stack is empty and usable again. Accepts a zeroed struct. */
void view_stack_release(struct view_stack *s);

/* Gives the stack a screen; takes `v`. */
void view_stack_add(struct view_stack *s, struct view *v);

/* Shows a screen and closes what was above the old one. False when there is no such screen. */
bool view_stack_show(struct view_stack *s, enum ui_scope screen);

/* Puts `v` on top; takes it. A view of the same scope on top is closed first, so help on help or
 * detail on detail is one view. When the stack is full the topmost one makes room. */
void view_stack_push(struct view_stack *s, struct view *v);

/* Closes the topmost view above the screen. False when there is none. */
bool view_stack_pop(struct view_stack *s);

/* The view that has the keys; NULL on an empty stack. */
struct view *view_stack_focused(const struct view_stack *s);

/* The topmost view above the screen; NULL when there is none. */
struct view *view_stack_top(const struct view_stack *s);

/* True when a view that is no pane stands above the screen. */
bool view_stack_is_covered(const struct view_stack *s);

/* The moment that is selected in the view that has the keys, else in those it shares the body with,
 * from the top down; see view_ops.moment. */
bool view_stack_moment(const struct view_stack *s, int64_t *out_raw, uint64_t *out_row);

/* The view that was drawn at (y, x) of the screen; NULL where there is none. */
struct view *view_stack_at(const struct view_stack *s, int y, int x);

/* Cells the view was wide in the last frame; 0 when it was not drawn. */
int view_stack_cols(const struct view_stack *s, const struct view *v);

/* Gives the keys to a view that is drawn and can have them. */
void view_stack_focus(struct view_stack *s, const struct view *v);

/* Scopes to look keys up in, for keymap_feed(): the focused view's, `list`, `global`. Returns how
 * many. */
size_t view_stack_scopes(const struct view_stack *s, enum ui_scope out_scopes[3]);

/* Offers the action to the focused view, then to those below it; moves the focus on
 * ACTION_NEXT_PANE and pops a view that answers VIEW_CLOSE. */
enum view_result view_stack_action(struct view_stack *s, enum action a, uint64_t count,
                                   struct view_request *out_request);

/* Syncs all views that are drawn. True when something must be drawn again. */
bool view_stack_sync(struct view_stack *s);

void view_stack_draw(struct view_stack *s, const struct canvas *body);

/* Notes a step: the person was on the shown screen with `filter` and `range`. The oldest is
 * forgotten when there are too many. */
void view_stack_drill(struct view_stack *s, const char *filter, struct view_range range,
                      const char *label);

/* Takes the last step back: its screen is shown, the filter and the range before it go to
 * `out_filter` and `out_range`. False when there is none. */
bool view_stack_undo(struct view_stack *s, struct strbuf *out_filter, struct view_range *out_range);

/* The trace `old` gave way to `now`: what is selected, and where the steps of the drill started,
 * becomes the same rows there. */
void view_stack_rebase(struct view_stack *s, const struct trace *now, const struct trace *old);

/* "heap 0x13d35bd0000 > size >= 1K", each step cut to a few words; nothing when there are none. */
void view_stack_put_breadcrumb(const struct view_stack *s, struct strbuf *out);

#endif
