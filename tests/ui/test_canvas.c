/* Canvas: clipping, widths, hostile text, bars and sparklines, as an emulator shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "term.h"
#include "ui/term/glyph.h"

/* Draws one canvas function per test. */
typedef void (*draw_fn)(const struct canvas *c);

static void frame(void *ctx, struct screen *s)
{
    struct canvas whole = screen_begin(s);
    (*(draw_fn *)ctx)(&whole);
    screen_flush(s);
}

static void key(void *ctx, struct ui_key k)
{
    (void)ctx;
    (void)k;
}

static struct term *show(int rows, int cols, draw_fn draw, bool ascii)
{
    static draw_fn kept;
    kept = draw;
    struct term *t = term_open_with(rows, cols, "xterm-256color", SCREEN_COLOR_ALWAYS, ascii);
    term_run(t, &(struct term_app){&kept, key, frame});
    return t;
}

static void draw_hostile(const struct canvas *c)
{
    canvas_puts(c, 0, 0, ROLE_TEXT, "a\033[31mb\r\n\tc");
    canvas_puts(c, 1, 0, ROLE_TEXT, "x\u202ey\u2066z");
    canvas_text(c, 2, 0, ROLE_TEXT, "\xff\xc3(\xe2\x82|", 6);
    canvas_puts(c, 3, 0, ROLE_TEXT,
                "\xc2\x9b"
                "31m");
    canvas_puts(c, 4, 0, ROLE_TEXT, "zero\u200bwidth\ufe0f");
}

static void hostile_text_is_replaced(void **state)
{
    (void)state;
    struct term *t = show(6, 20, draw_hostile, false);
    assert_string_equal(term_row(t, 0), "a\ufffd[31mb\ufffd\ufffd\ufffdc");
    assert_string_equal(term_row(t, 1), "x\ufffdy\ufffdz");
    assert_string_equal(term_row(t, 2), "\ufffd\ufffd(\ufffd\ufffd|");
    assert_string_equal(term_row(t, 3), "\ufffd31m");
    assert_string_equal(term_row(t, 4), "zerowidth");
    assert_int_equal(term_cell(t, 0, 6).fg, term_cell(t, 0, 0).fg);
    term_close(t);
}

static void draw_wide(const struct canvas *c)
{
    canvas_puts(c, 0, 0, ROLE_TEXT, "\u6f22\u5b57\u6f22"); /* 6 cells on 5 */
    canvas_puts(c, 1, -1, ROLE_TEXT, "\u6f22\u5b57|");     /* half of the first is outside */
    canvas_field(c, 2, 0, 4, ROLE_TEXT, ALIGN_LEFT, CUT_END, "\u6f22\u5b57\u6f22", 9);
    canvas_puts(c, 3, 0, ROLE_TEXT, "e\u0301\u0302\u0303x"); /* marks stay, the third goes */
}

static void wide_glyphs_are_never_halved(void **state)
{
    (void)state;
    struct term *t = show(4, 5, draw_wide, false);
    assert_string_equal(term_row(t, 0), "\u6f22\u5b57");
    assert_int_equal(term_cell(t, 0, 0).width, 2);
    assert_string_equal(term_row(t, 1), " \u5b57|");
    assert_string_equal(term_row(t, 2), "\u6f22" GLYPH_ELLIPSIS);
    assert_string_equal(term_row(t, 3), "e\u0301\u0302x");
    term_close(t);
}

