/*
 * The pane of a moment: what was alive then, by stack, by heap and by size.
 *
 * Three sorted lists, side by side where there is room, else the one with the keys; Tab moves them.
 * The worker makes one answer at a time (ANSWER_MOMENTS): the lists are asked for one after the
 * other and keep theirs. Loop thread only.
 */
#include <stdlib.h>
#include <string.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "base/text.h"
#include "query/condition.h"
#include "ui/view/cell_format.h"
#include "ui/view/diff/diff_rows.h"
#include "ui/view/views.h"

/* With as many cells all lists are shown. */
#define WIDE 96

#define BYTES_CELLS  16
#define BLOCKS_CELLS 9

enum part { PART_STACKS, PART_HEAPS, PART_SIZES, PARTS };

enum alive_column { ALIVE_NAME, ALIVE_BYTES, ALIVE_BLOCKS, ALIVE_COLUMNS };

struct alive_list {
    struct diff_rows rows;
    struct list list;
    struct list_column columns[ALIVE_COLUMNS];
};

struct moment_view {
    struct view view;
    int64_t time; /* raw */
    struct alive_list lists[PARTS];
    enum part part;            /* has the keys */
    const struct trace *trace; /* of the answers; for comparing only, as the filter */
    const struct filter *filter;
    struct strbuf text;
};

static const struct {
    enum moments_group by;
    const char *title;
} parts[PARTS] = {
    {MOMENTS_BY_STACK, "Stack"}, {MOMENTS_BY_HEAP, "Heap"}, {MOMENTS_BY_SIZE, "Size"}};

/* In the order of enum alive_column. */
static const enum diff_column figures[ALIVE_COLUMNS] = {DIFF_COLUMN_NAME, DIFF_COLUMN_LAST_BYTES,
                                                        DIFF_COLUMN_LAST_BLOCKS};

static struct list *focused_list(struct moment_view *v)
{
    return &v->lists[v->part].list;
}

/* ---- answers ---- */

static void put_spec(const struct moment_view *v, enum part part, struct answer_spec *out_spec)
{
    const struct view_env *env = v->view.env;
    out_spec->moments.by = parts[part].by;
    out_spec->moments.count = 1;
    out_spec->moments.times[0] = v->time;
    if (part == PART_STACKS && !env->unfolded)
        out_spec->rules = (struct frame_rules *)(uintptr_t)env->rules;
}

/* The first list that has no answer yet; the one with the keys when all have. */
static enum part asked_part(const struct moment_view *v)
{
    for (int part = 0; part < PARTS; part++)
        if (v->lists[part].rows.answer == NULL)
            return (enum part)part;
    return v->part;
}

static bool moment_wants(const struct view *view, enum answer_kind kind,
                         struct answer_spec *out_spec)
{
    const struct moment_view *v = (const struct moment_view *)view;
    if (kind != ANSWER_MOMENTS)
        return false;
    put_spec(v, asked_part(v), out_spec);
    return true;
}

static void sort_rows(struct alive_list *a)
{
    diff_rows_sort(&a->rows, figures[a->list.sort_column], a->list.sort_descending);
}

static void take(struct moment_view *v, enum part part, struct moments *answer)
{
    struct alive_list *a = &v->lists[part];
    if (a->rows.answer != answer)
        diff_rows_show(&a->rows, answer, figures[a->list.sort_column], a->list.sort_descending);
}

/* What is kept is about one trace and one filter. */
static void forget_old(struct moment_view *v, const struct snapshot *s)
{
    const struct filter *filter = s->query != NULL ? query_asked(s->query)->filter : NULL;
    if (s->trace == v->trace && filter == v->filter)
        return;
    v->trace = s->trace;
    v->filter = filter;
    for (int part = 0; part < PARTS; part++)
        take(v, (enum part)part, NULL);
}

