/*
 * Joining stacks to rows, rule by rule (etl-format 5), as short lists of events made by hand. A
 * stack is written as one letter a frame: small letters are the process's, capitals the kernel's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "model/stack_join.h"
#include "model/stack_keys.h"
#include "model/stack_orphans.h"

#define KERNEL UINT64_C(0xfffff80000000000)

enum { PID = 100, TID = 7, KEY = 0x77 };

struct world {
    struct trace *t;
    struct stack_join *j;
    uint64_t frames[64];
};

static int setup(void **state)
{
    static const struct etl_file_header header = {.pointer_size = 8};
    struct world *w = calloc(1, sizeof *w);
    w->t = trace_new(&header);
    w->j = stack_join_new();
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    stack_join_free(w->j);
    trace_unref(w->t);
    free(w);
    return 0;
}

/* ---- events ---- */

static struct trace_event heap(int64_t time, uint32_t pid, uint32_t tid)
{
    return (struct trace_event){
        .kind = EVENT_HEAP,
        .time = time,
        .pid = pid,
        .tid = tid,
        .op = HEAP_OP_ALLOC,
        .has = EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE,
        .heap = 0x10000,
        .address = 0x20000 + (uint64_t)time * 16,
        .size = 8,
    };
}

static uint64_t frame_of(char letter)
{
    return letter < 'a' ? KERNEL + (uint64_t)letter : (uint64_t)letter;
}

/* The letters as frames, which stay good until the next call. */
static void set_frames(struct world *w, struct trace_event *e, const char *letters)
{
    e->stack.frames = w->frames;
    e->stack.frame_count = (uint32_t)strlen(letters);
    for (size_t i = 0; letters[i] != '\0'; i++)
        w->frames[i] = frame_of(letters[i]);
}

static void feed(struct world *w, const struct trace_event *e)
{
    if (e->kind == EVENT_HEAP)
        assert_int_equal(replay_take(w->t->replay, e, 1), 0);
    assert_int_equal(stack_join_take(w->j, w->t, e, 1), 0);
    store_publish(w->t->store);
}

static void alloc(struct world *w, int64_t time, uint32_t pid, uint32_t tid)
{
    struct trace_event e = heap(time, pid, tid);
    feed(w, &e);
}

/* A whole stack of the event at `event_time`, recorded a little later. */
static void stack(struct world *w, int64_t event_time, uint32_t pid, uint32_t tid,
                  const char *letters)
{
    struct trace_event e = {.kind = EVENT_STACK, .time = event_time + 1, .pid = pid, .tid = tid};
    e.stack.event_time = event_time;
    set_frames(w, &e, letters);
    feed(w, &e);
}

static void reference(struct world *w, int64_t time, int64_t event_time, uint64_t key,
                      bool is_kernel)
{
    struct trace_event e = {.kind = EVENT_STACK_REFERENCE, .time = time, .pid = PID, .tid = TID};
    e.stack.event_time = event_time;
    e.stack.key = key;
    e.stack.is_kernel = is_kernel;
    feed(w, &e);
}

static void define_late(struct world *w, int64_t time, uint64_t key, const char *letters, bool late)
{
    struct trace_event e = {.kind = EVENT_STACK_DEFINITION, .time = time, .late = late};
    e.stack.key = key;
    set_frames(w, &e, letters);
    feed(w, &e);
}

static void define(struct world *w, int64_t time, uint64_t key, const char *letters)
{
    define_late(w, time, key, letters, false);
}

static void finish(struct world *w)
{
    assert_int_equal(stack_join_finish(w->j, w->t), 0);
}

/* ---- what rows have ---- */

#define assert_stack(w, row, letters) check_stack(w, row, letters, __LINE__)

static void check_stack(const struct world *w, uint64_t id, const char *letters, int line)
{
    struct row row;
    char has[64] = "";
    store_get(w->t->store, id, &row);
    if (row.stack != STACK_NONE) {
        struct stack_frames s = stack_table_get(w->t->stacks, row.stack);
        for (uint32_t i = 0; i < s.count && i < sizeof has - 1; i++)
            has[i] = (char)(s.frames[i] & 0xff);
    }
    if (strcmp(has, letters) != 0)
        fail_msg("line %d: row %llu has \"%s\", not \"%s\"", line, (unsigned long long)id, has,
                 letters);
}

/* ---- plain stacks ---- */

