/*
 * Does mketl write what etl-format describes?  Golden bytes, round trips of the compressions, and a
 * second reader over every form, shape and clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libfwnt.h>
#include <stdlib.h>
#include <string.h>

#include "compress.h"
#include "damage.h"
#include "live.h"
#include "mini_reader.h"
#include "mketl.h"
#include "rng.h"

/* ---- records ---- */

static void put_heap_record(struct wire *wire, const struct mketl_event *event)
{
    wire_begin(wire, &(struct wire_header){
                         .family = WIRE_SYSTEM,
                         .pointer_size = event->pointer_size,
                         .group = WIRE_GROUP_HEAP,
                         .opcode = event->opcode,
                         .version = heap_writer_version(event->opcode, HEAP_LAYOUT_V3),
                         .pid = event->pid,
                         .tid = event->tid,
                         .time = event->time,
                     });
    heap_writer_put(wire, event, HEAP_LAYOUT_V3);
    assert_true(wire_end(wire));
}

/* The three golden records of etl-format 11, byte for byte. */
static void test_golden_records(void **state)
{
    (void)state;
    static const uint8_t ALLOC[] = {
        0x02, 0x00, 0x02, 0xc0, 0x3c, 0x00, 0x21, 0x10, 0x0b, 0x00, 0x00, 0x00, 0x64, 0x00, 0x00,
        0x00, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x1a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x34, 0x01, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x10, 0x1a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00};
    static const uint8_t MOVE[] = {0x02, 0x00, 0x02, 0xc0, 0x4c, 0x00, 0x22, 0x10, 0x0c, 0x00, 0x00,
                                   0x00, 0x64, 0x00, 0x00, 0x00, 0x89, 0x77, 0x66, 0x55, 0x44, 0x33,
                                   0x22, 0x11, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                   0x00, 0x1a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x20, 0x1a, 0x00,
                                   0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x1a, 0x00, 0x00, 0x00, 0x00,
                                   0x00, 0x34, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x34, 0x01,
                                   0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00};
    static const uint8_t MOVE_32[] = {
        0x02, 0x00, 0x01, 0xc0, 0x38, 0x00, 0x22, 0x10, 0x0c, 0x00, 0x00, 0x00, 0xc8, 0x00,
        0x00, 0x00, 0x89, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x50, 0x00, 0x00, 0x09, 0x50, 0x00, 0x00, 0x08,
        0x50, 0x00, 0x20, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00};
    struct mketl_event event = {.opcode = MKETL_ALLOC,
                                .pointer_size = 8,
                                .pid = 100,
                                .tid = 11,
                                .time = 0x1122334455667788,
                                .heap = 0x1a0000,
                                .size = 308,
                                .address = 0x1a1000,
                                .source = MKETL_SOURCE_MAINPATH};
    struct wire *wire = calloc(1, sizeof *wire);
    put_heap_record(wire, &event);
    assert_int_equal(wire->size, sizeof ALLOC);
    assert_memory_equal(wire->bytes, ALLOC, sizeof ALLOC);

    event.opcode = MKETL_REALLOC;
    event.tid = 12;
    event.time++;
    event.old_address = event.address;
    event.old_size = event.size;
    event.address = 0x1a2000;
    event.size = 564;
    put_heap_record(wire, &event);
    assert_int_equal(wire->size, sizeof MOVE);
    assert_memory_equal(wire->bytes, MOVE, sizeof MOVE);

    event.pointer_size = 4;
    event.pid = 200;
    event.heap = 0x500000;
    event.address = 0x500900;
    event.old_address = 0x500800;
    event.size = 32;
    event.old_size = 16;
    event.source = MKETL_SOURCE_LOWFRAG;
    put_heap_record(wire, &event);
    assert_int_equal(wire->size, sizeof MOVE_32);
    assert_memory_equal(wire->bytes, MOVE_32, sizeof MOVE_32);
    free(wire);
}

