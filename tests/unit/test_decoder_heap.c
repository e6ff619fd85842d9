/*
 * Heap payloads. The expected layouts stand here a second time, as the rows of etl-format 4 written
 * out as words, and every payload is built from them.
 */
#include "test_decoder_bytes.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>

#include "decoder/heap_event.h"

/* The golden records of etl-format 11. */
static const uint8_t ALLOC64[] = {
    0x02, 0x00, 0x02, 0xc0, 0x3c, 0x00, 0x21, 0x10, 0x0b, 0x00, 0x00, 0x00, 0x64, 0x00, 0x00,
    0x00, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x1a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x34, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x10, 0x1a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00};
static const uint8_t REALLOC64[] = {
    0x02, 0x00, 0x02, 0xc0, 0x4c, 0x00, 0x22, 0x10, 0x0c, 0x00, 0x00, 0x00, 0x64, 0x00, 0x00, 0x00,
    0x89, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x1a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x20, 0x1a, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x10, 0x1a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x34, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x34, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00};
static const uint8_t REALLOC32[] = {
    0x02, 0x00, 0x01, 0xc0, 0x38, 0x00, 0x22, 0x10, 0x0c, 0x00, 0x00, 0x00, 0xc8, 0x00,
    0x00, 0x00, 0x89, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x50, 0x00, 0x00, 0x09, 0x50, 0x00, 0x00, 0x08,
    0x50, 0x00, 0x20, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00};

static struct trace_event decode_golden(const uint8_t *record, size_t n)
{
    struct bytes b = {0};
    put_fill(&b, 0, 0x48);
    put(&b, record, n);
    struct etl_cursor c;
    struct etl_record r;
    struct trace_event e;
    uint64_t extra[HEAP_EXTRA_MAX];
    etl_cursor_init(&c, bytes_span(&b), 0);
    assert_true(etl_cursor_next(&c, &r));
    assert_true(heap_event_is(&r));
    assert_true(heap_event_decode(&r, extra, &e));
    bytes_release(&b);
    return e;
}

static void test_golden_alloc(void **state)
{
    (void)state;
    struct trace_event e = decode_golden(ALLOC64, sizeof ALLOC64);
    assert_int_equal(e.kind, EVENT_HEAP);
    assert_int_equal(e.op, HEAP_OP_ALLOC);
    assert_true(e.time == 0x1122334455667788);
    assert_int_equal(e.pid, 100);
    assert_int_equal(e.tid, 11);
    assert_int_equal(e.heap, 0x1a0000);
    assert_int_equal(e.size, 308);
    assert_int_equal(e.address, 0x1a1000);
    assert_int_equal(e.source, 3);
    assert_int_equal(e.pointer_size, 8);
    assert_int_equal(e.has, EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE);
    assert_null(e.extra);
}

static void test_golden_realloc(void **state)
{
    (void)state;
    struct trace_event e = decode_golden(REALLOC64, sizeof REALLOC64);
    assert_int_equal(e.op, HEAP_OP_REALLOC);
    assert_int_equal(e.address, 0x1a2000);
    assert_int_equal(e.old_address, 0x1a1000);
    assert_int_equal(e.size, 564);
    assert_int_equal(e.old_size, 308);
    assert_int_equal(e.source, 3);
    e = decode_golden(REALLOC32, sizeof REALLOC32);
    assert_int_equal(e.pid, 200);
    assert_int_equal(e.pointer_size, 4);
    assert_int_equal(e.heap, 0x500000);
    assert_int_equal(e.address, 0x500900);
    assert_int_equal(e.old_address, 0x500800);
    assert_int_equal(e.size, 32);
    assert_int_equal(e.old_size, 16);
    assert_int_equal(e.source, 2);
}

/*
 * One payload: fields as "P<name>" or "4<name>", in wire order; `*` marks the event's own values
 * (h heap, a address, s size, A old address, S old size, o source) as cli.md's table has them.
 */
struct expected {
    unsigned op;
    const char *name;
    size_t size32;
    size_t size64;
    const char *fields;
};

#define HEAP "Ph*HeapHandle "
#define RESIZE                                                                                     \
    HEAP "Ps*CommittedSize Pa*CommitAddress PFreeSpace PCommittedSpace PReservedSpace 4NoOfUCRs "
