/* The list of events; see events.h and cli.md, Machine formats. */
#include "commands/events.h"

#include <string.h>

#include "base/text.h"
#include "commands/command.h"
#include "commands/record.h"
#include "commands/row_scan.h"
#include "commands/subject.h"
#include "decoder/heap_op.h"
#include "model/event_column.h"

/* Rows between two looks at whether anybody still reads the output. */
#define LOOK_EVERY 4096

struct event_list {
    const struct event_column *columns[EVENT_COLUMN_COUNT];
    size_t count;
};

static bool list_has(const struct event_list *list, const struct event_column *column)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->columns[i] == column)
            return true;
    return false;
}

/* Reads --columns; without it the standard ones. Returns an exit code. */
static int choose_columns(const char *text, struct event_list *out_list)
{
    bool add = text == NULL || text[0] == '+';
    *out_list = (struct event_list){.count = add ? EVENT_COLUMNS_STANDARD : 0};
    for (size_t i = 0; i < out_list->count; i++)
        out_list->columns[i] = &event_columns[i];
    if (text == NULL)
        return COMMAND_OK;
    for (text += add; text != NULL;) {
        size_t len = strcspn(text, ",");
        const struct event_column *column = event_column_find(text, len);
        if (column == NULL) {
            struct strbuf name = {0};
            text_put_escaped(&name, text, len);
            command_message("--columns: no column '%s'; 'heaptail events --help' lists them",
                            strbuf_str(&name));
            strbuf_release(&name);
            return COMMAND_USAGE;
        }
        if (!list_has(out_list, column))
            out_list->columns[out_list->count++] = column;
        text = text[len] == ',' ? text + len + 1 : NULL;
    }
    return COMMAND_OK;
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

static void put_events(struct record_writer *w, const struct event_list *list,
                       struct row_scan *scan, const struct options *o)
{
    struct event_reader reader;
    event_reader_init(&reader, scan->trace, o->raw_time);
    uint64_t most = o->top.given ? o->top.value : UINT64_MAX;
    for (uint64_t n = 0; n < most; n++) {
        uint64_t id = row_scan_next(scan);
        if (id == ROW_NONE || (n % LOOK_EVERY == 0 && output_failed(w->out)))
            break;
        struct row row;
        store_get(scan->trace->store, id, &row);
        for (size_t i = 0; i < list->count; i++) {
            struct value v = list->columns[i]->get(&reader, &row);
            record_put(w, &v);
        }
        if (o->all_fields)
            put_payload(w, scan->trace, &row);
        record_end(w);
    }
    event_reader_release(&reader);
}

static int list_events(const struct subject *s, const struct event_list *list,
                       const struct filter *filter, struct output *out)
{
    struct row_scan scan;
    int rc = row_scan_init(&scan, s->loaded.trace, filter, s->options->since, s->options->until);
    if (rc != 0) {
        command_message("%s: out of memory", strbuf_str(&s->name));
        return COMMAND_FAILED;
    }
    struct record_field fields[EVENT_COLUMN_COUNT];
    for (size_t i = 0; i < list->count; i++)
        fields[i] = (struct record_field){
            .name = list->columns[i]->name,
            .title = list->columns[i]->title,
            .left = list->columns[i]->left,
        };
    struct record_writer writer;
    record_writer_init(&writer, out, command_format(s->options), fields, list->count);
    put_events(&writer, list, &scan, s->options);
    record_writer_finish(&writer);
    row_scan_release(&scan);
    return COMMAND_OK;
}

int events_run(const struct options *o, struct output *out)
{
    struct event_list list;
    struct filter *filter = NULL;
    int code = choose_columns(o->columns, &list);
    if (code == COMMAND_OK)
        code = subject_parse_filter(o, &filter);
    if (code != COMMAND_OK)
        return code;
    struct subject s;
    code = subject_open(&s, o, o->files[0], NULL);
    if (code == COMMAND_OK && !subject_has_events(&s))
        code = COMMAND_FAILED;
    if (code == COMMAND_OK)
        code = list_events(&s, &list, filter, out);
    if (code == COMMAND_OK)
        code = subject_judge(&s, false);
    subject_release(&s);
    filter_unref(filter);
    return code;
}
