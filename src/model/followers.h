/*
 * Which rows speak of a block besides the one that opened it: ReAllocs in place and the summaries
 * of moves. When the block ends, a filter that asks whether it lives must look at them again.
 *
 * A list for each block, newest first. Rows are added while the block lives and never removed.
 * Owned by one thread.
 */
#ifndef MODEL_FOLLOWERS_H
#define MODEL_FOLLOWERS_H

#include <stddef.h>
#include <stdint.h>

#include "model/id_map.h"

#define FOLLOWERS_END UINT32_MAX

struct follower {
    uint64_t row;
    uint32_t next;
};

struct followers {
    struct id_map newest; /* opener -> the block's newest follower */
    struct follower *list;
    size_t count, cap;
};

void followers_init(struct followers *f);
void followers_release(struct followers *f);

/* Adds `row` to the block opened at `opener`. Returns 0 or -ENOMEM. O(1) expected. */
int followers_add(struct followers *f, uint64_t opener, uint64_t row);

/* Walks the block's rows: the first, the one behind `i`, its row. FOLLOWERS_END ends. */
uint32_t followers_first(const struct followers *f, uint64_t opener);

static inline uint32_t followers_next(const struct followers *f, uint32_t i)
{
    return f->list[i].next;
}

static inline uint64_t followers_row(const struct followers *f, uint32_t i)
{
    return f->list[i].row;
}

#endif
