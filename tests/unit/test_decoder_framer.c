/* Finding buffers: whole files, windows of every size, growth, cuts, zeros and damage. */
#include "test_decoder_bytes.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "decoder/etl_framer.h"

#define SIZE 0x400u

/* The results of a walk as text, so that a test can say all it expects in a line. "B3" is buffer
 * number 3 whole, "b3" cut, "S" a new stretch of damage, "s" more of it, "E" the end, "W" a wait.
 */
struct log {
    char text[512];
    size_t n;
};

static void note(struct log *log, char c, long number)
{
    int n = number >= 0
                ? snprintf(log->text + log->n, sizeof log->text - log->n, "%c%ld ", c, number)
                : snprintf(log->text + log->n, sizeof log->text - log->n, "%c ", c);
    log->n += (size_t)n;
    assert_true(log->n < sizeof log->text);
}

/*
 * Walks input [0, size) showing `window` bytes or what MORE asks for. Checks on the way that
 * buffers and damage follow each other without gaps and that no step stands still.
 */
static void walk(struct etl_framer *f, const struct bytes *b, size_t size, size_t window,
                 bool ended, struct log *log)
{
    uint64_t expected = f->offset;
    uint64_t want = window;
    for (unsigned steps = 0;; steps++) {
        assert_true(steps < 100000);
        uint64_t available = size - f->offset;
        uint64_t shown = want < available ? want : available;
        uint8_t *copy = malloc(shown != 0 ? shown : 1); /* so that a sanitizer sees overreads */
        assert_non_null(copy);
        if (shown != 0)
            memcpy(copy, b->p + f->offset, shown);
        struct etl_frame frame;
        uint64_t before = f->offset;
        etl_framer_step(f, (struct span){copy, shown}, available, ended, &frame);
        free(copy);
        if (frame.kind == ETL_FRAME_END) {
            note(log, 'E', -1);
            return;
        }
        if (frame.kind == ETL_FRAME_MORE) {
            assert_true(frame.bytes <= ETL_FRAMER_WINDOW_MAX);
            assert_true(f->offset != before || frame.bytes > shown);
            if (frame.bytes > size - f->offset) {
                assert_false(ended);
                note(log, 'W', -1);
                return;
            }
            want = frame.bytes;
            continue;
        }
        assert_true(frame.offset == expected && frame.bytes > 0);
        expected = frame.offset + frame.bytes;
        assert_true(f->offset == expected);
        want = window;
        if (frame.kind == ETL_FRAME_SKIP)
            note(log, frame.first ? 'S' : 's', -1);
        else
            note(log, frame.bytes == frame.header.size ? 'B' : 'b', (long)frame.header.sequence);
    }
}

static struct bytes make_file(unsigned buffers, uint32_t mode)
{
    struct bytes b = {0};
    put_header_buffer(&b, SIZE, mode);
    for (unsigned i = 1; i < buffers; i++) {
        size_t at = begin_buffer(&b, i, 0, 0x20, 0);
        put_alloc(&b, i, 1, 2, 0x1000, 10);
        end_buffer(&b, at, SIZE);
    }
    return b;
}

static void start(struct etl_framer *f, const struct bytes *b, bool seekable)
{
    struct etl_file_header h;
    assert_int_equal(etl_file_header_parse(bytes_span(b), &h, NULL), 0);
    etl_framer_init(f, seekable);
    etl_framer_set_layout(f, &h);
}

/* The same result, whatever the window. */
static void expect(const struct bytes *b, const char *text)
{
    static const size_t WINDOWS[] = {0, 1, 71, 72, 80, 1000, 1 << 20};
    for (size_t i = 0; i < sizeof WINDOWS / sizeof WINDOWS[0]; i++) {
        for (int seekable = 0; seekable <= 1; seekable++) {
            struct etl_framer f;
            struct log log = {.n = 0};
            start(&f, b, seekable);
            walk(&f, b, b->n, WINDOWS[i], true, &log);
            assert_string_equal(log.text, text);
        }
    }
}

static void test_whole_files(void **state)
{
    (void)state;
    struct bytes b = make_file(4, 1);
    expect(&b, "B0 B1 B2 B3 E ");
    bytes_release(&b);
    b = make_file(1, 1);
    expect(&b, "B0 E ");
    bytes_release(&b);
}

