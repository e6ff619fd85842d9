/*
 * Stacks whose event is not there: of other providers' events, which is most of them, and a few
 * whose heap event comes later than the stack.
 *
 * A ring of bounded size: the newest ones are kept, whatever they are of. Worker only.
 */
#ifndef MODEL_STACK_ORPHANS_H
#define MODEL_STACK_ORPHANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decoder/event.h"

/* What the ring holds, in 64-bit words: 4 MiB, some 10,000 stacks. */
#define STACK_ORPHANS_WORDS ((size_t)1 << 19)

struct stack_orphans {
    uint64_t *words; /* STACK_ORPHANS_WORDS, made with the first orphan */
    uint64_t head;   /* words written since the start */
    uint64_t tail;   /* the oldest orphan that is still whole */
    uint64_t early;  /* the oldest orphan that may find its event among the next rows */
    bool has_early;
};

void stack_orphans_release(struct stack_orphans *o);

/*
 * Keeps a copy of a STACK or REFERENCE event in the place of the oldest ones. `is_early`: its
 * event may be among the rows that come next. Without memory it is not kept.
 */
void stack_orphans_add(struct stack_orphans *o, const struct trace_event *e, bool is_early);

/* What becomes of an orphan that was offered. */
enum stack_orphan_fate {
    STACK_ORPHAN_FOUND, /* it has its event and can go */
    STACK_ORPHAN_EARLY, /* its event may be among the next rows */
    STACK_ORPHAN_STAYS,
};

/* The event is good for the call. */
typedef enum stack_orphan_fate (*stack_orphan_fn)(void *ctx, const struct trace_event *e);

/* Of the early ones so many are offered at once: in a trace that stands still all of them stay
 * early, and would be looked at for every batch. */
#define STACK_ORPHANS_EARLY_MOST 1024u

/* Offers the orphans in order of arrival: STACK_ORPHANS_EARLY_MOST from the oldest early one on, or
 * all. O(orphans offered). */
void stack_orphans_offer(struct stack_orphans *o, bool early_only, stack_orphan_fn offer,
                         void *ctx);

#endif
