/*
 * From bytes to a trace: framing, merging by time, replay, and the order of late records.
 *
 * Two ways in, one way through. A file is read by offset: its buffers are found first, then merged
 * exactly. A stream (pipe) is pushed as it comes. While the writer is at work, the last two seconds
 * of trace time are held back, so that a slow CPU's buffers can fall into their place (design 7); a
 * record that comes later still makes ingest rebuild the trace with that record in its place, so
 * that a closed stream ends with exactly the rows of the finished file. One thread at a time; works
 * in small steps.
 */
#ifndef MODEL_INGEST_H
#define MODEL_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "decoder/etl_tally.h"
#include "model/trace.h"
#include "model/trust.h"

/* Held back while live (design 7), in ns of trace time. */
#define INGEST_HOLD_BACK_NS INT64_C(2000000000)

/* Buffers held back at most, whatever their times say; beyond this the oldest are released early.
 */
#define INGEST_HOLD_BYTES ((size_t)256 << 20)

struct ingest;

/* Reads up to `n` bytes at `offset`; returns 0 and the number read (0 at the end), or a negative
 * errno. */
typedef int (*ingest_read_fn)(void *ctx, uint64_t offset, void *buf, size_t n, size_t *out_n);

/* How long data may be held back. */
enum ingest_hold {
    INGEST_HOLD,    /* the writer is at work: keep the last two seconds of trace time */
    INGEST_RELEASE, /* the source is idle: release everything, more may come */
    INGEST_FINISH,  /* the source has ended: release everything, put late records in place */
};

/* What ingest_step() has to say. */
enum ingest_result {
    INGEST_MORE,  /* there is more to do: call again */
    INGEST_WAIT,  /* everything known is done, or held back */
    INGEST_ENDED, /* INGEST_FINISH and all is done */
};

struct ingest *ingest_new_file(ingest_read_fn read, void *ctx); /* NULL when memory is out */
struct ingest *ingest_new_stream(void);
void ingest_free(struct ingest *in); /* the trace lives on while referenced */

/* File: bytes [0, size) can be read now. The same size again makes ingest look at an unwritten
 * (zero) tail once more. */
void ingest_set_size(struct ingest *in, uint64_t size);

/* Stream: the next bytes, copied. Returns 0 or -ENOMEM. */
int ingest_push(struct ingest *in, const void *bytes, size_t n);

/*
 * Does a bounded piece of work (about a millisecond: one batch of events, or one stretch of
 * framing). Returns an ingest_result or a negative code: ERR_FORMAT when the bytes are no trace
 * (`info` says what they are), -EIO, -ENOMEM. After an error only ingest_free() and the getters are
 * allowed.
 */
int ingest_step(struct ingest *in, enum ingest_hold hold, struct err_info *info);

/* The trace so far, borrowed; NULL until the file header was read. Another object after a rebuild.
 */
struct trace *ingest_trace(const struct ingest *in);

/* Counts of all records so far, borrowed until the next call of any function here; complete once
 * ingest_step() said INGEST_ENDED. */
const struct etl_tally *ingest_tally(const struct ingest *in);

void ingest_trust(const struct ingest *in, struct trust *out);

/*
 * File: reads the header buffer again, because a session that stops rewrites it (etl-format 1.6).
 * Sets *out_finished when EndTime is there. Returns 0 or a negative code.
 */
int ingest_refresh_header(struct ingest *in, bool *out_finished);

/* True when the header says that the session has ended (EndTime is not 0). */
bool ingest_is_finished(const struct ingest *in);

/*
 * True when what was read of the live file may differ from the finished one (circular mode, records
 * added to the header buffer): the caller then reads the file anew from its start.
 */
bool ingest_needs_reread(const struct ingest *in);

/* Stored bytes of the buffers whose records were read, for progress. */
uint64_t ingest_bytes_done(const struct ingest *in);

/* Buffers found so far: grows when data arrives. */
uint64_t ingest_buffers(const struct ingest *in);

/* Raw time of the last record of any provider; the trace's duration is measured to it. INT64_MIN
 * when there is none. */
int64_t ingest_last_time(const struct ingest *in);

#endif
