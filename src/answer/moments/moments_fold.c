/*
 * Adding up blocks by moment; see moments_fold.h.
 *
 * A block is alive at some of the moments in a row. So a word of 64 rows is asked once, for the
 * first moment behind it, and only what lives then is looked at one by one; a moment between its
 * rows costs another question.
 */
#include "answer/moments/moments_fold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/trace.h"
#include "query/blocks.h"
#include "query/fold.h"

#define WORD 64u

/* A block of the group's kind, alive at the moments [first, last]. */
struct life {
    uint64_t opener;
    uint32_t first, last;
};

void moments_fold_init(struct moments_fold *f, const struct trace *trace,
                       const struct matches *matches, uint64_t rows,
                       const struct moments_spec *spec)
{
    *f = (struct moments_fold){
        .trace = trace,
        .matches = matches,
        .by = spec->by,
        .count = spec->count,
    };
    id_map_init(&f->places);
    for (uint32_t k = 0; k < f->count; k++) {
        uint64_t moment = block_moment(trace, spec->times[k]);
        f->moments[k] = moment < rows ? moment : rows;
    }
}

void moments_fold_release(struct moments_fold *f)
{
    id_map_release(&f->places);
    free(f->groups);
    free(f->values);
    *f = (struct moments_fold){0};
}

/* ---- groups ---- */

static uint64_t source_of(const struct store_chunk *c, uint32_t i)
{
    return c->source[i] != STORE_NO_SOURCE ? store_chunk_source(c, i) : MOMENTS_NO_SOURCE;
}

/* Whose block it is: (*out_owner, key). */
static uint64_t key_of(const struct moments_fold *f, uint64_t opener, uint64_t size,
                       uint32_t *out_owner)
{
    const struct store_chunk *c = store_chunk(f->trace->store, opener / STORE_CHUNK_ROWS);
    uint32_t i = (uint32_t)(opener % STORE_CHUNK_ROWS);
    const struct registry *r = f->trace->registry;
    *out_owner = 0;
    switch (f->by) {
    case MOMENTS_BY_STACK:
        *out_owner = registry_thread(r, c->thread[i])->process;
        return store_chunk_stack(c, i);
    case MOMENTS_BY_HEAP:
        return store_chunk_heap(c, i);
    case MOMENTS_BY_SIZE:
        return fold_size_class(size);
    case MOMENTS_BY_SOURCE:
        return source_of(c, i);
    case MOMENTS_BY_THREAD:
        return c->thread[i];
    default:
        return registry_thread(r, c->thread[i])->process;
    }
}

static int make_room(struct moments_fold *f)
{
    size_t need = f->group_count + 1;
    int rc = base_grow((void **)&f->groups, &f->group_cap, need, sizeof *f->groups);
    if (rc == 0)
        rc = base_grow((void **)&f->values, &f->value_cap, need * f->count, sizeof *f->values);
    return rc;
}

/* Its place, made when it is new; ID_MAP_NONE when memory is out. */
static uint32_t find_group(struct moments_fold *f, uint64_t opener, uint64_t size)
{
    uint32_t owner;
    uint64_t key = key_of(f, opener, size, &owner);
    const uint32_t *known = id_map_find(&f->places, owner, key);
    if (known != NULL)
        return *known;
    uint32_t place = (uint32_t)f->group_count;
    if (make_room(f) != 0 || id_map_add(&f->places, owner, key, place) != 0)
        return ID_MAP_NONE;
    f->groups[place] = (struct moments_group_figures){.owner = owner, .key = key, .row = opener};
    memset(f->values + (size_t)place * f->count, 0, f->count * sizeof *f->values);
    f->group_count++;
    return place;
}

/* ---- blocks ---- */

static void add(struct moment_value *v, uint64_t bytes)
{
    v->bytes += bytes;
    v->blocks++;
}

/* What the block is for the group it has at the first moment and the one it has at the last:
 * ID_MAP_NONE where it is not alive then. */
static void add_change(struct moments_fold *f, uint32_t before, uint32_t now, uint64_t first_size,
                       uint64_t last_size)
{
    if (before != ID_MAP_NONE && before != now)
        add(&f->groups[before].gone, first_size);
    if (now != ID_MAP_NONE)
        add(before == now ? &f->groups[now].old : &f->groups[now].fresh, last_size);
}

static int take_block(struct moments_fold *f, const struct life *l)
{
    const struct resizes *resizes = replay_resizes(f->trace->replay);
    bool resized = resizes_last(resizes, l->opener) != ROW_NONE;
    uint64_t size = 0, first_size = 0;
    uint32_t place = ID_MAP_NONE, before = ID_MAP_NONE;
    for (uint32_t k = l->first; k <= l->last; k++) {
        if (k == l->first || resized) {
            size = block_size_at(f->trace, l->opener, f->moments[k]);
            place = find_group(f, l->opener, size);
        }
        if (place == ID_MAP_NONE)
            return -ENOMEM;
        add(&f->values[(size_t)place * f->count + k], size);
        add(&f->whole_values[k], size);
        if (k == 0) {
            before = place;
            first_size = size;
        }
    }
    bool lives = l->last + 1 == f->count;
    add_change(f, before, lives ? place : ID_MAP_NONE, first_size, size);
    if (!lives && l->first == 0)
        add(&f->whole.gone, first_size);
    if (lives)
        add(l->first == 0 ? &f->whole.old : &f->whole.fresh, size);
    return 0;
}

/* When the block opened by `opener` is alive; false: at none of the moments. */
static bool find_life(const struct moments_fold *f, uint64_t opener, uint32_t from,
                      struct life *out_life)
{
    uint64_t closer = block_closer(f->trace, opener, f->moments[f->count - 1]);
    uint32_t end = from;
    while (from < f->count && f->moments[from] <= opener)
        from++;
    for (end = from; end < f->count && closer >= f->moments[end]; end++)
        continue;
    *out_life = (struct life){.opener = opener, .first = from, .last = end - 1};
    return end > from;
}

/* Those of 64 rows whose blocks are alive at one of the moments from `from` on. */
static uint64_t alive_at_any(const struct moments_fold *f, uint64_t row, uint32_t from)
{
    uint64_t alive = 0;
    for (uint32_t k = from; k < f->count; k++) {
        alive |= blocks_alive(f->trace, row, f->moments[k]);
        if (f->moments[k] >= row + WORD)
            break;
    }
    return f->matches != NULL && alive != 0 ? alive & matches_word(f->matches, row) : alive;
}

int moments_fold_advance(struct moments_fold *f, uint64_t max_rows)
{
    uint64_t last = f->moments[f->count - 1];
    uint64_t end = last - f->next > max_rows ? f->next + max_rows : last;
    uint32_t from = 0;
    for (; f->next < end; f->next += WORD) {
        while (f->moments[from] <= f->next)
            from++;
        uint64_t alive = alive_at_any(f, f->next, from);
        for (; alive != 0; alive &= alive - 1) {
            struct life l;
            uint64_t opener = f->next + (unsigned)__builtin_ctzll(alive);
            if (find_life(f, opener, from, &l) && take_block(f, &l) != 0)
                return -ENOMEM;
        }
    }
    return 0;
}
