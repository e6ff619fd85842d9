/* What keys do: screens, drill and the way back, conditions by pointing, prompt, follow, freeze. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 100});
    return 0;
}

static int open_live(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 100, .follow = true});
    return 0;
}

static void digits_show_screens(void **state)
{
    (void)state;
    assert_true(sees("Capture"));
    type("2");
    assert_true(sees("Outcome"));
    type("3");
    assert_true(sees("Over time"));
    type("4");
    assert_true(sees("6 segment heap"));
    type("1");
    assert_true(sees("Capture"));
}

static void heap_drill_and_back(void **state)
{
    (void)state;
    type("3<Enter>");
    assert_filter("heap == 0x13d35ec0000"); /* the one with most outstanding */
    assert_true(sees("Outcome"));
    assert_true(sees("100 of 1,"));
    type("<BS>");
    assert_filter("");
    assert_true(sees("Over time"));
    type("<BS>");
    assert_true(sees("no step to take back"));
    assert_int_equal(st.asked, 2);
}

/* 0x13d35bd0000 is a heap of both processes: without the pid the filter would mix them. */
static void shared_handle_needs_pid(void **state)
{
    (void)state;
    type("3Gk<Enter>");
    for (int i = 0; i < 4 && strstr(st.last_filter, "0x13d35bd0000") == NULL; i++)
        type("<BS>k<Enter>");
    assert_non_null(strstr(st.last_filter, "heap == 0x13d35bd0000 && pid == "));
}

static void equals_filters_by_cell(void **state)
{
    static const char *const expected[] = {"time >= 0.044542s",
                                           NULL,
                                           "tid == 2080",
                                           "op == alloc",
                                           "heap == 0x13d35bd0000 && pid == 21912",
                                           "address == 0x13d35bd0860",
                                           "size == 256",
                                           "source == 3",
                                           "life >= 0.000048s",
                                           "pid == 21912"};
    (void)state;
    type("2jj");
    for (int column = 0; column < 10; column++) {
        if (expected[column] == NULL)
            continue;
        type("hhhhhhhhhh");
        for (int i = 0; i < column; i++)
            type("l");
        type("=");
        assert_filter(expected[column]);
        assert_true(sees("filter"));
        type("<BS>");
        assert_filter("");
    }
}

static void minus_negates(void **state)
{
    (void)state;
    type("2jjhhhhhhhhhhlll-");
    assert_filter("op != alloc");
    type("<BS>");
    assert_filter("");
}

static void conditions_join(void **state)
{
    (void)state;
    type("2foutcome<C-u>live || failed<Enter>");
    assert_filter("live || failed");
    type("ghhhhhhhhhhlll=");
    assert_filter("(live || failed) && op == alloc");
    type("=");
    assert_true(sees("holds this already"));
}

static void source_drills(void **state)
{
    (void)state;
    type("4j<Enter>");
    assert_filter("source == 2");
    assert_true(sees("Outcome"));
    type("<BS>");
    assert_filter("");
    type("-");
    assert_filter("!(source == 2)");
}

static void prompt_judges_and_previews(void **state)
{
    (void)state;
    type("2fsize >= 1K");
    assert_filter("size >= 1K"); /* already asked: the list previews */
    assert_true(sees("match"));
    type(" &&");
    assert_filter("size >= 1K"); /* incomplete: nothing new is asked */
    type("<Esc>");
    assert_filter("");
    assert_false(sees("size >= 1K"));
    type("fsize >= 1K<Enter>");
    assert_filter("size >= 1K");
    assert_true(sees("size >= 1K"));
}

/* What the preview showed is gone with it: the row that was selected is again, on its line. */
static void escape_brings_the_selection_back(void **state)
{
    (void)state;
    type("2#101G");
    int line = term_find(st.term, "> ");
    char before[512];
    snprintf(before, sizeof before, "%s", term_row(st.term, line));
    type("fop == create");
    assert_string_not_equal(term_row(st.term, line), before);
    type("<Esc>");
    assert_string_equal(term_row(st.term, line), before);
}

