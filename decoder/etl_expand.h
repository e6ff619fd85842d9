/*
 * Expanding a compressed buffer: plain XPRESS, LZNT1 and XPRESS with Huffman codes (etl-format 1.7,
 * MS-XCA 2.4, 2.5 and 2.2).
 *
 * Written here because a trace is hostile input and real buffers are large: libfwnt 20181227, the
 * library at hand, reads and writes out of bounds on broken streams, refuses matches over 32,771
 * bytes (a buffer that is mostly 0xFF fill has them) and expands XPRESS-Huffman up to 64 KiB only.
 */
#ifndef DECODER_ETL_EXPAND_H
#define DECODER_ETL_EXPAND_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* COMPRESSION_FORMAT_* numbers. */
enum etl_compression {
    ETL_COMPRESSION_LZNT1 = 2,
    ETL_COMPRESSION_XPRESS = 3,
    ETL_COMPRESSION_XPRESS_HUFF = 4,
};

/*
 * Expands `packed` into exactly `size` bytes at `out`. Returns 0, or ERR_FORMAT when the bytes are
 * no stream of `format` or end too early; what follows the last byte of output is ignored. `out`
 * has unspecified contents after a failure. O(packed + size).
 */
int etl_expand(enum etl_compression format, struct span packed, uint8_t *out, size_t size);

/* The same, trying XPRESS when `format` fails (etl-format 1.7). */
int etl_expand_any(enum etl_compression format, struct span packed, uint8_t *out, size_t size);

#endif
