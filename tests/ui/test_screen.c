/* Opening terminals of many kinds: colours, ASCII, sizes, suspend, what is left behind. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "term.h"
#include "ui/term/glyph.h"

static void draw(void *ctx, struct screen *s)
{
    (void)ctx;
    struct canvas whole = screen_begin(s);
    canvas_puts(&whole, 0, 0, ROLE_TEXT, "plain" GLYPH_ELLIPSIS);
    canvas_puts(&whole, 1, 0, ROLE_EVENT_FAIL, "fail");
    whole.layer = LAYER_SELECTED;
    canvas_fill(&whole, 2, 0, 1, whole.cols, ROLE_TEXT);
    canvas_puts(&whole, 2, 0, ROLE_EVENT_ALLOC, "selected");
    screen_flush(s);
}

static void key(void *ctx, struct ui_key k)
{
    (void)ctx;
    (void)k;
}

static const struct term_app app = {NULL, key, draw};

static struct term *show(const char *type, enum screen_color color)
{
    struct term *t = term_open_with(4, 20, type, color, false);
    term_run(t, &app);
    return t;
}

static void depth_follows_the_terminal(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        enum style_depth depth;
    } terminal[] = {
        {"xterm-256color", DEPTH_256},
        {"xterm", DEPTH_8},
        {"screen", DEPTH_8},
        {"screen-256color", DEPTH_256},
        {"tmux", DEPTH_8},
        {"tmux-256color", DEPTH_256},
        {"linux", DEPTH_8},
        {"vt100", DEPTH_MONO},
        {"vt220", DEPTH_MONO},
    };
    for (size_t i = 0; i < sizeof terminal / sizeof terminal[0]; i++) {
        struct term *t = show(terminal[i].type, SCREEN_COLOR_AUTO);
        assert_int_equal(screen_depth(term_screen(t)), terminal[i].depth);
        assert_int_equal(term_find(t, "plain"), 0);
        assert_int_equal(term_find(t, "selected"), 2);
        struct term_cell plain = term_cell(t, 0, 0), fail = term_cell(t, 1, 0);
        struct term_cell selected = term_cell(t, 2, 0);
        assert_true(plain.fg != fail.fg || plain.attrs != fail.attrs);
        assert_true(plain.bg != selected.bg || plain.attrs != selected.attrs);
        if (terminal[i].depth == DEPTH_MONO)
            assert_true(plain.fg == STYLE_DEFAULT && selected.bg == STYLE_DEFAULT);
        else if (terminal[i].depth == DEPTH_8)
            assert_true(fail.fg < 16 && selected.bg < 8);
        term_close(t);
    }
}

static void colours_can_be_refused(void **state)
{
    (void)state;
    static const struct {
        const char *no_color;
        enum screen_color color;
        enum style_depth depth;
    } wish[] = {
        {NULL, SCREEN_COLOR_AUTO, DEPTH_256},   {"1", SCREEN_COLOR_AUTO, DEPTH_MONO},
        {"", SCREEN_COLOR_AUTO, DEPTH_256},     {"1", SCREEN_COLOR_ALWAYS, DEPTH_256},
        {NULL, SCREEN_COLOR_NEVER, DEPTH_MONO}, {"", SCREEN_COLOR_NEVER, DEPTH_MONO},
    };
    for (size_t i = 0; i < sizeof wish / sizeof wish[0]; i++) {
        if (wish[i].no_color)
            setenv("NO_COLOR", wish[i].no_color, 1);
        struct term *t = show("xterm-256color", wish[i].color);
        assert_int_equal(screen_depth(term_screen(t)), wish[i].depth);
        struct term_cell cell = term_cell(t, 1, 0);
        assert_int_equal(cell.fg == STYLE_DEFAULT, wish[i].depth == DEPTH_MONO);
        term_close(t);
        unsetenv("NO_COLOR");
    }
}

static void glyphs_follow_the_terminal(void **state)
{
    (void)state;
    struct term *t = show("xterm-256color", SCREEN_COLOR_AUTO);
    assert_string_equal(term_row(t, 0), "plain" GLYPH_ELLIPSIS);
    term_close(t);
    t = show("linux", SCREEN_COLOR_AUTO); /* text beyond ASCII, but not these signs */
    assert_string_equal(term_row(t, 0), "plain~");
    term_close(t);
    t = term_open_with(4, 20, "xterm", SCREEN_COLOR_AUTO, true);
    term_run(t, &app);
    assert_string_equal(term_row(t, 0), "plain~");
    term_close(t);
}

