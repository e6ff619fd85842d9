/* Blocks of text in columns, scrolled; see page.h. */
#include "ui/widget/page.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "ui/term/glyph.h"

/* Cells between two columns of blocks. */
#define COLUMN_GAP 2

static void clamp(struct page *p)
{
    int last = p->height > p->visible ? p->height - p->visible : 0;
    if (p->top > last)
        p->top = last;
    if (p->top < 0)
        p->top = 0;
}

/* ---- links ---- */

static void add_link(struct page *p, struct page_link link)
{
    if (p->link_count < PAGE_MAX_LINKS)
        p->link[p->link_count++] = link;
}

/* Index of the chosen link. While it is not there, for figures come and go, that of the one which
 * stands where it stood. */
static size_t chosen_link(const struct page *p)
{
    for (size_t i = 0; i < p->link_count; i++)
        if (p->chosen != 0 ? p->link[i].id == p->chosen : p->link[i].id >> 32 == p->first_group)
            return i;
    return p->chosen_at < p->link_count || p->link_count == 0 ? p->chosen_at : p->link_count - 1;
}

uint64_t page_chosen(const struct page *p)
{
    return p->link_count > 0 ? p->link[chosen_link(p)].id : PAGE_NO_LINK;
}

static void show_line(struct page *p, int line)
{
    if (line < p->top)
        p->top = line;
    else if (line >= p->top + p->visible)
        p->top = line - p->visible + 1;
}

static void take(struct page *p, size_t i)
{
    p->chosen = p->link[i].id;
    p->chosen_at = i;
}

/* Chooses link `i` and brings it into sight, with its heading when it is the first of its group. */
static void choose(struct page *p, size_t i)
{
    bool first = i == 0 || p->link[i - 1].id >> 32 != p->link[i].id >> 32;
    take(p, i);
    show_line(p, p->link[i].line);
    if (first)
        show_line(p, p->link[i].line - 1);
}

static bool is_in_sight(const struct page *p, size_t i)
{
    return p->link[i].line >= p->top && p->link[i].line < p->top + p->visible;
}

/* After scrolling: a link that is in sight is chosen, if there is one. */
static void choose_in_sight(struct page *p, bool last)
{
    size_t i = chosen_link(p);
    if (p->link_count == 0 || is_in_sight(p, i))
        return;
    size_t found = p->link_count;
    for (i = 0; i < p->link_count; i++)
        if (is_in_sight(p, i) && (last || found == p->link_count))
            found = i;
    if (found == p->link_count)
        return;
    take(p, found);
}

/* From link to link; by lines beyond the outermost ones, and where no link is in sight. */
static void step_links(struct page *p, int steps)
{
    size_t at = chosen_link(p);
    int direction = steps < 0 ? -1 : 1;
    for (; steps != 0; steps -= direction) {
        bool more = direction > 0 ? at + 1 < p->link_count : at > 0;
        if (!more || !is_in_sight(p, at))
            break;
        at = direction > 0 ? at + 1 : at - 1;
        choose(p, at);
    }
    p->top += steps;
    clamp(p);
    choose_in_sight(p, direction < 0);
}

static void next_group(struct page *p)
{
    size_t at = chosen_link(p), i = at;
    while (i < p->link_count && p->link[i].id >> 32 == p->link[at].id >> 32)
        i++;
    choose(p, i < p->link_count ? i : 0);
}

/* Motions of a page with links. False for those that only scroll. */
static bool link_action(struct page *p, enum action a, int lines)
{
    if (p->link_count == 0)
        return false;
    switch ((int)a) {
    case ACTION_DOWN:
        step_links(p, lines);
        return true;
    case ACTION_UP:
        step_links(p, -lines);
        return true;
    case ACTION_NEXT_PANE:
        next_group(p);
        return true;
    default:
        return false;
    }
}

struct page_place page_place(const struct page *p)
{
    return (struct page_place){p->top, p->chosen, p->chosen_at};
}

void page_return(struct page *p, const struct page_place *place)
{
    p->top = place->top;
    p->chosen = place->chosen;
    p->chosen_at = place->chosen_at;
}

/* ---- arrangement ---- */

/* Where each block stands: its column (-1: the whole width) and first line. */
struct arrangement {
    int columns, column_width;
    int column[PAGE_MAX_BLOCKS];
    int line[PAGE_MAX_BLOCKS];
    int height;
};

