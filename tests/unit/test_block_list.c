/* Lists of blocks against a walk through all rows one by one: which blocks, how large, in what
 * order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "answer/answer_job.h"
#include "answer/answer_maker.h"
#include "answer/blocks/block_list.h"
#include "answer/blocks/block_order.h"
#include "answer/blocks/block_sort.h"
#include "model/chains.h"
#include "random_trace.h"

enum { ROWS = 3000, SEEDS = 6 };

/* A block as the rows tell it in order. */
struct told {
    uint64_t opener, closer;
    uint64_t size;
    struct row birth, death;
    enum block_class class;
};

struct world {
    struct random_trace rt;
    struct told *all;
    size_t count;
    struct query *query;
    struct block_range range;
};

static struct told *told_of(struct world *w, uint64_t opener)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i].opener == opener)
            return &w->all[i];
    fail_msg("no block at row %llu", (unsigned long long)opener);
    return NULL;
}

static void tell_row(struct world *w, const struct row *row)
{
    const struct row_closed *closed;
    size_t n = store_closed(w->rt.trace->store, row->id, &closed);
    for (size_t i = 0; i < n; i++)
        told_of(w, closed[i].row)->death = *row;
    if ((row->flags & ROW_CLOSES) != 0)
        told_of(w, row->link)->death = *row;
    if ((row->flags & ROW_RESIZES) != 0 && row->id < w->range.end)
        told_of(w, row->link)->size = row->size;
    if ((row->flags & ROW_OPENS) != 0)
        w->all[w->count++] = (struct told){
            .opener = row->id, .size = row->size, .birth = *row, .death.id = ROW_NONE};
}

static void open_world(struct world *w, uint64_t seed, struct query_spec spec)
{
    *w = (struct world){0};
    random_trace_init(&w->rt, seed, 10000000, 5);
    random_trace_add(&w->rt, ROWS);
    uint64_t rows = store_rows(w->rt.trace->store);
    w->all = calloc(rows, sizeof *w->all);
    w->query = query_new(w->rt.trace, &spec);
    assert_non_null(w->all);
    assert_non_null(w->query);
    while (query_advance(w->query, 1000))
        continue;
    w->range = query_range(w->query);
    for (uint64_t id = 0; id < rows; id++) {
        struct row row;
        store_get(w->rt.trace->store, id, &row);
        tell_row(w, &row);
    }
    for (size_t i = 0; i < w->count; i++) {
        w->all[i].closer = w->all[i].death.id;
        w->all[i].class = block_class(w->all[i].opener, w->all[i].closer, w->range);
    }
}

static void close_world(struct world *w)
{
    query_unref(w->query);
    random_trace_release(&w->rt);
    free(w->all);
}

static struct block_list *make(struct world *w, unsigned classes, enum block_order order)
{
    static const struct frame_namer nameless = {0};
    const struct answer_spec spec = {.kind = ANSWER_BLOCKS,
                                     .blocks = {.classes = classes, .order = order}};
    struct answer *a = answer_make(w->query, &spec, &nameless);
    assert_non_null(a);
    return (struct block_list *)a;
}

/* Every block that belongs and is of a class wanted, once; and no other. */
static void check_set(struct world *w, const struct block_list *l, unsigned classes)
{
    struct block_total total[BLOCK_CLASSES] = {{0}};
    uint64_t count = 0;
    for (size_t i = 0; i < w->count; i++) {
        const struct told *b = &w->all[i];
        bool wanted = b->class != BLOCK_NEVER && (classes >> b->class & 1) != 0 &&
                      matches_has(query_matches(w->query), b->opener);
        bool has;
        block_list_place(l, w->rt.trace, b->opener, false, &has);
        assert_int_equal(has, wanted);
        count += wanted;
        total[b->class].blocks += wanted;
        total[b->class].bytes += wanted ? b->size : 0;
    }
    assert_int_equal(l->count, count);
    assert_int_equal(l->total.blocks, count);
    for (int k = 0; k < BLOCK_NEVER; k++) {
        assert_int_equal(l->of_class[k].blocks, total[k].blocks);
        assert_int_equal(l->of_class[k].bytes, total[k].bytes);
    }
}

/* What the blocks look like, and that they stand where they are said to stand. */
static void check_blocks(struct world *w, const struct block_list *l)
{
    const struct trace *t = w->rt.trace;
    for (uint64_t pos = 0; pos < l->count; pos++) {
        struct block b, same;
        block_list_get(l, t, pos, false, &b);
        block_list_get(l, t, l->count - 1 - pos, true, &same);
        const struct told *told = told_of(w, b.birth.id);
        assert_int_equal(same.birth.id, b.birth.id);
        assert_int_equal(b.size, told->size);
        assert_int_equal(b.death.id, told->closer);
        assert_int_equal(b.class, told->class);
        assert_int_equal(b.end != BLOCK_END_NONE, told->closer != ROW_NONE);
        assert_int_equal(block_list_place(l, t, b.birth.id, false, NULL), pos);
        assert_int_equal(block_list_place(l, t, b.birth.id, true, NULL), l->count - 1 - pos);
    }
}

