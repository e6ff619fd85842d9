/* The moves of a block as a table; see detail_moves.h. */
#include "ui/view/detail/detail_moves.h"

#include "answer/snapshot.h"
#include "base/text.h"
#include "ui/view/cell_format.h"
#include "ui/view/detail/detail_fields.h"

#define LABEL_WIDTH 6

/* Cells that the columns of the table take, a blank between them; the time has to fit, too. */
struct stay_widths {
    int number, size, address, time;
};

static void widen(struct pen *pen, int *width)
{
    *width = (int)pen->text->len > *width ? (int)pen->text->len : *width;
    strbuf_clear(pen->text);
}

/* When the block came there: told by the ReAlloc, and where nothing moved yet by the Alloc. */
static void put_stay_time(const struct detail_event *v, const struct move_stay *stay,
                          struct strbuf *out)
{
    uint64_t came = stay->moved_here < v->env->snapshot->rows ? stay->moved_here : stay->opener;
    cell_put_time(out, v->env, store_time(v->env->snapshot->trace->store, came));
}

static uint64_t stay_number(const struct move_chain *c, size_t i)
{
    return (uint64_t)c->number - c->at + i;
}

static struct stay_widths measure_stays(const struct detail_event *v, struct pen *pen)
{
    const struct move_chain *c = &v->chain;
    struct stay_widths w = {0};
    for (size_t i = 0; i < c->count; i++) {
        text_put_grouped(pen->text, stay_number(c, i));
        widen(pen, &w.number);
        cell_put_bytes(pen->text, v->env, c->stay[i].end_size);
        widen(pen, &w.size);
        strbuf_put_hex(pen->text, c->stay[i].address);
        widen(pen, &w.address);
        put_stay_time(v, &c->stay[i], pen->text);
        widen(pen, &w.time);
    }
    return w;
}

/* The cells of a row begin behind its mark. */
#define STAY_INDENT (PEN_INDENT + 2)

static void write_stay(const struct detail_event *v, struct pen *pen, const struct stay_widths *w,
                       size_t i)
{
    const struct move_chain *c = &v->chain;
    const struct move_stay *stay = &c->stay[i];
    enum role role = i == c->at ? ROLE_TEXT_STRONG : ROLE_TEXT;
    int x = STAY_INDENT;
    strbuf_puts(pen->text, i == c->at ? ">" : "");
    pen_cell(pen, PEN_INDENT, 1, ALIGN_LEFT, role);
    text_put_grouped(pen->text, stay_number(c, i));
    pen_cell(pen, x, w->number, ALIGN_RIGHT, role);
    x += w->number + 1;
    cell_put_bytes(pen->text, v->env, stay->end_size);
    pen_cell(pen, x, w->size, ALIGN_RIGHT, role);
    x += w->size + 1;
    strbuf_put_hex(pen->text, stay->address);
    pen_cell(pen, x, w->address, ALIGN_LEFT, role);
    x += w->address + 1;
    if (x + w->time <= pen->c.cols) {
        put_stay_time(v, stay, pen->text);
        pen_cell(pen, x, w->time, ALIGN_RIGHT, i == c->at ? role : ROLE_TIME);
    }
    pen_end_row(pen);
}

/* Stays that are not shown: of the same chain, further away. */
static void write_more(struct pen *pen, uint64_t n)
{
    if (n == 0)
        return;
    strbuf_puts(pen->text, "... ");
    text_put_grouped(pen->text, n);
    strbuf_puts(pen->text, " more");
    pen_cell(pen, STAY_INDENT, pen->c.cols - STAY_INDENT, ALIGN_LEFT, ROLE_TEXT_MUTED);
    pen_end_row(pen);
}

/* Sizes are those at the end of each stay: what was copied from it. */
void detail_moves_write(void *ctx, struct pen *pen)
{
    const struct detail_event *v = ctx;
    const struct move_chain *c = &v->chain;
    if (c->count < 2)
        return;
    pen->label_width = LABEL_WIDTH;
    strbuf_puts(pen->text, "block ");
    text_put_grouped(pen->text, c->number);
    strbuf_puts(pen->text, " of ");
    text_put_grouped(pen->text, c->length);
    pen_heading(pen, "Moves");
    cell_put_bytes(pen->text, v->env, c->copied);
    pen_pair(pen, "copied", ROLE_TEXT);
    cell_put_bytes(pen->text, v->env, c->first_size);
    strbuf_puts(pen->text, " to ");
    cell_put_bytes(pen->text, v->env, c->last_size);
    pen_pair(pen, "sizes", ROLE_TEXT);
    struct stay_widths w = measure_stays(v, pen);
    uint64_t shown = stay_number(c, c->count - 1);
    write_more(pen, stay_number(c, 0) - 1);
    for (size_t i = 0; i < c->count; i++)
        write_stay(v, pen, &w, i);
    write_more(pen, c->length > shown ? c->length - shown : 0);
}
