/* The truth as text: `report --format json` and `events --format tsv` of cli.md. */
#include "truth.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "file_header.h"

static const char *const HEAP_OPS[] = {
    "Create",
    "Alloc",
    "ReAlloc",
    "Destroy",
    "Free",
    "Expand",
    "SnapShot",
    "CreateSnapShot",
    "DestroySnapShot",
    "ExtendSnapShot",
    "Contract",
    "Lock",
    "Unlock",
    "Validate",
    "Walk",
    "SubSegmentAlloc",
    "SubSegmentFree",
    "SubSegmentAllocCached",
    "SubSegmentFreeCached",
    "Commit",
    "Decommit",
    "SubSegmentInit",
    "AffinityManagerEnable",
    "AffinitySlotAssigned",
    "SubSegmentActivated",
    "AffinitySlotChanged",
    "SubSegmentReuseThresholdActivated",
};

static const char *const RANGE_OPS[] = {"RangeRundown", "RangeCreate", "RangeReserve",
                                        "RangeRelease", "RangeDestroy"};

static const char *const SOURCES[] = {
    [MKETL_SOURCE_LOOKASIDE] = "lookaside", [MKETL_SOURCE_LOWFRAG] = "low-frag",
    [MKETL_SOURCE_MAINPATH] = "main path",  [MKETL_SOURCE_SLOWPATH] = "slow path",
    [MKETL_SOURCE_INVALID] = "invalid",     [MKETL_SOURCE_SEGMENT] = "segment heap",
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const char *truth_op_name(const struct mketl_event *event, char scratch[16])
{
    if (event->kind == MKETL_KIND_RANGE)
        return RANGE_OPS[event->opcode - MKETL_RANGE_RUNDOWN];
    size_t at = (size_t)event->opcode - MKETL_CREATE;
    if (event->opcode >= MKETL_CREATE && at < COUNT(HEAP_OPS))
        return HEAP_OPS[at];
    snprintf(scratch, 16, "op%u", event->opcode);
    return scratch;
}

/* JSON */

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *number_if(bool known, uint64_t value)
{
    return known ? number(value) : json_null();
}

static void set(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, number(value));
}

/* ISO 8601 in UTC with the FILETIME's 100 ns. */
static json_t *start_json(int64_t filetime)
{
    int64_t since_epoch = filetime - FILETIME_UNIX_EPOCH;
    time_t seconds = (time_t)(since_epoch / FILETIME_SECOND);
    struct tm tm;
    char date[32];
    char text[64];
    gmtime_r(&seconds, &tm);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text, sizeof text, "%s.%07" PRId64 "Z", date, since_epoch % FILETIME_SECOND);
    return json_string(text);
}

static void set_ops(json_t *root, const struct truth *truth)
{
    json_t *ops = json_object();
    char scratch[16];
    for (unsigned op = 0; op < TRUTH_OPCODES; op++) {
        struct mketl_event event = {.kind = MKETL_KIND_HEAP, .opcode = (uint8_t)op};
        if (truth->ops[op] > truth->range_ops[op])
            set(ops, truth_op_name(&event, scratch), truth->ops[op] - truth->range_ops[op]);
        event.kind = MKETL_KIND_RANGE;
        if (truth->range_ops[op])
            set(ops, truth_op_name(&event, scratch), truth->range_ops[op]);
    }
    json_object_set_new(root, "ops", ops);
}

static void set_sources(json_t *root, const struct truth *truth)
{
    json_t *sources = json_array();
    for (size_t i = 0; i < truth->source_count; i++) {
        const struct truth_source *from = &truth->sources[i];
        struct mketl_event event = {.kind = MKETL_KIND_HEAP, .opcode = from->op};
        char scratch[16];
        char name[16];
        snprintf(name, sizeof name, "%" PRIu32, from->source);
        bool known = from->source < COUNT(SOURCES) && SOURCES[from->source];
        json_t *source = json_object();
        json_object_set_new(source, "op", json_string(truth_op_name(&event, scratch)));
        set(source, "source", from->source);
        json_object_set_new(source, "name", json_string(known ? SOURCES[from->source] : name));
        set(source, "count", from->count);
        set(source, "bytes", from->bytes);
        json_array_append_new(sources, source);
    }
    json_object_set_new(root, "sources", sources);
}

