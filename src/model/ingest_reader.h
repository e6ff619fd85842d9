/*
 * The reading half of ingest: the bytes of all inputs to batches of events in time order.
 *
 *   ingest_input.h \
 *   ingest_input.h  - merge -> batch
 *   ingest_input.h /
 *
 * Knows the inputs and what was found in them, nothing of rows. One thread at a time;
 * ingest_ahead.h runs it beside replay.
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
    struct arena arena; /* of ingest_reader_own() */
    struct trace_event events[EVENT_BATCH_SIZE];
};

/* Frees what it owns; the batch is empty and usable again. */
void event_batch_clear(struct event_batch *b);

enum reader_result {
    READER_EVENTS, /* the batch holds events */
    READER_MORE,   /* progress, but no events yet: call again */
    READER_REST,   /* nothing more now, under this hold */
};

struct ingest_reader;

struct ingest_reader *ingest_reader_new(void);
void ingest_reader_free(struct ingest_reader *r);

/* Adds an input before the first step; `read` NULL: a stream. Its number, or a negative code. */
int ingest_reader_add(struct ingest_reader *r, ingest_read_fn read, void *ctx);
size_t ingest_reader_count(const struct ingest_reader *r);

/* As the functions of ingest.h. */
void ingest_reader_set_size(struct ingest_reader *r, unsigned input, uint64_t size);
int ingest_reader_push(struct ingest_reader *r, unsigned input, const void *bytes, size_t n);
void ingest_reader_set_hold(struct ingest_reader *r, unsigned input, enum ingest_hold hold);

/*
 * Does about a millisecond of work. Returns a reader_result, or a negative code with a line in
 * `info`. The events' pointers are good until the next step.
 */
int ingest_reader_step(struct ingest_reader *r, enum ingest_hold hold, struct event_batch *out,
                       struct err_info *info);

/* Makes what the events of the last step point to the batch's own, so that it outlives the next
 * step. */
void ingest_reader_own(struct ingest_reader *r, struct event_batch *b);

/* The input that the last error is about. */
unsigned ingest_reader_failed(const struct ingest_reader *r);

/* What holds for all inputs (common_header.h); NULL until every one has its file header. */
const struct etl_file_header *ingest_reader_header(const struct ingest_reader *r);

/* 1 when an input has no file header yet, which ingest_reader_failed() names then; *out_size are
 * the bytes it has. Else 0. */
int ingest_reader_missing_header(struct ingest_reader *r, uint64_t *out_size);

/* Reads the header buffer of a file again; 0 (also for a stream, which has none) or a negative
 * code. */
int ingest_reader_refresh_header(struct ingest_reader *r, unsigned input);

/* As the functions of ingest.h; of all inputs, and of one. The losses are added to `out`;
 * `all_read`: what is not there by now is missing. */
const struct etl_tally *ingest_reader_tally(struct ingest_reader *r);
void ingest_reader_losses(struct ingest_reader *r, bool all_read, struct trust *out);
uint64_t ingest_reader_buffers(const struct ingest_reader *r); /* found so far */
const struct etl_file_header *ingest_reader_input_header(const struct ingest_reader *r,
                                                         unsigned input);
const struct etl_tally *ingest_reader_input_tally(const struct ingest_reader *r, unsigned input);
void ingest_reader_input_losses(struct ingest_reader *r, unsigned input, bool all_read,
                                struct trust *out);
uint64_t ingest_reader_input_buffers(const struct ingest_reader *r, unsigned input);

bool ingest_reader_needs_reread(const struct ingest_reader *r); /* one of them does */
bool ingest_reader_is_files(const struct ingest_reader *r);     /* there is no stream among them */
uint64_t ingest_reader_size(const struct ingest_reader *r);     /* bytes known to be there */

#endif
