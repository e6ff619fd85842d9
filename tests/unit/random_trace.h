/*
 * Traces for tests of filters and totals: random heap events on few addresses, so that every replay
 * rule comes up, taken by the replay and published.
 */
#ifndef UNIT_RANDOM_TRACE_H
#define UNIT_RANDOM_TRACE_H

#include <stdint.h>

#include "model/trace.h"
#include "tests/tools/rng.h"

#define RANDOM_PROCESSES 3
#define RANDOM_PID(n)    (100 + 7 * (n))

struct random_trace {
    struct trace *trace;
    struct rng rng;
    int64_t now;       /* raw time of the last event */
    uint64_t max_step; /* raw ticks between two events at most */
    unsigned phase;    /* changes which sizes are likely */
};

/* An empty trace with a clock of `ticks_per_second`. */
void random_trace_init(struct random_trace *rt, uint64_t seed, uint64_t ticks_per_second,
                       uint64_t max_step);
void random_trace_release(struct random_trace *rt);

/* Adds `rows` events, or a few more, and publishes them. */
void random_trace_add(struct random_trace *rt, uint64_t rows);

/* Tells the name of process number `n`, below RANDOM_PROCESSES: "app0.exe", "app1.exe" ... */
void random_trace_name(struct random_trace *rt, unsigned n);

#endif
