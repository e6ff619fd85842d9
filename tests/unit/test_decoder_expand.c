/*
 * Expansion: published vectors, streams made here by an encoder of their own, and every damage
 * that one cut or flipped bit can do.
 */
#include "test_decoder_bytes.h"

#include <stdbool.h>

#include "base/err.h"
#include "decoder/etl_expand.h"

/* Expands from and into blocks of exactly the right size, so that a sanitizer sees any overrun. */
static int expand_exact(enum etl_compression format, const uint8_t *packed, size_t n, uint8_t *out,
                        size_t size)
{
    uint8_t *in = malloc(n != 0 ? n : 1);
    uint8_t *to = malloc(size != 0 ? size : 1);
    assert_non_null(in);
    assert_non_null(to);
    if (n != 0)
        memcpy(in, packed, n);
    int rc = etl_expand(format, (struct span){in, n}, to, size);
    if (rc == 0 && out != NULL && size != 0)
        memcpy(out, to, size);
    free(in);
    free(to);
    return rc;
}

static void assert_expands(enum etl_compression format, const uint8_t *packed, size_t n,
                           const void *expected, size_t size)
{
    uint8_t *out = malloc(size);
    assert_non_null(out);
    assert_int_equal(expand_exact(format, packed, n, out, size), 0);
    assert_memory_equal(out, expected, size);
    free(out);
}

/* Cut or flipped, a stream may fail or give other bytes, but nothing worse. */
static void abuse(enum etl_compression format, const uint8_t *packed, size_t n, size_t size)
{
    for (size_t cut = 0; cut < n; cut++)
        expand_exact(format, packed, cut, NULL, size);
    uint8_t *bad = malloc(n);
    assert_non_null(bad);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        memcpy(bad, packed, n);
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        expand_exact(format, bad, n, NULL, size);
    }
    for (size_t s = 0; s <= size; s = 2 * s + 1)
        expand_exact(format, packed, n, NULL, s);
    free(bad);
}

/* MS-XCA 3.1: "abc" a hundred times. */
static const uint8_t XPRESS_ABC[] = {0xff, 0xff, 0xff, 0x1f, 0x61, 0x62, 0x63,
                                     0x17, 0x00, 0x0f, 0xff, 0x26, 0x01};

static void test_xpress_vector(void **state)
{
    (void)state;
    char text[301] = "";
    for (int i = 0; i < 100; i++)
        memcpy(text + 3 * i, "abc", 3);
    assert_expands(ETL_COMPRESSION_XPRESS, XPRESS_ABC, sizeof XPRESS_ABC, text, 300);
    assert_int_equal(expand_exact(ETL_COMPRESSION_XPRESS, XPRESS_ABC, sizeof XPRESS_ABC, NULL, 301),
                     ERR_FORMAT);
    assert_int_equal(expand_exact(ETL_COMPRESSION_XPRESS, XPRESS_ABC, sizeof XPRESS_ABC, NULL, 299),
                     ERR_FORMAT);
    abuse(ETL_COMPRESSION_XPRESS, XPRESS_ABC, sizeof XPRESS_ABC, 300);
}

/* Writes one plain XPRESS stream of literals and matches (MS-XCA 2.3). */
struct xpress {
    struct bytes b;
    size_t flags_at;
    unsigned used;
    uint32_t flags;
    size_t shared_at; /* a byte whose high nibble is free, 0 for none */
};

static void xpress_flag(struct xpress *x, unsigned flag)
{
    if (x->used % 32 == 0) {
        x->flags_at = x->b.n;
        x->flags = UINT32_MAX;
        put_int(&x->b, x->flags, 4);
    }
    if (flag == 0)
        x->flags &= ~(1u << (31 - x->used % 32));
    set_int(&x->b, x->flags_at, x->flags, 4);
    x->used++;
}

static void xpress_literal(struct xpress *x, uint8_t byte)
{
    xpress_flag(x, 0);
    put_int(&x->b, byte, 1);
}

static void xpress_match(struct xpress *x, uint32_t distance, uint32_t len)
{
    xpress_flag(x, 1);
    uint32_t rest = len - 3;
    put_int(&x->b, (distance - 1) << 3 | (rest < 7 ? rest : 7), 2);
    if (rest < 7)
        return;
    uint8_t nibble = (uint8_t)(rest - 7 < 15 ? rest - 7 : 15);
    if (x->shared_at != 0) {
        x->b.p[x->shared_at] |= (uint8_t)(nibble << 4);
        x->shared_at = 0;
    } else {
        x->shared_at = x->b.n;
        put_int(&x->b, nibble, 1);
    }
    if (nibble < 15)
        return;
    if (rest - 22 < 255) {
        put_int(&x->b, rest - 22, 1);
        return;
    }
    put_int(&x->b, 255, 1);
    put_int(&x->b, rest <= 0xffff ? rest : 0, 2);
    if (rest > 0xffff)
        put_int(&x->b, rest, 4);
}

