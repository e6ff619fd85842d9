/*
 * What was outstanding at moments, against a replay of the rows one by one that keeps every block
 * at every moment: random traces, moments, groups and filters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/answer_job.h"
#include "answer/answer_maker.h"
#include "answer/moments/moments.h"
#include "query/fold.h"
#include "random_trace.h"

enum { ROWS = 3000, SEEDS = 6, STACKS = 7 };

static const struct frame_namer nameless;

/* A block as the rows tell it in order. */
struct told {
    bool opened, alive;
    uint64_t size;
};

struct world {
    struct random_trace rt;
    struct query *query;
    struct answer_spec spec;
    struct row rows[ROWS + 64];
    uint64_t count;
    struct told at[MOMENTS_MOST][ROWS + 64]; /* by the row that opened it */
};

/* ---- the replay ---- */

static void tell_row(const struct world *w, const struct row *row, struct told *blocks)
{
    const struct row_closed *closed;
    size_t n = store_closed(w->rt.trace->store, row->id, &closed);
    for (size_t i = 0; i < n; i++)
        blocks[closed[i].row].alive = false;
    if ((row->flags & ROW_CLOSES) != 0)
        blocks[row->link].alive = false;
    if ((row->flags & ROW_RESIZES) != 0)
        blocks[row->link].size = row->size;
    if ((row->flags & ROW_OPENS) != 0)
        blocks[row->id] = (struct told){.opened = true, .alive = true, .size = row->size};
}

static void tell_moments(struct world *w)
{
    struct told *now = calloc(ROWS + 64, sizeof *now);
    uint64_t next = 0;
    assert_non_null(now);
    for (uint32_t k = 0; k < w->spec.moments.count; k++) {
        for (; next < w->count && w->rows[next].time <= w->spec.moments.times[k]; next++)
            tell_row(w, &w->rows[next], now);
        memcpy(w->at[k], now, sizeof w->at[k]);
    }
    free(now);
}

/* The group of a block of that size, as the row's key and, by stack, its process. */
static uint64_t key_of(const struct world *w, uint64_t opener, uint64_t size)
{
    const struct row *row = &w->rows[opener];
    uint32_t process = registry_thread(w->rt.trace->registry, row->thread)->process;
    switch (w->spec.moments.by) {
    case MOMENTS_BY_STACK:
        return (uint64_t)process << 32 | row->stack;
    case MOMENTS_BY_HEAP:
        return row->heap;
    case MOMENTS_BY_SIZE:
        return fold_size_class(size);
    case MOMENTS_BY_SOURCE:
        return (row->has & EVENT_HAS_SOURCE) != 0 ? row->source : MOMENTS_NO_SOURCE;
    case MOMENTS_BY_THREAD:
        return row->thread;
    default:
        return process;
    }
}

static bool belongs(const struct world *w, uint32_t k, uint64_t opener, const uint64_t *key)
{
    const struct told *b = &w->at[k][opener];
    return b->alive && query_has(w->query, opener) &&
           (key == NULL || key_of(w, opener, b->size) == *key);
}

static void add(struct moment_value *v, uint64_t bytes)
{
    v->bytes += bytes;
    v->blocks++;
}

/* Tells a group anew; NULL: everything. */
static void tell_group(const struct world *w, const uint64_t *key, struct moment_value *at,
                       struct moments_row *out)
{
    uint32_t last = w->spec.moments.count - 1;
    *out = (struct moments_row){.at = at};
    memset(at, 0, MOMENTS_MOST * sizeof *at);
    for (uint64_t id = 0; id < w->count; id++) {
        for (uint32_t k = 0; k <= last; k++)
            if (belongs(w, k, id, key))
                add(&at[k], w->at[k][id].size);
        bool was = belongs(w, 0, id, key), is = belongs(w, last, id, key);
        if (was && !is)
            add(&out->gone, w->at[0][id].size);
        if (is)
            add(was ? &out->old : &out->fresh, w->at[last][id].size);
    }
}

/* ---- the comparison ---- */

static void assert_same_value(const struct moment_value *a, const struct moment_value *b)
{
    assert_int_equal(a->bytes, b->bytes);
    assert_int_equal(a->blocks, b->blocks);
}

static void check_row(const struct world *w, const struct moments_row *row, const uint64_t *key)
{
    struct moment_value at[MOMENTS_MOST];
    struct moments_row told;
    uint32_t count = w->spec.moments.count;
    bool grew = count > 2;
    tell_group(w, key, at, &told);
    for (uint32_t k = 0; k < count; k++) {
        assert_same_value(&row->at[k], &at[k]);
        grew = grew && (k == 0 || at[k].bytes > at[k - 1].bytes);
    }
    assert_same_value(&row->fresh, &told.fresh);
    assert_same_value(&row->gone, &told.gone);
    assert_same_value(&row->old, &told.old);
    assert_int_equal(row->grew, grew);
    assert_int_equal(row->delta_bytes, (int64_t)(at[count - 1].bytes - at[0].bytes));
    assert_int_equal(row->delta_blocks, (int64_t)(at[count - 1].blocks - at[0].blocks));
}

