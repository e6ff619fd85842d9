/*
 * Call stacks, each kept once: equal ones share one id, so memory grows with distinct stacks, not
 * with events.
 *
 * A stack is its frames, leaf first, kernel part before user part (etl-format 5); whose they are is
 * for the row that has the stack to say. Reference counted, because a trace that is made anew for
 * late records goes on with the same stacks. One thread (the worker) adds; any thread may read ids
 * below stack_table_count().
 *
 *   slots [tag, id]  ->  entries [frames, count] in segments  ->  frames in an arena
 *
 * A promise stands for a stack whose frames come later (etl-format 5, keyed stacks): rows hold the
 * promise, and all of them get the stack when it is kept, without being visited.
 */
#ifndef MODEL_STACK_TABLE_H
#define MODEL_STACK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "No stack", in rows and everywhere. */
#define STACK_NONE UINT32_MAX

/* Promises are numbered from here on, stacks below. */
#define STACK_PROMISE_FIRST UINT32_C(0x80000000)

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

/*
 * The same in two steps, for many stacks at once: looking each up is a few cache misses, which
 * prefetching hides. `tag` is stack_table_tag() of the frames.
 */
uint32_t stack_table_tag(const struct stack_table *t, const uint64_t *frames, uint32_t count);
uint32_t stack_table_add_tagged(struct stack_table *t, uint32_t tag, const uint64_t *frames,
                                uint32_t count);

/* Starts to load the slot of a tag, and some 10 stacks later, what it refers to. */
void stack_table_prefetch(const struct stack_table *t, uint32_t tag);
void stack_table_prefetch_more(const struct stack_table *t, uint32_t tag);

/* The ids 0..count-1 are published. Any thread. */
uint32_t stack_table_count(const struct stack_table *t);

/* O(1). Any thread. */
struct stack_frames stack_table_get(const struct stack_table *t, uint32_t id);

/* Bytes it occupies, for the bench and `info`. Worker. */
size_t stack_table_bytes(const struct stack_table *t);

/* ---- promises ---- */

static inline bool stack_is_promise(uint32_t id)
{
    return id >= STACK_PROMISE_FIRST && id != STACK_NONE;
}

/* A new promise; STACK_NONE when memory is out. Worker. */
uint32_t stack_table_promise(struct stack_table *t);

/* From now on `promise` is the stack `id`, for every reader. Worker. O(1). */
void stack_table_keep(struct stack_table *t, uint32_t promise, uint32_t id);

/* The stack that a kept promise stands for, STACK_NONE while it is not kept; any other id is
 * itself. Any thread. O(1). */
uint32_t stack_table_resolve(const struct stack_table *t, uint32_t id);

#endif
