/* Facts of each input; see info_inputs.h. */
#include "commands/info_inputs.h"

#include "base/text.h"
#include "export/text_table.h"

#define INDENT 2

/* Everything of which --strict says that something is missing. */
static uint64_t count_losses(const struct trust *trust)
{
    uint64_t n = 0;
    for (size_t i = 0; i < trust_field_count; i++)
        if (trust_fields[i].grade == TRUST_LOSS)
            n += trust_value(trust, &trust_fields[i]);
    return n;
}

/* When its session began and ended, since the trace's start. */
static void put_span(const struct trace *trace, const struct ingest_facts *f, struct strbuf *out)
{
    text_put_duration(out, trace_ns(trace, f->header->header_time));
    strbuf_puts(out, " .. ");
    if (f->tally->records != 0)
        text_put_duration(out, trace_ns(trace, f->tally->last_time));
    if (etl_file_header_is_live(f->header))
        strbuf_puts(out, ", unfinished");
}

static void add_row(struct text_table *table, const struct subject *s, unsigned input)
{
    struct ingest_facts f;
    ingest_input_facts(s->loaded.ingest, input, &f);
    struct strbuf name = {0}, span = {0};
    strbuf_printf(&name, "%*s%s", INDENT, "", s->loaded.inputs.list[input]->name);
    put_span(s->loaded.trace, &f, &span);
    const struct value cells[] = {
        value_text(strbuf_str(&name)),
        value_text(f.header->session_name),
        value_text(strbuf_str(&span)),
        value_number(VALUE_COUNT, f.tally->records),
        value_number(VALUE_COUNT, f.tally->heap_events),
        value_number(VALUE_COUNT, f.tally->stack_records),
        value_number(VALUE_COUNT, count_losses(&f.trust)),
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        text_table_add(table, &cells[i]);
    strbuf_release(&name);
    strbuf_release(&span);
}

void info_inputs_text(const struct subject *s, struct strbuf *out)
{
    static const struct text_column columns[] = {
        {"Inputs", true, 0}, {"Session", true, 3}, {"From .. to", true, 2}, {"Records", false, 0},
        {"Heap", false, 0},  {"Stacks", false, 1}, {"Lost", false, 0},
    };
    if (s->loaded.inputs.count < 2)
        return;
    struct text_table table;
    text_table_init(&table, columns, sizeof columns / sizeof columns[0], true);
    for (unsigned i = 0; i < s->loaded.inputs.count; i++)
        add_row(&table, s, i);
    strbuf_putc(out, '\n');
    text_table_put(&table, 0, out);
    text_table_release(&table);
}
