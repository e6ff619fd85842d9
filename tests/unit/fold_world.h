/* Events told one by one, and the figures of what was told: for tests of totals. */
#ifndef TESTS_UNIT_FOLD_WORLD_H
#define TESTS_UNIT_FOLD_WORLD_H

#include "query/fold.h"
#include "random_trace.h"

/* Tells an event of process 1 and thread 2, a tick after the last one. */
static inline void take(struct random_trace *rt, struct trace_event e)
{
    e.pid = 1;
    e.tid = 2;
    e.has |= EVENT_HAS_HEAP;
    e.time = rt->now++;
    assert_int_equal(replay_take(rt->trace->replay, &e, 1), 0);
}

/* The figures up to the raw time `until`; freed by the caller. */
static inline struct summary *summarize(struct random_trace *rt, int64_t until)
{
    store_publish(rt->trace->store);
    struct fold *f = fold_new(rt->trace, NULL, (struct fold_range){INT64_MIN, until});
    assert_int_equal(fold_advance(f, store_rows(rt->trace->store), UINT64_MAX), 0);
    struct summary *s = fold_summarize(f);
    fold_free(f);
    return s;
}

#endif
