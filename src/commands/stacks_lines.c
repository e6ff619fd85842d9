/* Figures beside a tree; see stacks_lines.h. */
#include "commands/stacks_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "export/text_table.h"

#define GAP 2

/* A column of figures. */
struct stacks_figure {
    const char *title;
    void (*put)(const struct call_tree *t, const struct call_node *n, struct strbuf *out);
};

struct stacks_line {
    const struct call_node *node;
    char *text, *brief; /* owned */
};

/* ---- figures ---- */

static void put_percent(uint64_t part, uint64_t whole, struct strbuf *out)
{
    if (whole != 0)
        strbuf_printf(out, "%.1f %%", 100.0 * (double)part / (double)whole);
}

static void put_share(const struct call_tree *t, const struct call_node *n, struct strbuf *out)
{
    put_percent(n->total[t->sort], t->whole[t->sort], out);
}

static void put_self(const struct call_tree *t, const struct call_node *n, struct strbuf *out)
{
    put_percent(n->self[t->sort], t->whole[t->sort], out);
}

/* The size of a block: what loops are known by. */
static void put_each(const struct call_tree *t, const struct call_node *n, struct strbuf *out)
{
    (void)t;
    uint64_t allocs = n->total[CALL_TREE_ALLOCS], bytes = n->total[CALL_TREE_ALLOC_BYTES];
    if (allocs == 0)
        return;
    if (bytes % allocs != 0)
        strbuf_putc(out, '~');
    text_put_size(out, bytes / allocs);
}

#define PUT_COLUMN(name, column)                                                                   \
    static void put_##name(const struct call_tree *t, const struct call_node *n,                   \
                           struct strbuf *out)                                                     \
    {                                                                                              \
        (void)t;                                                                                   \
        text_put_grouped(out, n->total[column]);                                                   \
    }
PUT_COLUMN(outstanding, CALL_TREE_OUTSTANDING)
PUT_COLUMN(blocks, CALL_TREE_BLOCKS)
PUT_COLUMN(allocs, CALL_TREE_ALLOCS)
PUT_COLUMN(alloc_bytes, CALL_TREE_ALLOC_BYTES)
PUT_COLUMN(churn, CALL_TREE_CHURN)
PUT_COLUMN(at_peak, CALL_TREE_AT_PEAK)
PUT_COLUMN(copied, CALL_TREE_COPIED)
#undef PUT_COLUMN

static const struct stacks_figure columns[CALL_TREE_COLUMNS] = {
    [CALL_TREE_OUTSTANDING] = {"Outstanding", put_outstanding},
    [CALL_TREE_BLOCKS] = {"Blocks", put_blocks},
    [CALL_TREE_ALLOCS] = {"Allocs", put_allocs},
    [CALL_TREE_ALLOC_BYTES] = {"Bytes", put_alloc_bytes},
    [CALL_TREE_CHURN] = {"Churn", put_churn},
    [CALL_TREE_AT_PEAK] = {"At peak", put_at_peak},
    [CALL_TREE_COPIED] = {"Copied", put_copied},
};
static const struct stacks_figure share = {"Share", put_share};
static const struct stacks_figure self = {"Self", put_self};
static const struct stacks_figure each = {"Each", put_each};

static void add_figure(struct stacks_lines *l, const struct stacks_figure *figure)
{
    for (size_t i = 0; i < l->figures; i++)
        if (l->columns[i] == figure)
            return;
    l->widths[l->figures] = strlen(figure->title);
    l->columns[l->figures++] = figure;
}

/* What it is sorted by comes first; then loops by their number and size. The bytes are the product,
 * and names need the room. */
void stacks_lines_init(struct stacks_lines *l, const struct call_tree *t, const char *title)
{
    *l = (struct stacks_lines){.t = t, .title = title};
    add_figure(l, &columns[t->sort]);
    add_figure(l, &share);
    if (t->kind == CALL_TREE_FUNCTIONS || t->kind == CALL_TREE_MODULES)
        add_figure(l, &self);
    add_figure(l, &columns[CALL_TREE_ALLOCS]);
    add_figure(l, &each);
    add_figure(l, &columns[CALL_TREE_OUTSTANDING]);
}

void stacks_lines_release(struct stacks_lines *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->lines[i].text);
        free(l->lines[i].brief);
    }
    free(l->lines);
    *l = (struct stacks_lines){0};
}

void stacks_lines_add(struct stacks_lines *l, const struct call_node *n, const char *text,
                      const char *brief)
{
    if (l->count == l->cap) {
        l->cap = l->cap != 0 ? 2 * l->cap : 64;
        l->lines = base_xrealloc(l->lines, l->cap, sizeof *l->lines);
    }
    l->lines[l->count++] = (struct stacks_line){n, base_xstrdup(text), base_xstrdup(brief)};
    struct strbuf b = {0};
    for (size_t i = 0; n != NULL && i < l->figures; i++) {
        strbuf_clear(&b);
        l->columns[i]->put(l->t, n, &b);
        if (b.len > l->widths[i])
            l->widths[i] = b.len;
    }
    strbuf_release(&b);
}

/* ---- lines ---- */

/* How many bytes of `text` fit `room` cells. */
static size_t fitting(const char *text, size_t room)
{
    size_t len = strlen(text), at = 0, width = 0;
    while (at < len) {
        uint32_t cp;
        size_t used = text_decode_utf8(text + at, len - at, &cp);
        width += text_width(text + at, used);
        if (width > room)
            break;
        at += used;
    }
    return at;
}

/* `text` in `room` cells: its beginning and its end, when it has more. */
static void put_cut(const char *text, size_t room, struct strbuf *out)
{
    static const char mark[] = " .. ";
    size_t len = strlen(text), width = text_width(text, len);
    if (width <= room) {
        strbuf_add(out, text, len);
        return;
    }
    size_t left = room - strlen(mark);
    strbuf_add(out, text, fitting(text, left / 2));
    strbuf_puts(out, mark);
    strbuf_puts(out, text + fitting(text, width - (left - left / 2)));
}

/* Whole frames go before parts of one do: the offset is what a frame is known by. */
static void put_text(const struct stacks_lines *l, const struct stacks_line *line, size_t room,
                     struct strbuf *out)
{
    const char *text = line != NULL ? line->text : l->title;
    if (line != NULL && text_width(text, strlen(text)) > room)
        text = line->brief;
    put_cut(text, room, out);
}

static void put_line(const struct stacks_lines *l, const struct stacks_line *line,
                     struct strbuf *out)
{
    struct strbuf cell = {0};
    size_t start = out->len;
    for (size_t i = 0; i < l->figures; i++) {
        strbuf_clear(&cell);
        if (line == NULL)
            strbuf_puts(&cell, l->columns[i]->title);
        else if (line->node != NULL)
            l->columns[i]->put(l->t, line->node, &cell);
        strbuf_printf(out, "%*s%*s", GAP, "", (int)l->widths[i], strbuf_str(&cell));
    }
    strbuf_printf(out, "%*s", GAP, "");
    put_text(l, line, STACKS_LINES_WIDTH - (out->len - start), out);
    strbuf_putc(out, '\n');
    strbuf_release(&cell);
}

void stacks_lines_put(const struct stacks_lines *l, struct strbuf *out)
{
    put_line(l, NULL, out);
    for (size_t i = 0; i < l->count; i++)
        put_line(l, &l->lines[i], out);
}
