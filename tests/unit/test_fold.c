/* The rules of totals one by one, on traces of a few events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "decoder/heap_op.h"
#include "fold_world.h"
#include "query/fold.h"

static uint8_t last_layout(unsigned op)
{
    return (uint8_t)(heap_op_info(op)->layout_count - 1);
}

/* The payloads' order is that of etl-format 4.3 and 4.4. */
static void test_space(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 1, 10000000, 0);
    take(&rt, (struct trace_event){.op = 43, .heap = 7});
    take(&rt, (struct trace_event){.op = HEAP_OP_CREATE,
                                   .heap = 9,
                                   .layout = last_layout(HEAP_OP_CREATE),
                                   .extra = (uint64_t[]){2, 1000, 100, 1},
                                   .extra_count = 4});
    take(&rt, (struct trace_event){.op = HEAP_OP_EXPAND,
                                   .has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE,
                                   .heap = 9,
                                   .layout = last_layout(HEAP_OP_EXPAND),
                                   .extra = (uint64_t[]){30, 200, 1000, 4, 1},
                                   .extra_count = 5});
    take(&rt, (struct trace_event){.op = HEAP_OP_SNAPSHOT,
                                   .heap = 9,
                                   .layout = last_layout(HEAP_OP_SNAPSHOT),
                                   .extra = (uint64_t[]){31, 300, 2000, 3, 1, 77, 78, 5, 79, 80},
                                   .extra_count = 10});
    int64_t destroyed = rt.now;
    take(&rt, (struct trace_event){.op = HEAP_OP_DESTROY, .heap = 9});

    struct summary *s = summarize(&rt, INT64_MAX);
    assert_int_equal(s->heap_count, 2);
    assert_false(s->heaps[0].has_committed || s->heaps[0].has_flags || s->heaps[0].has_ucrs);
    assert_int_equal(s->heaps[0].created, INT64_MIN);
    assert_int_equal(s->heaps[0].destroyed, INT64_MAX);
    const struct heap_figures *h = &s->heaps[1];
    assert_true(h->has_flags && h->has_committed && h->has_reserved && h->has_free_space);
    assert_true(h->has_ucrs);
    assert_int_equal(h->flags, 3);
    assert_int_equal(h->committed, 300);
    assert_int_equal(h->reserved, 2000);
    assert_int_equal(h->free_space, 31);
    assert_int_equal(h->ucrs, 5);
    assert_int_equal(h->destroyed, destroyed);
    summary_free(s);

    s = summarize(&rt, destroyed - 2);
    h = &s->heaps[1];
    assert_int_equal(h->flags, 2);
    assert_int_equal(h->committed, 200);
    assert_int_equal(h->free_space, 30);
    assert_int_equal(h->ucrs, 4);
    assert_int_equal(h->destroyed, INT64_MAX);
    summary_free(s);
    random_trace_release(&rt);
}

/* What was asked for in vain is no bytes of its Source, whatever the size. */
static void test_failed_allocs_of_a_source(void **state)
{
    (void)state;
    enum { HAS = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE };
    struct random_trace rt;
    random_trace_init(&rt, 1, 10000000, 0);
    take(&rt, (struct trace_event){
                  .op = HEAP_OP_ALLOC, .has = HAS, .address = 0xa0, .size = 16, .source = 3});
    take(&rt, (struct trace_event){
                  .op = HEAP_OP_ALLOC, .has = HAS, .size = UINT64_MAX / 2, .source = 3});
    struct summary *s = summarize(&rt, INT64_MAX);
    assert_int_equal(s->source_count, 1);
    assert_int_equal(s->sources[0].f.count[FOLD_SOURCE_ALLOC], 2);
    assert_int_equal(s->sources[0].f.bytes[FOLD_SOURCE_ALLOC], 16);
    for (unsigned k = 0; k < FOLD_SOURCE_CLASSES; k++) {
        const struct source_cell *cell = &s->tables.by_size[k];
        bool asked = k == fold_size_class(16) || k == fold_size_class(UINT64_MAX / 2);
        assert_int_equal(cell->count[FOLD_SOURCE_ALLOC], asked);
        assert_int_equal(cell->bytes[FOLD_SOURCE_ALLOC], k == fold_size_class(16) ? 16 : 0);
    }
    summary_free(s);
    random_trace_release(&rt);
}

