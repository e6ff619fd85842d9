/*
 * Replay against a second one, written the slow way: no tables, nothing remembered but the events
 * and the blocks, every question answered by looking through all of them.
 *
 * Many short random traces over few threads, heaps and addresses, so that everything collides;
 * every row must agree in flags, link, sizes, closed blocks and identity.
 */
#include "replay_world.h"

enum { EVENTS = 800, TRACES = 300, NOBODY = -1 };

struct slow_instance {
    uint32_t pid;
    bool has_start, ended;
    int64_t start;
};

struct slow_thread {
    int instance;
    uint32_t tid;
};

struct slow_heap {
    int instance;
    uint64_t handle;
    unsigned generation;
    bool used, ended;
};

struct slow_block {
    int heap, thread;
    uint64_t address, size;
    int opener, closer; /* rows */
    bool resized_into_being;
};

/* A row as it should be. */
struct slow_row {
    struct trace_event event;
    int heap, thread;
    unsigned flags;
    int link; /* unless it opens */
    uint64_t size, own_size;
    int old_opener;
    int closed[EVENTS];
    uint64_t closed_size[EVENTS];
    int closed_count;
};

struct slow_world {
    struct slow_instance instances[EVENTS];
    struct slow_thread threads[EVENTS];
    struct slow_heap heaps[EVENTS];
    struct slow_block blocks[EVENTS];
    struct slow_row rows[EVENTS];
    int instance_count, thread_count, heap_count, block_count, row_count;
    struct replay_trust trust;
};

static int slow_add_instance(struct slow_world *w, uint32_t pid, bool has_start, int64_t start)
{
    w->instances[w->instance_count] =
        (struct slow_instance){.pid = pid, .has_start = has_start, .start = start};
    return w->instance_count++;
}

static int slow_latest_instance(const struct slow_world *w, uint32_t pid)
{
    for (int i = w->instance_count - 1; i >= 0; i--)
        if (w->instances[i].pid == pid)
            return i;
    return NOBODY;
}

static void slow_process(struct slow_world *w, const struct trace_event *e)
{
    int i = slow_latest_instance(w, e->pid);
    bool starts = e->kind == EVENT_PROCESS_START;
    if (i == NOBODY)
        i = slow_add_instance(w, e->pid, starts, e->time);
    else if (starts && (w->instances[i].ended ||
                        (w->instances[i].has_start && w->instances[i].start != e->time)))
        i = slow_add_instance(w, e->pid, true, e->time);
    if (e->kind == EVENT_PROCESS_END)
        w->instances[i].ended = true;
}

static int slow_thread_of(struct slow_world *w, const struct trace_event *e)
{
    int i = slow_latest_instance(w, e->pid);
    if (i == NOBODY || w->instances[i].ended)
        i = slow_add_instance(w, e->pid, i != NOBODY, INT64_MAX);
    for (int t = 0; t < w->thread_count; t++)
        if (w->threads[t].instance == i && w->threads[t].tid == e->tid)
            return t;
    w->threads[w->thread_count] = (struct slow_thread){.instance = i, .tid = e->tid};
    return w->thread_count++;
}

static int slow_latest_heap(const struct slow_world *w, int instance, uint64_t handle)
{
    for (int h = w->heap_count - 1; h >= 0; h--)
        if (w->heaps[h].instance == instance && w->heaps[h].handle == handle)
            return h;
    return NOBODY;
}

static int slow_heap_of(struct slow_world *w, const struct slow_row *row, bool uses)
{
    int instance = w->threads[row->thread].instance;
    int h = slow_latest_heap(w, instance, row->event.heap);
    unsigned generation = h == NOBODY ? 0 : w->heaps[h].generation;
    if (h == NOBODY || (uses && w->heaps[h].ended)) {
        h = w->heap_count++;
        w->heaps[h] = (struct slow_heap){
            .instance = instance, .handle = row->event.heap, .generation = generation + 1};
    }
    w->heaps[h].used |= uses;
    return h;
}

