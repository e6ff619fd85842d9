/*
 * The store against plain arrays of what was put in: every column's wide path, extras, search by
 * time, links, chunk borders, zone maps, and readers beside the writer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "model/store.h"

static int setup(void **state)
{
    *state = store_new();
    return *state != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    store_free(*state);
    return 0;
}

/* A plain row; tests change what they are about. */
static struct row plain_row(const struct store *st, int64_t time)
{
    return (struct row){
        .id = store_appended(st),
        .time = time,
        .op = HEAP_OP_ALLOC,
        .has = EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE,
        .address = 0x1000,
        .size = 16,
        .source = 2,
        .link = ROW_NONE,
    };
}

static void append(struct store *st, const struct row *row, const struct store_side *side)
{
    assert_int_equal(store_append(st, row, side), 0);
    store_publish(st);
}

static void check_same(const struct store *st, const struct row *want)
{
    struct row got;
    store_get(st, want->id, &got);
    assert_int_equal(got.id, want->id);
    assert_int_equal(got.time, want->time);
    assert_int_equal(got.op, want->op);
    assert_int_equal(got.flags, want->flags);
    assert_int_equal(got.cpu, want->cpu);
    assert_int_equal(got.has, want->has);
    assert_int_equal(got.source, want->source);
    assert_int_equal(got.heap, want->heap);
    assert_int_equal(got.thread, want->thread);
    assert_int_equal(got.address, want->address);
    assert_int_equal(got.size, want->size);
    assert_int_equal(got.old_address, want->old_address);
    assert_int_equal(got.old_size, want->old_size);
    assert_int_equal(got.link, want->link);
    assert_int_equal(store_time(st, want->id), want->time);
}

/* Values at and around every limit of every column. */
static void test_wide_values(void **state)
{
    struct store *st = *state;
    static const uint64_t sizes[] = {0,          1, UINT32_MAX - 1, UINT32_MAX, UINT64_C(1) << 32,
                                     UINT64_MAX, 2};
    static const uint32_t heaps[] = {0, 65533, 65534, 65535, 65536, 7, INDEX_NONE - 1, INDEX_NONE};
    static const uint32_t sources[] = {0, 6, 253, 254, 255, 256, UINT32_MAX};
    static const int64_t times[] = {INT64_MIN,
                                    INT64_MIN + 1,
                                    INT64_MIN + (INT64_C(1) << 47),
                                    INT64_MIN + (INT64_C(0xffff) << 32) - 1,
                                    INT64_MIN + (INT64_C(0xffff) << 32),
                                    INT64_MIN + (INT64_C(1) << 48),
                                    -1,
                                    0,
                                    INT64_MAX};
    struct row rows[256];
    size_t n = 0;
    for (size_t t = 0; t < sizeof times / sizeof times[0]; t++)
        for (size_t i = 0; i < 8; i++) {
            struct row row = plain_row(st, times[t]);
            row.size = sizes[i % 7];
            row.heap = heaps[i];
            row.source = sources[i % 7];
            row.thread = (uint32_t)(i * 1000003);
            row.cpu = (uint16_t)(65535 - i);
            row.address = UINT64_MAX - i;
            if (row.heap == INDEX_NONE)
                row.has &= (uint8_t)~EVENT_HAS_HEAP;
            append(st, &row, NULL);
            rows[n++] = row;
        }
    /* A time before the chunk's first. */
    struct row back = plain_row(st, 5);
    append(st, &back, NULL);
    rows[n++] = back;
    for (size_t i = 0; i < n; i++)
        check_same(st, &rows[i]);
}

static void test_absent_values(void **state)
{
    struct store *st = *state;
    for (unsigned has = 0; has < 64; has++) {
        if ((has & EVENT_HAS_HEAP) == 0)
            continue;
        struct row row = plain_row(st, 1);
        row.has = (uint8_t)has;
        row.heap = 3;
        row.source = (has & EVENT_HAS_SOURCE) != 0 ? 254 : 0;
        row.flags = ROW_MOVED;
        append(st, &row, NULL);
        check_same(st, &row);
    }
    struct row none = plain_row(st, 1);
    none.has = 0;
    none.heap = INDEX_NONE;
    none.source = 0;
    append(st, &none, NULL);
    check_same(st, &none);
}

