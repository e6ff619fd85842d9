/*
 * XPRESS_HUFF (MS-XCA 2.1 and 2.2): for each 65,536 bytes of input a table of 512 code lengths and
 * a stream of Huffman codes, with the bytes of long lengths in between.
 */
#include "compress.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "etl_writer.h"
#include "match.h"
#include "mem.h"

enum {
    BLOCK = 65536,
    SYMBOLS = 512,
    TABLE = SYMBOLS / 2,
    END_OF_DATA = 256,
    LONGEST_CODE = 15,
    FARTHEST = 65535,
    LONGEST = 65535,
    LONG_LENGTH = 15, /* lengths less 3 from here on need a byte of their own */
    TOKEN_ROOM = 16
};

/* A literal (length 0), or a copy. */
struct token {
    uint16_t symbol;
    uint16_t distance;
    uint32_t length;
};

struct code {
    uint16_t bits;
    uint8_t length;
};

static unsigned log2_floor(size_t value)
{
    unsigned bits = 0;
    while (value >>= 1)
        bits++;
    return bits;
}

static struct token copy_token(size_t distance, size_t length)
{
    size_t stored = length - MATCH_SHORTEST;
    size_t low = stored < LONG_LENGTH ? stored : LONG_LENGTH;
    return (struct token){
        .symbol = (uint16_t)(256 + (log2_floor(distance) << 4 | low)),
        .distance = (uint16_t)distance,
        .length = (uint32_t)length,
    };
}

/* The tokens of the input from `start` to `end`; copies may come from earlier blocks. */
static size_t tokenize(struct matcher *matcher, size_t start, size_t end, struct token *tokens)
{
    size_t count = 0;
    for (size_t at = start; at < end;) {
        size_t longest = end - at < LONGEST ? end - at : LONGEST;
        size_t distance = 0;
        size_t length = match_find(matcher, at, 0, FARTHEST, longest, &distance);
        tokens[count++] =
            length ? copy_token(distance, length) : (struct token){.symbol = matcher->in[at]};
        length = length ? length : 1;
        match_insert(matcher, at, length);
        at += length;
    }
    return count;
}

/* Joins the two rarest trees until one is left, and notes every node's parent.  512 symbols are few
 * enough to look for the rarest by going through them all. */
static unsigned build_tree(const uint32_t *weights, unsigned *depth)
{
    enum { NODES = 2 * SYMBOLS };
    uint64_t weight[NODES] = {0};
    unsigned parent[NODES] = {0};
    bool root[NODES] = {false};
    unsigned roots = 0;
    unsigned next = SYMBOLS;
    for (unsigned i = 0; i < SYMBOLS; i++) {
        weight[i] = weights[i];
        root[i] = weights[i] > 0;
        roots += root[i];
    }
    for (; roots > 1; roots--, next++) {
        for (int side = 0; side < 2; side++) {
            unsigned rarest = NODES;
            for (unsigned i = 0; i < next; i++)
                if (root[i] && (rarest == NODES || weight[i] < weight[rarest]))
                    rarest = i;
            root[rarest] = false;
            parent[rarest] = next;
            weight[next] += weight[rarest];
        }
        root[next] = true;
    }
    unsigned deepest = 0;
    for (unsigned i = 0; i < SYMBOLS; i++) {
        depth[i] = 0;
        for (unsigned node = i; weights[i] && parent[node]; node = parent[node])
            depth[i]++;
        deepest = depth[i] > deepest ? depth[i] : deepest;
    }
    return deepest;
}

/* Code lengths of at most 15 bits: too deep a tree is built again from flatter weights. */
static void choose_lengths(uint32_t *weights, struct code *codes)
{
    unsigned depth[SYMBOLS];
    while (build_tree(weights, depth) > LONGEST_CODE)
        for (size_t i = 0; i < SYMBOLS; i++)
            weights[i] = weights[i] ? weights[i] / 2 + 1 : 0;
    for (size_t i = 0; i < SYMBOLS; i++)
        codes[i].length = (uint8_t)depth[i];
}

