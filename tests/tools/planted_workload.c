/*
 * A minute of a server at work, with one or several things wrong in it: planted truths that
 * whoever looks for such things must find, and must not find where they were not planted.
 *
 * Four workers allocate from a thousand places and free what they hold, each his own blocks, in
 * random order; after a first second the heap holds as much as it will at the end.  What is planted
 * is one more actor each.
 */
#include <stdlib.h>

#include "planted_calls.h"
#include "stage.h"
#include "workload.h"

/* 1 ms and one second of workload time. */
enum { MS = 10000, SECOND = 1000 * MS };

enum { WORKERS = 4, HELD = 300, EVENTS_OF_AN_ACT = 2 };

/* How often something is done that is wrong each time. */
enum { TIMES = 3, INVALID_TIMES = 5 };

/* When the workers are at it. */
enum { FIRST = 10 * MS, LAST = 60 * SECOND };

struct server {
    struct stage stage;
    struct stage_process process;
    struct stage_heap heap;    /* everybody's */
    struct stage_heap session; /* of what grows, and where blocks are freed that are not in it */
    struct stage_heap cache;   /* what is fragmented */
    uint64_t acts;             /* of a worker, about */
};

static struct server *server_of(struct stage *stage)
{
    return (struct server *)stage;
}

/* ---- the server ---- */

static void exist(struct stage *stage, struct stage_actor *actor)
{
    stage_log_process(stage, actor->heap->process, MKETL_DC_START);
    planted_calls_images(stage, actor->heap->process);
    stage_create(stage, actor);
    struct stage_actor session = *actor;
    session.heap = &server_of(stage)->session;
    stage_create(stage, &session);
}

/* A place always asks for the same size. */
static uint64_t size_at(uint32_t site)
{
    return site % 50 == 0 ? 0x1000 + site * 8 : 16 + site % 37 * 24;
}

static uint32_t source_of(uint64_t size)
{
    return size < 0x4000 ? MKETL_SOURCE_LOWFRAG : MKETL_SOURCE_MAINPATH;
}

static void alloc_at(struct stage *stage, struct stage_actor *actor, uint32_t site)
{
    uint64_t size = size_at(site);
    stage_alloc(stage, actor, actor->held, size, source_of(size), site);
}

static void free_any(struct stage *stage, struct stage_actor *actor)
{
    stage_free(stage, actor, actor->held, rng_below(&stage->rng, actor->held->count));
}

/* Fills up at once, however short the trace is. */
static void work(struct stage *stage, struct stage_actor *actor)
{
    uint64_t most = server_of(stage)->acts / 20 < HELD ? server_of(stage)->acts / 20 : HELD;
    do {
        alloc_at(stage, actor, 1 + (uint32_t)rng_below(&stage->rng, PLANTED_SITES));
        stage_pause(stage, 40);
    } while (actor->beat == 0 && actor->held->count < most);
    while (actor->held->count > most)
        free_any(stage, actor);
}

/* Somebody marks the trace when the server is warm, and before it is stopped. */
static void mark(struct stage *stage, struct stage_actor *actor)
{
    recorder_log(stage->recorder, &(struct mketl_event){
                                      .kind = MKETL_KIND_MARK,
                                      .time = stage->now,
                                      .cpu = actor->cpu,
                                      .tid = actor->tid,
                                      .name = stage->now < LAST / 2 ? "warm" : "before stop",
                                  });
}

/* ---- what is planted ---- */

static void leak(struct stage *stage, struct stage_actor *actor)
{
    alloc_at(stage, actor, PLANTED_LEAK_SITE);
}

static void grow(struct stage *stage, struct stage_actor *actor)
{
    alloc_at(stage, actor, 1 + (uint32_t)rng_below(&stage->rng, PLANTED_SITES));
}

static void free_twice(struct stage *stage, struct stage_actor *actor)
{
    if (actor->beat >= TIMES)
        return;
    alloc_at(stage, actor, 7);
    stage_pause(stage, 40);
    uint64_t address = actor->held->items[0].address;
    stage_free(stage, actor, actor->held, 0);
    stage_free_address(stage, actor, address);
}

