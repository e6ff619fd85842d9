/*
 * A store, a registry and a replay, and short ways to feed them events by hand: shared by the
 * replay tests.
 */
#ifndef UNIT_REPLAY_WORLD_H
#define UNIT_REPLAY_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "model/replay.h"

#define WORLD_TICKS_PER_MS 10000
#define WORLD_PID          7
#define FIELDS_FREE        (EVENT_HAS_HEAP | EVENT_HAS_ADDRESS | EVENT_HAS_SOURCE)
#define FIELDS_ALLOC       (FIELDS_FREE | EVENT_HAS_SIZE)
#define FIELDS_REALLOC     (FIELDS_ALLOC | EVENT_HAS_OLD_ADDRESS | EVENT_HAS_OLD_SIZE)

struct world {
    struct store *store;
    struct registry *registry;
    struct replay *replay;
    int64_t now; /* raw time of the next event; every event moves it on */
    int64_t step;
    uint32_t pid;
};

static inline void world_init(struct world *w)
{
    *w = (struct world){
        .store = store_new(),
        .registry = registry_new(),
        .now = 1000000,
        .step = 2 * WORLD_TICKS_PER_MS,
        .pid = WORLD_PID,
    };
    w->replay = replay_new(w->store, w->registry, WORLD_TICKS_PER_MS * 1000);
    assert_non_null(w->replay);
}

static inline void world_release(struct world *w)
{
    replay_free(w->replay);
    registry_free(w->registry);
    store_free(w->store);
}

/* Feeds one event with the world's time and pid; returns the number its row got, if it is one. */
static inline uint64_t feed(struct world *w, struct trace_event e)
{
    e.time = w->now;
    e.pid = w->pid;
    w->now += w->step;
    uint64_t row = store_appended(w->store);
    assert_int_equal(replay_take(w->replay, &e, 1), 0);
    store_publish(w->store);
    return row;
}

static inline uint64_t feed_alloc(struct world *w, uint32_t tid, uint64_t heap, uint64_t address,
                                  uint64_t size)
{
    return feed(w, (struct trace_event){.op = HEAP_OP_ALLOC,
                                        .has = FIELDS_ALLOC,
                                        .tid = tid,
                                        .heap = heap,
                                        .address = address,
                                        .size = size,
                                        .source = 2});
}

static inline uint64_t feed_free(struct world *w, uint32_t tid, uint64_t heap, uint64_t address)
{
    return feed(w, (struct trace_event){.op = HEAP_OP_FREE,
                                        .has = FIELDS_FREE,
                                        .tid = tid,
                                        .heap = heap,
                                        .address = address,
                                        .source = 3});
}

/* A block and what is said of it. */
struct piece {
    uint64_t address, size;
};

static inline uint64_t feed_realloc(struct world *w, uint32_t tid, uint64_t heap, struct piece old,
                                    struct piece new)
{
    return feed(w, (struct trace_event){.op = HEAP_OP_REALLOC,
                                        .has = FIELDS_REALLOC,
                                        .tid = tid,
                                        .heap = heap,
                                        .address = new.address,
                                        .size = new.size,
                                        .old_address = old.address,
                                        .old_size = old.size,
                                        .source = 3});
}

/* Any other heap event that names a heap, with one further field of its payload. */
static inline uint64_t feed_heap_event(struct world *w, uint16_t op, uint32_t tid, uint64_t heap,
                                       uint64_t field)
{
    return feed(w, (struct trace_event){.op = op,
                                        .has = EVENT_HAS_HEAP,
                                        .tid = tid,
                                        .heap = heap,
                                        .extra = &field,
                                        .extra_count = 1});
}

static inline void feed_process(struct world *w, uint8_t kind)
{
    feed(w, (struct trace_event){.kind = kind});
}

static inline struct row row_at(const struct world *w, uint64_t id)
{
    struct row row;
    store_get(w->store, id, &row);
    return row;
}

static inline const struct heap *heap_at(const struct world *w, uint64_t id)
{
    return registry_heap(w->registry, row_at(w, id).heap);
}

static inline uint64_t old_at(const struct world *w, uint64_t id, enum store_old which)
{
    const struct store_extra *e = store_find_extra(w->store, id, STORE_EXTRA_OLD);
    assert_non_null(e);
    assert_int_equal(e->count, STORE_OLD_VALUES);
    return e->values[which];
}

/* What the stories are about: heaps, addresses, threads. */
#define HEAP  UINT64_C(0x10000)
#define OTHER UINT64_C(0x20000)

enum { A = 0x1000, B = 0x2000, C = 0x3000, D = 0x4000 };

enum { T1 = 1, T2, T3 };

static inline int world_setup(void **state)
{
    static struct world w;
    world_init(&w);
    *state = &w;
    return 0;
}

static inline int world_teardown(void **state)
{
    world_release(*state);
    return 0;
}

static inline void check_row(const struct world *w, uint64_t id, unsigned flags, uint64_t link)
{
    struct row row = row_at(w, id);
    assert_int_equal(row.flags, flags);
    assert_int_equal(row.link, link);
}

static inline void check_live(const struct world *w, uint64_t blocks, uint64_t bytes)
{
    assert_int_equal(replay_live_blocks(w->replay), blocks);
    assert_int_equal(replay_live_bytes(w->replay), bytes);
}

/* Row `id` closed exactly the blocks of `rows`, whose sizes were `sizes`. */
static inline void check_closed(const struct world *w, uint64_t id, size_t n, const uint64_t *rows,
                                const uint64_t *sizes)
{
    const struct row_closed *closed = NULL;
    assert_int_equal(store_closed(w->store, id, &closed), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(closed[i].row, rows[i]);
        assert_int_equal(closed[i].size, sizes[i]);
        assert_int_equal(store_closer(w->store, rows[i]), id);
    }
}

static inline void check_closed_none(const struct world *w, uint64_t id)
{
    check_closed(w, id, 0, NULL, NULL);
}

static inline void check_closed_one(const struct world *w, uint64_t id, uint64_t row, uint64_t size)
{
    check_closed(w, id, 1, &row, &size);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

#endif
