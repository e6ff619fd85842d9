/* Each rule of the findings: what it must find, and what comes near and is nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "finding_world.h"

#define MANY 800

/* ---- growth ---- */

/* Blocks that come and go: something else to look at. */
static void be_busy(struct world *w, int turn)
{
    uint32_t stack = w->stack;
    uint64_t address = 0x40000 + (uint64_t)(turn % 50) * 0x100;
    w->stack = world_stack(w, 1000 + (uint64_t)(turn % 7));
    if (turn >= 50)
        world_free(w, address);
    world_alloc(w, address, 64 + (uint64_t)turn % 5 * 32);
    w->stack = stack;
}

static void test_leak(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    uint32_t leak = world_stack(&w, 1);
    for (int i = 0; i < MANY; i++) {
        be_busy(&w, i);
        w.stack = leak;
        if (i % 4 == 0)
            world_alloc(&w, 0x100000 + (uint64_t)i * 0x100, 208);
        world_wait(&w, 1000);
    }
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 1);
    const struct finding *f = &found->items[0];
    assert_int_equal(f->kind, FINDING_GROWTH);
    assert_int_equal(f->stack, leak);
    assert_int_equal(f->count, MANY / 4);
    assert_int_equal(world_count(&w, f), MANY / 4);
    assert_non_null(f->curve);
    assert_true(f->curve[0] == 0 || f->curve[0] == 208);
    assert_int_equal(f->curve[FINDING_POINTS - 1], MANY / 4 * 208);
    answer_unref(&found->base);

    /* The same within a range and under a filter, and not in one that has nothing to do with it. */
    found = world_find_in(&w, NULL, 10000000, 60000000);
    assert_int_equal(found->count, 1);
    assert_non_null(strstr(found->items[0].condition, "class == aifo"));
    answer_unref(&found->base);
    found = world_find_in(&w, "size < 200", INT64_MIN, INT64_MAX);
    assert_int_equal(found->count, 0);
    answer_unref(&found->base);
    world_close(&w);
}

/* A heap grows from everywhere: the heap is told, and not one of its stacks. */
static void test_heap_grows(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    for (int i = 0; i < MANY; i++) {
        be_busy(&w, i);
        w.stack = world_stack(&w, (uint64_t)(i % 8));
        world_alloc_in(&w, WORLD_OTHER, 0x100000 + (uint64_t)i * 0x100, 100);
        world_wait(&w, 1000);
    }
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 1);
    assert_int_equal(found->items[0].stack, STACK_NONE);
    assert_int_equal(registry_heap(w.rt.trace->registry, found->items[0].heap)->handle,
                     WORLD_OTHER);
    assert_int_equal(world_count(&w, &found->items[0]), MANY);
    answer_unref(&found->base);
    world_close(&w);
}

/* Blocks stay that come when `comes` says so. */
static void fill(struct world *w, bool (*comes)(int i))
{
    world_open(w);
    for (int i = 0; i < MANY; i++) {
        be_busy(w, i);
        w->stack = world_stack(w, 1);
        if (comes(i))
            world_alloc(w, 0x100000 + (uint64_t)i * 0x100, 208);
        world_wait(w, 1000);
    }
}

static bool at_the_start(int i)
{
    return i < MANY / 4;
}

static bool for_a_while(int i)
{
    return i < MANY * 7 / 10;
}

static bool towards_the_end(int i)
{
    return i > MANY * 3 / 4;
}

static bool in_two_steps(int i)
{
    return (i > 100 && i < 200) || (i > 600 && i < 700);
}

static bool seldom(int i)
{
    return i % 100 == 0;
}

static void test_no_growth(void **state)
{
    (void)state;
    static bool (*const comes[])(int) = {at_the_start, for_a_while, towards_the_end, in_two_steps,
                                         seldom};
    for (size_t i = 0; i < sizeof comes / sizeof comes[0]; i++) {
        struct world w;
        fill(&w, comes[i]);
        world_expect(&w, FINDING_GROWTH, 0);
    }
}

