/* The three expanders, each bounded by its input and output; see etl_expand.h. */
#include "decoder/etl_expand.h"

#include <stdbool.h>

#include "base/err.h"

struct expansion {
    struct span in; /* not read yet */
    uint8_t *begin;
    uint8_t *out; /* next byte to write */
    uint8_t *end;
};

static size_t room(const struct expansion *x)
{
    return (size_t)(x->end - x->out);
}

static bool put_literals(struct expansion *x, size_t n)
{
    if (n > x->in.len || n > room(x))
        return false;
    memcpy(x->out, x->in.p, n);
    x->out += n;
    x->in = span_from(x->in, n);
    return true;
}

/* Repeats `len` bytes from `distance` bytes back; the two ranges overlap when len > distance. */
static bool put_match(struct expansion *x, size_t distance, size_t len)
{
    if (distance > (size_t)(x->out - x->begin) || len > room(x))
        return false;
    const uint8_t *from = x->out - distance;
    if (len <= distance)
        memcpy(x->out, from, len);
    else if (distance == 1)
        memset(x->out, *from, len);
    else
        for (size_t i = 0; i < len; i++)
            x->out[i] = from[i];
    x->out += len;
    return true;
}

static bool take_u8(struct expansion *x, size_t *out_v)
{
    if (x->in.len < 1)
        return false;
    *out_v = x->in.p[0];
    x->in = span_from(x->in, 1);
    return true;
}

static bool take_u16(struct expansion *x, size_t *out_v)
{
    uint16_t v;
    if (!span_u16(x->in, 0, &v))
        return false;
    *out_v = v;
    x->in = span_from(x->in, 2);
    return true;
}

static bool take_u32(struct expansion *x, size_t *out_v)
{
    uint32_t v;
    if (!span_u32(x->in, 0, &v))
        return false;
    *out_v = v;
    x->in = span_from(x->in, 4);
    return true;
}

/* The long form of a length in both XPRESS formats: a u16, or a u32 behind a zero u16. */
static bool take_long_length(struct expansion *x, size_t *out_len)
{
    return take_u16(x, out_len) && (*out_len != 0 || take_u32(x, out_len));
}

/*
 * The rest of a match length whose three bits were all ones: a nibble, two of which share one byte
 * (`*shared` is the byte with an unused high nibble), then a byte, then the long form.
 */
static bool xpress_length(struct expansion *x, const uint8_t **shared, size_t *out_len)
{
    size_t nibble;
    if (*shared != NULL) {
        nibble = **shared >> 4;
        *shared = NULL;
    } else {
        *shared = x->in.p;
        if (!take_u8(x, &nibble))
            return false;
        nibble &= 15;
    }
    *out_len = 7 + nibble;
    if (nibble < 15)
        return true;
    size_t more;
    if (!take_u8(x, &more))
        return false;
    *out_len += more;
    if (more < 255)
        return true;
    return take_long_length(x, out_len) && *out_len >= 7 + 15;
}

static bool xpress_match(struct expansion *x, const uint8_t **shared)
{
    size_t match;
    if (!take_u16(x, &match))
        return false;
    size_t len = match & 7;
    if (len == 7 && !xpress_length(x, shared, &len))
        return false;
    return put_match(x, (match >> 3) + 1, len + 3);
}

/* Groups of 32 flags, from the highest bit down: 0 a literal, 1 a match (MS-XCA 2.4). */
static bool expand_xpress(struct expansion *x)
{
    const uint8_t *shared = NULL;
    while (room(x) > 0) {
        size_t flags;
        if (!take_u32(x, &flags))
            return false;
        if (flags == 0 && put_literals(x, 32))
            continue;
        for (int bit = 31; bit >= 0 && room(x) > 0; bit--)
            if ((flags >> bit & 1) != 0 ? !xpress_match(x, &shared) : !put_literals(x, 1))
                return false;
    }
    return true;
}

#define LZNT1_CHUNK 4096u

/* One chunk: flag bytes from the lowest bit up; the split of a match into distance and length
 * depends on how far the chunk has come (MS-XCA 2.5). */
static bool expand_lznt1_chunk(struct expansion *x)
{
    while (x->in.len > 0) {
        size_t flags;
        take_u8(x, &flags);
        for (int bit = 0; bit < 8 && x->in.len > 0; bit++) {
            if ((flags >> bit & 1) == 0) {
                if (!put_literals(x, 1))
                    return false;
                continue;
            }
            size_t match;
            if (!take_u16(x, &match))
                return false;
            unsigned distance_bits = 4;
            while ((size_t)1 << distance_bits < (size_t)(x->out - x->begin))
                distance_bits++;
            unsigned length_bits = 16 - distance_bits;
            size_t len = (match & (((size_t)1 << length_bits) - 1)) + 3;
            if (!put_match(x, (match >> length_bits) + 1, len))
                return false;
        }
    }
    return true;
}

static bool expand_lznt1(struct expansion *x)
{
    while (room(x) > 0) {
        size_t header;
        if (!take_u16(x, &header) || header == 0)
            return false;
        size_t n = (header & 0xfff) + 1;
        if (n > x->in.len)
            return false;
        struct expansion chunk = {
            .in = {x->in.p, n},
            .begin = x->out,
            .out = x->out,
            .end = room(x) < LZNT1_CHUNK ? x->end : x->out + LZNT1_CHUNK,
        };
        bool packed = (header & 0x8000) != 0;
        if (packed ? !expand_lznt1_chunk(&chunk) : !put_literals(&chunk, n))
            return false;
        x->out = chunk.out;
        x->in = span_from(x->in, n);
    }
    return true;
}

