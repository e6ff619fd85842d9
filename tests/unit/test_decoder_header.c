/* The buffer header, what a file is, the file header in both layouts, and the clock. */
#include "test_decoder_bytes.h"

#include "decoder/etl_buffer.h"
#include "decoder/etl_detect.h"
#include "decoder/etl_file_header.h"
#include "decoder/etl_guid.h"

static void test_buffer_fields(void **state)
{
    (void)state;
    struct bytes b = {0};
    for (unsigned i = 0; i < 0x48; i++)
        put_int(&b, i, 1);
    set_int(&b, 0x34, 0x20, 2);
    struct etl_buffer_header h;
    assert_true(etl_buffer_parse(bytes_span(&b), &h));
    assert_int_equal(h.size, 0x03020100);
    assert_int_equal(h.saved_offset, 0x07060504);
    assert_int_equal(h.current_offset, 0x0b0a0908);
    assert_true(h.time_stamp == 0x1716151413121110);
    assert_true(h.sequence == 0x1f1e1d1c1b1a1918);
    assert_int_equal(h.cpu, 0x2928 & 0x7ff);
    assert_int_equal(h.logger_id, 0x2b2a);
    assert_int_equal(h.state, 0x2f2e2d2c);
    assert_int_equal(h.filled, 0x33323130);
    assert_int_equal(h.flags, 0x20);
    assert_int_equal(h.type, 0x3736);
    assert_false(etl_buffer_parse((struct span){b.p, 0x47}, &h));
    bytes_release(&b);
}

static void test_old_cpu_is_one_byte(void **state)
{
    (void)state;
    struct bytes b = {0};
    struct etl_buffer_header h;
    begin_buffer(&b, 0, 0x0803, 0x01, 0);
    assert_true(etl_buffer_parse(bytes_span(&b), &h));
    assert_int_equal(h.cpu, 3);
    bytes_release(&b);
}

static void test_events_end(void **state)
{
    (void)state;
    struct etl_buffer_header h = {.size = 0x1000, .filled = 0x208, .saved_offset = 0x1b8};
    assert_int_equal(etl_buffer_events_end(&h), 0x208);
    h.filled = 0;
    assert_int_equal(etl_buffer_events_end(&h), 0x1b8);
    h.filled = 0x2000;
    assert_int_equal(etl_buffer_events_end(&h), 0x1000);
    h.flags = ETL_BUFFER_COMPRESSED;
    assert_int_equal(etl_buffer_events_end(&h), 0x2000);
    h.filled = UINT32_MAX;
    assert_int_equal(etl_buffer_events_end(&h), ETL_BUFFER_MAX);
    h.filled = 7;
    assert_int_equal(etl_buffer_events_end(&h), 0x48);
}

static void test_sane_sizes(void **state)
{
    (void)state;
    struct etl_buffer_header h = {.size = 0x48};
    assert_true(etl_buffer_is_sane(&h));
    h.size = 0x47;
    assert_false(etl_buffer_is_sane(&h));
    h.size = 0;
    assert_false(etl_buffer_is_sane(&h));
    h.size = 16 << 20;
    assert_true(etl_buffer_is_sane(&h));
    h.size++;
    assert_false(etl_buffer_is_sane(&h));
    h = (struct etl_buffer_header){.size = 0x1000, .type = 8};
    assert_false(etl_buffer_is_sane(&h));
}

static enum etl_kind detect(const char *first, size_t n)
{
    return etl_detect((struct span){(const uint8_t *)first, n});
}

