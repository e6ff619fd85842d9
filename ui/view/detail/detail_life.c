/* The life of an address as a list; see detail_life.h. */
#include "ui/view/detail/detail_life.h"

#include <string.h>

#include "base/text.h"
#include "decoder/heap_op.h"
#include "ui/view/cell_format.h"
#include "ui/view/outcome.h"

/* ---- rows ---- */

static uint64_t count_rows(void *ctx)
{
    const struct detail_life *l = ctx;
    return l->life.count;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    const struct detail_life *l = ctx;
    return biography_row(&l->life, pos);
}

static uint64_t pos_of(void *ctx, uint64_t id)
{
    const struct detail_life *l = ctx;
    return biography_place(&l->life, id);
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct detail_life *l = ctx;
    uint64_t id = biography_row(&l->life, pos);
    l->row = (struct row){.id = ROW_NONE, .heap = INDEX_NONE, .thread = INDEX_NONE};
    if (id == ROW_NONE)
        return;
    store_get(l->life.trace->store, id, &l->row);
    bool own = l->block != ROW_NONE && biography_block(&l->life, &l->row) == l->block;
    if (own || id == l->event)
        out_row->sign = '*';
    else if (l->block != ROW_NONE)
        out_row->role = ROLE_TEXT_MUTED;
}

static const struct list_source life_source = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

/* ---- columns ---- */

static void put_row(void *ctx, struct list_cell *cell)
{
    const struct detail_life *l = ctx;
    if (l->row.id != ROW_NONE)
        text_put_grouped(cell->text, l->row.id);
}

static void put_time(void *ctx, struct list_cell *cell)
{
    const struct detail_life *l = ctx;
    if (l->row.id == ROW_NONE)
        return;
    cell_put_time(cell->text, l->env, l->row.time);
    cell_set_role(cell, ROLE_TIME);
}

static void put_event(void *ctx, struct list_cell *cell)
{
    static const char *const words[] = {
        [LIFE_BORN] = "born",         [LIFE_RESIZED] = "resized", [LIFE_MOVED_HERE] = "moved in",
        [LIFE_MOVED_ON] = "moved on", [LIFE_FREED] = "freed",     [LIFE_NOTHING] = "no block",
    };
    const struct detail_life *l = ctx;
    const struct heap_op_info *info = heap_op_info(l->row.op);
    if (l->row.id == ROW_NONE || info == NULL)
        return;
    strbuf_printf(cell->text, "%c %s", info->letter, words[biography_stage(&l->life, &l->row)]);
    cell_set_role(cell, cell_op_role(l->row.op));
}

static void put_size(void *ctx, struct list_cell *cell)
{
    const struct detail_life *l = ctx;
    uint64_t size;
    bool left = biography_stage(&l->life, &l->row) == LIFE_MOVED_ON;
    if (left && (l->row.has & EVENT_HAS_OLD_SIZE) != 0)
        cell_show_size(cell, l->env, l->row.old_size);
    else if (trace_row_block_size(&l->row, &size))
        cell_show_size(cell, l->env, size);
}

static void put_tid(void *ctx, struct list_cell *cell)
{
    const struct detail_life *l = ctx;
    cell_set_role(cell, ROLE_THREAD);
    cell_put_thread(cell->text, trace_row_thread(l->life.trace, &l->row));
}

/* Where it came from or went to; else in the words of Events. */
static void put_outcome(void *ctx, struct list_cell *cell)
{
    const struct detail_life *l = ctx;
    if (l->row.id == ROW_NONE)
        return;
    enum life_stage stage = biography_stage(&l->life, &l->row);
    if (stage == LIFE_MOVED_HERE || stage == LIFE_MOVED_ON) {
        bool here = stage == LIFE_MOVED_HERE;
        strbuf_puts(cell->text, here ? "from " : "to ");
        strbuf_put_hex(cell->text, here ? l->row.old_address : l->row.address);
        if ((l->row.flags & ROW_REPAIRED) != 0)
            strbuf_puts(cell->text, ", repaired");
        return;
    }
    cell_set_role(cell, outcome_put(cell->text, l->life.trace, &l->row, l->life.shown));
}

/* Which generation of the heap, where it is another than the selected event's. */
static void put_heap(void *ctx, struct list_cell *cell)
{
    const struct detail_life *l = ctx;
    const struct heap *heap = trace_row_heap(l->life.trace, &l->row);
    if (heap == NULL || l->row.heap == l->heap)
        return;
    strbuf_printf(cell->text, "#%u", heap->generation);
    cell_set_role(cell, cell_heap_role(l->row.heap));
}

/* Where the columns are that are as wide as their largest value. */
enum { LIFE_COLUMN_TIME = 0, LIFE_COLUMN_ROW = 5 };

#define ROW_WIDTH 7 /* cells at least */