static void draw_fields(const struct canvas *c)
{
    static const char name[] = "RtlpAllocateHeapInternal";
    canvas_field(c, 0, 0, 10, ROLE_TEXT, ALIGN_LEFT, CUT_END, name, sizeof name - 1);
    canvas_field(c, 1, 0, 10, ROLE_TEXT, ALIGN_LEFT, CUT_MIDDLE, name, sizeof name - 1);
    canvas_field(c, 2, 0, 10, ROLE_TEXT, ALIGN_RIGHT, CUT_END, "67,050", 6);
    canvas_field(c, 3, 0, 1, ROLE_TEXT, ALIGN_LEFT, CUT_MIDDLE, name, sizeof name - 1);
    canvas_field(c, 4, 0, 0, ROLE_TEXT, ALIGN_LEFT, CUT_END, name, sizeof name - 1);
    canvas_puts(c, 5, 0, ROLE_TEXT, "old text");
    canvas_field(c, 5, 0, 8, ROLE_TEXT, ALIGN_LEFT, CUT_END, "new", 3);
}

static void fields_fill_their_width(void **state)
{
    (void)state;
    struct term *t = show(6, 20, draw_fields, false);
    assert_string_equal(term_row(t, 0), "RtlpAlloc" GLYPH_ELLIPSIS);
    assert_string_equal(term_row(t, 1), "RtlpA" GLYPH_ELLIPSIS "rnal");
    assert_string_equal(term_row(t, 2), "    67,050");
    assert_string_equal(term_row(t, 3), GLYPH_ELLIPSIS);
    assert_string_equal(term_row(t, 4), "");
    assert_string_equal(term_row(t, 5), "new");
    term_close(t);
}

static void draw_clipped(const struct canvas *c)
{
    struct canvas box = canvas_sub(c, 1, 2, 2, 4);
    for (int y = -2; y < 6; y++)
        canvas_puts(&box, y, -3, ROLE_TEXT, "abcdefghijklmnop");
    struct canvas outside = canvas_sub(c, 50, 50, 5, 5), negative = canvas_sub(c, -3, -3, 4, 4);
    assert_int_equal(outside.rows, 0);
    assert_int_equal(outside.cols, 0);
    assert_int_equal(negative.rows, 1);
    assert_int_equal(negative.cols, 1);
    canvas_fill(&outside, -5, -5, 100, 100, ROLE_TEXT);
    canvas_bar(&outside, 0, 0, 10, ROLE_TEXT, 1, 1);
}

static void nothing_is_drawn_outside(void **state)
{
    (void)state;
    struct term *t = show(5, 10, draw_clipped, false);
    static const char *const want[] = {"", "  defg", "  defg", "", ""};
    for (int i = 0; i < 5; i++)
        assert_string_equal(term_row(t, i), want[i]);
    term_close(t);
}

static const uint64_t sample[] = {0, 1, 20, 40, 60, 80, 99, 100};

static void draw_graphs(const struct canvas *c)
{
    canvas_bar(c, 0, 0, 8, ROLE_GRAPH_BAR, 100, 100);
    canvas_bar(c, 1, 0, 8, ROLE_GRAPH_BAR, 1, 1000000);
    canvas_bar(c, 2, 0, 8, ROLE_GRAPH_BAR, UINT64_MAX - 1, UINT64_MAX);
    canvas_bar(c, 3, 0, 8, ROLE_GRAPH_BAR, 1, 2);
    canvas_bar(c, 4, 0, 8, ROLE_GRAPH_BAR, 0, 100);
    canvas_bar(c, 4, 0, 8, ROLE_GRAPH_BAR, 0, 0);
    canvas_spark(c, 5, 0, 10, ROLE_GRAPH_BAR, sample, 8);
    canvas_spark(c, 6, 0, 4, ROLE_GRAPH_BAR, sample, 8);
    canvas_meter(c, 7, 0, 6, ROLE_GRAPH_BAR, 1, 2);
    canvas_spark(c, 8, 0, 10, ROLE_GRAPH_BAR, sample, 1);
}

static void graphs_are_drawn_in_eighths(void **state)
{
    (void)state;
    struct term *t = show(9, 12, draw_graphs, false);
    assert_string_equal(term_row(t, 0), "████████");
    assert_string_equal(term_row(t, 1), "▏");
    assert_string_equal(term_row(t, 2), "███████▉");
    assert_string_equal(term_row(t, 3), "████");
    assert_string_equal(term_row(t, 4), "");
    assert_string_equal(term_row(t, 5), " ▁▁▃▄▆▇█");
    assert_string_equal(term_row(t, 6), "▁▃▆█");
    assert_string_equal(term_row(t, 7), "▕██  ▏");
    assert_string_equal(term_row(t, 8), "");
    term_close(t);
}

