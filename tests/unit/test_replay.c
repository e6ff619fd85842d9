/*
 * The replay rules of numbers.md about blocks, each line of the table by hand: flags, links, sizes,
 * closed blocks and what is alive afterwards.
 */
#include "replay_world.h"

static void test_alloc_and_free(void **state)
{
    struct world *w = *state;
    uint64_t born = feed_alloc(w, T1, HEAP, A, 48);
    check_row(w, born, ROW_OPENS, ROW_NONE);
    check_live(w, 1, 48);
    feed_alloc(w, T1, HEAP, B, 10);
    uint64_t died = feed_free(w, T2, HEAP, A);
    check_row(w, died, ROW_CLOSES, born);
    check_row(w, born, ROW_OPENS, died);
    check_live(w, 1, 10);

    struct row row = row_at(w, died);
    assert_int_equal(row.size, 48);
    assert_int_equal(row.has, FIELDS_FREE);
    assert_int_equal(row.address, A);
    assert_int_equal(row.source, 3);
    assert_int_equal(registry_thread(w->registry, row.thread)->tid, T2);
    check_closed_none(w, died);
}

static void test_failed_alloc(void **state)
{
    struct world *w = *state;
    uint64_t row = feed_alloc(w, T1, HEAP, 0, 48);
    check_row(w, row, ROW_FAILED, ROW_NONE);
    assert_int_equal(row_at(w, row).size, 48);
    check_live(w, 0, 0);
    check_row(w, feed_free(w, T1, HEAP, 0), ROW_UNMATCHED, ROW_NONE);
}

static void test_unmatched_free(void **state)
{
    struct world *w = *state;
    uint64_t row = feed_free(w, T1, HEAP, A);
    check_row(w, row, ROW_UNMATCHED, ROW_NONE);
    assert_int_equal(row_at(w, row).size, 0);
    /* An unmatched Free is no free: the next one does not free twice. */
    check_row(w, feed_free(w, T1, HEAP, A), ROW_UNMATCHED, ROW_NONE);
    assert_int_equal(replay_trust(w->replay)->unmatched_frees, 2);
    assert_int_equal(replay_trust(w->replay)->double_frees, 0);
}

static void test_double_free(void **state)
{
    struct world *w = *state;
    feed_alloc(w, T1, HEAP, A, 1);
    feed_free(w, T1, HEAP, A);
    check_row(w, feed_free(w, T2, HEAP, A), ROW_UNMATCHED | ROW_DOUBLE_FREE, ROW_NONE);
    check_row(w, feed_free(w, T1, HEAP, A), ROW_UNMATCHED | ROW_DOUBLE_FREE, ROW_NONE);
    check_row(w, feed_free(w, T1, OTHER, A), ROW_UNMATCHED, ROW_NONE);
    feed_alloc(w, T1, HEAP, A, 1);
    assert_int_equal(row_at(w, feed_free(w, T1, HEAP, A)).flags, ROW_CLOSES | ROW_TEMPORARY);
    assert_int_equal(replay_trust(w->replay)->double_frees, 2);
    assert_int_equal(replay_trust(w->replay)->unmatched_frees, 3);
}

/* Frees A, then `others` blocks, with unmatched Frees in between; says whether a Free of A is a
 * candidate then. */
static bool is_remembered_after(unsigned others)
{
    struct world w;
    world_init(&w);
    feed_alloc(&w, T1, HEAP, A, 1);
    feed_free(&w, T1, HEAP, A);
    for (unsigned i = 0; i < others; i++) {
        uint64_t address = UINT64_C(0x100000) + i * UINT64_C(16);
        feed_alloc(&w, T1, HEAP, address, 1);
        feed_free(&w, T1, HEAP, address);
        if (i % 1000 == 0)
            feed_free(&w, T1, HEAP, B);
        if (i % 1000 == 500) {
            feed_alloc(&w, T1, OTHER, B, 1);
            feed_free(&w, T1, OTHER, B);
        }
    }
    uint64_t row = feed_free(&w, T1, HEAP, A);
    bool remembered = (row_at(&w, row).flags & ROW_DOUBLE_FREE) != 0;
    assert_true((row_at(&w, row).flags & ROW_UNMATCHED) != 0);
    world_release(&w);
    return remembered;
}

