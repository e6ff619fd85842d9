/*
 * Replay: from the stream of events to block life, exactly by the table "Replay rules" of
 * numbers.md.
 *
 * Takes events in time order, resolves who and which heap through the registry, decides what each
 * event did, and appends the row. It keeps what is alive and what was freed lately, and nothing
 * else: totals are computed from the rows (fold.h). Worker only.
 */
#ifndef MODEL_REPLAY_H
#define MODEL_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "decoder/event.h"
#include "model/chains.h"
#include "model/registry.h"
#include "model/resizes.h"
#include "model/store.h"

/* How many frees of its heap an address is remembered for the double free rule. */
#define REPLAY_FREED_MEMORY 65536u

/* The counters of numbers.md, Trust, that replay finds out; over the whole trace. */
struct replay_trust {
    uint64_t unmatched_frees; /* double free and wrong heap candidates among them */
    uint64_t lost_frees;
    uint64_t lost_destroys;
    uint64_t repaired;
    uint64_t double_frees;
    uint64_t wrong_heap;
    uint64_t other; /* heap events that no rule fits and no table knows */
    uint64_t duplicates;
};

struct replay;

/* `store` and `registry` are borrowed; `ticks_per_second` of the raw clock sets the 1 ms of the
 * duplicate rule. NULL: no memory. */
struct replay *replay_new(struct store *store, struct registry *registry,
                          uint64_t ticks_per_second);
void replay_free(struct replay *rp);

/*
 * Takes the next `n` events, in time order (`late` is ignored here); passes over those that are
 * neither of the heap nor of processes. Returns 0, -ENOMEM or
 * ERR_LIMIT (store full); the events before the failing one are done, after -ENOMEM nothing more
 * can be taken. The rows are appended, not published: store_publish() is the caller's. About 100 ns
 * an event, twice that when millions of blocks die at random; looks ahead in the batch to hide
 * cache misses.
 */
int replay_take(struct replay *rp, const struct trace_event *events, size_t n);

const struct replay_trust *replay_trust(const struct replay *rp);

/* The sizes that blocks had before; grows with what is taken. */
const struct resizes *replay_resizes(const struct replay *rp);

/* The blocks that moved, linked; grows with what is taken. Any thread may look. */
const struct chains *replay_chains(const struct replay *rp);

/* Bytes of live blocks and freed-address memory, for the bench. */
size_t replay_bytes(const struct replay *rp);

/* Blocks alive now, and their bytes (modulo 2^64): the cross-check of fold.h. */
uint64_t replay_live_blocks(const struct replay *rp);
uint64_t replay_live_bytes(const struct replay *rp);

#endif