static struct slow_block *slow_alive(struct slow_world *w, int heap, uint64_t address)
{
    for (int b = 0; b < w->block_count; b++)
        if (w->blocks[b].heap == heap && w->blocks[b].address == address &&
            w->blocks[b].closer == NOBODY)
            return &w->blocks[b];
    return NULL;
}

static void slow_open(struct slow_world *w, struct slow_row *row, bool by_resize)
{
    w->blocks[w->block_count++] = (struct slow_block){
        .heap = row->heap,
        .thread = row->thread,
        .address = row->event.address,
        .size = row->event.size,
        .opener = w->row_count,
        .closer = NOBODY,
        .resized_into_being = by_resize,
    };
    row->flags |= ROW_OPENS;
}

static void slow_close(struct slow_world *w, struct slow_row *row, struct slow_block *b)
{
    b->closer = w->row_count;
    row->closed[row->closed_count] = b->opener;
    row->closed_size[row->closed_count++] = b->size;
}

static void slow_end(struct slow_world *w, struct slow_row *row, int heap)
{
    for (int b = 0; b < w->block_count; b++)
        if (w->blocks[b].heap == heap && w->blocks[b].closer == NOBODY)
            slow_close(w, row, &w->blocks[b]);
    w->heaps[heap].ended = true;
}

/* Whether the block's thread has allocated in its heap since. */
static bool slow_allocated_since(const struct slow_world *w, const struct slow_block *b)
{
    for (int i = 0; i < w->block_count; i++) {
        const struct slow_block *other = &w->blocks[i];
        if (other->thread == b->thread && other->heap == b->heap && other->opener > b->opener &&
            !other->resized_into_being)
            return true;
    }
    return false;
}

static void slow_check_wrong_heap(struct slow_world *w, struct slow_row *row, uint64_t address)
{
    int instance = w->heaps[row->heap].instance;
    for (int b = 0; b < w->block_count; b++) {
        const struct slow_block *block = &w->blocks[b];
        if (block->closer == NOBODY && block->address == address && block->heap != row->heap &&
            w->heaps[block->heap].instance == instance) {
            row->flags |= ROW_WRONG_HEAP;
            w->trust.wrong_heap++;
            return;
        }
    }
}

/* The latest row of `op` by the same thread in the same heap. */
static const struct slow_row *slow_latest(const struct slow_world *w, const struct slow_row *row,
                                          unsigned op)
{
    for (int i = w->row_count - 1; i >= 0; i--)
        if (w->rows[i].event.op == op && w->rows[i].heap == row->heap &&
            w->rows[i].thread == row->thread)
            return &w->rows[i];
    return NULL;
}

static void slow_alloc(struct slow_world *w, struct slow_row *row)
{
    if (row->event.address == 0) {
        row->flags |= ROW_FAILED;
        return;
    }
    struct slow_block *old = slow_alive(w, row->heap, row->event.address);
    if (old != NULL) {
        row->flags |= ROW_LOST_FREE;
        w->trust.lost_frees++;
        slow_close(w, row, old);
    }
    slow_open(w, row, false);
}

static void slow_free(struct slow_world *w, struct slow_row *row)
{
    struct slow_block *b = slow_alive(w, row->heap, row->event.address);
    if (b != NULL) {
        row->flags |= ROW_CLOSES | (slow_allocated_since(w, b) ? 0 : ROW_TEMPORARY);
        row->link = b->opener;
        row->size = b->size;
        b->closer = w->row_count;
        return;
    }
    row->flags |= ROW_UNMATCHED;
    w->trust.unmatched_frees++;
    /* A trace this short forgets no free. */
    for (int i = 0; i < w->block_count && (row->flags & ROW_DOUBLE_FREE) == 0; i++)
        if (w->blocks[i].heap == row->heap && w->blocks[i].address == row->event.address)
            row->flags |= ROW_DOUBLE_FREE;
    w->trust.double_frees += (row->flags & ROW_DOUBLE_FREE) != 0;
    slow_check_wrong_heap(w, row, row->event.address);
}

