/*
 * What is planted in a server's trace is found, first of its kind and alone; in a clean one of a
 * million events nothing is, and neither in the real capture.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer/answer_maker.h"
#include "answer/findings/findings.h"
#include "support/ingested.h"

struct scene {
    struct mketl_trace planted;
    struct memory_file file;
    struct ingest *in;
    struct findings *found;
};

static struct findings *find(struct trace *trace)
{
    const struct answer_spec spec = {.kind = ANSWER_FINDINGS};
    const struct frame_namer nameless = {0};
    const struct query_spec all = {.since = INT64_MIN, .until = INT64_MAX};
    struct query *q = query_new(trace, &all);
    while (query_advance(q, 1000000))
        continue;
    struct answer *found = answer_make(q, &spec, &nameless);
    assert_non_null(found);
    query_unref(q);
    return (struct findings *)found;
}

static void open_scene(struct scene *s, uint32_t planted, uint64_t events, uint64_t seed)
{
    const struct mketl_options options = {.workload = MKETL_WORKLOAD_PLANTED,
                                          .planted = planted,
                                          .events = events,
                                          .seed = seed,
                                          .no_truth = true};
    generate(&options, &s->planted, &s->file);
    s->in = ingest_saved(&s->file);
    s->found = find(ingest_trace(s->in));
    for (size_t i = 0; i < s->found->count; i++)
        print_message("%llu events: %s\n", (unsigned long long)events, s->found->items[i].sentence);
}

static void close_scene(struct scene *s)
{
    answer_unref(&s->found->base);
    ingest_free(s->in);
    mketl_trace_release(&s->planted);
    free(s->file.bytes);
}

/* The same truth in a short trace and in a longer one, with other dice. */
static void expect(enum mketl_plant what, enum finding_kind kind)
{
    for (uint64_t events = 10000; events <= 90000; events *= 3) {
        struct scene s;
        open_scene(&s, 1u << what, events, events);
        assert_int_equal(s.found->count, 1);
        assert_int_equal(s.found->items[0].kind, kind);
        close_scene(&s);
    }
}

static void test_planted(void **state)
{
    (void)state;
    static const enum finding_kind kinds[MKETL_PLANTS] = {
        [MKETL_PLANT_LEAK] = FINDING_GROWTH,
        [MKETL_PLANT_GROWTH] = FINDING_GROWTH,
        [MKETL_PLANT_DOUBLE_FREE] = FINDING_DOUBLE_FREE,
        [MKETL_PLANT_WRONG_HEAP] = FINDING_WRONG_HEAP,
        [MKETL_PLANT_PING_PONG] = FINDING_REALLOC,
        [MKETL_PLANT_FRAGMENT] = FINDING_FRAGMENTATION,
        [MKETL_PLANT_CROSS_THREAD] = FINDING_CROSS_THREAD,
        [MKETL_PLANT_STORM] = FINDING_STORM,
        [MKETL_PLANT_BIG] = FINDING_BIG_BLOCK,
        [MKETL_PLANT_INVALID_SOURCE] = FINDING_INVALID_SOURCE,
    };
    for (enum mketl_plant what = 0; what < MKETL_PLANTS; what++)
        if (what != MKETL_PLANT_CLEAN)
            expect(what, kinds[what]);
}

/* A leak is told by its stack, a growth from all over by its heap. */
static void test_who_grows(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s, 1u << MKETL_PLANT_LEAK, 50000, 3);
    assert_int_not_equal(s.found->items[0].stack, STACK_NONE);
    close_scene(&s);
    open_scene(&s, 1u << MKETL_PLANT_GROWTH, 50000, 3);
    assert_int_equal(s.found->items[0].stack, STACK_NONE);
    assert_int_not_equal(s.found->items[0].heap, INDEX_NONE);
    close_scene(&s);
}

/* All at once: every kind is named, and nothing twice but growth, of which there are two. */
static void test_everything_at_once(void **state)
{
    (void)state;
    struct scene s;
    size_t count[FINDING_KINDS] = {0};
    open_scene(&s, (1u << MKETL_PLANTS) - 1, 200000, 5);
    for (size_t i = 0; i < s.found->count; i++)
        count[s.found->items[i].kind]++;
    for (int kind = 0; kind < FINDING_KINDS; kind++)
        assert_int_equal(count[kind], kind == FINDING_GROWTH ? 2 : 1);
    close_scene(&s);
}

static void test_clean(void **state)
{
    (void)state;
    static const uint64_t events[] = {10000, 30000, 100000, 1000000};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        struct scene s;
        open_scene(&s, 1u << MKETL_PLANT_CLEAN, events[i], i);
        assert_int_equal(s.found->count, 0);
        assert_true(s.found->events > events[i] * 9 / 10);
        assert_false(s.found->cut);
        close_scene(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planted),
        cmocka_unit_test(test_who_grows),
        cmocka_unit_test(test_everything_at_once),
        cmocka_unit_test(test_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
