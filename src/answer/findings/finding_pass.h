/*
 * The one pass over the rows from which all findings are judged, and what it collects.
 *
 * Who allocated is a site: a call stack of a process, or where none was recorded a thread in a
 * heap. Sites and heaps that are watched one by one are limited, so that no trace can exhaust
 * memory: about 600 bytes each. Private to finding*.c; worker or batch thread.
 */
#ifndef ANSWER_FINDINGS_FINDING_PASS_H
#define ANSWER_FINDINGS_FINDING_PASS_H

#include "answer/findings/finding_series.h"
#include "model/id_map.h"
#include "query/matches.h"

#define FINDING_SITES_MOST (UINT32_C(1) << 17)
#define FINDING_HEAPS_MOST (UINT32_C(1) << 16)
#define FINDING_LANES_MOST (UINT32_C(1) << 18)
#define FINDING_PAIRS_MOST (UINT32_C(1) << 16)

/* ---- who allocated ---- */

/* Short-lived blocks of one site in quick succession. */
struct finding_burst {
    uint64_t blocks, bytes;
    int64_t first, last; /* raw times */
    int64_t life;        /* ticks of all together */
    uint64_t row;        /* the first one's */
};

/* Blocks that ReAlloc moved to and fro. */
struct finding_moves {
    uint64_t chains; /* blocks that moved too often */
    uint64_t moves;  /* of them */
    uint64_t turns;  /* from larger to smaller or back */
    uint64_t copied; /* bytes */
    int64_t first, last;
    uint64_t row;
    uint64_t small, large; /* the sizes between which they went */
    uint32_t heap, thread; /* of all of them; INDEX_NONE when of several */
    bool other_sites;      /* some of the steps came from another stack */
};

struct finding_site {
    uint32_t process, stack; /* STACK_NONE: `thread` and `heap` are the site */
    uint32_t thread, heap;   /* of all its blocks; INDEX_NONE when of several */
    uint64_t row;            /* its first block's */
    uint64_t blocks;         /* born in the range */
    uint64_t brief;          /* of them: short-lived */
    struct finding_burst now, best;
    struct finding_series *series; /* NULL for sites without a stack */
    struct finding_moves *moves;   /* NULL until there are some */
};

struct finding_sites {
    struct finding_site *items;
    size_t count, cap;
    struct id_map by_stack, by_lane;
};

/* ---- heaps ---- */

struct finding_heap {
    struct finding_series *series; /* NULL until its first block */
    int64_t *committed;            /* FINDING_POINTS, -1 unknown; NULL until the heap tells it */
    int64_t *large;                /* the same of blocks from FINDING_OWN_PAGES on, differences */
    int64_t blocks;                /* alive at the range's end */
};

/* ---- who freed ---- */

/* A thread in a heap: how many blocks of its own were freed, and how many it freed. */
struct finding_lane {
    uint64_t freed, frees;
};

/* Blocks of one heap that one thread allocated and another freed. */
struct finding_pair {
    uint32_t heap, from, to;
    uint32_t from_lane, to_lane;
    uint64_t blocks, bytes;
    int64_t first, last; /* raw times of the frees */
    uint64_t row;        /* the first block's */
    uint32_t stack;      /* of all of them; STACK_NONE when of several */
    bool stacks;         /* `stack` is set, or there are several */
};

struct finding_threads {
    struct finding_lane *lanes;
    size_t lane_count, lane_cap;
    struct id_map lane; /* by heap and thread */
    struct finding_pair *pairs;
    size_t pair_count, pair_cap;
    struct id_map pair; /* by heap and both threads */
};

/* ---- single events ---- */

#define FINDING_ADDRESSES 8