static void slow_resize(struct slow_world *w, struct slow_row *row)
{
    const struct trace_event *e = &row->event;
    struct slow_block *b = slow_alive(w, row->heap, e->address);
    if (e->address == 0) {
        w->trust.other++;
    } else if (b != NULL) {
        row->flags |= ROW_RESIZES | (e->old_size != b->size ? ROW_REPAIRED : 0);
        row->link = b->opener;
        row->own_size = b->size;
        row->old_opener = b->opener;
        b->size = e->size;
    } else {
        row->flags |= ROW_REPAIRED;
        slow_check_wrong_heap(w, row, e->address);
        slow_open(w, row, true);
    }
}

static void slow_move(struct slow_world *w, struct slow_row *row)
{
    const struct trace_event *e = &row->event;
    const struct slow_row *alloc = slow_latest(w, row, HEAP_OP_ALLOC);
    const struct slow_row *freed = slow_latest(w, row, HEAP_OP_FREE);
    bool free_fits = freed != NULL && freed->event.address == e->old_address;
    struct slow_block *old = slow_alive(w, row->heap, e->old_address);
    bool summary = alloc != NULL && alloc->event.address == e->address && free_fits;
    row->flags |= ROW_MOVED | (summary ? 0 : ROW_REPAIRED);
    if (summary) {
        if (e->address != 0)
            row->link = (int)(alloc - w->rows);
    } else {
        const struct slow_block *there = slow_alive(w, row->heap, e->address);
        if (there != NULL)
            row->link = there->opener;
        else if (e->address != 0)
            slow_open(w, row, false);
    }
    if (summary || (free_fits && (old == NULL || old->thread != row->thread))) {
        if ((freed->flags & ROW_CLOSES) != 0) {
            row->own_size = freed->size;
            row->old_opener = freed->link;
        }
    } else if (old != NULL) {
        row->flags |= slow_allocated_since(w, old) ? 0 : ROW_TEMPORARY;
        row->own_size = old->size;
        row->old_opener = old->opener;
        slow_close(w, row, old);
    } else {
        slow_check_wrong_heap(w, row, e->old_address);
    }
}

static bool slow_is_duplicate(const struct slow_world *w, const struct slow_row *row)
{
    for (int i = w->row_count - 1; i >= 0; i--) {
        const struct slow_row *r = &w->rows[i];
        if (r->event.op == row->event.op && r->thread == row->thread &&
            r->event.heap == row->event.heap && r->event.extra[0] == row->event.extra[0] &&
            row->event.time - r->event.time <= WORLD_TICKS_PER_MS &&
            (r->flags & ROW_DUPLICATE) == 0)
            return true;
    }
    return false;
}

static void slow_create(struct slow_world *w, struct slow_row *row)
{
    int instance = w->threads[row->thread].instance;
    int present = slow_latest_heap(w, instance, row->event.heap);
    if ((row->flags & ROW_DUPLICATE) == 0 && present != NOBODY && !w->heaps[present].ended &&
        w->heaps[present].used) {
        row->flags |= ROW_LOST_DESTROY;
        w->trust.lost_destroys++;
        slow_end(w, row, present);
    }
}

static void slow_take(struct slow_world *w, const struct trace_event *e)
{
    if (e->kind != EVENT_HEAP) {
        slow_process(w, e);
        return;
    }
    struct slow_row *row = &w->rows[w->row_count];
    *row = (struct slow_row){.event = *e,
                             .thread = slow_thread_of(w, e),
                             .link = NOBODY,
                             .size = e->size,
                             .own_size = e->old_size,
                             .old_opener = NOBODY};
    bool repeatable =
        e->op == HEAP_OP_CREATE || e->op == HEAP_OP_EXPAND || e->op == HEAP_OP_CONTRACT;
    if (repeatable && slow_is_duplicate(w, row)) {
        row->flags |= ROW_DUPLICATE;
        w->trust.duplicates++;
    }
    if (e->op == HEAP_OP_CREATE)
        slow_create(w, row);
    bool range = e->op >= HEAP_OP_RANGE_RUNDOWN;
    row->heap = slow_heap_of(w, row, !range && (row->flags & ROW_DUPLICATE) == 0);
    row->flags |= range ? ROW_RANGE : 0;
    if (e->op == HEAP_OP_ALLOC)
        slow_alloc(w, row);
    else if (e->op == HEAP_OP_FREE)
        slow_free(w, row);
    else if (e->op == HEAP_OP_REALLOC && e->address == e->old_address)
        slow_resize(w, row);
    else if (e->op == HEAP_OP_REALLOC)
        slow_move(w, row);
    else if (e->op == HEAP_OP_DESTROY)
        slow_end(w, row, row->heap);
    w->trust.repaired += (row->flags & ROW_REPAIRED) != 0;
    w->row_count++;
}