/* Payload sizes of every opcode and layout (etl-format 4.1, 4.4). */
static void test_payload_sizes(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode;
        enum heap_layout layout;
        size_t x86;
        size_t x64;
    } SIZES[] = {
        {32, HEAP_LAYOUT_V2, 8, 12},   {32, HEAP_LAYOUT_V3, 20, 36},
        {33, HEAP_LAYOUT_V3, 16, 28},  {34, HEAP_LAYOUT_V3, 24, 44},
        {35, HEAP_LAYOUT_V3, 4, 8},    {36, HEAP_LAYOUT_V3, 12, 20},
        {37, HEAP_LAYOUT_V2, 28, 52},  {37, HEAP_LAYOUT_V3, 32, 60},
        {38, HEAP_LAYOUT_OLD, 20, 36}, {38, HEAP_LAYOUT_V2, 36, 56},
        {39, HEAP_LAYOUT_V3, 40, 64},  {41, HEAP_LAYOUT_NEWEST, 44, 72},
        {42, HEAP_LAYOUT_V2, 28, 52},  {42, HEAP_LAYOUT_V3, 32, 60},
        {43, HEAP_LAYOUT_V3, 4, 8},    {46, HEAP_LAYOUT_V3, 4, 8},
        {47, HEAP_LAYOUT_V3, 16, 32},  {50, HEAP_LAYOUT_V3, 16, 32},
        {51, HEAP_LAYOUT_V3, 16, 32},  {52, HEAP_LAYOUT_V3, 16, 32},
        {53, HEAP_LAYOUT_V3, 20, 36},  {54, HEAP_LAYOUT_V3, 8, 12},
        {55, HEAP_LAYOUT_V3, 4, 4},    {56, HEAP_LAYOUT_V3, 8, 16},
        {57, HEAP_LAYOUT_V3, 12, 20},  {58, HEAP_LAYOUT_V3, 12, 20},
    };
    struct wire *wire = calloc(1, sizeof *wire);
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        struct mketl_event event = {.opcode = SIZES[i].opcode, .pointer_size = 4};
        wire->size = 0;
        heap_writer_put(wire, &event, SIZES[i].layout);
        assert_int_equal(wire->size, SIZES[i].x86);
        event.pointer_size = 8;
        wire->size = 0;
        heap_writer_put(wire, &event, SIZES[i].layout);
        assert_int_equal(wire->size, SIZES[i].x64);
    }
    free(wire);
}

/* Field places of both layouts of the file header (etl-format 3). */
static void test_file_header(void **state)
{
    (void)state;
    const struct file_header header = {.pointer_size = 8,
                                       .buffer_size = 0x2000,
                                       .cpus = 3,
                                       .mode = FILE_MODE_CIRCULAR,
                                       .buffers_written = 9,
                                       .events_lost = 7,
                                       .buffers_lost = 5,
                                       .cpu_mhz = 2800,
                                       .clock = FILE_CLOCK_CYCLES,
                                       .frequency = 10000000,
                                       .boot_time = 11,
                                       .start_time = 12,
                                       .end_time = 13,
                                       .time = 14,
                                       .session = "ab",
                                       .file = "cde"};
    struct file_header narrow = header;
    narrow.pointer_size = 4;
    struct wire *wire = calloc(2, sizeof *wire);
    file_header_write(&header, &wire[0]);
    file_header_write(&narrow, &wire[1]);
    assert_int_equal(wire[0].size, 0x20 + 0x118 + 6 + 8);
    assert_int_equal(wire[1].size, 0x20 + 0x110 + 6 + 8);
    assert_memory_equal(wire[0].bytes, "\x02\x00\x02\xc0", 4);
    assert_memory_equal(wire[1].bytes, "\x02\x00\x01\xc0", 4);
    const uint8_t *wide = wire[0].bytes + 0x20;
    const uint8_t *small = wire[1].bytes + 0x20;
    for (int i = 0; i < 2; i++) {
        const uint8_t *p = i ? small : wide;
        assert_int_equal(etl_get32(p), 0x2000);
        assert_int_equal(etl_get32(p + 0x0c), 3);
        assert_int_equal(etl_get64(p + 0x10), 13);
        assert_int_equal(etl_get32(p + 0x20), 2);
        assert_int_equal(etl_get32(p + 0x24), 9);
        assert_int_equal(etl_get32(p + 0x2c), i ? 4 : 8);
        assert_int_equal(etl_get32(p + 0x30), 7);
        assert_int_equal(etl_get32(p + 0x34), 2800);
    }
    assert_int_equal(etl_get64(wide + 0xf8), 11);
    assert_int_equal(etl_get64(small + 0xf0), 11);
    assert_int_equal(etl_get64(wide + 0x100), 10000000);
    assert_int_equal(etl_get64(small + 0xf8), 10000000);
    assert_int_equal(etl_get64(wide + 0x108), 12);
    assert_int_equal(etl_get64(small + 0x100), 12);
    assert_int_equal(etl_get32(wide + 0x110), 3);
    assert_int_equal(etl_get32(small + 0x108), 3);
    assert_int_equal(etl_get32(wide + 0x114), 5);
    assert_int_equal(etl_get32(small + 0x10c), 5);
    assert_memory_equal(wide + 0x118, "a\0b\0\0\0c\0d\0e\0\0\0", 14);
    free(wire);
}