static void test_time_and_thread(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    alloc(w, 10, PID, 8);
    alloc(w, 10, 200, 9);
    stack(w, 10, PID, 8, "abc");
    assert_stack(w, 0, "");
    assert_stack(w, 1, "abc");
    stack(w, 10, PID, TID, "de");
    stack(w, 10, 200, 9, "abc");
    assert_stack(w, 0, "de");
    assert_stack(w, 2, "abc");
    assert_int_equal(stack_table_count(w->t->stacks), 2);
}

static void test_stacks_of_other_events_leave_nothing(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    for (int64_t i = 0; i < 1000; i++)
        stack(w, i == 10 ? 5 : i, PID, i == 9 ? TID : 99, "xyz");
    stack(w, 10, PID, 99, "xyz");
    stack(w, 10, 200, TID, "xyz");
    assert_stack(w, 0, "");
    assert_int_equal(stack_table_count(w->t->stacks), 0);
    assert_int_equal(stack_join_missing(w->j, w->t), 0);
}

static void test_ids_that_are_not_told(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    stack(w, 10, 0, TID, "a");
    alloc(w, 20, PID, TID);
    stack(w, 20, EVENT_NO_ID, EVENT_NO_ID, "b");
    alloc(w, 30, PID, TID);
    stack(w, 30, PID, 0, "c");
    alloc(w, 40, EVENT_NO_ID, TID);
    stack(w, 40, PID, TID, "d");
    assert_stack(w, 0, "a");
    assert_stack(w, 1, "b");
    assert_stack(w, 2, "c");
    assert_stack(w, 3, "d");
}

/* A heap event without ids goes by the CPU, or by being alone. */
static void test_events_without_ids(void **state)
{
    struct world *w = *state;
    struct trace_event e = heap(10, EVENT_NO_ID, EVENT_NO_ID);
    e.cpu = 3;
    feed(w, &e);
    stack(w, 10, PID, TID, "a");
    assert_stack(w, 0, "a");
    e = heap(20, EVENT_NO_ID, EVENT_NO_ID);
    e.cpu = 0;
    feed(w, &e);
    e.cpu = 3;
    feed(w, &e);
    stack(w, 20, PID, TID, "b"); /* its record is of CPU 0 */
    assert_stack(w, 1, "b");
    assert_stack(w, 2, "");
    e = heap(30, EVENT_NO_ID, EVENT_NO_ID);
    e.cpu = 3;
    feed(w, &e);
    feed(w, &e);
    stack(w, 30, PID, TID, "c"); /* nobody knows whose */
    assert_stack(w, 3, "");
    assert_stack(w, 4, "");
    alloc(w, 40, PID, TID);
    e = heap(40, EVENT_NO_ID, EVENT_NO_ID);
    feed(w, &e);
    stack(w, 40, PID, TID, "d"); /* ids go before the CPU */
    assert_stack(w, 5, "d");
    assert_stack(w, 6, "");
}

static void test_several_events_of_one_time(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 3; i++)
        alloc(w, 10, PID, TID);
    stack(w, 10, PID, TID, "abc");
    for (uint64_t i = 0; i < 3; i++)
        assert_stack(w, i, "abc");
    stack(w, 10, PID, TID, "xbc");
    stack(w, 10, PID, TID, "ybc");
    assert_stack(w, 0, "abc");
    assert_stack(w, 1, "xbc");
    assert_stack(w, 2, "ybc");
}

/* The search goes back and forth over many rows and chunks. */
static void test_far_apart(void **state)
{
    struct world *w = *state;
    enum { N = 3 * STORE_CHUNK_ROWS / 2 };
    for (int64_t i = 0; i < N; i++) {
        struct trace_event e = heap(i * 2, PID, TID);
        assert_int_equal(replay_take(w->t->replay, &e, 1), 0);
    }
    static const int64_t times[] = {0, 2 * (N - 1), 2, 100000, 99998, 131072, 4, 2 * (N - 2)};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        stack(w, times[i], PID, TID, "abc");
        assert_stack(w, (uint64_t)times[i] / 2, "abc");
        stack(w, times[i] + 1, PID, TID, "no");
    }
    assert_int_equal(stack_table_count(w->t->stacks), 1);
}

/* ---- parts ---- */

static void test_kernel_and_user_parts(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    stack(w, 10, PID, TID, "KL");
    stack(w, 10, PID, TID, "abc");
    assert_stack(w, 0, "KLabc");
    alloc(w, 20, PID, TID);
    stack(w, 20, PID, TID, "abc");
    stack(w, 20, PID, TID, "KL");
    assert_stack(w, 1, "KLabc");
}

