/* The report as a page of text; see report_text.h. */
#include "commands/report_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "commands/text_lines.h"
#include "export/stack_count.h"
#include "export/text_table.h"
#include "model/capture_words.h"
#include "model/nameless.h"
#include "model/process_words.h"

#define INDENT 2

/* Rows of a table unless --top says otherwise, and processes named at the top. */
#define TABLE_ROWS     10
#define PROCESSES_MOST 3

/* Findings where nobody asked for them. */
#define FINDINGS_USUAL 5

/* Tables without --by. */
#define TABLES_USUAL (1u << EXPORT_TABLE_HEAP | 1u << EXPORT_TABLE_SOURCE | 1u << EXPORT_TABLE_SIZE)

/* ---- what was read ---- */

static void put_recorded(const struct report *r, struct strbuf *out)
{
    const struct etl_file_header *h = &r->trace->header;
    struct strbuf b = {0};
    if (r->trace->clock.origin_filetime > 0) {
        text_put_filetime(&b, r->trace->clock.origin_filetime);
        strbuf_puts(&b, ", ");
    }
    capture_put_windows(&b, h, system_facts_info(r->trace->system));
    strbuf_printf(&b, ", %u CPU%s", h->cpus, h->cpus == 1 ? "" : "s");
    text_line(out, "recorded", &b);
}

static void put_length(const struct report *r, const struct subject *s, struct strbuf *out)
{
    const struct ingest *in = s->loaded.ingest;
    const struct etl_tally *t = ingest_tally(in);
    struct strbuf b = {0};
    if (ingest_last_time(in) != INT64_MIN) {
        text_put_duration(&b, trace_ns(r->trace, ingest_last_time(in)));
        strbuf_puts(&b, ", ");
    }
    text_put_grouped(&b, t->records);
    strbuf_puts(&b, " records, ");
    text_put_grouped(&b, t->heap_events);
    strbuf_puts(&b, " heap events");
    text_line(out, "length", &b);
}

static void put_processes(const struct report *r, struct strbuf *out)
{
    const struct report_table *t = &report_tables[EXPORT_TABLE_PROCESS];
    const void **rows;
    size_t n = report_table_rows(t, r, true, &rows);
    struct strbuf b = {0};
    for (size_t i = 0; i < n && i < PROCESSES_MOST; i++) {
        uint32_t index = ((const struct group_figures *)rows[i])->index;
        const struct process *p = registry_process(r->trace->registry, index);
        strbuf_puts(&b, i != 0 ? ", " : "");
        process_put_name(&b, p, true);
    }
    if (n > PROCESSES_MOST)
        strbuf_printf(&b, " and %zu more", n - PROCESSES_MOST);
    free(rows);
    text_line(out, n == 1 ? "process" : "processes", &b);
}

/* Why there are none, and what to do. */
static void put_nameless(const struct report *r, const struct subject *s, struct strbuf *out)
{
    struct strbuf b = {0};
    nameless_explain(r->trace, s->loaded.inputs.name, s->loaded.inputs.count, &b);
    text_line(out, "names", &b);
}

/* Where the events are, of a trace that has some. */
static void put_extent(const struct report *r, struct strbuf *out)
{
    const struct store *store = r->trace->store;
    strbuf_puts(out, "; all of them are from ");
    text_put_seconds(out, trace_ns(r->trace, store_time(store, 0)));
    strbuf_puts(out, " to ");
    text_put_seconds(out, trace_ns(r->trace, store_time(store, store_rows(store) - 1)));
    strbuf_puts(out, " s");
}

/* What the figures below are confined to. */
static void put_selection(const struct report *r, const struct options *o, struct strbuf *out)
{
    text_selection(out, o);
    struct strbuf b = {0};
    bool confined = r->summary->matched != r->summary->rows;
    if (confined) {
        text_put_grouped(&b, r->summary->matched);
        strbuf_puts(&b, " of ");
        text_put_grouped(&b, r->summary->rows);
        strbuf_puts(&b, " events");
    }
    if (confined && r->in_range && r->summary->matched == 0)
        put_extent(r, &b);
    text_line(out, "shown", &b);
}

