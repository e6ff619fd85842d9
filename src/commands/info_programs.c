/* Processes and modules as text and as JSON; see info_programs.h. */
#include "commands/info_programs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/text.h"
#include "commands/json_value.h"
#include "commands/text_lines.h"
#include "decoder/etl_guid.h"
#include "model/process_words.h"

/* ---- text ---- */

struct module_counts {
    uint64_t all, with_pdb, kernel;
};

static struct module_counts count_modules(const struct trace *trace, const struct image_map *images)
{
    const struct image *const *list;
    struct module_counts n = {.kernel = image_map_images(images, INDEX_NONE, &list)};
    uint32_t processes = registry_process_count(trace->registry);
    for (uint32_t p = 0; p <= processes; p++) {
        size_t count = image_map_images(images, p < processes ? p : INDEX_NONE, &list);
        n.all += count;
        for (size_t i = 0; i < count; i++)
            n.with_pdb += list[i]->has_pdb;
    }
    return n;
}

uint32_t info_mark_heap_processes(const struct registry *r, bool **out_marks)
{
    uint32_t n = 0;
    *out_marks = base_xcalloc(registry_process_count(r) + (size_t)1, sizeof **out_marks);
    for (uint32_t i = 0; i < registry_heap_count(r); i++) {
        bool *marked = &(*out_marks)[registry_heap(r, i)->process];
        n += !*marked;
        *marked = true;
    }
    return n;
}

static void put_counts(struct strbuf *out, const struct trace *trace,
                       const struct image_map *images, uint32_t with_heaps)
{
    struct strbuf b = {0};
    uint32_t processes = registry_process_count(trace->registry);
    if (processes != 0) {
        text_put_grouped(&b, processes);
        strbuf_puts(&b, ", with heaps ");
        text_put_grouped(&b, with_heaps);
    }
    if (registry_refused(trace->registry) != 0) {
        strbuf_puts(&b, "; names and command lines left out, for there are too many: ");
        text_put_grouped(&b, registry_refused(trace->registry));
    }
    text_line(out, "processes", &b);
    struct module_counts n = count_modules(trace, images);
    if (n.all != 0) {
        text_put_grouped(&b, n.all);
        strbuf_puts(&b, ", of the kernel ");
        text_put_grouped(&b, n.kernel);
        strbuf_puts(&b, "; PDB known of ");
        text_put_grouped(&b, n.with_pdb);
    }
    if (image_table_refused(trace->images) != 0) {
        strbuf_puts(&b, "; too many, left out ");
        text_put_grouped(&b, image_table_refused(trace->images));
    }
    text_line(out, "modules", &b);
}

/* So many processes are told of one by one; the others are in the JSON. */
#define PROCESSES_TOLD 20u

/* Of a command line so much; the whole is in the JSON, too. */
#define COMMAND_BYTES 400

static void put_process(struct strbuf *out, const struct trace *trace,
                        const struct image_map *images, uint32_t index)
{
    const struct process *p = registry_process(trace->registry, index);
    const struct image *const *list;
    strbuf_puts(out, "  ");
    process_put_name(out, p, false);
    strbuf_puts(out, ": ");
    process_put_times(out, trace, p);
    size_t modules = image_map_images(images, index, &list);
    if (modules != 0)
        strbuf_printf(out, ", %zu module%s", modules, modules == 1 ? "" : "s");
    strbuf_putc(out, '\n');
    const char *command = process_command(p);
    if (command == NULL)
        return;
    struct strbuf b = {0};
    size_t n = strlen(command);
    while (n > 0 && command[n - 1] == ' ')
        n--;
    text_put_middle(&b, command, n, COMMAND_BYTES);
    text_wrapped(out, 4, strbuf_str(&b));
    strbuf_release(&b);
}

void info_put_programs(struct strbuf *out, const struct trace *trace)
{
    struct image_map *images = image_table_map(trace->images);
    bool *has_heaps;
    uint32_t n = info_mark_heap_processes(trace->registry, &has_heaps);
    put_counts(out, trace, images, n);
    uint32_t told = 0;
    if (n != 0)
        strbuf_puts(out, "\nProcesses with heaps\n");
    for (uint32_t i = 0; i < registry_process_count(trace->registry); i++)
        if (has_heaps[i] && told++ < PROCESSES_TOLD)
            put_process(out, trace, images, i);
    if (told > PROCESSES_TOLD)
        strbuf_printf(out, "  and %" PRIu32 " more\n", told - PROCESSES_TOLD);
    free(has_heaps);
    image_map_unref(images);
}

/* ---- JSON ---- */

static json_t *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *id_or_null(uint32_t id)
{
    return id != EVENT_NO_ID ? json_integer(id) : json_null();
}

