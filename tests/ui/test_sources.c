/*
 * Sources key by key: what is chosen is said, stays, and shows the figures of the fold; the cells
 * of the heat table filter, and what means nothing says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "on_stage.h"
#include "ui/app/app_state.h"

static int open_wide(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 60, .cols = 200});
    term_keys(st.term, "4");
    return 0;
}

static int open_usual(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 24, .cols = 80});
    term_keys(st.term, "4");
    return 0;
}

static int open_empty(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 24, .cols = 80, .events = FIXTURE_EMPTY});
    term_keys(st.term, "4");
    return 0;
}

/* ---- figures ---- */

/* The line of the list that begins with `name`; the heat tables below have lines of that name, too.
 */
static const char *list_line(const char *name)
{
    for (int y = 3; y < 60; y++) {
        const char *line = term_row(st.term, y);
        if (strncmp(line + 2, name, strlen(name)) == 0)
            return line;
    }
    fail_msg("no line of %s", name);
    return NULL;
}

static void assert_number(const char *line, uint64_t v)
{
    struct strbuf b = {0};
    if (v == 0)
        return;
    strbuf_putc(&b, ' ');
    text_put_grouped(&b, v);
    if (strstr(line, strbuf_str(&b)) == NULL)
        fail_msg("%s is not in \"%s\"", strbuf_str(&b), line);
    strbuf_release(&b);
}

static void shows_the_figures_of_the_fold(void **state)
{
    static const char *const names[] = {"2 low-frag", "3 main path", "6 segment heap", "0 ", "9 "};
    static const uint32_t values[] = {2, 3, 6, 0, 9};
    (void)state;
    struct snapshot *s = fixture_snapshot(&st.fixture, NULL);
    for (size_t i = 0; i < s->summary->source_count; i++) {
        const struct source_figures *f = &s->summary->sources[i];
        for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
            if (f->source != values[k])
                continue;
            const char *line = list_line(names[k]);
            for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++) {
                assert_number(line, f->f.count[op]);
                assert_number(line, f->f.bytes[op]);
            }
            assert_number(line, f->f.outstanding_bytes);
            assert_number(line, f->f.outstanding_blocks);
        }
    }
    snapshot_unref(s);
}

/* ---- what is shown ---- */

static void keys_choose_what_is_shown(void **state)
{
    (void)state;
    assert_true(sees("Allocs by count, linear, by size"));
    type("o");
    assert_true(sees("ReAllocs by count, linear, by size"));
    type("o");
    assert_true(sees("Frees by count, linear, by size"));
    type("b");
    assert_true(sees("Frees by bytes, linear, by size"));
    type("L");
    assert_true(sees("Frees by bytes, log, by size"));
    type("x");
    assert_true(sees("Frees by bytes, log, by time"));
    type("x");
    assert_true(sees("Frees by bytes, log, by heap"));
    type("oLbb");
    assert_true(sees("Allocs by count, linear, by heap"));
    type("x");
    assert_true(sees("Allocs by count, linear, by size"));
}

static void settings_stay_while_others_are_shown(void **state)
{
    (void)state;
    type("oobLx2143");
    assert_false(sees("Frees by bytes"));
    type("4");
    assert_true(sees("Frees by bytes, log, by time"));
}

static void outstanding_has_no_operation(void **state)
{
    (void)state;
    type("oobb");
    assert_false(sees("Frees by"));
    assert_true(sees("Outstanding bytes, linear"));
    type("o");
    assert_true(sees("belongs to no operation"));
    assert_true(sees("Outstanding bytes, linear"));
    type("b");
    assert_true(sees("Allocs by count, linear") || sees("Frees by count, linear"));
}

static void choosing_belongs_to_sources(void **state)
{
    (void)state;
    type("2o");
    assert_true(sees("o is a key of Sources"));
}

/* ---- order ---- */

static int line_of(const char *name)
{
    for (int y = 3; y < 24; y++)
        if (strncmp(term_row(st.term, y) + 2, name, strlen(name)) == 0)
            return y;
    return -1;
}

static void sorts_by_any_figure(void **state)
{
    (void)state;
    assert_true(line_of("1 lookaside") < line_of("2 low-frag"));
    type("ss"); /* the Sources' own order, then allocs */
    assert_true(line_of("2 low-frag") < line_of("3 main path"));
    assert_true(line_of("3 main path") < line_of("1 lookaside"));
    type("s"); /* alloc bytes */
    assert_true(line_of("3 main path") < line_of("6 segment heap"));
    assert_true(line_of("6 segment heap") < line_of("2 low-frag"));
    type("S");
    assert_true(line_of("2 low-frag") < line_of("3 main path"));
}

