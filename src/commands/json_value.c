/* Numbers, texts and documents; see json_value.h. */
#include "commands/json_value.h"

#include "base/text.h"
#include "decoder/event.h"
#include "decoder/heap_op.h"

json_t *json_u64(uint64_t v)
{
    return v <= INT64_MAX ? json_integer((json_int_t)v) : json_real((double)v);
}

void json_set_u64(json_t *object, const char *key, uint64_t v)
{
    json_object_set_new(object, key, json_u64(v));
}

json_t *json_ops(const uint64_t *ops)
{
    json_t *object = json_object();
    char name[32];
    for (unsigned op = 0; op < HEAP_OP_COUNT; op++)
        if (ops[op] != 0)
            json_set_u64(object, heap_op_name(op, name), ops[op]);
    return object;
}

json_t *json_value(const struct value *v)
{
    switch (v->kind) {
    case VALUE_NONE:
        return json_null();
    case VALUE_ID:
    case VALUE_COUNT:
    case VALUE_BYTES:
    case VALUE_SOURCE:
        return json_u64(v->number);
    case VALUE_TICKS:
    case VALUE_TIME:
    case VALUE_DURATION:
    case VALUE_CHANGE:
        return json_integer(v->ticks);
    case VALUE_TEXT:
        return json_string(v->text);
    case VALUE_HEX:
        break;
    }
    struct strbuf b = {0};
    strbuf_put_hex(&b, v->number);
    json_t *text = json_take_text(&b);
    strbuf_release(&b);
    return text;
}

json_t *json_take_text(struct strbuf *b)
{
    json_t *text = json_stringn(strbuf_str(b), b->len);
    strbuf_clear(b);
    return text;
}

json_t *json_filetime(int64_t filetime)
{
    if (filetime <= 0)
        return json_null();
    struct strbuf b = {0};
    text_put_filetime(&b, filetime);
    json_t *text = json_take_text(&b);
    strbuf_release(&b);
    return text;
}

static int add_to_output(const char *s, size_t n, void *out)
{
    output_add(out, s, n);
    return 0;
}

void json_put(const json_t *root, struct output *out)
{
    json_dump_callback(root, add_to_output, out, JSON_INDENT(2));
    output_putc(out, '\n');
}
