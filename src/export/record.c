/* TSV, CSV, JSONL and text; see record.h. */
#include "export/record.h"

#include <string.h>

/* Rows of a text list that are aligned with each other before they are printed. */
#define TEXT_BATCH 1000

static void put_number(struct output *out, const struct value *v)
{
    switch (v->kind) {
    case VALUE_ID:
    case VALUE_COUNT:
    case VALUE_BYTES:
    case VALUE_SOURCE:
        output_put_u64(out, v->number);
        break;
    case VALUE_HEX:
        output_put_hex(out, v->number);
        break;
    case VALUE_TICKS:
    case VALUE_TIME:
    case VALUE_DURATION:
    case VALUE_CHANGE:
        output_put_i64(out, v->ticks);
        break;
    case VALUE_NONE:
    case VALUE_TEXT:
        break;
    }
}

/* Texts of the model hold no control characters, so no tab and no newline either. */
static void put_tsv(struct output *out, const struct value *v)
{
    if (v->kind == VALUE_NONE)
        output_putc(out, '-');
    else if (v->kind == VALUE_TEXT)
        output_puts(out, v->text);
    else
        put_number(out, v);
}

/* RFC 4180: a field with a comma, a quote or a line break is quoted, its quotes doubled. */
static void put_csv(struct output *out, const struct value *v)
{
    if (v->kind != VALUE_TEXT) {
        put_number(out, v);
        return;
    }
    if (strpbrk(v->text, ",\"\r\n") == NULL) {
        output_puts(out, v->text);
        return;
    }
    output_putc(out, '"');
    for (const char *s = v->text; *s != '\0'; s++) {
        if (*s == '"')
            output_putc(out, '"');
        output_putc(out, *s);
    }
    output_putc(out, '"');
}

static void put_json_string(struct output *out, const char *s)
{
    output_putc(out, '"');
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\')
            output_putc(out, '\\');
        output_putc(out, *s);
    }
    output_putc(out, '"');
}

static void put_json(struct record_writer *w, const char *name, const struct value *v)
{
    if (v->kind == VALUE_NONE)
        return;
    output_puts(w->out, w->started ? ",\"" : "{\"");
    output_puts(w->out, name);
    output_puts(w->out, "\":");
    w->started = true;
    if (v->kind == VALUE_TEXT) {
        put_json_string(w->out, v->text);
        return;
    }
    bool quoted = v->kind == VALUE_HEX; /* cli.md: addresses and handles are hex strings */
    if (quoted)
        output_putc(w->out, '"');
    put_number(w->out, v);
    if (quoted)
        output_putc(w->out, '"');
}

static void put_names(const struct record_writer *w)
{
    for (size_t i = 0; i < w->field_count; i++) {
        if (i != 0)
            output_putc(w->out, w->format == EXPORT_FORMAT_TSV ? '\t' : ',');
        output_puts(w->out, w->fields[i].name);
    }
    output_putc(w->out, '\n');
}

void record_writer_init(struct record_writer *w, struct output *out, enum export_format format,
                        const struct record_field *fields, size_t field_count)
{
    *w = (struct record_writer){
        .out = out, .format = format, .fields = fields, .field_count = field_count};
    if (format == EXPORT_FORMAT_TSV || format == EXPORT_FORMAT_CSV)
        put_names(w);
    if (format != EXPORT_FORMAT_TEXT)
        return;
    for (size_t i = 0; i < field_count; i++)
        w->columns[i] = (struct text_column){.title = fields[i].title, .left = fields[i].left};
    text_table_init(&w->table, w->columns, field_count, false);
}

static void flush_table(struct record_writer *w)
{
    struct strbuf text = {0};
    text_table_put(&w->table, 0, &text);
    output_add(w->out, strbuf_str(&text), text.len);
    strbuf_release(&text);
}

void record_writer_finish(struct record_writer *w)
{
    if (w->format != EXPORT_FORMAT_TEXT)
        return;
    flush_table(w);
    text_table_release(&w->table);
}

void record_put(struct record_writer *w, const struct value *v)
{
    size_t at = w->at++;
    switch (w->format) {
    case EXPORT_FORMAT_TSV:
        if (at != 0)
            output_putc(w->out, '\t');
        put_tsv(w->out, v);
        break;
    case EXPORT_FORMAT_CSV:
        if (at != 0)
            output_putc(w->out, ',');
        put_csv(w->out, v);
        break;
    case EXPORT_FORMAT_JSONL:
        put_json(w, w->fields[at].name, v);
        break;
    case EXPORT_FORMAT_DEFAULT:
    case EXPORT_FORMAT_TEXT:
    case EXPORT_FORMAT_JSON:
        text_table_add(&w->table, v);
        break;
    }
}

void record_put_extra(struct record_writer *w, const char *name, const struct value *v)
{
    put_json(w, name, v);
}

void record_end(struct record_writer *w)
{
    w->at = 0;
    if (w->format == EXPORT_FORMAT_JSONL) {
        output_puts(w->out, w->started ? "}\n" : "{}\n");
        w->started = false;
    } else if (w->format != EXPORT_FORMAT_TEXT) {
        output_putc(w->out, '\n');
    } else if (w->table.rows >= TEXT_BATCH) {
        flush_table(w);
    }
}
