/*
 * Interning by a hash of all frames; see stack_table.h.
 *
 * The frames come out of the trace, so the hash is keyed with a secret of this run. Slots keep 32
 * bits of it: enough to compare frames almost only with their equals, and to grow without reading
 * them. Segments double, so that none ever moves and a directory of a few pointers holds all.
 */
#include "model/stack_table.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/arena.h"
#include "model/hash.h"

/* Segment k holds (SEGMENT_FIRST << k) items; all together fewer than STACK_PROMISE_FIRST. */
#define SEGMENT_FIRST 1024u
#define SEGMENTS      21u

#define SLOTS_FIRST 1024u

#define SECRET_BYTES 192u

/* Of a stack so much is prefetched, a cache line at a time. */
#define PREFETCH_FRAMES 64u
#define FRAMES_A_LINE   8u

struct slot {
    uint32_t tag; /* upper half of the hash */
    uint32_t id;  /* STACK_NONE: the slot is free */
};

struct stack_table {
    _Atomic uint32_t refs;
    _Atomic uint32_t count;
    struct stack_frames *entries[SEGMENTS];
    uint32_t promise_count;
    _Atomic uint32_t *promises[SEGMENTS]; /* the stack, STACK_NONE until kept */
    struct arena frames;
    struct slot *slots; /* worker only, as what follows */
    uint32_t mask;      /* number of slots - 1 */
    size_t segment_bytes;
    uint8_t secret[SECRET_BYTES];
};

/* ---- segments ---- */

/* Where item `i` lies. */
static void locate(uint32_t i, unsigned *out_segment, uint32_t *out_at)
{
    uint32_t n = i / SEGMENT_FIRST + 1;
    unsigned k = 31u - (unsigned)__builtin_clz(n);
    *out_segment = k;
    *out_at = i - SEGMENT_FIRST * ((UINT32_C(1) << k) - 1);
}

/* Segment `k` of items of `size` bytes; NULL when memory is out. */
static void *segment_new(struct stack_table *t, unsigned k, size_t size)
{
    size_t bytes = ((size_t)SEGMENT_FIRST << k) * size;
    void *segment = malloc(bytes);
    if (segment != NULL)
        t->segment_bytes += bytes;
    return segment;
}

/* ---- slots ---- */

static struct slot *slots_new(uint32_t n)
{
    struct slot *slots = malloc(n * sizeof *slots);
    if (slots != NULL)
        memset(slots, 0xff, n * sizeof *slots);
    return slots;
}

/* Doubles the slots once three quarters are taken. */
static bool slots_grow(struct stack_table *t)
{
    uint32_t count = atomic_load_explicit(&t->count, memory_order_relaxed);
    if (count < t->mask - t->mask / 4)
        return true;
    struct slot *slots = t->mask < UINT32_MAX / 2 ? slots_new(2 * (t->mask + 1)) : NULL;
    if (slots == NULL)
        return false;
    uint32_t mask = 2 * t->mask + 1;
    for (uint32_t i = 0; i <= t->mask; i++) {
        if (t->slots[i].id == STACK_NONE)
            continue;
        uint32_t at = t->slots[i].tag & mask;
        while (slots[at].id != STACK_NONE)
            at = (at + 1) & mask;
        slots[at] = t->slots[i];
    }
    free(t->slots);
    t->slots = slots;
    t->mask = mask;
    return true;
}

/* ---- life ---- */

static void draw_secret(struct stack_table *t)
{
    for (size_t at = 0; at < SECRET_BYTES; at += sizeof(struct hash_seed)) {
        struct hash_seed seed;
        hash_seed_init(&seed);
        memcpy(t->secret + at, &seed, sizeof seed);
    }
}

struct stack_table *stack_table_new(void)
{
    struct stack_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    atomic_init(&t->refs, 1);
    draw_secret(t);
    t->slots = slots_new(SLOTS_FIRST);
    t->mask = SLOTS_FIRST - 1;
    if (t->slots != NULL)
        return t;
    free(t);
    return NULL;
}

struct stack_table *stack_table_ref(struct stack_table *t)
{
    atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    return t;
}

