/*
 * What `=` adds to the filter for each cell of Events. Loop thread only.
 */
#ifndef UI_VIEW_EVENTS_EVENT_CONDITION_H
#define UI_VIEW_EVENTS_EVENT_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "model/event_column.h"

/*
 * Appends the condition that `row` meets in column `id` (enum event_column_id or enum
 * event_cell_id). False, and nothing is appended, when the cell holds nothing to filter by.
 * Quantities that hardly ever recur (time, lifetime) are compared by `>=`.
 */
bool event_condition_put(struct strbuf *out, struct event_reader *reader, const struct row *row,
                         unsigned id);

/* False when the filter language has no field for what the column shows. */
bool event_condition_exists(unsigned id);

#endif
