/* Wishes for symbols and their answers (symbol_table.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/symbol_table.h"

/* ---- helpers ---- */

static struct image make_image(uint8_t first, uint32_t age)
{
    struct image image = {.has_pdb = true, .age = age, .pdb = "a.pdb", .name = "a.dll"};
    image.guid[0] = first;
    return image;
}

static void answer(struct symbol_table *t, const struct symbol_wish *wish, const char *function)
{
    struct symbol s = {.function = function, .file = "a.c", .line = 7};
    symbol_table_put(t, wish, &s);
}

static int open_table(void **state)
{
    struct symbol_table *t = symbol_table_new();
    symbol_table_open(t);
    *state = t;
    return 0;
}

static int close_table(void **state)
{
    symbol_table_unref(*state);
    return 0;
}

/* ---- asking ---- */

static void nothing_is_wished_before_it_is_open(void **state)
{
    (void)state;
    struct symbol_table *t = symbol_table_new();
    struct image image = make_image(1, 1);
    struct symbol s;
    assert_int_equal(symbol_table_find(NULL, &image, 4, &s), SYMBOL_NONE);
    assert_int_equal(symbol_table_find(t, &image, 4, &s), SYMBOL_NONE);
    symbol_table_open(t);
    assert_int_equal(symbol_table_wanted(t), 0);
    image.has_pdb = false;
    assert_int_equal(symbol_table_find(t, &image, 4, &s), SYMBOL_NONE);
    assert_int_equal(symbol_table_wanted(t), 0);
    symbol_table_unref(t);
}

static void a_wish_is_kept_once_and_answered(void **state)
{
    struct symbol_table *t = *state;
    struct image image = make_image(1, 3);
    struct symbol s;
    struct symbol_wish wishes[4];
    for (int i = 0; i < 3; i++)
        assert_int_equal(symbol_table_find(t, &image, 0x1a40, &s), SYMBOL_WAITING);
    assert_int_equal(symbol_table_wanted(t), 1);
    assert_int_equal(symbol_table_take(t, wishes, 4), 1);
    assert_int_equal(symbol_table_take(t, wishes + 1, 3), 0);
    assert_int_equal(symbol_table_wanted(t), 1);
    assert_int_equal(wishes[0].age, 3);
    assert_int_equal(wishes[0].guid[0], 1);
    assert_int_equal(wishes[0].offset, 0x1a40);
    assert_string_equal(wishes[0].pdb, "a.pdb");
    assert_string_equal(wishes[0].module, "a.dll");
    uint64_t before = symbol_table_generation(t);
    answer(t, &wishes[0], "grow");
    assert_int_not_equal(symbol_table_generation(t), before);
    assert_int_equal(symbol_table_wanted(t), 0);
    assert_int_equal(symbol_table_find(t, &image, 0x1a40, &s), SYMBOL_KNOWN);
    assert_string_equal(s.function, "grow");
    assert_string_equal(s.file, "a.c");
    assert_int_equal(s.line, 7);
}

static void wishes_are_taken_in_their_order(void **state)
{
    struct symbol_table *t = *state;
    struct image image = make_image(1, 1);
    struct symbol s;
    struct symbol_wish wishes[10];
    for (uint64_t i = 0; i < 10; i++)
        symbol_table_find(t, &image, 1000 - i, &s);
    assert_int_equal(symbol_table_take(t, wishes, 4), 4);
    assert_int_equal(symbol_table_take(t, wishes + 4, 100), 6);
    for (uint64_t i = 0; i < 10; i++)
        assert_int_equal(wishes[i].offset, 1000 - i);
}

/* ---- whose it is ---- */

