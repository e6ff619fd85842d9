/* Logical events to records; see recorder.h. */
#include "recorder.h"

#include <stdlib.h>
#include <string.h>

#include "image_writer.h"
#include "kernel_writer.h"
#include "mem.h"

enum { LOGGER_PID = 4, LOGGER_TID = 88, PMC_COUNTERS = 3 };

/* 2025-03-04 09:15:00 UTC, ten minutes after boot. */
static const int64_t START_TIME = 133855533000000000;
static const int64_t UPTIME = 600 * RECORDER_SECOND;

static void init_header(struct recorder *recorder)
{
    const struct mketl_options *options = recorder->options;
    recorder->header = (struct file_header){
        .pointer_size = options->machine_pointer_size,
        .buffer_size = options->buffer_size,
        .cpus = options->cpus,
        .mode = FILE_MODE_SEQUENTIAL,
        .cpu_mhz = options->cpu_mhz,
        .clock = options->clock,
        .frequency = options->frequency,
        .boot_time = START_TIME - UPTIME,
        .start_time = START_TIME,
        .pid = LOGGER_PID,
        .tid = LOGGER_TID,
        .session = "HeapSession",
        .file = "C:\\traces\\heap.etl",
    };
    /* The raw clock counts from boot, except that system time is a FILETIME. */
    recorder->header.time = options->clock == FILE_CLOCK_SYSTEM
                                ? START_TIME
                                : UPTIME / RECORDER_SECOND * file_header_rate(&recorder->header);
}

static void init_writer(const struct mketl_options *options, struct etl_writer *out_writer)
{
    etl_writer_init(out_writer, options->buffer_size, options->cpus);
    out_writer->old_cpu_field = options->old_cpu_field;
    out_writer->shared = options->shape == MKETL_SHAPE_SHARED;
}

void recorder_init(struct recorder *recorder, const struct mketl_options *options)
{
    memset(recorder, 0, sizeof *recorder);
    recorder->options = options;
    recorder->rng.state = options->seed ^ 0x5e551011;
    init_header(recorder);
    init_writer(options, &recorder->writer);
    init_writer(options, &recorder->kernel);
    recorder->newest = recorder->header.time;
    recorder->last_time = mem_alloc(options->cpus * sizeof *recorder->last_time);
    for (uint32_t cpu = 0; cpu < options->cpus; cpu++)
        recorder->last_time[cpu] = recorder->header.time;
}

static int64_t raw_time(const struct recorder *recorder, int64_t ticks)
{
    int64_t rate = file_header_rate(&recorder->header);
    return recorder->header.time + ticks / RECORDER_SECOND * rate +
           ticks % RECORDER_SECOND * rate / RECORDER_SECOND;
}

/* How each kind is headed when the recorder has no say in it. */
/* clang-format off */
static const struct {
    enum wire_family family;
    uint8_t group;
    uint8_t version;
} KINDS[] = {
    [MKETL_KIND_HEAP] =     {WIRE_SYSTEM,   WIRE_GROUP_HEAP,     0},
    [MKETL_KIND_RANGE] =    {WIRE_SYSTEM,   WIRE_GROUP_MEMORY,   2},
    [MKETL_KIND_PROCESS] =  {WIRE_SYSTEM,   WIRE_GROUP_PROCESS,  0},
    [MKETL_KIND_THREAD] =   {WIRE_SYSTEM,   WIRE_GROUP_THREAD,   3},
    [MKETL_KIND_IMAGE] =    {WIRE_SYSTEM,   WIRE_GROUP_IMAGE,    3},
    [MKETL_KIND_SWITCH] =   {WIRE_PERFINFO, WIRE_GROUP_THREAD,   2},
    [MKETL_KIND_STACK] =    {WIRE_PERFINFO, WIRE_GROUP_STACK,    2},
    [MKETL_KIND_SAMPLE] =   {WIRE_PERFINFO, WIRE_GROUP_PERFINFO, 2},
    [MKETL_KIND_CONTROL] =  {WIRE_PERFINFO, WIRE_GROUP_FILE,     2},
    [MKETL_KIND_IMAGE_ID] = {WIRE_FULL,     WIRE_GROUP_IMAGE_ID, 2},
    [MKETL_KIND_CONFIG] =   {WIRE_SYSTEM,   WIRE_GROUP_CONFIG,   3},
    [MKETL_KIND_SETUP] =    {WIRE_FULL,     WIRE_GROUP_SETUP,    2},
    [MKETL_KIND_MARK] =     {WIRE_PERFINFO, WIRE_GROUP_PERFINFO, 2},
    [MKETL_KIND_INSTANCE] = {WIRE_INSTANCE, 0,                   1},
    [MKETL_KIND_EVENT] =    {WIRE_EVENT,    0,                   1},
    [MKETL_KIND_MESSAGE] =  {WIRE_MESSAGE,  0,                   0},
};
/* clang-format on */