static void test_every_op(void **state)
{
    struct store *st = *state;
    for (unsigned op = 0; op < HEAP_OP_COUNT; op++) {
        struct row row = plain_row(st, 1);
        row.op = (uint16_t)op;
        row.flags = op >= HEAP_OP_RANGE_RUNDOWN ? ROW_RANGE : 0;
        append(st, &row, NULL);
        check_same(st, &row);
    }
}

static void test_extras(void **state)
{
    struct store *st = *state;
    static const uint64_t payload[] = {11, 12, UINT64_MAX};
    static const struct row_closed closed[] = {{1, 100}, {2, UINT64_MAX}, {300, 0}};
    enum { ROWS = 1500 };
    /* Every third row has a payload, every fifth closes, every seventh is a ReAlloc with a size
     * too wide: more than one segment, and several kinds in one row. */
    for (uint64_t i = 0; i < ROWS; i++) {
        struct row row = plain_row(st, (int64_t)i);
        struct store_side side = {.layout = (uint8_t)i};
        if (i % 3 == 0) {
            side.payload = payload;
            side.payload_count = 1 + (uint32_t)(i % 2) * 2;
        }
        if (i % 5 == 0) {
            side.closed = closed;
            side.closed_count = 1 + i % 2 * 2;
        }
        if (i % 7 == 0) {
            row.has |= EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE;
            row.old_address = i;
            row.old_size = i * 2;
            row.size = UINT64_MAX - i;
            side.own_size = i * 3;
            side.old_opener = i + 4;
        }
        append(st, &row, &side);
    }
    for (uint64_t i = 0; i < ROWS; i++) {
        const struct store_extra *e = store_find_extra(st, i, STORE_EXTRA_PAYLOAD);
        assert_int_equal(e != NULL, i % 3 == 0);
        if (e != NULL) {
            assert_int_equal(e->note, (uint8_t)i);
            assert_int_equal(e->count, i % 2 == 0 ? 1 : 3);
            assert_memory_equal(e->values, payload, e->count * sizeof *payload);
        }
        const struct row_closed *got = NULL;
        size_t count = store_closed(st, i, &got);
        assert_int_equal(count, i % 5 != 0 ? 0 : i % 2 == 0 ? 1 : 3);
        if (count != 0)
            assert_memory_equal(got, closed, count * sizeof *closed);
        e = store_find_extra(st, i, STORE_EXTRA_OLD);
        assert_int_equal(e != NULL, i % 7 == 0);
        if (e != NULL) {
            const uint64_t want[STORE_OLD_VALUES] = {i, i * 2, i * 3, i + 4};
            assert_memory_equal(e->values, want, sizeof want);
            struct row row;
            store_get(st, i, &row);
            assert_int_equal(row.size, UINT64_MAX - i);
            assert_int_equal(row.old_address, i);
            assert_int_equal(row.old_size, i * 2);
        }
        assert_null(store_find_extra(st, i, STORE_EXTRA_SOURCE));
    }
}

static void test_links(void **state)
{
    struct store *st = *state;
    /* The block of row 0 is closed three chunks later, that of row 1 never. */
    const uint64_t last = 3 * (uint64_t)STORE_CHUNK_ROWS;
    for (uint64_t i = 0; i <= last; i++) {
        struct row row = plain_row(st, (int64_t)i);
        row.flags = i < 2 ? ROW_OPENS : i == last ? ROW_CLOSES : 0;
        row.link = i == last ? 0 : ROW_NONE;
        assert_int_equal(store_append(st, &row, NULL), 0);
        if (i + 1 == last)
            store_publish(st);
    }
    store_close(st, 0, last);
    /* The closing row cannot be seen yet, so the block lives. */
    assert_int_equal(store_rows(st), last);
    assert_int_equal(store_closer(st, 0), ROW_NONE);
    struct row row;
    store_get(st, 0, &row);
    assert_int_equal(row.link, ROW_NONE);
    store_publish(st);
    assert_int_equal(store_closer(st, 0), last);
    assert_int_equal(store_closer(st, 1), ROW_NONE);
    store_get(st, last, &row);
    assert_int_equal(row.link, 0);
    store_get(st, 0, &row);
    assert_int_equal(row.link, last);
}