static void guid_and_age_tell_pdbs_apart(void **state)
{
    struct symbol_table *t = *state;
    struct image one = make_image(1, 1), other_age = make_image(1, 2), other = make_image(2, 1);
    struct symbol s;
    struct symbol_wish wish;
    symbol_table_find(t, &one, 16, &s);
    assert_int_equal(symbol_table_take(t, &wish, 1), 1);
    answer(t, &wish, "one");
    assert_int_equal(symbol_table_find(t, &one, 16, &s), SYMBOL_KNOWN);
    assert_int_equal(symbol_table_find(t, &other_age, 16, &s), SYMBOL_WAITING);
    assert_int_equal(symbol_table_find(t, &other, 16, &s), SYMBOL_WAITING);
    struct image elsewhere = one;
    elsewhere.base = 0x10000;
    elsewhere.name = "renamed.dll";
    assert_int_equal(symbol_table_find(t, &elsewhere, 16, &s), SYMBOL_KNOWN);
}

/* ---- answers ---- */

static void the_first_answer_holds_and_none_is_one(void **state)
{
    struct symbol_table *t = *state;
    struct image image = make_image(1, 1);
    struct symbol s;
    struct symbol_wish wishes[2];
    symbol_table_find(t, &image, 1, &s);
    symbol_table_find(t, &image, 2, &s);
    assert_int_equal(symbol_table_take(t, wishes, 2), 2);
    symbol_table_put(t, &wishes[0], NULL);
    answer(t, &wishes[0], "late");
    assert_int_equal(symbol_table_find(t, &image, 1, &s), SYMBOL_NONE);
    answer(t, &wishes[1], "first");
    answer(t, &wishes[1], "second");
    symbol_table_put(t, &wishes[1], NULL);
    assert_int_equal(symbol_table_find(t, &image, 2, &s), SYMBOL_KNOWN);
    assert_string_equal(s.function, "first");
    assert_int_equal(symbol_table_wanted(t), 0);
}

static void a_refused_pdb_has_no_symbols_and_takes_no_wishes(void **state)
{
    struct symbol_table *t = *state;
    struct image bad = make_image(1, 1), good = make_image(2, 1);
    struct symbol s;
    struct symbol_wish wish, known;
    symbol_table_find(t, &bad, 9, &s);
    assert_int_equal(symbol_table_take(t, &known, 1), 1);
    answer(t, &known, "before");
    for (uint64_t i = 10; i < 20; i++)
        symbol_table_find(t, &bad, i, &s);
    symbol_table_find(t, &good, 10, &s);
    assert_int_equal(symbol_table_take(t, &wish, 1), 1);
    symbol_table_refuse(t, &wish);
    assert_int_equal(symbol_table_wanted(t), 1);
    assert_int_equal(symbol_table_find(t, &bad, 10, &s), SYMBOL_NONE);
    assert_int_equal(symbol_table_find(t, &bad, 12345, &s), SYMBOL_NONE);
    assert_int_equal(symbol_table_find(t, &bad, 9, &s), SYMBOL_KNOWN);
    answer(t, &wish, "late");
    assert_int_equal(symbol_table_find(t, &bad, 10, &s), SYMBOL_NONE);
    assert_int_equal(symbol_table_take(t, &wish, 1), 1);
    assert_int_equal(wish.guid[0], 2);
    assert_int_equal(symbol_table_wanted(t), 1);
}

static void count_call(void *ctx)
{
    ++*(int *)ctx;
}

static void the_first_wish_to_take_wakes(void **state)
{
    struct symbol_table *t = *state;
    struct image image = make_image(1, 1);
    struct symbol s;
    struct symbol_wish wishes[4];
    int calls = 0;
    symbol_table_on_wish(t, count_call, &calls);
    symbol_table_find(t, &image, 1, &s);
    symbol_table_find(t, &image, 1, &s);
    symbol_table_find(t, &image, 2, &s);
    assert_int_equal(calls, 1);
    assert_int_equal(symbol_table_take(t, wishes, 4), 2);
    symbol_table_find(t, &image, 2, &s);
    assert_int_equal(calls, 1);
    symbol_table_find(t, &image, 3, &s);
    assert_int_equal(calls, 2);
    symbol_table_on_wish(t, NULL, NULL);
    assert_int_equal(symbol_table_take(t, wishes, 4), 1);
    symbol_table_find(t, &image, 4, &s);
    assert_int_equal(calls, 2);
}

