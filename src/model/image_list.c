/* Entries and the sorted places of the open ones; see image_list.h. */
#include "model/image_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

void image_list_release(struct image_list *l)
{
    free(l->entries);
    free(l->open);
    image_space_unref(l->published);
}

int image_list_add(struct image_list *l, const struct image *image, struct image_entry **out_entry)
{
    if (l->open_count >= IMAGE_LIST_OPEN_MAX)
        return ERR_LIMIT;
    void *entries = l->entries;
    int rc = base_grow(&entries, &l->cap, l->count + 1, sizeof *l->entries);
    l->entries = entries;
    if (rc != 0)
        return rc;
    void *open = l->open;
    rc = base_grow(&open, &l->open_cap, l->open_count + 1, sizeof *l->open);
    l->open = open;
    if (rc != 0)
        return rc;
    *out_entry = &l->entries[l->count++];
    **out_entry = (struct image_entry){.image = *image};
    return 0;
}

static uint64_t end_of(const struct image *i)
{
    uint64_t end;
    return __builtin_add_overflow(i->base, i->size, &end) ? UINT64_MAX : end;
}

static const struct image *open_at(const struct image_list *l, size_t place)
{
    return &l->entries[l->open[place]].image;
}

/* The place of the first open image whose base is not below `base`. */
static size_t open_place(const struct image_list *l, uint64_t base)
{
    size_t low = 0, high = l->open_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (open_at(l, middle)->base < base)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void remove_open(struct image_list *l, size_t from, size_t to)
{
    memmove(l->open + from, l->open + to, (l->open_count - to) * sizeof *l->open);
    l->open_count -= to - from;
}

/* Ends what overlaps `image`; true when there was something. */
static bool make_room(struct image_list *l, const struct image *image, int64_t time)
{
    size_t from = open_place(l, image->base), to = from;
    if (from > 0 && end_of(open_at(l, from - 1)) > image->base)
        from--;
    while (to < l->open_count &&
           (open_at(l, to)->base == image->base || open_at(l, to)->base < end_of(image)))
        to++;
    for (size_t i = from; i < to; i++)
        l->entries[l->open[i]].image.unloaded = time;
    remove_open(l, from, to);
    return from != to;
}

bool image_list_open(struct image_list *l, struct image_entry *e, int64_t time)
{
    bool was_taken = make_room(l, &e->image, time);
    size_t at = open_place(l, e->image.base);
    memmove(l->open + at + 1, l->open + at, (l->open_count - at) * sizeof *l->open);
    l->open[at] = (uint32_t)(e - l->entries);
    l->open_count++;
    return was_taken;
}

void image_list_close(struct image_list *l, struct image_entry *e, int64_t time)
{
    size_t at = open_place(l, e->image.base);
    e->image.unloaded = time;
    if (at < l->open_count && &l->entries[l->open[at]] == e)
        remove_open(l, at, at + 1);
}
