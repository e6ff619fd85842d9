/*
 * A trace without the names of its processes, and where they are: a heap session that was never
 * merged with its kernel session (etl-format 1.10) has none.
 */
#ifndef MODEL_NAMELESS_H
#define MODEL_NAMELESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "model/trace.h"

/*
 * Appends sentences for a person when no process of the trace has a name; else nothing, and returns
 * false. `name` is the file's, safe to print; `inputs` how many files the trace is made of. Any
 * thread.
 */
bool nameless_explain(const struct trace *t, const char *name, size_t inputs, struct strbuf *out);

#endif
