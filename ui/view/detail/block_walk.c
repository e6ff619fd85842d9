/* Steps along one block; see block_walk.h. */
#include "ui/view/detail/block_walk.h"

#include "decoder/heap_op.h"

/* Events of the address looked at in one step: between birth and death all are the block's. */
#define MOST_EVENTS 1024

/* A move's ReAlloc comes within so many rows behind the Alloc and the Free it tells about. */
#define NEAR_ROWS 4096

static bool is_move(const struct row *row)
{
    return row->op == HEAP_OP_REALLOC && (row->flags & ROW_MOVED) != 0;
}

void block_walk_start(struct block_walk *w, const struct trace *trace, const struct row *row,
                      bool forward)
{
    *w = (struct block_walk){.row = row->id, .block = trace_row_opener(row), .forward = forward};
    if (is_move(row) && !forward)
        w->block = biography_old_opener(trace, row->id);
}

/* A row of the address, and which block it is about. */
struct event {
    struct row row;
    bool ends; /* the block: its Free, or what closed it instead */
    bool moves_here, moves_on;
};

/* Looks at event `k` of the address. False when it is none of the block's. */
static bool get_event(const struct biography *b, uint64_t block, uint64_t k, struct event *out)
{
    uint64_t id = biography_row(b, k);
    if (id == ROW_NONE)
        return false;
    *out = (struct event){.ends = id == store_closer(b->trace->store, block)};
    store_get(b->trace->store, id, &out->row);
    bool moves = is_move(&out->row);
    out->moves_here =
        moves && out->row.address == b->address && trace_row_opener(&out->row) == block;
    out->moves_on =
        moves && out->row.old_address == b->address && biography_old_opener(b->trace, id) == block;
    return out->ends || out->moves_here || out->moves_on || trace_row_opener(&out->row) == block;
}

/* The ReAlloc behind row `from` that tells of the block's arrival or departure; ROW_NONE. */
static uint64_t find_move(const struct biography *b, uint64_t block, uint64_t from, bool arrival)
{
    uint64_t end = biography_place(b, from) + MOST_EVENTS;
    for (uint64_t k = biography_place(b, from); k < b->count && k < end; k++) {
        struct event e;
        if (!get_event(b, block, k, &e))
            continue;
        if (arrival ? e.moves_here : e.moves_on)
            return e.row.id;
    }
    return ROW_NONE;
}

static enum block_step go(struct block_walk *w, const struct trace *trace, uint64_t to)
{
    struct row row;
    store_get(trace->store, to, &row);
    block_walk_start(w, trace, &row, w->forward);
    return BLOCK_STEP_DONE;
}

static enum block_step step_forward(struct block_walk *w, const struct biography *b)
{
    uint64_t closer = store_closer(b->trace->store, w->block);
    bool dies = closer != ROW_NONE && closer < b->shown;
    uint64_t k = biography_place(b, w->row + 1), end = k + MOST_EVENTS;
    for (; k < b->count && k < end; k++) {
        struct event e;
        if (!get_event(b, w->block, k, &e))
            continue;
        uint64_t move = e.ends ? find_move(b, w->block, e.row.id, false) : ROW_NONE;
        return go(w, b->trace, move != ROW_NONE ? move : e.row.id);
    }
    if (dies && closer > w->row) {
        /* By an event of no address (Destroy, Create): the walk stays with its block. */
        w->row = closer;
        return BLOCK_STEP_DONE;
    }
    return dies ? BLOCK_STEP_DIED : BLOCK_STEP_LIVES;
}

/* The block came from elsewhere: its former life goes before. */
static enum block_step step_before_move(struct block_walk *w, const struct trace *trace,
                                        uint64_t move)
{
    w->row = move;
    w->block = biography_old_opener(trace, move);
    return w->block != ROW_NONE ? BLOCK_STEP_WAIT : BLOCK_STEP_BORN;
}

static enum block_step step_backward(struct block_walk *w, const struct biography *b)
{
    uint64_t arrival = find_move(b, w->block, w->block, true);
    uint64_t departure = ROW_NONE;
    struct row here;
    store_get(b->trace->store, w->row, &here);
    if (is_move(&here) && biography_old_opener(b->trace, w->row) == w->block)
        departure = w->row;
    bool came = arrival != ROW_NONE && arrival != w->block;
    uint64_t k = biography_place(b, w->row), end = k > MOST_EVENTS ? k - MOST_EVENTS : 0;
    while (k-- > end) {
        struct event e;
        if (!get_event(b, w->block, k, &e))
            continue;
        bool part = (departure != ROW_NONE && e.ends) || (came && e.row.id == w->block);
        if (!part)
            return go(w, b->trace, e.row.id);
    }
    return came ? step_before_move(w, b->trace, arrival) : BLOCK_STEP_BORN;
}

