/*
 * A hash map from a pair of numbers to a number, for the generator's own bookkeeping.  An absent
 * key reads as 0, so users store index + 1 and never remove: they store 0.
 */
#ifndef TESTS_TOOLS_MAP_H
#define TESTS_TOOLS_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_slot {
    uint64_t a;
    uint64_t b;
    uint64_t value;
    uint64_t used;
};

/* A zeroed map is empty and ready. */
struct map {
    struct map_slot *slots;
    size_t capacity;
    size_t count;
};

/* The value of key (a, b); 0 when it was never set. */
uint64_t map_get(const struct map *map, uint64_t a, uint64_t b);

void map_set(struct map *map, uint64_t a, uint64_t b, uint64_t value);

void map_release(struct map *map);

#endif
