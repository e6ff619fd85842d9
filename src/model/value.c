/* Values as a person reads them; see value.h. */
#include "model/value.h"

#include "base/text.h"
#include "decoder/heap_op.h"

static void put_source(struct strbuf *b, uint64_t source)
{
    const char *name = source <= UINT32_MAX ? heap_source_name((uint32_t)source) : NULL;
    strbuf_put_u64(b, source);
    if (name != NULL)
        strbuf_printf(b, " %s", name);
}

static void put_change(struct strbuf *b, int64_t by)
{
    if (by != 0)
        strbuf_putc(b, by > 0 ? '+' : '-');
    text_put_grouped(b, by >= 0 ? (uint64_t)by : 0 - (uint64_t)by);
}

void value_put_text(struct strbuf *b, const struct value *v)
{
    switch (v->kind) {
    case VALUE_NONE:
        strbuf_putc(b, '-');
        break;
    case VALUE_ID:
        strbuf_put_u64(b, v->number);
        break;
    case VALUE_COUNT:
    case VALUE_BYTES:
        text_put_grouped(b, v->number);
        break;
    case VALUE_HEX:
        strbuf_put_hex(b, v->number);
        break;
    case VALUE_SOURCE:
        put_source(b, v->number);
        break;
    case VALUE_TICKS:
        strbuf_put_i64(b, v->ticks);
        break;
    case VALUE_TIME:
        text_put_seconds(b, v->ticks);
        break;
    case VALUE_DURATION:
        text_put_duration(b, v->ticks);
        break;
    case VALUE_CHANGE:
        put_change(b, v->ticks);
        break;
    case VALUE_TEXT:
        strbuf_puts(b, v->text);
        break;
    }
}
