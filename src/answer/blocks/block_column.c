/* The table of a block's columns; see block_column.h. */
#include "answer/blocks/block_column.h"

#include <string.h>

#include "model/chains.h"

static struct value id_or_none(uint32_t id)
{
    return id != EVENT_NO_ID ? value_number(VALUE_ID, id) : VALUE_ABSENT;
}

static struct value get_address(struct block_reader *reader, const struct block *b)
{
    (void)reader;
    return value_number(VALUE_HEX, b->birth.address);
}

static struct value get_size(struct block_reader *reader, const struct block *b)
{
    (void)reader;
    return value_number(VALUE_BYTES, b->size);
}

static struct value get_heap(struct block_reader *reader, const struct block *b)
{
    const struct heap *heap = trace_row_heap(reader->trace, &b->birth);
    return heap != NULL ? value_number(VALUE_HEX, heap->handle) : VALUE_ABSENT;
}

static struct value get_generation(struct block_reader *reader, const struct block *b)
{
    const struct heap *heap = trace_row_heap(reader->trace, &b->birth);
    return heap != NULL ? value_number(VALUE_ID, heap->generation) : VALUE_ABSENT;
}

static struct value get_pid(struct block_reader *reader, const struct block *b)
{
    const struct process *process = trace_row_process(reader->trace, &b->birth);
    return process != NULL ? id_or_none(process->pid) : VALUE_ABSENT;
}

static struct value get_process(struct block_reader *reader, const struct block *b)
{
    const struct process *process = trace_row_process(reader->trace, &b->birth);
    return process != NULL ? value_text(process->name) : VALUE_ABSENT;
}

static struct value time_of(const struct block_reader *reader, int64_t raw)
{
    if (reader->raw_time)
        return value_ticks(VALUE_TICKS, raw);
    return value_ticks(VALUE_TIME, trace_ns(reader->trace, raw));
}

static struct value get_born(struct block_reader *reader, const struct block *b)
{
    return time_of(reader, b->birth.time);
}

static struct value get_died(struct block_reader *reader, const struct block *b)
{
    return b->end != BLOCK_END_NONE ? time_of(reader, b->death.time) : VALUE_ABSENT;
}

static struct value get_end(struct block_reader *reader, const struct block *b)
{
    (void)reader;
    if (b->end != BLOCK_END_NONE)
        return value_text(block_end_words[b->end]);
    return b->at_exit ? value_text("at exit") : VALUE_ABSENT;
}

static struct value get_life(struct block_reader *reader, const struct block *b)
{
    if (b->end == BLOCK_END_NONE)
        return VALUE_ABSENT;
    return value_ticks(VALUE_DURATION, block_life(reader->view, reader->trace, b));
}

static struct value get_age(struct block_reader *reader, const struct block *b)
{
    if (b->end != BLOCK_END_NONE)
        return VALUE_ABSENT;
    return value_ticks(VALUE_DURATION, block_life(reader->view, reader->trace, b));
}

static struct value get_class(struct block_reader *reader, const struct block *b)
{
    (void)reader;
    return value_text(block_class_words[b->class]);
}

static struct value thread_of(const struct block_reader *reader, const struct row *row)
{
    const struct thread *thread = trace_row_thread(reader->trace, row);
    return thread != NULL ? id_or_none(thread->tid) : VALUE_ABSENT;
}

static struct value get_tid(struct block_reader *reader, const struct block *b)
{
    return thread_of(reader, &b->birth);
}

static struct value get_free_tid(struct block_reader *reader, const struct block *b)
{
    return block_has_freer(b) ? thread_of(reader, &b->death) : VALUE_ABSENT;
}

static struct value source_of(const struct row *row)
{
    bool has = (row->has & EVENT_HAS_SOURCE) != 0;
    return has ? value_number(VALUE_SOURCE, row->source) : VALUE_ABSENT;
}

static struct value get_source(struct block_reader *reader, const struct block *b)
{
    (void)reader;
    return source_of(&b->birth);
}

static struct value get_free_source(struct block_reader *reader, const struct block *b)
{
    (void)reader;
    return block_has_freer(b) ? source_of(&b->death) : VALUE_ABSENT;
}

static struct value get_stack(struct block_reader *reader, const struct block *b)
{
    (void)reader;
    return b->birth.stack != STACK_NONE ? value_number(VALUE_ID, b->birth.stack) : VALUE_ABSENT;
}

