/*
 * Sizes key by key: what is chosen is said, stays, and shows the figures of the answer; rows and
 * cells filter by what they stand for, so that as many blocks come as the cell says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"

static int open_at(int rows, int cols, uint64_t events)
{
    stage_open(&st, &(struct stage_options){.rows = rows, .cols = cols, .events = events});
    term_keys(st.term, "5");
    return 0;
}

static int open_wide(void **state)
{
    (void)state;
    return open_at(60, 200, 0);
}

static int open_usual(void **state)
{
    (void)state;
    return open_at(24, 80, 0);
}

static int open_small(void **state)
{
    (void)state;
    return open_at(15, 60, 0);
}

static int open_empty(void **state)
{
    (void)state;
    return open_at(24, 80, FIXTURE_EMPTY);
}

static void keys_choose_what_is_shown(void **state)
{
    (void)state;
    assert_true(sees("Size (2^n)") && sees("Blocks by count, linear, by lifetime"));
    type("v");
    assert_true(sees("Exact size"));
    type("v");
    assert_true(sees("LFH requests") && sees("Bucket"));
    type("v");
    assert_true(sees("Size (2^n)"));
    type("bL");
    assert_true(sees("Blocks by bytes, log, by lifetime"));
    type("b");
    assert_true(sees("Outstanding bytes, log, by lifetime"));
    type("bx");
    assert_true(sees("Allocs by count, log, by Source") && sees("low-frag"));
    type("x");
    assert_false(sees("by Source"));
    type("<Tab>");
    assert_true(sees("There is no table: x shows one."));
}

static void settings_stay_while_others_are_shown(void **state)
{
    (void)state;
    type("vbLx34");
    assert_true(sees("by size"));
    type("5");
    assert_true(sees("Exact size") && sees("Allocs by bytes, log, by Source"));
}

static void rows_filter_by_the_size_of_the_block(void **state)
{
    (void)state;
    type("=");
    assert_filter("block_size in 16..31");
    type("<BS>-");
    assert_filter("!(block_size in 16..31)");
    type("<BS>v=");
    assert_filter("block_size == 16");
    type("<BS>vv<Enter>");
    assert_filter("block_size in 16..31");
    assert_true(sees("Outcome"));
    type("<BS>");
    assert_filter("");
    assert_true(sees("Size (2^n)"));
}

/* The 250 blocks of the fixture that are freed: an Alloc and a Free each. */
static void cells_filter_by_size_and_life(void **state)
{
    (void)state;
    type("<Tab>jllll");
    assert_true(sees("250 blocks, "));
    type("=");
    assert_filter("block_size in 32..63 && life >= 100ms && life < 1s");
    assert_true(sees("500 of 1,"));
    type("<BS>");
    assert_true(sees("250 blocks, "));
    type("<Right>=");
    assert_filter("block_size in 32..63 && live");
    assert_true(sees("20 of 1,"));
}

static void cells_filter_by_source(void **state)
{
    (void)state;
    type("x<Tab>j=");
    assert_filter("block_size in 32..63 && op == alloc && source == 2");
    assert_true(sees("269 of 1,"));
    type("<BS><Right><Right><Right>=");
    assert_filter("");
    assert_true(sees("many values"));
    type("bb<Left><Left><Left>=");
    assert_non_null(strstr(st.last_filter, " && live && source == "));
}

/* The size under the cursor stays there when the rows are of another kind. */
static void the_cursor_stays_on_its_size(void **state)
{
    (void)state;
    type("jjjvv=");
    assert_non_null(strstr(st.last_filter, "block_size in 121..136"));
}

static void sorts_by_any_figure(void **state)
{
    (void)state;
    type("ss");
    assert_true(sees("Allocs ▾"));
    assert_true(sees("> 64 to <128") || sees("  64 to <128"));
    const char *line = term_row(st.term, 3);
    assert_non_null(strstr(line, "64 to <128"));
    type("S");
    line = term_row(st.term, 3);
    assert_null(strstr(line, "64 to <128"));
}

static void the_small_screen_shows_one_pane(void **state)
{
    (void)state;
    assert_false(sees("by lifetime"));
    type("x");
    assert_true(sees("The table is by Source: Tab goes to it."));
    type("<Tab>");
    assert_true(sees("Allocs by count, linear, by Source"));
    assert_false(sees("Mean life"));
    type("<Esc>");
    assert_true(sees("Mean life"));
}

static void no_sizes_say_why(void **state)
{
    (void)state;
    assert_true(sees("No heap events"));
    type("<Tab>");
    assert_true(sees("no cells"));
    type("vbLx<Enter>=-ss");
    assert_true(sees("No heap events"));
    assert_int_equal(st.quits, 0);
}

int main(void)
{
#define TEST(f, setup) cmocka_unit_test_setup_teardown(f, setup, close_stage)
    const struct CMUnitTest tests[] = {
        TEST(keys_choose_what_is_shown, open_usual),
        TEST(settings_stay_while_others_are_shown, open_usual),
        TEST(rows_filter_by_the_size_of_the_block, open_usual),
        TEST(cells_filter_by_size_and_life, open_wide),
        TEST(cells_filter_by_source, open_usual),
        TEST(the_cursor_stays_on_its_size, open_usual),
        TEST(sorts_by_any_figure, open_wide),
        TEST(the_small_screen_shows_one_pane, open_small),
        TEST(no_sizes_say_why, open_empty),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
