/*
 * What became of an event, in words: the Outcome column and the last line of a block's biography.
 *
 * Reads the row's flags and the row it is linked to, nothing else. Loop thread only.
 */
#ifndef UI_VIEW_OUTCOME_H
#define UI_VIEW_OUTCOME_H

#include "base/strbuf.h"
#include "model/trace.h"
#include "ui/term/role.h"

/*
 * Appends "lives 1.2 ms", "outstanding", "moved, was 308", "double free?", ...; nothing when there
 * is nothing to tell. `rows` are there: what a later one did has not happened yet. Returns the role
 * it deserves, ROLE_TEXT for the row's own. O(1).
 */
enum role outcome_put(struct strbuf *b, const struct trace *trace, const struct row *row,
                      uint64_t rows);

/* How a block opened by `opener` (ROW_OPENS) ended: "freed", "destroyed with its heap", ...; NULL
 * while it lives. */
const char *outcome_death(const struct trace *trace, uint64_t opener);

/* True when the block lives although its process has ended. */
bool outcome_is_at_exit(const struct trace *trace, const struct row *row);

/*
 * The value of a field of the record's payload by Windows' name ("CommittedSpace"); false when the
 * record has no such field. O(log rare rows).
 */
bool outcome_payload(const struct trace *trace, const struct row *row, const char *name,
                     uint64_t *out_value);

#endif
