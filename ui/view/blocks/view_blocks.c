/*
 * Blocks: what was allocated, one row for each block: what is outstanding, or all of them, or those
 * of a class of the range.
 *
 * A virtual list over the blocks of the query (block_rows.h), which the worker collects and sorts.
 * Loop thread only.
 */
#include <stdlib.h>

#include "answer/snapshot.h"
#include "base/alloc.h"
#include "base/text.h"
#include "query/condition.h"
#include "ui/keys/keymap.h"
#include "ui/view/blocks/block_rows.h"
#include "ui/view/cell_format.h"
#include "ui/view/census.h"
#include "ui/view/views.h"
#include "ui/view/why_empty.h"

/* With fewer lines the rows need all of them. */
#define LINES_FOR_CAPTION 5

/* Cells of a row number at least. */
#define ROW_WIDTH 9

/* What is listed. */
enum shown_blocks {
    SHOWN_OUTSTANDING,
    SHOWN_ALL,
    SHOWN_AIFI,
    SHOWN_AIFO,
    SHOWN_AOFI,
    SHOWN_AOFO,
    SHOWN_KINDS
};

static const struct {
    unsigned classes;
    const char *title; /* in a range */
    const char *whole; /* without one; NULL: it says nothing then */
} kinds[SHOWN_KINDS] = {
    [SHOWN_OUTSTANDING] = {BLOCK_CLASSES_OUTSTANDING, "Outstanding at the range's end",
                           "Outstanding"},
    [SHOWN_ALL] = {BLOCK_CLASSES_ALL, "All blocks alive in the range", "All blocks"},
    [SHOWN_AIFI] = {1u << BLOCK_AIFI, "AIFI: allocated and freed in the range", "Freed"},
    [SHOWN_AIFO] = {1u << BLOCK_AIFO, "AIFO: allocated in the range, not freed in it", NULL},
    [SHOWN_AOFI] = {1u << BLOCK_AOFI, "AOFI: older than the range, freed in it", NULL},
    [SHOWN_AOFO] = {1u << BLOCK_AOFO, "AOFO: older than the range, alive behind it", NULL},
};

struct blocks_view {
    struct view view;
    struct list list;
    struct list_column columns[BLOCK_PLACE_COUNT];
    struct block_rows rows;
    enum shown_blocks kind;
    struct strbuf text; /* why there are no rows; the caption */
};

static const struct snapshot *shown(const struct blocks_view *v)
{
    return v->view.env->snapshot;
}

static const struct query_spec *asked(const struct blocks_view *v)
{
    const struct snapshot *s = shown(v);
    return s != NULL && s->query != NULL ? query_asked(s->query) : NULL;
}

static bool has_range(const struct blocks_view *v)
{
    const struct query_spec *spec = asked(v);
    return spec != NULL && (spec->since != INT64_MIN || spec->until != INT64_MAX);
}

/* ---- what is asked ---- */

static enum block_order order_of(const struct blocks_view *v)
{
    int order = block_columns[block_cells_id(v->list.sort_column)].order;
    return order >= 0 ? (enum block_order)order : BLOCK_ORDER_BORN;
}

static struct blocks_spec spec_of(const struct blocks_view *v)
{
    return (struct blocks_spec){.classes = kinds[v->kind].classes, .order = order_of(v)};
}

static bool blocks_wants(const struct view *view, enum answer_kind kind,
                         struct answer_spec *out_spec)
{
    if (kind != ANSWER_BLOCKS)
        return false;
    out_spec->blocks = spec_of((const struct blocks_view *)view);
    return true;
}

/* True when the list shown is the one that is wanted. */
static bool is_current(const struct blocks_view *v)
{
    const struct block_list *l = v->rows.list;
    struct blocks_spec wanted = spec_of(v);
    return l != NULL && l->base.spec.blocks.classes == wanted.classes &&
           l->base.spec.blocks.order == wanted.order;
}

static void show_next(struct blocks_view *v)
{
    do
        v->kind = (enum shown_blocks)((v->kind + 1) % SHOWN_KINDS);
    while (!has_range(v) && kinds[v->kind].whole == NULL);
}

/* ---- why there are none ---- */

/* How much of the list that is waited for is there. */
static void put_percent(const struct blocks_view *v, const char *separator, struct strbuf *out)
{
    unsigned percent = shown(v)->answer_percent[ANSWER_BLOCKS];
    if (percent > 0)
        strbuf_printf(out, "%s%u %%", separator, percent);
}