static void test_chunks(void **state)
{
    struct store *st = *state;
    assert_null(store_chunk(st, 0));
    for (uint64_t i = 0; i < 2 * STORE_CHUNK_ROWS + 1; i++) {
        struct row row = plain_row(st, (int64_t)(i * 10));
        row.address = i;
        append(st, &row, NULL);
    }
    for (uint64_t i = 0; i < 2 * STORE_CHUNK_ROWS + 1; i += STORE_CHUNK_ROWS / 2 - 1) {
        const struct store_chunk *c = store_chunk(st, i / STORE_CHUNK_ROWS);
        assert_int_equal(c->address[i % STORE_CHUNK_ROWS], i);
        assert_int_equal(store_chunk_time(c, (uint32_t)(i % STORE_CHUNK_ROWS)), i * 10);
    }
    assert_int_equal(store_chunk(st, 1)->base_time, 10 * (int64_t)STORE_CHUNK_ROWS);
    assert_non_null(store_chunk(st, 2));
    assert_null(store_chunk(st, 3));
    assert_null(store_chunk(st, STORE_MAX_CHUNKS));
    assert_null(store_chunk(st, UINT64_MAX));
}

/* The rows' times in an array of their own, searched from the front. */
static void test_find_time(void **state)
{
    struct store *st = *state;
    assert_int_equal(store_find_time(st, 0), 0);
    enum { ROWS = 3 * 65536 + 100 };
    int64_t *times = malloc(ROWS * sizeof *times);
    assert_non_null(times);
    int64_t now = -1000;
    for (size_t i = 0; i < ROWS; i++) {
        /* Long runs of one time, one of them over a chunk's border. */
        if (i % 1000 < 300 && (i < 65000 || i > 66000))
            now += (int64_t)(i % 7);
        times[i] = now;
        struct row row = plain_row(st, now);
        append(st, &row, NULL);
    }
    int64_t asked[] = {INT64_MIN,        -1001,         -1000, -999,    times[65536],
                       times[65536] + 1, times[131072], now,   now + 1, INT64_MAX};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0] + 200; i++) {
        int64_t time = i < 10 ? asked[i] : times[i * 983 % ROWS] + (int64_t)(i % 3) - 1;
        size_t want = 0;
        while (want < ROWS && times[want] < time)
            want++;
        assert_int_equal(store_find_time(st, time), want);
    }
    free(times);
}

static void test_zone(void **state)
{
    struct store *st = *state;
    struct row row = plain_row(st, 100);
    row.has = 0;
    row.heap = INDEX_NONE;
    row.thread = 66;
    row.size = 0;
    append(st, &row, NULL);
    const struct store_zone *zone = &store_chunk(st, 0)->zone;
    assert_true(zone->min_size > zone->max_size);
    assert_int_equal(zone->heaps, 0);
    assert_int_equal(zone->threads, 4);

    row = plain_row(st, 700);
    row.heap = 65;
    row.size = UINT64_C(1) << 40;
    row.flags = ROW_OPENS;
    append(st, &row, NULL);
    row = plain_row(st, 300);
    row.op = HEAP_OP_FREE;
    row.has = EVENT_HAS_HEAP | EVENT_HAS_ADDRESS;
    row.flags = ROW_CLOSES;
    row.link = 1;
    row.size = 12;
    append(st, &row, NULL);
    assert_int_equal(zone->min_size, 12);
    assert_int_equal(zone->max_size, UINT64_C(1) << 40);
    assert_int_equal(zone->min_time, 100);
    assert_int_equal(zone->max_time, 700);
    assert_int_equal(zone->heaps, 3);
    assert_int_equal(zone->threads, 5);
    assert_int_equal(zone->ops, 1u << (HEAP_OP_ALLOC % 32) | 1u << (HEAP_OP_FREE % 32));
    assert_int_equal(zone->flags & (ROW_OPENS | ROW_CLOSES | ROW_RANGE), ROW_OPENS | ROW_CLOSES);
}

