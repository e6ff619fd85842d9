/* Comparing with another file: asking for it, what comes of it, and going back to moments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/answer_maker.h"
#include "answer/moments/moments.h"
#include "on_stage.h"

/* The other file: the first part of the same story, in other places of memory. */
static struct fixture other;

enum { PART = 700 };

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 140});
    fixture_init(&other, PART);
    return 0;
}

static int close_both(void **state)
{
    fixture_release(&other);
    return close_stage(state);
}

static uint64_t outstanding(struct fixture *f)
{
    const struct query_spec everything = {.since = INT64_MIN, .until = INT64_MAX};
    struct snapshot *s = fixture_snapshot(f, &everything);
    uint64_t bytes = s->summary->total.outstanding_bytes;
    snapshot_unref(s);
    return bytes;
}

static void asks_for_a_file(void **state)
{
    (void)state;
    type("Onone.etl<Enter>");
    assert_true(sees("No such file"));
    assert_int_equal(st.reads, 1);
    type("<C-u>other.etl<Enter>");
    assert_int_equal(st.reads, 2);
    assert_false(sees("compare with"));
    app_read_progress(st.app, "reading other.etl: 34 %   {close} stops");
    term_frame(st.term);
    assert_true(sees("reading other.etl: 34 %   Esc stops"));
    type("O");
    assert_true(sees("still being read"));
    type("<Esc>");
    assert_int_equal(st.write_stops, 1);
    app_take_baseline(st.app, NULL, "other.etl", "other.etl: stopped");
    term_frame(st.term);
    assert_true(sees("other.etl: stopped"));
}

static void compares_both_ends(void **state)
{
    (void)state;
    app_take_baseline(st.app, other.trace, "/tmp/a\x1b[2J/before.etl", "");
    term_frame(st.term);
    assert_true(sees("Diff before.etl .. end"));
    type("tt");
    const struct answer_spec *asked = &st.answer[ANSWER_MOMENTS];
    assert_ptr_equal(asked->moments.other, other.trace);
    assert_int_equal(asked->moments.count, 1);
    const struct frame_namer nameless = {0};
    struct query_spec everything = {.since = INT64_MIN, .until = INT64_MAX};
    struct query *q = query_new(st.fixture.trace, &everything);
    while (query_advance(q, UINT64_MAX))
        continue;
    struct moments *m = (struct moments *)answer_make(q, asked, &nameless);
    assert_int_equal(m->count, 2);
    assert_int_equal(m->whole.at[0].bytes, outstanding(&other));
    assert_int_equal(m->whole.at[1].bytes, outstanding(&st.fixture));
    answer_unref(&m->base);
    query_unref(q);
    type("x");
    assert_true(sees("Diff start .. end"));
    type("O<Enter>"); /* nothing: it is forgotten */
    type("x");
    assert_true(sees("There are no other moments"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(asks_for_a_file, open_stage, close_both),
        cmocka_unit_test_setup_teardown(compares_both_ends, open_stage, close_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
