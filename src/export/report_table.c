/* Descriptions of the report's tables; see report_table.h. */
#include "export/report_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "decoder/heap_op.h"
#include "export/report_sizes.h"
#include "export/time_table.h"

const char *const export_table_words[] = {"heap",    "source", "size",  "process", "thread",
                                          "stack",   "module", "exact", "bucket",  "life",
                                          "finding", "time",   NULL};

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- who a row is about ---- */

static const struct heap *heap_of(const struct report *r, const void *row)
{
    return registry_heap(r->trace->registry, ((const struct heap_figures *)row)->heap);
}

static struct value pid_value(const struct report *r, uint32_t process)
{
    uint32_t pid = registry_process(r->trace->registry, process)->pid;
    return pid != EVENT_NO_ID ? value_number(VALUE_ID, pid) : VALUE_ABSENT;
}

static struct value name_value(const struct report *r, uint32_t process)
{
    return value_text(registry_process(r->trace->registry, process)->name);
}

static struct value heap_pid(const struct report *r, const void *row)
{
    return pid_value(r, heap_of(r, row)->process);
}

static struct value heap_process(const struct report *r, const void *row)
{
    return name_value(r, heap_of(r, row)->process);
}

static struct value heap_handle(const struct report *r, const void *row)
{
    return value_number(VALUE_HEX, heap_of(r, row)->handle);
}

/* `#2` is added from the second generation on (numbers.md, Identity). */
static struct value heap_name(const struct report *r, const void *row)
{
    const struct heap *heap = heap_of(r, row);
    strbuf_clear(r->scratch);
    strbuf_put_hex(r->scratch, heap->handle);
    if (heap->generation > 1)
        strbuf_printf(r->scratch, " #%u", heap->generation);
    return value_text(strbuf_str(r->scratch));
}

static struct value heap_generation(const struct report *r, const void *row)
{
    return value_number(VALUE_ID, heap_of(r, row)->generation);
}

static struct value process_pid(const struct report *r, const void *row)
{
    return pid_value(r, ((const struct group_figures *)row)->index);
}

static struct value process_name(const struct report *r, const void *row)
{
    return name_value(r, ((const struct group_figures *)row)->index);
}

static const struct thread *thread_of(const struct report *r, const void *row)
{
    return registry_thread(r->trace->registry, ((const struct group_figures *)row)->index);
}

static struct value thread_pid(const struct report *r, const void *row)
{
    return pid_value(r, thread_of(r, row)->process);
}

static struct value thread_process(const struct report *r, const void *row)
{
    return name_value(r, thread_of(r, row)->process);
}

static struct value thread_tid(const struct report *r, const void *row)
{
    uint32_t tid = thread_of(r, row)->tid;
    return tid != EVENT_NO_ID ? value_number(VALUE_ID, tid) : VALUE_ABSENT;
}

static struct value stack_pid(const struct report *r, const void *row)
{
    return pid_value(r, ((const struct stack_row *)row)->f.process);
}

static struct value stack_process(const struct report *r, const void *row)
{
    return name_value(r, ((const struct stack_row *)row)->f.process);
}

static struct value stack_number(const struct report *r, const void *row)
{
    (void)r;
    uint32_t stack = ((const struct stack_row *)row)->f.stack;
    return stack != STACK_NONE ? value_number(VALUE_ID, stack) : VALUE_ABSENT;
}

static struct value stack_caller(const struct report *r, const void *row)
{
    (void)r;
    return value_text(((const struct stack_row *)row)->caller);
}

/* ---- findings ---- */

static const struct finding *finding_of(const void *row)
{
    return row;
}

static struct value finding_kind_value(const struct report *r, const void *row)
{
    (void)r;
    return value_text(finding_words[finding_of(row)->kind].key);
}

static struct value finding_trust(const struct report *r, const void *row)
{
    (void)row;
    return value_text(finding_is_certain(r->trust) ? "high" : "low");
}

static struct value finding_pid(const struct report *r, const void *row)
{
    uint32_t process = finding_of(row)->process;
    return process != INDEX_NONE ? pid_value(r, process) : VALUE_ABSENT;
}

static struct value finding_process(const struct report *r, const void *row)
{
    uint32_t process = finding_of(row)->process;
    return process != INDEX_NONE ? name_value(r, process) : VALUE_ABSENT;
}

static struct value finding_heap(const struct report *r, const void *row)
{
    uint32_t heap = finding_of(row)->heap;
    if (heap == INDEX_NONE)
        return VALUE_ABSENT;
    return value_number(VALUE_HEX, registry_heap(r->trace->registry, heap)->handle);
}

