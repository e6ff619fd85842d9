/* The detail pane, the life of an address in it, and `{ }` along one block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

static int open_stacks(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 100, .stacks = true});
    return 0;
}

/* From the list into the fields, the stack, the life, and back; the stack only where there is one.
 */
static void tab_goes_through_the_parts(void **state)
{
    (void)state;
    type("2jj<Enter>");
    assert_true(sees("Stack  0, 6 frames, 2 of the allocator"));
    type("<Tab>");
    assert_true(sees("Tab stack"));
    type("<Tab>");
    assert_true(sees("= this frame"));
    type("<Tab>");
    assert_true(sees("= this address"));
    type("<Tab><Tab>");
    assert_true(sees("Tab stack"));
    type("<Esc>k<Enter>");
    assert_false(sees("frames"));
    type("<Tab>");
    assert_true(sees("Tab list"));
}

/* `=` asks for the events that go through the frame, `-` for all others. */
static void a_frame_filters(void **state)
{
    (void)state;
    type("2jj<Enter><Tab><Tab>=");
    assert_string_equal(st.last_filter, "stack ~ \"Solution.exe+0x1340\"");
    type("f<C-u><Enter>j-");
    assert_string_equal(st.last_filter, "!(stack ~ \"Solution.exe+0x30d9\")");
}

/* Where nothing is walked there is neither a column nor a part. */
static void no_stacks_no_column(void **state)
{
    (void)state;
    type("2jj<Enter>");
    assert_false(sees("frames"));
    type("<Esc>c");
    assert_false(sees("the frame that called the allocator"));
}

static void detail_follows_selection(void **state)
{
    (void)state;
    type("2jj<Enter>");
    assert_true(sees("Life  at 0x13d35bd0860"));
    assert_true(sees("row 2"));
    type("j");
    assert_true(sees("row 3"));
    type("<Esc>");
    assert_false(sees("Life  at"));
    assert_true(sees("Outcome"));
}

static void biography_of_a_moved_block(void **state)
{
    (void)state;
    type("2jjj<Enter>");
    assert_true(sees("moved on"));
    type("j");
    assert_true(sees("moved in"));
    assert_true(sees("from 0x13d35bd0970"));
}

static void biography_of_a_resized_block(void **state)
{
    (void)state;
    type("2fop == realloc && heap == 0x13d36000000<Enter><Enter>");
    assert_true(sees("was 4,096, in place"));
    assert_true(sees("R resized"));
    assert_true(sees("destroyed with heap"));
}

/* What a Destroy ended is told of it, and of no other event. */
static void a_destroy_tells_what_it_ended(void **state)
{
    (void)state;
    type("2:15<Enter><Enter><Tab>G");
    assert_true(sees("Ended 2 blocks of 76,000 B."));
    type("<Tab>k");
    assert_false(sees("Ended 2 blocks"));
}

/* The time of day is wider than the seconds. */
static void a_life_has_whole_times(void **state)
{
    (void)state;
    type("2jjj<Enter>");
    assert_true(sees("Time (s) Event"));
    assert_true(sees("0.044 554 0 A born"));
    type("R");
    assert_true(sees("Time of day Event"));
    assert_true(sees("09:14:33.0445540 A born"));
}

/* Alloc, Alloc of the new place, Free, ReAlloc: a move is one operation. */
static void braces_follow_a_moved_block(void **state)
{
    (void)state;
    type("2jjj<Enter>");
    assert_true(sees("Alloc  row 3"));
    type("}");
    assert_true(sees("ReAlloc  row 6"));
    type("{");
    assert_true(sees("Alloc  row 3"));
    type("{");
    assert_true(sees("The block was born here"));
    type("<A-9>}");
    assert_true(sees("Outstanding; nothing later"));
    type("<Esc>3}");
    assert_true(sees("{ and } follow one block, from Events or Blocks"));
}

static void braces_reach_a_destroy_and_come_back(void **state)
{
    (void)state;
    type("2fheap == 0x13d36000000 && op == realloc<Enter><Enter>f<C-u><Enter>}");
    assert_true(sees("Destroy  row"));
    type("}");
    assert_true(sees("The block died here: destroyed with its heap."));
    type("{");
    assert_true(sees("ReAlloc  row"));
    type("{");
    assert_true(sees("Alloc  row"));
}

static void braces_tell_what_the_filter_hides(void **state)
{
    (void)state;
    type("2fop == alloc<Enter>j<Enter>");
    assert_true(sees("Alloc  row 3"));
    type("}");
    assert_true(sees("Hidden by the filter: row 6"));
    assert_true(sees("Alloc  row 3"));
}

/* A filter that was opened hides nothing any more, although its rows are not there yet. */
static void braces_wait_for_the_rows_of_a_new_filter(void **state)
{
    (void)state;
    type("2fop == alloc<Enter>j<Enter>");
    assert_true(sees("Alloc  row 3"));
    st.silent = true;
    type("f<C-u><Enter>}");
    assert_false(sees("Hidden by the filter"));
    st.silent = false;
    stage_show(&st);
    assert_true(sees("ReAlloc  row 6"));
}

/* The list of the address has a cursor of its own, and Enter goes to its event. */
static void the_life_of_an_address_leads_to_its_events(void **state)
{
    (void)state;
    type("2jjj<Enter><Tab><Tab>");
    assert_true(sees("event 1 of"));
    type("j");
    assert_true(sees("event 2 of"));
    assert_true(sees("Alloc  row 3"));
    type("<Enter>");
    assert_false(sees("Alloc  row 3"));
    assert_true(sees("event 2 of"));
    type("<Tab>g");
    assert_true(sees("row 0"));
}

/* Enter goes from the fields into the list; `=` there keeps the address. */
static void the_life_of_an_address_filters(void **state)
{
    (void)state;
    type("2jjj<Enter><Tab><Enter>=");
    assert_filter("(address == 0x13d35bd0970 || old_address == 0x13d35bd0970)");
    assert_true(sees("at 0x13d35bd0970"));
    type("<BS><BS>");
    assert_filter("");
}

/* Frozen pictures are told about, too: the answer comes with a newer one. */
static void details_of_a_frozen_picture(void **state)
{
    (void)state;
    type("<Space>");
    type("gjjj<Enter>");
    stage_show(&st);
    assert_true(sees("frozen"));
    assert_true(sees("moved on"));
    type("}");
    assert_true(sees("ReAlloc  row 6"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(detail_follows_selection),
        TEST(biography_of_a_moved_block),
        TEST(biography_of_a_resized_block),
        TEST(a_destroy_tells_what_it_ended),
        TEST(a_life_has_whole_times),
        TEST(braces_follow_a_moved_block),
        TEST(braces_reach_a_destroy_and_come_back),
        TEST(braces_tell_what_the_filter_hides),
        TEST(braces_wait_for_the_rows_of_a_new_filter),
        TEST(the_life_of_an_address_leads_to_its_events),
        TEST(the_life_of_an_address_filters),
        cmocka_unit_test_setup_teardown(tab_goes_through_the_parts, open_stacks, close_stage),
        cmocka_unit_test_setup_teardown(a_frame_filters, open_stacks, close_stage),
        TEST(no_stacks_no_column),
        cmocka_unit_test_setup_teardown(details_of_a_frozen_picture, open_live, close_stage),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
