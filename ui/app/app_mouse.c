/*
 * The mouse (`M`): what a click or a turn of the wheel does to what lies under the pointer.
 *
 * Everything a click does is an action that a key does, too, so that views need not know the mouse.
 */
#include "ui/app/app_state.h"
#include "ui/widget/list.h"
#include "ui/widget/list_mouse.h"

/* Rows a step of the wheel moves. */
#define WHEEL_ROWS 3

/* The view sorts on an action, which this is a roundabout way to: it is left one reversal to do. */
static void sort_by(struct app *a, struct list *l, size_t column)
{
    if (column == LIST_NO_COLUMN)
        return;
    if (!list_sort_by(l, column)) {
        app_message(a, false, "Rows cannot be sorted by this column.");
        return;
    }
    list_set_sort(l, column, !l->sort_descending);
    app_do(a, ACTION_SORT_REVERSE, 0);
}

static void click_row(struct app *a, struct list *l, const struct list_spot *spot, bool had_keys)
{
    bool again = had_keys && spot->pos == l->pos;
    if (spot->column != LIST_NO_COLUMN)
        l->column = spot->column;
    if (again)
        app_do(a, ACTION_OPEN, 0);
    else
        app_do(a, ACTION_FIRST, spot->pos + 1);
}

static void click_view(struct app *a, struct view *v, struct ui_key event)
{
    bool had_keys = view_stack_focused(&a->stack) == v;
    struct list *l = view_list(v);
    view_stack_focus(&a->stack, v);
    if (l == NULL)
        return;
    struct list_spot spot = list_spot_at(l, event.y, event.x);
    if (spot.part == LIST_HEADER)
        sort_by(a, l, spot.column);
    else if (spot.part == LIST_ROW)
        click_row(a, l, &spot, had_keys);
}

/* True when a part of the view that is no list has answered. */
static bool touch(struct app *a, struct view *v, struct ui_key event)
{
    enum action then = ACTION_NONE;
    if (v->ops->touch == NULL || !v->ops->touch(v, event, &then))
        return false;
    if (event.code == UI_KEY_CLICK)
        view_stack_focus(&a->stack, v);
    if (then != ACTION_NONE)
        app_do(a, then, 0);
    return true;
}

/* The view below the pointer rolls, whichever has the keys. */
static void roll(struct view *v, bool down)
{
    struct list *l = view_list(v);
    struct view_request none = {.condition = {0}};
    if (l == NULL) {
        v->ops->action(v, down ? ACTION_DOWN : ACTION_UP, WHEEL_ROWS, &none);
        return;
    }
    uint64_t pos = list_roll(l, down ? WHEEL_ROWS : -WHEEL_ROWS);
    if (pos != LIST_NO_ROW)
        v->ops->action(v, ACTION_FIRST, pos + 1, &none);
}

void app_mouse(struct app *a, struct ui_key event)
{
    /* What is being typed is not to be lost by a touch. */
    if (a->prompt.active)
        return;
    view_stack_sync(&a->stack);
    struct view *v = view_stack_at(&a->stack, event.y, event.x);
    int tab = frame_tab_at(&a->frame, event.y, event.x);
    if (event.code == UI_KEY_CLICK && tab >= 0)
        app_show_tab(a, tab);
    else if (v == NULL || touch(a, v, event))
        return;
    else if (event.code == UI_KEY_CLICK)
        click_view(a, v, event);
    else
        roll(v, event.code == UI_KEY_WHEEL_DOWN);
}

void app_switch_mouse(struct app *a, uint64_t count)
{
    (void)count;
    bool on = !screen_has_mouse_on(a->screen);
    if (!screen_set_mouse(a->screen, on))
        app_message(a, true, "This terminal reports no mouse.");
    else if (on)
        app_tell(a, false,
                 "Mouse on: click rows, titles and tabs; {mouse} lets you select text again.");
    else
        app_message(a, false, "Mouse off: the terminal selects text again.");
}
