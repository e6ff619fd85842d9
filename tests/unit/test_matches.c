/*
 * The list of matching rows against counting them one by one: at the borders of words and chunks,
 * while it grows, when rows change their mind, and with a reader on another thread.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "query/matches.h"
#include "random_trace.h"

static struct filter *parse(const char *text)
{
    struct filter_error e;
    struct filter *f = filter_parse(text, strlen(text), &e);
    assert_non_null(f);
    return f;
}

static struct matches *match(const struct random_trace *rt, const char *text)
{
    struct filter *f = parse(text);
    struct matches *m = matches_new(f, rt->trace);
    assert_non_null(m);
    filter_unref(f);
    return m;
}

static uint64_t rows_of(const struct random_trace *rt)
{
    return store_rows(rt->trace->store);
}

/* What each row is, decided alone. */
static bool *decide_alone(const struct random_trace *rt, const char *text)
{
    struct filter *f = parse(text);
    struct filter_run *run = filter_run_new(f, rt->trace);
    filter_run_refresh(run);
    bool *is = calloc(rows_of(rt) + 1, sizeof *is);
    for (uint64_t i = 0; i < rows_of(rt); i++)
        is[i] = filter_run_row(run, i);
    filter_run_free(run);
    filter_unref(f);
    return is;
}

static bool near_border(uint64_t row)
{
    return row % 64 < 2 || row % 64 == 63;
}

/* Rows [0, n) of the list against the counted ones. Near borders everything is asked. */
static void check_list(const struct matches *m, const bool *is, uint64_t n)
{
    uint64_t count = 0;
    assert_int_equal(matches_scanned(m), n);
    for (uint64_t i = 0; i < n; i++) {
        if (matches_has(m, i) != is[i])
            fail_msg("row %llu of %llu", (unsigned long long)i, (unsigned long long)n);
        bool asked = i % 65536 < 200 || i % 65536 > 65400 || (near_border(i) && i % 31 == 0);
        if (asked)
            assert_int_equal(matches_rank(m, i), count);
        if (asked && is[i])
            assert_int_equal(matches_select(m, count), i);
        count += is[i];
    }
    assert_int_equal(matches_count(m), count);
    assert_int_equal(matches_rank(m, n), count);
    assert_int_equal(matches_rank(m, UINT64_MAX), count);
    assert_int_equal(matches_select(m, count), ROW_NONE);
    assert_int_equal(matches_select(m, UINT64_MAX), ROW_NONE);
    assert_false(matches_has(m, n));
    assert_false(matches_has(m, UINT64_MAX));
}

static const char *const lists[] = {
    "op == alloc", "op == op255", "size >= 0 || !size >= 0", "time > 20ms", "time < 1us", "live",
};

static void test_borders(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 3, 10000000, 10);
    random_trace_add(&rt, 2 * 65536 + 333);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        bool *is = decide_alone(&rt, lists[i]);
        struct matches *m = match(&rt, lists[i]);
        const uint64_t steps[] = {1, 62, 1, 1, 63, 65536 - 129, 1, 1, 65536, UINT64_MAX};
        uint64_t at = 0;
        for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
            at = steps[k] < rows_of(&rt) - at ? at + steps[k] : rows_of(&rt);
            matches_advance(m, rows_of(&rt), steps[k]);
            check_list(m, is, at);
        }
        assert_int_equal(matches_advance(m, rows_of(&rt), 10), 0);
        assert_int_equal(matches_flips(m), 0);
        matches_free(m);
        free(is);
    }
    random_trace_release(&rt);
}

static void test_every_row(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 3, 10000000, 10);
    random_trace_add(&rt, 1000);
    bool is[1000];
    memset(is, 1, sizeof is);
    struct matches *m = matches_new(NULL, rt.trace);
    struct matches *blank = match(&rt, "  ");
    assert_int_equal(matches_count(m), 0);
    assert_int_equal(matches_select(m, 0), ROW_NONE);
    assert_int_equal(matches_advance(m, 900, 500), 500);
    assert_int_equal(matches_advance(blank, 900, 500), 500);
    check_list(m, is, 500);
    assert_int_equal(matches_advance(m, 900, 500), 400);
    check_list(m, is, 900);
    check_list(blank, is, 500);
    matches_free(blank);
    matches_free(m);
    random_trace_release(&rt);
}

