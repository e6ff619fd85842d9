/* The record cursor: every header type, odd records, damage, and the provider counts. */
#include "test_decoder_bytes.h"

#include <stdbool.h>

#include "decoder/etl_record.h"
#include "decoder/etl_tally.h"

#define TIME INT64_C(0x1122334455667788)

/* Puts `b`, behind an empty buffer header, through the cursor from a block of its exact size. */
static size_t read_all(const struct bytes *b, struct etl_record *out, size_t max, bool *out_damaged,
                       uint8_t **out_block)
{
    uint8_t *block = malloc(0x48 + b->n);
    assert_non_null(block);
    memset(block, 0, 0x48);
    if (b->n != 0)
        memcpy(block + 0x48, b->p, b->n);
    struct etl_cursor c;
    etl_cursor_init(&c, (struct span){block, 0x48 + b->n}, -5);
    size_t n = 0;
    while (n < max && etl_cursor_next(&c, &out[n]))
        n++;
    *out_damaged = c.damaged;
    *out_block = block;
    return n;
}

/* Expects exactly one record and no damage. The caller frees the block. */
static uint8_t *read_one(const struct bytes *b, struct etl_record *out)
{
    struct etl_record r[2];
    bool damaged;
    uint8_t *block;
    assert_int_equal(read_all(b, r, 2, &damaged, &block), 1);
    assert_false(damaged);
    *out = r[0];
    return block;
}

static void put_guid(struct bytes *b, uint8_t first)
{
    for (unsigned i = 0; i < 16; i++)
        put_int(b, first + i, 1);
}

/* FULL and INSTANCE: `size` bytes of header, class GUID `guid`. */
static void put_class(struct bytes *b, unsigned type, size_t header, const uint8_t *guid,
                      uint8_t opcode, size_t payload)
{
    size_t at = b->n;
    put_fill(b, 0, header);
    set_int(b, at, header + payload, 2);
    set_int(b, at + 2, type, 1);
    set_int(b, at + 3, 0xc0, 1);
    set_int(b, at + 4, opcode, 1);
    set_int(b, at + 6, 3, 2);
    set_int(b, at + 8, 11, 4);
    set_int(b, at + 12, 100, 4);
    set_int(b, at + 16, (uint64_t)TIME, 8);
    memcpy(b->p + at + 0x18, guid, 16);
}

static const uint8_t HEAP_GUID[16] = {0xab, 0x62, 0x29, 0x22, 0x80, 0x61, 0x88, 0x4b,
                                      0xa8, 0x25, 0x34, 0x6b, 0x75, 0xf2, 0xa2, 0x4a};

static void test_system(void **state)
{
    (void)state;
    for (unsigned type = 1; type <= 2; type++) {
        struct bytes b = {0};
        struct etl_record r;
        put_system(&b, type, 0x1021, TIME, 100, 11, 5);
        put_int(&b, 0x0504030201, 5);
        put_padding(&b);
        uint8_t *block = read_one(&b, &r);
        assert_int_equal(r.type, type);
        assert_int_equal(r.pointer_size, 4 * type);
        assert_int_equal(r.group, ETL_GROUP_HEAP);
        assert_int_equal(r.opcode, 33);
        assert_int_equal(r.version, 2);
        assert_true(r.time == TIME);
        assert_int_equal(r.pid, 100);
        assert_int_equal(r.tid, 11);
        assert_null(r.guid);
        assert_int_equal(r.flags, ETL_RECORD_HAS_TIME | ETL_RECORD_HAS_IDS | ETL_RECORD_CLASSIC);
        assert_int_equal(r.payload.len, 5);
        assert_memory_equal(r.payload.p, "\1\2\3\4\5", 5);
        free(block);
        bytes_release(&b);
    }
}

static void test_compact(void **state)
{
    (void)state;
    for (unsigned type = 3; type <= 4; type++) {
        struct bytes b = {0};
        struct etl_record r;
        put_system(&b, type, 0x030a, TIME, 100, 11, 0);
        b.n -= 8;
        set_int(&b, 4, 0x18 + 3, 2);
        put(&b, "abc", 3);
        uint8_t *block = read_one(&b, &r);
        assert_int_equal(r.pointer_size, type == 3 ? 4 : 8);
        assert_int_equal(r.group, ETL_GROUP_IMAGE);
        assert_int_equal(r.opcode, 10);
        assert_int_equal(r.pid, 100);
        assert_true(r.time == TIME);
        assert_int_equal(r.payload.len, 3);
        assert_memory_equal(r.payload.p, "abc", 3);
        free(block);
        bytes_release(&b);
    }
}

