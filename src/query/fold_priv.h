/*
 * A fold at work: the running figures of all groups. Private to fold*.c.
 *
 * Sums wrap around, so that a size that lies is gone without a trace once its block is; taken as
 * signed they never make a peak by falling below zero.
 */
#ifndef QUERY_FOLD_PRIV_H
#define QUERY_FOLD_PRIV_H

#include "query/fold.h"
#include "query/fold_curve.h"

/* A heap that has fewer rows in the range shows no curve. */
#define FOLD_CURVE_FROM_ROW 16

/* What heaps tell of themselves, by Windows' names. */
enum fold_space {
    FOLD_SPACE_FLAGS,
    FOLD_SPACE_COMMITTED,
    FOLD_SPACE_RESERVED,
    FOLD_SPACE_FREE,
    FOLD_SPACE_UCRS,
    FOLD_SPACES
};

/* Operations that tell something about their heap. */
#define FOLD_SPACE_OPS                                                                             \
    (UINT64_C(1) << HEAP_OP_CREATE | UINT64_C(1) << HEAP_OP_DESTROY |                              \
     UINT64_C(1) << HEAP_OP_EXPAND | UINT64_C(1) << HEAP_OP_CONTRACT |                             \
     UINT64_C(1) << HEAP_OP_SNAPSHOT | UINT64_C(1) << HEAP_OP_CREATE_SNAPSHOT |                    \
     UINT64_C(1) << HEAP_OP_DESTROY_SNAPSHOT | UINT64_C(1) << HEAP_OP_EXTEND_SNAPSHOT)

struct fold_heap {
    struct figures f;
    uint64_t space[FOLD_SPACES];
    int64_t created, destroyed; /* raw; INT64_MIN, INT64_MAX when not seen */
    struct fold_curve *curve;   /* NULL while it has what it had as the range began */
    uint8_t known;              /* bit of each fold_space that was told */
    uint8_t cell_count;         /* 0: none yet, or none left for this heap */
    struct source_cell *cells;  /* by Source slot; owned */
    int64_t first;              /* raw time when `cells` was made */
    int64_t first_block; /* raw time of the first change to a block with a Source; INT64_MIN */
};

/* All about one Source. Its figures are the sum of its sizes. */
struct fold_source {
    uint32_t source;
    bool other; /* the shared slot of all further values */
    struct source_cell size[FOLD_SOURCE_CLASSES];
    struct source_cell time[FOLD_TIME_BINS];
};

/* What the tables by time and by heap have in common for all Sources (fold_cross.c). */
struct fold_cross {
    int64_t start;     /* raw time of the first bin's start */
    unsigned shift;    /* a bin is 2^shift raw ticks wide */
    uint32_t bin;      /* the present one */
    size_t heap_count; /* heaps with cells */
    struct source_cell further[FOLD_SOURCES], no_heap[FOLD_SOURCES];
};

/* Rows that tell something of their heaps. */
struct fold_places {
    uint64_t *rows;
    size_t count, cap;
};

/* A pass over blocks behind the tiles of a range (fold_scan.c). */
struct fold_scan {
    bool needed;     /* tiles of the range were taken, and the pass is not over */
    uint64_t moment; /* the range ended there when the pass began; 0 before */
    uint64_t next;
};

/* Figures by registry index, grown as indices come up. */
struct fold_groups {
    struct figures *f;
    size_t count, cap;
};

struct fold {
    const struct trace *trace;
    const struct matches *matches; /* NULL: every row belongs */
    struct fold_range range;
    uint64_t next; /* the first row not folded */
    uint64_t end;  /* behind the last row in range */
    int64_t first, last;
    bool entered;       /* a row of the range has come, peaks count */
    bool draws;         /* likewise, and there are curves */
    bool failed;        /* memory is out */
    uint64_t first_row; /* of the range; ROW_NONE before it has come */
    int64_t start;      /* raw: what came until then is where the impacting size starts */
    bool started;       /* a row behind it has come: groups know what they started from */
    struct block_sum freed[BLOCK_NEVER]; /* blocks ended in the range: AIFI and AOFI */
    /*
     * Events are counted by thread and by heap. What they come to for processes and for the whole
     * is summed up for the summary; only outstanding and peak are kept here too.
     */
    struct figures total;
    struct fold_groups processes, threads;
    uint32_t *process_of; /* by thread */
    size_t process_of_cap;
    struct fold_heap *heaps;
    size_t heap_count, heap_cap;
    struct fold_curve curve;    /* no values before `entered` */
    uint64_t known;             /* rows that may be folded by now */
    int64_t horizon;            /* raw time of the last of them as the range was entered */
    struct fold_tiles *tiles;   /* NULL: none. Borrowed */
    size_t next_tile;           /* none before it begins at `next` or behind */
    struct fold_scan scan;      /* what tiles cannot tell (fold_scan.c) */
    uint64_t magnitudes;        /* all bits of the amounts by which blocks changed the figures */
    uint64_t block_sources;     /* bit (slot) of the Sources whose blocks changed */
    struct fold_places *places; /* rows that tell of heaps are listed here instead of taken */
    struct fold_source sources[FOLD_SOURCES];
    size_t source_count;
    struct fold_cross cross;
    uint8_t source_place[STORE_NO_SOURCE]; /* of small Sources: 1 + place in `sources`, 0: none */
    struct size_figures sizes[FOLD_SIZE_CLASSES];
    uint64_t ops[HEAP_OP_COUNT];
};

