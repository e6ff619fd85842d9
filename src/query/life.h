/*
 * How long blocks lived: the classes of a histogram, and a sample that tells mean and percentiles.
 *
 * Classes are powers of ten: below 1 us, then [1 us, 10 us) and so on to 100 s and more. A sample
 * keeps its first LIFE_EXACT values as they are; with more of them it counts them in buckets of
 * 1/32 of a power of two, and its percentiles are right to 1.6 % (1/64) from then on. The least,
 * the greatest and the mean are always exact. Lengths are raw ticks. One thread.
 */
#ifndef QUERY_LIFE_H
#define QUERY_LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/trace.h"

#define LIFE_CLASSES 10
#define LIFE_EXACT   256

/* The bounds [from, to) of class k in ns; the last has no end: INT64_MAX. */
int64_t life_class_from(unsigned k);
int64_t life_class_to(unsigned k);

/* The same on the clock of a trace. */
struct life_scale {
    int64_t from[LIFE_CLASSES]; /* raw ticks: the least of each class */
};

void life_scale_init(struct life_scale *s, const struct trace *t);

static inline unsigned life_class(const struct life_scale *s, int64_t ticks)
{
    unsigned k = 0;
    for (unsigned i = 1; i < LIFE_CLASSES; i++)
        k += ticks >= s->from[i];
    return k;
}

/* Zeroed: empty. 2 KiB at most while exact, 8 KiB behind that. */
struct life_sample {
    uint64_t count;
    uint64_t sum; /* stays at UINT64_MAX once it would be more */
    int64_t least, greatest;
    int64_t *values; /* `count` of them while exact; owned */
    size_t cap;
    uint32_t *buckets; /* owned; NULL while exact */
    bool sorted;
};

void life_sample_release(struct life_sample *s);

/* Adds a lifetime, 0 or more. Returns 0 or -ENOMEM. */
int life_sample_add(struct life_sample *s, int64_t ticks);

/* Whether percentiles are exact. */
bool life_sample_is_exact(const struct life_sample *s);

/*
 * The smallest value that `percent` of 100 of all values do not exceed (nearest rank); 0 of an
 * empty sample. `percent` is 1 to 100. About 10 us for the first one of an exact sample, 1 us then.
 */
int64_t life_sample_percentile(struct life_sample *s, unsigned percent);

/* The mean in ns of the clock of `t`. */
int64_t life_sample_mean_ns(const struct life_sample *s, const struct trace *t);

#endif