/* The canvas of a block: a column of the page, all its rows. */
static struct canvas block_canvas(const struct canvas *c, const struct arrangement *a, int column)
{
    if (column < 0)
        return canvas_sub(c, 0, 0, c->rows, c->cols);
    return canvas_sub(c, 0, column * (a->column_width + COLUMN_GAP), c->rows, a->column_width);
}

/* Writes a block with the pen; returns its height. */
static int write_block(const struct page_block *block, void *ctx, struct pen *pen)
{
    int y = pen->y;
    pen->label_width = PEN_LABEL_WIDTH;
    strbuf_clear(pen->text);
    block->write(ctx, pen);
    return pen->y - y;
}

/* Blocks of no lines take no room; others are followed by an empty line. */
static int measure_block(const struct page_block *block, void *ctx, struct pen *pen)
{
    pen->c.rows = 0;
    int height = write_block(block, ctx, pen);
    return height > 0 ? height + 1 : 0;
}

static int shortest(const int *bottom, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        if (bottom[i] < bottom[best])
            best = i;
    return best;
}

static int tallest(const int *bottom, int n)
{
    int height = 0;
    for (int i = 0; i < n; i++)
        height = bottom[i] > height ? bottom[i] : height;
    return height;
}

int page_columns(const struct canvas *c, int column_width)
{
    int columns = (c->cols + COLUMN_GAP) / (column_width + COLUMN_GAP);
    return columns < 1 ? 1 : columns > PAGE_MAX_COLUMNS ? PAGE_MAX_COLUMNS : columns;
}

/* Finds places for the blocks, and the links in them. */
static void arrange(struct arrangement *a, struct page *p, const struct canvas *c, int column_width,
                    const struct page_block *blocks, size_t block_count, void *ctx,
                    struct strbuf *scratch)
{
    assert(block_count <= PAGE_MAX_BLOCKS);
    p->link_count = 0;
    int bottom[PAGE_MAX_COLUMNS] = {0};
    a->columns = page_columns(c, column_width);
    a->column_width = (c->cols + COLUMN_GAP) / a->columns - COLUMN_GAP;
    for (size_t i = 0; i < block_count; i++) {
        int column = blocks[i].wide ? -1 : shortest(bottom, a->columns);
        int line = column < 0 ? tallest(bottom, a->columns) : bottom[column];
        struct pen pen = {
            .c = block_canvas(c, a, column), .text = scratch, .links = p, .line = line};
        int height = measure_block(&blocks[i], ctx, &pen);
        a->column[i] = column;
        a->line[i] = line;
        for (int k = 0; k < a->columns; k++)
            if (column < 0 || column == k)
                bottom[k] = line + height;
    }
    int height = tallest(bottom, a->columns);
    a->height = height > 0 ? height - 1 : 0;
}

/* ---- drawing ---- */

/* "v 12 more" in the last row. */
static void draw_more(const struct page *p, const struct canvas *c)
{
    int more = p->height - p->top - p->visible;
    char text[48];
    int n = snprintf(text, sizeof text, GLYPH_ARROW_DOWN " %d more", more);
    int width = cells_width(canvas_charset(c), text, (size_t)n);
    if (more > 0 && width <= c->cols - PEN_INDENT)
        canvas_text(c, c->rows - 1, c->cols - width - PEN_INDENT, ROLE_TITLE_PROGRESS, text,
                    (size_t)n);
}

void page_draw(struct page *p, const struct canvas *c, int column_width,
               const struct page_block *blocks, size_t block_count, void *ctx,
               struct strbuf *scratch)
{
    struct arrangement a;
    arrange(&a, p, c, column_width, blocks, block_count, ctx, scratch);
    p->height = a.height;
    p->visible = a.height > c->rows && c->rows > 1 ? c->rows - 1 : c->rows;
    if (p->wanted > 0)
        p->top = a.line[p->wanted - 1];
    p->wanted = 0;
    clamp(p);
    struct canvas lines = canvas_sub(c, 0, 0, p->visible, c->cols);
    lines.find_row = p->found > 0 ? lines.y + p->found - 1 - p->top : -1;
    for (size_t i = 0; i < block_count; i++) {
        struct pen pen = {.c = block_canvas(&lines, &a, a.column[i]),
                          .y = a.line[i] - p->top,
                          .text = scratch,
                          .chosen = page_chosen(p),
                          .blurred = p->blurred};
        write_block(&blocks[i], ctx, &pen);
    }
    draw_more(p, c);
}

void page_find(struct page *p, int line)
{
    p->found = line + 1;
    if (line < p->top || line >= p->top + p->visible)
        p->top = line - p->visible / 2;
    clamp(p);
}

