/* The JSON form of `info`; see info_json.h. */
#include "commands/info_json.h"

#include "commands/info_facts.h"
#include "commands/info_package.h"
#include "commands/info_programs.h"
#include "commands/json_value.h"
#include "model/capture_words.h"

static void set_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, text[0] != '\0' ? json_string(text) : json_null());
}

static void set_times(json_t *root, const struct subject *s)
{
    const struct trace *trace = s->loaded.trace;
    int64_t last = ingest_last_time(s->loaded.ingest);
    json_object_set_new(root, "start", json_filetime(trace->clock.origin_filetime));
    json_object_set_new(root, "end", json_filetime(trace->header.end_time));
    json_object_set_new(root, "duration_ns",
                        last != INT64_MIN ? json_integer(trace_ns(trace, last)) : json_null());
    json_object_set_new(root, "finished", json_boolean(ingest_is_finished(s->loaded.ingest)));
}

static json_t *machine_json(const struct etl_file_header *h, const struct system_info *info)
{
    json_t *machine = json_object();
    struct strbuf b = {0};
    capture_put_version(&b, h);
    json_object_set_new(machine, "windows", json_take_text(&b));
    strbuf_release(&b);
    json_set_u64(machine, "pointer_size", h->pointer_size);
    json_set_u64(machine, "cpus", h->cpus);
    json_set_u64(machine, "cpu_mhz", info->mhz != 0 ? info->mhz : h->cpu_mhz);
    json_object_set_new(machine, "memory_bytes",
                        info->memory_mib != 0 ? json_u64((uint64_t)info->memory_mib << 20)
                                              : json_null());
    set_text(machine, "computer", info->computer);
    set_text(machine, "product", info->product);
    set_text(machine, "build_lab", info->build_lab);
    json_object_set_new(machine, "boot", json_filetime(h->boot_time));
    return machine;
}

static json_t *session_json(const struct etl_file_header *h)
{
    json_t *session = json_object();
    struct strbuf b = {0};
    set_text(session, "name", h->session_name);
    set_text(session, "log_file", h->log_file_name);
    strbuf_printf(&b, "%u.%u", h->log_major, h->log_minor);
    json_object_set_new(session, "log_version", json_take_text(&b));
    strbuf_put_hex(&b, h->log_file_mode);
    json_object_set_new(session, "mode", json_take_text(&b));
    strbuf_release(&b);
    json_t *words = json_array();
    for (size_t i = 0; i < capture_mode_word_count; i++)
        if ((h->log_file_mode & capture_mode_words[i].bit) != 0)
            json_array_append_new(words, json_string(capture_mode_words[i].word));
    json_object_set_new(session, "mode_words", words);
    json_set_u64(session, "buffer_size", h->buffer_size);
    json_set_u64(session, "buffers_written", h->buffers_written);
    json_set_u64(session, "events_lost", h->events_lost);
    json_set_u64(session, "buffers_lost", h->buffers_lost);
    return session;
}

static json_t *clock_json(const struct trace *trace)
{
    json_t *clock = json_object();
    set_text(clock, "type", capture_clock_name(trace->header.clock_type));
    json_set_u64(clock, "ticks_per_second", trace->clock.ticks_per_second);
    json_object_set_new(clock, "assumed", json_boolean(trace->clock.assumed));
    return clock;
}

static json_t *marks_json(const struct trace *trace)
{
    json_t *marks = json_array();
    for (size_t i = 0; i < mark_list_count(trace->marks); i++) {
        const struct trace_mark *mark = mark_list_get(trace->marks, i);
        json_t *object = json_object();
        json_object_set_new(object, "time", json_integer(trace_ns(trace, mark->time)));
        set_text(object, "name", mark->text);
        json_array_append_new(marks, object);
    }
    return marks;
}

static json_t *buffers_json(const struct etl_tally *t)
{
    json_t *buffers = json_object();
    json_set_u64(buffers, "read", t->buffers);
    json_set_u64(buffers, "compressed", t->buffers_compressed);
    json_set_u64(buffers, "damaged", t->buffers_damaged);
    json_set_u64(buffers, "bytes", t->bytes);
    return buffers;
}