#define HUFF_SYMBOLS    512u
#define HUFF_TABLE_SIZE 256u
#define HUFF_LENGTH_MAX 15u
#define HUFF_BLOCK      65536u
#define HUFF_END        256u

/* A canonical code: how many symbols have each length, and the symbols in order of their codes. */
struct huff {
    uint16_t count[HUFF_LENGTH_MAX + 1];
    uint16_t symbols[HUFF_SYMBOLS];
    uint32_t bits;  /* read ahead, the next bit at the top */
    int extra_bits; /* in `bits` beyond the first 16; negative: a word is due */
};

static unsigned code_length(const uint8_t *table, unsigned symbol)
{
    return table[symbol / 2] >> (4 * (symbol % 2)) & 15;
}

/* False when there are more codes than their lengths allow. */
static bool build_code(struct huff *h, const uint8_t *table)
{
    unsigned next[HUFF_LENGTH_MAX + 1] = {0};
    memset(h->count, 0, sizeof h->count);
    for (unsigned s = 0; s < HUFF_SYMBOLS; s++)
        h->count[code_length(table, s)]++;
    h->count[0] = 0;
    int left = 1; /* codes of the present length not taken yet */
    for (unsigned n = 1; n <= HUFF_LENGTH_MAX; n++) {
        left = 2 * left - h->count[n];
        if (left < 0)
            return false;
        if (n < HUFF_LENGTH_MAX)
            next[n + 1] = next[n] + h->count[n];
    }
    for (unsigned s = 0; s < HUFF_SYMBOLS; s++) {
        unsigned n = code_length(table, s);
        if (n != 0)
            h->symbols[next[n]++] = (uint16_t)s;
    }
    return true;
}

/* Behind the end of the input there are zero bits: the last code may lie in a word that is not
 * followed by another. */
static uint32_t next_word(struct expansion *x)
{
    size_t word = 0;
    take_u16(x, &word);
    return (uint32_t)word;
}

static void drop_bits(struct expansion *x, struct huff *h, unsigned n)
{
    h->bits <<= n;
    h->extra_bits -= (int)n;
    if (h->extra_bits < 0) {
        h->bits |= next_word(x) << -h->extra_bits;
        h->extra_bits += 16;
    }
}

/* Codes of one length are consecutive numbers, so a code is found by counting (MS-XCA 2.2.4). */
static bool take_symbol(struct expansion *x, struct huff *h, unsigned *out_symbol)
{
    unsigned first = 0; /* code of the first symbol of this length */
    unsigned index = 0; /* of that symbol */
    for (unsigned n = 1; n <= HUFF_LENGTH_MAX; n++) {
        unsigned code = h->bits >> (32 - n);
        if (code - first < h->count[n]) {
            *out_symbol = h->symbols[index + code - first];
            drop_bits(x, h, n);
            return true;
        }
        index += h->count[n];
        first = (first + h->count[n]) << 1;
    }
    return false;
}

static bool huff_match(struct expansion *x, struct huff *h, unsigned symbol)
{
    size_t len = symbol & 15;
    unsigned distance_bits = symbol >> 4;
    if (len == 15) {
        size_t more;
        if (!take_u8(x, &more))
            return false;
        len += more;
        if (more == 255 && (!take_long_length(x, &len) || len < 15))
            return false;
    }
    size_t distance = (size_t)1 << distance_bits;
    if (distance_bits != 0)
        distance += h->bits >> (32 - distance_bits);
    drop_bits(x, h, distance_bits);
    return put_match(x, distance, len + 3);
}

static bool expand_huff_block(struct expansion *x, size_t size)
{
    struct huff h;
    if (x->in.len < HUFF_TABLE_SIZE + 4 || !build_code(&h, x->in.p))
        return false;
    x->in = span_from(x->in, HUFF_TABLE_SIZE);
    h.bits = next_word(x) << 16;
    h.bits |= next_word(x);
    h.extra_bits = 16;
    const uint8_t *block_end = x->out + size;
    while (x->out < block_end) {
        unsigned symbol;
        if (!take_symbol(x, &h, &symbol))
            return false;
        if (symbol < HUFF_END)
            *x->out++ = (uint8_t)symbol;
        else if (symbol == HUFF_END && x->in.len == 0)
            return false; /* the end, before the output is full */
        else if (!huff_match(x, &h, symbol - HUFF_END))
            return false;
    }
    return true;
}

/* Every 64 KiB of output have their own code. */
static bool expand_xpress_huff(struct expansion *x)
{
    while (room(x) > 0)
        if (!expand_huff_block(x, room(x) < HUFF_BLOCK ? room(x) : HUFF_BLOCK))
            return false;
    return true;
}

typedef bool (*expand_fn)(struct expansion *x);

static const expand_fn expanders[] = {
    [ETL_COMPRESSION_LZNT1] = expand_lznt1,
    [ETL_COMPRESSION_XPRESS] = expand_xpress,
    [ETL_COMPRESSION_XPRESS_HUFF] = expand_xpress_huff,
};

int etl_expand(enum etl_compression format, struct span packed, uint8_t *out, size_t size)
{
    struct expansion x = {.in = packed, .begin = out, .out = out, .end = out + size};
    return expanders[format](&x) ? 0 : ERR_FORMAT;
}

int etl_expand_any(enum etl_compression format, struct span packed, uint8_t *out, size_t size)
{
    if (etl_expand(format, packed, out, size) == 0)
        return 0;
    if (format == ETL_COMPRESSION_XPRESS)
        return ERR_FORMAT;
    return etl_expand(ETL_COMPRESSION_XPRESS, packed, out, size);
}
