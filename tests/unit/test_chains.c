/*
 * Chains of moved blocks: stories told event by event, and random traces against lists that are
 * kept the slow way, from the rows alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "model/chains.h"
#include "random_trace.h"
#include "replay_world.h"

static const struct chains *chains_of(const struct world *w)
{
    return replay_chains(w->replay);
}

/* Moves a block as Windows writes it: Alloc, Free, ReAlloc. Returns the row of the Alloc. */
static uint64_t feed_move(struct world *w, struct piece old, struct piece new)
{
    uint64_t opener = feed_alloc(w, T1, HEAP, new.address, new.size);
    feed_free(w, T1, HEAP, old.address);
    feed_realloc(w, T1, HEAP, old, new);
    return opener;
}

static struct chain_facts facts_of(const struct world *w, uint64_t opener)
{
    struct chain_facts f;
    assert_true(chains_find(chains_of(w), opener, &f));
    assert_int_equal(chains_length(chains_of(w), opener), f.length);
    return f;
}

static void check_chain(const struct world *w, const uint64_t *openers, uint32_t n, uint64_t copied)
{
    for (uint32_t i = 0; i < n; i++) {
        struct chain_facts f = facts_of(w, openers[i]);
        struct chain_link link;
        assert_int_equal(f.length, n);
        assert_int_equal(f.number, i + 1);
        assert_int_equal(f.first, openers[0]);
        assert_int_equal(f.last, openers[n - 1]);
        assert_int_equal(f.copied, copied);
        assert_true(chains_link(chains_of(w), openers[i], &link));
        assert_int_equal(link.previous, i > 0 ? openers[i - 1] : ROW_NONE);
        assert_int_equal(link.next, i + 1 < n ? openers[i + 1] : ROW_NONE);
        assert_int_equal(link.moved_here == ROW_NONE, i == 0);
    }
}

static void test_growing_buffer(void **state)
{
    struct world *w = *state;
    uint64_t other = feed_alloc(w, T1, HEAP, D, 7);
    uint64_t o[4] = {feed_alloc(w, T1, HEAP, A, 10)};
    struct chain_facts f;
    struct chain_link link;
    assert_false(chains_find(chains_of(w), o[0], &f));
    assert_int_equal(chains_length(chains_of(w), o[0]), 1);
    o[1] = feed_move(w, (struct piece){A, 10}, (struct piece){B, 20});
    check_chain(w, o, 2, 10);
    o[2] = feed_move(w, (struct piece){B, 20}, (struct piece){C, 40});
    check_chain(w, o, 3, 30);
    /* Smaller again: what does not fit is not copied. */
    o[3] = feed_move(w, (struct piece){C, 40}, (struct piece){A, 4});
    check_chain(w, o, 4, 34);
    assert_int_equal(facts_of(w, o[0]).last_size, 4);
    assert_true(chains_link(chains_of(w), o[2], &link));
    assert_int_equal(link.size, 40);
    assert_int_equal(link.moved_here, o[2] + 2);
    assert_int_equal(chains_length(chains_of(w), other), 1);
    assert_int_equal(chains_length(chains_of(w), ROW_NONE), 1);
    assert_int_equal(chains_links(chains_of(w)), 3);
}

/* In place the chain does not grow, but its last block does, and more of it is copied. */
static void test_resized_between(void **state)
{
    struct world *w = *state;
    uint64_t o[3] = {feed_alloc(w, T1, HEAP, A, 10)};
    o[1] = feed_move(w, (struct piece){A, 10}, (struct piece){B, 20});
    feed_realloc(w, T1, HEAP, (struct piece){B, 20}, (struct piece){B, 30});
    check_chain(w, o, 2, 10);
    assert_int_equal(facts_of(w, o[0]).last_size, 30);
    o[2] = feed_move(w, (struct piece){B, 30}, (struct piece){C, 100});
    check_chain(w, o, 3, 40);
    struct chain_link link;
    assert_true(chains_link(chains_of(w), o[1], &link));
    assert_int_equal(link.size, 30);
}