/* Unknown ones, and those on which text cannot be placed. */
static void an_unusable_terminal_is_named(void **state)
{
    static const char *const terms[] = {"no-such-terminal", "dumb"};
    (void)state;
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        struct screen *s = NULL;
        struct err_info err = {.text = ""};
        struct screen_options options = {.in = stdin, .out = stdout, .term = terms[i]};
        assert_int_equal(screen_open(&s, &options, &err), ERR_FORMAT);
        assert_null(s);
        assert_non_null(strstr(err.text, terms[i]));
        assert_non_null(strstr(err.text, "xterm-256color"));
    }
}

static void resets_the_terminal_after_a_crash(void **state)
{
    (void)state;
    struct term *t = show("xterm-256color", SCREEN_COLOR_AUTO);
    const char *reset = screen_reset_string(term_screen(t));
    assert_non_null(strstr(reset, "\033[?1049l"));
    assert_non_null(strstr(reset, "\033[?25h"));
    assert_null(strstr(reset, "$<"));
    term_close(t);
}

static void resizes_and_survives_a_suspension(void **state)
{
    (void)state;
    static const struct {
        int rows, cols;
    } size[] = {{30, 100}, {1, 1}, {2, 5}, {60, 200}, {1, 200}, {60, 1}, {24, 80}};
    struct term *t = show("xterm-256color", SCREEN_COLOR_AUTO);
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        term_resize(t, size[i].rows, size[i].cols);
        assert_int_equal(term_row(t, 0)[0], 'p');
    }
    screen_suspend(term_screen(t));
    screen_resume(term_screen(t));
    term_resize(t, 10, 40);
    assert_int_equal(term_find(t, "selected"), 2);
    screen_redraw(term_screen(t));
    term_frame(t);
    assert_int_equal(term_find(t, "selected"), 2);
    term_close(t);
}

static void a_theme_can_be_changed(void **state)
{
    (void)state;
    struct term *t = show("xterm-256color", SCREEN_COLOR_AUTO);
    struct theme theme = {0};
    static const char text[] = "[roles]\ntext = 21 on 200\nevents/event.fail = 22\n";
    assert_int_equal(theme_parse(&theme, "test", text, sizeof text - 1, NULL), 0);
    screen_set_theme(term_screen(t), &theme);
    term_frame(t);
    struct term_cell cell = term_cell(t, 0, 0), blank = term_cell(t, 3, 19);
    assert_true(cell.fg == 21 && cell.bg == 200);
    assert_int_equal(blank.bg, 200);
    assert_int_equal(term_cell(t, 1, 0).fg, 21); /* the override is for another view */
    term_close(t);
}

/* Every cell its own colours: nothing ncurses could leave out, at the largest size. */
static void draw_dense(void *ctx, struct screen *s)
{
    struct canvas whole = screen_begin(s);
    int seed = (*(int *)ctx)++;
    for (int y = 0; y < whole.rows; y++)
        for (int x = 0; x < whole.cols; x++)
            canvas_text(&whole, y, x, (enum role)((x * 7 + y + seed) % ROLE_COUNT),
                        &"ab"[(x + seed) % 2], 1);
    screen_flush(s);
}

static void a_dense_frame_arrives_whole(void **state)
{
    (void)state;
    int seed = 0;
    struct term *t = term_open(60, 200, "xterm-256color");
    term_run(t, &(struct term_app){&seed, key, draw_dense});
    term_frame(t);
    assert_int_equal(strlen(term_row(t, 59)), 200);
    assert_int_equal(term_row(t, 59)[0], 'b');
    term_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_follows_the_terminal),
        cmocka_unit_test(colours_can_be_refused),
        cmocka_unit_test(glyphs_follow_the_terminal),
        cmocka_unit_test(an_unusable_terminal_is_named),
        cmocka_unit_test(resets_the_terminal_after_a_crash),
        cmocka_unit_test(resizes_and_survives_a_suspension),
        cmocka_unit_test(a_theme_can_be_changed),
        cmocka_unit_test(a_dense_frame_arrives_whole),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
