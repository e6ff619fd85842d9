/* How the cells of Blocks look; see block_rows.h. */
#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "model/chains.h"
#include "ui/view/blocks/block_rows.h"
#include "ui/view/cell_format.h"

static const struct trace *trace_of(const struct block_rows *r)
{
    return r->env->snapshot->trace;
}

/* The value of a column as the machine formats have it, written for a person. */
static void put_value(struct block_rows *r, struct list_cell *cell, enum block_column_id id)
{
    struct value value = block_columns[id].get(&r->reader, &r->block);
    if (value.kind != VALUE_NONE)
        value_put_text(cell->text, &value);
}

static void put_address(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, BLOCK_COLUMN_ADDRESS);
    cell_set_role(cell, ROLE_ADDR);
}

static void put_size(void *ctx, struct list_cell *cell)
{
    struct block_rows *r = ctx;
    cell_show_size(cell, r->env, r->block.size);
    cell_set_role(cell, cell_size_role(r->block.size));
}

static void put_heap(void *ctx, struct list_cell *cell)
{
    struct block_rows *r = ctx;
    const struct heap *heap = trace_row_heap(trace_of(r), &r->block.birth);
    if (heap == NULL)
        return;
    cell_put_heap(cell->text, heap);
    cell_set_role(cell, cell_heap_role(r->block.birth.heap));
}

static void put_process(void *ctx, struct list_cell *cell)
{
    struct block_rows *r = ctx;
    const struct process *process = trace_row_process(trace_of(r), &r->block.birth);
    if (process != NULL)
        cell_put_process(cell->text, process, false);
}

static void put_born(void *ctx, struct list_cell *cell)
{
    struct block_rows *r = ctx;
    cell_put_time(cell->text, r->env, r->block.birth.time);
    cell_set_role(cell, ROLE_TIME);
}

/* A death that was no Free says what it was, and that alone where there is no room for both. */
static void put_died(void *ctx, struct list_cell *cell)
{
    struct block_rows *r = ctx;
    const struct block *b = &r->block;
    if (b->end == BLOCK_END_NONE) {
        strbuf_puts(cell->text, b->at_exit ? "at exit" : "outstanding");
        cell_set_role(cell, ROLE_OUTSTANDING);
        return;
    }
    cell_put_time(cell->text, r->env, b->death.time);
    if (b->end != BLOCK_END_FREE) {
        size_t needed = cell->text->len + 1 + strlen(block_end_words[b->end]);
        if (cell->width > 0 && needed > (size_t)cell->width)
            strbuf_clear(cell->text);
        strbuf_printf(cell->text, "%s%s", cell->text->len > 0 ? " " : "", block_end_words[b->end]);
    }
    cell_set_role(cell, b->end > BLOCK_END_DESTROY ? ROLE_LOST : ROLE_TIME);
}

static void put_age(void *ctx, struct list_cell *cell)
{
    struct block_rows *r = ctx;
    if (r->block.end != BLOCK_END_NONE)
        return;
    put_value(r, cell, BLOCK_COLUMN_AGE);
    if (r->block.at_exit && !r->shows_death)
        strbuf_puts(cell->text, " at exit");
}

static void put_life(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, BLOCK_COLUMN_LIFE);
}

static void put_class(void *ctx, struct list_cell *cell)
{
    struct block_rows *r = ctx;
    static const char *const words[BLOCK_CLASSES] = {"AIFI", "AIFO", "AOFI", "AOFO", ""};
    strbuf_puts(cell->text, words[r->block.class]);
    if (r->block.class == BLOCK_AIFO)
        cell_set_role(cell, ROLE_OUTSTANDING);
}

static void put_tid(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, BLOCK_COLUMN_TID);
    cell_set_role(cell, ROLE_THREAD);
}

static void put_free_tid(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, BLOCK_COLUMN_FREE_TID);
    cell_set_role(cell, ROLE_THREAD);
}

static void put_source_of(struct list_cell *cell, const struct row *row)
{
    if ((row->has & EVENT_HAS_SOURCE) == 0)
        return;
    const char *name = heap_source_name(row->source);
    if (name != NULL)
        strbuf_puts(cell->text, name);
    else
        strbuf_put_u64(cell->text, row->source);
}

static void put_source(void *ctx, struct list_cell *cell)
{
    const struct block_rows *r = ctx;
    put_source_of(cell, &r->block.birth);
}

static void put_free_source(void *ctx, struct list_cell *cell)
{
    const struct block_rows *r = ctx;
    if (block_has_freer(&r->block))
        put_source_of(cell, &r->block.death);
}

static void put_caller(void *ctx, struct list_cell *cell)
{
    struct block_rows *r = ctx;
    const struct caller *caller = callers_find(&r->reader.callers, trace_of(r), &r->block.birth);
    if (caller == NULL)
        return;
    strbuf_puts(cell->text, caller->text);
    cell_set_role(cell, caller->named                  ? ROLE_STACK_FUNC
                        : caller->hit == IMAGE_UNKNOWN ? ROLE_STACK_UNKNOWN
                                                       : ROLE_STACK_MODULE);
}

/* A block that never moved is a chain of one: not worth a figure. */
static void put_chain(void *ctx, struct list_cell *cell)
{
    const struct block_rows *r = ctx;
    uint32_t length = chains_length(trace_chains(trace_of(r)), r->block.birth.id);
    if (length > 1)
        cell_show_count(cell, length);
}

