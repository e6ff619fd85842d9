/* Moves followed from ReAlloc to ReAlloc; see move_chain.h. */
#include "ui/view/detail/move_chain.h"

#include <string.h>

#include "decoder/heap_op.h"
#include "ui/view/detail/biography.h"

/* Rows looked at behind an Alloc or a Free. */
#define NEAR_ROWS 512

/* The next moving ReAlloc in [from, end); ROW_NONE. */
static uint64_t next_move(const struct trace *trace, uint64_t from, uint64_t end)
{
    for (uint64_t id = from; id < end; id++) {
        const struct store_chunk *c = store_chunk(trace->store, id / STORE_CHUNK_ROWS);
        uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
        if (store_chunk_op(c, i) == HEAP_OP_REALLOC && (c->flags[i] & ROW_MOVED) != 0)
            return id;
    }
    return ROW_NONE;
}

static uint64_t near_end(uint64_t from, uint64_t rows)
{
    return rows - from > NEAR_ROWS ? from + NEAR_ROWS : rows;
}

/* The ReAlloc that brought the block opened by `opener`; ROW_NONE. */
static uint64_t find_arrival(const struct trace *trace, uint64_t rows, uint64_t opener)
{
    uint64_t end = near_end(opener, rows);
    for (uint64_t id = opener; (id = next_move(trace, id, end)) != ROW_NONE; id++) {
        struct row row;
        store_get(trace->store, id, &row);
        if (trace_row_opener(&row) == opener)
            return id;
    }
    return ROW_NONE;
}

/* The row that opened the block where it went on to; ROW_NONE. */
static uint64_t find_next_stay(const struct trace *trace, uint64_t rows, uint64_t opener)
{
    uint64_t closer = store_closer(trace->store, opener);
    if (closer == ROW_NONE || closer >= rows)
        return ROW_NONE;
    uint64_t end = near_end(closer, rows);
    for (uint64_t id = closer; (id = next_move(trace, id, end)) != ROW_NONE; id++) {
        struct row row;
        if (biography_old_opener(trace, id) != opener)
            continue;
        store_get(trace->store, id, &row);
        return trace_row_opener(&row);
    }
    return ROW_NONE;
}

static uint64_t find_last_stay(const struct trace *trace, uint64_t rows, uint64_t opener)
{
    uint64_t arrival = find_arrival(trace, rows, opener);
    return arrival != ROW_NONE ? biography_old_opener(trace, arrival) : ROW_NONE;
}

static struct move_stay look_at_stay(const struct trace *trace, uint64_t opener)
{
    struct row row;
    store_get(trace->store, opener, &row);
    return (struct move_stay){opener, row.address, row.size};
}

void move_chain_follow(const struct trace *trace, uint64_t rows, uint64_t opener,
                       struct move_chain *out_chain)
{
    struct move_chain *c = out_chain;
    uint64_t before[MOVE_CHAIN_BEFORE];
    size_t n = 0;
    uint64_t id = find_last_stay(trace, rows, opener);
    for (; id != ROW_NONE && n < MOVE_CHAIN_BEFORE; id = find_last_stay(trace, rows, id))
        before[n++] = id;
    *c = (struct move_chain){.at = n, .more_before = id != ROW_NONE};
    while (n > 0)
        c->stay[c->count++] = look_at_stay(trace, before[--n]);
    id = opener;
    for (; id != ROW_NONE && c->count < MOVE_CHAIN_STAYS; id = find_next_stay(trace, rows, id))
        c->stay[c->count++] = look_at_stay(trace, id);
    c->more_after = id != ROW_NONE;
}
