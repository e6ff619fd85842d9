/* Allocations of the test tools; see mem.h. */
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

static void *check(void *memory)
{
    if (!memory) {
        fputs("mketl: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

void *mem_alloc(size_t size)
{
    return check(calloc(1, size ? size : 1));
}

void *mem_copy(const void *bytes, size_t size)
{
    char *copy = check(malloc(size + 1));
    if (size)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    return copy;
}

void *mem_grow(void *items, size_t *capacity, size_t needed, size_t item_size)
{
    if (needed <= *capacity)
        return items;
    size_t grown = *capacity ? *capacity : FIRST_CAPACITY;
    while (grown < needed)
        grown *= 2;
    *capacity = grown;
    return check(reallocarray(items, grown, item_size));
}
