/*
 * A simulated heap: hands out addresses and takes them back, so that the random workload's events
 * are what a real allocator could have logged.  Addresses are re-used last in, first out, as the
 * low-fragmentation heap likes to.  Logs nothing.
 */
#ifndef TESTS_TOOLS_SIM_HEAP_H
#define TESTS_TOOLS_SIM_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_block {
    uint64_t address;
    uint64_t size;
    uint32_t source;
};

/* Addresses of one slot size that were given back. */
struct sim_slots {
    uint64_t *addresses;
    size_t count;
    size_t capacity;
};

enum { SIM_SLOT_CLASSES = 48 };

struct sim_heap {
    uint64_t handle; /* also where its region begins */
    uint64_t region; /* bytes it may use from there */
    bool live;
    bool known; /* was created before: a second Create must keep its distance */
    uint32_t flags;
    uint64_t next;   /* first address never used */
    uint64_t strays; /* addresses given out by sim_heap_stray */
    uint64_t committed;
    uint64_t last_freed; /* 0 when it is in use again */
    struct sim_block *blocks;
    size_t count;
    size_t capacity;
    struct sim_slots slots[SIM_SLOT_CLASSES];
};

void sim_heap_init(struct sim_heap *heap, uint64_t handle, uint64_t region, uint32_t flags);

/* Forgets every block and address: the heap or its process is gone. */
void sim_heap_clear(struct sim_heap *heap);

/* An address for `size` bytes: a freed one if there is one and `reuse`.  0 when the heap is full.
 */
uint64_t sim_heap_take(struct sim_heap *heap, uint64_t size, bool reuse);

/* Gives the address of a block of `size` bytes back. */
void sim_heap_give(struct sim_heap *heap, uint64_t address, uint64_t size);

/* An address that the heap never hands out otherwise, another one each time. */
uint64_t sim_heap_stray(struct sim_heap *heap);

void sim_heap_add(struct sim_heap *heap, struct sim_block block);

/* Takes block `at` out of the heap; the last one fills its place. */
struct sim_block sim_heap_remove(struct sim_heap *heap, size_t at);

void sim_heap_release(struct sim_heap *heap);

#endif