static void test_double_free_memory(void **state)
{
    (void)state;
    assert_true(is_remembered_after(65534));
    assert_true(is_remembered_after(65535));
    assert_false(is_remembered_after(65536));
}

static void test_wrong_heap(void **state)
{
    struct world *w = *state;
    uint64_t born = feed_alloc(w, T1, HEAP, A, 48);
    check_row(w, feed_free(w, T1, OTHER, A), ROW_UNMATCHED | ROW_WRONG_HEAP, ROW_NONE);
    check_row(w, born, ROW_OPENS, ROW_NONE);
    check_live(w, 1, 48);

    /* In place: the other heap says that it has the block, so it has. */
    uint64_t resized = feed_realloc(w, T1, OTHER, (struct piece){A, 48}, (struct piece){A, 50});
    check_row(w, resized, ROW_OPENS | ROW_REPAIRED | ROW_WRONG_HEAP, ROW_NONE);
    check_live(w, 2, 98);
    assert_int_equal(row_at(w, feed_free(w, T1, OTHER, A)).size, 50);

    /* Moved away, neither Alloc nor Free seen. */
    uint64_t moved = feed_realloc(w, T2, OTHER, (struct piece){A, 50}, (struct piece){B, 60});
    check_row(w, moved, ROW_OPENS | ROW_MOVED | ROW_REPAIRED | ROW_WRONG_HEAP, ROW_NONE);
    check_closed_none(w, moved);
    check_live(w, 2, 108);
    assert_int_equal(replay_trust(w->replay)->wrong_heap, 3);
    check_row(w, feed_free(w, T1, HEAP, A), ROW_CLOSES | ROW_TEMPORARY, born);
}

static void test_wrong_heap_only_in_its_process(void **state)
{
    struct world *w = *state;
    feed_alloc(w, T1, HEAP, A, 48);
    w->pid = WORLD_PID + 1;
    check_row(w, feed_free(w, T1, OTHER, A), ROW_UNMATCHED, ROW_NONE);
    w->pid = WORLD_PID;
    feed_heap_event(w, HEAP_OP_DESTROY, T1, HEAP, 0);
    check_row(w, feed_free(w, T1, OTHER, A), ROW_UNMATCHED, ROW_NONE);
    assert_int_equal(replay_trust(w->replay)->wrong_heap, 0);
}

static void test_double_free_and_wrong_heap(void **state)
{
    struct world *w = *state;
    feed_alloc(w, T1, HEAP, A, 48);
    feed_free(w, T1, HEAP, A);
    feed_alloc(w, T1, OTHER, A, 10);
    check_row(w, feed_free(w, T1, HEAP, A), ROW_UNMATCHED | ROW_DOUBLE_FREE | ROW_WRONG_HEAP,
              ROW_NONE);
}

static void test_lost_free(void **state)
{
    struct world *w = *state;
    uint64_t first = feed_alloc(w, T1, HEAP, A, 48);
    uint64_t second = feed_alloc(w, T2, HEAP, A, 10);
    check_row(w, second, ROW_OPENS | ROW_LOST_FREE, ROW_NONE);
    check_closed_one(w, second, first, 48);
    check_live(w, 1, 10);
    uint64_t died = feed_free(w, T2, HEAP, A);
    check_row(w, died, ROW_CLOSES | ROW_TEMPORARY, second);
    check_row(w, second, ROW_OPENS | ROW_LOST_FREE, died);
    assert_int_equal(replay_trust(w->replay)->lost_frees, 1);
    /* The lost free is no Free: only the second block was freed. */
    check_row(w, feed_free(w, T2, HEAP, A), ROW_UNMATCHED | ROW_DOUBLE_FREE, ROW_NONE);
}

