/*
 * Real files: record counts by header type, heap operations and losses as independent readers found
 * them. Skipped when the captures are not there.
 */
#include "test_decoder_bytes.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "decoder/etl_framer.h"
#include "decoder/etl_merge.h"

struct type_count {
    unsigned type;
    uint64_t records;
};

struct expected {
    const char *name;
    uint64_t records;
    uint64_t heap_events;
    uint64_t buffers;
    uint64_t compressed;
    uint32_t cpus;
    uint32_t pointer_size;
    uint32_t mode;
    uint32_t os_build;
    uint32_t events_lost;
    struct type_count types[8];
};

static const struct expected EXPECTED[] = {
    {"heap-vs17-x64.etl",
     104142,
     67050,
     209,
     0,
     8,
     8,
     0x00010001,
     22000,
     0,
     {{2, 70559}, {17, 32453}, {19, 40}, {20, 1090}}},
    {"xpress-win8-x86.etl",
     168298,
     0,
     276,
     275,
     8,
     8,
     0x04010001,
     9200,
     0,
     {{1, 2}, {2, 4472}, {10, 73}, {17, 115091}, {18, 39425}, {19, 1073}, {20, 8162}}},
    {"xpress-tiny-ptr4.etl", 2, 0, 2, 1, 4, 4, 0x04011001, 10586, 0, {{1, 1}, {18, 1}}},
    {"xpress-selfdescribing.etl",
     23,
     0,
     3,
     2,
     12,
     8,
     0x04010001,
     22000,
     0,
     {{2, 4}, {19, 1}, {20, 18}}},
    {"circular-clr.etl", 71, 0, 5, 0, 8, 8, 0x08000002, 19045, 0, {{2, 2}, {19, 69}}},
    {"sequential-clrrundown.etl", 112, 0, 2, 0, 8, 8, 0x08000001, 19045, 0, {{2, 2}, {19, 110}}},
    {"win7-ptr4-image.etl", 27, 0, 3, 0, 16, 4, 0x00000001, 7600, 0, {{1, 1}, {10, 26}}},
    {"vista-ptr4-process.etl", 9, 0, 2, 0, 2, 4, 0x00000001, 6001, 0, {{1, 1}, {10, 8}}},
    {"lost-events-3.etl", 21, 0, 6, 0, 8, 8, 0x08000001, 18362, 3, {{2, 2}, {19, 19}}},
    {"mode0-three-buffers.etl", 4, 0, 3, 0, 6, 8, 0x00000000, 19041, 0, {{2, 2}, {19, 2}}},
    {"mode9-win11.etl", 114, 0, 26, 0, 32, 8, 0x00000009, 22623, 0, {{2, 2}, {19, 112}}},
    {"win7-relogged.etl", 114, 0, 4, 0, 4, 8, 0x00010001, 7601, 0, {{2, 1}, {19, 4}, {20, 109}}},
};

struct capture {
    struct bytes file;
    struct etl_file_header header;
    struct etl_tally tally;
    struct etl_merge *merge;
};

static int load(void *ctx, const struct etl_buffer_ref *ref, uint8_t *out)
{
    struct capture *c = ctx;
    memcpy(out, c->file.p + ref->offset, ref->stored);
    return 0;
}

static void read_file(const char *name, struct bytes *out)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", HT_CAPTURES_DIR, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        skip();
    uint8_t block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        put(out, block, n);
    fclose(f);
}

/* Opens a capture and gives the merge all its buffers. */
static struct capture *capture_open(const char *name)
{
    struct bytes file = {0};
    read_file(name, &file);
    struct capture *c = calloc(1, sizeof *c);
    assert_non_null(c);
    c->file = file;
    assert_int_equal(etl_file_header_parse(bytes_span(&c->file), &c->header, NULL), 0);
    c->merge = etl_merge_new();
    assert_non_null(c->merge);
    assert_int_equal(etl_merge_open(c->merge, 0, &c->header, &c->tally, load, c), 0);
    struct etl_framer f;
    struct etl_frame frame;
    etl_framer_init(&f, true);
    etl_framer_set_layout(&f, &c->header);
    for (;;) {
        struct span window = span_from(bytes_span(&c->file), f.offset);
        etl_framer_step(&f, window, window.len, true, &frame);
        if (frame.kind == ETL_FRAME_END)
            break;
        assert_int_equal(frame.kind, ETL_FRAME_BUFFER);
        struct etl_buffer_ref ref = {frame.header, frame.offset, (uint32_t)frame.bytes, NULL};
        assert_int_equal(etl_merge_add(c->merge, 0, &ref), 0);
    }
    assert_true(f.offset == c->file.n);
    return c;
}

static void capture_close(struct capture *c)
{
    etl_merge_free(c->merge);
    bytes_release(&c->file);
    free(c);
}

/* Reads all events, checks their order, and sums what Alloc and Free say. */
static uint64_t drain(struct capture *c)
{
    static struct trace_event events[777];
    int64_t newest = etl_merge_newest(c->merge, 0);
    int64_t last = INT64_MIN;
    uint64_t bytes = 0;
    size_t n;
    while ((n = etl_merge_read(c->merge, INT64_MAX, events, 777)) > 0) {
        for (size_t i = 0; i < n; i++) {
            assert_true(events[i].time >= last);
            assert_false(events[i].late);
            last = events[i].time;
            if (events[i].kind == EVENT_HEAP && events[i].op == HEAP_OP_ALLOC)
                bytes += events[i].size;
        }
    }
    assert_true(newest == c->tally.last_time);
    return bytes;
}

