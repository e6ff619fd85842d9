/*
 * The merge against a plain sort of everything, and what it does with late, damaged, compressed,
 * circular and nameless records.
 */
#include "test_decoder_bytes.h"

#include <errno.h>
#include <stdbool.h>

#include "decoder/etl_merge.h"

#define MAX_EVENTS  20000
#define MAX_BUFFERS 4000

/* A trace in memory: its buffers, and a merge over them. */
struct bench {
    struct bytes file;
    struct etl_buffer_ref refs[MAX_BUFFERS];
    size_t count;
    unsigned loads;
    struct etl_tally tally;
    struct etl_merge *merge;
    struct trace_event out[MAX_EVENTS];
    size_t n;
};

static struct bench *bench_new(void)
{
    struct bench *t = calloc(1, sizeof *t);
    assert_non_null(t);
    return t;
}

static void bench_free(struct bench *t)
{
    etl_merge_free(t->merge);
    bytes_release(&t->file);
    free(t);
}

static int load(void *ctx, const struct etl_buffer_ref *ref, uint8_t *out)
{
    struct bench *t = ctx;
    t->loads++;
    if (ref->offset >= t->file.n)
        return -EIO;
    memcpy(out, t->file.p + ref->offset, ref->stored);
    return 0;
}

/* Ends the buffer that began at `at` and notes it. */
static struct etl_buffer_ref *add_buffer(struct bench *t, size_t at, size_t size)
{
    end_buffer(&t->file, at, size);
    struct etl_buffer_ref *ref = &t->refs[t->count++];
    assert_true(t->count <= MAX_BUFFERS);
    assert_true(etl_buffer_parse(span_from(bytes_span(&t->file), at), &ref->header));
    ref->offset = at;
    ref->stored = ref->header.size;
    return ref;
}

static void start_merge(struct bench *t, uint32_t mode)
{
    struct etl_file_header h = {.log_file_mode = mode, .compression_format = 3};
    t->merge = etl_merge_new();
    assert_non_null(t->merge);
    assert_int_equal(etl_merge_open(t->merge, 0, &h, &t->tally, load, t), 0);
}

static void add(struct bench *t, size_t i, bool owned)
{
    struct etl_buffer_ref ref = t->refs[i];
    if (owned) {
        ref.bytes = malloc(ref.stored);
        assert_non_null(ref.bytes);
        memcpy(ref.bytes, t->file.p + ref.offset, ref.stored);
    }
    assert_int_equal(etl_merge_add(t->merge, 0, &ref), 0);
}

static void add_all(struct bench *t, bool owned)
{
    for (size_t i = 0; i < t->count; i++)
        add(t, i, owned);
}

static void read_until(struct bench *t, int64_t until, size_t batch)
{
    size_t n;
    while ((n = etl_merge_read(t->merge, until, t->out + t->n,
                               batch < MAX_EVENTS - t->n ? batch : MAX_EVENTS - t->n)) > 0)
        t->n += n;
}

struct key {
    int64_t time;
    unsigned cpu;
    unsigned place; /* in the CPU's stream */
};

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a;
    const struct key *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->cpu != y->cpu)
        return x->cpu < y->cpu ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/*
 * Random buffers of many CPUs with many equal times, added in a shuffled order (a circular file),
 * read in odd batches: the order must be that of a sort, whoever owns the bytes.
 */