static void test_move_is_summary(void **state)
{
    struct world *w = *state;
    uint64_t old = feed_alloc(w, T1, HEAP, A, 48);
    uint64_t born = feed_alloc(w, T1, HEAP, B, 100);
    uint64_t died = feed_free(w, T1, HEAP, A);
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 47}, (struct piece){B, 100});
    check_row(w, moved, ROW_MOVED, born);
    check_row(w, old, ROW_OPENS, died);
    check_row(w, born, ROW_OPENS, ROW_NONE);
    check_live(w, 1, 100);
    check_closed_none(w, moved);
    assert_int_equal(old_at(w, moved, STORE_OLD_ADDRESS), A);
    assert_int_equal(old_at(w, moved, STORE_OLD_SIZE), 47);
    assert_int_equal(old_at(w, moved, STORE_OLD_OWN), 48);
    assert_int_equal(old_at(w, moved, STORE_OLD_OPENER), old);
    assert_int_equal(replay_trust(w->replay)->repaired, 0);
}

static void test_move_whatever_others_do(void **state)
{
    struct world *w = *state;
    feed_alloc(w, T1, HEAP, A, 48);
    uint64_t born = feed_alloc(w, T1, HEAP, B, 100);
    feed_alloc(w, T2, HEAP, C, 1);
    feed_free(w, T1, HEAP, A);
    /* The old address lives again, in this heap and in another, and its owner works elsewhere. */
    uint64_t reborn = feed_alloc(w, T2, HEAP, A, 7);
    feed_alloc(w, T3, OTHER, A, 9);
    feed_alloc(w, T1, OTHER, D, 11);
    feed_free(w, T1, OTHER, D);
    feed_heap_event(w, HEAP_OP_EXPAND, T1, HEAP, 0);
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 48}, (struct piece){B, 100});
    check_row(w, moved, ROW_MOVED, born);
    check_row(w, reborn, ROW_OPENS, ROW_NONE);
    check_live(w, 4, 100 + 1 + 7 + 9);
}

static void test_move_of_a_block_never_seen(void **state)
{
    struct world *w = *state;
    uint64_t born = feed_alloc(w, T1, HEAP, B, 100);
    feed_free(w, T1, HEAP, A);
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 48}, (struct piece){B, 100});
    check_row(w, moved, ROW_MOVED, born);
    assert_int_equal(old_at(w, moved, STORE_OLD_OWN), 48);
    assert_int_equal(old_at(w, moved, STORE_OLD_OPENER), ROW_NONE);
}

/* Everything was seen, but not as the thread's latest: nothing is missing, yet it is no summary. */
static void test_move_repaired_without_effect(void **state)
{
    struct world *w = *state;
    feed_alloc(w, T1, HEAP, A, 48);
    uint64_t born = feed_alloc(w, T1, HEAP, B, 100);
    feed_free(w, T1, HEAP, A);
    feed_alloc(w, T1, HEAP, C, 5);
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 48}, (struct piece){B, 100});
    check_row(w, moved, ROW_MOVED | ROW_REPAIRED, born);
    check_closed_none(w, moved);
    check_live(w, 2, 105);
    /* The same by another thread. */
    moved = feed_realloc(w, T2, HEAP, (struct piece){A, 48}, (struct piece){B, 100});
    check_row(w, moved, ROW_MOVED | ROW_REPAIRED, born);
    assert_int_equal(replay_trust(w->replay)->repaired, 2);
}

static void test_move_with_alloc_lost(void **state)
{
    struct world *w = *state;
    uint64_t old = feed_alloc(w, T1, HEAP, A, 48);
    feed_free(w, T1, HEAP, A);
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 48}, (struct piece){B, 100});
    check_row(w, moved, ROW_OPENS | ROW_MOVED | ROW_REPAIRED, ROW_NONE);
    check_closed_none(w, moved);
    check_live(w, 1, 100);
    assert_int_equal(old_at(w, moved, STORE_OLD_OPENER), old);
    uint64_t died = feed_free(w, T2, HEAP, B);
    check_row(w, died, ROW_CLOSES | ROW_TEMPORARY, moved);
    check_row(w, moved, ROW_OPENS | ROW_MOVED | ROW_REPAIRED, died);
}

