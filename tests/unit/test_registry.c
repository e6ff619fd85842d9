/*
 * Identity (numbers.md): process instances, threads of an instance, heap generations, and names
 * that come from outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "model/registry.h"

static int setup(void **state)
{
    *state = registry_new();
    return *state != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    registry_free(*state);
    return 0;
}

static uint32_t tell(struct registry *r, uint8_t kind, uint32_t pid, int64_t time, const char *name)
{
    struct trace_event e = {
        .kind = kind, .pid = pid, .time = time, .name = {(const uint8_t *)name, strlen(name)}};
    return registry_take_process(r, &e);
}

static uint32_t process_of(struct registry *r, uint32_t pid)
{
    return registry_thread(r, registry_add_thread(r, pid, 1))->process;
}

static void check_process(const struct registry *r, uint32_t index, uint32_t pid, int64_t start,
                          int64_t end, const char *name)
{
    const struct process *p = registry_process(r, index);
    assert_int_equal(p->pid, pid);
    assert_int_equal(p->start, start);
    assert_int_equal(p->end, end);
    if (name == NULL)
        assert_null(p->name);
    else
        assert_string_equal(p->name, name);
}

static void test_started_process(void **state)
{
    struct registry *r = *state;
    uint32_t p = tell(r, EVENT_PROCESS_START, 7, 100, "app.exe");
    check_process(r, p, 7, 100, INT64_MAX, "app.exe");
    assert_int_equal(process_of(r, 7), p);
    assert_int_equal(tell(r, EVENT_PROCESS_END, 7, 200, "app.exe"), p);
    check_process(r, p, 7, 100, 200, "app.exe");
    assert_int_equal(registry_process_count(r), 1);
}

static void test_process_before_the_trace(void **state)
{
    struct registry *r = *state;
    uint32_t p = process_of(r, 7);
    check_process(r, p, 7, INT64_MIN, INT64_MAX, NULL);
    assert_int_equal(tell(r, EVENT_PROCESS_RUNDOWN, 7, 300, "app.exe"), p);
    check_process(r, p, 7, INT64_MIN, INT64_MAX, "app.exe");
    /* A name once known stays. */
    assert_int_equal(tell(r, EVENT_PROCESS_RUNDOWN, 7, 301, "other.exe"), p);
    check_process(r, p, 7, INT64_MIN, INT64_MAX, "app.exe");
    /* Known to the records only. */
    uint32_t q = tell(r, EVENT_PROCESS_RUNDOWN, 8, 301, "");
    check_process(r, q, 8, INT64_MIN, INT64_MAX, NULL);
    uint32_t ended = tell(r, EVENT_PROCESS_END, 9, 302, "x");
    check_process(r, ended, 9, INT64_MIN, 302, "x");
}

/* The records of a rundown come a little after the first events: they name, they do not split. */
static void test_start_told_late(void **state)
{
    struct registry *r = *state;
    uint32_t p = process_of(r, 7);
    assert_int_equal(tell(r, EVENT_PROCESS_START, 7, 50, "app.exe"), p);
    check_process(r, p, 7, INT64_MIN, INT64_MAX, "app.exe");
    assert_int_equal(process_of(r, 7), p);
}

static void test_pid_used_again(void **state)
{
    struct registry *r = *state;
    uint32_t first = tell(r, EVENT_PROCESS_START, 7, 100, "a.exe");
    uint32_t thread = registry_add_thread(r, 7, 1);
    uint32_t heap = registry_add_heap(r, first, 0x10000);
    tell(r, EVENT_PROCESS_END, 7, 200, "");
    uint32_t second = tell(r, EVENT_PROCESS_START, 7, 300, "b.exe");
    assert_int_not_equal(first, second);
    check_process(r, first, 7, 100, 200, "a.exe");
    check_process(r, second, 7, 300, INT64_MAX, "b.exe");
    uint32_t again = registry_add_thread(r, 7, 1);
    assert_int_not_equal(again, thread);
    assert_int_equal(registry_thread(r, again)->process, second);
    assert_int_equal(registry_find_heap(r, second, 0x10000), INDEX_NONE);
    uint32_t next = registry_add_heap(r, second, 0x10000);
    assert_int_not_equal(next, heap);
    assert_int_equal(registry_heap(r, next)->generation, 1);
}