/* Events of one kind in one heap, each of which is wrong by itself. */
struct finding_tally {
    enum finding_kind kind;
    uint32_t process, heap;
    uint64_t count, bytes;
    uint64_t failed;  /* of the large requests */
    uint64_t largest; /* its bytes; */
    uint64_t row;     /* it, or the first one where bytes say nothing */
    int64_t first, last;
    uint64_t address[FINDING_ADDRESSES]; /* the first different ones */
    size_t addresses;                    /* FINDING_ADDRESSES + 1: there are more */
    uint32_t stack;                      /* of all of them; STACK_NONE when of several */
};

struct finding_tallies {
    struct finding_tally *items;
    size_t count, cap;
    struct id_map place; /* by kind and heap */
};

/* ---- reallocs ---- */

/* A block on its way through moves, kept under the row that opened it last. */
struct finding_chain {
    uint64_t opener; /* ROW_NONE: the slot is free */
    uint64_t moves, turns, copied, small, large;
    int64_t first, last;
    uint64_t row;
    uint32_t site;   /* that made the first move */
    bool other_site; /* and others later ones */
    bool up;         /* the last move was to a larger size */
    bool counted;    /* it has moved too often already */
};

/* Chains under way; of two that fall into one slot the older one is forgotten. */
#define FINDING_CHAINS (UINT32_C(1) << 14)

/* ---- the pass ---- */

struct finding_pass {
    const struct trace *trace;
    const struct matches *matches;
    struct block_range range;
    struct finding_moments moments;
    uint64_t next;                            /* the first row not looked at */
    int64_t brief;                            /* ticks that a short-lived block lives at most */
    int64_t pause;                            /* ticks that a burst may pause */
    uint64_t events, allocs, frees, mistaken; /* in the range: rows, blocks born, freed; frees
                                                 in the wrong heap */
    struct finding_sites sites;
    struct finding_heap *heaps; /* by registry index */
    size_t heap_count, heap_cap, heaps_watched;
    struct finding_threads threads;
    struct finding_tallies tallies;
    struct finding_chain *chains; /* FINDING_CHAINS; NULL until the first move */
    struct arena arena;           /* series and the like */
    bool cut;
    bool ranged; /* not all of the trace is looked at */
    bool lossy;  /* events were lost: what is seen twice may have been three times */
};

/* A row at work. */
struct finding_event {
    const struct store_chunk *c;
    uint64_t row;
    uint32_t i; /* in the chunk */
    unsigned op, flags;
    bool in_range;
    uint32_t thread, process, heap; /* registry indices */
    /* Of a row that opened a block: */
    uint32_t site; /* place, UINT32_MAX when it is not watched */
    uint64_t size;
    uint64_t closer; /* ROW_NONE: not in the range */
    const struct store_chunk *closer_chunk;
    unsigned born, died; /* moments */
};

/* Rows of the range of a query, at least one. Borrows all of it. 0 or -ENOMEM. */
int finding_pass_init(struct finding_pass *p, const struct trace *trace,
                      const struct matches *matches, struct block_range range);
void finding_pass_release(struct finding_pass *p);

/* Looks at `rows` rows more at most. 0 or -ENOMEM. About 100 ns a row. */
int finding_pass_advance(struct finding_pass *p, uint64_t rows);
bool finding_pass_is_over(const struct finding_pass *p);

/* Sums up; once, after the last row. */
void finding_pass_finish(struct finding_pass *p);

/* The site of a row, made when it is new: UINT32_MAX when there are too many or memory is out. */
uint32_t finding_pass_site(struct finding_pass *p, const struct finding_event *e);

static inline int64_t finding_event_time(const struct finding_event *e)
{
    return store_chunk_time(e->c, e->i);
}

/* Ticks from one raw time to a later one; a trace may lie that they are more than there are. */
static inline int64_t finding_ticks(int64_t from, int64_t to)
{
    int64_t ticks;
    return __builtin_sub_overflow(to, from, &ticks) ? INT64_MAX : ticks;
}

/* Notes an event of a kind in its heap; NULL when there are too many or memory is out. */
struct finding_tally *finding_tally_add(struct finding_pass *p, enum finding_kind kind,
                                        const struct finding_event *e);

#endif