static void test_detect(void **state)
{
    (void)state;
    static const uint8_t zeros[600];
    assert_int_equal(detect("", 0), ETL_KIND_EMPTY);
    assert_int_equal(detect("PK\3\4rest", 8), ETL_KIND_ZIP);
    assert_int_equal(detect("MSCF\0\0\0\0", 8), ETL_KIND_CAB);
    assert_int_equal(detect("7z\xbc\xaf\x27\x1c", 6), ETL_KIND_7Z);
    assert_int_equal(detect("\x1f\x8b\x08", 3), ETL_KIND_GZIP);
    assert_int_equal(detect("\xfd"
                            "7zXZ\0",
                            6),
                     ETL_KIND_XZ);
    assert_int_equal(detect("\x28\xb5\x2f\xfd", 4), ETL_KIND_ZSTD);
    assert_int_equal(detect("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8), ETL_KIND_OLE);
    assert_int_equal(detect("ElfFile\0", 8), ETL_KIND_EVTX);
    assert_int_equal(detect("Alloc, TimeStamp,\r\n", 19), ETL_KIND_TEXT);
    assert_int_equal(detect("\xff\xfe"
                            "E\0v\0",
                            6),
                     ETL_KIND_TEXT);
    assert_int_equal(detect("\x7f"
                            "ELF\2\1\1\0",
                            8),
                     ETL_KIND_UNKNOWN);
    assert_int_equal(etl_detect((struct span){zeros, sizeof zeros}), ETL_KIND_ZEROS);
    for (int k = 0; k < ETL_KIND_COUNT; k++)
        assert_non_null(etl_kind_advice((enum etl_kind)k));
}

static void test_detect_etl(void **state)
{
    (void)state;
    struct bytes b = {0};
    put_header_buffer(&b, 0x1000, 1);
    assert_int_equal(etl_detect(bytes_span(&b)), ETL_KIND_ETL);
    assert_int_equal(etl_detect((struct span){b.p, 0x50}), ETL_KIND_ETL);
    assert_int_equal(etl_detect((struct span){b.p, 0x4f}), ETL_KIND_UNKNOWN);
    set_int(&b, 0x4e, 1, 2);
    assert_int_equal(etl_detect(bytes_span(&b)), ETL_KIND_UNKNOWN);
    set_int(&b, 0x4e, 0, 2);
    set_int(&b, 0x00, 1, 4);
    set_int(&b, 0x48, 1, 2);
    assert_int_equal(etl_detect(bytes_span(&b)), ETL_KIND_OLD_ETL);
    bytes_release(&b);
}

static void put_wide(struct bytes *b, const char *s)
{
    for (; *s != '\0'; s++)
        put_int(b, (uint8_t)*s, 2);
}

/* Every field of etl-format 3 with a value of its own; `w` is the pointer size. */
static struct bytes make_file_header(unsigned w)
{
    struct bytes b = {0};
    size_t at = begin_buffer(&b, 0, 0, 0x21, 4);
    set_int(&b, at + 0x2c, 0x10002, 4);
    size_t rec = b.n;
    put_system(&b, w == 8 ? 2 : 1, 0, 777, 4, 8, 0);
    put_int(&b, 0x10000, 4);
    put_int(&b, 0x0501000a, 4);
    put_int(&b, 22621, 4);
    put_int(&b, 12, 4);
    put_int(&b, 1001, 8);
    put_int(&b, 156250, 4);
    put_int(&b, 99, 4);
    put_int(&b, 0x04000001, 4);
    put_int(&b, 41, 4);
    put_int(&b, 1, 4);
    put_int(&b, w, 4);
    put_int(&b, 3, 4);
    put_int(&b, 2400, 4);
    put_fill(&b, 0xee, 2 * (size_t)w);
    size_t zone = b.n;
    put_int(&b, (uint64_t)-60, 4);
    put_wide(&b, "CET");
    put_fill(&b, 0, 64 - 6);
    for (unsigned i = 0; i < 8; i++)
        put_int(&b, 10 + i, 2);
    put_int(&b, 5, 4);
    put_wide(&b, "CEST");
    put_fill(&b, 0, 64 - 8);
    for (unsigned i = 0; i < 8; i++)
        put_int(&b, 20 + i, 2);
    put_int(&b, (uint64_t)-55, 4);
    assert_int_equal(b.n - zone, 172);
    put_fill(&b, 0, 4);
    put_int(&b, 2002, 8);
    put_int(&b, 10000000, 8);
    put_int(&b, 3003, 8);
    put_int(&b, 1, 4);
    put_int(&b, 7, 4);
    assert_int_equal(b.n - rec - 0x20, w == 8 ? 0x118 : 0x110);
    put_wide(&b, "Heap\001Session");
    put_int(&b, 0, 2);
    put_wide(&b, "C:\\x.etl");
    put_int(&b, 0, 2);
    set_int(&b, rec + 4, b.n - rec, 2);
    put_padding(&b);
    end_buffer(&b, at, 0x400);
    return b;
}

static void check_file_header(unsigned w)
{
    struct bytes b = make_file_header(w);
    struct etl_file_header h;
    struct err_info info = {""};
    assert_int_equal(etl_file_header_parse(bytes_span(&b), &h, &info), 0);
    assert_int_equal(h.first_buffer_size, 0x400);
    assert_int_equal(h.compression_format, 2);
    assert_true(h.header_time == 777);
    assert_int_equal(h.buffer_size, 0x10000);
    assert_int_equal(h.os_major, 10);
    assert_int_equal(h.os_minor, 0);
    assert_int_equal(h.log_major, 1);
    assert_int_equal(h.log_minor, 5);
    assert_int_equal(h.os_build, 22621);
    assert_int_equal(h.cpus, 12);
    assert_true(h.end_time == 1001);
    assert_int_equal(h.timer_resolution, 156250);
    assert_int_equal(h.maximum_file_size, 99);
    assert_int_equal(h.log_file_mode, 0x04000001);
    assert_int_equal(h.buffers_written, 41);
    assert_int_equal(h.start_buffers, 1);
    assert_int_equal(h.pointer_size, w);
    assert_int_equal(h.events_lost, 3);
    assert_int_equal(h.cpu_mhz, 2400);
    assert_int_equal(h.zone.bias, -60);
    assert_int_equal(h.zone.standard_bias, 5);
    assert_int_equal(h.zone.daylight_bias, -55);
    assert_int_equal(h.zone.standard_date[7], 17);
    assert_int_equal(h.zone.daylight_date[0], 20);
    assert_string_equal(h.zone.standard_name, "CET");
    assert_string_equal(h.zone.daylight_name, "CEST");
    assert_true(h.boot_time == 2002);
    assert_true(h.perf_frequency == 10000000);
    assert_true(h.start_time == 3003);
    assert_int_equal(h.clock_type, 1);
    assert_int_equal(h.buffers_lost, 7);
    assert_null(strchr(h.session_name, '\001'));
    assert_non_null(strstr(h.session_name, "Session"));
    assert_string_equal(h.log_file_name, "C:\\x.etl");
    assert_false(etl_file_header_is_live(&h));
    bytes_release(&b);
}

static void test_file_header_both_layouts(void **state)
{
    (void)state;
    check_file_header(8);
    check_file_header(4);
}

/* Cut at every length: an error with a reason, or a header whose names are shorter. */
static void test_file_header_cut(void **state)
{
    (void)state;
    struct bytes b = make_file_header(8);
    for (size_t n = 0; n <= b.n; n++) {
        struct etl_file_header h = {.cpus = 4711};
        struct err_info info = {""};
        uint8_t *copy = malloc(n != 0 ? n : 1);
        assert_non_null(copy);
        memcpy(copy, b.p, n);
        int rc = etl_file_header_parse((struct span){copy, n}, &h, &info);
        assert_int_equal(rc == 0, n >= 0x48 + 0x20 + 0x118);
        if (rc != 0) {
            assert_int_equal(rc, ERR_FORMAT);
            assert_int_equal(h.cpus, 4711);
            assert_true(info.text[0] != '\0');
        }
        free(copy);
    }
    bytes_release(&b);
}

static void test_file_header_refused(void **state)
{
    (void)state;
    struct bytes b = make_file_header(8);
    struct etl_file_header h;
    struct err_info info;
    set_int(&b, 0x4c, 0x100, 2);
    assert_int_equal(etl_file_header_parse(bytes_span(&b), &h, &info), ERR_FORMAT);
    assert_non_null(strstr(info.text, "256"));
    bytes_release(&b);

    b = make_file_header(8);
    set_int(&b, 0x48 + 0x20 + 6, 0x0201, 2);
    assert_int_equal(etl_file_header_parse(bytes_span(&b), &h, &info), ERR_FORMAT);
    assert_non_null(strstr(info.text, "Vista"));
    assert_int_equal(etl_file_header_parse(bytes_span(&b), &h, NULL), ERR_FORMAT);
    bytes_release(&b);
}

static void test_long_name_is_cut_between_characters(void **state)
{
    (void)state;
    struct bytes b = {0};
    size_t at = begin_buffer(&b, 0, 0, 0x21, 4);
    size_t rec = b.n;
    put_file_header(&b, 0x1000, 1, 0);
    b.n = rec + 0x20 + 0x118;
    for (int i = 0; i < 300; i++)
        put_int(&b, 0x20ac, 2); /* the euro sign, three bytes of UTF-8 */
    set_int(&b, rec + 4, b.n - rec, 2);
    end_buffer(&b, at, 0);
    struct etl_file_header h;
    assert_int_equal(etl_file_header_parse(bytes_span(&b), &h, NULL), 0);
    size_t n = strlen(h.session_name);
    assert_true(n > 500 && n < ETL_NAME_SIZE && n % 3 == 0);
    assert_string_equal(h.log_file_name, "");
    bytes_release(&b);
}

/* The formula in 128 bits, rounded towards zero, saturated. */
static int64_t reference(int64_t raw, int64_t origin, __int128 unit, uint64_t f, int64_t offset)
{
    __int128 v = ((__int128)raw - origin) * unit / (__int128)f + offset;
    if (v > INT64_MAX)
        return INT64_MAX;
    return v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

static const int64_t RAWS[] = {
    INT64_MIN, INT64_MIN + 1, -10000000001, -10000000,      -9999999,      -3,       -1, 0, 1, 2,
    3,         9999999,       10000000,     12345678901234, INT64_MAX - 1, INT64_MAX};
#define RAW_COUNT (sizeof RAWS / sizeof RAWS[0])

static void check_clock(const struct etl_clock *c)
{
    for (size_t i = 0; i < RAW_COUNT; i++) {
        int64_t raw = RAWS[i];
        int64_t ns = etl_clock_ns(c, raw);
        uint64_t f = c->ticks_per_second;
        assert_true(ns == reference(raw, c->origin, 1000000000, f, 0));
        assert_true(etl_clock_filetime(c, raw) ==
                    reference(raw, c->origin, 10000000, f, c->origin_filetime));
        /* The least raw time with at least these ns: not later, and one less is too early. */
        int64_t back = etl_clock_raw(c, ns);
        if (ns != INT64_MAX && ns != INT64_MIN) {
            assert_true(back <= raw);
            assert_true(etl_clock_ns(c, back) >= ns);
            if (back != INT64_MIN)
                assert_true(etl_clock_ns(c, back - 1) < ns);
        }
    }
}

static void test_clocks(void **state)
{
    (void)state;
    struct etl_clock c;
    static const int64_t ORIGINS[] = {0, 5, -7, 133000000000000000, INT64_MAX, INT64_MIN};
    static const int64_t FREQUENCIES[] = {1,       3,           10000000,   24000000,
                                          3579545, 17999999999, 18000000000};
    for (size_t o = 0; o < sizeof ORIGINS / sizeof ORIGINS[0]; o++) {
        for (size_t f = 0; f < sizeof FREQUENCIES / sizeof FREQUENCIES[0]; f++) {
            struct etl_file_header h = {.header_time = ORIGINS[o],
                                        .start_time = 133000000000000000,
                                        .perf_frequency = FREQUENCIES[f],
                                        .clock_type = ETL_CLOCK_QPC};
            etl_clock_init(&c, &h);
            assert_false(c.assumed);
            assert_true(c.ticks_per_second == (uint64_t)FREQUENCIES[f]);
            check_clock(&c);
        }
    }
}

static void test_clock_types(void **state)
{
    (void)state;
    struct etl_clock c;
    struct etl_file_header h = {.header_time = 500,
                                .start_time = 900,
                                .perf_frequency = 24000000,
                                .cpu_mhz = 3000,
                                .clock_type = ETL_CLOCK_CPU_CYCLES};
    etl_clock_init(&c, &h);
    assert_true(etl_clock_ns(&c, 500 + 3) == 1);
    assert_true(etl_clock_filetime(&c, 500 + 300) == 901);
    h.clock_type = ETL_CLOCK_SYSTEM_TIME;
    etl_clock_init(&c, &h);
    assert_true(etl_clock_ns(&c, 501) == 100);
    assert_true(etl_clock_filetime(&c, 123456) == 123456);
    h.clock_type = 0;
    etl_clock_init(&c, &h);
    assert_true(etl_clock_ns(&c, 500 + 24) == 1000);
}

static void test_absurd_frequency(void **state)
{
    (void)state;
    static const int64_t ABSURD[] = {0, -1, INT64_MIN, 18000000001, INT64_MAX};
    for (size_t i = 0; i < sizeof ABSURD / sizeof ABSURD[0]; i++) {
        struct etl_clock c;
        struct etl_file_header h = {.perf_frequency = ABSURD[i], .clock_type = ETL_CLOCK_QPC};
        etl_clock_init(&c, &h);
        assert_true(c.assumed);
        assert_true(etl_clock_ns(&c, 1) == 100);
        check_clock(&c);
    }
}

static void test_guids(void **state)
{
    (void)state;
    static const uint8_t HEAP[16] = {0xab, 0x62, 0x29, 0x22, 0x80, 0x61, 0x88, 0x4b,
                                     0xa8, 0x25, 0x34, 0x6b, 0x75, 0xf2, 0xa2, 0x4a};
    struct etl_guid heap = etl_guid_load(HEAP);
    char text[ETL_GUID_TEXT_SIZE];
    assert_string_equal(etl_guid_format(&heap, text), "222962ab-6180-4b88-a825-346b75f2a24a");
    assert_string_equal(etl_guid_name(&heap), "Heap");
    assert_int_equal(etl_guid_group(&heap), ETL_GROUP_HEAP);
    assert_true(etl_guid_equal(etl_guid_of_group(0x10), &heap));
    assert_null(etl_guid_of_group(0x1f));
    for (unsigned g = 0; g < ETL_GROUP_COUNT; g++)
        assert_int_equal(etl_guid_group(etl_guid_of_group(g)), g);
    heap.bytes[15] ^= 1;
    assert_null(etl_guid_name(&heap));
    assert_int_equal(etl_guid_group(&heap), ETL_GROUP_NONE);
    assert_int_equal(etl_hook_group(0x030a), ETL_GROUP_IMAGE);
    assert_int_equal(etl_hook_opcode(0x030a), 10);
    assert_int_equal(etl_hook_group(0x0301), ETL_GROUP_PROCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buffer_fields),
        cmocka_unit_test(test_old_cpu_is_one_byte),
        cmocka_unit_test(test_events_end),
        cmocka_unit_test(test_sane_sizes),
        cmocka_unit_test(test_detect),
        cmocka_unit_test(test_detect_etl),
        cmocka_unit_test(test_file_header_both_layouts),
        cmocka_unit_test(test_file_header_cut),
        cmocka_unit_test(test_file_header_refused),
        cmocka_unit_test(test_long_name_is_cut_between_characters),
        cmocka_unit_test(test_clocks),
        cmocka_unit_test(test_clock_types),
        cmocka_unit_test(test_absurd_frequency),
        cmocka_unit_test(test_guids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
