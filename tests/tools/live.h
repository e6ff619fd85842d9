/*
 * Writing a trace as a session does while it logs: an unfinished file header first, then a buffer
 * every so often, and the finished header in place at the end (etl-format 1.6).
 */
#ifndef TESTS_TOOLS_LIVE_H
#define TESTS_TOOLS_LIVE_H

#include <stdint.h>
#include <stdio.h>

#include "mketl.h"

/*
 * Writes `trace` to `out`, and its kernel session's file, if it has one, to `kernel`; the buffers
 * in the order in which they became full, waiting `interval_ms` before each.  A header is finished
 * in place when its file can be positioned; a pipe keeps the unfinished one.  Returns 0, or -1 with
 * errno set.
 */
int live_write(const struct mketl_trace *trace, uint32_t interval_ms, FILE *out, FILE *kernel);

#endif