/* The extension of 0 to 8 words is no part of the payload, and its bits none of the version. */
static void test_perfinfo(void **state)
{
    (void)state;
    for (unsigned counters = 0; counters < 8; counters++) {
        for (unsigned pebs = 0; pebs < 2; pebs++) {
            struct bytes b = {0};
            struct etl_record r;
            size_t words = counters + pebs;
            put_perfinfo(&b, (uint16_t)(2 | counters << 8 | pebs << 15), 0x1820, TIME,
                         8 * words + 4);
            put_fill(&b, 0xee, 8 * words);
            put(&b, "abcd", 4);
            b.p[2] = (uint8_t)(16 + pebs);
            uint8_t *block = read_one(&b, &r);
            assert_int_equal(r.version, 2);
            assert_int_equal(r.pointer_size, pebs ? 8 : 4);
            assert_int_equal(r.group, ETL_GROUP_STACK_WALK);
            assert_int_equal(r.opcode, 32);
            assert_int_equal(r.pid, UINT32_MAX);
            assert_int_equal(r.tid, UINT32_MAX);
            assert_int_equal(r.flags, ETL_RECORD_HAS_TIME | ETL_RECORD_CLASSIC);
            assert_int_equal(r.payload.len, 4);
            assert_memory_equal(r.payload.p, "abcd", 4);
            free(block);
            bytes_release(&b);
        }
    }
}

static void test_perfinfo_extension_past_end(void **state)
{
    (void)state;
    struct bytes b = {0};
    struct etl_record r[2];
    bool damaged;
    uint8_t *block;
    put_perfinfo(&b, 0x8702, 0x1820, TIME, 0);
    put_fill(&b, 0, 64);
    assert_int_equal(read_all(&b, r, 2, &damaged, &block), 0);
    assert_true(damaged);
    free(block);
    bytes_release(&b);
}

static void test_class_forms(void **state)
{
    (void)state;
    static const struct {
        unsigned type;
        size_t header;
        unsigned pointer_size;
    } FORMS[] = {{10, 0x30, 4}, {20, 0x30, 8}, {11, 0x48, 4}, {21, 0x48, 8}};
    for (size_t i = 0; i < 4; i++) {
        struct bytes b = {0};
        struct etl_record r;
        put_class(&b, FORMS[i].type, FORMS[i].header, HEAP_GUID, 36, 20);
        put_fill(&b, 7, 20);
        uint8_t *block = read_one(&b, &r);
        assert_int_equal(r.group, ETL_GROUP_HEAP);
        assert_int_equal(r.opcode, 36);
        assert_int_equal(r.version, 3);
        assert_int_equal(r.pointer_size, FORMS[i].pointer_size);
        assert_int_equal(r.pid, 100);
        assert_int_equal(r.tid, 11);
        assert_true(r.time == TIME);
        assert_memory_equal(r.guid, HEAP_GUID, 16);
        assert_int_equal(r.payload.len, 20);
        assert_int_equal(r.payload.p[0], 7);
        free(block);
        bytes_release(&b);
    }
}

/* An EVENT header with two extended items and a payload of four bytes. */
static struct bytes make_event(unsigned type)
{
    struct bytes b = {0};
    put_fill(&b, 0, 0x50);
    set_int(&b, 2, type, 1);
    set_int(&b, 3, 0xc0, 1);
    set_int(&b, 4, 1, 2);
    set_int(&b, 8, 11, 4);
    set_int(&b, 12, 100, 4);
    set_int(&b, 16, (uint64_t)TIME, 8);
    memcpy(b.p + 0x18, HEAP_GUID, 16);
    set_int(&b, 0x28, 4711, 2);
    set_int(&b, 0x2a, 5, 1);
    set_int(&b, 0x2d, 33, 1);
    put_int(&b, 16, 2); /* ItemSize */
    put_int(&b, 3, 2);
    put_int(&b, 1, 2);
    put_int(&b, 4, 2);
    put_int(&b, 0x11223344, 8);
    put_int(&b, 24, 2);
    put_int(&b, 6, 2);
    put_int(&b, 0, 2);
    put_int(&b, 16, 2);
    put_fill(&b, 9, 16);
    put(&b, "data", 4);
    set_int(&b, 0, b.n, 2);
    return b;
}

static void test_event_with_items(void **state)
{
    (void)state;
    for (unsigned type = 18; type <= 19; type++) {
        struct bytes b = make_event(type);
        struct etl_record r;
        struct etl_item item;
        uint8_t *block = read_one(&b, &r);
        assert_int_equal(r.id, 4711);
        assert_int_equal(r.version, 5);
        assert_int_equal(r.opcode, 33);
        assert_int_equal(r.pointer_size, type == 18 ? 4 : 8);
        assert_int_equal(r.flags, ETL_RECORD_HAS_TIME | ETL_RECORD_HAS_IDS);
        assert_int_equal(r.payload.len, 4);
        assert_memory_equal(r.payload.p, "data", 4);
        assert_true(etl_record_next_item(&r.items, &item));
        assert_int_equal(item.type, 3);
        assert_int_equal(item.data.len, 4);
        assert_true(etl_record_next_item(&r.items, &item));
        assert_int_equal(item.type, 6);
        assert_int_equal(item.data.len, 16);
        assert_false(etl_record_next_item(&r.items, &item));
        free(block);
        set_int(&b, 4, 0, 2);
        block = read_one(&b, &r);
        assert_int_equal(r.payload.len, 16 + 24 + 4);
        assert_int_equal(r.items.len, 0);
        free(block);
        bytes_release(&b);
    }
}

