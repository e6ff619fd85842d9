/*
 * Building trace bytes by hand for the decoder's tests: a growing array and the few headers that
 * every test needs, written from the tables of etl-format and from nothing in the decoder.
 */
#ifndef TESTS_UNIT_TEST_DECODER_BYTES_H
#define TESTS_UNIT_TEST_DECODER_BYTES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/bytes.h"

struct bytes {
    uint8_t *p;
    size_t n;
    size_t cap;
};

static inline void bytes_release(struct bytes *b)
{
    free(b->p);
    *b = (struct bytes){0};
}

static inline void put(struct bytes *b, const void *p, size_t n)
{
    if (n == 0)
        return;
    if (b->n + n > b->cap) {
        b->cap = 2 * (b->n + n);
        b->p = realloc(b->p, b->cap);
        assert_non_null(b->p);
    }
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

/* The low `width` bytes of `v`, little-endian. */
static inline void put_int(struct bytes *b, uint64_t v, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        uint8_t byte = (uint8_t)(v >> (8 * i));
        put(b, &byte, 1);
    }
}

static inline void put_fill(struct bytes *b, uint8_t byte, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put(b, &byte, 1);
}

static inline void set_int(struct bytes *b, size_t at, uint64_t v, size_t width)
{
    assert_true(at + width <= b->n);
    for (size_t i = 0; i < width; i++)
        b->p[at + i] = (uint8_t)(v >> (8 * i));
}

static inline struct span bytes_span(const struct bytes *b)
{
    return (struct span){b->p, b->n};
}

/* Rounds up to 8 with rubbish, as the kernel does. */
static inline void put_padding(struct bytes *b)
{
    while (b->n % 8 != 0)
        put_int(b, 0xa5, 1);
}

/* A SYSTEM header, type 1 or 2, in front of `payload` bytes that the caller adds. */
static inline void put_system(struct bytes *b, unsigned type, uint16_t hook, int64_t time,
                              uint32_t pid, uint32_t tid, size_t payload)
{
    put_int(b, 2, 2);
    put_int(b, type, 1);
    put_int(b, 0xc0, 1);
    put_int(b, 0x20 + payload, 2);
    put_int(b, hook, 2);
    put_int(b, tid, 4);
    put_int(b, pid, 4);
    put_int(b, (uint64_t)time, 8);
    put_int(b, 0, 8);
}

/* A PERFINFO64 header. */
static inline void put_perfinfo(struct bytes *b, uint16_t version, uint16_t hook, int64_t time,
                                size_t payload)
{
    put_int(b, version, 2);
    put_int(b, 17, 1);
    put_int(b, 0xc0, 1);
    put_int(b, 0x10 + payload, 2);
    put_int(b, hook, 2);
    put_int(b, (uint64_t)time, 8);
}

/* A whole 64-bit Alloc record with its padding. */
static inline void put_alloc(struct bytes *b, int64_t time, uint32_t pid, uint32_t tid,
                             uint64_t address, uint64_t size)
{
    put_system(b, 2, 0x1021, time, pid, tid, 28);
    put_int(b, 0x1a0000, 8);
    put_int(b, size, 8);
    put_int(b, address, 8);
    put_int(b, 3, 4);
    put_padding(b);
}

/* A 72-byte buffer header; size and used length are set by end_buffer(). */
static inline size_t begin_buffer(struct bytes *b, int64_t sequence, uint16_t cpu, uint16_t flags,
                                  uint16_t type)
{
    size_t at = b->n;
    put_fill(b, 0, 0x48);
    set_int(b, at + 0x18, (uint64_t)sequence, 8);
    set_int(b, at + 0x28, cpu, 2);
    set_int(b, at + 0x2c, 3, 4);
    set_int(b, at + 0x34, flags, 2);
    set_int(b, at + 0x36, type, 2);
    return at;
}

/* Pads the buffer that began at `at` with 0xFF to `size` bytes, 0: as it is. */
static inline void end_buffer(struct bytes *b, size_t at, size_t size)
{
    size_t used = b->n - at;
    if (size == 0)
        size = used;
    assert_true(used <= size);
    set_int(b, at + 0x00, size, 4);
    set_int(b, at + 0x04, used, 4);
    set_int(b, at + 0x08, used, 4);
    set_int(b, at + 0x30, used, 4);
    put_fill(b, 0xff, size - used);
}

/* A file header record of a 64-bit session with QPC at 10 MHz that began at raw time `time`. */
static inline void put_file_header(struct bytes *b, uint32_t buffer_size, uint32_t mode,
                                   int64_t time)
{
    size_t at = b->n + 0x20;
    put_system(b, 2, 0, time, 4, 8, 0x118 + 4);
    put_fill(b, 0, 0x118 + 4);
    set_int(b, at + 0x00, buffer_size, 4);
    set_int(b, at + 0x04, 0x0501000a, 4);
    set_int(b, at + 0x08, 22000, 4);
    set_int(b, at + 0x0c, 2, 4);
    set_int(b, at + 0x20, mode, 4);
    set_int(b, at + 0x2c, 8, 4);
    set_int(b, at + 0x100, 10000000, 8);
    set_int(b, at + 0x108, 133000000000000000u, 8);
    set_int(b, at + 0x110, 1, 4);
    put_padding(b);
}

/* The first buffer of a file. */
static inline void put_header_buffer(struct bytes *b, uint32_t buffer_size, uint32_t mode)
{
    size_t at = begin_buffer(b, 0, 0, 0x21, 4);
    put_file_header(b, buffer_size, mode, 0);
    end_buffer(b, at, buffer_size);
}

#endif
