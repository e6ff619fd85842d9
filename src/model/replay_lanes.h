/*
 * What each thread did last in each heap: its lane.
 *
 * Answers whether a ReAlloc that moved a block is the summary of the Alloc and Free before it
 * (etl-format 4.7), and whether a block was freed before its thread allocated again (numbers.md,
 * temporary). Lanes of heaps that are over are dropped when the table grows. Worker only.
 */
#ifndef MODEL_REPLAY_LANES_H
#define MODEL_REPLAY_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "model/replay_blocks.h"

struct lane {
    uint32_t thread;        /* registry index; INDEX_NONE: the place is empty */
    uint32_t heap;          /* registry index */
    uint32_t allocs;        /* blocks the thread has allocated in the heap */
    uint32_t alloc_row;     /* of its latest Alloc; BLOCK_NO_ROW before the first */
    uint32_t free_row;      /* of its latest Free; BLOCK_NO_ROW before the first */
    uint32_t free_opener;   /* the row that opened the freed block; BLOCK_NO_ROW: unmatched */
    uint64_t alloc_address; /* of its latest Alloc */
    uint64_t free_address;  /* of its latest Free */
    uint64_t free_size;     /* the freed block's own size */
};

struct lanes {
    struct lane *slots; /* NULL until the first lane */
    size_t mask;        /* number of slots - 1 */
    size_t used;
    struct hash_seed seed;
};

void lanes_init(struct lanes *ls);
void lanes_release(struct lanes *ls);

/* The lane of `thread` in `heap`, or NULL. Valid until the next lanes_get(). O(1) expected. */
const struct lane *lanes_find(const struct lanes *ls, uint32_t thread, uint32_t heap);

/* The same, made when new; `bs` knows which heaps have ended. NULL when memory is out. */
struct lane *lanes_get(struct lanes *ls, const struct blocks *bs, uint32_t thread, uint32_t heap);

size_t lanes_bytes(const struct lanes *ls);

#endif
