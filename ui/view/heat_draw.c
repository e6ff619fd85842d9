/* Drawing the heat table; see heat_table.h. */
#include "base/text.h"
#include "ui/term/glyph.h"
#include "ui/view/cell_format.h"
#include "ui/view/heat_priv.h"
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

int heat_table_wants(const struct heat_table *h, bool focused)
{
    int rows = h->rows.count > 0 ? (int)h->rows.count : 1;
    return HEAD_ROWS + rows + (focused ? 1 : 0);
}

/* What is shown, in words, on the line that parts the panes. */
static void draw_words(struct heat_table *h, bool focused, const struct canvas *c)
{
    enum role role = focused ? ROLE_BORDER_FOCUS : ROLE_BORDER;
    canvas_line(c, 0, 0, c->cols, role);
    strbuf_clear(&h->text);
    strbuf_putc(&h->text, ' ');
    source_show_put_words(&h->show, &h->text);
    strbuf_printf(&h->text, ", %s%s ", source_show_table_word(h->show.table),
                  h->axis.at_end ? ", each at its end" : "");
    struct canvas words = canvas_sub(c, 0, 2, 1, c->cols - 4);
    canvas_text(&words, 0, 0, focused ? ROLE_BORDER_FOCUS : ROLE_TEXT, strbuf_str(&h->text),
                h->text.len);
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

static size_t columns_shown(const struct heat_table *h, int cols)
{
    int room = (cols - HEAT_LABEL_CELLS) / h->axis.width;
    size_t left = h->axis.count - h->left;
    return room > 0 && (size_t)room < left ? (size_t)room : room > 0 ? left : 0;
}

/* ---- columns ---- */

/* A title that is too long keeps its end: handles differ there. */
static void draw_title(struct heat_table *h, const struct canvas *c, int x, size_t column,
                       bool is_cursor)
{
    strbuf_clear(&h->text);
    heat_axis_put_title(&h->axis, h->env, column, &h->text);
    enum role role = is_cursor ? ROLE_HEADER_CURSOR : ROLE_HEADER;
    size_t room = (size_t)h->axis.width - 1, len = h->text.len;
    if (len <= room) {
        canvas_puts(c, 0, x + (int)(room - len) + 1, role, strbuf_str(&h->text));
        return;
    }
    canvas_puts(c, 0, x + 1, role, GLYPH_ELLIPSIS);
    canvas_puts(c, 0, x + 2, role, strbuf_str(&h->text) + len - (room - 1));
}

static void draw_axis(struct heat_table *h, bool focused, const struct canvas *c)
{
    static const char *const words[SOURCE_TABLES] = {
        "size " GLYPH_ARROW_RIGHT, "seconds " GLYPH_ARROW_RIGHT, "heap " GLYPH_ARROW_RIGHT};
    canvas_fill(c, 0, 0, 1, c->cols, ROLE_HEADER);
    canvas_puts(c, 0, HEAT_SIGN_CELLS, ROLE_HEADER, words[h->axis.table]);
    size_t n = columns_shown(h, c->cols);
    for (size_t i = 0; i < n; i++)
        draw_title(h, c, HEAT_LABEL_CELLS + (int)i * h->axis.width, h->left + i,
                   focused && h->left + i == h->column);
    if (h->left > 0)
        canvas_puts(c, 0, HEAT_LABEL_CELLS - 1, ROLE_HEADER, GLYPH_ARROW_LEFT);
    if (h->left + n < h->axis.count)
        canvas_puts(c, 0, c->cols - 1, ROLE_HEADER, GLYPH_ARROW_RIGHT);
}

/* ---- cells ---- */

static uint64_t largest_value(const struct heat_table *h)
{
    uint64_t largest = 0;
    for (size_t i = 0; i < h->rows.count; i++)
        for (size_t k = 0; k < h->axis.count; k++) {
            struct source_cell cell =
                heat_axis_cell(&h->axis, h->rows.summary, h->rows.source[i], k);
            uint64_t value = source_show_value(&h->show, &cell);
            largest = value > largest ? value : largest;
        }
    return largest;
}

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
static void put_value(const struct heat_table *h, uint64_t value, struct strbuf *b)
{
    size_t sign = b->len;
    bool is_count = h->show.figure == SOURCE_BY_COUNT;
    if (is_count || !h->env->settings->short_units)
        text_put_grouped(b, value);
    else
        text_put_size(b, value);
    /* One cell is the sign's, one stands between the columns. */
    if (b->len - sign <= (size_t)h->axis.width - 2)
        return;
    strbuf_truncate(b, sign);
    put_short(b, value, is_count ? 1000 : 1024);
}

static int level_of(const struct heat_table *h, uint64_t value, uint64_t max)
{
    if (value == 0)
        return 0;
    return 1 + (int)((LEVELS - 1) * source_show_scaled(&h->show, value, max));
}

static void draw_cell(struct heat_table *h, const struct canvas *c, int y, int x, size_t row,
                      size_t column, uint64_t max)
{
    struct source_cell cell =
        heat_axis_cell(&h->axis, h->rows.summary, h->rows.source[row], column);
    uint64_t value = source_show_value(&h->show, &cell);
    int level = level_of(h, value, max);
    strbuf_clear(&h->text);
    strbuf_puts(&h->text, signs[level]);
    if (value > 0)
        put_value(h, value, &h->text);
    canvas_field(c, y, x + 1, h->axis.width - 1, roles[level], ALIGN_RIGHT, CUT_END,
                 strbuf_str(&h->text), h->text.len);
}

static void draw_row(struct heat_table *h, bool focused, const struct canvas *c, int y, size_t row,
                     uint64_t max)
{
    struct canvas line = *c;
    bool selected = focused && row == h->row;
    if (selected) {
        line.layer = LAYER_SELECTED;
        canvas_fill(&line, y, 0, 1, line.cols, ROLE_TEXT);
        canvas_puts(&line, y, 0, ROLE_TEXT, ">");
    }
    strbuf_clear(&h->text);
    heat_put_source(heat_row(h, row), &h->text);
    canvas_field(&line, y, HEAT_SIGN_CELLS, HEAT_LABEL_CELLS - HEAT_SIGN_CELLS,
                 source_is_alarming(heat_row(h, row)) ? ROLE_EVENT_FAIL : ROLE_TEXT, ALIGN_LEFT,
                 CUT_END, strbuf_str(&h->text), h->text.len);
    size_t n = columns_shown(h, c->cols);
    for (size_t i = 0; i < n; i++) {
        struct canvas cell = line;
        if (selected && h->left + i == h->column)
            cell.layer = LAYER_CURSOR;
        draw_cell(h, &cell, y, HEAT_LABEL_CELLS + (int)i * h->axis.width, row, h->left + i, max);
    }
}

/* What a cell is a share of: at a moment, of what all Sources had then. */
static uint64_t whole_of(const struct heat_table *h, size_t column)
{
    uint64_t whole = 0;
    for (size_t i = 0; h->axis.at_end && i < h->rows.count; i++) {
        struct source_cell cell =
            heat_axis_cell(&h->axis, h->rows.summary, h->rows.source[i], column);
        whole += source_show_value(&h->show, &cell);
    }
    return h->axis.at_end ? whole : source_show_value(&h->show, &h->total);
}

/* The cell under the cursor, exactly; the value first, for the line may be short. */
static void draw_readout(struct heat_table *h, const struct canvas *c, int y)
{
    struct source_cell cell =
        heat_axis_cell(&h->axis, h->rows.summary, h->rows.source[h->row], h->column);
    uint64_t whole = whole_of(h, h->column);
    strbuf_clear(&h->text);
    source_show_put_cell(&h->show, &cell, h->env, &h->text);
    if (whole > 0) {
        strbuf_puts(&h->text, ", ");
        cell_put_percent(&h->text, source_show_value(&h->show, &cell), whole);
        strbuf_puts(&h->text, " of all");
    }
    strbuf_puts(&h->text, ": ");
    heat_put_source(heat_row(h, h->row), &h->text);
    strbuf_puts(&h->text, ", ");
    heat_axis_put_bounds(&h->axis, h->env, h->column, &h->text);
    canvas_field(c, y, HEAT_SIGN_CELLS, c->cols - HEAT_SIGN_CELLS, ROLE_TEXT_STRONG, ALIGN_LEFT,
                 CUT_END, strbuf_str(&h->text), h->text.len);
}

/* Nothing of the kind: said, not shown as zeros. */
static void draw_nothing(struct heat_table *h, const struct canvas *c)
{
    static const char *const words[FOLD_SOURCE_OPS] = {
        "No alloc with a Source.", "No realloc with a Source.", "No free with a Source."};
    bool live = h->show.figure == SOURCE_OUTSTANDING;
    struct canvas text = canvas_sub(c, 1, HEAT_SIGN_CELLS, c->rows - 1, c->cols);
    canvas_paragraph(&text, 0, ROLE_TEXT_MUTED,
                     live ? "Nothing with a Source is outstanding." : words[h->show.op]);
}

void heat_table_draw(struct heat_table *h, bool focused, const struct canvas *c)
{
    if (c->cols != h->cols)
        heat_choose_columns(h, c->cols);
    draw_words(h, focused, c);
    if (!heat_table_has_cells(h)) {
        draw_nothing(h, c);
        return;
    }
    bool readout = focused && c->rows > HEAD_ROWS + 1;
    h->body = c->rows - HEAD_ROWS - (readout ? 1 : 0);
    h->y = c->y + HEAD_ROWS;
    h->x = c->x + HEAT_LABEL_CELLS;
    if (h->body < 1)
        return;
    int room = (c->cols - HEAT_LABEL_CELLS) / h->axis.width;
    scroll(&h->left, h->column, h->axis.count, room > 0 ? (size_t)room : 1);
    scroll(&h->top, h->row, h->rows.count, (size_t)h->body);
    struct canvas head = canvas_sub(c, 1, 0, 1, c->cols);
    struct canvas body = canvas_sub(c, HEAD_ROWS, 0, h->body, c->cols);
    draw_axis(h, focused, &head);
    uint64_t max = largest_value(h);
    for (size_t i = h->top; i < h->rows.count && i - h->top < (size_t)h->body; i++)
        draw_row(h, focused, &body, (int)(i - h->top), i, max);
    if (readout) {
        int rows = (int)(h->rows.count - h->top);
        draw_readout(h, c, HEAD_ROWS + (rows < h->body ? rows : h->body));
    }
}