/* A small generator, good enough for dice. */
static uint32_t dice(uint64_t *seed, uint32_t sides)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*seed >> 33) % sides);
}

static const uint64_t payloads[] = {5, 6};

static uint16_t random_op(uint64_t *seed)
{
    static const struct {
        uint16_t op;
        uint8_t weight;
    } ops[] = {
        {HEAP_OP_ALLOC, 40},   {HEAP_OP_FREE, 30},    {HEAP_OP_REALLOC, 20},
        {HEAP_OP_CREATE, 2},   {HEAP_OP_DESTROY, 2},  {HEAP_OP_EXPAND, 2},
        {HEAP_OP_CONTRACT, 2}, {HEAP_OP_SNAPSHOT, 1}, {HEAP_OP_RANGE_RESERVE, 1},
    };
    uint32_t at = dice(seed, 100);
    size_t i = 0;
    while (at >= ops[i].weight)
        at -= ops[i++].weight;
    return ops[i].op;
}

static struct trace_event random_event(uint64_t *seed)
{
    struct trace_event e = {
        .kind = EVENT_HEAP,
        .op = random_op(seed),
        .pid = 7 + (dice(seed, 8) == 0),
        .tid = 1 + dice(seed, 3),
        .heap = UINT64_C(0x10000) << dice(seed, 2),
        .has = EVENT_HAS_HEAP,
    };
    uint32_t special = dice(seed, 200);
    if (special < 3)
        e.kind = (uint8_t)(EVENT_PROCESS_START + special);
    if (e.op == HEAP_OP_ALLOC || e.op == HEAP_OP_REALLOC || e.op == HEAP_OP_FREE) {
        e.has = e.op == HEAP_OP_ALLOC  ? FIELDS_ALLOC
                : e.op == HEAP_OP_FREE ? FIELDS_FREE
                                       : FIELDS_REALLOC;
        e.address = UINT64_C(16) * dice(seed, 6);
        if (e.op != HEAP_OP_FREE)
            e.size = dice(seed, 20) == 0 ? UINT64_MAX : dice(seed, 4);
        if (e.op == HEAP_OP_REALLOC) {
            e.old_address = dice(seed, 3) == 0 ? e.address : UINT64_C(16) * dice(seed, 6);
            e.old_size = dice(seed, 4);
        }
    } else {
        e.extra = &payloads[dice(seed, 2)];
        e.extra_count = 1;
    }
    return e;
}

/* Random events, with the trio of a moving ReAlloc thrown in, some of it lost or interleaved. */
static void random_trace(uint64_t seed, struct trace_event *events)
{
    int64_t now = 0;
    size_t n = 0;
    while (n < EVENTS) {
        struct trace_event e = random_event(&seed);
        bool trio = e.op == HEAP_OP_REALLOC && e.kind == EVENT_HEAP && e.address != e.old_address &&
                    dice(&seed, 2) == 0;
        struct trace_event steps[3] = {e, e, e};
        steps[0].op = HEAP_OP_ALLOC;
        steps[0].has = FIELDS_ALLOC;
        steps[0].old_address = steps[0].old_size = 0;
        steps[1].op = HEAP_OP_FREE;
        steps[1].has = FIELDS_FREE;
        steps[1].address = e.old_address;
        steps[1].size = steps[1].old_address = steps[1].old_size = 0;
        for (int i = trio ? 0 : 2; i < 3 && n < EVENTS; i++) {
            if (i < 2 && dice(&seed, 5) == 0)
                continue;
            events[n] = steps[i];
            now += dice(&seed, 4) == 0 ? dice(&seed, 20000) : dice(&seed, 3);
            events[n++].time = now;
            if (trio && dice(&seed, 3) == 0 && n < EVENTS) {
                events[n] = random_event(&seed);
                events[n++].time = now;
            }
        }
    }
}