static void test_move_with_free_lost(void **state)
{
    struct world *w = *state;
    uint64_t old = feed_alloc(w, T1, HEAP, A, 48);
    uint64_t born = feed_alloc(w, T1, HEAP, B, 100);
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 40}, (struct piece){B, 100});
    check_row(w, moved, ROW_MOVED | ROW_REPAIRED, born);
    check_closed_one(w, moved, old, 48);
    check_live(w, 1, 100);
    assert_int_equal(old_at(w, moved, STORE_OLD_SIZE), 40);
    assert_int_equal(old_at(w, moved, STORE_OLD_OWN), 48);
    assert_int_equal(old_at(w, moved, STORE_OLD_OPENER), old);
    /* A free supplied is a free. */
    check_row(w, feed_free(w, T1, HEAP, A), ROW_UNMATCHED | ROW_DOUBLE_FREE, ROW_NONE);
}

static void test_move_with_both_lost(void **state)
{
    struct world *w = *state;
    uint64_t old = feed_alloc(w, T1, HEAP, A, 48);
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 48}, (struct piece){B, 100});
    check_row(w, moved, ROW_OPENS | ROW_MOVED | ROW_REPAIRED, ROW_NONE);
    check_closed_one(w, moved, old, 48);
    check_live(w, 1, 100);
}

static void test_move_with_both_lost_of_unknown_block(void **state)
{
    struct world *w = *state;
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 48}, (struct piece){B, 100});
    check_row(w, moved, ROW_OPENS | ROW_MOVED | ROW_REPAIRED, ROW_NONE);
    check_closed_none(w, moved);
    check_live(w, 1, 100);
    assert_int_equal(old_at(w, moved, STORE_OLD_OWN), 48);
    assert_int_equal(old_at(w, moved, STORE_OLD_OPENER), ROW_NONE);
    assert_int_equal(replay_trust(w->replay)->repaired, 1);
}

/* The Free was seen, the Alloc lost, and another thread has `old` by now: its block must live. */
static void test_repair_spares_the_next_owner(void **state)
{
    struct world *w = *state;
    feed_alloc(w, T1, HEAP, A, 48);
    feed_free(w, T1, HEAP, A);
    uint64_t reborn = feed_alloc(w, T2, HEAP, A, 7);
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 48}, (struct piece){B, 100});
    check_row(w, moved, ROW_OPENS | ROW_MOVED | ROW_REPAIRED, ROW_NONE);
    check_closed_none(w, moved);
    check_row(w, reborn, ROW_OPENS, ROW_NONE);
    check_live(w, 2, 107);
}

/* The thread's latest Free was of the same address, but of an earlier block there. */
static void test_repair_sees_through_an_old_free(void **state)
{
    struct world *w = *state;
    feed_alloc(w, T1, HEAP, A, 48);
    feed_free(w, T1, HEAP, A);
    uint64_t old = feed_alloc(w, T1, HEAP, A, 20);
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 20}, (struct piece){B, 100});
    check_row(w, moved, ROW_OPENS | ROW_MOVED | ROW_REPAIRED, ROW_NONE);
    check_closed_one(w, moved, old, 20);
    check_live(w, 1, 100);
}

static void test_move_to_and_from_nothing(void **state)
{
    struct world *w = *state;
    uint64_t old = feed_alloc(w, T1, HEAP, A, 48);
    uint64_t gone = feed_realloc(w, T1, HEAP, (struct piece){A, 48}, (struct piece){0, 0});
    check_row(w, gone, ROW_MOVED | ROW_REPAIRED | ROW_TEMPORARY, ROW_NONE);
    check_closed_one(w, gone, old, 48);
    uint64_t come = feed_realloc(w, T1, HEAP, (struct piece){0, 0}, (struct piece){B, 5});
    check_row(w, come, ROW_OPENS | ROW_MOVED | ROW_REPAIRED, ROW_NONE);
    check_live(w, 1, 5);
    assert_int_equal(replay_trust(w->replay)->other, 0);
    check_row(w, feed_realloc(w, T1, HEAP, (struct piece){0, 0}, (struct piece){0, 5}), 0,
              ROW_NONE);
    assert_int_equal(replay_trust(w->replay)->other, 1);
    check_live(w, 1, 5);
}

