/*
 * How much may be expanded: the limits that end a zip bomb early and let honest traces through.
 *
 * A trace may be mostly fill: buffers of 1 MiB that a timer flushed with 2 KiB in them are 0xFF to
 * their end, and a file made at full size has a tail of zeros. Such a file shrinks to a thousandth
 * and less, so its fill counts for a small part only; what the file holds beside it shrinks to a
 * fifth or a fiftieth, and to less than a hundredth in nothing that a computer has recorded.
 * Fill ends with its buffer, though, and those have 16 MiB at most.
 *
 * Each stored byte that is read allows so many expanded ones, which are not saved up: an archive
 * that began honestly is told from a bomb as fast as another.
 */
#ifndef SOURCE_EXPAND_GUARD_H
#define SOURCE_EXPAND_GUARD_H

#include <stddef.h>
#include <stdint.h>

/* Expanded bytes that nobody asks about, at the beginning and at any time later. */
#define EXPAND_FREE ((uint64_t)16 << 20)

/* Beyond them, so many for each stored byte, fill for a part of its size. */
#define EXPAND_RATIO      128u
#define EXPAND_FILL_SHARE 32u

/* Runs of one byte on end that are no fill of a buffer any more: in a trace, in anything else. */
#define EXPAND_TRACE_RUN ((uint64_t)32 << 20)
#define EXPAND_OTHER_RUN ((uint64_t)256 << 20)

enum expand_verdict {
    EXPAND_FINE,
    EXPAND_ENDLESS, /* one byte over and over: nothing comes behind it that is worth its while */
    EXPAND_BOMB,    /* more than anything honest would expand to */
    EXPAND_TOO_BIG, /* more than the person allows */
};

struct expand_guard {
    uint64_t limit;  /* expanded bytes allowed; set by the caller, the rest is 0 at first */
    uint64_t stored; /* bytes of the container that were read */
    uint64_t spent;  /* of EXPAND_FREE */
    uint64_t expanded;
    uint64_t run;     /* length of the fill that the input ends with */
    uint8_t run_byte; /* the last byte of it */
};

/* Begins a member: a run ends with the one before. */
void expand_guard_start(struct expand_guard *g);

/* `stored` bytes of the container have been read by now; less than before changes nothing. */
void expand_guard_read(struct expand_guard *g, uint64_t stored);

/* Counts `n` bytes that were expanded; `run_limit` is one of EXPAND_*_RUN. O(n). */
enum expand_verdict expand_guard_take(struct expand_guard *g, const uint8_t *bytes, size_t n,
                                      uint64_t run_limit);

#endif