/* ns since the trace's start; null for what lies outside it. */
static json_t *time_or_null(const struct trace *trace, int64_t raw)
{
    bool known = raw != INT64_MIN && raw != INT64_MAX;
    return known ? json_integer(trace_ns(trace, raw)) : json_null();
}

static json_t *process_json(const struct trace *trace, const struct image_map *images,
                            uint32_t index, bool has_heaps)
{
    const struct process *p = registry_process(trace->registry, index);
    const struct image *const *list;
    bool ended = p->end != INT64_MAX;
    json_t *o = json_object();
    json_object_set_new(o, "pid", id_or_null(p->pid));
    json_object_set_new(o, "name", text_or_null(p->name));
    json_object_set_new(o, "command_line", text_or_null(p->command));
    json_object_set_new(o, "parent_pid", id_or_null(p->parent));
    json_object_set_new(o, "session", id_or_null(p->session));
    json_object_set_new(o, "start", time_or_null(trace, p->start));
    json_object_set_new(o, "end", time_or_null(trace, p->end));
    json_object_set_new(o, "exit_status", ended ? json_integer(p->exit_status) : json_null());
    json_object_set_new(o, "has_heaps", json_boolean(has_heaps));
    json_set_u64(o, "modules", image_map_images(images, index, &list));
    return o;
}

static void set_hex(json_t *object, const char *key, uint64_t v)
{
    struct strbuf b = {0};
    strbuf_put_hex(&b, v);
    json_object_set_new(object, key, json_take_text(&b));
    strbuf_release(&b);
}

/* The folder of a symbol server: the GUID's numbers and the age, all in hex (etl-format 6.4). */
static void put_key(struct strbuf *b, const struct image *image)
{
    const uint8_t *g = image->guid;
    strbuf_printf(b, "%08" PRIX32 "%04X%04X", load_u32(g), load_u16(g + 4), load_u16(g + 6));
    for (int i = 8; i < 16; i++)
        strbuf_printf(b, "%02X", g[i]);
    strbuf_printf(b, "%" PRIX32, image->age);
}

static json_t *pdb_json(const struct image *image)
{
    if (!image->has_pdb)
        return json_null();
    struct etl_guid guid = etl_guid_load(image->guid);
    char text[ETL_GUID_TEXT_SIZE];
    struct strbuf key = {0};
    json_t *o = json_object();
    json_object_set_new(o, "name", text_or_null(image->pdb));
    json_object_set_new(o, "guid", json_string(etl_guid_format(&guid, text)));
    json_set_u64(o, "age", image->age);
    put_key(&key, image);
    json_object_set_new(o, "key", json_take_text(&key));
    strbuf_release(&key);
    return o;
}

static json_t *module_json(const struct trace *trace, const struct image *image)
{
    json_t *o = json_object();
    bool kernel = image->process == INDEX_NONE;
    const struct process *p = kernel ? NULL : registry_process(trace->registry, image->process);
    json_object_set_new(o, "pid", kernel ? json_null() : id_or_null(p->pid));
    json_object_set_new(o, "process", kernel ? json_null() : json_integer(image->process));
    json_object_set_new(o, "name", text_or_null(image->name));
    json_object_set_new(o, "path", text_or_null(image->path));
    set_hex(o, "base", image->base);
    json_set_u64(o, "size", image->size);
    json_object_set_new(o, "loaded", time_or_null(trace, image->loaded));
    json_object_set_new(o, "unloaded", time_or_null(trace, image->unloaded));
    set_hex(o, "timestamp", image->timestamp);
    set_hex(o, "checksum", image->checksum);
    json_object_set_new(o, "version", text_or_null(image->version));
    json_object_set_new(o, "pdb", pdb_json(image));
    return o;
}

void info_set_programs(json_t *root, const struct trace *trace)
{
    struct image_map *images = image_table_map(trace->images);
    uint32_t count = registry_process_count(trace->registry);
    json_t *processes = json_array();
    json_t *modules = json_array();
    bool *has_heaps;
    info_mark_heap_processes(trace->registry, &has_heaps);
    for (uint32_t p = 0; p <= count; p++) {
        const struct image *const *list;
        size_t n = image_map_images(images, p < count ? p : INDEX_NONE, &list);
        if (p < count)
            json_array_append_new(processes, process_json(trace, images, p, has_heaps[p]));
        for (size_t i = 0; i < n; i++)
            json_array_append_new(modules, module_json(trace, list[i]));
    }
    json_object_set_new(root, "processes", processes);
    json_object_set_new(root, "modules", modules);
    json_set_u64(root, "process_texts_left_out", registry_refused(trace->registry));
    json_set_u64(root, "modules_left_out", image_table_refused(trace->images));
    free(has_heaps);
    image_map_unref(images);
}
