/*
 * A file that goes into an archive, and bytes that grow.
 */
#ifndef TESTS_TOOLS_PACKED_FILE_H
#define TESTS_TOOLS_PACKED_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct packed_file {
    const char *name;
    const uint8_t *bytes;
    size_t size;
};

struct packed_bytes {
    uint8_t *p;
    size_t size;
    size_t cap;
};

/* Appends; the tests' memory does not run out. */
static inline void packed_add(struct packed_bytes *b, const void *bytes, size_t n)
{
    if (b->size + n > b->cap) {
        b->cap = 2 * (b->size + n) + 4096;
        uint8_t *p = realloc(b->p, b->cap);
        if (p == NULL)
            abort();
        b->p = p;
    }
    if (n != 0)
        memcpy(b->p + b->size, bytes, n);
    b->size += n;
}

/* The byte `i` of a little-endian number; behind its eighth they are zero. */
static inline uint8_t packed_byte(uint64_t v, size_t i)
{
    return i < sizeof v ? (uint8_t)(v >> (8 * i)) : 0;
}

/* A little-endian number of `n` bytes. */
static inline void packed_number(struct packed_bytes *b, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = packed_byte(v, i);
        packed_add(b, &byte, 1);
    }
}

static inline void packed_set(struct packed_bytes *b, size_t at, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        b->p[at + i] = packed_byte(v, i);
}

#endif