/* Opcodes that a kind has just one of. */
enum { OP_SWITCH = 0x24, OP_SAMPLE = 0x2e, OP_MARK = 0x22, OP_CONFIG_CPU = 0x0a };

static bool hooked(enum wire_family family)
{
    return family == WIRE_SYSTEM || family == WIRE_COMPACT || family == WIRE_PERFINFO;
}

static enum wire_family heap_family(struct recorder *recorder)
{
    static const enum wire_family FAMILIES[] = {
        [MKETL_FORM_SYSTEM] = WIRE_SYSTEM,
        [MKETL_FORM_COMPACT] = WIRE_COMPACT,
        [MKETL_FORM_PERFINFO] = WIRE_PERFINFO,
        [MKETL_FORM_FULL] = WIRE_FULL,
    };
    enum mketl_form form = recorder->options->form;
    if (form == MKETL_FORM_MIXED)
        form = (enum mketl_form)rng_below(&recorder->rng, MKETL_FORM_MIXED);
    return FAMILIES[form];
}

static enum wire_family choose_family(struct recorder *recorder, const struct mketl_event *event)
{
    enum wire_family family = KINDS[event->kind].family;
    if (event->kind == MKETL_KIND_HEAP)
        family = recorder->call ? WIRE_EVENT : heap_family(recorder);
    /* A re-logger turns every hook id into a class GUID. */
    if (recorder->options->shape == MKETL_SHAPE_RELOGGED && hooked(family))
        return WIRE_FULL;
    return family;
}

/* Records from the kernel itself have the machine's pointers; the others their process's. */
static uint8_t choose_pointer_size(const struct recorder *recorder, const struct mketl_event *event)
{
    bool from_process = event->kind == MKETL_KIND_HEAP || event->kind == MKETL_KIND_RANGE;
    if (from_process && event->pointer_size)
        return event->pointer_size;
    return recorder->header.pointer_size;
}

static enum heap_layout heap_layout(const struct recorder *recorder)
{
    static const enum heap_layout LAYOUTS[] = {
        [MKETL_LAYOUT_V3] = HEAP_LAYOUT_V3,
        [MKETL_LAYOUT_OLD] = HEAP_LAYOUT_OLD,
        [MKETL_LAYOUT_V2] = HEAP_LAYOUT_V2,
        [MKETL_LAYOUT_NEWEST] = HEAP_LAYOUT_NEWEST,
    };
    return LAYOUTS[recorder->options->layout];
}