static void put_why_none(struct blocks_view *v, struct strbuf *out)
{
    static const char *const none[SHOWN_KINDS] = {
        [SHOWN_OUTSTANDING] = "No block is outstanding.",
        [SHOWN_ALL] = "No block was allocated.",
        [SHOWN_AIFI] = "No block was allocated and freed.",
        [SHOWN_AIFO] = "No block was allocated in the range and is outstanding at its end.",
        [SHOWN_AOFI] = "No block is older than the range and was freed in it.",
        [SHOWN_AOFO] = "No block is older than the range and alive behind it.",
    };
    const struct snapshot *s = shown(v);
    const struct query_spec *spec = asked(v);
    if (s == NULL || s->trace == NULL || s->rows == 0) {
        why_empty_rows(v->view.env, out);
        return;
    }
    strbuf_clear(out);
    if (v->rows.list == NULL || !is_current(v)) {
        strbuf_puts(out, "Looking for the blocks of ");
        text_put_grouped(out, s->rows);
        strbuf_puts(out, s->rows == 1 ? " event" : " events");
        put_percent(v, ": ", out);
        strbuf_putc(out, '.');
        return;
    }
    strbuf_puts(out, none[v->kind]);
    if (v->kind != SHOWN_ALL)
        keymap_put_text(v->view.env->keymap, " {blocks.show} shows others.", out);
    if (spec != NULL && spec->filter != NULL)
        keymap_put_text(v->view.env->keymap,
                        " A block belongs to the filter when its alloc matches;"
                        " {filter.edit} changes it, {drill.back} takes the last step back.",
                        out);
    else if (has_range(v))
        keymap_put_text(v->view.env->keymap, " {range.clear} shows the whole time.", out);
}

/* ---- sync ---- */

static bool has_stacks(const struct blocks_view *v)
{
    const struct snapshot *s = shown(v);
    return s != NULL && s->trace != NULL && stack_table_count(s->trace->stacks) > 0;
}

/* Columns that are the same, or nothing, for all that is listed. */
static uint32_t absent_columns(const struct blocks_view *v)
{
    const struct query_spec *spec = asked(v);
    bool ends_open = spec == NULL || spec->until == INT64_MAX;
    uint32_t absent = has_stacks(v) ? 0 : BLOCK_PLACES_OF_STACKS;
    if (!has_range(v))
        absent |= 1u << BLOCK_PLACE_CLASS;
    if (ends_open && (kinds[v->kind].classes & ~BLOCK_CLASSES_OUTSTANDING) == 0)
        absent |= BLOCK_PLACES_OF_DEATH;
    if ((kinds[v->kind].classes & BLOCK_CLASSES_OUTSTANDING) == 0)
        absent |= 1u << BLOCK_PLACE_AGE;
    return absent;
}

static void fit_time(struct blocks_view *v, enum block_place place, const char *title, int spare)
{
    struct list_column *column = &v->columns[place];
    cell_fit_time(column, v->view.env, &v->text);
    column->title = title;
    column->max_width += spare;
}

static bool blocks_sync(struct view *view)
{
    struct blocks_view *v = (struct blocks_view *)view;
    const struct view_env *env = view->env;
    struct list *l = &v->list;
    bool wall = env->settings->wall_time;
    v->columns[BLOCK_PLACE_PROCESS].hidden = env->census->processes < 2;
    fit_time(v, BLOCK_PLACE_BORN, wall ? "Born" : block_columns[BLOCK_COLUMN_BORN].title, 0);
    fit_time(v, BLOCK_PLACE_DIED, wall ? "Died" : block_columns[BLOCK_COLUMN_DIED].title, 13);
    cell_fit_row(&v->columns[BLOCK_PLACE_ROW], env, ROW_WIDTH, &v->text);
    cell_fit_row(&v->columns[BLOCK_PLACE_FREE_ROW], env, ROW_WIDTH, &v->text);
    l->absent = absent_columns(v);
    if ((l->absent >> l->sort_column & 1) != 0)
        list_set_sort(l, BLOCK_PLACE_SIZE, true);
    v->rows.shows_death = (l->absent & 1u << BLOCK_PLACE_DIED) == 0;
    block_rows_look(&v->rows, order_of(v), l->sort_descending);
    list_sync(l);
    return true;
}

/* ---- drawing ---- */

