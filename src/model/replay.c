/*
 * The replay rules (replay.h), one function for each row or group of rows of the table in
 * numbers.md.
 *
 * An event becomes a struct step, its rule completes the step's row, then the row is appended and
 * the blocks it closes are told so. Where the table leaves room, this is how it is read:
 *
 * - "The same thread's latest Alloc and Free in that heap" are the latest such events, whatever
 *   their effect; what a repair supplies is none.
 * - In a repair the Alloc was seen when `new` is alive. The Free was seen when the thread's latest
 *   Free was of `old`, even if another thread has allocated `old` anew since; a block that the
 *   thread itself allocated there was not freed. Nothing is opened at address 0.
 * - Only Frees that took effect, and those a repair supplied, are frees the double free rule
 *   remembers: an unmatched Free is no free.
 * - A candidate for wrong heap follows its other rule too: the Free is unmatched, the ReAlloc is
 *   repaired in its own heap. In the summary of a move nothing is looked up.
 * - `temporary` asks for the allocating thread's next allocation: an Alloc that opened a block, or
 *   one that the repair of a move supplied.
 * - A heap is live from its first event of the heap provider. HeapRange records only mention it.
 */
#include "model/replay.h"

#include <errno.h>
#include <stdlib.h>

#include "base/err.h"
#include "decoder/heap_op.h"
#include "model/replay_blocks.h"
#include "model/replay_lanes.h"
#include "model/replay_repeats.h"

/* How far ahead in a batch the table of blocks is loaded: a few hundred ns. */
#define REPLAY_AHEAD 12

struct replay {
    struct store *store;
    struct registry *registry;
    struct blocks blocks;
    struct lanes lanes;
    struct repeats repeats;
    struct resizes resizes;
    struct chains chains;
    struct closed_list closed; /* by the event at work */
    struct replay_trust trust;
};

/* The event at work. */
struct step {
    const struct trace_event *event;
    uint32_t process;
    struct row row;
    struct store_side side;
};

struct replay *replay_new(struct store *store, struct registry *registry, uint64_t ticks_per_second)
{
    struct replay *rp = calloc(1, sizeof *rp);
    if (rp == NULL)
        return NULL;
    rp->store = store;
    rp->registry = registry;
    lanes_init(&rp->lanes);
    repeats_init(&rp->repeats, ticks_per_second);
    resizes_init(&rp->resizes);
    chains_init(&rp->chains);
    if (blocks_init(&rp->blocks) != 0) {
        replay_free(rp);
        return NULL;
    }
    return rp;
}

void replay_free(struct replay *rp)
{
    if (rp == NULL)
        return;
    blocks_release(&rp->blocks);
    lanes_release(&rp->lanes);
    repeats_release(&rp->repeats);
    resizes_release(&rp->resizes);
    chains_release(&rp->chains);
    free(rp->closed.items);
    free(rp);
}

/* Sets flags of the row. */
static void mark(struct step *s, unsigned flags)
{
    s->row.flags = (uint16_t)(s->row.flags | flags);
}

/* The present generation of the event's heap, with an event that uses it. */
static int use_heap(struct replay *rp, struct step *s)
{
    uint32_t heap = registry_add_heap(rp->registry, s->process, s->event->heap);
    if (heap == INDEX_NONE)
        return -ENOMEM;
    s->row.heap = heap;
    return blocks_use_heap(&rp->blocks, heap, s->process, s->event->pid);
}

/* Ends the heap; its blocks are closed by this row. */
static int end_heap(struct replay *rp, const struct step *s, uint32_t heap)
{
    registry_end_heap(rp->registry, s->process, s->event->heap);
    return blocks_end_heap(&rp->blocks, rp->store, heap, &rp->closed);
}

/* What every rule about a block begins with: its heap, room for it, and the thread's lane. */
static int find_lane(struct replay *rp, struct step *s, struct lane **out_lane)
{
    int rc = use_heap(rp, s);
    if (rc == 0)
        rc = blocks_reserve(&rp->blocks, rp->store, s->row.heap);
    if (rc != 0)
        return rc;
    *out_lane = lanes_get(&rp->lanes, &rp->blocks, s->row.thread, s->row.heap);
    return *out_lane != NULL ? 0 : -ENOMEM;
}

