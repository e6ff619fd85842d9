/* The hash table of id_map.h: open addressing, linear probing, at most half full. */
#include "model/id_map.h"

#include <errno.h>
#include <stdlib.h>

#define ID_MAP_FIRST ((size_t)16)

void id_map_init(struct id_map *map)
{
    *map = (struct id_map){0};
    hash_seed_init(&map->seed);
}

void id_map_release(struct id_map *map)
{
    free(map->slots);
    map->slots = NULL;
    map->used = 0;
}

/* The slot of the key, or the free one where it belongs. */
static struct id_slot *find_slot(const struct id_map *map, uint32_t owner, uint64_t id)
{
    for (size_t i = hash_pair(&map->seed, id, owner);; i++) {
        struct id_slot *s = &map->slots[i & map->mask];
        if (s->value == ID_MAP_NONE || (s->id == id && s->owner == owner))
            return s;
    }
}

uint32_t *id_map_find(const struct id_map *map, uint32_t owner, uint64_t id)
{
    if (map->slots == NULL)
        return NULL;
    struct id_slot *s = find_slot(map, owner, id);
    return s->value != ID_MAP_NONE ? &s->value : NULL;
}

static size_t capacity(const struct id_map *map)
{
    return map->slots != NULL ? map->mask + 1 : 0;
}

static int grow(struct id_map *map)
{
    size_t old_count = capacity(map);
    size_t count = old_count != 0 ? old_count * 2 : ID_MAP_FIRST;
    struct id_slot *slots = calloc(count, sizeof *slots);
    if (slots == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        slots[i].value = ID_MAP_NONE;
    struct id_slot *old = map->slots;
    map->slots = slots;
    map->mask = count - 1;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].value != ID_MAP_NONE)
            *find_slot(map, old[i].owner, old[i].id) = old[i];
    free(old);
    return 0;
}

int id_map_add(struct id_map *map, uint32_t owner, uint64_t id, uint32_t value)
{
    if ((map->used + 1) * 2 > capacity(map)) {
        int rc = grow(map);
        if (rc != 0)
            return rc;
    }
    *find_slot(map, owner, id) = (struct id_slot){.id = id, .owner = owner, .value = value};
    map->used++;
    return 0;
}

size_t id_map_bytes(const struct id_map *map)
{
    return capacity(map) * sizeof *map->slots;
}
