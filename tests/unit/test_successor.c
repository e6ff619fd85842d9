/*
 * Rows and names found again in a trace made anew. Truth: the late events carry a thread id of
 * their own, so what every other row became is told by counting.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/rebuild.h"
#include "model/successor.h"
#include "random_trace.h"

#define LATE_TID 4242
#define LATE_PID 9
#define ROWS     5000

static struct random_trace rt;

static int open_trace(void **state)
{
    (void)state;
    random_trace_init(&rt, 5, 10000000, 3); /* short steps: many rows of the same time */
    random_trace_add(&rt, ROWS);
    return 0;
}

static int close_trace(void **state)
{
    (void)state;
    random_trace_release(&rt);
    return 0;
}

/* The trace anew, with an event of a process, thread and heap of its own at the time of every
 * `step`th row; step 0: none. */
static struct trace *made_anew(uint64_t step)
{
    struct kept_list journal = {0}, late = {0}, made_journal;
    for (uint64_t i = 0; step > 0 && i < ROWS; i += step) {
        struct trace_event e = {.kind = EVENT_HEAP,
                                .time = store_time(rt.trace->store, i),
                                .pid = LATE_PID,
                                .tid = LATE_TID,
                                .op = HEAP_OP_ALLOC,
                                .has = EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SIZE,
                                .heap = 0x99990000,
                                .address = 0x99990000 + 64 * i,
                                .size = 8};
        assert_int_equal(kept_list_add(&late, &e, i), 0);
    }
    struct rebuild *rb = rebuild_new(rt.trace, &journal, &late);
    assert_non_null(rb);
    while (rebuild_step(rb, 1000) == 1)
        continue;
    struct trace *made = rebuild_take(rb, &made_journal);
    rebuild_free(rb);
    kept_list_release(&late);
    kept_list_release(&made_journal);
    return made;
}

static void every_row_is_found_again(void **state)
{
    (void)state;
    struct trace *now = made_anew(37);
    uint64_t rows = store_rows(now->store), old = 0;
    assert_true(rows > store_rows(rt.trace->store) + ROWS / 40);
    for (uint64_t i = 0; i < rows; i++) {
        struct row row;
        store_get(now->store, i, &row);
        if (trace_row_thread(now, &row)->tid != LATE_TID)
            assert_int_equal(successor_row(now, rt.trace, old++), i);
    }
    assert_int_equal(old, store_rows(rt.trace->store));
    trace_unref(now);
}

static void a_row_that_is_not_there_yet_keeps_its_number(void **state)
{
    (void)state;
    struct random_trace begun;
    random_trace_init(&begun, 5, 10000000, 3);
    random_trace_add(&begun, ROWS / 10);
    assert_int_equal(successor_row(begun.trace, rt.trace, ROWS - 1), ROWS - 1);
    assert_int_equal(successor_row(begun.trace, rt.trace, ROW_NONE), ROW_NONE);
    random_trace_release(&begun);
}

static void a_row_that_is_gone_leads_near(void **state)
{
    (void)state;
    struct trace *now = made_anew(37);
    uint64_t late = 0;
    struct row row;
    for (uint64_t i = 0; i < store_rows(now->store); i++) {
        store_get(now->store, i, &row);
        if (trace_row_thread(now, &row)->tid == LATE_TID)
            late = i;
    }
    uint64_t near = successor_row(rt.trace, now, late);
    assert_int_equal(store_time(rt.trace->store, near), store_time(now->store, late));
    trace_unref(now);
}

static void names_are_found_again(void **state)
{
    (void)state;
    struct trace *now = made_anew(37);
    const struct registry *was = rt.trace->registry, *is = now->registry;
    for (uint32_t i = 0; i < registry_heap_count(was); i++) {
        const struct heap *a = registry_heap(was, i);
        const struct heap *b = registry_heap(is, successor_heap(now, rt.trace, i));
        assert_int_equal(a->handle, b->handle);
        assert_int_equal(a->generation, b->generation);
        assert_int_equal(successor_process(now, rt.trace, a->process), b->process);
    }
    for (uint32_t i = 0; i < registry_thread_count(was); i++) {
        uint32_t to = successor_thread(now, rt.trace, i);
        assert_int_equal(registry_thread(was, i)->tid, registry_thread(is, to)->tid);
        assert_int_equal(registry_process(was, registry_thread(was, i)->process)->pid,
                         registry_process(is, registry_thread(is, to)->process)->pid);
    }
    for (uint32_t i = 0; i < registry_process_count(is); i++)
        if (registry_process(is, i)->pid == LATE_PID)
            assert_int_equal(successor_process(rt.trace, now, i), INDEX_NONE);
    assert_int_equal(successor_heap(now, rt.trace, INDEX_NONE), INDEX_NONE);
    trace_unref(now);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_trace, close_trace)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_is_found_again),
        TEST(a_row_that_is_not_there_yet_keeps_its_number),
        TEST(a_row_that_is_gone_leads_near),
        TEST(names_are_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