/* A pool whose blocks come and go at random walks up and down: no seed makes a leak of it. */
static void test_random_walks(void **state)
{
    (void)state;
    struct world w;
    struct rng rng = {7};
    uint64_t held[64][40];
    size_t count[64] = {0};
    uint64_t next = 0x100000;
    world_open(&w);
    for (int i = 0; i < 40000; i++) {
        size_t site = rng_below(&rng, 64);
        w.stack = world_stack(&w, site);
        bool full = count[site] == 40;
        if (!full && (count[site] == 0 || rng_below(&rng, 2) == 0)) {
            held[site][count[site]++] = next;
            world_alloc(&w, next, 4096);
            next += 0x2000;
        } else {
            size_t at = rng_below(&rng, count[site]);
            world_free(&w, held[site][at]);
            held[site][at] = held[site][--count[site]];
        }
        world_wait(&w, 50);
    }
    world_expect(&w, FINDING_GROWTH, 0);
}

/* An array that grows in place grows; one that is trimmed as often does not. */
static void resize(struct world *w, uint64_t address, uint64_t from, uint64_t to)
{
    world_tell(w, (struct trace_event){.op = HEAP_OP_REALLOC,
                                       .has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE |
                                              EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE,
                                       .address = address,
                                       .size = to,
                                       .old_address = address,
                                       .old_size = from});
}

static void test_resizes(void **state)
{
    (void)state;
    for (int trims = 0; trims < 2; trims++) {
        struct world w;
        world_open(&w);
        w.stack = world_stack(&w, 1);
        for (int i = 0; i < 100; i++)
            world_alloc(&w, 0x100000 + (uint64_t)i * 0x10000, 100);
        for (int i = 0; i < MANY; i++) {
            uint64_t address = 0x100000 + (uint64_t)(i % 100) * 0x10000;
            uint64_t size = trims ? 100 : 100 + (uint64_t)(i / 100) * 50;
            world_wait(&w, 1000);
            resize(&w, address, size, size + 50);
            if (trims)
                resize(&w, address, size + 50, size);
        }
        world_expect(&w, FINDING_GROWTH, trims ? 0 : 1);
    }
}

/* ---- frees ---- */

static void test_double_free(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    world_alloc(&w, 0x5000, 32);
    world_free(&w, 0x5000);
    world_alloc(&w, 0x5000, 32);
    world_wait(&w, 1000);
    world_free(&w, 0x5000);
    world_free(&w, 0x5000);
    world_free(&w, 0x7777); /* attached late */
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 1);
    assert_int_equal(found->items[0].kind, FINDING_DOUBLE_FREE);
    assert_int_equal(found->items[0].count, 1);
    assert_int_equal(found->items[0].row, 4);
    assert_string_equal(found->items[0].condition, "heap == 0x100000 && address == 0x5000");
    assert_int_equal(world_count(&w, &found->items[0]), 5);
    answer_unref(&found->base);
    found = world_find_in(&w, "op == alloc", INT64_MIN, INT64_MAX);
    assert_int_equal(found->count, 0);
    answer_unref(&found->base);
    world_close(&w);
}

/* Freed, given out again, freed: what every program does. */
static void test_reuse_is_no_double_free(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    for (int i = 0; i < 100; i++) {
        world_alloc(&w, 0x5000, 32);
        world_free(&w, 0x5000);
    }
    world_expect(&w, FINDING_DOUBLE_FREE, 0);
}

/* Where events were lost a second Free proves little: it comes behind everything else. */
static void test_losses_make_doubt(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.rt.trace->header.buffers_lost = 1;
    world_alloc(&w, 0x5000, 32);
    world_free(&w, 0x5000);
    world_free(&w, 0x5000);
    world_alloc(&w, 0x9000, UINT64_C(1) << 30);
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 2);
    assert_int_equal(found->items[0].kind, FINDING_BIG_BLOCK);
    assert_int_equal(found->items[1].kind, FINDING_DOUBLE_FREE);
    answer_unref(&found->base);
    world_close(&w);
    const struct trust lost = {.buffers_lost = 1}, whole = {.lost_frees = 3};
    assert_false(finding_is_certain(&lost));
    assert_string_equal(finding_confidence(&whole), "high");
}