static void test_mixed_frames_stay(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    stack(w, 10, PID, TID, "abKLcd");
    stack(w, 10, PID, TID, "XY");
    assert_stack(w, 0, "XYabKLcd");
    alloc(w, 20, PID, TID);
    stack(w, 20, PID, TID, "KLab");
    assert_stack(w, 1, "KLab");
}

/* ---- keys ---- */

static void test_definition_comes_later(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    reference(w, 11, 10, KEY, false);
    alloc(w, 20, PID, TID);
    reference(w, 21, 20, KEY, false);
    assert_stack(w, 0, "");
    uint64_t changes = store_stack_changes(w->t->store);
    define(w, 30, KEY, "abcd");
    assert_stack(w, 0, "abcd");
    assert_stack(w, 1, "abcd");
    assert_true(store_stack_changes(w->t->store) > changes);
}

static void test_key_used_again(void **state)
{
    struct world *w = *state;
    static const char *const letters[] = {"abcd", "efgh", "ijkl"};
    for (int64_t i = 0; i < 3; i++) {
        alloc(w, 10 + 100 * i, PID, TID);
        reference(w, 11 + 100 * i, 10 + 100 * i, KEY, false);
        define(w, 50 + 100 * i, KEY, letters[i]);
    }
    for (uint64_t i = 0; i < 3; i++)
        assert_stack(w, i, letters[i]);
}

static void test_definition_of_the_same_time_counts(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    define(w, 10, KEY, "old");
    define(w, 11, KEY, "new");
    reference(w, 11, 10, KEY, false);
    assert_stack(w, 0, "new");
}

static void test_kernel_and_user_under_one_key(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    reference(w, 11, 10, KEY, false);
    reference(w, 12, 10, KEY, true);
    define(w, 20, KEY, "KLMN");
    assert_stack(w, 0, "");
    define(w, 30, KEY, "abcd");
    assert_stack(w, 0, "KLMNabcd");
}

static void test_plain_kernel_part_and_key(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    stack(w, 10, PID, TID, "KL");
    assert_stack(w, 0, "KL");
    reference(w, 12, 10, KEY, false);
    alloc(w, 20, PID, TID);
    reference(w, 21, 20, KEY, false);
    stack(w, 20, PID, TID, "M");
    define(w, 30, KEY, "abcd");
    assert_stack(w, 0, "KLabcd");
    assert_stack(w, 1, "Mabcd");
}

static void test_last_definition_serves_at_the_end(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    define(w, 5, KEY, "first");
    define(w, 6, KEY, "last");
    reference(w, 11, 10, KEY, false);
    assert_stack(w, 0, "");
    assert_int_equal(stack_join_missing(w->j, w->t), 0);
    finish(w);
    assert_stack(w, 0, "last");
    assert_int_equal(stack_join_missing(w->j, w->t), 0);
}

static void test_missing(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    assert_int_equal(stack_join_missing(w->j, w->t), 0);
    reference(w, 11, 10, KEY, false);
    alloc(w, 20, PID, TID);
    stack(w, 20, PID, TID, "KL");
    reference(w, 22, 20, KEY, false);
    alloc(w, 30, PID, TID);
    assert_int_equal(stack_join_missing(w->j, w->t), 1);
    define(w, 40, KEY + 1, "abcd");
    finish(w);
    assert_stack(w, 0, "");
    assert_stack(w, 1, "KL"); /* the part that came */
    assert_stack(w, 2, "");
    assert_int_equal(stack_join_missing(w->j, w->t), 2);
}

/* Only the operations that were walked at all can miss stacks. */
static void test_missing_by_operation(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    stack(w, 10, PID, TID, "a");
    struct trace_event e = heap(20, PID, TID);
    e.op = HEAP_OP_REALLOC;
    feed(w, &e);
    assert_int_equal(stack_join_missing(w->j, w->t), 0);
    alloc(w, 30, PID, TID);
    assert_int_equal(stack_join_missing(w->j, w->t), 1);
}

/* ---- out of order ---- */

/* On another CPU at the same time the stack may come first. */
static void test_stack_before_its_event(void **state)
{
    struct world *w = *state;
    alloc(w, 5, PID, TID);
    struct trace_event e = {.kind = EVENT_STACK, .time = 10, .pid = PID, .tid = TID};
    e.stack.event_time = 10;
    set_frames(w, &e, "abc");
    feed(w, &e);
    reference(w, 10, 10, KEY, true);
    stack(w, 9, PID, TID, "no");
    alloc(w, 10, PID, TID);
    assert_stack(w, 0, "");
    define(w, 20, KEY, "KLMN");
    assert_stack(w, 1, "KLMNabc");
}

