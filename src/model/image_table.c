/*
 * Images by process, and the rules by which records become images; see image_table.h.
 *
 * Several records tell of one image: that it is there (rundown, perhaps twice), that it came or
 * went, and what ImageId adds at the very time of one of those, before it or after it. So a record
 * is for the latest image at its base when nothing speaks against that, and else for a new one.
 */
#include "model/image_table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "model/id_map.h"
#include "model/image_list.h"
#include "model/image_map_make.h"
#include "model/volume_map.h"

/* Of longer texts the last so many units are kept: the name of the file stands there. */
#define TEXT_UNITS 1024u

/* Records that share one time, at most, to find the image that a FileVersion belongs to. */
#define SAME_TIME 64u

/* The processes whose images are the kernel's (etl-format 6.3). */
#define PID_IDLE   0u
#define PID_SYSTEM 4u

/* An image told of, or a version told, at the time of the records at hand. */
struct told_image {
    struct image_list *list;
    uint32_t entry;
};

struct told_version {
    uint64_t size;
    const char *version;
};

struct image_table {
    struct registry *registry;
    struct text_pool *texts;
    struct volume_map volumes;
    struct image_list kernel;
    struct image_list *lists; /* by process */
    size_t list_count, list_cap;
    struct id_map bases; /* (process, base) to the latest image there */
    uint32_t count;
    uint64_t refused;
    bool changed;
    struct image_map *map; /* the last one made */
    struct strbuf text;

    int64_t now; /* of the records at hand */
    struct told_image images[SAME_TIME];
    struct told_version versions[SAME_TIME];
    size_t image_count, version_count;
};

/* ---- life ---- */

struct image_table *image_table_new(struct registry *registry)
{
    struct image_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->registry = registry;
    t->now = INT64_MIN;
    id_map_init(&t->bases);
    t->texts = text_pool_new(IMAGE_TABLE_TEXT);
    if (t->texts != NULL)
        return t;
    image_table_free(t);
    return NULL;
}

void image_table_free(struct image_table *t)
{
    if (t == NULL)
        return;
    image_list_release(&t->kernel);
    for (size_t i = 0; i < t->list_count; i++)
        image_list_release(&t->lists[i]);
    free(t->lists);
    id_map_release(&t->bases);
    volume_map_release(&t->volumes);
    image_map_unref(t->map);
    text_pool_unref(t->texts);
    strbuf_release(&t->text);
    free(t);
}

/* ---- texts ---- */

static const char *keep(struct image_table *t)
{
    const char *kept = text_pool_put(t->texts, strbuf_str(&t->text), t->text.len);
    strbuf_clear(&t->text);
    return kept;
}

static const char *keep_utf16(struct image_table *t, struct span s)
{
    if (s.len == 0)
        return "";
    size_t units = s.len / 2, from = units > TEXT_UNITS ? units - TEXT_UNITS : 0;
    text_put_utf16(&t->text, s.p + 2 * from, units - from);
    return keep(t);
}

static const char *keep_ansi(struct image_table *t, struct span s)
{
    if (s.len == 0)
        return "";
    size_t from = s.len > TEXT_UNITS ? s.len - TEXT_UNITS : 0;
    text_put_ansi(&t->text, (const char *)s.p + from, s.len - from);
    return keep(t);
}

/* ---- which image a record is for ---- */

static bool differ(uint64_t a, uint64_t b)
{
    return a != 0 && b != 0 && a != b;
}

/* Whether the record may be of that image, by what both say of the file. */
static bool same_file(const struct image_entry *entry, const struct trace_event *e,
                      const char *path)
{
    const struct image *i = &entry->image;
    if (differ(i->size, e->image.size) || differ(i->timestamp, e->image.timestamp))
        return false;
    if (e->kind == EVENT_IMAGE_PDB)
        return !i->has_pdb ||
               (i->age == e->image.age && memcmp(i->guid, e->image.guid, sizeof i->guid) == 0);
    return path[0] == '\0' || i->path[0] == '\0' ||
           strcasecmp(text_last_part(i->path), text_last_part(path)) == 0;
}

