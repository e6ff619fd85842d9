/*
 * Tables of sizes against a recount: every block of a random trace is looked at by itself, its
 * lifetime put in a list, the list sorted. Under filters and ranges, for every kind, and while rows
 * keep coming.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/answer_job.h"
#include "answer/answer_maker.h"
#include "answer/sizes/size_table.h"
#include "decoder/heap_op.h"
#include "query/lfh.h"
#include "random_trace.h"

enum { ROWS = 1000, SEEDS = 5 };

/* What is expected of one row. */
struct expected {
    struct size_cell f, source[SIZE_SOURCES];
    uint64_t temporary;
    struct life_cell ended, life[LIFE_CLASSES];
    int64_t *lives; /* ns */
    double sum;
};

struct recount {
    struct trace *trace;
    struct query *query;
    int64_t since, until; /* raw */
};

static const char *const filters[] = {"", "size >= 32", "op == alloc", "life < 1us || source == 2",
                                      "temporary"};

/* ---- the recount ---- */

static bool is_member(const struct size_row *r, enum size_kind kind, uint64_t size)
{
    if (kind == SIZE_BY_BUCKET)
        return lfh_bucket(size, 8) == r->key;
    return size >= r->from && size <= r->to;
}

static uint64_t size_before(const struct recount *rc, uint64_t opener, uint64_t end)
{
    struct row row;
    store_get(rc->trace->store, opener, &row);
    uint64_t size = row.size;
    for (uint64_t id = opener + 1; id < end; id++) {
        store_get(rc->trace->store, id, &row);
        if ((row.flags & ROW_RESIZES) != 0 && row.link == opener)
            size = row.size;
    }
    return size;
}

static unsigned source_of(const struct row *r)
{
    if ((r->has & EVENT_HAS_SOURCE) == 0)
        return SIZE_NO_SOURCE;
    return r->source >= 1 && r->source <= 6 ? r->source : SIZE_OTHER_SOURCE;
}

static bool is_in(const struct recount *rc, int64_t time)
{
    return time >= rc->since && time <= rc->until;
}

static bool is_alloc(const struct row *r)
{
    if ((r->flags & ROW_OPENS) == 0)
        return false;
    return r->op != HEAP_OP_REALLOC ||
           (r->flags & (ROW_MOVED | ROW_REPAIRED)) == (ROW_MOVED | ROW_REPAIRED);
}

static unsigned class_of(int64_t ns)
{
    static const int64_t from[LIFE_CLASSES] = {0,           1000,        10000,     100000,
                                               1000000,     10000000,    100000000, 1000000000,
                                               10000000000, 100000000000};
    unsigned k = 0;
    while (k + 1 < LIFE_CLASSES && ns >= from[k + 1])
        k++;
    return k;
}

static void expect_life(const struct recount *rc, struct expected *e, int64_t ticks, uint64_t size,
                        bool temporary)
{
    int64_t ns = trace_span_ns(rc->trace, ticks);
    unsigned k = class_of(ns);
    e->lives[e->ended.blocks++] = ns;
    e->ended.bytes += size;
    e->life[k].blocks++;
    e->life[k].bytes += size;
    e->temporary += temporary;
    e->sum += (double)ns;
}