static void test_memory(void **state)
{
    struct store *st = *state;
    size_t empty = store_bytes(st);
    for (uint64_t i = 0; i < 4 * STORE_CHUNK_ROWS; i++) {
        struct row row = plain_row(st, (int64_t)i);
        append(st, &row, NULL);
    }
    assert_in_range((store_bytes(st) - empty) / 4, 34 * STORE_CHUNK_ROWS,
                    34 * STORE_CHUNK_ROWS + 1024);
}

/*
 * Readers beside the writer. Row i is made from i alone: every second row opens a block that is
 * closed nine rows later, so a reader can tell what it must see.
 */
enum { SHARED_ROWS = 200000, CLOSED_AFTER = 9 };

static void append_shared(struct store *st, uint64_t i)
{
    struct row row = plain_row(st, (int64_t)(i * 3));
    struct store_side side = {.layout = 1};
    row.address = i * 7;
    row.size = i % 64 == 0 ? UINT64_MAX - i : i;
    if (i % 2 == 0)
        row.flags = ROW_OPENS;
    else if (i >= CLOSED_AFTER) {
        row.flags = ROW_CLOSES;
        row.link = i - CLOSED_AFTER;
    }
    if (i % 50 == 0) {
        side.payload = &i;
        side.payload_count = 1;
    }
    assert_int_equal(store_append(st, &row, &side), 0);
    if (row.flags == ROW_CLOSES)
        store_close(st, i - CLOSED_AFTER, i);
}

/* Counts what a reader of rows [0, rows) finds wrong about row `i`. */
static unsigned judge_shared(const struct store *st, uint64_t i, uint64_t rows)
{
    unsigned wrong = 0;
    struct row row;
    store_get(st, i, &row);
    wrong += row.time != (int64_t)(i * 3) || row.address != i * 7;
    wrong += row.size != (i % 64 == 0 ? UINT64_MAX - i : i);
    const struct store_extra *e = store_find_extra(st, i, STORE_EXTRA_PAYLOAD);
    wrong += (e != NULL) != (i % 50 == 0) || (e != NULL && e->values[0] != i);
    if (i % 2 != 0)
        return wrong;
    uint64_t closer = store_closer(st, i);
    wrong += closer != i + CLOSED_AFTER && closer != ROW_NONE;
    /* What was published when the reader began must be there. */
    wrong += i + CLOSED_AFTER < rows && closer == ROW_NONE;
    /* What is there must be readable. */
    if (closer != ROW_NONE)
        wrong += store_time(st, closer) != (int64_t)(closer * 3);
    return wrong;
}

static void *read_along(void *store)
{
    const struct store *st = store;
    uintptr_t wrong = 0;
    uint64_t rows = 0;
    for (uint64_t turn = 1; rows < SHARED_ROWS; turn++) {
        rows = store_rows(st);
        if (rows == 0)
            continue;
        uint64_t tail = rows < 40 ? 0 : rows - 40;
        for (uint64_t i = tail; i < rows; i++)
            wrong += judge_shared(st, i, rows);
        for (unsigned i = 0; i < 40; i++)
            wrong += judge_shared(st, (turn * 40503 + i * 9973) % rows, rows);
        wrong += store_find_time(st, (int64_t)(tail * 3)) != tail;
    }
    return (void *)wrong;
}

static void test_readers(void **state)
{
    struct store *st = *state;
    pthread_t readers[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_along, st), 0);
    for (uint64_t i = 0; i < SHARED_ROWS; i++) {
        append_shared(st, i);
        if (i % 5 == 0 || i == SHARED_ROWS - 1)
            store_publish(st);
    }
    for (int i = 0; i < 2; i++) {
        void *wrong;
        assert_int_equal(pthread_join(readers[i], &wrong), 0);
        assert_int_equal((uintptr_t)wrong, 0);
    }
}

