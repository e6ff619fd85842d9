/*
 * Which process a thread belongs to, as the latest Thread Start or DCStart said (etl-format 6.2).
 *
 * An open-addressed hash of thread ids. Grows with the thread records of a trace, 8 bytes a slot.
 */
#ifndef DECODER_THREAD_MAP_H
#define DECODER_THREAD_MAP_H

#include <stddef.h>
#include <stdint.h>

struct thread_slot {
    uint32_t tid;
    uint32_t pid; /* EVENT_NO_ID: the slot is free */
};

struct thread_map {
    struct thread_slot *slots; /* a power of two of them, at most three quarters taken */
    size_t capacity;
    size_t count;
};

void thread_map_release(struct thread_map *m);

/* Remembers `pid` for `tid`, in place of what was known. Forgets the pair when memory is out. */
void thread_map_put(struct thread_map *m, uint32_t tid, uint32_t pid);

/* The process of `tid`, EVENT_NO_ID when unknown. O(1) expected. */
uint32_t thread_map_get(const struct thread_map *m, uint32_t tid);

#endif