/* Canonical codes: by length, then by symbol. */
static void assign_codes(struct code *codes)
{
    uint16_t next = 0;
    for (unsigned length = 1; length <= LONGEST_CODE; length++, next = (uint16_t)(next << 1))
        for (size_t i = 0; i < SYMBOLS; i++)
            if (codes[i].length == length)
                codes[i].bits = next++;
}

/* Bits go into 16-bit words that are reserved two ahead, because the decoder loads them so. */
struct bit_writer {
    uint8_t *out;
    size_t used;
    size_t word_at;
    size_t next_at;
    uint32_t word;
    unsigned free;
};

static void bits_begin(struct bit_writer *bits)
{
    bits->word_at = bits->used;
    bits->next_at = bits->used + 2;
    bits->used += 4;
    bits->word = 0;
    bits->free = 16;
}

static void bits_put(struct bit_writer *bits, unsigned count, uint32_t value)
{
    if (bits->free >= count) {
        bits->free -= count;
        bits->word = bits->word << count | value;
        return;
    }
    unsigned over = count - bits->free;
    etl_put16(bits->out + bits->word_at, (uint16_t)(bits->word << bits->free | value >> over));
    bits->word_at = bits->next_at;
    bits->next_at = bits->used;
    bits->used += 2;
    bits->free = 16 - over;
    bits->word = value & ((1u << over) - 1);
}

static void bits_end(struct bit_writer *bits)
{
    etl_put16(bits->out + bits->word_at, (uint16_t)(bits->word << bits->free));
    etl_put16(bits->out + bits->next_at, 0);
}

static void put_long_length(struct bit_writer *bits, size_t stored)
{
    size_t rest = stored - LONG_LENGTH;
    bits->out[bits->used++] = rest < 255 ? (uint8_t)rest : 255;
    if (rest < 255)
        return;
    etl_put16(bits->out + bits->used, (uint16_t)stored);
    bits->used += 2;
}

static void put_token(struct bit_writer *bits, const struct code *codes, const struct token *token)
{
    bits_put(bits, codes[token->symbol].length, codes[token->symbol].bits);
    if (token->length == 0)
        return;
    size_t stored = token->length - MATCH_SHORTEST;
    if (stored >= LONG_LENGTH)
        put_long_length(bits, stored);
    unsigned extra = log2_floor(token->distance);
    if (extra)
        bits_put(bits, extra, token->distance - (1u << extra));
}

/* Writes one block.  Returns false when `capacity` is reached. */
static bool put_block(struct bit_writer *bits, size_t capacity, const struct token *tokens,
                      size_t count)
{
    struct code codes[SYMBOLS] = {{0}};
    uint32_t weights[SYMBOLS] = {0};
    for (size_t i = 0; i < count; i++)
        weights[tokens[i].symbol]++;
    weights[END_OF_DATA]++; /* a tree needs two symbols, and the last block this one */
    weights[0]++;
    choose_lengths(weights, codes);
    assign_codes(codes);
    if (capacity - bits->used < TABLE + TOKEN_ROOM)
        return false;
    for (size_t i = 0; i < TABLE; i++)
        bits->out[bits->used++] = (uint8_t)(codes[2 * i].length | codes[2 * i + 1].length << 4);
    bits_begin(bits);
    for (size_t i = 0; i < count; i++) {
        if (capacity - bits->used < TOKEN_ROOM)
            return false;
        put_token(bits, codes, &tokens[i]);
    }
    return true;
}

size_t compress_xpress_huff(const uint8_t *in, size_t size, uint8_t *out, size_t capacity)
{
    struct matcher matcher;
    struct bit_writer bits = {.out = out};
    struct token *tokens = mem_alloc((BLOCK + 1) * sizeof *tokens);
    bool fits = true;
    match_init(&matcher, in, size);
    for (size_t start = 0; start < size && fits; start += BLOCK) {
        size_t end = size - start < BLOCK ? size : start + BLOCK;
        size_t count = tokenize(&matcher, start, end, tokens);
        if (end == size)
            tokens[count++] = (struct token){.symbol = END_OF_DATA};
        fits = put_block(&bits, capacity, tokens, count);
        if (fits)
            bits_end(&bits);
    }
    match_release(&matcher);
    free(tokens);
    return fits ? bits.used : 0;
}
