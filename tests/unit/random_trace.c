/*
 * Random events (random_trace.h): mostly Allocs and Frees of the same few addresses, moves as
 * Windows writes them and with halves missing, and now and then every other sort of record.
 */
#include "random_trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "decoder/heap_op.h"

#define HEAPS     2
#define ADDRESSES 16
#define THREADS   2

void random_trace_init(struct random_trace *rt, uint64_t seed, uint64_t ticks_per_second,
                       uint64_t max_step)
{
    struct etl_file_header header = {
        .header_time = 5000,
        .perf_frequency = (int64_t)ticks_per_second,
        .clock_type = ETL_CLOCK_QPC,
        .pointer_size = 8,
    };
    *rt = (struct random_trace){.rng = {seed}, .now = 4000, .max_step = max_step};
    rt->trace = trace_new(&header);
    assert_non_null(rt->trace);
}

void random_trace_release(struct random_trace *rt)
{
    trace_unref(rt->trace);
}

static void take(struct random_trace *rt, struct trace_event *e)
{
    rt->now += (int64_t)rng_below(&rt->rng, rt->max_step + 1);
    e->time = rt->now;
    assert_int_equal(replay_take(rt->trace->replay, e, 1), 0);
}

static uint64_t some_size(struct random_trace *rt)
{
    switch (rng_below(&rt->rng, 12)) {
    case 0:
        return 0;
    case 1:
        return UINT32_MAX - 2 + rng_below(&rt->rng, 5);
    case 2:
        return rng_below(&rt->rng, UINT64_C(1) << 40);
    default:
        return rng_below(&rt->rng, UINT64_C(16) << (rt->phase % 3 * 4));
    }
}

static uint32_t some_source(struct random_trace *rt)
{
    static const uint32_t odd[] = {0, 253, 254, 255, 256, 70000, UINT32_MAX};
    if (rng_chance(&rt->rng, 50))
        return odd[rng_below(&rt->rng, sizeof odd / sizeof odd[0])];
    return (uint32_t)rng_range(&rt->rng, 1, 6);
}

static struct trace_event some_event(struct random_trace *rt, unsigned op)
{
    uint64_t heap = rng_below(&rt->rng, HEAPS);
    return (struct trace_event){
        .kind = EVENT_HEAP,
        .op = (uint16_t)op,
        .pid = rng_chance(&rt->rng, 10)
                   ? EVENT_NO_ID
                   : (uint32_t)RANDOM_PID(rng_below(&rt->rng, RANDOM_PROCESSES)),
        .tid = rng_chance(&rt->rng, 10) ? EVENT_NO_ID : 10 + (uint32_t)rng_below(&rt->rng, THREADS),
        .cpu = (uint16_t)rng_below(&rt->rng, 4),
        .has = EVENT_HAS_HEAP,
        .heap = 0x13d35bd0000 + heap * 0x10000,
    };
}

static uint64_t some_address(struct random_trace *rt, uint64_t heap)
{
    return heap + 0x100 + 0x40 * rng_below(&rt->rng, ADDRESSES);
}

static void put_source(struct random_trace *rt, struct trace_event *e)
{
    if (rng_chance(&rt->rng, 30))
        return;
    e->has |= EVENT_HAS_SOURCE;
    e->source = some_source(rt);
}

static void add_alloc(struct random_trace *rt)
{
    struct trace_event e = some_event(rt, HEAP_OP_ALLOC);
    e.has |= EVENT_HAS_ADDRESS | EVENT_HAS_SIZE;
    e.address = rng_chance(&rt->rng, 20) ? 0 : some_address(rt, e.heap);
    e.size = some_size(rt);
    put_source(rt, &e);
    take(rt, &e);
}

static void add_free(struct random_trace *rt)
{
    struct trace_event e = some_event(rt, HEAP_OP_FREE);
    e.has |= EVENT_HAS_ADDRESS;
    e.address = some_address(rt, e.heap);
    put_source(rt, &e);
    take(rt, &e);
}

