/*
 * Marks that somebody set while the trace was recorded: those of the session (PerfInfo Mark), and
 * those of Visual Studio's diagnostics hub, with the start and the end of its collection
 * (etl-format 7.2).
 */
#ifndef DECODER_MARK_EVENT_H
#define DECODER_MARK_EVENT_H

#include <stdbool.h>

#include "decoder/etl_record.h"
#include "decoder/event.h"

/* True when the record is one for mark_event_decode(). O(1). */
bool mark_event_is(const struct etl_record *r);

/*
 * Fills `out_event`, an EVENT_MARK, from a record for which mark_event_is(). The payloads of both
 * providers' marks are unverified: whatever text stands in them is taken as the mark's name, none
 * at all is fine. `cpu` and `late` are left zero for the merge. Always true. O(payload).
 */
bool mark_event_decode(const struct etl_record *r, struct trace_event *out_event);

#endif
