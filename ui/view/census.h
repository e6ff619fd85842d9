/*
 * Which processes of the trace use heaps: for the title and for screens that show the process only
 * where there are several.
 *
 * Kept between frames and brought up to date when the registry has grown. Loop thread only.
 */
#ifndef UI_VIEW_CENSUS_H
#define UI_VIEW_CENSUS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/trace.h"

struct census {
    const struct registry *registry; /* borrowed; what was counted */
    uint32_t heaps;                  /* entries counted so far */
    uint32_t processes;              /* with at least one heap */
    uint32_t first;                  /* registry index of the first of them; INDEX_NONE */
    uint8_t *seen;                   /* owned; by process index */
    size_t seen_cap;
};

void census_release(struct census *c);

/*
 * Counts what has come since the last call; `trace` NULL empties it. The trace of the call before
 * must still exist, or a new one could stand at its address. O(new heaps).
 */
void census_update(struct census *c, const struct trace *trace);

/* True when the process of registry index `process` has a heap. */
bool census_has(const struct census *c, uint32_t process);

#endif
