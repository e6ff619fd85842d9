/* Text with wide and combining characters at every place and width: no glyph is ever cut, nothing
 * is drawn outside its field, and rows keep their columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "term.h"

#define COLS 40

static const char *const pieces[] = {"a",
                                     "B",
                                     "7",
                                     ".",
                                     "\u00e9",
                                     "e\u0301",
                                     "o\u0302\u0323",
                                     "\u6f22",
                                     "\u5b57",
                                     "\u304b\u3099",
                                     "\uac00",
                                     "\uff21",
                                     "\U0001f600",
                                     "\t",
                                     "\033",
                                     "\xff",
                                     "\u202e",
                                     "\u200d"};

/* A small generator of its own: the same texts every time. */
static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static void make_text(unsigned seed, struct strbuf *out)
{
    strbuf_clear(out);
    for (unsigned n = next(&seed) % 24; n > 0; n--)
        strbuf_puts(out, pieces[next(&seed) % (sizeof pieces / sizeof pieces[0])]);
}

/* What is drawn in a frame: one text in a field on a row of bars. */
static struct {
    struct strbuf text;
    int x, width;
    enum align align;
    enum cut cut;
} field;

static void draw(void *ctx, struct screen *s)
{
    (void)ctx;
    struct canvas c = screen_begin(s);
    for (int x = 0; x < COLS; x++)
        canvas_puts(&c, 0, x, ROLE_TEXT, "|");
    canvas_field(&c, 0, field.x, field.width, ROLE_TEXT, field.align, field.cut,
                 strbuf_str(&field.text), field.text.len);
    screen_flush(s);
}

static void ignore(void *ctx, struct ui_key key)
{
    (void)ctx;
    (void)key;
}

/* Cells of the row as the emulator has it: 2 where a wide glyph begins, 1 elsewhere. */
static void check_row(struct term *t, unsigned seed)
{
    for (int x = 0; x < COLS;) {
        int width = term_cell(t, 0, x).width;
        bool inside = x >= field.x && x < field.x + field.width;
        if (!inside && width != 1)
            fail_msg("text %u at %d, %d wide: a wide glyph outside, in cell %d", seed, field.x,
                     field.width, x);
        if (inside && x + width > field.x + field.width)
            fail_msg("text %u at %d, %d wide: a glyph over the edge", seed, field.x, field.width);
        x += width;
    }
    const char *row = term_row(t, 0);
    mbstate_t state = {0};
    const char *at = row;
    int cells = 0, bars = 0;
    for (wchar_t c; cells < field.x || at[0] != '\0';) {
        size_t n = mbrtowc(&c, at, strlen(at), &state);
        assert_true(n > 0 && n < 8);
        if (cells < field.x && c != L'|')
            fail_msg("text %u at %d: cell %d is overwritten", seed, field.x, cells);
        if (cells >= field.x + field.width && wcwidth(c) > 0) {
            bars++;
            assert_int_equal(c, L'|');
        }
        cells += wcwidth(c) > 0 ? wcwidth(c) : 0;
        at += n;
    }
    assert_int_equal(bars, COLS - field.x - field.width);
    assert_int_equal(cells, COLS);
}

static void no_glyph_is_cut(void **state)
{
    (void)state;
    struct term *t = term_open(1, COLS, "xterm-256color");
    term_run(t, &(struct term_app){NULL, ignore, draw});
    for (unsigned seed = 1; seed <= 40; seed++)
        for (field.width = 1; field.width <= 20; field.width++) {
            make_text(seed, &field.text);
            field.x = (int)(seed % 7) + 1;
            field.align = seed % 2 ? ALIGN_LEFT : ALIGN_RIGHT;
            field.cut = seed % 3 ? CUT_END : CUT_MIDDLE;
            screen_redraw(term_screen(t));
            term_frame(t);
            check_row(t, seed);
        }
    strbuf_release(&field.text);
    term_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_glyph_is_cut)};
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
