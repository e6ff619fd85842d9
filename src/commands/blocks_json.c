/* A list of blocks as one JSON object; see blocks.h. Rows are written one by one: there may be
 * many. */
#include <stdlib.h>

#include "answer/blocks/block_order.h"
#include "commands/blocks.h"
#include "commands/json_value.h"

/* Blocks between two looks at whether anybody still reads the output. */
#define LOOK_EVERY 4096

/* Takes `value`. */
static void put_value(json_t *value, struct output *out)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text != NULL)
        output_puts(out, text);
    free(text);
    json_decref(value);
}

static void put_key(const char *key, json_t *value, struct output *out)
{
    output_puts(out, "\"");
    output_puts(out, key);
    output_puts(out, "\":");
    put_value(value, out);
    output_puts(out, ",\n ");
}

static json_t *total_json(const struct block_total *total)
{
    json_t *object = json_object();
    json_set_u64(object, "blocks", total->blocks);
    json_set_u64(object, "bytes", total->bytes);
    return object;
}

/* Of the classes that were asked for. */
static json_t *classes_json(const struct blocks *b)
{
    json_t *object = json_object();
    for (int k = 0; k < BLOCK_NEVER; k++)
        if ((b->classes >> k & 1) != 0)
            json_object_set_new(object, block_class_words[k], total_json(&b->list->of_class[k]));
    return object;
}

static json_t *block_json(const struct block_records *r, struct block_reader *reader,
                          const struct block *block)
{
    json_t *object = json_object();
    for (size_t i = 0; i < r->count; i++) {
        struct value v = r->columns[i]->get(reader, block);
        json_object_set_new(object, r->columns[i]->name, json_value(&v));
    }
    return object;
}

static void put_rows(const struct blocks *b, struct output *out)
{
    const struct block_records *r = &b->records;
    const struct trace *trace = b->subject->loaded.trace;
    uint64_t most = b->list->count < r->most ? b->list->count : r->most;
    struct block_reader reader;
    block_reader_init(&reader, trace, &b->list->view);
    reader.raw_time = r->raw_time;
    callers_look(&reader.callers, &r->naming);
    for (uint64_t i = 0; i < most && (i % LOOK_EVERY != 0 || !output_failed(out)); i++) {
        struct block block;
        block_list_get(b->list, trace, i, r->descending, &block);
        output_puts(out, i != 0 ? ",\n  " : "\n  ");
        put_value(block_json(r, &reader, &block), out);
    }
    block_reader_release(&reader);
}

void blocks_json(const struct blocks *b, struct output *out)
{
    json_t *total = total_json(&b->list->total);
    json_object_set_new(total, "classes", classes_json(b));
    output_putc(out, '{');
    put_key("file", json_string(strbuf_str(&b->subject->name)), out);
    put_key("sort", json_string(block_order_names[b->list->order]), out);
    put_key("total", total, out);
    output_puts(out, "\"rows\":[");
    put_rows(b, out);
    output_puts(out, "]}\n");
}
