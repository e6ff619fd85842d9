/*
 * The life of an address and the walk along a block, against a plain look at every row of random
 * traces: moved chains, double frees, wrong heaps, heaps made again at the same handle.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "decoder/heap_op.h"
#include "query/condition.h"
#include "random_trace.h"
#include "ui/view/detail/block_walk.h"
#include "ui/view/detail/move_chain.h"

#define ROWS 2500

struct world {
    struct random_trace rt;
    struct row *rows; /* all of them */
    uint64_t *old;    /* by row: opener of the block that a ReAlloc moved away */
    uint64_t count;
    struct strbuf question;
    struct snapshot shown;
};

static void open_world(struct world *w, uint64_t seed)
{
    *w = (struct world){.count = 0};
    random_trace_init(&w->rt, seed, 10000000, 40);
    random_trace_add(&w->rt, ROWS);
    w->count = store_rows(w->rt.trace->store);
    w->rows = calloc(w->count, sizeof *w->rows);
    w->old = calloc(w->count, sizeof *w->old);
    assert_true(w->rows != NULL && w->old != NULL);
    for (uint64_t i = 0; i < w->count; i++) {
        store_get(w->rt.trace->store, i, &w->rows[i]);
        w->old[i] =
            (w->rows[i].flags & ROW_MOVED) != 0 ? biography_old_opener(w->rt.trace, i) : ROW_NONE;
    }
    w->shown = (struct snapshot){.trace = w->rt.trace, .rows = w->count};
}

static void close_world(struct world *w)
{
    query_unref(w->shown.aside[ASIDE_ADDRESS]);
    strbuf_release(&w->question);
    free(w->rows);
    free(w->old);
    random_trace_release(&w->rt);
}

/* What the worker does with the question. */
static void answer(struct world *w, const struct row *row, uint64_t address, struct biography *b)
{
    struct filter_error error;
    biography_question(&w->question, w->rt.trace, row, address);
    struct query_spec spec = {.since = INT64_MIN, .until = INT64_MAX, .rows_only = true};
    spec.filter = filter_parse(strbuf_str(&w->question), w->question.len, &error);
    assert_non_null(spec.filter);
    query_unref(w->shown.aside[ASIDE_ADDRESS]);
    w->shown.aside[ASIDE_ADDRESS] = query_new(w->rt.trace, &spec);
    assert_non_null(w->shown.aside[ASIDE_ADDRESS]);
    filter_unref(spec.filter);
    while (query_advance(w->shown.aside[ASIDE_ADDRESS], 500))
        continue;
    biography_look(b, &w->shown, NULL, strbuf_str(&w->question), address);
    assert_true(biography_is_complete(b));
}

static bool same_heap(const struct world *w, const struct row *a, const struct row *b)
{
    const struct heap *x = trace_row_heap(w->rt.trace, a), *y = trace_row_heap(w->rt.trace, b);
    uint32_t pid = registry_process(w->rt.trace->registry, x->process)->pid;
    if (y == NULL || x->handle != y->handle)
        return false;
    /* All of these handles stand in several processes; the one without an id cannot be told. */
    return pid == EVENT_NO_ID || registry_process(w->rt.trace->registry, y->process)->pid == pid;
}

static bool is_of_address(const struct row *row, uint64_t address)
{
    bool of_block =
        row->op == HEAP_OP_ALLOC || row->op == HEAP_OP_REALLOC || row->op == HEAP_OP_FREE;
    return of_block &&
           (row->address == address || (row->op == HEAP_OP_REALLOC && row->old_address == address));
}

static void lists_every_event_of_an_address(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct world w;
        open_world(&w, seed);
        for (uint64_t i = 0; i < w.count; i += 7) {
            struct biography b;
            uint64_t address, k = 0;
            if (!biography_address(&w.rows[i], &address))
                continue;
            answer(&w, &w.rows[i], address, &b);
            for (uint64_t j = 0; j < w.count; j++) {
                if (!is_of_address(&w.rows[j], address) || !same_heap(&w, &w.rows[i], &w.rows[j]))
                    continue;
                assert_int_equal(biography_row(&b, k), j);
                assert_int_equal(biography_place(&b, j), k);
                k++;
            }
            assert_int_equal(b.count, k);
            assert_int_equal(biography_row(&b, k), ROW_NONE);
            assert_true(query_has(b.rows, i));
        }
        close_world(&w);
    }
}

/* ---- the walk, by looking at every row ---- */

static uint64_t closer_of(const struct world *w, uint64_t block)
{
    return store_closer(w->rt.trace->store, block);
}

static bool concerns(const struct world *w, uint64_t block, uint64_t i)
{
    return trace_row_opener(&w->rows[i]) == block || w->old[i] == block || closer_of(w, block) == i;
}

