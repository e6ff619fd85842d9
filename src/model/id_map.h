/*
 * From (owner, id) to a number: which entry of the registry a pid, a thread id or a handle means.
 *
 * A growing hash table; keys are added, never removed. One thread.
 */
#ifndef MODEL_ID_MAP_H
#define MODEL_ID_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "model/hash.h"

/* The value that no key may have. */
#define ID_MAP_NONE UINT32_MAX

struct id_slot {
    uint64_t id;
    uint32_t owner;
    uint32_t value; /* ID_MAP_NONE: the slot is free */
};

struct id_map {
    struct id_slot *slots; /* NULL until the first key */
    size_t mask;           /* number of slots - 1 */
    size_t used;
    struct hash_seed seed;
};

void id_map_init(struct id_map *map);
void id_map_release(struct id_map *map);

/* The value of a key, which the caller may change until the next id_map_add(); NULL when the key is
 * not there. */
uint32_t *id_map_find(const struct id_map *map, uint32_t owner, uint64_t id);

/* Starts to load what id_map_find() will look at. */
static inline void id_map_prefetch(const struct id_map *map, uint32_t owner, uint64_t id)
{
    if (map->slots != NULL)
        __builtin_prefetch(&map->slots[hash_pair(&map->seed, id, owner) & map->mask]);
}

/* Adds a key that is not there yet. Returns 0 or -ENOMEM. */
int id_map_add(struct id_map *map, uint32_t owner, uint64_t id, uint32_t value);

size_t id_map_bytes(const struct id_map *map);

#endif