/* The stack column: made late and per chunk, counted for Allocs and ReAllocs, promises resolved. */
static void test_stacks(void **state)
{
    struct store *st = *state;
    struct stack_table *table = stack_table_new();
    store_use_stacks(st, table);
    const uint64_t frames[] = {1, 2, 3};
    uint32_t id = stack_table_add(table, frames, 3);
    static const uint16_t ops[] = {HEAP_OP_ALLOC, HEAP_OP_REALLOC, HEAP_OP_FREE};
    uint64_t rows = STORE_CHUNK_ROWS + 30;
    for (uint64_t i = 0; i < rows; i++) {
        struct row row = plain_row(st, (int64_t)i);
        row.op = ops[i % 3];
        assert_int_equal(store_append(st, &row, NULL), 0);
    }
    size_t without = store_bytes(st);
    struct row got;
    store_publish(st);
    store_get(st, rows - 1, &got);
    assert_int_equal(got.stack, STACK_NONE);
    assert_int_equal(store_given_stack(st, 0), STACK_NONE);

    uint64_t first = STORE_CHUNK_ROWS + 2; /* an Alloc, being divisible by three */
    uint32_t promise = stack_table_promise(table);
    assert_int_equal(store_set_stack(st, first, id), 0);
    assert_int_equal(store_set_stack(st, first + 1, promise), 0);
    assert_int_equal(store_set_stack(st, first + 2, id), 0);
    assert_int_equal(store_bytes(st) - without, STORE_CHUNK_ROWS * sizeof(uint32_t));
    assert_int_equal(store_stack_changes(st), 3);
    assert_int_equal(store_set_stack(st, first, id), 0);
    assert_int_equal(store_stack_changes(st), 3);
    assert_int_equal(store_stack_count(st, HEAP_OP_ALLOC).given, 1);
    assert_int_equal(store_stack_count(st, HEAP_OP_REALLOC).given, 1);
    assert_int_equal(store_stack_count(st, HEAP_OP_FREE).given, 0);
    assert_int_equal(store_stack_count(st, HEAP_OP_ALLOC).rows, (rows + 2) / 3);
    assert_int_equal(store_stack_count(st, HEAP_OP_REALLOC).rows, (rows + 1) / 3);

    store_get(st, first, &got);
    assert_int_equal(got.stack, id);
    store_get(st, first + 1, &got);
    assert_int_equal(got.stack, STACK_NONE);
    assert_int_equal(store_given_stack(st, first + 1), promise);
    stack_table_keep(table, promise, id);
    store_get(st, first + 1, &got);
    assert_int_equal(got.stack, id);
    store_get(st, first + 3, &got);
    assert_int_equal(got.stack, STACK_NONE);
    assert_int_equal(store_chunk_stack(store_chunk(st, 0), 0), STACK_NONE);
    store_free(st);
    *state = NULL;
    stack_table_unref(table);
}

/* A row that is not published yet may get its stack without anybody having to know. */
static void test_stacks_before_publishing(void **state)
{
    struct store *st = *state;
    struct row row = plain_row(st, 1);
    assert_int_equal(store_append(st, &row, NULL), 0);
    assert_int_equal(store_set_stack(st, 0, 5), 0);
    assert_int_equal(store_stack_changes(st), 0);
    store_publish(st);
    assert_int_equal(store_set_stack(st, 0, 6), 0);
    assert_int_equal(store_stack_changes(st), 1);
    assert_int_equal(store_stack_count(st, HEAP_OP_ALLOC).given, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_wide_values), TEST(test_absent_values),
        TEST(test_every_op),    TEST(test_extras),
        TEST(test_links),       TEST(test_chunks),
        TEST(test_find_time),   TEST(test_zone),
        TEST(test_stacks),      TEST(test_stacks_before_publishing),
        TEST(test_memory),      TEST(test_readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
