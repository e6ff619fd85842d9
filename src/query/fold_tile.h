/*
 * One tile: the figures of a stretch of rows by itself, of the groups that occur in it. Private to
 * fold*.c.
 *
 * Counts add up. What is outstanding is a difference, below zero where more ended than began, and a
 * peak is the greatest it ever was above the tile's beginning: the peak of a range that reaches
 * into the tile with so many bytes is higher by so many.
 */
#ifndef QUERY_FOLD_TILE_H
#define QUERY_FOLD_TILE_H

#include "query/fold_priv.h"
#include "query/fold_tiles.h"

#define TILE_NO_ROW UINT32_MAX

struct tile_group {
    uint32_t index; /* in the registry */
    uint32_t rows, allocs, frees, reallocs, failed_allocs;
    int32_t blocks;
    int32_t peak_blocks;
    uint64_t alloc_bytes, freed_bytes;
    uint64_t bytes;      /* may wrap */
    uint64_t peak_bytes; /* 0: never above where it began */
    uint32_t peak_row;   /* in the tile */
};

struct tile_heap {
    struct tile_group g;
    int64_t first, first_block; /* raw times, as in struct fold_heap; INT64_MIN */
};

/* Of a Source with a size class or a heap. */
struct tile_cell {
    uint32_t with; /* the size class, or registry index of the heap */
    uint32_t slot; /* in the tiles' own Sources */
    uint32_t count[FOLD_SOURCE_OPS];
    int32_t blocks;
    uint64_t amount[FOLD_SOURCE_OPS];
    uint64_t bytes; /* may wrap */
};

struct tile_class {
    uint32_t class;
    uint32_t allocs;
    int64_t blocks;
    uint64_t alloc_bytes, bytes;
};

struct tile_op {
    uint32_t op, rows;
};

struct fold_tile {
    uint64_t first, end;           /* its rows */
    int64_t first_time, last_time; /* raw, of its first and its last row */
    struct tile_group total;       /* only outstanding and peak; `index` means nothing */
    struct block_sum ended;        /* blocks that ended in it */
    uint64_t block_sources;        /* as in struct fold */
    uint32_t threads, processes, heaps, sizes, cells, classes, ops, places;
    struct tile_group *thread;  /* what follows is one piece of memory, which begins here */
    struct tile_group *process; /* only outstanding and peaks */
    struct tile_heap *heap;
    struct tile_cell *size; /* by Source and size class */
    struct tile_cell *cell; /* by Source and heap */
    struct tile_class *class;
    uint64_t *place; /* rows that tell something of their heaps */
    struct tile_op *op;
};

/* Rows of a tile at least, and at most: it grows while it takes more than `row_bytes` for each of
 * its rows. When it has grown, it may take the most; beyond, no more tiles are made. */
struct tile_limits {
    uint32_t rows, most_rows;
    uint32_t row_bytes, most_row_bytes;
};

struct fold_tiles {
    struct tile_limits limits;
    const struct trace *trace;
    const struct matches *matches;
    uint64_t flips;    /* matches_flips() that they were made with */
    struct fold *fold; /* of the tile in the making alone; NULL before the first */
    struct fold_places places;
    uint64_t first; /* row of the tile in the making */
    uint64_t end;   /* where it is to end */
    uint64_t magnitudes;
    uint32_t source[FOLD_SOURCES]; /* by the fold's slot: which Source it is */
    bool over;                     /* no more tiles: they would not be worth it, or memory is out */
    struct fold_tile *tile;
    size_t count, cap;
    size_t bytes;
};

/*
 * Whether what `rows` rows add up to may wrap, of blocks of these sizes (all bits of them): sums
 * are compared as signed, and must not come near to where they wrap, whatever is added to them.
 * Only sizes that lie do. No row changes blocks more than three times on average: each is opened
 * and ended once, and resized by a row.
 */
static inline bool fold_tile_may_wrap(uint64_t magnitudes, uint64_t rows)
{
    uint64_t most;
    return magnitudes >= UINT64_C(1) << 61 ||
           __builtin_mul_overflow(magnitudes + 1, rows * 3, &most) || most > UINT64_C(1) << 61;
}

/* Bytes of the groups that the fold of a tile has come to. O(groups). */
size_t fold_tile_measure(const struct fold_tiles *t);

/* Makes the tile of what the fold has come to. Returns 0 or -ENOMEM. */
int fold_tile_make(const struct fold_tiles *t, struct fold_tile *out_tile);

/* Makes the fold begin again with nothing, at the row `first`. Its Sources keep their slots. */
void fold_tile_begin(struct fold_tiles *t, uint64_t first);

#endif
