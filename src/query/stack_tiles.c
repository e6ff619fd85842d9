/* Tiles of totals by stack: made, and taken by folds; see stack_tiles.h. */
#include "query/stack_tiles.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "query/stack_fold_priv.h"

/* Only the two ends of a range are folded row by row, so they may be long. */
static const struct tile_limits usual_limits = {
    .rows = 65536,
    .most_rows = 1048576,
    .row_bytes = 16,
    .most_row_bytes = 32,
};

struct stack_tiles *stack_tiles_new(const struct trace *trace, const struct matches *matches)
{
    struct stack_tiles *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->limits = usual_limits;
    t->trace = trace;
    t->matches = matches;
    return t;
}

static void forget(struct stack_tiles *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->tile[i].item);
    t->count = t->bytes = 0;
    stack_fold_free(t->fold);
    t->fold = NULL;
    t->first = t->end = 0;
    t->magnitudes = 0;
    t->over = false;
}

void stack_tiles_free(struct stack_tiles *t)
{
    if (t == NULL)
        return;
    forget(t);
    free(t->tile);
    free(t);
}

size_t stack_tiles_bytes(const struct stack_tiles *t)
{
    return t->bytes;
}

static bool holds(const struct stack_tiles *t)
{
    return t->changes == store_stack_changes(t->trace->store) &&
           (t->matches == NULL || t->flips == matches_flips(t->matches));
}

/* ---- making ---- */

static struct stack_tile_item make_item(const struct stack_fold *f, const struct stack_group *g)
{
    /* A group that has not changed since the peak still has what it had then. */
    bool now = g->epoch != f->epoch;
    return (struct stack_tile_item){
        .process = g->f.process,
        .stack = g->f.stack,
        .first = g->f.first,
        .first_block = g->first_block,
        .events = (uint32_t)g->f.events,
        .allocs = (uint32_t)g->f.allocs,
        .frees = (uint32_t)g->f.frees,
        .reallocs = (uint32_t)g->f.reallocs,
        .failed_allocs = (uint32_t)g->f.failed_allocs,
        .blocks = (int32_t)g->f.outstanding_blocks,
        .peak_blocks = (int32_t)(now ? g->f.outstanding_blocks : g->f.at_peak_blocks),
        .alloc_bytes = g->f.alloc_bytes,
        .freed_bytes = g->f.freed_bytes,
        .copied_bytes = g->f.copied_bytes,
        .bytes = g->f.outstanding_bytes,
        .peak_bytes = now ? g->f.outstanding_bytes : g->f.at_peak_bytes,
    };
}

static int make_tile(const struct stack_tiles *t, struct stack_tile *out_tile)
{
    const struct stack_fold *f = t->fold;
    *out_tile = (struct stack_tile){
        .first = t->first,
        .end = t->end,
        .first_time = store_time(t->trace->store, t->first),
        .last_time = store_time(t->trace->store, t->end - 1),
        .bytes = f->whole.f.outstanding_bytes,
        .blocks = f->whole.f.outstanding_blocks,
        .has_peak = f->epoch != 0,
        .peak_bytes = f->whole.f.at_peak_bytes,
        .peak_blocks = f->whole.f.at_peak_blocks,
        .with = f->with,
        .without = f->without,
        .count = f->group_count,
        .item = malloc(f->group_count * sizeof *out_tile->item + 1),
    };
    for (size_t i = 0; out_tile->item != NULL && i < f->group_count; i++)
        out_tile->item[i] = make_item(f, &f->groups[i]);
    return out_tile->item != NULL ? 0 : -ENOMEM;
}

/* Makes the fold begin again with nothing, at the row `first`. */
static void begin_tile(struct stack_tiles *t, uint64_t first)
{
    struct stack_fold *f = t->fold;
    t->first = first;
    t->end = first + t->limits.rows;
    for (size_t i = 0; i < f->group_count; i++) {
        const struct stack_figures *g = &f->groups[i].f;
        if (g->stack < f->stack_count)
            f->by_stack[g->stack] = STACK_NO_GROUP;
        else
            f->stackless[g->process] = STACK_NO_GROUP;
    }
    id_map_release(&f->others);
    id_map_init(&f->others);
    f->group_count = 0;
    f->whole = (struct stack_group){.started = true};
    f->with = f->without = 0;
    f->epoch = 0;
    f->entered = true;
}

/* The tile in the making has all its rows: keeps it, lets it grow, or gives up. */
static void end_tile(struct stack_tiles *t)
{
    t->magnitudes |= t->fold->magnitudes;
    uint64_t rows = t->end - t->first;
    size_t bytes = t->fold->group_count * sizeof(struct stack_tile_item);
    if (bytes > rows * t->limits.row_bytes && rows < t->limits.most_rows) {
        t->end = t->first + 2 * rows;
        return;
    }
    t->over = bytes > rows * t->limits.most_row_bytes ||
              fold_tile_may_wrap(t->magnitudes, t->end) ||
              base_grow((void **)&t->tile, &t->cap, t->count + 1, sizeof *t->tile) != 0 ||
              make_tile(t, &t->tile[t->count]) != 0;
    if (t->over)
        return;
    t->count++;
    t->bytes += bytes + sizeof *t->tile;
    begin_tile(t, t->end);
}

static bool make_fold(struct stack_tiles *t)
{
    t->fold = stack_fold_new(t->trace, t->matches, FOLD_RANGE_ALL);
    if (t->fold == NULL)
        return false;
    t->fold->changes = t->changes;
    t->fold->flips = t->flips;
    begin_tile(t, 0);
    return true;
}