static void free_elsewhere(struct stage *stage, struct stage_actor *actor)
{
    if (actor->beat >= TIMES)
        return;
    alloc_at(stage, actor, 8);
    stage_pause(stage, 40);
    struct stage_actor elsewhere = *actor;
    elsewhere.heap = &server_of(stage)->session;
    stage_free_address(stage, &elsewhere, actor->held->items[0].address);
    stage_pause(stage, 40);
    stage_free(stage, actor, actor->held, 0);
}

static void ping_pong(struct stage *stage, struct stage_actor *actor)
{
    enum { SMALL = 0x6000, LARGE = 0xa000 };
    if (actor->held->count == 0)
        stage_alloc(stage, actor, actor->held, SMALL, MKETL_SOURCE_MAINPATH, PLANTED_MOVE_SITE);
    else
        stage_move(stage, actor, actor->held, 0, actor->beat % 2 == 0 ? SMALL : LARGE,
                   PLANTED_MOVE_SITE);
}

/* Half the time it fills, then all but every twentieth block goes. */
static void fragment(struct stage *stage, struct stage_actor *actor)
{
    enum { PAGE = 0x1000, KEPT = 20 };
    if (actor->beat == 0)
        stage_create(stage, actor);
    if (stage->now < LAST / 2)
        stage_alloc(stage, actor, actor->held, PAGE - 16, MKETL_SOURCE_MAINPATH, 9);
    else
        for (size_t i = 0; i < 4 && actor->held->count > actor->beat / KEPT / 2; i++)
            free_any(stage, actor);
}

/* The other thread takes what is oldest. */
static void produce(struct stage *stage, struct stage_actor *actor)
{
    alloc_at(stage, actor, 11);
}

static void consume(struct stage *stage, struct stage_actor *actor)
{
    while (actor->held->count > 8)
        stage_free(stage, actor, actor->held, 0);
}

static void storm(struct stage *stage, struct stage_actor *actor)
{
    alloc_at(stage, actor, PLANTED_STORM_SITE);
    stage_pause(stage, 20);
    stage_free(stage, actor, actor->held, 0);
}

static void take_much(struct stage *stage, struct stage_actor *actor)
{
    stage_alloc(stage, actor, actor->held, 0x10000000, MKETL_SOURCE_SLOWPATH, 12);
}

static void give_much(struct stage *stage, struct stage_actor *actor)
{
    stage_free(stage, actor, actor->held, 0);
}

static void take_invalid(struct stage *stage, struct stage_actor *actor)
{
    if (actor->beat >= INVALID_TIMES)
        return;
    stage_alloc(stage, actor, actor->held, 64, MKETL_SOURCE_INVALID, 13);
    stage_pause(stage, 40);
    stage_free(stage, actor, actor->held, 0);
}

/* ---- the cast ---- */

enum { THREAD = 5000, CONSUMER = 5100, MOST_ACTORS = 24 };

/* Acts of what is planted all the time, in a hundred of the workers'. */
static int64_t every(const struct server *s, uint64_t percent)
{
    return (int64_t)((LAST - FIRST) * INT64_C(100) / (int64_t)(s->acts * percent) + 1);
}

struct cast {
    struct stage_actor actors[MOST_ACTORS];
    struct stage_blocks held[MOST_ACTORS];
    size_t count;
    uint32_t tid; /* of those that join */
};

/* One more actor, with blocks of its own. */
static struct stage_actor *join(struct cast *cast, struct stage_heap *heap,
                                void (*act)(struct stage *, struct stage_actor *), int64_t from,
                                int64_t until, int64_t period)
{
    size_t at = cast->count++;
    cast->actors[at] = (struct stage_actor){
        .act = act,
        .heap = heap,
        .tid = cast->tid,
        .cpu = (uint16_t)(at % 4),
        .next = from,
        .until = until,
        .period = period,
        .held = &cast->held[at],
    };
    return &cast->actors[at];
}

static void join_pair(struct cast *cast, struct server *s)
{
    struct stage_actor *producer =
        join(cast, &s->heap, produce, FIRST + SECOND, LAST, every(s, 20));
    struct stage_actor *consumer =
        join(cast, &s->heap, consume, FIRST + SECOND, LAST, every(s, 20));
    consumer->held = producer->held;
    consumer->tid = CONSUMER;
}