static void graphs_have_an_ascii_form(void **state)
{
    (void)state;
    struct term *t = show(9, 12, draw_graphs, true);
    assert_string_equal(term_row(t, 0), "########");
    assert_string_equal(term_row(t, 1), "-");
    assert_string_equal(term_row(t, 5), " __:-+*#");
    assert_string_equal(term_row(t, 7), "[##  ]");
    term_close(t);
}

static void draw_glyphs(const struct canvas *c)
{
    canvas_puts(
        c, 0, 0, ROLE_TEXT,
        GLYPH_ELLIPSIS GLYPH_ZERO GLYPH_SORT_DOWN GLYPH_SORT_UP GLYPH_LINE GLYPH_CRUMB GLYPH_LIVE);
    canvas_puts(c, 1, 0, ROLE_TEXT, "\u00e9\u6f22|");
}

static void ascii_replaces_every_glyph(void **state)
{
    (void)state;
    struct term *t = show(2, 12, draw_glyphs, true);
    assert_string_equal(term_row(t, 0), "~.v^->*");
    assert_string_equal(term_row(t, 1), "??|");
    term_close(t);
}

static int paragraph_rows;

static void draw_paragraph(const struct canvas *c)
{
    paragraph_rows =
        canvas_paragraph(c, 0, ROLE_TEXT, "no heap events: was the heap session merged?");
}

static void paragraphs_break_at_blanks(void **state)
{
    (void)state;
    struct term *t = show(6, 12, draw_paragraph, false);
    static const char *const want[] = {"no heap", "events: was", "the heap", "session", "merged?"};
    assert_int_equal(paragraph_rows, 5);
    for (int i = 0; i < 5; i++)
        assert_string_equal(term_row(t, i), want[i]);
    term_close(t);
    t = show(3, 1, draw_paragraph, false);
    assert_string_equal(term_row(t, 0), "n");
    term_close(t);
}

static void draw_beside_reverse(const struct canvas *c)
{
    canvas_puts(c, 0, 0, ROLE_TITLE, "title");
    canvas_field(c, 1, 0, 8, ROLE_TEXT, ALIGN_RIGHT, CUT_END, "text", 4);
    canvas_fill(c, 2, 0, 1, 8, ROLE_TEXT);
}

/* Without colours roles differ by attributes alone: blanks have their own role's, not those of the
 * text drawn before. */
static void blanks_keep_to_their_role(void **state)
{
    (void)state;
    static draw_fn draw = draw_beside_reverse;
    struct term *t = term_open_with(3, 12, "xterm-256color", SCREEN_COLOR_NEVER, false);
    term_run(t, &(struct term_app){&draw, key, frame});
    assert_int_equal(term_cell(t, 0, 0).attrs, STYLE_REVERSE);
    for (int x = 0; x < 8; x++) {
        assert_int_equal(term_cell(t, 1, x).attrs, 0);
        assert_int_equal(term_cell(t, 2, x).attrs, 0);
    }
    assert_int_equal(term_cell(t, 0, 8).attrs, 0);
    term_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_is_replaced),
        cmocka_unit_test(wide_glyphs_are_never_halved),
        cmocka_unit_test(fields_fill_their_width),
        cmocka_unit_test(nothing_is_drawn_outside),
        cmocka_unit_test(graphs_are_drawn_in_eighths),
        cmocka_unit_test(graphs_have_an_ascii_form),
        cmocka_unit_test(ascii_replaces_every_glyph),
        cmocka_unit_test(paragraphs_break_at_blanks),
        cmocka_unit_test(blanks_keep_to_their_role),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
