/*
 * A timeline kept up to date while its trace grows, blocks change their fate under the filter, and
 * a person zooms: in the end it is the one that is made at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "answer/answer_job.h"
#include "answer/timeline/timeline.h"
#include "random_trace.h"

enum { PARTS = 12, PART_ROWS = 1500 };

static const struct frame_namer nameless = {0};

struct world {
    struct random_trace rt;
    struct query *query;
    struct answer_job *job;
    struct answer *answer; /* the newest */
    struct answer_spec spec;
};

static void begin(struct world *w, uint64_t seed, const char *filter)
{
    struct filter_error error;
    random_trace_init(&w->rt, seed, 10000000, 1000);
    random_trace_add(&w->rt, PART_ROWS);
    struct query_spec asked = {.filter = filter_parse(filter, strlen(filter), &error),
                               .since = INT64_MIN,
                               .until = INT64_MAX};
    assert_non_null(asked.filter);
    w->query = query_new(w->rt.trace, &asked);
    filter_unref(asked.filter);
    w->spec = (struct answer_spec){
        .kind = ANSWER_TIMELINE,
        .timeline = {.since = INT64_MIN, .until = INT64_MAX, .columns = 20, .row = ROW_NONE}};
    w->job = timeline_job_ops.create(w->query, &w->spec);
    w->answer = NULL;
    assert_non_null(w->job);
}

static void end(struct world *w)
{
    timeline_job_ops.free(w->job);
    answer_unref(w->answer);
    query_unref(w->query);
    random_trace_release(&w->rt);
}

static void settle(struct world *w)
{
    while (query_advance(w->query, UINT64_MAX))
        continue;
    while (timeline_job_ops.has_work(w->job, &nameless)) {
        struct answer *done = NULL;
        assert_int_equal(timeline_job_ops.work(w->job, &nameless, &done), 0);
        if (done == NULL)
            continue;
        answer_unref(w->answer);
        w->answer = done;
    }
}

/* Another window, as a person zooms. */
static void zoom(struct world *w)
{
    const struct store *st = w->rt.trace->store;
    uint64_t rows = store_rows(st);
    uint64_t a = rng_below(&w->rt.rng, rows), b = rng_below(&w->rt.rng, rows);
    struct timeline_spec *t = &w->spec.timeline;
    t->since = store_time(st, a < b ? a : b);
    t->until = store_time(st, a < b ? b : a);
    t->by = (enum timeline_parting)rng_below(&w->rt.rng, TIMELINE_PARTINGS);
    t->columns = 1 + (uint32_t)rng_below(&w->rt.rng, 50);
    t->row = rng_below(&w->rt.rng, rows);
    timeline_job_ops.want(w->job, &w->spec);
}

static void assert_same(const struct timeline *a, const struct timeline *b)
{
    assert_int_equal(a->base.rows, b->base.rows);
    assert_int_equal(a->from, b->from);
    assert_int_equal(a->column_ticks, b->column_ticks);
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->known, b->known);
    assert_int_equal(a->series_count, b->series_count);
    assert_memory_equal(a->key, b->key, sizeof a->key);
    for (uint32_t k = 0; k < a->known; k++)
        assert_memory_equal(&a->columns[k], &b->columns[k], sizeof a->columns[k]);
    assert_memory_equal(&a->peak, &b->peak, sizeof a->peak);
    assert_memory_equal(&a->at, &b->at, sizeof a->at);
}

static void check(struct world *w)
{
    struct answer_job *job = timeline_job_ops.create(w->query, &w->spec);
    struct answer *anew = NULL;
    assert_non_null(job);
    while (anew == NULL)
        assert_int_equal(timeline_job_ops.work(job, &nameless, &anew), 0);
    assert_same((struct timeline *)w->answer, (struct timeline *)anew);
    timeline_job_ops.free(job);
    answer_unref(anew);
}

static void test_growth(void **state)
{
    (void)state;
    static const char *const filters[] = {"", "live", "life < 1ms", "size >= 100"};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct world w;
        begin(&w, 40 + i, filters[i]);
        for (int part = 0; part < PARTS; part++) {
            settle(&w);
            check(&w);
            zoom(&w);
            settle(&w);
            check(&w);
            random_trace_add(&w.rt, PART_ROWS);
        }
        end(&w);
    }
}

/* Whoever zooms while rows keep coming is answered at once, of the rows that are there. */
static void test_no_waiting(void **state)
{
    (void)state;
    struct world w;
    begin(&w, 3, "");
    settle(&w);
    random_trace_add(&w.rt, 100000);
    while (query_advance(w.query, UINT64_MAX))
        continue;
    zoom(&w);
    struct answer *done = NULL;
    assert_int_equal(timeline_job_ops.work(w.job, &nameless, &done), 0);
    assert_non_null(done);
    assert_true(done->rows < store_rows(w.rt.trace->store));
    assert_true(timeline_job_ops.has_work(w.job, &nameless));
    answer_unref(done);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_no_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
