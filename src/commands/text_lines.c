/* Lines of the text reports; see text_lines.h. */
#include "commands/text_lines.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "decoder/event.h"
#include "decoder/heap_op.h"
#include "export/text_table.h"

#define LABEL_COLUMN 14

/*
 * The bytes of `text` that stay on one line: up to a comma, so that a list's items stay whole; up
 * to a blank when that is too long for a line.
 */
static size_t piece_length(const char *text, size_t room)
{
    const char *comma = strstr(text, ", ");
    size_t n = comma != NULL ? (size_t)(comma - text) + 1 : strlen(text);
    return text_width(text, n) <= room ? n : strcspn(text, " ");
}

/* Writes `text` from column `indent`, where the caret is already, and on as many lines as needed.
 */
static void put_wrapped(struct strbuf *out, size_t indent, const char *text)
{
    size_t column = indent;
    for (bool first = true; *text != '\0'; first = false) {
        size_t n = piece_length(text, TEXT_TABLE_WIDTH - indent);
        size_t width = text_width(text, n);
        if (!first && column + 1 + width > TEXT_TABLE_WIDTH) {
            strbuf_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            strbuf_putc(out, ' ');
            column++;
        }
        strbuf_add(out, text, n);
        column += width;
        text += n;
        text += *text == ' ';
    }
    strbuf_putc(out, '\n');
}

void text_line(struct strbuf *out, const char *label, struct strbuf *text)
{
    if (text->len != 0) {
        strbuf_printf(out, "  %-*s", LABEL_COLUMN - 2, label);
        put_wrapped(out, LABEL_COLUMN, strbuf_str(text));
    }
    strbuf_release(text);
}

void text_selection(struct strbuf *out, const struct options *o)
{
    struct strbuf b = {0};
    options_put_filter(o, &b);
    struct strbuf safe = {0};
    text_put_escaped(&safe, strbuf_str(&b), b.len);
    text_line(out, "filter", &safe);
    strbuf_clear(&b);
    if (o->since != INT64_MIN || o->until != INT64_MAX) {
        text_put_seconds(&b, o->since != INT64_MIN ? o->since : 0);
        strbuf_puts(&b, " .. ");
        if (o->until != INT64_MAX)
            text_put_seconds(&b, o->until);
        else
            strbuf_puts(&b, "the end");
        strbuf_puts(&b, " s");
    }
    text_line(out, "range", &b);
}

void text_wrapped(struct strbuf *out, size_t indent, const char *text)
{
    strbuf_printf(out, "%*s", (int)indent, "");
    put_wrapped(out, indent, text);
}

void text_put_ops(struct strbuf *out, const uint64_t *ops)
{
    const char *separator = "";
    char name[32];
    for (unsigned op = 0; op < HEAP_OP_COUNT; op++) {
        if (ops[op] == 0)
            continue;
        strbuf_printf(out, "%s%s ", separator, heap_op_name(op, name));
        text_put_grouped(out, ops[op]);
        separator = ", ";
    }
}

void text_trust(struct strbuf *out, const struct trust *trust)
{
    static const struct text_column columns[] = {
        {"Trust", true, 0},
        {"", false, 0},
        {"", true, 0},
    };
    struct text_table t;
    text_table_init(&t, columns, sizeof columns / sizeof columns[0], true);
    for (size_t i = 0; i < trust_field_count; i++) {
        uint64_t n = trust_value(trust, &trust_fields[i]);
        if (n == 0)
            continue;
        struct strbuf label = {0};
        strbuf_printf(&label, "  %s", trust_fields[i].label);
        const struct value cells[] = {
            value_text(strbuf_str(&label)),
            value_number(VALUE_COUNT, n),
            value_text(trust_fields[i].hint),
        };
        for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++)
            text_table_add(&t, &cells[c]);
        strbuf_release(&label);
    }
    strbuf_putc(out, '\n');
    if (t.rows == 0)
        strbuf_puts(out, "Trust\n  nothing was lost, repaired or doubtful\n");
    else
        text_table_put(&t, 0, out);
    text_table_release(&t);
}
