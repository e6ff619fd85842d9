/* The mouse: reports of both kinds, what a click and the wheel do, and that it is off when it is
 * off.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "on_stage.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 100});
    term_keys(st.term, "2");
    return 0;
}

/* A report of a terminal in SGR mode; the button stays down, which nothing waits for. */
static void report(int button, int y, int x)
{
    char bytes[32];
    int n = snprintf(bytes, sizeof bytes, "\033[<%d;%d;%dM", button, x + 1, y + 1);
    term_send(st.term, bytes, (size_t)n);
}

static void click(int y, int x)
{
    report(0, y, x);
}

static int selected_row(void)
{
    for (int y = 2; y < 28; y++)
        if (term_row(st.term, y)[0] == '>')
            return y;
    return -1;
}

static void it_is_off_until_it_is_asked_for(void **state)
{
    (void)state;
    assert_null(strstr(term_sent(st.term), "\033[?1000h"));
    assert_null(strstr(term_sent(st.term), "\033[?1006;1000h"));
    term_keys(st.term, "M");
    assert_non_null(strstr(term_sent(st.term), "\033[?1006;1000h"));
    assert_true(sees("Mouse on"));
    term_forget_sent(st.term);
    term_keys(st.term, "M");
    assert_non_null(strstr(term_sent(st.term), "\033[?1006;1000l"));
    assert_true(sees("Mouse off"));
    assert_non_null(strstr(screen_reset_string(term_screen(st.term)), "\033[?1006;1000l"));
}

static void suspending_switches_it_off_and_on_again(void **state)
{
    (void)state;
    term_keys(st.term, "M");
    term_forget_sent(st.term);
    screen_suspend(term_screen(st.term));
    screen_resume(term_screen(st.term));
    term_frame(st.term);
    assert_non_null(strstr(term_sent(st.term), "\033[?1006;1000l"));
    assert_non_null(strstr(term_sent(st.term), "\033[?1006;1000h"));
}

static void a_click_selects_and_another_opens(void **state)
{
    (void)state;
    term_keys(st.term, "M");
    click(7, 20);
    assert_int_equal(selected_row(), 7);
    assert_int_equal(term_find(st.term, "Recorded"), -1);
    click(9, 20);
    assert_int_equal(selected_row(), 9);
    click(9, 20);
    assert_true(selected_row() > 0);
    assert_true(term_find(st.term, "Event") > 14 || sees("\u2500\u2500\u2500\u2500"));
}

/* What a key has begun is not finished by a later one when a click came between. */
static void a_click_ends_what_was_begun(void **state)
{
    (void)state;
    type("Mm");
    click(7, 20);
    type("k");
    assert_int_equal(selected_row(), 6);
    assert_false(sees("mark k"));
    type("#5");
    click(9, 20);
    type("j");
    assert_int_equal(selected_row(), 10);
}

static void a_click_on_a_title_sorts(void **state)
{
    (void)state;
    term_keys(st.term, "3M");
    int x = (int)(strstr(term_row(st.term, 2), "Blocks") - term_row(st.term, 2));
    assert_true(x > 0 && x < 100);
    click(2, x + 1); /* the sort mark before it is two bytes more than one cell */
    char header[400];
    snprintf(header, sizeof header, "%s", term_row(st.term, 2));
    assert_non_null(strstr(header, "Blocks \u25be"));
    click(2, x + 1);
    assert_non_null(strstr(term_row(st.term, 2), "Blocks \u25b4"));
}

/* The heat table of Sources: a click puts the cursor on a cell, a second one opens it, one on the
 * list takes the keys back. */
static void a_click_finds_a_cell(void **state)
{
    (void)state;
    term_keys(st.term, "4M");
    int y = term_find(st.term, "size \u2192") + 1;
    click(y, 31);
    assert_true(sees("503 allocs, "));
    click(4, 10);
    assert_false(sees("503 allocs, "));
    click(y, 31);
    assert_string_equal(st.last_filter, "");
    click(y, 31);
    assert_string_equal(st.last_filter, "source == 2 && op == alloc && size in 64..127");
}

static void a_click_on_a_tab_shows_the_screen(void **state)
{
    (void)state;
    term_keys(st.term, "M");
    /* The names of tabs may have no room. */
    int x = (int)(strstr(term_row(st.term, 1), " 3 ") - term_row(st.term, 1)) + 1;
    click(1, x);
    assert_true(sees("Over time"));
    x = (int)(strstr(term_row(st.term, 1), "3 Heaps") - term_row(st.term, 1));
    click(1, x + 6);
    assert_true(sees("Over time"));
    click(1, 1);
    assert_true(sees("Capture"));
    click(1, 99);
    assert_true(sees("Capture"));
}

