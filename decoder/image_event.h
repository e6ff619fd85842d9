/*
 * Image records and the ImageId records that merging adds (etl-format 6.3, 6.4): which module was
 * where, and which file and PDB it is.
 */
#ifndef DECODER_IMAGE_EVENT_H
#define DECODER_IMAGE_EVENT_H

#include <stdbool.h>

#include "decoder/etl_record.h"
#include "decoder/event.h"

/* True when the record is one for image_event_decode(), in hook or GUID form. O(1). */
bool image_event_is(const struct etl_record *r);

/*
 * Fills `out_event` from a record for which image_event_is(). The pid is the payload's
 * (etl-format 9.13), for version 0, whose payload has none, the header's, and EVENT_NO_ID for
 * IMAGE_VERSION; the tid is the header's. Names are borrowed from the record and empty when the
 * payload is cut before them. `cpu` and `late` are left zero for the merge. False, with *out_event
 * unspecified, when the payload is too short to say where the image is. O(name).
 */
bool image_event_decode(const struct etl_record *r, struct trace_event *out_event);

#endif
