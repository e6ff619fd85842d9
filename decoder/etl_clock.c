/*
 * Clock conversion in 64-bit integers (etl-format 3.1); see etl_file_header.h.
 *
 * Magnitudes are unsigned and signs are put back at the end. With frequencies up to 18 GHz every
 * remainder times 10^9 fits 64 bits; sums that do not fit saturate.
 */
#include "decoder/etl_file_header.h"

#define NS_PER_SECOND       UINT64_C(1000000000)
#define FILETIME_PER_SECOND UINT64_C(10000000)

/* What nearly every Windows since 8 uses, and what is assumed when the header says nonsense. */
#define QPC_DEFAULT UINT64_C(10000000)

static uint64_t saturating_add(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static uint64_t saturating_mul(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* v * mul / div, rounded down; (div - 1) * mul must fit 64 bits. */
static uint64_t scale_down(uint64_t v, uint64_t mul, uint64_t div)
{
    return saturating_add(saturating_mul(v / div, mul), v % div * mul / div);
}

/* v * mul / div, rounded up; div * mul must fit 64 bits. */
static uint64_t scale_up(uint64_t v, uint64_t mul, uint64_t div)
{
    uint64_t rest = v % div * mul;
    return saturating_add(saturating_mul(v / div, mul), rest / div + (rest % div != 0));
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* `magnitude` with a sign, at most the greatest value. */
static int64_t with_sign(uint64_t magnitude_, bool negative)
{
    if (magnitude_ > INT64_MAX)
        return negative ? INT64_MIN : INT64_MAX;
    return negative ? -(int64_t)magnitude_ : (int64_t)magnitude_;
}

/* `from` plus or minus `n`, which alone may exceed the signed range. */
static int64_t moved(int64_t from, uint64_t n, bool back)
{
    if (back)
        return n > (uint64_t)from - (uint64_t)INT64_MIN ? INT64_MIN : (int64_t)((uint64_t)from - n);
    return n > (uint64_t)INT64_MAX - (uint64_t)from ? INT64_MAX : (int64_t)((uint64_t)from + n);
}

/* Distance from the origin: its magnitude always fits, the difference itself might not. */
static uint64_t distance(const struct etl_clock *c, int64_t raw, bool *out_before)
{
    *out_before = raw < c->origin;
    return *out_before ? (uint64_t)c->origin - (uint64_t)raw : (uint64_t)raw - (uint64_t)c->origin;
}

static uint64_t frequency(const struct etl_file_header *h)
{
    switch (h->clock_type) {
    case ETL_CLOCK_SYSTEM_TIME:
        return FILETIME_PER_SECOND;
    case ETL_CLOCK_CPU_CYCLES:
        return h->cpu_mhz * UINT64_C(1000000);
    default:
        return h->perf_frequency > 0 ? (uint64_t)h->perf_frequency : 0;
    }
}

void etl_clock_init(struct etl_clock *c, const struct etl_file_header *h)
{
    uint64_t f = frequency(h);
    bool absurd = f == 0 || f > ETL_CLOCK_FREQUENCY_MAX;
    bool is_filetime = h->clock_type == ETL_CLOCK_SYSTEM_TIME;
    *c = (struct etl_clock){
        .origin = h->header_time,
        .origin_filetime = is_filetime ? h->header_time : h->start_time,
        .ticks_per_second = absurd ? QPC_DEFAULT : f,
        .assumed = absurd,
    };
}

int64_t etl_clock_ns(const struct etl_clock *c, int64_t raw)
{
    bool before;
    uint64_t ticks = distance(c, raw, &before);
    return with_sign(scale_down(ticks, NS_PER_SECOND, c->ticks_per_second), before);
}

/* Before the origin rounding towards zero makes the ticks of one ns end just above ns - 1. */
int64_t etl_clock_raw(const struct etl_clock *c, int64_t ns)
{
    if (ns > 0)
        return moved(c->origin, scale_up((uint64_t)ns, c->ticks_per_second, NS_PER_SECOND), false);
    uint64_t ticks = scale_up(magnitude(ns) + 1, c->ticks_per_second, NS_PER_SECOND);
    return moved(c->origin, ticks != UINT64_MAX ? ticks - 1 : ticks, true);
}

int64_t etl_clock_filetime(const struct etl_clock *c, int64_t raw)
{
    bool before;
    uint64_t ticks = distance(c, raw, &before);
    uint64_t steps = scale_down(ticks, FILETIME_PER_SECOND, c->ticks_per_second);
    return moved(c->origin_filetime, steps, before);
}
