/* Aligned tables; see text_table.h. */
#include "export/text_table.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/text.h"

#define CELL_MOST 48
#define GAP       2

/* Cells of one character: none for a mark, two for a wide one, one where the locale cannot tell. */
static size_t char_width(uint32_t cp)
{
    int width = wcwidth((wchar_t)cp);
    return width >= 0 ? (size_t)width : 1;
}

size_t text_width(const char *s, size_t n)
{
    size_t width = 0;
    for (size_t i = 0; i < n;) {
        if (s[i] >= ' ' && s[i] <= '~') {
            width++;
            i++;
            continue;
        }
        uint32_t cp;
        i += text_decode_utf8(s + i, n - i, &cp);
        width += char_width(cp);
    }
    return width;
}

/* Cuts what was added behind `start` to CELL_MOST cells, ".." included. */
static void cut_cell(struct strbuf *b, size_t start)
{
    if (b->len - start <= CELL_MOST || text_width(b->s + start, b->len - start) <= CELL_MOST)
        return;
    size_t at = start;
    for (size_t width = 0; at < b->len;) {
        uint32_t cp;
        size_t used = text_decode_utf8(b->s + at, b->len - at, &cp);
        width += char_width(cp);
        if (width > CELL_MOST - 2)
            break;
        at += used;
    }
    strbuf_truncate(b, at);
    strbuf_puts(b, "..");
}

void text_table_init(struct text_table *t, const struct text_column *columns, size_t column_count,
                     bool fit)
{
    *t = (struct text_table){.columns = columns, .column_count = column_count, .fit = fit};
    for (size_t i = 0; i < column_count; i++)
        t->widths[i] = text_width(columns[i].title, strlen(columns[i].title));
}

void text_table_release(struct text_table *t)
{
    strbuf_release(&t->cells);
    free(t->ends);
    *t = (struct text_table){0};
}

void text_table_add(struct text_table *t, const struct value *v)
{
    size_t column = t->end_count % t->column_count;
    size_t start = t->cells.len;
    value_put_text(&t->cells, v);
    cut_cell(&t->cells, start);
    size_t width = text_width(t->cells.s + start, t->cells.len - start);
    if (width > t->widths[column])
        t->widths[column] = width;
    if (t->end_count == t->end_cap) {
        t->end_cap = t->end_cap != 0 ? 2 * t->end_cap : 256;
        t->ends = base_xrealloc(t->ends, t->end_cap, sizeof *t->ends);
    }
    t->ends[t->end_count++] = t->cells.len;
    t->rows = t->end_count / t->column_count;
}

static size_t line_width(const struct text_table *t, const bool *shown)
{
    size_t width = 0;
    for (size_t i = 0; i < t->column_count; i++)
        width += shown[i] ? t->widths[i] + GAP : 0;
    return width;
}

/* Leaves columns out, the greatest rank first, until the line fits. */
static void choose_columns(const struct text_table *t, size_t indent, bool *out_shown)
{
    for (size_t i = 0; i < t->column_count; i++)
        out_shown[i] = true;
    while (t->fit && indent + line_width(t, out_shown) > TEXT_TABLE_WIDTH + GAP) {
        size_t worst = t->column_count;
        for (size_t i = 0; i < t->column_count; i++)
            if (out_shown[i] && t->columns[i].rank != 0 &&
                (worst == t->column_count || t->columns[i].rank > t->columns[worst].rank))
                worst = i;
        if (worst == t->column_count)
            return;
        out_shown[worst] = false;
    }
}

static void put_blanks(struct strbuf *out, size_t n)
{
    static const char blanks[] = "                                ";
    for (; n >= sizeof blanks; n -= sizeof blanks - 1)
        strbuf_add(out, blanks, sizeof blanks - 1);
    strbuf_add(out, blanks, n);
}

static void put_cell(const struct text_table *t, size_t column, const char *s, size_t n,
                     struct strbuf *out)
{
    size_t pad = t->widths[column] - text_width(s, n);
    if (!t->columns[column].left)
        put_blanks(out, pad);
    strbuf_add(out, s, n);
    if (t->columns[column].left)
        put_blanks(out, pad);
    put_blanks(out, GAP);
}

static void end_line(struct strbuf *out)
{
    size_t len = out->len;
    while (len > 0 && out->s[len - 1] == ' ')
        len--;
    strbuf_truncate(out, len);
    strbuf_putc(out, '\n');
}

static void put_titles(const struct text_table *t, int indent, const bool *shown,
                       struct strbuf *out)
{
    put_blanks(out, (size_t)indent);
    for (size_t i = 0; i < t->column_count; i++)
        if (shown[i])
            put_cell(t, i, t->columns[i].title, strlen(t->columns[i].title), out);
    end_line(out);
}

void text_table_put(struct text_table *t, int indent, struct strbuf *out)
{
    bool shown[TEXT_TABLE_COLUMNS];
    choose_columns(t, (size_t)indent, shown);
    if (!t->titles_shown)
        put_titles(t, indent, shown, out);
    t->titles_shown = true;
    size_t start = 0;
    for (size_t at = 0; at < t->rows * t->column_count; at++) {
        size_t column = at % t->column_count;
        if (column == 0)
            put_blanks(out, (size_t)indent);
        if (shown[column])
            put_cell(t, column, t->cells.s + start, t->ends[at] - start, out);
        if (column + 1 == t->column_count)
            end_line(out);
        start = t->ends[at];
    }
    strbuf_clear(&t->cells);
    t->end_count = 0;
    t->rows = 0;
}