/* One row of the trace; it belongs. */
static void expect_row(const struct recount *rc, const struct size_row *r, enum size_kind kind,
                       const struct row *row, struct expected *e)
{
    unsigned source = source_of(row);
    if (is_alloc(row) && is_in(rc, row->time) && is_member(r, kind, row->size)) {
        e->f.allocs++;
        e->f.alloc_bytes += row->size;
        e->source[source].allocs++;
        e->source[source].alloc_bytes += row->size;
    }
    if ((row->flags & ROW_OPENS) == 0 || row->time > rc->until)
        return;
    struct row end = {.id = UINT64_MAX, .time = INT64_MAX};
    if (row->link != ROW_NONE)
        store_get(rc->trace->store, row->link, &end);
    bool ended = row->link != ROW_NONE && end.time <= rc->until;
    uint64_t moment = ended                    ? row->link
                      : rc->until == INT64_MAX ? store_rows(rc->trace->store)
                                               : store_find_time(rc->trace->store, rc->until + 1);
    uint64_t size = size_before(rc, row->id, moment);
    if (!is_member(r, kind, size))
        return;
    if (ended) {
        if (end.time >= rc->since)
            expect_life(rc, e, end.time - row->time, size, (end.flags & ROW_TEMPORARY) != 0);
        return;
    }
    e->f.outstanding_blocks++;
    e->f.outstanding_bytes += size;
    e->source[source].outstanding_blocks++;
    e->source[source].outstanding_bytes += size;
}

static int compare_ns(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void check_percentile(const struct expected *e, unsigned percent, bool exact, int64_t told)
{
    uint64_t rank = (e->ended.blocks * percent + 99) / 100;
    int64_t right = e->ended.blocks > 0 ? e->lives[rank - 1] : 0;
    if (exact)
        assert_int_equal(told, right);
    else
        assert_true(fabs((double)told - (double)right) <= (double)right / 64 + 1000);
}

static void check_row(const struct size_row *r, struct expected *e)
{
    assert_memory_equal(&r->f, &e->f, sizeof e->f);
    assert_memory_equal(r->source, e->source, sizeof e->source);
    assert_memory_equal(&r->ended, &e->ended, sizeof e->ended);
    assert_memory_equal(r->life, e->life, sizeof e->life);
    assert_int_equal(r->temporary, e->temporary);
    qsort(e->lives, e->ended.blocks, sizeof *e->lives, compare_ns);
    assert_int_equal(r->exact, e->ended.blocks <= LIFE_EXACT);
    check_percentile(e, 50, r->exact, r->p50);
    check_percentile(e, 90, r->exact, r->p90);
    check_percentile(e, 99, r->exact, r->p99);
    assert_int_equal(r->longest, e->ended.blocks > 0 ? e->lives[e->ended.blocks - 1] : 0);
    double mean = e->ended.blocks > 0 ? e->sum / (double)e->ended.blocks : 0;
    assert_true(fabs((double)r->mean - mean) <= 2);
}

static void recount_row(const struct recount *rc, const struct size_row *r, enum size_kind kind)
{
    uint64_t rows = store_rows(rc->trace->store);
    struct expected e = {.lives = calloc(rows + 1, sizeof *e.lives)};
    assert_non_null(e.lives);
    for (uint64_t id = 0; id < rows; id++) {
        struct row row;
        store_get(rc->trace->store, id, &row);
        if (matches_has(query_matches(rc->query), id))
            expect_row(rc, r, kind, &row, &e);
    }
    check_row(r, &e);
    free(e.lives);
}

/* The rows add up to the figures of the same query. */
static void check_sums(const struct recount *rc, const struct size_table *t)
{
    struct summary *s = query_summarize(rc->query);
    assert_non_null(s);
    assert_int_equal(t->whole.f.allocs, s->total.allocs);
    assert_int_equal(t->whole.f.alloc_bytes, s->total.alloc_bytes);
    assert_int_equal(t->whole.f.outstanding_blocks, s->total.outstanding_blocks);
    assert_int_equal(t->whole.f.outstanding_bytes, s->total.outstanding_bytes);
    for (size_t i = 0; t->kind == SIZE_BY_POWER && i < t->count; i++) {
        const struct size_figures *k = &s->sizes[t->rows[i].key];
        assert_int_equal(t->rows[i].f.allocs, k->allocs);
        assert_int_equal(t->rows[i].f.outstanding_bytes, k->outstanding_bytes);
    }
    summary_free(s);
}

static void check_table(const struct recount *rc, const struct size_table *t)
{
    uint64_t step = t->count / 16 + 1;
    for (size_t i = 0; i < t->count; i++) {
        assert_true(i == 0 || t->rows[i].from > t->rows[i - 1].to);
        if (i % step == 0)
            recount_row(rc, &t->rows[i], t->kind);
    }
    recount_row(rc, &t->whole, SIZE_BY_POWER);
    check_sums(rc, t);
}

/* ---- tests ---- */

static struct query *ask(struct trace *t, const char *text, int64_t since, int64_t until)
{
    struct filter_error error;
    struct query_spec spec = {.since = since, .until = until};
    if (*text != '\0') {
        spec.filter = filter_parse(text, strlen(text), &error);
        assert_non_null(spec.filter);
    }
    struct query *q = query_new(t, &spec);
    filter_unref(spec.filter);
    while (query_advance(q, 777))
        continue;
    return q;
}

static struct size_table *make(struct query *q, enum size_kind kind)
{
    const struct answer_spec spec = {.kind = ANSWER_SIZES, .sizes = {.kind = kind}};
    struct answer *a = answer_make(q, &spec, NULL);
    assert_non_null(a);
    return (struct size_table *)a;
}

/* The range in ns; the raw one for the recount. */
static void check_query(struct random_trace *rt, const char *filter, int64_t since, int64_t until)
{
    struct query *q = ask(rt->trace, filter, since, until);
    struct recount rc = {.trace = rt->trace, .query = q, .since = INT64_MIN, .until = INT64_MAX};
    if (since != INT64_MIN)
        rc.since = trace_raw(rt->trace, since);
    if (until != INT64_MAX)
        rc.until = trace_raw(rt->trace, until + 1) - 1;
    for (int kind = 0; kind < SIZE_KINDS; kind++) {
        struct size_table *t = make(q, (enum size_kind)kind);
        check_table(&rc, t);
        answer_unref(&t->base);
    }
    query_unref(q);
}

static void test_tables_are_a_recount_of_the_blocks(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct random_trace rt;
        random_trace_init(&rt, seed, seed % 2 ? 10000000 : 3579545, seed % 3 ? 50 : 200000);
        random_trace_add(&rt, ROWS);
        int64_t last = trace_ns(rt.trace, rt.now);
        const char *filter = filters[seed % (sizeof filters / sizeof filters[0])];
        check_query(&rt, "", INT64_MIN, INT64_MAX);
        check_query(&rt, filter, last / 3, 2 * last / 3);
        check_query(&rt, filter, INT64_MIN, last / 2);
        check_query(&rt, "", last / 2, INT64_MAX);
        check_query(&rt, "", 2 * last, INT64_MAX);
        random_trace_release(&rt);
    }
}

