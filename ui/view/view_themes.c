/*
 * The theme picker: a pane with every theme there is, so that the screen above it shows the one
 * under the cursor at once.
 *
 * Enter keeps the theme; closing the pane any other way brings back the one before. Loop thread
 * only.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/term/theme_catalog.h"
#include "ui/view/theme_sample.h"
#include "ui/view/views.h"
#include "ui/widget/list.h"

/* The sample stands beside the list where there is room for both, and not too far from it. */
#define LIST_CELLS  26
#define LIST_MOST   72
#define SAMPLE_GAP  4
#define SAMPLE_FROM (LIST_CELLS + SAMPLE_GAP + THEME_SAMPLE_CELLS)

struct themes_view {
    struct view view;
    const struct theme_hooks *hooks;
    struct theme_catalog catalog;
    struct list list;
    const struct theme_entry *row; /* being drawn */
    char *before;                  /* the theme when the picker was opened; owned */
    bool kept;
};

static uint64_t count_rows(void *ctx)
{
    return ((const struct themes_view *)ctx)->catalog.count;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct themes_view *v = ctx;
    v->row = &v->catalog.entry[pos];
    if (strcmp(v->row->name, v->before) == 0)
        out_row->sign = '*';
}

static uint64_t same(void *ctx, uint64_t pos)
{
    (void)ctx;
    return pos;
}

static void format_name(void *ctx, struct list_cell *cell)
{
    strbuf_puts(cell->text, ((const struct themes_view *)ctx)->row->name);
}

static void format_place(void *ctx, struct list_cell *cell)
{
    strbuf_puts(cell->text, theme_place_word(((const struct themes_view *)ctx)->row->place));
}

/* What is wrong says more than what the theme calls itself. */
static void format_title(void *ctx, struct list_cell *cell)
{
    const struct theme_entry *row = ((const struct themes_view *)ctx)->row;
    bool broken = row->problem[0] != '\0';
    strbuf_puts(cell->text, broken ? row->problem : row->title);
    cell->role = broken ? ROLE_LOST : ROLE_TEXT_MUTED;
}

static const struct list_source source = {
    .count = count_rows, .row = load_row, .row_id = same, .pos_of = same};

static const struct list_column columns[] = {
    {.name = "name",
     .title = "Theme",
     .min_width = 10,
     .max_width = 24,
     .priority = 0,
     .format = format_name},
    {.name = "place",
     .title = "From",
     .min_width = 9,
     .max_width = 11,
     .priority = 1,
     .format = format_place},
    {.name = "title",
     .title = "Name",
     .min_width = 8,
     .max_width = LIST_WIDE,
     .priority = 2,
     .format = format_title},
};

static const struct theme_entry *selected(const struct themes_view *v)
{
    return v->catalog.count > 0 ? &v->catalog.entry[v->list.pos] : NULL;
}

/* The theme in use is where the cursor starts: one without a name is the default. */
static void select_current(struct themes_view *v)
{
    const char *name = v->before[0] != '\0' ? v->before : "dark";
    list_sync(&v->list);
    for (size_t i = 0; i < v->catalog.count; i++)
        if (strcmp(v->catalog.entry[i].name, name) == 0)
            list_go(&v->list, i);
}

static bool themes_sync(struct view *view)
{
    list_sync(&((struct themes_view *)view)->list);
    return true;
}

static void themes_draw(struct view *view, const struct canvas *c)
{
    struct themes_view *v = (struct themes_view *)view;
    v->list.blurred = !view->focused;
    bool beside = c->cols >= SAMPLE_FROM;
    int list_cols = beside ? c->cols - THEME_SAMPLE_CELLS - SAMPLE_GAP : c->cols;
    if (beside && list_cols > LIST_MOST)
        list_cols = LIST_MOST;
    struct canvas list = canvas_sub(c, 0, 0, c->rows, list_cols);
    list_draw(&v->list, &list);
    if (!beside)
        return;
    struct canvas sample = canvas_sub(c, 0, list_cols + SAMPLE_GAP, c->rows, c->cols);
    sample.scope = SCOPE_EVENTS;
    theme_sample_draw(&sample);
}

static void show_selected(struct themes_view *v)
{
    const struct theme_entry *e = selected(v);
    if (e != NULL)
        v->hooks->show(v->hooks->ctx, e->name);
}

static enum view_result themes_action(struct view *view, enum action a, uint64_t count,
                                      struct view_request *out_request)
{
    struct themes_view *v = (struct themes_view *)view;
    (void)out_request;
    const struct theme_entry *before = selected(v);
    if (list_action(&v->list, a, count)) {
        if (selected(v) != before)
            show_selected(v);
        return VIEW_DONE;
    }
    if (a == ACTION_THEME)
        return VIEW_CLOSE;
    if (a != ACTION_OPEN || before == NULL)
        return VIEW_IGNORED;
    v->kept = true;
    v->hooks->keep(v->hooks->ctx, before->name);
    return VIEW_CLOSE;
}

static void themes_close(struct view *view)
{
    struct themes_view *v = (struct themes_view *)view;
    if (!v->kept)
        v->hooks->show(v->hooks->ctx, v->before);
    list_release(&v->list);
    theme_catalog_release(&v->catalog);
    free(v->before);
    free(v);
}

static struct list *themes_list(struct view *view)
{
    return &((struct themes_view *)view)->list;
}

static const struct action_hint theme_hints[] = {
    {ACTION_OPEN, "keep"}, {ACTION_CLOSE, "take back"}, {ACTION_NEXT_PANE, NULL}};

static const struct view_ops themes_ops = {
    .scope = SCOPE_THEMES,
    .is_list = true,
    .is_pane = true,
    .close = themes_close,
    .sync = themes_sync,
    .draw = themes_draw,
    .action = themes_action,
    .list = themes_list,
    .hints = theme_hints,
    .hint_count = sizeof theme_hints / sizeof theme_hints[0],
};

struct view *view_themes_new(const struct view_env *env, const struct theme_hooks *hooks,
                             const char *current)
{
    struct themes_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &themes_ops, .env = env};
    v->hooks = hooks;
    v->before = base_xstrdup(current);
    theme_catalog_read(&v->catalog);
    list_init(&v->list, &source, v, columns, sizeof columns / sizeof columns[0]);
    select_current(v);
    return &v->view;
}
