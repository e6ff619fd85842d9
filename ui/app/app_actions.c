/*
 * What actions do: the views are asked first, the program does the rest by one table.
 *
 * The parts of the app (app_state.h) have the doing; what fits one line stands here.
 */
#include "ui/app/app_state.h"
#include "ui/view/views.h"

static void drill(struct app *a, const struct view_request *r)
{
    struct view_range range = r->ranged ? (struct view_range){r->since, r->until} : a->range;
    app_drill_in(a, strbuf_str(&r->condition), strbuf_str(&r->label), r->screen, r->rows, range);
}

static void obey_request(struct app *a, struct view_request *r)
{
    const char *condition = strbuf_str(&r->condition);
    struct view_request none;
    switch (r->kind) {
    case VIEW_REQUEST_FILTER:
        app_drill(a, condition, strbuf_str(&r->label), a->stack.shown, VIEW_ROWS_NONE);
        break;
    case VIEW_REQUEST_DRILL:
        drill(a, r);
        break;
    case VIEW_REQUEST_PUSH:
        view_stack_push(&a->stack, r->view);
        /* A pane tells about the row above it: the keys stay there, so that the next row is one
         * key away. Tab goes to the pane. */
        if (r->view->ops->is_pane && !r->view->ops->takes_keys)
            view_stack_action(&a->stack, ACTION_NEXT_PANE, 0, &none);
        break;
    case VIEW_REQUEST_EVENT:
        app_go_to_event(a, r->row);
        break;
    case VIEW_REQUEST_MESSAGE:
        app_tell(a, false, condition);
        break;
    }
    strbuf_release(&r->condition);
    strbuf_release(&r->label);
}

bool app_offer(struct app *a, enum action action, uint64_t count)
{
    struct view_request request;
    enum view_result result = view_stack_action(&a->stack, action, count, &request);
    if (result == VIEW_REQUEST)
        obey_request(a, &request);
    return result != VIEW_IGNORED;
}

/* The trust table and following belong to one screen but work from every other: it is shown first.
 */
static void show_trust(struct app *a, uint64_t count)
{
    (void)count;
    view_stack_show(&a->stack, SCOPE_SUMMARY);
    app_offer(a, ACTION_TRUST, 0);
}

static void follow(struct app *a, uint64_t count)
{
    (void)count;
    app_set_frozen(a, false);
    view_stack_show(&a->stack, SCOPE_EVENTS);
    view_stack_sync(&a->stack);
    if (!view_events_follows(app_events(a)))
        app_offer(a, ACTION_FOLLOW, 0);
    if (a->newest != NULL && a->newest->rows_complete)
        app_message(a, false, "No more events will come: this is the last one.");
}

static void freeze(struct app *a, uint64_t count)
{
    (void)count;
    app_set_frozen(a, !a->frozen);
}

static void reload(struct app *a, uint64_t count)
{
    (void)count;
    app_set_frozen(a, false);
    app_message(a, false, "The file is read anew.");
    a->host->reload(a->host->ctx); /* may tell why not */
}

static void show_alive(struct app *a, uint64_t count)
{
    struct view_mark moment;
    (void)count;
    if (app_find_moment(a, &moment))
        view_stack_push(&a->stack, view_moment_new(&a->env, moment.time));
    else
        app_say_no_moment(a, "What was alive is told");
}

static void diff_last(struct app *a, uint64_t count)
{
    (void)count;
    size_t own = 0;
    for (size_t i = 0; i < a->mark_count; i++)
        own += !a->marks[i].recorded;
    view_diff_last_two(a->stack.screens[SCOPE_DIFF]);
    view_stack_show(&a->stack, SCOPE_DIFF);
    if (own < 2)
        app_tell(a, false,
                 "Two marks make a diff: {mark.set} and a letter sets one at the selected event.");
}

static void number(struct app *a, uint64_t count)
{
    (void)count;
    a->prefix = (struct key_prefix){.open = true};
    app_say_number(a);
}

/* The chooser is about the screen; a pane below it makes room, a page above it has no columns. */
static void choose_columns(struct app *a, uint64_t count)
{
    (void)count;
    struct view_stack *s = &a->stack;
    struct list *list = view_list(s->screens[s->shown]);
    if (list == NULL || view_stack_is_covered(s)) {
        app_message(a, false, "There are no columns to choose here.");
        return;
    }
    while (view_stack_pop(s))
        continue;
    view_stack_push(s, view_columns_new(&a->env, &a->keymap, list));
}

