/*
 * Finds the buffers of a file or stream, also behind damage (etl-format 1.1, 1.5, 1.6, 9.7).
 *
 * A state machine without memory or input of its own: the caller shows it the bytes at
 * `framer->offset`, it says what stands there and moves the offset. It only ever moves forward,
 * except that a file's unwritten zero tail is looked at again when the file may grow.
 */
#ifndef DECODER_ETL_FRAMER_H
#define DECODER_ETL_FRAMER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "decoder/etl_buffer.h"
#include "decoder/etl_file_header.h"

/* The window that normally suffices; MORE asks for a larger one when it is needed. */
#define ETL_FRAMER_WINDOW ETL_BUFFER_HEADER_SIZE

/* The largest window MORE ever asks for. */
#define ETL_FRAMER_WINDOW_MAX (ETL_BUFFER_MAX + ETL_BUFFER_PROBE_SIZE)

enum etl_frame_kind {
    ETL_FRAME_BUFFER, /* a buffer: `header`, and how many `bytes` of it there are: fewer than
                         header.size only in a cut last one */
    ETL_FRAME_MORE,   /* show at least `bytes` bytes at framer->offset, which may have moved: read
                         them if the input has them, else wait until it has */
    ETL_FRAME_SKIP,   /* `bytes` bytes of damage were passed over */
    ETL_FRAME_END,    /* no more buffers, for now or, when `ended`, for ever */
};

struct etl_frame {
    enum etl_frame_kind kind;
    bool first;      /* SKIP: a new stretch of damage, to be counted as one damaged buffer */
    uint64_t offset; /* BUFFER, SKIP: where it begins */
    uint64_t bytes;
    struct etl_buffer_header header; /* BUFFER */
};

struct etl_framer {
    uint64_t offset; /* next byte to look at; read-only for the caller */

    /* Private. */
    uint64_t zeros_start; /* in_zeros: where they began */
    uint64_t zeros_upto;  /* the input's end when all from zeros_start to there was zero, or 0 */
    uint64_t stride_base; /* strides are counted from here: the end of a buffer of buffer_size */
    uint64_t verified;    /* bytes asked for to verify sizes */
    uint32_t buffer_size; /* by the file header; 0 until that is known */
    bool seekable;
    bool sizes_vary; /* compressed buffers: no strides */
    bool in_zeros;
    bool in_damage; /* no buffer was found since the last SKIP */
};

/* Starts at offset 0. `seekable`: the caller can show earlier bytes again (a file, not a pipe). */
void etl_framer_init(struct etl_framer *f, bool seekable);

/* Tells what the file header said; call it after the first buffer. Until then damage is searched
 * byte by byte. */
void etl_framer_set_layout(struct etl_framer *f, const struct etl_file_header *h);

/*
 * One step. `window` holds the bytes from framer->offset on; the input has `available` bytes from
 * there on by now (at least window.len), and will never have more when `ended`. Every result but
 * END and a MORE that must wait is progress. A stream may drop all bytes before framer->offset
 * once it has taken those of a BUFFER. O(window).
 */
void etl_framer_step(struct etl_framer *f, struct span window, uint64_t available, bool ended,
                     struct etl_frame *out_frame);

#endif
