/*
 * Payloads of the records around the heap: processes, threads, context switches and
 * group-0 control records (etl-format 2.5, 6).  The record header is the caller's.
 */
#ifndef TESTS_TOOLS_KERNEL_WRITER_H
#define TESTS_TOOLS_KERNEL_WRITER_H

#include <stdint.h>

#include "mketl_event.h"
#include "wire.h"

/* The versions of a Process record that can be written. */
enum { KERNEL_PROCESS_OLDEST = 0, KERNEL_PROCESS_NEWEST = 5, KERNEL_PROCESS_USUAL = 4 };

/* A Process record about target_pid, child of `source`; `version` as in etl-format 6.1. */
void kernel_writer_put_process(struct wire *wire, const struct mketl_event *event, uint8_t version);

/* A Thread record of version 0 to 3 about target_tid of target_pid. */
void kernel_writer_put_thread(struct wire *wire, const struct mketl_event *event, uint8_t version);

/* A context switch from thread target_pid to thread target_tid. */
void kernel_writer_put_switch(struct wire *wire, const struct mketl_event *event);

/* A CPU sample at `address`. */
void kernel_writer_put_sample(struct wire *wire, const struct mketl_event *event);

/* HeaderExtension, RundownComplete, PartitionInfo and the like. */
void kernel_writer_put_control(struct wire *wire, const struct mketl_event *event);

#endif
