/* A hash set of texts over an arena; see text_pool.h. */
#include "model/text_pool.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "model/hash.h"

#define FIRST_SLOTS ((size_t)256)

struct text_pool {
    _Atomic uint32_t refs;
    size_t limit;
    uint64_t refused;
    struct arena arena;
    const char **slots; /* NULL: free */
    size_t mask, used;  /* number of slots - 1; no slots: 0 */
    struct hash_seed seed;
};

struct text_pool *text_pool_new(size_t limit)
{
    struct text_pool *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    atomic_init(&p->refs, 1);
    p->limit = limit;
    hash_seed_init(&p->seed);
    return p;
}

struct text_pool *text_pool_ref(struct text_pool *p)
{
    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

void text_pool_unref(struct text_pool *p)
{
    if (p == NULL || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
        return;
    arena_release(&p->arena);
    free(p->slots);
    free(p);
}

/* The slot of the text, or the free one where it belongs. */
static const char **slot_of(const struct text_pool *p, const char *s, size_t n)
{
    size_t at = hash_text(&p->seed, s, n) & p->mask;
    while (p->slots[at] != NULL && (strncmp(p->slots[at], s, n) != 0 || p->slots[at][n] != '\0'))
        at = (at + 1) & p->mask;
    return &p->slots[at];
}

static int grow(struct text_pool *p)
{
    if (p->slots != NULL && 4 * p->used < 3 * (p->mask + 1))
        return 0;
    struct text_pool bigger = *p;
    size_t count = p->slots == NULL ? FIRST_SLOTS : 2 * (p->mask + 1);
    bigger.slots = calloc(count, sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return -ENOMEM;
    bigger.mask = count - 1;
    for (size_t i = 0; p->slots != NULL && i <= p->mask; i++)
        if (p->slots[i] != NULL)
            *slot_of(&bigger, p->slots[i], strlen(p->slots[i])) = p->slots[i];
    free(p->slots);
    p->slots = bigger.slots;
    p->mask = bigger.mask;
    return 0;
}

const char *text_pool_put(struct text_pool *p, const char *s, size_t n)
{
    if (n == 0)
        return "";
    const char **slot = grow(p) == 0 ? slot_of(p, s, n) : NULL;
    if (slot != NULL && *slot != NULL)
        return *slot;
    bool fits = p->arena.bytes <= p->limit && n < p->limit - p->arena.bytes;
    char *copy = slot != NULL && fits ? arena_strndup(&p->arena, s, n) : NULL;
    if (copy == NULL) {
        p->refused++;
        return "";
    }
    *slot = copy;
    p->used++;
    return copy;
}

uint64_t text_pool_refused(const struct text_pool *p)
{
    return p->refused;
}

size_t text_pool_bytes(const struct text_pool *p)
{
    return sizeof *p + p->arena.bytes + (p->slots != NULL ? (p->mask + 1) * sizeof *p->slots : 0);
}