/* Opens a block of the thread at `place`, born with the event's size. */
static void open_block(struct replay *rp, struct step *s, struct block *place, uint32_t serial)
{
    blocks_open(&rp->blocks, place, s->row.heap, s->event->address, s->event->size, s->row.id);
    place->thread = s->row.thread;
    place->serial = serial;
    mark(s, ROW_OPENS);
}

/* Frees a block that is alive. */
static void free_block(struct replay *rp, struct step *s, struct block *b)
{
    const struct lane *born = lanes_find(&rp->lanes, b->thread, b->heap);
    if (born != NULL && born->allocs == b->serial)
        mark(s, ROW_TEMPORARY);
    blocks_free(&rp->blocks, b);
}

static void check_wrong_heap(struct replay *rp, struct step *s, uint64_t address)
{
    if (!blocks_is_alive_elsewhere(&rp->blocks, s->row.heap, address))
        return;
    mark(s, ROW_WRONG_HEAP);
    rp->trust.wrong_heap++;
}

static void mark_repaired(struct replay *rp, struct step *s)
{
    mark(s, ROW_REPAIRED);
    rp->trust.repaired++;
}

static int take_alloc(struct replay *rp, struct step *s)
{
    struct lane *lane;
    int rc = find_lane(rp, s, &lane);
    if (rc != 0)
        return rc;
    lane->alloc_address = s->event->address;
    lane->alloc_row = (uint32_t)s->row.id;
    if (s->event->address == 0) {
        mark(s, ROW_FAILED);
        return 0;
    }
    struct block *place = blocks_find(&rp->blocks, s->row.heap, s->event->address);
    if (blocks_is_alive(place, s->row.heap)) {
        mark(s, ROW_LOST_FREE);
        rp->trust.lost_frees++;
        rc = closed_list_add(&rp->closed, place->opener, place->size);
        if (rc != 0)
            return rc;
    }
    open_block(rp, s, place, ++lane->allocs);
    return 0;
}

static int take_free(struct replay *rp, struct step *s)
{
    struct lane *lane;
    int rc = find_lane(rp, s, &lane);
    if (rc != 0)
        return rc;
    struct block *b = blocks_find(&rp->blocks, s->row.heap, s->event->address);
    lane->free_address = s->event->address;
    lane->free_row = (uint32_t)s->row.id;
    lane->free_opener = BLOCK_NO_ROW;
    if (blocks_is_alive(b, s->row.heap)) {
        s->row.size = lane->free_size = b->size;
        s->row.link = lane->free_opener = b->opener;
        mark(s, ROW_CLOSES);
        free_block(rp, s, b);
        return 0;
    }
    mark(s, ROW_UNMATCHED);
    rp->trust.unmatched_frees++;
    if (blocks_is_freed_lately(&rp->blocks, b, s->row.heap)) {
        mark(s, ROW_DOUBLE_FREE);
        rp->trust.double_frees++;
    }
    check_wrong_heap(rp, s, s->event->address);
    return 0;
}

/* ReAlloc, old == new. */
static void resize(struct replay *rp, struct step *s, const struct lane *lane)
{
    const struct trace_event *e = s->event;
    struct block *b = blocks_find(&rp->blocks, s->row.heap, e->address);
    if (!blocks_is_alive(b, s->row.heap)) {
        mark_repaired(rp, s);
        check_wrong_heap(rp, s, e->address);
        open_block(rp, s, b, lane->allocs);
        return;
    }
    mark(s, ROW_RESIZES);
    if ((e->has & EVENT_HAS_OLD_SIZE) != 0 && e->old_size != b->size)
        mark_repaired(rp, s);
    s->side.own_size = b->size;
    s->side.old_opener = s->row.link = b->opener;
    blocks_resize(&rp->blocks, b, e->size);
}

/* What the thread's latest Free tells of the block that a ReAlloc moved away from. */
static void take_old_from_lane(struct step *s, const struct lane *lane)
{
    if (lane->free_opener == BLOCK_NO_ROW)
        return;
    s->side.own_size = lane->free_size;
    s->side.old_opener = lane->free_opener;
}