static uint64_t arrival_of(const struct world *w, uint64_t block)
{
    for (uint64_t i = block; i < w->count; i++)
        if ((w->rows[i].flags & ROW_MOVED) != 0 && trace_row_opener(&w->rows[i]) == block &&
            w->rows[i].address == w->rows[block].address)
            return i;
    return ROW_NONE;
}

static uint64_t next_by_hand(const struct world *w, uint64_t at)
{
    uint64_t block = trace_row_opener(&w->rows[at]);
    if (block == ROW_NONE)
        return ROW_NONE;
    for (uint64_t i = at + 1; i < w->count; i++) {
        if (!concerns(w, block, i))
            continue;
        for (uint64_t k = i; closer_of(w, block) == i && k < w->count; k++)
            if (w->old[k] == block)
                return k;
        return i;
    }
    return ROW_NONE;
}

static uint64_t previous_by_hand(const struct world *w, uint64_t at, uint64_t block)
{
    while (block != ROW_NONE) {
        uint64_t arrival = arrival_of(w, block);
        bool came = arrival != ROW_NONE && arrival != block, leaves = w->old[at] == block;
        for (uint64_t i = at; i-- > 0;) {
            bool part = (leaves && closer_of(w, block) == i) || (came && i == block);
            if (concerns(w, block, i) && !part)
                return i;
        }
        if (!came)
            return ROW_NONE;
        at = arrival;
        block = w->old[arrival];
    }
    return ROW_NONE;
}

/* The row the walk comes to; ROW_NONE at an end. */
static uint64_t step(struct world *w, uint64_t from, bool forward)
{
    struct block_walk walk;
    enum block_step result = BLOCK_STEP_WAIT;
    block_walk_start(&walk, w->rt.trace, &w->rows[from], forward);
    while (result == BLOCK_STEP_WAIT && walk.block != ROW_NONE) {
        struct biography b = {.trace = w->rt.trace, .shown = w->count};
        assert_int_equal(block_walk_step(&walk, &b), BLOCK_STEP_WAIT);
        const struct row *opener = &w->rows[walk.block];
        answer(w, opener, opener->address, &b);
        result = block_walk_step(&walk, &b);
    }
    return result == BLOCK_STEP_DONE ? walk.row : ROW_NONE;
}

/* Links alone may not be enough; what they tell is the same. */
static unsigned check_links(struct world *w, uint64_t from, bool forward, uint64_t expected)
{
    struct block_walk walk;
    block_walk_start(&walk, w->rt.trace, &w->rows[from], forward);
    enum block_step result = block_walk_by_links(&walk, w->rt.trace, w->count);
    if (result == BLOCK_STEP_WAIT)
        return 0;
    assert_int_equal(result == BLOCK_STEP_DONE ? walk.row : ROW_NONE, expected);
    return 1;
}

static void walks_along_blocks(void **state)
{
    (void)state;
    unsigned moves = 0, steps = 0, by_links = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct world w;
        open_world(&w, seed);
        for (uint64_t i = 0; i < w.count; i++) {
            bool moved = (w.rows[i].flags & ROW_MOVED) != 0;
            if (i % 5 != 0 && !moved)
                continue;
            moves += moved;
            uint64_t block = moved ? w.old[i] : trace_row_opener(&w.rows[i]);
            uint64_t next = next_by_hand(&w, i), previous = previous_by_hand(&w, i, block);
            assert_int_equal(step(&w, i, true), next);
            assert_int_equal(step(&w, i, false), previous);
            steps += 2;
            by_links += check_links(&w, i, true, next) + check_links(&w, i, false, previous);
        }
        close_world(&w);
    }
    assert_true(moves > 100);
    assert_true(by_links > steps / 2);
}

/* Each stay leads to the next by a ReAlloc that says so. */
static void follows_moves(void **state)
{
    struct world w;
    unsigned longest = 0;
    (void)state;
    open_world(&w, 5);
    for (uint64_t i = 0; i < w.count; i++) {
        struct move_chain c;
        if ((w.rows[i].flags & ROW_OPENS) == 0)
            continue;
        move_chain_follow(w.rt.trace, w.count, i, &c);
        assert_true(c.at < c.count && c.stay[c.at].opener == i);
        assert_true(c.length >= c.count && c.number > c.at && c.number <= c.length);
        assert_true(c.count > 1 || c.length == 1);
        longest = c.count > longest ? (unsigned)c.count : longest;
        for (size_t k = 0; k + 1 < c.count; k++) {
            bool told = false;
            for (uint64_t j = 0; j < w.count && !told; j++)
                told = w.old[j] == c.stay[k].opener &&
                       trace_row_opener(&w.rows[j]) == c.stay[k + 1].opener;
            assert_true(told);
        }
    }
    assert_true(longest >= 3);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_every_event_of_an_address),
        cmocka_unit_test(walks_along_blocks),
        cmocka_unit_test(follows_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
