/*
 * Memory that is freed all at once: names, rare payloads, per-load tables.
 *
 * Blocks never move, so a pointer from an arena stays good until the arena goes; another thread may
 * read what was published to it. One thread allocates.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *head; /* the block being filled */
    size_t bytes;             /* memory taken from the system, for accounting */
};

/* Frees every block; the arena is empty and usable again. Accepts a zeroed struct. */
void arena_release(struct arena *a);

/* `n` bytes, 8-aligned, not cleared; NULL when memory is out. O(1). */
void *arena_alloc(struct arena *a, size_t n);

/* A NUL-terminated copy of `n` bytes; NULL when memory is out. */
char *arena_strndup(struct arena *a, const char *s, size_t n);

#endif