/* The order, by values worked out from whole rows. */
static uint64_t value_of(const struct world *w, const struct told *b, enum block_order order)
{
    const struct registry *r = w->rt.trace->registry;
    bool dead = b->closer != ROW_NONE;
    bool freed =
        dead && (b->death.op == HEAP_OP_FREE || b->death.op == HEAP_OP_DESTROY ||
                 (b->death.op == HEAP_OP_REALLOC && b->death.old_address == b->birth.address));
    switch (order) {
    case BLOCK_ORDER_ADDRESS:
        return b->birth.address;
    case BLOCK_ORDER_SIZE:
        return b->size;
    case BLOCK_ORDER_HEAP:
        return registry_heap(r, b->birth.heap)->handle;
    case BLOCK_ORDER_PROCESS:
        return registry_process(r, registry_thread(r, b->birth.thread)->process)->pid;
    case BLOCK_ORDER_DIED:
        return dead ? b->closer + 1 : 0;
    case BLOCK_ORDER_AGE:
        return dead ? 0 : ROWS * 2 - b->opener;
    case BLOCK_ORDER_LIFE:
        return dead ? (uint64_t)(b->death.time - b->birth.time) + 1 : 0;
    case BLOCK_ORDER_CLASS:
        return b->class;
    case BLOCK_ORDER_TID:
        return registry_thread(r, b->birth.thread)->tid;
    case BLOCK_ORDER_FREE_TID:
        return freed ? registry_thread(r, b->death.thread)->tid + UINT64_C(1) : 0;
    case BLOCK_ORDER_SOURCE:
        return (b->birth.has & EVENT_HAS_SOURCE) != 0 ? b->birth.source + UINT64_C(1) : 0;
    case BLOCK_ORDER_CHAIN:
        return chains_length(trace_chains(w->rt.trace), b->opener);
    case BLOCK_ORDER_FREE_SOURCE:
        return freed && (b->death.has & EVENT_HAS_SOURCE) != 0 ? b->death.source + UINT64_C(1) : 0;
    default:
        return 0;
    }
}

static void check_order(struct world *w, const struct block_list *l)
{
    const struct told *before = NULL;
    for (uint64_t pos = 0; pos < l->count; pos++) {
        const struct told *b = told_of(w, block_list_opener(l, pos, false));
        uint64_t value = value_of(w, b, l->order);
        if (before != NULL) {
            uint64_t last = value_of(w, before, l->order);
            assert_true(last < value || (last == value && before->opener < b->opener));
        }
        before = b;
    }
}

static void check_world(uint64_t seed, struct query_spec spec)
{
    static const unsigned classes[] = {BLOCK_CLASSES_OUTSTANDING, BLOCK_CLASSES_ALL,
                                       1u << BLOCK_AIFI,          1u << BLOCK_AIFO,
                                       1u << BLOCK_AOFI,          1u << BLOCK_AOFO};
    struct world w;
    open_world(&w, seed, spec);
    for (int order = 0; order < BLOCK_ORDERS; order++) {
        unsigned wanted = classes[(size_t)order % (sizeof classes / sizeof classes[0])];
        struct block_list *l = make(&w, wanted, (enum block_order)order);
        check_set(&w, l, wanted);
        check_order(&w, l);
        answer_unref(&l->base);
        l = make(&w, BLOCK_CLASSES_ALL, (enum block_order)order);
        check_order(&w, l);
        if (order % 4 == 0)
            check_blocks(&w, l);
        answer_unref(&l->base);
    }
    close_world(&w);
}

static void test_random_traces(void **state)
{
    (void)state;
    const struct query_spec everything = {.since = INT64_MIN, .until = INT64_MAX};
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        check_world(seed, everything);
}

static void test_ranges_and_filters(void **state)
{
    (void)state;
    static const char text[] = "size >= 64 || source == lfh";
    struct filter_error error;
    struct filter *f = filter_parse(text, strlen(text), &error);
    assert_non_null(f);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        int64_t since = (int64_t)seed * 40000, until = since + (int64_t)seed * 60000;
        check_world(seed, (struct query_spec){.since = since, .until = until});
        check_world(seed, (struct query_spec){.filter = f, .since = since, .until = INT64_MAX});
        check_world(seed, (struct query_spec){.filter = f, .since = INT64_MIN, .until = until});
    }
    check_world(1, (struct query_spec){.since = INT64_MAX - 1, .until = INT64_MAX});
    check_world(2, (struct query_spec){.since = 100, .until = 50});
    filter_unref(f);
}

