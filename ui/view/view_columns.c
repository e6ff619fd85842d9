/*
 * The column chooser: a pane with every column of the list above it, which changes at once.
 *
 * Enter keeps the choice; closing the pane any other way brings back the one before. Loop thread
 * only.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/view/views.h"
#include "ui/widget/list_layout.h"

/* With fewer rows the columns need all of them. */
#define ROWS_FOR_KEYS 5

struct columns_view {
    struct view view;
    const struct keymap *km;
    struct list *subject; /* whose columns; borrowed */
    struct list list;
    struct list_choice before; /* when the chooser was opened */
    size_t column_before;
    bool kept;
    size_t order[LIST_MAX_COLUMNS]; /* of the subject's columns, as listed */
    size_t count;
    bool placed[LIST_MAX_COLUMNS]; /* by column: there was room for it */
    size_t row;                    /* the column being drawn */
    struct strbuf text;
};

/* ---- rows ---- */

static uint64_t count_rows(void *ctx)
{
    return ((const struct columns_view *)ctx)->count;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct columns_view *v = ctx;
    v->row = v->order[pos];
    if (list_columns_is_hidden(v->subject, v->row))
        out_row->role = ROLE_TEXT_MUTED;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    return ((const struct columns_view *)ctx)->order[pos];
}

static uint64_t pos_of(void *ctx, uint64_t id)
{
    const struct columns_view *v = ctx;
    uint64_t pos = 0;
    while (pos < v->count && v->order[pos] != id)
        pos++;
    return pos;
}

static const struct list_source source = {
    .count = count_rows, .row = load_row, .row_id = row_id, .pos_of = pos_of};

static const struct list_column *row_column(const struct columns_view *v)
{
    return &v->subject->columns[v->row];
}

static void put_state(void *ctx, struct list_cell *cell)
{
    const struct columns_view *v = ctx;
    bool hidden = list_columns_is_hidden(v->subject, v->row);
    strbuf_puts(cell->text, hidden ? "[ ]" : v->placed[v->row] ? "[x]" : "[x] no room");
}

static void put_name(void *ctx, struct list_cell *cell)
{
    strbuf_puts(cell->text, row_column(ctx)->name);
}

static void put_title(void *ctx, struct list_cell *cell)
{
    const char *title = row_column(ctx)->title;
    strbuf_puts(cell->text, title + strspn(title, " "));
}

static void put_width(void *ctx, struct list_cell *cell)
{
    const struct columns_view *v = ctx;
    int width = list_columns_width(v->subject, v->row);
    if (width > 0)
        strbuf_printf(cell->text, "%d", width);
    else
        strbuf_puts(cell->text, "auto");
}

static void put_help(void *ctx, struct list_cell *cell)
{
    const char *help = row_column(ctx)->help;
    if (help != NULL)
        strbuf_puts(cell->text, help);
}

static const struct list_column columns[] = {
    {.name = "shown",
     .title = "Shown",
     .min_width = 11,
     .max_width = 11,
     .priority = 1,
     .format = put_state},
    {.name = "column",
     .title = "Column",
     .min_width = 10,
     .max_width = 18,
     .priority = 0,
     .format = put_name},
    {.name = "title",
     .title = "Title",
     .min_width = 8,
     .max_width = 12,
     .priority = 3,
     .format = put_title},
    {.name = "width",
     .title = "Width",
     .align = ALIGN_RIGHT,
     .min_width = 5,
     .max_width = 5,
     .priority = 2,
     .format = put_width},
    {.name = "help",
     .title = "What it tells",
     .min_width = 13,
     .max_width = LIST_WIDE,
     .priority = 4,
     .format = put_help},
};

/* ---- changes ---- */

static size_t selected(const struct columns_view *v)
{
    return v->order[v->list.pos];
}

/* Looks at the subject again. The column cursor of the subject goes along, so that the column
 * spoken of is seen there. */
static void look(struct columns_view *v)
{
    v->count = list_columns_order(v->subject, v->order);
    list_sync(&v->list);
    v->subject->column = selected(v);
    list_columns_keep_cursor(v->subject);
}

/* Which columns have room, now that the subject was drawn as wide as it is. */
static void look_at_room(struct columns_view *v)
{
    struct list_layout lay;
    list_layout(v->subject, v->subject->width, &lay);
    for (size_t i = 0; i < LIST_MAX_COLUMNS; i++)
        v->placed[i] = false;
    for (size_t i = 0; i < lay.count; i++)
        v->placed[lay.column[i]] = true;
}

static enum view_result toggle(struct columns_view *v, struct view_request *out_request)
{
    size_t column = selected(v);
    if (list_columns_hide(v->subject, column, !list_columns_is_hidden(v->subject, column)))
        return VIEW_DONE;
    return view_say(out_request, "This column has to stay.");
}

static void move(struct columns_view *v, bool right, uint64_t steps)
{
    while (steps-- > 0 && list_columns_move(v->subject, selected(v), right))
        look(v);
}

/* Where the list gave the column, a width to start from. */
static int width_now(const struct columns_view *v, size_t column)
{
    struct list_layout lay;
    list_layout(v->subject, v->subject->width, &lay);
    for (size_t i = 0; i < lay.count; i++)
        if (lay.column[i] == column)
            return lay.width[i];
    return list_columns_least(v->subject, column);
}

static void resize(struct columns_view *v, bool wider, uint64_t steps)
{
    size_t column = selected(v);
    int by = steps < LIST_MOST_WIDTH ? (int)steps : LIST_MOST_WIDTH;
    int width = width_now(v, column) + (wider ? by : -by);
    list_columns_set_width(v->subject, column, width > 0 ? width : LIST_LEAST_WIDTH);
}