static void a_shut_table_knows_what_it_knew(void **state)
{
    struct symbol_table *t = *state;
    struct image image = make_image(1, 1);
    struct symbol s;
    struct symbol_wish wish;
    symbol_table_find(t, &image, 1, &s);
    symbol_table_find(t, &image, 2, &s);
    assert_int_equal(symbol_table_take(t, &wish, 1), 1);
    answer(t, &wish, "known");
    uint64_t before = symbol_table_generation(t);
    symbol_table_shut(t);
    assert_int_not_equal(symbol_table_generation(t), before);
    assert_int_equal(symbol_table_wanted(t), 0);
    assert_int_equal(symbol_table_find(t, &image, 1, &s), SYMBOL_KNOWN);
    assert_int_equal(symbol_table_find(t, &image, 2, &s), SYMBOL_NONE);
    assert_int_equal(symbol_table_find(t, &image, 3, &s), SYMBOL_NONE);
    assert_int_equal(symbol_table_take(t, &wish, 1), 0);
    assert_int_equal(symbol_table_wanted(t), 0);
}

static void names_are_safe_and_cut(void **state)
{
    struct symbol_table *t = *state;
    struct image image = make_image(1, 1);
    struct symbol s;
    struct symbol_wish wishes[2];
    symbol_table_find(t, &image, 1, &s);
    symbol_table_find(t, &image, 2, &s);
    symbol_table_take(t, wishes, 2);
    answer(t, &wishes[0], "a\x1b[2Jb\xff");
    symbol_table_find(t, &image, 1, &s);
    assert_string_equal(s.function, "a\\x1b[2Jb\xef\xbf\xbd");
    char *long_name = malloc(100001);
    memset(long_name, 'x', 100000);
    long_name[100000] = '\0';
    answer(t, &wishes[1], long_name);
    symbol_table_find(t, &image, 2, &s);
    assert_int_equal(strlen(s.function), SYMBOL_NAME_BYTES);
    assert_string_equal(s.function + SYMBOL_NAME_BYTES - 3, "...");
    free(long_name);
}

/* ---- many ---- */

static void answers_do_not_move_and_equal_texts_are_kept_once(void **state)
{
    enum { COUNT = 50000 };
    struct symbol_table *t = *state;
    struct image image = make_image(1, 1);
    struct symbol s;
    struct symbol_wish wish;
    static struct symbol known[COUNT];
    char name[32];
    for (unsigned i = 0; i < COUNT; i++) {
        assert_int_equal(symbol_table_find(t, &image, i * 5, &s), SYMBOL_WAITING);
        assert_int_equal(symbol_table_take(t, &wish, 1), 1);
        snprintf(name, sizeof name, "function_%u", i / 16);
        answer(t, &wish, name);
        assert_int_equal(symbol_table_find(t, &image, i * 5, &known[i]), SYMBOL_KNOWN);
    }
    for (unsigned i = 0; i < COUNT; i++) {
        assert_int_equal(symbol_table_find(t, &image, i * 5, &s), SYMBOL_KNOWN);
        assert_ptr_equal(s.function, known[i].function);
        assert_ptr_equal(s.function, known[i / 16 * 16].function);
        assert_ptr_equal(s.file, known[0].file);
        snprintf(name, sizeof name, "function_%u", i / 16);
        assert_string_equal(s.function, name);
    }
    assert_true(symbol_table_bytes(t) < (size_t)COUNT * 128 + (1u << 20));
}

