/* See cab_writer.h; the names of structures are those of MS-CAB. */
#include "cab_writer.h"

#include <zlib.h>

#define BLOCK 32768u

static uint32_t checksum(const uint8_t *p, size_t n, uint32_t seed)
{
    uint32_t sum = seed;
    for (; n >= 4; n -= 4, p += 4)
        sum ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    uint32_t rest = 0;
    for (size_t i = 0; i < n; i++)
        rest = rest << 8 | p[i];
    return sum ^ rest;
}

/* One CFDATA; MSZIP blocks are deflate streams of their own behind "CK". */
static void add_block(struct packed_bytes *out, const uint8_t *p, size_t n, bool mszip)
{
    uint8_t packed[BLOCK + 1024] = {'C', 'K'};
    size_t size = n;
    if (mszip) {
        z_stream z = {.next_in = (uint8_t *)(uintptr_t)p,
                      .avail_in = (uInt)n,
                      .next_out = packed + 2,
                      .avail_out = sizeof packed - 2};
        if (deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
            deflate(&z, Z_FINISH) != Z_STREAM_END)
            abort();
        deflateEnd(&z);
        size = sizeof packed - z.avail_out;
        p = packed;
    }
    uint8_t sizes[4] = {(uint8_t)size, (uint8_t)(size >> 8), (uint8_t)n, (uint8_t)(n >> 8)};
    packed_number(out, checksum(sizes, sizeof sizes, checksum(p, size, 0)), 4);
    packed_add(out, sizes, sizeof sizes);
    packed_add(out, p, size);
}

static size_t add_blocks(struct packed_bytes *out, const struct packed_bytes *all, bool mszip)
{
    size_t blocks = 0;
    for (size_t at = 0; at < all->size; at += BLOCK, blocks++)
        add_block(out, all->p + at, all->size - at < BLOCK ? all->size - at : BLOCK, mszip);
    return blocks;
}

/* CFFILE of each; their contents go to `all`. */
static void add_files(struct packed_bytes *out, const struct packed_file *files, size_t count,
                      struct packed_bytes *all)
{
    for (size_t i = 0; i < count; i++) {
        packed_number(out, files[i].size, 4);
        packed_number(out, all->size, 4);
        packed_number(out, 0, 2);
        packed_number(out, 0x5a21, 2);
        packed_number(out, 0x6000, 2);
        packed_number(out, 0x20, 2);
        packed_add(out, files[i].name, strlen(files[i].name) + 1);
        packed_add(all, files[i].bytes, files[i].size);
    }
}

uint8_t *cab_write(const struct packed_file *files, size_t count, bool mszip, size_t *out_size)
{
    struct packed_bytes out = {0}, all = {0};
    packed_add(&out, "MSCF\0\0\0", 8);
    packed_number(&out, 0, 8); /* size, below */
    packed_number(&out, 44, 4);
    packed_number(&out, 0, 4);
    packed_number(&out, 0x0103, 2);
    packed_number(&out, 1, 2);
    packed_number(&out, count, 2);
    packed_number(&out, 0, 6);
    packed_number(&out, 0, 6); /* CFFOLDER: where its blocks begin and how many, below */
    packed_number(&out, mszip ? 1 : 0, 2);
    add_files(&out, files, count, &all);
    packed_set(&out, 36, out.size, 4);
    size_t blocks = add_blocks(&out, &all, mszip);
    packed_set(&out, 40, blocks, 2);
    packed_set(&out, 8, out.size, 4);
    free(all.p);
    *out_size = out.size;
    return out.p;
}
