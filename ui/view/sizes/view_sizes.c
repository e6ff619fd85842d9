/*
 * Sizes: how large the blocks are, and how long they live.
 *
 * Above the list of sizes (size_list.h), below it the heat table that crosses them with lifetimes
 * or Sources (size_heat.h); Tab moves the keys between list and table. What both show is chosen
 * with `v`, `b`, `L` and `x` and stays while other screens are looked at. The figures are the
 * answer to ANSWER_SIZES, asked for while the screen is shown. Loop thread only.
 */
#include <stdlib.h>
#include <string.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "query/condition.h"
#include "ui/view/sizes/size_heat.h"
#include "ui/view/sizes/size_list.h"
#include "ui/view/views.h"

/* Rows that each pane keeps when there is no room for both, and below which only the one with the
 * keys is shown. */
#define LEAST_LIST 5
#define LEAST_HEAT 4
#define LEAST_BOTH 12

struct sizes_view {
    struct view view;
    struct size_show show;
    struct size_show synced; /* what the heat table was made for */
    bool short_units;
    struct size_list sizes;
    struct size_heat heat;
    bool in_heat;    /* it has the keys */
    int heat_y;      /* the screen's row where it begins */
    bool list_alone; /* in the last frame there was no room for it */
};

static bool sizes_wants(const struct view *view, enum answer_kind kind,
                        struct answer_spec *out_spec)
{
    if (kind != ANSWER_SIZES)
        return false;
    out_spec->sizes.kind = ((const struct sizes_view *)view)->show.kind;
    return true;
}

/* ---- filters ---- */

static enum view_result filter_by_row(const struct size_row *row, struct view_request *out_request)
{
    if (!size_show_put_condition(row, &out_request->condition))
        return view_say(out_request, "This row stands for many sizes.");
    size_show_put_sizes(row, &out_request->label);
    return VIEW_REQUEST;
}

static enum view_result filter_by_cell(const struct size_heat *h, struct view_request *out_request)
{
    const char *why_not = size_heat_put_condition(h, &out_request->condition, &out_request->label);
    return why_not != NULL ? view_say(out_request, "%s", why_not) : VIEW_REQUEST;
}

static enum view_result filter(struct sizes_view *v, enum action a,
                               struct view_request *out_request)
{
    const struct size_row *row = size_list_selected(&v->sizes);
    if (row == NULL)
        return VIEW_IGNORED;
    out_request->kind = a == ACTION_OPEN ? VIEW_REQUEST_DRILL : VIEW_REQUEST_FILTER;
    out_request->screen = SCOPE_EVENTS;
    enum view_result result =
        v->in_heat ? filter_by_cell(&v->heat, out_request) : filter_by_row(row, out_request);
    if (a == ACTION_FILTER_EXCLUDE && out_request->kind == VIEW_REQUEST_FILTER) {
        condition_negate(&out_request->condition);
        strbuf_clear(&out_request->label);
    }
    return result;
}

/* ---- what is shown ---- */

static bool is_same_show(const struct size_show *a, const struct size_show *b)
{
    return a->kind == b->kind && a->figure == b->figure && a->cross == b->cross && a->log == b->log;
}

static void sync_panes(struct sizes_view *v)
{
    bool other = size_list_sync(&v->sizes) || !is_same_show(&v->show, &v->synced) ||
                 v->short_units != v->view.env->settings->short_units;
    if (other) {
        size_heat_sync(&v->heat, &v->sizes, &v->show);
        v->synced = v->show;
        v->short_units = v->view.env->settings->short_units;
    }
    v->in_heat = v->in_heat && heat_grid_has_cells(&v->heat.grid);
}

/* Does an action that changes what is shown. False when it is none. */
static bool change_show(struct sizes_view *v, enum action a)
{
    switch ((int)a) {
    case ACTION_SIZE_KIND:
        v->show.kind = (enum size_kind)((v->show.kind + 1) % SIZE_KINDS);
        break;
    case ACTION_SIZE_FIGURE:
        v->show.figure = (enum size_figure)((v->show.figure + 1) % SIZE_FIGURES);
        break;
    case ACTION_SIZE_SCALE:
        v->show.log = !v->show.log;
        break;
    default:
        return false;
    }
    sync_panes(v);
    return true;
}

/* Where there is room for the list alone it is said which table comes with Tab. */
static enum view_result next_table(struct sizes_view *v, struct view_request *out_request)
{
    static const char *const words[SIZE_CROSSES] = {
        "The table is by lifetime: {pane.next} goes to it.",
        "The table is by Source: {pane.next} goes to it.", "There is no table now."};
    v->show.cross = (enum size_cross)((v->show.cross + 1) % SIZE_CROSSES);
    sync_panes(v);
    return v->list_alone ? view_say(out_request, "%s", words[v->show.cross]) : VIEW_DONE;
}

/* ---- view ---- */

static enum view_result change_pane(struct sizes_view *v, struct view_request *out_request)
{
    if (!v->in_heat && v->show.cross == SIZE_CROSS_NONE)
        return view_say(out_request, "There is no table: {sizes.table} shows one.");
    if (!v->in_heat && !heat_grid_has_cells(&v->heat.grid))
        return view_say(out_request, "The table has no cells to go to.");
    v->in_heat = !v->in_heat;
    return VIEW_DONE;
}