/* The Free's half of a repair. */
static int repair_old(struct replay *rp, struct step *s, const struct lane *lane)
{
    uint64_t old = s->event->old_address;
    struct block *b = blocks_find(&rp->blocks, s->row.heap, old);
    bool alive = blocks_is_alive(b, s->row.heap);
    bool own = alive && b->thread == s->row.thread;
    if (lane->free_row != BLOCK_NO_ROW && lane->free_address == old && !own) {
        take_old_from_lane(s, lane);
        return 0;
    }
    if (!alive) {
        check_wrong_heap(rp, s, old);
        return 0;
    }
    s->side.own_size = b->size;
    s->side.old_opener = b->opener;
    free_block(rp, s, b);
    return closed_list_add(&rp->closed, s->side.old_opener, s->side.own_size);
}

/* ReAlloc, old != new, whose Alloc and Free are not the thread's latest. */
static int repair(struct replay *rp, struct step *s, struct lane *lane)
{
    mark_repaired(rp, s);
    if (s->event->address != 0) {
        struct block *place = blocks_find(&rp->blocks, s->row.heap, s->event->address);
        if (blocks_is_alive(place, s->row.heap))
            s->row.link = place->opener;
        else
            open_block(rp, s, place, ++lane->allocs);
    }
    return repair_old(rp, s, lane);
}

static bool is_summary(const struct trace_event *e, const struct lane *lane)
{
    return lane->alloc_row != BLOCK_NO_ROW && lane->alloc_address == e->address &&
           lane->free_row != BLOCK_NO_ROW && lane->free_address == e->old_address;
}

static int take_realloc(struct replay *rp, struct step *s)
{
    struct lane *lane;
    int rc = find_lane(rp, s, &lane);
    if (rc != 0)
        return rc;
    const struct trace_event *e = s->event;
    if (e->old_address == e->address) {
        if (e->address != 0)
            resize(rp, s, lane);
        else
            rp->trust.other++;
        return 0;
    }
    mark(s, ROW_MOVED);
    if (!is_summary(e, lane))
        return repair(rp, s, lane);
    if (e->address != 0)
        s->row.link = lane->alloc_row;
    take_old_from_lane(s, lane);
    return 0;
}

/* Whether the event tells again what was told a moment ago. */
static int check_repeat(struct replay *rp, struct step *s, bool *out_repeated)
{
    int rc = repeats_take(&rp->repeats, rp->store, rp->registry, s->event, s->row.thread, s->row.id,
                          out_repeated);
    if (rc == 0 && *out_repeated) {
        mark(s, ROW_DUPLICATE);
        rp->trust.duplicates++;
    }
    return rc;
}

/* What is told again starts no generation: its heap may have been destroyed in between. */
static int mention_heap(struct replay *rp, struct step *s)
{
    s->row.heap = registry_mention_heap(rp->registry, s->process, s->event->heap);
    return s->row.heap != INDEX_NONE ? 0 : -ENOMEM;
}

static int take_expand(struct replay *rp, struct step *s)
{
    bool repeated;
    int rc = check_repeat(rp, s, &repeated);
    if (rc != 0)
        return rc;
    return repeated ? mention_heap(rp, s) : use_heap(rp, s);
}

static int take_create(struct replay *rp, struct step *s)
{
    bool repeated;
    int rc = check_repeat(rp, s, &repeated);
    if (rc != 0)
        return rc;
    if (repeated)
        return mention_heap(rp, s);
    uint32_t present = registry_find_heap(rp->registry, s->process, s->event->heap);
    if (present != INDEX_NONE && blocks_heap_is_used(&rp->blocks, present)) {
        mark(s, ROW_LOST_DESTROY);
        rp->trust.lost_destroys++;
        rc = end_heap(rp, s, present);
    }
    return rc == 0 ? use_heap(rp, s) : rc;
}

static int take_destroy(struct replay *rp, struct step *s)
{
    int rc = use_heap(rp, s);
    return rc == 0 ? end_heap(rp, s, s->row.heap) : rc;
}

/* HeapRange: a row, and nothing else. */
static int take_range(struct replay *rp, struct step *s)
{
    mark(s, ROW_RANGE);
    return (s->event->has & EVENT_HAS_HEAP) != 0 ? mention_heap(rp, s) : 0;
}

/* An event that no rule fits: a row of its heap. */
static int take_plain(struct replay *rp, struct step *s)
{
    return (s->event->has & EVENT_HAS_HEAP) != 0 ? use_heap(rp, s) : 0;
}

#define NEEDS_BLOCK (EVENT_HAS_HEAP | EVENT_HAS_ADDRESS)

