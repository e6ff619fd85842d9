/* What is known of the blocks of one size, or of a class of sizes. Plain data. */
#ifndef QUERY_SIZE_ROW_H
#define QUERY_SIZE_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "query/life.h"

enum size_kind {
    SIZE_BY_POWER,  /* classes of fold.h: 0, 1, 2..3, 4..7 ... */
    SIZE_BY_EXACT,  /* every size; those after the first SIZE_EXACT_ROWS share a row */
    SIZE_BY_BUCKET, /* lfh.h */
    SIZE_KINDS
};

#define SIZE_EXACT_ROWS 8192

/* Sources by their number; 0: none recorded. Values above the sixth share the last place. */
enum { SIZE_NO_SOURCE = 0, SIZE_LFH = 2, SIZE_OTHER_SOURCE = 7, SIZE_SOURCES = 8 };

struct size_cell {
    uint64_t allocs, alloc_bytes;
    uint64_t outstanding_blocks, outstanding_bytes;
};

struct life_cell {
    uint64_t blocks, bytes; /* ended, with the size they had then */
};

struct size_row {
    uint64_t key;      /* tells it from the others: the class, the size, the bucket */
    uint64_t from, to; /* the sizes, both included */
    bool others;       /* exact sizes that have no row: `from` and `to` say nothing */
    struct size_cell f;
    struct size_cell source[SIZE_SOURCES]; /* by Source of the Alloc; adds up to `f` */
    uint64_t temporary;                    /* of the blocks that ended */
    struct life_cell ended;
    struct life_cell life[LIFE_CLASSES]; /* adds up to `ended` */
    /* Lifetimes in ns, of `ended` blocks; zeros when there are none. */
    bool exact; /* the percentiles are; else right to 1.6 % */
    int64_t mean, p50, p90, p99, longest;
};

/* Tells a row from the others of its table: its least size, or what no size is. */
static inline uint64_t size_row_id(const struct size_row *r)
{
    uint64_t most = UINT64_MAX - 2;
    return r->others ? most + 1 : r->from < most ? r->from : most;
}

#endif
