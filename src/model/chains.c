/*
 * Blocks linked to chains; see chains.h.
 *
 * Two chains become one by renaming the blocks of the shorter one, so that no block is renamed more
 * often than its chain doubles. Blocks are numbered from any number on, up and down: a block's
 * place in its chain is the distance to the first one. What other threads read is atomic, and
 * nothing they may hold ever moves or goes before the end.
 */
#include "model/chains.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/row.h"

#define NONE UINT32_MAX

/* Slots of the first table; at most half of them are taken. */
#define FIRST_PLACES 512u

/* Rows fit 32 bits (STORE_MAX_CHUNKS). */
struct chain_block {
    uint32_t opener;
    _Atomic uint32_t chain;
    _Atomic uint32_t number;         /* in the chain, beginning anywhere and wrapping around */
    _Atomic uint32_t previous, next; /* blocks; NONE */
    _Atomic uint32_t moved_here;     /* row; NONE for the first one */
    _Atomic uint64_t size;
};

struct chain_ends {
    _Atomic uint32_t first, last; /* blocks */
    _Atomic uint32_t length;
    _Atomic uint64_t copied;
};

/* A slot holds the opener below and the block + 1 above; 0 is free. */
struct chain_places {
    struct chain_places *outgrown;
    size_t mask; /* number of slots - 1 */
    _Atomic uint64_t slots[];
};

/* Whoever finds a block by its number, wherever it stands, sees it whole. */
static uint32_t get(const _Atomic uint32_t *v)
{
    return atomic_load_explicit(v, memory_order_acquire);
}

static void set(_Atomic uint32_t *v, uint32_t to)
{
    atomic_store_explicit(v, to, memory_order_release);
}

static uint64_t get_u64(const _Atomic uint64_t *v)
{
    return atomic_load_explicit(v, memory_order_relaxed);
}

static void set_u64(_Atomic uint64_t *v, uint64_t to)
{
    atomic_store_explicit(v, to, memory_order_relaxed);
}

/* ---- arrays ---- */

static void array_release(struct chain_array *a)
{
    for (unsigned k = 0; k < CHAIN_SEGMENTS; k++)
        free(a->segments[k]);
}

/* The segment that item `i` is in, and its place there. */
static unsigned segment_of(uint32_t i, uint32_t *out_at)
{
    unsigned k = 31u - (unsigned)__builtin_clz(i / CHAIN_SEGMENT + 1);
    *out_at = i - CHAIN_SEGMENT * ((1u << k) - 1);
    return k;
}

static void *array_at(const struct chain_array *a, uint32_t i)
{
    uint32_t at;
    unsigned k = segment_of(i, &at);
    return (char *)atomic_load_explicit(&a->segments[k], memory_order_acquire) + at * a->size;
}

/* Room for one more item, zeroed, which counts once array_add() is called. */
static int array_reserve(struct chain_array *a)
{
    uint32_t at;
    unsigned k = segment_of(get(&a->count), &at);
    if (k >= CHAIN_SEGMENTS)
        return -ENOMEM;
    if (a->segments[k] != NULL)
        return 0;
    void *segment = calloc((size_t)CHAIN_SEGMENT << k, a->size);
    if (segment == NULL)
        return -ENOMEM;
    atomic_store_explicit(&a->segments[k], segment, memory_order_release);
    return 0;
}

static void array_add(struct chain_array *a)
{
    atomic_store_explicit(&a->count, get(&a->count) + 1, memory_order_release);
}

static size_t array_bytes(const struct chain_array *a)
{
    size_t bytes = 0;
    for (unsigned k = 0; k < CHAIN_SEGMENTS && a->segments[k] != NULL; k++)
        bytes += ((size_t)CHAIN_SEGMENT << k) * a->size;
    return bytes;
}

static struct chain_block *block_at(const struct chains *c, uint32_t i)
{
    return array_at(&c->blocks, i);
}

static struct chain_ends *ends_at(const struct chains *c, uint32_t i)
{
    return array_at(&c->chains, i);
}

/* ---- places ---- */

static size_t slot_of(const struct chains *c, const struct chain_places *p, uint32_t opener)
{
    return hash_pair(&c->seed, opener, 0) & p->mask;
}

static void place(const struct chains *c, struct chain_places *p, uint32_t opener, uint32_t block)
{
    size_t i = slot_of(c, p, opener);
    while (get_u64(&p->slots[i]) != 0)
        i = (i + 1) & p->mask;
    uint64_t slot = (uint64_t)(block + 1) << 32 | opener;
    atomic_store_explicit(&p->slots[i], slot, memory_order_release);
}