/* Moves whose Alloc and Free are missing are repaired, and linked all the same. */
static void test_repaired(void **state)
{
    struct world *w = *state;
    uint64_t o[2] = {feed_alloc(w, T1, HEAP, A, 10)};
    o[1] = feed_realloc(w, T2, HEAP, (struct piece){A, 10}, (struct piece){B, 6});
    check_chain(w, o, 2, 6);
    assert_int_equal(facts_of(w, o[1]).last_size, 6);
}

/* What is not known links nothing: attached late, or moved to nowhere. */
static void test_unknown(void **state)
{
    struct world *w = *state;
    uint64_t o = feed_move(w, (struct piece){A, 10}, (struct piece){B, 20});
    assert_int_equal(chains_length(chains_of(w), o), 1);
    feed_realloc(w, T1, HEAP, (struct piece){B, 20}, (struct piece){0, 30});
    assert_int_equal(chains_length(chains_of(w), o), 1);
    assert_int_equal(chains_links(chains_of(w)), 0);
}

/* The same ReAlloc again: two moves to one block, of which the second cannot be. */
static void test_told_twice(void **state)
{
    struct world *w = *state;
    uint64_t o[2] = {feed_alloc(w, T1, HEAP, A, 10)};
    o[1] = feed_move(w, (struct piece){A, 10}, (struct piece){B, 20});
    feed_realloc(w, T1, HEAP, (struct piece){A, 10}, (struct piece){B, 20});
    check_chain(w, o, 2, 10);
}

/* Moves told in another order than they came in, both ways around. */
static void test_joined_late(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct chains c;
        chains_init(&c);
        struct chain_move m[4] = {
            {100, 0, 10, 1, 2, 1},
            {101, 10, 20, 2, 3, 2},
            {102, 20, 30, 3, 4, 3},
            {103, 30, 40, 4, 5, 4},
        };
        static const int orders[2][4] = {{3, 2, 0, 1}, {0, 1, 3, 2}};
        for (int i = 0; i < 4; i++)
            assert_int_equal(chains_add(&c, &m[orders[order][i]]), 0);
        /* A circle cannot be. */
        struct chain_move back = {104, 40, 0, 5, 1, 9};
        assert_int_equal(chains_add(&c, &back), 0);
        for (uint64_t i = 0; i < 5; i++) {
            struct chain_facts f;
            assert_true(chains_find(&c, 10 * i, &f));
            assert_int_equal(f.length, 5);
            assert_int_equal(f.number, i + 1);
            assert_int_equal(f.copied, 10);
            assert_int_equal(f.last_size, 5);
        }
        assert_int_equal(chains_links(&c), 4);
        struct chain_joint last = chains_joint(&c, 3);
        assert_int_equal(last.before + last.after, 5);
        chains_release(&c);
    }
}

/* ---- random traces ---- */

/* For each row that opened a block: its neighbours and the bytes copied to it. */
struct slow {
    uint64_t *previous, *next, *copied;
};

static uint64_t end_of(const uint64_t *next, uint64_t opener)
{
    while (next[opener] != ROW_NONE)
        opener = next[opener];
    return opener;
}

/* The moves of rows [from, to), in their order. */
static void slow_add(struct slow *s, const struct store *st, uint64_t from, uint64_t to)
{
    for (uint64_t id = from; id < to; id++) {
        struct row row;
        s->previous[id] = s->next[id] = ROW_NONE;
        s->copied[id] = 0;
        store_get(st, id, &row);
        if (row.op != HEAP_OP_REALLOC || (row.flags & ROW_MOVED) == 0)
            continue;
        const struct store_extra *old = store_find_extra(st, id, STORE_EXTRA_OLD);
        uint64_t a = old->values[STORE_OLD_OPENER], b = (row.flags & ROW_OPENS) ? id : row.link;
        if (a == ROW_NONE || b == ROW_NONE || a == b || s->next[a] != ROW_NONE ||
            s->previous[b] != ROW_NONE || end_of(s->next, b) == a)
            continue;
        s->next[a] = b;
        s->previous[b] = a;
        uint64_t own = old->values[STORE_OLD_OWN];
        s->copied[b] = own < row.size ? own : row.size;
    }
}

