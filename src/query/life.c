/* Lifetimes in classes and samples; see life.h. */
#include "query/life.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Buckets: the values below 32 have one each, every power of two above them has 32. */
#define FINE_BITS 5
#define FINE      (1u << FINE_BITS)
#define BUCKETS   (FINE * (64 - FINE_BITS))

int64_t life_class_from(unsigned k)
{
    int64_t ns = k > 0 ? 1000 : 0;
    for (unsigned i = 1; i < k; i++)
        ns *= 10;
    return ns;
}

int64_t life_class_to(unsigned k)
{
    return k + 1 < LIFE_CLASSES ? life_class_from(k + 1) : INT64_MAX;
}

void life_scale_init(struct life_scale *s, const struct trace *t)
{
    for (unsigned k = 0; k < LIFE_CLASSES; k++)
        s->from[k] = k > 0 ? trace_span_ticks(t, life_class_from(k)) : 0;
}

/* ---- samples ---- */

void life_sample_release(struct life_sample *s)
{
    free(s->values);
    free(s->buckets);
    *s = (struct life_sample){0};
}

static unsigned bucket_of(uint64_t v)
{
    if (v < FINE)
        return (unsigned)v;
    unsigned shift = 63 - FINE_BITS - (unsigned)__builtin_clzll(v);
    return (shift + 1) * FINE + ((unsigned)(v >> shift) & (FINE - 1));
}

/* The value in the middle of a bucket. */
static int64_t value_of(unsigned bucket)
{
    if (bucket < FINE)
        return (int64_t)bucket;
    unsigned shift = bucket / FINE - 1;
    uint64_t low = (uint64_t)(FINE + bucket % FINE) << shift;
    return (int64_t)(low + ((UINT64_C(1) << shift) - 1) / 2);
}

static int begin_buckets(struct life_sample *s)
{
    s->buckets = calloc(BUCKETS, sizeof *s->buckets);
    if (s->buckets == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < s->count; i++)
        s->buckets[bucket_of((uint64_t)s->values[i])]++;
    free(s->values);
    s->values = NULL;
    s->cap = 0;
    return 0;
}

int life_sample_add(struct life_sample *s, int64_t ticks)
{
    int rc = 0;
    if (s->buckets == NULL && s->count == LIFE_EXACT)
        rc = begin_buckets(s);
    else if (s->buckets == NULL)
        rc = base_grow((void **)&s->values, &s->cap, s->count + 1, sizeof *s->values);
    if (rc != 0)
        return rc;
    if (s->buckets != NULL)
        s->buckets[bucket_of((uint64_t)ticks)]++;
    else
        s->values[s->count] = ticks;
    s->sorted = false;
    s->least = s->count == 0 || ticks < s->least ? ticks : s->least;
    s->greatest = ticks > s->greatest ? ticks : s->greatest;
    if (__builtin_add_overflow(s->sum, (uint64_t)ticks, &s->sum))
        s->sum = UINT64_MAX;
    s->count++;
    return 0;
}

bool life_sample_is_exact(const struct life_sample *s)
{
    return s->buckets == NULL;
}

static int compare_values(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Number `rank` from 0 on, in order of size. */
static int64_t value_at(struct life_sample *s, uint64_t rank)
{
    if (s->buckets == NULL) {
        if (!s->sorted)
            qsort(s->values, s->count, sizeof *s->values, compare_values);
        s->sorted = true;
        return s->values[rank];
    }
    unsigned k = 0;
    for (uint64_t before = 0; k < BUCKETS - 1; k++) {
        before += s->buckets[k];
        if (before > rank)
            break;
    }
    int64_t value = value_of(k);
    value = value < s->least ? s->least : value;
    return value > s->greatest ? s->greatest : value;
}

int64_t life_sample_percentile(struct life_sample *s, unsigned percent)
{
    if (s->count == 0)
        return 0;
    uint64_t whole = s->count / 100, rest = s->count % 100;
    uint64_t rank = whole * percent + (rest * percent + 99) / 100;
    return value_at(s, rank - 1);
}

int64_t life_sample_mean_ns(const struct life_sample *s, const struct trace *t)
{
    if (s->count == 0)
        return 0;
    int64_t whole = trace_span_ns(t, (int64_t)(s->sum / s->count));
    int64_t rest = trace_span_ns(t, (int64_t)(s->sum % s->count));
    return whole + rest / (int64_t)s->count;
}
