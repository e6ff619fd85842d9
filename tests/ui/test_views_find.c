/* Finding: hits in Events, in lists and in pages, counted, marked, awaited. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 120});
    return 0;
}

/* ---- finding in Events ---- */

static void slow(struct snapshot *s)
{
    query_unref(s->aside[ASIDE_FIND]);
    s->aside[ASIDE_FIND] = NULL;
}

static void finds_words_and_counts(void **state)
{
    (void)state;
    type("2/destroy");
    assert_true(sees("word: hit 1 of 1")); /* previewed already */
    type("<Enter>");
    assert_row(15);
    assert_true(sees("find  destroy"));
    type("g/create<Enter>");
    assert_row(0); /* at or after the selection */
    assert_true(sees("hit 1 of 3"));
    type("n");
    assert_row(1);
    type("n");
    assert_row(16);
    type("n");
    assert_row(0);
    assert_true(sees("hit 1 of 3, wrapped"));
    type("G");
    assert_true(sees("3 hits"));
    assert_false(sees("wrapped"));
    type("g");
    type("N");
    assert_row(16);
    type("#2N");
    assert_row(0);
    type("#2n");
    assert_row(16);
    type("jj");
    assert_true(sees("3 hits"));
    type("<Esc>");
    assert_false(sees("find  create"));
    type("gn"); /* the last one is still known */
    assert_row(1);
}

static void finds_what_stands_in_the_rows(void **state)
{
    static const struct {
        const char *text;
        unsigned row;
        const char *count;
    } sample[] = {
        {"0x13d36000900", 9, "hit 1 of 3"}, /* one in each generation, and one in place */
        {"70,000", 14, "hit 1 of 1"},
        {"segment", 14, "hit 1 of 1"},
        {"failed", 12, "hit 1 of 1"},
        {"SIZE", 0, "no hit"},
        {"4K", 9, "hit 1 of 2"},
        {"worker", 1854, "hit 1 of 21"},
        {"size >= 64K", 12, "hit 1 of 3"},
        {"unmatched", 8, "hit 1 of"},
        {"nothing/at(all", 0, "no hit"},
    };
    (void)state;
    type("2");
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        char keys[96];
        snprintf(keys, sizeof keys, "g/%s<Enter>", sample[i].text);
        type(keys);
        if (!sees(sample[i].count))
            fail_msg("%s: no '%s' in '%s'", sample[i].text, sample[i].count, term_row(st.term, 29));
        assert_row(sample[i].row);
    }
}

static void a_hit_is_marked_in_its_row(void **state)
{
    (void)state;
    type("2/destroy<Enter>");
    int row = term_find(st.term, "D destroy");
    assert_true(row > 0);
    assert_non_null(strstr(term_row(st.term, row), ">\u2502"));
    const char *text = term_row(st.term, row);
    int column = (int)(strstr(text, "destroy") - text) - 2; /* the bar's other bytes */
    struct term_cell marked = term_cell(st.term, row, column);
    struct term_cell plain = term_cell(st.term, row, column - 2);
    assert_true(marked.bg != plain.bg || marked.attrs != plain.attrs);
}

static void escape_goes_back_to_the_start(void **state)
{
    (void)state;
    type("2#7j/destroy");
    type("<Esc>");
    assert_row(7);
    assert_false(sees("find  destroy"));
    type("/create<Enter>/failed<Esc>");
    assert_true(sees("find  create"));
    assert_row(16);
}

static void an_empty_find_repeats_the_last(void **state)
{
    (void)state;
    type("2/create<Enter>");
    assert_row(0);
    type("/<Enter>");
    assert_row(1);
    type("<Esc>/<Enter>");
    assert_row(16);
}

static void a_wrong_expression_stays_open(void **state)
{
    (void)state;
    type("2/size >> 4<Enter>");
    assert_true(sees("expected"));
    type("<Esc>");
    assert_row(0);
    type("n");
    assert_true(sees("Nothing to find yet"));
}

static void a_find_obeys_filter_and_range(void **state)
{
    (void)state;
    type("2/alloc<Enter>");
    assert_true(st.aside[ASIDE_FIND].asked);
    type("fop == create<Enter>");
    assert_non_null(strstr(filter_text(st.aside[ASIDE_FIND].spec.filter), "(op == create) && "));
    assert_true(sees("no hit"));
    type("f<C-u><Enter>#9G[");
    assert_true(st.aside[ASIDE_FIND].spec.since == st.spec.since);
    type("<Esc>");
    assert_false(st.aside[ASIDE_FIND].asked);
}

/* The hit is jumped to when the worker has it. */
static void a_find_waits_for_the_search(void **state)
{
    (void)state;
    st.dress = slow;
    type("2/destroy<Enter>");
    assert_true(sees("searching"));
    assert_row(0);
    st.dress = NULL;
    stage_show(&st);
    assert_row(15);
    assert_true(sees("hit 1 of 1"));
    st.dress = slow;
    type("g/failed<Enter>");
    type("<Esc>");
    assert_true(sees("called off"));
    st.dress = NULL;
    stage_show(&st);
    assert_row(0);
}

/* A text that means something elsewhere may be no expression of the filter language. */
static void a_find_from_elsewhere_may_mean_nothing(void **state)
{
    (void)state;
    type("3/a=b<Enter>2");
    assert_true(sees("no filter expression"));
    assert_false(sees("searching"));
    type("n");
    assert_true(sees("no filter expression"));
    type("<Esc>");
    assert_false(sees("a=b"));
}

static void frozen_rows_are_found(void **state)
{
    (void)state;
    type("2<Space>/create<Enter>n");
    assert_row(1);
    assert_true(sees("hit 2 of 3"));
}

/* ---- finding elsewhere ---- */

static void finds_in_lists(void **state)
{
    (void)state;
    type("3/WORKER<Enter>");
    assert_true(sees("no hit")); /* an upper-case letter makes case count */
    type("/worker<Enter>");
    assert_true(sees("hit 1 of 1"));
    int row = term_find(st.term, "worker");
    assert_non_null(strstr(term_row(st.term, row), ">\u2502"));
    type("g/solution<Enter>");
    assert_true(sees("hit 1 of 4"));
    type("n");
    assert_true(sees("hit 2 of 4"));
    type("N");
    assert_true(sees("hit 1 of 4"));
    type("<Esc>");
    assert_false(sees("find  solution"));
    type("4/segment<Enter>");
    assert_true(sees("hit 1 of 1"));
    assert_non_null(strstr(term_row(st.term, term_find(st.term, "6 segment")), ">"));
}

static void finds_in_pages(void **state)
{
    (void)state;
    type("?/screen anew<Enter>");
    assert_true(sees("Draw the screen anew"));
    assert_true(sees("hit 1 of 1"));
    type("/no such words<Enter>");
    assert_true(sees("no hit"));
    type("g/the<Enter>nnn");
    assert_true(sees("hit 4 of "));
    type("<Esc>"); /* help itself goes first */
    assert_true(sees("Capture"));
    type("/providers<Enter>");
    assert_true(sees("hit 1 of 1"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_words_and_counts),
        TEST(finds_what_stands_in_the_rows),
        TEST(a_hit_is_marked_in_its_row),
        TEST(escape_goes_back_to_the_start),
        TEST(an_empty_find_repeats_the_last),
        TEST(a_wrong_expression_stays_open),
        TEST(a_find_obeys_filter_and_range),
        TEST(a_find_waits_for_the_search),
        TEST(a_find_from_elsewhere_may_mean_nothing),
        TEST(frozen_rows_are_found),
        TEST(finds_in_lists),
        TEST(finds_in_pages),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
