/*
 * Extras of a chunk (store_extra.h): a list sorted by (row, kind), searched by bisection.
 *
 * Rows come in order and the store adds the kinds of a row in order, so appending keeps the list
 * sorted. A segment is filled before the count that covers it is released; readers load the count
 * first, so neither the segments nor their table need atomics of their own.
 */
#include "model/store_extra.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Every row of a chunk may have one extra of each kind. */
#define EXTRA_SEGMENTS (STORE_CHUNK_ROWS / STORE_EXTRA_SEGMENT * STORE_EXTRA_KINDS)

static struct store_extra *extra_at(const struct store_chunk *c, uint32_t n)
{
    return &c->extra_segments[n / STORE_EXTRA_SEGMENT][n % STORE_EXTRA_SEGMENT];
}

static uint32_t extra_key(uint32_t row, unsigned kind)
{
    return row * STORE_EXTRA_KINDS + kind;
}

/* Makes room for extra number `n`. */
static int extra_reserve(struct store_chunk *c, uint32_t n)
{
    if (c->extra_segments == NULL)
        c->extra_segments = calloc(EXTRA_SEGMENTS, sizeof *c->extra_segments);
    if (c->extra_segments == NULL)
        return -ENOMEM;
    struct store_extra **segment = &c->extra_segments[n / STORE_EXTRA_SEGMENT];
    if (*segment == NULL)
        *segment = malloc(STORE_EXTRA_SEGMENT * sizeof **segment);
    return *segment != NULL ? 0 : -ENOMEM;
}

int store_extra_add(struct store_chunk *c, const struct store_extra *extra, uint32_t *at)
{
    int rc = extra_reserve(c, *at);
    if (rc != 0)
        return rc;
    size_t bytes = extra->count * sizeof *extra->values;
    void *values = arena_alloc(&c->arena, bytes);
    if (values == NULL)
        return -ENOMEM;
    memcpy(values, extra->values, bytes);

    struct store_extra *slot = extra_at(c, *at);
    *slot = *extra;
    slot->values = values;
    ++*at;
    return 0;
}

void store_extra_publish(struct store_chunk *c, uint32_t count)
{
    atomic_store_explicit(&c->extra_count, count, memory_order_release);
}

const struct store_extra *store_extra_find(const struct store_chunk *c, uint32_t i,
                                           enum store_extra_kind kind)
{
    uint32_t count = atomic_load_explicit(&c->extra_count, memory_order_acquire);
    uint32_t key = extra_key(i, kind);
    uint32_t low = 0;
    for (uint32_t high = count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        const struct store_extra *e = extra_at(c, middle);
        if (extra_key(e->row, e->kind) < key)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == count)
        return NULL;
    const struct store_extra *found = extra_at(c, low);
    return extra_key(found->row, found->kind) == key ? found : NULL;
}

uint64_t store_chunk_wide(const struct store_chunk *c, uint32_t i, enum store_extra_kind kind)
{
    const struct store_extra *e = store_extra_find(c, i, kind);
    return e != NULL ? e->values[0] : 0;
}

int64_t store_chunk_wide_time(const struct store_chunk *c, uint32_t i)
{
    return (int64_t)store_chunk_wide(c, i, STORE_EXTRA_TIME);
}

void store_extra_release(struct store_chunk *c)
{
    for (size_t i = 0; c->extra_segments != NULL && i < EXTRA_SEGMENTS; i++)
        free(c->extra_segments[i]);
    free(c->extra_segments);
    c->extra_segments = NULL;
    arena_release(&c->arena);
}

size_t store_extra_bytes(const struct store_chunk *c)
{
    if (c->extra_segments == NULL)
        return 0;
    uint32_t count = atomic_load_explicit(&c->extra_count, memory_order_relaxed);
    size_t segments = (count + STORE_EXTRA_SEGMENT - 1) / STORE_EXTRA_SEGMENT;
    return EXTRA_SEGMENTS * sizeof *c->extra_segments +
           segments * STORE_EXTRA_SEGMENT * sizeof **c->extra_segments + c->arena.bytes;
}
