/* Samples of what was outstanding, and their trend; see finding_series.h. */
#include "answer/findings/finding_series.h"

#include <math.h>

#define LAST (FINDING_POINTS - 1)

/*
 * When a rise is growth. A leak adds the same in every quarter of the time: half of its fair share
 * is asked for, which a cache that fills and stays does not bring, nor does what rose at the start
 * only. A line must explain nine tenths of the variance, which a sawtooth does not. And where
 * blocks come and go at random, the rise after n of them is the root of n by chance; six times that
 * happens once in some hundred million stacks. Five percent of the level and 4 KiB are what
 * anybody would look at.
 */
#define LEAST_MOMENTS 12
#define LEAST_RISE    4096
#define LEAST_LEVEL   0.05

/* Where a trend may begin, of 32 moments: at the start, or behind a start of up to a quarter. */
static const unsigned starts[] = {0, 4, 8};

/* first + k/32 of the length, which may be wider than a signed number. */
static int64_t time_at(int64_t first, int64_t last, unsigned k)
{
    uint64_t length = (uint64_t)last - (uint64_t)first;
    return (int64_t)((uint64_t)first + (uint64_t)((unsigned __int128)length * k / LAST));
}

void finding_moments_init(struct finding_moments *m, const struct trace *trace,
                          struct block_range range)
{
    int64_t first = store_time(trace->store, range.first);
    int64_t last = store_time(trace->store, range.end - 1);
    for (unsigned k = 0; k < FINDING_POINTS; k++) {
        m->time[k] = time_at(first, last, k);
        uint64_t row = block_moment(trace, m->time[k]);
        m->row[k] = row < range.end ? row : range.end;
    }
    m->row[0] = range.first;
    m->row[LAST] = range.end;
}

unsigned finding_moments_after(const struct finding_moments *m, uint64_t row)
{
    unsigned low = 0, high = FINDING_POINTS;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (m->row[middle] > row)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void finding_series_sum(struct finding_series *s)
{
    for (unsigned k = 1; k < FINDING_POINTS; k++)
        s->at[k] = (int64_t)((uint64_t)s->at[k] + (uint64_t)s->at[k - 1]);
}

/* Least squares over the moments [from, LAST]. */
static void fit_line(const struct finding_series *s, struct finding_trend *t)
{
    double n = LAST - t->from + 1, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
    for (unsigned k = t->from; k <= LAST; k++) {
        double dx = k - t->from, dy = (double)(s->at[k] - s->at[t->from]);
        x += dx;
        y += dy;
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    double vx = xx - x * x / n, vy = yy - y * y / n, c = xy - x * y / n;
    t->slope = c / vx;
    t->fit = vy > 0 ? c * c / (vx * vy) : 0;
}

static double least_quarter(const struct finding_series *s, const struct finding_trend *t)
{
    double least = 1;
    unsigned length = LAST - t->from;
    for (unsigned q = 0; q < 4; q++) {
        int64_t part = s->at[t->from + length * (q + 1) / 4] - s->at[t->from + length * q / 4];
        least = fmin(least, (double)part / (double)t->rise);
    }
    return least;
}

static bool grows_from(const struct finding_series *s, unsigned from, struct finding_trend *t)
{
    if (from + LEAST_MOMENTS > LAST)
        return false;
    *t = (struct finding_trend){.from = from, .rise = s->at[LAST] - s->at[from]};
    if (t->rise < LEAST_RISE || (double)t->rise < LEAST_LEVEL * (double)s->at[LAST])
        return false;
    t->noise = s->square > 0 ? (double)t->rise / sqrt(s->square) : 0;
    if (t->noise < FINDING_LEAST_NOISE)
        return false;
    t->quarter = least_quarter(s, t);
    fit_line(s, t);
    return t->quarter >= FINDING_LEAST_QUARTER && t->fit >= FINDING_LEAST_FIT;
}

bool finding_series_grows(const struct finding_series *s, struct finding_trend *out_trend)
{
    /* Sizes that lie in a trace wrap around: what falls below zero or jumps beyond says nothing. */
    unsigned first = LAST;
    for (unsigned k = FINDING_POINTS; k-- > 0;) {
        if (s->at[k] < 0 || s->at[k] > INT64_MAX / 4)
            return false;
        first = s->at[k] > 0 ? k : first;
    }
    first = first > 0 ? first - 1 : 0;
    for (unsigned i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (grows_from(s, first + starts[i], out_trend))
            return true;
    return false;
}
