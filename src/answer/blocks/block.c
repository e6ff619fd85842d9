/* A block read off its rows; see block.h. */
#include "answer/blocks/block.h"

#include "decoder/heap_op.h"

const char *const block_end_words[BLOCK_ENDS] = {
    [BLOCK_END_NONE] = "",
    [BLOCK_END_FREE] = "free",
    [BLOCK_END_DESTROY] = "destroy",
    [BLOCK_END_MOVED] = "moved",
    [BLOCK_END_LOST_FREE] = "lost free",
    [BLOCK_END_LOST_DESTROY] = "lost destroy",
};

static const struct store_chunk *chunk_of(const struct trace *t, uint64_t row)
{
    return store_chunk(t->store, row / STORE_CHUNK_ROWS);
}

uint64_t block_death(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    uint32_t i = (uint32_t)(opener % STORE_CHUNK_ROWS);
    uint64_t closer = store_chunk_link(chunk_of(t, opener), i, opener);
    return closer < v->rows ? closer : ROW_NONE;
}

/* The place of the block among those resized; `resized_count` when it is none of them. */
static size_t find_resized(const struct block_view *v, uint64_t opener)
{
    size_t from = 0, to = v->resized_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (v->resized[middle].row < opener)
            from = middle + 1;
        else
            to = middle;
    }
    return from < v->resized_count && v->resized[from].row == opener ? from : v->resized_count;
}

uint64_t block_size(const struct block_view *v, const struct trace *t, uint64_t opener)
{
    size_t i = find_resized(v, opener);
    if (i < v->resized_count)
        return v->resized[i].size;
    return store_chunk_size(chunk_of(t, opener), (uint32_t)(opener % STORE_CHUNK_ROWS));
}

static enum block_end end_of(const struct row *birth, const struct row *death)
{
    switch (death->op) {
    case HEAP_OP_FREE:
        return BLOCK_END_FREE;
    case HEAP_OP_DESTROY:
        return BLOCK_END_DESTROY;
    case HEAP_OP_CREATE:
        return BLOCK_END_LOST_DESTROY;
    case HEAP_OP_REALLOC:
        return death->old_address == birth->address ? BLOCK_END_MOVED : BLOCK_END_LOST_FREE;
    default:
        return BLOCK_END_LOST_FREE;
    }
}

bool block_ends_by_free(const struct trace *t, uint64_t death)
{
    const struct store_chunk *c = chunk_of(t, death);
    return store_chunk_op(c, (uint32_t)(death % STORE_CHUNK_ROWS)) == HEAP_OP_FREE;
}

static bool has_process_ended(const struct trace *t, const struct row *row)
{
    const struct process *process = trace_row_process(t, row);
    return process != NULL &&
           atomic_load_explicit(&process->end, memory_order_relaxed) != INT64_MAX;
}

void block_get(const struct block_view *v, const struct trace *t, uint64_t opener,
               struct block *out_block)
{
    uint64_t death = block_death(v, t, opener);
    *out_block = (struct block){.death.id = ROW_NONE};
    store_get(t->store, opener, &out_block->birth);
    out_block->size = block_size(v, t, opener);
    out_block->class = block_class(opener, death, v->range);
    if (death == ROW_NONE) {
        out_block->at_exit = has_process_ended(t, &out_block->birth);
        return;
    }
    store_get(t->store, death, &out_block->death);
    out_block->end = end_of(&out_block->birth, &out_block->death);
}

bool block_has_freer(const struct block *b)
{
    return b->end == BLOCK_END_FREE || b->end == BLOCK_END_DESTROY || b->end == BLOCK_END_MOVED;
}

int64_t block_life(const struct block_view *v, const struct trace *t, const struct block *b)
{
    int64_t until = b->end != BLOCK_END_NONE ? b->death.time : v->now, ticks;
    if (__builtin_sub_overflow(until, b->birth.time, &ticks))
        ticks = INT64_MAX;
    return trace_span_ns(t, ticks);
}
