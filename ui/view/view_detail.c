/*
 * Detail: everything about the event that is selected in Events.
 *
 * A pane below the list: every field as recorded, what replay found out in words, and the life of
 * the block. It follows the selection. Loop thread only.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "model/snapshot.h"
#include "ui/view/biography.h"
#include "ui/view/cell_format.h"
#include "ui/view/heap_flags.h"
#include "ui/view/outcome.h"
#include "ui/view/views.h"
#include "ui/widget/page.h"

#define COLUMN_WIDTH 38
#define FIELD_WIDTH  14 /* "CommittedSpace" */

struct detail_view {
    struct view view;
    const struct view *events; /* borrowed: the list above */
    struct page page;
    struct strbuf text;
    struct row row; /* id ROW_NONE: nothing is selected */
    struct biography life;
};

static const struct trace *trace_of(const struct detail_view *v)
{
    return v->view.env->snapshot->trace;
}

/* ---- the event ---- */

static void write_identity(const struct detail_view *v, struct pen *pen)
{
    const struct trace *trace = trace_of(v);
    const struct process *process = trace_row_process(trace, &v->row);
    const struct thread *thread = trace_row_thread(trace, &v->row);
    const struct heap *heap = trace_row_heap(trace, &v->row);
    cell_put_time(pen->text, v->view.env, v->row.time);
    strbuf_puts(pen->text, v->view.env->settings->wall_time ? "" : " s");
    pen_pair(pen, "time", ROLE_TIME);
    strbuf_put_i64(pen->text, v->row.time);
    pen_pair(pen, "raw time", ROLE_TEXT);
    if (process != NULL)
        cell_put_process(pen->text, process, false);
    else
        strbuf_putc(pen->text, '?');
    pen_pair(pen, "process", ROLE_TEXT);
    if (thread != NULL && thread->tid != EVENT_NO_ID)
        strbuf_put_u64(pen->text, thread->tid);
    else
        strbuf_putc(pen->text, '?');
    strbuf_printf(pen->text, ", CPU %u", v->row.cpu);
    pen_pair(pen, "thread", ROLE_THREAD);
    if (heap == NULL)
        return;
    strbuf_printf(pen->text, "generation %u", heap->generation);
    pen_pair(pen, "heap", ROLE_TEXT);
}

static void put_value(struct strbuf *b, uint64_t value, enum heap_unit unit)
{
    const char *name = unit == HEAP_UNIT_CALLER ? heap_caller_name((uint32_t)value) : NULL;
    switch (unit) {
    case HEAP_UNIT_HEX:
        strbuf_put_hex(b, value);
        break;
    case HEAP_UNIT_BYTES:
        text_put_grouped(b, value);
        strbuf_puts(b, " B");
        if (value >= 1024) {
            strbuf_puts(b, ", ");
            text_put_size(b, value);
        }
        break;
    case HEAP_UNIT_COUNT:
        text_put_grouped(b, value);
        break;
    case HEAP_UNIT_FLAGS:
        heap_flags_put(b, (uint32_t)value);
        break;
    case HEAP_UNIT_SOURCE:
        cell_put_source(b, (uint32_t)value);
        break;
    case HEAP_UNIT_CALLER:
        strbuf_put_u64(b, value);
        strbuf_puts(b, name != NULL ? " " : "");
        strbuf_puts(b, name != NULL ? name : "");
        break;
    case HEAP_UNIT_ID:
        strbuf_put_u64(b, value);
        break;
    }
}

