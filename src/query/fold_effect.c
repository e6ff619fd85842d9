/*
 * What a row did, for the counts of events (numbers.md, Totals).
 *
 * How the rules are read where they leave room: the Alloc and the Free that the repair of a move
 * supplies count as those of the ReAlloc's row; a ReAlloc in place that opens a block counts as a
 * ReAlloc alone; lost frees and destroys end blocks but are no frees.
 */
#include "query/fold_priv.h"

void fold_realloc_effect(const struct trace *t, const struct store_chunk *c, uint64_t id,
                         struct fold_effect *out_effect)
{
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    unsigned flags = c->flags[i];
    out_effect->reallocs = (flags & (ROW_OPENS | ROW_RESIZES | ROW_MOVED)) != 0;
    if ((flags & (ROW_MOVED | ROW_REPAIRED)) != (ROW_MOVED | ROW_REPAIRED))
        return;
    if ((flags & ROW_OPENS) != 0) {
        out_effect->allocs = 1;
        out_effect->alloc_bytes = store_chunk_size(c, i);
    }
    const struct row_closed *closed;
    out_effect->frees = store_closed(t->store, id, &closed);
    for (size_t k = 0; k < out_effect->frees; k++)
        out_effect->freed_bytes += closed[k].size;
}

unsigned fold_size_class(uint64_t size)
{
    return fold_class(size);
}

uint64_t fold_class_from(unsigned k)
{
    return k == 0 ? 0 : UINT64_C(1) << (k - 1);
}

uint64_t fold_class_to(unsigned k)
{
    return k == FOLD_SIZE_CLASSES - 1 ? UINT64_MAX : UINT64_C(1) << k;
}
