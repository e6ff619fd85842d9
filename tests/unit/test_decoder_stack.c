/*
 * Stack records built from etl-format 5 and 2.2 byte by byte: every opcode, both pointer sizes,
 * hook and GUID form, extended items, and what is cut short.
 */
#include "test_decoder_bytes.h"

#include "decoder/etl_merge.h"
#include "decoder/stack_event.h"

static const uint8_t STACK_GUID[16] = {0x46, 0xfe, 0xf2, 0xde, 0xd6, 0x7b, 0x80, 0x4b,
                                       0xbd, 0x94, 0xf5, 0x7f, 0xe2, 0x0d, 0x0c, 0xe3};
static const uint8_t HEAP_GUID[16] = {0xab, 0x62, 0x29, 0x22, 0x80, 0x61, 0x88, 0x4b,
                                      0xa8, 0x25, 0x34, 0x6b, 0x75, 0xf2, 0xa2, 0x4a};

static const uint64_t FRAMES[] = {0x7ffb6c1f1234, 0x7ff61000aaaa, 0xfffff80312345678, 0x401000};
#define FRAME_COUNT (sizeof FRAMES / sizeof FRAMES[0])

/* A PERFINFO record of the StackWalk group in front of a payload of `size` bytes. */
static void put_head(struct bytes *b, unsigned width, uint16_t hook, int64_t time, size_t size)
{
    put_perfinfo(b, 2, hook, time, size);
    set_int(b, b->n - 0x10 + 2, width == 8 ? 17 : 16, 1);
}

static void put_named(struct bytes *b, int64_t event_time, uint32_t pid, uint32_t tid)
{
    put_int(b, (uint64_t)event_time, 8);
    put_int(b, pid, 4);
    put_int(b, tid, 4);
}

static void put_frames(struct bytes *b, unsigned width)
{
    for (size_t i = 0; i < FRAME_COUNT; i++)
        put_int(b, FRAMES[i], width);
}

static void begin(struct bytes *b)
{
    *b = (struct bytes){0};
    put_fill(b, 0, 0x48);
}

static struct etl_record first_record(const struct bytes *b)
{
    struct etl_cursor c;
    struct etl_record r;
    etl_cursor_init(&c, bytes_span(b), 0);
    assert_true(etl_cursor_next(&c, &r));
    return r;
}

static void assert_frames(const struct trace_event *e, unsigned width)
{
    assert_int_equal(e->stack.frame_count, FRAME_COUNT);
    for (size_t i = 0; i < FRAME_COUNT; i++)
        assert_true(e->stack.frames[i] == (width == 8 ? FRAMES[i] : FRAMES[i] & 0xffffffff));
}

static void assert_named(const struct trace_event *e)
{
    assert_true(e->time == 5001);
    assert_true(e->stack.event_time == 0x1122334455667788);
    assert_int_equal(e->pid, 100);
    assert_int_equal(e->tid, 11);
}

static void test_stack(void **state)
{
    (void)state;
    uint64_t frames[STACK_FRAMES_MAX];
    for (unsigned width = 4; width <= 8; width += 4) {
        struct bytes b;
        struct trace_event e;
        begin(&b);
        put_head(&b, width, 0x1820, 5001, 16 + FRAME_COUNT * width);
        put_named(&b, 0x1122334455667788, 100, 11);
        put_frames(&b, width);
        struct etl_record r = first_record(&b);
        assert_true(stack_event_is(&r));
        assert_true(stack_event_decode(&r, frames, &e));
        assert_int_equal(e.kind, EVENT_STACK);
        assert_int_equal(e.pointer_size, width);
        assert_named(&e);
        assert_frames(&e, width);
        bytes_release(&b);
    }
}

/* A re-logged file has the GUID form, whose header names a process of its own. */
static void test_guid_form(void **state)
{
    (void)state;
    uint64_t frames[STACK_FRAMES_MAX];
    struct bytes b;
    struct trace_event e;
    begin(&b);
    put_int(&b, 0x30 + 16 + FRAME_COUNT * 8, 2);
    put_int(&b, 20, 1);
    put_int(&b, 0xc0, 1);
    put_int(&b, 32, 1);
    put_int(&b, 0, 1);
    put_int(&b, 2, 2);
    put_int(&b, 77, 4);
    put_int(&b, 78, 4);
    put_int(&b, 5001, 8);
    put(&b, STACK_GUID, 16);
    put_int(&b, 0, 8);
    put_named(&b, 0x1122334455667788, 100, 11);
    put_frames(&b, 8);
    struct etl_record r = first_record(&b);
    assert_true(stack_event_is(&r));
    assert_true(stack_event_decode(&r, frames, &e));
    assert_named(&e);
    assert_frames(&e, 8);
    bytes_release(&b);
}

