/*
 * Process, thread and context-switch records (etl-format 6.1, 6.2): who ran, and where.
 */
#ifndef DECODER_PROCESS_EVENT_H
#define DECODER_PROCESS_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "decoder/etl_record.h"
#include "decoder/event.h"

/* What a record says about identity. */
enum process_record {
    PROCESS_RECORD_NONE,
    PROCESS_RECORD_PROCESS, /* process_event_decode() */
    PROCESS_RECORD_THREAD,  /* process_thread_decode() */
    PROCESS_RECORD_SWITCH,  /* process_switch_decode() */
};

/* Classifies a record by group and opcode. O(1). */
enum process_record process_record_kind(const struct etl_record *r);

/*
 * Process Start, End, DCStart, DCEnd or Defunct of any version. The pid is the payload's, not the
 * header's (etl-format 9.13); the tid is the header's. The name is borrowed from the record and
 * empty when the payload is cut before it. False when the payload is too short for a process id.
 */
bool process_event_decode(const struct etl_record *r, struct trace_event *out_event);

/* Thread Start or DCStart: which process a thread belongs to. False when the payload is too
 * short. */
bool process_thread_decode(const struct etl_record *r, uint32_t *out_tid, uint32_t *out_pid);

/* CSwitch: the thread that runs on the record's CPU from now on. */
bool process_switch_decode(const struct etl_record *r, uint32_t *out_tid);

#endif