static void check_block(const struct slow *s, const struct chains *c, uint64_t id)
{
    struct chain_facts f;
    struct chain_link link;
    uint64_t first = end_of(s->previous, id), copied = 0;
    uint32_t length = 0, number = 0;
    for (uint64_t at = first; at != ROW_NONE; at = s->next[at]) {
        length++;
        copied += s->copied[at];
        if (at == id)
            number = length;
    }
    assert_int_equal(chains_length(c, id), length);
    assert_int_equal(chains_find(c, id, &f), length > 1);
    if (length == 1)
        return;
    assert_int_equal(f.length, length);
    assert_int_equal(f.number, number);
    assert_int_equal(f.copied, copied);
    assert_int_equal(f.first, first);
    assert_int_equal(f.last, end_of(s->next, id));
    assert_true(chains_link(c, id, &link));
    assert_int_equal(link.previous, s->previous[id]);
    assert_int_equal(link.next, s->next[id]);
}

#define RANDOM_ROWS 20000

static void test_random(void **state)
{
    (void)state;
    struct slow s = {
        malloc(RANDOM_ROWS * 2 * sizeof(uint64_t)),
        malloc(RANDOM_ROWS * 2 * sizeof(uint64_t)),
        malloc(RANDOM_ROWS * 2 * sizeof(uint64_t)),
    };
    uint32_t longest = 1;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct random_trace rt;
        random_trace_init(&rt, 900 + seed, 10000000, 10);
        for (uint64_t known = 0; known < RANDOM_ROWS;) {
            random_trace_add(&rt, 1 + rng_below(&rt.rng, 6000));
            uint64_t rows = store_rows(rt.trace->store);
            slow_add(&s, rt.trace->store, known, rows);
            known = rows;
            for (uint64_t id = 0; id < rows; id++)
                check_block(&s, trace_chains(rt.trace), id);
        }
        for (uint64_t id = 0; id < store_rows(rt.trace->store); id++) {
            uint32_t length = chains_length(trace_chains(rt.trace), id);
            longest = length > longest ? length : longest;
        }
        random_trace_release(&rt);
    }
    assert_true(longest > 3);
    free(s.previous);
    free(s.next);
    free(s.copied);
}

/* ---- another thread looks ---- */

struct reader {
    const struct chains *chains;
    _Atomic bool stop;
    _Atomic uint64_t looks;
    _Atomic uint64_t rows;
    const char *complaint;
};

static void *look_on(void *arg)
{
    struct reader *r = arg;
    struct rng rng = {5};
    while (!atomic_load(&r->stop) && r->complaint == NULL) {
        uint64_t rows = atomic_load(&r->rows);
        struct chain_facts f;
        struct chain_link link;
        uint64_t id = rng_below(&rng, rows + 1);
        if (chains_find(r->chains, id, &f) && (f.length == 0 || f.last == ROW_NONE))
            r->complaint = "a chain without blocks";
        for (unsigned n = 0; n < 100 && id != ROW_NONE && chains_link(r->chains, id, &link); n++) {
            if (link.previous == id || link.next == id)
                r->complaint = "a block beside itself";
            id = link.next;
        }
        atomic_fetch_add(&r->looks, 1);
    }
    return NULL;
}

static void test_reader(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 31, 10000000, 10);
    struct reader r = {.chains = trace_chains(rt.trace)};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, look_on, &r), 0);
    while (store_rows(rt.trace->store) < 100000) {
        random_trace_add(&rt, 1 + rng_below(&rt.rng, 2000));
        atomic_store(&r.rows, store_rows(rt.trace->store));
    }
    while (atomic_load(&r.looks) < 100)
        continue;
    atomic_store(&r.stop, true);
    pthread_join(thread, NULL);
    assert_null(r.complaint);
    random_trace_release(&rt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_growing_buffer), WORLD_TEST(test_resized_between),
        WORLD_TEST(test_repaired),       WORLD_TEST(test_unknown),
        WORLD_TEST(test_told_twice),     cmocka_unit_test(test_joined_late),
        cmocka_unit_test(test_random),   cmocka_unit_test(test_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