/* Every form of a length at its borders, nibbles shared in pairs, and the greatest distance. */
static void test_xpress_lengths(void **state)
{
    (void)state;
    static const uint32_t LENGTHS[] = {3,     9,     10,    24,    25,    26,    279,
                                       280,   281,   282,   283,   300,   32770, 32771,
                                       32772, 65537, 65538, 65539, 100000};
    struct xpress x = {0};
    struct bytes expected = {0};
    for (unsigned i = 0; i < 8192; i++) {
        uint8_t byte = (uint8_t)(i * 2654435761u >> 13);
        xpress_literal(&x, byte);
        put_int(&expected, byte, 1);
    }
    static const uint32_t DISTANCES[] = {8192, 1, 2, 7, 8, 1000};
    for (size_t i = 0; i < sizeof LENGTHS / sizeof LENGTHS[0]; i++) {
        for (size_t d = 0; d < sizeof DISTANCES / sizeof DISTANCES[0]; d++) {
            xpress_match(&x, DISTANCES[d], LENGTHS[i]);
            for (uint32_t k = 0; k < LENGTHS[i]; k++)
                put_int(&expected, expected.p[expected.n - DISTANCES[d]], 1);
        }
    }
    assert_expands(ETL_COMPRESSION_XPRESS, x.b.p, x.b.n, expected.p, expected.n);
    bytes_release(&x.b);
    bytes_release(&expected);
}

static void test_xpress_refuses(void **state)
{
    (void)state;
    struct xpress x = {0};
    xpress_literal(&x, 'a');
    xpress_match(&x, 2, 3);
    assert_int_equal(expand_exact(ETL_COMPRESSION_XPRESS, x.b.p, x.b.n, NULL, 4), ERR_FORMAT);
    bytes_release(&x.b);
    /* A long length below the 22 that its own short forms cover. */
    static const uint8_t SHORT[] = {0xff, 0xff, 0xff, 0x7f, 'a', 7, 0, 15, 255, 21, 0};
    assert_int_equal(expand_exact(ETL_COMPRESSION_XPRESS, SHORT, sizeof SHORT, NULL, 25),
                     ERR_FORMAT);
    assert_int_equal(expand_exact(ETL_COMPRESSION_XPRESS, SHORT, 0, NULL, 1), ERR_FORMAT);
}

/* MS-XCA 3.3. */
static const char LZNT1_TEXT[] =
    "F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F# D E "
    "F# G F# E D E A F# F# G A A G F# E D D E F# E D D";
static const uint8_t LZNT1[] = {
    0x38, 0xb0, 0x88, 0x46, 0x23, 0x20, 0x00, 0x20, 0x47, 0x20, 0x41, 0x00, 0x10, 0xa2, 0x47,
    0x01, 0xa0, 0x45, 0x20, 0x44, 0x00, 0x08, 0x45, 0x01, 0x50, 0x79, 0x00, 0xc0, 0x45, 0x20,
    0x05, 0x24, 0x13, 0x88, 0x05, 0xb4, 0x02, 0x4a, 0x44, 0xef, 0x03, 0x58, 0x02, 0x8c, 0x09,
    0x16, 0x01, 0x48, 0x45, 0x00, 0xbe, 0x00, 0x9e, 0x00, 0x04, 0x01, 0x18, 0x90, 0x00};

static void test_lznt1_vector(void **state)
{
    (void)state;
    size_t size = sizeof LZNT1_TEXT; /* with its NUL */
    assert_expands(ETL_COMPRESSION_LZNT1, LZNT1, sizeof LZNT1, LZNT1_TEXT, size);
    abuse(ETL_COMPRESSION_LZNT1, LZNT1, sizeof LZNT1, size);
}

static void test_lznt1_chunks(void **state)
{
    (void)state;
    /* A full chunk of one byte repeated: literal, then a match of 4095; a raw chunk; the end. */
    static const uint8_t PACKED[] = {0x03, 0xb0, 0x02, 'z', 0xfc, 0x0f, 0x02,
                                     0x30, 'x',  'y',  'w', 0,    0};
    uint8_t expected[4099];
    memset(expected, 'z', 4096);
    memcpy(expected + 4096, "xyw", 3);
    assert_expands(ETL_COMPRESSION_LZNT1, PACKED, sizeof PACKED, expected, sizeof expected);
    assert_int_equal(expand_exact(ETL_COMPRESSION_LZNT1, PACKED, sizeof PACKED, NULL, 4100),
                     ERR_FORMAT);
    abuse(ETL_COMPRESSION_LZNT1, PACKED, sizeof PACKED, sizeof expected);
}