static void test_definitions(void **state)
{
    (void)state;
    uint64_t frames[STACK_FRAMES_MAX];
    for (uint16_t hook = 0x1822; hook <= 0x1824; hook++) {
        for (unsigned width = 4; width <= 8; width += 4) {
            struct bytes b;
            struct trace_event e;
            begin(&b);
            put_head(&b, width, hook, 5001, width + FRAME_COUNT * width);
            put_int(&b, 0xffffa50112340010, width);
            put_frames(&b, width);
            struct etl_record r = first_record(&b);
            assert_true(stack_event_is(&r));
            assert_true(stack_event_decode(&r, frames, &e));
            assert_int_equal(e.kind, EVENT_STACK_DEFINITION);
            assert_true(e.stack.key == (width == 8 ? 0xffffa50112340010 : 0x12340010));
            assert_true(e.time == 5001);
            assert_frames(&e, width);
            bytes_release(&b);
        }
    }
}

static void test_references(void **state)
{
    (void)state;
    uint64_t frames[STACK_FRAMES_MAX];
    for (uint16_t hook = 0x1825; hook <= 0x1826; hook++) {
        for (unsigned width = 4; width <= 8; width += 4) {
            struct bytes b;
            struct trace_event e;
            begin(&b);
            put_head(&b, width, hook, 5001, 16 + width);
            put_named(&b, 0x1122334455667788, 100, 11);
            put_int(&b, 0xffffa50112340010, width);
            struct etl_record r = first_record(&b);
            assert_true(stack_event_is(&r));
            assert_true(stack_event_decode(&r, frames, &e));
            assert_int_equal(e.kind, EVENT_STACK_REFERENCE);
            assert_int_equal(e.stack.is_kernel, hook == 0x1825);
            assert_true(e.stack.key == (width == 8 ? 0xffffa50112340010 : 0x12340010));
            assert_named(&e);
            bytes_release(&b);
        }
    }
}

/* The payload of `hook` cut to every length: never more than was there, and a head cut is told. */
static void test_cut_short(void **state)
{
    (void)state;
    static const struct {
        uint16_t hook;
        size_t least; /* bytes that must be there */
        size_t frames_at;
    } forms[] = {{0x1820, 16, 16}, {0x1823, 8, 8}, {0x1826, 24, 24}};
    uint64_t frames[STACK_FRAMES_MAX];
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        for (size_t n = 0; n <= 50; n++) {
            struct bytes b;
            struct trace_event e;
            begin(&b);
            put_head(&b, 8, forms[f].hook, 1, n);
            put_fill(&b, 0x41, n);
            struct etl_record r = first_record(&b);
            assert_int_equal(stack_event_decode(&r, frames, &e), n >= forms[f].least);
            if (n >= forms[f].least && e.kind != EVENT_STACK_REFERENCE)
                assert_int_equal(e.stack.frame_count, (n - forms[f].frames_at) / 8);
            bytes_release(&b);
        }
    }
}

static void test_too_many_frames(void **state)
{
    (void)state;
    static uint64_t frames[STACK_FRAMES_MAX];
    struct bytes b;
    struct trace_event e;
    begin(&b);
    put_head(&b, 8, 0x1820, 1, 16 + 5000 * 8);
    put_named(&b, 1, 2, 3);
    for (unsigned i = 0; i < 5000; i++)
        put_int(&b, i, 8);
    struct etl_record r = first_record(&b);
    assert_true(stack_event_decode(&r, frames, &e));
    assert_int_equal(e.stack.frame_count, STACK_FRAMES_MAX);
    assert_int_equal(frames[STACK_FRAMES_MAX - 1], STACK_FRAMES_MAX - 1);
    bytes_release(&b);
}

static void test_what_is_no_stack(void **state)
{
    (void)state;
    static const uint16_t hooks[] = {0x181f, 0x1821, 0x1827, 0x1021, 0x0f2e};
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
        struct bytes b;
        begin(&b);
        put_head(&b, 8, hooks[i], 1, 40);
        put_fill(&b, 0, 40);
        struct etl_record r = first_record(&b);
        assert_false(stack_event_is(&r));
        bytes_release(&b);
    }
}

