/*
 * Heap provider and HeapRange records to heap events (etl-format 4).
 *
 * The layout is chosen by payload size first and header type second (etl-format 4.1); Alloc,
 * ReAlloc and Free, nearly all records of a capture, take a short cut.
 */
#ifndef DECODER_HEAP_EVENT_H
#define DECODER_HEAP_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decoder/etl_record.h"
#include "decoder/event.h"
#include "decoder/heap_op.h"

/* The most fields any layout puts into `extra`. */
#define HEAP_EXTRA_MAX 12

/* True when an EVENT record, which names no group, is of the heap provider. */
bool heap_event_is_event(const struct etl_record *r);

/* True when the record is one for heap_event_decode(): in hook or GUID form, or as an EVENT. */
static inline bool heap_event_is(const struct etl_record *r)
{
    if ((r->flags & ETL_RECORD_CLASSIC) != 0)
        return r->group == ETL_GROUP_HEAP ||
               (r->group == ETL_GROUP_PAGE_FAULT && r->opcode >= 100 && r->opcode <= 104);
    return r->type >= ETL_HEADER_EVENT32 && heap_event_is_event(r);
}

/*
 * Fills `out_event` from a record for which heap_event_is(). Other fields go into `extra`, which
 * the event then points to; pid and tid are the record's, or EVENT_NO_ID (RangeRundown takes its
 * pid from the payload). `cpu` and `late` are left zero for the merge. False, with *out_event
 * unspecified, when the payload is too short for any layout of its operation. O(fields).
 */
bool heap_event_decode(const struct etl_record *r, uint64_t extra[static HEAP_EXTRA_MAX],
                       struct trace_event *out_event);

#endif