/* A table kept while rows come, and while blocks that matched change their fate, ends as one that
 * is made at once. */
static void test_a_live_table_ends_like_a_finished_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct random_trace rt;
        random_trace_init(&rt, 40 + i, 10000000, 50);
        struct query *q = ask(rt.trace, filters[i], INT64_MIN, INT64_MAX);
        const struct answer_spec spec = {.kind = ANSWER_SIZES, .sizes = {.kind = SIZE_BY_EXACT}};
        struct answer_job *job = sizes_job_ops.create(q, &spec);
        struct answer *last = NULL;
        for (int round = 0; round < 40; round++) {
            struct answer *done = NULL;
            if (round < 20)
                random_trace_add(&rt, 150);
            while (query_advance(q, 100))
                continue;
            assert_int_equal(sizes_job_ops.work(job, NULL, &done), 0);
            if (done != NULL) {
                answer_unref(last);
                last = done;
            }
        }
        while (sizes_job_ops.has_work(job, NULL)) {
            struct answer *done = NULL;
            assert_int_equal(sizes_job_ops.work(job, NULL, &done), 0);
            if (done != NULL) {
                answer_unref(last);
                last = done;
            }
        }
        const struct recount rc = {rt.trace, q, INT64_MIN, INT64_MAX};
        assert_non_null(last);
        check_table(&rc, (struct size_table *)last);
        answer_unref(last);
        sizes_job_ops.free(job);
        query_unref(q);
        random_trace_release(&rt);
    }
}

