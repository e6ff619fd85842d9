/* Cells of Events as conditions of the filter language; see event_condition.h. */
#include "ui/view/events/event_condition.h"

#include <inttypes.h>

#include "query/condition.h"
#include "ui/view/events/event_rows.h"

typedef bool (*condition_fn)(struct event_reader *reader, const struct row *row,
                             struct strbuf *out);

static bool time_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    condition_put_time(out, "time", trace_ns(reader->trace, row->time));
    return true;
}

static bool tid_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    const struct thread *thread = trace_row_thread(reader->trace, row);
    return thread != NULL && condition_put_thread(out, reader->trace, thread);
}

static bool op_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    (void)reader;
    condition_put_op(out, row->op);
    return true;
}

static bool heap_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    const struct heap *heap = trace_row_heap(reader->trace, row);
    if (heap != NULL)
        condition_put_heap(out, reader->trace, heap);
    return heap != NULL;
}

static bool address_condition(struct event_reader *reader, const struct row *row,
                              struct strbuf *out)
{
    (void)reader;
    if ((row->has & EVENT_HAS_ADDRESS) == 0)
        return false;
    strbuf_puts(out, "address == ");
    strbuf_put_hex(out, row->address);
    return true;
}

static bool size_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    (void)reader;
    bool own = (row->has & EVENT_HAS_SIZE) != 0;
    uint64_t size = row->size;
    if (!own && !trace_row_block_size(row, &size))
        return false;
    strbuf_printf(out, "%s == %llu", own ? "size" : "block_size", (unsigned long long)size);
    return true;
}

static bool source_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    (void)reader;
    if ((row->has & EVENT_HAS_SOURCE) == 0)
        return false;
    strbuf_printf(out, "source == %u", row->source);
    return true;
}

/* The first flag that has a name in the filter language, the rarest first. */
static bool flag_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
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
    if (trace_row_live(reader->trace, row))
        strbuf_puts(out, "live");
    else if (trace_row_temporary(reader->trace, row))
        strbuf_puts(out, "temporary");
    return out->len > 0;
}

/* The lifetime of a block that is gone, and was neither wrong nor lost. */
static bool outcome_condition(struct event_reader *reader, const struct row *row,
                              struct strbuf *out)
{
    int64_t life;
    bool flagged = (row->flags & (ROW_FAILED | ROW_UNMATCHED | ROW_REPAIRED)) != 0;
    if (flagged || !trace_row_life(reader->trace, row, &life))
        return flag_condition(reader, row, out);
    condition_put_time(out, "life", life);
    return true;
}

static bool pid_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    const struct process *process = trace_row_process(reader->trace, row);
    return process != NULL && condition_put_process(out, process);
}

static bool old_address_condition(struct event_reader *reader, const struct row *row,
                                  struct strbuf *out)
{
    (void)reader;
    if ((row->has & EVENT_HAS_OLD_ADDRESS) == 0)
        return false;
    strbuf_puts(out, "old_address == ");
    strbuf_put_hex(out, row->old_address);
    return true;
}

static bool old_size_condition(struct event_reader *reader, const struct row *row,
                               struct strbuf *out)
{
    (void)reader;
    if ((row->has & EVENT_HAS_OLD_SIZE) == 0)
        return false;
    strbuf_printf(out, "old_size == %llu", (unsigned long long)row->old_size);
    return true;
}

static bool block_size_condition(struct event_reader *reader, const struct row *row,
                                 struct strbuf *out)
{
    (void)reader;
    uint64_t size;
    if (!trace_row_block_size(row, &size))
        return false;
    strbuf_printf(out, "block_size == %llu", (unsigned long long)size);
    return true;
}

static bool life_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    int64_t life;
    if (!trace_row_life(reader->trace, row, &life))
        return false;
    condition_put_time(out, "life", life);
    return true;
}

static bool stack_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    (void)reader;
    if (row->stack == STACK_NONE)
        return false;
    strbuf_printf(out, "stack == %u", row->stack);
    return true;
}

/* Whoever goes through that function, wherever it stands on the stack. */
static bool caller_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    const struct caller *caller = callers_find(&reader->callers, reader->trace, row);
    if (caller == NULL)
        return false;
    strbuf_puts(out, "stack ~ ");
    condition_put_name(out, caller->text, true);
    return true;
}

static bool module_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    const struct caller *caller = callers_find(&reader->callers, reader->trace, row);
    if (caller == NULL || caller->hit == IMAGE_UNKNOWN)
        return false;
    strbuf_puts(out, "module == ");
    condition_put_name(out, caller->module, false);
    return true;
}

static bool chain_condition(struct event_reader *reader, const struct row *row, struct strbuf *out)
{
    uint64_t length;
    if (!trace_row_chain(reader->trace, row, &length) || length == 1)
        return false;
    strbuf_printf(out, "chain == %" PRIu64, length);
    return true;
}

static const condition_fn conditions[] = {
    [EVENT_COLUMN_TIME] = time_condition,
    [EVENT_COLUMN_PID] = pid_condition,
    [EVENT_COLUMN_TID] = tid_condition,
    [EVENT_COLUMN_OP] = op_condition,
    [EVENT_COLUMN_HEAP] = heap_condition,
    [EVENT_COLUMN_ADDRESS] = address_condition,
    [EVENT_COLUMN_OLD_ADDRESS] = old_address_condition,
    [EVENT_COLUMN_SIZE] = size_condition,
    [EVENT_COLUMN_OLD_SIZE] = old_size_condition,
    [EVENT_COLUMN_SOURCE] = source_condition,
    [EVENT_COLUMN_STACK] = stack_condition,
    [EVENT_COLUMN_PROCESS] = pid_condition,
    [EVENT_COLUMN_GENERATION] = heap_condition,
    [EVENT_COLUMN_BLOCK_SIZE] = block_size_condition,
    [EVENT_COLUMN_LIFE] = life_condition,
    [EVENT_COLUMN_FLAGS] = flag_condition,
    [EVENT_COLUMN_CALLER] = caller_condition,
    [EVENT_COLUMN_MODULE] = module_condition,
    [EVENT_COLUMN_CHAIN] = chain_condition,
    [EVENT_CELL_OUTCOME] = outcome_condition,
};

bool event_condition_exists(unsigned id)
{
    return id < sizeof conditions / sizeof conditions[0] && conditions[id] != NULL;
}

bool event_condition_put(struct strbuf *out, struct event_reader *reader, const struct row *row,
                         unsigned id)
{
    return event_condition_exists(id) && conditions[id](reader, row, out);
}
