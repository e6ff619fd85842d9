/*
 * A timeline index from inside: what it holds, and what one row does to running values. Private to
 * timeline*.c of this folder.
 */
#ifndef QUERY_TIMELINE_PRIV_H
#define QUERY_TIMELINE_PRIV_H

#include "query/fold_priv.h"
#include "query/timeline_index.h"

struct timeline_leaf {
    struct timeline_sums end;
    struct timeline_most most;
};

/* What a series had where a stretch ended. */
struct timeline_point {
    uint64_t bytes;
    uint64_t stretch;
};

struct timeline_series {
    uint32_t key;
    struct timeline_point *points;
    size_t count, cap;
};

/* Running values by key; while the index is made also which of them the present stretch changed. */
struct timeline_values {
    uint64_t *bytes;
    uint32_t *seen;    /* 1 + the stretch that changed it last; NULL: nobody asks */
    uint32_t *changed; /* the keys */
    size_t changed_count;
    uint32_t stretch;
};

struct timeline_parting_state {
    struct timeline_values values;
    size_t keys, key_cap, seen_cap, changed_cap, place_cap;
    uint32_t *place; /* by key: 1 + its series, 0: none */
    struct timeline_series *series;
    size_t series_count, series_cap;
};

/* What is known of a heap's committed bytes. */
struct timeline_heap {
    uint64_t committed;
    bool told, shown, gone;
};

struct timeline_commit {
    uint64_t row;
    uint64_t bytes; /* of all heaps behind it */
};

struct timeline_index {
    const struct trace *trace;
    const struct matches *matches;
    uint64_t next; /* the first row that is not in it */
    struct timeline_sums now;
    struct timeline_most most; /* in the leaf that is not over */
    struct timeline_leaf *leaves;
    size_t leaf_count, leaf_cap;
    struct timeline_most *branches; /* of those that are over */
    size_t branch_count, branch_cap;
    struct timeline_parting_state parting[TIMELINE_PARTINGS];
    uint32_t sources[FOLD_SOURCES];
    size_t source_count;
    uint8_t source_place[STORE_NO_SOURCE]; /* of small ones: 1 + place, 0: none */
    struct timeline_heap *heaps;
    size_t heap_count, heap_cap;
    uint64_t committed;
    struct timeline_commit *commits;
    size_t commit_count, commit_cap;
};

/* A row, and what it adds to. */
struct timeline_step {
    struct timeline_index *ix; /* its Sources grow while it is made */
    const struct store_chunk *c;
    uint64_t id;
    uint32_t i;
    unsigned flags;
    bool mine;       /* the row matches */
    bool bytes_only; /* events are not counted */
    struct timeline_sums *sums;
    struct timeline_values *values[TIMELINE_PARTINGS]; /* NULL: not wanted */
};

/* Adds what the rows [from, to) do; `s` has its sums and values. `out_most` may be NULL: else the
 * greatest behind one of them is kept in it. About 10 ns a row. */
void timeline_scan(struct timeline_step *s, uint64_t from, uint64_t to,
                   struct timeline_most *out_most);

/* The matches among the 64 rows around `row`, as bits. */
static inline uint64_t timeline_matching(const struct timeline_index *ix, uint64_t row)
{
    return ix->matches != NULL ? matches_word(ix->matches, row & ~UINT64_C(63)) : UINT64_MAX;
}

static inline bool timeline_belongs(const struct timeline_index *ix, uint64_t row)
{
    return (timeline_matching(ix, row) >> row % 64 & 1) != 0;
}

/* What the rows [from, to) of one chunk tell of the committed bytes of their heaps
 * (timeline_commit.c). Returns 0 or -ENOMEM. About 2 ns a row. */
int timeline_take_commits(struct timeline_index *ix, uint64_t from, uint64_t to);

#endif
