/*
 * Reading the fields that payloads are made of: pointers of either width, and texts that may lack
 * their end (etl-format 9.17).
 */
#ifndef DECODER_PAYLOAD_H
#define DECODER_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* A pointer of `width` bytes, 4 or 8, widened. False when it does not lie inside the payload. */
static inline bool payload_pointer(struct span s, size_t at, unsigned width, uint64_t *out_v)
{
    if (width == 8)
        return span_u64(s, at, out_v);
    uint32_t v;
    if (!span_u32(s, at, &v))
        return false;
    *out_v = v;
    return true;
}

/* The 8-bit text at `at`: to its NUL or the end of the payload; empty when `at` is past the end. */
static inline struct span payload_ansi(struct span s, size_t at)
{
    struct span text = span_from(s, at);
    const uint8_t *nul = text.len != 0 ? memchr(text.p, 0, text.len) : NULL;
    if (nul != NULL)
        text.len = (size_t)(nul - text.p);
    return text;
}

/* The UTF-16LE text at `at`, an even number of bytes: to its NUL or the last whole unit. */
static inline struct span payload_utf16(struct span s, size_t at)
{
    struct span text = span_from(s, at);
    size_t n = 0;
    while (span_has(text, n, 2) && load_u16(text.p + n) != 0)
        n += 2;
    text.len = n;
    return text;
}

#endif