static void test_resize(void **state)
{
    struct world *w = *state;
    uint64_t born = feed_alloc(w, T1, HEAP, A, 48);
    uint64_t resized = feed_realloc(w, T2, HEAP, (struct piece){A, 48}, (struct piece){A, 100});
    check_row(w, resized, ROW_RESIZES, born);
    check_row(w, born, ROW_OPENS, ROW_NONE);
    check_live(w, 1, 100);
    assert_int_equal(old_at(w, resized, STORE_OLD_OWN), 48);
    assert_int_equal(replay_trust(w->replay)->repaired, 0);

    /* An OldSize that disagrees: the block's own size counts. */
    resized = feed_realloc(w, T1, HEAP, (struct piece){A, 99}, (struct piece){A, 10});
    check_row(w, resized, ROW_RESIZES | ROW_REPAIRED, born);
    check_live(w, 1, 10);
    assert_int_equal(old_at(w, resized, STORE_OLD_SIZE), 99);
    assert_int_equal(old_at(w, resized, STORE_OLD_OWN), 100);
    assert_int_equal(old_at(w, resized, STORE_OLD_OPENER), born);
    assert_int_equal(replay_trust(w->replay)->repaired, 1);

    uint64_t died = feed_free(w, T1, HEAP, A);
    check_row(w, died, ROW_CLOSES | ROW_TEMPORARY, born);
    assert_int_equal(row_at(w, died).size, 10);
    assert_int_equal(row_at(w, born).size, 48);
}

static void test_resize_of_unknown_block(void **state)
{
    struct world *w = *state;
    uint64_t row = feed_realloc(w, T1, HEAP, (struct piece){A, 48}, (struct piece){A, 100});
    check_row(w, row, ROW_OPENS | ROW_REPAIRED, ROW_NONE);
    check_live(w, 1, 100);
    assert_int_equal(old_at(w, row, STORE_OLD_OPENER), ROW_NONE);
    uint64_t died = feed_free(w, T1, HEAP, A);
    check_row(w, row, ROW_OPENS | ROW_REPAIRED, died);
    /* A freed block is not alive either. */
    row = feed_realloc(w, T1, HEAP, (struct piece){A, 100}, (struct piece){A, 1});
    check_row(w, row, ROW_OPENS | ROW_REPAIRED, ROW_NONE);
}

/* Moved twice, resized in between: from the last row the chain leads back to the first block. */
static void test_chain(void **state)
{
    struct world *w = *state;
    uint64_t first = feed_alloc(w, T1, HEAP, A, 10);
    uint64_t second = feed_alloc(w, T1, HEAP, B, 20);
    feed_free(w, T1, HEAP, A);
    uint64_t move1 = feed_realloc(w, T1, HEAP, (struct piece){A, 10}, (struct piece){B, 20});
    feed_realloc(w, T1, HEAP, (struct piece){B, 20}, (struct piece){B, 30});
    uint64_t third = feed_alloc(w, T1, HEAP, C, 40);
    feed_free(w, T1, HEAP, B);
    uint64_t move2 = feed_realloc(w, T1, HEAP, (struct piece){B, 30}, (struct piece){C, 40});
    uint64_t move3 = feed_realloc(w, T1, HEAP, (struct piece){C, 40}, (struct piece){D, 50});

    assert_int_equal(row_at(w, move1).link, second);
    assert_int_equal(old_at(w, move1, STORE_OLD_OPENER), first);
    assert_int_equal(row_at(w, move2).link, third);
    assert_int_equal(old_at(w, move2, STORE_OLD_OPENER), second);
    assert_int_equal(old_at(w, move2, STORE_OLD_OWN), 30);
    check_row(w, move3, ROW_OPENS | ROW_MOVED | ROW_REPAIRED, ROW_NONE);
    assert_int_equal(old_at(w, move3, STORE_OLD_OPENER), third);
}