static enum view_result columns_action(struct view *view, enum action a, uint64_t count,
                                       struct view_request *out_request)
{
    struct columns_view *v = (struct columns_view *)view;
    uint64_t steps = count > 0 ? count : 1;
    switch ((int)a) {
    case ACTION_FREEZE: /* Space, which does this in every other chooser */
    case ACTION_COLUMN_SHOW:
        return toggle(v, out_request);
    case ACTION_COLUMN_EARLIER:
    case ACTION_COLUMN_LATER:
        move(v, a == ACTION_COLUMN_LATER, steps);
        return VIEW_DONE;
    case ACTION_LEFT:
    case ACTION_RIGHT:
    case ACTION_COLUMN_NARROWER:
    case ACTION_COLUMN_WIDER:
        resize(v, a == ACTION_RIGHT || a == ACTION_COLUMN_WIDER, steps);
        return VIEW_DONE;
    case ACTION_COLUMN_AUTO:
        list_columns_set_width(v->subject, selected(v), 0);
        return VIEW_DONE;
    case ACTION_COLUMN_DEFAULTS:
        list_columns_reset(v->subject);
        return VIEW_DONE;
    case ACTION_OPEN:
        v->kept = true;
        return VIEW_CLOSE;
    case ACTION_COLUMNS:
        return VIEW_CLOSE;
    default:
        return list_action(&v->list, a, count) ? VIEW_DONE : VIEW_IGNORED;
    }
}

/* ---- view ---- */

static bool columns_sync(struct view *view)
{
    look((struct columns_view *)view);
    return true;
}

/* "Enter keeps  Esc takes back  x shows or hides ..." with the keys in force, as many as fit. */
static void put_keys(struct columns_view *v, const struct canvas *c)
{
    static const struct {
        enum action a, b;
        const char *does;
    } keys[] = {
        {ACTION_COLUMN_SHOW, ACTION_NONE, "show or hide"},
        {ACTION_COLUMN_EARLIER, ACTION_COLUMN_LATER, "move"},
        {ACTION_COLUMN_NARROWER, ACTION_COLUMN_WIDER, "width"},
        {ACTION_OPEN, ACTION_NONE, "keep"},
        {ACTION_CLOSE, ACTION_NONE, "take back"},
        {ACTION_SAVE, ACTION_NONE, "remember"},
        {ACTION_COLUMN_DEFAULTS, ACTION_NONE, "defaults"},
        {ACTION_COLUMN_AUTO, ACTION_NONE, "auto"},
    };
    strbuf_clear(&v->text);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t before = v->text.len;
        strbuf_puts(&v->text, i > 0 ? "  " : "");
        keymap_put_key(v->km, keys[i].a, &v->text);
        strbuf_putc(&v->text, ' ');
        if (keys[i].b != ACTION_NONE) {
            keymap_put_key(v->km, keys[i].b, &v->text);
            strbuf_putc(&v->text, ' ');
        }
        strbuf_puts(&v->text, keys[i].does);
        if (cells_width(canvas_charset(c), strbuf_str(&v->text), v->text.len) >
            c->cols - LIST_GUTTER) {
            strbuf_truncate(&v->text, before);
            return;
        }
    }
}

static void columns_draw(struct view *view, const struct canvas *c)
{
    struct columns_view *v = (struct columns_view *)view;
    struct canvas list = *c;
    v->list.blurred = !view->focused;
    look_at_room(v);
    if (c->rows >= ROWS_FOR_KEYS) {
        put_keys(v, c);
        canvas_field(c, 0, LIST_GUTTER, c->cols - LIST_GUTTER, ROLE_TEXT_MUTED, ALIGN_LEFT, CUT_END,
                     strbuf_str(&v->text), v->text.len);
        list = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
    }
    list_draw(&v->list, &list);
}

static void columns_close(struct view *view)
{
    struct columns_view *v = (struct columns_view *)view;
    if (!v->kept) {
        v->subject->column = v->column_before;
        list_columns_choose(v->subject, &v->before);
    }
    list_release(&v->list);
    strbuf_release(&v->text);
    free(v);
}

static struct list *columns_list(struct view *view)
{
    return &((struct columns_view *)view)->list;
}

static const struct action_hint column_hints[] = {
    {ACTION_COLUMN_SHOW, NULL},    {ACTION_OPEN, "keep"},       {ACTION_CLOSE, "take back"},
    {ACTION_COLUMN_EARLIER, NULL}, {ACTION_COLUMN_LATER, NULL}, {ACTION_HELP, NULL}};

static const struct view_ops columns_ops = {
    .scope = SCOPE_COLUMNS,
    .is_list = true,
    .is_pane = true,
    .close = columns_close,
    .sync = columns_sync,
    .draw = columns_draw,
    .action = columns_action,
    .list = columns_list,
    .hints = column_hints,
    .hint_count = sizeof column_hints / sizeof column_hints[0],
};

struct view *view_columns_new(const struct view_env *env, const struct keymap *km,
                              struct list *subject)
{
    struct columns_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &columns_ops, .env = env};
    v->km = km;
    v->subject = subject;
    v->before = subject->choice;
    v->column_before = subject->column;
    v->count = list_columns_order(subject, v->order);
    list_init(&v->list, &source, v, columns, sizeof columns / sizeof columns[0]);
    v->list.column = 1;
    list_sync(&v->list);
    list_go(&v->list, pos_of(v, subject->column));
    return &v->view;
}
