/* The clipboard (`y`): the selected row, or the text of the page that has the keys. */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "ui/app/app_state.h"
#include "ui/widget/list.h"
#include "ui/widget/list_text.h"
#include "ui/widget/page.h"

/* Longer pages are cut here: nobody pastes more. */
#define MOST_LINES 4096

/* A pane's values are cut to its width: on a sheet this wide they seldom are. */
#define PANE_COLS 160

/* What is to be copied: "1 row", "48 lines". */
struct copied {
    struct strbuf text;
    size_t count;
    const char *one, *many;
};

static void take_row(struct list *l, struct copied *c)
{
    c->one = "row";
    c->many = "rows";
    if (l->count == 0)
        return;
    list_put_row(l, l->pos, &c->text);
    c->count = 1;
}

/* Lets the view draw itself whole on a sheet that no one sees, and reads that. */
static void take_page(struct app *a, struct view *v, struct page *page, struct copied *c)
{
    /* Keys may have come since the last frame: how long the page is tells its drawing. */
    app_draw(a);
    struct page before = *page;
    int lines = page->height < MOST_LINES ? page->height : MOST_LINES;
    int cols = view_stack_cols(&a->stack, v);
    c->one = "line";
    c->many = "lines";
    if (v->ops->is_pane && cols > 0 && cols < PANE_COLS)
        cols = PANE_COLS;
    struct canvas sheet;
    if (lines < 1 || cols < 1 || !screen_begin_sheet(a->screen, lines, cols, &sheet))
        return;
    sheet.scope = v->ops->scope;
    v->ops->draw(v, &sheet);
    screen_end_sheet(a->screen, &c->text);
    *page = before;
    for (size_t i = 0; i < c->text.len; i++)
        c->count += c->text.s[i] == '\n';
}

static void take_lines(struct view *v, struct copied *c)
{
    c->one = "line";
    c->many = "lines";
    v->ops->put_copy(v, &c->text);
    for (size_t i = 0; i < c->text.len; i++)
        c->count += c->text.s[i] == '\n';
}

static void tell(struct app *a, const struct copied *c, int rc)
{
    struct strbuf b = {0};
    if (rc == 0) {
        strbuf_puts(&b, "Copied ");
        text_put_grouped(&b, c->count);
        strbuf_printf(&b, " %s, ", c->count == 1 ? c->one : c->many);
        text_put_grouped(&b, c->text.len);
        strbuf_puts(&b, c->text.len == 1 ? " byte." : " bytes.");
    } else if (rc == -ENOTSUP) {
        strbuf_puts(&b, "This terminal has no clipboard that programs can set (OSC 52).");
    } else if (rc == ERR_LIMIT) {
        text_put_grouped(&b, c->text.len);
        strbuf_puts(&b, " bytes are more than terminals take at once.");
    } else {
        strbuf_puts(&b, "There is nothing to copy here.");
    }
    app_message(a, rc != 0, strbuf_str(&b));
    strbuf_release(&b);
}

void app_copy(struct app *a, uint64_t count)
{
    (void)count;
    struct copied c = {.one = ""};
    struct view *v = view_stack_focused(&a->stack);
    struct list *l = view_list(v);
    struct page *page = view_page(v);
    if (v != NULL && v->ops->put_copy != NULL)
        take_lines(v, &c);
    else if (l != NULL)
        take_row(l, &c);
    else if (page != NULL)
        take_page(a, v, page, &c);
    tell(a, &c, c.text.len > 0 ? screen_copy(a->screen, c.text.s, c.text.len) : -ENOENT);
    strbuf_release(&c.text);
}
