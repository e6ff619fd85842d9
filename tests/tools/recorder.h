/*
 * The tracing session: takes logical events in time order, turns each into a record of the wanted
 * form in its CPU's buffer, and remembers them for the truth.  Workloads know only this.
 */
#ifndef TESTS_TOOLS_RECORDER_H
#define TESTS_TOOLS_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etl_writer.h"
#include "frames.h"
#include "map.h"
#include "mketl.h"
#include "rng.h"
#include "stack_log.h"
#include "wire.h"

/* Workload time: ticks of 100 ns since the trace's start, whatever the trace's clock. */
#define RECORDER_SECOND INT64_C(10000000)

struct recorder {
    const struct mketl_options *options; /* with every default filled in */
    struct file_header header;
    struct etl_writer writer;
    struct etl_writer kernel; /* the kernel session's, when there are two */
    struct rng rng;
    struct map running;            /* (cpu, 0) -> tid + 1 of the last context switch written */
    struct map thread_pid;         /* (tid, 0) -> pid + 1 of the last Thread record written */
    int64_t *last_time;            /* per CPU, raw */
    int64_t newest;                /* the latest of them */
    struct frames frames;          /* of all stacks */
    struct stack_log stacks;       /* what is still to be logged of them */
    const struct stack_call *call; /* of the event being written, when it carries it itself */
    uint64_t heap_events;          /* heap events logged so far */
    struct mketl_event logged;     /* the last heap event, as it was written */
    struct mketl_module **modules; /* made by a workload, each on its own, since events name them */
    size_t module_count, module_capacity;
    struct mketl_event *events;
    size_t event_count;
    size_t event_capacity;
    struct wire wire;
};

/* `options` has its defaults filled in and outlives the recorder. */
void recorder_init(struct recorder *recorder, const struct mketl_options *options);

/*
 * Logs an event.  Its `time` is in workload time and becomes raw; a time that would go back on its
 * CPU is moved up to the CPU's last one.  A heap event may bring CSwitch and Thread records along.
 */
void recorder_log(struct recorder *recorder, const struct mketl_event *event);

/* The same, with the call stack of the event, which follows when its time has come. */
void recorder_log_called(struct recorder *recorder, const struct mketl_event *event,
                         const struct stack_call *call);

/*
 * Writes an event as it is, its time raw already; a time that would go back on its CPU is moved up.
 * Returns the time it was written with.
 */
int64_t recorder_write(struct recorder *recorder, const struct mketl_event *event);

/* The end of the session: what waits is written. */
void recorder_finish(struct recorder *recorder);

void recorder_release(struct recorder *recorder);

#endif