static json_t *heap_json(const struct truth *truth, const struct truth_heap *from)
{
    const struct truth_process *process = &truth->processes[from->process];
    json_t *heap = json_object();
    char handle[24];
    snprintf(handle, sizeof handle, "0x%" PRIx64, from->handle);
    json_object_set_new(heap, "pid", number_if(process->pid != TRUTH_NO_ID, process->pid));
    json_object_set_new(heap, "process", process->name ? json_string(process->name) : json_null());
    json_object_set_new(heap, "heap", json_string(handle));
    set(heap, "generation", from->generation);
    json_object_set_new(heap, "flags", number_if(from->flags_known, from->flags));
    set(heap, "allocs", from->allocs);
    set(heap, "alloc_bytes", from->alloc_bytes);
    set(heap, "frees", from->frees);
    set(heap, "freed_bytes", from->freed_bytes);
    set(heap, "reallocs", from->reallocs);
    set(heap, "outstanding_bytes", from->outstanding_bytes);
    set(heap, "outstanding_blocks", from->outstanding_blocks);
    set(heap, "peak_bytes", from->peak_bytes);
    json_object_set_new(heap, "committed", number_if(from->space_known, from->committed));
    json_object_set_new(heap, "reserved", number_if(from->space_known, from->reserved));
    return heap;
}

static void set_heaps(json_t *root, const struct truth *truth)
{
    json_t *heaps = json_array();
    for (size_t i = 0; i < truth->heap_count; i++)
        json_array_append_new(heaps, heap_json(truth, &truth->heaps[i]));
    json_object_set_new(root, "heaps", heaps);
}

static void set_sizes(json_t *root, const struct truth *truth)
{
    json_t *sizes = json_array();
    for (size_t i = 0; i < TRUTH_SIZE_CLASSES - 1; i++) {
        const struct truth_size_class *from = &truth->sizes[i];
        if (!from->allocs && !from->outstanding_blocks)
            continue;
        json_t *size = json_object();
        set(size, "from", i ? 1ull << (i - 1) : 0);
        set(size, "to", 1ull << i);
        set(size, "allocs", from->allocs);
        set(size, "bytes", from->bytes);
        set(size, "outstanding_blocks", from->outstanding_blocks);
        set(size, "outstanding_bytes", from->outstanding_bytes);
        json_array_append_new(sizes, size);
    }
    json_object_set_new(root, "sizes", sizes);
}

/* A trace without any record of a stack says nothing of them. */
static void set_stacks(json_t *root, const struct truth *truth)
{
    bool told = truth->stack_records > 0;
    json_t *stacks = json_object();
    json_object_set_new(stacks, "with", number_if(told, truth->with_stack));
    json_object_set_new(stacks, "without", number_if(told, truth->without_stack));
    json_object_set_new(stacks, "distinct", number_if(told, truth->distinct_stacks));
    json_object_set_new(root, "stacks", stacks);
}

static void set_trust(json_t *root, const struct truth *truth)
{
    json_t *trust = json_object();
    set(trust, "events_lost", truth->facts.events_lost);
    set(trust, "buffers_lost", truth->facts.buffers_lost);
    set(trust, "buffers_damaged", 0);
    set(trust, "records_skipped", 0);
    set(trust, "late_records", 0);
    set(trust, "sequence_gaps", truth->facts.sequence_gaps);
    set(trust, "unmatched_frees", truth->unmatched_frees);
    set(trust, "lost_frees", truth->lost_frees);
    set(trust, "lost_destroys", truth->lost_destroys);
    set(trust, "repaired", truth->repaired);
    set(trust, "double_frees", truth->double_frees);
    set(trust, "wrong_heap", truth->wrong_heap);
    json_object_set_new(root, "trust", trust);
}

int truth_write_json(const struct truth *truth, FILE *out)
{
    json_t *root = json_object();
    json_object_set_new(root, "format", json_string("etl"));
    json_object_set_new(root, "start", start_json(truth->facts.start));
    set(root, "duration_ns", (uint64_t)truth->duration_ns);
    set(root, "pointer_size", truth->facts.pointer_size);
    set(root, "cpus", truth->facts.cpus);
    set(root, "records", truth->records);
    set(root, "heap_events", truth->heap_events);
    set_ops(root, truth);
    set(root, "allocs", truth->allocs);
    set(root, "alloc_bytes", truth->alloc_bytes);
    set(root, "frees", truth->frees);
    set(root, "freed_bytes", truth->freed_bytes);
    set(root, "reallocs", truth->reallocs);
    set(root, "failed_allocs", truth->failed_allocs);
    set(root, "outstanding_bytes", truth->outstanding_bytes);
    set(root, "outstanding_blocks", truth->outstanding_blocks);
    json_t *peak = json_object();
    set(peak, "bytes", truth->peak_bytes);
    set(peak, "blocks", truth->peak_blocks);
    set(peak, "time", (uint64_t)truth->peak_ns);
    json_object_set_new(root, "peak", peak);
    set_sources(root, truth);
    set_heaps(root, truth);
    set_sizes(root, truth);
    set_stacks(root, truth);
    set_trust(root, truth);
    int failed = json_dumpf(root, out, JSON_INDENT(1)) != 0 || fputc('\n', out) == EOF;
    json_decref(root);
    return failed ? -1 : 0;
}

