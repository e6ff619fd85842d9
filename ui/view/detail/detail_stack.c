/* The call stack as a list of frames; see detail_stack.h. */
#include "ui/view/detail/detail_stack.h"

#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "query/condition.h"
#include "ui/view/cell_format.h"

static struct frame_namer namer_of(const struct detail_stack *d)
{
    const struct snapshot *s = d->env->snapshot;
    return (struct frame_namer){s->images, s->symbols};
}

/* ---- rows ---- */

static void find_frame(const struct detail_stack *d, uint64_t pos, struct frame *out)
{
    struct frame_namer namer = namer_of(d);
    frame_find(&namer, d->process, d->time, d->frames.frames[pos], (uint32_t)pos, out);
}

static uint64_t count_rows(void *ctx)
{
    const struct detail_stack *d = ctx;
    return d->frames.count;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    (void)ctx;
    return pos;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct detail_stack *d = ctx;
    find_frame(d, pos, &d->frame);
    if (pos == d->caller)
        out_row->sign = '*';
    else if (pos < d->caller)
        out_row->role = ROLE_TEXT_MUTED;
}

static const struct list_source stack_source = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = row_id,
};

/* ---- columns ---- */

static void put_function(void *ctx, struct list_cell *cell)
{
    const struct detail_stack *d = ctx;
    frame_put_function(&d->frame, cell->text);
    if (d->frame.state == SYMBOL_KNOWN)
        cell_set_role(cell, ROLE_STACK_FUNC);
    else
        cell_set_role(cell, d->frame.hit == IMAGE_UNKNOWN ? ROLE_STACK_UNKNOWN : ROLE_STACK_MODULE);
}

static void put_line(void *ctx, struct list_cell *cell)
{
    const struct detail_stack *d = ctx;
    if (d->frame.state != SYMBOL_KNOWN || d->frame.symbol.file == NULL ||
        d->frame.symbol.file[0] == '\0')
        return;
    strbuf_puts(cell->text, text_last_part(d->frame.symbol.file));
    if (d->frame.symbol.line != 0)
        strbuf_printf(cell->text, ":%u", d->frame.symbol.line);
}

static void put_address(void *ctx, struct list_cell *cell)
{
    const struct detail_stack *d = ctx;
    strbuf_put_hex(cell->text, d->frame.address);
    cell_set_role(cell, ROLE_ADDR);
}

static void put_path(void *ctx, struct list_cell *cell)
{
    const struct detail_stack *d = ctx;
    if (d->frame.image != NULL)
        strbuf_puts(cell->text, d->frame.image->path);
    cell_set_role(cell, ROLE_TEXT_MUTED);
}

/* Where the column is that is left out when nothing would stand in it. */
enum { STACK_COLUMN_LINE = 1 };

static const struct list_column stack_columns[DETAIL_STACK_COLUMNS] = {
    {"frame", "Frame, innermost first", ALIGN_LEFT, CUT_MIDDLE, 30, 60, 0, false, put_function,
     NULL, "module and function, or module and offset", false},
    {"line", "Line", ALIGN_LEFT, CUT_MIDDLE, 14, 30, 1, false, put_line, NULL,
     "file and line, where symbols tell them", false},
    {"address", "Address", ALIGN_RIGHT, CUT_END, 14, 18, 2, false, put_address, NULL, "as recorded",
     false},
    {"path", "Path", ALIGN_LEFT, CUT_MIDDLE, 20, 60, 3, false, put_path, NULL, "of the module",
     false},
};

/* ---- the list ---- */

void detail_stack_init(struct detail_stack *d, const struct view_env *env)
{
    *d = (struct detail_stack){.env = env, .event = ROW_NONE, .stack = STACK_NONE};
    memcpy(d->columns, stack_columns, sizeof stack_columns);
    list_init(&d->list, &stack_source, d, d->columns, DETAIL_STACK_COLUMNS);
}

void detail_stack_release(struct detail_stack *d)
{
    list_release(&d->list);
    strbuf_release(&d->text);
}

/* Without symbols there are no lines, and their column would stand empty. */
static bool has_lines(const struct detail_stack *d)
{
    struct frame frame;
    for (uint32_t i = 0; i < d->frames.count; i++) {
        find_frame(d, i, &frame);
        if (frame.state == SYMBOL_KNOWN && frame.symbol.file != NULL)
            return true;
    }
    return false;
}

void detail_stack_sync(struct detail_stack *d, const struct row *row)
{
    bool moved = row->id != d->event;
    uint32_t before = d->stack;
    d->event = row->id;
    d->stack = row->id != ROW_NONE ? row->stack : STACK_NONE;
    d->frames = (struct stack_frames){NULL, 0};
    if (d->stack == STACK_NONE)
        return;
    const struct trace *trace = d->env->snapshot->trace;
    struct frame_namer namer = namer_of(d);
    struct frame caller;
    d->frames = stack_table_get(trace->stacks, d->stack);
    d->process = trace_row_thread(trace, row)->process;
    d->time = row->time;
    d->caller = frame_rules_caller(d->env->rules, &namer, d->process, d->time, d->frames, &caller);
    d->list.absent = has_lines(d) ? 0 : 1u << STACK_COLUMN_LINE;
    list_sync(&d->list);
    if (moved || before == STACK_NONE)
        list_go(&d->list, d->caller);
}

int detail_stack_rows(const struct detail_stack *d)
{
    return 2 + (int)d->frames.count;
}

/* "Stack  17, 12 frames, the allocator's first 4 muted" */
static void draw_heading(struct detail_stack *d, const struct canvas *c, bool focused)
{
    enum role role = focused ? ROLE_TITLE_FOCUS : ROLE_TEXT_STRONG;
    int x = 1 + canvas_puts(c, 0, 1, role, "Stack") + 2;
    strbuf_clear(&d->text);
    strbuf_printf(&d->text, "%u, %u %s", d->stack, d->frames.count,
                  d->frames.count == 1 ? "frame" : "frames");
    if (d->caller > 0)
        strbuf_printf(&d->text, ", %u of the allocator", d->caller);
    canvas_puts(c, 0, x, ROLE_TEXT_MUTED, strbuf_str(&d->text));
}

void detail_stack_draw(struct detail_stack *d, const struct canvas *c, bool focused)
{
    draw_heading(d, c, focused);
    struct canvas body = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
    d->list.blurred = !focused;
    list_draw(&d->list, &body);
}

void detail_stack_put_condition(struct detail_stack *d, struct strbuf *out)
{
    struct frame frame;
    if (d->frames.count == 0)
        return;
    find_frame(d, d->list.pos, &frame);
    strbuf_clear(&d->text);
    frame_put_function(&frame, &d->text);
    strbuf_puts(out, "stack ~ ");
    condition_put_name(out, strbuf_str(&d->text), true);
}
