/* How the cells of Events look; see event_rows.h. */
#include "answer/snapshot.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "ui/term/glyph.h"
#include "ui/view/cell_format.h"
#include "ui/view/events/event_rows.h"
#include "ui/view/outcome.h"

static const struct trace *trace_of(const struct event_rows *r)
{
    return r->env->snapshot->trace;
}

/* The value of a column as the machine formats have it, written for a person. */
static void put_value(struct event_rows *r, struct list_cell *cell, enum event_column_id id)
{
    if (r->row.id == ROW_NONE)
        return;
    r->reader.trace = trace_of(r);
    struct value value = event_columns[id].get(&r->reader, &r->row);
    if (value.kind != VALUE_NONE)
        value_put_text(cell->text, &value);
}

static void put_time(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    if (r->row.id == ROW_NONE)
        return;
    cell_put_time(cell->text, r->env, r->row.time);
    cell_set_role(cell, ROLE_TIME);
}

static void put_delta(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    cell_set_role(cell, ROLE_TIME_DELTA);
    if (r->has_delta)
        text_put_duration(cell->text, r->delta);
    else
        strbuf_putc(cell->text, '-');
}

static void put_tid(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    cell_set_role(cell, ROLE_THREAD);
    cell_put_thread(cell->text, trace_row_thread(trace_of(r), &r->row));
}

static void put_op(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    if (r->row.id == ROW_NONE)
        return;
    const struct heap_op_info *info = heap_op_info(r->row.op);
    bool failed = (r->row.flags & ROW_FAILED) != 0;
    char name[32];
    if (info != NULL)
        strbuf_printf(cell->text, "%c %s", failed ? '!' : info->letter, info->word);
    else
        strbuf_printf(cell->text, "? %s", heap_op_name(r->row.op, name));
    cell_set_role(cell, failed ? ROLE_EVENT_FAIL : cell_op_role(r->row.op));
}

static void put_heap(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    const struct heap *heap = trace_row_heap(trace_of(r), &r->row);
    if (heap == NULL)
        return;
    cell_put_heap(cell->text, heap);
    cell_set_role(cell, cell_heap_role(r->row.heap));
}

static void put_address(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    if ((r->row.has & EVENT_HAS_ADDRESS) == 0)
        return;
    strbuf_put_hex(cell->text, r->row.address);
    cell_set_role(cell, ROLE_ADDR);
}

/* The size the record tells, else the block's own, muted. */
static void put_size(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    uint64_t size = r->row.size;
    bool own = (r->row.has & EVENT_HAS_SIZE) != 0;
    if (!own && !trace_row_block_size(&r->row, &size))
        return;
    cell_show_size(cell, r->env, size);
    cell_set_role(cell, own ? cell_size_role(size) : ROLE_TEXT_MUTED);
}

static void put_source(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    if ((r->row.has & EVENT_HAS_SOURCE) == 0)
        return;
    const char *name = heap_source_name(r->row.source);
    if (name != NULL)
        strbuf_puts(cell->text, name);
    else
        strbuf_put_u64(cell->text, r->row.source);
}

static void put_outcome(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    if (r->row.id != ROW_NONE)
        cell_set_role(cell, outcome_put(cell->text, trace_of(r), &r->row, r->env->snapshot->rows));
}

static void put_process(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    const struct process *process = trace_row_process(trace_of(r), &r->row);
    if (process != NULL)
        cell_put_process(cell->text, process, false);
}

static void put_caller(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    const struct caller *caller = callers_find(&r->reader.callers, trace_of(r), &r->row);
    if (caller == NULL)
        return;
    strbuf_puts(cell->text, caller->text);
    cell_set_role(cell, caller->named                  ? ROLE_STACK_FUNC
                        : caller->hit == IMAGE_UNKNOWN ? ROLE_STACK_UNKNOWN
                                                       : ROLE_STACK_MODULE);
}

static void put_module(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, EVENT_COLUMN_MODULE);
    cell_set_role(cell, ROLE_STACK_MODULE);
}

static void put_stack(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, EVENT_COLUMN_STACK);
}

static void put_pid(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, EVENT_COLUMN_PID);
}

static void put_old_address(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, EVENT_COLUMN_OLD_ADDRESS);
    cell_set_role(cell, ROLE_ADDR);
}

static void put_old_size(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    if ((r->row.has & EVENT_HAS_OLD_SIZE) == 0)
        return;
    cell_show_size(cell, r->env, r->row.old_size);
    cell_set_role(cell, cell_size_role(r->row.old_size));
}

static void put_block_size(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    uint64_t size;
    if (r->row.id == ROW_NONE || !trace_row_block_size(&r->row, &size))
        return;
    cell_show_size(cell, r->env, size);
    cell_set_role(cell, cell_size_role(size));
}

static void put_generation(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, EVENT_COLUMN_GENERATION);
}

static void put_life(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, EVENT_COLUMN_LIFE);
}

/* Only of blocks that moved: the others would hide them. */
static void put_chain(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    uint64_t length;
    if (r->row.id != ROW_NONE && trace_row_chain(trace_of(r), &r->row, &length) && length > 1)
        text_put_grouped(cell->text, length);
}

static void put_flags(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, EVENT_COLUMN_FLAGS);
}

static void put_cpu(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, EVENT_COLUMN_CPU);
}

