/*
 * The replay rules of numbers.md about heaps and identity: Destroy, Create, duplicates, HeapRange,
 * generations, processes, and what a hostile number of heaps costs.
 */
#include "replay_world.h"

static void test_destroy(void **state)
{
    struct world *w = *state;
    uint64_t a = feed_alloc(w, T1, HEAP, A, 1);
    uint64_t other = feed_alloc(w, T1, OTHER, A, 100);
    uint64_t b = feed_alloc(w, T1, HEAP, B, 2);
    uint64_t c = feed_alloc(w, T2, HEAP, C, 3);
    feed_free(w, T1, HEAP, B);
    feed_realloc(w, T1, HEAP, (struct piece){A, 1}, (struct piece){A, 10});
    uint64_t b2 = feed_alloc(w, T2, HEAP, B, 4);
    uint64_t destroyed = feed_heap_event(w, HEAP_OP_DESTROY, T1, HEAP, 0);
    check_row(w, destroyed, 0, ROW_NONE);
    check_closed(w, destroyed, 3, (const uint64_t[]){a, c, b2}, (const uint64_t[]){10, 3, 4});
    assert_int_not_equal(store_closer(w->store, b), destroyed);
    assert_int_equal(store_closer(w->store, other), ROW_NONE);
    check_live(w, 1, 100);
    assert_int_equal(heap_at(w, destroyed)->generation, 1);

    /* Any event starts the next generation, which knows nothing of the blocks before. */
    uint64_t late = feed_free(w, T1, HEAP, B);
    check_row(w, late, ROW_UNMATCHED, ROW_NONE);
    assert_int_equal(heap_at(w, late)->generation, 2);
    assert_int_equal(heap_at(w, late)->handle, HEAP);
    uint64_t again = feed_alloc(w, T1, HEAP, A, 5);
    check_row(w, again, ROW_OPENS, ROW_NONE);
    assert_int_equal(heap_at(w, again)->generation, 2);
}

static void test_summary_does_not_cross_generations(void **state)
{
    struct world *w = *state;
    feed_alloc(w, T1, HEAP, A, 1);
    feed_alloc(w, T1, HEAP, B, 2);
    feed_free(w, T1, HEAP, A);
    feed_heap_event(w, HEAP_OP_DESTROY, T1, HEAP, 0);
    uint64_t moved = feed_realloc(w, T1, HEAP, (struct piece){A, 1}, (struct piece){B, 2});
    check_row(w, moved, ROW_OPENS | ROW_MOVED | ROW_REPAIRED, ROW_NONE);
}

static void test_create(void **state)
{
    struct world *w = *state;
    uint64_t created = feed_heap_event(w, HEAP_OP_CREATE, T1, HEAP, 2);
    check_row(w, created, 0, ROW_NONE);
    assert_int_equal(store_find_extra(w->store, created, STORE_EXTRA_PAYLOAD)->values[0], 2);
    uint64_t a = feed_alloc(w, T1, HEAP, A, 1);
    uint64_t again = feed_heap_event(w, HEAP_OP_CREATE, T1, HEAP, 2);
    check_row(w, again, ROW_LOST_DESTROY, ROW_NONE);
    check_closed_one(w, again, a, 1);
    check_live(w, 0, 0);
    assert_int_equal(heap_at(w, again)->generation, 2);
    feed_heap_event(w, HEAP_OP_DESTROY, T1, HEAP, 0);
    uint64_t third = feed_heap_event(w, HEAP_OP_CREATE, T1, HEAP, 2);
    check_row(w, third, 0, ROW_NONE);
    assert_int_equal(heap_at(w, third)->generation, 3);
    assert_int_equal(replay_trust(w->replay)->lost_destroys, 1);
}

/* A heap that was there before the trace is live, too. */
static void test_create_after_events(void **state)
{
    struct world *w = *state;
    feed_free(w, T1, HEAP, A);
    uint64_t created = feed_heap_event(w, HEAP_OP_CREATE, T1, HEAP, 2);
    check_row(w, created, ROW_LOST_DESTROY, ROW_NONE);
    check_closed_none(w, created);
}

