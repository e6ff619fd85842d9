/* Timeline as a person walks through it: where the keys lead from the cursor, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"
#include "ui/app/app_state.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 120});
    type("8");
    return 0;
}

static void opens_what_was_alive_at_the_peak(void **state)
{
    (void)state;
    type("p<Enter>");
    assert_true(sees("Alive at 4.488 889 0"));
    assert_true(sees("409,523 B in 178 blocks"));
    assert_int_equal(st.answer[ANSWER_MOMENTS].moments.count, 1);
    type("<Esc>");
    assert_false(sees("Alive at"));
    /* Anywhere in its column, too, but not where one went from event to event. */
    type("hl<Enter>");
    assert_true(sees("Alive at 4.488 889 0"));
    type("<Esc>pkj<Enter>");
    assert_false(sees("Alive at"));
    assert_int_equal(st.app->stack.shown, SCOPE_EVENTS);
}

static void opens_events_elsewhere(void **state)
{
    (void)state;
    type("p<lt><Enter>");
    assert_int_equal(st.app->stack.shown, SCOPE_EVENTS);
    assert_non_null(strstr(st.last_filter, "time >= "));
    type("<BS>");
    assert_int_equal(st.app->stack.shown, SCOPE_TIMELINE);
    assert_filter("");
}

static void other_moments_have_a_pane_too(void **state)
{
    (void)state;
    type("g>A");
    assert_true(sees("Alive at"));
    assert_false(sees("Alive at 4.488 889 0"));
    int64_t then = st.answer[ANSWER_MOMENTS].moments.times[0];
    type("<Esc>>A");
    assert_true(st.answer[ANSWER_MOMENTS].moments.times[0] > then);
}

static void marks_and_ranges_begin_at_the_cursor(void **state)
{
    (void)state;
    type("pma");
    assert_int_equal(st.app->mark_count, 1);
    assert_int_equal(st.app->marks[0].time,
                     store_time(st.app->shown->trace->store, st.app->marks[0].row));
    type("<lt>[");
    int64_t since = st.spec.since;
    assert_true(since > INT64_MIN);
    type("p]");
    assert_int_equal(st.spec.since, since);
    assert_int_equal(st.spec.until, trace_ns(st.app->shown->trace, st.app->marks[0].time));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_what_was_alive_at_the_peak, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(opens_events_elsewhere, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(other_moments_have_a_pane_too, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(marks_and_ranges_begin_at_the_cursor, open_stage,
                                        close_stage),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