static const struct list_column life_columns[DETAIL_LIFE_COLUMNS] = {
    {"time", "", ALIGN_RIGHT, CUT_END, 0, 0, 0, false, put_time, NULL, "when it happened", false},
    {"event", "Event", ALIGN_LEFT, CUT_END, 10, 11, 1, false, put_event, NULL,
     "what was done at the address", false},
    {"size", "Size", ALIGN_RIGHT, CUT_END, 7, 12, 3, false, put_size, NULL, "bytes of the block",
     false},
    {"outcome", "Outcome", ALIGN_LEFT, CUT_END, 18, 32, 2, false, put_outcome, NULL,
     "what became of the block", false},
    {"tid", "TID", ALIGN_RIGHT, CUT_END, 5, 6, 5, false, put_tid, NULL, "thread", false},
    {"row", "Row", ALIGN_RIGHT, CUT_END, 0, 0, 4, false, put_row, NULL, "number in the trace",
     false},
    {"generation", "Gen", ALIGN_LEFT, CUT_END, 3, 5, 6, false, put_heap, NULL,
     "of the heap, where it is another one", false},
};

/* ---- the list ---- */

void detail_life_init(struct detail_life *l, const struct view_env *env)
{
    *l = (struct detail_life){.env = env, .event = ROW_NONE, .block = ROW_NONE};
    memcpy(l->columns, life_columns, sizeof life_columns);
    list_init(&l->list, &life_source, l, l->columns, DETAIL_LIFE_COLUMNS);
    l->list.column = 1;
}

void detail_life_release(struct detail_life *l)
{
    query_unref(l->held);
    list_release(&l->list);
    strbuf_release(&l->text);
    strbuf_release(&l->empty);
}

/* Keeps the answer until the next look. */
static void hold(struct detail_life *l, struct query *rows)
{
    struct query *old = l->held;
    l->held = rows != NULL ? query_ref(rows) : NULL;
    query_unref(old);
}

static unsigned percent_searched(const struct detail_life *l)
{
    return cell_percent(l->life.scanned, l->life.shown);
}

static void explain_empty(struct detail_life *l)
{
    strbuf_clear(&l->empty);
    strbuf_printf(&l->empty, "Looking for everything that happened here: %u %% searched.",
                  percent_searched(l));
    l->list.empty_text = strbuf_str(&l->empty);
}

/* The cursor goes along with the selection of Events; and finds its row when the answer comes. */
static void place_cursor(struct detail_life *l, bool moved)
{
    bool lost = l->list.id == LIST_NO_ROW;
    if ((moved || lost) && l->life.count > 0 && query_has(l->life.rows, l->event))
        list_go(&l->list, biography_place(&l->life, l->event));
}

void detail_life_sync(struct detail_life *l, const struct row *row)
{
    uint64_t address = 0;
    bool moved = row->id != l->event;
    l->of_block = row->id != ROW_NONE && biography_address(row, &address);
    l->event = row->id;
    l->life.count = 0;
    if (!l->of_block)
        return;
    const struct view_env *env = l->env;
    biography_question(&l->text, env->snapshot->trace, row, address);
    biography_look(&l->life, env->snapshot, env->newest, strbuf_str(&l->text), address);
    hold(l, l->life.rows);
    l->block = biography_block(&l->life, row);
    l->heap = row->heap;
    if (moved)
        l->list.id = LIST_NO_ROW;
    explain_empty(l);
    cell_fit_time(&l->columns[LIFE_COLUMN_TIME], env, &l->text);
    cell_fit_row(&l->columns[LIFE_COLUMN_ROW], env, ROW_WIDTH, &l->text);
    list_sync(&l->list);
    place_cursor(l, moved);
}

uint64_t detail_life_selected(const struct detail_life *l)
{
    return l->list.count > 0 ? biography_row(&l->life, l->list.pos) : ROW_NONE;
}

/* "Life at 0x13d35bd0860   event 7 of 12, 62 % searched" */
static void draw_heading(struct detail_life *l, const struct canvas *c, bool focused)
{
    enum role role = focused ? ROLE_TITLE_FOCUS : ROLE_TEXT_STRONG;
    int x = 1 + canvas_puts(c, 0, 1, role, "Life") + 2;
    strbuf_clear(&l->text);
    strbuf_puts(&l->text, "at ");
    strbuf_put_hex(&l->text, l->life.address);
    if (l->life.count > 0) {
        strbuf_puts(&l->text, ", event ");
        text_put_grouped(&l->text, l->list.pos + 1);
        strbuf_puts(&l->text, " of ");
        text_put_grouped(&l->text, l->life.count);
    }
    x += canvas_puts(c, 0, x, ROLE_TEXT_MUTED, strbuf_str(&l->text));
    if (l->life.count > 0 && !biography_is_complete(&l->life))
        canvas_printf(c, 0, x + 2, ROLE_TITLE_PROGRESS, "%u %% searched", percent_searched(l));
}

void detail_life_draw(struct detail_life *l, const struct canvas *c, bool focused)
{
    draw_heading(l, c, focused);
    struct canvas body = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
    l->list.blurred = !focused;
    list_draw(&l->list, &body);
}