/* ---- compression ---- */

typedef size_t (*encoder)(const uint8_t *, size_t, uint8_t *, size_t);
typedef int (*decoder)(const uint8_t *, size_t, uint8_t *, size_t *, libfwnt_error_t **);

static const struct {
    encoder encode;
    decoder decode;
} FORMATS[] = {
    {compress_lznt1, libfwnt_lznt1_decompress},
    {compress_xpress, libfwnt_lzxpress_decompress},
    {compress_xpress_huff, libfwnt_lzxpress_huffman_decompress},
};

enum { FORMAT_COUNT = sizeof FORMATS / sizeof FORMATS[0], MOST = 65536 };

/* Runs, copies near and far, and noise, in a mix that depends on the seed. */
static void fill_mixed(uint8_t *bytes, size_t size, uint64_t seed)
{
    struct rng rng = {seed};
    for (size_t at = 0; at < size;) {
        size_t length = 1 + rng_below(&rng, rng_chance(&rng, 50) ? 3000 : 40);
        if (length > size - at)
            length = size - at;
        uint64_t kind = rng_below(&rng, 3);
        size_t back = at ? 1 + rng_below(&rng, at) : 0;
        for (size_t i = 0; i < length; i++, at++)
            bytes[at] = kind == 0 || !back ? (uint8_t)rng_below(&rng, 256)
                        : kind == 1        ? bytes[at - 1]
                                           : bytes[at - back];
    }
}

static void check_round_trip(size_t format, const uint8_t *in, size_t size, bool must_shrink)
{
    size_t capacity = 2 * size + 1024;
    uint8_t *packed = malloc(capacity);
    uint8_t *back = calloc(1, size + 1);
    size_t packed_size = FORMATS[format].encode(in, size, packed, capacity);
    size_t back_size = size;
    assert_int_not_equal(packed_size, 0);
    if (must_shrink)
        assert_true(packed_size < size / 2);
    assert_int_equal(FORMATS[format].decode(packed, packed_size, back, &back_size, NULL), 1);
    assert_int_equal(back_size, size);
    assert_memory_equal(back, in, size);
    free(packed);
    free(back);
}

static void test_compressions(void **state)
{
    (void)state;
    static const size_t SIZES[] = {8, 33, 100, 300, 4095, 4096, 4097, 20000, 65464, MOST};
    uint8_t *in = malloc(MOST);
    for (size_t format = 0; format < FORMAT_COUNT; format++) {
        for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
            for (uint64_t seed = 1; seed <= 5; seed++) {
                fill_mixed(in, SIZES[i], seed);
                check_round_trip(format, in, SIZES[i], false);
            }
        memset(in, 0xff, 30000);
        check_round_trip(format, in, 30000, true);
        for (size_t i = 0; i < 60000; i++)
            in[i] = (uint8_t) "abc"[i % 3];
        check_round_trip(format, in, 30000, true);
    }
    free(in);
}

/* XPRESS_HUFF by etl-format 1.7, one bit at a time: libfwnt stops after the first 65,536 bytes. */
struct huff_reader {
    const uint8_t *in;
    size_t at;
    uint32_t bits; /* two words, the next bit on top */
    int spare;     /* bits left of the lower word */
};

static uint32_t huff_bit(struct huff_reader *reader)
{
    uint32_t bit = reader->bits >> 31;
    reader->bits <<= 1;
    if (--reader->spare < 0) {
        reader->bits |= (uint32_t)etl_get16(reader->in + reader->at) << 1;
        reader->at += 2;
        reader->spare = 15;
    }
    return bit;
}