static void put_blocks(struct strbuf *out, const struct view_env *env, struct block_total total)
{
    text_put_grouped(out, total.blocks);
    strbuf_puts(out, total.blocks == 1 ? " block, " : " blocks, ");
    cell_put_bytes(out, env, total.bytes);
}

static void put_caption(struct blocks_view *v, struct strbuf *out)
{
    const struct block_list *l = v->rows.list;
    strbuf_clear(out);
    strbuf_puts(out, has_range(v) || kinds[v->kind].whole == NULL ? kinds[v->kind].title
                                                                  : kinds[v->kind].whole);
    if (l == NULL)
        return;
    if (!is_current(v)) {
        strbuf_puts(out, ": sorting");
        put_percent(v, " ", out);
        return;
    }
    strbuf_puts(out, ": ");
    put_blocks(out, v->view.env, l->total);
    if (!shown(v)->answer_complete[ANSWER_BLOCKS] &&
        (double)l->base.rows < (double)shown(v)->rows * 0.99)
        strbuf_puts(out, ", more to come");
}

static void blocks_draw(struct view *view, const struct canvas *c)
{
    struct blocks_view *v = (struct blocks_view *)view;
    struct canvas list = *c;
    if (c->rows >= LINES_FOR_CAPTION && v->rows.list != NULL) {
        put_caption(v, &v->text);
        canvas_field(c, 0, 1, c->cols - 1, ROLE_TITLE_FOCUS, ALIGN_LEFT, CUT_END,
                     strbuf_str(&v->text), v->text.len);
        list = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
    }
    put_why_none(v, &v->text);
    v->list.empty_text = strbuf_str(&v->text);
    v->list.blurred = !view->focused;
    list_draw(&v->list, &list);
}

/* ---- actions ---- */

static enum view_result filter_by_cell(struct blocks_view *v, bool exclude,
                                       struct view_request *out_request)
{
    struct block b;
    const char *title = v->columns[v->list.column].title;
    block_rows_get(&v->rows, v->list.pos, &b);
    if (!block_condition_put(&out_request->condition, &v->rows, &b, block_cells_id(v->list.column)))
        return view_say(out_request, "There is nothing in %s to filter by.", title);
    out_request->kind = VIEW_REQUEST_FILTER;
    if (exclude)
        condition_negate(&out_request->condition);
    return VIEW_REQUEST;
}

static enum view_result filter_by_heap(struct blocks_view *v, struct view_request *out_request)
{
    struct block b;
    block_rows_get(&v->rows, v->list.pos, &b);
    const struct heap *heap = trace_row_heap(shown(v)->trace, &b.birth);
    if (heap == NULL)
        return view_say(out_request, "This block names no heap.");
    out_request->kind = VIEW_REQUEST_FILTER;
    condition_put_heap(&out_request->condition, shown(v)->trace, heap);
    return VIEW_REQUEST;
}

static enum view_result go_to_birth(struct blocks_view *v, struct view_request *out_request)
{
    list_go(&v->list, v->list.pos); /* chosen: Backspace comes back to it */
    out_request->kind = VIEW_REQUEST_EVENT;
    out_request->row = block_list_opener(v->rows.list, v->list.pos, v->rows.descending);
    return VIEW_REQUEST;
}

static enum view_result go_to_death(struct blocks_view *v, struct view_request *out_request)
{
    struct block b;
    block_rows_get(&v->rows, v->list.pos, &b);
    if (b.end == BLOCK_END_NONE)
        return view_say(out_request, b.at_exit ? "The block was left when its process ended."
                                               : "The block is outstanding: nothing ended it.");
    list_go(&v->list, v->list.pos);
    out_request->kind = VIEW_REQUEST_EVENT;
    out_request->row = b.death.id;
    return VIEW_REQUEST;
}

static enum view_result open_detail(struct blocks_view *v, struct view_request *out_request)
{
    list_go(&v->list, v->list.pos);
    out_request->kind = VIEW_REQUEST_PUSH;
    out_request->view = view_detail_new(v->view.env, &v->view);
    return VIEW_REQUEST;
}

static enum view_result row_action(struct blocks_view *v, enum action a,
                                   struct view_request *out_request)
{
    switch ((int)a) {
    case ACTION_OPEN:
        return go_to_birth(v, out_request);
    case ACTION_BLOCK_END:
        return go_to_death(v, out_request);
    case ACTION_BLOCK_DETAIL:
        return open_detail(v, out_request);
    case ACTION_FILTER_ADD:
    case ACTION_FILTER_EXCLUDE:
        return filter_by_cell(v, a == ACTION_FILTER_EXCLUDE, out_request);
    case ACTION_FILTER_HEAP:
        return filter_by_heap(v, out_request);
    default:
        return VIEW_IGNORED;
    }
}

