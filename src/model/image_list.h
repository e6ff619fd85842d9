/*
 * The images of one process while records still tell of them, for image_table.h alone.
 *
 * Every image ever known, and the order by base of those that are there now, which do not overlap.
 */
#ifndef MODEL_IMAGE_LIST_H
#define MODEL_IMAGE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/image_space.h"

/* No process has so many modules at once; each that comes moves the others' places. */
#define IMAGE_LIST_OPEN_MAX 65536u

struct image_entry {
    struct image image; /* `path` is the kernel's name of the file, `name` the linker's */
    int64_t told;       /* the latest record that spoke of it */
    bool recorded;      /* an Image record did, not ImageId alone */
};

struct image_list {
    struct image_entry *entries; /* as they became known */
    size_t count, cap;
    uint32_t *open; /* those that are there, by base */
    size_t open_count, open_cap;
    bool changed; /* since it was published */
    struct image_space *published;
};

void image_list_release(struct image_list *l);

/* Appends a copy; `*out_entry` is good until the next one. 0, ERR_LIMIT or -ENOMEM. */
int image_list_add(struct image_list *l, const struct image *image, struct image_entry **out_entry);

static inline bool image_entry_is_open(const struct image_entry *e)
{
    return e->image.unloaded == INT64_MAX;
}

/* The entry just added is there from now on. What was in its place ends at `time`: its Unload was
 * lost; true when there was something. O(log open) and a memmove. */
bool image_list_open(struct image_list *l, struct image_entry *e, int64_t time);

/* It is gone. The same cost. */
void image_list_close(struct image_list *l, struct image_entry *e, int64_t time);

#endif