static uint64_t row_or_none(int row)
{
    return row == NOBODY ? ROW_NONE : (uint64_t)row;
}

static void compare_closed(const struct world *w, uint64_t id, const struct slow_row *want)
{
    const struct row_closed *closed = NULL;
    assert_int_equal(store_closed(w->store, id, &closed), want->closed_count);
    for (int i = 0; i < want->closed_count; i++) {
        assert_int_equal(closed[i].row, want->closed[i]);
        assert_int_equal(closed[i].size, want->closed_size[i]);
    }
}

static void compare_row(const struct world *w, const struct slow_world *slow, uint64_t id)
{
    const struct slow_row *want = &slow->rows[id];
    struct row row = row_at(w, id);
    assert_int_equal(row.op, want->event.op);
    assert_int_equal(row.time, want->event.time);
    assert_int_equal(row.flags, want->flags);
    assert_int_equal(row.size, want->size);
    assert_int_equal(row.thread, want->thread);
    assert_int_equal(row.heap, want->heap);
    const struct heap *heap = registry_heap(w->registry, row.heap);
    assert_int_equal(heap->handle, want->event.heap);
    assert_int_equal(heap->generation, slow->heaps[want->heap].generation);
    assert_int_equal(heap->process, slow->heaps[want->heap].instance);
    if ((want->flags & ROW_OPENS) == 0)
        assert_int_equal(row.link, row_or_none(want->link));
    compare_closed(w, id, want);
    if (want->event.op == HEAP_OP_REALLOC) {
        assert_int_equal(old_at(w, id, STORE_OLD_OWN), want->own_size);
        assert_int_equal(old_at(w, id, STORE_OLD_OPENER), row_or_none(want->old_opener));
    }
}

static void compare_blocks(const struct world *w, const struct slow_world *slow)
{
    uint64_t alive = 0, bytes = 0;
    for (int b = 0; b < slow->block_count; b++) {
        const struct slow_block *block = &slow->blocks[b];
        assert_int_equal(row_at(w, (uint64_t)block->opener).link, row_or_none(block->closer));
        alive += block->closer == NOBODY;
        bytes += block->closer == NOBODY ? block->size : 0;
    }
    assert_int_equal(replay_live_blocks(w->replay), alive);
    assert_int_equal(replay_live_bytes(w->replay), bytes);
    assert_memory_equal(replay_trust(w->replay), &slow->trust, sizeof slow->trust);
}

static void compare_trace(uint64_t seed, unsigned *seen_flags)
{
    static struct slow_world slow;
    static struct trace_event events[EVENTS];
    slow = (struct slow_world){0};
    random_trace(seed, events);
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < EVENTS; i++)
        slow_take(&slow, &events[i]);
    for (size_t i = 0; i < EVENTS;) {
        size_t n = 1 + dice(&seed, 40);
        n = n < EVENTS - i ? n : EVENTS - i;
        assert_int_equal(replay_take(w.replay, &events[i], n), 0);
        i += n;
    }
    store_publish(w.store);
    assert_int_equal(store_rows(w.store), slow.row_count);
    for (int i = 0; i < slow.row_count; i++) {
        compare_row(&w, &slow, (uint64_t)i);
        *seen_flags |= slow.rows[i].flags;
    }
    compare_blocks(&w, &slow);
    world_release(&w);
}

static void test_random_traces(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (uint64_t seed = 1; seed <= TRACES; seed++)
        compare_trace(seed, &seen);
    /* The traces were wild enough to meet every rule. */
    assert_int_equal(seen, (ROW_RANGE << 1) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_traces)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
