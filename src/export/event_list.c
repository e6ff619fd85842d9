/* Choosing columns and writing rows; see event_list.h. */
#include "export/event_list.h"

#include <string.h>

#include "decoder/heap_op.h"
#include "export/record.h"

static bool list_has(const struct event_list *list, const struct event_column *column)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->columns[i] == column)
            return true;
    return false;
}

bool event_list_parse(struct event_list *out_list, const char *text, const char **out_wrong,
                      size_t *out_len)
{
    bool add = text == NULL || text[0] == '+';
    struct event_list list = {.count = add ? EVENT_COLUMNS_STANDARD : 0, .most = UINT64_MAX};
    for (size_t i = 0; i < list.count; i++)
        list.columns[i] = &event_columns[i];
    if (text != NULL)
        text += add;
    while (text != NULL) {
        size_t len = strcspn(text, ",");
        const struct event_column *column = event_column_find(text, len);
        if (column == NULL) {
            *out_wrong = text;
            *out_len = len;
            return false;
        }
        if (!list_has(&list, column))
            list.columns[list.count++] = column;
        text = text[len] == ',' ? text + len + 1 : NULL;
    }
    *out_list = list;
    return true;
}

static struct value payload_value(const struct heap_field *field, uint64_t number)
{
    bool hex = field->unit == HEAP_UNIT_HEX || field->unit == HEAP_UNIT_FLAGS;
    return value_number(hex ? VALUE_HEX : VALUE_COUNT, number);
}

/* The fields of the record that have no column, under Windows' names. */
static void put_payload(struct record_writer *w, const struct trace *trace, const struct row *row)
{
    const struct store_extra *extra = store_find_extra(trace->store, row->id, STORE_EXTRA_PAYLOAD);
    const struct heap_op_info *op = heap_op_info(row->op);
    if (extra == NULL || op == NULL || extra->note >= op->layout_count)
        return;
    const struct heap_layout *layout = &op->layouts[extra->note];
    uint32_t at = 0;
    for (size_t i = 0; i < layout->field_count && at < extra->count; i++) {
        if (layout->fields[i].slot != HEAP_SLOT_EXTRA)
            continue;
        struct value v = payload_value(&layout->fields[i], extra->values[at++]);
        record_put_extra(w, layout->fields[i].name, &v);
    }
}

static void put_event(const struct event_list *list, struct event_reader *reader,
                      const struct trace *trace, uint64_t id, struct record_writer *w)
{
    struct row row;
    store_get(trace->store, id, &row);
    for (size_t i = 0; i < list->count; i++) {
        struct value v = list->columns[i]->get(reader, &row);
        record_put(w, &v);
    }
    if (list->all_fields)
        put_payload(w, trace, &row);
    record_end(w);
}

uint64_t event_list_write(const struct event_list *list, const struct trace *trace,
                          event_list_next_fn next, void *ctx, enum export_format format,
                          struct output *out)
{
    struct record_field fields[EVENT_COLUMN_COUNT];
    for (size_t i = 0; i < list->count; i++)
        fields[i] = (struct record_field){
            .name = list->columns[i]->name,
            .title = list->columns[i]->title,
            .left = list->columns[i]->left,
        };
    struct record_writer writer;
    struct event_reader reader;
    record_writer_init(&writer, out, format, fields, list->count);
    event_reader_init(&reader, trace, list->raw_time);
    callers_look(&reader.callers, &list->naming);
    uint64_t n = 0;
    for (uint64_t id; n < list->most && (id = next(ctx)) != ROW_NONE; n++)
        put_event(list, &reader, trace, id, &writer);
    event_reader_release(&reader);
    record_writer_finish(&writer);
    return n;
}
