/*
 * Lists of call stack frames, each kept once under a number.  Numbers start at 1 and are given in
 * the order of their first use.
 */
#ifndef TESTS_TOOLS_FRAMES_H
#define TESTS_TOOLS_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "map.h"

/* The number of no list. */
#define FRAMES_NONE 0u

/* The most frames one record holds (etl-format 5). */
enum { FRAMES_MOST = 192 };

/* Borrowed; good until the next frames_add. */
struct frame_list {
    const uint64_t *frames; /* leaf first */
    uint32_t count;
};

/* A zeroed one is empty and ready. */
struct frames {
    uint64_t *words;
    size_t word_count;
    size_t word_capacity;
    struct frame_place {
        size_t at;
        uint32_t count;
    } * places;
    size_t count; /* the numbers 1..count are given */
    size_t capacity;
    struct map known; /* (hash, probe) -> number */
};

/* The number of these frames, new or known; FRAMES_NONE when `count` is 0. */
uint32_t frames_add(struct frames *frames, const uint64_t *list, uint32_t count);

/* The number of list `first` followed by list `second`; either may be FRAMES_NONE. */
uint32_t frames_join(struct frames *frames, uint32_t first, uint32_t second);

struct frame_list frames_get(const struct frames *frames, uint32_t number);

void frames_release(struct frames *frames);

#endif