/* More than a trace may ask for. */
static void the_number_of_wishes_is_limited(void **state)
{
    struct symbol_table *t = *state;
    struct image image = make_image(1, 1);
    struct symbol s;
    for (uint32_t i = 0; i < SYMBOL_TABLE_MOST_PDBS; i++) {
        image.age = i;
        assert_int_equal(symbol_table_find(t, &image, 0, &s), SYMBOL_WAITING);
    }
    image.age = SYMBOL_TABLE_MOST_PDBS;
    assert_int_equal(symbol_table_find(t, &image, 0, &s), SYMBOL_NONE);
    image.age = 5;
    for (uint64_t i = symbol_table_wanted(t); i < SYMBOL_TABLE_MOST; i++)
        symbol_table_find(t, &image, i, &s);
    assert_int_equal(symbol_table_find(t, &image, SYMBOL_TABLE_MOST, &s), SYMBOL_NONE);
    assert_int_equal(symbol_table_wanted(t), SYMBOL_TABLE_MOST);
}

/* ---- threads ---- */

enum { READERS = 2, ADDRESSES = 4000 };

struct reader {
    struct symbol_table *table;
    pthread_t thread;
    unsigned start;
    bool wrong;
};

/* Looks every address up until all are known; each has the name of its address. */
static void *read_all(void *arg)
{
    struct reader *r = arg;
    unsigned known = 0;
    while (known < ADDRESSES && !r->wrong) {
        known = 0;
        for (unsigned i = 0; i < ADDRESSES; i++) {
            uint64_t offset = (r->start + i) % ADDRESSES;
            struct image image = make_image((uint8_t)(offset % 7), 1);
            struct symbol s;
            if (symbol_table_find(r->table, &image, offset, &s) != SYMBOL_KNOWN)
                continue;
            known++;
            r->wrong = r->wrong || strtoull(s.function + 1, NULL, 10) != offset;
        }
    }
    return NULL;
}

static void readers_and_answers_meet(void **state)
{
    struct symbol_table *t = *state;
    struct reader readers[READERS];
    for (unsigned i = 0; i < READERS; i++) {
        readers[i] = (struct reader){.table = t, .start = i * 777};
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_all, &readers[i]), 0);
    }
    for (unsigned done = 0; done < ADDRESSES;) {
        struct symbol_wish wishes[64];
        size_t n = symbol_table_take(t, wishes, 64);
        for (size_t i = 0; i < n; i++) {
            char name[32];
            snprintf(name, sizeof name, "f%llu", (unsigned long long)wishes[i].offset);
            answer(t, &wishes[i], name);
            symbol_table_say(t, name);
        }
        done += (unsigned)n;
        char remark[SYMBOL_REMARK_BYTES];
        symbol_table_remark(t, remark, sizeof remark);
    }
    for (unsigned i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        assert_false(readers[i].wrong);
    }
    assert_int_equal(symbol_table_wanted(t), 0);
}

/* ---- the remark ---- */

static void the_remark_is_one_safe_line(void **state)
{
    struct symbol_table *t = *state;
    char remark[16];
    symbol_table_remark(t, remark, sizeof remark);
    assert_string_equal(remark, "");
    symbol_table_say(t, "no\nsymbolizer at all");
    symbol_table_remark(t, remark, sizeof remark);
    assert_string_equal(remark, "no\\x0asymbolize");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_table, close_table)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_wished_before_it_is_open),
        TEST(a_wish_is_kept_once_and_answered),
        TEST(wishes_are_taken_in_their_order),
        TEST(guid_and_age_tell_pdbs_apart),
        TEST(the_first_answer_holds_and_none_is_one),
        TEST(a_refused_pdb_has_no_symbols_and_takes_no_wishes),
        TEST(the_first_wish_to_take_wakes),
        TEST(a_shut_table_knows_what_it_knew),
        TEST(names_are_safe_and_cut),
        TEST(answers_do_not_move_and_equal_texts_are_kept_once),
        TEST(the_number_of_wishes_is_limited),
        TEST(readers_and_answers_meet),
        TEST(the_remark_is_one_safe_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
