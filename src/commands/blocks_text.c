/* A list of blocks as a page: what they add up to, then each; see blocks.h. */
#include "base/text.h"
#include "commands/blocks.h"
#include "commands/text_lines.h"

static void put_total(struct strbuf *out, const char *label, const struct block_total *total)
{
    struct strbuf b = {0};
    text_put_grouped(&b, total->blocks);
    strbuf_puts(&b, total->blocks == 1 ? " block, " : " blocks, ");
    text_put_grouped(&b, total->bytes);
    strbuf_puts(&b, total->bytes == 1 ? " byte" : " bytes");
    text_line(out, label, &b);
}

/* Those of which there are some. */
static void put_classes(const struct blocks *b, struct strbuf *out)
{
    for (int k = 0; k < BLOCK_NEVER; k++)
        if (b->list->of_class[k].blocks != 0)
            put_total(out, block_class_words[k], &b->list->of_class[k]);
}

/* Without a range nothing is outside of it, so that what is outstanding is of one class. */
static void put_head(const struct blocks *b, struct strbuf *out)
{
    const struct options *o = b->subject->options;
    bool outstanding = b->classes == BLOCK_CLASSES_OUTSTANDING;
    bool range = o->since != INT64_MIN || o->until != INT64_MAX;
    strbuf_printf(out, "%s\n", strbuf_str(&b->subject->name));
    text_selection(out, o);
    put_total(out, outstanding ? "outstanding" : "together", &b->list->total);
    if (!outstanding || range)
        put_classes(b, out);
}

void blocks_text(const struct blocks *b, struct output *out)
{
    struct strbuf head = {0}, rest = {0};
    put_head(b, &head);
    if (b->list->count != 0)
        strbuf_putc(&head, '\n');
    output_add(out, strbuf_str(&head), head.len);
    strbuf_release(&head);
    if (b->list->count == 0)
        return;
    uint64_t n = block_records_write(&b->records, b->subject->loaded.trace, b->list,
                                     EXPORT_FORMAT_TEXT, blocks_go_on, out, out);
    if (n == b->list->count)
        return;
    strbuf_puts(&rest, "and ");
    text_put_grouped(&rest, b->list->count - n);
    strbuf_puts(&rest, " more\n");
    output_add(out, strbuf_str(&rest), rest.len);
    strbuf_release(&rest);
}