/* A merged file: a small header buffer in front of larger ones. */
static void test_small_first_buffer(void **state)
{
    (void)state;
    struct bytes b = {0};
    size_t at = begin_buffer(&b, 0, 0, 0x01, 4);
    put_file_header(&b, SIZE, 1, 0);
    end_buffer(&b, at, 0x200);
    for (unsigned i = 1; i < 5; i++) {
        at = begin_buffer(&b, i, 0, 0x20, 0);
        put_alloc(&b, i, 1, 2, 0x1000, 10);
        end_buffer(&b, at, SIZE);
    }
    expect(&b, "B0 B1 B2 B3 B4 E ");
    set_int(&b, 0x200 + SIZE, 0x12345678, 4);
    expect(&b, "B0 B1 S B3 B4 E ");
    bytes_release(&b);
}

static void test_cut_anywhere(void **state)
{
    (void)state;
    struct bytes b = make_file(3, 1);
    for (size_t n = SIZE; n <= b.n; n++) {
        struct etl_framer f;
        struct log log = {.n = 0};
        struct bytes cut = {b.p, n, n};
        start(&f, &b, true);
        walk(&f, &cut, n, 72, true, &log);
        size_t rest = n % SIZE;
        const char *whole = n < 2 * SIZE ? "B0 " : n < 3 * SIZE ? "B0 B1 " : "B0 B1 B2 ";
        char text[64];
        snprintf(text, sizeof text, "%s%s", whole,
                 rest == 0      ? "E "
                 : rest < 72    ? "S E "
                 : n < 2 * SIZE ? "b1 E "
                                : "b2 E ");
        assert_string_equal(log.text, text);
    }
    bytes_release(&b);
}

/* A growing file: nothing is handed out before it is whole, and everything once. */
static void test_growth(void **state)
{
    (void)state;
    struct bytes b = make_file(3, 1);
    for (int seekable = 0; seekable <= 1; seekable++) {
        struct etl_framer f;
        start(&f, &b, seekable);
        struct strbuf text = {0};
        for (size_t n = SIZE; n <= b.n; n += 37) {
            struct log log = {.n = 0};
            walk(&f, &b, n, 72, false, &log);
            for (char *c = log.text; *c != '\0'; c++)
                if (*c == 'B')
                    strbuf_add(&text, c, 3);
                else
                    assert_true(strchr("SsBb", *c) == NULL || *c == 'B');
        }
        struct log log = {.n = 0};
        walk(&f, &b, b.n, 72, true, &log);
        strbuf_puts(&text, log.text);
        assert_string_equal(strbuf_str(&text), "B0 B1 B2 E ");
        strbuf_release(&text);
    }
    bytes_release(&b);
}

static void test_damaged_headers(void **state)
{
    (void)state;
    static const uint64_t SIZES[] = {0,     1,     0x47,     0x48,           0x3ff,     0x401,
                                     0x440, 0x500, 16 << 20, (16 << 20) + 1, INT32_MAX, UINT32_MAX};
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        struct bytes b = make_file(5, 1);
        set_int(&b, 2 * SIZE, SIZES[i], 4);
        expect(&b, "B0 B1 S B3 B4 E ");
        bytes_release(&b);
    }
    struct bytes b = make_file(5, 1);
    set_int(&b, 2 * SIZE + 0x36, 0x99, 2);
    set_int(&b, 3 * SIZE + 0x36, 0x99, 2);
    expect(&b, "B0 B1 S s B4 E ");
    set_int(&b, 4 * SIZE + 0x36, 0x99, 2);
    expect(&b, "B0 B1 S s s E ");
    bytes_release(&b);
}

/* The stride of the file header is wrong, the buffers agree with each other. */
static void test_lying_stride(void **state)
{
    (void)state;
    struct bytes b = make_file(4, 1);
    set_int(&b, 0x48 + 0x20, 0x2000, 4);
    expect(&b, "B0 B1 B2 B3 E ");
    bytes_release(&b);
}

/* The first buffer's size is wrong: no stride can be counted from its end. */
static void test_lying_first_buffer(void **state)
{
    (void)state;
    struct bytes b = make_file(5, 1);
    set_int(&b, 0, SIZE + 1, 4);
    expect(&b, "B0 S B2 B3 B4 E ");
    set_int(&b, 3 * SIZE, 1, 4); /* from the second on strides are known again */
    expect(&b, "B0 S B2 S B4 E ");
    bytes_release(&b);
    b = make_file(3, 1);
    set_int(&b, 0, 0xf0000000, 4);
    expect(&b, "S B1 B2 E ");
    bytes_release(&b);
}

