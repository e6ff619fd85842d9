/* Counts gaps as numbers arrive, and sorts only when one comes out of order; see sequence_set.h. */
#include "model/sequence_set.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"

void sequence_set_release(struct sequence_set *s)
{
    free(s->seen);
    *s = (struct sequence_set){0};
}

/* True when numbers are missing between `a` and the greater or equal `b`; the distance may exceed
 * INT64_MAX. */
static bool is_gap(int64_t a, int64_t b)
{
    return (uint64_t)b - (uint64_t)a > 1;
}

int sequence_set_add(struct sequence_set *s, int64_t sequence)
{
    void *p = s->seen;
    if (base_grow(&p, &s->cap, s->count + 1, sizeof *s->seen) != 0)
        return -ENOMEM;
    s->seen = p;
    bool in_order = s->sorted == s->count && (s->count == 0 || sequence >= s->seen[s->count - 1]);
    if (in_order) {
        if (s->count != 0 && is_gap(s->seen[s->count - 1], sequence))
            s->gaps++;
        s->sorted++;
    }
    s->seen[s->count++] = sequence;
    return 0;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

uint64_t sequence_set_gaps(struct sequence_set *s)
{
    if (s->sorted == s->count)
        return s->gaps;
    qsort(s->seen, s->count, sizeof *s->seen, compare);
    s->gaps = 0;
    for (size_t i = 1; i < s->count; i++)
        if (is_gap(s->seen[i - 1], s->seen[i]))
            s->gaps++;
    s->sorted = s->count;
    return s->gaps;
}
