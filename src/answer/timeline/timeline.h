/*
 * What was outstanding over time: a window of it in columns of equal length, each with its
 * greatest moment, so that no peak is lost to a wide column (numbers.md, Totals).
 *
 * Worked out of a timeline_index, at any zoom in a few milliseconds. The window may reach beyond
 * the query's range: only the peak is that of the range. A self-contained answer (answer.h).
 */
#ifndef ANSWER_TIMELINE_TIMELINE_H
#define ANSWER_TIMELINE_TIMELINE_H

#include "answer/answer.h"
#include "query/query.h"
#include "query/timeline_index.h"

/* Series told apart; what is in none of them is the difference to the whole. */
#define TIMELINE_SERIES 7u

#define TIMELINE_UNKNOWN UINT64_MAX

/* What was outstanding behind a row. */
struct timeline_moment {
    int64_t time; /* raw: of the row, or where the column begins with what was there before */
    uint64_t row; /* ROW_NONE: before every row */
    uint64_t bytes, blocks;
    uint64_t committed; /* TIMELINE_UNKNOWN before it was told (timeline_index_committed()) */
    uint64_t series[TIMELINE_SERIES]; /* bytes of each of the answer's series */
};

struct timeline_column {
    uint64_t first, end;            /* its rows [first, end), matching or not */
    struct timeline_moment most;    /* when the most bytes were outstanding */
    uint64_t most_blocks;           /* not always then */
    uint64_t end_bytes, end_blocks; /* where it ends */
    uint64_t end_committed;
    uint64_t rows; /* that match */
    uint64_t allocs, alloc_bytes;
    uint64_t frees, freed_bytes;
};

struct timeline {
    struct answer base;
    int64_t from;          /* raw time where column 0 begins */
    uint64_t column_ticks; /* at least 1 */
    uint32_t count;        /* of columns */
    uint32_t known;        /* of them begin no later than the last row */
    int64_t first, last;   /* raw times of the trace's rows; INT64_MIN when there is none */
    struct timeline_column *columns;
    bool has_peak;                 /* something was outstanding in the window and the range */
    struct timeline_moment peak;   /* the greatest there; its row is ROW_NONE when the bytes were
                                      there before the first row of it */
    bool has_at;                   /* there is the row that was asked for */
    struct timeline_moment at;     /* behind it */
    enum timeline_parting by;      /* what the series are */
    uint32_t series_count;         /* heaps: largest first; else ascending */
    uint32_t key[TIMELINE_SERIES]; /* registry index, Source or size class */
};

/* What the index holds of `spec`. The peak is that of the rows `range`, whose first moment is
 * `since` (raw). One reference; NULL when memory is out. */
struct timeline *timeline_new(const struct timeline_index *ix, const struct trace *trace,
                              const struct timeline_spec *spec, struct block_range range,
                              int64_t since);

/* Where column `k` begins; that behind the last one, too. Saturating. */
int64_t timeline_column_time(const struct timeline *t, uint32_t k);

/* The column that holds the raw time, or the nearest. */
uint32_t timeline_column_of(const struct timeline *t, int64_t raw);

#endif
