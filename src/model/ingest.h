/*
 * From bytes to a trace: framing, merging by time, replay, and the order of late records.
 *
 * Two ways in, one way through. A file is read by offset: its buffers are found first, then merged
 * exactly. A stream (pipe) is pushed as it comes. Several inputs of one clock and boot, such as a
 * heap session and its kernel session, are merged by (time, CPU, input) and give what one merged
 * file would; time zero is the earliest header's. While the writer is at work, the last two seconds
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

/* Inputs of one trace at most: a rolling session has that many files. */
#define INGEST_INPUTS_MAX 256u

struct ingest;

/* Reads up to `n` bytes at `offset`; returns 0 and the number read (0 at the end), or a negative
 * errno. */
typedef int (*ingest_read_fn)(void *ctx, uint64_t offset, void *buf, size_t n, size_t *out_n);

/* How long data may be held back; the later one overrules. */
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

struct ingest *ingest_new(void);     /* without inputs; NULL when memory is out */
void ingest_free(struct ingest *in); /* the trace lives on while referenced */

/* Adds an input, before the first step. Returns its number, from 0 in the order they are added;
 * -ENOMEM, or ERR_LIMIT beyond INGEST_INPUTS_MAX. */
int ingest_add_file(struct ingest *in, ingest_read_fn read, void *ctx);
int ingest_add_stream(struct ingest *in);

/* With one input, number 0. NULL when memory is out. */
struct ingest *ingest_new_file(ingest_read_fn read, void *ctx);
struct ingest *ingest_new_stream(void);

/* File: bytes [0, size) can be read now. The same size again makes ingest look at an unwritten
 * (zero) tail once more. */
void ingest_set_size(struct ingest *in, unsigned input, uint64_t size);

/* Stream: the next bytes, copied. Returns 0 or -ENOMEM. */
int ingest_push(struct ingest *in, unsigned input, const void *bytes, size_t n);

/*
 * What is known of one input alone: an idle or finished one is not waited for while the others are
 * held back. At first INGEST_HOLD; after INGEST_FINISH it must get no more bytes.
 */
void ingest_set_hold(struct ingest *in, unsigned input, enum ingest_hold hold);

/*
 * Does a bounded piece of work (about a millisecond: one batch of events, or one stretch of
 * framing). Returns an ingest_result or a negative code: ERR_FORMAT when an input is no trace or
 * none of the others' boot and clock (`info` says so), -EIO, -ENOMEM. After an error only
 * ingest_free() and the getters are allowed. Rows come once every input has its file header.
 */
int ingest_step(struct ingest *in, enum ingest_hold hold, struct err_info *info);

/* The number of the input that the last error is about: `info` leaves out its name. */
unsigned ingest_failed_input(const struct ingest *in);

/* The trace so far, borrowed; NULL until the file headers were read. Another object after a
 * rebuild.
 */
struct trace *ingest_trace(const struct ingest *in);

/* Counts of all records of all inputs so far, borrowed until the next call of any function here;
 * complete once ingest_step() said INGEST_ENDED. */
const struct etl_tally *ingest_tally(const struct ingest *in);

void ingest_trust(const struct ingest *in, struct trust *out);

/* What is known of one input alone, once ingest_step() said INGEST_ENDED; borrowed. Of the trust
 * only what concerns reading is filled in. */
struct ingest_facts {
    const struct etl_file_header *header; /* NULL when it was not read */
    const struct etl_tally *tally;
    struct trust trust;
};
size_t ingest_input_count(const struct ingest *in);
void ingest_input_facts(const struct ingest *in, unsigned input, struct ingest_facts *out);

/* Buffers found in one input so far; does not change while a file is read to its end. */
uint64_t ingest_input_buffers(const struct ingest *in, unsigned input);

/*
 * File: reads its header buffer again, because a session that stops rewrites it (etl-format 1.6).
 * Sets *out_finished when EndTime is there. Returns 0 or a negative code.
 */
int ingest_refresh_header(struct ingest *in, unsigned input, bool *out_finished);

/* True when the headers say that every session has ended (EndTime is not 0), or that one has. */
bool ingest_is_finished(const struct ingest *in);
bool ingest_input_is_finished(const struct ingest *in, unsigned input);

/*
 * True when what was read of a live file may differ from the finished one (circular mode, records
 * added to the header buffer): the caller then reads all inputs anew from their start.
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
