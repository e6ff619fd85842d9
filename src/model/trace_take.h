/*
 * Where the events that make no row go: processes to replay, and what else a trace knows to the
 * part that keeps it.
 *
 * Ingest hands them over as they come, in their place between the rows; a rebuild hands the same
 * ones over again from its journal, to the new trace. Stacks, which are never journaled, do not
 * pass here. Worker only.
 */
#ifndef MODEL_TRACE_TAKE_H
#define MODEL_TRACE_TAKE_H

#include "model/trace.h"

/* Takes an event that is neither of the heap nor a stack. Returns 0, -ENOMEM, or ERR_LIMIT when it
 * was left out for a documented limit, which whoever kept the limit has counted. */
int trace_take(struct trace *t, const struct trace_event *event);

#endif
