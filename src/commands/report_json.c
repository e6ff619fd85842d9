/* The JSON report, key by key as in cli.md; see report_json.h. */
#include "commands/report_json.h"

#include <stdlib.h>

#include "commands/json_value.h"
#include "decoder/heap_op.h"
#include "export/stack_count.h"

static void set_head(json_t *root, const struct report *r, const struct subject *s)
{
    const struct ingest *in = s->loaded.ingest;
    const struct etl_file_header *h = &r->trace->header;
    int64_t last = ingest_last_time(in);
    json_object_set_new(root, "file", json_string(strbuf_str(&s->name)));
    json_object_set_new(root, "format", json_string("etl"));
    json_object_set_new(root, "start", json_filetime(r->trace->clock.origin_filetime));
    json_object_set_new(root, "duration_ns",
                        last != INT64_MIN ? json_integer(trace_ns(r->trace, last)) : json_null());
    json_set_u64(root, "pointer_size", h->pointer_size);
    json_set_u64(root, "cpus", h->cpus);
    json_set_u64(root, "records", ingest_tally(in)->records);
    json_set_u64(root, "heap_events", ingest_tally(in)->heap_events);
}

static json_t *peak_json(const struct report *r)
{
    const struct figures *f = &r->summary->total;
    json_t *peak = json_object();
    json_set_u64(peak, "bytes", f->peak_bytes);
    json_set_u64(peak, "blocks", f->peak_blocks);
    bool known = f->peak_time != INT64_MIN;
    json_object_set_new(peak, "time",
                        known ? json_integer(trace_ns(r->trace, f->peak_time)) : json_null());
    return peak;
}

static void set_totals(json_t *root, const struct report *r)
{
    const struct figures *f = &r->summary->total;
    json_set_u64(root, "allocs", f->allocs);
    json_set_u64(root, "alloc_bytes", f->alloc_bytes);
    json_set_u64(root, "frees", f->frees);
    json_set_u64(root, "freed_bytes", f->freed_bytes);
    json_set_u64(root, "reallocs", f->reallocs);
    json_set_u64(root, "failed_allocs", f->failed_allocs);
    json_set_u64(root, "outstanding_bytes", f->outstanding_bytes);
    json_set_u64(root, "outstanding_blocks", f->outstanding_blocks);
    json_object_set_new(root, "peak", peak_json(r));
}

/* The times as asked for; null where the range is open. */
static json_t *range_json(const struct report *r, const struct options *o)
{
    static const char *const names[BLOCK_NEVER] = {
        [BLOCK_AIFI] = "aifi",
        [BLOCK_AIFO] = "aifo",
        [BLOCK_AOFI] = "aofi",
        [BLOCK_AOFO] = "aofo",
    };
    const struct range_figures *f = &r->summary->range;
    json_t *range = json_object();
    json_object_set_new(range, "since",
                        o->since != INT64_MIN ? json_integer(o->since) : json_null());
    json_object_set_new(range, "until",
                        o->until != INT64_MAX ? json_integer(o->until) : json_null());
    json_object_set_new(range, "impacting_bytes", json_integer(f->impacting_bytes));
    json_object_set_new(range, "impacting_blocks", json_integer(f->impacting_blocks));
    for (unsigned k = 0; k < BLOCK_NEVER; k++) {
        json_t *class = json_object();
        json_set_u64(class, "blocks", f->classes[k].blocks);
        json_set_u64(class, "bytes", f->classes[k].bytes);
        json_object_set_new(range, names[k], class);
    }
    return range;
}

static json_t *source_json(const struct source_figures *s, unsigned op)
{
    static const char *const ops[FOLD_SOURCE_OPS] = {"Alloc", "ReAlloc", "Free"};
    struct strbuf name = {0};
    const char *known = s->other ? "other" : heap_source_name(s->source);
    if (known != NULL)
        strbuf_puts(&name, known);
    else
        strbuf_put_u64(&name, s->source);
    json_t *object = json_object();
    json_object_set_new(object, "op", json_string(ops[op]));
    json_object_set_new(object, "source", s->other ? json_null() : json_integer(s->source));
    json_object_set_new(object, "name", json_take_text(&name));
    json_set_u64(object, "count", s->f.count[op]);
    json_set_u64(object, "bytes", s->f.bytes[op]);
    strbuf_release(&name);
    return object;
}