static bool moment_sync(struct view *view)
{
    struct moment_view *v = (struct moment_view *)view;
    const struct snapshot *s = view->env->snapshot;
    struct answer_spec spec = {.kind = ANSWER_MOMENTS};
    if (s == NULL)
        return true;
    forget_old(v, s);
    enum part part = asked_part(v);
    put_spec(v, part, &spec);
    struct moments *m = snapshot_moments(s);
    if (m != NULL && answer_spec_is_same(&m->base.spec, &spec))
        take(v, part, m);
    for (int i = 0; i < PARTS; i++)
        list_sync(&v->lists[i].list);
    return true;
}

/* ---- actions ---- */

/* In the range from the start to the moment these are the blocks allocated inside, and not freed
 * inside. */
static enum view_result open_row(struct moment_view *v, enum action a,
                                 struct view_request *out_request)
{
    const struct alive_list *l = &v->lists[v->part];
    const struct moments_row *row = l->rows.rows[l->list.pos].m;
    const struct trace *trace = v->view.env->snapshot->trace;
    if (row->condition[0] == '\0')
        return view_say(out_request, "There is nothing to filter by in this row.");
    strbuf_puts(&out_request->condition, row->condition);
    out_request->kind = VIEW_REQUEST_FILTER;
    if (a == ACTION_FILTER_EXCLUDE)
        condition_negate(&out_request->condition);
    if (a != ACTION_OPEN)
        return VIEW_REQUEST;
    strbuf_puts(&out_request->condition, " && class == aifo");
    strbuf_puts(&out_request->label, row->text);
    out_request->kind = VIEW_REQUEST_DRILL;
    out_request->screen = stack_table_count(trace->stacks) > 0 ? SCOPE_STACKS : SCOPE_BLOCKS;
    out_request->ranged = true;
    out_request->since = INT64_MIN;
    out_request->until = trace_ns(trace, v->time);
    return VIEW_REQUEST;
}

static enum view_result moment_action(struct view *view, enum action a, uint64_t count,
                                      struct view_request *out_request)
{
    struct moment_view *v = (struct moment_view *)view;
    struct alive_list *l = &v->lists[v->part];
    if (!view->focused)
        return VIEW_IGNORED;
    if (a == ACTION_NEXT_PANE) {
        v->part = (enum part)((v->part + 1) % PARTS);
        return v->part == PART_STACKS ? VIEW_IGNORED : VIEW_DONE;
    }
    if (list_action(&l->list, a, count)) {
        if (a == ACTION_SORT_NEXT || a == ACTION_SORT_REVERSE)
            sort_rows(l);
        list_sync(&l->list);
        return VIEW_DONE;
    }
    if (a == ACTION_OPEN || a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE)
        return l->rows.count > 0 ? open_row(v, a, out_request) : VIEW_DONE;
    return VIEW_IGNORED;
}

static bool moment_of(const struct view *view, int64_t *out_raw, uint64_t *out_row)
{
    *out_raw = ((const struct moment_view *)view)->time;
    *out_row = ROW_NONE;
    return true;
}

/* ---- drawing ---- */

static const struct moments *any_answer(const struct moment_view *v)
{
    for (int part = 0; part < PARTS; part++)
        if (v->lists[part].rows.answer != NULL)
            return v->lists[part].rows.answer;
    return NULL;
}

static void draw_caption(struct moment_view *v, const struct canvas *c)
{
    struct strbuf *b = &v->text;
    const struct moments *m = any_answer(v);
    strbuf_clear(b);
    strbuf_puts(b, "Alive at ");
    cell_put_time(b, v->view.env, v->time);
    int used = canvas_puts(c, 0, 1, v->view.focused ? ROLE_TITLE_FOCUS : ROLE_TEXT_STRONG, b->s);
    strbuf_clear(b);
    if (m != NULL) {
        cell_put_bytes(b, v->view.env, m->whole.at[0].bytes);
        strbuf_puts(b, " in ");
        text_put_grouped(b, m->whole.at[0].blocks);
        strbuf_puts(b, " blocks");
    } else {
        strbuf_puts(b, "adding up");
    }
    canvas_field(c, 0, used + 3, c->cols - used - 3, ROLE_OUTSTANDING, ALIGN_LEFT, CUT_END, b->s,
                 b->len);
}

