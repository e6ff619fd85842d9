/*
 * The table of stacks: equal ones share an id, whatever their number and order; what is published
 * stays readable on another thread while the table grows; promises.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/stack_table.h"

/* The frames of stack `n`, told apart by a middle frame alone; returns their number. */
static uint32_t frames_of(uint32_t n, uint64_t out[64])
{
    uint32_t count = 1 + n % 60;
    for (uint32_t i = 0; i < count; i++)
        out[i] = 0x7ff600000000u + i;
    out[count / 2] = 0x7ff700000000u + n;
    return count;
}

static void assert_stack(const struct stack_table *t, uint32_t id, uint32_t n)
{
    uint64_t want[64];
    uint32_t count = frames_of(n, want);
    struct stack_frames s = stack_table_get(t, id);
    assert_int_equal(s.count, count);
    assert_memory_equal(s.frames, want, count * sizeof *want);
}

static void test_equal_stacks_share_an_id(void **state)
{
    (void)state;
    enum { N = 50000 };
    struct stack_table *t = stack_table_new();
    uint64_t frames[64];
    for (uint32_t n = 0; n < N; n++)
        assert_int_equal(stack_table_add(t, frames, frames_of(n, frames)), n);
    for (uint32_t n = N; n-- > 0;)
        assert_int_equal(stack_table_add(t, frames, frames_of(n, frames)), n);
    assert_int_equal(stack_table_count(t), N);
    for (uint32_t n = 0; n < N; n++)
        assert_stack(t, n, n);
    stack_table_unref(t);
}

static void test_every_frame_counts(void **state)
{
    (void)state;
    struct stack_table *t = stack_table_new();
    uint64_t frames[300];
    for (size_t i = 0; i < 300; i++)
        frames[i] = i;
    uint32_t whole = stack_table_add(t, frames, 300);
    for (uint32_t n = 1; n < 300; n++)
        assert_int_not_equal(stack_table_add(t, frames, n), whole);
    for (size_t i = 0; i < 300; i++) {
        frames[i] ^= UINT64_C(1) << i % 64;
        assert_int_not_equal(stack_table_add(t, frames, 300), whole);
        frames[i] ^= UINT64_C(1) << i % 64;
    }
    assert_int_equal(stack_table_add(t, frames, 300), whole);
    assert_int_equal(stack_table_count(t), 600);
    stack_table_unref(t);
}

static void test_no_frames_are_no_stack(void **state)
{
    (void)state;
    struct stack_table *t = stack_table_new();
    uint64_t frame = 1;
    assert_int_equal(stack_table_add(t, &frame, 0), STACK_NONE);
    assert_int_equal(stack_table_count(t), 0);
    stack_table_unref(t);
    stack_table_unref(NULL);
}

static void test_a_reference_keeps_it(void **state)
{
    (void)state;
    struct stack_table *t = stack_table_new();
    uint64_t frame = 7;
    uint32_t id = stack_table_add(t, &frame, 1);
    struct stack_table *again = stack_table_ref(t);
    stack_table_unref(t);
    assert_int_equal(stack_table_get(again, id).frames[0], 7);
    assert_true(stack_table_bytes(again) > 0);
    stack_table_unref(again);
}

static void test_promises(void **state)
{
    (void)state;
    enum { N = 5000 };
    struct stack_table *t = stack_table_new();
    uint64_t frames[64];
    uint32_t promises[N];
    for (uint32_t n = 0; n < N; n++) {
        promises[n] = stack_table_promise(t);
        assert_true(stack_is_promise(promises[n]));
        assert_true(n == 0 || promises[n] != promises[n - 1]);
        assert_int_equal(stack_table_resolve(t, promises[n]), STACK_NONE);
    }
    for (uint32_t n = 0; n < N; n += 2)
        stack_table_keep(t, promises[n], stack_table_add(t, frames, frames_of(n, frames)));
    for (uint32_t n = 0; n < N; n++) {
        uint32_t id = stack_table_resolve(t, promises[n]);
        if (n % 2 == 0)
            assert_stack(t, id, n);
        else
            assert_int_equal(id, STACK_NONE);
    }
    assert_int_equal(stack_table_resolve(t, 3), 3);
    assert_int_equal(stack_table_resolve(t, STACK_NONE), STACK_NONE);
    assert_false(stack_is_promise(STACK_NONE));
    assert_false(stack_is_promise(0));
    stack_table_unref(t);
}

/* ---- threads ---- */

enum { SHARED = 20000 };

struct shared {
    struct stack_table *t;
    uint32_t promise;
    atomic_bool done;
};

static void check_published(const struct shared *s, uint32_t from)
{
    uint64_t want[64];
    uint32_t count = stack_table_count(s->t);
    for (uint32_t id = from; id < count; id++) {
        struct stack_frames got = stack_table_get(s->t, id);
        uint32_t n = frames_of(id, want);
        if (got.count != n || memcmp(got.frames, want, n * sizeof *want) != 0)
            abort();
    }
    uint32_t kept = stack_table_resolve(s->t, s->promise);
    if (kept != STACK_NONE && stack_table_get(s->t, kept).count == 0)
        abort();
}

static void *read_along(void *arg)
{
    struct shared *s = arg;
    while (!atomic_load(&s->done)) {
        uint32_t count = stack_table_count(s->t);
        check_published(s, count > 100 ? count - 100 : 0);
    }
    check_published(s, 0);
    return NULL;
}

static void test_another_thread_reads_what_is_published(void **state)
{
    (void)state;
    struct shared s = {.t = stack_table_new()};
    s.promise = stack_table_promise(s.t);
    pthread_t reader;
    assert_int_equal(pthread_create(&reader, NULL, read_along, &s), 0);
    uint64_t frames[64];
    for (uint32_t n = 0; n < SHARED; n++) {
        assert_int_equal(stack_table_add(s.t, frames, frames_of(n, frames)), n);
        if (n == SHARED / 2)
            stack_table_keep(s.t, s.promise, n);
    }
    atomic_store(&s.done, true);
    pthread_join(reader, NULL);
    stack_table_unref(s.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_stacks_share_an_id),
        cmocka_unit_test(test_every_frame_counts),
        cmocka_unit_test(test_no_frames_are_no_stack),
        cmocka_unit_test(test_a_reference_keeps_it),
        cmocka_unit_test(test_promises),
        cmocka_unit_test(test_another_thread_reads_what_is_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
