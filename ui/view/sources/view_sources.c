/*
 * Sources: where the allocator took the memory from.
 *
 * Above the list of Sources (source_list.h), below it the heat table that crosses them with sizes,
 * time or heaps (heat_table.h), and the two others where there is room; Tab moves the keys between
 * list and table. What both show is chosen with
 * `o`, `b`, `L` and `x` and stays while other screens are looked at. Loop thread only.
 */
#include <stdlib.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "query/condition.h"
#include "ui/view/cell_format.h"
#include "ui/view/heat_table.h"
#include "ui/view/sources/source_list.h"
#include "ui/view/views.h"

/* Rows that each pane keeps when there is no room for both: the one without the keys scrolls. */
#define LEAST_LIST 3
#define LEAST_HEAT 4

struct sources_view {
    struct view view;
    struct source_show show;
    struct source_list sources;
    struct heat_table heat[SOURCE_TABLES]; /* the chosen one has a cursor */
    bool in_heat;                          /* it has the keys */
    int heat_y;                            /* the screen's row where the tables begin */
};

static struct heat_table *chosen(struct sources_view *v)
{
    return &v->heat[v->show.table];
}

/* ---- filters ---- */

static enum view_result filter_by_row(const struct source_row *row,
                                      struct view_request *out_request)
{
    if (row->figures.other)
        return view_say(out_request, "This row stands for many values.");
    strbuf_printf(&out_request->condition, "source == %u", row->figures.source);
    strbuf_puts(&out_request->label, "source ");
    cell_put_source(&out_request->label, row->figures.source);
    return VIEW_REQUEST;
}

static enum view_result filter_by_cell(const struct heat_table *h, struct view_request *out_request)
{
    const char *why_not = heat_table_put_condition(h, &out_request->condition, &out_request->label);
    return why_not != NULL ? view_say(out_request, "%s", why_not) : VIEW_REQUEST;
}

static enum view_result filter(struct sources_view *v, enum action a,
                               struct view_request *out_request)
{
    const struct source_row *row = source_list_selected(&v->sources);
    if (row == NULL)
        return VIEW_IGNORED;
    out_request->kind = a == ACTION_OPEN ? VIEW_REQUEST_DRILL : VIEW_REQUEST_FILTER;
    out_request->screen = SCOPE_EVENTS;
    enum view_result result =
        v->in_heat ? filter_by_cell(chosen(v), out_request) : filter_by_row(row, out_request);
    if (a == ACTION_FILTER_EXCLUDE && out_request->kind == VIEW_REQUEST_FILTER) {
        condition_negate(&out_request->condition);
        strbuf_clear(&out_request->label);
    }
    return result;
}

/* ---- what is shown ---- */

static void sync_panes(struct sources_view *v)
{
    source_list_sync(&v->sources);
    struct heat_rows rows = {.summary = v->sources.summary};
    for (size_t i = 0; i < v->sources.count; i++)
        if (v->sources.rows[i].place != SOURCE_NO_PLACE)
            rows.source[rows.count++] = v->sources.rows[i].place;
    for (unsigned table = 0; table < SOURCE_TABLES; table++) {
        struct source_show show = v->show;
        show.table = (enum source_table)table;
        heat_table_sync(&v->heat[table], v->view.env, &show, &rows);
    }
    v->in_heat = v->in_heat && heat_grid_has_cells(&chosen(v)->grid);
}

/* Outstanding is under the Source that opened the block, so that the operation says nothing. */
static enum view_result next_op(struct sources_view *v, struct view_request *out_request)
{
    if (v->show.figure == SOURCE_OUTSTANDING)
        return view_say(out_request,
                        "What is outstanding belongs to no operation: show counts or bytes first.");
    v->show.op = (enum fold_source_op)((v->show.op + 1) % FOLD_SOURCE_OPS);
    return VIEW_DONE;
}

/* Does an action that changes what is shown. False when it is none. */
static bool change_show(struct sources_view *v, enum action a, struct view_request *out_request,
                        enum view_result *out_result)
{
    *out_result = VIEW_DONE;
    switch ((int)a) {
    case ACTION_SOURCE_OP:
        *out_result = next_op(v, out_request);
        break;
    case ACTION_SOURCE_FIGURE:
        v->show.figure = (enum source_figure)((v->show.figure + 1) % SOURCE_FIGURES);
        break;
    case ACTION_SOURCE_SCALE:
        v->show.log = !v->show.log;
        break;
    case ACTION_SOURCE_TABLE:
        v->show.table = (enum source_table)((v->show.table + 1) % SOURCE_TABLES);
        break;
    default:
        return false;
    }
    sync_panes(v);
    return true;
}

/* ---- view ---- */

static enum view_result change_pane(struct sources_view *v, struct view_request *out_request)
{
    if (!v->in_heat && !heat_grid_has_cells(&chosen(v)->grid))
        return view_say(out_request, "The table has no cells to go to.");
    v->in_heat = !v->in_heat;
    return VIEW_DONE;
}