/* What the row holds for a slot of the payload; false when the record had none. */
static bool slot_value(const struct detail_view *v, enum heap_slot slot, uint64_t *out_value)
{
    const struct row *row = &v->row;
    const struct heap *heap = trace_row_heap(trace_of(v), row);
    unsigned has = row->has;
    switch (slot) {
    case HEAP_SLOT_HEAP:
        *out_value = heap != NULL ? heap->handle : 0;
        return heap != NULL;
    case HEAP_SLOT_ADDRESS:
        *out_value = row->address;
        return (has & EVENT_HAS_ADDRESS) != 0;
    case HEAP_SLOT_SIZE:
        *out_value = row->size;
        return (has & EVENT_HAS_SIZE) != 0;
    case HEAP_SLOT_OLD_ADDRESS:
        *out_value = row->old_address;
        return (has & EVENT_HAS_OLD_ADDRESS) != 0;
    case HEAP_SLOT_OLD_SIZE:
        *out_value = row->old_size;
        return (has & EVENT_HAS_OLD_SIZE) != 0;
    case HEAP_SLOT_SOURCE:
        *out_value = row->source;
        return (has & EVENT_HAS_SOURCE) != 0;
    case HEAP_SLOT_EXTRA:
        break;
    }
    return false;
}

static void write_fields(const struct detail_view *v, const struct heap_layout *layout,
                         const struct store_extra *extra, struct pen *pen)
{
    uint32_t at = 0, count = extra != NULL ? extra->count : 0;
    for (uint8_t i = 0; i < layout->field_count; i++) {
        const struct heap_field *field = &layout->fields[i];
        uint64_t value;
        if (field->slot == HEAP_SLOT_EXTRA) {
            if (at >= count)
                continue;
            value = extra->values[at++];
        } else if (!slot_value(v, (enum heap_slot)field->slot, &value)) {
            continue;
        }
        put_value(pen->text, value, (enum heap_unit)field->unit);
        pen_pair(pen, field->name, ROLE_TEXT);
    }
}

/* Alloc, ReAlloc and Free have one layout a pointer size, with the same names: the first will do.
 */
static void write_recorded(void *ctx, struct pen *pen)
{
    const struct detail_view *v = ctx;
    const struct heap_op_info *info = heap_op_info(v->row.op);
    const struct store_extra *extra =
        store_find_extra(trace_of(v)->store, v->row.id, STORE_EXTRA_PAYLOAD);
    char name[32];
    pen->label_width = FIELD_WIDTH;
    strbuf_puts(pen->text, "row ");
    text_put_grouped(pen->text, v->row.id);
    pen_heading(pen, heap_op_name(v->row.op, name));
    write_identity(v, pen);
    if (info == NULL || info->layout_count == 0)
        return;
    size_t layout = extra != NULL ? extra->note : 0;
    write_fields(v, &info->layouts[layout < info->layout_count ? layout : 0], extra, pen);
}

/* ---- what it meant ---- */

static const struct {
    unsigned flag;
    enum role role;
    const char *sentence;
} meanings[] = {
    {ROW_FAILED, ROLE_EVENT_FAIL, "The allocation failed: its address is 0."},
    {ROW_DOUBLE_FREE, ROLE_EVENT_FAIL,
     "Double free candidate: freed before, and not allocated since."},
    {ROW_WRONG_HEAP, ROLE_EVENT_FAIL,
     "Wrong heap candidate: the address is live in another heap of the process."},
    {ROW_UNMATCHED, ROLE_LOST,
     "Unmatched: no live block at this address; it may be older than the trace."},
    {ROW_LOST_FREE, ROLE_LOST, "Lost free: another block was still live at this address."},
    {ROW_LOST_DESTROY, ROLE_LOST,
     "Lost destroy: a heap with this handle was still live; its blocks ended here."},
    {ROW_REPAIRED, ROLE_LOST, "Repaired: what was missing of this ReAlloc was supplied."},
    {ROW_DUPLICATE, ROLE_TEXT_MUTED, "Duplicate of the summary session: shown, not counted."},
    {ROW_RESIZES, ROLE_TEXT, "The block was resized in place."},
    {ROW_MOVED, ROLE_TEXT, "The block was moved to a new address."},
    {ROW_TEMPORARY, ROLE_TEXT, "Temporary: freed before the thread allocated again here."},
};

