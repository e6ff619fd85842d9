/* The table of an event's columns; see event_column.h. */
#include "model/event_column.h"

#include <string.h>

#include "decoder/heap_op.h"

static struct value get_time(struct event_reader *reader, const struct row *row)
{
    if (reader->raw_time)
        return value_ticks(VALUE_TICKS, row->time);
    return value_ticks(VALUE_TIME, trace_ns(reader->trace, row->time));
}

static struct value get_pid(struct event_reader *reader, const struct row *row)
{
    const struct process *process = trace_row_process(reader->trace, row);
    if (process == NULL || process->pid == EVENT_NO_ID)
        return VALUE_ABSENT;
    return value_number(VALUE_ID, process->pid);
}

static struct value get_tid(struct event_reader *reader, const struct row *row)
{
    const struct thread *thread = trace_row_thread(reader->trace, row);
    if (thread == NULL || thread->tid == EVENT_NO_ID)
        return VALUE_ABSENT;
    return value_number(VALUE_ID, thread->tid);
}

static struct value get_op(struct event_reader *reader, const struct row *row)
{
    const struct heap_op_info *info = heap_op_info(row->op);
    if (info != NULL)
        return value_text(info->name);
    char name[32];
    strbuf_clear(&reader->scratch);
    strbuf_puts(&reader->scratch, heap_op_name(row->op, name));
    return value_text(strbuf_str(&reader->scratch));
}

static struct value get_heap(struct event_reader *reader, const struct row *row)
{
    const struct heap *heap = trace_row_heap(reader->trace, row);
    return heap != NULL ? value_number(VALUE_HEX, heap->handle) : VALUE_ABSENT;
}

/* A value that the record may or may not have carried. */
static struct value get_own(const struct row *row, enum event_fields field, enum value_kind kind,
                            uint64_t number)
{
    return (row->has & field) != 0 ? value_number(kind, number) : VALUE_ABSENT;
}

static struct value get_address(struct event_reader *reader, const struct row *row)
{
    (void)reader;
    return get_own(row, EVENT_HAS_ADDRESS, VALUE_HEX, row->address);
}

static struct value get_old_address(struct event_reader *reader, const struct row *row)
{
    (void)reader;
    return get_own(row, EVENT_HAS_OLD_ADDRESS, VALUE_HEX, row->old_address);
}

static struct value get_size(struct event_reader *reader, const struct row *row)
{
    (void)reader;
    return get_own(row, EVENT_HAS_SIZE, VALUE_BYTES, row->size);
}

static struct value get_old_size(struct event_reader *reader, const struct row *row)
{
    (void)reader;
    return get_own(row, EVENT_HAS_OLD_SIZE, VALUE_BYTES, row->old_size);
}

static struct value get_source(struct event_reader *reader, const struct row *row)
{
    (void)reader;
    return get_own(row, EVENT_HAS_SOURCE, VALUE_SOURCE, row->source);
}

static struct value get_stack(struct event_reader *reader, const struct row *row)
{
    (void)reader;
    return row->stack != STACK_NONE ? value_number(VALUE_ID, row->stack) : VALUE_ABSENT;
}

static struct value get_process(struct event_reader *reader, const struct row *row)
{
    const struct process *process = trace_row_process(reader->trace, row);
    return process != NULL ? value_text(process->name) : VALUE_ABSENT;
}

static struct value get_generation(struct event_reader *reader, const struct row *row)
{
    const struct heap *heap = trace_row_heap(reader->trace, row);
    return heap != NULL ? value_number(VALUE_ID, heap->generation) : VALUE_ABSENT;
}

static struct value get_block_size(struct event_reader *reader, const struct row *row)
{
    (void)reader;
    uint64_t size;
    return trace_row_block_size(row, &size) ? value_number(VALUE_BYTES, size) : VALUE_ABSENT;
}

static struct value get_life(struct event_reader *reader, const struct row *row)
{
    int64_t ns;
    if (!trace_row_life(reader->trace, row, &ns))
        return VALUE_ABSENT;
    return value_ticks(VALUE_DURATION, ns);
}

static struct value get_chain(struct event_reader *reader, const struct row *row)
{
    uint64_t length;
    if (!trace_row_chain(reader->trace, row, &length))
        return VALUE_ABSENT;
    return value_number(VALUE_COUNT, length);
}

