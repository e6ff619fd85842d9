/*
 * A curve of a value over time in a fixed number of bins: when time outgrows them, bins merge in
 * pairs and their width doubles, so that no second pass is needed. One thread.
 */
#ifndef QUERY_FOLD_CURVE_H
#define QUERY_FOLD_CURVE_H

#include <stdint.h>

struct fold_curve {
    int64_t start;     /* raw time of the first bin's start */
    uint32_t capacity; /* bins, even */
    uint32_t done;     /* bins that are over; the one behind them is the present one */
    unsigned shift;    /* a bin is 2^shift raw ticks wide */
    float *value;      /* at the end of each bin that is over; owned */
};

/* Returns 0 or -ENOMEM. */
int fold_curve_begin(struct fold_curve *c, int64_t start, uint32_t capacity);
void fold_curve_release(struct fold_curve *c);

/* Time has come to `time`, and so far the value was `value`: ends the bins before. */
void fold_curve_end_bins(struct fold_curve *c, int64_t time, uint64_t value);

/* What is drawn for `value`, which is below zero after a size that lied or a row that flipped. */
static inline float fold_curve_point(uint64_t value)
{
    return (int64_t)value > 0 ? (float)value : 0;
}

/* To be called before the value changes at `time`, which does not go back. */
static inline void fold_curve_advance(struct fold_curve *c, int64_t time, uint64_t value)
{
    if (((uint64_t)time - (uint64_t)c->start) >> c->shift > c->done)
        fold_curve_end_bins(c, time, value);
}

#endif
