/* Call stacks as records; see stack_log.h. */
#include "stack_log.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "recorder.h"

enum { USER, KERNEL };

/* Keys are addresses of cache entries; the low half alone is what a 32-bit machine shows. */
static uint64_t key_value(const struct recorder *recorder, size_t slot)
{
    uint64_t low = 0x85e01000 + 0x40 * (uint64_t)slot;
    return recorder->header.pointer_size == 8 ? 0xffffbe8700000000u | low : low;
}

static uint16_t some_cpu(struct recorder *recorder)
{
    uint16_t cpu = (uint16_t)(recorder->stacks.turn++ * 7 % recorder->options->cpus);
    return recorder->options->stack_cpu ? (uint16_t)(recorder->options->stack_cpu - 1) : cpu;
}

/* Waiting parts are sorted by the time they are due, and by their arrival. */
static void enqueue(struct stack_log *log, const struct stack_part *part)
{
    log->parts = mem_grow(log->parts, &log->part_capacity, log->part_count + 1, sizeof *log->parts);
    size_t at = log->part_count++;
    for (; at > 0 && log->parts[at - 1].due <= part->due; at--)
        log->parts[at] = log->parts[at - 1];
    log->parts[at] = *part;
}

void stack_log_add(struct stack_log *log, const struct mketl_event *event,
                   const struct stack_call *call)
{
    struct stack_part part = {
        .due = event->time + 1, /* the walk comes after the event */
        .record = {.kind = MKETL_KIND_STACK,
                   .opcode = STACK_OP_WHOLE,
                   .stack_time = event->time,
                   .cpu = event->cpu,
                   .pid = event->pid,
                   .tid = event->tid,
                   .target_pid = event->pid,
                   .target_tid = event->tid},
    };
    if (call->kernel) {
        part.record.stack = call->kernel;
        part.record.source = KERNEL;
        part.keyed = call->kernel_keyed;
        enqueue(log, &part);
    }
    if (call->user) {
        part.record.stack = call->user;
        part.record.source = USER;
        part.keyed = call->user_keyed;
        part.due += call->delay;
        part.record.cpu = call->user_cpu;
        enqueue(log, &part);
    }
}

/* Throws one entry out of the cache: only now its frames are told. */
static void evict(struct recorder *recorder, int kind, int64_t time)
{
    struct stack_log *log = &recorder->stacks;
    struct stack_key *keys = log->keys[kind];
    size_t slot = log->turn++ * 31 % STACK_KEYS;
    while (!keys[slot].frames)
        slot = (slot + 1) % STACK_KEYS;
    struct mketl_event record = {
        .kind = MKETL_KIND_STACK,
        .opcode = STACK_OP_DELETE,
        .time = time > keys[slot].last_used ? time : keys[slot].last_used,
        .cpu = some_cpu(recorder),
        .address = key_value(recorder, slot),
        .stack = keys[slot].frames,
    };
    keys[slot] = (struct stack_key){.free_behind = recorder_write(recorder, &record)};
    log->cached[kind]--;
}

/* A free key that may be used again at `time`; STACK_KEYS when there is none. */
static size_t free_key(struct stack_log *log, int kind, int64_t time)
{
    size_t first = log->turn++ * 17 % STACK_KEYS;
    for (size_t i = 0; i < STACK_KEYS; i++) {
        size_t slot = (first + i) % STACK_KEYS;
        const struct stack_key *key = &log->keys[kind][slot];
        if (!key->frames && key->free_behind < time)
            return slot;
    }
    return STACK_KEYS;
}

/* The key of the frames, which are cached now; STACK_KEYS when they cannot be. */
static size_t find_key(struct recorder *recorder, int kind, uint32_t frames, int64_t time)
{
    struct stack_log *log = &recorder->stacks;
    if (frames_get(&recorder->frames, frames).count < STACK_CACHED_LEAST)
        return STACK_KEYS;
    for (size_t slot = 0; slot < STACK_KEYS; slot++)
        if (log->keys[kind][slot].frames == frames)
            return slot;
    if (log->cached[kind] >= recorder->options->stack_cache)
        evict(recorder, kind, time);
    size_t slot = free_key(log, kind, time);
    if (slot == STACK_KEYS)
        return slot;
    log->keys[kind][slot].frames = frames;
    log->cached[kind]++;
    return slot;
}