static json_t *sources_json(const struct summary *s)
{
    json_t *sources = json_array();
    for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++)
        for (size_t i = 0; i < s->source_count; i++)
            if (s->sources[i].f.count[op] != 0)
                json_array_append_new(sources, source_json(&s->sources[i], op));
    return sources;
}

static json_t *table_json(const struct report *r, const struct report_table *t)
{
    const void **rows;
    size_t n = report_table_rows(t, r, false, &rows);
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *object = json_object();
        for (size_t c = 0; c < t->json_columns; c++) {
            struct value v = report_table_value(r, &t->columns[c], rows[i]);
            json_object_set_new(object, t->columns[c].name, json_value(&v));
        }
        json_array_append_new(array, object);
    }
    free(rows);
    return array;
}

static json_t *sizes_json(const struct summary *s)
{
    json_t *array = json_array();
    for (unsigned k = 0; k < FOLD_SIZE_CLASSES; k++) {
        const struct size_figures *f = &s->sizes[k];
        if (f->allocs == 0 && f->outstanding_blocks == 0)
            continue;
        json_t *object = json_object();
        json_set_u64(object, "from", fold_class_from(k));
        json_set_u64(object, "to", fold_class_to(k));
        json_set_u64(object, "allocs", f->allocs);
        json_set_u64(object, "bytes", f->alloc_bytes);
        json_set_u64(object, "outstanding_blocks", f->outstanding_blocks);
        json_set_u64(object, "outstanding_bytes", f->outstanding_bytes);
        json_array_append_new(array, object);
    }
    return array;
}

/* A trace without any record of a stack says nothing of them: null. */
static json_t *stacks_json(const struct report *r, const struct subject *s)
{
    struct stack_count n;
    if (!subject_has_stacks(s) || stack_count_rows(r->trace, query_asked(s->loaded.query), &n) != 0)
        return json_pack("{s:n, s:n, s:n}", "with", "without", "distinct");
    json_t *stacks = json_object();
    json_set_u64(stacks, "with", n.with);
    json_set_u64(stacks, "without", n.without);
    json_set_u64(stacks, "distinct", n.distinct);
    return stacks;
}

static json_t *trust_json(const struct trust *t)
{
    json_t *trust = json_object();
    for (size_t i = 0; i < trust_field_count; i++)
        if (trust_fields[i].in_json)
            json_set_u64(trust, trust_fields[i].key, trust_value(t, &trust_fields[i]));
    return trust;
}

json_t *report_json(const struct report *r, const struct subject *s)
{
    json_t *root = json_object();
    set_head(root, r, s);
    json_object_set_new(root, "ops", json_ops(r->summary->ops));
    set_totals(root, r);
    if (r->in_range)
        json_object_set_new(root, "range", range_json(r, s->options));
    json_object_set_new(root, "sources", sources_json(r->summary));
    json_object_set_new(root, "heaps", table_json(r, &report_tables[EXPORT_TABLE_HEAP]));
    json_object_set_new(root, "sizes", sizes_json(r->summary));
    json_object_set_new(root, "stacks", stacks_json(r, s));
    if ((s->options->by >> EXPORT_TABLE_FINDING & 1) != 0)
        json_object_set_new(root, "findings", table_json(r, &report_tables[EXPORT_TABLE_FINDING]));
    if ((s->options->by >> EXPORT_TABLE_TIME & 1) != 0)
        json_object_set_new(root, "times", table_json(r, &report_tables[EXPORT_TABLE_TIME]));
    json_object_set_new(root, "trust", trust_json(&s->loaded.trust));
    return root;
}
