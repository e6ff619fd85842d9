/* Drawing into a clipped rectangle (see canvas.h). Everything ends in put_run() or put_blanks(). */
#include "ui/term/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ui/term/glyph.h"
#include "ui/term/matcher.h"
#include "ui/term/screen.h"

#define RUN_CELLS  128
#define PRINTF_MAX 256

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

struct canvas canvas_sub(const struct canvas *c, int y, int x, int rows, int cols)
{
    int top = min_int(max_int(y, 0), c->rows), left = min_int(max_int(x, 0), c->cols);
    struct canvas sub = *c;
    sub.y += top;
    sub.x += left;
    sub.rows = max_int(min_int(rows + min_int(y, 0), c->rows - top), 0);
    sub.cols = max_int(min_int(cols + min_int(x, 0), c->cols - left), 0);
    return sub;
}

struct charset canvas_charset(const struct canvas *c)
{
    return screen_charset(c->screen);
}

static struct screen_cell_style style_of(const struct canvas *c, enum role role)
{
    return screen_style(c->screen, c->scope, c->layer, role);
}

/* Blanks [x, x + n) of a row; no underline, which would draw lines where there is no text. */
static void put_blanks(const struct canvas *c, int y, int x, int n, enum role role)
{
    int left = max_int(x, 0), right = min_int(x + n, c->cols);
    if (y < 0 || y >= c->rows || left >= right || c->tap)
        return;
    struct screen_cell_style style = style_of(c, role);
    cchar_t blank;
    setcchar(&blank, L" ", style.attrs & ~(attr_t)WA_UNDERLINE, style.pair, NULL);
    /* Curses gives plain blanks the attributes of the text before. */
    wattr_set(screen_window(c->screen), WA_NORMAL, 0, NULL);
    mvwhline_set(screen_window(c->screen), c->y + y, c->x + left, &blank, right - left);
}

void canvas_fill(const struct canvas *c, int y, int x, int rows, int cols, enum role role)
{
    for (int i = max_int(y, 0); i < min_int(y + rows, c->rows); i++)
        put_blanks(c, i, x, cols, role);
}

/* Characters waiting to be drawn with one curses call. */
struct run {
    wchar_t chars[RUN_CELLS * CELL_MAX_CHARS];
    int count;
    int x; /* where it starts, on the canvas */
    int cells;
};

static void put_run(const struct canvas *c, int y, struct run *run)
{
    if (run->count > 0)
        mvwaddnwstr(screen_window(c->screen), c->y + y, c->x + run->x, run->chars, run->count);
    run->x += run->cells;
    run->count = run->cells = 0;
}

/* Draws what lies on the canvas of a text that starts at `x`; returns the cells it takes in all. */
static int put_plain(const struct canvas *c, int y, int x, enum role role, const char *s, size_t n)
{
    struct charset cs = canvas_charset(c);
    if (y < 0 || y >= c->rows || x >= c->cols)
        return cells_width(cs, s, n);
    struct screen_cell_style style = style_of(c, role);
    wattr_set(screen_window(c->screen), style.attrs, style.pair, NULL);
    struct run run = {.x = x};
    int at = x;
    size_t used = 0;
    while (used < n && at < c->cols) {
        struct cell cell;
        used += cells_next(cs, s + used, n - used, &cell);
        bool inside = at >= 0 && at + cell.width <= c->cols;
        if (!inside) {
            /* Half a wide glyph is drawn as a blank. */
            put_run(c, y, &run);
            put_blanks(c, y, at, cell.width, role);
            run.x = at + cell.width;
        } else {
            memcpy(run.chars + run.count, cell.chars, (size_t)cell.count * sizeof cell.chars[0]);
            run.count += cell.count;
            run.cells += cell.width;
        }
        at += cell.width;
        if (run.cells >= RUN_CELLS - 1)
            put_run(c, y, &run);
    }
    put_run(c, y, &run);
    return at - x + cells_width(cs, s + used, n - used);
}

/* Draws what is found in the text once more, as marked. The mark's own background has to show on a
 * selected row, too. */
