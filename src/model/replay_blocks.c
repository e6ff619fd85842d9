/*
 * The table of blocks and the lists of the heaps (replay_blocks.h).
 *
 * Places are given up only when the table is rebuilt, with one exception: the place of a forgotten
 * block may go to another heap's block at the same address. So a search that passes the same
 * address BLOCKS_NAMESAKES times ends at the same place every time, and a trace with a million
 * heaps that all hold one address costs no more than any other.
 */
#include "model/replay_blocks.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/replay.h"

#define BLOCKS_FIRST_SLOTS ((size_t)1024)

/* A cache line, and how many places share it. */
#define BLOCKS_LINE     ((size_t)64)
#define BLOCKS_PER_LINE (BLOCKS_LINE / sizeof(struct block))

/* The owner under which a block is placed when its process has too many namesakes. */
#define OWNER_OF_HEAP(heap) (UINT64_C(1) << 32 | (heap))

static struct block *new_slots(size_t count)
{
    struct block *slots = aligned_alloc(BLOCKS_LINE, count * sizeof *slots);
    for (size_t i = 0; slots != NULL && i < count; i++)
        slots[i].heap = INDEX_NONE;
    return slots;
}

int blocks_init(struct blocks *bs)
{
    *bs = (struct blocks){.slots = new_slots(BLOCKS_FIRST_SLOTS), .mask = BLOCKS_FIRST_SLOTS - 1};
    hash_seed_init(&bs->seed);
    return bs->slots != NULL ? 0 : -ENOMEM;
}

void blocks_release(struct blocks *bs)
{
    for (size_t i = 0; i < bs->heap_count; i++)
        free(bs->heaps[i].openers);
    free(bs->heaps);
    free(bs->gone);
    free(bs->slots);
    *bs = (struct blocks){0};
}

int blocks_use_heap(struct blocks *bs, uint32_t heap, uint32_t process, uint32_t pid)
{
    if (heap >= bs->heap_count) {
        size_t count = (size_t)heap + 1;
        void *heaps = bs->heaps;
        int rc = base_grow(&heaps, &bs->heap_capacity, count, sizeof *bs->heaps);
        if (rc != 0)
            return rc;
        bs->heaps = heaps;
        memset(&bs->heaps[bs->heap_count], 0, (count - bs->heap_count) * sizeof *bs->heaps);
        bs->heap_count = count;
    }
    struct block_heap *h = &bs->heaps[heap];
    h->process = process;
    h->pid = pid;
    h->used = true;
    return 0;
}

bool blocks_heap_is_used(const struct blocks *bs, uint32_t heap)
{
    return heap < bs->heap_count && bs->heaps[heap].used;
}

static bool is_over(const struct blocks *bs, const struct block_heap *h)
{
    return h->ended || (h->process < bs->gone_count && bs->gone[h->process]);
}

bool blocks_heap_is_over(const struct blocks *bs, uint32_t heap)
{
    return heap < bs->heap_count && is_over(bs, &bs->heaps[heap]);
}

int blocks_end_process(struct blocks *bs, uint32_t process)
{
    void *gone = bs->gone;
    int rc = base_grow(&gone, &bs->gone_capacity, (size_t)process + 1, sizeof *bs->gone);
    if (rc != 0)
        return rc;
    bs->gone = gone;
    while (bs->gone_count <= process)
        bs->gone[bs->gone_count++] = false;
    bs->gone[process] = true;
    return 0;
}

/* Where the chain of an address begins: at the start of a cache line. */
static uint64_t chain_of(const struct blocks *bs, uint64_t owner, uint64_t address)
{
    return hash_pair(&bs->seed, address, owner) & ~(uint64_t)(BLOCKS_PER_LINE - 1);
}

void blocks_prefetch(const struct blocks *bs, uint32_t pid, uint64_t address)
{
    __builtin_prefetch(&bs->slots[chain_of(bs, pid, address) & bs->mask], 1);
}

