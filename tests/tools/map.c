/* Open addressing with linear probing, at most half full; see map.h. */
#include "map.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { FIRST_SLOTS = 64 };

static size_t hash(uint64_t a, uint64_t b)
{
    uint64_t h = (a + 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    h = (h ^ (h >> 32) ^ b) * 0xc4ceb9fe1a85ec53u;
    return (size_t)(h ^ (h >> 29));
}

/* The slot that holds the key, or the free slot where it belongs. */
static struct map_slot *find(struct map_slot *slots, size_t capacity, uint64_t a, uint64_t b)
{
    size_t at = hash(a, b) & (capacity - 1);
    while (slots[at].used && (slots[at].a != a || slots[at].b != b))
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

static void grow(struct map *map)
{
    size_t capacity = map->capacity ? map->capacity * 2 : FIRST_SLOTS;
    struct map_slot *slots = mem_alloc(capacity * sizeof *slots);
    for (size_t i = 0; i < map->capacity; i++) {
        const struct map_slot *old = &map->slots[i];
        if (old->used)
            *find(slots, capacity, old->a, old->b) = *old;
    }
    free(map->slots);
    map->slots = slots;
    map->capacity = capacity;
}

uint64_t map_get(const struct map *map, uint64_t a, uint64_t b)
{
    return map->capacity ? find(map->slots, map->capacity, a, b)->value : 0;
}

void map_set(struct map *map, uint64_t a, uint64_t b, uint64_t value)
{
    if (map->count * 2 >= map->capacity)
        grow(map);
    struct map_slot *slot = find(map->slots, map->capacity, a, b);
    map->count += !slot->used;
    *slot = (struct map_slot){.a = a, .b = b, .value = value, .used = 1};
}

void map_release(struct map *map)
{
    free(map->slots);
    memset(map, 0, sizeof *map);
}
