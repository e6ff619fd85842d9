/* Round numbers; see timeline_scale.h. */
#include "ui/view/timeline/timeline_scale.h"

#include "answer/snapshot.h"
#include "base/text.h"
#include "ui/view/cell_format.h"

/* An axis is parted by so many steps at most. */
#define STEPS 5

/* Digits of a second behind the point. */
#define SECOND_DIGITS 9

/* More bytes than these have no room as they are. */
#define MOST_EXACT 99999999

/* Whether the numbers are in KiB and MiB, and so round in those. */
static bool is_binary(enum timeline_unit unit, const struct view_env *env, uint64_t most)
{
    return unit == TIMELINE_BYTES && (env->settings->short_units || most > MOST_EXACT);
}

/* 1, 2, 4, 8 ... or 1, 2, 5, 10 ...: the least of them that is not less than `least`. */
static uint64_t round_step(uint64_t least, bool binary)
{
    uint64_t step = 1;
    if (binary) {
        while (step < least && step < UINT64_C(1) << 62)
            step *= 2;
        return step;
    }
    return (uint64_t)timeline_scale_step(least < INT64_MAX ? (int64_t)least : INT64_MAX);
}

int64_t timeline_scale_step(int64_t least)
{
    static const int factor[] = {1, 2, 5};
    for (int64_t power = 1; power <= INT64_MAX / 100; power *= 10)
        for (int i = 0; i < 3; i++)
            if (power * factor[i] >= least)
                return power * factor[i];
    return INT64_C(1000000000000000000);
}

struct timeline_scale timeline_scale_choose(enum timeline_unit unit, const struct view_env *env,
                                            uint64_t least, uint64_t most, bool may_rise)
{
    bool rises = may_rise && least > most / 2 && most > least;
    uint64_t span = rises ? most - least : most;
    uint64_t step = round_step(span / STEPS + (span % STEPS != 0), is_binary(unit, env, most));
    uint64_t floor = rises ? (least - 1) / step * step : 0;
    uint64_t top = floor;
    while (top < most && UINT64_MAX - top > step)
        top += step;
    return (struct timeline_scale){floor, top > floor ? top : floor + 1, unit};
}

int timeline_scale_level(const struct timeline_scale *s, uint64_t value, int levels)
{
    if (value == 0 || value < s->floor)
        return 0;
    if (value >= s->top)
        return levels;
    int level = (int)((double)(value - s->floor) / (double)(s->top - s->floor) * levels);
    return level > 0 ? level : 1;
}

void timeline_scale_put(struct strbuf *b, const struct timeline_scale *s,
                        const struct view_env *env, uint64_t value)
{
    if (is_binary(s->unit, env, s->top))
        text_put_size(b, value);
    else if (value <= MOST_EXACT)
        text_put_grouped(b, value);
    else
        text_put_count(b, value);
}

/* ---- times ---- */

static int digits_of(int64_t step)
{
    int digits = SECOND_DIGITS;
    for (; digits > 0 && step % 10 == 0; step /= 10)
        digits--;
    return digits;
}

static void put_seconds(struct strbuf *b, int64_t ns, int digits)
{
    uint64_t v = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    size_t start;
    strbuf_puts(b, ns < 0 ? "-" : "");
    text_put_grouped(b, v / 1000000000);
    strbuf_putc(b, '.');
    start = b->len;
    strbuf_printf(b, "%09u", (unsigned)(v % 1000000000));
    strbuf_truncate(b, digits > 0 ? start + (size_t)digits : start - 1);
}

/* The time of day has its fraction behind the last point; of the date nothing is said. */
static void put_clock(struct strbuf *b, const struct view_env *env, int64_t ns, int digits)
{
    size_t start = b->len;
    cell_put_time(b, env, trace_raw(env->snapshot->trace, ns));
    size_t point = b->len;
    while (point > start && b->s[point - 1] != '.')
        point--;
    if (point > start)
        strbuf_truncate(b, digits > 0 ? point + (size_t)digits : point - 1);
}

void timeline_scale_put_time(struct strbuf *b, const struct view_env *env, int64_t ns, int64_t step)
{
    int digits = digits_of(step);
    if (env->settings->wall_time)
        put_clock(b, env, ns, digits);
    else
        put_seconds(b, ns, digits);
}
