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

/* A line of the page that can be chosen. The view gives the ids and knows what they mean; links of
 * one group, the upper half of the id, stand together. */
#define PAGE_NO_LINK   UINT64_MAX
#define PAGE_MAX_LINKS 64
struct page_link {
    uint64_t id;
    int line; /* of the page */
};

/* Where the next line of a column goes. */
struct pen {
    struct canvas c;     /* the column: its width, the page's visible rows */
    int y;               /* may lie outside the canvas */
    int label_width;     /* of pen_pair(); set by the block, preset to PEN_LABEL_WIDTH */
    enum cut cut;        /* of the next cell that is too long; then the end again */
    struct strbuf *text; /* scratch for the value being built, borrowed; empty between lines */
    uint64_t chosen;     /* id of the chosen link */
    bool blurred;        /* as of the page */
    struct page *links;  /* takes the links while the block is measured; else NULL */
    int line;            /* of the page, where the block that is measured begins */
};

/* One block of a page: writes itself and moves the pen's y past its last line. */
typedef void (*page_block_fn)(void *ctx, struct pen *pen);

struct page_block {
    page_block_fn write;
    bool wide; /* takes the whole width instead of one column */
};

struct page {
    int top;      /* first line shown */
    int height;   /* lines in all, as of the last draw */
    int visible;  /* rows of the last draw */
    int wanted;   /* block to bring into sight in the next draw, counted from 1; 0: none */
    bool blurred; /* another part has the keys: the headings do not stand out as its focus */
    int found;    /* line of the current hit, counted from 1; 0: none */

    uint32_t first_group; /* where the choice begins while none was made; 0: at the first link */
    uint64_t chosen;      /* the id of the link chosen last; 0: none yet */
    size_t chosen_at;     /* where it stood among the links */
    struct page_link link[PAGE_MAX_LINKS]; /* of the last draw, in the order of blocks */
    size_t link_count;
};

/* Where the person is, to come back to. */
struct page_place {
    int top;
    uint64_t chosen;
    size_t chosen_at;
};
struct page_place page_place(const struct page *p);
void page_return(struct page *p, const struct page_place *place);

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

/* How many columns of blocks the canvas has room for. */
int page_columns(const struct canvas *c, int column_width);

/*
 * Scrolls; false when the action is no motion. `count` 0 means none was given: else it is how
 * often, and for the first and last line which one, from 1. On a page with links up and down go
 * from link to link, and ACTION_NEXT_PANE to the next group.
 */
bool page_action(struct page *p, enum action a, uint64_t count);

/* Makes `line` the current hit's and brings it into sight. */
void page_find(struct page *p, int line);

/* The id of the chosen link, as of the last draw; PAGE_NO_LINK when there is none. */
uint64_t page_chosen(const struct page *p);

/* Has the next draw show block `index`, at the top where possible. */
void page_show_block(struct page *p, size_t index);

/* The row begun here is link `id` (neither 0 nor PAGE_NO_LINK): it can be chosen, and looks so when
 * it is. Before the cells of the row; pen_end_row() ends it. */
void pen_link(struct pen *pen, uint64_t id);

/* A heading line; what stands in `pen->text` is a muted note behind it, and cleared. */
void pen_heading(struct pen *pen, const char *title);

/* "label  value": the label muted in `label_width`, the value what stands in `pen->text`, which is
 * cleared. A value too long for the column is cut. */
void pen_pair(struct pen *pen, const char *label, enum role role);

/* The same with the value broken into as many lines as it takes. */
void pen_pair_paragraph(struct pen *pen, const char *label, enum role role);

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
