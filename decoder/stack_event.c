/* The payloads of etl-format 5; see stack_event.h. */
#include "decoder/stack_event.h"

#include <string.h>

/* Where the frames or the key of a record that names an event begin. */
#define NAMED_EVENT_BYTES 16u

/* What stands in front of the frames of an extended item: the match id. */
#define MATCH_ID_BYTES 8u

enum { ITEM_STACK_TRACE32 = 5, ITEM_STACK_TRACE64 = 6 };

static void start(const struct etl_record *r, enum event_kind kind, struct trace_event *e)
{
    *e = (struct trace_event){
        .time = r->time,
        .pid = EVENT_NO_ID,
        .tid = EVENT_NO_ID,
        .kind = (uint8_t)kind,
        .pointer_size = r->pointer_size,
        .version = r->version,
    };
}

/* All whole pointers of `bytes`. */
static void take_frames(struct span bytes, unsigned width, uint64_t *frames, struct trace_event *e)
{
    size_t n = bytes.len / width;
    if (n > STACK_FRAMES_MAX)
        n = STACK_FRAMES_MAX;
    if (width == 8) {
        memcpy(frames, bytes.p, n * 8);
    } else {
        for (size_t i = 0; i < n; i++)
            frames[i] = load_u32(bytes.p + 4 * i);
    }
    e->stack.frames = frames;
    e->stack.frame_count = (uint32_t)n;
}

static bool take_key(struct span payload, size_t at, unsigned width, uint64_t *out_key)
{
    if (!span_has(payload, at, width))
        return false;
    *out_key = width == 8 ? load_u64(payload.p + at) : load_u32(payload.p + at);
    return true;
}

/* The event that was walked: its time, process and thread. */
static void take_named(struct span payload, struct trace_event *e)
{
    e->stack.event_time = load_i64(payload.p);
    e->pid = load_u32(payload.p + 8);
    e->tid = load_u32(payload.p + 12);
}

static bool decode_stack(const struct etl_record *r, uint64_t *frames, struct trace_event *e)
{
    start(r, EVENT_STACK, e);
    if (!span_has(r->payload, 0, NAMED_EVENT_BYTES))
        return false;
    take_named(r->payload, e);
    take_frames(span_from(r->payload, NAMED_EVENT_BYTES), r->pointer_size, frames, e);
    return true;
}

static bool decode_reference(const struct etl_record *r, struct trace_event *e)
{
    start(r, EVENT_STACK_REFERENCE, e);
    if (!take_key(r->payload, NAMED_EVENT_BYTES, r->pointer_size, &e->stack.key))
        return false;
    take_named(r->payload, e);
    e->stack.is_kernel = r->opcode == STACK_OP_KEY_KERNEL;
    return true;
}

static bool decode_definition(const struct etl_record *r, uint64_t *frames, struct trace_event *e)
{
    start(r, EVENT_STACK_DEFINITION, e);
    if (!take_key(r->payload, 0, r->pointer_size, &e->stack.key))
        return false;
    take_frames(span_from(r->payload, r->pointer_size), r->pointer_size, frames, e);
    return true;
}

bool stack_event_decode(const struct etl_record *r, uint64_t frames[static STACK_FRAMES_MAX],
                        struct trace_event *out_event)
{
    if (r->opcode == STACK_OP_STACK)
        return decode_stack(r, frames, out_event);
    if (r->opcode >= STACK_OP_KEY_KERNEL)
        return decode_reference(r, out_event);
    return decode_definition(r, frames, out_event);
}

bool stack_event_next_item(const struct etl_record *r, struct span *items,
                           uint64_t frames[static STACK_FRAMES_MAX], struct trace_event *out_event)
{
    struct etl_item item;
    while (etl_record_next_item(items, &item)) {
        if (item.type != ITEM_STACK_TRACE32 && item.type != ITEM_STACK_TRACE64)
            continue;
        start(r, EVENT_STACK, out_event);
        out_event->pid = r->pid;
        out_event->tid = r->tid;
        out_event->stack.event_time = r->time;
        unsigned width = item.type == ITEM_STACK_TRACE32 ? 4 : 8;
        take_frames(span_from(item.data, MATCH_ID_BYTES), width, frames, out_event);
        if (out_event->stack.frame_count != 0)
            return true;
    }
    return false;
}