static void check_random_merge(uint32_t seed, unsigned cpus, bool owned)
{
    struct bench *t = bench_new();
    struct key *keys = calloc(MAX_EVENTS, sizeof *keys);
    int64_t *clock = calloc(cpus, sizeof *clock);
    unsigned *place = calloc(cpus, sizeof *place);
    assert_true(keys != NULL && clock != NULL && place != NULL);
    size_t total = 0;
    for (unsigned i = 0; i < 300; i++) {
        unsigned cpu = next_random(&seed) % cpus;
        size_t at = begin_buffer(&t->file, i, (uint16_t)cpu, 0x20, 0);
        unsigned records = next_random(&seed) % 30;
        for (unsigned k = 0; k < records; k++) {
            clock[cpu] += next_random(&seed) % 3;
            put_alloc(&t->file, clock[cpu], cpu, 1, place[cpu], 10);
            keys[total++] = (struct key){clock[cpu], cpu, place[cpu]++};
        }
        add_buffer(t, at, 0);
    }
    for (size_t i = t->count - 1; i > 0; i--) {
        size_t j = next_random(&seed) % (i + 1);
        struct etl_buffer_ref swap = t->refs[i];
        t->refs[i] = t->refs[j];
        t->refs[j] = swap;
    }
    qsort(keys, total, sizeof *keys, compare_keys);
    start_merge(t, 0);
    add_all(t, owned);
    assert_true(etl_merge_newest(t->merge, 0) == keys[total - 1].time);
    assert_int_equal(etl_merge_pending_bytes(t->merge), t->file.n);
    read_until(t, INT64_MAX, 7);
    assert_int_equal(t->n, total);
    for (size_t i = 0; i < total; i++) {
        assert_true(t->out[i].time == keys[i].time);
        assert_int_equal(t->out[i].cpu, keys[i].cpu);
        assert_int_equal(t->out[i].address, keys[i].place);
        assert_false(t->out[i].late);
    }
    assert_int_equal(t->tally.records, total);
    assert_int_equal(t->tally.heap_events, total);
    assert_int_equal(t->tally.heap_ops[HEAP_OP_ALLOC], total);
    assert_int_equal(t->tally.buffers, t->count);
    assert_int_equal(t->tally.bytes, t->file.n);
    assert_true(t->tally.last_time == keys[total - 1].time);
    assert_int_equal(etl_merge_pending_bytes(t->merge), 0);
    free(keys);
    free(clock);
    free(place);
    bench_free(t);
}

static void test_order_is_that_of_a_sort(void **state)
{
    (void)state;
    static const unsigned CPUS[] = {1, 2, 3, 8, 64, 2048};
    for (size_t i = 0; i < sizeof CPUS / sizeof CPUS[0]; i++)
        for (uint32_t seed = 1; seed <= 5; seed++)
            check_random_merge(seed, CPUS[i], seed % 2 == 0);
}

/* One buffer per call: `count` Allocs at time, time + step, ... */
static void make_buffer(struct bench *t, int64_t sequence, uint16_t cpu, int64_t time, int64_t step,
                        unsigned count)
{
    size_t at = begin_buffer(&t->file, sequence, cpu, 0x20, 0);
    for (unsigned i = 0; i < count; i++)
        put_alloc(&t->file, time + step * (int64_t)i, 1, 2, i, 10);
    add_buffer(t, at, 0);
}

static void test_until(void **state)
{
    (void)state;
    struct bench *t = bench_new();
    make_buffer(t, 1, 0, 0, 10, 10);
    make_buffer(t, 2, 1, 5, 10, 10);
    start_merge(t, 0);
    add_all(t, false);
    read_until(t, -1, 100);
    assert_int_equal(t->n, 0);
    read_until(t, 10, 100);
    assert_int_equal(t->n, 3);
    read_until(t, 14, 100);
    assert_int_equal(t->n, 3);
    read_until(t, 15, 1);
    assert_int_equal(t->n, 4);
    read_until(t, INT64_MAX, 100);
    assert_int_equal(t->n, 20);
    bench_free(t);
}

/* Live: a slow CPU's buffer arrives after later events were handed out. */
static void test_late(void **state)
{
    (void)state;
    struct bench *t = bench_new();
    make_buffer(t, 1, 0, 100, 1, 2);
    make_buffer(t, 2, 1, 50, 100, 2);
    make_buffer(t, 3, 0, 120, 1, 1);
    start_merge(t, 0);
    add(t, 0, true);
    assert_true(etl_merge_newest(t->merge, 0) == 101);
    read_until(t, INT64_MAX, 100);
    add(t, 1, true);
    add(t, 2, true);
    assert_true(etl_merge_newest(t->merge, 0) == 150);
    read_until(t, INT64_MAX, 100);
    static const int64_t TIMES[] = {100, 101, 50, 120, 150};
    static const bool LATE[] = {false, false, true, false, false};
    assert_int_equal(t->n, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(t->out[i].time == TIMES[i]);
        assert_int_equal(t->out[i].late, LATE[i]);
    }
    bench_free(t);
}