static struct value finding_tid(const struct report *r, const void *row)
{
    uint32_t thread = finding_of(row)->thread;
    if (thread == INDEX_NONE)
        return VALUE_ABSENT;
    uint32_t tid = registry_thread(r->trace->registry, thread)->tid;
    return tid != EVENT_NO_ID ? value_number(VALUE_ID, tid) : VALUE_ABSENT;
}

static struct value finding_stack(const struct report *r, const void *row)
{
    (void)r;
    uint32_t stack = finding_of(row)->stack;
    return stack != STACK_NONE ? value_number(VALUE_ID, stack) : VALUE_ABSENT;
}

static struct value finding_since(const struct report *r, const void *row)
{
    return value_ticks(VALUE_TIME, trace_ns(r->trace, finding_of(row)->since));
}

static struct value finding_until(const struct report *r, const void *row)
{
    return value_ticks(VALUE_TIME, trace_ns(r->trace, finding_of(row)->until));
}

static struct value finding_sentence(const struct report *r, const void *row)
{
    (void)r;
    return value_text(finding_of(row)->sentence);
}

static struct value finding_condition(const struct report *r, const void *row)
{
    (void)r;
    return value_text(finding_of(row)->condition);
}

/* ---- figures that may be unknown ---- */

static struct value heap_flags(const struct report *r, const void *row)
{
    (void)r;
    const struct heap_figures *h = row;
    return h->has_flags ? value_number(VALUE_ID, h->flags) : VALUE_ABSENT;
}

static struct value heap_committed(const struct report *r, const void *row)
{
    (void)r;
    const struct heap_figures *h = row;
    return h->has_committed ? value_number(VALUE_BYTES, h->committed) : VALUE_ABSENT;
}

static struct value heap_reserved(const struct report *r, const void *row)
{
    (void)r;
    const struct heap_figures *h = row;
    return h->has_reserved ? value_number(VALUE_BYTES, h->reserved) : VALUE_ABSENT;
}

static struct value source_number(const struct report *r, const void *row)
{
    (void)r;
    const struct source_figures *s = row;
    return s->other ? VALUE_ABSENT : value_number(VALUE_SOURCE, s->source);
}

static struct value source_name(const struct report *r, const void *row)
{
    (void)r;
    const struct source_figures *s = row;
    return s->other ? value_text("other") : value_text(heap_source_name(s->source));
}

/* ---- rows ---- */

static struct report_rows heap_rows(const struct report *r)
{
    const struct summary *s = r->summary;
    return (struct report_rows){s->heaps, s->heap_count, sizeof s->heaps[0]};
}

static struct report_rows source_rows(const struct report *r)
{
    const struct summary *s = r->summary;
    return (struct report_rows){s->sources, s->source_count, sizeof s->sources[0]};
}

static struct report_rows process_rows(const struct report *r)
{
    const struct summary *s = r->summary;
    return (struct report_rows){s->processes, s->process_count, sizeof s->processes[0]};
}

static struct report_rows thread_rows(const struct report *r)
{
    const struct summary *s = r->summary;
    return (struct report_rows){s->threads, s->thread_count, sizeof s->threads[0]};
}

static struct report_rows stack_rows(const struct report *r)
{
    const struct stack_rows *s = r->stacks;
    return (struct report_rows){s ? s->stacks : NULL, s ? s->stack_count : 0, sizeof s->stacks[0]};
}

static struct report_rows module_rows(const struct report *r)
{
    const struct stack_rows *s = r->stacks;
    return (struct report_rows){s ? s->modules : NULL, s ? s->module_count : 0,
                                sizeof s->modules[0]};
}

static struct report_rows finding_rows(const struct report *r)
{
    const struct findings *f = r->findings;
    return (struct report_rows){f ? f->items : NULL, f ? f->count : 0, sizeof f->items[0]};
}

/* They have an order of their own. */
static uint64_t finding_weight(const void *row)
{
    return UINT64_MAX - finding_of(row)->rank;
}

static uint64_t finding_id(const void *row)
{
    return finding_of(row)->key;
}

static uint64_t stack_weight(const void *row)
{
    return ((const struct stack_row *)row)->f.allocs;
}

static uint64_t heap_weight(const void *row)
{
    return ((const struct heap_figures *)row)->f.outstanding_bytes;
}

static uint64_t group_weight(const void *row)
{
    return ((const struct group_figures *)row)->f.outstanding_bytes;
}