/* Walks the canonical code from its first bit on. */
static unsigned huff_symbol(struct huff_reader *reader, const uint8_t *lengths)
{
    uint32_t code = 0;
    uint32_t first = 0;
    for (unsigned length = 1; length <= 15; length++) {
        code = code << 1 | huff_bit(reader);
        first <<= 1;
        for (unsigned symbol = 0; symbol < 512; symbol++)
            if (lengths[symbol] == length && first++ == code)
                return symbol;
    }
    fail_msg("no such code");
    return 0;
}

static size_t huff_copy(struct huff_reader *reader, unsigned symbol, uint8_t *out, size_t done)
{
    size_t length = symbol & 15;
    size_t distance = 1;
    if (length == 15) {
        length += reader->in[reader->at++];
        if (length == 15 + 255) {
            length = etl_get16(reader->in + reader->at);
            reader->at += 2;
        }
    }
    for (unsigned bits = (symbol - 256) >> 4; bits; bits--)
        distance = distance << 1 | huff_bit(reader);
    for (size_t i = 0; i < length + 3; i++, done++)
        out[done] = out[done - distance];
    return done;
}

static void huff_expand(const uint8_t *in, uint8_t *out, size_t size)
{
    struct huff_reader reader = {.in = in};
    for (size_t done = 0; done < size;) {
        uint8_t lengths[512];
        for (size_t i = 0; i < 512; i++)
            lengths[i] = in[reader.at + i / 2] >> (i % 2 * 4) & 15;
        reader.at += 256;
        reader.bits = (uint32_t)etl_get16(in + reader.at) << 16 | etl_get16(in + reader.at + 2);
        reader.at += 4;
        reader.spare = 16;
        for (size_t end = done + MOST < size ? done + MOST : size; done < end;) {
            unsigned symbol = huff_symbol(&reader, lengths);
            if (symbol < 256)
                out[done++] = (uint8_t)symbol;
            else
                done = huff_copy(&reader, symbol, out, done);
        }
    }
}

static void test_xpress_huff_of_several_blocks(void **state)
{
    (void)state;
    enum { SIZE = 3 * MOST - 7 };
    uint8_t *in = malloc(SIZE);
    uint8_t *packed = calloc(2, SIZE);
    uint8_t *back = malloc(SIZE);
    fill_mixed(in, SIZE, 77);
    memset(in + MOST - 1000, 0xff, 60000); /* a long run, across the end of a block */
    assert_int_not_equal(compress_xpress_huff(in, SIZE, packed, 2 * SIZE), 0);
    huff_expand(packed, back, SIZE);
    assert_memory_equal(back, in, SIZE);
    free(in);
    free(packed);
    free(back);
}

/* What does not shrink into the room it is given is refused. */
static void test_compressions_refuse_noise(void **state)
{
    (void)state;
    enum { SIZE = 5000 };
    uint8_t in[SIZE];
    uint8_t out[SIZE];
    struct rng rng = {1};
    for (size_t i = 0; i < SIZE; i++)
        in[i] = (uint8_t)rng_next(&rng);
    for (size_t format = 0; format < FORMAT_COUNT; format++)
        for (size_t room = 0; room < SIZE; room += 499)
            assert_int_equal(FORMATS[format].encode(in, SIZE, out, room), 0);
}

/* ---- whole files ---- */

static void generate(const struct mketl_options *options, struct mketl_trace *out_trace)
{
    char error[MKETL_ERROR_SIZE];
    if (mketl_generate(options, out_trace, error) != 0)
        fail_msg("%s", error);
}

static uint64_t field(const struct mini_record *record, size_t index, uint8_t pointer_size)
{
    const uint8_t *at = record->payload + index * pointer_size;
    return pointer_size == 8 ? etl_get64(at) : etl_get32(at);
}