/* Very many: the blocks that stay for it are not told as growth as well. */
static void test_wrong_heap(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    for (int i = 0; i < MANY; i++) {
        be_busy(&w, i);
        w.stack = world_stack(&w, 1);
        world_alloc(&w, 0x100000 + (uint64_t)i * 0x100, 128);
        world_free_in(&w, WORLD_OTHER, 0x100000 + (uint64_t)i * 0x100);
        world_wait(&w, 1000);
    }
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 1);
    const struct finding *f = &found->items[0];
    assert_int_equal(f->kind, FINDING_WRONG_HEAP);
    assert_int_equal(f->count, MANY);
    assert_int_equal(registry_heap(w.rt.trace->registry, f->heap)->handle, WORLD_OTHER);
    assert_non_null(strstr(f->sentence, "of heap 0x100000 were freed in heap 0x900000"));
    assert_int_equal(world_count(&w, f), MANY);
    answer_unref(&found->base);
    world_close(&w);
}

/* ---- reallocs ---- */

static void move_to_and_fro(struct world *w, int moves)
{
    uint64_t at[2] = {0x10000, 0x20000}, size[2] = {4096, 8192};
    world_open(w);
    world_alloc(w, at[0], size[0]);
    for (int i = 0; i < moves; i++) {
        world_wait(w, 1000);
        world_move(w, at[i % 2], size[i % 2], at[(i + 1) % 2], size[(i + 1) % 2]);
    }
}

static void test_ping_pong(void **state)
{
    (void)state;
    struct world w;
    move_to_and_fro(&w, 17);
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 1);
    assert_int_equal(found->items[0].kind, FINDING_REALLOC);
    assert_int_equal(found->items[0].count, 17);
    assert_int_equal(found->items[0].bytes, 17 * 4096);
    assert_non_null(strstr(found->items[0].sentence, "17 times"));
    assert_non_null(strstr(found->items[0].facts[0].text, "turned back 16 times, at least"));
    assert_int_equal(world_count(&w, &found->items[0]), 17);
    answer_unref(&found->base);
    world_close(&w);
    move_to_and_fro(&w, 16); /* fifteen turns */
    world_expect(&w, FINDING_REALLOC, 0);
}

/* Ten arrays that grow `step` by step, or double for a step of 0. */
static void grow_arrays(struct world *w, uint64_t step, int moves)
{
    uint64_t size[10], address[10], next = 0x1000000;
    world_open(w);
    for (int k = 0; k < 10; k++) {
        size[k] = 1024;
        address[k] = next += UINT64_C(1) << 32;
        world_alloc(w, address[k], size[k]);
    }
    for (int i = 0; i < moves; i++) {
        for (int k = 0; k < 10; k++) {
            uint64_t larger = step > 0 ? size[k] + step : size[k] * 2;
            next += UINT64_C(1) << 32;
            world_move(w, address[k], size[k], next, larger);
            address[k] = next;
            size[k] = larger;
            world_wait(w, 100);
        }
    }
    for (int k = 0; k < 10; k++)
        world_free(w, address[k]);
}

static void test_small_steps(void **state)
{
    (void)state;
    struct world w;
    grow_arrays(&w, 1024, 100);
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 1);
    assert_int_equal(found->items[0].kind, FINDING_REALLOC);
    assert_int_equal(found->items[0].count, 1000);
    answer_unref(&found->base);
    world_close(&w);
    grow_arrays(&w, 0, 15); /* to 32 MiB each: an array that doubles is what it should be */
    world_expect(&w, FINDING_REALLOC, 0);
}

/* ---- storms ---- */

static void work_steadily(struct world *w, int turns, int64_t pause)
{
    for (int i = 0; i < turns; i++) {
        w->stack = world_stack(w, (uint64_t)(i % 20));
        world_alloc(w, 0x5000, 64);
        world_wait(w, pause / 2);
        world_free(w, 0x5000);
        world_wait(w, pause / 2);
    }
}

static void test_storm(void **state)
{
    (void)state;
    for (int blocks = 900; blocks <= 1800; blocks += 900) {
        struct world w;
        world_open(&w);
        work_steadily(&w, 2000, 20000);
        w.stack = world_stack(&w, 99);
        for (int i = 0; i < blocks; i++) {
            world_alloc(&w, 0x6000, 64);
            world_wait(&w, 100);
            world_free(&w, 0x6000);
            world_wait(&w, 100);
        }
        work_steadily(&w, 2000, 20000);
        struct findings *found = world_find(&w);
        assert_int_equal(found->count, blocks >= 1000);
        if (blocks >= 1000) {
            assert_int_equal(found->items[0].kind, FINDING_STORM);
            assert_int_equal(found->items[0].stack, world_stack(&w, 99));
            assert_int_equal(world_count(&w, &found->items[0]), blocks);
        }
        answer_unref(&found->base);
        world_close(&w);
    }
}

