/* Cells of Events as conditions of the filter language; see event_condition.h. */
#include "ui/view/event_condition.h"

#include "decoder/heap_op.h"
#include "ui/view/condition.h"

typedef bool (*condition_fn)(const struct trace *trace, const struct row *row, struct strbuf *out);

static bool time_condition(const struct trace *trace, const struct row *row, struct strbuf *out)
{
    condition_put_time(out, "time", trace_ns(trace, row->time));
    return true;
}

static bool tid_condition(const struct trace *trace, const struct row *row, struct strbuf *out)
{
    const struct thread *thread = trace_row_thread(trace, row);
    if (thread == NULL || thread->tid == EVENT_NO_ID)
        return false;
    strbuf_printf(out, "tid == %u", thread->tid);
    return true;
}

static bool op_condition(const struct trace *trace, const struct row *row, struct strbuf *out)
{
    (void)trace;
    const struct heap_op_info *info = heap_op_info(row->op);
    char name[32];
    strbuf_printf(out, "op == %s", info != NULL ? info->word : heap_op_name(row->op, name));
    return true;
}

static bool heap_condition(const struct trace *trace, const struct row *row, struct strbuf *out)
{
    const struct heap *heap = trace_row_heap(trace, row);
    if (heap != NULL)
        condition_put_heap(out, trace, heap);
    return heap != NULL;
}

static bool address_condition(const struct trace *trace, const struct row *row, struct strbuf *out)
{
    (void)trace;
    if ((row->has & EVENT_HAS_ADDRESS) == 0)
        return false;
    strbuf_puts(out, "address == ");
    strbuf_put_hex(out, row->address);
    return true;
}

static bool size_condition(const struct trace *trace, const struct row *row, struct strbuf *out)
{
    (void)trace;
    bool own = (row->has & EVENT_HAS_SIZE) != 0;
    uint64_t size = row->size;
    if (!own && !trace_row_block_size(row, &size))
        return false;
    strbuf_printf(out, "%s == %llu", own ? "size" : "block_size", (unsigned long long)size);
    return true;
}

static bool source_condition(const struct trace *trace, const struct row *row, struct strbuf *out)
{
    (void)trace;
    if ((row->has & EVENT_HAS_SOURCE) == 0)
        return false;
    strbuf_printf(out, "source == %u", row->source);
    return true;
}

/* The flags that have a name in the filter language, the rarest first; else the lifetime. */
static bool outcome_condition(const struct trace *trace, const struct row *row, struct strbuf *out)
{
    static const struct {
        unsigned flag;
        const char *word;
    } words[] = {{ROW_FAILED, "failed"}, {ROW_UNMATCHED, "unmatched"}, {ROW_REPAIRED, "repaired"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((row->flags & words[i].flag) == 0)
            continue;
        strbuf_puts(out, words[i].word);
        return true;
    }
    int64_t life;
    if (trace_row_live(trace, row))
        strbuf_puts(out, "live");
    else if (trace_row_life(trace, row, &life))
        condition_put_time(out, "life", life);
    return out->len > 0;
}

static bool process_condition(const struct trace *trace, const struct row *row, struct strbuf *out)
{
    const struct process *process = trace_row_process(trace, row);
    if (process == NULL || process->pid == EVENT_NO_ID)
        return false;
    strbuf_printf(out, "pid == %u", process->pid);
    return true;
}

static const condition_fn conditions[EVENT_COLUMN_COUNT] = {
    [EVENT_COLUMN_TIME] = time_condition,       [EVENT_COLUMN_TID] = tid_condition,
    [EVENT_COLUMN_OP] = op_condition,           [EVENT_COLUMN_HEAP] = heap_condition,
    [EVENT_COLUMN_ADDRESS] = address_condition, [EVENT_COLUMN_SIZE] = size_condition,
    [EVENT_COLUMN_SOURCE] = source_condition,   [EVENT_COLUMN_OUTCOME] = outcome_condition,
    [EVENT_COLUMN_PROCESS] = process_condition,
};

bool event_condition_put(struct strbuf *out, const struct trace *trace, const struct row *row,
                         size_t column)
{
    condition_fn put = conditions[column];
    return put != NULL && put(trace, row, out);
}