static void prompt_keeps_what_is_wrong(void **state)
{
    (void)state;
    type("2fop == alloc<Enter>");
    type("f<C-u>size >> 3<Enter>");
    assert_true(sees("expected"));
    assert_true(sees("size >> 3"));
    type("<Esc>");
    assert_filter("op == alloc");
    assert_true(sees("op == alloc"));
}

static void wrong_preview_is_undone(void **state)
{
    (void)state;
    type("2fop == alloc<Enter>f<C-u>live");
    assert_filter("live");
    type("<Esc>");
    assert_filter("op == alloc");
}

static void follow_from_anywhere(void **state)
{
    (void)state;
    type("3F");
    assert_true(sees("Outcome"));
    assert_true(sees("0x13d35bd1000")); /* the last event's */
}

static void moving_up_ends_follow(void **state)
{
    (void)state;
    st.dress = NULL;
    stage_show(&st);
    type("k");
    assert_true(sees("Outcome"));
    assert_int_equal(st.quits, 0);
}

static void grow(struct snapshot *s)
{
    s->source.state = SOURCE_FOLLOWING;
}

static void shrink(struct snapshot *s)
{
    s->source.state = SOURCE_FOLLOWING;
    s->rows -= 100;
    s->matched -= 100;
    s->scanned -= 100;
}

static void freeze_counts_new_events(void **state)
{
    (void)state;
    st.dress = shrink;
    stage_show(&st);
    type("<Space>");
    assert_true(sees("frozen"));
    st.dress = grow;
    stage_show(&st);
    assert_true(sees("100 new"));
    assert_false(sees("lives")); /* the Frees of these blocks are among the new events */
    type("<Space>");
    assert_false(sees("frozen"));
}

static void frozen_picture_answers_questions(void **state)
{
    (void)state;
    type("2<Space>fop == create<Enter>");
    assert_true(sees("frozen"));
    assert_true(sees("3 of 1,"));
    type("<Space>");
    assert_true(sees("3 of 1,"));
}

static void closing_and_quitting(void **state)
{
    (void)state;
    type("?");
    assert_true(sees("Screens"));
    type("q");
    assert_int_equal(st.quits, 0);
    assert_true(sees("Capture"));
    type("<Esc>");
    assert_int_equal(st.quits, 0);
    type("q");
    assert_int_equal(st.quits, 1);
    type("3Q");
    assert_int_equal(st.quits, 2);
}

static void control_c_closes_and_quits(void **state)
{
    (void)state;
    type("fsize");
    type("<C-c>");
    assert_true(sees("filter  none"));
    assert_int_equal(st.quits, 0);
    type("<C-c>");
    assert_int_equal(st.quits, 1);
}

/* Keys without a meaning say so; those of a row number are shown as they are typed. */
static void no_key_is_silent(void **state)
{
    (void)state;
    type("z");
    assert_true(sees("z does nothing here; ? lists the keys."));
    type("2t");
    assert_true(sees("t is a key of Heaps and Diff; ? lists the keys."));
    type("x");
    assert_true(sees(
        "x is a key of Sources, Sizes, Stacks, Diff and the column chooser; ? lists the keys."));
    type("1s");
    assert_true(sees("s does nothing here; ? lists the keys."));
    type("GH");
    assert_true(sees("This row is no heap."));
    type("2<A-1>2");
    assert_true(sees("number 12: j goes so many rows down, G to that row, Esc forgets it"));
    type("<Esc>");
    assert_true(sees("lost: ")); /* no message at all */
}

/* What Tab and Enter do depends on where the keys go, and where no rows are on the way out. */
static void hints_follow_the_keys(void **state)
{
    (void)state;
    type("2jjjjjj<Enter>");
    assert_true(sees("Tab details"));
    type("<Tab>");
    assert_true(sees("Tab life"));
    type("<Tab>");
    assert_true(sees("Enter go there") && sees("Tab list"));
    type("<Tab>");
    assert_true(sees("Tab details"));
    type("<Esc>fop == create && op == free<Enter>");
    assert_true(sees("Backspace back"));
    assert_false(sees("Enter open"));
}

/* Of several lines (the mistakes in a theme) the first is shown, and how many there are. */
static void a_message_is_one_line(void **state)
{
    (void)state;
    app_message(st.app, true, "my.theme:1:1: first\nmy.theme:2:1: second\n");
    term_frame(st.term);
    assert_true(sees("my.theme:1:1: first (and 1 more)"));
    app_message(st.app, true, "one line\n");
    term_frame(st.term);
    assert_false(sees("more)"));
    assert_true(sees("one line "));
}

