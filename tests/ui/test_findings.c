/* Findings: sentences as rows, the evidence below them, and the way to the rows and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"
#include "ui/app/app_state.h"
#include "ui/widget/list.h"

/* The story has four: a double free, a heap that grows, and two more. */
static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 40, .cols = 120});
    type("9");
    return 0;
}

/* The line that begins with the selected row's sign. */
static int selected_line(void)
{
    return term_find(st.term, "> ");
}

static void leads_to_the_evidence_and_back(void **state)
{
    (void)state;
    assert_true(sees("> double free"));
    assert_true(sees("heap 0x13d35bd0000"));
    type("<Enter>");
    assert_true(sees("Outcome"));
    assert_true(strstr(st.last_filter, "address == 0x13d35bd0860") != NULL);
    type("<BS>");
    assert_filter("");
    assert_true(sees("> double free"));
    type("j");
    assert_true(sees("> growth"));
    type("<Enter>");
    assert_true(strstr(st.last_filter, "heap == 0x13d35ec0000") != NULL);
    assert_true(strstr(st.last_filter, "live") != NULL);
    /* Without call stacks what grows is a list of blocks, each event one that was allocated. */
    assert_int_equal(st.app->stack.shown, SCOPE_BLOCKS);
    assert_true(sees("Outstanding: "));
    assert_int_equal(view_list(st.app->stack.screens[SCOPE_BLOCKS])->count, 100);
    type("<Enter>");
    assert_int_equal(st.app->stack.shown, SCOPE_EVENTS);
    type("<BS><BS>");
    assert_true(sees("> growth"));
}

static void conditions_are_those_of_the_row(void **state)
{
    (void)state;
    type("j=");
    assert_filter("heap == 0x13d35ec0000 && live");
    type("<BS>j");
    type("gj-");
    assert_filter("!(heap == 0x13d35ec0000 && live)");
    type("<BS>gjH");
    assert_filter("heap == 0x13d35ec0000");
}

/* A heap alone in the range and under the filter is told alone. */
static void filters_and_ranges_hold(void **state)
{
    (void)state;
    type("fheap == 0x13d35ec0000<Enter>");
    assert_true(sees("> growth"));
    assert_false(sees("double free"));
    type("<BS>fop == free && size == 1<Enter>");
    assert_true(sees("No event matches the filter."));
    type("<BS>ftid == 2084 && size > 100<Enter>");
    assert_true(sees("Nothing found in"));
    assert_true(sees("under the filter"));
}

static void asks_only_while_it_is_shown(void **state)
{
    (void)state;
    assert_true(st.answer_asked[ANSWER_FINDINGS]);
    type("2");
    assert_false(st.answer_asked[ANSWER_FINDINGS]);
    type("9");
    assert_true(st.answer_asked[ANSWER_FINDINGS]);
}

static void finds_and_writes(void **state)
{
    (void)state;
    type("/grew<Enter>");
    assert_true(sees("> growth"));
    type("g");
    type("wout.tsv<Enter>");
    assert_int_equal(st.writes, 1);
    assert_non_null(strstr(strbuf_str(&st.written), "out.tsv"));
    type("s");
    assert_true(sees("the order is fixed"));
    type("c");
    assert_true(sees("no columns to choose"));
}

/* Whatever the size, the selected one is in sight. */
static void the_selected_one_is_in_sight(void **state)
{
    (void)state;
    static const int sizes[][2] = {{15, 60}, {11, 40}, {8, 61}, {24, 80}, {60, 200}, {9, 30}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        term_resize(st.term, sizes[i][0], sizes[i][1]);
        app_resized(st.app);
        term_frame(st.term);
        for (int k = 0; k < 5; k++) {
            type("j");
            assert_true(selected_line() > 0);
        }
        type("G");
        assert_true(selected_line() > 0);
        type("g");
        assert_true(selected_line() > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(leads_to_the_evidence_and_back, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(conditions_are_those_of_the_row, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(filters_and_ranges_hold, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(asks_only_while_it_is_shown, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(finds_and_writes, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(the_selected_one_is_in_sight, open_stage, close_stage),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
