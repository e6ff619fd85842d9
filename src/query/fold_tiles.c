/* Which tiles there are, and when there are none; see fold_tiles.h. */
#include "query/fold_tiles.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "query/fold_tile.h"

/* With more groups than these, looking for those of a tile would take as long as its rows. */
#define MOST_HEAPS   FOLD_CROSS_HEAPS
#define MOST_THREADS 16384u

static const struct tile_limits usual_limits = {
    .rows = 4096,
    .most_rows = 65536,
    .row_bytes = 8,
    .most_row_bytes = 24,
};

struct fold_tiles *fold_tiles_new(const struct trace *trace, const struct matches *matches)
{
    struct fold_tiles *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->trace = trace;
    t->matches = matches;
    t->limits = usual_limits;
    return t;
}

static void forget(struct fold_tiles *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->tile[i].thread);
    t->count = t->bytes = 0;
    fold_free(t->fold);
    t->fold = NULL;
    t->first = 0;
    t->end = 0;
    t->magnitudes = 0;
    t->over = false;
}

void fold_tiles_free(struct fold_tiles *t)
{
    if (t == NULL)
        return;
    forget(t);
    free(t->tile);
    free(t->places.rows);
    free(t);
}

static uint64_t flips_of(const struct fold_tiles *t)
{
    return t->matches != NULL ? matches_flips(t->matches) : 0;
}

/* More groups than tiles are made for; which of them are shared is decided by their order. */
static bool has_many_groups(const struct fold_tiles *t)
{
    const struct registry *r = t->trace->registry;
    return registry_heap_count(r) > MOST_HEAPS || registry_thread_count(r) > MOST_THREADS ||
           t->fold->source_count >= FOLD_SOURCES - 1;
}

/* The tile in the making has all its rows: keeps it, lets it grow, or gives up. */
static void end_tile(struct fold_tiles *t)
{
    t->magnitudes |= t->fold->magnitudes;
    uint64_t rows = t->end - t->first;
    size_t bytes = fold_tile_measure(t);
    if (bytes > rows * t->limits.row_bytes && rows < t->limits.most_rows) {
        t->end = t->first + 2 * rows;
        return;
    }
    struct fold_tile *tile;
    t->over = has_many_groups(t) || fold_tile_may_wrap(t->magnitudes, t->end) ||
              bytes > rows * t->limits.most_row_bytes ||
              base_grow((void **)&t->tile, &t->cap, t->count + 1, sizeof *t->tile) != 0;
    if (t->over)
        return;
    tile = &t->tile[t->count];
    if (fold_tile_make(t, tile) != 0) {
        t->over = true;
        return;
    }
    for (size_t i = 0; i < t->fold->source_count; i++)
        t->source[i] = t->fold->sources[i].source;
    t->count++;
    t->bytes += bytes + sizeof *tile;
    fold_tile_begin(t, t->end);
    t->end = t->first + t->limits.rows;
}

static bool make_fold(struct fold_tiles *t)
{
    t->fold = fold_new(t->trace, t->matches, FOLD_RANGE_ALL);
    if (t->fold == NULL)
        return false;
    t->fold->places = &t->places;
    fold_tile_begin(t, 0);
    return true;
}

bool fold_tiles_advance(struct fold_tiles *t, uint64_t until, uint64_t max_rows)
{
    uint64_t flips = flips_of(t);
    if (flips != t->flips)
        forget(t);
    t->flips = flips;
    if (t->end == 0)
        t->end = t->limits.rows;
    /* A tile is begun only when all its rows are there. */
    while (!t->over && t->end <= until && max_rows > 0) {
        if (t->fold == NULL && !make_fold(t)) {
            t->over = true;
            break;
        }
        uint64_t before = t->fold->next;
        if (fold_advance(t->fold, t->end, max_rows) != 0 || t->fold->failed)
            t->over = true;
        max_rows -= t->fold->next - before;
        if (!t->over && t->fold->next == t->end)
            end_tile(t);
    }
    if (t->over && t->fold != NULL) {
        fold_free(t->fold);
        t->fold = NULL;
    }
    return !t->over && t->end <= until;
}

uint64_t fold_tiles_rows(const struct fold_tiles *t)
{
    return t->count > 0 ? t->tile[t->count - 1].end : 0;
}

size_t fold_tiles_bytes(const struct fold_tiles *t)
{
    return t->bytes;
}
