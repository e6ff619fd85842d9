/*
 * How far the figures can be trusted: every loss, repair and doubt, counted (numbers.md, Trust).
 *
 * Filled by ingest from the file header, the decoder's tally and replay. Over the whole trace,
 * never under a filter.
 */
#ifndef MODEL_TRUST_H
#define MODEL_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trust {
    uint64_t events_lost;  /* the header's count, or what flags and lost-event records prove if that
                              is more */
    uint64_t buffers_lost; /* likewise */
    uint64_t buffers_damaged; /* buffers and stretches that could not be read whole */
    uint64_t records_skipped; /* records that could not be decoded or stored */
    uint64_t late_records;  /* arrived after later rows had been shown; put in their place since */
    uint64_t sequence_gaps; /* runs of missing buffer sequence numbers: a hint, not a loss */
    uint64_t unmatched_frees;
    uint64_t lost_frees;
    uint64_t lost_destroys;
    uint64_t repaired;
    uint64_t double_frees;
    uint64_t wrong_heap;
    uint64_t duplicates;     /* Create, Expand, Contract told twice */
    uint64_t other;          /* heap events that no rule fits */
    uint64_t stacks_missing; /* Allocs and ReAllocs, see stack_join_missing() */
};

/* What a counter that is not zero says. */
enum trust_grade {
    TRUST_LOSS,    /* data is missing: --strict fails (cli.md, Exit) and the frame warns */
    TRUST_DOUBT,   /* something was not seen, and supplied or guessed */
    TRUST_MISTAKE, /* the traced program may have a bug */
    TRUST_NOTE,    /* harmless */
};

/* One row of the trust table: the same names and order on the screen, in text and in JSON. */
struct trust_field {
    const char *key;   /* JSON: "events_lost" */
    const char *label; /* screen: "events lost" */
    const char *hint;  /* what it means for the figures, one short sentence */
    size_t offset;     /* of the uint64_t in struct trust */
    enum trust_grade grade;
    bool in_json; /* part of the stable report format */
};

extern const struct trust_field trust_fields[];
extern const size_t trust_field_count;

uint64_t trust_value(const struct trust *t, const struct trust_field *field);

/* True when events_lost, buffers_lost, buffers_damaged or records_skipped is not zero. */
bool trust_has_loss(const struct trust *t);

#endif
