/*
 * Totals by call stack: what each (process, stack) allocated, and what of it is still there
 * (numbers.md, Totals).
 *
 * A fold of its own beside fold.h, made only when somebody asks. Events count under their own
 * stack; blocks, those that were freed too, under the stack of the row that opened them. Stacks
 * come a little after their events: when a row folded already gets one, the fold starts anew
 * (store_stack_changes()). Worker or batch thread; screens read a copy.
 */
#ifndef QUERY_STACK_FOLD_H
#define QUERY_STACK_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "model/stack_table.h"
#include "query/fold.h"

struct stack_figures {
    uint32_t process; /* registry index */
    uint32_t stack;   /* STACK_NONE: the events without one */
    int64_t first;    /* raw time of its first event: when its addresses are looked up */
    uint64_t events;
    uint64_t allocs, alloc_bytes;
    uint64_t frees, freed_bytes;
    uint64_t reallocs;
    uint64_t failed_allocs;
    uint64_t copied_bytes; /* by ReAllocs that moved a block: the less of its two sizes */
    uint64_t outstanding_bytes, outstanding_blocks; /* at the end of the range */
    int64_t impacting_bytes, impacting_blocks;      /* as in fold.h */
    uint64_t at_peak_bytes, at_peak_blocks; /* when the whole range's outstanding was greatest */
};

/* Immutable; made by stack_fold_totals(). Its trace must outlive it. */
struct stack_totals {
    const struct stack_table *stacks; /* whose ids they are; the trace's */
    size_t count;
    struct stack_figures
        *items; /* by process, then stack; those without events and blocks left out */
    struct stack_figures whole; /* their sum */
    uint64_t with, without;     /* Allocs and ReAllocs that have a stack, and that have none */
};

struct stack_fold;

/* As fold_new(). */
struct stack_fold *stack_fold_new(const struct trace *trace, const struct matches *matches,
                                  struct fold_range range);
void stack_fold_free(struct stack_fold *f);

/* As fold_count_from(). */
void stack_fold_count_from(struct stack_fold *f, int64_t start);

/* As fold_advance(); returns 0 or -ENOMEM. */
int stack_fold_advance(struct stack_fold *f, uint64_t until, uint64_t max_rows);
uint64_t stack_fold_rows(const struct stack_fold *f);

/* True when it covers the first `rows` rows and none of them has another stack or another answer to
 * the filter by now. After a false one it starts anew once its pass is over. */
bool stack_fold_is_settled(const struct stack_fold *f, uint64_t rows);

/* The caller frees it with stack_totals_free(). NULL when memory is out. O(stacks). */
struct stack_totals *stack_fold_totals(const struct stack_fold *f);
void stack_totals_free(struct stack_totals *t);

#endif