static void host_is_asked(void **state)
{
    (void)state;
    type("r");
    assert_int_equal(st.reloads, 1);
    type("<C-z>");
    assert_int_equal(st.suspends, 1);
    type("fsize<C-z>"); /* while typing, too */
    assert_int_equal(st.suspends, 2);
    assert_true(sees("filter  size"));
}

static void units_and_wall_time(void **state)
{
    (void)state;
    type("3");
    assert_true(sees(" B "));
    type("u");
    assert_true(sees("KiB"));
    type("2R");
    assert_true(sees("09:14:33.0444620")); /* UTC+1 by the trace's zone */
}

static void trust_is_one_key_away(void **state)
{
    (void)state;
    type("2!");
    assert_true(sees("double free candidates"));
}

static void sort_keeps_selection(void **state)
{
    (void)state;
    type("3Gs");
    assert_true(sees("Over time"));
    type("S");
    assert_int_equal(st.asked, 0);
}

static void hostile_name_is_harmless(void **state)
{
    (void)state;
    type("3");
    assert_false(sees("\x1b"));
    assert_true(sees("worker"));
}

/* The picture ages by itself only while something says how old it is. */
/* To follow is to see what comes: a frozen picture goes on. */
static void following_ends_a_freeze(void **state)
{
    (void)state;
    st.dress = grow;
    stage_show(&st);
    type("2g<Space>");
    assert_true(sees("frozen"));
    type("F");
    assert_false(sees("frozen"));
    assert_true(sees("\u25cf follow"));
}

static void buffer_came(struct snapshot *s)
{
    s->source.state = SOURCE_FOLLOWING;
    s->source.last_buffer_at = INT64_C(1000000000);
}

/* The age of the last buffer is told in seconds up to an hour, and so often it is told anew. */
static void the_age_of_the_last_buffer_is_kept(void **state)
{
    (void)state;
    st.dress = buffer_came;
    st.now = INT64_C(73500000000);
    stage_show(&st);
    assert_true(sees("1 m 13 s ago"));
    assert_true(app_next_change(st.app) - st.now <= INT64_C(1000000000));
    st.now += INT64_C(7200000000000);
    assert_true(app_next_change(st.app) - st.now > INT64_C(1000000000));
}

static void knows_when_it_is_out_of_date(void **state)
{
    (void)state;
    assert_true(app_next_change(st.app) == INT64_MAX);
    st.dress = grow;
    stage_show(&st);
    assert_true(app_next_change(st.app) == INT64_MAX); /* no buffer yet */
    assert_false(app_is_dirty(st.app));
}

#define TEST(f)      cmocka_unit_test_setup_teardown(f, open_stage, close_stage)
#define LIVE_TEST(f) cmocka_unit_test_setup_teardown(f, open_live, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(digits_show_screens),
        TEST(heap_drill_and_back),
        TEST(shared_handle_needs_pid),
        TEST(equals_filters_by_cell),
        TEST(minus_negates),
        TEST(conditions_join),
        TEST(source_drills),
        TEST(prompt_judges_and_previews),
        TEST(escape_brings_the_selection_back),
        TEST(prompt_keeps_what_is_wrong),
        TEST(wrong_preview_is_undone),
        TEST(follow_from_anywhere),
        LIVE_TEST(moving_up_ends_follow),
        LIVE_TEST(freeze_counts_new_events),
        TEST(frozen_picture_answers_questions),
        TEST(closing_and_quitting),
        TEST(control_c_closes_and_quits),
        TEST(no_key_is_silent),
        TEST(hints_follow_the_keys),
        TEST(a_message_is_one_line),
        TEST(host_is_asked),
        TEST(units_and_wall_time),
        TEST(trust_is_one_key_away),
        TEST(sort_keeps_selection),
        TEST(hostile_name_is_harmless),
        TEST(following_ends_a_freeze),
        TEST(the_age_of_the_last_buffer_is_kept),
        TEST(knows_when_it_is_out_of_date),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