/* What a rebuild does: the same stacks, a late row in the middle, and its stack, which had come. */
static void test_late_event_finds_its_stack(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    stack(w, 10, PID, TID, "abc");
    stack(w, 20, PID, TID, "late");
    reference(w, 21, 20, KEY, true);
    alloc(w, 30, PID, TID);
    reference(w, 31, 30, KEY, false);
    struct trace *made = trace_new_like(w->t);
    for (int64_t time = 10; time <= 30; time += 10) {
        struct trace_event e = heap(time, PID, TID);
        assert_int_equal(replay_take(made->replay, &e, 1), 0);
    }
    assert_int_equal(store_set_stack(made->store, 0, store_given_stack(w->t->store, 0)), 0);
    assert_int_equal(store_set_stack(made->store, 2, store_given_stack(w->t->store, 1)), 0);
    store_publish(made->store);
    trace_unref(w->t);
    w->t = made;
    assert_int_equal(stack_join_rebuilt(w->j, w->t), 0);
    assert_stack(w, 0, "abc");
    assert_stack(w, 1, "");
    define(w, 40, KEY, "KLMN");
    assert_stack(w, 1, "KLMNlate");
    define(w, 41, KEY, "user");
    assert_stack(w, 2, "user");
}

/* Definitions at 20 and 40, the first one late: who had asked before 20 must not keep the second.
 */
static void test_late_definition(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    reference(w, 11, 10, KEY, false);
    alloc(w, 30, PID, TID);
    reference(w, 31, 30, KEY, false);
    define(w, 40, KEY, "second");
    assert_stack(w, 0, "second");
    define_late(w, 20, KEY, "first", true);
    assert_stack(w, 0, "first");
    assert_stack(w, 1, "second");

    alloc(w, 50, PID, TID);
    reference(w, 51, 50, KEY, false);
    alloc(w, 70, PID, TID);
    reference(w, 71, 70, KEY, false);
    define_late(w, 60, KEY, "third", true);
    assert_stack(w, 2, "third");
    assert_stack(w, 3, "");
    define(w, 80, KEY, "fourth");
    assert_stack(w, 3, "fourth");
    assert_stack(w, 2, "third");
}

static void test_late_reference(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    alloc(w, 30, PID, TID);
    define(w, 20, KEY, "first");
    define(w, 40, KEY, "second");
    reference(w, 31, 30, KEY, false);
    reference(w, 11, 10, KEY, false);
    assert_stack(w, 0, "first");
    assert_stack(w, 1, "second");
}

/* ---- limits ---- */

static void test_orphans_are_bounded(void **state)
{
    struct world *w = *state;
    alloc(w, 1000000, PID, TID);
    size_t before = stack_join_bytes(w->j);
    for (int64_t i = 0; i < 100000; i++)
        stack(w, i, PID, 99, "abcdefghijklmnopqrstuvwxyz");
    assert_true(stack_join_bytes(w->j) - before <= STACK_ORPHANS_WORDS * 8);
    stack(w, 1000000, PID, TID, "ok");
    assert_stack(w, 0, "ok");
}

static void test_keys_are_bounded(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    for (uint64_t key = 0; key < STACK_KEYS_MAX + 10; key++)
        define(w, 1, key, "abcdefgh");
    assert_int_equal(stack_join_dropped(w->j), 10);
    assert_true(stack_join_bytes(w->j) < (size_t)160 << 20);
    reference(w, 11, 10, STACK_KEYS_MAX + 20, false);
    assert_int_equal(stack_join_dropped(w->j), 11);
    reference(w, 11, 10, STACK_KEYS_MAX - 1, false);
    finish(w);
    assert_stack(w, 0, "abcdefgh");
}

/* Rows that all have one time cost a bounded search each. */
static void test_a_trace_that_stands_still(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 20000; i++)
        alloc(w, 10, PID, TID);
    for (int i = 0; i < 20000; i++)
        stack(w, 10, PID, TID, i % 2 != 0 ? "abc" : "xyz");
    assert_true(stack_table_count(w->t->stacks) == 2);
}

/* Late definitions of one key, each behind the one before: none costs a walk through the others for
 * every reference. */