/* How far stacks were recorded; nothing for a trace without any. */
static void put_stacks(const struct report *r, const struct subject *s, struct strbuf *out)
{
    struct stack_count n;
    if (!subject_has_stacks(s) || stack_count_rows(r->trace, query_asked(s->loaded.query), &n) != 0)
        return;
    struct strbuf b = {0};
    text_put_grouped(&b, n.with);
    strbuf_puts(&b, " of ");
    text_put_grouped(&b, n.with + n.without);
    strbuf_puts(&b, " Allocs and ReAllocs, ");
    text_put_grouped(&b, n.distinct);
    strbuf_puts(&b, " distinct");
    text_line(out, "stacks", &b);
}

/* ---- totals and operations ---- */

/* `bytes` NULL: a count alone; `note` is what the last column says. */
static void put_total(struct text_table *t, const char *name, uint64_t count, const uint64_t *bytes,
                      const char *note)
{
    const struct value cells[] = {
        value_text(name),
        value_number(VALUE_COUNT, count),
        bytes != NULL ? value_number(VALUE_BYTES, *bytes) : value_text(""),
        value_text(note),
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        text_table_add(t, &cells[i]);
}

static void put_totals(const struct report *r, struct strbuf *out)
{
    static const struct text_column columns[] = {
        {"Totals", true, 0},
        {"Count", false, 0},
        {"Bytes", false, 0},
        {"", true, 0},
    };
    const struct figures *f = &r->summary->total;
    struct strbuf when = {0};
    if (f->peak_time != INT64_MIN) {
        strbuf_puts(&when, "at ");
        text_put_seconds(&when, trace_ns(r->trace, f->peak_time));
        strbuf_puts(&when, " s");
    }
    struct text_table t;
    text_table_init(&t, columns, sizeof columns / sizeof columns[0], true);
    put_total(&t, "  allocs", f->allocs, &f->alloc_bytes, "");
    put_total(&t, "  frees", f->frees, &f->freed_bytes, "");
    put_total(&t, "  reallocs", f->reallocs, NULL, "");
    put_total(&t, "  failed allocs", f->failed_allocs, NULL, "");
    put_total(&t, "  outstanding", f->outstanding_blocks, &f->outstanding_bytes, "at the end");
    put_total(&t, "  peak", f->peak_blocks, &f->peak_bytes, strbuf_str(&when));
    strbuf_putc(out, '\n');
    text_table_put(&t, 0, out);
    text_table_release(&t);
    strbuf_release(&when);
}

static void put_class(struct text_table *t, const char *name, struct block_sum sum,
                      const char *note)
{
    put_total(t, name, sum.blocks, &sum.bytes, note);
}

/* What the range did, and how blocks lie to it. */
static void put_range(const struct report *r, struct strbuf *out)
{
    static const struct text_column columns[] = {
        {"Range", true, 0},
        {"Blocks", false, 0},
        {"Bytes", false, 0},
        {"", true, 0},
    };
    const struct range_figures *f = &r->summary->range;
    const struct value impacting[] = {
        value_text("  impacting"),
        value_ticks(VALUE_CHANGE, f->impacting_blocks),
        value_ticks(VALUE_CHANGE, f->impacting_bytes),
        value_text("outstanding at its end, less at its beginning"),
    };
    struct text_table t;
    text_table_init(&t, columns, sizeof columns / sizeof columns[0], true);
    for (size_t i = 0; i < sizeof impacting / sizeof impacting[0]; i++)
        text_table_add(&t, &impacting[i]);
    put_class(&t, "  AIFI", f->classes[BLOCK_AIFI], "allocated inside, freed inside");
    put_class(&t, "  AIFO", f->classes[BLOCK_AIFO], "allocated inside, not freed inside");
    put_class(&t, "  AOFI", f->classes[BLOCK_AOFI], "allocated before, freed inside");
    put_class(&t, "  AOFO", f->classes[BLOCK_AOFO], "allocated before, not freed inside");
    strbuf_putc(out, '\n');
    text_table_put(&t, 0, out);
    text_table_release(&t);
}

static void put_ops(const struct report *r, struct strbuf *out)
{
    struct strbuf b = {0};
    text_put_ops(&b, r->summary->ops);
    strbuf_puts(out, "\nOperations\n");
    text_wrapped(out, INDENT, b.len != 0 ? strbuf_str(&b) : "none");
    strbuf_release(&b);
}

/* ---- tables ---- */

/* Whose heap it is needs no column when there is one process: its name stands above. */
static size_t choose_text_columns(const struct report *r, const struct report_table *table,
                                  const struct report_column **out_chosen,
                                  struct text_column *out_columns)
{
    size_t n = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct report_column *c = &table->columns[i];
        if (c->title == NULL || (c->of_range && !r->in_range) ||
            (c->of_process && r->summary->process_count == 1))
            continue;
        out_chosen[n] = c;
        out_columns[n++] = (struct text_column){c->title, c->left, c->rank};
    }
    return n;
}