static uint64_t source_weight(const void *row)
{
    return ((const struct source_figures *)row)->f.count[FOLD_SOURCE_ALLOC];
}

/* The registry's numbers of heaps, processes and threads; a Source's own. */
static uint64_t heap_id(const void *row)
{
    return ((const struct heap_figures *)row)->heap;
}

static uint64_t group_id(const void *row)
{
    return ((const struct group_figures *)row)->index;
}

static uint64_t source_id(const void *row)
{
    const struct source_figures *s = row;
    return s->other ? UINT32_MAX + UINT64_C(1) : s->source;
}

/* ---- columns ---- */

#define GET(name_, title_, rank_, left_, get_)                                                     \
    {                                                                                              \
        .name = (name_), .title = (title_), .rank = (rank_), .left = (left_), .get = (get_)        \
    }
#define OF_PROCESS(name_, title_, left_, get_)                                                     \
    {                                                                                              \
        .name = (name_), .title = (title_), .rank = 1, .left = (left_), .of_process = true,        \
        .get = (get_)                                                                              \
    }
#define MEMBER(name_, title_, rank_, kind_, offset_)                                               \
    {                                                                                              \
        .name = (name_), .title = (title_), .rank = (rank_), .kind = VALUE_##kind_,                \
        .offset = (offset_)                                                                        \
    }

/* Of text only where a range was asked for. */
#define OF_RANGE(name_, title_, rank_, kind_, type_, member_)                                      \
    {                                                                                              \
        .name = (name_), .title = (title_), .rank = (rank_), .of_range = true,                     \
        .kind = VALUE_##kind_, .offset = offsetof(type_, member_)                                  \
    }

/* What heaps, processes and threads have in common, in the order of the JSON report's heaps. */
#define HEAD_FIGURES(type)                                                                         \
    MEMBER("allocs", "Allocs", 2, COUNT, offsetof(struct type, f.allocs)),                         \
        MEMBER("alloc_bytes", NULL, 0, BYTES, offsetof(struct type, f.alloc_bytes)),               \
        MEMBER("frees", "Frees", 4, COUNT, offsetof(struct type, f.frees)),                        \
        MEMBER("freed_bytes", NULL, 0, BYTES, offsetof(struct type, f.freed_bytes)),               \
        MEMBER("reallocs", NULL, 0, COUNT, offsetof(struct type, f.reallocs)),                     \
        MEMBER("outstanding_bytes", "Outstanding", 0, BYTES,                                       \
               offsetof(struct type, f.outstanding_bytes)),                                        \
        MEMBER("outstanding_blocks", "Blocks", 3, COUNT,                                           \
               offsetof(struct type, f.outstanding_blocks)),                                       \
        MEMBER("peak_bytes", "Peak", 5, BYTES, offsetof(struct type, f.peak_bytes))
/* What only the tables have. */
#define TAIL_COUNT 6
#define TAIL_FIGURES(type)                                                                         \
    MEMBER("peak_blocks", NULL, 0, COUNT, offsetof(struct type, f.peak_blocks)),                   \
        MEMBER("failed_allocs", NULL, 0, COUNT, offsetof(struct type, f.failed_allocs)),           \
        OF_RANGE("impacting_bytes", "Impacting", 1, CHANGE, struct type, f.impacting_bytes),       \
        OF_RANGE("impacting_blocks", NULL, 0, CHANGE, struct type, f.impacting_blocks),            \
        OF_RANGE("aifo_bytes", "AIFO", 2, BYTES, struct type, f.aifo_bytes),                       \
        OF_RANGE("aifo_blocks", NULL, 0, COUNT, struct type, f.aifo_blocks)

static const struct report_column heap_columns[] = {
    OF_PROCESS("pid", "PID", false, heap_pid),
    OF_PROCESS("process", "Process", true, heap_process),
    {
        .name = "heap",
        .title = "Heap",
        .left = true,
        .get = heap_handle,
        .get_text = heap_name,
    },
    GET("generation", NULL, 0, false, heap_generation),
    GET("flags", NULL, 0, false, heap_flags),
    HEAD_FIGURES(heap_figures),
    GET("committed", "Committed", 6, false, heap_committed),
    GET("reserved", NULL, 0, false, heap_reserved),
    TAIL_FIGURES(heap_figures),
};

static const struct report_column process_columns[] = {
    GET("pid", "PID", 0, false, process_pid),
    GET("process", "Process", 1, true, process_name),
    HEAD_FIGURES(group_figures),
    TAIL_FIGURES(group_figures),
};

