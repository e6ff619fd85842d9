/* Writing what is shown, saving what was set, and telling what is wrong with the configuration. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"
#include "ui/app/app.h"
#include "ui/keys/rebind.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 24, .cols = 90});
    return 0;
}

static void assert_written(const char *expected)
{
    assert_string_equal(strbuf_str(&st.written), expected);
    strbuf_clear(&st.written);
}

/* Events go out with the shown columns that the commands have, in the shown order. */
static void events_have_the_shown_columns(void **state)
{
    (void)state;
    struct strbuf why = {0};
    assert_true(app_take_columns(st.app, "events", "size outcome heap:9 time delta", &why));
    type("2wa.tsv");
    assert_true(sees("write to"));
    assert_true(sees("events to NAME.tsv, .csv or .jsonl"));
    type("<Enter>");
    assert_written("1 size,heap,time 0 a.tsv;");
    assert_false(sees("write to"));
    strbuf_release(&why);
}

/* Tables go out with their rows. The kinds are those of enum view_rows. */
static void tables_have_their_rows(void **state)
{
    (void)state;
    type("3wh.csv<Enter>");
    assert_written("2  5 h.csv;");
    app_write_ended(st.app, false, "Wrote it.");
    type("twp.csv<Enter>");
    assert_written("3  2 p.csv;");
    app_write_ended(st.app, false, "Wrote it.");
    type("twt.csv<Enter>");
    assert_non_null(strstr(strbuf_str(&st.written), "4  "));
    strbuf_clear(&st.written);
    app_write_ended(st.app, false, "Wrote it.");
    type("4ws.jsonl<Enter>");
    assert_non_null(strstr(strbuf_str(&st.written), "5  "));
}

static void only_lists_are_written(void **state)
{
    (void)state;
    type("w");
    assert_true(sees("Only lists can be written, such as Events (2) or Heaps (3)."));
    type("2?w");
    assert_true(sees("Only lists can be written"));
    assert_int_equal(st.writes, 0);
    type("<Esc><Enter>w"); /* the detail is a pane of Events */
    assert_true(sees("write to"));
}

/* A file that is there is replaced when Enter says so twice, but not another one. */
static void a_file_that_is_there_is_asked_about(void **state)
{
    (void)state;
    st.write_answer = -EEXIST;
    type("2wa.tsv<Enter>");
    assert_true(sees("no such luck"));
    type("<BS>x<Enter>");
    assert_true(sees("write to"));
    type("<Enter>");
    assert_non_null(strstr(strbuf_str(&st.written), "a.tsx!;"));
    assert_null(strstr(strbuf_str(&st.written), "a.tsv!;"));
    assert_false(sees("write to"));
}

static void what_is_wrong_keeps_the_prompt(void **state)
{
    (void)state;
    st.write_answer = -EINVAL;
    type("2wa.xls<Enter><Enter>");
    assert_true(sees("no such luck"));
    assert_true(sees("write to"));
    assert_null(strstr(strbuf_str(&st.written), "!"));
    type("<Esc>");
    assert_false(sees("write to"));
}

/* While a file is written the status line says so, keys work, and closing gives it up first. */
static void writing_goes_on_beside(void **state)
{
    (void)state;
    type("2wa.tsv<Enter>");
    app_write_progress(st.app, "writing a.tsv: 34 %   {close} stops");
    term_frame(st.term);
    assert_true(sees("writing a.tsv: 34 %   Esc stops"));
    type("jj");
    assert_true(sees("34 %"));
    type("w");
    assert_true(sees("A file is still being read or written; Esc stops it."));
    type("<Enter><Esc>");
    assert_int_equal(st.write_stops, 1);
    assert_true(sees("  row ")); /* the pane is still there */
    app_write_ended(st.app, true, "a.tsv: not written");
    term_frame(st.term);
    assert_true(sees("a.tsv: not written"));
    type("<Esc>");
    assert_int_equal(st.write_stops, 1);
    assert_false(sees("34 %"));
}

