/* Image, ImageId and system records, all versions and both pointer sizes. */
#include "test_decoder_bytes.h"

#include <stdbool.h>

#include "decoder/image_event.h"
#include "decoder/system_event.h"

static struct etl_record make_record(uint16_t group, uint8_t opcode, uint8_t version, unsigned w,
                                     const struct bytes *payload)
{
    return (struct etl_record){
        .time = 42,
        .payload = bytes_span(payload),
        .pid = 1, /* the logger's, which must not be taken */
        .tid = 2,
        .group = group,
        .opcode = opcode,
        .version = version,
        .pointer_size = (uint8_t)w,
        .flags = ETL_RECORD_HAS_TIME | ETL_RECORD_HAS_IDS | ETL_RECORD_CLASSIC,
    };
}

static void put_wide(struct bytes *b, const char *s)
{
    for (; *s != '\0'; s++)
        put_int(b, (uint8_t)*s, 2);
    put_int(b, 0, 2);
}

static bool is_wide(struct span text, const char *s)
{
    if (text.len != 2 * strlen(s))
        return false;
    for (size_t i = 0; i < text.len / 2; i++)
        if (load_u16(text.p + 2 * i) != (uint8_t)s[i])
            return false;
    return true;
}

typedef bool (*decoder)(const struct etl_record *r, struct trace_event *out_event);

/* Cut anywhere: refused below `least` bytes; never a byte outside, which a sanitizer would tell. */
static void check_cuts(const struct etl_record *whole, decoder decode, size_t least)
{
    for (size_t n = 0; n < whole->payload.len; n++) {
        uint8_t *block = malloc(n != 0 ? n : 1);
        assert_non_null(block);
        memcpy(block, whole->payload.p, n);
        struct etl_record r = *whole;
        r.payload = (struct span){block, n};
        struct trace_event e;
        bool ok = decode(&r, &e);
        assert_int_equal(ok, n >= least);
        if (ok) {
            assert_true(e.name.len == 0 ||
                        (e.name.p >= block && e.name.p + e.name.len <= block + n));
            assert_true(e.text.len == 0 ||
                        (e.text.p >= block && e.text.p + e.text.len <= block + n));
        }
        free(block);
    }
}

#define PATH "\\Device\\HarddiskVolume3\\x\\app.exe"

/* The table of etl-format 6.3. */
static void put_image(struct bytes *b, unsigned version, unsigned w)
{
    put_int(b, 0x7ff60000, w);
    put_int(b, 0x21000, version == 0 ? 4 : w);
    if (version >= 1)
        put_int(b, 4711, 4);
    if (version >= 2) {
        put_int(b, 0xc0ffee, 4);
        put_int(b, 0x5f3759df, 4);
        put_int(b, 0x00000c06, 4); /* reserved, or how it is signed */
        put_int(b, 0x140000000, w);
        put_fill(b, 0xee, 16);
    }
    put_wide(b, PATH);
}

static void test_images(void **state)
{
    (void)state;
    for (unsigned version = 0; version <= 4; version++)
        for (unsigned w = 4; w <= 8; w += 4) {
            struct bytes b = {0};
            struct trace_event e;
            put_image(&b, version, w);
            struct etl_record r = make_record(ETL_GROUP_IMAGE, 3, (uint8_t)version, w, &b);
            assert_true(image_event_is(&r));
            assert_true(image_event_decode(&r, &e));
            assert_int_equal(e.kind, EVENT_IMAGE_RUNDOWN);
            assert_true(e.time == 42);
            assert_int_equal(e.pid, version == 0 ? 1 : 4711);
            assert_true(e.image.base == 0x7ff60000);
            assert_true(e.image.size == 0x21000);
            assert_int_equal(e.image.checksum, version >= 2 ? 0xc0ffee : 0);
            assert_int_equal(e.image.timestamp, version >= 2 ? 0x5f3759df : 0);
            assert_true(is_wide(e.name, PATH));
            check_cuts(&r, image_event_decode, version == 0 ? w + 4 : 2 * w + 4);
            bytes_release(&b);
        }
}