static void put_marks(const struct canvas *c, int y, int x, const char *s, size_t n)
{
    struct canvas marked = *c;
    struct charset cs = canvas_charset(c);
    enum role role = c->y + y == c->find_row ? ROLE_MATCH_CURRENT : ROLE_MATCH;
    size_t at, len;
    marked.layer = LAYER_PLAIN;
    for (size_t from = 0; matcher_find(c->find, s, n, from, &at, &len); from = at + len)
        put_plain(&marked, y, x + cells_width(cs, s, at), role, s + at, len);
}

static int put_text(const struct canvas *c, int y, int x, enum role role, const char *s, size_t n)
{
    bool inside = y >= 0 && y < c->rows;
    if (c->tap) {
        if (inside)
            c->tap->text(c->tap, c->y + y, s, n);
        return cells_width(canvas_charset(c), s, n);
    }
    int cells = put_plain(c, y, x, role, s, n);
    if (c->find && inside)
        put_marks(c, y, x, s, n);
    return cells;
}

int canvas_text(const struct canvas *c, int y, int x, enum role role, const char *s, size_t n)
{
    return put_text(c, y, x, role, s, n);
}

int canvas_puts(const struct canvas *c, int y, int x, enum role role, const char *s)
{
    return put_text(c, y, x, role, s, strlen(s));
}

int canvas_printf(const struct canvas *c, int y, int x, enum role role, const char *fmt, ...)
{
    char text[PRINTF_MAX];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return n < 0 ? 0 : put_text(c, y, x, role, text, (size_t)min_int(n, sizeof text - 1));
}

/* Draws a text wider than `width` cells with an ellipsis where it is cut. */
static void put_cut(const struct canvas *c, int y, int x, int width, enum role role, enum cut cut,
                    const char *s, size_t n)
{
    struct charset cs = canvas_charset(c);
    int tail_cells = cut == CUT_MIDDLE ? (width - 1) / 2 : 0, head_cells;
    size_t head = cells_fit(cs, s, n, width - 1 - tail_cells, &head_cells);
    size_t tail = cells_fit_tail(cs, s, n, tail_cells);
    int at = put_text(c, y, x, role, s, head);
    at += put_text(c, y, x + at, role, GLYPH_ELLIPSIS, strlen(GLYPH_ELLIPSIS));
    at += put_text(c, y, x + at, role, s + tail, n - tail);
    put_blanks(c, y, x + at, width - at, role);
}

void canvas_field(const struct canvas *c, int y, int x, int width, enum role role, enum align align,
                  enum cut cut, const char *s, size_t n)
{
    if (width <= 0)
        return;
    int text_cells = cells_width(canvas_charset(c), s, n);
    if (text_cells > width) {
        put_cut(c, y, x, width, role, cut, s, n);
        return;
    }
    int text_at = align == ALIGN_RIGHT ? x + width - text_cells : x;
    put_blanks(c, y, x, text_at - x, role);
    put_text(c, y, text_at, role, s, n);
    put_blanks(c, y, text_at + text_cells, x + width - text_at - text_cells, role);
}

/* The end of the line that starts at `s`: at the last blank that fits, else at the last cell. */
static size_t line_length(struct charset cs, const char *s, size_t n, int cols)
{
    const char *newline = memchr(s, '\n', n);
    size_t line = newline ? (size_t)(newline - s) : n;
    size_t fit = cells_fit(cs, s, line, cols, NULL);
    if (fit == line)
        return line;
    size_t blank = fit;
    while (blank > 0 && s[blank] != ' ')
        blank--;
    if (blank > 0)
        return blank;
    struct cell cell;
    return fit > 0 ? fit : cells_next(cs, s, line, &cell);
}

int canvas_paragraph(const struct canvas *c, int y, enum role role, const char *s)
{
    struct charset cs = canvas_charset(c);
    int rows = 0;
    for (size_t n = strlen(s); n > 0; rows++) {
        size_t line = line_length(cs, s, n, c->cols);
        put_text(c, y + rows, 0, role, s, line);
        if (line < n && (s[line] == ' ' || s[line] == '\n'))
            line++;
        s += line;
        n -= line;
    }
    return rows;
}

void canvas_cursor(const struct canvas *c, int y, int x)
{
    if (y >= 0 && y < c->rows && x >= 0 && x < c->cols && !c->tap)
        screen_place_cursor(c->screen, c->y + y, c->x + x);
}