static struct image_list *list_of(struct image_table *t, uint32_t process)
{
    if (process == INDEX_NONE)
        return &t->kernel;
    void *p = t->lists;
    if (process >= t->list_count) {
        if (base_grow(&p, &t->list_cap, process + (size_t)1, sizeof *t->lists) != 0)
            return NULL;
        t->lists = p;
        size_t more = process + (size_t)1 - t->list_count;
        memset(t->lists + t->list_count, 0, more * sizeof *t->lists);
        t->list_count += more;
        t->image_count = 0; /* they have moved */
    }
    return &t->lists[process];
}

static struct image_entry *latest_at(const struct image_table *t, const struct image_list *s,
                                     uint32_t process, uint64_t base)
{
    const uint32_t *known = id_map_find(&t->bases, process, base);
    return known != NULL ? &s->entries[*known] : NULL;
}

/* What was found for a record: its process's images and, if it is known, the image. */
struct place {
    uint32_t process;
    struct image_list *list;
    struct image_entry *known; /* the latest at that base; NULL: none */
};

/* A new image, the latest at its base; `*out` is it. */
static int add_image(struct image_table *t, const struct place *at, const struct trace_event *e,
                     struct image_entry **out)
{
    struct image image = {
        .process = at->process,
        .base = e->image.base,
        .size = e->image.size,
        .loaded = INT64_MIN,
        .unloaded = INT64_MAX,
        .path = "",
        .name = "",
        .pdb = "",
        .version = "",
    };
    uint32_t index = (uint32_t)at->list->count;
    int rc = t->count < IMAGE_TABLE_MAX ? image_list_add(at->list, &image, out) : ERR_LIMIT;
    t->refused += rc == ERR_LIMIT;
    if (rc != 0)
        return rc;
    t->count++;
    uint32_t *known = id_map_find(&t->bases, at->process, e->image.base);
    if (known == NULL)
        return id_map_add(&t->bases, at->process, e->image.base, index);
    *known = index;
    return 0;
}

/*
 * An image that is there: new, loaded at `loaded`, or INT64_MIN for before the trace, unless
 * something else was in its place until later.
 */
static int open_image(struct image_table *t, const struct place *at, const struct trace_event *e,
                      int64_t loaded, struct image_entry **out)
{
    int64_t before = at->known != NULL ? at->known->image.unloaded : INT64_MIN;
    struct image_entry *made;
    int rc = add_image(t, at, e, &made);
    if (rc != 0)
        return rc;
    bool was_taken = image_list_open(at->list, made, e->time);
    if (loaded == INT64_MIN && was_taken)
        loaded = e->time;
    else if (loaded == INT64_MIN && before != INT64_MIN && before != INT64_MAX)
        loaded = before;
    made->image.loaded = loaded;
    *out = made;
    return 0;
}

/* ---- what the kinds of records do ---- */

/* A FileVersion has no base: it is of the image of its time and size. */
static void join_versions(struct image_table *t)
{
    for (size_t v = 0; v < t->version_count; v++)
        for (size_t i = 0; i < t->image_count; i++) {
            struct image *image = &t->images[i].list->entries[t->images[i].entry].image;
            if (image->size == t->versions[v].size)
                image->version = t->versions[v].version;
        }
}

static void note_image(struct image_table *t, struct image_list *s, struct image_entry *e,
                       int64_t time)
{
    e->told = time;
    s->changed = true;
    t->changed = true;
    if (t->image_count < SAME_TIME)
        t->images[t->image_count++] = (struct told_image){s, (uint32_t)(e - s->entries)};
    join_versions(t);
}

static void note_version(struct image_table *t, const struct trace_event *e)
{
    if (t->version_count == SAME_TIME)
        return;
    t->versions[t->version_count++] = (struct told_version){e->image.size, keep_utf16(t, e->name)};
    for (size_t i = 0; i < t->image_count; i++)
        t->images[i].list->changed = true;
    t->changed = t->changed || t->image_count != 0;
    join_versions(t);
}