/* The condition chooses exactly the blocks of the row: of all rows that have the same one, for
 * pids, thread ids and handles are used again. */
static void check_condition(const struct world *w, const struct moments *m,
                            const struct moments_row *row)
{
    struct query_spec spec = {.since = INT64_MIN, .until = INT64_MAX, .rows_only = true};
    uint32_t last = w->spec.moments.count - 1;
    struct moment_value sum = {0};
    spec.filter = filter_parse(row->condition, strlen(row->condition), NULL);
    assert_non_null(spec.filter);
    struct query *q = query_new(w->rt.trace, &spec);
    while (query_advance(q, UINT64_MAX))
        continue;
    for (uint64_t id = 0; id < w->count; id++)
        if (query_has(q, id) && belongs(w, last, id, NULL))
            add(&sum, w->at[last][id].size);
    for (size_t i = 0; i < m->row_count; i++) {
        if (strcmp(m->rows[i].condition, row->condition) != 0)
            continue;
        sum.bytes -= m->rows[i].at[last].bytes;
        sum.blocks -= m->rows[i].at[last].blocks;
    }
    assert_same_value(&sum, &(struct moment_value){0});
    query_unref(q);
    filter_unref(spec.filter);
}

/* Which keys there are, each once. */
static size_t find_keys(const struct world *w, uint64_t *keys)
{
    size_t count = 0;
    for (uint32_t k = 0; k < w->spec.moments.count; k++)
        for (uint64_t id = 0; id < w->count; id++) {
            if (!belongs(w, k, id, NULL))
                continue;
            uint64_t key = key_of(w, id, w->at[k][id].size);
            size_t i = 0;
            while (i < count && keys[i] != key)
                i++;
            keys[i] = key;
            count += i == count;
        }
    return count;
}

/* The row of a key; by stack, of that process. */
static const struct moments_row *find_row(const struct world *w, const struct moments *m,
                                          uint64_t key, size_t nth)
{
    bool by_stack = w->spec.moments.by == MOMENTS_BY_STACK;
    for (size_t i = 0; i < m->row_count; i++)
        if (m->rows[i].key == (by_stack ? (uint32_t)key : key) && nth-- == 0)
            return &m->rows[i];
    return NULL;
}

static bool has_condition_of(const struct world *w, const struct moments_row *row, uint64_t key)
{
    char pid[32];
    const struct process *p = registry_process(w->rt.trace->registry, (uint32_t)(key >> 32));
    snprintf(pid, sizeof pid, p->pid != EVENT_NO_ID ? "pid == %u " : "!(pid >= 0) ", p->pid);
    return strstr(row->condition, pid) != NULL;
}

static void check_key(const struct world *w, const struct moments *m, uint64_t key)
{
    const struct moments_row *row = find_row(w, m, key, 0);
    if (w->spec.moments.by == MOMENTS_BY_STACK)
        for (size_t nth = 1; row != NULL && !has_condition_of(w, row, key); nth++)
            row = find_row(w, m, key, nth);
    assert_non_null(row);
    check_row(w, row, &key);
}

static void check_answer(struct world *w)
{
    uint64_t *keys = calloc(ROWS, sizeof *keys);
    struct moments *m = (struct moments *)answer_make(w->query, &w->spec, &nameless);
    assert_non_null(m);
    tell_moments(w);
    check_row(w, &m->whole, NULL);
    size_t count = find_keys(w, keys);
    assert_int_equal(m->row_count, count);
    for (size_t i = 0; i < count; i++)
        check_key(w, m, keys[i]);
    /* A resized block has left the class that its Alloc asked for. */
    for (size_t i = 0; w->spec.moments.by != MOMENTS_BY_SIZE && i < count; i += 3)
        check_condition(w, m, &m->rows[i]);
    answer_unref(&m->base);
    free(keys);
}

/* ---- worlds ---- */

static void give_stacks(struct world *w)
{
    uint32_t stacks[STACKS];
    for (uint64_t i = 0; i < STACKS; i++)
        stacks[i] = stack_table_add(w->rt.trace->stacks, (uint64_t[]){0x1000 * i + 16, 77}, 2);
    for (uint64_t id = 0; id < store_appended(w->rt.trace->store); id++)
        if (!rng_chance(&w->rt.rng, 100))
            assert_int_equal(
                store_set_stack(w->rt.trace->store, id, stacks[rng_below(&w->rt.rng, STACKS)]), 0);
}