/* Alloc, Free and ReAlloc as etl-format 4.2 lays them out. */
static void check_payload(const struct mini_record *record, const struct mketl_event *event)
{
    uint8_t p = event->pointer_size;
    if (event->opcode == MKETL_ALLOC) {
        assert_int_equal(record->payload_size, 3 * p + 4);
        assert_int_equal(field(record, 1, p), event->size);
        assert_int_equal(field(record, 2, p), event->address);
        assert_int_equal(etl_get32(record->payload + 3 * p), event->source);
    } else if (event->opcode == MKETL_FREE) {
        assert_int_equal(record->payload_size, 2 * p + 4);
        assert_int_equal(field(record, 1, p), event->address);
        assert_int_equal(etl_get32(record->payload + 2 * p), event->source);
    } else if (event->opcode == MKETL_REALLOC) {
        assert_int_equal(record->payload_size, 5 * p + 4);
        assert_int_equal(field(record, 1, p), event->address);
        assert_int_equal(field(record, 2, p), event->old_address);
        assert_int_equal(field(record, 3, p), event->size);
        assert_int_equal(field(record, 4, p), event->old_size);
        assert_int_equal(etl_get32(record->payload + 5 * p), event->source);
    }
    if (event->opcode != MKETL_AFFINITY_SLOT_ASSIGNED)
        assert_int_equal(field(record, 0, p), event->heap);
}

static void check_record(const struct mini_record *record, const struct mketl_event *event)
{
    assert_int_equal(record->time, event->time);
    assert_int_equal(record->cpu, event->cpu);
    assert_int_equal(record->opcode, event->opcode);
    assert_int_equal(record->is_heap, event->kind == MKETL_KIND_HEAP);
    if (record->has_ids) {
        assert_int_equal(record->pid, event->pid);
        assert_int_equal(record->tid, event->tid);
    }
    if (record->is_heap)
        check_payload(record, event);
}

/* The second reader finds the same records, in the same order, as the generator says. */
static void check_file(const struct mketl_options *options)
{
    struct mketl_trace trace;
    struct mini_file file;
    size_t size;
    generate(options, &trace);
    uint8_t *bytes = mketl_trace_bytes(&trace, &size);
    const char *wrong = mini_read(bytes, size, &file);
    if (wrong)
        fail_msg("%s", wrong);
    assert_int_equal(file.buffers, trace.buffer_count);
    assert_int_equal(file.count, trace.truth.records);
    assert_int_equal(file.compressed > 0, options->compression != MKETL_COMPRESS_NONE);
    size_t at = 0;
    for (size_t i = 0; i < file.count; i++) {
        if (!file.records[i].is_heap && !file.records[i].is_range)
            continue;
        while (at < trace.event_count && !truth_is_row(&trace.events[at]))
            at++;
        assert_true(at < trace.event_count);
        check_record(&file.records[i], &trace.events[at++]);
    }
    while (at < trace.event_count && !truth_is_row(&trace.events[at]))
        at++;
    assert_int_equal(at, trace.event_count);
    free(bytes);
    mini_release(&file);
    mketl_trace_release(&trace);
}

/* A busy trace with a little of everything. */
static struct mketl_options everything(void)
{
    struct mketl_options options = {.seed = 3, .events = 3000, .buffer_size = 0x2000};
    for (size_t i = 0; i < MKETL_KNOBS; i++)
        options.rates[i] = 10;
    options.rates[MKETL_KNOB_STACK] = 100;
    options.rates[MKETL_KNOB_INTERLEAVE] = 500;
    options.rates[MKETL_KNOB_DUPLICATE] = 300;
    return options;
}

static void test_forms(void **state)
{
    (void)state;
    for (int form = MKETL_FORM_SYSTEM; form <= MKETL_FORM_MIXED; form++)
        for (int pointers = MKETL_POINTERS_64; pointers <= MKETL_POINTERS_MIXED; pointers++)
            for (int layout = MKETL_LAYOUT_V3; layout <= MKETL_LAYOUT_NEWEST; layout++) {
                struct mketl_options options = everything();
                options.form = (enum mketl_form)form;
                options.pointers = (enum mketl_pointers)pointers;
                options.layout = (enum mketl_layout)layout;
                options.pmc_counters = layout == MKETL_LAYOUT_V2;
                options.lying_headers = layout == MKETL_LAYOUT_OLD;
                options.process_version = (uint8_t)(1 + layout);
                check_file(&options);
            }
}

/* Call stacks in every form, modules, configuration: records that are whole. */
static void test_mix(void **state)
{
    (void)state;
    for (int form = MKETL_FORM_SYSTEM; form <= MKETL_FORM_MIXED; form++)
        for (uint8_t version = 0; version <= 5; version++) {
            struct mketl_options options = {.seed = version, .events = 3000, .mix = true};
            options.form = (enum mketl_form)form;
            options.process_version = version;
            options.ancient = version == 0;
            options.shape = version == 1 ? MKETL_SHAPE_RELOGGED : MKETL_SHAPE_MERGED;
            options.lose_every = version == 2 ? 4 : 0;
            options.machine_pointer_size = version == 3 ? 4 : 8;
            options.pointers = version == 3 ? MKETL_POINTERS_32 : MKETL_POINTERS_MIXED;
            check_file(&options);
        }
}

