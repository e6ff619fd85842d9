/*
 * Expanding gzip by zlib, member after member.
 *
 * In place of libarchive's filter, which passes over the checksum at a member's end and expands a
 * gzip file in a gzip file unasked.
 */
#ifndef SOURCE_GUNZIP_H
#define SOURCE_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zlib.h>

/* Compressed and expanded bytes held at a time. */
#define GUNZIP_BLOCK ((size_t)256 << 10)

/* Reads on; 0 and the number read (0 at the end), or a negative errno. */
typedef int (*gunzip_read_fn)(void *ctx, void *buf, size_t n, size_t *out_n);

struct gunzip {
    z_stream z;
    bool is_open;
    bool between; /* a member has ended, and there may be another */
    bool over;
    const char *why; /* what is wrong, once something is; static text */
    uint8_t packed[GUNZIP_BLOCK];
    uint8_t expanded[GUNZIP_BLOCK];
};

/* 0 or -ENOMEM. */
int gunzip_open(struct gunzip *g);
void gunzip_close(struct gunzip *g);

/*
 * Expands the next block; *out_n bytes are in `expanded`, 0 at the end. ERR_FORMAT when the rest
 * cannot be expanded (`why` tells), or an error of `read`. What came before an error was returned
 * before.
 */
int gunzip_next(struct gunzip *g, gunzip_read_fn read, void *ctx, size_t *out_n);

#endif
