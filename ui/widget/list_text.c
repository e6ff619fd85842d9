/* Rows as text (see list_text.h). */
#include "ui/widget/list_text.h"

#include "base/text.h"
#include "ui/widget/list_columns.h"

void list_put_row(struct list *l, uint64_t pos, struct strbuf *out)
{
    size_t shown[LIST_MAX_COLUMNS], n = list_columns_shown(l, shown), put = 0;
    struct list_row row = {.role = ROLE_TEXT};
    if (l->source->load)
        l->source->load(l->ctx, pos, 1);
    l->source->row(l->ctx, pos, &row);
    for (size_t i = 0; i < n; i++) {
        const struct list_column *column = &l->columns[shown[i]];
        if (column->format == NULL)
            continue;
        strbuf_clear(&l->text);
        struct list_cell cell = {&l->text, row.role, 0};
        column->format(l->ctx, &cell);
        if (put++ > 0)
            strbuf_putc(out, '\t');
        text_put_escaped(out, strbuf_str(&l->text), l->text.len);
    }
}
