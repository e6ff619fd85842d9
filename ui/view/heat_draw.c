/* Drawing a heat table; see heat_grid.h. */
#include "base/text.h"
#include "ui/term/glyph.h"
#include "ui/view/heat_grid.h"
#include "ui/widget/list.h"

/* The line between the panes, the titles of the columns. */
#define HEAD_ROWS 2

/* From the coldest sign to the hottest, and how it is written; the numbers beside them are read in
 * any case. */
#define LEVELS 8
static const char *const signs[LEVELS + 1] = {GLYPH_ZERO, "\u2581", "\u2582", "\u2583", "\u2584",
                                              "\u2585",   "\u2586", "\u2587", "\u2588"};
static const enum role roles[LEVELS + 1] = {ROLE_TEXT_MUTED, ROLE_TEXT_MUTED, ROLE_TEXT_MUTED,
                                            ROLE_TEXT,       ROLE_TEXT,       ROLE_GRAPH_BAR,
                                            ROLE_GRAPH_BAR,  ROLE_GRAPH_PEAK, ROLE_GRAPH_PEAK};

int heat_grid_wants(const struct heat_grid *g, bool focused)
{
    int rows = g->row_count > 0 ? (int)g->row_count : 1;
    return HEAD_ROWS + rows + (focused ? 1 : 0);
}

/* What is shown, in words, on the line that parts the panes. */
static void draw_words(struct heat_grid *g, bool focused, const struct canvas *c)
{
    enum role role = focused ? ROLE_BORDER_FOCUS : ROLE_BORDER;
    canvas_line(c, 0, 0, c->cols, role);
    strbuf_clear(&g->text);
    strbuf_putc(&g->text, ' ');
    g->ops->put_words(g, &g->text);
    strbuf_putc(&g->text, ' ');
    struct canvas words = canvas_sub(c, 0, 2, 1, c->cols - 4);
    canvas_text(&words, 0, 0, focused ? ROLE_BORDER_FOCUS : ROLE_TEXT, strbuf_str(&g->text),
                g->text.len);
}

/* ---- scrolling ---- */

static void scroll(size_t *first, size_t at, size_t count, size_t room)
{
    if (room == 0)
        room = 1;
    if (*first + room > count)
        *first = count > room ? count - room : 0;
    if (at < *first)
        *first = at;
    else if (at >= *first + room)
        *first = at - room + 1;
}

static size_t columns_shown(const struct heat_grid *g, int cols)
{
    int room = (cols - HEAT_LABEL_CELLS) / g->width;
    size_t left = g->column_count - g->left;
    return room > 0 && (size_t)room < left ? (size_t)room : room > 0 ? left : 0;
}

/* ---- columns ---- */

/* A title that is too long keeps its end: handles differ there. */
static void draw_title(struct heat_grid *g, const struct canvas *c, int x, size_t column,
                       bool is_cursor)
{
    strbuf_clear(&g->text);
    g->ops->put_title(g, column, &g->text);
    enum role role = is_cursor ? ROLE_HEADER_CURSOR : ROLE_HEADER;
    size_t room = (size_t)g->width - 1, len = g->text.len;
    if (len <= room) {
        canvas_puts(c, 0, x + (int)(room - len) + 1, role, strbuf_str(&g->text));
        return;
    }
    canvas_puts(c, 0, x + 1, role, GLYPH_ELLIPSIS);
    canvas_puts(c, 0, x + 2, role, strbuf_str(&g->text) + len - (room - 1));
}

static void draw_axis(struct heat_grid *g, bool focused, const struct canvas *c)
{
    canvas_fill(c, 0, 0, 1, c->cols, ROLE_HEADER);
    strbuf_clear(&g->text);
    strbuf_printf(&g->text, "%s " GLYPH_ARROW_RIGHT, g->ops->axis_word(g));
    canvas_puts(c, 0, HEAT_SIGN_CELLS, ROLE_HEADER, strbuf_str(&g->text));
    size_t n = columns_shown(g, c->cols);
    for (size_t i = 0; i < n; i++)
        draw_title(g, c, HEAT_LABEL_CELLS + (int)i * g->width, g->left + i,
                   focused && g->left + i == g->column);
    if (g->left > 0)
        canvas_puts(c, 0, HEAT_LABEL_CELLS - 1, ROLE_HEADER, GLYPH_ARROW_LEFT);
    if (g->left + n < g->column_count)
        canvas_puts(c, 0, c->cols - 1, ROLE_HEADER, GLYPH_ARROW_RIGHT);
}

/* ---- cells ---- */

/* "942", "9.4K", "94K", "942K", "9.4M": four cells. Bytes go by 1024. */
static void put_short(struct strbuf *b, uint64_t v, uint64_t thousand)
{
    const char *unit = "KMGTPE";
    if (v < 1000) {
        strbuf_put_u64(b, v);
        return;
    }
    double scaled = (double)v / (double)thousand;
    for (; scaled >= 999.5 && unit[1] != '\0'; scaled /= (double)thousand)
        unit++;
    strbuf_printf(b, scaled < 9.95 ? "%.1f%c" : "%.0f%c", scaled, *unit);
}