static const struct report_column thread_columns[] = {
    OF_PROCESS("pid", "PID", false, thread_pid),
    OF_PROCESS("process", "Process", true, thread_process),
    GET("tid", "TID", 0, false, thread_tid),
    HEAD_FIGURES(group_figures),
    TAIL_FIGURES(group_figures),
};

#define SOURCE(name, title, rank, kind, member)                                                    \
    MEMBER(name, title, rank, kind, offsetof(struct source_figures, f.member))

static const struct report_column source_columns[] = {
    GET("source", "Source", 0, true, source_number),
    GET("name", NULL, 0, true, source_name),
    SOURCE("allocs", "Allocs", 0, COUNT, count[FOLD_SOURCE_ALLOC]),
    SOURCE("alloc_bytes", "Alloc bytes", 0, BYTES, bytes[FOLD_SOURCE_ALLOC]),
    SOURCE("reallocs", "ReAllocs", 2, COUNT, count[FOLD_SOURCE_REALLOC]),
    SOURCE("realloc_bytes", "ReAlloc bytes", 4, BYTES, bytes[FOLD_SOURCE_REALLOC]),
    SOURCE("frees", "Frees", 1, COUNT, count[FOLD_SOURCE_FREE]),
    SOURCE("freed_bytes", "Freed bytes", 3, BYTES, bytes[FOLD_SOURCE_FREE]),
    SOURCE("outstanding_bytes", "Outstanding", 0, BYTES, outstanding_bytes),
    SOURCE("outstanding_blocks", "Blocks", 1, COUNT, outstanding_blocks),
};

#define STACK(name, title, rank, kind, member)                                                     \
    MEMBER(name, title, rank, kind, offsetof(struct stack_row, f.member))

/* What stacks and modules have in common. */
#define STACK_FIGURES                                                                              \
    STACK("allocs", "Allocs", 0, COUNT, allocs),                                                   \
        STACK("alloc_bytes", "Alloc bytes", 0, BYTES, alloc_bytes),                                \
        STACK("frees", NULL, 0, COUNT, frees), STACK("freed_bytes", NULL, 0, BYTES, freed_bytes),  \
        STACK("reallocs", NULL, 0, COUNT, reallocs),                                               \
        STACK("outstanding_bytes", "Outstanding", 1, BYTES, outstanding_bytes),                    \
        STACK("outstanding_blocks", "Blocks", 3, COUNT, outstanding_blocks),                       \
        STACK("at_peak_bytes", "At peak", 4, BYTES, at_peak_bytes),                                \
        STACK("at_peak_blocks", NULL, 0, COUNT, at_peak_blocks),                                   \
        STACK("failed_allocs", NULL, 0, COUNT, failed_allocs),                                     \
        STACK("copied_bytes", "Copied", 5, BYTES, copied_bytes),                                   \
        OF_RANGE("impacting_bytes", "Impacting", 1, CHANGE, struct stack_row, f.impacting_bytes),  \
        OF_RANGE("impacting_blocks", NULL, 0, CHANGE, struct stack_row, f.impacting_blocks)

static const struct report_column stack_columns[] = {
    GET("stack", "Stack", 2, false, stack_number),
    OF_PROCESS("pid", "PID", false, stack_pid),
    OF_PROCESS("process", "Process", true, stack_process),
    GET("caller", "Called by", 0, true, stack_caller),
    STACK_FIGURES,
};

static const struct report_column module_columns[] = {
    GET("module", "Module", 0, true, stack_caller),
    STACK_FIGURES,
};

/* No titles: to a person each is a sentence (report_text.c). */
static const struct report_column finding_columns[] = {
    GET("kind", NULL, 0, true, finding_kind_value),
    GET("confidence", NULL, 0, true, finding_trust),
    GET("pid", NULL, 0, false, finding_pid),
    GET("process", NULL, 0, true, finding_process),
    GET("heap", NULL, 0, true, finding_heap),
    GET("tid", NULL, 0, false, finding_tid),
    GET("stack", NULL, 0, false, finding_stack),
    MEMBER("count", NULL, 0, COUNT, offsetof(struct finding, count)),
    MEMBER("bytes", NULL, 0, BYTES, offsetof(struct finding, bytes)),
    GET("since", NULL, 0, false, finding_since),
    GET("until", NULL, 0, false, finding_until),
    GET("sentence", NULL, 0, true, finding_sentence),
    GET("filter", NULL, 0, true, finding_condition),
};

#define COLUMNS(columns_) .columns = (columns_), .column_count = COUNT_OF(columns_)