/* The rules of numbers.md that a recount by flags would not notice. */
static void test_rules(void **state)
{
    (void)state;
    enum { ALLOC_HAS = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE };
    enum { REALLOC_HAS = ALLOC_HAS | EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE };
    struct random_trace rt;
    random_trace_init(&rt, 1, 10000000, 0);
    const struct trace_event events[] = {
        /* a: 100 bytes, lost its free, then 10 bytes. */
        {.op = HEAP_OP_ALLOC, .has = ALLOC_HAS, .address = 0xa0, .size = 100},
        {.op = HEAP_OP_ALLOC, .has = ALLOC_HAS, .address = 0xa0, .size = 10},
        /* In place: 10 to 50. */
        {.op = HEAP_OP_REALLOC,
         .has = REALLOC_HAS,
         .address = 0xa0,
         .old_address = 0xa0,
         .size = 50,
         .old_size = 10},
        /* In place of what was never seen: 7 bytes, no alloc. */
        {.op = HEAP_OP_REALLOC,
         .has = REALLOC_HAS,
         .address = 0xb0,
         .old_address = 0xb0,
         .size = 7,
         .old_size = 3},
        /* Moved without its Alloc and Free: a becomes c, 60 bytes. */
        {.op = HEAP_OP_REALLOC,
         .has = REALLOC_HAS,
         .address = 0xc0,
         .old_address = 0xa0,
         .size = 60,
         .old_size = 50},
        {.op = HEAP_OP_FREE, .has = EVENT_HAS_ADDRESS, .address = 0xdd},
        {.op = HEAP_OP_ALLOC, .has = ALLOC_HAS, .size = 9},
        {.op = HEAP_OP_DESTROY},
    };
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        take(&rt, events[i]);
    struct summary *s = summarize(&rt, INT64_MAX);
    assert_int_equal(s->total.allocs, 3);
    assert_int_equal(s->total.alloc_bytes, 170);
    assert_int_equal(s->total.frees, 1);
    assert_int_equal(s->total.freed_bytes, 50);
    assert_int_equal(s->total.reallocs, 3);
    assert_int_equal(s->total.failed_allocs, 1);
    assert_int_equal(s->total.outstanding_blocks, 0);
    assert_int_equal(s->total.outstanding_bytes, 0);
    assert_int_equal(s->total.peak_bytes, 100);
    assert_int_equal(s->total.peak_row, 0);
    assert_int_equal(s->total.rows, 8);
    assert_int_equal(s->ops[HEAP_OP_FREE], 1);
    summary_free(s);
    s = summarize(&rt, rt.now - 2);
    assert_int_equal(s->total.outstanding_blocks, 2);
    assert_int_equal(s->total.outstanding_bytes, 67);
    summary_free(s);
    random_trace_release(&rt);
}

/* The last second does not include the row exactly one second ago. */
static void test_rate_window(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 1, 10000000, 0);
    const struct trace_event alloc = {
        .op = HEAP_OP_ALLOC, .has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE, .address = 8, .size = 1};
    const int64_t steps[] = {9999999, 1, 9999999, 0};
    const uint64_t allocs[] = {1, 2, 2, 2};
    for (size_t i = 0; i < 4; i++) {
        take(&rt, alloc);
        struct summary *s = summarize(&rt, INT64_MAX);
        assert_int_equal(s->last_second_allocs, allocs[i]);
        assert_int_equal(s->heaps[0].last_second_allocs, allocs[i]);
        summary_free(s);
        rt.now += steps[i] - 1;
    }
    random_trace_release(&rt);
}

static void test_size_classes(void **state)
{
    (void)state;
    assert_int_equal(fold_size_class(0), 0);
    assert_int_equal(fold_size_class(UINT64_MAX), 64);
    for (unsigned k = 1; k < FOLD_SIZE_CLASSES; k++) {
        assert_int_equal(fold_size_class(fold_class_from(k)), k);
        assert_int_equal(fold_size_class(fold_class_from(k) - 1), k - 1);
        assert_int_equal(fold_size_class(fold_class_to(k) - (k < 64)), k);
    }
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_space),       cmocka_unit_test(test_failed_allocs_of_a_source),
        cmocka_unit_test(test_rules),       cmocka_unit_test(test_size_classes),
        cmocka_unit_test(test_rate_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
