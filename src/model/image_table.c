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
#include "model/image_map_make.h"
#include "model/volume_map.h"

/* Of longer texts the last so many units are kept: the name of the file stands there. */
#define TEXT_UNITS 1024u

/* Records that share one time, at most, to find the image that a FileVersion belongs to. */
#define SAME_TIME 64u

/* The processes whose images are the kernel's (etl-format 6.3). */
#define PID_IDLE   0u
#define PID_SYSTEM 4u

struct entry {
    struct image image; /* `path` is the kernel's name of the file, `name` the linker's */
    int64_t told;       /* the latest record that spoke of it */
    bool recorded;      /* an Image record did, not ImageId alone */
};

/* The images of one process. */
struct space {
    struct entry *entries; /* as they became known */
    size_t count, cap;
    uint32_t *open; /* those that are there, by base: they do not overlap */
    size_t open_count, open_cap;
    bool changed;
    struct image_space *published;
};

/* An image told of, or a version told, at the time of the records at hand. */
struct told_image {
    struct space *space;
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
    struct space kernel;
    struct space *spaces; /* by process */
    size_t space_count, space_cap;
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

static void release_space(struct space *s)
{
    free(s->entries);
    free(s->open);
    image_space_unref(s->published);
}

void image_table_free(struct image_table *t)
{
    if (t == NULL)
        return;
    release_space(&t->kernel);
    for (size_t i = 0; i < t->space_count; i++)
        release_space(&t->spaces[i]);
    free(t->spaces);
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
    size_t units = s.len / 2, from = units > TEXT_UNITS ? units - TEXT_UNITS : 0;
    text_put_utf16(&t->text, s.p + 2 * from, units - from);
    return keep(t);
}

static const char *keep_ansi(struct image_table *t, struct span s)
{
    size_t from = s.len > TEXT_UNITS ? s.len - TEXT_UNITS : 0;
    text_put_ansi(&t->text, (const char *)s.p + from, s.len - from);
    return keep(t);
}

/* ---- the images that are there ---- */

static uint64_t end_of(const struct image *i)
{
    uint64_t end;
    return __builtin_add_overflow(i->base, i->size, &end) ? UINT64_MAX : end;
}

/* The place in `open` of the first image whose base is not below `base`. */
static size_t open_place(const struct space *s, uint64_t base)
{
    size_t low = 0, high = s->open_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->entries[s->open[middle]].image.base < base)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void remove_open(struct space *s, size_t from, size_t to)
{
    memmove(s->open + from, s->open + to, (s->open_count - to) * sizeof *s->open);
    s->open_count -= to - from;
}

static bool is_open(const struct entry *e)
{
    return e->image.unloaded == INT64_MAX;
}

static void close_image(struct space *s, struct entry *e, int64_t time)
{
    size_t at = open_place(s, e->image.base);
    e->image.unloaded = time;
    if (at < s->open_count && &s->entries[s->open[at]] == e)
        remove_open(s, at, at + 1);
}

/* Ends what is where `image` came: its Unload was lost. True when there was something. */
static bool make_room(struct space *s, const struct image *image, int64_t time)
{
    size_t from = open_place(s, image->base), to = from;
    if (from > 0 && end_of(&s->entries[s->open[from - 1]].image) > image->base)
        from--;
    while (to < s->open_count && (s->entries[s->open[to]].image.base == image->base ||
                                  s->entries[s->open[to]].image.base < end_of(image)))
        to++;
    for (size_t i = from; i < to; i++)
        s->entries[s->open[i]].image.unloaded = time;
    remove_open(s, from, to);
    return from != to;
}

/* ---- which image a record is for ---- */

static bool differ(uint64_t a, uint64_t b)
{
    return a != 0 && b != 0 && a != b;
}

/* Whether the record may be of that image, by what both say of the file. */
static bool same_file(const struct entry *entry, const struct trace_event *e, const char *path)
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

static struct space *space_of(struct image_table *t, uint32_t process)
{
    if (process == INDEX_NONE)
        return &t->kernel;
    void *p = t->spaces;
    if (process >= t->space_count) {
        if (base_grow(&p, &t->space_cap, process + (size_t)1, sizeof *t->spaces) != 0)
            return NULL;
        t->spaces = p;
        size_t more = process + (size_t)1 - t->space_count;
        memset(t->spaces + t->space_count, 0, more * sizeof *t->spaces);
        t->space_count += more;
        t->image_count = 0; /* they have moved */
    }
    return &t->spaces[process];
}

static struct entry *latest_at(const struct image_table *t, const struct space *s, uint32_t process,
                               uint64_t base)
{
    const uint32_t *known = id_map_find(&t->bases, process, base);
    return known != NULL ? &s->entries[*known] : NULL;
}

/* What was found for a record: its process's images and, if it is known, the image. */
struct place {
    uint32_t process;
    struct space *space;
    struct entry *known; /* the latest at that base; NULL: none */
};

/* A new image; `*out` is it. */
static int add_image(struct image_table *t, const struct place *at, const struct trace_event *e,
                     struct entry **out)
{
    struct space *s = at->space;
    void *entries = s->entries;
    void *open = s->open;
    if (t->count >= IMAGE_TABLE_MAX) {
        t->refused++;
        return ERR_LIMIT;
    }
    int rc = base_grow(&entries, &s->cap, s->count + 1, sizeof *s->entries);
    s->entries = entries;
    if (rc == 0)
        rc = base_grow(&open, &s->open_cap, s->open_count + 1, sizeof *s->open);
    s->open = open;
    uint32_t *known = id_map_find(&t->bases, at->process, e->image.base);
    if (rc == 0 && known == NULL)
        rc = id_map_add(&t->bases, at->process, e->image.base, (uint32_t)s->count);
    if (rc != 0)
        return rc;
    if (known != NULL)
        *known = (uint32_t)s->count;
    struct entry *made = &s->entries[s->count];
    *made = (struct entry){
        .image =
            {
                .process = at->process,
                .base = e->image.base,
                .size = e->image.size,
                .loaded = INT64_MIN,
                .unloaded = INT64_MAX,
                .path = "",
                .name = "",
                .pdb = "",
                .version = "",
            },
    };
    s->count++;
    t->count++;
    *out = made;
    return 0;
}

static void put_open(struct space *s, const struct entry *e)
{
    size_t at = open_place(s, e->image.base);
    memmove(s->open + at + 1, s->open + at, (s->open_count - at) * sizeof *s->open);
    s->open[at] = (uint32_t)(e - s->entries);
    s->open_count++;
}

/*
 * An image that is there: new, loaded at `loaded`, or INT64_MIN for before the trace, unless
 * something else was in its place until later.
 */
static int open_image(struct image_table *t, const struct place *at, const struct trace_event *e,
                      int64_t loaded, struct entry **out)
{
    int64_t before = at->known != NULL ? at->known->image.unloaded : INT64_MIN;
    struct entry *made;
    int rc = add_image(t, at, e, &made);
    if (rc != 0)
        return rc;
    bool was_taken = make_room(at->space, &made->image, e->time);
    if (loaded == INT64_MIN && was_taken)
        loaded = e->time;
    else if (loaded == INT64_MIN && before != INT64_MIN && before != INT64_MAX)
        loaded = before;
    made->image.loaded = loaded;
    put_open(at->space, made);
    *out = made;
    return 0;
}

/* ---- what the kinds of records do ---- */

/* A FileVersion has no base: it is of the image of its time and size. */
static void join_versions(struct image_table *t)
{
    for (size_t v = 0; v < t->version_count; v++)
        for (size_t i = 0; i < t->image_count; i++) {
            struct image *image = &t->images[i].space->entries[t->images[i].entry].image;
            if (image->size == t->versions[v].size)
                image->version = t->versions[v].version;
        }
}

static void note_image(struct image_table *t, struct space *s, struct entry *e, int64_t time)
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
        t->images[i].space->changed = true;
    t->changed = t->changed || t->image_count != 0;
    join_versions(t);
}