/* Folds on for the tile in the making. */
static void work(struct stack_tiles *t, uint64_t *max_rows)
{
    if (t->fold == NULL && !make_fold(t)) {
        t->over = true;
        return;
    }
    uint64_t before = t->fold->next;
    t->over = stack_fold_advance(t->fold, t->end, *max_rows) != 0;
    *max_rows -= t->fold->next - before;
    if (!t->over && t->fold->next == t->end)
        end_tile(t);
}

bool stack_tiles_advance(struct stack_tiles *t, uint64_t until, uint64_t max_rows)
{
    if (!holds(t))
        forget(t);
    t->changes = store_stack_changes(t->trace->store);
    t->flips = t->matches != NULL ? matches_flips(t->matches) : 0;
    if (t->end == 0)
        t->end = t->limits.rows;
    while (!t->over && t->end <= until && max_rows > 0)
        work(t, &max_rows);
    if (t->over) {
        stack_fold_free(t->fold);
        t->fold = NULL;
    }
    return !t->over && t->end <= until;
}

/* ---- taking ---- */

void stack_fold_use_tiles(struct stack_fold *f, struct stack_tiles *t)
{
    f->tiles = t;
}

/* The tile that begins at `next` or behind; NULL when there is none that still holds. */
static const struct stack_tile *next_tile(const struct stack_fold *f, size_t *out_place)
{
    const struct stack_tiles *t = f->tiles;
    *out_place = f->next_tile;
    if (t == NULL || !holds(t) || f->changes != t->changes || f->flips != t->flips)
        return NULL;
    while (*out_place < t->count && t->tile[*out_place].first < f->next)
        ++*out_place;
    return *out_place < t->count ? &t->tile[*out_place] : NULL;
}

uint64_t stack_fold_stretch_end(const struct stack_fold *f, uint64_t until)
{
    size_t place;
    uint64_t end = (f->next / STORE_CHUNK_ROWS + 1) * STORE_CHUNK_ROWS;
    const struct stack_tile *tile = next_tile(f, &place);
    if (tile != NULL && tile->first > f->next && tile->first < end)
        end = tile->first;
    return end < until ? end : until;
}

static void add_blocks(struct stack_group *g, const struct stack_tile_item *item)
{
    g->f.outstanding_bytes += item->bytes;
    g->f.outstanding_blocks += (uint64_t)(int64_t)item->blocks;
}

static int take_outside(struct stack_fold *f, const struct stack_tile *tile)
{
    for (size_t i = 0; i < tile->count; i++) {
        const struct stack_tile_item *item = &tile->item[i];
        if (item->first_block == INT64_MIN)
            continue;
        struct stack_group *g = stack_fold_find(f, item->process, item->stack, item->first_block);
        if (g == NULL)
            return -ENOMEM;
        add_blocks(g, item);
    }
    return 1;
}

static void take_item(struct stack_fold *f, struct stack_group *g,
                      const struct stack_tile_item *item, bool is_peak)
{
    stack_group_note(f, g);
    if (is_peak) {
        g->f.at_peak_bytes = g->f.outstanding_bytes + item->peak_bytes;
        g->f.at_peak_blocks = g->f.outstanding_blocks + (uint64_t)(int64_t)item->peak_blocks;
    }
    add_blocks(g, item);
    g->f.events += item->events;
    g->f.allocs += item->allocs;
    g->f.alloc_bytes += item->alloc_bytes;
    g->f.frees += item->frees;
    g->f.freed_bytes += item->freed_bytes;
    g->f.reallocs += item->reallocs;
    g->f.copied_bytes += item->copied_bytes;
    g->f.failed_allocs += item->failed_allocs;
}

static int take_inside(struct stack_fold *f, const struct stack_tile *tile)
{
    struct stack_figures *whole = &f->whole.f;
    uint64_t peak = whole->outstanding_bytes + tile->peak_bytes;
    bool is_peak = tile->has_peak && fold_is_above(peak, whole->at_peak_bytes);
    if (is_peak) {
        whole->at_peak_bytes = peak;
        whole->at_peak_blocks = whole->outstanding_blocks + tile->peak_blocks;
        f->epoch++;
    }
    f->with += tile->with;
    f->without += tile->without;
    for (size_t i = 0; i < tile->count; i++) {
        const struct stack_tile_item *item = &tile->item[i];
        struct stack_group *g = stack_fold_find(f, item->process, item->stack, item->first);
        if (g == NULL)
            return -ENOMEM;
        take_item(f, g, item, is_peak);
    }
    return 1;
}

int stack_fold_take_tile(struct stack_fold *f, uint64_t until)
{
    const struct stack_tile *tile = next_tile(f, &f->next_tile);
    if (tile == NULL || tile->first != f->next || tile->end > until ||
        tile->last_time > f->range.until)
        return 0;
    bool outside = tile->last_time < f->range.since;
    if (!outside &&
        (tile->first_time < f->range.since || (!f->started && tile->first_time <= f->start)))
        return 0;
    if (!outside && !f->entered)
        stack_fold_enter(f);
    if (!outside && !f->started)
        stack_fold_start(f);
    int rc = outside ? take_outside(f, tile) : take_inside(f, tile);
    f->whole.f.outstanding_bytes += tile->bytes;
    f->whole.f.outstanding_blocks += tile->blocks;
    f->magnitudes |= f->tiles->magnitudes;
    f->next = tile->end;
    return rc;
}
