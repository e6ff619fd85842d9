/*
 * Who calls in the server's traces: its modules, and a thousand ways to the heap.
 */
#ifndef TESTS_TOOLS_PLANTED_CALLS_H
#define TESTS_TOOLS_PLANTED_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "stage.h"

/* Ways to the heap: sites 1 to so many. */
enum { PLANTED_SITES = 1000 };

/* The sites of what is planted. */
enum { PLANTED_LEAK_SITE = 417, PLANTED_MOVE_SITE = 99, PLANTED_STORM_SITE = 733 };

/* The modules of the process, which was there before the trace. */
void planted_calls_images(struct stage *stage, const struct stage_process *process);

/* A struct stage's `call`. */
bool planted_calls_find(struct stage *stage, const struct stage_actor *actor, uint32_t site,
                        struct stack_call *out_call);

#endif