/* How far the answer must reach before a step can be decided. */
static uint64_t rows_needed(const struct block_walk *w, const struct biography *b)
{
    uint64_t last = w->row;
    if (w->forward) {
        last = store_closer(b->trace->store, w->block);
        if (last == ROW_NONE || last >= b->shown)
            return b->shown;
        last = last > w->row ? last : w->row;
    }
    return b->shown - last > NEAR_ROWS ? last + NEAR_ROWS : b->shown;
}

enum block_step block_walk_step(struct block_walk *w, const struct biography *b)
{
    if (w->block == ROW_NONE)
        return BLOCK_STEP_UNKNOWN;
    if (b->rows == NULL || b->scanned < rows_needed(w, b))
        return BLOCK_STEP_WAIT;
    return w->forward ? step_forward(w, b) : step_backward(w, b);
}

/* ---- the same by links alone ---- */

/* True for a ReAlloc that resized the block or brought it here. */
static bool changes(const struct trace *trace, uint64_t id, uint64_t block)
{
    const struct store_chunk *c = store_chunk(trace->store, id / STORE_CHUNK_ROWS);
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    return store_chunk_op(c, i) == HEAP_OP_REALLOC && (c->flags[i] & ROW_OPENS) == 0 &&
           store_chunk_link(c, i, id) == block;
}

static bool is_move_from(const struct trace *trace, uint64_t id, uint64_t block)
{
    const struct store_chunk *c = store_chunk(trace->store, id / STORE_CHUNK_ROWS);
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    return store_chunk_op(c, i) == HEAP_OP_REALLOC && (c->flags[i] & ROW_MOVED) != 0 &&
           biography_old_opener(trace, id) == block;
}

/* The ReAlloc behind `from` that took the block away; ROW_NONE. */
static uint64_t find_departure(const struct trace *trace, uint64_t from, uint64_t rows,
                               uint64_t block)
{
    uint64_t end = rows - from > NEAR_ROWS ? from + NEAR_ROWS : rows;
    for (uint64_t id = from; id < end; id++)
        if (is_move_from(trace, id, block))
            return id;
    return ROW_NONE;
}

/* The ReAlloc behind the block's birth that brought it; ROW_NONE. */
static uint64_t find_arrival(const struct trace *trace, uint64_t rows, uint64_t block)
{
    uint64_t end = rows - block > NEAR_ROWS ? block + NEAR_ROWS : rows;
    for (uint64_t id = block + 1; id < end; id++) {
        struct row row;
        if (!changes(trace, id, block))
            continue;
        store_get(trace->store, id, &row);
        if (is_move(&row))
            return id;
    }
    return ROW_NONE;
}

static enum block_step link_forward(struct block_walk *w, const struct trace *trace, uint64_t rows)
{
    uint64_t closer = store_closer(trace->store, w->block);
    bool dies = closer != ROW_NONE && closer < rows;
    uint64_t end = dies ? closer : rows;
    if (end < w->row || end - w->row > BLOCK_WALK_SPAN)
        return BLOCK_STEP_WAIT;
    for (uint64_t id = w->row + 1; id < end; id++)
        if (changes(trace, id, w->block))
            return go(w, trace, id);
    if (!dies)
        return BLOCK_STEP_LIVES;
    uint64_t move = find_departure(trace, closer, rows, w->block);
    if (move != ROW_NONE)
        return move > w->row ? go(w, trace, move) : BLOCK_STEP_DIED;
    if (closer == w->row)
        return BLOCK_STEP_DIED;
    struct row end_row;
    uint64_t address;
    store_get(trace->store, closer, &end_row);
    if (biography_address(&end_row, &address))
        return go(w, trace, closer);
    w->row = closer;
    return BLOCK_STEP_DONE;
}

static enum block_step link_backward(struct block_walk *w, const struct trace *trace, uint64_t rows)
{
    uint64_t closer = store_closer(trace->store, w->block);
    if (w->row < w->block || w->row - w->block > BLOCK_WALK_SPAN)
        return BLOCK_STEP_WAIT;
    bool past_end = closer != ROW_NONE && closer < w->row;
    if (past_end && !is_move_from(trace, w->row, w->block))
        return BLOCK_STEP_WAIT;
    for (uint64_t id = w->row; id-- > w->block + 1;)
        if (changes(trace, id, w->block))
            return go(w, trace, id);
    uint64_t arrival = find_arrival(trace, rows, w->block);
    if (arrival == ROW_NONE)
        return w->row == w->block ? BLOCK_STEP_BORN : go(w, trace, w->block);
    return step_before_move(w, trace, arrival);
}

enum block_step block_walk_by_links(struct block_walk *w, const struct trace *trace, uint64_t rows)
{
    enum block_step step = BLOCK_STEP_WAIT;
    uint64_t before = ROW_NONE;
    /* Backward a move leads to the block's former life: look there at once. */
    for (int i = 0; i < 2 && step == BLOCK_STEP_WAIT && w->block != before; i++) {
        before = w->block;
        if (w->block == ROW_NONE)
            return BLOCK_STEP_UNKNOWN;
        step = w->forward ? link_forward(w, trace, rows) : link_backward(w, trace, rows);
    }
    return step;
}
