/* The story of fixture.h, event by event. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "model/trace_take.h"

#define TICKS_PER_US 10
#define ORIGIN       INT64_C(1000000000)
#define START        INT64_C(134067176730000000) /* 2025-11-04 08:14:33 UTC as FILETIME */

#define MAX_EVENTS 4096

enum { SOLUTION = 21912, WORKER = 4242 };
enum { MAIN_THREAD = 2080, POOL_THREAD = 2084, WORKER_THREAD = 977 };
enum { LOWFRAG = 2, MAINPATH = 3, SEGMENT = 6 };

static const uint64_t heap_main = 0x13d35bd0000;  /* stands in both processes */
static const uint64_t heap_grows = 0x13d35ec0000; /* never gives anything back */
static const uint64_t heap_short = 0x13d36000000; /* destroyed, then made again */

struct teller {
    struct trace_event *events;
    size_t count, limit;
    int64_t now; /* raw */
    uint32_t pid, tid;
    uint16_t cpu;
    struct etl_tally *tally;
};

static struct trace_event *tell(struct teller *t, unsigned op, uint64_t heap)
{
    static struct trace_event beyond;
    struct trace_event *e = t->count < t->limit ? &t->events[t->count++] : &beyond;
    *e = (struct trace_event){.time = t->now,
                              .pid = t->pid,
                              .tid = t->tid,
                              .cpu = t->cpu,
                              .op = (uint16_t)op,
                              .kind = EVENT_HEAP,
                              .has = EVENT_HAS_HEAP,
                              .pointer_size = 8,
                              .version = 2,
                              .heap = heap};
    if (e != &beyond) {
        t->tally->heap_ops[op]++;
        t->tally->heap_events++;
    }
    return e;
}

static void pass(struct teller *t, int64_t us)
{
    t->now += us * TICKS_PER_US;
}

static void tell_alloc(struct teller *t, uint64_t heap, uint64_t address, uint64_t size,
                       uint32_t source)
{
    struct trace_event *e = tell(t, HEAP_OP_ALLOC, heap);
    e->has |= EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE;
    e->address = address;
    e->size = size;
    e->source = source;
    pass(t, 12);
}

static void tell_free(struct teller *t, uint64_t heap, uint64_t address, uint32_t source)
{
    struct trace_event *e = tell(t, HEAP_OP_FREE, heap);
    e->has |= EVENT_HAS_ADDRESS | EVENT_HAS_SOURCE;
    e->address = address;
    e->source = source;
    pass(t, 9);
}

static void tell_realloc(struct teller *t, uint64_t heap, uint64_t to, uint64_t size, uint64_t from,
                         uint64_t old_size)
{
    struct trace_event *e = tell(t, HEAP_OP_REALLOC, heap);
    e->has |= EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE |
              EVENT_HAS_SOURCE;
    e->address = to;
    e->size = size;
    e->old_address = from;
    e->old_size = old_size;
    e->source = MAINPATH;
    pass(t, 3);
}

/* Create of today: HeapFlags, ReservedSpace, CommittedSpace, AllocatedSpace (etl-format 4.3). */
static void tell_create(struct teller *t, uint64_t heap)
{
    static const uint64_t payload[] = {0x1002, 1 << 20, 64 << 10, 8 << 10};
    struct trace_event *e = tell(t, HEAP_OP_CREATE, heap);
    e->extra = payload;
    e->extra_count = 4;
    e->layout = 3;
    e->version = 3;
    pass(t, 40);
}

/* Expand of today: FreeSpace, CommittedSpace, ReservedSpace, NoOfUCRs, AllocatedSpace. */
static void tell_expand(struct teller *t, uint64_t heap, const uint64_t payload[5])
{
    struct trace_event *e = tell(t, HEAP_OP_EXPAND, heap);
    e->has |= EVENT_HAS_ADDRESS | EVENT_HAS_SIZE;
    e->address = heap + 0x10000;
    e->size = 0x10000;
    e->extra = payload;
    e->extra_count = 5;
    e->layout = 3;
    e->version = 3;
    pass(t, 25);
}

#define UTF16(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 2                                                  \
    } /* of a u"" literal */

static void tell_process(struct teller *t, uint32_t pid, const char *name, struct span command)
{
    if (t->count < t->limit)
        t->events[t->count++] = (struct trace_event){.time = t->now,
                                                     .pid = pid,
                                                     .tid = EVENT_NO_ID,
                                                     .kind = EVENT_PROCESS_RUNDOWN,
                                                     .name = {(const uint8_t *)name, strlen(name)},
                                                     .text = command};
}