static void test_offsets_of_the_name(void **state)
{
    (void)state;
    struct bytes b = {0};
    struct trace_event e;
    put_fill(&b, 0, 64);
    put_wide(&b, "x");
    struct etl_record r = make_record(ETL_GROUP_IMAGE, 10, 3, 8, &b);
    memcpy(b.p + 56, "a", 1);
    assert_true(image_event_decode(&r, &e));
    assert_ptr_equal(e.name.p, r.payload.p + 56); /* etl-format 6.3 says so */
    assert_int_equal(e.name.len, 2);
    memcpy(b.p + 44, "b", 1);
    r.pointer_size = 4;
    assert_true(image_event_decode(&r, &e));
    assert_ptr_equal(e.name.p, r.payload.p + 44);
    bytes_release(&b);
}

static void test_image_kinds(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode;
        int kind; /* -1: not an event */
    } KINDS[] = {{10, EVENT_IMAGE_LOAD},
                 {2, EVENT_IMAGE_UNLOAD},
                 {3, EVENT_IMAGE_RUNDOWN},
                 {4, EVENT_IMAGE_RUNDOWN},
                 {1, -1},
                 {0, -1},
                 {33, -1},
                 {36, -1},
                 {64, -1}};
    struct bytes b = {0};
    put_image(&b, 3, 8);
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        struct trace_event e;
        struct etl_record r = make_record(ETL_GROUP_IMAGE, KINDS[i].opcode, 3, 8, &b);
        assert_int_equal(image_event_is(&r), KINDS[i].kind >= 0);
        if (KINDS[i].kind < 0)
            continue;
        assert_true(image_event_decode(&r, &e));
        assert_int_equal(e.kind, KINDS[i].kind);
        r.flags = ETL_RECORD_HAS_TIME; /* a manifest event that happens to have the class's GUID */
        assert_false(image_event_is(&r));
    }
    bytes_release(&b);
}

/* The table of etl-format 6.4. */
static void test_info(void **state)
{
    (void)state;
    for (unsigned w = 4; w <= 8; w += 4) {
        struct bytes b = {0};
        struct trace_event e;
        put_int(&b, 0x10000000, w);
        put_int(&b, 0x5000, w);
        put_int(&b, 4711, 4);
        put_int(&b, 77, 4);
        put_wide(&b, "ntkrnlmp.exe");
        struct etl_record r = make_record(ETL_GROUP_IMAGE_ID, 0, 2, w, &b);
        assert_true(image_event_is(&r));
        assert_true(image_event_decode(&r, &e));
        assert_int_equal(e.kind, EVENT_IMAGE_INFO);
        assert_int_equal(e.pid, 4711);
        assert_true(e.image.base == 0x10000000 && e.image.size == 0x5000);
        assert_int_equal(e.image.timestamp, 77);
        assert_true(is_wide(e.name, "ntkrnlmp.exe"));
        check_cuts(&r, image_event_decode, 2 * w + 4);
        bytes_release(&b);
    }
}