/* A broken chain of items costs the payload, not the walk. */
static void test_event_with_broken_items(void **state)
{
    (void)state;
    static const uint16_t SIZES[] = {0, 7, 48, 65535};
    for (size_t i = 0; i < 4; i++) {
        struct bytes b = make_event(19);
        struct etl_record r;
        set_int(&b, 0x50, SIZES[i], 2);
        uint8_t *block = read_one(&b, &r);
        assert_true((r.flags & ETL_RECORD_OPAQUE) != 0);
        free(block);
        bytes_release(&b);
    }
}

static void test_message(void **state)
{
    (void)state;
    for (unsigned options = 0; options < 256; options++) {
        struct bytes b = {0};
        struct etl_record r;
        put_int(&b, 0, 2);
        put_int(&b, 0x0f, 1);
        put_int(&b, 0x90, 1);
        put_int(&b, 17, 2);
        put_int(&b, options, 2);
        if (options & 0x01)
            put_int(&b, 0xaaaaaaaa, 4);
        if (options & 0x04)
            put_int(&b, 0xbbbbbbbb, 4);
        else if (options & 0x02)
            put_guid(&b, 1);
        if (options & 0x18)
            put_int(&b, 999, 8);
        if (options & 0x20) {
            put_int(&b, 11, 4);
            put_int(&b, 100, 4);
        }
        put(&b, "args", 4);
        set_int(&b, 0, b.n, 2);
        uint8_t *block = read_one(&b, &r);
        assert_int_equal(r.type, ETL_HEADER_MESSAGE);
        assert_int_equal(r.id, 17);
        assert_int_equal(r.payload.len, 4);
        assert_memory_equal(r.payload.p, "args", 4);
        assert_true(r.time == (options & 0x08 ? 999 : -5));
        assert_int_equal(r.pid, options & 0x20 ? 100 : UINT32_MAX);
        assert_int_equal(r.pointer_size, options & 0x80 ? 8 : options & 0x40 ? 4 : 0);
        assert_int_equal(r.guid != NULL, (options & 0x06) == 0x02);
        free(block);
        bytes_release(&b);
    }
}

/* ERROR, TIMED, WNODE and types from the future are passed over by their size. */
static void test_unknown_types(void **state)
{
    (void)state;
    static const unsigned TYPES[] = {0, 5, 12, 13, 14, 22, 31, 200, 255};
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        struct bytes b = {0};
        struct etl_record r[3];
        bool damaged;
        uint8_t *block;
        put_int(&b, 27, 2);
        put_int(&b, TYPES[i], 1);
        put_int(&b, 0xc0, 1);
        put_fill(&b, 0, 23);
        put_padding(&b);
        put_alloc(&b, TIME, 1, 2, 3, 4);
        assert_int_equal(read_all(&b, r, 3, &damaged, &block), 2);
        assert_false(damaged);
        assert_true((r[0].flags & ETL_RECORD_OPAQUE) != 0);
        assert_int_equal(r[1].opcode, 33);
        free(block);
        bytes_release(&b);
    }
}

static void test_placeholder_and_end(void **state)
{
    (void)state;
    struct bytes b = {0};
    struct etl_record r[4];
    bool damaged;
    uint8_t *block;
    put_int(&b, 0xc00f, 4);
    put_int(&b, 0x18, 2);
    put_fill(&b, 0, 0x12);
    put_alloc(&b, TIME, 1, 2, 3, 4);
    put_int(&b, 0xffffffff, 4);
    put_int(&b, 0, 4);
    put_alloc(&b, TIME, 1, 2, 3, 4);
    assert_int_equal(read_all(&b, r, 4, &damaged, &block), 1);
    assert_false(damaged);
    free(block);
    bytes_release(&b);
}

/* What cannot be a record ends the walk; what came before it stands. */
static void expect_damage_behind_one(struct bytes *tail)
{
    struct bytes b = {0};
    struct etl_record r[4];
    bool damaged;
    uint8_t *block;
    put_alloc(&b, TIME, 1, 2, 3, 4);
    put(&b, tail->p, tail->n);
    assert_int_equal(read_all(&b, r, 4, &damaged, &block), 1);
    assert_true(damaged);
    free(block);
    bytes_release(&b);
    bytes_release(tail);
}

