/* Process, thread and context-switch records, all versions and both pointer sizes. */
#include "test_decoder_bytes.h"

#include <stdbool.h>

#include "decoder/process_event.h"
#include "decoder/thread_map.h"

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

/* What stands in front of the SID, from the table of etl-format 6.1. */
static void put_process(struct bytes *b, unsigned version, unsigned w, uint32_t pid)
{
    if (version == 0) {
        put_int(b, pid, w);
        put_int(b, 99, w);
        return;
    }
    put_int(b, 0xffffa00000001000, w);
    put_int(b, pid, 4);
    put_int(b, 99, 4);
    put_int(b, 1, 4);
    put_int(b, 259, 4);
    if (version >= 3)
        put_int(b, 0x1aa000, w);
    if (version >= 4)
        put_int(b, 2, 4);
}

enum sid { SID_NONE, SID_REAL, SID_BEHIND_ZEROS };

static void put_sid(struct bytes *b, enum sid sid, unsigned w)
{
    if (sid == SID_NONE) {
        put_int(b, 0, 4);
        return;
    }
    put_fill(b, sid == SID_REAL ? 0x77 : 0, 2 * (size_t)w);
    put(b, "\1\2\0\0\0\0\0\5", 8);
    put_int(b, 32, 4);
    put_int(b, 544, 4);
}

static void check_process(unsigned version, unsigned w, enum sid sid)
{
    struct bytes b = {0};
    struct trace_event e;
    put_process(&b, version, w, 4711);
    put_sid(&b, sid, w);
    put(&b, "Solution.exe", 13);
    put(&b, "S\0o\0\0\0", 6);
    struct etl_record r = make_record(ETL_GROUP_PROCESS, 3, (uint8_t)version, w, &b);
    assert_true(process_event_is(&r));
    assert_true(process_event_decode(&r, &e));
    assert_int_equal(e.kind, EVENT_PROCESS_RUNDOWN);
    assert_int_equal(e.pid, 4711);
    assert_true(e.time == 42);
    assert_int_equal(e.name.len, 12);
    assert_memory_equal(e.name.p, "Solution.exe", 12);
    assert_int_equal(e.text.len, version >= 2 ? 4 : 0);
    if (version >= 2)
        assert_memory_equal(e.text.p, "S\0o\0", 4);
    assert_int_equal(e.process.parent, 99);
    assert_int_equal(e.process.session, version >= 1 ? 1 : EVENT_NO_ID);
    assert_int_equal(e.process.exit_status, 0); /* it has not ended */

    /* Cut anywhere: a shorter name, no name, or nothing at all; read from a block of exact size. */
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *block = malloc(n != 0 ? n : 1);
        assert_non_null(block);
        memcpy(block, b.p, n);
        r.payload = (struct span){block, n};
        bool ok = process_event_decode(&r, &e);
        assert_int_equal(ok, n >= (version == 0 ? 4 : w + 4));
        if (ok) {
            assert_true(e.name.len <= 12 && (e.name.len == 0 || e.name.p[0] == 'S'));
            assert_true(e.text.len <= 4 && (e.text.len == 0 || e.text.p[0] == 'S'));
        }
        free(block);
    }
    bytes_release(&b);
}

static void test_process_versions(void **state)
{
    (void)state;
    for (unsigned version = 0; version <= 6; version++)
        for (unsigned w = 4; w <= 8; w += 4)
            for (int sid = SID_NONE; sid <= SID_BEHIND_ZEROS; sid++)
                check_process(version, w, (enum sid)sid);
}

static void test_process_kinds(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode;
        int kind; /* -1: not an event */
    } KINDS[] = {{1, EVENT_PROCESS_START},
                 {2, EVENT_PROCESS_END},
                 {3, EVENT_PROCESS_RUNDOWN},
                 {4, EVENT_PROCESS_RUNDOWN},
                 {39, EVENT_PROCESS_RUNDOWN},
                 {10, -1},
                 {11, -1},
                 {32, -1},
                 {0, -1}};
    struct bytes b = {0};
    put_process(&b, 4, 8, 5);
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        struct trace_event e;
        struct etl_record r = make_record(ETL_GROUP_PROCESS, KINDS[i].opcode, 4, 8, &b);
        assert_int_equal(process_event_is(&r), KINDS[i].kind >= 0);
        if (KINDS[i].kind < 0)
            continue;
        assert_true(process_event_decode(&r, &e));
        assert_int_equal(e.kind, KINDS[i].kind);
        assert_int_equal(e.name.len, 0);
        r.flags = ETL_RECORD_HAS_TIME; /* a manifest event that happens to have the group's GUID */
        assert_false(process_event_is(&r));
    }
    bytes_release(&b);
}

static void test_threads(void **state)
{
    (void)state;
    struct bytes b = {0};
    uint32_t tid;
    uint32_t pid;
    put_int(&b, 100, 4);
    put_int(&b, 11, 4);
    struct etl_record r = make_record(ETL_GROUP_THREAD, 3, 3, 8, &b);
    assert_true(process_thread_is(&r));
    assert_true(process_thread_decode(&r, &tid, &pid));
    assert_int_equal(pid, 100);
    assert_int_equal(tid, 11);
    r.version = 0;
    assert_true(process_thread_decode(&r, &tid, &pid));
    assert_int_equal(pid, 11);
    assert_int_equal(tid, 100);
    r.payload.len = 7;
    assert_false(process_thread_decode(&r, &tid, &pid));
    r.opcode = 2;
    assert_false(process_thread_is(&r));
    r.opcode = 36;
    assert_true(process_switch_is(&r));
    assert_true(process_switch_decode(&r, &tid));
    assert_int_equal(tid, 100);
    r.payload.len = 3;
    assert_false(process_switch_decode(&r, &tid));
    bytes_release(&b);
}

static void test_thread_map(void **state)
{
    (void)state;
    struct thread_map m = {0};
    assert_int_equal(thread_map_get(&m, 5), EVENT_NO_ID);
    for (uint32_t tid = 0; tid < 40000; tid += 4)
        thread_map_put(&m, tid, tid / 100);
    for (uint32_t tid = 0; tid < 40000; tid += 8)
        thread_map_put(&m, tid, 7);
    thread_map_put(&m, UINT32_MAX, 3);
    thread_map_put(&m, 1, EVENT_NO_ID);
    for (uint32_t tid = 0; tid < 40000; tid++)
        assert_int_equal(thread_map_get(&m, tid), tid % 8 == 0   ? 7
                                                  : tid % 4 == 0 ? tid / 100
                                                                 : EVENT_NO_ID);
    assert_int_equal(thread_map_get(&m, UINT32_MAX), 3);
    assert_int_equal(m.count, 10001);
    thread_map_release(&m);
    assert_int_equal(thread_map_get(&m, 4), EVENT_NO_ID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_process_versions),
        cmocka_unit_test(test_process_kinds),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_thread_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
