/*
 * The sequence numbers of the buffers seen, and how many runs are missing between them
 * (etl-format 1.2, numbers.md Trust).
 */
#ifndef MODEL_SEQUENCE_SET_H
#define MODEL_SEQUENCE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sequence_set {
    int64_t *seen; /* in order of arrival until gaps are counted, owned */
    size_t count, cap;
    size_t sorted; /* so many of them are sorted and counted in `gaps` */
    uint64_t gaps;
};

void sequence_set_release(struct sequence_set *s);

/* Amortised O(1). Returns 0 or -ENOMEM. */
int sequence_set_add(struct sequence_set *s, int64_t sequence);

/* Runs of missing numbers between the least and the greatest seen. O(1) when buffers came in order,
 * else sorts anew. */
uint64_t sequence_set_gaps(struct sequence_set *s);

#endif