static void put_module(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, BLOCK_COLUMN_MODULE);
    cell_set_role(cell, ROLE_STACK_MODULE);
}

static void put_stack(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, BLOCK_COLUMN_STACK);
}

static void put_end(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, BLOCK_COLUMN_END);
}

static void put_pid(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, BLOCK_COLUMN_PID);
}

static void put_generation(void *ctx, struct list_cell *cell)
{
    put_value(ctx, cell, BLOCK_COLUMN_GENERATION);
}

static void put_row(void *ctx, struct list_cell *cell)
{
    const struct block_rows *r = ctx;
    text_put_grouped(cell->text, r->block.birth.id);
}

static void put_free_row(void *ctx, struct list_cell *cell)
{
    const struct block_rows *r = ctx;
    if (r->block.end != BLOCK_END_NONE)
        text_put_grouped(cell->text, r->block.death.id);
}

/* How a column looks. Those that are hidden come before most others once they are asked for. */
static const struct cell_look {
    enum block_column_id id;
    enum cut cut;
    int min_width, max_width, priority;
    bool hidden;
    void (*format)(void *ctx, struct list_cell *cell);
} looks[BLOCK_PLACE_COUNT] = {
    [BLOCK_PLACE_ADDRESS] = {BLOCK_COLUMN_ADDRESS, CUT_END, 13, 18, 0, false, put_address},
    [BLOCK_PLACE_SIZE] = {BLOCK_COLUMN_SIZE, CUT_END, 8, 12, 1, false, put_size},
    [BLOCK_PLACE_HEAP] = {BLOCK_COLUMN_HEAP, CUT_END, 10, 16, 8, false, put_heap},
    [BLOCK_PLACE_PROCESS] = {BLOCK_COLUMN_PROCESS, CUT_MIDDLE, 14, 28, 10, false, put_process},
    [BLOCK_PLACE_BORN] = {BLOCK_COLUMN_BORN, CUT_END, 11, 11, 2, false, put_born},
    [BLOCK_PLACE_DIED] = {BLOCK_COLUMN_DIED, CUT_END, 11, 24, 3, false, put_died},
    [BLOCK_PLACE_AGE] = {BLOCK_COLUMN_AGE, CUT_END, 7, 15, 5, false, put_age},
    [BLOCK_PLACE_LIFE] = {BLOCK_COLUMN_LIFE, CUT_END, 8, 9, 4, false, put_life},
    [BLOCK_PLACE_CLASS] = {BLOCK_COLUMN_CLASS, CUT_END, 5, 5, 6, false, put_class},
    [BLOCK_PLACE_TID] = {BLOCK_COLUMN_TID, CUT_END, 9, 9, 9, false, put_tid},
    [BLOCK_PLACE_FREE_TID] = {BLOCK_COLUMN_FREE_TID, CUT_END, 8, 8, 12, false, put_free_tid},
    [BLOCK_PLACE_SOURCE] = {BLOCK_COLUMN_SOURCE, CUT_END, 12, 12, 11, false, put_source},
    [BLOCK_PLACE_FREE_SOURCE] = {BLOCK_COLUMN_FREE_SOURCE, CUT_END, 11, 12, 13, false,
                                 put_free_source},
    [BLOCK_PLACE_CALLER] = {BLOCK_COLUMN_CALLER, CUT_MIDDLE, 18, 44, 7, false, put_caller},
    [BLOCK_PLACE_CHAIN] = {BLOCK_COLUMN_CHAIN, CUT_END, 5, 7, 14, false, put_chain},
    [BLOCK_PLACE_MODULE] = {BLOCK_COLUMN_MODULE, CUT_MIDDLE, 14, 28, 2, true, put_module},
    [BLOCK_PLACE_STACK] = {BLOCK_COLUMN_STACK, CUT_END, 8, 8, 2, true, put_stack},
    [BLOCK_PLACE_END] = {BLOCK_COLUMN_END, CUT_END, 7, 12, 2, true, put_end},
    [BLOCK_PLACE_PID] = {BLOCK_COLUMN_PID, CUT_END, 5, 6, 2, true, put_pid},
    [BLOCK_PLACE_GENERATION] = {BLOCK_COLUMN_GENERATION, CUT_END, 3, 5, 2, true, put_generation},
    [BLOCK_PLACE_ROW] = {BLOCK_COLUMN_ROW, CUT_END, 9, 9, 2, true, put_row},
    [BLOCK_PLACE_FREE_ROW] = {BLOCK_COLUMN_FREE_ROW, CUT_END, 9, 9, 2, true, put_free_row},
};

enum block_column_id block_cells_id(size_t place)
{
    return looks[place].id;
}

void block_cells_init(struct list_column out_columns[BLOCK_PLACE_COUNT])
{
    for (size_t i = 0; i < BLOCK_PLACE_COUNT; i++) {
        const struct cell_look *look = &looks[i];
        const struct block_column *column = &block_columns[look->id];
        out_columns[i] = (struct list_column){
            .name = column->name,
            .title = column->title,
            .align = column->left ? ALIGN_LEFT : ALIGN_RIGHT,
            .cut = look->cut,
            .min_width = look->min_width,
            .max_width = look->max_width,
            .priority = look->priority,
            .sortable = column->order >= 0,
            .format = look->format,
            .help = column->help,
            .hidden = look->hidden,
        };
    }
    out_columns[BLOCK_PLACE_DIED].align = ALIGN_LEFT; /* what ended it stands behind the time */
}
