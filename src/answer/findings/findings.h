/*
 * What is wrong in a trace, or looks like it: growth, mistakes of the program, waste. Each finding
 * a sentence with its evidence and the filter that shows the rows which prove it.
 *
 * Immutable and self-contained (texts included), made by the worker or a batch command under a
 * filter and a range; any thread reads it. What is looked for, and from when on it counts, stands
 * in finding_rules.h.
 */
#ifndef ANSWER_FINDINGS_FINDINGS_H
#define ANSWER_FINDINGS_FINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/answer.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "model/trust.h"

/* The order of the kinds is the order of the list: what is certainly wrong comes first. */
enum finding_kind {
    FINDING_DOUBLE_FREE,
    FINDING_WRONG_HEAP,
    FINDING_GROWTH, /* of a heap or of a call stack */
    FINDING_INVALID_SOURCE,
    FINDING_REALLOC, /* copies much: to and fro, or by small steps */
    FINDING_STORM,   /* blocks that live for a moment, very many at once */
    FINDING_CROSS_THREAD,
    FINDING_FRAGMENTATION, /* committed far above outstanding */
    FINDING_BIG_BLOCK,     /* one large request, also one that failed */
    FINDING_KINDS
};

struct finding_words {
    const char *key;  /* machine formats: "double_free" */
    const char *word; /* screens: "double free" */
    const char *asks; /* what is looked for: "blocks freed twice" */
};

extern const struct finding_words finding_words[FINDING_KINDS];

/* Where the rows that prove it are looked at best. */
enum finding_place { FINDING_IN_EVENTS, FINDING_IN_BLOCKS, FINDING_IN_STACKS };

/* A line of evidence: "fit", "r2 0.998, at least 0.90". */
struct finding_fact {
    const char *label, *text;
};

#define FINDING_FACTS 6

/* Values over the range at equal distances, the first at its beginning. */
#define FINDING_POINTS 33

struct finding {
    enum finding_kind kind;
    uint32_t rank; /* its place in the list */
    uint64_t key;  /* the same finding in the next answer: a hash of kind and subject */
    const char *sentence;
    const char *condition; /* of the filter language: the rows that prove it */
    const char *label;     /* of the condition, for a breadcrumb: "leak of stack 17" */
    enum finding_place place;
    uint32_t process, heap, thread; /* registry indices; INDEX_NONE: of none or several */
    uint32_t stack;                 /* STACK_NONE: of none or several */
    uint64_t count;                 /* events or blocks */
    uint64_t bytes;                 /* 0 where bytes say nothing */
    int64_t since, until;           /* raw: the first and the last event of it */
    uint64_t row;                   /* the event that shows it best */
    size_t fact_count;
    struct finding_fact facts[FINDING_FACTS];
    const uint64_t *curve;  /* FINDING_POINTS bytes outstanding; NULL where they say nothing */
    const uint64_t *second; /* likewise committed bytes; NULL */
};

/* Findings of one kind that are kept; the smaller ones are only counted. */
#define FINDINGS_OF_A_KIND 64

struct findings {
    struct answer base;
    struct finding *items; /* by kind, the largest first */
    size_t count;
    uint64_t more[FINDING_KINDS]; /* not kept */
    uint64_t events;              /* rows that were looked at: under the filter, in the range */
    int64_t first, last;          /* raw times of the range's first and last row; INT64_MIN */
    bool cut; /* there were more call stacks or heaps than are watched one by one */
    struct arena texts;
};

/*
 * How far findings can be trusted: high as long as nothing was lost, for where it was lost is not
 * known. "high", "low: events were lost".
 */
bool finding_is_certain(const struct trust *trust);
const char *finding_confidence(const struct trust *trust);

#endif