struct rule {
    unsigned needs; /* enum event_fields */
    int (*take)(struct replay *rp, struct step *s);
};

static const struct rule rules[] = {
    [HEAP_OP_CREATE] = {EVENT_HAS_HEAP, take_create},
    [HEAP_OP_ALLOC] = {NEEDS_BLOCK | EVENT_HAS_SIZE, take_alloc},
    [HEAP_OP_REALLOC] = {NEEDS_BLOCK | EVENT_HAS_SIZE | EVENT_HAS_OLD_ADDRESS, take_realloc},
    [HEAP_OP_DESTROY] = {EVENT_HAS_HEAP, take_destroy},
    [HEAP_OP_FREE] = {NEEDS_BLOCK, take_free},
    [HEAP_OP_EXPAND] = {EVENT_HAS_HEAP, take_expand},
    [HEAP_OP_CONTRACT] = {EVENT_HAS_HEAP, take_expand},
};

static int apply_rule(struct replay *rp, struct step *s)
{
    const struct trace_event *e = s->event;
    if (e->op >= HEAP_OP_RANGE_RUNDOWN)
        return take_range(rp, s);
    bool has_rule = e->op < sizeof rules / sizeof rules[0] && rules[e->op].take != NULL;
    if (has_rule && (e->has & rules[e->op].needs) == rules[e->op].needs)
        return rules[e->op].take(rp, s);
    /* Lock, Snapshot and the like have a meaning of their own; the rest has none. */
    rp->trust.other += has_rule || heap_op_info(e->op) == NULL;
    return take_plain(rp, s);
}

/* The size that a block alive was given last: by the row that opened it, or in place. */
static uint64_t size_now(const struct replay *rp, uint64_t opener)
{
    uint64_t last = resizes_last(&rp->resizes, opener);
    uint64_t from = last != ROW_NONE ? last : opener;
    const struct store_chunk *c = store_chunk(rp->store, from / STORE_CHUNK_ROWS);
    return store_chunk_size(c, (uint32_t)(from % STORE_CHUNK_ROWS));
}

/* What changes a block's size or makes another of it is kept beside the rows. */
static int note_realloc(struct replay *rp, const struct step *s)
{
    if ((s->row.flags & ROW_RESIZES) != 0) {
        chains_resize(&rp->chains, s->row.link, s->row.size);
        return resizes_add(&rp->resizes, s->row.link, s->row.id, s->side.own_size);
    }
    struct chain_move move = {
        .row = s->row.id,
        .from = s->side.old_opener,
        .to = (s->row.flags & ROW_OPENS) != 0 ? s->row.id : s->row.link,
        .old_size = s->side.own_size,
    };
    if (move.from == ROW_NONE || move.to == ROW_NONE)
        return 0;
    move.new_size = size_now(rp, move.to);
    move.copied = s->row.size < move.old_size ? s->row.size : move.old_size;
    return chains_add(&rp->chains, &move);
}

/* Appends the row, and tells the blocks it closes. */
static int append(struct replay *rp, struct step *s)
{
    s->side.closed = rp->closed.items;
    s->side.closed_count = rp->closed.count;
    int rc = store_append(rp->store, &s->row, &s->side);
    if (rc != 0)
        return rc;
    if ((s->row.flags & ROW_CLOSES) != 0)
        store_close(rp->store, s->row.link, s->row.id);
    for (size_t i = 0; i < rp->closed.count; i++)
        store_close(rp->store, rp->closed.items[i].row, s->row.id);
    return (s->row.flags & (ROW_RESIZES | ROW_MOVED)) != 0 ? note_realloc(rp, s) : 0;
}

/* The row as far as the event itself tells. */
static void begin_row(struct row *row, const struct trace_event *e, uint64_t id, uint32_t thread)
{
    row->id = id;
    row->time = e->time;
    row->op = e->op;
    row->flags = 0;
    row->cpu = e->cpu;
    row->has = e->has;
    row->source = e->source;
    row->heap = INDEX_NONE;
    row->thread = thread;
    row->address = e->address;
    row->size = e->size;
    row->old_address = e->old_address;
    row->old_size = e->old_size;
    row->link = ROW_NONE;
    row->stack = STACK_NONE;
}

