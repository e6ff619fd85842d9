/* The column chooser, key by key: what it changes at once, keeps, and takes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 40, .cols = 200});
    return 0;
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

/* What has no room is told of the list as it is now, not as it was before the terminal grew. */
static void room_is_told_of_the_new_size(void **state)
{
    (void)state;
    term_resize(st.term, 40, 60);
    app_resized(st.app);
    type("3c");
    assert_true(sees("no room"));
    term_resize(st.term, 40, 200);
    app_resized(st.app);
    term_frame(st.term);
    assert_false(sees("no room"));
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
        snprintf(row, sizeof row, "process             Process       %5s ", step[i].width);
        if (!sees(row))
            fail_msg("%s: not %s", step[i].keys, row);
    }
    type("gJxd");
    assert_true(stands_before("Heap", "Process"));
    assert_true(sees("[x]          heap "));
}

static void what_names_the_rows_stays(void **state)
{
    (void)state;
    type("3cgx");
    assert_true(sees("This column has to stay."));
    for (size_t i = 0; i < 15; i++)
        type("xj");
    /* That hid what was shown and showed what was hidden, but for the handle. */
    type("<Enter>");
    assert_true(titles_hold("Heap") && titles_hold("Failed"));
    assert_false(titles_hold("Outstanding") || titles_hold("Process"));
    type("hljkscd<Esc>t");
    assert_true(sees("Solution.exe") && sees("worker"));
    type("t");
    assert_true(sees("2084"));
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

/* Every column of Events can be shown, and `=` on it means what the cell says. */
static void extra_columns_filter(void **state)
{
    (void)state;
    static const struct {
        unsigned column, row; /* places from the top */
        const char *filter, *message;
    } step[] = {
        {2, 6, "pid == 21912", NULL},
        {7, 6, "old_address == 0x13d35bd0970", NULL},
        {7, 5, NULL, "Nothing to filter by in this cell of Old address."},
        {9, 6, "old_size == 240", NULL},
        {13, 6, "heap == 0x13d35bd0000 && pid == 21912", NULL},
        {14, 5, "block_size == 240", NULL},
        {15, 5, "life >= 0.000024s", NULL},
        {15, 4, NULL, "Nothing to filter by in this cell of Life."},
        {16, 5, "chain == 2", NULL},
        {16, 8, NULL, "Nothing to filter by in this cell of Chain."},
        {17, 8, "unmatched", NULL},
        {17, 4, "live", NULL},
        {18, 4, NULL, "The filter language has no field for CPU."},
        {19, 4, NULL, "The filter language has no field for Row."},
    };
    for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
        char keys[64];
        st.last_filter[0] = '\0';
        snprintf(keys, sizeof keys, "2cdg<A-%u>%ujx<Enter>g", step[i].column / 10,
                 step[i].column % 10);
        type(keys);
        snprintf(keys, sizeof keys, "<A-%u>j=", step[i].row);
        type(keys);
        if (step[i].filter != NULL)
            assert_string_equal(st.last_filter, step[i].filter);
        else if (!sees(step[i].message))
            fail_msg("%s", step[i].message);
        if (step[i].filter != NULL)
            type("<BS>");
    }
}

static void events_are_not_sorted(void **state)
{
    (void)state;
    static const char *const keys[] = {"2s", "2S", "2<F6>"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        type(keys[i]);
        assert_true(sees("Events stay in time order"));
        type("1");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hides_and_shows_at_once, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(room_is_told_of_the_new_size, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(moves_and_stays_on_its_column, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(escape_takes_everything_back, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(widths_and_defaults, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(what_names_the_rows_stays, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(pages_have_no_columns, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(a_pane_below_makes_room, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(extra_columns_filter, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(events_are_not_sorted, open_stage, close_stage),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