static void test_zeros(void **state)
{
    (void)state;
    struct bytes b = make_file(6, 1);
    memset(b.p + 2 * SIZE, 0, 2 * SIZE);
    expect(&b, "B0 B1 S B4 B5 E ");
    memset(b.p + 2 * SIZE, 0, 4 * SIZE);
    expect(&b, "B0 B1 E ");
    b.n -= 100;
    expect(&b, "B0 B1 E ");
    bytes_release(&b);

    /* Zeros that hold something, though where no buffer can begin. */
    b = make_file(4, 1);
    memset(b.p + 2 * SIZE, 0, 72);
    expect(&b, "B0 B1 S B3 E ");
    bytes_release(&b);
}

/* A preallocated file fills up: its zeros are the end for now, and buffers later. */
static void test_preallocated_live(void **state)
{
    (void)state;
    struct bytes whole = make_file(5, 0x21);
    struct bytes b = make_file(5, 0x21);
    memset(b.p + 2 * SIZE, 0, 3 * SIZE);
    struct etl_framer f;
    start(&f, &b, true);
    struct log log = {.n = 0};
    walk(&f, &b, b.n, 72, false, &log);
    walk(&f, &b, b.n, 72, false, &log);
    assert_string_equal(log.text, "B0 B1 E E ");
    memcpy(b.p + 2 * SIZE, whole.p + 2 * SIZE, SIZE);
    walk(&f, &b, b.n, 72, false, &log);
    memcpy(b.p + 3 * SIZE, whole.p + 3 * SIZE, SIZE);
    walk(&f, &b, b.n, 72, true, &log);
    assert_string_equal(log.text, "B0 B1 E E B2 E B3 E ");
    bytes_release(&b);
    bytes_release(&whole);
}

/* Compressed buffers of odd sizes: the framer looks at headers only. */
static struct bytes make_packed(unsigned buffers)
{
    struct bytes b = {0};
    put_header_buffer(&b, SIZE, 0x04000001);
    for (unsigned i = 1; i < buffers; i++) {
        size_t at = begin_buffer(&b, i, 0, 0x60, 0);
        put_fill(&b, 0x33, 101 + 7 * i);
        end_buffer(&b, at, 0);
        set_int(&b, at + 0x30, SIZE, 4);
    }
    return b;
}

static void test_packed(void **state)
{
    (void)state;
    struct bytes b = make_packed(6);
    expect(&b, "B0 B1 B2 B3 B4 B5 E ");
    set_int(&b, SIZE, 0x00ffffff, 4);
    expect(&b, "B0 S B2 B3 B4 B5 E ");
    set_int(&b, SIZE, 0, 4);
    expect(&b, "B0 S B2 B3 B4 B5 E ");
    memset(b.p + SIZE, 0,
           0x48 + 108); /* a size may begin with zero bytes: the last three are scanned */
    expect(&b, "B0 S s B2 B3 B4 B5 E ");
    bytes_release(&b);

    b = make_packed(3);
    put_fill(&b, 0, 200000);
    expect(&b, "B0 B1 B2 E ");
    put_fill(&b, 7, 200000);
    struct etl_framer f;
    struct log log = {.n = 0};
    start(&f, &b, true);
    walk(&f, &b, b.n, 72, true, &log);
    assert_memory_equal(log.text, "B0 B1 B2 S s ", 13);
    assert_null(strchr(log.text + 13, 'S'));
    bytes_release(&b);
}

static void test_empty_input(void **state)
{
    (void)state;
    struct etl_framer f;
    struct etl_frame frame;
    etl_framer_init(&f, true);
    etl_framer_step(&f, (struct span){NULL, 0}, 0, true, &frame);
    assert_int_equal(frame.kind, ETL_FRAME_END);
    etl_framer_step(&f, (struct span){NULL, 0}, 0, false, &frame);
    assert_int_equal(frame.kind, ETL_FRAME_END);
    etl_framer_step(&f, (struct span){(const uint8_t *)"x", 1}, 1, false, &frame);
    assert_int_equal(frame.kind, ETL_FRAME_MORE);
    assert_int_equal(frame.bytes, 72);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_files),        cmocka_unit_test(test_small_first_buffer),
        cmocka_unit_test(test_cut_anywhere),       cmocka_unit_test(test_growth),
        cmocka_unit_test(test_damaged_headers),    cmocka_unit_test(test_lying_stride),
        cmocka_unit_test(test_lying_first_buffer), cmocka_unit_test(test_zeros),
        cmocka_unit_test(test_preallocated_live),  cmocka_unit_test(test_packed),
        cmocka_unit_test(test_empty_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