static void fill(struct entry *entry, const struct trace_event *e, const char *text)
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
                     const char *path, struct entry **out)
{
    struct entry *known = at->known;
    if (known == NULL || !is_open(known) || !same_file(known, e, path) ||
        (!known->recorded && known->told != e->time))
        return open_image(t, at, e, e->time, out);
    if (!known->recorded)
        known->image.loaded = e->time; /* ImageId told of it first */
    *out = known;
    return 0;
}

static int take_rundown(struct image_table *t, const struct place *at, const struct trace_event *e,
                        const char *path, struct entry **out)
{
    if (at->known == NULL || !is_open(at->known) || !same_file(at->known, e, path))
        return open_image(t, at, e, INT64_MIN, out);
    *out = at->known;
    return 0;
}

static int take_unload(struct image_table *t, const struct place *at, const struct trace_event *e,
                       const char *path, struct entry **out)
{
    struct entry *known = at->known;
    if (known != NULL && same_file(known, e, path)) {
        *out = known; /* a second session may tell it again */
        if (is_open(known))
            close_image(at->space, known, e->time);
        return 0;
    }
    int rc = open_image(t, at, e, INT64_MIN, out);
    if (rc == 0)
        close_image(at->space, *out, e->time);
    return rc;
}

static int take_id(struct image_table *t, const struct place *at, const struct trace_event *e,
                   const char *text, struct entry **out)
{
    (void)text;
    struct entry *known = at->known;
    if (known == NULL || known->image.unloaded < e->time || !same_file(known, e, ""))
        return open_image(t, at, e, INT64_MIN, out);
    *out = known;
    return 0;
}