static void draw_list(struct moment_view *v, enum part part, const struct canvas *c)
{
    struct alive_list *l = &v->lists[part];
    bool waits = l->rows.answer == NULL;
    l->list.blurred = !v->view.focused || v->part != part;
    l->list.empty_text = waits ? "Adding up." : "Nothing was outstanding then.";
    list_draw(&l->list, c);
}

static void moment_draw(struct view *view, const struct canvas *c)
{
    struct moment_view *v = (struct moment_view *)view;
    int top = c->rows > 2 ? 1 : 0;
    if (top > 0)
        draw_caption(v, c);
    struct canvas body = canvas_sub(c, top, 0, c->rows - top, c->cols);
    if (c->cols < WIDE) {
        draw_list(v, v->part, &body);
        return;
    }
    int left = body.cols * 2 / 5, middle = (body.cols - left) / 2;
    struct canvas stacks = canvas_sub(&body, 0, 0, body.rows, left - 1);
    struct canvas heaps = canvas_sub(&body, 0, left, body.rows, middle + 2);
    struct canvas sizes =
        canvas_sub(&body, 0, left + middle + 3, body.rows, body.cols - left - middle - 3);
    draw_list(v, PART_STACKS, &stacks);
    draw_list(v, PART_HEAPS, &heaps);
    draw_list(v, PART_SIZES, &sizes);
}

/* ---- view ---- */

static void moment_close(struct view *view)
{
    struct moment_view *v = (struct moment_view *)view;
    for (int part = 0; part < PARTS; part++) {
        list_release(&v->lists[part].list);
        diff_rows_release(&v->lists[part].rows);
    }
    strbuf_release(&v->text);
    free(v);
}

static struct list *moment_list(struct view *view)
{
    return focused_list((struct moment_view *)view);
}

static const struct action_hint moment_hints[] = {
    {ACTION_OPEN, NULL},  {ACTION_NEXT_PANE, NULL}, {ACTION_SORT_NEXT, NULL},
    {ACTION_CLOSE, NULL}, {ACTION_HELP, NULL},      {ACTION_FILTER_ADD, NULL}};

static const struct view_ops moment_ops = {
    .scope = SCOPE_MOMENT,
    .is_list = true,
    .is_pane = true,
    .takes_keys = true,
    .close = moment_close,
    .wants = moment_wants,
    .sync = moment_sync,
    .draw = moment_draw,
    .action = moment_action,
    .list = moment_list,
    .moment = moment_of,
    .hints = moment_hints,
    .hint_count = sizeof moment_hints / sizeof moment_hints[0],
};

static void init_columns(struct alive_list *l, const char *title)
{
    static const char *const titles[ALIVE_COLUMNS] = {NULL, "Bytes", "Blocks"};
    struct list_column all[DIFF_COLUMN_COUNT];
    diff_cells_init(all);
    for (int i = 0; i < ALIVE_COLUMNS; i++) {
        struct list_column *column = &l->columns[i];
        *column = all[figures[i]];
        column->title = i == ALIVE_NAME ? title : titles[i];
        column->hidden = false;
        column->priority = i;
    }
    l->columns[ALIVE_NAME].min_width = 8;
    l->columns[ALIVE_BYTES].min_width = 10;
    l->columns[ALIVE_BYTES].max_width = BYTES_CELLS;
    l->columns[ALIVE_BLOCKS].min_width = 6;
    l->columns[ALIVE_BLOCKS].max_width = BLOCKS_CELLS;
}

struct view *view_moment_new(const struct view_env *env, int64_t time)
{
    struct moment_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &moment_ops, .env = env};
    v->time = time;
    for (int part = 0; part < PARTS; part++) {
        struct alive_list *l = &v->lists[part];
        l->rows.env = env;
        init_columns(l, parts[part].title);
        list_init(&l->list, &diff_rows_source, &l->rows, l->columns, ALIVE_COLUMNS);
        list_set_sort(&l->list, ALIVE_BYTES, true);
    }
    return &v->view;
}
