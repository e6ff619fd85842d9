/*
 * Call stacks: StackWalk records (etl-format 5) and the stacks that EVENT records carry as extended
 * items (etl-format 2.2).
 *
 * Frames are widened to 64 bits and stay as recorded, leaf first. Which event a stack belongs to,
 * and which frames a key stands for, is for the model to find out.
 */
#ifndef DECODER_STACK_EVENT_H
#define DECODER_STACK_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "decoder/etl_record.h"
#include "decoder/event.h"

/* 192 frames are documented, 140 were seen. A longer record keeps those at the leaf. */
#define STACK_FRAMES_MAX 1024u

/* Opcodes of the StackWalk provider (etl-format 5). */
enum stack_opcode {
    STACK_OP_STACK = 32,
    STACK_OP_KEY_CREATE = 34,
    STACK_OP_KEY_DELETE = 35,
    STACK_OP_KEY_RUNDOWN = 36,
    STACK_OP_KEY_KERNEL = 37,
    STACK_OP_KEY_USER = 38,
};

/* True when the record is one for stack_event_decode(), in hook or in GUID form. */
static inline bool stack_event_is(const struct etl_record *r)
{
    return r->group == ETL_GROUP_STACK_WALK && (r->flags & ETL_RECORD_CLASSIC) != 0 &&
           r->opcode >= STACK_OP_STACK && r->opcode <= STACK_OP_KEY_USER &&
           r->opcode != STACK_OP_STACK + 1;
}

/*
 * Fills `out_event` from a record for which stack_event_is(); its frames go into `frames`, which
 * the event then points to. The time is the record's own, pid and tid are the payload's. `cpu` and
 * `late` are left zero for the merge. A stack may come without frames. False, with *out_event
 * unspecified, when the payload is too short for what stands in front of them. O(frames).
 */
bool stack_event_decode(const struct etl_record *r, uint64_t frames[static STACK_FRAMES_MAX],
                        struct trace_event *out_event);

/*
 * Takes the next stack off `items` (a copy of record->items); items of other types are passed over.
 * The event is an EVENT_STACK of the very event that `r` is, with frames. False when there are no
 * more.
 */
bool stack_event_next_item(const struct etl_record *r, struct span *items,
                           uint64_t frames[static STACK_FRAMES_MAX], struct trace_event *out_event);

#endif