/* Times that go back inside one CPU are handed out as they come. */
static void test_backward_times(void **state)
{
    (void)state;
    struct bench *t = bench_new();
    make_buffer(t, 1, 0, 100, -10, 3);
    make_buffer(t, 2, 0, INT64_MIN, 0, 1);
    make_buffer(t, 3, 0, INT64_MAX, 0, 2);
    start_merge(t, 0);
    add_all(t, false);
    read_until(t, INT64_MAX, 100);
    static const bool LATE[] = {false, true, true, true, false, false};
    assert_int_equal(t->n, 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(t->out[i].late, LATE[i]);
    bench_free(t);
}

/* newest() looks into the last buffer of each CPU, once, and counts nothing. */
static void test_newest_reads_little(void **state)
{
    (void)state;
    struct bench *t = bench_new();
    for (int i = 0; i < 40; i++)
        make_buffer(t, i, (uint16_t)(i % 4), 10 * i, 1, 3);
    start_merge(t, 0);
    assert_true(etl_merge_newest(t->merge, 0) == INT64_MIN);
    add_all(t, false);
    assert_true(etl_merge_newest(t->merge, 0) == 392);
    assert_true(etl_merge_newest(t->merge, 0) == 392);
    assert_int_equal(t->loads, 4);
    assert_int_equal(t->tally.records, 0);
    t->n = etl_merge_read(t->merge, INT64_MAX, t->out, 1);
    assert_int_equal(t->loads, 8); /* one buffer a CPU, no more */
    read_until(t, INT64_MAX, 100);
    assert_int_equal(t->loads, 44);
    assert_int_equal(t->tally.records, 120);
    assert_int_equal(t->tally.buffers, 40);
    bench_free(t);
}

static void test_budget(void **state)
{
    (void)state;
    struct bench *t = bench_new();
    for (int i = 0; i < 20; i++) {
        size_t at = begin_buffer(&t->file, i, 0, 0x20, 0);
        put_perfinfo(&t->file, 2, 0x0f2e, i, 0); /* a CPU sample: counted, no event */
        if (i == 19)
            put_alloc(&t->file, 100, 1, 2, 3, 4);
        add_buffer(t, at, 0);
    }
    start_merge(t, 0);
    add_all(t, false);
    etl_merge_set_budget(t->merge, 1);
    for (int i = 0; i < 19; i++) {
        assert_int_equal(etl_merge_read(t->merge, INT64_MAX, t->out, 10), 0);
        assert_true(etl_merge_is_paused(t->merge));
        assert_int_equal(t->tally.records, i + 1);
    }
    assert_int_equal(etl_merge_read(t->merge, INT64_MAX, t->out, 10), 1);
    assert_false(etl_merge_is_paused(t->merge));
    assert_int_equal(etl_merge_read(t->merge, INT64_MAX, t->out, 10), 0);
    assert_false(etl_merge_is_paused(t->merge));
    bench_free(t);
}

/* PERFINFO events carry no ids: CSwitch names the thread, Thread Start its process. */
static void put_switch(struct bytes *b, int64_t time, uint32_t tid)
{
    put_perfinfo(b, 2, 0x0524, time, 24);
    put_int(b, tid, 4);
    put_fill(b, 0, 20);
}

static void put_thread(struct bytes *b, int64_t time, uint32_t pid, uint32_t tid)
{
    put_perfinfo(b, 3, 0x0501, time, 8);
    put_int(b, pid, 4);
    put_int(b, tid, 4);
}

static void put_plain_free(struct bytes *b, int64_t time)
{
    put_perfinfo(b, 2, 0x1024, time, 20);
    put_int(b, 0x1a0000, 8);
    put_int(b, 0x1a1000, 8);
    put_int(b, 3, 4);
    put_padding(b);
}

static void make_nameless(struct bench *t)
{
    size_t at = begin_buffer(&t->file, 1, 0, 0x20, 0);
    put_plain_free(&t->file, 1);
    put_switch(&t->file, 2, 11);
    put_plain_free(&t->file, 3);
    put_plain_free(&t->file, 20);
    put_switch(&t->file, 21, 12);
    put_plain_free(&t->file, 22);
    add_buffer(t, at, 0);
    at = begin_buffer(&t->file, 2, 1, 0x20, 0);
    put_thread(&t->file, 10, 100, 11); /* on another CPU, later than its first use */
    put_thread(&t->file, 30, 200, 11); /* the id is used again, after all events */
    put_plain_free(&t->file, 31);
    add_buffer(t, at, 0);
}

static void test_derived_ids(void **state)
{
    (void)state;
    static const uint32_t NO = EVENT_NO_ID;
    static const uint32_t TIDS[] = {NO, 11, 11, 12, NO};
    static const uint32_t PIDS[] = {NO, NO, 100, NO, NO};
    struct bench *t = bench_new();
    make_nameless(t);
    start_merge(t, 0);
    add_all(t, false);
    read_until(t, INT64_MAX, 100);
    assert_int_equal(t->n, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(t->out[i].tid, TIDS[i]);
        assert_int_equal(t->out[i].pid, PIDS[i]);
    }
    bench_free(t);

    /* Where CPUs share buffers nothing can be derived. */
    t = bench_new();
    make_nameless(t);
    start_merge(t, ETL_MODE_NO_PER_PROCESSOR_BUFFERING);
    add_all(t, false);
    read_until(t, INT64_MAX, 100);
    for (size_t i = 0; i < t->n; i++)
        assert_int_equal(t->out[i].tid, NO);
    bench_free(t);
}

/* Names and extra fields stay valid for the whole batch, though their buffers are gone. */
static void test_borrowed_values(void **state)
{
    (void)state;
    struct bench *t = bench_new();
    for (uint32_t i = 0; i < 50; i++) {
        size_t at = begin_buffer(&t->file, i, 0, 0x20, 0);
        put_system(&t->file, 2, 0x0301, 10 * i, 4, 8, 38);
        put_int(&t->file, 0, 8);
        put_int(&t->file, 1000 + i, 4);
        put_fill(&t->file, 0, 12 + 4); /* up to a SID, which there is none */
        put_fill(&t->file, (uint8_t)('a' + i % 26), 5);
        put_int(&t->file, 0, 5);
        put_padding(&t->file);
        put_system(&t->file, 2, 0x1020, 10 * i + 1, 1000 + i, 8, 36);
        put_int(&t->file, 0x1a0000, 8);
        put_int(&t->file, i, 4);
        put_int(&t->file, 2, 8);
        put_int(&t->file, 3, 8);
        put_int(&t->file, 4, 8);
        put_padding(&t->file);
        add_buffer(t, at, 0);
    }
    start_merge(t, 0);
    add_all(t, true);
    t->n = etl_merge_read(t->merge, INT64_MAX, t->out, 100);
    assert_int_equal(t->n, 100);
    for (uint32_t i = 0; i < 50; i++) {
        const struct trace_event *process = &t->out[2 * i];
        const struct trace_event *create = &t->out[2 * i + 1];
        assert_int_equal(process->kind, EVENT_PROCESS_START);
        assert_int_equal(process->pid, 1000 + i);
        assert_int_equal(process->name.len, 5);
        assert_int_equal(process->name.p[4], 'a' + i % 26);
        assert_int_equal(create->op, HEAP_OP_CREATE);
        assert_int_equal(create->extra_count, 4);
        assert_int_equal(create->extra[0], i);
        assert_int_equal(create->extra[3], 4);
    }
    bench_free(t);
}

/* A compressed buffer by the simplest encoder: literals only (etl-format 1.7). */
static void make_packed(struct bench *t, int64_t sequence, int64_t time)
{
    struct bytes events = {0};
    for (int i = 0; i < 5; i++)
        put_alloc(&events, time + i, 1, 2, 3, 4);
    put_fill(&events, 0xff, 24);
    size_t at = begin_buffer(&t->file, sequence, 0, 0x60, 0);
    for (size_t i = 0; i < events.n; i += 32) {
        size_t n = events.n - i < 32 ? events.n - i : 32;
        put_int(&t->file, n < 32 ? UINT32_MAX >> n : 0, 4);
        put(&t->file, events.p + i, n);
    }
    struct etl_buffer_ref *ref = add_buffer(t, at, 0);
    ref->header.filled = (uint32_t)(0x48 + events.n);
    bytes_release(&events);
}

static void test_compressed(void **state)
{
    (void)state;
    for (int owned = 0; owned <= 1; owned++) {
        struct bench *t = bench_new();
        make_packed(t, 1, 10);
        make_packed(t, 2, 20);
        make_packed(t, 3, 30);
        t->refs[1].header.filled += 1000; /* more than the stream gives */
        t->refs[2].stored -= 8;           /* the file is cut */
        start_merge(t, 0);
        add_all(t, owned != 0);
        assert_true(etl_merge_newest(t->merge, 0) == INT64_MIN);
        read_until(t, INT64_MAX, 100);
        assert_int_equal(t->n, 5);
        assert_int_equal(t->tally.buffers, 3);
        assert_int_equal(t->tally.buffers_compressed, 3);
        assert_int_equal(t->tally.buffers_damaged, 2);
        bench_free(t);
    }
}

/* 16 MB of 0xFF, the end mark, in thirty bytes: a literal and one match (MS-XCA 2.4). */
static void make_bomb(struct bench *t, int64_t sequence)
{
    const uint32_t size = ((uint32_t)16 << 20) - 0x48;
    size_t at = begin_buffer(&t->file, sequence, 0, 0x60, 0);
    put_int(&t->file, 0x40000000, 4);
    put_int(&t->file, 0xff, 1);
    put_int(&t->file, 7, 2); /* one byte back; the length is elsewhere, */
    put_int(&t->file, 15, 1);
    put_int(&t->file, 255, 1);
    put_int(&t->file, 0, 2); /* in the end here */
    put_int(&t->file, size - 1 - 3, 4);
    add_buffer(t, at, 0)->header.filled = 0x48 + size;
}

/* What a small file can make of itself is bounded; a sound buffer behind is read all the same. */
static void test_expansion_is_bounded(void **state)
{
    (void)state;
    struct bench *t = bench_new();
    for (int i = 0; i < 20; i++)
        make_bomb(t, i);
    make_packed(t, 20, 10);
    start_merge(t, 0);
    add_all(t, false);
    read_until(t, INT64_MAX, 100);
    assert_int_equal(t->n, 5);
    assert_int_equal(t->tally.buffers, 21);
    assert_int_equal(t->tally.buffers_damaged, 20 - 4); /* 64 MB are free */
    bench_free(t);
}

/* Each buffer counts once, whatever is wrong with it, and the next one goes on. */
static void test_damage_is_counted_once(void **state)
{
    (void)state;
    struct bench *t = bench_new();
    for (int i = 0; i < 6; i++)
        make_buffer(t, i, 0, 100 * i, 1, 4);
    set_int(&t->file, t->refs[1].offset + 0x48 + 64 + 4, 0, 2); /* its second record has no size */
    t->refs[2].stored -= 80;                                    /* cut inside the third record */
    t->refs[3].offset = t->file.n + 5;                          /* cannot be read */
    t->refs[4].stored = 10;                                     /* not even a header */
    start_merge(t, 0);
    add_all(t, false);
    read_until(t, INT64_MAX, 100);
    assert_int_equal(t->n, 4 + 1 + 2 + 0 + 0 + 4);
    assert_int_equal(t->tally.buffers, 6);
    assert_int_equal(t->tally.buffers_damaged, 4);
    bench_free(t);
}

static void test_loss_marks_and_skipped(void **state)
{
    (void)state;
    struct bench *t = bench_new();
    size_t at = begin_buffer(&t->file, 1, 0, 0x26, 0);
    put_system(&t->file, 2, 0x1021, 1, 1, 2, 8); /* an Alloc of eight bytes */
    put_int(&t->file, 0, 8);
    put_system(&t->file, 2, 0x0301, 1, 1, 2, 8); /* a Process Start without an id */
    put_int(&t->file, 0, 8);
    put_perfinfo(&t->file, 2, 0x0524, 1, 0);
    put_alloc(&t->file, 2, 1, 2, 3, 4);
    add_buffer(t, at, 0);
    start_merge(t, 0);
    add_all(t, false);
    read_until(t, INT64_MAX, 100);
    assert_int_equal(t->n, 1);
    assert_int_equal(t->tally.records, 4);
    assert_int_equal(t->tally.records_skipped, 3);
    assert_int_equal(t->tally.heap_events, 1);
    assert_int_equal(t->tally.lost_event_marks, 1);
    assert_int_equal(t->tally.lost_buffer_marks, 1);
    assert_int_equal(t->tally.buffers_damaged, 0);
    bench_free(t);
}

/* Buffers that were never read are freed with the merge. */
static void test_free_early(void **state)
{
    (void)state;
    struct bench *t = bench_new();
    for (int i = 0; i < 10; i++)
        make_buffer(t, i, (uint16_t)(i % 3), 100 * i, 1, 4);
    start_merge(t, 0);
    add_all(t, true);
    t->n = etl_merge_read(t->merge, INT64_MAX, t->out, 5);
    assert_int_equal(t->n, 5);
    bench_free(t);
    etl_merge_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_is_that_of_a_sort),
        cmocka_unit_test(test_until),
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_backward_times),
        cmocka_unit_test(test_newest_reads_little),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_derived_ids),
        cmocka_unit_test(test_borrowed_values),
        cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_expansion_is_bounded),
        cmocka_unit_test(test_damage_is_counted_once),
        cmocka_unit_test(test_loss_marks_and_skipped),
        cmocka_unit_test(test_free_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