static void fill(struct image_entry *entry, const struct trace_event *e, const char *text)
{
    struct image *i = &entry->image;
    i->size = i->size != 0 ? i->size : e->image.size;
    i->timestamp = i->timestamp != 0 ? i->timestamp : e->image.timestamp;
    i->checksum = i->checksum != 0 ? i->checksum : e->image.checksum;
    if (e->kind == EVENT_IMAGE_PDB) {
        i->has_pdb = true;
        memcpy(i->guid, e->image.guid, sizeof i->guid);
        i->age = e->image.age;
        i->pdb = text;
    } else if (e->kind == EVENT_IMAGE_INFO) {
        i->name = text;
    } else {
        entry->recorded = true;
        i->path = text[0] != '\0' ? text : i->path;
    }
}

static int take_load(struct image_table *t, const struct place *at, const struct trace_event *e,
                     const char *path, struct image_entry **out)
{
    struct image_entry *known = at->known;
    if (known == NULL || !image_entry_is_open(known) || !same_file(known, e, path) ||
        (!known->recorded && known->told != e->time))
        return open_image(t, at, e, e->time, out);
    if (!known->recorded)
        known->image.loaded = e->time; /* ImageId told of it first */
    *out = known;
    return 0;
}

static int take_rundown(struct image_table *t, const struct place *at, const struct trace_event *e,
                        const char *path, struct image_entry **out)
{
    if (at->known == NULL || !image_entry_is_open(at->known) || !same_file(at->known, e, path))
        return open_image(t, at, e, INT64_MIN, out);
    *out = at->known;
    return 0;
}

static int take_unload(struct image_table *t, const struct place *at, const struct trace_event *e,
                       const char *path, struct image_entry **out)
{
    struct image_entry *known = at->known;
    if (known != NULL && same_file(known, e, path)) {
        *out = known; /* a second session may tell it again */
        if (image_entry_is_open(known))
            image_list_close(at->list, known, e->time);
        return 0;
    }
    int rc = open_image(t, at, e, INT64_MIN, out);
    if (rc == 0)
        image_list_close(at->list, *out, e->time);
    return rc;
}

static int take_id(struct image_table *t, const struct place *at, const struct trace_event *e,
                   const char *text, struct image_entry **out)
{
    (void)text;
    struct image_entry *known = at->known;
    if (known == NULL || known->image.unloaded < e->time || !same_file(known, e, ""))
        return open_image(t, at, e, INT64_MIN, out);
    *out = known;
    return 0;
}

typedef int (*image_rule)(struct image_table *t, const struct place *at,
                          const struct trace_event *e, const char *text, struct image_entry **out);

static image_rule rule_of(enum event_kind kind)
{
    switch (kind) {
    case EVENT_IMAGE_LOAD:
        return take_load;
    case EVENT_IMAGE_UNLOAD:
        return take_unload;
    case EVENT_IMAGE_RUNDOWN:
        return take_rundown;
    case EVENT_IMAGE_INFO:
    case EVENT_IMAGE_PDB:
        return take_id;
    default:
        return NULL;
    }
}

/* The process a record is of: one that comes is of a process that runs. */
static uint32_t process_of(struct image_table *t, const struct trace_event *e)
{
    if (e->kind == EVENT_IMAGE_LOAD)
        return registry_use_process(t->registry, e->pid);
    return registry_mention_process(t->registry, e->pid);
}

static bool is_kernel(uint32_t pid)
{
    return pid == PID_IDLE || pid == PID_SYSTEM;
}

