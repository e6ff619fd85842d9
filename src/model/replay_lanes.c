/* The table of lanes (replay_lanes.h): open addressing, linear probing, at most half full. */
#include "model/replay_lanes.h"

#include <errno.h>
#include <stdlib.h>

#define LANES_FIRST ((size_t)32)

void lanes_init(struct lanes *ls)
{
    *ls = (struct lanes){0};
    hash_seed_init(&ls->seed);
}

void lanes_release(struct lanes *ls)
{
    free(ls->slots);
    ls->slots = NULL;
}

/* The place of the lane, or the empty one where it belongs. */
static struct lane *find_place(const struct lanes *ls, uint32_t thread, uint32_t heap)
{
    for (uint64_t i = hash_pair(&ls->seed, heap, thread);; i++) {
        struct lane *l = &ls->slots[i & ls->mask];
        if (l->thread == INDEX_NONE || (l->thread == thread && l->heap == heap))
            return l;
    }
}

const struct lane *lanes_find(const struct lanes *ls, uint32_t thread, uint32_t heap)
{
    if (ls->slots == NULL)
        return NULL;
    const struct lane *l = find_place(ls, thread, heap);
    return l->thread != INDEX_NONE ? l : NULL;
}

static size_t capacity(const struct lanes *ls)
{
    return ls->slots != NULL ? ls->mask + 1 : 0;
}

static bool is_kept(const struct blocks *bs, const struct lane *l)
{
    return l->thread != INDEX_NONE && !blocks_heap_is_over(bs, l->heap);
}

/* Copies the lanes of heaps that are not over into a new table, at most a quarter full. */
static int rebuild(struct lanes *ls, const struct blocks *bs)
{
    size_t old_count = capacity(ls);
    size_t kept = 0;
    for (size_t i = 0; i < old_count; i++)
        kept += is_kept(bs, &ls->slots[i]);
    size_t count = LANES_FIRST;
    while (count < (kept + 1) * 4)
        count *= 2;
    struct lane *slots = malloc(count * sizeof *slots);
    if (slots == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        slots[i].thread = INDEX_NONE;
    struct lane *old = ls->slots;
    ls->slots = slots;
    ls->mask = count - 1;
    ls->used = kept;
    for (size_t i = 0; i < old_count; i++)
        if (is_kept(bs, &old[i]))
            *find_place(ls, old[i].thread, old[i].heap) = old[i];
    free(old);
    return 0;
}

struct lane *lanes_get(struct lanes *ls, const struct blocks *bs, uint32_t thread, uint32_t heap)
{
    if ((ls->used + 1) * 2 > capacity(ls) && rebuild(ls, bs) != 0)
        return NULL;
    struct lane *l = find_place(ls, thread, heap);
    if (l->thread != INDEX_NONE)
        return l;
    *l = (struct lane){
        .thread = thread,
        .heap = heap,
        .alloc_row = BLOCK_NO_ROW,
        .free_row = BLOCK_NO_ROW,
        .free_opener = BLOCK_NO_ROW,
    };
    ls->used++;
    return l;
}

size_t lanes_bytes(const struct lanes *ls)
{
    return capacity(ls) * sizeof *ls->slots;
}