/* What the first screen of Events shows: one of everything. */
static void tell_first_screen(struct teller *t)
{
    static const uint64_t expanded[] = {4096, 128 << 10, 1 << 20, 2, 96 << 10};
    tell_create(t, heap_main);
    tell_create(t, heap_short);
    tell_alloc(t, heap_main, 0x13d35bd0860, 256, MAINPATH);
    tell_alloc(t, heap_main, 0x13d35bd0970, 240, MAINPATH);
    tell_alloc(t, heap_main, 0x13d35bd1a00, 564, MAINPATH);
    tell_free(t, heap_main, 0x13d35bd0970, MAINPATH);
    tell_realloc(t, heap_main, 0x13d35bd1a00, 564, 0x13d35bd0970, 240);
    tell_free(t, heap_main, 0x13d35bd0860, MAINPATH);
    tell_free(t, heap_main, 0x13d35bd0860, MAINPATH);
    tell_alloc(t, heap_short, 0x13d36000900, 4096, MAINPATH);
    tell_realloc(t, heap_short, 0x13d36000900, 6000, 0x13d36000900, 4096);
    tell_free(t, heap_main, 0x13d35bdff00, LOWFRAG);
    tell_alloc(t, heap_main, 0, 1 << 20, 0);
    tell_expand(t, heap_short, expanded);
    tell_alloc(t, heap_short, 0x13d36002000, 70000, SEGMENT);
    tell(t, HEAP_OP_DESTROY, heap_short);
    pass(t, 1700);
    tell_create(t, heap_short);
    tell_alloc(t, heap_short, 0x13d36000900, 48, 9);
    pass(t, 1800);
}

/* Small blocks that come and go from the low-fragmentation heap, large ones that stay. */
static void tell_work(struct teller *t)
{
    uint64_t random = 7, grown = 0;
    for (unsigned i = 0; i < 900; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t small = heap_main + 0x20000 + (i % 64) * 0x80;
        t->tid = i % 5 == 0 ? POOL_THREAD : MAIN_THREAD;
        t->cpu = (uint16_t)(i % 4);
        if (i >= 64)
            tell_free(t, heap_main, small, LOWFRAG);
        tell_alloc(t, heap_main, small, 16 + (random >> 40) % 110, LOWFRAG);
        if (i % 9 == 0) {
            tell_alloc(t, heap_grows, heap_grows + 0x1000 + grown, 600 + (random >> 33) % 7000,
                       MAINPATH);
            grown += 0x2000;
        }
        pass(t, 4900);
    }
}

/* The other process uses the same handle for a heap of its own. */
static void tell_worker(struct teller *t)
{
    t->pid = WORKER;
    t->tid = WORKER_THREAD;
    for (unsigned i = 0; i < 12; i++) {
        tell_alloc(t, heap_main, heap_main + 0x800 + i * 0x100, 200, MAINPATH);
        pass(t, 1000);
    }
    for (unsigned i = 0; i < 9; i++)
        tell_free(t, heap_main, heap_main + 0x800 + i * 0x100, MAINPATH);
}

static void make_header(struct etl_file_header *h)
{
    *h = (struct etl_file_header){
        .first_buffer_size = 65536,
        .header_time = ORIGIN,
        .buffer_size = 65536,
        .os_major = 10,
        .os_build = 19045,
        .cpus = 4,
        .end_time = START + 50000000,
        .log_file_mode = ETL_MODE_SEQUENTIAL,
        .buffers_written = 12,
        .pointer_size = 8,
        .perf_frequency = 10000000,
        .start_time = START,
        .clock_type = ETL_CLOCK_QPC,
        .zone = {.bias = -60},
        .session_name = "Heap Session",
        .log_file_name = "C:\\traces\\app.etl",
    };
}

static void make_tally(struct etl_tally *t)
{
    t->records = t->heap_events + 1234;
    t->stack_records = 321;
    t->buffers = 12;
    t->provider_count = 3;
    t->providers[0] = (struct etl_provider_count){*etl_guid_of_group(ETL_GROUP_EVENT_TRACE), 5};
    t->providers[1] = (struct etl_provider_count){*etl_guid_of_group(ETL_GROUP_PROCESS), 908};
    t->providers[2] =
        (struct etl_provider_count){*etl_guid_of_group(ETL_GROUP_HEAP), t->heap_events};
}

/* Tells the story up to `limit` events, and replays those behind the ones told before. */
static void tell_story(struct fixture *f, size_t limit)
{
    f->tally = (struct etl_tally){0};
    struct teller t = {.events = base_xcalloc(MAX_EVENTS, sizeof *t.events),
                       .limit = limit,
                       .now = ORIGIN + 44462 * TICKS_PER_US,
                       .pid = SOLUTION,
                       .tid = MAIN_THREAD,
                       .tally = &f->tally};
    struct span command =
        UTF16(u"\"D:\\УП\\Task 2\\x64\\Debug\\Solution.exe\" --numbers 11000 --in "
              u"\"C:\\Users\\Public\\Documents\\list of numbers.txt\" --verbose");
    tell_process(&t, SOLUTION, "Solution.exe", command);
    tell_process(&t, WORKER, "worker\x1b[31m.exe", (struct span){NULL, 0});
    tell_first_screen(&t);
    tell_work(&t);
    tell_worker(&t);
    make_tally(&f->tally);
    assert_int_equal(replay_take(f->trace->replay, t.events + f->told, t.count - f->told), 0);
    store_publish(f->trace->store);
    f->told = t.count;
    if (t.count > 0)
        f->last_time = t.events[t.count - 1].time;
    const struct replay_trust *rt = replay_trust(f->trace->replay);
    f->trust = (struct trust){.unmatched_frees = rt->unmatched_frees,
                              .repaired = rt->repaired,
                              .double_frees = rt->double_frees,
                              .other = rt->other,
                              .duplicates = rt->duplicates};
    free(t.events);
}

