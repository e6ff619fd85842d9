/*
 * Chains of blocks: which block a moving ReAlloc made of which, over all its moves (numbers.md,
 * realloc chain).
 *
 *   places [power of two]  opener -> block      blocks  chain, neighbours, what brought it, size
 *                                               chains  ends, length, bytes copied
 *
 * A block is named by the row that opened it. A move links two blocks when both are known; each
 * leaves for one other and comes from one at most: what a trace says beyond that, or in a circle,
 * links nothing. Filled by replay, in order of rows; some 50 bytes for a block that moves, nothing
 * for any other. The worker alone changes it; any thread may look, and sees what replay knows at
 * that moment, which may be more than the published rows.
 */
#ifndef MODEL_CHAINS_H
#define MODEL_CHAINS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/hash.h"

/* Arrays that grow without moving: segment k has CHAIN_SEGMENT << k items. */
#define CHAIN_SEGMENT  256u
#define CHAIN_SEGMENTS 25u

struct chain_places;

struct chain_array {
    void *_Atomic segments[CHAIN_SEGMENTS];
    size_t size; /* of an item */
    _Atomic uint32_t count;
};

/* Zeroed, then chains_init(). */
struct chains {
    struct chain_array blocks, chains;
    struct chain_array joints;           /* one for each link */
    struct chain_places *_Atomic places; /* those outgrown stay until the end */
    struct hash_seed seed;
};

void chains_init(struct chains *c);
void chains_release(struct chains *c);

/* A ReAlloc that moved a block. */
struct chain_move {
    uint64_t row;      /* of the ReAlloc */
    uint64_t from, to; /* the rows that opened the old block and the new one */
    uint64_t old_size; /* of the old block at its end */
    uint64_t new_size; /* of the new block now */
    uint64_t copied;   /* bytes */
};

/* Worker. Returns 0 or -ENOMEM. O(log blocks of the chain), amortised. */
int chains_add(struct chains *c, const struct chain_move *move);

/* Worker: the block has another size now. O(1). */
void chains_resize(struct chains *c, uint64_t opener, uint64_t size);

/* Where a block stands in its chain. */
struct chain_facts {
    uint32_t length;      /* blocks; 1: it never moved */
    uint32_t number;      /* of the block, from 1 */
    uint64_t first, last; /* the rows that opened the chain's ends */
    uint64_t last_size;   /* of the last block, at its end or now; the first one's birth has its */
    uint64_t copied;      /* bytes, by all its moves */
};

/* False for a block that never moved. O(1). Any thread. */
bool chains_find(const struct chains *c, uint64_t opener, struct chain_facts *out_chain);

/* Blocks in the chain of the block; 1 when it never moved. O(1). Any thread. */
uint32_t chains_length(const struct chains *c, uint64_t opener);

/* One block of a chain and its neighbours; ROW_NONE where there is none. */
struct chain_link {
    uint64_t previous, next; /* the rows that opened them */
    uint64_t moved_here;     /* the ReAlloc that made it of the previous one */
    uint64_t size;           /* at its end or now */
};

/* False for a block that never moved. O(1). Any thread. */
bool chains_link(const struct chains *c, uint64_t opener, struct chain_link *out_link);

/* Links made so far. Any thread. */
uint32_t chains_links(const struct chains *c);

/* What link number `i` < chains_links() did: two chains of `before` and `after` blocks became one,
 * which holds the block opened by `opener`. O(1). Any thread. */
struct chain_joint {
    uint64_t opener;
    uint32_t before, after;
};

struct chain_joint chains_joint(const struct chains *c, uint32_t i);

/* Bytes it occupies. Worker. */
size_t chains_bytes(const struct chains *c);

#endif
