/*
 * Process, thread and context-switch records (etl-format 6.1, 6.2): who ran, and where.
 */
#ifndef DECODER_PROCESS_EVENT_H
#define DECODER_PROCESS_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "decoder/etl_record.h"
#include "decoder/event.h"

/* True when the record is one for process_event_decode(), process_thread_decode() or
 * process_switch_decode(). O(1). */
bool process_event_is(const struct etl_record *r);
bool process_thread_is(const struct etl_record *r);
bool process_switch_is(const struct etl_record *r);

/*
 * Process Start, End, DCStart, DCEnd or Defunct of any version. The pid is the payload's, not the
 * header's (etl-format 9.13); the tid is the header's. Name and command line (version 2 on) are
 * borrowed from the record and empty when the payload is cut before them. False when the payload is
 * too short for a process id.
 */
bool process_event_decode(const struct etl_record *r, struct trace_event *out_event);

/* Thread Start or DCStart: which process a thread belongs to. False when the payload is too
 * short. */
bool process_thread_decode(const struct etl_record *r, uint32_t *out_tid, uint32_t *out_pid);

/* CSwitch: the thread that runs on the record's CPU from now on. */
bool process_switch_decode(const struct etl_record *r, uint32_t *out_tid);

#endif