static void begin_side(struct store_side *side, const struct trace_event *e)
{
    side->payload = e->extra;
    side->payload_count = e->extra_count;
    side->layout = e->layout;
    side->own_size = e->old_size;
    side->old_opener = ROW_NONE;
}

static int take_process(struct replay *rp, const struct trace_event *e)
{
    uint32_t process = registry_take_process(rp->registry, e);
    if (process == INDEX_NONE)
        return -ENOMEM;
    return e->kind == EVENT_PROCESS_END ? blocks_end_process(&rp->blocks, process) : 0;
}

static int take_event(struct replay *rp, const struct trace_event *e)
{
    if (e->kind != EVENT_HEAP)
        return e->kind <= EVENT_PROCESS_RUNDOWN ? take_process(rp, e) : 0;
    uint64_t id = store_appended(rp->store);
    if (id >= (uint64_t)STORE_MAX_CHUNKS * STORE_CHUNK_ROWS)
        return ERR_LIMIT;
    uint32_t thread = registry_add_thread(rp->registry, e->pid, e->tid);
    if (thread == INDEX_NONE)
        return -ENOMEM;
    /* Field by field: to clear the whole struct first would cost as much as the rest. */
    struct step s;
    s.event = e;
    s.process = registry_thread(rp->registry, thread)->process;
    begin_row(&s.row, e, id, thread);
    begin_side(&s.side, e);
    rp->closed.count = 0;
    int rc = apply_rule(rp, &s);
    return rc == 0 ? append(rp, &s) : rc;
}

/* The block that an event most likely touches; for a ReAlloc in place or repaired, the old one. */
static uint64_t block_address(const struct trace_event *e)
{
    return (e->has & EVENT_HAS_OLD_ADDRESS) != 0 ? e->old_address : e->address;
}

/* A run of events being taken, and the heap events ahead whose blocks are being loaded. Stacks,
 * of which there may be as many, do not count as ahead. */
struct run {
    const struct trace_event *events;
    size_t n;
    size_t near, far; /* REPLAY_AHEAD / 2 and REPLAY_AHEAD heap events ahead */
};

/* The heap event at or behind `at`. */
static size_t heap_event_from(const struct run *run, size_t at)
{
    while (at < run->n && run->events[at].kind != EVENT_HEAP)
        at++;
    return at;
}

static void begin_run(struct run *run)
{
    for (unsigned i = 0; i <= REPLAY_AHEAD; i++) {
        if (i == REPLAY_AHEAD / 2 + 1)
            run->near = run->far;
        run->far = heap_event_from(run, i == 0 ? 0 : run->far + 1);
    }
}

/* Starts to load what the events to come will ask about. */
static void look_ahead(const struct replay *rp, struct run *run)
{
    if (run->far < run->n) {
        const struct trace_event *e = &run->events[run->far];
        blocks_prefetch(&rp->blocks, e->pid, block_address(e));
        run->far = heap_event_from(run, run->far + 1);
    }
    if (run->near < run->n) {
        const struct trace_event *e = &run->events[run->near];
        blocks_prefetch_more(&rp->blocks, rp->store, e->pid, block_address(e));
        run->near = heap_event_from(run, run->near + 1);
    }
}

int replay_take(struct replay *rp, const struct trace_event *events, size_t n)
{
    struct run run = {.events = events, .n = n};
    begin_run(&run);
    for (size_t i = 0; i < n; i++) {
        if (events[i].kind == EVENT_HEAP)
            look_ahead(rp, &run);
        int rc = take_event(rp, &events[i]);
        if (rc != 0)
            return rc;
    }
    return 0;
}

const struct resizes *replay_resizes(const struct replay *rp)
{
    return &rp->resizes;
}

const struct chains *replay_chains(const struct replay *rp)
{
    return &rp->chains;
}

const struct replay_trust *replay_trust(const struct replay *rp)
{
    return &rp->trust;
}

size_t replay_bytes(const struct replay *rp)
{
    return sizeof *rp + blocks_bytes(&rp->blocks) + lanes_bytes(&rp->lanes) +
           repeats_bytes(&rp->repeats) + chains_bytes(&rp->chains) +
           rp->closed.capacity * sizeof *rp->closed.items;
}

uint64_t replay_live_blocks(const struct replay *rp)
{
    return rp->blocks.alive;
}

uint64_t replay_live_bytes(const struct replay *rp)
{
    return rp->blocks.alive_bytes;
}
