/*
 * The time of day of the machine that made the trace.
 *
 * Applies the time zone of the file header (etl-format 3, TIME_ZONE_INFORMATION) to a FILETIME.
 * Whatever the header claims, the result is a time, possibly a wrong one. Pure functions.
 */
#ifndef UI_VIEW_WALL_CLOCK_H
#define UI_VIEW_WALL_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "decoder/etl_file_header.h"

/* Minutes that local time is ahead of UTC at `filetime` (UTC), daylight saving included. */
int64_t wall_clock_offset(const struct etl_time_zone *zone, int64_t filetime);

/* `filetime` (UTC) shifted by `minutes`; saturates by not shifting. */
int64_t wall_clock_shift(int64_t filetime, int64_t minutes);

/* "09:14:33.1234567" and "2025-11-02 09:14:33" of a FILETIME, whatever zone it is in. */
void wall_clock_put_time(struct strbuf *b, int64_t filetime);
void wall_clock_put_date(struct strbuf *b, int64_t filetime);

/*
 * Reads "[2025-11-02 ]09:14[:33[.1234567]]" whole into a FILETIME; without a date one on the first
 * day of 1601. Returns NULL, or what was expected at `out_wrong_at`, which is the text's length
 * when it ends too early.
 */
const char *wall_clock_parse(const char *s, int64_t *out_filetime, bool *out_dated,
                             size_t *out_wrong_at);

/* "UTC", "UTC+1", "UTC-3:30". */
void wall_clock_put_offset(struct strbuf *b, int64_t minutes);

#endif
