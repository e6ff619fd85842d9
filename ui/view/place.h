/*
 * A place to go to, as it is typed: a row, a time, an address, a mark, or a word that is an action.
 *
 *   1,204  row 1204     the row of that number
 *   1.5s 300ms 2m 0.444 since the trace's start; 0.444 624 4 as Events shows it
 *   14:03:22.5          time of day, with or without a date before it
 *   0x13d35bd0860  'a   an address, a mark
 *
 * A whole number without a unit is a row, as in less and vi. Pure functions.
 */
#ifndef UI_VIEW_PLACE_H
#define UI_VIEW_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/snapshot.h"

enum place_kind {
    PLACE_NOTHING, /* blank */
    PLACE_ROW,
    PLACE_TIME,
    PLACE_CLOCK,
    PLACE_ADDRESS,
    PLACE_MARK,
    PLACE_WORD,       /* perhaps an action */
    PLACE_INCOMPLETE, /* `expected` at `wrong_at` */
    PLACE_WRONG,      /* likewise */
};

struct place {
    enum place_kind kind;
    uint64_t value;       /* the row, the address */
    int64_t ns;           /* TIME: since the trace's start */
    int64_t filetime;     /* CLOCK: in the trace's zone; without a date on the first day of 1601 */
    bool dated;           /* CLOCK: has a date */
    char mark;            /* a letter or ' */
    size_t wrong_at;      /* byte of the text */
    const char *expected; /* static */
};

/* O(length). */
void place_parse(const char *text, struct place *out_place);

/*
 * The time since the trace's start of a PLACE_CLOCK, in the zone of the trace or in UTC. Without a
 * date it is the first such time of day in the trace, or on its first day when it has none.
 * Saturating. `s` has a trace.
 */
int64_t place_clock_ns(const struct place *place, const struct snapshot *s, bool utc);

#endif
