/* Blocks read off columns and links, against a walk through all rows one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "query/blocks.h"
#include "random_trace.h"

enum { ROWS = 3000, SEEDS = 12 };

/* A block as the rows tell it in order. */
struct told {
    uint64_t closer;         /* ROW_NONE while it lives */
    uint64_t size[ROWS + 1]; /* at each moment of its life */
};

static void tell_end(struct told **blocks, uint64_t opener, uint64_t closer)
{
    assert_non_null(blocks[opener]);
    blocks[opener]->closer = closer;
}

static void tell_row(const struct store *st, const struct row *row, struct told **blocks)
{
    const struct row_closed *closed;
    size_t n = store_closed(st, row->id, &closed);
    for (size_t i = 0; i < n; i++)
        tell_end(blocks, closed[i].row, row->id);
    if ((row->flags & ROW_CLOSES) != 0)
        tell_end(blocks, row->link, row->id);
    if ((row->flags & ROW_OPENS) != 0) {
        blocks[row->id] = calloc(1, sizeof **blocks);
        assert_non_null(blocks[row->id]);
        blocks[row->id]->closer = ROW_NONE;
    }
}

/* Sizes from the row of its birth on, changed by its resizes. */
static void tell_sizes(const struct store *st, uint64_t opener, uint64_t rows, struct told *block)
{
    struct row row;
    uint64_t size = 0;
    for (uint64_t id = opener; id < rows; id++) {
        store_get(st, id, &row);
        if (id == opener || ((row.flags & ROW_RESIZES) != 0 && row.link == opener))
            size = row.size;
        block->size[id + 1] = size;
    }
}

static void check_moment(const struct trace *t, struct told **blocks, uint64_t rows,
                         uint64_t moment)
{
    for (uint64_t row = 0; row < moment; row += 64) {
        uint64_t opened = blocks_opened(t, row, moment), alive = blocks_alive(t, row, moment);
        for (unsigned i = 0; i < 64; i++) {
            uint64_t id = row + i;
            const struct told *block = id < rows ? blocks[id] : NULL;
            bool lives = id < moment && block != NULL && block->closer >= moment;
            assert_int_equal(opened >> i & 1, id < moment && block != NULL);
            assert_int_equal(alive >> i & 1, lives);
            if (lives)
                assert_int_equal(block_size_at(t, id, moment), block->size[moment]);
        }
    }
}

static void check_trace(uint64_t seed)
{
    struct random_trace rt;
    random_trace_init(&rt, seed, 10000000, 5);
    random_trace_add(&rt, ROWS);
    const struct trace *t = rt.trace;
    uint64_t rows = store_rows(t->store);
    rows = rows < ROWS ? rows : ROWS;
    struct told **blocks = calloc(ROWS, sizeof *blocks);
    assert_non_null(blocks);
    for (uint64_t id = 0; id < rows; id++) {
        struct row row;
        store_get(t->store, id, &row);
        tell_row(t->store, &row, blocks);
    }
    for (uint64_t id = 0; id < rows; id++)
        if (blocks[id] != NULL)
            tell_sizes(t->store, id, rows, blocks[id]);
    for (uint64_t moment = 0; moment <= rows; moment += 1 + seed * 37 % 61)
        check_moment(t, blocks, rows, moment);
    for (uint64_t id = 0; id < rows; id++)
        free(blocks[id]);
    free(blocks);
    random_trace_release(&rt);
}

static void test_random_traces(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        check_trace(seed);
}

static void test_classes(void **state)
{
    (void)state;
    const struct block_range range = {.first = 10, .end = 20};
    assert_int_equal(block_class(10, 19, range), BLOCK_AIFI);
    assert_int_equal(block_class(19, 20, range), BLOCK_AIFO);
    assert_int_equal(block_class(10, ROW_NONE, range), BLOCK_AIFO);
    assert_int_equal(block_class(9, 10, range), BLOCK_AOFI);
    assert_int_equal(block_class(9, 19, range), BLOCK_AOFI);
    assert_int_equal(block_class(9, 20, range), BLOCK_AOFO);
    assert_int_equal(block_class(0, ROW_NONE, range), BLOCK_AOFO);
    assert_int_equal(block_class(20, ROW_NONE, range), BLOCK_NEVER);
    assert_int_equal(block_class(3, 9, range), BLOCK_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_traces),
        cmocka_unit_test(test_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
