/* Steps and the way back: typed filters, drills, Summary's rows, and where the person was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"
#include "ui/app/app_state.h"
#include "ui/widget/page.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 160});
    return 0;
}

/* Room for the names of all screens and the steps beside them. */
static int open_wide(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 160});
    return 0;
}

/* The body's lines as they are seen. */
struct picture {
    char row[30][512];
};

static void take(struct picture *p)
{
    for (int y = 0; y < 30; y++)
        snprintf(p->row[y], sizeof p->row[y], "%s", term_row(st.term, y));
}

static void assert_seen_again(const struct picture *p)
{
    for (int y = 0; y < 28; y++)
        assert_string_equal(term_row(st.term, y), p->row[y]);
}

static void a_typed_filter_is_a_step(void **state)
{
    (void)state;
    type("2fop == alloc<Enter>");
    assert_true(sees("2 Events") && sees("op == alloc"));
    type("f && size >= 1K<Enter>");
    assert_filter("op == alloc && size >= 1K");
    assert_true(sees("op == alloc \u203a size >= 1K"));
    type("f<C-u><Enter>");
    assert_filter("");
    assert_true(sees("size >= 1K \u203a no filter"));
    type("<BS>");
    assert_filter("op == alloc && size >= 1K");
    type("<BS>");
    assert_filter("op == alloc");
    type("<BS>");
    assert_filter("");
    type("<BS>");
    assert_true(sees("no step to take back"));
}

/* What was looked at while typing, or accepted as it was, is no step. */
static void a_preview_is_no_step(void **state)
{
    (void)state;
    type("2fop == alloc<Esc>");
    type("f<Enter><BS>");
    assert_true(sees("no step to take back"));
}

static void the_way_back_restores_the_place(void **state)
{
    (void)state;
    struct picture before, filtered;
    type("2#700jkkkkkllll");
    take(&before);
    type("H");
    assert_non_null(strstr(st.last_filter, "heap == "));
    type("#30jh");
    take(&filtered);
    type("f && op == alloc<Enter>Ghh");
    type("<BS>");
    assert_seen_again(&filtered);
    type("<BS>");
    assert_seen_again(&before);
}

static void the_way_back_restores_the_order(void **state)
{
    (void)state;
    struct picture before;
    type("3sSjj");
    take(&before);
    type("<Enter>jjj3ss<BS>");
    assert_seen_again(&before);
}

static void what_was_opened_closes_first(void **state)
{
    (void)state;
    type("2fop == alloc<Enter><Enter>");
    assert_int_equal(st.app->stack.above_count, 1);
    type("<BS>");
    assert_int_equal(st.app->stack.above_count, 0);
    assert_filter("op == alloc");
    type("<BS>");
    assert_filter("");
}

static void heaps_are_filtered_by_one_key(void **state)
{
    (void)state;
    type("3lH");
    assert_filter("heap == 0x13d35ec0000");
    assert_true(sees("Over time"));
    type("<BS>2H");
    assert_filter("heap == 0x13d35bd0000 && pid == 21912");
    type("<BS>4H");
    assert_true(sees("does nothing here"));
}

static void negations_read_well(void **state)
{
    (void)state;
    type("2jjhhhhhhhhhhlll-");
    assert_filter("op != alloc");
    type("<BS>llll-");
    assert_filter("!(source == 3)");
}

/* Every row leads somewhere, and what it leads to is not empty. */
static void rows_of_summary_lead_on(void **state)
{
    (void)state;
    struct page *page =
        st.app->stack.screens[SCOPE_SUMMARY]->ops->page(st.app->stack.screens[SCOPE_SUMMARY]);
    size_t links = page->link_count;
    assert_in_range(links, 10, PAGE_MAX_LINKS);
    for (size_t i = 0; i < links; i++) {
        struct picture before;
        take(&before);
        bool process = page_chosen(page) >> 32 == 5;
        type("<Enter>");
        assert_string_not_equal(st.last_filter, "");
        assert_int_equal(st.app->stack.shown, process ? SCOPE_HEAPS : SCOPE_EVENTS);
        assert_true(st.app->shown->matched > 0);
        type("<BS>");
        assert_filter("");
        assert_seen_again(&before);
        type("j");
    }
}

static void rows_of_summary_filter_and_stay(void **state)
{
    (void)state;
    assert_true(sees(">0x13d35ec0000 21912"));
    type("=");
    assert_filter("heap == 0x13d35ec0000");
    assert_true(sees("of 1, by outstanding"));
    type("<BS>-");
    assert_filter("!(heap == 0x13d35ec0000)");
    type("<BS><Tab>");
    assert_true(sees(">2 low-frag"));
    type("<Tab><Tab>=");
    assert_int_equal(st.app->stack.shown, SCOPE_SUMMARY);
    assert_string_not_equal(st.last_filter, "");
}

static void the_page_moves_with_the_row(void **state)
{
    (void)state;
    term_resize(st.term, 15, 60);
    app_resized(st.app);
    term_frame(st.term);
    assert_true(sees(">0x13d35ec0000"));
    type("jjjj"); /* past the peak */
    assert_true(sees(">2 low-frag"));
    assert_true(sees("Sources  by allocs"));
    type("<C-d><C-d><C-d>");
    type("g");
    assert_true(sees(">0x13d35ec0000"));
    type("!");
    assert_true(sees("Trust"));
    type("#99k");
    assert_true(sees("Biggest heaps"));
}

/* On a page that is shown whole, too, where there is nothing to scroll. */
static void the_ends_of_the_page_are_its_rows(void **state)
{
    (void)state;
    term_resize(st.term, 60, 200);
    app_resized(st.app);
    term_frame(st.term);
    type("jjj");
    assert_false(sees(">0x13d35ec0000"));
    type("g");
    assert_true(sees(">peak"));
    type("G");
    assert_true(sees(">worker"));
}

/* Summary, its biggest heap, an event's address, its detail, a typed filter, and all the way
 * back. */
static void a_walk_and_back_by_backspace_alone(void **state)
{
    (void)state;
    struct picture start;
    type("j");
    take(&start);
    type("<Enter>jj=<Enter>");
    type("<Esc>f && op == alloc<Enter>");
    type("3<Enter>4j=1<Tab>=");
    for (int i = 0; i < 12 && st.app->stack.crumb_count > 0; i++)
        type("<BS>");
    assert_filter("");
    assert_seen_again(&start);
}

int main(void)
{
#define ON_STAGE(f) cmocka_unit_test_setup_teardown(f, open_stage, close_stage)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_typed_filter_is_a_step, open_wide, close_stage),
        ON_STAGE(a_preview_is_no_step),
        ON_STAGE(the_way_back_restores_the_place),
        ON_STAGE(the_way_back_restores_the_order),
        ON_STAGE(what_was_opened_closes_first),
        ON_STAGE(heaps_are_filtered_by_one_key),
        ON_STAGE(negations_read_well),
        ON_STAGE(rows_of_summary_lead_on),
        ON_STAGE(rows_of_summary_filter_and_stay),
        ON_STAGE(the_page_moves_with_the_row),
        ON_STAGE(the_ends_of_the_page_are_its_rows),
        ON_STAGE(a_walk_and_back_by_backspace_alone),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