void blocks_prefetch_more(const struct blocks *bs, const struct store *st, uint32_t pid,
                          uint64_t address)
{
    uint64_t first = chain_of(bs, pid, address);
    for (uint64_t i = first; i < first + BLOCKS_PER_LINE; i++) {
        const struct block *b = &bs->slots[i & bs->mask];
        if (b->heap == INDEX_NONE)
            return;
        if (b->address != address || b->opener == BLOCK_NO_ROW)
            continue;
        const struct store_chunk *c = store_chunk(st, b->opener / STORE_CHUNK_ROWS);
        __builtin_prefetch((const void *)&c->link[b->opener % STORE_CHUNK_ROWS], 1);
        return;
    }
    __builtin_prefetch(&bs->slots[(first + BLOCKS_PER_LINE) & bs->mask], 1);
}

bool blocks_is_alive(const struct block *b, uint32_t heap)
{
    return b->heap == heap && b->opener != BLOCK_NO_ROW;
}

bool blocks_is_freed_lately(const struct blocks *bs, const struct block *b, uint32_t heap)
{
    return b->heap == heap && b->opener == BLOCK_NO_ROW &&
           bs->heaps[heap].frees - b->serial < REPLAY_FREED_MEMORY;
}

/* True for what no rule asks about any more. */
static bool is_forgotten(const struct blocks *bs, const struct block *b)
{
    if (is_over(bs, &bs->heaps[b->heap]))
        return true;
    return b->opener == BLOCK_NO_ROW && !blocks_is_freed_lately(bs, b, b->heap);
}

/* One search for a place. */
struct search {
    uint64_t address;
    uint32_t heap;
    struct block *forgotten; /* the first place on the way that may be taken over */
};

/*
 * Follows a chain: the block's own place, or the empty one at the chain's end, or
 * NULL after `limit` blocks of other heaps at the same address.
 */
static struct block *probe(const struct blocks *bs, struct search *s, uint64_t chain,
                           unsigned limit)
{
    for (uint64_t i = chain;; i++) {
        struct block *b = &bs->slots[i & bs->mask];
        if (b->heap == INDEX_NONE)
            return b;
        if (b->address != s->address)
            continue;
        if (b->heap == s->heap)
            return b;
        if (s->forgotten == NULL && is_forgotten(bs, b))
            s->forgotten = b;
        if (--limit == 0)
            return NULL;
    }
}

struct block *blocks_find(const struct blocks *bs, uint32_t heap, uint64_t address)
{
    struct search s = {.address = address, .heap = heap};
    struct block *b = probe(bs, &s, chain_of(bs, bs->heaps[heap].pid, address), BLOCKS_NAMESAKES);
    if (b == NULL)
        b = probe(bs, &s, chain_of(bs, OWNER_OF_HEAP(heap), address), UINT_MAX);
    return b->heap == heap || s.forgotten == NULL ? b : s.forgotten;
}

bool blocks_is_alive_elsewhere(const struct blocks *bs, uint32_t heap, uint64_t address)
{
    const struct block_heap *own = &bs->heaps[heap];
    unsigned namesakes = 0;
    for (uint64_t i = chain_of(bs, own->pid, address);; i++) {
        const struct block *b = &bs->slots[i & bs->mask];
        if (b->heap == INDEX_NONE)
            return false;
        if (b->address != address || b->heap == heap)
            continue;
        if (b->opener != BLOCK_NO_ROW && bs->heaps[b->heap].process == own->process)
            return true;
        if (++namesakes == BLOCKS_NAMESAKES)
            return false;
    }
}

/* Copies what is not forgotten into a new table, larger when more than half of it would be full. */
static int rebuild(struct blocks *bs)
{
    size_t old_count = bs->mask + 1;
    size_t kept = 0;
    for (size_t i = 0; i < old_count; i++)
        kept += bs->slots[i].heap != INDEX_NONE && !is_forgotten(bs, &bs->slots[i]);
    size_t count = BLOCKS_FIRST_SLOTS;
    while (count < kept * 2)
        count *= 2;
    struct block *old = bs->slots;
    struct block *slots = new_slots(count);
    if (slots == NULL)
        return -ENOMEM;
    bs->slots = slots;
    bs->mask = count - 1;
    bs->used = kept;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].heap != INDEX_NONE && !is_forgotten(bs, &old[i]))
            *blocks_find(bs, old[i].heap, old[i].address) = old[i];
    free(old);
    return 0;
}