/* Cuts the values to what the record can carry, so that the truth replays what was written. */
static void fit_to_record(const struct recorder *recorder, struct mketl_event *event)
{
    bool long_layout = heap_layout(recorder) >= HEAP_LAYOUT_V3;
    event->has_space = event->kind == MKETL_KIND_HEAP &&
                       (event->opcode != MKETL_CREATE || long_layout) &&
                       ((event->opcode >= MKETL_EXPAND && event->opcode <= MKETL_CONTRACT) ||
                        event->opcode == MKETL_CREATE);
    if (!long_layout)
        event->allocated = 0;
    if (event->opcode == MKETL_CREATE && !long_layout)
        event->committed = event->reserved = 0;
    if (event->pointer_size == 8)
        return;
    uint64_t *const values[] = {&event->heap,        &event->address,    &event->size,
                                &event->old_address, &event->old_size,   &event->committed,
                                &event->reserved,    &event->free_space, &event->allocated};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        *values[i] &= UINT32_MAX;
}

/* Systems that write old Process records write old Image and Thread records, too. */
static uint8_t image_version(const struct recorder *recorder)
{
    enum { NEWEST = 3 };
    if (recorder->options->ancient)
        return 0;
    uint8_t version = recorder->options->process_version;
    return version < NEWEST ? version : NEWEST;
}

static uint8_t thread_version(const struct recorder *recorder)
{
    return image_version(recorder);
}

static uint8_t header_version(const struct recorder *recorder, const struct mketl_event *event)
{
    if (event->kind == MKETL_KIND_HEAP)
        return heap_writer_version(event->opcode, heap_layout(recorder));
    if (event->kind == MKETL_KIND_PROCESS)
        return recorder->options->ancient ? 0 : recorder->options->process_version;
    if (event->kind == MKETL_KIND_IMAGE || event->kind == MKETL_KIND_THREAD)
        return image_version(recorder);
    if (event->kind == MKETL_KIND_IMAGE_ID && event->opcode == MKETL_IMAGE_VERSION)
        return 0;
    return KINDS[event->kind].version;
}

/* With lying_headers the commonest three records claim the other pointer size; their payload's
 * size still tells the truth (etl-format 2.4). */
static uint8_t header_pointer_size(const struct recorder *recorder, const struct mketl_event *event)
{
    bool common = event->kind == MKETL_KIND_HEAP &&
                  (event->opcode == MKETL_ALLOC || event->opcode == MKETL_FREE ||
                   event->opcode == MKETL_REALLOC);
    if (recorder->options->lying_headers && common)
        return event->pointer_size == 8 ? 4 : 8;
    return event->pointer_size;
}

static uint8_t header_opcode(const struct mketl_event *event)
{
    enum { IMAGE_LOAD = 0x0a };
    if (event->kind == MKETL_KIND_SWITCH)
        return OP_SWITCH;
    if (event->kind == MKETL_KIND_SAMPLE)
        return OP_SAMPLE;
    if (event->kind == MKETL_KIND_MARK)
        return OP_MARK;
    if (event->kind == MKETL_KIND_CONFIG)
        return OP_CONFIG_CPU;
    if (event->kind == MKETL_KIND_IMAGE && event->opcode == MKETL_START)
        return IMAGE_LOAD;
    return event->opcode;
}

/* A loaded image is hook 0x030A as a hook id, but (Image, 10) as a class (etl-format 2.3). */
static uint8_t header_group(const struct mketl_event *event)
{
    if (event->kind == MKETL_KIND_IMAGE && event->opcode == MKETL_START && hooked(event->family))
        return WIRE_GROUP_PROCESS;
    return KINDS[event->kind].group;
}

static void begin_record(struct recorder *recorder, const struct mketl_event *event)
{
    /* A provider nobody knows. */
    static const struct wire_guid FOREIGN = {
        0x5ca1ab1e, 0x0bad, 0x4dad, {0x9a, 0x9b, 1, 2, 3, 4, 5, 6}};
    bool foreign = event->kind >= MKETL_KIND_INSTANCE;
    bool rundown = event->kind == MKETL_KIND_PROCESS || event->kind == MKETL_KIND_THREAD;
    wire_begin(&recorder->wire, &(struct wire_header){
                                    .family = event->family,
                                    .pointer_size = header_pointer_size(recorder, event),
                                    .group = header_group(event),
                                    .opcode = header_opcode(event),
                                    .version = header_version(recorder, event),
                                    .counters = recorder->options->pmc_counters ? PMC_COUNTERS : 0,
                                    .pebs = recorder->options->pmc_counters,
                                    .event_id = event->opcode,
                                    .pid = rundown ? LOGGER_PID : event->pid,
                                    .tid = rundown ? LOGGER_TID : event->tid,
                                    .time = event->time,
                                    .guid = foreign ? &FOREIGN : NULL,
                                });
}