/* Quitting would give the file up: it is asked about once, and anything else takes that back. */
static void quitting_while_writing_is_asked_about(void **state)
{
    (void)state;
    type("2wa.tsv<Enter>");
    app_write_progress(st.app, "writing a.tsv: 34 %");
    type("q");
    assert_true(sees("A file is being written: Q again gives it up"));
    type("jQ");
    assert_int_equal(st.quits, 0);
    type("q");
    assert_int_equal(st.quits, 1);
    app_write_ended(st.app, false, "Wrote it.");
    type("Q");
    assert_int_equal(st.quits, 2);
}

static void nothing_is_written_before_there_is_something(void **state)
{
    (void)state;
    stage_close(&st);
    stage_open(&st, &(struct stage_options){.rows = 24, .cols = 90, .empty_handed = true});
    type("2wa.tsv<Enter>");
    assert_true(sees("There is nothing to write yet."));
    assert_int_equal(st.writes, 0);
}

static void saving_tells_what_was_set(void **state)
{
    (void)state;
    struct strbuf why = {0};
    type("W");
    assert_true(sees("Wrote it to config."));
    assert_string_equal(
        strbuf_str(&st.saved),
        "options.units=exact options.time=start options.mouse=no "
        "options.fold=default columns.events=(none) columns.heaps=(none) "
        "columns.sources=(none) columns.sizes=(none) columns.blocks=(none) columns.stacks=(none) "
        "columns.findings=(none) columns.diff=(none) ");
    assert_true(app_take_columns(st.app, "heaps", "heap:20 allocs", &why));
    type("uRW");
    assert_string_equal(
        strbuf_str(&st.saved),
        "options.units=short options.time=day options.mouse=no options.fold=default "
        "columns.events=(none) columns.heaps=heap:20 allocs "
        "columns.sources=(none) columns.sizes=(none) columns.blocks=(none) columns.stacks=(none) "
        "columns.findings=(none) columns.diff=(none) ");
    assert_false(app_take_columns(st.app, "events", "time foo", &why));
    type("W"); /* the line stays for the person to mend */
    assert_null(strstr(strbuf_str(&st.saved), "columns.events"));
    assert_true(app_take_columns(st.app, "events", "time op", &why));
    type("W");
    assert_non_null(strstr(strbuf_str(&st.saved), "columns.events=time op "));
    strbuf_clear(&why);
    assert_false(app_take_columns(st.app, "nowhere", "heap", &why));
    assert_string_equal(strbuf_str(&why), "nowhere: no such list, expected one of events, heaps, "
                                          "sources, sizes, blocks, stacks, findings, diff");
    strbuf_release(&why);
}

/* Mistakes: the first below, all of them in help, which a key of the person's own opens. */
static void mistakes_are_told(void **state)
{
    (void)state;
    struct rebind rebind = {0};
    struct strbuf why = {0};
    assert_true(rebind_take(&rebind, 1, "help", "<F2>", &why));
    assert_true(rebind_take(&rebind, 2, "theme", "", &why));
    rebind_apply(&rebind, app_keymap(st.app), NULL, NULL);
    app_tell_problems(st.app, "/x/c:3: units = long: expected exact or short\n/x/c:5: second\n");
    term_frame(st.term);
    assert_true(sees("2 mistakes, F2 tells all: c:3: units = long: expected exact or short"));
    assert_true(sees("F2 help"));
    term_assert_golden(st.term, "config-problems-24x90");
    type("<F2>");
    assert_true(sees("What is wrong with the configuration"));
    assert_true(sees("c:5: second"));
    strbuf_release(&why);
}

static void prompt_has_a_picture(void **state)
{
    (void)state;
    type("2w~/out.tsv");
    term_assert_golden(st.term, "write-24x90");
    st.write_answer = -EEXIST;
    type("<Enter>");
    term_assert_golden(st.term, "write-there-24x90");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_stage, close_stage)
    const struct CMUnitTest tests[] = {
        TEST(events_have_the_shown_columns),
        TEST(tables_have_their_rows),
        TEST(only_lists_are_written),
        TEST(a_file_that_is_there_is_asked_about),
        TEST(what_is_wrong_keeps_the_prompt),
        TEST(writing_goes_on_beside),
        TEST(quitting_while_writing_is_asked_about),
        TEST(nothing_is_written_before_there_is_something),
        TEST(saving_tells_what_was_set),
        TEST(mistakes_are_told),
        TEST(prompt_has_a_picture),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
