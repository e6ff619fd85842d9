/* Getting around: numbers before motions, the time range, and a selection that stays. */
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

/* ---- numbers ---- */

static void a_number_repeats_a_motion(void **state)
{
    (void)state;
    type("2#5j");
    assert_row(5);
    type("#");
    assert_true(sees("number: type it, then a key"));
    type("12");
    assert_true(sees("number 12: j goes"));
    type("<Down>");
    assert_row(17);
    type("<A-1>0<Up>");
    assert_row(7);
    type("#101G");
    assert_row(100);
    type("#1g");
    assert_row(0);
    type("#2<Esc>j");
    assert_row(1);
}

static void a_number_scrolls_pages(void **state)
{
    (void)state;
    type("?#3j");
    assert_true(sees("3 "));
    int three = term_find(st.term, "more");
    assert_true(three > 0);
    type("g<C-d>");
    char once[256];
    snprintf(once, sizeof once, "%s", term_row(st.term, 2));
    type("<C-d>");
    char twice[256];
    snprintf(twice, sizeof twice, "%s", term_row(st.term, 2));
    assert_string_not_equal(once, twice);
    type("g#2<C-d>");
    assert_string_equal(term_row(st.term, 2), twice);
    type("#1G");
    type("<C-d>");
    assert_string_equal(term_row(st.term, 2), once);
}

/* ---- range ---- */

static void a_range_starts_and_ends_at_events(void **state)
{
    (void)state;
    type("2#5j[");
    assert_true(st.spec.since != INT64_MIN && st.spec.until == INT64_MAX);
    assert_true(sees("range"));
    assert_true(sees(".. end]"));
    assert_row(5);
    type("#9j]");
    assert_true(st.spec.since < st.spec.until && st.spec.until != INT64_MAX);
    assert_row(14);
    int64_t since = st.spec.since;
    type("<BS>");
    assert_true(st.spec.since != INT64_MIN && st.spec.until == INT64_MAX);
    type("<BS>");
    assert_true(st.spec.since == INT64_MIN && st.spec.until == INT64_MAX);
    assert_row(5); /* where the first step was taken */
    type("]");
    assert_true(st.spec.since == INT64_MIN && st.spec.until == since);
    type("\\");
    assert_true(st.spec.until == INT64_MAX);
    assert_false(sees("range "));
    type("\\");
    assert_true(sees("whole time is shown already"));
    type("4[");
    assert_true(sees("A range starts and ends at a moment"));
}

/* A range joins the filter as a step of its own. */
static void a_range_and_a_drill_are_steps(void **state)
{
    (void)state;
    type("3<Enter>#9j[");
    int64_t since = st.spec.since;
    assert_true(since != INT64_MIN);
    assert_string_equal(st.last_filter, "heap == 0x13d35ec0000");
    type("<BS>");
    assert_true(st.spec.since == INT64_MIN);
    assert_string_equal(st.last_filter, "heap == 0x13d35ec0000");
    type("<BS>");
    assert_string_equal(st.last_filter, "");
    assert_true(sees("Over time"));
}

/* ---- a selection that stays ---- */

static void half(struct snapshot *s)
{
    s->rows /= 2;
    s->scanned = s->rows;
    s->matched = query_rank(s->query, s->rows);
}

/* More rows, another filter, another order: the row that was chosen is chosen still. */
static void the_selection_stays_on_its_item(void **state)
{
    (void)state;
    st.dress = half;
    stage_show(&st);
    type("2#101G");
    assert_row(100);
    st.dress = NULL;
    stage_show(&st);
    assert_row(100);
    type("fop == free<Enter>");
    type("g#5j");
    char before[512];
    snprintf(before, sizeof before, "%.14s", term_row(st.term, term_find(st.term, "> ")));
    type("f<C-u>op in [free, alloc]<Enter>"); /* rows arrive above it */
    assert_non_null(strstr(term_row(st.term, term_find(st.term, "> ")), before));
    type("3j");
    char name[16];
    snprintf(name, sizeof name, "%.15s", term_row(st.term, term_find(st.term, "> ")));
    for (int i = 0; i < 4; i++) {
        type(i % 2 == 0 ? "s" : "S");
        assert_non_null(strstr(term_row(st.term, term_find(st.term, "> ")), name));
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_repeats_a_motion),         TEST(a_number_scrolls_pages),
        TEST(a_range_starts_and_ends_at_events), TEST(a_range_and_a_drill_are_steps),
        TEST(the_selection_stays_on_its_item),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
