/*
 * Call stacks said as a condition of the filter language: "stack in [3, 17..19]", "stack == 4",
 * "!(stack >= 0)"; with pid where the same stack in other processes is not meant.
 */
#ifndef ANSWER_TREE_STACK_CONDITION_H
#define ANSWER_TREE_STACK_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* A stack of a process. */
struct call_stack {
    uint32_t stack; /* STACK_NONE: the events of `pid` without one */
    uint32_t pid;
    uint32_t processes; /* in which it stands, of those asked */
};

/*
 * Appends the expression that chooses exactly the events with one of these stacks. The array is
 * sorted and changed. False, and nothing appended, when it would be longer than a filter may be, or
 * there are none. O(n log n).
 */
bool stack_condition_put(struct call_stack *stacks, size_t count, struct strbuf *out);

#endif