static struct value get_chain(struct block_reader *reader, const struct block *b)
{
    return value_number(VALUE_COUNT, chains_length(trace_chains(reader->trace), b->birth.id));
}

static struct value get_row(struct block_reader *reader, const struct block *b)
{
    (void)reader;
    return value_number(VALUE_ID, b->birth.id);
}

static struct value get_free_row(struct block_reader *reader, const struct block *b)
{
    (void)reader;
    return b->end != BLOCK_END_NONE ? value_number(VALUE_ID, b->death.id) : VALUE_ABSENT;
}

static struct value get_caller(struct block_reader *reader, const struct block *b)
{
    const struct caller *caller = callers_find(&reader->callers, reader->trace, &b->birth);
    return caller != NULL ? value_text(caller->text) : VALUE_ABSENT;
}

static struct value get_module(struct block_reader *reader, const struct block *b)
{
    const struct caller *caller = callers_find(&reader->callers, reader->trace, &b->birth);
    return caller != NULL ? value_text(caller->module) : VALUE_ABSENT;
}

const struct block_column block_columns[BLOCK_COLUMN_COUNT] = {
    {"address", "Address", "where it stands", true, get_address, BLOCK_ORDER_ADDRESS},
    {"size", "Size", "bytes asked for: at the range's end, or at its own", false, get_size,
     BLOCK_ORDER_SIZE},
    {"heap", "Heap", "heap handle", true, get_heap, BLOCK_ORDER_HEAP},
    {"pid", "PID", "process id", false, get_pid, BLOCK_ORDER_PROCESS},
    {"born", "Born (s)", "when it was allocated, since the trace's start", false, get_born,
     BLOCK_ORDER_BORN},
    {"died", "Died (s)", "when it ended, since the trace's start", false, get_died,
     BLOCK_ORDER_DIED},
    {"end", "End", "what ended it: free, destroy, moved, lost free, lost destroy", true, get_end,
     -1},
    {"life", "Lifetime", "from birth to death", false, get_life, BLOCK_ORDER_LIFE},
    {"class", "Class", "allocated, freed in or out of the range: aifi aifo aofi aofo", true,
     get_class, BLOCK_ORDER_CLASS},
    {"tid", "Alloc TID", "thread that allocated it", false, get_tid, BLOCK_ORDER_TID},
    {"free_tid", "Free TID", "thread that freed it", false, get_free_tid, BLOCK_ORDER_FREE_TID},
    {"source", "Alloc Source", "where the allocator took it from", true, get_source,
     BLOCK_ORDER_SOURCE},
    {"free_source", "Free Source", "where the allocator put it", true, get_free_source,
     BLOCK_ORDER_FREE_SOURCE},
    {"stack", "Stack id", "number of the call stack that allocated it", false, get_stack,
     BLOCK_ORDER_STACK},
    {"chain", "Chain", "blocks that moves made of one another: 1, never moved", false, get_chain,
     BLOCK_ORDER_CHAIN},
    {"age", "Age", "since its birth, while it lives", false, get_age, BLOCK_ORDER_AGE},
    {"process", "Process", "process name", true, get_process, BLOCK_ORDER_PROCESS},
    {"generation", "Gen", "which heap of that handle: 1, 2, ...", false, get_generation, -1},
    {"row", "Row", "number of the event that allocated it", false, get_row, BLOCK_ORDER_BORN},
    {"free_row", "Free row", "number of the event that ended it", false, get_free_row,
     BLOCK_ORDER_DIED},
    {"caller", "Stack", "the frame that called the allocator", true, get_caller, BLOCK_ORDER_STACK},
    {"module", "Module", "the module that called the allocator", true, get_module,
     BLOCK_ORDER_STACK},
};

const struct block_column *block_column_find(const char *name, size_t len)
{
    for (size_t i = 0; i < BLOCK_COLUMN_COUNT; i++)
        if (strncmp(block_columns[i].name, name, len) == 0 && block_columns[i].name[len] == '\0')
            return &block_columns[i];
    return NULL;
}

void block_reader_init(struct block_reader *reader, const struct trace *trace,
                       const struct block_view *view)
{
    *reader = (struct block_reader){.trace = trace, .view = view};
    callers_init(&reader->callers);
}

void block_reader_release(struct block_reader *reader)
{
    callers_release(&reader->callers);
}