const struct report_table report_tables[EXPORT_TABLES] = {
    [EXPORT_TABLE_HEAP] =
        {
            .title = "Heaps",
            COLUMNS(heap_columns),
            .json_columns = COUNT_OF(heap_columns) - TAIL_COUNT,
            .ranked = true,
            .rows = heap_rows,
            .weight = heap_weight,
            .id = heap_id,
        },
    [EXPORT_TABLE_SOURCE] =
        {
            .title = "Sources",
            COLUMNS(source_columns),
            .rows = source_rows,
            .weight = source_weight,
            .id = source_id,
        },
    [EXPORT_TABLE_SIZE] =
        {
            .title = "Size classes",
            COLUMNS(report_size_columns),
            .rows = report_size_rows,
            .weight = report_size_weight,
            .id = report_size_id,
        },
    [EXPORT_TABLE_PROCESS] =
        {
            .title = "Processes",
            COLUMNS(process_columns),
            .ranked = true,
            .rows = process_rows,
            .weight = group_weight,
            .id = group_id,
        },
    [EXPORT_TABLE_THREAD] =
        {
            .title = "Threads",
            COLUMNS(thread_columns),
            .ranked = true,
            .rows = thread_rows,
            .weight = group_weight,
            .id = group_id,
        },
    [EXPORT_TABLE_STACK] =
        {
            .title = "Call stacks",
            COLUMNS(stack_columns),
            .ranked = true,
            .rows = stack_rows,
            .weight = stack_weight,
        },
    [EXPORT_TABLE_MODULE] =
        {
            .title = "Calling modules",
            COLUMNS(module_columns),
            .ranked = true,
            .rows = module_rows,
            .weight = stack_weight,
        },
    [EXPORT_TABLE_EXACT] =
        {
            .title = "Exact sizes",
            COLUMNS(report_exact_columns),
            .ranked = true,
            .rows = report_exact_rows,
            .weight = report_size_weight,
            .id = report_size_id,
        },
    [EXPORT_TABLE_BUCKET] =
        {
            .title = "Buckets of the low-fragmentation heap",
            COLUMNS(report_bucket_columns),
            .rows = report_bucket_rows,
            .weight = report_size_weight,
            .id = report_size_id,
        },
    [EXPORT_TABLE_LIFE] =
        {
            .title = "Lifetimes of the blocks that ended",
            COLUMNS(report_life_columns),
            .rows = report_life_rows,
            .weight = report_life_weight,
        },
    [EXPORT_TABLE_FINDING] =
        {
            .title = "Findings",
            COLUMNS(finding_columns),
            .json_columns = COUNT_OF(finding_columns),
            .rows = finding_rows,
            .weight = finding_weight,
            .id = finding_id,
        },
    [EXPORT_TABLE_TIME] =
        {
            .title = "Time",
            COLUMNS(time_table_columns),
            .json_columns = TIME_TABLE_COLUMNS,
            .rows = time_table_rows,
            .weight = time_table_weight,
        },
};

/* ---- reading ---- */

struct weighed {
    uint64_t weight;
    const void *row;
};

/* Rows of equal weight stay in their own order. */
static int compare_weighed(const void *a, const void *b)
{
    const struct weighed *x = a;
    const struct weighed *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

size_t report_table_rows(const struct report_table *t, const struct report *r, bool ranked,
                         const void ***out_rows)
{
    struct report_rows all = t->rows(r);
    struct weighed *weighed = base_xcalloc(all.count + 1, sizeof *weighed);
    size_t n = 0;
    for (size_t i = 0; i < all.count; i++) {
        const void *row = (const char *)all.first + i * all.size;
        if (t->is_empty == NULL || !t->is_empty(row))
            weighed[n++] = (struct weighed){t->weight(row), row};
    }
    if (ranked)
        qsort(weighed, n, sizeof *weighed, compare_weighed);
    const void **rows = base_xcalloc(n + 1, sizeof *rows);
    for (size_t i = 0; i < n; i++)
        rows[i] = weighed[i].row;
    free(weighed);
    *out_rows = rows;
    return n;
}

struct value report_table_value(const struct report *r, const struct report_column *column,
                                const void *row)
{
    if (column->get != NULL)
        return column->get(r, row);
    uint64_t number;
    memcpy(&number, (const char *)row + column->offset, sizeof number);
    return value_number(column->kind, number);
}

void report_table_put(const struct report *r, const struct report_table *t, const void *row,
                      struct record_writer *w)
{
    for (size_t c = 0; c < t->column_count; c++) {
        struct value v = report_table_value(r, &t->columns[c], row);
        record_put(w, &v);
    }
}