static void test_late_definitions_without_end(void **state)
{
    struct world *w = *state;
    alloc(w, 10, PID, TID);
    for (int i = 0; i < 2000; i++)
        reference(w, 11, 10, KEY, false);
    for (int i = 0; i < 500; i++)
        define(w, 1000000, KEY, "last");
    for (int i = 0; i < 20000; i++)
        define_late(w, 20 + i, KEY, i == 0 ? "first" : "other", true);
    assert_stack(w, 0, "first");
}

/* ---- the ring of orphans ---- */

struct seen {
    int64_t times[8];
    size_t count;
    enum stack_orphan_fate fate;
};

static enum stack_orphan_fate see(void *ctx, const struct trace_event *e)
{
    struct seen *s = ctx;
    if (s->count < 8)
        s->times[s->count] = e->stack.event_time;
    s->count++;
    return s->fate;
}

static void test_orphans(void **state)
{
    (void)state;
    struct stack_orphans o = {0};
    uint64_t frames[900] = {0};
    struct trace_event e = {.kind = EVENT_STACK, .stack = {.frames = frames, .frame_count = 900}};
    for (int64_t i = 0; i < 2000; i++) {
        e.stack.event_time = i;
        stack_orphans_add(&o, &e, i == 1998);
    }
    struct seen early = {.fate = STACK_ORPHAN_EARLY};
    stack_orphans_offer(&o, true, see, &early);
    assert_int_equal(early.count, 2);
    assert_int_equal(early.times[0], 1998);
    early = (struct seen){.fate = STACK_ORPHAN_FOUND};
    stack_orphans_offer(&o, true, see, &early);
    assert_int_equal(early.count, 2);
    struct seen none = {.fate = STACK_ORPHAN_STAYS};
    stack_orphans_offer(&o, true, see, &none);
    assert_int_equal(none.count, 0);
    struct seen all = {.fate = STACK_ORPHAN_STAYS};
    stack_orphans_offer(&o, false, see, &all);
    assert_in_range(all.count, 500, STACK_ORPHANS_WORDS / 900);
    assert_int_equal(all.times[0], 1998 - (int64_t)all.count);
    stack_orphans_release(&o);
}

/* All stay early until time goes on; then every one has had its turn. */
static void test_early_orphans_by_and_by(void **state)
{
    (void)state;
    enum { COUNT = 3 * STACK_ORPHANS_EARLY_MOST };
    struct stack_orphans o = {0};
    struct trace_event e = {.kind = EVENT_STACK_REFERENCE};
    for (int64_t i = 0; i < COUNT; i++) {
        e.stack.event_time = i;
        stack_orphans_add(&o, &e, true);
    }
    for (int i = 0; i < 3; i++) {
        struct seen still = {.fate = STACK_ORPHAN_EARLY};
        stack_orphans_offer(&o, true, see, &still);
        assert_int_equal(still.count, STACK_ORPHANS_EARLY_MOST);
        assert_int_equal(still.times[0], 0);
    }
    for (int i = 0; i < 3; i++) {
        struct seen over = {.fate = STACK_ORPHAN_STAYS};
        stack_orphans_offer(&o, true, see, &over);
        assert_int_equal(over.count, STACK_ORPHANS_EARLY_MOST);
        assert_int_equal(over.times[0], i * (int64_t)STACK_ORPHANS_EARLY_MOST);
    }
    struct seen none = {.fate = STACK_ORPHAN_STAYS};
    stack_orphans_offer(&o, true, see, &none);
    assert_int_equal(none.count, 0);
    stack_orphans_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_time_and_thread),
        TEST(test_stacks_of_other_events_leave_nothing),
        TEST(test_ids_that_are_not_told),
        TEST(test_events_without_ids),
        TEST(test_several_events_of_one_time),
        TEST(test_far_apart),
        TEST(test_kernel_and_user_parts),
        TEST(test_mixed_frames_stay),
        TEST(test_definition_comes_later),
        TEST(test_key_used_again),
        TEST(test_definition_of_the_same_time_counts),
        TEST(test_kernel_and_user_under_one_key),
        TEST(test_plain_kernel_part_and_key),
        TEST(test_last_definition_serves_at_the_end),
        TEST(test_missing),
        TEST(test_missing_by_operation),
        TEST(test_stack_before_its_event),
        TEST(test_late_event_finds_its_stack),
        TEST(test_late_definition),
        TEST(test_late_reference),
        TEST(test_orphans_are_bounded),
        TEST(test_keys_are_bounded),
        TEST(test_a_trace_that_stands_still),
        TEST(test_late_definitions_without_end),
        cmocka_unit_test(test_orphans),
        cmocka_unit_test(test_early_orphans_by_and_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