static void test_shapes(void **state)
{
    (void)state;
    for (int shape = MKETL_SHAPE_SEQUENTIAL; shape <= MKETL_SHAPE_SHARED; shape++)
        for (int format = MKETL_COMPRESS_NONE; format <= MKETL_COMPRESS_XPRESS_HUFF; format++)
            for (int shuffle = 0; shuffle < 2; shuffle++) {
                if (format == MKETL_COMPRESS_NONE + 1)
                    continue; /* a number nobody uses */
                struct mketl_options options = everything();
                options.shape = (enum mketl_shape)shape;
                options.compression = (enum mketl_compression)format;
                options.compress_whole = shuffle;
                options.shuffle = shuffle;
                options.lose_every = shuffle ? 5 : 0;
                options.old_cpu_field = shape == MKETL_SHAPE_APPEND;
                check_file(&options);
            }
}

static void test_clocks_and_cpus(void **state)
{
    (void)state;
    static const uint32_t CPUS[] = {1, 2, 16, 300};
    for (int clock = FILE_CLOCK_QPC; clock <= FILE_CLOCK_CYCLES; clock++)
        for (size_t i = 0; i < sizeof CPUS / sizeof CPUS[0]; i++) {
            struct mketl_options options = everything();
            options.clock = (enum file_clock)clock;
            options.frequency = 3579545;
            options.cpus = CPUS[i];
            check_file(&options);
        }
}

/* The header tells of the losses, the sequence shows the gap, the events are gone. */
static void test_losses(void **state)
{
    (void)state;
    struct mketl_options options = {.seed = 5, .events = 5000, .buffer_size = 0x4000};
    struct mketl_trace whole;
    struct mketl_trace lossy;
    generate(&options, &whole);
    options.lose_buffer = 6;
    options.flag_losses = true;
    generate(&options, &lossy);
    assert_int_equal(lossy.buffer_count, whole.buffer_count - 1);
    assert_int_equal(lossy.header.buffers_lost, 1);
    assert_int_equal(lossy.header.events_lost, whole.event_count - lossy.event_count);
    assert_int_equal(lossy.buffers[5].sequence, 5);
    assert_int_equal(lossy.buffers[6].sequence, 7);
    assert_true(lossy.truth.unmatched_frees > 0);
    assert_int_equal(lossy.truth.facts.sequence_gaps, 1);
    size_t flagged = 0;
    for (size_t i = 0; i < lossy.buffer_count; i++)
        flagged += (lossy.buffers[i].bytes[ETL_AT_FLAG] & ETL_FLAG_BUFFER_LOST) != 0;
    assert_int_equal(flagged, 1);
    mketl_trace_release(&whole);
    mketl_trace_release(&lossy);
}

static void test_shape_details(void **state)
{
    (void)state;
    struct mketl_options options = {.seed = 6, .events = 4000, .buffer_size = 0x2000};
    struct mketl_trace trace;

    options.shape = MKETL_SHAPE_CIRCULAR;
    options.max_buffers = 5;
    generate(&options, &trace);
    assert_int_equal(trace.buffer_count, 6);
    assert_int_equal(trace.header.mode, 0x2);
    assert_true(trace.header.buffers_written > 6);
    bool newest_last = true;
    for (size_t i = 1; i + 1 < trace.buffer_count; i++)
        newest_last &= trace.buffers[i].sequence < trace.buffers[i + 1].sequence;
    assert_false(newest_last); /* 5 does not divide the buffers of this seed */
    mketl_trace_release(&trace);

    options.shape = MKETL_SHAPE_MERGED;
    generate(&options, &trace);
    const uint8_t *header = trace.buffers[0].bytes;
    assert_int_equal(trace.buffers[0].size, 0x400);
    assert_int_equal(etl_get32(header + ETL_AT_SAVED), 0x1b8);  /* as in the real file of */
    assert_int_equal(etl_get32(header + ETL_AT_OFFSET), 0x208); /* etl-format 11 */
    assert_int_equal(etl_get32(header + ETL_AT_FLAG), 0x00040001);
    assert_int_equal(trace.header.mode, 0x00010001);
    mketl_trace_release(&trace);

    options.shape = MKETL_SHAPE_UNFINISHED;
    options.cut_last = true;
    generate(&options, &trace);
    size_t size;
    uint8_t *bytes = mketl_trace_bytes(&trace, &size);
    assert_int_not_equal(size % 0x2000, 0);
    assert_int_equal(etl_get64(bytes + 0x48 + 0x20 + 0x10), 0); /* EndTime */
    assert_int_equal(etl_get32(bytes + 0x48 + 0x20 + 0x24), 0); /* BuffersWritten */
    free(bytes);
    mketl_trace_release(&trace);

    options.cut_last = false;
    options.shape = MKETL_SHAPE_PREALLOCATED;
    generate(&options, &trace);
    bytes = mketl_trace_bytes(&trace, &size);
    assert_int_equal(size, (trace.buffer_count + 3) * 0x2000);
    for (size_t i = trace.buffer_count * 0x2000; i < size; i++)
        assert_int_equal(bytes[i], 0);
    free(bytes);
    mketl_trace_release(&trace);
}