void stack_table_unref(struct stack_table *t)
{
    if (t == NULL || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (unsigned k = 0; k < SEGMENTS; k++) {
        free(t->entries[k]);
        free(t->promises[k]);
    }
    arena_release(&t->frames);
    free(t->slots);
    free(t);
}

/* ---- stacks ---- */

/* The entry behind the last one; STACK_NONE when memory is out. */
static uint32_t append(struct stack_table *t, const uint64_t *frames, uint32_t count)
{
    uint32_t id = atomic_load_explicit(&t->count, memory_order_relaxed);
    unsigned k;
    uint32_t at;
    locate(id, &k, &at);
    if (k < SEGMENTS && t->entries[k] == NULL)
        t->entries[k] = segment_new(t, k, sizeof *t->entries[k]);
    if (k >= SEGMENTS || t->entries[k] == NULL)
        return STACK_NONE;
    uint64_t *copy = arena_alloc(&t->frames, count * sizeof *copy);
    if (copy == NULL)
        return STACK_NONE;
    memcpy(copy, frames, count * sizeof *copy);
    t->entries[k][at] = (struct stack_frames){copy, count};
    atomic_store_explicit(&t->count, id + 1, memory_order_release);
    return id;
}

static bool is_equal(const struct stack_table *t, uint32_t id, const uint64_t *frames,
                     uint32_t count)
{
    struct stack_frames s = stack_table_get(t, id);
    return s.count == count && memcmp(s.frames, frames, count * sizeof *frames) == 0;
}

uint32_t stack_table_tag(const struct stack_table *t, const uint64_t *frames, uint32_t count)
{
    size_t bytes = count * sizeof *frames;
    return (uint32_t)(XXH3_64bits_withSecret(frames, bytes, t->secret, SECRET_BYTES) >> 32);
}

void stack_table_prefetch(const struct stack_table *t, uint32_t tag)
{
    __builtin_prefetch(&t->slots[tag & t->mask]);
}

void stack_table_prefetch_more(const struct stack_table *t, uint32_t tag)
{
    const struct slot *slot = &t->slots[tag & t->mask];
    if (slot->id == STACK_NONE || slot->tag != tag)
        return;
    struct stack_frames s = stack_table_get(t, slot->id);
    for (uint32_t i = 0; i < s.count && i < PREFETCH_FRAMES; i += FRAMES_A_LINE)
        __builtin_prefetch(&s.frames[i]);
}

uint32_t stack_table_add(struct stack_table *t, const uint64_t *frames, uint32_t count)
{
    if (count == 0)
        return STACK_NONE;
    return stack_table_add_tagged(t, stack_table_tag(t, frames, count), frames, count);
}

uint32_t stack_table_add_tagged(struct stack_table *t, uint32_t tag, const uint64_t *frames,
                                uint32_t count)
{
    if (count == 0 || !slots_grow(t))
        return STACK_NONE;
    uint32_t at = tag & t->mask;
    for (; t->slots[at].id != STACK_NONE; at = (at + 1) & t->mask)
        if (t->slots[at].tag == tag && is_equal(t, t->slots[at].id, frames, count))
            return t->slots[at].id;
    uint32_t id = append(t, frames, count);
    if (id != STACK_NONE)
        t->slots[at] = (struct slot){tag, id};
    return id;
}

uint32_t stack_table_count(const struct stack_table *t)
{
    return atomic_load_explicit(&t->count, memory_order_acquire);
}

struct stack_frames stack_table_get(const struct stack_table *t, uint32_t id)
{
    unsigned k;
    uint32_t at;
    locate(id, &k, &at);
    return t->entries[k][at];
}

size_t stack_table_bytes(const struct stack_table *t)
{
    return sizeof *t + t->frames.bytes + t->segment_bytes +
           (size_t)(t->mask + 1) * sizeof *t->slots;
}

/* ---- promises ---- */

uint32_t stack_table_promise(struct stack_table *t)
{
    unsigned k;
    uint32_t at;
    locate(t->promise_count, &k, &at);
    if (k < SEGMENTS && t->promises[k] == NULL)
        t->promises[k] = segment_new(t, k, sizeof *t->promises[k]);
    if (k >= SEGMENTS || t->promises[k] == NULL)
        return STACK_NONE;
    atomic_init(&t->promises[k][at], STACK_NONE);
    return STACK_PROMISE_FIRST + t->promise_count++;
}

static _Atomic uint32_t *promise_at(const struct stack_table *t, uint32_t promise)
{
    unsigned k;
    uint32_t at;
    locate(promise - STACK_PROMISE_FIRST, &k, &at);
    return &t->promises[k][at];
}

void stack_table_keep(struct stack_table *t, uint32_t promise, uint32_t id)
{
    atomic_store_explicit(promise_at(t, promise), id, memory_order_release);
}

uint32_t stack_table_resolve(const struct stack_table *t, uint32_t id)
{
    if (!stack_is_promise(id))
        return id;
    return atomic_load_explicit(promise_at(t, id), memory_order_acquire);
}
