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
#include "map.h"
#include "mketl.h"
#include "rng.h"
#include "wire.h"

/* Workload time: ticks of 100 ns since the trace's start, whatever the trace's clock. */
#define RECORDER_SECOND INT64_C(10000000)

struct recorder {
    const struct mketl_options *options; /* with every default filled in */
    struct file_header header;
    struct etl_writer writer;
    struct rng rng;
    struct map running;        /* (cpu, 0) -> tid + 1 of the last context switch written */
    struct map thread_pid;     /* (tid, 0) -> pid + 1 of the last Thread record written */
    int64_t *last_time;        /* per CPU, raw */
    uint64_t heap_events;      /* heap events logged so far */
    struct mketl_event logged; /* the last heap event, as it was written */
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

/* A StackWalk record of `frames` frames, told apart by `site`, for the last heap event. */
void recorder_log_stack(struct recorder *recorder, uint32_t site, uint32_t frames);

void recorder_release(struct recorder *recorder);

#endif
