/*
 * Create, Expand and Contract that come twice: from the heap session and from its summary session
 * (etl-format 4.6).
 *
 * Remembers what came within the last millisecond and says whether an event repeats it. The
 * payloads themselves are in the store. Worker only.
 */
#ifndef MODEL_REPLAY_REPEATS_H
#define MODEL_REPLAY_REPEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/hash.h"
#include "model/registry.h"
#include "model/store.h"

struct repeat_slot {
    uint64_t hash; /* of thread, operation and payload */
    int64_t time;  /* raw */
    uint64_t row;  /* the first of its kind; ROW_NONE: the place is empty */
};

struct repeats {
    struct repeat_slot *slots; /* NULL until the first event */
    size_t mask;               /* number of slots - 1 */
    size_t used;
    uint64_t window; /* 1 ms in raw ticks */
    struct hash_seed seed;
};

void repeats_init(struct repeats *rs, uint64_t ticks_per_second);
void repeats_release(struct repeats *rs);

/*
 * Whether `event` of `thread` has the operation and payload of one that came at most 1 ms before
 * and was no repeat itself; if not it is remembered under the number `row` that it will have.
 * Returns 0 or -ENOMEM. O(1) amortised.
 */
int repeats_take(struct repeats *rs, const struct store *st, const struct registry *r,
                 const struct trace_event *event, uint32_t thread, uint64_t row,
                 bool *out_repeated);

size_t repeats_bytes(const struct repeats *rs);

#endif