static int take_image(struct image_table *t, image_rule rule, const struct trace_event *e)
{
    struct place at = {.process = INDEX_NONE};
    if (!is_kernel(e->pid)) {
        at.process = process_of(t, e);
        if (at.process == INDEX_NONE)
            return -ENOMEM;
    }
    at.list = list_of(t, at.process);
    if (at.list == NULL)
        return -ENOMEM;
    at.known = latest_at(t, at.list, at.process, e->image.base);
    const char *text = e->kind == EVENT_IMAGE_PDB ? keep_ansi(t, e->name) : keep_utf16(t, e->name);
    struct image_entry *entry;
    int rc = rule(t, &at, e, text, &entry);
    if (rc != 0)
        return rc;
    fill(entry, e, text);
    note_image(t, at.list, entry, e->time);
    if (entry->recorded && at.process != INDEX_NONE)
        registry_name_process(t->registry, at.process, text_last_part(entry->image.path));
    return 0;
}

static void take_volume(struct image_table *t, const struct trace_event *e)
{
    if (!volume_map_take(&t->volumes, e->name, e->text))
        return;
    t->kernel.changed = true;
    for (size_t i = 0; i < t->list_count; i++)
        t->lists[i].changed = true;
    t->changed = true;
}

int image_table_take(struct image_table *t, const struct trace_event *e)
{
    if (e->kind == EVENT_VOLUME) {
        take_volume(t, e);
        return 0;
    }
    if (e->time != t->now) {
        t->now = e->time;
        t->image_count = t->version_count = 0;
    }
    if (e->kind == EVENT_IMAGE_VERSION) {
        note_version(t, e);
        return 0;
    }
    image_rule rule = rule_of((enum event_kind)e->kind);
    return rule != NULL ? take_image(t, rule, e) : 0;
}

/* ---- publishing ---- */

/* An image for everybody: its path in drive letters, and a name from what there is. */
static struct image shown(struct image_table *t, const struct image_entry *entry)
{
    struct image i = entry->image;
    if (i.path[0] != '\0') {
        volume_map_put(&t->volumes, i.path, &t->text);
        i.path = keep(t);
        i.name = text_last_part(i.path);
    } else if (i.name[0] == '\0' && i.pdb[0] != '\0') {
        const char *pdb = text_last_part(i.pdb);
        strbuf_add(&t->text, pdb, text_stem_length(pdb));
        i.name = keep(t);
    }
    return i;
}

static int publish_list(struct image_table *t, struct image_list *s)
{
    if (!s->changed || s->count == 0)
        return 0;
    struct image *images = malloc(s->count * sizeof *images);
    if (images == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < s->count; i++)
        images[i] = shown(t, &s->entries[i]);
    struct image_space *made = image_space_new(images, s->count, t->texts);
    free(images);
    if (made == NULL)
        return -ENOMEM;
    image_space_unref(s->published);
    s->published = made;
    s->changed = false;
    return 0;
}

static int publish(struct image_table *t)
{
    struct image_space **spaces = malloc((t->list_count + 1) * sizeof *spaces);
    if (spaces == NULL)
        return -ENOMEM;
    int rc = publish_list(t, &t->kernel);
    for (size_t i = 0; i < t->list_count && rc == 0; i++) {
        rc = publish_list(t, &t->lists[i]);
        spaces[i] = t->lists[i].published;
    }
    struct image_map *made =
        rc == 0 ? image_map_new(t->kernel.published, spaces, (uint32_t)t->list_count) : NULL;
    free(spaces);
    if (made == NULL)
        return -ENOMEM;
    image_map_unref(t->map);
    t->map = made;
    t->changed = false;
    return 0;
}

struct image_map *image_table_map(struct image_table *t)
{
    if (t->changed && t->count != 0)
        publish(t); /* without memory the last one has to do */
    return t->map != NULL ? image_map_ref(t->map) : NULL;
}

uint32_t image_table_count(const struct image_table *t)
{
    return t->count;
}

uint64_t image_table_refused(const struct image_table *t)
{
    return t->refused + text_pool_refused(t->texts);
}

size_t image_table_bytes(const struct image_table *t)
{
    size_t bytes = sizeof *t + text_pool_bytes(t->texts) + id_map_bytes(&t->bases) +
                   t->list_cap * sizeof *t->lists;
    return bytes + t->count * (sizeof(struct image_entry) + sizeof(struct image) + 40);
}