static void test_rsds(void **state)
{
    (void)state;
    static const uint8_t GUID[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    for (unsigned w = 4; w <= 8; w += 4)
        for (uint8_t opcode = 36; opcode <= 37; opcode++) {
            struct bytes b = {0};
            struct trace_event e;
            put_int(&b, 0x10000000, w);
            put_int(&b, 4711, 4);
            put(&b, GUID, sizeof GUID);
            put_int(&b, 3, 4);
            put(&b, "c:\\b\\app.pdb", 13);
            struct etl_record r = make_record(ETL_GROUP_IMAGE_ID, opcode, 2, w, &b);
            assert_true(image_event_is(&r));
            assert_true(image_event_decode(&r, &e));
            assert_int_equal(e.kind, EVENT_IMAGE_PDB);
            assert_int_equal(e.pid, 4711);
            assert_true(e.image.base == 0x10000000 && e.image.size == 0);
            assert_memory_equal(e.image.guid, GUID, sizeof GUID);
            assert_int_equal(e.image.age, 3);
            assert_int_equal(e.name.len, 12);
            assert_memory_equal(e.name.p, "c:\\b\\app.pdb", 12);
            check_cuts(&r, image_event_decode, w + 24);
            bytes_release(&b);
        }
}

static void test_version(void **state)
{
    (void)state;
    struct bytes b = {0};
    struct trace_event e;
    put_int(&b, 0x5000, 4);
    put_int(&b, 77, 4);
    for (int i = 0; i < 10; i++)
        put_wide(&b, i == 2 ? "10.0.1 (x)" : i == 1 ? "" : "other");
    struct etl_record r = make_record(ETL_GROUP_IMAGE_ID, 64, 0, 8, &b);
    assert_true(image_event_is(&r));
    assert_true(image_event_decode(&r, &e));
    assert_int_equal(e.kind, EVENT_IMAGE_VERSION);
    assert_int_equal(e.pid, EVENT_NO_ID);
    assert_true(e.image.size == 0x5000);
    assert_int_equal(e.image.timestamp, 77);
    assert_true(is_wide(e.name, "10.0.1 (x)"));
    check_cuts(&r, image_event_decode, 8);
    r.opcode = 38;
    assert_false(image_event_is(&r));
    bytes_release(&b);
}

static void test_processor(void **state)
{
    (void)state;
    struct bytes b = {0};
    struct trace_event e;
    put_int(&b, 2096, 4);
    put_int(&b, 8, 4);
    put_int(&b, 9941, 4);
    put_int(&b, 4096, 4);
    put_int(&b, 65536, 4);
    put_wide(&b, "WIN-1");
    put_fill(&b, 0, 532 - b.n);
    put_wide(&b, "DOMAIN");
    struct etl_record r = make_record(ETL_GROUP_CONFIG, 10, 3, 8, &b);
    assert_true(system_event_is(&r));
    assert_true(system_event_decode(&r, &e));
    assert_int_equal(e.kind, EVENT_SYSTEM);
    assert_int_equal(e.system.mhz, 2096);
    assert_int_equal(e.system.processors, 8);
    assert_int_equal(e.system.memory_mib, 9941);
    assert_true(is_wide(e.system.computer, "WIN-1"));
    assert_int_equal(e.system.build_lab.len, 0);
    check_cuts(&r, system_event_decode, 12);
    memset(b.p + 20, 'x', 512); /* a name that fills its field does not run into the next */
    assert_true(system_event_decode(&r, &e));
    assert_int_equal(e.system.computer.len, 512);
    r.opcode = 11;
    assert_false(system_event_is(&r));
    bytes_release(&b);
}

static void test_build_and_volume(void **state)
{
    (void)state;
    struct bytes b = {0};
    struct trace_event e;
    put_int(&b, 0x1d9f00000000000, 8);
    put_wide(&b, "22000.1.amd64fre");
    put_wide(&b, "Windows 10 Pro");
    struct etl_record r = make_record(ETL_GROUP_SYSTEM_CONFIG_EX, 32, 0, 8, &b);
    assert_true(system_event_is(&r));
    assert_true(system_event_decode(&r, &e));
    assert_int_equal(e.kind, EVENT_SYSTEM);
    assert_true(is_wide(e.system.build_lab, "22000.1.amd64fre"));
    assert_true(is_wide(e.name, "Windows 10 Pro"));
    assert_int_equal(e.system.processors, 0);
    check_cuts(&r, system_event_decode, 10);
    bytes_release(&b);

    put_wide(&b, "\\Device\\HarddiskVolume4\\");
    put_wide(&b, "C:\\");
    r = make_record(ETL_GROUP_SYSTEM_CONFIG_EX, 35, 0, 8, &b);
    assert_true(system_event_is(&r));
    assert_true(system_event_decode(&r, &e));
    assert_int_equal(e.kind, EVENT_VOLUME);
    assert_true(is_wide(e.name, "\\Device\\HarddiskVolume4\\"));
    assert_true(is_wide(e.text, "C:\\"));
    check_cuts(&r, system_event_decode, 2);
    bytes_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_images),      cmocka_unit_test(test_offsets_of_the_name),
        cmocka_unit_test(test_image_kinds), cmocka_unit_test(test_info),
        cmocka_unit_test(test_rsds),        cmocka_unit_test(test_version),
        cmocka_unit_test(test_processor),   cmocka_unit_test(test_build_and_volume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