/* The same options give the same bytes, another seed others. */
static void test_seeds(void **state)
{
    (void)state;
    struct mketl_options options = everything();
    struct mketl_trace traces[3];
    uint8_t *bytes[3];
    size_t sizes[3];
    for (size_t i = 0; i < 3; i++) {
        options.seed = i / 2;
        generate(&options, &traces[i]);
        bytes[i] = mketl_trace_bytes(&traces[i], &sizes[i]);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(bytes[0], bytes[1], sizes[0]);
    assert_true(sizes[0] != sizes[2] || memcmp(bytes[0], bytes[2], sizes[0]) != 0);
    for (size_t i = 0; i < 3; i++) {
        free(bytes[i]);
        mketl_trace_release(&traces[i]);
    }
}

/* What the stream holds is the finished file of the trace. */
static void check_written(FILE *out, const struct mketl_trace *trace)
{
    size_t size;
    uint8_t *bytes = mketl_trace_bytes(trace, &size);
    uint8_t *written = malloc(size + 1);
    rewind(out);
    assert_int_equal(fread(written, 1, size + 1, out), size);
    assert_memory_equal(written, bytes, size);
    free(written);
    free(bytes);
}

static void test_live_file_is_the_finished_one(void **state)
{
    (void)state;
    for (int split = 0; split < 2; split++) {
        struct mketl_options options = {.events = 3000, .lose_buffer = 2, .split = split};
        struct mketl_trace trace;
        generate(&options, &trace);
        FILE *out = tmpfile();
        FILE *kernel = tmpfile();
        assert_non_null(out);
        assert_non_null(kernel);
        assert_int_equal(live_write(&trace, 0, out, kernel), 0);
        check_written(out, &trace);
        if (split)
            check_written(kernel, trace.kernel);
        fclose(out);
        fclose(kernel);
        mketl_trace_release(&trace);
    }
}

/* The heap's records in one file, all others in the other, none lost and none twice. */
static void test_two_sessions(void **state)
{
    (void)state;
    struct mketl_options options = {.seed = 3, .events = 3000, .mix = true, .split = true};
    struct mketl_trace trace;
    generate(&options, &trace);
    const struct mketl_trace *const files[] = {&trace, trace.kernel};
    size_t records = 0;
    for (size_t i = 0; i < 2; i++) {
        struct mini_file file;
        size_t size;
        uint8_t *bytes = mketl_trace_bytes(files[i], &size);
        const char *wrong = mini_read(bytes, size, &file);
        if (wrong)
            fail_msg("%s", wrong);
        size_t heap = 0;
        for (size_t at = 0; at < file.count; at++)
            heap += file.records[at].is_heap;
        assert_int_equal(heap, i == 0 ? trace.truth.heap_events : 0);
        records += file.count;
        free(bytes);
        mini_release(&file);
    }
    assert_int_equal(records, trace.truth.records);
    assert_true(trace.kernel->header.time < trace.header.time);
    assert_int_equal(trace.truth.facts.zero, trace.kernel->header.time);
    mketl_trace_release(&trace);
}

static void test_unfinish_touches_the_outcome_alone(void **state)
{
    (void)state;
    for (uint8_t pointer_size = 4; pointer_size <= 8; pointer_size += 4) {
        struct file_header header = {.pointer_size = pointer_size,
                                     .end_time = -1,
                                     .buffers_written = UINT32_MAX,
                                     .events_lost = UINT32_MAX,
                                     .buffers_lost = UINT32_MAX,
                                     .session = "s",
                                     .file = "f"};
        struct wire *wire = calloc(2, sizeof *wire);
        file_header_write(&header, &wire[0]);
        file_header_unfinish(wire[0].bytes);
        header.end_time = 0;
        header.buffers_written = header.events_lost = header.buffers_lost = 0;
        file_header_write(&header, &wire[1]);
        assert_memory_equal(wire[0].bytes, wire[1].bytes, wire[1].size);
        free(wire);
    }
}

static void test_damage(void **state)
{
    (void)state;
    struct mketl_options options = {.events = 2000, .buffer_size = 0x2000};
    struct mketl_trace trace;
    size_t size;
    generate(&options, &trace);
    uint8_t *bytes = mketl_trace_bytes(&trace, &size);
    uint8_t *whole = mketl_trace_bytes(&trace, &size);
    assert_int_equal(damage_apply("flip:9:1", bytes, &size), 0);
    assert_memory_not_equal(bytes, whole, size);
    assert_int_equal(damage_apply("zero:0x2048:64", bytes, &size), 0);
    assert_int_equal(etl_get64(bytes + 0x2048), 0);
    assert_int_equal(damage_apply("record-size:2:3:0", whole, &size), 0);
    struct mini_file file;
    assert_non_null(mini_read(whole, size, &file));
    mini_release(&file);
    assert_int_equal(damage_apply("buffer-size:1:77", whole, &size), 0);
    assert_int_equal(etl_get32(whole + 0x2000), 77);
    assert_int_equal(damage_apply("buffer-used:0:0xffff", whole, &size), 0);
    assert_int_equal(etl_get32(whole + ETL_AT_OFFSET), 0xffff);
    assert_int_equal(damage_apply("zero-buffer:0", whole, &size), 0);
    assert_int_equal(etl_get64(whole), 0);
    assert_int_equal(damage_apply("cut:100", whole, &size), 0);
    assert_int_equal(size, 100);
    assert_int_equal(damage_apply("cut:101", whole, &size), -1);
    assert_int_equal(damage_apply("cut", whole, &size), -1);
    assert_int_equal(damage_apply("cut:1:2", whole, &size), -1);
    assert_int_equal(damage_apply("crumple:1", whole, &size), -1);
    free(bytes);
    free(whole);
    mketl_trace_release(&trace);
}

static void refuse(struct mketl_options options)
{
    struct mketl_trace trace;
    char error[MKETL_ERROR_SIZE] = "";
    assert_int_equal(mketl_generate(&options, &trace, error), -1);
    assert_true(strlen(error) > 0);
}

static void refuse_text(const char *text)
{
    refuse((struct mketl_options){.workload = MKETL_WORKLOAD_TEXT, .text = text});
}

static void test_nonsense_is_refused(void **state)
{
    (void)state;
    refuse((struct mketl_options){.buffer_size = 1001});
    refuse((struct mketl_options){.cpus = 3000});
    refuse((struct mketl_options){.heaps = 65});
    refuse((struct mketl_options){.lose_every = 1});
    refuse((struct mketl_options){.process_version = 6});
    refuse((struct mketl_options){.rates = {999}});
    refuse_text(NULL);
    refuse_text("1 2 3 fly 4");
    refuse_text("\n1 2 3 free 0x4");
    refuse_text("x 2 3 free 4 5");
    refuse_text("1 2 3 free 4 5 6");
    refuse_text("1 2 3 free 4 5 wings=2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_records),
        cmocka_unit_test(test_payload_sizes),
        cmocka_unit_test(test_file_header),
        cmocka_unit_test(test_compressions),
        cmocka_unit_test(test_xpress_huff_of_several_blocks),
        cmocka_unit_test(test_compressions_refuse_noise),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_mix),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_clocks_and_cpus),
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_shape_details),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_live_file_is_the_finished_one),
        cmocka_unit_test(test_two_sessions),
        cmocka_unit_test(test_unfinish_touches_the_outcome_alone),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