static void test_duplicates(void **state)
{
    struct world *w = *state;
    w->step = WORLD_TICKS_PER_MS;
    static const uint16_t ops[] = {HEAP_OP_CREATE, HEAP_OP_EXPAND, HEAP_OP_CONTRACT};
    for (size_t i = 0; i < 3; i++) {
        feed_heap_event(w, ops[i], T1, HEAP, 5);
        /* Exactly 1 ms later. */
        check_row(w, feed_heap_event(w, ops[i], T1, HEAP, 5), ROW_DUPLICATE, ROW_NONE);
        /* 2 ms after the first: 1 ms after the copy does not count. */
        unsigned flags = ops[i] == HEAP_OP_CREATE ? ROW_LOST_DESTROY : 0;
        check_row(w, feed_heap_event(w, ops[i], T1, HEAP, 5), flags, ROW_NONE);
        w->now++;
        /* One tick more than 1 ms. */
        check_row(w, feed_heap_event(w, ops[i], T1, HEAP, 5), flags, ROW_NONE);
    }
    assert_int_equal(replay_trust(w->replay)->duplicates, 3);
}

static void test_duplicates_need_the_same_event(void **state)
{
    struct world *w = *state;
    w->step = 1;
    feed_heap_event(w, HEAP_OP_EXPAND, T1, HEAP, 5);
    check_row(w, feed_heap_event(w, HEAP_OP_EXPAND, T2, HEAP, 5), 0, ROW_NONE);
    check_row(w, feed_heap_event(w, HEAP_OP_EXPAND, T1, OTHER, 5), 0, ROW_NONE);
    check_row(w, feed_heap_event(w, HEAP_OP_EXPAND, T1, HEAP, 6), 0, ROW_NONE);
    check_row(w, feed_heap_event(w, HEAP_OP_CONTRACT, T1, HEAP, 5), 0, ROW_NONE);
    struct trace_event e = {.op = HEAP_OP_EXPAND,
                            .has = EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SIZE,
                            .tid = T1,
                            .heap = HEAP,
                            .address = A,
                            .size = 4096};
    check_row(w, feed(w, e), 0, ROW_NONE);
    e.size = 8192;
    check_row(w, feed(w, e), 0, ROW_NONE);
    e.address = B;
    check_row(w, feed(w, e), 0, ROW_NONE);
    /* All of them again, whatever came in between. */
    check_row(w, feed(w, e), ROW_DUPLICATE, ROW_NONE);
    e.address = A;
    check_row(w, feed(w, e), ROW_DUPLICATE, ROW_NONE);
    check_row(w, feed_heap_event(w, HEAP_OP_EXPAND, T2, HEAP, 5), ROW_DUPLICATE, ROW_NONE);
    check_row(w, feed_heap_event(w, HEAP_OP_EXPAND, T1, HEAP, 5), ROW_DUPLICATE, ROW_NONE);
    /* Other operations are never duplicates. */
    feed_heap_event(w, HEAP_OP_SNAPSHOT, T1, HEAP, 5);
    check_row(w, feed_heap_event(w, HEAP_OP_SNAPSHOT, T1, HEAP, 5), 0, ROW_NONE);
}

/* The duplicate rule comes before the Create rule. */
static void test_duplicate_create_ends_nothing(void **state)
{
    struct world *w = *state;
    w->step = 10;
    uint64_t first = feed_heap_event(w, HEAP_OP_CREATE, T1, HEAP, 5);
    uint64_t a = feed_alloc(w, T1, HEAP, A, 1);
    uint64_t second = feed_heap_event(w, HEAP_OP_CREATE, T1, HEAP, 5);
    check_row(w, second, ROW_DUPLICATE, ROW_NONE);
    assert_int_equal(row_at(w, first).heap, row_at(w, second).heap);
    check_row(w, a, ROW_OPENS, ROW_NONE);
    assert_int_equal(replay_trust(w->replay)->lost_destroys, 0);
}

static void test_many_duplicates(void **state)
{
    struct world *w = *state;
    w->step = 1;
    enum { ROUND = 1000 };
    for (uint64_t i = 0; i < ROUND; i++)
        check_row(w, feed_heap_event(w, HEAP_OP_EXPAND, T1, HEAP, i), 0, ROW_NONE);
    for (uint64_t i = 0; i < ROUND; i++)
        check_row(w, feed_heap_event(w, HEAP_OP_EXPAND, T1, HEAP, i), ROW_DUPLICATE, ROW_NONE);
    w->now += WORLD_TICKS_PER_MS;
    for (uint64_t i = 0; i < ROUND; i++)
        check_row(w, feed_heap_event(w, HEAP_OP_EXPAND, T1, HEAP, i), 0, ROW_NONE);
}

