/* Golden pictures: text and roles of a screen, as a file a person can read. */
#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "term.h"
#include "term_priv.h"
#include "ui/term/color.h"

static const int layer_bg[] = {
    [LAYER_PLAIN] = 234, [LAYER_SELECTED] = 17, [LAYER_BLUR] = 16, /* #1c1c1c, #00005f, #000000 */
};

/* The n-th of the 256 colours that is readable on every layer, so that roles keep theirs. */
static int nth_color(int n)
{
    for (int index = 16; index < 256; index++) {
        bool readable = true;
        for (size_t i = 0; i < sizeof layer_bg / sizeof layer_bg[0]; i++)
            if (color_contrast(color_of_index(index), color_of_index(layer_bg[i])) < 4.6)
                readable = false;
        if (readable && n-- == 0)
            return index;
    }
    abort();
}

void golden_theme(struct theme *out_theme)
{
    struct strbuf text = {0}, errors = {0};
    strbuf_puts(&text, "[roles]\n");
    for (int r = 0; r < ROLE_COUNT; r++) {
        int bg = r == ROLE_LIST_SELECTED        ? layer_bg[LAYER_SELECTED]
                 : r == ROLE_LIST_SELECTED_BLUR ? layer_bg[LAYER_BLUR]
                                                : layer_bg[LAYER_PLAIN];
        strbuf_printf(&text, "%s = %d on %d%s\n", role_name((enum role)r), nth_color(r), bg,
                      r == ROLE_LIST_CURSOR ? " underline" : "");
    }
    *out_theme = (struct theme){0};
    int rc = theme_parse(out_theme, "golden", text.s, text.len, &errors);
    if (rc != 0)
        fail_msg("golden theme: %s", strbuf_str(&errors));
    strbuf_release(&text);
    strbuf_release(&errors);
}

enum role golden_role(int fg)
{
    int r = 0;
    while (r < ROLE_COUNT && nth_color(r) != fg)
        r++;
    return (enum role)r;
}

enum style_layer golden_layer(int bg)
{
    for (size_t i = 0; i < sizeof layer_bg / sizeof layer_bg[0]; i++)
        if (layer_bg[i] == bg)
            return (enum style_layer)i;
    return LAYER_COUNT;
}

static void put_style(struct strbuf *out, struct term_cell cell, bool blank)
{
    static const char *const layer_name[] = {"", "+selected", "+blur"};
    enum role role = golden_role(cell.fg);
    enum style_layer layer = golden_layer(cell.bg);
    strbuf_puts(out, blank ? "blank" : role < ROLE_COUNT ? role_name(role) : "no-role");
    strbuf_puts(out, layer < LAYER_COUNT ? layer_name[layer] : "+no-layer");
    if (cell.attrs & STYLE_UNDERLINE)
        strbuf_puts(out, "+cursor");
}

static bool same_style(struct term_cell a, struct term_cell b)
{
    return a.fg == b.fg && a.bg == b.bg && a.attrs == b.attrs;
}

static bool is_blank(struct term *t, int row, int col)
{
    VTermScreenCell cell;
    vterm_screen_get_cell(t->vts, (VTermPos){.row = row, .col = col}, &cell);
    return cell.chars[0] == 0 || cell.chars[0] == ' ';
}

/* Runs of one style. A blank belongs to the run before it when its background is the same: the
 * foreground of a blank cannot be seen. */
static void put_runs(struct strbuf *out, struct term *t, int row)
{
    struct strbuf runs = {0};
    for (int col = 0; col < t->cols;) {
        struct term_cell style = term_cell(t, row, col);
        int end = col, text_end = col;
        bool blank = is_blank(t, row, col);
        for (; end < t->cols; end++) {
            struct term_cell next = term_cell(t, row, end);
            bool next_blank = is_blank(t, row, end);
            if (next_blank ? next.bg != style.bg : blank || !same_style(style, next))
                break;
            if (!next_blank)
                text_end = end;
        }
        bool plain =
            blank ? golden_layer(style.bg) == LAYER_PLAIN
                  : golden_role(style.fg) == ROLE_TEXT && golden_layer(style.bg) == LAYER_PLAIN;
        if (!plain) {
            strbuf_printf(&runs, "  %d-%d ", col, blank ? end - 1 : text_end);
            put_style(&runs, style, blank);
        }
        col = end;
    }
    if (runs.len > 0)
        strbuf_printf(out, "@%s\n", runs.s);
    strbuf_release(&runs);
}

static void put_picture(struct strbuf *out, struct term *t)
{
    for (int row = 0; row < t->rows; row++) {
        strbuf_printf(out, "|%s|\n", term_row(t, row));
        put_runs(out, t, row);
    }
    int row, col;
    if (term_cursor(t, &row, &col))
        strbuf_printf(out, "cursor %d,%d\n", row, col);
}

static void read_file(const char *path, struct strbuf *out)
{
    FILE *f = fopen(path, "r");
    char block[4096];
    for (size_t n; f && (n = fread(block, 1, sizeof block, f)) > 0;)
        strbuf_add(out, block, n);
    if (f)
        fclose(f);
}

static void write_file(const char *path, const struct strbuf *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text->s, 1, text->len, f), text->len);
    assert_int_equal(fclose(f), 0);
}

void term_assert_golden(struct term *t, const char *name)
{
    struct strbuf path = {0}, got = {0}, want = {0};
    const char *update = getenv("UPDATE_GOLDEN");
    strbuf_printf(&path, "%s/tests/ui/golden/%s.txt", HT_SOURCE_DIR, name);
    put_picture(&got, t);
    if (update && strcmp(update, "1") == 0)
        write_file(path.s, &got);
    read_file(path.s, &want);
    if (strcmp(strbuf_str(&want), got.s) != 0)
        fail_msg("%s differs; UPDATE_GOLDEN=1 accepts. Got:\n%s\nWanted:\n%s", path.s, got.s,
                 strbuf_str(&want));
    strbuf_release(&path);
    strbuf_release(&got);
    strbuf_release(&want);
}