#define SHRINK                                                                                     \
    HEAP "Ps*DeCommittedSize Pa*DeCommitAddress PFreeSpace PCommittedSpace PReservedSpace "        \
         "4NoOfUCRs "
#define SNAP0 HEAP "PFreeSpace PCommittedSpace PReservedSpace 4HeapFlags "
#define SNAP2 SNAP0 "4ProcessId PLargeUCRSpace 4FreeListLength 4UCRLength "
#define SNAP3 SNAP2 "PAllocatedSpace "
#define SUB   HEAP "PSubSegment PSubSegmentSize PBlockSize "

static const struct expected EXPECTED[] = {
    {32, "Create", 8, 12, HEAP "4HeapFlags "},
    {32, "Create", 20, 36, HEAP "4HeapFlags PReservedSpace PCommittedSpace PAllocatedSpace "},
    {33, "Alloc", 16, 28, HEAP "Ps*Size Pa*Address 4o*Source "},
    {34, "ReAlloc", 24, 44, HEAP "Pa*NewAddress PA*OldAddress Ps*NewSize PS*OldSize 4o*Source "},
    {35, "Destroy", 4, 8, HEAP},
    {36, "Free", 12, 20, HEAP "Pa*Address 4o*Source "},
    {37, "Expand", 28, 52, RESIZE},
    {37, "Expand", 32, 60, RESIZE "PAllocatedSpace "},
    {38, "SnapShot", 20, 36, SNAP0},
    {38, "SnapShot", 36, 56, SNAP2},
    {38, "SnapShot", 40, 64, SNAP3},
    {38, "SnapShot", 44, 72, SNAP3 "PHeapTag "},
    {39, "CreateSnapShot", 40, 64, SNAP3},
    {40, "DestroySnapShot", 40, 64, SNAP3},
    {41, "ExtendSnapShot", 40, 64, SNAP3},
    {42, "Contract", 28, 52, SHRINK},
    {42, "Contract", 32, 60, SHRINK "PAllocatedSpace "},
    {43, "Lock", 4, 8, HEAP},
    {44, "Unlock", 4, 8, HEAP},
    {45, "Validate", 4, 8, HEAP},
    {46, "Walk", 4, 8, HEAP},
    {47, "SubSegmentAlloc", 16, 32, SUB},
    {48, "SubSegmentFree", 16, 32, SUB},
    {49, "SubSegmentAllocCached", 16, 32, SUB},
    {50, "SubSegmentFreeCached", 16, 32, SUB},
    {51, "Commit", 16, 32, HEAP "PBlock PSize 4Caller "},
    {52, "Decommit", 16, 32, HEAP "PBlock PSize 4Caller "},
    {53, "SubSegmentInit", 20, 36, HEAP "PSubSegment PBlockSize PBlockCount 4AffinityIndex "},
    {54, "AffinityManagerEnable", 8, 12, HEAP "4BucketIndex "},
    {55, "AffinitySlotAssigned", 4, 4, "4SlotIndex "},
    {56, "SubSegmentActivated", 8, 16, HEAP "PSubSegment "},
    {57, "AffinitySlotChanged", 12, 20, HEAP "PSubSegment 4SlotIndex "},
    {58, "SubSegmentReuseThresholdActivated", 12, 20, HEAP "PSubSegment 4BucketIndex "},
    {0x100, "RangeRundown", 16, 20, HEAP "4Flags 4ProcessId 4RangeCount "},
    {0x101, "RangeCreate", 12, 24, HEAP "Ps*FirstRangeSize 4Flags "},
    {0x102, "RangeReserve", 12, 24, HEAP "Pa*Address Ps*Size "},
    {0x103, "RangeRelease", 12, 24, HEAP "Pa*Address Ps*Size "},
    {0x104, "RangeDestroy", 4, 8, HEAP},
};
#define EXPECTED_COUNT (sizeof EXPECTED / sizeof EXPECTED[0])

/* A payload of `x` with a value of its own in each field, padded to the size of the table. */
static struct bytes make_payload(const struct expected *x, unsigned w)
{
    struct bytes b = {0};
    uint64_t value = UINT64_C(0x8877665544332201);
    for (const char *f = x->fields; *f != '\0'; f = strchr(f, ' ') + 1)
        put_int(&b, value++, *f == 'P' ? w : 4);
    while (b.n < (w == 8 ? x->size64 : x->size32))
        put_int(&b, 0xcc, 1);
    return b;
}