static void test_pid_used_again_without_start(void **state)
{
    struct registry *r = *state;
    uint32_t first = tell(r, EVENT_PROCESS_START, 7, 100, "a.exe");
    tell(r, EVENT_PROCESS_END, 7, 200, "");
    /* A second End and a late name still speak of the first. */
    assert_int_equal(tell(r, EVENT_PROCESS_END, 7, 250, ""), first);
    assert_int_equal(tell(r, EVENT_PROCESS_RUNDOWN, 7, 260, ""), first);
    uint32_t second = process_of(r, 7);
    assert_int_not_equal(first, second);
    check_process(r, first, 7, 100, 200, "a.exe");
    check_process(r, second, 7, 200, INT64_MAX, NULL);
}

static void test_start_after_end(void **state)
{
    struct registry *r = *state;
    uint32_t first = process_of(r, 7);
    tell(r, EVENT_PROCESS_END, 7, 200, "");
    uint32_t second = tell(r, EVENT_PROCESS_START, 7, 200, "");
    assert_int_not_equal(first, second);
    check_process(r, first, 7, INT64_MIN, 200, NULL);
    check_process(r, second, 7, 200, INT64_MAX, NULL);
}

static void test_started_twice(void **state)
{
    struct registry *r = *state;
    uint32_t first = tell(r, EVENT_PROCESS_START, 7, 100, "a.exe");
    /* The same (pid, start time) told by two sessions. */
    assert_int_equal(tell(r, EVENT_PROCESS_START, 7, 100, "a.exe"), first);
    /* Its End was lost. */
    uint32_t second = tell(r, EVENT_PROCESS_START, 7, 101, "a.exe");
    assert_int_not_equal(second, first);
    assert_int_equal(process_of(r, 7), second);
}

static void test_threads(void **state)
{
    struct registry *r = *state;
    uint32_t a = registry_add_thread(r, 7, 1);
    uint32_t b = registry_add_thread(r, 7, 2);
    uint32_t c = registry_add_thread(r, 8, 1);
    uint32_t none = registry_add_thread(r, EVENT_NO_ID, EVENT_NO_ID);
    assert_int_equal(registry_thread_count(r), 4);
    assert_int_equal(registry_process_count(r), 3);
    assert_int_equal(registry_add_thread(r, 7, 1), a);
    assert_int_equal(registry_add_thread(r, 7, 2), b);
    assert_int_equal(registry_add_thread(r, 8, 1), c);
    assert_int_equal(registry_add_thread(r, EVENT_NO_ID, EVENT_NO_ID), none);
    assert_int_equal(registry_thread(r, b)->tid, 2);
    assert_int_equal(registry_thread(r, a)->process, registry_thread(r, b)->process);
    assert_int_equal(registry_process(r, registry_thread(r, none)->process)->pid, EVENT_NO_ID);
}