static void put_table(const struct report *r, const struct report_table *table,
                      const struct option_number *top, struct strbuf *out)
{
    const void **rows;
    size_t n = report_table_rows(table, r, table->ranked || top->given, &rows);
    uint64_t most = top->given ? top->value : table->ranked ? TABLE_ROWS : UINT64_MAX;
    const struct report_column *chosen[TEXT_TABLE_COLUMNS];
    struct text_column columns[TEXT_TABLE_COLUMNS];
    size_t column_count = choose_text_columns(r, table, chosen, columns);
    struct text_table t;
    text_table_init(&t, columns, column_count, true);
    for (size_t i = 0; i < n && i < most; i++) {
        for (size_t c = 0; c < column_count; c++) {
            struct value v = chosen[c]->get_text != NULL
                                 ? chosen[c]->get_text(r, rows[i])
                                 : report_table_value(r, chosen[c], rows[i]);
            text_table_add(&t, &v);
        }
    }
    free(rows);
    strbuf_printf(out, "\n%s\n", table->title);
    if (n == 0)
        strbuf_puts(out, "  none\n");
    else
        text_table_put(&t, INDENT, out);
    if (n > most)
        strbuf_printf(out, "  and %zu more: --top N shows N rows\n", n - (size_t)most);
    text_table_release(&t);
}

/* ---- findings ---- */

static void put_finding(const struct finding *f, struct strbuf *out)
{
    struct strbuf b = {0};
    strbuf_printf(&b, "%s: %s", finding_words[f->kind].word, f->sentence);
    text_wrapped(out, INDENT, strbuf_str(&b));
    strbuf_release(&b);
}

/* A few where they were not asked for, and nothing where there are none. */
static void put_findings(const struct report *r, const struct options *o, struct strbuf *out)
{
    const struct findings *f = r->findings;
    bool asked = (o->by >> EXPORT_TABLE_FINDING & 1) != 0;
    uint64_t most = o->top.given ? o->top.value : asked ? UINT64_MAX : FINDINGS_USUAL;
    if (f == NULL || (f->count == 0 && !asked))
        return;
    strbuf_printf(out, "\nFindings (confidence %s)\n", finding_confidence(r->trust));
    for (size_t i = 0; i < f->count && i < most; i++)
        put_finding(&f->items[i], out);
    if (f->count == 0)
        strbuf_puts(out, "  none\n");
    if (f->count > most)
        strbuf_printf(out, "  and %zu more: --by finding shows them\n", f->count - (size_t)most);
}

void report_text(const struct report *r, const struct subject *s, struct strbuf *out)
{
    strbuf_printf(out, "%s\n", strbuf_str(&s->name));
    put_recorded(r, out);
    put_length(r, s, out);
    put_processes(r, out);
    put_nameless(r, s, out);
    put_selection(r, s->options, out);
    put_stacks(r, s, out);
    put_totals(r, out);
    if (r->in_range)
        put_range(r, out);
    put_ops(r, out);
    unsigned tables = s->options->by != 0 ? s->options->by : TABLES_USUAL;
    for (unsigned i = 0; i < EXPORT_TABLES; i++)
        if ((tables >> i & 1) != 0 && i != EXPORT_TABLE_FINDING)
            put_table(r, &report_tables[i], &s->options->top, out);
    text_trust(out, &s->loaded.trust);
    put_findings(r, s->options, out);
}