static void open_world(struct world *w, uint64_t seed, const char *filter)
{
    struct query_spec spec = {.since = INT64_MIN, .until = INT64_MAX, .rows_only = true};
    random_trace_init(&w->rt, seed, 10000000, 5);
    random_trace_add(&w->rt, ROWS);
    give_stacks(w);
    w->count = store_rows(w->rt.trace->store);
    assert_true(w->count < ROWS + 64);
    for (uint64_t id = 0; id < w->count; id++)
        store_get(w->rt.trace->store, id, &w->rows[id]);
    if (filter != NULL)
        spec.filter = filter_parse(filter, strlen(filter), NULL);
    w->query = query_new(w->rt.trace, &spec);
    filter_unref(spec.filter);
    while (query_advance(w->query, UINT64_MAX))
        continue;
}

static void close_world(struct world *w)
{
    query_unref(w->query);
    random_trace_release(&w->rt);
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Any times, some of them before the first row, at the end, or twice. */
static void choose_moments(struct world *w, enum moments_group by, uint32_t count)
{
    w->spec = (struct answer_spec){.kind = ANSWER_MOMENTS, .moments = {.by = by, .count = count}};
    for (uint32_t k = 0; k < count; k++)
        w->spec.moments.times[k] = (int64_t)rng_below(&w->rt.rng, (uint64_t)w->rt.now + 20) - 10;
    if (count > 3)
        w->spec.moments.times[1] = w->spec.moments.times[2];
    if (rng_chance(&w->rt.rng, 300))
        w->spec.moments.times[count - 1] = INT64_MAX;
    qsort(w->spec.moments.times, count, sizeof w->spec.moments.times[0], compare_times);
}

static void test_random_traces(void **state)
{
    static const char *const filters[] = {NULL, "size >= 100", "tid in 0..3 || source == 2",
                                          "stack in [1, 3]"};
    static const uint32_t counts[] = {1, 2, 3, 5, MOMENTS_MOST};
    struct world *w = calloc(1, sizeof *w);
    (void)state;
    assert_non_null(w);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        open_world(w, seed, filters[seed % 4]);
        for (unsigned by = 0; by < MOMENTS_GROUPS; by++)
            for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
                choose_moments(w, (enum moments_group)by, counts[i]);
                check_answer(w);
            }
        close_world(w);
    }
    free(w);
}

/* ---- another range ---- */

static struct moments *work_on(struct answer_job *job, struct query *q)
{
    struct answer *newest = NULL;
    while (query_advance(q, 1000))
        continue;
    while (moments_job_ops.has_work(job, &nameless)) {
        struct answer *done = NULL;
        assert_int_equal(moments_job_ops.work(job, &nameless, &done), 0);
        if (done == NULL)
            continue;
        answer_unref(newest);
        newest = done;
    }
    return (struct moments *)newest;
}

/* Figures do not depend on the range, but for a filter that asks about it. */
static void test_other_range(void **state)
{
    (void)state;
    static const char text[] = "class == aifo";
    struct filter_error error;
    struct random_trace rt;
    random_trace_init(&rt, 3, 10000000, 5);
    random_trace_add(&rt, ROWS);
    struct query_spec asked = {
        .filter = filter_parse(text, strlen(text), &error), .since = INT64_MIN, .until = INT64_MAX};
    assert_non_null(asked.filter);
    struct query *whole = query_new(rt.trace, &asked);
    asked.since = trace_ns(rt.trace, store_time(rt.trace->store, ROWS / 2));
    struct query *half = query_new_like(whole, &asked);
    const struct answer_spec spec = {
        .kind = ANSWER_MOMENTS,
        .moments = {.by = MOMENTS_BY_HEAP, .count = 1, .times = {INT64_MAX}}};
    struct answer_job *job = moments_job_ops.create(whole, &spec);
    struct moments *before = work_on(job, whole);
    assert_non_null(before);
    assert_true(moments_job_ops.move(job, half));
    struct moments *now = work_on(job, half);
    struct answer *anew = answer_make(half, &spec, &nameless);
    assert_non_null(now);
    assert_non_null(anew);
    assert_int_equal(now->whole.at[0].blocks, ((struct moments *)anew)->whole.at[0].blocks);
    assert_true(now->whole.at[0].blocks < before->whole.at[0].blocks);
    answer_unref(&before->base);
    answer_unref(&now->base);
    answer_unref(anew);
    moments_job_ops.free(job);
    query_unref(whole);
    query_unref(half);
    filter_unref(asked.filter);
    random_trace_release(&rt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_traces),
        cmocka_unit_test(test_other_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
