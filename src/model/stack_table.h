/*
 * Call stacks, each kept once: equal ones share one id, so memory grows with distinct stacks, not
 * with events.
 *
 * A stack is its frames, leaf first, kernel part before user part (etl-format 5); whose they are is
 * for the row that has the stack to say. Reference counted, because a trace that is made anew for
 * late records goes on with the same stacks. One thread (the worker) adds; any thread may read ids
 * below stack_table_count().
 */
#ifndef MODEL_STACK_TABLE_H
#define MODEL_STACK_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* "No stack", in rows and everywhere. */
#define STACK_NONE UINT32_MAX

struct stack_table;

/* Borrowed from the table, for as long as it lives. */
struct stack_frames {
    const uint64_t *frames; /* leaf first; return addresses but for the first */
    uint32_t count;
};

struct stack_table *stack_table_new(void); /* one reference; NULL when memory is out */
struct stack_table *stack_table_ref(struct stack_table *t);
void stack_table_unref(struct stack_table *t); /* NULL is fine; any thread */

/* The id of these frames, new or known; copied. STACK_NONE when memory is out or `count` is 0.
 * Worker. O(count). */
uint32_t stack_table_add(struct stack_table *t, const uint64_t *frames, uint32_t count);

/* The ids 0..count-1 are published. Any thread. */
uint32_t stack_table_count(const struct stack_table *t);

/* O(1). Any thread. */
struct stack_frames stack_table_get(const struct stack_table *t, uint32_t id);

/* Bytes it occupies, for the bench and `info`. */
size_t stack_table_bytes(const struct stack_table *t);

#endif
