/*
 * One of the inputs of an ingest: its bytes become buffers, which go to the merge.
 *
 *   read or push -> framer -> merge
 *
 * Knows what was found in this input alone: header, tally, sequence numbers. Private to
 * ingest_reader.c, which has them all; one thread at a time.
 */
#ifndef MODEL_INGEST_INPUT_H
#define MODEL_INGEST_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "decoder/etl_file_header.h"
#include "decoder/etl_framer.h"
#include "decoder/etl_merge.h"
#include "decoder/etl_tally.h"
#include "model/ingest.h"
#include "model/sequence_set.h"
#include "model/trust.h"

/* Not to be moved: the merge has its address. */
struct ingest_input {
    /* Where bytes come from. */
    ingest_read_fn read; /* NULL: a stream */
    void *ctx;
    uint64_t size;   /* bytes known to be there */
    uint8_t *window; /* file: what the framer looks at; stream: bytes not framed yet */
    size_t window_len, window_cap;
    size_t window_start;   /* stream: where the framer's offset stands in `window` */
    enum ingest_hold hold; /* of this input alone */

    /* Where buffers go. */
    struct etl_merge *merge; /* borrowed */
    unsigned number;         /* of the input there and in the ingest */

    /* What was found. */
    struct etl_framer framer;
    bool framed; /* everything that is there was framed */
    bool ended;  /* ... and what follows will never come: a cut buffer is taken as it is */
    bool have_header;
    bool joined; /* the reader has held the header against the other inputs' */
    struct etl_file_header header;
    uint32_t header_filled; /* used bytes of the header buffer when first read */
    bool header_grew;
    struct etl_tally tally;
    struct sequence_set sequences;
    uint64_t buffers;
};

/* `merge` is borrowed; `read` NULL: a stream. */
void ingest_input_init(struct ingest_input *r, struct etl_merge *merge, unsigned number,
                       ingest_read_fn read, void *ctx);
void ingest_input_release(struct ingest_input *r);

/* As the functions of ingest.h. */
void ingest_input_set_size(struct ingest_input *r, uint64_t size);
int ingest_input_push(struct ingest_input *r, const void *bytes, size_t n);

/* Finds some of the buffers that are there; `framed` is set when there are no more for now.
 * `ended`: nothing will follow what is there. 0, or a negative code with a line in `info`. */
int ingest_input_frame(struct ingest_input *r, bool ended, struct err_info *info);

/* Reads the header buffer of a file again; 0 (also for a stream, which has none) or a negative
 * code. */
int ingest_input_refresh_header(struct ingest_input *r);

/* Adds what was lost in this input. `all_read`: what is not there by now is missing. */
void ingest_input_add_losses(struct ingest_input *r, bool all_read, struct trust *out);

/* As ingest_needs_reread(). */
bool ingest_input_needs_reread(const struct ingest_input *r);

#endif
