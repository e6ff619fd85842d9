/*
 * The three compressions a Windows trace may use (etl-format 1.7, MS-XCA), as encoders.  They look
 * for real matches, so that decoders meet every kind of token.
 */
#ifndef TESTS_TOOLS_COMPRESS_H
#define TESTS_TOOLS_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Each compresses `size` bytes into `out` and returns the compressed size, or 0 when `capacity`
 * bytes do not hold it.  `size` is at least 1.
 */
size_t compress_lznt1(const uint8_t *in, size_t size, uint8_t *out, size_t capacity);
size_t compress_xpress(const uint8_t *in, size_t size, uint8_t *out, size_t capacity);
size_t compress_xpress_huff(const uint8_t *in, size_t size, uint8_t *out, size_t capacity);

#endif