/* Blocks that end later change rows that were decided before, and the list says so. */
static void test_flips(void **state)
{
    (void)state;
    static const char *const fates[] = {"live",          "!live && op == alloc",
                                        "life < 10us",   "temporary || op == realloc && live",
                                        "!life > 0",     "live && size > 3",
                                        "chain >= 2",    "chain in [1, 3, 5] && !live",
                                        "class == aifo", "class != AIFI && chain > 1"};
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct random_trace rt;
        const char *text = fates[seed % 10];
        random_trace_init(&rt, 100 + seed, 10000000, 20);
        struct matches *m = match(&rt, text);
        bool *before = NULL;
        uint64_t known = 0, flips = 0;
        for (int batch = 0; batch < 30; batch++) {
            random_trace_add(&rt, rng_below(&rt.rng, 120));
            uint64_t step = rng_chance(&rt.rng, 500) ? UINT64_MAX : rng_below(&rt.rng, 150);
            while (matches_scanned(m) < rows_of(&rt) && step != 0)
                matches_advance(m, rows_of(&rt), step);
            if (step == 0)
                continue;
            bool *is = decide_alone(&rt, text);
            check_list(m, is, rows_of(&rt));
            for (uint64_t i = 0; i < known; i++)
                flips += before[i] != is[i];
            /* In steps a row may also flip that this batch decided. */
            assert_true(matches_flips(m) >= flips);
            known = rows_of(&rt);
            free(before);
            before = is;
        }
        assert_true(flips > 0);
        free(before);
        matches_free(m);
        random_trace_release(&rt);
    }
}

/* With whole batches taken at once, exactly the bits that changed are counted. */
static void test_flips_are_counted(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 77, 10000000, 20);
    struct matches *m = match(&rt, "live");
    uint64_t flips = 0;
    bool *before = calloc(1, 1);
    for (uint64_t known = 0; known < 3000; known = rows_of(&rt)) {
        random_trace_add(&rt, 100);
        matches_advance(m, rows_of(&rt), UINT64_MAX);
        bool *is = decide_alone(&rt, "live");
        for (uint64_t i = 0; i < known; i++)
            flips += before[i] != is[i];
        assert_int_equal(matches_flips(m), flips);
        free(before);
        before = is;
    }
    free(before);
    matches_free(m);
    random_trace_release(&rt);
}

/* A process whose name comes late: its rows are found even when nothing else is new. */
static void test_late_names(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 8, 10000000, 20);
    struct matches *m = match(&rt, "process ~ app && op == free");
    random_trace_add(&rt, 70000);
    matches_advance(m, rows_of(&rt), UINT64_MAX);
    assert_int_equal(matches_count(m), 0);
    for (unsigned n = 0; n < RANDOM_PROCESSES; n++) {
        uint64_t flips = matches_flips(m), count = matches_count(m);
        random_trace_name(&rt, n);
        assert_int_equal(matches_advance(m, rows_of(&rt), UINT64_MAX), 0);
        bool *is = decide_alone(&rt, "process ~ app && op == free");
        check_list(m, is, rows_of(&rt));
        assert_true(matches_count(m) > count);
        assert_int_equal(matches_flips(m) - flips, matches_count(m) - count);
        free(is);
    }
    matches_free(m);
    random_trace_release(&rt);
}

/* The reader: what it is told must hold together, whatever the worker does meanwhile. */
struct reader {
    struct matches *m;
    _Atomic bool stop;
    bool steady; /* rows do not change their mind */
    _Atomic uint64_t answers;
    const char *complaint;
};

static void *read_list(void *arg)
{
    struct reader *r = arg;
    struct rng rng = {1};
    while (!atomic_load(&r->stop) && r->complaint == NULL) {
        uint64_t scanned = matches_scanned(r->m), count = matches_count(r->m);
        uint64_t k = rng_below(&rng, count + 2);
        uint64_t row = matches_select(r->m, k);
        atomic_fetch_add(&r->answers, 1);
        if (row == ROW_NONE) {
            if (r->steady && k < count)
                r->complaint = "a match that was counted is gone";
            continue;
        }
        if (row >= matches_scanned(r->m))
            r->complaint = "a row that was not published";
        if (r->steady && (!matches_has(r->m, row) || matches_rank(r->m, row) != k))
            r->complaint = "select and rank disagree";
        if (matches_scanned(r->m) < scanned)
            r->complaint = "the list shrank";
    }
    return NULL;
}

static void run_with_reader(const char *text, bool steady)
{
    struct random_trace rt;
    random_trace_init(&rt, 9, 10000000, 20);
    struct reader r = {.m = match(&rt, text), .steady = steady};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, read_list, &r), 0);
    while (rows_of(&rt) < 140000) {
        random_trace_add(&rt, 1 + rng_below(&rt.rng, 1500));
        while (matches_advance(r.m, rows_of(&rt), 1000) != 0)
            continue;
    }
    while (atomic_load(&r.answers) < 100)
        continue;
    atomic_store(&r.stop, true);
    pthread_join(thread, NULL);
    assert_null(r.complaint);
    matches_free(r.m);
    random_trace_release(&rt);
}

static void test_reader(void **state)
{
    (void)state;
    run_with_reader("op == alloc && size > 3", true);
    run_with_reader("live", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_borders),    cmocka_unit_test(test_every_row),
        cmocka_unit_test(test_flips),      cmocka_unit_test(test_flips_are_counted),
        cmocka_unit_test(test_late_names), cmocka_unit_test(test_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