/* ---- sorting alone ---- */

static uint64_t planted(void *ctx, uint32_t row)
{
    return ((const uint64_t *)ctx)[row];
}

static void check_sort(const uint64_t *values, uint32_t count, size_t work)
{
    struct block_sort s = {0};
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(block_sort_add(&s, i, values[i]), 0);
    unsigned percent = 0;
    while (block_sort_step(&s, work, planted, (void *)(uintptr_t)values) > 0) {
        assert_true(block_sort_percent(&s) >= percent);
        percent = block_sort_percent(&s);
    }
    assert_int_equal(block_sort_percent(&s), 100);
    uint32_t *rows = block_sort_take(&s);
    assert_int_equal(rows != NULL, count > 0);
    for (uint32_t i = 1; i < count; i++) {
        uint64_t a = values[rows[i - 1]], b = values[rows[i]];
        assert_true(a < b || (a == b && rows[i - 1] < rows[i]));
    }
    free(rows);
}

static void test_sorting(void **state)
{
    (void)state;
    static const uint64_t masks[] = {0,
                                     1,
                                     0xff,
                                     UINT64_C(1) << 63,
                                     UINT64_MAX,
                                     0xfffffff0,
                                     UINT64_C(0xffff) << 24,
                                     UINT32_MAX,
                                     0x80000001u,
                                     UINT64_C(0x100000001)};
    static uint64_t values[5000];
    struct rng rng = {7};
    for (size_t m = 0; m < sizeof masks / sizeof masks[0]; m++) {
        for (size_t i = 0; i < 5000; i++)
            values[i] = rng_next(&rng) & masks[m];
        check_sort(values, 5000, 333);
        check_sort(values, 1, 1);
        check_sort(values, 0, 1);
        check_sort(values, 64, 1);
    }
}

/* A trace that grows while its list is made: what was begun is shown, then what came. */
static void test_growth(void **state)
{
    (void)state;
    static const struct frame_namer nameless = {0};
    struct world w;
    open_world(&w, 3, (struct query_spec){.since = INT64_MIN, .until = INT64_MAX});
    const struct answer_spec spec = {
        .kind = ANSWER_BLOCKS, .blocks = {.classes = BLOCK_CLASSES_ALL, .order = BLOCK_ORDER_SIZE}};
    struct answer_maker *m = answer_maker_new(w.query, &spec);
    assert_non_null(m);
    uint64_t before = 0;
    for (int i = 0; i < 5; i++) {
        random_trace_add(&w.rt, 500);
        while (query_advance(w.query, 100000))
            continue;
        answer_maker_want(m, &spec); /* ends the rest */
        while (answer_maker_step(m, &nameless))
            continue;
        const struct block_list *l = (const struct block_list *)answer_maker_answer(m);
        assert_non_null(l);
        assert_true(answer_maker_is_settled(m));
        assert_int_equal(l->base.rows, store_rows(w.rt.trace->store));
        assert_true(l->count > before);
        before = l->count;
    }
    answer_maker_free(m);
    close_world(&w);
}

/* Another order or range while a list is collected or sorted: nothing of it is freed twice. */
static void test_other_questions(void **state)
{
    (void)state;
    static const struct frame_namer nameless = {0};
    struct world w;
    open_world(&w, 3, (struct query_spec){.since = INT64_MIN, .until = INT64_MAX});
    struct answer_spec spec = {.kind = ANSWER_BLOCKS,
                               .blocks = {.classes = BLOCK_CLASSES_ALL, .order = BLOCK_ORDER_SIZE}};
    assert_true(replay_resizes(w.rt.trace->replay)->count > 0);
    for (int steps = 0; steps < 12; steps++) {
        struct answer *done = NULL;
        struct answer_job *job = block_job_ops.create(w.query, &spec);
        assert_non_null(job);
        for (int i = 0; i < steps && done == NULL; i++)
            assert_int_equal(block_job_ops.work(job, &nameless, &done), 0);
        answer_unref(done);
        done = NULL;
        if (steps % 2 == 0)
            block_job_ops.want(job, &spec);
        else
            assert_true(block_job_ops.move(job, w.query));
        while (done == NULL)
            assert_int_equal(block_job_ops.work(job, &nameless, &done), 0);
        check_set(&w, (const struct block_list *)done, BLOCK_CLASSES_ALL);
        answer_unref(done);
        block_job_ops.free(job);
    }
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_traces),   cmocka_unit_test(test_ranges_and_filters),
        cmocka_unit_test(test_sorting),         cmocka_unit_test(test_growth),
        cmocka_unit_test(test_other_questions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