typedef int (*image_rule)(struct image_table *t, const struct place *at,
                          const struct trace_event *e, const char *text, struct entry **out);

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
    at.space = space_of(t, at.process);
    if (at.space == NULL)
        return -ENOMEM;
    at.known = latest_at(t, at.space, at.process, e->image.base);
    const char *text = e->kind == EVENT_IMAGE_PDB ? keep_ansi(t, e->name) : keep_utf16(t, e->name);
    struct entry *entry;
    int rc = rule(t, &at, e, text, &entry);
    if (rc != 0)
        return rc;
    fill(entry, e, text);
    note_image(t, at.space, entry, e->time);
    if (entry->recorded && at.process != INDEX_NONE)
        registry_name_process(t->registry, at.process, text_last_part(entry->image.path));
    return 0;
}

static void take_volume(struct image_table *t, const struct trace_event *e)
{
    if (!volume_map_take(&t->volumes, e->name, e->text))
        return;
    t->kernel.changed = true;
    for (size_t i = 0; i < t->space_count; i++)
        t->spaces[i].changed = true;
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
static struct image shown(struct image_table *t, const struct entry *entry)
{
    struct image i = entry->image;
    if (i.path[0] != '\0') {
        volume_map_put(&t->volumes, i.path, &t->text);
        i.path = keep(t);
        i.name = text_last_part(i.path);
    } else if (i.name[0] == '\0' && i.pdb[0] != '\0') {
        const char *pdb = text_last_part(i.pdb);
        const char *dot = strrchr(pdb, '.');
        strbuf_add(&t->text, pdb, dot != NULL ? (size_t)(dot - pdb) : strlen(pdb));
        i.name = keep(t);
    }
    return i;
}

static int publish_space(struct image_table *t, struct space *s)
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
    struct image_space **spaces = malloc((t->space_count + 1) * sizeof *spaces);
    if (spaces == NULL)
        return -ENOMEM;
    int rc = publish_space(t, &t->kernel);
    for (size_t i = 0; i < t->space_count && rc == 0; i++) {
        rc = publish_space(t, &t->spaces[i]);
        spaces[i] = t->spaces[i].published;
    }
    struct image_map *made =
        rc == 0 ? image_map_new(t->kernel.published, spaces, (uint32_t)t->space_count) : NULL;
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
                   t->space_cap * sizeof *t->spaces;
    return bytes + t->count * (sizeof(struct entry) + sizeof(struct image) + 40);
}
