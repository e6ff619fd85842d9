/* A list of changes for each block, newest first; see resizes.h. */
#include "model/resizes.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/row.h"

#define NONE UINT32_MAX

void resizes_init(struct resizes *r)
{
    *r = (struct resizes){0};
    id_map_init(&r->last);
}

void resizes_release(struct resizes *r)
{
    free(r->items);
    id_map_release(&r->last);
}

int resizes_add(struct resizes *r, uint64_t opener, uint64_t row, uint64_t size)
{
    if (r->count == NONE ||
        base_grow((void **)&r->items, &r->cap, r->count + 1, sizeof *r->items) != 0)
        return -ENOMEM;
    uint32_t place = (uint32_t)r->count;
    uint32_t *last = id_map_find(&r->last, 0, opener);
    r->items[place] =
        (struct resize){.row = row, .size = size, .previous = last != NULL ? *last : NONE};
    if (last != NULL)
        *last = place;
    else if (id_map_add(&r->last, 0, opener, place) != 0)
        return -ENOMEM;
    r->count++;
    return 0;
}

static uint32_t latest(const struct resizes *r, uint64_t opener)
{
    const uint32_t *last = r->count > 0 ? id_map_find(&r->last, 0, opener) : NULL;
    return last != NULL ? *last : NONE;
}

uint64_t resizes_size_at(const struct resizes *r, uint64_t opener, uint64_t moment, uint64_t size)
{
    for (uint32_t i = latest(r, opener); i != NONE && r->items[i].row >= moment;
         i = r->items[i].previous)
        size = r->items[i].size;
    return size;
}

uint64_t resizes_last(const struct resizes *r, uint64_t opener)
{
    uint32_t last = latest(r, opener);
    return last != NONE ? r->items[last].row : ROW_NONE;
}