static void test_ranges(void **state)
{
    struct world *w = *state;
    uint64_t range = feed_heap_event(w, HEAP_OP_RANGE_CREATE, T1, HEAP, 5);
    check_row(w, range, ROW_RANGE, ROW_NONE);
    assert_int_equal(row_at(w, range).op, HEAP_OP_RANGE_CREATE);
    /* A range is no sign of life: the heap is created now. */
    uint64_t created = feed_heap_event(w, HEAP_OP_CREATE, T1, HEAP, 5);
    check_row(w, created, 0, ROW_NONE);
    assert_int_equal(row_at(w, range).heap, row_at(w, created).heap);
    feed_alloc(w, T1, HEAP, A, 1);
    struct trace_event release = {.op = HEAP_OP_RANGE_RELEASE,
                                  .has = EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SIZE,
                                  .heap = HEAP,
                                  .address = A,
                                  .size = 65536};
    check_row(w, feed(w, release), ROW_RANGE, ROW_NONE);
    check_live(w, 1, 1);
    feed_heap_event(w, HEAP_OP_DESTROY, T1, HEAP, 0);
    /* What comes after Destroy is still of that heap, and the next one is the second. */
    assert_int_equal(heap_at(w, feed_heap_event(w, HEAP_OP_RANGE_DESTROY, T1, HEAP, 5))->generation,
                     1);
    assert_int_equal(heap_at(w, feed_alloc(w, T1, HEAP, A, 1))->generation, 2);
    /* A record without a handle. */
    struct row row = row_at(w, feed(w, (struct trace_event){.op = HEAP_OP_RANGE_RUNDOWN}));
    assert_int_equal(row.heap, INDEX_NONE);
    assert_int_equal(row.has, 0);
    assert_int_equal(replay_trust(w->replay)->other, 0);
}

static void test_other(void **state)
{
    struct world *w = *state;
    uint64_t lock = feed_heap_event(w, 43, T1, HEAP, 5);
    check_row(w, lock, 0, ROW_NONE);
    assert_int_equal(replay_trust(w->replay)->other, 0);
    check_row(w, feed_heap_event(w, 200, T1, HEAP, 5), 0, ROW_NONE);
    check_row(w, feed(w, (struct trace_event){.op = 59}), 0, ROW_NONE);
    /* An Alloc that does not say where. */
    check_row(w, feed(w, (struct trace_event){.op = HEAP_OP_ALLOC, .has = EVENT_HAS_HEAP}), 0,
              ROW_NONE);
    assert_int_equal(replay_trust(w->replay)->other, 3);
    check_live(w, 0, 0);
}

static void test_same_handle_in_two_processes(void **state)
{
    struct world *w = *state;
    uint64_t mine = feed_alloc(w, T1, HEAP, A, 1);
    w->pid++;
    uint64_t theirs = feed_alloc(w, T1, HEAP, A, 2);
    check_row(w, theirs, ROW_OPENS, ROW_NONE);
    assert_int_not_equal(row_at(w, mine).heap, row_at(w, theirs).heap);
    assert_int_not_equal(row_at(w, mine).thread, row_at(w, theirs).thread);
    feed_heap_event(w, HEAP_OP_DESTROY, T1, HEAP, 0);
    check_row(w, mine, ROW_OPENS, ROW_NONE);
    check_live(w, 1, 1);
    w->pid--;
    check_row(w, feed_free(w, T1, HEAP, A), ROW_CLOSES | ROW_TEMPORARY, mine);
}

/* Process End kills no block, but ends the identity of the process and its handles. */
static void test_process_end(void **state)
{
    struct world *w = *state;
    uint64_t a = feed_alloc(w, T1, HEAP, A, 1);
    feed_process(w, EVENT_PROCESS_END);
    check_live(w, 1, 1);
    uint64_t late = feed_free(w, T1, HEAP, A);
    check_row(w, late, ROW_UNMATCHED, ROW_NONE);
    check_row(w, a, ROW_OPENS, ROW_NONE);
    assert_int_not_equal(heap_at(w, a)->process, heap_at(w, late)->process);
    assert_int_equal(heap_at(w, late)->generation, 1);
    feed_process(w, EVENT_PROCESS_START);
    check_row(w, feed_alloc(w, T1, HEAP, A, 2), ROW_OPENS, ROW_NONE);
    check_live(w, 2, 3);
    assert_int_equal(registry_process_count(w->registry), 3);
}

