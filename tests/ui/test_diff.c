/* Diff: which moments are compared, what the rows say, held against the totals at each moment, and
 * where they lead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "answer/moments/moments.h"
#include "on_stage.h"
#include "ui/app/app_state.h"
#include "ui/view/diff/diff_rows.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 140});
    return 0;
}

static int open_with_stacks(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 140, .stacks = true});
    return 0;
}

/* Three marks of a person: rows 20, 400 and 1,500. */
static void set_marks(void)
{
    type("2#21Gma#401Gmb#1501Gmc");
}

/* What the figures of a query up to that row's time say is outstanding. */
static struct moment_value outstanding_at(uint64_t row)
{
    const struct trace *trace = st.fixture.trace;
    struct query_spec spec = {.since = INT64_MIN,
                              .until = trace_ns(trace, store_time(trace->store, row))};
    struct snapshot *s = fixture_snapshot(&st.fixture, &spec);
    struct moment_value v = {s->summary->total.outstanding_bytes,
                             s->summary->total.outstanding_blocks};
    snapshot_unref(s);
    return v;
}

/* ---- which moments ---- */

static void marks_are_compared(void **state)
{
    (void)state;
    type("0");
    assert_true(sees("Diff start .. end by heap"));
    assert_true(sees("No marks are set: start and end are compared. In Events (2) m sets one."));
    type("x");
    assert_true(sees("There are no other moments"));
    type("2#21Gma0");
    assert_true(sees("Diff a .. end"));
    type("2#401Gmb0");
    assert_true(sees("Diff a .. b"));
    type("2#1501Gmc0");
    assert_true(sees("Diff a .. c"));
    assert_true(sees("Steps"));
    type("x");
    assert_true(sees("Diff b .. c"));
    type("x");
    assert_true(sees("Diff start .. end"));
    type("xx");
    assert_true(sees("Diff b .. c"));
    type("2'aD");
    assert_true(sees("Diff b .. c"));
    type("2#801GmaD"); /* a mark that is set again was set last */
    assert_true(sees("Diff a .. c"));
    assert_false(sees("Steps"));
}

static void moments_are_picked(void **state)
{
    (void)state;
    set_marks();
    type(":diff a");
    assert_true(sees("two or more"));
    type(" c<Enter>");
    assert_true(sees("Diff a .. c"));
    assert_false(sees("Steps"));
    type(":diff start a 4s end<Enter>");
    assert_true(sees("Diff start .. end"));
    assert_true(sees("Steps"));
    type("x");
    assert_true(sees("Diff a .. c"));
    type(":diff start peak<Enter>");
    assert_int_equal(snapshot_moments(st.app->shown)->whole.at[1].bytes,
                     st.app->shown->summary->total.peak_bytes);
    type("xx:diff a z<Enter>");
    assert_true(sees("marks, times (1.5s), start, peak or end"));
    type("<Esc>:diff a b<Enter>:unmark b<Enter>");
    assert_true(sees("Diff a .. c"));
}

/* ---- what they say ---- */

static void assert_adds_up(void)
{
    const struct moments *m = snapshot_moments(st.app->shown);
    struct moments_row sum = {0};
    assert_non_null(m);
    for (size_t i = 0; i < m->row_count; i++) {
        sum.delta_bytes += m->rows[i].delta_bytes;
        sum.delta_blocks += m->rows[i].delta_blocks;
    }
    assert_true(sum.delta_bytes == m->whole.delta_bytes);
    assert_true(sum.delta_blocks == m->whole.delta_blocks);
}

static void says_what_the_totals_say(void **state)
{
    (void)state;
    struct moment_value a = outstanding_at(20), b = outstanding_at(400), c = outstanding_at(1500);
    set_marks();
    type("0");
    const struct moments *m = snapshot_moments(st.app->shown);
    assert_int_equal(m->count, 3);
    assert_true(m->whole.at[0].bytes == a.bytes && m->whole.at[0].blocks == a.blocks);
    assert_true(m->whole.at[1].bytes == b.bytes && m->whole.at[1].blocks == b.blocks);
    assert_true(m->whole.at[2].bytes == c.bytes && m->whole.at[2].blocks == c.blocks);
    struct strbuf caption = {0};
    diff_put_bytes(&caption, &st.app->env, (int64_t)(c.bytes - a.bytes));
    assert_true(sees(caption.s));
    strbuf_release(&caption);
    for (int group = 0; group < MOMENTS_GROUPS; group++) {
        assert_adds_up();
        type("t");
    }
}

static void shows_what_grew(void **state)
{
    (void)state;
    set_marks();
    type("0o");
    assert_true(sees("what grew"));
    const struct moments *m = snapshot_moments(st.app->shown);
    unsigned grew = 0;
    for (size_t i = 0; i < m->row_count; i++)
        grew += m->rows[i].grew;
    char text[32];
    snprintf(text, sizeof text, "line 1 of %u", grew);
    assert_true(grew > 0 ? sees(text) : sees("Nothing grew in every interval"));
    type("o");
    assert_false(sees(", what grew"));
}

/* ---- where they lead ---- */

static void a_row_opens_its_blocks(void **state)
{
    (void)state;
    set_marks();
    type("D");
    int64_t b = store_time(st.fixture.trace->store, 400);
    int64_t c = store_time(st.fixture.trace->store, 1500);
    type("<Enter>");
    assert_true(st.spec.since == trace_ns(st.fixture.trace, b + 1));
    assert_true(st.spec.until == trace_ns(st.fixture.trace, c));
    assert_non_null(strstr(st.last_filter, "heap =="));
    assert_non_null(strstr(st.last_filter, " && class == aifo"));
    assert_int_equal(st.app->stack.shown, SCOPE_BLOCKS);
    type("<BS>");
    assert_int_equal(st.app->stack.shown, SCOPE_DIFF);
    assert_true(st.spec.since == INT64_MIN && st.spec.until == INT64_MAX);
    assert_filter("");
    type("=");
    assert_non_null(strstr(st.last_filter, "heap =="));
    assert_true(st.spec.since == INT64_MIN);
}

static void a_stack_opens_stacks(void **state)
{
    (void)state;
    set_marks();
    type("0");
    assert_true(sees("by stack"));
    type("<Enter>");
    assert_non_null(strstr(st.last_filter, "stack"));
    assert_int_equal(st.app->stack.shown, SCOPE_STACKS);
}

/* Without an end of its own it ends at the last event there is. */
static void a_live_diff_moves_on(void **state)
{
    (void)state;
    type("2#21Gma0");
    uint64_t before = snapshot_moments(st.app->shown)->whole.at[1].bytes;
    fixture_release(&st.fixture);
    fixture_init(&st.fixture, 200);
    stage_show(&st);
    uint64_t less = snapshot_moments(st.app->shown)->whole.at[1].bytes;
    assert_true(less < before);
    fixture_tell_on(&st.fixture);
    stage_show(&st);
    assert_true(snapshot_moments(st.app->shown)->whole.at[1].bytes == before);
}

#define TEST(name)  cmocka_unit_test_setup_teardown(name, open_stage, close_stage)
#define STACK(name) cmocka_unit_test_setup_teardown(name, open_with_stacks, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(marks_are_compared),   TEST(moments_are_picked),     TEST(says_what_the_totals_say),
        TEST(shows_what_grew),      TEST(a_row_opens_its_blocks), STACK(a_stack_opens_stacks),
        TEST(a_live_diff_moves_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
