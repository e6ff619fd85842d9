/* What a timeline says in words: its window, the values at the cursor, whose they are. Appends to
 * strbufs; loop thread only. */
#ifndef UI_VIEW_TIMELINE_WORDS_H
#define UI_VIEW_TIMELINE_WORDS_H

#include "ui/view/timeline/timeline_chart.h"

/* "0.412 s to 1.204 s, 792 ms, 12,331 events; a cell is 8.00 ms". */
void timeline_put_window(const struct timeline_chart *g, struct strbuf *out);

/* "at 0.444 653 4: 30,974 B in 155 blocks, 12.1K allocs/s, 11.9K frees/s, committed 1.02 MiB, row
 * 12,345 alloc 256 B": as much of it as `width` cells hold; dots while the values are awaited. */
void timeline_put_cursor(const struct timeline_chart *g, int width, struct strbuf *out);

/* The name of series `i`: a heap, a Source, sizes; "others" behind the last. */
void timeline_put_series(const struct timeline_chart *g, uint32_t i, struct strbuf *out);

/* What a moment has in series `i`, and in all others. */
uint64_t timeline_series_bytes(const struct timeline *t, const struct timeline_moment *m,
                               uint32_t i);

#endif