static void write_part(struct recorder *recorder, const struct stack_part *part)
{
    struct mketl_event record = part->record;
    int kind = (int)record.source;
    record.time = part->due;
    size_t slot = STACK_KEYS;
    if (part->keyed)
        slot = find_key(recorder, kind, record.stack, record.time);
    if (slot == STACK_KEYS) {
        recorder_write(recorder, &record);
        return;
    }
    struct stack_key *key = &recorder->stacks.keys[kind][slot];
    record.opcode = kind == KERNEL ? STACK_OP_KERNEL : STACK_OP_USER;
    record.address = key_value(recorder, slot);
    int64_t written = recorder_write(recorder, &record);
    if (key->last_used < written)
        key->last_used = written;
}

void stack_log_flush(struct recorder *recorder, int64_t time)
{
    struct stack_log *log = &recorder->stacks;
    while (log->part_count > 0 && log->parts[log->part_count - 1].due <= time) {
        struct stack_part part = log->parts[--log->part_count];
        write_part(recorder, &part);
    }
}

void stack_log_finish(struct recorder *recorder)
{
    struct stack_log *log = &recorder->stacks;
    stack_log_flush(recorder, INT64_MAX);
    for (int kind = USER; kind <= KERNEL; kind++)
        for (size_t slot = 0; slot < STACK_KEYS; slot++) {
            if (!log->keys[kind][slot].frames)
                continue;
            recorder_write(recorder, &(struct mketl_event){
                                         .kind = MKETL_KIND_STACK,
                                         .opcode = STACK_OP_RUNDOWN,
                                         .time = recorder->newest,
                                         .cpu = some_cpu(recorder),
                                         .address = key_value(recorder, slot),
                                         .stack = log->keys[kind][slot].frames,
                                     });
        }
}

void stack_log_release(struct stack_log *log)
{
    free(log->parts);
    memset(log, 0, sizeof *log);
}

void stack_log_put(struct recorder *recorder, const struct mketl_event *event)
{
    struct wire *wire = &recorder->wire;
    bool defines = event->opcode == STACK_OP_DELETE || event->opcode == STACK_OP_RUNDOWN;
    if (!defines) {
        wire_u64(wire, (uint64_t)event->stack_time);
        wire_u32(wire, event->target_pid);
        wire_u32(wire, event->target_tid);
    }
    if (event->opcode != STACK_OP_WHOLE)
        wire_pointer(wire, event->pointer_size, event->address);
    if (event->opcode == STACK_OP_KERNEL || event->opcode == STACK_OP_USER)
        return;
    struct frame_list list = frames_get(&recorder->frames, event->stack);
    for (uint32_t i = 0; i < list.count; i++)
        wire_pointer(wire, event->pointer_size, list.frames[i]);
}

/* One item: the number that joins the halves of a stack, then frames. */
static void put_item(struct recorder *recorder, uint32_t frames, uint8_t width, uint64_t match,
                     bool more)
{
    enum { ITEM_STACK32 = 5, ITEM_STACK64 = 6 };
    uint8_t data[8 + 8 * 2 * FRAMES_MOST];
    struct frame_list list = frames_get(&recorder->frames, frames);
    etl_put64(data, match);
    for (uint32_t i = 0; i < list.count; i++) {
        if (width == 8)
            etl_put64(data + 8 + 8 * (size_t)i, list.frames[i]);
        else
            etl_put32(data + 8 + 4 * (size_t)i, (uint32_t)list.frames[i]);
    }
    wire_item(&recorder->wire, width == 8 ? ITEM_STACK64 : ITEM_STACK32, data,
              (uint16_t)(8 + width * list.count), more);
}

void stack_log_put_items(struct recorder *recorder, const struct stack_call *call,
                         uint8_t pointer_size)
{
    /* Items of a 32-bit process on a 64-bit machine were seen with 64-bit frames (etl-format 2.2).
     */
    uint8_t width = recorder->header.pointer_size == 8 ? 8 : pointer_size;
    bool halves = call->kernel && call->user;
    uint64_t match = halves ? 0x1000 + recorder->stacks.turn++ : 0;
    if (call->kernel)
        put_item(recorder, call->kernel, width, match, halves);
    if (call->user)
        put_item(recorder, call->user, width, match, false);
}
