/*
 * Call stacks to the rows of their events (etl-format 5, Correlation).
 *
 *   STACK, REFERENCE -> rows of its event (stack_match.h) -> stack_parts.h -> store, stack_table
 *                  \-> none: stack_orphans.h, offered again when rows come
 *   REFERENCE, DEFINITION -> stack_keys.h -> promises
 *
 * Stacks of other events than the heap's cost nothing that stays: only what belongs to a row is
 * interned. What is remembered besides is bounded; a trace that goes beyond has stacks missing.
 * Outlives a rebuild of the trace, which takes its rows' stacks along. Worker only.
 */
#ifndef MODEL_STACK_JOIN_H
#define MODEL_STACK_JOIN_H

#include <stddef.h>
#include <stdint.h>

#include "model/trace.h"

struct stack_join;

struct stack_join *stack_join_new(void);    /* NULL when memory is out */
void stack_join_free(struct stack_join *j); /* NULL is fine */

/*
 * Takes the stacks among `n` events of one batch, in order; the rows of the batch have been
 * appended, and need not be published. Returns 0 or -ENOMEM.
 * About 150 ns for a stack of 20 frames.
 */
int stack_join_take(struct stack_join *j, struct trace *t, const struct trace_event *events,
                    size_t n);

/* The trace was made anew with late rows in it: stacks that came before their event find it. */
int stack_join_rebuilt(struct stack_join *j, struct trace *t);

/* The input has ended: references without a definition behind them get the last one before, if
 * there is one. */
int stack_join_finish(struct stack_join *j, struct trace *t);

/*
 * Allocs and ReAllocs without a stack (numbers.md, Trust), counted for each of both operations only
 * if any row of it has one: a session may walk the stacks of one and not of the other. Those whose
 * definition may still come are not missing.
 */
uint64_t stack_join_missing(const struct stack_join *j, const struct trace *t);

/* References and definitions that were let go because there are too many keys. */
uint64_t stack_join_dropped(const struct stack_join *j);

/* Bytes of all that is remembered. */
size_t stack_join_bytes(const struct stack_join *j);

#endif
