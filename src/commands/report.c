/* The report of each file in the format asked for; see report.h. */
#include "commands/report.h"

#include <stdlib.h>

#include "answer/answer_maker.h"
#include "commands/command.h"
#include "commands/json_value.h"
#include "commands/report_json.h"
#include "commands/report_text.h"
#include "commands/subject_stacks.h"
#include "export/record.h"
#include "export/report_table.h"

/* What goes through all reports of one call. */
struct reports {
    const struct options *options;
    struct output *out;
    struct filter *filter;
    bool many; /* reports are asked for: of several files, not merged */
    size_t printed;
    json_t *json; /* json: the objects so far */
    /* tsv, csv, jsonl: the one table, its file in front when there are several. */
    const struct report_table *table;
    struct record_field fields[TEXT_TABLE_COLUMNS];
    struct record_writer writer;
};

static bool is_records(enum export_format format)
{
    return format != EXPORT_FORMAT_TEXT && format != EXPORT_FORMAT_JSON;
}

static const struct report_table *chosen_table(const struct options *o)
{
    unsigned table = o->by != 0 ? (unsigned)__builtin_ctz(o->by) : (unsigned)EXPORT_TABLE_HEAP;
    return &report_tables[table];
}

/* Only when there is something to print: an input without events leaves the output empty. */
static void begin_records(struct reports *all)
{
    size_t n = 0;
    if (all->many)
        all->fields[n++].name = "file";
    for (size_t i = 0; i < all->table->column_count; i++)
        all->fields[n++].name = all->table->columns[i].name;
    record_writer_init(&all->writer, all->out, command_format(all->options), all->fields, n);
}

static void put_records(struct reports *all, const struct report *r, const struct subject *s)
{
    if (all->printed == 0)
        begin_records(all);
    const void **rows;
    const struct option_number *top = &all->options->top;
    size_t n = report_table_rows(all->table, r, top->given, &rows);
    for (size_t i = 0; i < n && (!top->given || i < top->value); i++) {
        struct value file = value_text(strbuf_str(&s->name));
        if (all->many)
            record_put(&all->writer, &file);
        report_table_put(r, all->table, rows[i], &all->writer);
        record_end(&all->writer);
    }
    free(rows);
}

static void put_text(struct reports *all, const struct report *r, const struct subject *s)
{
    struct strbuf page = {0};
    if (all->printed != 0)
        strbuf_putc(&page, '\n');
    report_text(r, s, &page);
    output_add(all->out, strbuf_str(&page), page.len);
    strbuf_release(&page);
}

/* The rows of the tables of stacks; NULL where none is asked for, and when memory is out. */
static struct stack_rows *make_stack_rows(const struct subject *s)
{
    if ((s->options->by & (1u << EXPORT_TABLE_STACK | 1u << EXPORT_TABLE_MODULE)) == 0)
        return NULL;
    struct subject_stacks st;
    struct stack_rows *rows = NULL;
    if (subject_add_stacks(s, &st) == COMMAND_OK)
        rows = stack_rows_new(st.totals, st.rules, &st.namer);
    if (rows != NULL && subject_stacks_wait(s, &st)) {
        stack_rows_free(rows);
        rows = stack_rows_new(st.totals, st.rules, &st.namer);
    }
    subject_stacks_release(&st);
    return rows;
}

/* Text ends with them, and a table may be asked for; NULL otherwise, and when memory is out. */
static struct findings *make_findings(const struct reports *all, const struct subject *s)
{
    bool text = all->json == NULL && all->table == NULL;
    bool asked = (s->options->by >> EXPORT_TABLE_FINDING & 1) != 0;
    return text || asked ? subject_find(s) : NULL;
}

/* Which tables of sizes the tables that are printed are made of. The JSON report has sizes of its
 * own. */
static unsigned size_kinds(const struct reports *all)
{
    static const unsigned char kind_of[EXPORT_TABLES] = {
        [EXPORT_TABLE_SIZE] = 1 + SIZE_BY_POWER,
        [EXPORT_TABLE_LIFE] = 1 + SIZE_BY_POWER,
        [EXPORT_TABLE_EXACT] = 1 + SIZE_BY_EXACT,
        [EXPORT_TABLE_BUCKET] = 1 + SIZE_BY_BUCKET,
    };
    unsigned kinds = 0, by = all->options->by;
    if (all->json != NULL)
        return 0;
    if (by == 0 && all->table == NULL)
        by = 1u << EXPORT_TABLE_SIZE;
    for (unsigned i = 0; i < EXPORT_TABLES; i++)
        if ((by >> i & 1) != 0 && kind_of[i] != 0)
            kinds |= 1u << (kind_of[i] - 1);
    return kinds;
}

