/* XPRESS, the plain LZ77 of MS-XCA 2.3 and 2.4. */
#include "compress.h"

#include "etl_writer.h"
#include "match.h"

enum {
    WINDOW = 8192,
    LONGEST = 0x8000, /* common decoders refuse longer copies, which the format allows */
    FLAGS = 32,
    TOKEN_ROOM = 16,   /* more than one token and a flag word ever take */
    SHORT_LENGTH = 7,  /* lengths less 3 below this stand in the token itself, */
    NIBBLE_LENGTH = 15 /* the rest above it first in a half byte, then in whole ones */
};

struct encoder {
    uint8_t *out;
    size_t used;
    size_t flags_at;
    uint32_t flags;
    unsigned flag_count;
    size_t nibble_at; /* a byte whose high half is free, 0: none */
};

static void open_flags(struct encoder *encoder)
{
    encoder->flags_at = encoder->used;
    encoder->used += sizeof(uint32_t);
    encoder->flag_count = 0;
    encoder->flags = 0;
}

static void put_flag(struct encoder *encoder, unsigned flag)
{
    encoder->flags = encoder->flags << 1 | flag;
    if (++encoder->flag_count == FLAGS) {
        etl_put32(encoder->out + encoder->flags_at, encoder->flags);
        open_flags(encoder);
    }
}

/* Two half bytes share one byte, though other bytes may stand between their tokens. */
static void put_nibble(struct encoder *encoder, size_t nibble)
{
    if (encoder->nibble_at) {
        encoder->out[encoder->nibble_at] |= (uint8_t)(nibble << 4);
        encoder->nibble_at = 0;
        return;
    }
    encoder->nibble_at = encoder->used;
    encoder->out[encoder->used++] = (uint8_t)nibble;
}

static void put_long_length(struct encoder *encoder, size_t length)
{
    size_t rest = length - SHORT_LENGTH;
    put_nibble(encoder, rest < NIBBLE_LENGTH ? rest : NIBBLE_LENGTH);
    if (rest < NIBBLE_LENGTH)
        return;
    rest -= NIBBLE_LENGTH;
    encoder->out[encoder->used++] = rest < 255 ? (uint8_t)rest : 255;
    if (rest < 255)
        return;
    etl_put16(encoder->out + encoder->used, (uint16_t)length);
    encoder->used += 2;
}

/* The token's data precede its flag: a flag that fills its word opens the next one behind them. */
static void put_match(struct encoder *encoder, size_t distance, size_t length)
{
    length -= MATCH_SHORTEST;
    size_t short_length = length < SHORT_LENGTH ? length : SHORT_LENGTH;
    etl_put16(encoder->out + encoder->used, (uint16_t)((distance - 1) << 3 | short_length));
    encoder->used += 2;
    if (length >= SHORT_LENGTH)
        put_long_length(encoder, length);
    put_flag(encoder, 1);
}

size_t compress_xpress(const uint8_t *in, size_t size, uint8_t *out, size_t capacity)
{
    struct matcher matcher;
    struct encoder encoder = {.out = out};
    if (capacity < TOKEN_ROOM)
        return 0;
    match_init(&matcher, in, size);
    open_flags(&encoder);
    size_t done = 0;
    while (done < size && capacity - encoder.used >= TOKEN_ROOM) {
        size_t distance = 0;
        size_t length = match_find(&matcher, done, 0, WINDOW, LONGEST, &distance);
        if (length) {
            put_match(&encoder, distance, length);
        } else {
            out[encoder.used++] = in[done];
            put_flag(&encoder, 0);
            length = 1;
        }
        match_insert(&matcher, done, length);
        done += length;
    }
    match_release(&matcher);
    if (done < size)
        return 0;
    /* The flags that are left over say "match", which at the end of the input means the end. */
    unsigned left = FLAGS - encoder.flag_count;
    uint64_t flags = (uint64_t)encoder.flags << left | (((uint64_t)1 << left) - 1);
    etl_put32(out + encoder.flags_at, (uint32_t)flags);
    return encoder.used;
}
