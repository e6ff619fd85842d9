/* Drawing the list: which columns fit, the header, the rows. */
#include <string.h>

#include "ui/term/glyph.h"
#include "ui/widget/list.h"

/* Cells before the first column: the sign and a blank. */
#define GUTTER 2

/* Narrow screens need every cell. */
#define NARROW 80

static int gap_for(int width)
{
    return width < NARROW ? 1 : 2;
}

/* The column under the cursor goes before all others. */
static int rank(const struct list *l, size_t column)
{
    return column == l->column ? -1 : l->columns[column].priority;
}

/* The best column not chosen yet; the leftmost of equals. */
static size_t next_by_rank(const struct list *l, const bool chosen[LIST_MAX_COLUMNS])
{
    size_t best = LIST_NO_COLUMN;
    for (size_t i = 0; i < l->column_count; i++)
        if (!chosen[i] && (best == LIST_NO_COLUMN || rank(l, i) < rank(l, best)))
            best = i;
    return best;
}

/* Marks the columns whose least widths fit; the first always is. Returns the cells left over. */
static int choose_columns(const struct list *l, int width, bool out_chosen[LIST_MAX_COLUMNS])
{
    int gap = gap_for(width), left = width - GUTTER + gap;
    memset(out_chosen, 0, LIST_MAX_COLUMNS * sizeof out_chosen[0]);
    for (size_t n = 0; n < l->column_count; n++) {
        size_t i = next_by_rank(l, out_chosen);
        int need = l->columns[i].min_width + gap;
        if (need > left && n > 0)
            break;
        out_chosen[i] = true;
        left -= need;
    }
    return left;
}

/* Gives what is left over to the columns, by the list's order of importance. */
static void widen(const struct list *l, size_t n, const size_t index[], int width[], int left)
{
    bool done[LIST_MAX_COLUMNS] = {false};
    for (size_t round = 0; round < n && left > 0; round++) {
        size_t best = n;
        for (size_t i = 0; i < n; i++)
            if (!done[i] &&
                (best == n || l->columns[index[i]].priority < l->columns[index[best]].priority))
                best = i;
        done[best] = true;
        int more = l->columns[index[best]].max_width - width[best];
        more = more < left ? more : left;
        if (more > 0) {
            width[best] += more;
            left -= more;
        }
    }
}

size_t list_layout(const struct list *l, int width, size_t out_index[LIST_MAX_COLUMNS],
                   int out_width[LIST_MAX_COLUMNS])
{
    bool chosen[LIST_MAX_COLUMNS];
    int left = choose_columns(l, width, chosen);
    size_t n = 0;
    for (size_t i = 0; i < l->column_count; i++) {
        if (!chosen[i])
            continue;
        out_index[n] = i;
        out_width[n] = l->columns[i].min_width;
        n++;
    }
    if (left < 0) /* one column, and not even room for that */
        out_width[0] = width - GUTTER > 0 ? width - GUTTER : 0;
    widen(l, n, out_index, out_width, left);
    return n;
}

/* The columns of one frame. */
struct layout {
    size_t count;
    size_t index[LIST_MAX_COLUMNS];
    int width[LIST_MAX_COLUMNS];
    int gap;
};

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

static void draw_header(const struct list *l, const struct canvas *c, const struct layout *lay)
{
    canvas_fill(c, 0, 0, 1, c->cols, ROLE_HEADER);
    int x = GUTTER;
    for (size_t i = 0; i < lay->count; i++) {
        draw_title(l, c, lay->index[i], x, lay->width[i]);
        x += lay->width[i] + lay->gap;
    }
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
                     const struct layout *lay, bool selected)
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
    int x = GUTTER;
    for (size_t i = 0; i < lay->count; i++) {
        struct canvas cell = line;
        if (selected && !l->blurred && lay->index[i] == l->column)
            cell.layer = LAYER_CURSOR;
        draw_cell(l, &cell, y, x, lay->width[i], &l->columns[lay->index[i]], row->role);
        x += lay->width[i] + lay->gap;
    }
}

static void draw_rows(struct list *l, const struct canvas *c, const struct layout *lay)
{
    uint64_t left = l->count - l->top;
    int rows = left < (uint64_t)c->rows ? (int)left : c->rows;
    if (l->source->load && rows > 0)
        l->source->load(l->ctx, l->top, (size_t)rows);
    for (int y = 0; y < rows; y++) {
        struct list_row row = {ROLE_TEXT, '\0'};
        uint64_t pos = l->top + (uint64_t)y;
        l->source->row(l->ctx, pos, &row);
        draw_row(l, c, y, &row, lay, pos == l->pos);
    }
}

void list_draw(struct list *l, const struct canvas *c)
{
    /* On a single line the selected row says more than the titles. */
    int header = c->rows > 1 ? 1 : 0;
    struct canvas body = canvas_sub(c, header, 0, c->rows - header, c->cols);
    list_set_height(l, body.rows);
    struct layout lay = {.gap = gap_for(c->cols)};
    lay.count = list_layout(l, c->cols, lay.index, lay.width);
    if (header > 0)
        draw_header(l, c, &lay);
    if (l->count > 0) {
        draw_rows(l, &body, &lay);
        return;
    }
    struct canvas text =
        canvas_sub(&body, body.rows > 2 ? 1 : 0, GUTTER, body.rows, body.cols - 2 * GUTTER);
    canvas_paragraph(&text, 0, ROLE_TEXT_MUTED, l->empty_text);
}