/* All the time the same, however fast: no storm. */
static void test_busy_is_no_storm(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    work_steadily(&w, 5000, 20);
    world_expect(&w, FINDING_STORM, 0);
}

/* ---- threads ---- */

/* Thread 2 allocates; of so many blocks in a hundred thread 3 frees, the others it frees itself.
 * Thread 3 has as many blocks of its own. */
static void hand_over(struct world *w, int percent)
{
    world_open(w);
    for (int i = 0; i < 1000; i++) {
        w->tid = 2;
        world_alloc(w, 0x5000, 64);
        world_wait(w, 30000);
        w->tid = i % 100 < percent ? 3 : 2;
        world_free(w, 0x5000);
        w->tid = 3;
        world_alloc(w, 0x6000, 64);
        world_wait(w, 30000);
        world_free(w, 0x6000);
    }
}

static void test_cross_thread(void **state)
{
    (void)state;
    struct world w;
    hand_over(&w, 90);
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 1);
    assert_int_equal(found->items[0].kind, FINDING_CROSS_THREAD);
    assert_int_equal(found->items[0].count, 900);
    assert_int_equal(registry_thread(w.rt.trace->registry, found->items[0].thread)->tid, 2);
    answer_unref(&found->base);
    world_close(&w);
    hand_over(&w, 50);
    world_expect(&w, FINDING_CROSS_THREAD, 0);
}

/* ---- space ---- */

/* Fills 1 MiB, keeps `kept` pages of it, and tells `left` as committed in the end. */
static void use_and_free(struct world *w, int kept, uint64_t left)
{
    world_open(w);
    for (int i = 0; i < 256; i++) {
        if (i % 16 == 0)
            world_committed(w, (uint64_t)(i + 16) * 4096);
        world_alloc(w, 0x100000 + (uint64_t)i * 0x1000, 4000);
        world_wait(w, 1000);
    }
    for (int i = 0; i < 256; i++) {
        if (i % 16 != 0 || i / 16 >= kept)
            world_free(w, 0x100000 + (uint64_t)i * 0x1000);
        world_wait(w, 1000);
    }
    world_committed(w, left);
}

static void test_fragmentation(void **state)
{
    (void)state;
    struct world w;
    use_and_free(&w, 16, 1 << 20);
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 1);
    assert_int_equal(found->items[0].kind, FINDING_FRAGMENTATION);
    assert_int_equal(found->items[0].count, 16);
    assert_int_equal(found->items[0].bytes, (1 << 20) - 16 * 4000);
    assert_int_equal(world_count(&w, &found->items[0]), 16);
    assert_int_equal(found->items[0].second[FINDING_POINTS - 1], 1 << 20);
    answer_unref(&found->base);
    world_close(&w);
    use_and_free(&w, 0, 1 << 20); /* empty */
    world_expect(&w, FINDING_FRAGMENTATION, 0);
    use_and_free(&w, 16, 1 << 17); /* given back */
    world_expect(&w, FINDING_FRAGMENTATION, 0);
}

/* What was committed before the trace, or for one block with pages of its own, says nothing. */
static void test_no_fragmentation(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    world_committed(&w, 8 << 20);
    for (int i = 0; i < 20; i++) {
        world_alloc(&w, 0x100000 + (uint64_t)i * 0x1000, 400);
        world_wait(&w, 1000);
    }
    world_expect(&w, FINDING_FRAGMENTATION, 0);
    world_open(&w);
    for (int i = 0; i < 10; i++)
        world_alloc(&w, 0x5000 + (uint64_t)i * 0x100, 64);
    world_committed(&w, 40 << 20);
    world_alloc(&w, 0x1000000, 32 << 20);
    world_wait(&w, 10000000);
    world_free(&w, 0x1000000);
    world_wait(&w, 10000000);
    world_alloc(&w, 0x4000, 64);
    world_expect(&w, FINDING_FRAGMENTATION, 0);
}

/* ---- single events ---- */