static struct etl_record make_record(unsigned op, const struct bytes *payload, unsigned w)
{
    return (struct etl_record){
        .time = 42,
        .payload = bytes_span(payload),
        .pid = 7,
        .tid = 8,
        .group = op < 0x100 ? ETL_GROUP_HEAP : ETL_GROUP_PAGE_FAULT,
        .opcode = (uint8_t)(op < 0x100 ? op : op - 0x100 + 100),
        .version = 2,
        .type = w == 8 ? 2 : 1,
        .pointer_size = (uint8_t)w,
        .flags = ETL_RECORD_HAS_TIME | ETL_RECORD_HAS_IDS | ETL_RECORD_CLASSIC,
    };
}

static void check_own(char sign, uint64_t value, const struct trace_event *e)
{
    static const char SIGNS[] = "hasASo";
    const uint64_t got[] = {e->heap, e->address, e->size, e->old_address, e->old_size, e->source};
    static const unsigned HAS[] = {EVENT_HAS_HEAP,        EVENT_HAS_ADDRESS,  EVENT_HAS_SIZE,
                                   EVENT_HAS_OLD_ADDRESS, EVENT_HAS_OLD_SIZE, EVENT_HAS_SOURCE};
    size_t i = (size_t)(strchr(SIGNS, sign) - SIGNS);
    assert_true(got[i] == value);
    assert_true((e->has & HAS[i]) != 0);
}

/* Compares the event, and what the table says about its layout, with the words of `x`. */
static void check_event(const struct expected *x, unsigned w, const struct trace_event *e)
{
    const struct heap_op_info *info = heap_op_info(x->op);
    assert_non_null(info);
    assert_true(e->layout < info->layout_count);
    const struct heap_layout *layout = &info->layouts[e->layout];
    assert_int_equal(e->op, x->op);
    assert_int_equal(e->kind, EVENT_HEAP);
    assert_int_equal(e->pointer_size, w);
    assert_int_equal(layout->pointer_size, w);
    uint64_t value = UINT64_C(0x8877665544332201);
    unsigned own = 0;
    size_t extra = 0;
    size_t field = 0;
    size_t offset = 0;
    for (const char *f = x->fields; *f != '\0'; f = strchr(f, ' ') + 1, field++, value++) {
        size_t width = *f == 'P' ? w : 4;
        uint64_t expected = width == 8 ? value : (uint32_t)value;
        const char *name = f[2] == '*' ? f + 3 : f + 1;
        size_t len = (size_t)(strchr(name, ' ') - name);
        assert_true(field < layout->field_count);
        assert_memory_equal(layout->fields[field].name, name, len);
        assert_int_equal(layout->fields[field].name[len], '\0');
        assert_int_equal(layout->fields[field].offset, offset);
        assert_int_equal(layout->fields[field].width, width);
        offset += width;
        if (f[2] == '*') {
            check_own(f[1], expected, e);
            own++;
        } else {
            assert_true(extra < e->extra_count);
            assert_true(e->extra[extra++] == expected);
        }
    }
    assert_int_equal(layout->field_count, field);
    assert_int_equal(e->extra_count, extra);
    assert_int_equal(__builtin_popcount(e->has), own);
}

/* Decodes from a block of the exact size, so that a sanitizer sees any overrun. */
static bool decode(unsigned op, const struct bytes *payload, size_t len, unsigned w,
                   uint64_t extra[static HEAP_EXTRA_MAX], struct trace_event *out)
{
    struct etl_record r = make_record(op, payload, w);
    uint8_t *block = malloc(len != 0 ? len : 1);
    assert_non_null(block);
    if (len != 0)
        memcpy(block, payload->p, len);
    r.payload = (struct span){block, len};
    assert_true(heap_event_is(&r));
    bool ok = heap_event_decode(&r, extra, out);
    free(block);
    return ok;
}

