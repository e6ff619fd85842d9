/* LZNT1 (MS-XCA 2.5): chunks of 4,096 bytes, each on its own. */
#include "compress.h"

#include <string.h>

#include "etl_writer.h"
#include "match.h"

enum {
    CHUNK = 4096,
    CHUNK_HEADER = 2,
    COMPRESSED = 0xb000, /* signature 3 and the compressed bit */
    STORED = 0x3000,
    ITEMS = 8
};

/* Bits of the distance in a token, by what the chunk has put out before it. */
static unsigned distance_bits(size_t position)
{
    unsigned bits = 4;
    while (((size_t)1 << bits) < position)
        bits++;
    return bits;
}

/* Compresses one chunk behind its header.  Returns its data size, or 0 when it reaches `capacity`.
 */
static size_t compress_chunk(struct matcher *matcher, size_t start, size_t size, uint8_t *out,
                             size_t capacity)
{
    size_t used = 0;
    size_t flags_at = 0;
    unsigned item = ITEMS;
    for (size_t done = 0; done < size; item++) {
        if (capacity - used < 1 + 2)
            return 0;
        if (item == ITEMS) {
            flags_at = used++;
            out[flags_at] = 0;
            item = 0;
        }
        unsigned shift = 16 - distance_bits(done);
        size_t longest = ((size_t)1 << shift) - 1 + MATCH_SHORTEST;
        size_t distance = 0;
        if (longest > size - done)
            longest = size - done;
        size_t length = match_find(matcher, start + done, start, CHUNK, longest, &distance);
        if (length) {
            out[flags_at] |= (uint8_t)(1u << item);
            etl_put16(out + used, (uint16_t)((distance - 1) << shift | (length - MATCH_SHORTEST)));
            used += 2;
        } else {
            out[used++] = matcher->in[start + done];
            length = 1;
        }
        match_insert(matcher, start + done, length);
        done += length;
    }
    return used;
}

size_t compress_lznt1(const uint8_t *in, size_t size, uint8_t *out, size_t capacity)
{
    struct matcher matcher;
    match_init(&matcher, in, size);
    size_t used = 0;
    for (size_t start = 0; start < size; start += CHUNK) {
        size_t chunk = size - start < CHUNK ? size - start : CHUNK;
        size_t room = capacity - used < CHUNK_HEADER ? 0 : capacity - used - CHUNK_HEADER;
        uint8_t *data = out + used + CHUNK_HEADER;
        size_t stored = compress_chunk(&matcher, start, chunk, data, room < chunk ? room : chunk);
        unsigned kind = COMPRESSED;
        if (stored == 0) { /* did not shrink */
            if (room < chunk) {
                used = 0;
                break;
            }
            memcpy(data, in + start, chunk);
            stored = chunk;
            kind = STORED;
        }
        etl_put16(out + used, (uint16_t)(kind | (stored - 1)));
        used += CHUNK_HEADER + stored;
    }
    match_release(&matcher);
    return used;
}
