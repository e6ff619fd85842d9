/* See zip_writer.h; field order as in PKWARE's application note 4.3. */
#include "zip_writer.h"

#include <zlib.h>

static void put_fields(struct packed_bytes *out, const struct zip_member *m)
{
    packed_number(out, 20, 2);
    packed_number(out, 0, 2);
    packed_number(out, m->method, 2);
    packed_number(out, 0, 4);
    packed_number(out, m->crc, 4);
    packed_number(out, m->packed_size, 4);
    packed_number(out, m->expanded_size, 4);
    packed_number(out, m->name_size, 2);
    packed_number(out, 0, 2);
}

static void put_central(struct packed_bytes *out, const struct zip_member *m, size_t local)
{
    packed_add(out, "PK\1\2\24", 6);
    put_fields(out, m);
    packed_number(out, 0, 8);
    packed_number(out, 0, 2);
    packed_number(out, local, 4);
    packed_add(out, m->name, m->name_size);
}

uint8_t *zip_write(const struct zip_member *members, size_t count, size_t *out_size)
{
    struct packed_bytes out = {0};
    size_t *locals = calloc(count, sizeof *locals);
    if (locals == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        const struct zip_member *m = &members[i];
        locals[i] = m->shares != NULL ? locals[m->shares - members] : out.size;
        if (m->shares != NULL)
            continue;
        packed_add(&out, "PK\3\4", 4);
        put_fields(&out, m);
        packed_add(&out, m->name, m->name_size);
        packed_add(&out, m->packed, m->packed_size);
    }
    size_t start = out.size;
    for (size_t i = 0; i < count; i++)
        put_central(&out, &members[i], locals[i]);
    size_t size = out.size - start;
    packed_add(&out, "PK\5\6\0\0\0", 8);
    packed_number(&out, count, 2);
    packed_number(&out, count, 2);
    packed_number(&out, size, 4);
    packed_number(&out, start, 4);
    packed_number(&out, 0, 2);
    free(locals);
    *out_size = out.size;
    return out.p;
}

/* Adds the deflate blocks of `n` bytes; they end at a byte and refer to nothing before them. */
static void add_deflated(struct packed_bytes *out, const uint8_t *bytes, size_t n, int flush)
{
    size_t room = n + n / 100 + 4096;
    uint8_t *packed = malloc(room);
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)bytes,
                  .avail_in = (uInt)n,
                  .next_out = packed,
                  .avail_out = (uInt)room};
    if (packed == NULL || deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, flush) < 0)
        abort();
    packed_add(out, packed, room - z.avail_out);
    deflateEnd(&z);
    free(packed);
}

uint8_t *deflate_fill(const uint8_t *head, size_t head_size, uint8_t fill, size_t repeats,
                      size_t *out_size)
{
    size_t piece = (size_t)1 << 20;
    uint8_t *mib = malloc(piece);
    struct packed_bytes out = {0}, one = {0};
    if (mib == NULL)
        abort();
    memset(mib, fill, piece);
    add_deflated(&out, head, head_size, Z_FULL_FLUSH);
    add_deflated(&one, mib, piece, Z_FULL_FLUSH);
    for (size_t i = 0; i < repeats; i++)
        packed_add(&out, one.p, one.size);
    add_deflated(&out, mib, 0, Z_FINISH);
    free(one.p);
    free(mib);
    *out_size = out.size;
    return out.p;
}
