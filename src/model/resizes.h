/*
 * Sizes that blocks had before a ReAlloc in place changed them: what tells the size of a block at
 * any moment of its life.
 *
 * Filled by replay, in order of rows; 32 bytes each, and nothing for blocks that keep their size.
 * Worker thread only.
 */
#ifndef MODEL_RESIZES_H
#define MODEL_RESIZES_H

#include <stddef.h>
#include <stdint.h>

#include "model/id_map.h"

struct resize {
    uint64_t row;      /* of the ReAlloc */
    uint64_t size;     /* before it */
    uint32_t previous; /* place of the same block's resize before; UINT32_MAX */
};

/* Zeroed, then resizes_init(). */
struct resizes {
    struct resize *items;
    size_t count, cap;
    struct id_map last; /* by the row that opened the block: place of its latest resize */
};

void resizes_init(struct resizes *r);
void resizes_release(struct resizes *r);

/* The block opened by the row `opener`, of `size` as yet, is resized by `row`. 0 or -ENOMEM. O(1).
 */
int resizes_add(struct resizes *r, uint64_t opener, uint64_t row, uint64_t size);

/*
 * The size of the block opened by `opener` before the row `moment`, `size` being that at its end or
 * now. O(resizes of the block behind the moment).
 */
uint64_t resizes_size_at(const struct resizes *r, uint64_t opener, uint64_t moment, uint64_t size);

/* The row that changed its size last; ROW_NONE when none did. O(1). */
uint64_t resizes_last(const struct resizes *r, uint64_t opener);

#endif
