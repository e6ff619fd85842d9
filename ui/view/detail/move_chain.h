/*
 * The moves of one block: where it stood before and after, as its ReAllocs tell.
 *
 * The ReAlloc of a move follows its Alloc and its Free closely, so a bounded number of rows is
 * looked at behind each. Loop thread only.
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
    uint64_t opener; /* row */
    uint64_t address;
    uint64_t size; /* when it came */
};

struct move_chain {
    struct move_stay stay[MOVE_CHAIN_STAYS]; /* in order of time */
    size_t count;                            /* 1: it never moved, as far as can be told */
    size_t at;                               /* the stay that was asked about */
    bool more_before, more_after;
};

/* Follows the block opened by `opener` both ways, as far as the first `rows` rows go. Up to 0.2 ms.
 */
void move_chain_follow(const struct trace *trace, uint64_t rows, uint64_t opener,
                       struct move_chain *out_chain);

#endif
