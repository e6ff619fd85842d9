/* Choosing columns and writing blocks; see block_records.h. */
#include "export/block_records.h"

#include <string.h>

#include "export/record.h"

/* Blocks between two looks at whether anybody wants more. */
#define LOOK_EVERY 4096

static bool has_column(const struct block_records *r, const struct block_column *column)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->columns[i] == column)
            return true;
    return false;
}

bool block_records_parse(struct block_records *out_records, const char *text,
                         const char **out_wrong, size_t *out_len)
{
    bool add = text == NULL || text[0] == '+';
    struct block_records r = {.count = add ? BLOCK_COLUMNS_STANDARD : 0, .most = UINT64_MAX};
    for (size_t i = 0; i < r.count; i++)
        r.columns[i] = &block_columns[i];
    if (text != NULL)
        text += add;
    while (text != NULL) {
        size_t len = strcspn(text, ",");
        const struct block_column *column = block_column_find(text, len);
        if (column == NULL) {
            *out_wrong = text;
            *out_len = len;
            return false;
        }
        if (!has_column(&r, column))
            r.columns[r.count++] = column;
        text = text[len] == ',' ? text + len + 1 : NULL;
    }
    *out_records = r;
    return true;
}

static void put_block(const struct block_records *records, struct block_reader *reader,
                      const struct block *b, struct record_writer *w)
{
    for (size_t i = 0; i < records->count; i++) {
        struct value v = records->columns[i]->get(reader, b);
        record_put(w, &v);
    }
    record_end(w);
}

uint64_t block_records_write(const struct block_records *records, const struct trace *trace,
                             const struct block_list *l, enum export_format format,
                             block_records_go_on_fn go_on, void *ctx, struct output *out)
{
    struct record_field fields[BLOCK_COLUMN_COUNT];
    for (size_t i = 0; i < records->count; i++)
        fields[i] = (struct record_field){
            .name = records->columns[i]->name,
            .title = records->columns[i]->title,
            .left = records->columns[i]->left,
        };
    struct record_writer writer;
    struct block_reader reader;
    record_writer_init(&writer, out, format, fields, records->count);
    block_reader_init(&reader, trace, &l->view);
    reader.raw_time = records->raw_time;
    callers_look(&reader.callers, &records->naming);
    uint64_t n = 0, most = l->count < records->most ? l->count : records->most;
    for (; n < most && (n % LOOK_EVERY != 0 || go_on(ctx, n)); n++) {
        struct block b;
        block_list_get(l, trace, n, records->descending, &b);
        put_block(records, &reader, &b, &writer);
    }
    block_reader_release(&reader);
    record_writer_finish(&writer);
    return n;
}
