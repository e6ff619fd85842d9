/*
 * Records about the machine (etl-format 6.5): its processors and memory, its Windows, and where its
 * devices are in drive letters.
 */
#ifndef DECODER_SYSTEM_EVENT_H
#define DECODER_SYSTEM_EVENT_H

#include <stdbool.h>

#include "decoder/etl_record.h"
#include "decoder/event.h"

/* True when the record is one for system_event_decode(), in hook or GUID form. O(1). */
bool system_event_is(const struct etl_record *r);

/*
 * Fills `out_event` from a record for which system_event_is(): an EVENT_SYSTEM or an EVENT_VOLUME.
 * Texts are borrowed from the record; what the payload is cut before is 0 or empty. `cpu` and
 * `late` are left zero for the merge. False, with *out_event unspecified, when nothing of use is
 * left. O(texts).
 */
bool system_event_decode(const struct etl_record *r, struct trace_event *out_event);

#endif
