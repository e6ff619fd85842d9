/* A finished list of blocks: reading it, and finding a block in it; see block_list.h. */
#include "answer/blocks/block_list.h"

#include <stdlib.h>

#include "answer/blocks/block_order.h"

void block_list_free(struct answer *a)
{
    struct block_list *l = (struct block_list *)a;
    free(l->openers);
    free((void *)(uintptr_t)l->view.resized);
    free(l);
}

uint64_t block_list_opener(const struct block_list *l, uint64_t pos, bool descending)
{
    return l->openers[descending ? l->count - 1 - pos : pos];
}

void block_list_get(const struct block_list *l, const struct trace *t, uint64_t pos,
                    bool descending, struct block *out_block)
{
    block_get(&l->view, t, block_list_opener(l, pos, descending), out_block);
}

uint64_t block_list_place(const struct block_list *l, const struct trace *t, uint64_t opener,
                          bool descending, bool *out_has)
{
    block_order_fn value = block_order_values[l->order];
    uint64_t wanted = value(&l->view, t, opener);
    uint64_t from = 0, to = l->count;
    while (from < to) {
        uint64_t middle = from + (to - from) / 2, row = l->openers[middle];
        uint64_t v = value(&l->view, t, row);
        if (v < wanted || (v == wanted && row < opener))
            from = middle + 1;
        else
            to = middle;
    }
    bool has = from < l->count && l->openers[from] == opener;
    if (out_has != NULL)
        *out_has = has;
    return descending ? l->count - from - (has ? 1 : 0) : from;
}