void page_show_block(struct page *p, size_t index)
{
    p->wanted = (int)index + 1;
}

bool page_action(struct page *p, enum action a, uint64_t count)
{
    /* So few that no product of them overflows; no page has so many lines. */
    int lines = count == 0 ? 1 : count > INT16_MAX ? INT16_MAX : (int)count;
    int half = lines * (p->visible > 1 ? p->visible / 2 : 1);
    if (link_action(p, a, lines)) {
        clamp(p);
        return true;
    }
    switch ((int)a) {
    case ACTION_DOWN:
        p->top += lines;
        break;
    case ACTION_UP:
        p->top -= lines;
        break;
    case ACTION_HALF_DOWN:
        p->top += half;
        break;
    case ACTION_HALF_UP:
        p->top -= half;
        break;
    case ACTION_PAGE_DOWN:
        p->top += 2 * half;
        break;
    case ACTION_PAGE_UP:
        p->top -= 2 * half;
        break;
    case ACTION_FIRST:
    case ACTION_LAST:
        p->top = count > 0 ? lines - 1 : a == ACTION_FIRST ? 0 : p->height;
        break;
    default:
        return false;
    }
    clamp(p);
    if (p->link_count > 0 && count == 0 && a == ACTION_FIRST)
        take(p, 0);
    else if (p->link_count > 0 && count == 0 && a == ACTION_LAST &&
             is_in_sight(p, p->link_count - 1))
        take(p, p->link_count - 1);
    choose_in_sight(p, a == ACTION_LAST);
    return true;
}

void pen_link(struct pen *pen, uint64_t id)
{
    if (pen->links != NULL)
        add_link(pen->links, (struct page_link){id, pen->line + pen->y});
    if (id != pen->chosen)
        return;
    pen->c.layer = LAYER_SELECTED;
    canvas_fill(&pen->c, pen->y, 0, 1, pen->c.cols, ROLE_TEXT);
    canvas_puts(&pen->c, pen->y, 0, ROLE_TEXT, ">");
}

void pen_heading(struct pen *pen, const char *title)
{
    enum role role = pen->blurred ? ROLE_TEXT_STRONG : ROLE_TITLE_FOCUS;
    int used = canvas_puts(&pen->c, pen->y, PEN_INDENT, role, title);
    int x = PEN_INDENT + used + 2;
    if (pen->text->len > 0)
        pen_cell(pen, x, pen->c.cols - x, ALIGN_LEFT, ROLE_TEXT_MUTED);
    pen->y++;
}

void pen_pair(struct pen *pen, const char *label, enum role role)
{
    int x = PEN_INDENT + pen->label_width + 1;
    canvas_field(&pen->c, pen->y, PEN_INDENT, pen->label_width, ROLE_TEXT_MUTED, ALIGN_LEFT,
                 CUT_END, label, strlen(label));
    pen_cell(pen, x, pen->c.cols - x, ALIGN_LEFT, role);
    pen_end_row(pen);
}

void pen_pair_paragraph(struct pen *pen, const char *label, enum role role)
{
    canvas_field(&pen->c, pen->y, PEN_INDENT, pen->label_width, ROLE_TEXT_MUTED, ALIGN_LEFT,
                 CUT_END, label, strlen(label));
    pen_paragraph(pen, pen->label_width + 1, role, strbuf_str(pen->text));
    strbuf_clear(pen->text);
}

void pen_line(struct pen *pen, enum role role, const char *s)
{
    canvas_field(&pen->c, pen->y, PEN_INDENT, pen->c.cols - PEN_INDENT, role, ALIGN_LEFT, CUT_END,
                 s, strlen(s));
    pen->y++;
}

void pen_paragraph(struct pen *pen, int indent, enum role role, const char *s)
{
    struct canvas box = canvas_sub(&pen->c, 0, PEN_INDENT + indent, pen->c.rows, pen->c.cols);
    pen->y += canvas_paragraph(&box, pen->y, role, s);
}

void pen_cell(struct pen *pen, int x, int width, enum align align, enum role role)
{
    if (x < 0)
        x += pen->c.cols;
    canvas_field(&pen->c, pen->y, x, width, role, align, pen->cut, strbuf_str(pen->text),
                 pen->text->len);
    pen->cut = CUT_END;
    strbuf_clear(pen->text);
}

void pen_end_row(struct pen *pen)
{
    pen->c.layer = LAYER_PLAIN;
    pen->y++;
}
