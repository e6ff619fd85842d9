/* Getting around: numbers before motions, the time range, finding, places and marks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "fixture.h"

static struct stage st;

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 120});
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

/* The number of the selected event, which its detail pane tells. */
static void assert_row(unsigned row)
{
    struct strbuf text = {0};
    type("<Enter>");
    strbuf_puts(&text, "row ");
    text_put_grouped(&text, row);
    strbuf_putc(&text, ' ');
    bool right = sees(text.s);
    strbuf_release(&text);
    type("<Esc>");
    if (!right)
        if (!right)
            fail_msg("row %u is not the selected one", row);
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
    type("3[");
    assert_true(sees("choose one in Events"));
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

/* ---- finding in Events ---- */

static void slow(struct snapshot *s)
{
    query_unref(s->aside[ASIDE_FIND]);
    s->aside[ASIDE_FIND] = NULL;
}

static void finds_words_and_counts(void **state)
{
    (void)state;
    type("2/destroy");
    assert_true(sees("word: hit 1 of 1")); /* previewed already */
    type("<Enter>");
    assert_row(15);
    assert_true(sees("find  destroy"));
    type("g/create<Enter>");
    assert_row(0); /* at or after the selection */
    assert_true(sees("hit 1 of 3"));
    type("n");
    assert_row(1);
    type("n");
    assert_row(16);
    type("n");
    assert_row(0);
    assert_true(sees("hit 1 of 3, wrapped"));
    type("N");
    assert_row(16);
    type("#2N");
    assert_row(0);
    type("#2n");
    assert_row(16);
    type("jj");
    assert_true(sees("3 hits"));
    type("<Esc>");
    assert_false(sees("find  create"));
    type("gn"); /* the last one is still known */
    assert_row(1);
}

static void finds_what_stands_in_the_rows(void **state)
{
    static const struct {
        const char *text;
        unsigned row;
        const char *count;
    } sample[] = {
        {"0x13d36000900", 9, "hit 1 of 3"}, /* one in each generation, and one in place */
        {"70,000", 14, "hit 1 of 1"},
        {"segment", 14, "hit 1 of 1"},
        {"failed", 12, "hit 1 of 1"},
        {"SIZE", 0, "no hit"},
        {"4K", 9, "hit 1 of 2"},
        {"worker", 1854, "hit 1 of 21"},
        {"size >= 64K", 12, "hit 1 of 3"},
        {"unmatched", 8, "hit 1 of"},
        {"nothing/at(all", 0, "no hit"},
    };
    (void)state;
    type("2");
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        char keys[96];
        snprintf(keys, sizeof keys, "g/%s<Enter>", sample[i].text);
        type(keys);
        if (!sees(sample[i].count))
            fail_msg("%s: no '%s' in '%s'", sample[i].text, sample[i].count, term_row(st.term, 29));
        assert_row(sample[i].row);
    }
}

static void a_hit_is_marked_in_its_row(void **state)
{
    (void)state;
    type("2/destroy<Enter>");
    int row = term_find(st.term, "D destroy");
    assert_true(row > 0);
    assert_non_null(strstr(term_row(st.term, row), ">\u2502"));
    const char *text = term_row(st.term, row);
    int column = (int)(strstr(text, "destroy") - text) - 2; /* the bar's other bytes */
    struct term_cell marked = term_cell(st.term, row, column);
    struct term_cell plain = term_cell(st.term, row, column - 2);
    assert_true(marked.bg != plain.bg || marked.attrs != plain.attrs);
}

static void escape_goes_back_to_the_start(void **state)
{
    (void)state;
    type("2#7j/destroy");
    type("<Esc>");
    assert_row(7);
    assert_false(sees("find  destroy"));
    type("/create<Enter>/failed<Esc>");
    assert_true(sees("find  create"));
    assert_row(16);
}

static void an_empty_find_repeats_the_last(void **state)
{
    (void)state;
    type("2/create<Enter>");
    assert_row(0);
    type("/<Enter>");
    assert_row(1);
    type("<Esc>/<Enter>");
    assert_row(16);
}

static void a_wrong_expression_stays_open(void **state)
{
    (void)state;
    type("2/size >> 4<Enter>");
    assert_true(sees("expected"));
    type("<Esc>");
    assert_row(0);
    type("n");
    assert_true(sees("Nothing to find yet"));
}

static void a_find_obeys_filter_and_range(void **state)
{
    (void)state;
    type("2/alloc<Enter>");
    assert_true(st.aside[ASIDE_FIND].asked);
    type("fop == create<Enter>");
    assert_non_null(strstr(filter_text(st.aside[ASIDE_FIND].spec.filter), "(op == create) && "));
    assert_true(sees("no hit"));
    type("f<C-u><Enter>#9G[");
    assert_true(st.aside[ASIDE_FIND].spec.since == st.spec.since);
    type("<Esc>");
    assert_false(st.aside[ASIDE_FIND].asked);
}