/* Two extended items and a payload; a reader has to skip the lot by Size. */
static void put_foreign(struct recorder *recorder, const struct mketl_event *event)
{
    static const uint64_t WORDS[] = {0, 0x7ff6a0c01000, 0x7ff6a0c02000};
    if (event->kind == MKETL_KIND_EVENT) {
        wire_item(&recorder->wire, 13, WORDS, sizeof WORDS[0], true);
        wire_item(&recorder->wire, 6, WORDS, sizeof WORDS, false);
    }
    wire_wide(&recorder->wire, "nothing to see here");
}

static void put_payload(struct recorder *recorder, const struct mketl_event *event)
{
    struct wire *wire = &recorder->wire;
    switch ((enum mketl_kind)event->kind) {
    case MKETL_KIND_HEAP:
        if (recorder->call)
            stack_log_put_items(recorder, recorder->call, event->pointer_size);
        heap_writer_put(wire, event, heap_layout(recorder));
        break;
    case MKETL_KIND_RANGE:
        heap_writer_put_range(wire, event);
        break;
    case MKETL_KIND_PROCESS:
        kernel_writer_put_process(wire, event, header_version(recorder, event));
        break;
    case MKETL_KIND_THREAD:
        kernel_writer_put_thread(wire, event, thread_version(recorder));
        break;
    case MKETL_KIND_IMAGE:
        image_writer_put(wire, event, image_version(recorder));
        break;
    case MKETL_KIND_SWITCH:
        kernel_writer_put_switch(wire, event);
        break;
    case MKETL_KIND_STACK:
        stack_log_put(recorder, event);
        break;
    case MKETL_KIND_SAMPLE:
        kernel_writer_put_sample(wire, event);
        break;
    case MKETL_KIND_CONTROL:
        kernel_writer_put_control(wire, event);
        break;
    case MKETL_KIND_IMAGE_ID:
        image_writer_put_id(wire, event);
        break;
    case MKETL_KIND_CONFIG:
        image_writer_put_config(wire, event, recorder->options->cpus);
        break;
    case MKETL_KIND_SETUP:
        image_writer_put_setup(wire, event);
        break;
    case MKETL_KIND_MARK:
        wire_narrow(wire, event->name);
        break;
    case MKETL_KIND_INSTANCE:
    case MKETL_KIND_EVENT:
    case MKETL_KIND_MESSAGE:
        put_foreign(recorder, event);
        break;
    }
}

static void remember(struct recorder *recorder, const struct mketl_event *event)
{
    if (recorder->options->no_truth)
        return;
    recorder->events = mem_grow(recorder->events, &recorder->event_capacity,
                                recorder->event_count + 1, sizeof *recorder->events);
    recorder->events[recorder->event_count++] = *event;
}

/* A heap session logs the heap alone. */
static bool is_of_kernel_session(const struct recorder *recorder, const struct mketl_event *event)
{
    return recorder->options->split && event->kind != MKETL_KIND_HEAP &&
           event->kind != MKETL_KIND_RANGE && event->kind != MKETL_KIND_CONTROL;
}