/* TSV */

/* The columns an operation fills, beside time, pid, tid and op. */
enum column {
    COLUMN_HEAP = 1,
    COLUMN_ADDRESS = 2,
    COLUMN_OLD_ADDRESS = 4,
    COLUMN_SIZE = 8,
    COLUMN_OLD_SIZE = 16,
    COLUMN_SOURCE = 32
};

static unsigned range_columns(uint8_t opcode)
{
    switch (opcode) {
    case MKETL_RANGE_CREATE:
        return COLUMN_HEAP | COLUMN_SIZE;
    case MKETL_RANGE_RESERVE:
    case MKETL_RANGE_RELEASE:
        return COLUMN_HEAP | COLUMN_ADDRESS | COLUMN_SIZE;
    default: /* a Rundown lists any number of ranges, a Destroy none */
        return COLUMN_HEAP;
    }
}

static unsigned columns(const struct mketl_event *event)
{
    if (event->kind == MKETL_KIND_RANGE)
        return range_columns(event->opcode);
    switch (event->opcode) {
    case MKETL_ALLOC:
        return COLUMN_HEAP | COLUMN_ADDRESS | COLUMN_SIZE | COLUMN_SOURCE;
    case MKETL_REALLOC:
        return COLUMN_HEAP | COLUMN_ADDRESS | COLUMN_OLD_ADDRESS | COLUMN_SIZE | COLUMN_OLD_SIZE |
               COLUMN_SOURCE;
    case MKETL_FREE:
        return COLUMN_HEAP | COLUMN_ADDRESS | COLUMN_SOURCE;
    case MKETL_EXPAND:
    case MKETL_CONTRACT:
        return COLUMN_HEAP | COLUMN_ADDRESS | COLUMN_SIZE;
    case MKETL_AFFINITY_SLOT_ASSIGNED: /* carries no handle */
        return 0;
    default:
        return event->opcode >= MKETL_CREATE && event->opcode <= MKETL_REUSE_THRESHOLD ? COLUMN_HEAP
                                                                                       : 0;
    }
}

static void put_hex(FILE *out, bool shown, uint64_t value)
{
    if (shown)
        fprintf(out, "\t0x%" PRIx64, value);
    else
        fputs("\t-", out);
}

static void put_decimal(FILE *out, bool shown, uint64_t value)
{
    if (shown)
        fprintf(out, "\t%" PRIu64, value);
    else
        fputs("\t-", out);
}

static void put_row(FILE *out, const struct mketl_event *event, int64_t time)
{
    char scratch[16];
    unsigned shown = columns(event);
    fprintf(out, "%" PRId64, time);
    put_decimal(out, event->pid != TRUTH_NO_ID, event->pid);
    put_decimal(out, event->tid != TRUTH_NO_ID, event->tid);
    fprintf(out, "\t%s", truth_op_name(event, scratch));
    put_hex(out, shown & COLUMN_HEAP, event->heap);
    put_hex(out, shown & COLUMN_ADDRESS, event->address);
    put_hex(out, shown & COLUMN_OLD_ADDRESS, event->old_address);
    put_decimal(out, shown & COLUMN_SIZE, event->size);
    put_decimal(out, shown & COLUMN_OLD_SIZE, event->old_size);
    put_decimal(out, shown & COLUMN_SOURCE, event->source);
    fputs("\t-\n", out);
}

int truth_write_tsv(const struct truth_facts *facts, const struct mketl_event *events, size_t count,
                    bool raw_time, FILE *out)
{
    fputs("time\tpid\ttid\top\theap\taddress\told_address\tsize\told_size\tsource\tstack\n", out);
    for (size_t i = 0; i < count; i++)
        if (truth_is_row(&events[i]))
            put_row(out, &events[i],
                    raw_time ? events[i].time : truth_time_ns(facts, events[i].time));
    return ferror(out) ? -1 : 0;
}