/* A row without its sign. */
static void keep_row(int y, char out[400])
{
    const char *row = term_row(st.term, y);
    snprintf(out, 400, "%s", row[0] != '\0' ? row + 1 : row);
}

static void the_wheel_rolls_what_is_below_it(void **state)
{
    char sixth[400], now[400];
    (void)state;
    term_resize(st.term, 16, 100);
    term_keys(st.term, "M");
    keep_row(6, sixth);
    report(65, 6, 20); /* down */
    keep_row(3, now);
    assert_string_equal(now, sixth);
    int line = selected_row();
    report(65, 6, 20); /* the selection is dragged along at the edge */
    assert_int_equal(selected_row(), line);
    report(64, 6, 20);
    report(64, 6, 20);
    keep_row(6, now);
    assert_string_equal(now, sixth);
    report(64, 6, 20); /* at the top */
    keep_row(6, now);
    assert_string_equal(now, sixth);
    for (int i = 0; i < 40; i++)
        report(65, 6, 20);
    assert_true(selected_row() > 0);
}

static void a_click_gives_a_pane_the_keys(void **state)
{
    (void)state;
    term_keys(st.term, "M<Enter>");
    int before = selected_row();
    click(22, 10);
    term_keys(st.term, "j");
    assert_int_equal(selected_row(), before); /* the pane has the keys */
    click(before, 10);
    term_keys(st.term, "j");
    assert_int_equal(selected_row(), before + 1);
}

static void an_open_prompt_is_not_disturbed(void **state)
{
    (void)state;
    term_keys(st.term, "Mfsize");
    click(1, 2);
    report(65, 6, 20);
    assert_true(sees("filter size") || sees("size"));
    assert_false(sees("Capture"));
    term_keys(st.term, "<Esc>");
}

static void reports_anywhere_do_no_harm(void **state)
{
    static const int size[][2] = {{1, 1}, {5, 20}, {30, 100}};
    (void)state;
    term_keys(st.term, "M");
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        term_resize(st.term, size[i][0], size[i][1]);
        for (int y = -1; y < 40; y += 3)
            for (int x = -1; x < 300; x += 23)
                for (int button = 0; button < 70; button += 13)
                    report(button, y, x);
    }
    term_send(st.term, "\033[<0;1", 6);
    term_send(st.term, "\033[<99999999999;99999999999;5M", 28);
    term_send(st.term, "\033[<M\033[<;;;;M", 11);
    term_keys(st.term, "<Esc>1");
}

static void keep_key(void *ctx, struct ui_key key)
{
    *(struct ui_key *)ctx = key;
}

static void blank(void *ctx, struct screen *s)
{
    (void)ctx;
    screen_begin(s);
    screen_flush(s);
}

static void old_reports_are_known_too(void **state)
{
    (void)state;
    struct ui_key key = {0};
    struct term *t = term_open(24, 80, "tmux-256color");
    term_run(t, &(struct term_app){&key, keep_key, blank});
    assert_true(screen_set_mouse(term_screen(t), true));
    term_frame(t);
    assert_non_null(strstr(term_sent(t), "\033[?1000h"));
    term_send(t, "\033[M !(", 6);
    assert_int_equal(key.code, UI_KEY_CLICK);
    assert_int_equal(key.y, 7);
    assert_int_equal(key.x, 0);
    term_send(t, "\033[Ma!(", 6);
    assert_int_equal(key.code, UI_KEY_WHEEL_DOWN);
    term_close(t);
}

static void terminals_without_a_mouse_say_so(void **state)
{
    (void)state;
    struct term *t = term_open(24, 80, "vt100");
    assert_false(screen_set_mouse(term_screen(t), true));
    term_frame(t);
    assert_null(strstr(term_sent(t), "1000"));
    assert_null(strstr(screen_reset_string(term_screen(t)), "1000"));
    term_close(t);
}

int main(void)
{
#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)
    const struct CMUnitTest tests[] = {
        STAGED(it_is_off_until_it_is_asked_for),
        STAGED(suspending_switches_it_off_and_on_again),
        STAGED(a_click_selects_and_another_opens),
        STAGED(a_click_ends_what_was_begun),
        STAGED(a_click_finds_a_cell),
        STAGED(a_click_on_a_title_sorts),
        STAGED(a_click_on_a_tab_shows_the_screen),
        STAGED(the_wheel_rolls_what_is_below_it),
        STAGED(a_click_gives_a_pane_the_keys),
        STAGED(an_open_prompt_is_not_disturbed),
        STAGED(reports_anywhere_do_no_harm),
        cmocka_unit_test(old_reports_are_known_too),
        cmocka_unit_test(terminals_without_a_mouse_say_so),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