/* The slot of a Source in `sources`, made when it is new (fold_source.c). */
unsigned fold_find_source(struct fold *f, uint32_t source);

static inline unsigned fold_source(struct fold *f, uint32_t source)
{
    if (source < STORE_NO_SOURCE && f->source_place[source] != 0)
        return f->source_place[source] - 1u;
    return fold_find_source(f, source);
}

/* The figures of a Source: the sum of its sizes. */
struct source_cell fold_source_total(const struct fold_source *s);

/* Ends the bins before `time`, with what is outstanding as yet. */
void fold_cross_end_bins(struct fold *f, int64_t time);

/* To be called for every row in range, before it changes anything. */
static inline void fold_cross_advance(struct fold *f, int64_t time)
{
    if (((uint64_t)time - (uint64_t)f->cross.start) >> f->cross.shift > f->cross.bin)
        fold_cross_end_bins(f, time);
}

/* The cell of a heap and a Source, made when it is new at `time`; `heap` may be INDEX_NONE. */
struct source_cell *fold_cross_find_heap(struct fold *f, uint32_t heap, unsigned slot,
                                         int64_t time);

static inline struct source_cell *fold_cross_heap(struct fold *f, uint32_t heap, unsigned slot,
                                                  int64_t time)
{
    if (heap != INDEX_NONE && slot < f->heaps[heap].cell_count)
        return &f->heaps[heap].cells[slot];
    return fold_cross_find_heap(f, heap, slot, time);
}

/* Copies the Sources and their tables into a summary, ascending by value. Returns 0 or -1. */
int fold_copy_sources(const struct fold *f, struct summary *out);

/* What a Create, Expand, Contract, Snapshot or Destroy says about its heap (fold_space.c). */
void fold_take_space(struct fold *f, const struct store_chunk *c, uint64_t id,
                     struct fold_heap *heap);

/* The first row in range: curves begin, and peaks with what was outstanding before. Returns 0 or
 * -ENOMEM. (fold_groups.c) */
int fold_enter_range(struct fold *f, uint64_t row, int64_t time);

/* Begins the curve of a heap, with what it has now. */
void fold_begin_heap(struct fold *f, struct fold_heap *h);

/* To be called before the figures of a heap change at `time`. */
static inline void fold_draw_heap(struct fold *f, struct fold_heap *h, int64_t time)
{
    if (h->curve == NULL)
        fold_begin_heap(f, h);
    if (h->curve != NULL)
        fold_curve_advance(h->curve, time, h->f.outstanding_bytes);
}

/* Takes the tile that begins at `next`, if there is one within the first `until` rows and it can be
 * taken as a whole (fold_tile_take.c). */
bool fold_take_tile(struct fold *f, uint64_t until);

/* Where folding row by row from `next` on ends: with the chunk, or where a tile begins. */
uint64_t fold_stretch_end(struct fold *f, uint64_t until);

/* A row is folded in the time of so many rows of a tile, or of the scan. */
#define FOLD_TILE_GAIN 16

/* Goes on with the pass over blocks, if one is needed; about `max_rows` times a row's cost. */
void fold_scan_classes(struct fold *f, uint64_t max_rows);

/* Room for everything the registry knows by now, and so for all published rows (fold_groups.c).
 * Returns 0 or -ENOMEM. */
int fold_make_room(struct fold *f);

/* Makes what is outstanding as the range begins at `time` the first peak: of one, of all groups. */
void fold_start_peak(struct figures *g, int64_t time);
void fold_start_peaks(struct fold *f);

/* Remembers what all groups have outstanding, in the place of what it comes to less that. */
void fold_start_impact(struct fold *f);

/* Whether a peak is surpassed. */
static inline bool fold_is_above(uint64_t bytes, uint64_t peak)
{
    return (int64_t)bytes > (int64_t)peak;
}

/* fold_size_class(), inline. */
static inline unsigned fold_class(uint64_t size)
{
    return size == 0 ? 0 : 64 - (unsigned)__builtin_clzll(size);
}

/* What an event did, for the counts (fold_effect.c). Zeroed: nothing. */
struct fold_effect {
    uint64_t allocs, alloc_bytes;
    uint64_t frees, freed_bytes;
    uint64_t reallocs;
    uint64_t failed_allocs;
};

/* Adds the effect of a ReAlloc: itself, and what it supplied. */
void fold_realloc_effect(const struct trace *t, const struct store_chunk *c, uint64_t id,
                         struct fold_effect *out_effect);

static inline void fold_effect_of(const struct trace *t, const struct store_chunk *c, uint64_t id,
                                  struct fold_effect *out_effect)
{
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    unsigned flags = c->flags[i];
    *out_effect = (struct fold_effect){0};
    if (store_chunk_op(c, i) == HEAP_OP_REALLOC) {
        fold_realloc_effect(t, c, id, out_effect);
    } else if ((flags & ROW_OPENS) != 0) {
        out_effect->allocs = 1;
        out_effect->alloc_bytes = store_chunk_size(c, i);
    } else if ((flags & ROW_CLOSES) != 0) {
        out_effect->frees = 1;
        out_effect->freed_bytes = store_chunk_size(c, i);
    } else {
        out_effect->failed_allocs = (flags & ROW_FAILED) != 0;
    }
}

#endif
