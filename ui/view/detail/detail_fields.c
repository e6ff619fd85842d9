/* The blocks of the detail page; see detail_fields.h. */
#include "ui/view/detail/detail_fields.h"

#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "model/process_words.h"
#include "ui/view/cell_format.h"
#include "ui/view/detail/detail_moves.h"
#include "ui/view/heaps/heap_flags.h"
#include "ui/view/outcome.h"

#define FIELD_WIDTH 14 /* "CommittedSpace" */
#define LIFE_WIDTH  6
#define HEAP_WIDTH  11 /* "outstanding" */

/* Of a command line so much is shown. */
#define COMMAND_BYTES 400

static const struct trace *trace_of(const struct detail_event *v)
{
    return v->env->snapshot->trace;
}

/* A Destroy may have ended millions of blocks: they are added up when they are others. */
static void look_at_closed(struct detail_event *e, uint64_t id)
{
    const struct row_closed *closed = NULL;
    size_t n = store_closed(trace_of(e)->store, id, &closed);
    if (n == e->closed_count && closed == e->closed)
        return;
    e->closed = closed;
    e->closed_count = n;
    e->closed_bytes = 0;
    for (size_t i = 0; i < n; i++)
        e->closed_bytes += closed[i].size;
}

void detail_event_look(struct detail_event *e, uint64_t id)
{
    e->row.id = id;
    e->chain.count = 0;
    if (id == ROW_NONE)
        return;
    store_get(trace_of(e)->store, id, &e->row);
    look_at_closed(e, id);
    uint64_t opener = trace_row_opener(&e->row);
    if (opener != ROW_NONE)
        move_chain_follow(trace_of(e), e->env->snapshot->rows, opener, &e->chain);
}

/* ---- the event ---- */

static void write_time(const struct detail_event *v, struct pen *pen)
{
    cell_put_time(pen->text, v->env, v->row.time);
    strbuf_puts(pen->text, v->env->settings->wall_time ? "" : " s");
    pen_pair(pen, "time", ROLE_TIME);
}

static void write_process_more(const struct trace *trace, const struct process *process,
                               struct pen *pen)
{
    const char *command = process_command(process);
    process_put_times(pen->text, trace, process);
    pen_pair(pen, "ran", ROLE_TEXT);
    if (command == NULL)
        return;
    text_put_middle(pen->text, command, strlen(command), COMMAND_BYTES);
    pen_pair_paragraph(pen, "command", ROLE_TEXT);
}