static enum view_result blocks_action(struct view *view, enum action a, uint64_t count,
                                      struct view_request *out_request)
{
    struct blocks_view *v = (struct blocks_view *)view;
    bool needs_row = a == ACTION_OPEN || a == ACTION_BLOCK_END || a == ACTION_BLOCK_DETAIL ||
                     a == ACTION_FILTER_ADD || a == ACTION_FILTER_EXCLUDE ||
                     a == ACTION_FILTER_HEAP;
    if (list_action(&v->list, a, count)) {
        if (a == ACTION_SORT_NEXT || a == ACTION_SORT_REVERSE)
            blocks_sync(view);
        return VIEW_DONE;
    }
    if (a == ACTION_BLOCK_SHOW) {
        show_next(v);
        blocks_sync(view);
        return VIEW_DONE;
    }
    if (needs_row && v->list.count == 0)
        return view_say(out_request, "There is no block to choose.");
    return row_action(v, a, out_request);
}

/* ---- view ---- */

static void blocks_close(struct view *view)
{
    struct blocks_view *v = (struct blocks_view *)view;
    list_release(&v->list);
    block_rows_release(&v->rows);
    strbuf_release(&v->text);
    free(v);
}

static enum view_rows blocks_kind(const struct view *view)
{
    (void)view;
    return VIEW_ROWS_BLOCKS;
}

static struct list *blocks_list(struct view *view)
{
    return &((struct blocks_view *)view)->list;
}

/* The birth of the selected block. */
static bool blocks_moment(const struct view *view, int64_t *out_raw, uint64_t *out_row)
{
    const struct blocks_view *v = (const struct blocks_view *)view;
    if (v->list.count == 0 || v->rows.list == NULL || v->list.pos >= v->rows.list->count)
        return false;
    *out_row = block_list_opener(v->rows.list, v->list.pos, v->rows.descending);
    *out_raw = store_time(shown(v)->trace->store, *out_row);
    return true;
}

void view_blocks_seek_start(const struct view *blocks, struct block_seek *s,
                            const struct stops_jump *jump)
{
    const struct blocks_view *v = (const struct blocks_view *)blocks;
    block_seek_start(s, jump, v->list.pos);
}

/* A list in the order before is no place to go to: the one that is wanted comes. */
enum block_seek_state view_blocks_seek(struct view *blocks, struct block_seek *s,
                                       const struct query *hits)
{
    struct blocks_view *v = (struct blocks_view *)blocks;
    enum block_seek_state state = block_seek_step(s, &v->rows, is_current(v) ? hits : NULL);
    if (state == BLOCK_SEEK_FOUND)
        list_jump(&v->list, s->at);
    return state;
}

static const struct action_hint block_hints[] = {
    {ACTION_OPEN, "its alloc"}, {ACTION_BLOCK_SHOW, NULL}, {ACTION_BLOCK_DETAIL, NULL},
    {ACTION_SORT_NEXT, NULL},   {ACTION_FILTER_ADD, NULL}, {ACTION_FILTER_EDIT, NULL},
    {ACTION_FIND, NULL},        {ACTION_HELP, NULL}};

static const struct view_ops blocks_ops = {
    .scope = SCOPE_BLOCKS,
    .is_list = true,
    .close = blocks_close,
    .sync = blocks_sync,
    .draw = blocks_draw,
    .action = blocks_action,
    .wants = blocks_wants,
    .list = blocks_list,
    .rows = blocks_kind,
    .moment = blocks_moment,
    .hints = block_hints,
    .hint_count = sizeof block_hints / sizeof block_hints[0],
};

struct view *view_blocks_new(const struct view_env *env)
{
    struct blocks_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &blocks_ops, .env = env};
    block_rows_init(&v->rows, env);
    block_cells_init(v->columns);
    list_init(&v->list, &block_rows_source, &v->rows, v->columns, BLOCK_PLACE_COUNT);
    list_set_sort(&v->list, BLOCK_PLACE_SIZE, true);
    v->list.column = BLOCK_PLACE_ADDRESS;
    v->list.knows_hits = true;
    v->list.not_marked = 1u << BLOCK_PLACE_BORN | 1u << BLOCK_PLACE_DIED | 1u << BLOCK_PLACE_AGE;
    return &v->view;
}