static void join_big(struct cast *cast, struct server *s)
{
    struct stage_actor *taker =
        join(cast, &s->heap, take_much, 20 * SECOND, 20 * SECOND + 1, SECOND);
    struct stage_actor *giver =
        join(cast, &s->heap, give_much, 30 * SECOND, 30 * SECOND + 1, SECOND);
    giver->held = taker->held;
}

static void plant(struct cast *cast, struct server *s, uint32_t planted)
{
    static const int64_t SOMETIMES = 10 * SECOND;
    struct stage_heap *heap = &s->heap;
    cast->tid = THREAD; /* the first worker does what one thread does */
    if (planted & 1u << MKETL_PLANT_LEAK)
        join(cast, heap, leak, FIRST + SECOND, LAST, every(s, 10));
    if (planted & 1u << MKETL_PLANT_GROWTH)
        join(cast, &s->session, grow, FIRST + SECOND, LAST, every(s, 25));
    if (planted & 1u << MKETL_PLANT_DOUBLE_FREE)
        join(cast, heap, free_twice, 5 * SECOND, LAST, SOMETIMES);
    if (planted & 1u << MKETL_PLANT_WRONG_HEAP)
        join(cast, heap, free_elsewhere, 6 * SECOND, LAST, SOMETIMES);
    if (planted & 1u << MKETL_PLANT_PING_PONG)
        join(cast, heap, ping_pong, FIRST + SECOND, LAST, every(s, 10));
    if (planted & 1u << MKETL_PLANT_FRAGMENT)
        join(cast, &s->cache, fragment, FIRST + SECOND, LAST, every(s, 20));
    if (planted & 1u << MKETL_PLANT_CROSS_THREAD)
        join_pair(cast, s);
    if (planted & 1u << MKETL_PLANT_STORM)
        join(cast, heap, storm, 30 * SECOND, 32 * SECOND, every(s, 100) / 40 + 1);
    if (planted & 1u << MKETL_PLANT_BIG)
        join_big(cast, s);
    if (planted & 1u << MKETL_PLANT_INVALID_SOURCE)
        join(cast, heap, take_invalid, 7 * SECOND, LAST, 5 * SECOND);
}

static void open_server(struct server *s, struct recorder *recorder)
{
    enum { PROCESS_HEAP = 0x2, PRIVATE_HEAP = 0x1002 };
    static const uint64_t ROOM = 0x80000000;
    *s = (struct server){
        .stage = {.recorder = recorder,
                  .rng = {recorder->options->seed + 1},
                  .now = MS,
                  .call = planted_calls_find},
        .process = {4412, 640, 8, "Contoso.Server.exe", "Server --port 8080"},
    };
    s->acts = recorder->options->events / WORKERS / EVENTS_OF_AN_ACT + 1;
    s->heap.process = s->session.process = s->cache.process = &s->process;
    s->cache.keeps_commit = true;
    sim_heap_init(&s->heap.sim, 0x1d35bd0000, ROOM, PROCESS_HEAP);
    sim_heap_init(&s->session.sim, 0x1d41a20000 + ROOM, ROOM, PRIVATE_HEAP);
    sim_heap_init(&s->cache.sim, 0x1d4f550000 + 2 * ROOM, ROOM, PRIVATE_HEAP);
}

static void close_server(struct server *s, struct cast *cast)
{
    for (size_t i = 0; i < cast->count; i++)
        free(cast->held[i].items);
    sim_heap_release(&s->heap.sim);
    sim_heap_release(&s->session.sim);
    sim_heap_release(&s->cache.sim);
}

void planted_workload_run(struct recorder *recorder)
{
    struct server s;
    struct cast cast = {.tid = THREAD};
    open_server(&s, recorder);
    join(&cast, &s.heap, exist, MS, MS + 1, SECOND);
    for (uint32_t i = 0; i < WORKERS; i++) {
        cast.tid = THREAD + i * 4;
        join(&cast, &s.heap, work, FIRST, LAST, (LAST - FIRST) / (int64_t)s.acts + 1);
    }
    join(&cast, &s.heap, mark, 5 * SECOND, 5 * SECOND + 1, SECOND);
    join(&cast, &s.heap, mark, 55 * SECOND, 55 * SECOND + 1, SECOND);
    plant(&cast, &s, recorder->options->planted);
    stage_run(&s.stage, cast.actors, cast.count);
    stage_log_process(&s.stage, &s.process, MKETL_DC_END);
    close_server(&s, &cast);
}