static int make_sizes(const struct subject *s, unsigned kinds, struct report *r)
{
    for (int kind = 0; kind < SIZE_KINDS; kind++) {
        if ((kinds >> kind & 1) == 0)
            continue;
        const struct answer_spec spec = {.kind = ANSWER_SIZES, .sizes = {(enum size_kind)kind}};
        struct answer *a = answer_make(s->loaded.query, &spec, NULL);
        if (a == NULL)
            return COMMAND_FAILED;
        r->sizes[kind] = (const struct size_table *)a;
    }
    return COMMAND_OK;
}

static void release_sizes(struct report *r)
{
    for (int kind = 0; kind < SIZE_KINDS; kind++)
        if (r->sizes[kind] != NULL)
            answer_unref((struct answer *)(uintptr_t)&r->sizes[kind]->base);
}

static void put_tables(struct reports *all, const struct report *r, const struct subject *s)
{
    if (all->json != NULL)
        json_array_append_new(all->json, report_json(r, s));
    else if (all->table != NULL)
        put_records(all, r, s);
    else
        put_text(all, r, s);
    all->printed++;
}

/* Stretches of time where --bins does not say how many. */
#define BINS_USUAL 20

/* The stretches of the range; NULL where they are not asked for, and when memory is out. */
static struct timeline *make_timeline(const struct subject *s)
{
    static const struct frame_namer nameless = {0};
    const struct options *o = s->options;
    const struct trace *t = s->loaded.trace;
    const struct answer_spec spec = {
        .kind = ANSWER_TIMELINE,
        .timeline = {.since = o->since != INT64_MIN ? trace_raw(t, o->since) : INT64_MIN,
                     .until = o->until != INT64_MAX ? trace_raw(t, o->until + 1) - 1 : INT64_MAX,
                     .columns = o->bins.given ? (uint32_t)o->bins.value : BINS_USUAL,
                     .row = ROW_NONE},
    };
    if ((o->by >> EXPORT_TABLE_TIME & 1) == 0)
        return NULL;
    return (struct timeline *)answer_make(s->loaded.query, &spec, &nameless);
}

static int put_report(struct reports *all, const struct subject *s)
{
    struct summary *summary = subject_summary(s);
    if (summary == NULL)
        return COMMAND_FAILED;
    struct strbuf scratch = {0};
    struct stack_rows *stacks = make_stack_rows(s);
    struct findings *findings = make_findings(all, s);
    struct timeline *timeline = make_timeline(s);
    struct report r = {
        .trace = s->loaded.trace,
        .summary = summary,
        .stacks = stacks,
        .findings = findings,
        .timeline = timeline,
        .trust = &s->loaded.trust,
        .in_range = s->options->since != INT64_MIN || s->options->until != INT64_MAX,
        .scratch = &scratch,
    };
    int code = make_sizes(s, size_kinds(all), &r);
    if (code == COMMAND_OK)
        put_tables(all, &r, s);
    release_sizes(&r);
    strbuf_release(&scratch);
    answer_unref((struct answer *)timeline);
    answer_unref((struct answer *)findings);
    stack_rows_free(stacks);
    summary_free(summary);
    return code == COMMAND_OK ? subject_judge(s, all->table == NULL) : code;
}

/* The report of one trace, of so many files. */
static int report_files(struct reports *all, char *const *paths, size_t count)
{
    struct subject s;
    const struct query_spec spec = {
        .filter = all->filter, .since = all->options->since, .until = all->options->until};
    int code = subject_open(&s, all->options, paths, count, &spec);
    if (code == COMMAND_OK && !subject_has_events(&s))
        code = COMMAND_FAILED;
    if (code == COMMAND_OK)
        code = put_report(all, &s);
    subject_release(&s);
    return code;
}

/* One object alone, several in an array; a single file without events gives nothing. */
static void put_json(struct reports *all)
{
    if (all->many)
        json_put(all->json, all->out);
    else if (json_array_size(all->json) != 0)
        json_put(json_array_get(all->json, 0), all->out);
    json_decref(all->json);
}

int report_run(const struct options *o, struct output *out)
{
    struct reports all = {.options = o, .out = out};
    int code = subject_parse_filter(o, &all.filter);
    if (code != COMMAND_OK)
        return code;
    if (command_format(o) == EXPORT_FORMAT_JSON)
        all.json = json_array();
    if (is_records(command_format(o)))
        all.table = chosen_table(o);
    size_t together = o->merge ? o->file_count : 1;
    all.many = o->file_count > together;
    for (size_t i = 0; i < o->file_count; i += together)
        code = command_worse(code, report_files(&all, o->files + i, together));
    if (all.json != NULL)
        put_json(&all);
    filter_unref(all.filter);
    return code;
}