/* A move as Windows writes it, at times without its Alloc or Free; or a resize in place. */
static void add_realloc(struct random_trace *rt)
{
    struct trace_event e = some_event(rt, HEAP_OP_REALLOC);
    e.has |= EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE;
    e.address = some_address(rt, e.heap);
    e.old_address = rng_chance(&rt->rng, 400) ? e.address : some_address(rt, e.heap);
    e.size = some_size(rt);
    e.old_size = some_size(rt);
    put_source(rt, &e);
    if (e.old_address != e.address) {
        struct trace_event half = e;
        half.op = HEAP_OP_ALLOC;
        half.has &= (uint8_t) ~(EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE);
        if (rng_chance(&rt->rng, 700))
            take(rt, &half);
        half.op = HEAP_OP_FREE;
        half.has &= (uint8_t)~EVENT_HAS_SIZE;
        half.address = e.old_address;
        half.size = 0;
        if (rng_chance(&rt->rng, 700))
            take(rt, &half);
    }
    take(rt, &e);
}

/* A record with a payload of its own: random values in the last layout of its operation. */
static void add_payload(struct random_trace *rt, unsigned op)
{
    struct trace_event e = some_event(rt, op);
    const struct heap_op_info *info = heap_op_info(op);
    uint64_t values[16];
    e.layout = (uint8_t)(info->layout_count - 1);
    const struct heap_layout *layout = &info->layouts[e.layout];
    for (unsigned i = 0; i < layout->field_count; i++)
        if (layout->fields[i].slot == HEAP_SLOT_EXTRA)
            values[e.extra_count++] = rng_below(&rt->rng, 1 << 20);
    e.extra = values;
    if (op == HEAP_OP_EXPAND || op == HEAP_OP_CONTRACT || op == HEAP_OP_RANGE_RESERVE) {
        e.has |= EVENT_HAS_ADDRESS | EVENT_HAS_SIZE;
        e.address = some_address(rt, e.heap);
        e.size = some_size(rt);
    }
    take(rt, &e);
    if (op == HEAP_OP_CREATE && rng_chance(&rt->rng, 300))
        take(rt, &e);
}

/* Records without values: known, unknown, without a heap. */
static void add_other(struct random_trace *rt)
{
    static const uint16_t ops[] = {43, 44, 77, 255, HEAP_OP_RANGE_DESTROY};
    struct trace_event e = some_event(rt, ops[rng_below(&rt->rng, sizeof ops / sizeof ops[0])]);
    if (rng_chance(&rt->rng, 300))
        e.has = 0;
    take(rt, &e);
}

static void add_rare(struct random_trace *rt)
{
    static const uint16_t ops[] = {
        HEAP_OP_CREATE,   HEAP_OP_DESTROY,  HEAP_OP_EXPAND,
        HEAP_OP_CONTRACT, HEAP_OP_SNAPSHOT, HEAP_OP_RANGE_RESERVE,
    };
    if (rng_chance(&rt->rng, 400))
        add_other(rt);
    else
        add_payload(rt, ops[rng_below(&rt->rng, sizeof ops / sizeof ops[0])]);
}

void random_trace_add(struct random_trace *rt, uint64_t rows)
{
    uint64_t end = store_appended(rt->trace->store) + rows;
    while (store_appended(rt->trace->store) < end) {
        uint64_t dice = rng_below(&rt->rng, 1000);
        if (dice < 2)
            rt->phase++;
        if (dice < 480)
            add_alloc(rt);
        else if (dice < 850)
            add_free(rt);
        else if (dice < 960)
            add_realloc(rt);
        else
            add_rare(rt);
    }
    store_publish(rt->trace->store);
}

void random_trace_name(struct random_trace *rt, unsigned n)
{
    char name[16];
    int len = snprintf(name, sizeof name, "app%u.exe", n);
    struct trace_event e = {
        .kind = EVENT_PROCESS_RUNDOWN,
        .pid = (uint32_t)RANDOM_PID(n),
        .name = {(const uint8_t *)name, (size_t)len},
    };
    take(rt, &e);
}
