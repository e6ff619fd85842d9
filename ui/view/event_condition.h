/*
 * The columns of Events, and what `=` adds to the filter for a cell of each. Loop thread only.
 */
#ifndef UI_VIEW_EVENT_CONDITION_H
#define UI_VIEW_EVENT_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "model/trace.h"

/* In the order of the screen. */
enum event_column {
    EVENT_COLUMN_TIME,
    EVENT_COLUMN_DELTA,
    EVENT_COLUMN_TID,
    EVENT_COLUMN_OP,
    EVENT_COLUMN_HEAP,
    EVENT_COLUMN_ADDRESS,
    EVENT_COLUMN_SIZE,
    EVENT_COLUMN_SOURCE,
    EVENT_COLUMN_OUTCOME,
    EVENT_COLUMN_PROCESS, /* hidden unless there are several */
    EVENT_COLUMN_COUNT
};

/*
 * Appends the condition that `row` meets in `column` (enum event_column). False, and nothing is
 * appended, when the cell holds nothing to filter by. Quantities that hardly ever recur (time,
 * lifetime) are compared by `>=`.
 */
bool event_condition_put(struct strbuf *out, const struct trace *trace, const struct row *row,
                         size_t column);

#endif
