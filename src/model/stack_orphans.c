/*
 * A ring of records of varying length (stack_orphans.h). Positions count all words ever written; a
 * record never wraps: one that would is put at the start of the ring, behind a filler.
 *
 *   | head word: words of the record, gone? | time | event time | key | ids | cpu, kind ... |
 * frames |
 */
#include "model/stack_orphans.h"

#include <stdlib.h>
#include <string.h>

#define RECORD_GONE (UINT64_C(1) << 63)

/* A record without its frames. */
struct record {
    uint64_t words; /* of the whole record; RECORD_GONE: nothing of interest, skip it */
    int64_t time, event_time;
    uint64_t key;
    uint32_t pid, tid;
    uint32_t frame_count;
    uint16_t cpu;
    uint8_t kind;
    bool is_kernel;
};

#define RECORD_WORDS (sizeof(struct record) / 8)

_Static_assert(sizeof(struct record) % 8 == 0, "records are whole words");

void stack_orphans_release(struct stack_orphans *o)
{
    free(o->words);
    *o = (struct stack_orphans){0};
}

static uint64_t *word_at(const struct stack_orphans *o, uint64_t position)
{
    return &o->words[position % STACK_ORPHANS_WORDS];
}

static uint64_t record_words(const struct stack_orphans *o, uint64_t position)
{
    return *word_at(o, position) & ~RECORD_GONE;
}

/* Makes room for `n` words at the head by giving up the oldest records. */
static void make_room(struct stack_orphans *o, uint64_t n)
{
    while (o->head + n - o->tail > STACK_ORPHANS_WORDS)
        o->tail += record_words(o, o->tail);
    if (o->early < o->tail)
        o->early = o->tail;
}

/* Where a record of `n` words goes. */
static uint64_t *take_words(struct stack_orphans *o, uint64_t n)
{
    uint64_t left = STACK_ORPHANS_WORDS - o->head % STACK_ORPHANS_WORDS;
    if (left < n) {
        make_room(o, left);
        *word_at(o, o->head) = left | RECORD_GONE;
        o->head += left;
    }
    make_room(o, n);
    return word_at(o, o->head);
}

void stack_orphans_add(struct stack_orphans *o, const struct trace_event *e, bool is_early)
{
    if (o->words == NULL)
        o->words = malloc(STACK_ORPHANS_WORDS * sizeof *o->words);
    if (o->words == NULL)
        return;
    const struct record r = {
        .words = RECORD_WORDS + e->stack.frame_count,
        .time = e->time,
        .event_time = e->stack.event_time,
        .key = e->stack.key,
        .pid = e->pid,
        .tid = e->tid,
        .frame_count = e->stack.frame_count,
        .cpu = e->cpu,
        .kind = e->kind,
        .is_kernel = e->stack.is_kernel,
    };
    uint64_t *at = take_words(o, r.words);
    memcpy(at, &r, sizeof r);
    if (r.frame_count != 0)
        memcpy(at + RECORD_WORDS, e->stack.frames, r.frame_count * sizeof *at);
    if (is_early && !o->has_early) {
        o->has_early = true;
        o->early = o->head;
    }
    o->head += r.words;
}

static enum stack_orphan_fate offer_one(const uint64_t *at, stack_orphan_fn offer, void *ctx)
{
    struct record r;
    memcpy(&r, at, sizeof r);
    const struct trace_event e = {
        .kind = r.kind,
        .time = r.time,
        .pid = r.pid,
        .tid = r.tid,
        .cpu = r.cpu,
        .stack = {.event_time = r.event_time,
                  .key = r.key,
                  .frames = at + RECORD_WORDS,
                  .frame_count = r.frame_count,
                  .is_kernel = r.is_kernel},
    };
    return offer(ctx, &e);
}

void stack_orphans_offer(struct stack_orphans *o, bool early_only, stack_orphan_fn offer, void *ctx)
{
    if (o->words == NULL || (early_only && !o->has_early))
        return;
    o->has_early = false;
    uint64_t position = early_only ? o->early : o->tail;
    uint64_t most = early_only ? STACK_ORPHANS_EARLY_MOST : UINT64_MAX;
    for (uint64_t n = 0; position < o->head && n < most; n++) {
        uint64_t *at = word_at(o, position);
        enum stack_orphan_fate fate =
            (*at & RECORD_GONE) == 0 ? offer_one(at, offer, ctx) : STACK_ORPHAN_STAYS;
        if (fate == STACK_ORPHAN_FOUND)
            *at |= RECORD_GONE;
        if (fate == STACK_ORPHAN_EARLY && !o->has_early) {
            o->has_early = true;
            o->early = position;
        }
        position += record_words(o, position);
    }
    /* The others' turn comes once the first ones are no longer early. */
    if (position < o->head && !o->has_early) {
        o->has_early = true;
        o->early = position;
    }
}