static json_t *header_types_json(const struct etl_tally *t)
{
    json_t *types = json_object();
    for (unsigned i = 0; i < ETL_HEADER_TYPES; i++) {
        if (t->by_header_type[i] == 0)
            continue;
        struct strbuf name = {0};
        const char *known = info_header_type_name(i);
        if (known != NULL)
            strbuf_puts(&name, known);
        else
            strbuf_put_u64(&name, i);
        json_set_u64(types, strbuf_str(&name), t->by_header_type[i]);
        strbuf_release(&name);
    }
    return types;
}

static json_t *providers_json(const struct etl_tally *t)
{
    uint16_t order[ETL_TALLY_PROVIDERS];
    size_t n = info_order_providers(t, order);
    json_t *providers = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct etl_provider_count *p = &t->providers[order[i]];
        const char *name = etl_guid_name(&p->guid);
        char guid[ETL_GUID_TEXT_SIZE];
        json_t *provider = json_object();
        set_text(provider, "guid", etl_guid_format(&p->guid, guid));
        set_text(provider, "name", name != NULL ? name : "");
        json_set_u64(provider, "records", p->records);
        json_array_append_new(providers, provider);
    }
    return providers;
}

/* Losses are those of trust.h; what replay found out belongs to `report`. */
static json_t *losses_json(const struct trust *trust)
{
    json_t *losses = json_object();
    for (size_t i = 0; i < trust_field_count; i++)
        if (trust_fields[i].grade == TRUST_LOSS)
            json_set_u64(losses, trust_fields[i].key, trust_value(trust, &trust_fields[i]));
    return losses;
}

static json_t *input_json(const struct subject *s, unsigned input)
{
    struct ingest_facts f;
    ingest_input_facts(s->loaded.ingest, input, &f);
    struct etl_clock clock;
    etl_clock_init(&clock, f.header);
    json_t *root = json_object();
    struct strbuf path = {0};
    inputs_put_paths(&s->loaded.inputs.list[input]->path, 1, &path);
    json_object_set_new(root, "file", json_take_text(&path));
    strbuf_release(&path);
    json_object_set_new(root, "start", json_filetime(clock.origin_filetime));
    json_object_set_new(root, "end", json_filetime(f.header->end_time));
    json_object_set_new(root, "session", session_json(f.header));
    json_object_set_new(root, "buffers", buffers_json(f.tally));
    json_set_u64(root, "records", f.tally->records);
    json_set_u64(root, "heap_events", f.tally->heap_events);
    json_set_u64(root, "stack_records", f.tally->stack_records);
    json_object_set_new(root, "losses", losses_json(&f.trust));
    return root;
}

static json_t *inputs_json(const struct subject *s)
{
    json_t *inputs = json_array();
    for (unsigned i = 0; i < s->loaded.inputs.count; i++)
        json_array_append_new(inputs, input_json(s, i));
    return inputs;
}

json_t *info_json(const struct subject *s)
{
    const struct trace *trace = s->loaded.trace;
    const struct etl_tally *t = ingest_tally(s->loaded.ingest);
    json_t *root = json_object();
    set_text(root, "file", strbuf_str(&s->name));
    set_text(root, "format", "etl");
    json_object_set_new(root, "inputs", inputs_json(s));
    json_object_set_new(root, "containers", info_package_json(&s->loaded.inputs));
    set_times(root, s);
    json_object_set_new(root, "machine",
                        machine_json(&trace->header, system_facts_info(trace->system)));
    json_object_set_new(root, "session", session_json(&trace->header));
    json_object_set_new(root, "clock", clock_json(trace));
    json_object_set_new(root, "buffers", buffers_json(t));
    json_set_u64(root, "records", t->records);
    json_set_u64(root, "heap_events", t->heap_events);
    json_set_u64(root, "stack_records", t->stack_records);
    json_object_set_new(root, "header_types", header_types_json(t));
    json_object_set_new(root, "providers", providers_json(t));
    json_set_u64(root, "other_provider_records", t->other_provider_records);
    json_object_set_new(root, "ops", json_ops(t->heap_ops));
    json_object_set_new(root, "marks", marks_json(trace));
    info_set_programs(root, trace);
    json_object_set_new(root, "losses", losses_json(&s->loaded.trust));
    return root;
}
