/* Events told one by one, with threads, call stacks and time, and what is found in them. */
#ifndef TESTS_UNIT_FINDING_WORLD_H
#define TESTS_UNIT_FINDING_WORLD_H

#include <string.h>

#include "answer/answer_maker.h"
#include "answer/findings/findings.h"
#include "decoder/heap_op.h"
#include "random_trace.h"

#define WORLD_TICKS 10000000 /* a second */
#define WORLD_HEAP  UINT64_C(0x100000)
#define WORLD_OTHER UINT64_C(0x900000)

struct world {
    struct random_trace rt;
    uint32_t tid, stack; /* of what is told next; STACK_NONE: without one */
};

static inline void world_open(struct world *w)
{
    *w = (struct world){.tid = 2, .stack = STACK_NONE};
    random_trace_init(&w->rt, 1, WORLD_TICKS, 0);
}

static inline void world_close(struct world *w)
{
    random_trace_release(&w->rt);
}

/* The stack number `n`, made when it is new. */
static inline uint32_t world_stack(struct world *w, uint64_t n)
{
    const uint64_t frames[] = {0x7ff000000000 + n * 16, 0x7ff100000000};
    return stack_table_add(w->rt.trace->stacks, frames, 2);
}

static inline void world_tell(struct world *w, struct trace_event e)
{
    e.pid = 1;
    e.tid = w->tid;
    e.has |= EVENT_HAS_HEAP;
    e.heap = e.heap != 0 ? e.heap : WORLD_HEAP;
    e.time = w->rt.now;
    assert_int_equal(replay_take(w->rt.trace->replay, &e, 1), 0);
    if (w->stack != STACK_NONE)
        assert_int_equal(
            store_set_stack(w->rt.trace->store, store_appended(w->rt.trace->store) - 1, w->stack),
            0);
}

static inline void world_alloc_in(struct world *w, uint64_t heap, uint64_t address, uint64_t size)
{
    world_tell(w, (struct trace_event){.op = HEAP_OP_ALLOC,
                                       .has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE,
                                       .heap = heap,
                                       .address = address,
                                       .size = size});
}

static inline void world_alloc(struct world *w, uint64_t address, uint64_t size)
{
    world_alloc_in(w, WORLD_HEAP, address, size);
}

/* Frees seldom have a stack. */
static inline void world_free_in(struct world *w, uint64_t heap, uint64_t address)
{
    uint32_t stack = w->stack;
    w->stack = STACK_NONE;
    world_tell(w,
               (struct trace_event){
                   .op = HEAP_OP_FREE, .has = EVENT_HAS_ADDRESS, .heap = heap, .address = address});
    w->stack = stack;
}

static inline void world_free(struct world *w, uint64_t address)
{
    world_free_in(w, WORLD_HEAP, address);
}

/* A ReAlloc that moves, as Windows writes it. */
static inline void world_move(struct world *w, uint64_t from, uint64_t old_size, uint64_t to,
                              uint64_t size)
{
    world_alloc(w, to, size);
    world_free(w, from);
    world_tell(w, (struct trace_event){.op = HEAP_OP_REALLOC,
                                       .has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE |
                                              EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE,
                                       .address = to,
                                       .size = size,
                                       .old_address = from,
                                       .old_size = old_size});
}

/* The heap tells what it has committed. */
static inline void world_committed(struct world *w, uint64_t bytes)
{
    const struct heap_op_info *info = heap_op_info(HEAP_OP_EXPAND);
    uint64_t values[] = {0, bytes, bytes, 1, 1};
    world_tell(w, (struct trace_event){.op = HEAP_OP_EXPAND,
                                       .has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE,
                                       .layout = (uint8_t)(info->layout_count - 1),
                                       .extra = values,
                                       .extra_count = 5});
}

static inline void world_wait(struct world *w, int64_t ticks)
{
    w->rt.now += ticks;
}

static inline struct query *world_ask(struct world *w, const char *filter, int64_t since,
                                      int64_t until)
{
    struct filter_error error;
    store_publish(w->rt.trace->store);
    struct query_spec spec = {.since = since, .until = until};
    if (filter != NULL) {
        spec.filter = filter_parse(filter, strlen(filter), &error);
        assert_non_null(spec.filter);
    }
    struct query *q = query_new(w->rt.trace, &spec);
    filter_unref(spec.filter);
    while (query_advance(q, 100000))
        continue;
    return q;
}

/* What is found, freed by the caller (answer_unref). */
static inline struct findings *world_find_in(struct world *w, const char *filter, int64_t since,
                                             int64_t until)
{
    const struct answer_spec spec = {.kind = ANSWER_FINDINGS};
    const struct frame_namer nameless = {0};
    struct query *q = world_ask(w, filter, since, until);
    struct answer *found = answer_make(q, &spec, &nameless);
    assert_non_null(found);
    query_unref(q);
    return (struct findings *)found;
}

static inline struct findings *world_find(struct world *w)
{
    return world_find_in(w, NULL, INT64_MIN, INT64_MAX);
}

/* Rows that a finding's filter shows. */
static inline uint64_t world_count(struct world *w, const struct finding *f)
{
    struct query *q = world_ask(w, f->condition, INT64_MIN, INT64_MAX);
    uint64_t n = query_count(q);
    query_unref(q);
    return n;
}

/* How many of the kind there are: with none of any other kind. Closes the world. */
static inline void world_expect(struct world *w, enum finding_kind kind, size_t n)
{
    struct findings *found = world_find(w);
    if (found->count != n)
        for (size_t i = 0; i < found->count; i++)
            print_message("%s\n", found->items[i].sentence);
    assert_int_equal(found->count, n);
    for (size_t i = 0; i < found->count; i++)
        assert_int_equal(found->items[i].kind, kind);
    answer_unref(&found->base);
    world_close(w);
}

#endif