/* The hit is jumped to when the worker has it. */
static void a_find_waits_for_the_search(void **state)
{
    (void)state;
    st.dress = slow;
    type("2/destroy<Enter>");
    assert_true(sees("searching"));
    assert_row(0);
    st.dress = NULL;
    stage_show(&st);
    assert_row(15);
    assert_true(sees("hit 1 of 1"));
    st.dress = slow;
    type("g/failed<Enter>");
    type("<Esc>");
    assert_true(sees("called off"));
    st.dress = NULL;
    stage_show(&st);
    assert_row(0);
}

static void frozen_rows_are_found(void **state)
{
    (void)state;
    type("2<Space>/create<Enter>n");
    assert_row(1);
    assert_true(sees("hit 2 of 3"));
}

/* ---- finding elsewhere ---- */

static void finds_in_lists(void **state)
{
    (void)state;
    type("3/WORKER<Enter>");
    assert_true(sees("no hit")); /* an upper-case letter makes case count */
    type("/worker<Enter>");
    assert_true(sees("hit 1 of 1"));
    int row = term_find(st.term, "worker");
    assert_non_null(strstr(term_row(st.term, row), ">\u2502"));
    type("g/solution<Enter>");
    assert_true(sees("hit 1 of 4"));
    type("n");
    assert_true(sees("hit 2 of 4"));
    type("N");
    assert_true(sees("hit 1 of 4"));
    type("<Esc>");
    assert_false(sees("find  solution"));
    type("4/segment<Enter>");
    assert_true(sees("hit 1 of 1"));
    assert_non_null(strstr(term_row(st.term, term_find(st.term, "6 segment")), ">"));
}

static void finds_in_pages(void **state)
{
    (void)state;
    type("?/screen anew<Enter>");
    assert_true(sees("Draw the screen anew"));
    assert_true(sees("hit 1 of 1"));
    type("/no such words<Enter>");
    assert_true(sees("no hit"));
    type("g/the<Enter>nnn");
    assert_true(sees("hit 4 of "));
    type("<Esc>"); /* help itself goes first */
    assert_true(sees("Capture"));
    type("/providers<Enter>");
    assert_true(sees("hit 1 of 1"));
}

/* ---- marks ---- */

static void marks_are_set_and_found(void **state)
{
    (void)state;
    type("2#5jm");
    assert_true(sees("press a letter"));
    type("a");
    assert_true(sees("mark a at"));
    type("#9jmB#1g");
    assert_true(sees("marks  B a"));
    type("'a");
    assert_row(5);
    type("''");
    assert_row(0);
    type("''");
    assert_row(5);
    type("3'B");
    assert_row(14);
    type("'x");
    assert_true(sees("There is no mark x; there are: B a"));
    type("m1");
    assert_true(sees("A mark is a letter"));
    type("m<Esc>");
    assert_true(sees("lost:"));
    type("3m");
    assert_true(sees("choose one in Events"));
    type("2#1g");
    int row = term_find(st.term, "* ");
    assert_true(row > 0);
}

static void a_hidden_mark_leads_near(void **state)
{
    (void)state;
    type("2''");
    assert_true(sees("no jump to come back from"));
    type("'a");
    assert_true(sees("There are no marks"));
    type("#5jmagfop == create<Enter>'a");
    assert_true(sees("Mark a is not shown under this filter"));
    assert_row(16);
    type("fop == lock<C-u>tid == 1<Enter>'a");
    assert_true(sees("Mark a cannot be reached"));
}

/* ---- places ---- */

static void slow_place(struct snapshot *s)
{
    query_unref(s->aside[ASIDE_GOTO]);
    s->aside[ASIDE_GOTO] = NULL;
}

static void goes_to_rows_and_times(void **state)
{
    (void)state;
    type("2:1,204<Enter>");
    assert_row(1204);
    type(":row 12<Enter>");
    assert_row(12);
    type(":99999<Enter>");
    assert_true(sees("There is no such row: 1,874 is the last one."));
    assert_row(1874);
    type(":0.044566s<Enter>");
    assert_row(4);
    type(":0.044 566 0<Enter>"); /* as the list writes it */
    assert_row(4);
    type(":44620us<Enter>");
    assert_row(10);
    type(":44620001ns<Enter>"); /* the first event after it */
    assert_row(11);
    type(":2m<Enter>");
    assert_true(sees("after the last event"));
    assert_row(1874);
    type(":-1s<Enter>");
    assert_true(sees("before the first event"));
    assert_row(0);
    type(":09:14:33.044566<Enter>"); /* UTC+1 by the trace's zone */
    assert_row(4);
    type(":2025-11-04 09:14:33.044 620 0<Enter>");
    assert_row(10);
    type(":2024-11-04 09:14<Enter>");
    assert_true(sees("before the first event"));
    type("3:12<Enter>");
    assert_row(12);
    type("''");
    assert_row(0);
    type("#6G[");
    type(":0.044502<Enter>");
    assert_true(sees("outside the range"));
    assert_row(5);
}

