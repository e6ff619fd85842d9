/*
 * The moves of one block: where it stood before and after, as its ReAllocs tell.
 *
 * The replay has linked the blocks (chains.h); of a long chain those around the one asked about are
 * looked at. Loop thread only.
 */
#ifndef UI_VIEW_DETAIL_MOVE_CHAIN_H
#define UI_VIEW_DETAIL_MOVE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/trace.h"

#define MOVE_CHAIN_BEFORE 8
#define MOVE_CHAIN_STAYS  16

/* One place the block stood at. */
struct move_stay {
    uint64_t opener;     /* row */
    uint64_t moved_here; /* the ReAlloc that tells so; ROW_NONE for the first */
    uint64_t address;
    uint64_t size;     /* when it came */
    uint64_t end_size; /* when it went, or now */
};

struct move_chain {
    struct move_stay stay[MOVE_CHAIN_STAYS]; /* in order of time */
    size_t count;                            /* 1: it never moved */
    size_t at;                               /* the stay that was asked about */
    /* Of the whole chain as replay knows it by now, which may be later than the first `rows`. */
    uint32_t length, number; /* blocks; which of them was asked about, from 1 */
    uint64_t first_size, last_size;
    uint64_t copied; /* bytes, by all moves */
};

/* Follows the block opened by `opener` both ways, as far as the first `rows` rows go. Some us. */
void move_chain_follow(const struct trace *trace, uint64_t rows, uint64_t opener,
                       struct move_chain *out_chain);

#endif
