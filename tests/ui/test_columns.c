/* The column chooser, key by key: what it changes at once, keeps, and takes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static struct stage st;

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 40, .cols = 200});
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    stage_close(&st);
    return 0;
}

static void type(const char *keys)
{
    term_keys(st.term, keys);
}

static bool sees(const char *text)
{
    return term_find(st.term, text) >= 0;
}

/* The titles of the list under the tabs hold `text`. */
static bool titles_hold(const char *text)
{
    return strstr(term_row(st.term, 2), text) != NULL;
}

/* `first` stands left of `second` in the titles. */
static bool stands_before(const char *first, const char *second)
{
    const char *titles = term_row(st.term, 2);
    const char *a = strstr(titles, first), *b = strstr(titles, second);
    return a != NULL && b != NULL && a < b;
}

static void hides_and_shows_at_once(void **state)
{
    (void)state;
    type("3c");
    assert_true(sees("What it tells"));
    type("jj<Space>"); /* heap, process, outstanding */
    assert_false(titles_hold("Outstanding"));
    type("x");
    assert_true(titles_hold("Outstanding"));
    type("x<Enter>");
    assert_false(sees("What it tells"));
    assert_false(titles_hold("Outstanding"));
    type("13");
    assert_false(titles_hold("Outstanding"));
}

static void moves_and_stays_on_its_column(void **state)
{
    (void)state;
    type("3cg");
    assert_true(stands_before("Heap", "Process"));
    type("J");
    assert_true(stands_before("Process", "Heap"));
    type("JJ");
    assert_true(stands_before("Blocks", "Heap"));
    type("K<Enter>");
    assert_true(stands_before("Outstanding", "Heap") && stands_before("Heap", "Blocks"));
}

static void escape_takes_everything_back(void **state)
{
    (void)state;
    type("3");
    char before[256];
    strncpy(before, term_row(st.term, 2), sizeof before - 1);
    before[sizeof before - 1] = '\0';
    static const char *const ways[] = {"<Esc>", "q", "c", "23"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        type("cgJJxj<Space>llll");
        assert_string_not_equal(term_row(st.term, 2), before);
        type(ways[i]);
        assert_false(sees("What it tells"));
        assert_string_equal(term_row(st.term, 2), before);
    }
}

static void widths_and_defaults(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *width;
    } step[] = {{"<A-3>0>", "58"}, {"h", "57"},       {"<lt>", "56"},     {"<Right>", "57"},
                {"a", "auto"},     {"<A-9>99h", "2"}, {"<A-9>99l", "200"}};
    type("3cgj"); /* process, 28 cells wide here */
    for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
        type(step[i].keys);
        char row[64];
        snprintf(row, sizeof row, "process             Process    %4s ", step[i].width);
        if (!sees(row))
            fail_msg("%s: not %s", step[i].keys, row);
    }
    type("gJxd");
    assert_true(stands_before("Heap", "Process"));
    assert_false(sees("[ ]"));
}

static void one_column_stays(void **state)
{
    (void)state;
    type("3cg");
    for (size_t i = 0; i < 20; i++)
        type("xj");
    type("x");
    assert_true(sees("One column has to stay."));
    type("<Enter>");
    assert_true(sees(">"));
    type("hljkscd<Enter>");
    assert_true(titles_hold("Outstanding"));
}

static void pages_have_no_columns(void **state)
{
    (void)state;
    type("1c");
    assert_true(sees("There are no columns to choose here."));
    type("2?c");
    assert_true(sees("There are no columns to choose here."));
}

static void a_pane_below_makes_room(void **state)
{
    (void)state;
    type("2<Enter>c");
    assert_true(sees("What it tells"));
    type("<Esc>");
    assert_false(sees("What it tells"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hides_and_shows_at_once, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(moves_and_stays_on_its_column, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(escape_takes_everything_back, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(widths_and_defaults, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(one_column_stays, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(pages_have_no_columns, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(a_pane_below_makes_room, open_stage, close_stage),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