/* ---- cells ---- */

static void cells_have_a_cursor(void **state)
{
    (void)state;
    type("<Tab>");
    assert_true(sees(" of all: 2 low-frag, size 16..31"));
    type("ll");
    assert_true(sees("503 allocs, "));
    assert_true(sees(" of all: 2 low-frag, size 64..127"));
    type("j");
    assert_true(sees("0 allocs, 0 B, 0 % of all: 3 main path, size 64..127"));
    type("l");
    assert_true(sees("13 allocs, "));
    type("b"); /* by bytes the small classes share a column */
    assert_true(sees("13 allocs, 2,"));
    assert_true(sees("size 16..255"));
    type("bb");
    assert_true(sees("13 allocs, "));
    type("<Tab>");
    assert_false(sees("size 128..255"));
    type("<Tab>");
    assert_true(sees("size 128..255"));
    type("<Esc>");
    assert_false(sees("size 128..255"));
    assert_int_equal(st.quits, 0);
}

static void cells_filter(void **state)
{
    (void)state;
    type("<Tab>ll=");
    assert_string_equal(st.last_filter, "source == 2 && op == alloc && size in 64..127");
    assert_true(sees("503 of 1,"));
    assert_true(sees("Allocs by count"));
    type("<BS>");
    assert_string_equal(st.last_filter, "");
    type("-");
    assert_string_equal(st.last_filter, "!(source == 2 && op == alloc && size in 64..127)");
    type("<BS>");
    type("<Enter>");
    assert_string_equal(st.last_filter, "source == 2 && op == alloc && size in 64..127");
    assert_true(sees("Outcome"));
    assert_string_equal(st.app->stack.crumbs[0].label, "2 low-frag, size 64..127");
    type("<BS>");
    assert_string_equal(st.last_filter, "");
    assert_true(sees("503 allocs, "));
    assert_true(sees(" of all: 2 low-frag, size 64..127"));
}

static void a_step_says_which_cell_it_was(void **state)
{
    (void)state;
    type("<Tab>ll<Enter>");
    assert_true(sees("Outcome"));
    assert_true(sees("2 low-frag, size 64..127"));
}

static void cells_of_time_and_heaps_filter(void **state)
{
    (void)state;
    type("x<Tab>l=");
    assert_non_null(strstr(st.last_filter, "source == 2 && op == alloc && time >= "));
    assert_non_null(strstr(st.last_filter, " && time < "));
    type("<BS>x=");
    assert_string_equal(st.last_filter,
                        "source == 2 && op == alloc && heap == 0x13d35bd0000 && pid == 21912");
    type("<BS>oo=");
    assert_string_equal(st.last_filter,
                        "source == 2 && op == free && heap == 0x13d35bd0000 && pid == 21912");
    type("<BS>b=");
    type("<BS>b=");
    assert_string_equal(st.last_filter, "source == 2 && live && heap == 0x13d35ec0000");
}

/* A moment is no set of rows: the events of that time are shown. */
static void outstanding_at_a_time_shows_its_events(void **state)
{
    (void)state;
    type("bbx<Tab>=");
    assert_non_null(strstr(st.last_filter, "source == 2 && time >= "));
    assert_null(strstr(st.last_filter, "live"));
}

static void no_cells_say_so(void **state)
{
    (void)state;
    type("<Tab>");
    assert_true(sees("no cells"));
    type("obLx<Tab>");
    assert_true(sees("No heap events"));
}

static void nothing_of_the_kind_is_said(void **state)
{
    (void)state;
    type("fsource == 2<Enter>o");
    assert_true(sees("No realloc with a Source."));
    type("<Tab>");
    assert_true(sees("no cells"));
}

int main(void)
{
#define TEST(f, setup) cmocka_unit_test_setup_teardown(f, setup, close_stage)
    const struct CMUnitTest tests[] = {
        TEST(shows_the_figures_of_the_fold, open_wide),
        TEST(keys_choose_what_is_shown, open_usual),
        TEST(settings_stay_while_others_are_shown, open_usual),
        TEST(outstanding_has_no_operation, open_usual),
        TEST(choosing_belongs_to_sources, open_usual),
        TEST(sorts_by_any_figure, open_usual),
        TEST(cells_have_a_cursor, open_usual),
        TEST(cells_filter, open_usual),
        TEST(a_step_says_which_cell_it_was, open_wide),
        TEST(cells_of_time_and_heaps_filter, open_usual),
        TEST(outstanding_at_a_time_shows_its_events, open_usual),
        TEST(no_cells_say_so, open_empty),
        TEST(nothing_of_the_kind_is_said, open_usual),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