static void test_damage(void **state)
{
    (void)state;
    static const struct {
        unsigned type;
        unsigned size_at;
        unsigned header;
    } TYPES[] = {{1, 4, 0x20},  {2, 4, 0x20},  {3, 4, 0x18},  {4, 4, 0x18},  {10, 0, 0x30},
                 {11, 0, 0x48}, {13, 0, 8},    {15, 0, 8},    {16, 4, 0x10}, {17, 4, 0x10},
                 {18, 0, 0x50}, {19, 0, 0x50}, {20, 0, 0x30}, {21, 0, 0x48}, {99, 0, 8}};
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        const unsigned sizes[] = {0, 1, 7, TYPES[i].header - 1, 0x59, 0xffff};
        for (size_t s = 0; s < 6; s++) {
            struct bytes b = {0};
            put_fill(&b, 0, 0x58);
            set_int(&b, 2, TYPES[i].type, 1);
            set_int(&b, 3, 0xc0, 1);
            set_int(&b, TYPES[i].size_at, sizes[s], 2);
            expect_damage_behind_one(&b);
        }
    }
    static const uint8_t MARKS[] = {0x00, 0x40, 0x7f, 0x80, 0xa0, 0xe0, 0xff};
    for (size_t i = 0; i < sizeof MARKS; i++) {
        struct bytes b = {0};
        put_fill(&b, 0, 0x58);
        set_int(&b, 0, 0x20, 2);
        set_int(&b, 2, 2, 1);
        set_int(&b, 3, MARKS[i], 1);
        set_int(&b, 4, 0x20, 2);
        expect_damage_behind_one(&b);
    }
    struct bytes b = {0};
    put_int(&b, 0xc00f, 8); /* a placeholder without a size */
    expect_damage_behind_one(&b);
}

static void test_empty_buffers(void **state)
{
    (void)state;
    struct etl_cursor c;
    struct etl_record r;
    static const uint8_t HEADER[0x48];
    static const size_t LENGTHS[] = {0, 1, 0x47, 0x48};
    for (size_t i = 0; i < 4; i++) {
        etl_cursor_init(&c, (struct span){HEADER, LENGTHS[i]}, 0);
        assert_false(etl_cursor_next(&c, &r));
        assert_false(c.damaged);
    }
}

static void test_tally(void **state)
{
    (void)state;
    static struct etl_tally t;
    memset(&t, 0, sizeof t);
    struct etl_guid heap = etl_guid_load(HEAP_GUID);
    struct etl_record hook = {.type = 2, .group = ETL_GROUP_HEAP, .time = 5};
    struct etl_record guid = {.type = 20, .group = ETL_GROUP_HEAP, .guid = HEAP_GUID, .time = 3};
    struct etl_record stack = {.type = 17, .group = ETL_GROUP_STACK_WALK, .time = 9};
    struct etl_record other = {.type = 15, .group = ETL_GROUP_NONE, .time = 8};
    etl_tally_record(&t, &hook);
    etl_tally_record(&t, &guid);
    etl_tally_record(&t, &stack);
    etl_tally_record(&t, &hook);
    etl_tally_record(&t, &other);
    assert_int_equal(t.records, 5);
    assert_int_equal(t.last_time, 9);
    assert_int_equal(t.stack_records, 1);
    assert_int_equal(t.by_header_type[2], 2);
    assert_int_equal(t.by_header_type[15], 1);
    assert_int_equal(t.other_provider_records, 1);
    assert_int_equal(t.provider_count, 2);
    assert_true(etl_guid_equal(&t.providers[0].guid, &heap));
    assert_int_equal(t.providers[0].records, 3);
}

/* More providers than the table holds are counted together, the known ones still apart. */
static void test_many_providers(void **state)
{
    (void)state;
    static struct etl_tally t;
    memset(&t, 0, sizeof t);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 1500; i++) {
            struct etl_guid g = {{0}};
            memcpy(g.bytes, &i, sizeof i);
            etl_tally_provider(&t, &g);
        }
    }
    assert_int_equal(t.provider_count, ETL_TALLY_PROVIDERS);
    assert_int_equal(t.other_provider_records, 2 * (1500 - ETL_TALLY_PROVIDERS));
    for (size_t i = 0; i < t.provider_count; i++)
        assert_int_equal(t.providers[i].records, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_system),
        cmocka_unit_test(test_compact),
        cmocka_unit_test(test_perfinfo),
        cmocka_unit_test(test_perfinfo_extension_past_end),
        cmocka_unit_test(test_class_forms),
        cmocka_unit_test(test_event_with_items),
        cmocka_unit_test(test_event_with_broken_items),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_unknown_types),
        cmocka_unit_test(test_placeholder_and_end),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_empty_buffers),
        cmocka_unit_test(test_tally),
        cmocka_unit_test(test_many_providers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
