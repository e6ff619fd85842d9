/* Stacks key by key: rows that open, the kinds of trees, the picture, and where they lead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "on_stage.h"
#include "ui/app/app_state.h"
#include "ui/view/stacks/stack_list.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 100});
    type("7");
    return 0;
}

/* The row of the screen that is selected, from the sign on. */
static const char *selected(void)
{
    for (int y = 3; y < 28; y++)
        if (term_row(st.term, y)[0] == '>')
            return term_row(st.term, y);
    return "";
}

static bool on(const char *text)
{
    return strstr(selected(), text) != NULL;
}

/* In the picture the sign stands where the frame does. */
static bool on_frame(const char *text)
{
    char with_sign[128];
    snprintf(with_sign, sizeof with_sign, ">%s", text);
    return sees(with_sign);
}

static void it_answers_before_a_key_is_pressed(void **state)
{
    (void)state;
    assert_true(sees("7 Stacks"));
    assert_true(sees("Bottom-up: who allocates"));
    assert_true(on("_Reallocate_exactly"));
    assert_true(on("77 %"));
    assert_true(on("50,176 B"));
    assert_true(sees("Solution!book::grow")); /* who called it, opened already */
    assert_int_equal(st.answer[ANSWER_TREE].tree.kind, CALL_TREE_BOTTOM_UP);
    assert_int_equal(st.answer[ANSWER_TREE].tree.sort, CALL_TREE_OUTSTANDING);
    assert_non_null(st.answer[ANSWER_TREE].rules);
}

static void what_grew_is_told_in_a_range(void **state)
{
    (void)state;
    assert_false(sees("Impacting"));
    stage_close(&st);
    stage_open(&st, &(struct stage_options){
                        .rows = 30, .cols = 200, .since = 2000000000, .until = INT64_MAX});
    type("7");
    assert_true(sees("Impacting"));
}

static void rows_open_and_close(void **state)
{
    (void)state;
    type("h");
    assert_false(sees("book::grow"));
    type("<Right>");
    assert_true(sees("book::merge"));
    type("l"); /* goes in where it is open */
    assert_true(on("book::grow"));
    type("h"); /* one of a chain: to its head */
    assert_true(on("_Reallocate"));
    type("jjjj");
    assert_true(on("invoke_main") || on("Solution!main"));
    type("ghj");
    assert_true(on("parse_header"));
    type("l");
    assert_true(sees("Solution!load"));
    type("*"); /* all of it is open: closes */
    assert_false(sees("Solution!load"));
    type("*");
    assert_true(sees("Solution!load"));
}

static void keys_lead_down_the_heaviest_path(void **state)
{
    (void)state;
    type("e");
    assert_true(on("RtlUserThreadStart"));
    assert_true(on("40,960 B"));
    type("g");
    assert_true(on("_Reallocate"));
}

static void kinds_go_round_and_come_back_to_their_place(void **state)
{
    (void)state;
    type("hj");
    assert_true(on("parse_header"));
    type("v");
    assert_true(sees("Top-down: from"));
    assert_true(on("RtlUserThreadStart"));
    assert_int_equal(st.answer[ANSWER_TREE].tree.kind, CALL_TREE_TOP_DOWN);
    type("v");
    assert_true(sees("Functions, each"));
    type("v");
    assert_true(sees("Modules, each"));
    assert_true(on("Solution.exe"));
    assert_true(sees("Module  "));
    type("v");
    assert_true(sees("Bottom-up"));
    assert_true(on("parse_header"));
}

static void sorting_asks_for_the_tree_in_that_order(void **state)
{
    (void)state;
    type("h");
    type("s");
    assert_int_equal(st.answer[ANSWER_TREE].tree.sort, CALL_TREE_BLOCKS);
    assert_true(sees("Blocks \u25be"));
    type("g");
    assert_true(on("ucrtbase+0x1a40"));
    type("S");
    assert_true(sees("Blocks \u25b4"));
    type("g");
    assert_true(on("plugin.dll"));
    unsigned asked = st.answers[ANSWER_TREE];
    type("jjkk");
    assert_int_equal(st.answers[ANSWER_TREE], asked); /* moving asks for nothing */
}

static void the_tree_is_forgotten_on_other_screens(void **state)
{
    (void)state;
    assert_true(st.answer_asked[ANSWER_TREE]);
    type("3");
    assert_false(st.answer_asked[ANSWER_TREE]);
    type("7");
    assert_true(st.answer_asked[ANSWER_TREE]);
}

static void rows_lead_to_their_blocks(void **state)
{
    (void)state;
    type("<Enter>");
    assert_filter("stack in [0..1]");
    assert_int_equal(st.app->stack.shown, SCOPE_BLOCKS);
    type("<BS>");
    assert_filter("");
    assert_true(on("_Reallocate"));
    type("o");
    assert_filter("stack in [0..1] && live");
    type("<BS>");
    type("=");
    assert_filter("stack in [0..1]");
    assert_true(sees("Bottom-up"));
    type("<BS>-");
    assert_filter("!(stack in [0..1])");
}

static void text_is_found_in_rows_that_are_closed(void **state)
{
    (void)state;
    type("hg/log_line<Enter>");
    assert_true(on("Solution!log_line"));
    assert_true(sees("hit 1 of 1"));
    type("g/RtlUser<Enter>");
    assert_true(sees("hit 1 of 3"));
    assert_true(on("RtlUserThreadStart"));
    type("n");
    assert_true(sees("hit 2 of 3"));
    type("n");
    assert_true(sees("hit 3 of 3"));
    type("n");
    assert_true(sees("hit 1 of 3"));
    type("g/nowhere<Enter>");
    assert_true(on("_Reallocate"));
}

