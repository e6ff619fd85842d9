/*
 * Axes with numbers that read well: round ends for values, ticks for times.
 *
 * Pure functions that append to strbufs.
 */
#ifndef UI_VIEW_TIMELINE_SCALE_H
#define UI_VIEW_TIMELINE_SCALE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "ui/view/view.h"

enum timeline_unit {
    TIMELINE_BYTES,
    TIMELINE_COUNT,
    TIMELINE_RATE, /* a second */
};

/* What the lower and the upper end of a panel stand for. */
struct timeline_scale {
    uint64_t floor, top; /* top > floor */
    enum timeline_unit unit;
};

/* A scale with round ends for values from `least` to `most`. It begins at 0 unless all of them lie
 * in the upper half, where they would look alike, and `may_rise`. */
struct timeline_scale timeline_scale_choose(enum timeline_unit unit, const struct view_env *env,
                                            uint64_t least, uint64_t most, bool may_rise);

/* How high a value stands, of `levels`: what is there is seen. */
int timeline_scale_level(const struct timeline_scale *s, uint64_t value, int levels);

/* "64 KiB", "50,000", "1.2K": a number of an axis, in ten cells. */
void timeline_scale_put(struct strbuf *b, const struct timeline_scale *s,
                        const struct view_env *env, uint64_t value);

/* The least 1, 2 or 5 times a power of ten that is not less than `least`. */
int64_t timeline_scale_step(int64_t least);

/* A time in ns since the trace's start, with the digits that a step of `step` ns needs: "0.412",
 * "12.5"; "14:03:22.5" by `env`. */
void timeline_scale_put_time(struct strbuf *b, const struct view_env *env, int64_t ns,
                             int64_t step);

#endif