/* The whole number where it fits. */
static void put_value(const struct heat_grid *g, uint64_t value, struct strbuf *b)
{
    size_t sign = b->len;
    bool is_count = !g->ops->is_bytes(g);
    if (is_count || !g->env->settings->short_units)
        text_put_grouped(b, value);
    else
        text_put_size(b, value);
    /* One cell is the sign's, one stands between the columns. */
    if (b->len - sign <= (size_t)g->width - 2)
        return;
    strbuf_truncate(b, sign);
    put_short(b, value, is_count ? 1000 : 1024);
}

static int level_of(const struct heat_grid *g, uint64_t value)
{
    if (value == 0)
        return 0;
    return 1 + (int)((LEVELS - 1) * g->ops->scaled(g, value, g->max));
}

static void draw_cell(struct heat_grid *g, const struct canvas *c, int y, int x, size_t row,
                      size_t column)
{
    uint64_t value = g->ops->value(g, row, column);
    int level = level_of(g, value);
    strbuf_clear(&g->text);
    strbuf_puts(&g->text, signs[level]);
    if (value > 0)
        put_value(g, value, &g->text);
    canvas_field(c, y, x + 1, g->width - 1, roles[level], ALIGN_RIGHT, CUT_END,
                 strbuf_str(&g->text), g->text.len);
}

static void draw_row(struct heat_grid *g, bool focused, const struct canvas *c, int y, size_t row)
{
    struct canvas line = *c;
    bool selected = focused && row == g->row;
    if (selected) {
        line.layer = LAYER_SELECTED;
        canvas_fill(&line, y, 0, 1, line.cols, ROLE_TEXT);
        canvas_puts(&line, y, 0, ROLE_TEXT, ">");
    }
    strbuf_clear(&g->text);
    g->ops->put_row(g, row, &g->text);
    canvas_field(&line, y, HEAT_SIGN_CELLS, HEAT_LABEL_CELLS - HEAT_SIGN_CELLS,
                 g->ops->row_role(g, row), ALIGN_LEFT, CUT_END, strbuf_str(&g->text), g->text.len);
    size_t n = columns_shown(g, c->cols);
    for (size_t i = 0; i < n; i++) {
        struct canvas cell = line;
        if (selected && g->left + i == g->column)
            cell.layer = LAYER_CURSOR;
        draw_cell(g, &cell, y, HEAT_LABEL_CELLS + (int)i * g->width, row, g->left + i);
    }
}

/* The cell under the cursor, exactly. */
static void draw_readout(struct heat_grid *g, const struct canvas *c, int y)
{
    strbuf_clear(&g->text);
    g->ops->put_cell(g, &g->text);
    canvas_field(c, y, HEAT_SIGN_CELLS, c->cols - HEAT_SIGN_CELLS, ROLE_TEXT_STRONG, ALIGN_LEFT,
                 CUT_END, strbuf_str(&g->text), g->text.len);
}

/* Nothing of the kind: said, not shown as zeros. */
static void draw_nothing(struct heat_grid *g, const struct canvas *c)
{
    struct canvas text = canvas_sub(c, 1, HEAT_SIGN_CELLS, c->rows - 1, c->cols);
    canvas_paragraph(&text, 0, ROLE_TEXT_MUTED, g->ops->nothing(g));
}

void heat_grid_draw(struct heat_grid *g, bool focused, const struct canvas *c)
{
    if (c->cols != g->cols) {
        g->cols = c->cols;
        heat_grid_sync(g);
    }
    draw_words(g, focused, c);
    if (!heat_grid_has_cells(g)) {
        draw_nothing(g, c);
        return;
    }
    bool readout = focused && c->rows > HEAD_ROWS + 1;
    g->body = c->rows - HEAD_ROWS - (readout ? 1 : 0);
    g->y = c->y + HEAD_ROWS;
    g->x = c->x + HEAT_LABEL_CELLS;
    if (g->body < 1)
        return;
    int room = (c->cols - HEAT_LABEL_CELLS) / g->width;
    scroll(&g->left, g->column, g->column_count, room > 0 ? (size_t)room : 1);
    scroll(&g->top, g->row, g->row_count, (size_t)g->body);
    struct canvas head = canvas_sub(c, 1, 0, 1, c->cols);
    struct canvas body = canvas_sub(c, HEAD_ROWS, 0, g->body, c->cols);
    draw_axis(g, focused, &head);
    for (size_t i = g->top; i < g->row_count && i - g->top < (size_t)g->body; i++)
        draw_row(g, focused, &body, (int)(i - g->top), i);
    if (readout) {
        int rows = (int)(g->row_count - g->top);
        draw_readout(g, c, HEAD_ROWS + (rows < g->body ? rows : g->body));
    }
}
