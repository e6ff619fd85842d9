/* The text form of `info`; see info_text.h. */
#include "commands/info_text.h"

#include "base/text.h"
#include "commands/info_facts.h"
#include "commands/info_inputs.h"
#include "commands/info_package.h"
#include "commands/info_programs.h"
#include "commands/info_symbols.h"
#include "commands/text_lines.h"
#include "export/text_table.h"
#include "model/capture_words.h"

#define INDENT 2

static void line_of_text(struct strbuf *out, const char *label, const char *text)
{
    struct strbuf b = {0};
    strbuf_puts(&b, text);
    text_line(out, label, &b);
}

static void line_of_filetime(struct strbuf *out, const char *label, int64_t filetime)
{
    struct strbuf b = {0};
    if (filetime > 0)
        text_put_filetime(&b, filetime);
    text_line(out, label, &b);
}

static void put_times(const struct subject *s, struct strbuf *out)
{
    const struct trace *trace = s->loaded.trace;
    line_of_filetime(out, "started", trace->clock.origin_filetime);
    if (ingest_is_finished(s->loaded.ingest))
        line_of_filetime(out, "stopped", trace->header.end_time);
    else
        line_of_text(out, "stopped", "not yet, or never: the session was not finished");
    if (ingest_last_time(s->loaded.ingest) == INT64_MIN)
        return;
    struct strbuf b = {0};
    text_put_duration(&b, trace_ns(trace, ingest_last_time(s->loaded.ingest)));
    text_line(out, "duration", &b);
}

static void put_machine(const struct trace *trace, struct strbuf *out)
{
    const struct etl_file_header *h = &trace->header;
    struct strbuf b = {0};
    const struct system_info *info = system_facts_info(trace->system);
    capture_put_windows(&b, h, info);
    text_line(out, "system", &b);
    capture_put_hardware(&b, h, info);
    text_line(out, "machine", &b);
    capture_put_clock(&b, h->clock_type, &trace->clock);
    text_line(out, "clock", &b);
}

static void put_session(const struct etl_file_header *h, struct strbuf *out)
{
    struct strbuf b = {0};
    line_of_text(out, "session", h->session_name);
    line_of_text(out, "logged to", h->log_file_name);
    capture_put_mode(&b, h->log_file_mode);
    strbuf_puts(&b, " (");
    strbuf_put_hex(&b, h->log_file_mode);
    strbuf_printf(&b, "), log version %u.%u", h->log_major, h->log_minor);
    text_line(out, "mode", &b);
}

static void put_buffers(const struct etl_file_header *h, const struct etl_tally *t,
                        struct strbuf *out)
{
    struct strbuf b = {0};
    text_put_grouped(&b, t->buffers);
    strbuf_puts(&b, " read, ");
    text_put_grouped(&b, t->buffers_compressed);
    strbuf_puts(&b, " compressed, ");
    text_put_grouped(&b, t->buffers_damaged);
    strbuf_puts(&b, " damaged; of ");
    text_put_size(&b, h->buffer_size);
    strbuf_puts(&b, ", ");
    text_put_size(&b, t->bytes);
    strbuf_puts(&b, " in all");
    text_line(out, "buffers", &b);
}

static void put_records(const struct etl_tally *t, struct strbuf *out)
{
    struct strbuf b = {0};
    text_put_grouped(&b, t->records);
    strbuf_puts(&b, ", heap events ");
    text_put_grouped(&b, t->heap_events);
    strbuf_puts(&b, ", stacks ");
    text_put_grouped(&b, t->stack_records);
    text_line(out, "records", &b);
    for (unsigned i = 0; i < ETL_HEADER_TYPES; i++) {
        if (t->by_header_type[i] == 0)
            continue;
        const char *name = info_header_type_name(i);
        strbuf_puts(&b, b.len != 0 ? ", " : "");
        if (name != NULL)
            strbuf_puts(&b, name);
        else
            strbuf_printf(&b, "type %u", i);
        strbuf_putc(&b, ' ');
        text_put_grouped(&b, t->by_header_type[i]);
    }
    text_line(out, "headers", &b);
    text_put_ops(&b, t->heap_ops);
    text_line(out, "operations", &b);
}

/* "before load at 1.204 s": the first few. */
static void put_marks(const struct trace *trace, struct strbuf *out)
{
    enum { SHOWN = 8 };
    struct strbuf b = {0};
    size_t n = mark_list_count(trace->marks);
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        const struct trace_mark *mark = mark_list_get(trace->marks, i);
        strbuf_printf(&b, "%s%s at ", i > 0 ? ", " : "", mark->text);
        text_put_seconds(&b, trace_ns(trace, mark->time));
        strbuf_puts(&b, " s");
    }
    if (n > SHOWN)
        strbuf_printf(&b, ", and %zu more", n - SHOWN);
    text_line(out, "marks", &b);
}

static void put_providers(const struct etl_tally *t, struct strbuf *out)
{
    static const struct text_column columns[] = {
        {"Providers", true, 0},
        {"Records", false, 0},
        {"GUID", true, 0},
    };
    uint16_t order[ETL_TALLY_PROVIDERS];
    size_t n = info_order_providers(t, order);
    struct text_table table;
    text_table_init(&table, columns, sizeof columns / sizeof columns[0], true);
    for (size_t i = 0; i < n; i++) {
        const struct etl_provider_count *p = &t->providers[order[i]];
        char guid[ETL_GUID_TEXT_SIZE];
        struct strbuf name = {0};
        const char *known = etl_guid_name(&p->guid);
        strbuf_printf(&name, "%*s%s", INDENT, "", known != NULL ? known : "(unknown)");
        const struct value cells[] = {
            value_text(strbuf_str(&name)),
            value_number(VALUE_COUNT, p->records),
            value_text(etl_guid_format(&p->guid, guid)),
        };
        for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++)
            text_table_add(&table, &cells[c]);
        strbuf_release(&name);
    }
    strbuf_putc(out, '\n');
    text_table_put(&table, 0, out);
    text_table_release(&table);
    if (t->other_provider_records == 0)
        return;
    strbuf_puts(out, "  and ");
    text_put_grouped(out, t->other_provider_records);
    strbuf_puts(out, " records of others\n");
}

void info_text(const struct subject *s, struct strbuf *out)
{
    const struct trace *trace = s->loaded.trace;
    const struct etl_tally *t = ingest_tally(s->loaded.ingest);
    strbuf_printf(out, "%s\n", strbuf_str(&s->name));
    info_package_put_line(&s->loaded.inputs, out);
    put_times(s, out);
    put_machine(trace, out);
    put_session(&trace->header, out);
    put_buffers(&trace->header, t, out);
    put_records(t, out);
    put_marks(trace, out);
    info_inputs_text(s, out);
    info_put_programs(out, trace);
    info_put_symbols(out, trace, s->options->naming);
    put_providers(t, out);
    info_package_put_members(&s->loaded.inputs, out);
    text_trust(out, &s->loaded.trust);
}