int64_t recorder_write(struct recorder *recorder, const struct mketl_event *original)
{
    struct mketl_event event = *original;
    if (recorder->writer.shared)
        event.cpu = 0;
    if (event.time < recorder->last_time[event.cpu])
        event.time = recorder->last_time[event.cpu];
    recorder->last_time[event.cpu] = event.time;
    if (recorder->newest < event.time)
        recorder->newest = event.time;
    event.family = (uint8_t)choose_family(recorder, &event);
    event.pointer_size = choose_pointer_size(recorder, &event);
    fit_to_record(recorder, &event);
    begin_record(recorder, &event);
    put_payload(recorder, &event);

    struct etl_place place;
    event.session = is_of_kernel_session(recorder, &event);
    struct etl_writer *writer = event.session ? &recorder->kernel : &recorder->writer;
    if (!wire_end(&recorder->wire) ||
        !etl_writer_append(writer, event.cpu, &recorder->wire, event.time, &place))
        return event.time;
    event.buffer = place.buffer;
    event.offset = place.offset;
    event.bytes = place.bytes;
    if (event.kind == MKETL_KIND_HEAP)
        recorder->logged = event;
    remember(recorder, &event);
    return event.time;
}

/* Tells which thread runs on the event's CPU, and whose it is, when that is news. */
static void switch_to_thread(struct recorder *recorder, const struct mketl_event *event)
{
    struct mketl_event told = {
        .time = event->time,
        .cpu = recorder->writer.shared ? 0 : event->cpu,
        .target_tid = event->tid,
    };
    if (map_get(&recorder->thread_pid, event->tid, 0) != event->pid + 1ull) {
        told.kind = MKETL_KIND_THREAD;
        told.opcode = MKETL_START;
        told.target_pid = event->pid;
        recorder_write(recorder, &told);
        map_set(&recorder->thread_pid, event->tid, 0, event->pid + 1ull);
    }
    uint64_t running = map_get(&recorder->running, told.cpu, 0);
    if (running != event->tid + 1ull) {
        told.kind = MKETL_KIND_SWITCH;
        told.target_pid = running ? (uint32_t)(running - 1) : 0;
        recorder_write(recorder, &told);
        map_set(&recorder->running, told.cpu, 0, event->tid + 1ull);
    }
}

/* Logs an event that has the stack of `call`, or none.  False when it came before the session. */
static bool log_event(struct recorder *recorder, const struct mketl_event *event,
                      const struct stack_call *call)
{
    struct mketl_event raw = *event;
    raw.time = raw_time(recorder, event->time);
    stack_log_flush(recorder, raw.time);
    if (event->kind == MKETL_KIND_HEAP) {
        if (recorder->heap_events++ < recorder->options->attach_late)
            return false;
        if (recorder->options->context_switches)
            switch_to_thread(recorder, &raw);
    }
    if (call && !recorder->options->no_truth)
        raw.meant = frames_join(&recorder->frames, call->kernel, call->user);
    if (call && call->in_event) {
        raw.stack = raw.meant;
        recorder->call = call;
    }
    recorder_write(recorder, &raw);
    recorder->call = NULL;
    return true;
}

void recorder_log(struct recorder *recorder, const struct mketl_event *event)
{
    log_event(recorder, event, NULL);
}

void recorder_log_called(struct recorder *recorder, const struct mketl_event *event,
                         const struct stack_call *call)
{
    if (log_event(recorder, event, call) && !call->in_event)
        stack_log_add(&recorder->stacks, &recorder->logged, call);
}

void recorder_finish(struct recorder *recorder)
{
    stack_log_finish(recorder);
    etl_writer_finish(&recorder->writer);
    etl_writer_finish(&recorder->kernel);
}

void recorder_release(struct recorder *recorder)
{
    etl_writer_release(&recorder->writer);
    etl_writer_release(&recorder->kernel);
    stack_log_release(&recorder->stacks);
    frames_release(&recorder->frames);
    map_release(&recorder->running);
    map_release(&recorder->thread_pid);
    for (size_t i = 0; i < recorder->module_count; i++)
        free(recorder->modules[i]);
    free(recorder->modules);
    free(recorder->last_time);
    free(recorder->events);
    memset(recorder, 0, sizeof *recorder);
}