/* What the header of the record says, beside the time. */
static void write_identity(const struct detail_event *v, struct pen *pen)
{
    const struct trace *trace = trace_of(v);
    const struct process *process = trace_row_process(trace, &v->row);
    const struct heap *heap = trace_row_heap(trace, &v->row);
    cell_put_thread(pen->text, trace_row_thread(trace, &v->row));
    strbuf_printf(pen->text, ", CPU %u", v->row.cpu);
    pen_pair(pen, "thread", ROLE_THREAD);
    if (process != NULL)
        cell_put_process(pen->text, process, false);
    else
        strbuf_putc(pen->text, '?');
    pen->cut = CUT_MIDDLE; /* the number at the end stays */
    pen_pair(pen, "process", ROLE_TEXT);
    if (heap != NULL) {
        strbuf_printf(pen->text, "%u%s", heap->generation,
                      heap->generation > 1 ? ", the handle was used before" : "");
        pen_pair(pen, "generation", ROLE_TEXT);
    }
    strbuf_put_i64(pen->text, v->row.time);
    pen_pair(pen, "raw time", ROLE_TEXT);
    if (process != NULL)
        write_process_more(trace, process, pen);
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
static bool slot_value(const struct detail_event *v, enum heap_slot slot, uint64_t *out_value)
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

static void write_fields(const struct detail_event *v, const struct heap_layout *layout,
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
    const struct detail_event *v = ctx;
    const struct heap_op_info *info = heap_op_info(v->row.op);
    const struct store_extra *extra =
        store_find_extra(trace_of(v)->store, v->row.id, STORE_EXTRA_PAYLOAD);
    char name[32];
    pen->label_width = FIELD_WIDTH;
    strbuf_puts(pen->text, "row ");
    text_put_grouped(pen->text, v->row.id);
    pen_heading(pen, heap_op_name(v->row.op, name));
    write_time(v, pen);
    if (info != NULL && info->layout_count > 0) {
        size_t layout = extra != NULL ? extra->note : 0;
        write_fields(v, &info->layouts[layout < info->layout_count ? layout : 0], extra, pen);
    }
    write_identity(v, pen);
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

static void write_closed(const struct detail_event *v, struct pen *pen)
{
    size_t n = v->closed_count;
    if (n == 0)
        return;
    strbuf_puts(pen->text, "Ended ");
    text_put_grouped(pen->text, n);
    strbuf_puts(pen->text, n == 1 ? " block of " : " blocks of ");
    cell_put_bytes(pen->text, v->env, v->closed_bytes);
    strbuf_putc(pen->text, '.');
    pen_paragraph(pen, 0, ROLE_TEXT, strbuf_str(pen->text));
    strbuf_clear(pen->text);
}

static void write_meaning(void *ctx, struct pen *pen)
{
    const struct detail_event *v = ctx;
    const struct heap_op_info *info = heap_op_info(v->row.op);
    pen_heading(pen, "Meaning");
    pen_paragraph(pen, 0, ROLE_TEXT_MUTED,
                  info != NULL ? info->description : "This opcode is not known.");
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if ((v->row.flags & meanings[i].flag) != 0)
            pen_paragraph(pen, 0, meanings[i].role, meanings[i].sentence);
    write_closed(v, pen);
}

/* ---- the block ---- */

static void write_place(const struct detail_event *v, struct pen *pen, const char *label,
                        uint64_t id, enum role role)
{
    cell_put_time(pen->text, v->env, store_time(trace_of(v)->store, id));
    strbuf_puts(pen->text, ", row ");
    text_put_grouped(pen->text, id);
    pen_pair(pen, label, role);
}

static void write_birth(const struct detail_event *v, struct pen *pen, const struct row *birth)
{
    uint64_t size;
    if (trace_row_block_size(&v->row, &size)) {
        cell_put_bytes(pen->text, v->env, size);
        if (birth->size != size) {
            strbuf_puts(pen->text, ", born with ");
            cell_put_bytes(pen->text, v->env, birth->size);
        }
        pen_pair(pen, "size", cell_size_role(size));
    }
    write_place(v, pen, "born", birth->id, ROLE_TEXT);
}

static void write_death(const struct detail_event *v, struct pen *pen, const struct row *birth)
{
    uint64_t closer = store_closer(trace_of(v)->store, birth->id);
    int64_t ns;
    if (closer == ROW_NONE || closer >= v->env->snapshot->rows) {
        enum role role = outcome_put(pen->text, trace_of(v), birth, v->env->snapshot->rows);
        pen_pair(pen, "now", role);
        return;
    }
    write_place(v, pen, "died", closer, ROLE_TEXT);
    if (trace_row_life(trace_of(v), birth, &ns)) {
        text_put_duration(pen->text, ns);
        pen_pair(pen, "lived", ROLE_TEXT_STRONG);
    }
    bool moved = v->chain.at + 1 < v->chain.count;
    pen_paragraph(pen, LIFE_WIDTH + 1, ROLE_TEXT,
                  moved ? "moved on" : outcome_death(trace_of(v), birth->id));
}

static void write_block(void *ctx, struct pen *pen)
{
    const struct detail_event *v = ctx;
    struct row birth;
    if (v->chain.count == 0)
        return;
    pen->label_width = LIFE_WIDTH;
    store_get(trace_of(v)->store, v->chain.stay[v->chain.at].opener, &birth);
    strbuf_put_hex(pen->text, birth.address);
    pen_heading(pen, "Block");
    write_birth(v, pen, &birth);
    write_death(v, pen, &birth);
}

/* ---- the heap, as it told last ---- */

static const struct heap_figures *find_heap(const struct detail_event *v)
{
    const struct summary *s = v->env->snapshot->summary;
    for (size_t i = 0; s != NULL && i < s->heap_count; i++)
        if (s->heaps[i].heap == v->row.heap)
            return &s->heaps[i];
    return NULL;
}

static void write_space(const struct detail_event *v, struct pen *pen, const char *label, bool told,
                        uint64_t bytes)
{
    if (told)
        cell_put_bytes(pen->text, v->env, bytes);
    else
        strbuf_puts(pen->text, "? not told");
    pen_pair(pen, label, told ? ROLE_TEXT : ROLE_TEXT_MUTED);
}

static void write_heap(void *ctx, struct pen *pen)
{
    const struct detail_event *v = ctx;
    const struct heap_figures *h = v->row.heap != INDEX_NONE ? find_heap(v) : NULL;
    if (h == NULL)
        return;
    pen->label_width = HEAP_WIDTH;
    cell_put_heap(pen->text, trace_row_heap(trace_of(v), &v->row));
    strbuf_puts(pen->text, ", at the end");
    pen_heading(pen, "Heap");
    if (h->has_flags) {
        heap_flags_put(pen->text, h->flags);
        pen_pair(pen, "flags", ROLE_TEXT);
    }
    write_space(v, pen, "outstanding", true, h->f.outstanding_bytes);
    write_space(v, pen, "committed", h->has_committed, h->committed);
    write_space(v, pen, "reserved", h->has_reserved, h->reserved);
    write_space(v, pen, "free space", h->has_free_space, h->free_space);
    if (h->has_ucrs) {
        text_put_grouped(pen->text, h->ucrs);
        pen_pair(pen, "UCRs", ROLE_TEXT);
    }
    if (h->destroyed != INT64_MAX) {
        cell_put_time(pen->text, v->env, h->destroyed);
        pen_pair(pen, "destroyed", ROLE_TEXT);
    }
}

const struct page_block detail_fields[DETAIL_FIELDS_BLOCKS] = {
    {write_recorded, false},     {write_meaning, false}, {write_block, false},
    {detail_moves_write, false}, {write_heap, false},
};