/* ---- lifetimes ---- */

static void test_percentiles_stay_within_the_precision_told(void **state)
{
    (void)state;
    struct rng rng = {7};
    for (int round = 0; round < 40; round++) {
        size_t n = 1 + rng_below(&rng, round % 2 ? 300 : 5000);
        unsigned bits = 1 + (unsigned)rng_below(&rng, 62);
        int64_t *values = calloc(n, sizeof *values);
        struct life_sample s = {0};
        for (size_t i = 0; i < n; i++) {
            values[i] = (int64_t)rng_below(&rng, UINT64_C(1) << bits);
            assert_int_equal(life_sample_add(&s, values[i]), 0);
        }
        qsort(values, n, sizeof *values, compare_ns);
        assert_int_equal(life_sample_is_exact(&s), n <= LIFE_EXACT);
        for (unsigned percent = 1; percent <= 100; percent++) {
            int64_t right = values[(n * percent + 99) / 100 - 1];
            int64_t told = life_sample_percentile(&s, percent);
            if (n <= LIFE_EXACT)
                assert_int_equal(told, right);
            else
                assert_true(llabs(told - right) <= right / 64);
        }
        life_sample_release(&s);
        free(values);
    }
}

/* ---- buckets ---- */

/* Every request is in the smallest bucket whose blocks hold it and its header; the bounds of the
 * buckets follow one another. */
static void test_buckets_hold_what_they_are_for(void **state)
{
    (void)state;
    for (unsigned pointer = 4; pointer <= 8; pointer += 4) {
        for (uint64_t size = 0; size < 17000; size++) {
            unsigned k = lfh_bucket(size, pointer);
            uint64_t from, to;
            lfh_requests(k, pointer, &from, &to);
            assert_true(size >= from && size <= to);
            assert_true(size + 8 <= 16384 ? k >= 2 && k <= LFH_BUCKETS : k == LFH_NONE);
            if (k == LFH_NONE)
                continue;
            assert_true(lfh_block_size(k, pointer) >= size + 8);
            assert_true(k == 2 || lfh_block_size(k - 1, pointer) < size + 8);
        }
    }
}

static void test_buckets_are_those_that_were_published(void **state)
{
    (void)state;
    static const struct {
        unsigned bucket, pointer;
        uint64_t block;
    } told[] = {{1, 4, 8},     {32, 4, 256},   {33, 4, 272},   {48, 4, 512},   {64, 4, 1024},
                {80, 4, 2048}, {96, 4, 4096},  {112, 4, 8192}, {113, 4, 8704}, {128, 4, 16384},
                {1, 8, 16},    {64, 8, 1024},  {65, 8, 1088},  {80, 8, 2048},  {81, 8, 2176},
                {96, 8, 4096}, {112, 8, 8192}, {128, 8, 16384}};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        assert_int_equal(lfh_block_size(told[i].bucket, told[i].pointer), told[i].block);
    /* Distances of neighbours in a real 64-bit heap. */
    static const uint64_t measured[][2] = {{4, 32},  {16, 32}, {24, 32}, {32, 48}, {48, 64},
                                           {54, 64}, {56, 64}, {68, 80}, {75, 96}, {80, 96}};
    for (size_t i = 0; i < sizeof measured / sizeof measured[0]; i++)
        assert_int_equal(lfh_block_size(lfh_bucket(measured[i][0], 8), 8), measured[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_a_recount_of_the_blocks),
        cmocka_unit_test(test_a_live_table_ends_like_a_finished_one),
        cmocka_unit_test(test_percentiles_stay_within_the_precision_told),
        cmocka_unit_test(test_buckets_hold_what_they_are_for),
        cmocka_unit_test(test_buckets_are_those_that_were_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
