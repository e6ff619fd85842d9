/* Address bookkeeping of a simulated heap; see sim_heap.h. */
#include "sim_heap.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum {
    HEADER_BYTES = 0x800, /* the heap's own structures come first */
    SMALLEST_SLOT = 4,    /* 16 bytes */
    STRAY_SHARE = 16,     /* one part in 16 of the region holds stray addresses */
    COMMIT_UNIT = 0x10000
};

void sim_heap_init(struct sim_heap *heap, uint64_t handle, uint64_t region, uint32_t flags)
{
    *heap = (struct sim_heap){.handle = handle, .region = region, .flags = flags};
    sim_heap_clear(heap);
}

void sim_heap_clear(struct sim_heap *heap)
{
    heap->next = heap->handle + HEADER_BYTES;
    heap->committed = COMMIT_UNIT;
    heap->last_freed = 0;
    heap->count = 0;
    for (size_t i = 0; i < SIM_SLOT_CLASSES; i++)
        heap->slots[i].count = 0;
}

/* The smallest k with 2^k >= size. */
static size_t slot_class(uint64_t size)
{
    size_t bits = SMALLEST_SLOT;
    while (((uint64_t)1 << bits) < size)
        bits++;
    return bits;
}

uint64_t sim_heap_take(struct sim_heap *heap, uint64_t size, bool reuse)
{
    size_t bits = slot_class(size);
    struct sim_slots *slots = &heap->slots[bits];
    if (reuse && slots->count > 0) {
        uint64_t address = slots->addresses[--slots->count];
        if (address == heap->last_freed)
            heap->last_freed = 0;
        return address;
    }
    uint64_t stride = (uint64_t)1 << bits;
    uint64_t end = heap->handle + heap->region - heap->region / STRAY_SHARE;
    if (stride > end || heap->next > end - stride)
        return 0;
    uint64_t address = heap->next + 16;
    heap->next += stride + 16;
    return address;
}

void sim_heap_give(struct sim_heap *heap, uint64_t address, uint64_t size)
{
    struct sim_slots *slots = &heap->slots[slot_class(size)];
    slots->addresses =
        mem_grow(slots->addresses, &slots->capacity, slots->count + 1, sizeof *slots->addresses);
    slots->addresses[slots->count++] = address;
    heap->last_freed = address;
}

uint64_t sim_heap_stray(struct sim_heap *heap)
{
    uint64_t room = heap->region / STRAY_SHARE / 16 - 1;
    return heap->handle + heap->region - 16 * (1 + heap->strays++ % room);
}

void sim_heap_add(struct sim_heap *heap, struct sim_block block)
{
    heap->blocks = mem_grow(heap->blocks, &heap->capacity, heap->count + 1, sizeof *heap->blocks);
    heap->blocks[heap->count++] = block;
}

struct sim_block sim_heap_remove(struct sim_heap *heap, size_t at)
{
    struct sim_block block = heap->blocks[at];
    heap->blocks[at] = heap->blocks[--heap->count];
    return block;
}

void sim_heap_release(struct sim_heap *heap)
{
    for (size_t i = 0; i < SIM_SLOT_CLASSES; i++)
        free(heap->slots[i].addresses);
    free(heap->blocks);
    memset(heap, 0, sizeof *heap);
}