static void write_closed(const struct detail_view *v, struct pen *pen)
{
    const struct row_closed *closed;
    size_t n = store_closed(trace_of(v)->store, v->row.id, &closed);
    uint64_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += closed[i].size;
    if (n == 0)
        return;
    strbuf_puts(pen->text, "Ended ");
    text_put_grouped(pen->text, n);
    strbuf_puts(pen->text, n == 1 ? " block of " : " blocks of ");
    cell_put_bytes(pen->text, v->view.env, bytes);
    strbuf_putc(pen->text, '.');
    pen_paragraph(pen, 0, ROLE_TEXT, strbuf_str(pen->text));
    strbuf_clear(pen->text);
}

static void write_meaning(void *ctx, struct pen *pen)
{
    const struct detail_view *v = ctx;
    const struct heap_op_info *info = heap_op_info(v->row.op);
    pen_heading(pen, "Meaning");
    pen_paragraph(pen, 0, ROLE_TEXT_MUTED,
                  info != NULL ? info->description : "This opcode is not known.");
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if ((v->row.flags & meanings[i].flag) != 0)
            pen_paragraph(pen, 0, meanings[i].role, meanings[i].sentence);
    write_closed(v, pen);
}

/* ---- the block's life ---- */

static void put_place(const struct detail_view *v, struct strbuf *b, const struct row *row)
{
    cell_put_time(b, v->view.env, row->time);
    strbuf_puts(b, "  row ");
    text_put_grouped(b, row->id);
}

static void write_stage(const struct detail_view *v, struct pen *pen, const char *label,
                        uint64_t id, struct row *out_row)
{
    store_get(trace_of(v)->store, id, out_row);
    put_place(v, pen->text, out_row);
    pen_pair(pen, label, id == v->row.id ? ROLE_TEXT_STRONG : ROLE_TEXT);
}

static void put_thread(const struct detail_view *v, struct strbuf *b, const struct row *row)
{
    const struct thread *thread = trace_row_thread(trace_of(v), row);
    if (thread != NULL && thread->tid != EVENT_NO_ID)
        strbuf_printf(b, ", thread %u", thread->tid);
}

static void write_birth(const struct detail_view *v, struct pen *pen)
{
    struct row row;
    write_stage(v, pen, "born", v->life.born, &row);
    cell_put_bytes(pen->text, v->view.env, row.size);
    put_thread(v, pen->text, &row);
    pen_pair(pen, "", ROLE_TEXT);
    if (v->life.moved_here == ROW_NONE)
        return;
    write_stage(v, pen, "moved here", v->life.moved_here, &row);
    strbuf_puts(pen->text, "from ");
    strbuf_put_hex(pen->text, row.old_address);
    pen_pair(pen, "", ROLE_TEXT);
}

static void write_resizes(const struct detail_view *v, struct pen *pen)
{
    const struct biography *life = &v->life;
    for (uint64_t i = 0; i < life->resizes && i < BIOGRAPHY_RESIZES; i++) {
        struct row row;
        write_stage(v, pen, "resized", life->resize[i], &row);
        text_put_grouped(pen->text, row.old_size);
        strbuf_puts(pen->text, " to ");
        cell_put_bytes(pen->text, v->view.env, row.size);
        pen_pair(pen, "", ROLE_TEXT);
    }
    if (life->resizes > BIOGRAPHY_RESIZES) {
        text_put_grouped(pen->text, life->resizes - BIOGRAPHY_RESIZES);
        strbuf_puts(pen->text, " more");
        pen_pair(pen, "resized", ROLE_TEXT_MUTED);
    }
    if (!life->searched_all) {
        strbuf_puts(pen->text, "sought in ");
        text_put_grouped(pen->text, BIOGRAPHY_SCAN);
        strbuf_puts(pen->text, " rows only");
        pen_pair(pen, "resizes", ROLE_TEXT_MUTED);
    }
}