static void test_every_layout(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXPECTED_COUNT; i++) {
        for (unsigned w = 4; w <= 8; w += 4) {
            uint64_t extra[HEAP_EXTRA_MAX];
            struct trace_event e;
            struct bytes b = make_payload(&EXPECTED[i], w);
            assert_true(decode(EXPECTED[i].op, &b, b.n, w, extra, &e));
            check_event(&EXPECTED[i], w, &e);
            assert_string_equal(heap_op_info(EXPECTED[i].op)->name, EXPECTED[i].name);
            bytes_release(&b);
        }
    }
}

/* The size of a heap payload decides against the header, unless both pointer sizes have it. */
static void test_size_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXPECTED_COUNT; i++) {
        const struct expected *x = &EXPECTED[i];
        bool tie =
            x->op == 55 || (x->op >= 38 && x->op <= 41 && (x->size32 == 36 || x->size64 == 36));
        if (tie || x->op >= 0x100)
            continue;
        for (unsigned w = 4; w <= 8; w += 4) {
            uint64_t extra[HEAP_EXTRA_MAX];
            struct trace_event e;
            struct bytes b = make_payload(x, w);
            assert_true(decode(x->op, &b, b.n, 12 - w, extra, &e));
            check_event(x, w, &e);
            bytes_release(&b);
        }
    }
}

/* Newer and longer payloads are read as far as they are known. */
static void test_longer_payloads(void **state)
{
    (void)state;
    static const size_t NEWEST[] = {1,  2,  3,  4,  5,  7,  11, 16, 17,
                                    21, 25, 27, 28, 30, 31, 32, 34, 35};
    for (size_t i = 0; i < sizeof NEWEST / sizeof NEWEST[0]; i++) {
        for (unsigned w = 4; w <= 8; w += 4) {
            uint64_t extra[HEAP_EXTRA_MAX];
            struct trace_event e;
            struct bytes b = make_payload(&EXPECTED[NEWEST[i]], w);
            put_fill(&b, 0xdd, 100);
            assert_true(decode(EXPECTED[NEWEST[i]].op, &b, b.n, w, extra, &e));
            check_event(&EXPECTED[NEWEST[i]], w, &e);
            bytes_release(&b);
        }
    }
}

static void test_short_payloads(void **state)
{
    (void)state;
    for (unsigned op = 0; op < HEAP_OP_COUNT; op++) {
        const struct heap_op_info *info = heap_op_info(op);
        if (info == NULL)
            continue;
        size_t least = 4096;
        for (size_t i = 0; i < info->layout_count; i++)
            if (info->layouts[i].size < least)
                least = info->layouts[i].size;
        struct bytes b = {0};
        put_fill(&b, 1, 128);
        for (size_t n = 0; n <= 128; n++) {
            uint64_t extra[HEAP_EXTRA_MAX];
            struct trace_event e;
            assert_int_equal(decode(op, &b, n, 8, extra, &e), n >= least);
            assert_int_equal(decode(op, &b, n, 4, extra, &e), n >= least);
        }
        bytes_release(&b);
    }
}

static void test_unknown_opcode(void **state)
{
    (void)state;
    struct bytes b = {0};
    uint64_t extra[HEAP_EXTRA_MAX];
    struct trace_event e;
    put_int(&b, 0x1122334455667788, 8);
    assert_true(decode(200, &b, 8, 8, extra, &e));
    assert_int_equal(e.op, 200);
    assert_int_equal(e.has, 0);
    assert_true(decode(31, &b, 4, 4, extra, &e));
    assert_int_equal(e.op, 31);
    assert_int_equal(e.has, 0);
    bytes_release(&b);
}

/* Kernel heaps put 32 zero bytes in front of their ranges; a rundown names its own process. */
static void test_ranges(void **state)
{
    (void)state;
    struct bytes b = {0};
    uint64_t extra[HEAP_EXTRA_MAX];
    struct trace_event e;
    put_fill(&b, 0, 32);
    put_int(&b, 0xffff900000000000, 8);
    assert_true(decode(HEAP_OP_RANGE_DESTROY, &b, b.n, 8, extra, &e));
    assert_true(e.heap == 0xffff900000000000);
    put_int(&b, 0x100000, 8);
    put_int(&b, 2, 8);
    assert_int_equal(b.n, 56);
    assert_true(decode(HEAP_OP_RANGE_CREATE, &b, b.n, 8, extra, &e));
    assert_true(e.heap == 0xffff900000000000);
    assert_int_equal(e.size, 0x100000);
    assert_int_equal(e.has, EVENT_HAS_HEAP | EVENT_HAS_SIZE);
    bytes_release(&b);

    put_int(&b, 0x1a0000, 8);
    put_int(&b, 2, 4);
    put_int(&b, 4711, 4);
    put_int(&b, 1, 4);
    put_int(&b, 0, 4);
    put_int(&b, 0x1b0000, 8);
    put_int(&b, 0x10000, 8);
    assert_true(decode(HEAP_OP_RANGE_RUNDOWN, &b, b.n, 8, extra, &e));
    assert_int_equal(e.pid, 4711);
    assert_int_equal(e.has, EVENT_HAS_HEAP);
    assert_int_equal(e.extra_count, 3);
    bytes_release(&b);
}

