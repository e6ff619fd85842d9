/*
 * A trace twice: as the product reads and replays it, and as the tests' own reader and their naive
 * replay of numbers.md (tests/tools/truth.h) do, which share no code with it.
 */
#ifndef UNIT_TOLD_APART_H
#define UNIT_TOLD_APART_H

#include "mini_reader.h"
#include "support/ingested.h"

struct told_apart {
    /* Apart: events in trace order, of which some are rows, with their stacks. */
    const struct mketl_event *events;
    size_t count;
    const struct frames *frames;
    struct truth truth;
    uint64_t *row_of; /* by event; ROW_NONE for those that are none */
    /* The product. */
    struct trace *trace;
    /* What is what: by heap and process of the truth and by number of `frames`, UINT32_MAX where
     * no row tells. */
    uint32_t *heap_of, *process_of, *stack_of;
    /* What it is made of. */
    struct memory_file file;
    struct mini_file records;
    struct mketl_trace expected;
    struct frames own_frames;
    struct mketl_event *own_events;
    struct ingest *ingest;
};

/* The real heap capture. False, with a message, without it. */
bool told_apart_real(struct told_apart *w);

/* A generated trace of 4,000 events: of everything, by number. */
void told_apart_generated(struct told_apart *w, uint64_t seed);

void told_apart_release(struct told_apart *w);

/* The truth as of the raw time `until`; released by the caller. */
void told_apart_until(const struct told_apart *w, int64_t until, struct truth *out_truth);

/* The raw time of a place in the trace, in 1/1000 of its rows. */
int64_t told_apart_time(const struct told_apart *w, unsigned permille);

/* A query of the product over the raw times [since, until], caught up; `filter` may be NULL. */
struct query *told_apart_ask(const struct told_apart *w, const char *filter, int64_t since,
                             int64_t until);

#endif