static void test_temporary(void **state)
{
    struct world *w = *state;
    feed_alloc(w, T1, HEAP, A, 1);
    /* Not his next allocation in that heap: another thread's, another heap's, a failed one. */
    feed_alloc(w, T2, HEAP, B, 1);
    feed_alloc(w, T1, OTHER, B, 1);
    feed_alloc(w, T1, HEAP, 0, 1);
    feed_realloc(w, T1, HEAP, (struct piece){B, 1}, (struct piece){B, 2});
    assert_int_equal(row_at(w, feed_free(w, T3, HEAP, A)).flags, ROW_CLOSES | ROW_TEMPORARY);
    feed_alloc(w, T1, HEAP, A, 1);
    feed_alloc(w, T1, HEAP, C, 1);
    assert_int_equal(row_at(w, feed_free(w, T1, HEAP, A)).flags, ROW_CLOSES);
    assert_int_equal(row_at(w, feed_free(w, T1, HEAP, C)).flags, ROW_CLOSES | ROW_TEMPORARY);
    /* What a repair allocates is an allocation, and what it frees is freed. */
    feed_alloc(w, T1, HEAP, A, 1);
    feed_realloc(w, T1, HEAP, (struct piece){D, 1}, (struct piece){C, 1});
    assert_int_equal(row_at(w, feed_free(w, T1, HEAP, A)).flags, ROW_CLOSES);
    uint64_t moved = feed_realloc(w, T2, HEAP, (struct piece){C, 1}, (struct piece){D, 1});
    assert_int_equal(row_at(w, moved).flags, ROW_OPENS | ROW_MOVED | ROW_REPAIRED | ROW_TEMPORARY);
}

static void test_large_sizes(void **state)
{
    struct world *w = *state;
    const uint64_t huge = UINT64_C(5) << 32;
    uint64_t a = feed_alloc(w, T1, HEAP, A, huge);
    feed_alloc(w, T1, HEAP, B, UINT32_MAX);
    check_live(w, 2, huge + UINT32_MAX);
    assert_int_equal(row_at(w, a).size, huge);
    uint64_t died = feed_free(w, T1, HEAP, A);
    assert_int_equal(row_at(w, died).size, huge);
    assert_int_equal(row_at(w, feed_free(w, T1, HEAP, B)).size, UINT32_MAX);
    check_live(w, 0, 0);
}

/* Freed blocks are forgotten, so blocks at ever new addresses need no more room. */
static void test_freed_memory_is_bounded(void **state)
{
    struct world *w = *state;
    size_t before = 0;
    for (uint64_t i = 1; i <= 6 * REPLAY_FREED_MEMORY; i++) {
        feed_alloc(w, T1, HEAP, i * 16, i);
        feed_free(w, T1, HEAP, i * 16);
        if (i == 2 * REPLAY_FREED_MEMORY)
            before = replay_bytes(w->replay);
    }
    assert_true(replay_bytes(w->replay) <= before * 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_alloc_and_free),
        WORLD_TEST(test_failed_alloc),
        WORLD_TEST(test_unmatched_free),
        WORLD_TEST(test_double_free),
        cmocka_unit_test(test_double_free_memory),
        WORLD_TEST(test_wrong_heap),
        WORLD_TEST(test_wrong_heap_only_in_its_process),
        WORLD_TEST(test_double_free_and_wrong_heap),
        WORLD_TEST(test_lost_free),
        WORLD_TEST(test_move_is_summary),
        WORLD_TEST(test_move_whatever_others_do),
        WORLD_TEST(test_move_of_a_block_never_seen),
        WORLD_TEST(test_move_repaired_without_effect),
        WORLD_TEST(test_move_with_alloc_lost),
        WORLD_TEST(test_move_with_free_lost),
        WORLD_TEST(test_move_with_both_lost),
        WORLD_TEST(test_move_with_both_lost_of_unknown_block),
        WORLD_TEST(test_repair_spares_the_next_owner),
        WORLD_TEST(test_repair_sees_through_an_old_free),
        WORLD_TEST(test_move_to_and_from_nothing),
        WORLD_TEST(test_resize),
        WORLD_TEST(test_resize_of_unknown_block),
        WORLD_TEST(test_chain),
        WORLD_TEST(test_temporary),
        WORLD_TEST(test_large_sizes),
        WORLD_TEST(test_freed_memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