static void check(const struct expected *x)
{
    struct capture *c = capture_open(x->name);
    drain(c);
    print_message("%s: %" PRIu64 " records\n", x->name, c->tally.records);
    assert_int_equal(c->header.cpus, x->cpus);
    assert_int_equal(c->header.pointer_size, x->pointer_size);
    assert_int_equal(c->header.log_file_mode, x->mode);
    assert_int_equal(c->header.os_build, x->os_build);
    assert_int_equal(c->header.events_lost, x->events_lost);
    assert_int_equal(c->header.buffers_lost, 0);
    assert_int_equal(c->header.clock_type, ETL_CLOCK_QPC);
    assert_int_equal(c->tally.records, x->records);
    assert_int_equal(c->tally.heap_events, x->heap_events);
    assert_int_equal(c->tally.buffers, x->buffers);
    assert_int_equal(c->tally.buffers_compressed, x->compressed);
    assert_int_equal(c->tally.buffers_damaged, 0);
    assert_int_equal(c->tally.records_skipped, 0);
    assert_int_equal(c->tally.bytes, c->file.n);
    uint64_t by_type[ETL_HEADER_TYPES] = {0};
    for (size_t i = 0; i < 8; i++)
        by_type[x->types[i].type] += x->types[i].records;
    for (unsigned i = 0; i < ETL_HEADER_TYPES; i++)
        assert_int_equal(c->tally.by_header_type[i], by_type[i]);
    capture_close(c);
}

static void test_all_captures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof EXPECTED / sizeof EXPECTED[0]; i++)
        check(&EXPECTED[i]);
}

static uint64_t provider_records(const struct etl_tally *t, const char *name)
{
    for (size_t i = 0; i < t->provider_count; i++) {
        char text[ETL_GUID_TEXT_SIZE];
        const char *known = etl_guid_name(&t->providers[i].guid);
        etl_guid_format(&t->providers[i].guid, text);
        if ((known != NULL && strcmp(known, name) == 0) || strcmp(text, name) == 0)
            return t->providers[i].records;
    }
    return 0;
}

static void test_heap_capture(void **state)
{
    (void)state;
    struct capture *c = capture_open("heap-vs17-x64.etl");
    uint64_t alloc_bytes = drain(c);
    assert_int_equal(c->tally.heap_ops[HEAP_OP_ALLOC], 22482);
    assert_int_equal(c->tally.heap_ops[HEAP_OP_FREE], 22323);
    assert_int_equal(c->tally.heap_ops[HEAP_OP_REALLOC], 1);
    assert_int_equal(alloc_bytes, 1640466);
    assert_int_equal(provider_records(&c->tally, "Heap"), 67050);
    assert_string_equal(c->header.session_name, "Relogger");
    assert_string_equal(c->header.log_file_name, "[multiple files]");
    capture_close(c);
}

static void test_providers(void **state)
{
    (void)state;
    struct capture *c = capture_open("xpress-win8-x86.etl");
    drain(c);
    assert_int_equal(provider_records(&c->tally, "PerfInfo"), 88811);
    assert_int_equal(provider_records(&c->tally, "a669021c-c450-4609-a035-5af59af4df18"), 27173);
    assert_int_equal(provider_records(&c->tally, "CLR-Rundown"), 27173);
    assert_int_equal(provider_records(&c->tally, "StackWalk"), 16474);
    assert_int_equal(c->tally.stack_records, 16474);
    assert_int_equal(provider_records(&c->tally, "CLR"), 11608);
    assert_int_equal(provider_records(&c->tally, "ImageId"), 8136);
    assert_int_equal(provider_records(&c->tally, "DiskIo"), 4786);
    /* 57 image loads carry a hook of the Process group (etl-format 2.3). */
    assert_int_equal(provider_records(&c->tally, "Image"), 3679 + 57);
    assert_int_equal(provider_records(&c->tally, "FileIo"), 3030);
    capture_close(c);
}

static void test_process_names(void **state)
{
    (void)state;
    struct capture *c = capture_open("vista-ptr4-process.etl");
    static struct trace_event e[20];
    assert_int_equal(etl_merge_read(c->merge, INT64_MAX, e, 20), 8);
    static const char *const NAMES[] = {"Idle", "System", "smss.exe", "notepad.exe", "notepad.exe"};
    static const uint32_t PIDS[] = {0, 4, 264, 1776, 1776};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(e[i].pid, PIDS[i]);
        assert_int_equal(e[i].name.len, strlen(NAMES[i]));
        assert_memory_equal(e[i].name.p, NAMES[i], e[i].name.len);
    }
    assert_int_equal(e[3].kind, EVENT_PROCESS_START);
    assert_int_equal(e[4].kind, EVENT_PROCESS_END);
    capture_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_captures),
        cmocka_unit_test(test_heap_capture),
        cmocka_unit_test(test_providers),
        cmocka_unit_test(test_process_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