/* MS-XCA 3.2: the alphabet. */
static void test_huff_vector(void **state)
{
    (void)state;
    uint8_t packed[256 + 20] = {0};
    packed[48] = 0x50;
    memset(packed + 49, 0x55, 10);
    packed[59] = 0x45;
    packed[60] = 0x44;
    packed[61] = 0x04;
    packed[128] = 0x04;
    static const uint8_t BITS[] = {0xd8, 0x52, 0x3e, 0xd7, 0x94, 0x11, 0x5b, 0xe9, 0x19, 0x5f,
                                   0xf9, 0xd6, 0x7c, 0xdf, 0x8d, 0x04, 0x00, 0x00, 0x00, 0x00};
    memcpy(packed + 256, BITS, sizeof BITS);
    assert_expands(ETL_COMPRESSION_XPRESS_HUFF, packed, sizeof packed, "abcdefghijklmnopqrstuvwxyz",
                   26);
    abuse(ETL_COMPRESSION_XPRESS_HUFF, packed, sizeof packed, 26);
}

/*
 * Blocks of literals under a flat code of 8 bits: two literals a word, the first one high. The
 * reader is one word ahead, so a word of padding ends each block.
 */
static void test_huff_blocks(void **state)
{
    (void)state;
    size_t size = 65536 + 65536 + 1000;
    struct bytes packed = {0};
    uint8_t *text = malloc(size);
    assert_non_null(text);
    for (size_t i = 0; i < size; i++)
        text[i] = (uint8_t)(i * 2654435761u >> 11);
    for (size_t at = 0; at < size; at += 65536) {
        put_fill(&packed, 0x88, 128);
        put_fill(&packed, 0, 128);
        for (size_t i = at; i < size && i < at + 65536; i += 2) {
            put_int(&packed, text[i + 1], 1);
            put_int(&packed, text[i], 1);
        }
        put_fill(&packed, 0, 2);
    }
    assert_expands(ETL_COMPRESSION_XPRESS_HUFF, packed.p, packed.n, text, size);
    free(text);
    bytes_release(&packed);
}

/* One literal and one match: two codes of one bit, and each form of a length (MS-XCA 2.1.4.3). */
static void check_huff_match(unsigned nibble, const uint8_t *length, size_t n, size_t len)
{
    struct bytes packed = {0};
    put_fill(&packed, 0, 256);
    packed.p['z' / 2] = 0x01;
    unsigned symbol = 256 + nibble; /* distance 1 */
    packed.p[symbol / 2] = (uint8_t)(1u << 4 * (symbol % 2));
    put_int(&packed, 0x4000, 2); /* 0: the literal, 1: the match */
    put_int(&packed, 0, 2);
    put(&packed, length, n);
    put_int(&packed, 0, 4);
    uint8_t *expected = malloc(len + 1);
    assert_non_null(expected);
    memset(expected, 'z', len + 1);
    assert_expands(ETL_COMPRESSION_XPRESS_HUFF, packed.p, packed.n, expected, len + 1);
    free(expected);
    bytes_release(&packed);
}

static void test_huff_lengths(void **state)
{
    (void)state;
    check_huff_match(0, NULL, 0, 3);
    check_huff_match(14, NULL, 0, 17);
    check_huff_match(15, (const uint8_t[]){0}, 1, 18);
    check_huff_match(15, (const uint8_t[]){254}, 1, 272);
    check_huff_match(15, (const uint8_t[]){255, 0x0e, 0x01}, 3, 0x10e + 3);
    check_huff_match(15, (const uint8_t[]){255, 0, 0, 0xa0, 0x86, 1, 0}, 7, 100003);
}

static void test_huff_refuses(void **state)
{
    (void)state;
    uint8_t packed[300];
    memset(packed, 0x11, sizeof packed); /* 512 codes of one bit */
    assert_int_equal(expand_exact(ETL_COMPRESSION_XPRESS_HUFF, packed, sizeof packed, NULL, 10),
                     ERR_FORMAT);
    memset(packed, 0, sizeof packed); /* none at all */
    assert_int_equal(expand_exact(ETL_COMPRESSION_XPRESS_HUFF, packed, sizeof packed, NULL, 10),
                     ERR_FORMAT);
    assert_int_equal(expand_exact(ETL_COMPRESSION_XPRESS_HUFF, packed, 259, NULL, 10), ERR_FORMAT);
}

static void test_fallback_is_xpress(void **state)
{
    (void)state;
    uint8_t out[300];
    struct span packed = {XPRESS_ABC, sizeof XPRESS_ABC};
    assert_int_equal(etl_expand(ETL_COMPRESSION_LZNT1, packed, out, sizeof out), ERR_FORMAT);
    assert_int_equal(etl_expand_any(ETL_COMPRESSION_LZNT1, packed, out, sizeof out), 0);
    assert_memory_equal(out + 297, "abc", 3);
    packed.len--;
    assert_int_equal(etl_expand_any(ETL_COMPRESSION_XPRESS, packed, out, sizeof out), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xpress_vector),  cmocka_unit_test(test_xpress_lengths),
        cmocka_unit_test(test_xpress_refuses), cmocka_unit_test(test_lznt1_vector),
        cmocka_unit_test(test_lznt1_chunks),   cmocka_unit_test(test_huff_vector),
        cmocka_unit_test(test_huff_blocks),    cmocka_unit_test(test_huff_lengths),
        cmocka_unit_test(test_huff_refuses),   cmocka_unit_test(test_fallback_is_xpress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