static enum view_result sizes_action(struct view *view, enum action a, uint64_t count,
                                     struct view_request *out_request)
{
    struct sizes_view *v = (struct sizes_view *)view;
    if (change_show(v, a))
        return VIEW_DONE;
    if (a == ACTION_SIZE_TABLE)
        return next_table(v, out_request);
    if (a == ACTION_NEXT_PANE || (a == ACTION_CLOSE && v->in_heat))
        return change_pane(v, out_request);
    if (a == ACTION_OPEN || a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE)
        return filter(v, a, out_request);
    if (v->in_heat && heat_grid_move(&v->heat.grid, a, count))
        return VIEW_DONE;
    if (!list_action(&v->sizes.list, a, count))
        return VIEW_IGNORED;
    if (a == ACTION_SORT_NEXT || a == ACTION_SORT_REVERSE)
        sync_panes(v);
    return VIEW_DONE;
}

static bool sizes_sync(struct view *view)
{
    sync_panes((struct sizes_view *)view);
    return true;
}

/* Rows of the list: both panes get what they want, or share what there is, the one with the keys
 * the greater part; too little is for that one alone. */
static int list_rows(const struct sizes_view *v, int rows)
{
    size_t count = size_list_count(&v->sizes);
    if (count == 0 || v->show.cross == SIZE_CROSS_NONE)
        return rows;
    int list = count < INT16_MAX ? (int)count + 1 : INT16_MAX;
    int heat = heat_grid_wants(&v->heat.grid, v->in_heat);
    if (list + heat <= rows)
        return list;
    if (rows < LEAST_BOTH)
        return v->in_heat ? 0 : rows;
    int mine = rows * 3 / 5, other = rows - mine;
    if (v->in_heat)
        return heat < mine ? rows - heat : list < other ? list : other;
    return list < mine ? list : heat < other ? rows - heat : mine;
}

static void sizes_draw(struct view *view, const struct canvas *c)
{
    struct sizes_view *v = (struct sizes_view *)view;
    int above = list_rows(v, c->rows);
    struct canvas top = canvas_sub(c, 0, 0, above, c->cols);
    struct canvas rest = canvas_sub(c, above, 0, c->rows - above, c->cols);
    v->heat_y = rest.y;
    v->list_alone = c->rows < LEAST_BOTH && !v->in_heat;
    v->sizes.list.blurred = !view->focused || v->in_heat;
    list_draw(&v->sizes.list, &top);
    if (rest.rows >= 2)
        heat_grid_draw(&v->heat.grid, view->focused && v->in_heat, &rest);
}

static void sizes_close(struct view *view)
{
    struct sizes_view *v = (struct sizes_view *)view;
    size_list_release(&v->sizes);
    size_heat_release(&v->heat);
    free(v);
}

static struct list *sizes_list(struct view *view)
{
    return &((struct sizes_view *)view)->sizes.list;
}

/* A click moves the keys to the pane it falls in; a second one on a cell opens it. */
static bool sizes_touch(struct view *view, struct ui_key event, enum action *out_action)
{
    struct sizes_view *v = (struct sizes_view *)view;
    if (size_list_count(&v->sizes) == 0 || v->show.cross == SIZE_CROSS_NONE)
        return false;
    if (event.y < v->heat_y) {
        v->in_heat = false;
        return false;
    }
    bool again;
    if (event.code != UI_KEY_CLICK || !heat_grid_point(&v->heat.grid, event.y, event.x, &again))
        return true;
    if (again && v->in_heat)
        *out_action = ACTION_OPEN;
    v->in_heat = true;
    return true;
}

/* In the order of enum size_kind. */
static const enum view_rows kinds[SIZE_KINDS] = {VIEW_ROWS_SIZES, VIEW_ROWS_EXACT_SIZES,
                                                 VIEW_ROWS_BUCKETS};

/* Of the rows that are there, which may be another kind than was asked for a moment ago. */
static enum view_rows sizes_kind(const struct view *view)
{
    const struct sizes_view *v = (const struct sizes_view *)view;
    return kinds[v->sizes.table != NULL ? v->sizes.table->kind : v->show.kind];
}

static void sizes_show_rows(struct view *view, enum view_rows rows)
{
    struct sizes_view *v = (struct sizes_view *)view;
    for (int kind = 0; kind < SIZE_KINDS; kind++)
        if (kinds[kind] == rows)
            v->show.kind = (enum size_kind)kind;
}

static const struct action_hint size_hints[] = {
    {ACTION_OPEN, NULL},       {ACTION_SIZE_KIND, NULL},  {ACTION_SIZE_FIGURE, NULL},
    {ACTION_SIZE_TABLE, NULL}, {ACTION_HELP, NULL},       {ACTION_NEXT_PANE, NULL},
    {ACTION_SIZE_SCALE, NULL}, {ACTION_FILTER_ADD, NULL}, {ACTION_FILTER_EDIT, NULL}};

static const struct view_ops sizes_ops = {
    .scope = SCOPE_SIZES,
    .is_list = true,
    .close = sizes_close,
    .sync = sizes_sync,
    .draw = sizes_draw,
    .action = sizes_action,
    .wants = sizes_wants,
    .list = sizes_list,
    .touch = sizes_touch,
    .rows = sizes_kind,
    .show_rows = sizes_show_rows,
    .hints = size_hints,
    .hint_count = sizeof size_hints / sizeof size_hints[0],
};

struct view *view_sizes_new(const struct view_env *env)
{
    struct sizes_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &sizes_ops, .env = env};
    size_list_init(&v->sizes, env, &v->show);
    return &v->view;
}