static void test_generations(void **state)
{
    struct registry *r = *state;
    uint32_t p = process_of(r, 7), q = process_of(r, 8);
    assert_int_equal(registry_find_heap(r, p, 0x10000), INDEX_NONE);
    registry_end_heap(r, p, 0x10000);
    uint32_t one = registry_add_heap(r, p, 0x10000);
    assert_int_equal(registry_add_heap(r, p, 0x10000), one);
    assert_int_equal(registry_find_heap(r, p, 0x10000), one);
    assert_int_not_equal(registry_add_heap(r, q, 0x10000), one);
    registry_end_heap(r, p, 0x10000);
    assert_int_equal(registry_find_heap(r, p, 0x10000), INDEX_NONE);
    assert_int_equal(registry_mention_heap(r, p, 0x10000), one);
    uint32_t two = registry_add_heap(r, p, 0x10000);
    assert_int_equal(registry_heap(r, two)->generation, 2);
    assert_int_equal(registry_heap(r, two)->handle, 0x10000);
    assert_int_equal(registry_heap(r, two)->process, p);
    assert_int_equal(registry_heap(r, one)->generation, 1);
    assert_int_equal(registry_mention_heap(r, p, 0x10000), two);
    /* A heap first mentioned is the one that is used later. */
    uint32_t mentioned = registry_mention_heap(r, p, 0x20000);
    assert_int_equal(registry_heap(r, mentioned)->generation, 1);
    assert_int_equal(registry_add_heap(r, p, 0x20000), mentioned);
}

static void test_many(void **state)
{
    struct registry *r = *state;
    enum { MANY = 200000 };
    uint32_t p = process_of(r, 7);
    const struct heap *first = registry_heap(r, registry_add_heap(r, p, 0));
    for (uint32_t i = 1; i < MANY; i++)
        assert_int_equal(registry_add_heap(r, p, (uint64_t)i << 16), i);
    assert_int_equal(registry_heap_count(r), MANY);
    assert_ptr_equal(registry_heap(r, 0), first);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(registry_heap(r, i)->handle, (uint64_t)i << 16);
        assert_int_equal(registry_find_heap(r, p, (uint64_t)i << 16), i);
    }
    assert_true(registry_bytes(r) < (size_t)100 * MANY);
}

static void test_names_are_safe(void **state)
{
    struct registry *r = *state;
    static const struct {
        const char *told, *kept;
    } names[] = {
        {"a\033[2Jb.exe", "a\\x1b[2Jb.exe"},
        {"caf\303\251.exe", "caf\303\251.exe"},
        {"caf\351.exe", "caf\303\251.exe"},
        {"a\nb\x7f", "a\\x0ab\\x7f"},
        {"\342\200\256exe.gnp.a", "\\u202eexe.gnp.a"},
    };
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint32_t p = tell(r, EVENT_PROCESS_START, 100 + i, 1, names[i].told);
        assert_string_equal(registry_process(r, p)->name, names[i].kept);
    }
}

