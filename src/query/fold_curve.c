/* Curves with a fixed number of bins (fold_curve.h). */
#include "query/fold_curve.h"

#include <errno.h>
#include <stdlib.h>

int fold_curve_begin(struct fold_curve *c, int64_t start, uint32_t capacity)
{
    float *value = calloc(capacity, sizeof *value);
    if (value == NULL)
        return -ENOMEM;
    *c = (struct fold_curve){.start = start, .capacity = capacity, .value = value};
    return 0;
}

void fold_curve_release(struct fold_curve *c)
{
    free(c->value);
    c->value = NULL;
}

/* A pair's value at its end is that of its second half. */
static void merge_pairs(struct fold_curve *c)
{
    c->shift++;
    c->done /= 2;
    for (uint32_t i = 0; i < c->done; i++)
        c->value[i] = c->value[2 * i + 1];
}

void fold_curve_end_bins(struct fold_curve *c, int64_t time, uint64_t value)
{
    /* A late row may lie before the start; it belongs to no bin that is still open. */
    if (time < c->start)
        return;
    uint64_t distance = (uint64_t)time - (uint64_t)c->start;
    while (distance >> c->shift >= c->capacity) {
        /* Bins up to the last one are over; what a merge drops of them is said by `value`. */
        while (c->done < c->capacity)
            c->value[c->done++] = fold_curve_point(value);
        merge_pairs(c);
    }
    while (c->done < distance >> c->shift)
        c->value[c->done++] = fold_curve_point(value);
}
