/*
 * A small trace with a story, told to the product's replay event by event: what the golden pictures
 * show.
 *
 * Two processes, one handle that stands in both, a heap that grows, one that is destroyed and made
 * again, blocks that move and that do not, every kind of mistake, and losses. The same events every
 * time; no clock but the one set here.
 */
#ifndef TESTS_UI_FIXTURE_H
#define TESTS_UI_FIXTURE_H

#include "answer/snapshot.h"

struct fixture {
    struct trace *trace;
    struct etl_tally tally;
    struct trust trust;
    int64_t last_time; /* raw */
    size_t told;       /* events, those of processes included */
};

/* The story up to `events` events (0: all of it; FIXTURE_EMPTY: a trace without any). */
#define FIXTURE_EMPTY SIZE_MAX
void fixture_init(struct fixture *f, size_t events);
void fixture_release(struct fixture *f);

/* Gives every alloc and realloc of Solution.exe one of three call stacks. */
void fixture_walk_stacks(struct fixture *f);

/* The rest of the story, in the same trace. */
void fixture_tell_on(struct fixture *f);

/* A finished picture of the story that answers `spec` (NULL: everything), with one reference. The
 * test changes it as it likes before anyone sees it. */
struct snapshot *fixture_snapshot(const struct fixture *f, const struct query_spec *spec);

#endif
