/* A fold by stack at work, and its tiles. Private to stack_fold.c and stack_tile*.c. */
#ifndef QUERY_STACK_FOLD_PRIV_H
#define QUERY_STACK_FOLD_PRIV_H

#include "model/id_map.h"
#include "query/fold_tile.h"
#include "query/stack_tiles.h"

#define STACK_NO_GROUP UINT32_MAX

struct stack_group {
    /* at_peak_*: valid when `epoch` is the present one; impacting_*: what it started from, valid
     * when it has `started`. */
    struct stack_figures f;
    uint64_t epoch;
    int64_t first_block; /* raw time of the first block that changed; INT64_MIN */
    bool started;
};

struct stack_fold {
    const struct trace *trace;
    const struct matches *matches; /* NULL: every row belongs */
    struct fold_range range;
    int64_t start;           /* raw: what came until then is where the impacting size starts */
    uint64_t next;           /* the first row not folded */
    uint64_t changes, flips; /* store_stack_changes(), matches_flips() when it began */
    bool passed;             /* all that was asked for last time is folded */
    bool entered;            /* a row of the range has come, peaks count */
    bool started;            /* a row behind `start` has come */
    uint64_t epoch;          /* peaks so far */
    struct stack_group whole;
    uint64_t with, without;
    struct stack_group *groups;
    size_t group_count, group_cap;
    uint32_t *by_stack; /* the first group of a stack, for most the only one; STACK_NO_GROUP */
    size_t stack_count, stack_cap;
    struct id_map others; /* (process, stack) -> group, of those that are not the first */
    uint32_t *stackless;  /* by process: the group of what has no stack; STACK_NO_GROUP */
    size_t process_count, process_cap;
    uint32_t *process_of; /* by thread */
    size_t thread_count, thread_cap;
    struct stack_tiles *tiles; /* NULL: none. Borrowed */
    size_t next_tile;          /* none before it begins at `next` or behind */
    uint64_t magnitudes;       /* all bits of the amounts by which blocks changed the figures */
};

/* What a group did in a tile. */
struct stack_tile_item {
    uint32_t process, stack;
    int64_t first, first_block; /* raw, as in struct stack_group */
    uint32_t events, allocs, frees, reallocs, failed_allocs;
    int32_t blocks, peak_blocks;
    uint64_t alloc_bytes, freed_bytes, copied_bytes;
    uint64_t bytes, peak_bytes; /* what it had more when the whole had most; may wrap */
};

struct stack_tile {
    uint64_t first, end;
    int64_t first_time, last_time; /* raw, of its first and its last row */
    uint64_t bytes, blocks;        /* what the whole came to; may wrap */
    bool has_peak;                 /* it was above where it began */
    uint64_t peak_bytes, peak_blocks;
    uint64_t with, without;
    size_t count;
    struct stack_tile_item *item; /* owned */
};

struct stack_tiles {
    struct tile_limits limits;
    const struct trace *trace;
    const struct matches *matches;
    uint64_t changes, flips;
    struct stack_fold *fold; /* of the tile in the making alone; NULL before the first */
    uint64_t first, end;     /* of the tile in the making; 0, 0 before */
    uint64_t magnitudes;
    bool over; /* no more tiles: they would not be worth it, or memory is out */
    struct stack_tile *tile;
    size_t count, cap;
    size_t bytes;
};

/* The group, made when it is new at `time`; NULL when memory is out. Good until the next one is
 * made. */
struct stack_group *stack_fold_find(struct stack_fold *f, uint32_t process, uint32_t stack,
                                    int64_t time);

/* Makes what is outstanding as the range begins the first peak, and where the impact starts. */
void stack_fold_enter(struct stack_fold *f);
void stack_fold_start(struct stack_fold *f);

/* To be called before what a group has outstanding changes. */
static inline void stack_group_note(const struct stack_fold *f, struct stack_group *g)
{
    if (g->epoch != f->epoch) {
        g->f.at_peak_bytes = g->f.outstanding_bytes;
        g->f.at_peak_blocks = g->f.outstanding_blocks;
        g->epoch = f->epoch;
    }
    if (g->started != f->started) {
        g->f.impacting_bytes = (int64_t)g->f.outstanding_bytes;
        g->f.impacting_blocks = (int64_t)g->f.outstanding_blocks;
        g->started = true;
    }
}

/* As those of fold_priv.h; the first returns 1 when it took one, 0, or -ENOMEM. */
int stack_fold_take_tile(struct stack_fold *f, uint64_t until);
uint64_t stack_fold_stretch_end(const struct stack_fold *f, uint64_t until);

#endif