static int grow_places(struct chains *c)
{
    struct chain_places *old = c->places;
    size_t slots = old != NULL ? 2 * (old->mask + 1) : FIRST_PLACES;
    struct chain_places *p = calloc(1, sizeof *p + slots * sizeof p->slots[0]);
    if (p == NULL)
        return -ENOMEM;
    p->outgrown = old;
    p->mask = slots - 1;
    for (uint32_t i = 0; i < get(&c->blocks.count); i++)
        place(c, p, block_at(c, i)->opener, i);
    atomic_store_explicit(&c->places, p, memory_order_release);
    return 0;
}

/* The block, or NONE. */
static uint32_t find(const struct chains *c, uint64_t opener)
{
    const struct chain_places *p = atomic_load_explicit(&c->places, memory_order_acquire);
    if (p == NULL || opener >= NONE)
        return NONE;
    for (size_t i = slot_of(c, p, (uint32_t)opener);; i = (i + 1) & p->mask) {
        uint64_t slot = atomic_load_explicit(&p->slots[i], memory_order_acquire);
        if (slot == 0)
            return NONE;
        if ((uint32_t)slot == opener)
            return (uint32_t)(slot >> 32) - 1;
    }
}

/* ---- linking ---- */

/* A chain of this block alone. */
static int add_block(struct chains *c, uint64_t opener, uint64_t size, uint32_t *out_block)
{
    uint32_t block = get(&c->blocks.count), chain = get(&c->chains.count);
    if (array_reserve(&c->blocks) != 0 || array_reserve(&c->chains) != 0)
        return -ENOMEM;
    struct chain_places *p = c->places;
    if ((p == NULL || block >= (p->mask + 1) / 2) && grow_places(c) != 0)
        return -ENOMEM;
    struct chain_block *b = block_at(c, block);
    b->opener = (uint32_t)opener;
    set(&b->chain, chain);
    set(&b->previous, NONE);
    set(&b->next, NONE);
    set(&b->moved_here, NONE);
    set_u64(&b->size, size);
    struct chain_ends *ends = ends_at(c, chain);
    set(&ends->first, block);
    set(&ends->last, block);
    set(&ends->length, 1);
    array_add(&c->chains);
    array_add(&c->blocks);
    place(c, c->places, b->opener, block);
    *out_block = block;
    return 0;
}

static int find_or_add(struct chains *c, uint64_t opener, uint64_t size, uint32_t *out_block)
{
    *out_block = find(c, opener);
    return *out_block != NONE ? 0 : add_block(c, opener, size, out_block);
}

/* The blocks from `block` on, as far as there are any, belong to `chain` and are numbered on. */
static void rename_after(const struct chains *c, uint32_t block, uint32_t chain, uint32_t number)
{
    for (struct chain_block *b; block != NONE; block = get(&b->next)) {
        b = block_at(c, block);
        set(&b->number, number++);
        set(&b->chain, chain);
    }
}

/* The same, going down. */
static void rename_before(const struct chains *c, uint32_t block, uint32_t chain, uint32_t number)
{
    for (struct chain_block *b; block != NONE; block = get(&b->previous)) {
        b = block_at(c, block);
        set(&b->number, number--);
        set(&b->chain, chain);
    }
}

/* The chain that ends with `from` and the one that begins with `to` become one. */
static void join(const struct chains *c, uint32_t from, uint32_t to, const struct chain_move *move)
{
    struct chain_block *old = block_at(c, from), *new = block_at(c, to);
    uint32_t left = get(&old->chain), right = get(&new->chain);
    struct chain_ends *before = ends_at(c, left), *after = ends_at(c, right);
    bool keep_left = get(&before->length) >= get(&after->length);
    struct chain_ends *kept = keep_left ? before : after;
    uint32_t length = get(&before->length) + get(&after->length);
    uint64_t copied = get_u64(&before->copied) + get_u64(&after->copied) + move->copied;
    if (keep_left)
        rename_after(c, to, left, get(&old->number) + 1);
    else
        rename_before(c, from, right, get(&new->number) - 1);
    set(&old->next, to);
    set(&new->previous, from);
    set(&new->moved_here, (uint32_t)move->row);
    set(&kept->first, get(&before->first));
    set(&kept->last, get(&after->last));
    set(&kept->length, length);
    set_u64(&kept->copied, copied);
}

/* Both blocks of the move, made when they are new. */
static int find_both(struct chains *c, const struct chain_move *move, uint32_t *out_from,
                     uint32_t *out_to)
{
    int rc = find_or_add(c, move->from, move->old_size, out_from);
    return rc == 0 ? find_or_add(c, move->to, move->new_size, out_to) : rc;
}

