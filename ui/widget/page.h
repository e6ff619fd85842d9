/*
 * A page of text blocks that scrolls: Summary, detail, help.
 *
 * The page does not hold its text. A view writes it with pens into columns, top to bottom, every
 * time; what scrolling has moved out of sight is clipped by the canvas. Writing with a pen of no
 * rows measures. Loop thread only.
 */
#ifndef UI_WIDGET_PAGE_H
#define UI_WIDGET_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "ui/keys/action.h"
#include "ui/term/canvas.h"

/* Where the next line of a column goes. */
struct pen {
    struct canvas c;     /* the column: its width, the page's visible rows */
    int y;               /* may lie outside the canvas */
    int label_width;     /* of pen_pair(); set by the block, preset to PEN_LABEL_WIDTH */
    struct strbuf *text; /* scratch for the value being built, borrowed; empty between lines */
};

/* One block of a page: writes itself and moves the pen's y past its last line. */
typedef void (*page_block_fn)(void *ctx, struct pen *pen);

struct page_block {
    page_block_fn write;
    bool wide; /* takes the whole width instead of one column */
};

struct page {
    int top;     /* first line shown */
    int height;  /* lines in all, as of the last draw */
    int visible; /* rows of the last draw */
    int wanted;  /* block to bring into sight in the next draw, counted from 1; 0: none */
    int found;   /* line of the current hit, counted from 1; 0: none */
};

/*
 * Lays the blocks out in columns of at least `column_width` cells, each block in the column that
 * is shortest so far, and draws what is in sight. When there is more than fits, the last row says
 * how much follows. Up to PAGE_MAX_BLOCKS.
 */
#define PAGE_MAX_BLOCKS  24
#define PAGE_MAX_COLUMNS 4
void page_draw(struct page *p, const struct canvas *c, int column_width,
               const struct page_block *blocks, size_t block_count, void *ctx,
               struct strbuf *scratch);

/* Scrolls; false when the action is no motion. `count` 0 means none was given: else it is how
 * often, and for the first and last line which one, from 1. */
bool page_action(struct page *p, enum action a, uint64_t count);

/* Makes `line` the current hit's and brings it into sight. */
void page_find(struct page *p, int line);

/* Has the next draw show block `index`, at the top where possible. */
void page_show_block(struct page *p, size_t index);

/* A heading line; what stands in `pen->text` is a muted note behind it, and cleared. */
void pen_heading(struct pen *pen, const char *title);

/* "label  value": the label muted in `label_width`, the value what stands in `pen->text`, which is
 * cleared. A value too long for the column is cut. */
void pen_pair(struct pen *pen, const char *label, enum role role);

/* One line of text, cut at the column's edge. */
void pen_line(struct pen *pen, enum role role, const char *s);

/* Text broken into lines of the column's width, `indent` more cells from its edge. */
void pen_paragraph(struct pen *pen, int indent, enum role role, const char *s);

/*
 * A cell of a table row: `pen->text` in [x, x + width) of the current line, then cleared. Negative
 * x counts from the right edge. The row ends with pen_end_row().
 */
void pen_cell(struct pen *pen, int x, int width, enum align align, enum role role);
void pen_end_row(struct pen *pen);

#define PEN_LABEL_WIDTH 12
#define PEN_INDENT      1

#endif
