/* Marks, places of `:`, and actions by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/rebuild.h"
#include "on_stage.h"
#include "ui/app/app_state.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 120});
    return 0;
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
    type("4m");
    assert_true(sees("A mark is set at a moment: select an event (2), a heap (3) or a time (8)."));
    type("2#1g");
    int row = term_find(st.term, "* ");
    assert_true(row > 0);
}

static size_t biggest_heap(const struct summary *f)
{
    size_t best = 0;
    for (size_t i = 1; i < f->heap_count; i++)
        if (f->heaps[i].f.outstanding_bytes > f->heaps[best].f.outstanding_bytes)
            best = i;
    return best;
}

static void grow(struct snapshot *s)
{
    s->source.state = SOURCE_FOLLOWING;
    s->rows_complete = false;
}

/* What a row of Heaps and the peak of Summary stand for is when they were greatest. */
static void peaks_are_moments(void **state)
{
    (void)state;
    const struct figures *whole = &st.app->shown->summary->total;
    unsigned peak = (unsigned)whole->peak_row;
    uint64_t bytes = whole->peak_bytes;
    int64_t time = trace_ns(st.fixture.trace, whole->peak_time);
    type("1gm");
    assert_true(sees("press a letter"));
    type("p'p");
    assert_row(peak);
    type("1g<Enter>");
    assert_true(sees("Alive at"));
    struct strbuf alive = {0};
    text_put_grouped(&alive, bytes);
    strbuf_puts(&alive, " B in ");
    assert_true(sees(alive.s));
    strbuf_release(&alive);
    type("<Esc>");
    assert_true(sees(">peak"));
    type("1[");
    assert_true(st.spec.since == time && st.spec.until == INT64_MAX);
    type("\\\\");
    size_t heap = biggest_heap(st.app->shown->summary);
    unsigned heap_peak = (unsigned)st.app->shown->summary->heaps[heap].f.peak_row;
    type("3gmh'h");
    assert_row(heap_peak);
}

/* A growing input has a moment everywhere: its last event so far. */
static void now_is_a_moment(void **state)
{
    (void)state;
    st.dress = grow;
    stage_show(&st);
    type("4mn");
    assert_true(sees("mark n at"));
    type("'n");
    assert_row((unsigned)st.app->shown->rows - 1);
}

/* `:mark` names a mark, or sets one with its name; `:unmark` forgets. */
static void marks_have_names(void **state)
{
    (void)state;
    type("2#5jma:mark a");
    assert_true(sees("loses its name"));
    type(" before load");
    assert_true(sees("gets this name"));
    type("<Enter>");
    assert_true(sees("mark a before load at"));
    type("#3j:mark c after it<Enter>");
    assert_true(sees("mark c after it at"));
    type("j");
    assert_true(sees("marks  a:before load c:after it"));
    type("'c");
    assert_row(8);
    type(":'<Tab>");
    assert_true(sees("before load"));
    type("<Esc><Esc>4:mark x<Enter>");
    assert_true(sees("nothing selected has a moment"));
    type("<Esc>:unmark x<Enter>");
    assert_true(sees("the letters of marks that there are"));
    type("<Esc>:unmark a<Enter>");
    assert_true(sees("Marks left: c:after it"));
    type(":unmark c<Enter>");
    assert_true(sees("No marks are left."));
    type(":mark 1<Enter>");
    assert_true(sees("the letter of a mark"));
}

/* What was marked while recording has a capital, and is not taken twice. */
static void recorded_marks_have_letters(void **state)
{
    (void)state;
    struct trace *trace = st.fixture.trace;
    static const char *const names[] = {"start", "\x1b[2Jsaved"};
    for (unsigned i = 0; i < 2; i++) {
        struct trace_event e = {.kind = EVENT_MARK, .time = store_time(trace->store, 10 + 20 * i)};
        e.name = (struct span){(const uint8_t *)names[i], strlen(names[i])};
        assert_int_equal(mark_list_take(trace->marks, &e), 0);
    }
    stage_show(&st);
    stage_show(&st);
    assert_true(sees("marks  A:start B:"));
    type("2'A");
    assert_row(10);
    type(":unmark A<Enter>");
    stage_show(&st);
    assert_false(sees("A:start"));
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

/* The file is read anew: its first picture has fewer rows than the mark's. */
static void a_mark_outlives_a_reload(void **state)
{
    (void)state;
    type("2#101Gma#9g");
    fixture_release(&st.fixture);
    fixture_init(&st.fixture, 50);
    stage_show(&st);
    type("'a");
    assert_true(sees("Mark a lies behind the last event"));
    fixture_tell_on(&st.fixture);
    stage_show(&st);
    type("'a");
    assert_row(100);
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

/* ---- late records ---- */

/* The story anew, with an event before all others, on a heap of its own. */
static void come_late(void)
{
    struct kept_list journal = {0}, late = {0}, made_journal;
    struct trace_event e = {.kind = EVENT_HEAP,
                            .time = store_time(st.fixture.trace->store, 0),
                            .pid = 1,
                            .tid = 1,
                            .op = HEAP_OP_ALLOC,
                            .has = EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SIZE,
                            .heap = 0x10000,
                            .address = 0x10040,
                            .size = 8};
    e.time--;
    assert_int_equal(kept_list_add(&late, &e, 0), 0);
    struct rebuild *rb = rebuild_new(st.fixture.trace, &journal, &late);
    while (rebuild_step(rb, 1000) == 1)
        continue;
    trace_unref(st.fixture.trace);
    st.fixture.trace = rebuild_take(rb, &made_journal);
    rebuild_free(rb);
    kept_list_release(&late);
    kept_list_release(&made_journal);
    stage_show(&st);
}

static void what_was_chosen_stays_when_rows_move(void **state)
{
    (void)state;
    type("2#5jma#9j");
    assert_row(14);
    come_late();
    assert_row(15);
    type("'a");
    assert_row(6);
    type("''");
    assert_row(15);
    type("#7gH");
    come_late();
    type("<BS>");
    assert_row(7);
}

static void the_heap_stays_when_numbers_move(void **state)
{
    (void)state;
    type("3jj");
    int row = term_find(st.term, "> 0x");
    assert_true(row > 0);
    char before[32];
    snprintf(before, sizeof before, "%.18s", strstr(term_row(st.term, row), "> 0x"));
    come_late();
    row = term_find(st.term, "> 0x");
    assert_true(row > 0);
    assert_non_null(strstr(term_row(st.term, row), before));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(marks_are_set_and_found),
        TEST(peaks_are_moments),
        TEST(now_is_a_moment),
        TEST(marks_have_names),
        TEST(recorded_marks_have_letters),
        TEST(a_hidden_mark_leads_near),
        TEST(a_mark_outlives_a_reload),
        TEST(goes_to_rows_and_times),
        TEST(goes_to_addresses),
        TEST(a_place_waits_for_the_search),
        TEST(a_row_waits_for_the_filter),
        TEST(a_hidden_row_is_told),
        TEST(does_actions_by_name),
        TEST(what_was_chosen_stays_when_rows_move),
        TEST(the_heap_stays_when_numbers_move),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