static void test_only_heap_records(void **state)
{
    (void)state;
    struct bytes b = {0};
    struct etl_record r = make_record(33, &b, 8);
    r.group = ETL_GROUP_THREAD;
    assert_false(heap_event_is(&r));
    r.group = ETL_GROUP_PAGE_FAULT;
    r.opcode = 99;
    assert_false(heap_event_is(&r));
    r.opcode = 105;
    assert_false(heap_event_is(&r));
    r.group = ETL_GROUP_HEAP;
    r.flags = ETL_RECORD_HAS_TIME | ETL_RECORD_HAS_IDS;
    assert_false(heap_event_is(&r));
}

static void test_names(void **state)
{
    (void)state;
    char buf[32];
    for (unsigned op = 0; op < HEAP_OP_COUNT; op++) {
        const struct heap_op_info *info = heap_op_info(op);
        assert_int_equal(info != NULL, (op >= 32 && op <= 58) || op >= 0x100);
        assert_int_equal(heap_op_is_heap_event(op), op < 0x100);
        const char *name = heap_op_name(op, buf);
        unsigned found = 9999;
        assert_true(heap_op_by_name(name, strlen(name), &found));
        assert_int_equal(found, op);
        if (info == NULL)
            continue;
        char upper[40];
        size_t n = strlen(info->word);
        for (size_t i = 0; i <= n; i++)
            upper[i] = (char)toupper((unsigned char)info->word[i]);
        assert_true(heap_op_by_name(upper, n, &found));
        assert_int_equal(found, op);
        assert_true(info->letter != '\0' && info->description[0] != '\0');
        for (size_t i = 0; i < info->layout_count; i++)
            assert_true(info->layouts[i].field_count <= HEAP_EXTRA_MAX);
    }
    unsigned op;
    assert_false(heap_op_by_name("all", 3, &op));
    assert_false(heap_op_by_name("allocs", 6, &op));
    assert_false(heap_op_by_name("op256", 5, &op));
    assert_false(heap_op_by_name("op", 2, &op));
    assert_false(heap_op_by_name("op1x", 4, &op));
    assert_false(heap_op_by_name("", 0, &op));
    assert_true(heap_op_by_name("OP33", 4, &op));
    assert_int_equal(op, 33);
}

static void test_sources(void **state)
{
    (void)state;
    static const char *const WORDS[] = {"LookAside", "lfh",     "mainpath",
                                        "slowpath",  "INVALID", "segmentheap"};
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t source;
        assert_true(heap_source_by_name(WORDS[i], strlen(WORDS[i]), &source));
        assert_int_equal(source, i + 1);
        assert_non_null(heap_source_name(i + 1));
    }
    uint32_t source;
    assert_true(heap_source_by_name("lowfrag", 7, &source));
    assert_int_equal(source, 2);
    assert_false(heap_source_by_name("lf", 2, &source));
    assert_null(heap_source_name(0));
    assert_null(heap_source_name(7));
    assert_string_equal(heap_caller_name(8), "commit block");
    assert_null(heap_caller_name(0));
    assert_null(heap_caller_name(14));
    assert_null(heap_caller_name(UINT32_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_alloc),      cmocka_unit_test(test_golden_realloc),
        cmocka_unit_test(test_every_layout),      cmocka_unit_test(test_size_decides),
        cmocka_unit_test(test_longer_payloads),   cmocka_unit_test(test_short_payloads),
        cmocka_unit_test(test_unknown_opcode),    cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_only_heap_records), cmocka_unit_test(test_names),
        cmocka_unit_test(test_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
