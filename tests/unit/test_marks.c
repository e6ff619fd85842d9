/* Marks that were set while recording: their records, and the list of a trace. */
#include "test_decoder_bytes.h"

#include <stdbool.h>

#include "decoder/mark_event.h"
#include "model/mark_list.h"

static const uint8_t hub[16] = {0x46, 0x90, 0x5f, 0x9e, 0xc6, 0x43, 0x62, 0x4f,
                                0xba, 0x13, 0x7b, 0x19, 0x89, 0x62, 0x53, 0xff};

static struct etl_record session_mark(uint8_t opcode, struct span payload)
{
    return (struct etl_record){.time = 42,
                               .payload = payload,
                               .group = 0x0f,
                               .opcode = opcode,
                               .type = ETL_HEADER_PERFINFO64,
                               .flags = ETL_RECORD_HAS_TIME | ETL_RECORD_CLASSIC};
}

static struct etl_record hub_event(uint16_t id, struct span payload)
{
    return (struct etl_record){.time = 43,
                               .payload = payload,
                               .guid = hub,
                               .group = ETL_GROUP_NONE,
                               .id = id,
                               .type = ETL_HEADER_EVENT64,
                               .flags = ETL_RECORD_HAS_TIME | ETL_RECORD_HAS_IDS};
}

static void check(struct etl_record r, const char *name)
{
    struct trace_event e;
    struct mark_list *list = mark_list_new();
    assert_true(mark_event_is(&r));
    assert_true(mark_event_decode(&r, &e));
    assert_int_equal(e.kind, EVENT_MARK);
    assert_int_equal(mark_list_take(list, &e), 0);
    assert_int_equal(mark_list_count(list), 1);
    assert_int_equal(mark_list_get(list, 0)->time, r.time);
    assert_string_equal(mark_list_get(list, 0)->text, name);
    mark_list_free(list);
}

static void test_session_marks(void **state)
{
    (void)state;
    check(session_mark(0x22, (struct span){(const uint8_t *)"before load\0", 12}), "before load");
    check(session_mark(0x24, (struct span){(const uint8_t *)"no end", 6}), "no end");
    check(session_mark(0x22, (struct span){(const uint8_t *)"w\0i\0d\0e\0\0\0", 10}), "wide");
    check(session_mark(0x22, (struct span){(const uint8_t *)"", 0}), "mark");
    struct etl_record sample = session_mark(0x2e, (struct span){NULL, 0});
    assert_false(mark_event_is(&sample));
}

static void test_hub_marks(void **state)
{
    (void)state;
    struct bytes b = {0};
    put_int(&b, 21912, 4);
    put_int(&b, 0, 4);
    put(&b, "s\0t\0e\0p\0 \0\x31\0\0\0", 14);
    check(hub_event(7, bytes_span(&b)), "step 1");
    check(hub_event(7, (struct span){b.p, 8}), "mark");
    check(hub_event(1, bytes_span(&b)), "collection starts");
    check(hub_event(2, bytes_span(&b)), "collection stops");
    struct etl_record counter = hub_event(6, bytes_span(&b));
    assert_false(mark_event_is(&counter));
    bytes_release(&b);
}

/* A name that would play with the terminal, and more marks than are kept. */
static void test_hostile_marks(void **state)
{
    (void)state;
    struct trace_event e;
    struct mark_list *list = mark_list_new();
    struct etl_record r = session_mark(0x22, (struct span){(const uint8_t *)"a\x1b[2Jb\0", 7});
    assert_true(mark_event_decode(&r, &e));
    for (unsigned i = 0; i < MARK_LIST_MOST + 10; i++)
        assert_int_equal(mark_list_take(list, &e), 0);
    assert_int_equal(mark_list_count(list), MARK_LIST_MOST);
    assert_null(strchr(mark_list_get(list, 0)->text, '\x1b'));
    mark_list_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_session_marks),
        cmocka_unit_test(test_hub_marks),
        cmocka_unit_test(test_hostile_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