/* Whether no move before says otherwise. */
static bool can_link(const struct chains *c, const struct chain_move *move)
{
    uint32_t from = find(c, move->from), to = find(c, move->to);
    if ((from != NONE && get(&block_at(c, from)->next) != NONE) ||
        (to != NONE && get(&block_at(c, to)->previous) != NONE))
        return false;
    bool circle = from != NONE && to != NONE &&
                  get(&block_at(c, from)->chain) == get(&block_at(c, to)->chain);
    return move->from != move->to && !circle;
}

int chains_add(struct chains *c, const struct chain_move *move)
{
    uint32_t from, to;
    if (!can_link(c, move))
        return 0;
    int rc = array_reserve(&c->joints);
    if (rc == 0)
        rc = find_both(c, move, &from, &to);
    if (rc != 0)
        return rc;
    struct chain_block *old = block_at(c, from), *new = block_at(c, to);
    set_u64(&old->size, move->old_size);
    *(struct chain_joint *)array_at(&c->joints, get(&c->joints.count)) = (struct chain_joint){
        .opener = move->to,
        .before = get(&ends_at(c, get(&old->chain))->length),
        .after = get(&ends_at(c, get(&new->chain))->length),
    };
    join(c, from, to, move);
    array_add(&c->joints);
    return 0;
}

void chains_resize(struct chains *c, uint64_t opener, uint64_t size)
{
    uint32_t block = find(c, opener);
    if (block != NONE)
        set_u64(&block_at(c, block)->size, size);
}

/* ---- life-cycle ---- */

void chains_init(struct chains *c)
{
    memset(c, 0, sizeof *c);
    c->blocks.size = sizeof(struct chain_block);
    c->chains.size = sizeof(struct chain_ends);
    c->joints.size = sizeof(struct chain_joint);
    hash_seed_init(&c->seed);
}

void chains_release(struct chains *c)
{
    array_release(&c->blocks);
    array_release(&c->chains);
    array_release(&c->joints);
    for (struct chain_places *p = c->places; p != NULL;) {
        struct chain_places *outgrown = p->outgrown;
        free(p);
        p = outgrown;
    }
    memset(c, 0, sizeof *c);
}

/* ---- looking ---- */

static uint64_t opener_of(const struct chains *c, uint32_t block)
{
    return block != NONE ? block_at(c, block)->opener : ROW_NONE;
}

uint32_t chains_length(const struct chains *c, uint64_t opener)
{
    uint32_t block = find(c, opener);
    return block != NONE ? get(&ends_at(c, get(&block_at(c, block)->chain))->length) : 1;
}

bool chains_find(const struct chains *c, uint64_t opener, struct chain_facts *out_chain)
{
    uint32_t block = find(c, opener);
    if (block == NONE)
        return false;
    const struct chain_block *b = block_at(c, block);
    const struct chain_ends *ends = ends_at(c, get(&b->chain));
    const struct chain_block *first = block_at(c, get(&ends->first));
    const struct chain_block *last = block_at(c, get(&ends->last));
    *out_chain = (struct chain_facts){
        .length = get(&ends->length),
        .number = get(&b->number) - get(&first->number) + 1,
        .first = first->opener,
        .last = last->opener,
        .last_size = get_u64(&last->size),
        .copied = get_u64(&ends->copied),
    };
    return out_chain->length > 1; /* Not yet, when its first move is being made. */
}

bool chains_link(const struct chains *c, uint64_t opener, struct chain_link *out_link)
{
    uint32_t block = find(c, opener);
    if (block == NONE)
        return false;
    const struct chain_block *b = block_at(c, block);
    uint32_t moved_here = get(&b->moved_here);
    *out_link = (struct chain_link){
        .previous = opener_of(c, get(&b->previous)),
        .next = opener_of(c, get(&b->next)),
        .moved_here = moved_here != NONE ? moved_here : ROW_NONE,
        .size = get_u64(&b->size),
    };
    return true;
}

uint32_t chains_links(const struct chains *c)
{
    return atomic_load_explicit(&c->joints.count, memory_order_acquire);
}

struct chain_joint chains_joint(const struct chains *c, uint32_t i)
{
    return *(const struct chain_joint *)array_at(&c->joints, i);
}

size_t chains_bytes(const struct chains *c)
{
    size_t bytes = array_bytes(&c->blocks) + array_bytes(&c->chains) + array_bytes(&c->joints);
    for (const struct chain_places *p = c->places; p != NULL; p = p->outgrown)
        bytes += sizeof *p + (p->mask + 1) * sizeof p->slots[0];
    return bytes;
}