/* ---- extended items ---- */

static void put_item(struct bytes *b, uint16_t type, bool more, unsigned width, size_t count)
{
    size_t data = 8 + count * width;
    size_t size = (8 + data + 7) & ~(size_t)7;
    size_t end = b->n + size;
    put_int(b, size, 2);
    put_int(b, type, 2);
    put_int(b, more, 2);
    put_int(b, data, 2);
    put_int(b, 99, 8);
    for (size_t i = 0; i < count; i++)
        put_int(b, 0x1000 * (type + i), width);
    put_fill(b, 0, end - b->n);
}

/* An Alloc as EVENT_HEADER64 record with a SID, a 32-bit stack, an empty one and a 64-bit one. */
static void put_event_alloc(struct bytes *b)
{
    size_t at = b->n;
    put_fill(b, 0, 0x50);
    put_item(b, 2, true, 4, 3);
    put_item(b, 5, true, 4, 3);
    put_item(b, 6, true, 8, 0);
    put_item(b, 6, false, 8, 2);
    put_int(b, 0x1a0000, 8);
    put_int(b, 308, 8);
    put_int(b, 0x1a1000, 8);
    put_int(b, 3, 4);
    set_int(b, at, b->n - at, 2);
    set_int(b, at + 2, 19, 1);
    set_int(b, at + 3, 0xc0, 1);
    set_int(b, at + 4, 1, 2);
    set_int(b, at + 8, 11, 4);
    set_int(b, at + 0xc, 100, 4);
    set_int(b, at + 0x10, 5000, 8);
    memcpy(b->p + at + 0x18, HEAP_GUID, 16);
    set_int(b, at + 0x2a, 2, 1);
    set_int(b, at + 0x2d, 33, 1);
    put_padding(b);
}

static void assert_item_stack(const struct trace_event *e, unsigned type, uint32_t count)
{
    assert_int_equal(e->kind, EVENT_STACK);
    assert_true(e->time == 5000 && e->stack.event_time == 5000);
    assert_int_equal(e->pid, 100);
    assert_int_equal(e->tid, 11);
    assert_int_equal(e->cpu, 3);
    assert_int_equal(e->stack.frame_count, count);
    for (uint32_t i = 0; i < count; i++)
        assert_true(e->stack.frames[i] == 0x1000 * (type + i));
}

/* Through the merge: the heap event comes first, then its stacks, then the next record. */
static void test_items_follow_their_event(void **state)
{
    (void)state;
    struct bytes b = {0};
    size_t at = begin_buffer(&b, 1, 3, 0x20, 0);
    put_event_alloc(&b);
    put_alloc(&b, 6000, 100, 11, 0x1a2000, 16);
    end_buffer(&b, at, 0);
    static struct etl_tally tally;
    struct etl_file_header header = {.pointer_size = 8};
    struct etl_merge *m = etl_merge_new();
    assert_int_equal(etl_merge_open(m, 0, &header, &tally, NULL, NULL), 0);
    struct etl_buffer_ref ref = {.stored = (uint32_t)b.n, .bytes = b.p};
    assert_true(etl_buffer_parse(bytes_span(&b), &ref.header));
    assert_int_equal(etl_merge_add(m, 0, &ref), 0);
    struct trace_event e[8];
    assert_int_equal(etl_merge_read(m, INT64_MAX, e, 8), 4);
    assert_int_equal(e[0].kind, EVENT_HEAP);
    assert_int_equal(e[0].op, HEAP_OP_ALLOC);
    assert_int_equal(e[0].size, 308);
    assert_int_equal(e[0].address, 0x1a1000);
    assert_item_stack(&e[1], 5, 3);
    assert_item_stack(&e[2], 6, 2);
    assert_int_equal(e[3].kind, EVENT_HEAP);
    assert_true(e[3].time == 6000);
    assert_int_equal(tally.heap_events, 2);
    assert_int_equal(tally.records, 2);
    assert_int_equal(tally.records_skipped, 0);
    etl_merge_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stack),
        cmocka_unit_test(test_guid_form),
        cmocka_unit_test(test_definitions),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_too_many_frames),
        cmocka_unit_test(test_what_is_no_stack),
        cmocka_unit_test(test_items_follow_their_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