static void add_word(struct strbuf *b, const char *word)
{
    if (b->len != 0)
        strbuf_putc(b, ' ');
    strbuf_puts(b, word);
}

static struct value get_flags(struct event_reader *reader, const struct row *row)
{
    static const struct {
        unsigned flag; /* enum row_flags */
        const char *word;
    } words[] = {
        {ROW_UNMATCHED, "unmatched"},     {ROW_FAILED, "failed"},
        {ROW_REPAIRED, "repaired"},       {ROW_MOVED, "moved"},
        {ROW_RESIZES, "resized"},         {ROW_DUPLICATE, "duplicate"},
        {ROW_DOUBLE_FREE, "double_free"}, {ROW_WRONG_HEAP, "wrong_heap"},
        {ROW_LOST_FREE, "lost_free"},     {ROW_LOST_DESTROY, "lost_destroy"},
    };
    struct strbuf *b = &reader->scratch;
    strbuf_clear(b);
    if (trace_row_live(reader->trace, row))
        add_word(b, "live");
    if (trace_row_temporary(reader->trace, row))
        add_word(b, "temporary");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if ((row->flags & words[i].flag) != 0)
            add_word(b, words[i].word);
    return b->len != 0 ? value_text(strbuf_str(b)) : VALUE_ABSENT;
}

static struct value get_cpu(struct event_reader *reader, const struct row *row)
{
    (void)reader;
    return value_number(VALUE_ID, row->cpu);
}

static struct value get_row(struct event_reader *reader, const struct row *row)
{
    (void)reader;
    return value_number(VALUE_ID, row->id);
}

static struct value get_caller(struct event_reader *reader, const struct row *row)
{
    const struct caller *caller = callers_find(&reader->callers, reader->trace, row);
    return caller != NULL ? value_text(caller->text) : VALUE_ABSENT;
}

static struct value get_module(struct event_reader *reader, const struct row *row)
{
    const struct caller *caller = callers_find(&reader->callers, reader->trace, row);
    return caller != NULL ? value_text(caller->module) : VALUE_ABSENT;
}

const struct event_column event_columns[EVENT_COLUMN_COUNT] = {
    {"time", "Time (s)", "time since the trace's start", false, get_time},
    {"pid", "PID", "process id", false, get_pid},
    {"tid", "TID", "thread id", false, get_tid},
    {"op", "Op", "operation", true, get_op},
    {"heap", "Heap", "heap handle", true, get_heap},
    {"address", "Address", "address the record names; the new one of a ReAlloc", true, get_address},
    {"old_address", "Old address", "old address of a ReAlloc", true, get_old_address},
    {"size", "Size", "size the record names; the new one of a ReAlloc", false, get_size},
    {"old_size", "Old size", "old size of a ReAlloc", false, get_old_size},
    {"source", "Source", "where the allocator took the memory from", true, get_source},
    {"stack", "Stack id", "number of the event's call stack", false, get_stack},
    {"process", "Process", "process name", true, get_process},
    {"generation", "Gen", "which heap of that handle: 1, 2, ...", false, get_generation},
    {"block_size", "Block size", "size of the block the event concerns, of a Free too", false,
     get_block_size},
    {"life", "Life", "lifetime of the block opened or freed", false, get_life},
    {"flags", "Flags", "what replay found out: live, temporary, unmatched, ...", true, get_flags},
    {"cpu", "CPU", "processor whose buffer held the record", false, get_cpu},
    {"row", "Row", "number of the event in the trace, from 0", false, get_row},
    {"caller", "Stack", "the frame that called the allocator", true, get_caller},
    {"module", "Module", "the module that called the allocator", true, get_module},
    {"chain", "Chain", "blocks that moves made of one another: 1, never moved", false, get_chain},
};

const struct event_column *event_column_find(const char *name, size_t len)
{
    for (size_t i = 0; i < EVENT_COLUMN_COUNT; i++)
        if (strncmp(event_columns[i].name, name, len) == 0 && event_columns[i].name[len] == '\0')
            return &event_columns[i];
    return NULL;
}

void event_reader_init(struct event_reader *reader, const struct trace *trace, bool raw_time)
{
    *reader = (struct event_reader){.trace = trace, .raw_time = raw_time};
    callers_init(&reader->callers);
}

void event_reader_release(struct event_reader *reader)
{
    callers_release(&reader->callers);
    strbuf_release(&reader->scratch);
}