/* What processes of the same pid left alive at an address hides nothing of the present one. */
static void test_process_end_again_and_again(void **state)
{
    struct world *w = *state;
    enum { PROCESSES = 200 };
    for (unsigned i = 0; i < PROCESSES; i++) {
        feed_alloc(w, T1, HEAP, A, 10);
        feed_process(w, EVENT_PROCESS_END);
    }
    uint64_t born = feed_alloc(w, T1, HEAP, A, 48);
    check_row(w, feed_free(w, T1, OTHER, A), ROW_UNMATCHED | ROW_WRONG_HEAP, ROW_NONE);
    check_live(w, PROCESSES + 1, 10 * PROCESSES + 48);
    check_row(w, feed_free(w, T1, HEAP, A), ROW_CLOSES | ROW_TEMPORARY, born);
    check_live(w, PROCESSES, 10 * PROCESSES);
}

static void test_no_ids(void **state)
{
    struct world *w = *state;
    w->pid = EVENT_NO_ID;
    uint64_t a = feed_alloc(w, EVENT_NO_ID, HEAP, A, 1);
    const struct thread *t = registry_thread(w->registry, row_at(w, a).thread);
    assert_int_equal(t->tid, EVENT_NO_ID);
    assert_int_equal(registry_process(w->registry, t->process)->pid, EVENT_NO_ID);
    check_row(w, feed_free(w, T1, HEAP, A), ROW_CLOSES | ROW_TEMPORARY, a);
}

/* More heaps than fit a column, all with a block at the same address, beside others alive. */
static void test_many_heaps(void **state)
{
    struct world *w = *state;
    enum { HEAPS = 70000 };
    uint64_t first = store_appended(w->store);
    for (uint64_t h = 1; h <= HEAPS; h++)
        feed_alloc(w, T1, h << 16, A, h);
    check_live(w, HEAPS, (uint64_t)HEAPS * (HEAPS + 1) / 2);
    for (uint64_t h = 1; h <= HEAPS; h += 2) {
        uint64_t row = feed_heap_event(w, HEAP_OP_DESTROY, T2, h << 16, 0);
        check_closed_one(w, row, first + h - 1, h);
    }
    for (uint64_t h = 2; h <= HEAPS; h += 2) {
        uint64_t row = feed_free(w, T2, h << 16, A);
        check_row(w, row, ROW_CLOSES | ROW_TEMPORARY, first + h - 1);
        assert_int_equal(heap_at(w, row)->handle, h << 16);
    }
    check_live(w, 0, 0);
}

/* The same few heaps over and over: their blocks leave nothing behind. */
static void test_memory_is_bounded(void **state)
{
    struct world *w = *state;
    size_t before = 0;
    for (unsigned round = 0; round < 3000; round++) {
        for (uint64_t i = 1; i <= 40; i++)
            feed_alloc(w, T1, HEAP, (round + i) * 64, i);
        for (uint64_t i = 1; i <= 20; i++)
            feed_free(w, T1, HEAP, (round + i) * 64);
        feed_heap_event(w, HEAP_OP_DESTROY, T1, HEAP, 0);
        if (round == 300)
            before = replay_bytes(w->replay);
    }
    assert_int_equal(heap_at(w, store_appended(w->store) - 1)->generation, 3000);
    /* 64 bytes a heap, by doubling; nothing for the 120,000 blocks. */
    assert_in_range(replay_bytes(w->replay) - before, 0, 4096 * 64);
    check_live(w, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_destroy),
        WORLD_TEST(test_summary_does_not_cross_generations),
        WORLD_TEST(test_create),
        WORLD_TEST(test_create_after_events),
        WORLD_TEST(test_duplicates),
        WORLD_TEST(test_duplicates_need_the_same_event),
        WORLD_TEST(test_duplicate_create_ends_nothing),
        WORLD_TEST(test_many_duplicates),
        WORLD_TEST(test_ranges),
        WORLD_TEST(test_other),
        WORLD_TEST(test_same_handle_in_two_processes),
        WORLD_TEST(test_process_end),
        WORLD_TEST(test_process_end_again_and_again),
        WORLD_TEST(test_no_ids),
        WORLD_TEST(test_many_heaps),
        WORLD_TEST(test_memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