/* True when the block opened at `row` has not been closed; every closing was told to the store. */
static bool is_open(const struct store *st, uint32_t row)
{
    const struct store_chunk *c = store_chunk(st, row / STORE_CHUNK_ROWS);
    return store_chunk_link(c, row % STORE_CHUNK_ROWS, row) == ROW_NONE;
}

/* Drops the closed blocks from a full list; doubles it when more than half is still alive. */
static int make_room(struct block_heap *h, const struct store *st)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->opener_count; i++)
        if (is_open(st, h->openers[i]))
            h->openers[kept++] = h->openers[i];
    h->opener_count = kept;
    if (h->opener_capacity != 0 && kept <= h->opener_capacity / 2)
        return 0;
    void *openers = h->openers;
    int rc =
        base_grow(&openers, &h->opener_capacity, h->opener_capacity * 2 + 1, sizeof *h->openers);
    h->openers = openers;
    return rc;
}

int blocks_reserve(struct blocks *bs, const struct store *st, uint32_t heap)
{
    struct block_heap *h = &bs->heaps[heap];
    if (h->opener_count == h->opener_capacity) {
        int rc = make_room(h, st);
        if (rc != 0)
            return rc;
    }
    return (bs->used + 1) * 4 > (bs->mask + 1) * 3 ? rebuild(bs) : 0;
}

/* Takes a block out of what is alive; its place stays. */
static void bury(struct blocks *bs, struct block *b)
{
    b->opener = BLOCK_NO_ROW;
    bs->alive--;
    bs->alive_bytes -= b->size;
}

void blocks_open(struct blocks *bs, struct block *place, uint32_t heap, uint64_t address,
                 uint64_t size, uint64_t row)
{
    struct block_heap *h = &bs->heaps[heap];
    if (blocks_is_alive(place, heap))
        bury(bs, place);
    if (place->heap == INDEX_NONE)
        bs->used++;
    place->address = address;
    place->size = size;
    place->heap = heap;
    place->opener = (uint32_t)row;
    h->openers[h->opener_count++] = (uint32_t)row;
    bs->alive++;
    bs->alive_bytes += size;
}

void blocks_resize(struct blocks *bs, struct block *b, uint64_t size)
{
    bs->alive_bytes += size - b->size;
    b->size = size;
}

void blocks_free(struct blocks *bs, struct block *b)
{
    bury(bs, b);
    b->serial = ++bs->heaps[b->heap].frees;
}

static uint64_t address_of(const struct store *st, uint32_t row)
{
    return store_chunk(st, row / STORE_CHUNK_ROWS)->address[row % STORE_CHUNK_ROWS];
}

int blocks_end_heap(struct blocks *bs, const struct store *st, uint32_t heap,
                    struct closed_list *closed)
{
    struct block_heap *h = &bs->heaps[heap];
    for (size_t i = 0; i < h->opener_count; i++) {
        uint32_t opener = h->openers[i];
        if (!is_open(st, opener))
            continue;
        struct block *b = blocks_find(bs, heap, address_of(st, opener));
        int rc = closed_list_add(closed, opener, b->size);
        if (rc != 0)
            return rc;
        bury(bs, b);
    }
    free(h->openers);
    h->openers = NULL;
    h->opener_count = h->opener_capacity = 0;
    h->ended = true;
    return 0;
}

int closed_list_add(struct closed_list *list, uint64_t row, uint64_t size)
{
    void *items = list->items;
    int rc = base_grow(&items, &list->capacity, list->count + 1, sizeof *list->items);
    if (rc != 0)
        return rc;
    list->items = items;
    list->items[list->count++] = (struct row_closed){.row = row, .size = size};
    return 0;
}

size_t blocks_bytes(const struct blocks *bs)
{
    size_t bytes = (bs->mask + 1) * sizeof *bs->slots + bs->heap_capacity * sizeof *bs->heaps +
                   bs->gone_capacity * sizeof *bs->gone;
    for (size_t i = 0; i < bs->heap_count; i++)
        bytes += bs->heaps[i].opener_capacity * sizeof *bs->heaps[i].openers;
    return bytes;
}