static void goes_to_addresses(void **state)
{
    (void)state;
    type("2:0x13d36000900<Enter>");
    assert_row(9);
    type("j:0x13d36000900<Enter>");
    assert_row(10);
    type("j:0x13D36000900<Enter>");
    assert_row(17);
    type("j:0x13d36000900<Enter>");
    assert_row(9);
    type("g:0x13d36000a12<Enter>"); /* inside the block */
    assert_row(9);
    type("G:0x13d36000a12<Enter>");
    assert_true(sees("Searched on from the first event"));
    type(":0x99<Enter>");
    assert_true(sees("No event touches 0x99."));
    assert_false(st.aside[ASIDE_GOTO].asked);
    type("fop == free<Enter>:0x13d36000900<Enter>");
    assert_true(sees("No event under this filter touches 0x13d36000900."));
}

static void a_place_waits_for_the_search(void **state)
{
    (void)state;
    st.dress = slow_place;
    type("2:0x13d36000900<Enter>");
    assert_true(sees("Going to 0x13d36000900: searching 0 %"));
    st.dress = NULL;
    stage_show(&st);
    assert_row(9);
    st.dress = slow_place;
    type("g:0x13d36000900<Enter><Esc>");
    assert_false(st.aside[ASIDE_GOTO].asked);
    st.dress = NULL;
    stage_show(&st);
    assert_row(0);
}

static void half_scanned(struct snapshot *s)
{
    s->scanned = s->rows / 2;
    s->matched = query_rank(s->query, s->scanned);
}

static void a_row_waits_for_the_filter(void **state)
{
    (void)state;
    st.dress = half_scanned;
    stage_show(&st);
    type("2:1204<Enter>");
    assert_true(sees("the filter has searched 49 %"));
    st.dress = NULL;
    stage_show(&st);
    assert_row(1204);
}

static void a_hidden_row_is_told(void **state)
{
    (void)state;
    type("2fop == create<Enter>:5<Enter>");
    assert_true(sees("Row 5 is not shown under this filter"));
    assert_row(16);
    type(":0.044566s<Enter>"); /* the next one that is shown is what was asked for */
    assert_false(sees("not shown"));
    assert_row(16);
}

static void does_actions_by_name(void **state)
{
    (void)state;
    type(":heaps<Enter>");
    assert_true(sees("Over time"));
    type(":screen.ev");
    assert_true(sees("Events: what happened, in order."));
    type("<Enter>");
    assert_true(sees("Outcome"));
    type(":filter<Enter>");
    assert_true(sees("Enter apply"));
    type("live<Enter>");
    assert_string_equal(st.last_filter, "live");
    type(":l");
    assert_true(sees("one of list.down list.up"));
    type("<Enter>");
    assert_true(sees("go to  l"));
    type("<C-u>nonsense");
    assert_true(sees("expected a time (1.5s)"));
    type("<Enter><C-u>12:3");
    assert_true(sees("minutes from 00 to 59"));
    type("<C-u>screen.h<Tab>");
    assert_true(sees("screen.heaps"));
    type("<Enter>");
    assert_true(sees("Over time"));
    type(":goto<Enter>");
    assert_true(sees("Enter go"));
    type("quit<Enter>");
    assert_int_equal(st.quits, 1);
    type("2ma:'a");
    assert_true(sees("a mark"));
    type("<C-u>'b<Enter>");
    assert_true(sees("There is no mark b"));
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
        TEST(a_number_repeats_a_motion),
        TEST(a_number_scrolls_pages),
        TEST(a_range_starts_and_ends_at_events),
        TEST(a_range_and_a_drill_are_steps),
        TEST(finds_words_and_counts),
        TEST(finds_what_stands_in_the_rows),
        TEST(a_hit_is_marked_in_its_row),
        TEST(escape_goes_back_to_the_start),
        TEST(an_empty_find_repeats_the_last),
        TEST(a_wrong_expression_stays_open),
        TEST(a_find_obeys_filter_and_range),
        TEST(a_find_waits_for_the_search),
        TEST(frozen_rows_are_found),
        TEST(finds_in_lists),
        TEST(finds_in_pages),
        TEST(marks_are_set_and_found),
        TEST(a_hidden_mark_leads_near),
        TEST(goes_to_rows_and_times),
        TEST(goes_to_addresses),
        TEST(a_place_waits_for_the_search),
        TEST(a_row_waits_for_the_filter),
        TEST(a_hidden_row_is_told),
        TEST(does_actions_by_name),
        TEST(the_selection_stays_on_its_item),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