static void tell_image(struct trace *trace, uint32_t pid, uint64_t base, struct span path)
{
    struct trace_event e = {.kind = EVENT_IMAGE_RUNDOWN,
                            .time = ORIGIN,
                            .pid = pid,
                            .image = {.base = base, .size = 0x200000},
                            .name = path};
    assert_int_equal(trace_take(trace, &e), 0);
}

/* The machine, and the modules of the first process. */
static void tell_system(struct trace *trace)
{
    struct trace_event machine = {
        .kind = EVENT_SYSTEM,
        .system = {.mhz = 2096,
                   .processors = 4,
                   .memory_mib = 9941,
                   .computer = UTF16(u"BÜRO-7"),
                   .build_lab = UTF16(u"19041.1.amd64fre.vb_release.191206-1406")},
        .name = UTF16(u"Windows 10 Pro"),
    };
    assert_int_equal(trace_take(trace, &machine), 0);
    tell_image(trace, SOLUTION, 0x7ff6d82b0000,
               (struct span)UTF16(u"\\??\\D:\\УП\\Task 2\\x64\\Debug\\Solution.exe"));
    tell_image(trace, SOLUTION, 0x7ffb1c4c0000,
               (struct span)UTF16(u"\\??\\C:\\Windows\\System32\\ucrtbase.dll"));
    tell_image(trace, SOLUTION, 0x7ffb1e880000,
               (struct span)UTF16(u"\\??\\C:\\Windows\\System32\\ntdll.dll"));
}

void fixture_init(struct fixture *f, size_t events)
{
    struct etl_file_header header;
    *f = (struct fixture){.last_time = ORIGIN};
    make_header(&header);
    f->trace = trace_new(&header);
    assert_non_null(f->trace);
    tell_system(f->trace);
    tell_story(f, events == 0 ? MAX_EVENTS : events == FIXTURE_EMPTY ? 0 : events + 2);
}

void fixture_walk_stacks(struct fixture *f)
{
    enum { NTDLL = 0, CRT = 1, PROGRAM = 2 };
    static const uint64_t base[] = {0x7ffb1e880000, 0x7ffb1c4c0000, 0x7ff6d82b0000};
    struct trace *t = f->trace;
    for (uint64_t id = 0; id < store_rows(t->store); id++) {
        struct row row;
        store_get(t->store, id, &row);
        bool walked = row.op == HEAP_OP_ALLOC || row.op == HEAP_OP_REALLOC;
        if (!walked || trace_row_process(t, &row)->pid != SOLUTION)
            continue;
        uint64_t site = row.size % 3;
        const uint64_t frames[] = {
            base[NTDLL] + 0x2cd07,  base[CRT] + 0x1b8e6, base[PROGRAM] + 0x1240 + 0x100 * site,
            base[PROGRAM] + 0x30d9, 0x7ffb00001000,      base[NTDLL] + 0x5aa58};
        uint32_t stack = stack_table_add(t->stacks, frames + (site == 2), 6 - (site == 2));
        assert_int_equal(store_set_stack(t->store, id, stack), 0);
    }
}

void fixture_tell_on(struct fixture *f)
{
    tell_story(f, MAX_EVENTS);
}

void fixture_release(struct fixture *f)
{
    trace_unref(f->trace);
}

struct snapshot *fixture_snapshot(const struct fixture *f, const struct query_spec *spec)
{
    static const struct query_spec everything = {.since = INT64_MIN, .until = INT64_MAX};
    struct snapshot *s = base_xcalloc(1, sizeof *s);
    atomic_init(&s->refs, 1);
    s->source = (struct source_status){.state = SOURCE_COMPLETE,
                                       .name = "app.etl",
                                       .bytes_done = 786432,
                                       .bytes_total = 786432,
                                       .opened_at = INT64_C(100000000000)};
    s->trace = trace_ref(f->trace);
    s->header = f->trace->header;
    s->query = query_new(f->trace, spec != NULL ? spec : &everything);
    assert_non_null(s->query);
    while (query_advance(s->query, 10000))
        continue;
    s->summary = query_summarize(s->query);
    s->tally = base_xcalloc(1, sizeof *s->tally);
    *s->tally = f->tally;
    s->trust = f->trust;
    s->images = image_table_map(f->trace->images);
    s->rows = store_rows(f->trace->store);
    s->scanned = query_scanned(s->query);
    s->matched = query_count(s->query);
    s->last_time = f->last_time;
    s->rows_complete = s->summary_complete = true;
    return s;
}