static void put_number(void *ctx, struct list_cell *cell)
{
    struct event_rows *r = ctx;
    if (r->row.id != ROW_NONE)
        text_put_grouped(cell->text, r->row.id);
}

/* How a column looks. Those that are hidden come before most others once they are asked for. */
struct cell_look {
    unsigned id; /* enum event_column_id or enum event_cell_id */
    enum cut cut;
    int min_width, max_width, priority;
    bool hidden;
    void (*format)(void *ctx, struct list_cell *cell);
};

static const struct cell_look looks[EVENT_PLACE_COUNT] = {
    [EVENT_PLACE_TIME] = {EVENT_COLUMN_TIME, CUT_END, 11, 11, 0, false, put_time},
    [EVENT_PLACE_DELTA] = {EVENT_CELL_DELTA, CUT_END, 7, 8, 9, false, put_delta},
    [EVENT_PLACE_PID] = {EVENT_COLUMN_PID, CUT_END, 5, 6, 2, true, put_pid},
    [EVENT_PLACE_TID] = {EVENT_COLUMN_TID, CUT_END, 5, 6, 8, false, put_tid},
    [EVENT_PLACE_OP] = {EVENT_COLUMN_OP, CUT_END, 10, 14, 4, false, put_op},
    [EVENT_PLACE_HEAP] = {EVENT_COLUMN_HEAP, CUT_END, 10, 16, 3, false, put_heap},
    [EVENT_PLACE_ADDRESS] = {EVENT_COLUMN_ADDRESS, CUT_END, 13, 16, 5, false, put_address},
    [EVENT_PLACE_OLD_ADDRESS] = {EVENT_COLUMN_OLD_ADDRESS, CUT_END, 13, 16, 2, true,
                                 put_old_address},
    [EVENT_PLACE_SIZE] = {EVENT_COLUMN_SIZE, CUT_END, 9, 12, 2, false, put_size},
    [EVENT_PLACE_OLD_SIZE] = {EVENT_COLUMN_OLD_SIZE, CUT_END, 9, 12, 2, true, put_old_size},
    [EVENT_PLACE_SOURCE] = {EVENT_COLUMN_SOURCE, CUT_END, 9, 12, 7, false, put_source},
    [EVENT_PLACE_OUTCOME] = {EVENT_CELL_OUTCOME, CUT_END, 13, 20, 1, false, put_outcome},
    [EVENT_PLACE_CALLER] = {EVENT_COLUMN_CALLER, CUT_MIDDLE, 18, 44, 6, false, put_caller},
    [EVENT_PLACE_PROCESS] = {EVENT_COLUMN_PROCESS, CUT_MIDDLE, 14, 28, 10, false, put_process},
    [EVENT_PLACE_GENERATION] = {EVENT_COLUMN_GENERATION, CUT_END, 3, 5, 2, true, put_generation},
    [EVENT_PLACE_BLOCK_SIZE] = {EVENT_COLUMN_BLOCK_SIZE, CUT_END, 10, 12, 2, true, put_block_size},
    [EVENT_PLACE_LIFE] = {EVENT_COLUMN_LIFE, CUT_END, 7, 9, 2, true, put_life},
    [EVENT_PLACE_CHAIN] = {EVENT_COLUMN_CHAIN, CUT_END, 5, 7, 2, true, put_chain},
    [EVENT_PLACE_FLAGS] = {EVENT_COLUMN_FLAGS, CUT_END, 12, 30, 2, true, put_flags},
    [EVENT_PLACE_CPU] = {EVENT_COLUMN_CPU, CUT_END, 3, 4, 2, true, put_cpu},
    [EVENT_PLACE_ROW] = {EVENT_COLUMN_ROW, CUT_END, 9, 9, 2, true, put_number},
    [EVENT_PLACE_MODULE] = {EVENT_COLUMN_MODULE, CUT_MIDDLE, 14, 28, 2, true, put_module},
    [EVENT_PLACE_STACK] = {EVENT_COLUMN_STACK, CUT_END, 8, 8, 2, true, put_stack},
};

/* The columns that are Events' own. */
static const struct event_column own_columns[] = {
    [EVENT_CELL_DELTA - EVENT_COLUMN_COUNT] = {"delta", GLYPH_DELTA,
                                               "time since the event before it, shown or not",
                                               false, NULL},
    [EVENT_CELL_OUTCOME -
        EVENT_COLUMN_COUNT] = {"outcome", "Outcome", "what became of the block", true, NULL},
};

unsigned event_cells_id(enum event_cell_place place)
{
    return looks[place].id;
}

void event_cells_init(struct list_column out_columns[EVENT_PLACE_COUNT])
{
    for (size_t i = 0; i < EVENT_PLACE_COUNT; i++) {
        const struct cell_look *look = &looks[i];
        const struct event_column *column = look->id < EVENT_COLUMN_COUNT
                                                ? &event_columns[look->id]
                                                : &own_columns[look->id - EVENT_COLUMN_COUNT];
        out_columns[i] = (struct list_column){
            .name = column->name,
            .title = column->title,
            .align = column->left ? ALIGN_LEFT : ALIGN_RIGHT,
            .cut = look->cut,
            .min_width = look->min_width,
            .max_width = look->max_width,
            .priority = look->priority,
            .format = look->format,
            .help = column->help,
            .hidden = look->hidden,
        };
    }
}