static enum view_result sources_action(struct view *view, enum action a, uint64_t count,
                                       struct view_request *out_request)
{
    struct sources_view *v = (struct sources_view *)view;
    enum view_result result;
    if (change_show(v, a, out_request, &result))
        return result;
    if (a == ACTION_NEXT_PANE)
        return change_pane(v, out_request);
    if (a == ACTION_CLOSE && v->in_heat)
        return change_pane(v, out_request);
    if (a == ACTION_OPEN || a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE)
        return filter(v, a, out_request);
    if (v->in_heat && heat_grid_move(&chosen(v)->grid, a, count))
        return VIEW_DONE;
    if (!list_action(&v->sources.list, a, count))
        return VIEW_IGNORED;
    if (a == ACTION_SORT_NEXT || a == ACTION_SORT_REVERSE)
        sync_panes(v);
    return VIEW_DONE;
}

static bool sources_sync(struct view *view)
{
    sync_panes((struct sources_view *)view);
    return true;
}

/* Both panes get what they want, the one with the keys first. */
static int list_rows(struct sources_view *v, int rows)
{
    int list = (int)v->sources.count + 1, heat = heat_grid_wants(&chosen(v)->grid, v->in_heat);
    if (v->sources.count == 0)
        return rows; /* nothing but the reason */
    if (list + heat <= rows)
        return list;
    if (v->in_heat)
        return heat + LEAST_LIST <= rows ? rows - heat : rows > LEAST_LIST ? LEAST_LIST : 0;
    int least = heat < LEAST_HEAT ? heat : LEAST_HEAT;
    return rows >= LEAST_LIST + least ? (list < rows - least ? list : rows - least) : rows;
}

/* The chosen table, and the others as far as they fit whole. */
static void draw_tables(struct sources_view *v, const struct canvas *c)
{
    struct canvas rest = *c;
    for (unsigned i = 0; i < SOURCE_TABLES; i++) {
        struct heat_grid *g = &v->heat[(v->show.table + i) % SOURCE_TABLES].grid;
        bool focused = i == 0 && v->view.focused && v->in_heat;
        int wants = heat_grid_wants(g, focused);
        if (rest.rows < 2 || (i > 0 && rest.rows < wants))
            return;
        heat_grid_draw(g, focused, &rest);
        rest = canvas_sub(&rest, wants, 0, rest.rows - wants, rest.cols);
    }
}

static void sources_draw(struct view *view, const struct canvas *c)
{
    struct sources_view *v = (struct sources_view *)view;
    int above = list_rows(v, c->rows);
    struct canvas top = canvas_sub(c, 0, 0, above, c->cols);
    struct canvas rest = canvas_sub(c, above, 0, c->rows - above, c->cols);
    v->heat_y = rest.y;
    v->sources.list.blurred = !view->focused || v->in_heat;
    list_draw(&v->sources.list, &top);
    draw_tables(v, &rest);
}

static void sources_close(struct view *view)
{
    struct sources_view *v = (struct sources_view *)view;
    source_list_release(&v->sources);
    for (unsigned table = 0; table < SOURCE_TABLES; table++)
        heat_table_release(&v->heat[table]);
    free(v);
}

static enum view_rows sources_kind(const struct view *view)
{
    (void)view;
    return VIEW_ROWS_SOURCES;
}

static struct list *sources_list(struct view *view)
{
    return &((struct sources_view *)view)->sources.list;
}

/* A click moves the keys to the pane it falls in; a second one on a cell opens it. */
static bool sources_touch(struct view *view, struct ui_key event, enum action *out_action)
{
    struct sources_view *v = (struct sources_view *)view;
    if (v->sources.count == 0)
        return false;
    if (event.y < v->heat_y) {
        v->in_heat = false;
        return false;
    }
    bool again;
    if (event.code != UI_KEY_CLICK)
        return true;
    if (!heat_grid_point(&chosen(v)->grid, event.y, event.x, &again))
        return true;
    if (again && v->in_heat)
        *out_action = ACTION_OPEN;
    v->in_heat = true;
    return true;
}

static const struct action_hint source_hints[] = {
    {ACTION_OPEN, NULL},         {ACTION_SOURCE_OP, NULL},  {ACTION_SOURCE_FIGURE, NULL},
    {ACTION_SOURCE_TABLE, NULL}, {ACTION_HELP, NULL},       {ACTION_NEXT_PANE, NULL},
    {ACTION_SOURCE_SCALE, NULL}, {ACTION_FILTER_ADD, NULL}, {ACTION_FILTER_EDIT, NULL}};

static const struct view_ops sources_ops = {
    .scope = SCOPE_SOURCES,
    .is_list = true,
    .close = sources_close,
    .sync = sources_sync,
    .draw = sources_draw,
    .action = sources_action,
    .list = sources_list,
    .touch = sources_touch,
    .rows = sources_kind,
    .hints = source_hints,
    .hint_count = sizeof source_hints / sizeof source_hints[0],
};

struct view *view_sources_new(const struct view_env *env)
{
    struct sources_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &sources_ops, .env = env};
    source_list_init(&v->sources, env, &v->show);
    return &v->view;
}
