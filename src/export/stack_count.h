/*
 * How many events have their call stack: the "stacks" of a report.
 *
 * Over the Allocs and ReAllocs that match and lie in the range: other operations are seldom walked,
 * and what allocates is what a stack is asked for.
 */
#ifndef EXPORT_STACK_COUNT_H
#define EXPORT_STACK_COUNT_H

#include <stdint.h>

#include "query/query.h"

struct stack_count {
    uint64_t with, without;
    uint64_t distinct; /* among those with one */
};

/* Counts what `asked`, which may be NULL, selects of a complete trace. Returns 0 or -ENOMEM. About
 * 3 ns a row, and the filter. */
int stack_count_rows(const struct trace *t, const struct query_spec *asked,
                     struct stack_count *out);

#endif
