/*
 * Finding the rows of an event that was walked: by its time, thread and process (etl-format 5).
 *
 * A stack names its event by the event's own time; it comes a little later, in nearly the same
 * order, so the search goes on from where the last one ended. Worker only.
 */
#ifndef MODEL_STACK_MATCH_H
#define MODEL_STACK_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "model/trace.h"

/* The event as its stack names it. */
struct stack_walked {
    int64_t time;      /* raw time of the event, bit for bit */
    uint32_t pid, tid; /* 0 or EVENT_NO_ID: not told */
    uint16_t cpu;      /* of the stack's own record */
};

static inline struct stack_walked stack_walked_of(const struct trace_event *stack)
{
    return (struct stack_walked){
        .time = stack->stack.event_time,
        .pid = stack->pid,
        .tid = stack->tid,
        .cpu = stack->cpu,
    };
}

/* Rows of one time that are looked at, and those that get one stack: a trace could be made whose
 * rows all have the same time. */
#define STACK_MATCH_LOOK 256u
#define STACK_MATCH_MOST 32u

struct stack_match {
    uint64_t cursor; /* the row where the last search ended */
};

/*
 * The appended rows that the stack is of, in their order; returns their number, at most
 * STACK_MATCH_MOST. Those of the thread and process; a thread or process that is not told on either
 * side falls back to the other id, and a row without ids to the CPU, or to being the only one of
 * its time. O(log distance) from the last one found.
 */
size_t stack_match_rows(struct stack_match *m, const struct trace *t, const struct stack_walked *w,
                        uint64_t out_rows[static STACK_MATCH_MOST]);

#endif
