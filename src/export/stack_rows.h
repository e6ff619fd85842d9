/*
 * Totals by stack as rows of a report: each stack with the frame that called the allocator, and the
 * modules of those frames.
 */
#ifndef EXPORT_STACK_ROWS_H
#define EXPORT_STACK_ROWS_H

#include <stddef.h>

#include "base/arena.h"
#include "model/frame_rules.h"
#include "query/stack_fold.h"

struct stack_row {
    const char *caller;     /* the calling function; of a module's row the module */
    struct stack_figures f; /* of a module's row: the sums alone */
};

struct stack_rows {
    struct stack_row *stacks; /* in order of the totals */
    size_t stack_count;
    struct stack_row *modules; /* in order of their first stack */
    size_t module_count;
    struct arena texts;
};

/* NULL when memory is out. */
struct stack_rows *stack_rows_new(const struct stack_totals *totals,
                                  const struct frame_rules *rules, const struct frame_namer *namer);
void stack_rows_free(struct stack_rows *r); /* NULL is fine */

#endif
