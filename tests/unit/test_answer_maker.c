/*
 * Keeping a call tree of a trace that is never at rest: between any two steps a row comes, and the
 * promised stack of one that came before is kept, which voids what was added up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/answer_maker.h"
#include "answer/tree/call_tree.h"

enum { ROWS_BEFORE = 100000, STEPS = 100 };

struct world {
    struct trace *trace;
    struct query *query;
    struct answer_maker *maker;
    uint64_t rows;
    uint32_t promise; /* of the row that came last */
};

static const struct answer_spec top_down = {
    .kind = ANSWER_TREE, .tree = {.kind = CALL_TREE_TOP_DOWN, .sort = CALL_TREE_ALLOCS}};

static void add_row(struct world *w)
{
    const struct trace_event e = {
        .kind = EVENT_HEAP,
        .time = (int64_t)w->rows,
        .pid = 100,
        .tid = 1,
        .op = HEAP_OP_ALLOC,
        .has = EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE,
        .heap = 0x10000,
        .address = 0x20000 + 16 * w->rows,
        .size = 8,
    };
    assert_int_equal(replay_take(w->trace->replay, &e, 1), 0);
    w->rows++;
}

/* A row with the promise of a stack. */
static void add_promising_row(struct world *w)
{
    w->promise = stack_table_promise(w->trace->stacks);
    add_row(w);
    assert_int_equal(store_set_stack(w->trace->store, w->rows - 1, w->promise), 0);
    store_publish(w->trace->store);
    while (query_advance(w->query, UINT64_MAX))
        continue;
}

/* What a live trace does between two steps. */
static void go_on(struct world *w)
{
    const uint64_t frame = w->rows;
    stack_table_keep(w->trace->stacks, w->promise, stack_table_add(w->trace->stacks, &frame, 1));
    store_note_stacks(w->trace->store);
    add_promising_row(w);
}

static void open_world(struct world *w)
{
    static const struct etl_file_header header = {.perf_frequency = 10000000, .pointer_size = 8};
    static const struct query_spec everything = {.since = INT64_MIN, .until = INT64_MAX};
    *w = (struct world){.trace = trace_new(&header)};
    while (w->rows < ROWS_BEFORE)
        add_row(w);
    w->query = query_new(w->trace, &everything);
    w->maker = answer_maker_new(w->query, &top_down);
    assert_non_null(w->maker);
    add_promising_row(w);
}

static void close_world(struct world *w)
{
    answer_maker_free(w->maker);
    query_unref(w->query);
    trace_unref(w->trace);
}

static struct call_tree *newest(const struct world *w)
{
    return (struct call_tree *)answer_maker_answer(w->maker);
}

/* Steps until there is another tree than `old`, which must not take for ever. */
static struct call_tree *next_tree(struct world *w, const struct call_tree *old)
{
    static const struct frame_namer nameless = {0};
    for (int i = 0; i < STEPS; i++) {
        go_on(w);
        answer_maker_step(w->maker, &nameless);
        if (newest(w) != old)
            return newest(w);
    }
    fail_msg("no tree");
    return NULL;
}

static void test_a_trace_without_rest(void **state)
{
    (void)state;
    struct world w;
    struct call_tree *tree = NULL;
    open_world(&w);
    for (int i = 0; i < 5; i++) {
        uint64_t before = w.rows;
        struct call_tree *next = next_tree(&w, tree);
        call_tree_unref(tree);
        tree = call_tree_ref(next);
        assert_true(tree->whole[CALL_TREE_ALLOCS] >= before);
        assert_int_equal(tree->with + tree->without, tree->whole[CALL_TREE_ALLOCS]);
        /* Whoever had a stack when the tree was begun has it there. */
        assert_true(tree->with >= before - ROWS_BEFORE - 1);
        answer_maker_want(w.maker, &top_down); /* ends the rest */
    }
    call_tree_unref(tree);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_trace_without_rest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
