/* The bump allocator of arena.h: blocks double from 1 KiB to 64 KiB, so small arenas stay small. */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_FIRST   ((size_t)1 << 10)
#define ARENA_LARGEST ((size_t)1 << 16)

struct arena_block {
    struct arena_block *next;
    size_t size; /* usable bytes */
    size_t used;
    max_align_t data[];
};

void arena_release(struct arena *a)
{
    struct arena_block *b = a->head;
    while (b != NULL) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
    *a = (struct arena){0};
}

static struct arena_block *arena_add_block(struct arena *a, size_t need)
{
    size_t size = a->head == NULL ? ARENA_FIRST : a->head->size * 2;
    if (size > ARENA_LARGEST)
        size = ARENA_LARGEST;
    if (size < need)
        size = need;
    if (size > SIZE_MAX - sizeof(struct arena_block))
        return NULL;
    struct arena_block *b = malloc(sizeof *b + size);
    if (b == NULL)
        return NULL;
    *b = (struct arena_block){.next = a->head, .size = size};
    a->bytes += sizeof *b + size;
    a->head = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX - 7)
        return NULL;
    n = (n + 7) & ~(size_t)7;
    struct arena_block *b = a->head;
    if (b == NULL || b->size - b->used < n)
        b = arena_add_block(a, n);
    if (b == NULL)
        return NULL;
    void *p = (char *)b->data + b->used;
    b->used += n;
    return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    if (n == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(a, n + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}