static void units(struct app *a, uint64_t count)
{
    (void)count;
    bool on = a->settings.short_units = !a->settings.short_units;
    app_message(a, false, on ? "Sizes are in KiB and MiB now." : "Sizes are in bytes now.");
}

static void time_of_day(struct app *a, uint64_t count)
{
    (void)count;
    bool on = a->settings.wall_time = !a->settings.wall_time;
    app_message(a, false,
                on ? "Times are those of the day now."
                   : "Times are counted from the start of the trace now.");
}

static void help(struct app *a, uint64_t count)
{
    (void)count;
    view_stack_push(&a->stack, view_help_new(&a->env, &a->keymap));
}

/* Nothing was left to close, or all of it is to go. A file being written goes with it: that is
 * asked once. */
static void quit(struct app *a, uint64_t count)
{
    (void)count;
    bool asked = a->quit_asked;
    a->quit_asked = a->writing && !asked;
    if (!a->quit_asked)
        a->host->quit(a->host->ctx);
    else
        app_tell(a, true,
                 "A file is being written: {quit} again gives it up and quits, or wait for it.");
}

static void redraw(struct app *a, uint64_t count)
{
    (void)count;
    screen_redraw(a->screen);
}

static void suspend(struct app *a, uint64_t count)
{
    (void)count;
    a->host->suspend(a->host->ctx);
}

/* What no view takes. Actions that are not here belong to views alone. */
static void (*const handlers[ACTION_COUNT])(struct app *a, uint64_t count) = {
    [ACTION_TRUST] = show_trust,
    [ACTION_ALIVE] = show_alive,
    [ACTION_DIFF_LAST] = diff_last,
    [ACTION_DIFF_FILE] = app_edit_baseline,
    [ACTION_BACK] = app_undo,
    [ACTION_BLOCK_PREVIOUS] = app_block_previous,
    [ACTION_BLOCK_NEXT] = app_block_next,
    [ACTION_FILTER_EDIT] = app_edit_filter,
    [ACTION_RANGE_START] = app_range_start,
    [ACTION_RANGE_END] = app_range_end,
    [ACTION_RANGE_CLEAR] = app_range_clear,
    [ACTION_FOLLOW] = follow,
    [ACTION_FREEZE] = freeze,
    [ACTION_RELOAD] = reload,
    [ACTION_NUMBER] = number,
    [ACTION_COLUMNS] = choose_columns,
    [ACTION_FIND] = app_find,
    [ACTION_GOTO] = app_goto,
    [ACTION_FIND_NEXT] = app_find_next,
    [ACTION_FIND_PREVIOUS] = app_find_previous,
    [ACTION_MARK] = app_mark,
    [ACTION_MARK_JUMP] = app_mark_jump,
    [ACTION_CLOSE] = app_find_close,
    [ACTION_STACK_FOLDING] = app_toggle_folding,
    [ACTION_STACK_RULES] = app_edit_rules,
    [ACTION_UNITS] = units,
    [ACTION_TIME] = time_of_day,
    [ACTION_COPY] = app_copy,
    [ACTION_MOUSE] = app_switch_mouse,
    [ACTION_THEME] = app_choose_theme,
    [ACTION_SAVE] = app_save,
    [ACTION_WRITE] = app_edit_write,
    [ACTION_HELP] = help,
    [ACTION_QUIT_VIEW] = quit,
    [ACTION_QUIT] = quit,
    [ACTION_REDRAW] = redraw,
    [ACTION_SUSPEND] = suspend,
};

/* An action of the list on a view that is none, or of another screen. */
static void say_not_here(struct app *a, enum action action)
{
    struct strbuf b = {0};
    const struct action_info *info = action_info(action);
    if (info->scope > SCOPE_LIST)
        strbuf_printf(&b, "%s belongs to the screen %s.", info->name, scope_name(info->scope));
    else
        strbuf_printf(&b, "{%s} does nothing here; {help} lists the keys.", info->name);
    app_tell(a, false, strbuf_str(&b));
    strbuf_release(&b);
}

void app_do(struct app *a, enum action action, uint64_t count)
{
    if (action != ACTION_QUIT && action != ACTION_QUIT_VIEW)
        a->quit_asked = false;
    /* What a key means depends on what is there by now, not on the last frame. */
    view_stack_sync(&a->stack);
    if (action == ACTION_CLOSE && app_stop_task(a))
        return;
    if (action == ACTION_FOLLOW && a->frozen) {
        follow(a, count);
        return;
    }
    if (app_offer(a, action, count) || app_show_screen(a, action))
        return;
    if (handlers[action] != NULL)
        handlers[action](a, count);
    else
        say_not_here(a, action);
}