static void write_death(const struct detail_view *v, struct pen *pen)
{
    const struct biography *life = &v->life;
    struct row birth, row;
    int64_t ns;
    store_get(trace_of(v)->store, life->born, &birth);
    if (life->died == ROW_NONE) {
        outcome_put(pen->text, trace_of(v), &birth, v->view.env->snapshot->rows);
        pen_pair(pen, "now", ROLE_OUTSTANDING);
        return;
    }
    write_stage(v, pen, "died", life->died, &row);
    strbuf_puts(pen->text, outcome_death(trace_of(v), life->born));
    put_thread(v, pen->text, &row);
    pen_pair(pen, "", ROLE_TEXT);
    if (trace_row_life(trace_of(v), &birth, &ns)) {
        text_put_duration(pen->text, ns);
        pen_pair(pen, "lived", ROLE_TEXT_STRONG);
    }
    if (life->moved_on == ROW_NONE)
        return;
    write_stage(v, pen, "moved on", life->moved_on, &row);
    strbuf_puts(pen->text, "to ");
    strbuf_put_hex(pen->text, row.address);
    pen_pair(pen, "", ROLE_TEXT);
}

static void write_life(void *ctx, struct pen *pen)
{
    const struct detail_view *v = ctx;
    if (v->life.born == ROW_NONE)
        return;
    strbuf_put_hex(pen->text, v->row.address);
    pen_heading(pen, "Life of the block");
    write_birth(v, pen);
    write_resizes(v, pen);
    write_death(v, pen);
}

static const struct page_block blocks[] = {
    {write_recorded, false}, {write_life, false}, {write_meaning, false}};

#define BLOCK_COUNT (sizeof blocks / sizeof blocks[0])

/* ---- view ---- */

static bool detail_sync(struct view *view)
{
    struct detail_view *v = (struct detail_view *)view;
    const struct snapshot *s = view->env->snapshot;
    uint64_t id = s != NULL && s->trace != NULL ? view_events_selected(v->events) : ROW_NONE;
    if (id != v->row.id)
        v->page.top = 0;
    v->row.id = id;
    if (id == ROW_NONE)
        return true;
    store_get(s->trace->store, id, &v->row);
    biography_tell(s->trace, &v->row, s->rows, &v->life);
    return true;
}

static void detail_draw(struct view *view, const struct canvas *c)
{
    struct detail_view *v = (struct detail_view *)view;
    if (v->row.id != ROW_NONE)
        page_draw(&v->page, c, COLUMN_WIDTH, blocks, BLOCK_COUNT, v, &v->text);
    else
        canvas_puts(c, 0, PEN_INDENT, ROLE_TEXT_MUTED, "No event is selected.");
}

static enum view_result detail_action(struct view *view, enum action a, uint64_t count,
                                      struct view_request *out_request)
{
    struct detail_view *v = (struct detail_view *)view;
    (void)out_request;
    return page_action(&v->page, a, count) ? VIEW_DONE : VIEW_IGNORED;
}

static void detail_close(struct view *view)
{
    struct detail_view *v = (struct detail_view *)view;
    strbuf_release(&v->text);
    free(v);
}

static struct page *detail_page(struct view *view)
{
    return &((struct detail_view *)view)->page;
}

static const enum action detail_hints[] = {ACTION_NEXT_PANE, ACTION_CLOSE, ACTION_HELP};

static const struct view_ops detail_ops = {
    .scope = SCOPE_DETAIL,
    .is_list = true,
    .is_pane = true,
    .close = detail_close,
    .sync = detail_sync,
    .draw = detail_draw,
    .action = detail_action,
    .page = detail_page,
    .hints = detail_hints,
    .hint_count = sizeof detail_hints / sizeof detail_hints[0],
};

struct view *view_detail_new(const struct view_env *env, const struct view *events)
{
    struct detail_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &detail_ops, .env = env};
    v->events = events;
    v->row.id = ROW_NONE;
    return &v->view;
}
