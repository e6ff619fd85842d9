/* Events told by what they did; see outcome.h. */
#include "ui/view/outcome.h"

#include <string.h>

#include "base/text.h"
#include "decoder/heap_op.h"

const char *outcome_death(const struct trace *trace, uint64_t opener)
{
    uint64_t closer = store_closer(trace->store, opener);
    if (closer == ROW_NONE)
        return NULL;
    struct row row;
    store_get(trace->store, closer, &row);
    switch (row.op) {
    case HEAP_OP_FREE:
        return "freed";
    case HEAP_OP_DESTROY:
        return "destroyed with its heap";
    case HEAP_OP_CREATE:
        return "lost destroy: its heap was created again";
    case HEAP_OP_ALLOC:
        return "lost free: its address was handed out again";
    default:
        return "moved by a ReAlloc whose Free is missing";
    }
}

bool outcome_is_at_exit(const struct trace *trace, const struct row *row)
{
    const struct process *process = trace_row_process(trace, row);
    return process != NULL && trace_row_live(trace, row) &&
           atomic_load_explicit(&process->end, memory_order_relaxed) != INT64_MAX;
}

bool outcome_payload(const struct trace *trace, const struct row *row, const char *name,
                     uint64_t *out_value)
{
    const struct store_extra *extra = store_find_extra(trace->store, row->id, STORE_EXTRA_PAYLOAD);
    const struct heap_op_info *info = heap_op_info(row->op);
    if (extra == NULL || info == NULL || extra->note >= info->layout_count)
        return false;
    const struct heap_layout *layout = &info->layouts[extra->note];
    uint32_t at = 0;
    for (uint8_t i = 0; i < layout->field_count; i++) {
        if (layout->fields[i].slot != HEAP_SLOT_EXTRA)
            continue;
        if (at < extra->count && strcmp(layout->fields[i].name, name) == 0) {
            *out_value = extra->values[at];
            return true;
        }
        at++;
    }
    return false;
}

static void put_life(struct strbuf *b, const struct trace *trace, const struct row *row,
                     const char *verb)
{
    int64_t ns;
    strbuf_puts(b, verb);
    if (!trace_row_life(trace, row, &ns))
        return;
    strbuf_putc(b, ' ');
    text_put_duration(b, ns);
}

/* A block that was born here: how long it lives, or how it ended when no Free ended it. */
static enum role put_birth(struct strbuf *b, const struct trace *trace, const struct row *row,
                           uint64_t rows)
{
    uint64_t closer = store_closer(trace->store, row->id);
    if (closer == ROW_NONE || closer >= rows) {
        strbuf_puts(b, outcome_is_at_exit(trace, row) ? "left at exit" : "outstanding");
        return ROLE_OUTSTANDING;
    }
    struct row end;
    store_get(trace->store, closer, &end);
    switch (end.op) {
    case HEAP_OP_FREE:
        put_life(b, trace, row, "lives");
        return ROLE_TEXT;
    case HEAP_OP_DESTROY:
        strbuf_puts(b, "destroyed with heap");
        return ROLE_TEXT;
    case HEAP_OP_CREATE:
        strbuf_puts(b, "lost destroy");
        return ROLE_LOST;
    case HEAP_OP_ALLOC:
        strbuf_puts(b, "lost free");
        return ROLE_LOST;
    default:
        strbuf_puts(b, "moved, repaired");
        return ROLE_LOST;
    }
}

static enum role put_free(struct strbuf *b, const struct trace *trace, const struct row *row)
{
    if ((row->flags & ROW_DOUBLE_FREE) != 0) {
        strbuf_puts(b, "double free?");
        return ROLE_EVENT_FAIL;
    }
    if ((row->flags & ROW_WRONG_HEAP) != 0) {
        strbuf_puts(b, "wrong heap?");
        return ROLE_EVENT_FAIL;
    }
    if ((row->flags & ROW_CLOSES) == 0) {
        strbuf_puts(b, "unmatched");
        return ROLE_LOST;
    }
    put_life(b, trace, row, (row->flags & ROW_TEMPORARY) != 0 ? "temp" : "lived");
    return ROLE_TEXT;
}

static enum role put_realloc(struct strbuf *b, const struct row *row)
{
    bool moved = (row->flags & ROW_MOVED) != 0;
    if ((row->flags & ROW_WRONG_HEAP) != 0) {
        strbuf_puts(b, "wrong heap?");
        return ROLE_EVENT_FAIL;
    }
    if ((row->has & EVENT_HAS_OLD_SIZE) != 0) {
        strbuf_puts(b, "was ");
        text_put_grouped(b, row->old_size);
        strbuf_puts(b, ", ");
    }
    strbuf_puts(b, moved ? "moved" : "in place");
    if ((row->flags & ROW_REPAIRED) == 0)
        return ROLE_TEXT;
    strbuf_puts(b, ", repaired");
    return ROLE_LOST;
}

static void put_blocks(struct strbuf *b, size_t n, const char *verb)
{
    strbuf_printf(b, "%s ", verb);
    text_put_grouped(b, n);
    strbuf_puts(b, n == 1 ? " block" : " blocks");
}

/* Create and Destroy can end blocks that were never freed. */
static enum role put_heap_end(struct strbuf *b, const struct trace *trace, const struct row *row)
{
    const struct row_closed *closed;
    size_t n = store_closed(trace->store, row->id, &closed);
    if ((row->flags & ROW_LOST_DESTROY) != 0) {
        put_blocks(b, n, "lost destroy, ended");
        return ROLE_LOST;
    }
    if (row->op == HEAP_OP_DESTROY)
        put_blocks(b, n, "ended");
    return ROLE_TEXT;
}

static enum role put_committed(struct strbuf *b, const struct trace *trace, const struct row *row)
{
    uint64_t committed;
    if (!outcome_payload(trace, row, "CommittedSpace", &committed))
        return ROLE_TEXT;
    text_put_size(b, committed);
    strbuf_puts(b, " committed");
    return ROLE_TEXT;
}

enum role outcome_put(struct strbuf *b, const struct trace *trace, const struct row *row,
                      uint64_t rows)
{
    if ((row->flags & ROW_DUPLICATE) != 0) {
        strbuf_puts(b, "duplicate");
        return ROLE_TEXT_MUTED;
    }
    if ((row->flags & ROW_FAILED) != 0) {
        strbuf_puts(b, "failed");
        return ROLE_EVENT_FAIL;
    }
    switch (row->op) {
    case HEAP_OP_ALLOC:
        return (row->flags & ROW_OPENS) != 0 ? put_birth(b, trace, row, rows) : ROLE_TEXT;
    case HEAP_OP_FREE:
        return put_free(b, trace, row);
    case HEAP_OP_REALLOC:
        return put_realloc(b, row);
    case HEAP_OP_DESTROY:
        return put_heap_end(b, trace, row);
    case HEAP_OP_CREATE:
        if ((row->flags & ROW_LOST_DESTROY) != 0)
            return put_heap_end(b, trace, row);
        return put_committed(b, trace, row);
    default:
        return put_committed(b, trace, row);
    }
}
