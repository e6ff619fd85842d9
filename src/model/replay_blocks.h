/*
 * The blocks that replay remembers: those alive, and those freed lately (double free rule).
 *
 *   slots [power of two]   (heap, address) -> size, opening row, allocating thread
 *   heaps [registry index] -> opening rows of the heap's blocks, how many live, how many freed
 *
 * One hash table with linear probing. A block's place follows from pid and address, so that all
 * heaps of a process that hold an address are neighbours: that answers the wrong heap rule. A freed
 * block keeps its place until it is forgotten, that is until its heap has ended or has freed
 * REPLAY_FREED_MEMORY blocks more; so does a block that outlives its process, for no event asks
 * about it again. Places are cleared when the table is rebuilt. Memory is bounded by the blocks
 * remembered, time never by the table: Destroy walks the heap's own list. Worker only.
 */
#ifndef MODEL_REPLAY_BLOCKS_H
#define MODEL_REPLAY_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/hash.h"
#include "model/row.h"
#include "model/store.h"

/* Rows fit 32 bits (STORE_MAX_CHUNKS); "no such row". */
#define BLOCK_NO_ROW UINT32_MAX

struct block {
    uint64_t address;
    uint64_t size;
    uint32_t heap;   /* registry index; INDEX_NONE: the place is empty */
    uint32_t opener; /* the row that opened it; BLOCK_NO_ROW once it is closed */
    uint32_t thread; /* that allocated it: registry index */
    uint32_t serial; /* alive: lane.allocs at its birth; freed: the heap's `frees` with this one */
};

struct block_heap {
    uint32_t *openers; /* ascending; holds every block alive, and some that are not any more */
    size_t opener_count, opener_capacity;
    uint32_t frees;
    uint32_t process; /* registry index */
    uint32_t pid;
    bool used;  /* an event of the heap provider named it */
    bool ended; /* Destroy, or a Create without one */
};

struct blocks {
    struct block *slots;
    size_t mask; /* number of slots - 1 */
    size_t used; /* slots not empty */
    struct block_heap *heaps;
    size_t heap_count, heap_capacity;
    bool *gone; /* by process, as far as one has ended: its heaps will not be named again */
    size_t gone_count, gone_capacity;
    struct hash_seed seed;
    uint64_t alive;
    uint64_t alive_bytes; /* modulo 2^64 */
};

/* What Destroy closes: a growing array that is used again and again. */
struct closed_list {
    struct row_closed *items;
    size_t count, capacity;
};

int blocks_init(struct blocks *bs); /* 0 or -ENOMEM */
void blocks_release(struct blocks *bs);

/* Makes the heap known and marks it as used. Returns 0 or -ENOMEM. */
int blocks_use_heap(struct blocks *bs, uint32_t heap, uint32_t process, uint32_t pid);

/* True when an event of the heap provider named the heap. */
bool blocks_heap_is_used(const struct blocks *bs, uint32_t heap);

/* True when no event can name the heap again: it has ended, or its process has. */
bool blocks_heap_is_over(const struct blocks *bs, uint32_t heap);

/* The process has ended. Its blocks stay alive (numbers.md, Identity), but are not remembered.
 * Returns 0 or -ENOMEM. */
int blocks_end_process(struct blocks *bs, uint32_t process);

/*
 * Starts to load what blocks_find() will look at first; a little later, what it will look at next,
 * or the link of the opening row, which the block's end will set.
 */
void blocks_prefetch(const struct blocks *bs, uint32_t pid, uint64_t address);
void blocks_prefetch_more(const struct blocks *bs, const struct store *st, uint32_t pid,
                          uint64_t address);

/*
 * Makes room for one more block in `heap`: call it before blocks_find() of a block to be opened.
 * Returns 0 or -ENOMEM. O(1) amortised; may rebuild the table.
 */
int blocks_reserve(struct blocks *bs, const struct store *st, uint32_t heap);

/* The place of the block (heap, address), whether it is alive, freed, forgotten or not there yet.
 * Valid until the next blocks_reserve(). O(1) expected, whatever the trace. */
struct block *blocks_find(const struct blocks *bs, uint32_t heap, uint64_t address);

bool blocks_is_alive(const struct block *b, uint32_t heap);

/* True for a block among the last REPLAY_FREED_MEMORY freed in `heap`. */
bool blocks_is_freed_lately(const struct blocks *bs, const struct block *b, uint32_t heap);

/*
 * True when another heap of the same process has `address` alive. Looks at the first
 * BLOCKS_NAMESAKES heaps that hold the address.
 */
bool blocks_is_alive_elsewhere(const struct blocks *bs, uint32_t heap, uint64_t address);

/* How many heaps of a process may hold an address side by side; further ones go elsewhere. */
#define BLOCKS_NAMESAKES 32u

/*
 * Opens the block (heap, address) in its place; if it was alive, that block is gone. `thread` and
 * `serial` are the caller's to fill. Scalars, because a struct written a moment ago and copied as a
 * whole would wait for all stores before it.
 */
void blocks_open(struct blocks *bs, struct block *place, uint32_t heap, uint64_t address,
                 uint64_t size, uint64_t row);

void blocks_resize(struct blocks *bs, struct block *b, uint64_t size);

/* A block that is alive is freed. */
void blocks_free(struct blocks *bs, struct block *b);

/*
 * Ends a heap: appends its blocks to `closed`, in order of the opening row, and forgets them. Needs
 * every earlier closing told to the store. O(blocks of the heap), amortised. Returns 0 or -ENOMEM.
 */
int blocks_end_heap(struct blocks *bs, const struct store *st, uint32_t heap,
                    struct closed_list *closed);

int closed_list_add(struct closed_list *list, uint64_t row, uint64_t size); /* 0 or -ENOMEM */

size_t blocks_bytes(const struct blocks *bs);

#endif
