/*
 * The reading half of ingest: bytes to batches of events in time order.
 *
 *   read or push -> framer -> merge -> batch
 *
 * Knows the input and what was found in it (header, tally, sequence numbers), nothing of rows. One
 * thread at a time; ingest_ahead.h runs it beside replay.
 */
#ifndef MODEL_INGEST_READER_H
#define MODEL_INGEST_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "decoder/etl_tally.h"
#include "decoder/event.h"
#include "model/ingest.h"

#define EVENT_BATCH_SIZE 1024u

/* A run of events in the order of the merge. */
struct event_batch {
    size_t count;
    struct arena arena; /* of event_batch_own() */
    struct trace_event events[EVENT_BATCH_SIZE];
};

/* Copies what the events point to into the batch, so that they outlive the next step. 0 or -ENOMEM.
 */
int event_batch_own(struct event_batch *b);

/* Frees those copies; the batch is empty and usable again. */
void event_batch_clear(struct event_batch *b);

enum reader_result {
    READER_EVENTS, /* the batch holds events */
    READER_MORE,   /* progress, but no events yet: call again */
    READER_REST,   /* nothing more now, under this hold */
};

struct ingest_reader;

struct ingest_reader *ingest_reader_new(ingest_read_fn read, void *ctx); /* `read` NULL: a stream */
void ingest_reader_free(struct ingest_reader *r);

/* As the functions of ingest.h. */
void ingest_reader_set_size(struct ingest_reader *r, uint64_t size);
int ingest_reader_push(struct ingest_reader *r, const void *bytes, size_t n);

/*
 * Does about a millisecond of work. Returns a reader_result, or a negative code with a line in
 * `info`. The events' pointers are good until the next step.
 */
int ingest_reader_step(struct ingest_reader *r, enum ingest_hold hold, struct event_batch *out,
                       struct err_info *info);

/* The file header, NULL until it was read. */
const struct etl_file_header *ingest_reader_header(const struct ingest_reader *r);

/* Reads the header buffer of a file again; 0 (also for a stream, which has none) or a negative
 * code. */
int ingest_reader_refresh_header(struct ingest_reader *r);

/* True when the header buffer has more records now than when it was first read. */
bool ingest_reader_header_grew(const struct ingest_reader *r);

const struct etl_tally *ingest_reader_tally(const struct ingest_reader *r);
uint64_t ingest_reader_sequence_gaps(struct ingest_reader *r);
uint64_t ingest_reader_buffers(const struct ingest_reader *r); /* found so far */
uint64_t ingest_reader_size(const struct ingest_reader *r);    /* bytes known to be there */

#endif
