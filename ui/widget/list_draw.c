/* Drawing the list: the header and the rows. */
#include <string.h>

#include "ui/term/glyph.h"
#include "ui/widget/list_layout.h"

/* The texts of the row the source holds. Bars and sparklines have none. */
static bool loaded_row_has(struct list *l, const struct matcher *m)
{
    size_t column[LIST_MAX_COLUMNS];
    size_t n = list_columns_shown(l, column);
    for (size_t i = 0; i < n; i++) {
        const struct list_column *col = &l->columns[column[i]];
        if (!col->format || (l->not_marked >> column[i] & 1) != 0)
            continue;
        strbuf_clear(&l->text);
        struct list_cell cell = {&l->text, ROLE_TEXT, 0};
        size_t at, len;
        col->format(l->ctx, &cell);
        if (matcher_find(m, strbuf_str(&l->text), l->text.len, 0, &at, &len))
            return true;
    }
    return false;
}

bool list_row_has(struct list *l, uint64_t pos, const struct matcher *m)
{
    struct list_row row = {.role = ROLE_TEXT};
    l->source->row(l->ctx, pos, &row);
    return loaded_row_has(l, m);
}

static void draw_title(const struct list *l, const struct canvas *c, size_t column, int x,
                       int width)
{
    const struct list_column *col = &l->columns[column];
    bool sorted = column == l->sort_column;
    enum role role = sorted                ? ROLE_HEADER_SORT
                     : column == l->column ? ROLE_HEADER_CURSOR
                                           : ROLE_HEADER;
    const char *mark = l->sort_descending ? GLYPH_SORT_DOWN : GLYPH_SORT_UP;
    int title_width = sorted ? width - 2 : width;
    int title_cells = cells_width(canvas_charset(c), col->title, strlen(col->title));
    if (title_width > title_cells && col->align == ALIGN_LEFT)
        title_width = title_cells; /* the mark stands next to the title */
    canvas_field(c, 0, x, title_width, role, col->align, CUT_END, col->title, strlen(col->title));
    if (sorted)
        canvas_puts(c, 0, x + (title_width > 0 ? title_width + 1 : 0), role, mark);
}

/* The signs at the ends say that there are more columns that way. */
static void draw_header(const struct list *l, const struct canvas *c, const struct list_layout *lay)
{
    canvas_fill(c, 0, 0, 1, c->cols, ROLE_HEADER);
    for (size_t i = 0; i < lay->count; i++)
        draw_title(l, c, lay->column[i], lay->x[i], lay->width[i]);
    if (lay->more_left)
        canvas_puts(c, 0, 0, ROLE_HEADER, GLYPH_MORE_LEFT);
    if (lay->more_right)
        canvas_puts(c, 0, c->cols - 1, ROLE_HEADER, GLYPH_MORE_RIGHT);
}

static void draw_cell(struct list *l, const struct canvas *c, int y, int x, int width,
                      const struct list_column *col, enum role row_role)
{
    if (col->draw) {
        struct canvas box = canvas_sub(c, y, x, 1, width);
        col->draw(l->ctx, &box, row_role);
        return;
    }
    strbuf_clear(&l->text);
    struct list_cell cell = {&l->text, row_role, width};
    col->format(l->ctx, &cell);
    canvas_field(c, y, x, width, cell.role, col->align, col->cut, strbuf_str(&l->text),
                 l->text.len);
}

/* The row the source holds, at line `y`. */
static void draw_row(struct list *l, const struct canvas *c, int y, const struct list_row *row,
                     const struct list_layout *lay, bool selected)
{
    struct canvas line = *c;
    if (selected)
        line.layer = l->blurred ? LAYER_BLUR : LAYER_SELECTED;
    canvas_fill(&line, y, 0, 1, line.cols, row->role);
    char sign = selected ? '>' : row->sign;
    enum role sign_role = row->sign == '*'   ? ROLE_LIST_MARKED
                          : row->sign == '~' ? ROLE_LIST_GAP
                                             : row->role;
    if (sign != '\0')
        canvas_text(&line, y, 0, sign_role, &sign, 1);
    line.find_row = selected ? line.y + y : -1;
    if (row->hit)
        canvas_puts(&line, y, 1, selected ? ROLE_MATCH_CURRENT : ROLE_MATCH, GLYPH_LINE_DOWN);
    else
        line.find = NULL;
    for (size_t i = 0; i < lay->count; i++) {
        size_t column = lay->column[i];
        struct canvas cell = line;
        bool is_text = l->columns[column].format != NULL;
        if (!is_text || (l->not_marked >> column & 1) != 0)
            cell.find = NULL;
        if (selected && !l->blurred && column == l->column)
            cell.layer = LAYER_CURSOR;
        draw_cell(l, &cell, y, lay->x[i], lay->width[i], &l->columns[column], row->role);
    }
}

static void draw_rows(struct list *l, const struct canvas *c, const struct list_layout *lay)
{
    uint64_t left = l->count - l->top;
    int rows = left < (uint64_t)c->rows ? (int)left : c->rows;
    if (l->source->load && rows > 0)
        l->source->load(l->ctx, l->top, (size_t)rows);
    for (int y = 0; y < rows; y++) {
        struct list_row row = {.role = ROLE_TEXT};
        uint64_t pos = l->top + (uint64_t)y;
        l->source->row(l->ctx, pos, &row);
        if (!l->knows_hits)
            row.hit = c->find && loaded_row_has(l, c->find);
        draw_row(l, c, y, &row, lay, pos == l->pos);
    }
}

void list_draw(struct list *l, const struct canvas *c)
{
    /* On a single line the selected row says more than the titles. */
    int header = c->rows > 1 ? 1 : 0;
    struct canvas body = canvas_sub(c, header, 0, c->rows - header, c->cols);
    list_set_height(l, body.rows);
    struct list_layout lay;
    l->width = c->cols;
    l->drawn = *c;
    list_layout(l, c->cols, &lay);
    struct canvas titles = *c;
    titles.find = NULL;
    if (header > 0)
        draw_header(l, &titles, &lay);
    if (l->count > 0) {
        draw_rows(l, &body, &lay);
        return;
    }
    struct canvas text = canvas_sub(&body, body.rows > 2 ? 1 : 0, LIST_GUTTER, body.rows,
                                    body.cols - 2 * LIST_GUTTER);
    canvas_paragraph(&text, 0, ROLE_TEXT_MUTED, l->empty_text);
}
