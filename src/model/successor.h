/*
 * Where the rows and names of a trace are in the trace that took its place.
 *
 * Late records (rebuild.h) and reading anew (reload) make another trace of the same events, in
 * which rows and registry numbers may be others. What a person chose is looked for there by what it
 * is. Nothing here changes a trace. Any thread.
 */
#ifndef MODEL_SUCCESSOR_H
#define MODEL_SUCCESSOR_H

#include <stdint.h>

#include "model/trace.h"

/*
 * The row of `now` that holds the event of row `row` of `old`; where that is gone, the nearest row
 * in time; `row` itself while `now` does not reach that time yet. O(log rows), and at most some
 * thousand rows of the same time.
 */
uint64_t successor_row(const struct trace *now, const struct trace *old, uint64_t row);

/* The registry numbers of the same process, thread and heap; INDEX_NONE when there is none.
 * O(number of processes, threads or heaps). */
uint32_t successor_process(const struct trace *now, const struct trace *old, uint32_t index);
uint32_t successor_thread(const struct trace *now, const struct trace *old, uint32_t index);
uint32_t successor_heap(const struct trace *now, const struct trace *old, uint32_t index);

#endif