static void test_big_blocks(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    world_alloc(&w, 0x5000, (64 << 20) - 1);
    world_alloc(&w, 0, (1 << 20) - 1);
    world_expect(&w, FINDING_BIG_BLOCK, 0);
    world_open(&w);
    world_alloc(&w, 0x5000, 64 << 20);
    world_alloc(&w, 0, 1 << 20);
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 1);
    assert_int_equal(found->items[0].count, 2);
    assert_int_equal(world_count(&w, &found->items[0]), 2);
    assert_non_null(strstr(found->items[0].sentence, "1 failed"));
    answer_unref(&found->base);
    world_close(&w);
}

static void test_invalid_source(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    for (uint32_t source = 1; source <= 6; source++)
        world_tell(
            &w, (struct trace_event){.op = HEAP_OP_ALLOC,
                                     .has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE,
                                     .address = 0x5000 + source * 0x100,
                                     .size = 16,
                                     .source = source});
    struct findings *found = world_find(&w);
    assert_int_equal(found->count, 1);
    assert_int_equal(found->items[0].kind, FINDING_INVALID_SOURCE);
    assert_int_equal(world_count(&w, &found->items[0]), 1);
    answer_unref(&found->base);
    world_close(&w);
}

/* ---- the whole ---- */

static void test_nothing(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    struct findings *found = world_find(&w);
    assert_int_equal(found->count + found->events, 0);
    answer_unref(&found->base);
    world_alloc(&w, 0x5000, 32);
    found = world_find_in(&w, NULL, 1000000000, 2000000000);
    assert_int_equal(found->count + found->events, 0);
    answer_unref(&found->base);
    found = world_find(&w);
    assert_int_equal(found->events, 1);
    answer_unref(&found->base);
    world_close(&w);
}

/* A trace that lies about sizes, threads and heaps, in pieces: nothing breaks, and every filter is
 * one that can be typed. */
static void test_random_traces(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct world w = {0};
        random_trace_init(&w.rt, seed, WORLD_TICKS, 1 + seed * 50);
        random_trace_add(&w.rt, 5000);
        struct findings *found = world_find(&w);
        for (size_t i = 0; i < found->count; i++) {
            assert_true(world_count(&w, &found->items[i]) > 0);
            assert_true(found->items[i].sentence[0] != '\0');
            assert_true(found->items[i].since <= found->items[i].until);
        }
        answer_unref(&found->base);
        world_close(&w);
    }
}

/* ---- what a trace may lie ---- */

/* The blocks of a storm, the first of which is as old as time can be. */
static void test_times_that_lie(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    w.rt.now = INT64_MIN + 1;
    world_alloc(&w, 0x1000, 64);
    world_alloc(&w, 0x2000, 64);
    w.rt.now = INT64_MAX - 100000;
    world_free(&w, 0x2000);
    for (int i = 0; i < 2 * MANY; i++) {
        world_alloc(&w, 0x3000, 64);
        world_wait(&w, 10);
        world_free(&w, 0x3000);
        world_alloc(&w, 0x40000 + (uint64_t)i * 0x100, 4096);
        world_wait(&w, 10);
    }
    struct findings *found = world_find(&w);
    for (size_t i = 0; i < found->count; i++)
        assert_true(found->items[i].since <= found->items[i].until);
    answer_unref(&found->base);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leak),
        cmocka_unit_test(test_heap_grows),
        cmocka_unit_test(test_no_growth),
        cmocka_unit_test(test_random_walks),
        cmocka_unit_test(test_resizes),
        cmocka_unit_test(test_double_free),
        cmocka_unit_test(test_reuse_is_no_double_free),
        cmocka_unit_test(test_losses_make_doubt),
        cmocka_unit_test(test_wrong_heap),
        cmocka_unit_test(test_ping_pong),
        cmocka_unit_test(test_small_steps),
        cmocka_unit_test(test_storm),
        cmocka_unit_test(test_busy_is_no_storm),
        cmocka_unit_test(test_cross_thread),
        cmocka_unit_test(test_fragmentation),
        cmocka_unit_test(test_no_fragmentation),
        cmocka_unit_test(test_big_blocks),
        cmocka_unit_test(test_invalid_source),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_random_traces),
        cmocka_unit_test(test_times_that_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
