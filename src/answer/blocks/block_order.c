/* What blocks are sorted by; see block_order.h. */
#include "answer/blocks/block_order.h"

#include "model/chains.h"

const char *const block_order_names[BLOCK_ORDERS] = {
    [BLOCK_ORDER_BORN] = "born",
    [BLOCK_ORDER_ADDRESS] = "address",
    [BLOCK_ORDER_SIZE] = "size",
    [BLOCK_ORDER_HEAP] = "heap",
    [BLOCK_ORDER_PROCESS] = "pid",
    [BLOCK_ORDER_DIED] = "died",
    [BLOCK_ORDER_AGE] = "age",
    [BLOCK_ORDER_LIFE] = "life",
    [BLOCK_ORDER_CLASS] = "class",
    [BLOCK_ORDER_TID] = "tid",
    [BLOCK_ORDER_FREE_TID] = "free_tid",
    [BLOCK_ORDER_SOURCE] = "source",
    [BLOCK_ORDER_FREE_SOURCE] = "free_source",
    [BLOCK_ORDER_STACK] = "stack",
    [BLOCK_ORDER_CHAIN] = "chain",
};

struct place {
    const struct store_chunk *chunk;
    uint32_t i;
};

static struct place place_of(const struct trace *t, uint64_t row)
{
    return (struct place){store_chunk(t->store, row / STORE_CHUNK_ROWS),
                          (uint32_t)(row % STORE_CHUNK_ROWS)};
}

static uint64_t by_address(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    (void)v;
    struct place p = place_of(t, opener);
    return p.chunk->address[p.i];
}

/* Blocks stand in the order of their births anyway. */
static uint64_t by_birth(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    (void)v;
    (void)t;
    (void)opener;
    return 0;
}

static uint64_t by_heap(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    (void)v;
    struct place p = place_of(t, opener);
    uint32_t heap = store_chunk_heap(p.chunk, p.i);
    return heap != INDEX_NONE ? registry_heap(t->registry, heap)->handle : 0;
}

static uint64_t by_process(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    (void)v;
    struct place p = place_of(t, opener);
    uint32_t thread = p.chunk->thread[p.i];
    if (thread == INDEX_NONE)
        return 0;
    uint32_t process = registry_thread(t->registry, thread)->process;
    return UINT64_C(1) + registry_process(t->registry, process)->pid;
}

static uint64_t by_death(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    uint64_t death = block_death(v, t, opener);
    return death != ROW_NONE ? death + 1 : 0;
}

static uint64_t by_age(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    return block_death(v, t, opener) == ROW_NONE ? UINT32_MAX - opener : 0;
}

static uint64_t by_life(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    uint64_t death = block_death(v, t, opener);
    if (death == ROW_NONE)
        return 0;
    struct place born = place_of(t, opener), died = place_of(t, death);
    return (uint64_t)store_chunk_time(died.chunk, died.i) -
           (uint64_t)store_chunk_time(born.chunk, born.i) + 1;
}

static uint64_t by_class(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    return block_class(opener, block_death(v, t, opener), v->range);
}

static uint64_t thread_of(const struct trace *t, uint64_t row)
{
    struct place p = place_of(t, row);
    uint32_t thread = p.chunk->thread[p.i];
    return thread != INDEX_NONE ? UINT64_C(1) + registry_thread(t->registry, thread)->tid : 0;
}

static uint64_t by_thread(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    (void)v;
    return thread_of(t, opener);
}

static uint64_t source_of(const struct trace *t, uint64_t row)
{
    struct place p = place_of(t, row);
    bool has = (store_chunk_has(p.chunk, p.i) & EVENT_HAS_SOURCE) != 0;
    return has ? UINT64_C(1) + store_chunk_source(p.chunk, p.i) : 0;
}

static uint64_t by_source(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    (void)v;
    return source_of(t, opener);
}

/* The row that freed it; ROW_NONE when it lives or nobody is known to have. */
static uint64_t freer(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    struct block b;
    uint64_t death = block_death(v, t, opener);
    if (death == ROW_NONE || block_ends_by_free(t, death))
        return death;
    block_get(v, t, opener, &b);
    return block_has_freer(&b) ? death : ROW_NONE;
}

static uint64_t by_free_thread(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    uint64_t row = freer(v, t, opener);
    return row != ROW_NONE ? thread_of(t, row) : 0;
}

static uint64_t by_free_source(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    uint64_t row = freer(v, t, opener);
    return row != ROW_NONE ? source_of(t, row) : 0;
}

static uint64_t by_stack(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    (void)v;
    struct place p = place_of(t, opener);
    uint32_t stack = store_chunk_stack(p.chunk, p.i);
    return stack != STACK_NONE ? UINT64_C(1) + stack : 0;
}

static uint64_t by_chain(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    (void)v;
    return chains_length(trace_chains(t), opener);
}

const block_order_fn block_order_values[BLOCK_ORDERS] = {
    [BLOCK_ORDER_BORN] = by_birth,
    [BLOCK_ORDER_ADDRESS] = by_address,
    [BLOCK_ORDER_SIZE] = block_size,
    [BLOCK_ORDER_HEAP] = by_heap,
    [BLOCK_ORDER_PROCESS] = by_process,
    [BLOCK_ORDER_DIED] = by_death,
    [BLOCK_ORDER_AGE] = by_age,
    [BLOCK_ORDER_LIFE] = by_life,
    [BLOCK_ORDER_CLASS] = by_class,
    [BLOCK_ORDER_TID] = by_thread,
    [BLOCK_ORDER_FREE_TID] = by_free_thread,
    [BLOCK_ORDER_SOURCE] = by_source,
    [BLOCK_ORDER_FREE_SOURCE] = by_free_source,
    [BLOCK_ORDER_STACK] = by_stack,
    [BLOCK_ORDER_CHAIN] = by_chain,
};
