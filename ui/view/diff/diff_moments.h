/*
 * Which moments a diff compares: marks, two of them, the ends of the range, or those a person
 * named.
 *
 * Found anew for every picture: marks are set, and the end of a live trace moves on. Loop thread
 * only.
 */
#ifndef UI_VIEW_DIFF_DIFF_MOMENTS_H
#define UI_VIEW_DIFF_DIFF_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "ui/view/views.h"

enum diff_between {
    DIFF_MARKS,    /* all marks: those a person set, of fewer than two the recorded ones, too */
    DIFF_LAST_TWO, /* of the marks that were set */
    DIFF_RANGE,    /* from its start to its end */
    DIFF_PICKED,   /* by `:diff` */
    DIFF_FILE,     /* from the end of another file to the end of the range */
    DIFF_BETWEENS
};

struct diff_moment {
    int64_t time;                 /* raw; INT64_MIN before everything, INT64_MAX the end */
    const struct view_mark *mark; /* NULL: an end, or a time that was typed. Of the env */
    bool other;                   /* the end of the other file; `time` means nothing */
};

/* Zeroed: all marks. */
struct diff_moments {
    enum diff_between between;
    struct view_diff_pick picked[MOMENTS_MOST];
    size_t picked_count;

    enum diff_between found; /* what there was to compare, when it was not what was wanted */
    struct diff_moment at[MOMENTS_MOST]; /* ascending */
    size_t count;                        /* at least 2 once there is a picture */
};

/* Finds them in the picture shown. O(marks log marks). */
void diff_moments_find(struct diff_moments *m, const struct view_env *env);

/* Goes on to the next kind that can be had. */
void diff_moments_next(struct diff_moments *m, const struct view_env *env);

/* "a", "the start", "the end", "1.204 s": how sentences call a moment. */
void diff_moment_put_name(const struct diff_moment *m, const struct view_env *env,
                          struct strbuf *out);

#endif
