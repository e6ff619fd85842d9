/*
 * What was outstanding at equal distances in time, and whether it grew.
 *
 *   range   |---|---|---|---|...|---|
 *   moment  0   1   2   3           32     row[k]: the rows before it have happened
 *
 * A series is filled with differences, block by block in any order, and summed up once at the end:
 * a block that lives between two moments costs nothing.
 */
#ifndef ANSWER_FINDINGS_FINDING_SERIES_H
#define ANSWER_FINDINGS_FINDING_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/findings/findings.h"
#include "query/blocks.h"

/* "Behind the last moment". */
#define FINDING_NEVER FINDING_POINTS

struct finding_moments {
    uint64_t row[FINDING_POINTS];
    int64_t time[FINDING_POINTS]; /* raw */
};

/* Of the rows `range` of a trace, at least one. */
void finding_moments_init(struct finding_moments *m, const struct trace *trace,
                          struct block_range range);

/* The first moment at which `row` has happened; FINDING_NEVER when it is none. */
unsigned finding_moments_after(const struct finding_moments *m, uint64_t row);

struct finding_series {
    int64_t at[FINDING_POINTS]; /* bytes; differences until finding_series_sum() */
    double square;              /* of the sizes of blocks that came or went in the range */
    uint64_t born, died;        /* blocks in the range */
};

/* From the differences to what was outstanding. */
void finding_series_sum(struct finding_series *s);

/* A rise over the time [from, last moment]. */
struct finding_trend {
    unsigned from;
    int64_t rise;   /* bytes */
    double slope;   /* bytes from moment to moment */
    double fit;     /* r2 of the line, 0..1 */
    double quarter; /* the least share of the rise that a quarter of the time brought */
    double noise;   /* the rise in times of what chance makes of so many blocks */
};

/*
 * True when the series, summed up, rose all the time. It must do so through half the range at
 * least; a start, of a quarter of the time at most, may be left out of it.
 */
bool finding_series_grows(const struct finding_series *s, struct finding_trend *out_trend);

/* The limits, for the evidence. */
#define FINDING_LEAST_FIT     0.90
#define FINDING_LEAST_QUARTER 0.125
#define FINDING_LEAST_NOISE   6.0

#endif