static void frames_of_the_allocator_can_be_seen_and_chosen(void **state)
{
    (void)state;
    type("x");
    assert_null(st.answer[ANSWER_TREE].rules);
    assert_true(sees("Bottom-up, not folded: who allocates"));
    type("x");
    assert_non_null(st.answer[ANSWER_TREE].rules);
    type("a");
    assert_true(sees("fold"));
    type("<C-u><C-k>app!alloc*; ntdll<Enter>");
    assert_string_equal(frame_rules_text(st.answer[ANSWER_TREE].rules), "app!alloc*; ntdll");
    type("a<C-u>!!;<Enter>");
    assert_true(sees("begins with a module"));
    assert_string_equal(frame_rules_text(st.answer[ANSWER_TREE].rules), "app!alloc*; ntdll");
    type("<Esc>");
    type("W");
    assert_non_null(strstr(strbuf_str(&st.saved), "options.fold=app!alloc*; ntdll"));
}

static void columns_are_reached_by_their_own_keys(void **state)
{
    (void)state;
    assert_false(sees("At peak"));
    type(">>>>>>>>>>");
    assert_true(sees("At peak"));
    type("<lt><lt><lt><lt><lt><lt><lt><lt>");
    assert_true(sees("Share"));
}

static void the_picture_is_walked_and_zoomed(void **state)
{
    (void)state;
    type("hji");
    assert_true(on_frame("parse_header")); /* one selection for both */
    assert_true(sees("12,288 B outstanding in 3 blocks"));
    type("j");
    assert_true(on_frame("Solution!load"));
    type("h");
    assert_true(on_frame("Solution!book::grow"));
    type("jj");
    assert_true(on_frame("Solution!main"));
    type("l");
    assert_true(on_frame("book::merge"));
    type("<Enter>");
    assert_false(sees("parse_header"));
    type("j");
    assert_true(on_frame("Solution!worker_main"));
    type("<Esc>");
    assert_true(sees("parse_header"));
    assert_true(on_frame("worker_main"));
    type("k<Enter><BS>");
    assert_true(sees("parse_header"));
    type("i");
    assert_true(on("book::merge")); /* and back in the list */
}

static void the_picture_has_the_trees_alone(void **state)
{
    (void)state;
    type("iv");
    assert_true(sees("Top-down"));
    type("v");
    assert_true(sees("Bottom-up"));
    type("<Esc>vv");
    assert_true(sees("Functions"));
    type("i");
    assert_true(sees("The picture shows the trees"));
    type("vv<Enter>");
}

static void the_picture_leads_to_blocks_where_it_cannot_zoom(void **state)
{
    (void)state;
    type("viG");
    type("<Enter>");
    assert_true(strlen(st.last_filter) > 0);
    assert_int_equal(st.app->stack.shown, SCOPE_BLOCKS);
}

static void trees_that_are_missing_say_why(void **state)
{
    (void)state;
    st.silent = true;
    type("v");
    assert_true(sees("Adding up the stacks of 1,875 events."));
    type("j<Enter>e*lhoyi<Esc>");
    st.silent = false;
}

static void copying_takes_the_whole_stack(void **state)
{
    (void)state;
    type("hje");
    term_forget_sent(st.term);
    type("y");
    assert_true(sees("Copied 6 lines"));
}

/* Clicks on marks open and close, on rows select, on frames select and zoom. */
static void the_mouse_opens_rows(void **state)
{
    (void)state;
    char bytes[32];
    type("hM");
    snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM", 3, 5);
    term_send(st.term, bytes, strlen(bytes));
    assert_true(sees("book::grow"));
    term_send(st.term, bytes, strlen(bytes));
    assert_false(sees("book::grow"));
    type("i");
    snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM", 85, 5);
    term_send(st.term, bytes, strlen(bytes));
    assert_true(on_frame("Solution!load"));
    term_send(st.term, bytes, strlen(bytes));
    assert_false(sees("book::grow"));
}

/* What is asked of a frozen picture is answered; then it stands still again. */
static void a_frozen_picture_answers(void **state)
{
    (void)state;
    type("<Space>");
    assert_true(sees("frozen"));
    type("v");
    assert_true(sees("Top-down"));
    assert_true(on("RtlUserThreadStart"));
    type("x");
    assert_true(sees("Top-down, not folded"));
    type("x");
    assert_false(sees("not folded"));
    type("s");
    assert_true(on("RtlUserThreadStart"));
    assert_true(sees("frozen"));
    assert_false(st.app->thawing);
}

int main(void)
{
#define WALK(f) cmocka_unit_test_setup_teardown(f, open_stage, close_stage)
    const struct CMUnitTest tests[] = {
        WALK(it_answers_before_a_key_is_pressed),
        WALK(what_grew_is_told_in_a_range),
        WALK(rows_open_and_close),
        WALK(keys_lead_down_the_heaviest_path),
        WALK(kinds_go_round_and_come_back_to_their_place),
        WALK(sorting_asks_for_the_tree_in_that_order),
        WALK(the_tree_is_forgotten_on_other_screens),
        WALK(rows_lead_to_their_blocks),
        WALK(text_is_found_in_rows_that_are_closed),
        WALK(frames_of_the_allocator_can_be_seen_and_chosen),
        WALK(columns_are_reached_by_their_own_keys),
        WALK(the_picture_is_walked_and_zoomed),
        WALK(the_picture_has_the_trees_alone),
        WALK(the_picture_leads_to_blocks_where_it_cannot_zoom),
        WALK(trees_that_are_missing_say_why),
        WALK(copying_takes_the_whole_stack),
        WALK(the_mouse_opens_rows),
        WALK(a_frozen_picture_answers),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