static void test_long_names_are_cut(void **state)
{
    struct registry *r = *state;
    char name[1000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    uint32_t p = tell(r, EVENT_PROCESS_START, 7, 1, name);
    assert_int_equal(strlen(registry_process(r, p)->name), REGISTRY_NAME_BYTES);
    /* Not within a character. */
    for (size_t i = 1; i + 2 < sizeof name; i += 2)
        memcpy(&name[i], "\303\251", 2);
    p = tell(r, EVENT_PROCESS_START, 8, 1, name);
    assert_int_equal(strlen(registry_process(r, p)->name), REGISTRY_NAME_BYTES - 1);
    assert_memory_equal(registry_process(r, p)->name, name, REGISTRY_NAME_BYTES - 1);
}

static void test_what_records_tell(void **state)
{
    struct registry *r = *state;
    static const uint8_t COMMAND[] = {'"', 0, 0x3d, 0xd8, 0x00, 0xde, '"', 0, 7, 0};
    struct trace_event e = {.kind = EVENT_PROCESS_RUNDOWN,
                            .pid = 7,
                            .process = {EVENT_NO_ID, 1, 0},
                            .text = {COMMAND, sizeof COMMAND}};
    uint32_t index = registry_mention_process(r, 7);
    const struct process *p = registry_process(r, index);
    assert_null(p->command);
    assert_int_equal(p->parent, EVENT_NO_ID);
    assert_int_equal(p->session, EVENT_NO_ID);
    assert_int_equal(registry_take_process(r, &e), index);
    assert_string_equal(p->command, "\"\360\237\230\200\"\\x07");
    assert_int_equal(p->parent, EVENT_NO_ID);
    assert_int_equal(p->session, 1);
    e.kind = EVENT_PROCESS_END;
    e.process = (struct process_record){42, EVENT_NO_ID, 259};
    e.text.len = 2; /* what came first stays */
    assert_int_equal(registry_take_process(r, &e), index);
    assert_string_equal(p->command, "\"\360\237\230\200\"\\x07");
    assert_int_equal(p->parent, 42);
    assert_int_equal(p->session, 1);
    assert_int_equal(p->exit_status, 259);
    assert_int_equal(registry_mention_process(r, 7), index); /* also after its end */
    assert_int_not_equal(registry_use_process(r, 7), index);
}

/* A trace full of command lines as long as can be does not take all memory. */
static void test_texts_have_a_limit(void **state)
{
    struct registry *r = *state;
    uint8_t *command = malloc(REGISTRY_COMMAND_BYTES + 100);
    assert_non_null(command);
    memset(command, 1, REGISTRY_COMMAND_BYTES + 100); /* six bytes for each unit */
    for (uint32_t i = 0; i < 2000; i++) {
        struct trace_event e = {
            .kind = EVENT_PROCESS_START, .pid = i, .text = {command, REGISTRY_COMMAND_BYTES + 100}};
        assert_int_equal(registry_take_process(r, &e), i);
    }
    assert_non_null(registry_process(r, 0)->command);
    assert_null(registry_process(r, 1999)->command);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < 2000; i++)
        kept += registry_process(r, i)->command != NULL;
    assert_int_equal(registry_refused(r), 2000 - kept);
    assert_true(registry_bytes(r) < REGISTRY_TEXT + (8 << 20));
    free(command);
}

enum { SHARED = 50000 };

/* Reads every entry that the counts allow while the other thread adds. */
static void *read_along(void *registry)
{
    const struct registry *r = registry;
    uintptr_t wrong = 0;
    for (uint32_t heaps = 0; heaps < SHARED;) {
        heaps = registry_heap_count(r);
        uint32_t processes = registry_process_count(r);
        for (uint32_t i = heaps > 50 ? heaps - 50 : 0; i < heaps; i++) {
            const struct heap *h = registry_heap(r, i);
            wrong += h->handle != (uint64_t)i << 16 || h->process >= registry_process_count(r);
        }
        for (uint32_t i = processes > 50 ? processes - 50 : 0; i < processes; i++) {
            const struct process *p = registry_process(r, i);
            const char *name = p->name;
            wrong += p->pid != i || (name != NULL && strcmp(name, "app.exe") != 0);
            wrong += p->end != INT64_MAX && p->end != i;
        }
    }
    return (void *)wrong;
}

static void test_readers(void **state)
{
    struct registry *r = *state;
    pthread_t reader;
    assert_int_equal(pthread_create(&reader, NULL, read_along, r), 0);
    for (uint32_t i = 0; i < SHARED; i++) {
        uint32_t p = process_of(r, i / 10);
        assert_int_equal(registry_add_heap(r, p, (uint64_t)i << 16), i);
        if (i % 10 == 9)
            tell(r, EVENT_PROCESS_END, i / 10, i / 10, "app.exe");
    }
    void *wrong;
    assert_int_equal(pthread_join(reader, &wrong), 0);
    assert_int_equal((uintptr_t)wrong, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_started_process),
        TEST(test_process_before_the_trace),
        TEST(test_start_told_late),
        TEST(test_pid_used_again),
        TEST(test_pid_used_again_without_start),
        TEST(test_start_after_end),
        TEST(test_started_twice),
        TEST(test_threads),
        TEST(test_generations),
        TEST(test_many),
        TEST(test_names_are_safe),
        TEST(test_long_names_are_cut),
        TEST(test_what_records_tell),
        TEST(test_texts_have_a_limit),
        TEST(test_readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
