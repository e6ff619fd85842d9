/*
 * Folding rows into totals by size; see size_fold.h.
 *
 * Where the range begins, the blocks alive then are looked up 64 rows at a time; from there on
 * every row changes what is outstanding, and those in range are counted. So an earlier stretch
 * costs a tenth of what folding it would.
 */
#include "query/size_fold.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "decoder/heap_op.h"
#include "model/id_map.h"
#include "query/blocks.h"
#include "query/fold_priv.h"
#include "query/lfh.h"

/* How many rows ahead openers are loaded. */
#define AHEAD 32

/* Rows before the range that cost about as much as one in it. */
#define CHEAP_ROWS 8

/* Exact sizes below this are found without a search. */
#define NEAR_SIZES 65536
#define NO_PLACE   UINT16_MAX

/* The row of the sizes that have none. */
#define OTHERS 0

struct group {
    struct size_row row; /* but for what follows from `lives` */
    struct life_sample lives;
};

struct size_fold {
    const struct trace *trace;
    const struct matches *matches; /* NULL: every row belongs */
    struct fold_range range;
    enum size_kind kind;
    unsigned pointer_size;
    struct life_scale scale;
    uint64_t flips; /* matches_flips() when it began */
    bool passed;    /* all that was asked for last time is folded */
    bool entered;   /* `start` is known, the blocks alive then are looked up */
    uint64_t start; /* where the range begins */
    uint64_t next;  /* the first row not looked at */
    struct group *groups;
    size_t count, cap;
    struct life_sample all;
    uint16_t *near; /* by size: its row, NO_PLACE; only of exact sizes */
    struct id_map far;
};

/* A row being folded. */
struct step {
    struct size_fold *f;
    const struct store_chunk *c;
    uint64_t id;
    uint32_t i; /* place in the chunk */
    unsigned flags;
    int64_t time;
    bool in_range;
};

/* ---- groups ---- */

static struct size_row named_row(const struct size_fold *f, uint64_t key)
{
    struct size_row r = {.key = key, .from = key, .to = key};
    if (f->kind == SIZE_BY_POWER) {
        r.from = fold_class_from((unsigned)key);
        r.to = fold_class_to((unsigned)key) - (key + 1 < FOLD_SIZE_CLASSES);
    } else if (f->kind == SIZE_BY_BUCKET) {
        lfh_requests((unsigned)key, f->pointer_size, &r.from, &r.to);
    }
    return r;
}

static int add_group(struct size_fold *f, const struct size_row *row)
{
    int rc = base_grow((void **)&f->groups, &f->cap, f->count + 1, sizeof *f->groups);
    if (rc == 0)
        f->groups[f->count++] = (struct group){.row = *row};
    return rc;
}

/* The rows that are there from the beginning: all classes, or the one of all other sizes. */
static int add_first_groups(struct size_fold *f)
{
    static const size_t counts[SIZE_KINDS] = {
        [SIZE_BY_POWER] = FOLD_SIZE_CLASSES, [SIZE_BY_BUCKET] = LFH_BUCKETS + 1};
    struct size_row others = {.key = UINT64_MAX, .from = UINT64_MAX, .to = UINT64_MAX};
    others.others = true;
    /* All at once: to move thousands of them while they grow takes milliseconds. */
    size_t room = f->kind == SIZE_BY_EXACT ? SIZE_EXACT_ROWS + 1 : counts[f->kind];
    int rc = base_grow((void **)&f->groups, &f->cap, room, sizeof *f->groups);
    if (rc == 0 && f->kind == SIZE_BY_EXACT)
        rc = add_group(f, &others);
    for (size_t k = 0; rc == 0 && k < counts[f->kind]; k++) {
        struct size_row row = named_row(f, k);
        rc = add_group(f, &row);
    }
    for (size_t k = 0; f->near != NULL && k < NEAR_SIZES; k++)
        f->near[k] = NO_PLACE;
    return rc;
}

/* The place of an exact size that was not there. */
static size_t add_size(struct size_fold *f, uint64_t size)
{
    if (f->count > SIZE_EXACT_ROWS)
        return OTHERS;
    struct size_row row = named_row(f, size);
    size_t place = f->count;
    bool is_near = size < NEAR_SIZES;
    if ((!is_near && id_map_add(&f->far, 0, size, (uint32_t)place) != 0) || add_group(f, &row) != 0)
        return SIZE_MAX;
    if (is_near)
        f->near[size] = (uint16_t)place;
    return place;
}

static size_t place_of_size(struct size_fold *f, uint64_t size)
{
    if (size < NEAR_SIZES)
        return f->near[size] != NO_PLACE ? f->near[size] : add_size(f, size);
    const uint32_t *known = id_map_find(&f->far, 0, size);
    return known != NULL ? *known : add_size(f, size);
}

/* The group of a size, made when it is new; NULL when memory is out. Good until the next is made.
 */
static struct group *group_of(struct size_fold *f, uint64_t size)
{
    size_t place;
    if (f->kind == SIZE_BY_POWER)
        place = fold_class(size);
    else if (f->kind == SIZE_BY_BUCKET)
        place = lfh_bucket(size, f->pointer_size);
    else
        place = place_of_size(f, size);
    return place != SIZE_MAX ? &f->groups[place] : NULL;
}

static void forget_groups(struct size_fold *f)
{
    for (size_t i = 0; i < f->count; i++)
        life_sample_release(&f->groups[i].lives);
    life_sample_release(&f->all);
    f->count = 0;
    id_map_release(&f->far);
    id_map_init(&f->far);
}

/* ---- life ---- */

static uint64_t flips_of(const struct size_fold *f)
{
    return f->matches != NULL ? matches_flips(f->matches) : 0;
}

/* Forgets all rows. */
static int start_anew(struct size_fold *f)
{
    forget_groups(f);
    f->flips = flips_of(f);
    f->entered = false;
    f->next = 0;
    return add_first_groups(f);
}

struct size_fold *size_fold_new(const struct trace *trace, const struct matches *matches,
                                struct fold_range range, enum size_kind kind)
{
    struct size_fold *f = calloc(1, sizeof *f);
    if (f == NULL)
        return NULL;
    *f = (struct size_fold){.trace = trace, .matches = matches, .range = range, .kind = kind};
    f->pointer_size = trace->header.pointer_size;
    life_scale_init(&f->scale, trace);
    id_map_init(&f->far);
    if (kind == SIZE_BY_EXACT)
        f->near = malloc(NEAR_SIZES * sizeof *f->near);
    if ((kind != SIZE_BY_EXACT || f->near != NULL) && start_anew(f) == 0)
        return f;
    size_fold_free(f);
    return NULL;
}

void size_fold_free(struct size_fold *f)
{
    if (f == NULL)
        return;
    forget_groups(f);
    id_map_release(&f->far);
    free(f->groups);
    free(f->near);
    free(f);
}

/* ---- blocks ---- */

/* What a block adds; negative amounts wrap. */
struct change {
    uint64_t bytes, blocks;
};

static const struct store_chunk *chunk_of(const struct step *s, uint64_t row)
{
    if (row / STORE_CHUNK_ROWS == s->id / STORE_CHUNK_ROWS)
        return s->c;
    return store_chunk(s->f->trace->store, row / STORE_CHUNK_ROWS);
}

static uint64_t matching(const struct size_fold *f, uint64_t row)
{
    return f->matches != NULL ? matches_word(f->matches, row & ~UINT64_C(63)) : UINT64_MAX;
}

static bool belongs(const struct size_fold *f, uint64_t row)
{
    return (matching(f, row) >> row % 64 & 1) != 0;
}

static unsigned source_of(const struct store_chunk *c, uint32_t i)
{
    if (c->source[i] == STORE_NO_SOURCE)
        return SIZE_NO_SOURCE;
    return c->source[i] != 0 && c->source[i] < SIZE_OTHER_SOURCE ? c->source[i] : SIZE_OTHER_SOURCE;
}

/* A block of `size` that the row in place `i` of the chunk opened. */
static int change_block(struct size_fold *f, const struct store_chunk *c, uint32_t i, uint64_t size,
                        struct change by)
{
    struct group *g = group_of(f, size);
    if (g == NULL)
        return -ENOMEM;
    struct size_cell *source = &g->row.source[source_of(c, i)];
    g->row.f.outstanding_bytes += by.bytes;
    g->row.f.outstanding_blocks += by.blocks;
    source->outstanding_bytes += by.bytes;
    source->outstanding_blocks += by.blocks;
    return 0;
}

static int count_life(struct group *g, unsigned class, int64_t ticks, uint64_t size, bool temporary)
{
    g->row.temporary += temporary;
    g->row.ended.blocks++;
    g->row.ended.bytes += size;
    g->row.life[class].blocks++;
    g->row.life[class].bytes += size;
    return life_sample_add(&g->lives, ticks);
}

static int end_block(const struct step *s, uint64_t opener, uint64_t size)
{
    struct size_fold *f = s->f;
    if (!belongs(f, opener))
        return 0;
    const struct store_chunk *c = chunk_of(s, opener);
    uint32_t i = (uint32_t)(opener % STORE_CHUNK_ROWS);
    int rc = change_block(f, c, i, size, (struct change){0 - size, UINT64_MAX});
    if (rc != 0 || !s->in_range)
        return rc;
    int64_t ticks;
    if (__builtin_sub_overflow(s->time, store_chunk_time(c, i), &ticks))
        ticks = INT64_MAX;
    ticks = ticks > 0 ? ticks : 0;
    unsigned class = life_class(&f->scale, ticks);
    bool temporary = (s->flags & ROW_TEMPORARY) != 0;
    rc = count_life(group_of(f, size), class, ticks, size, temporary);
    return rc == 0 ? life_sample_add(&f->all, ticks) : rc;
}

static int end_listed(const struct step *s)
{
    const struct row_closed *closed;
    size_t n = store_closed(s->f->trace->store, s->id, &closed);
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < n; k++)
        rc = end_block(s, closed[k].row, closed[k].size);
    return rc;
}

static int resize_block(const struct step *s)
{
    uint64_t opener = store_chunk_link(s->c, s->i, s->id);
    const struct store_extra *old = store_find_extra(s->f->trace->store, s->id, STORE_EXTRA_OLD);
    if (old == NULL || !belongs(s->f, opener))
        return 0;
    uint64_t own = old->values[STORE_OLD_OWN], size = store_chunk_size(s->c, s->i);
    const struct store_chunk *c = chunk_of(s, opener);
    uint32_t i = (uint32_t)(opener % STORE_CHUNK_ROWS);
    int rc = change_block(s->f, c, i, own, (struct change){0 - own, UINT64_MAX});
    return rc == 0 ? change_block(s->f, c, i, size, (struct change){size, 1}) : rc;
}

/* ---- rows ---- */

/* Endings come before births: see fold.c. */
static int fold_blocks(const struct step *s, bool mine)
{
    int rc = 0;
    if ((s->flags & ROW_CLOSES) != 0)
        rc = end_block(s, store_chunk_link(s->c, s->i, s->id), store_chunk_size(s->c, s->i));
    else if ((s->flags & ROW_CLOSING_FLAGS) != 0 || s->c->op[s->i] == HEAP_OP_DESTROY)
        rc = end_listed(s);
    if (rc == 0 && (s->flags & ROW_RESIZES) != 0)
        rc = resize_block(s);
    if (rc != 0 || (s->flags & ROW_OPENS) == 0 || !mine)
        return rc;
    uint64_t size = store_chunk_size(s->c, s->i);
    return change_block(s->f, s->c, s->i, size, (struct change){size, 1});
}

static int fold_event(const struct step *s)
{
    struct fold_effect e;
    fold_effect_of(s->f->trace, s->c, s->id, &e);
    if (e.allocs == 0)
        return 0;
    struct group *g = group_of(s->f, e.alloc_bytes);
    if (g == NULL)
        return -ENOMEM;
    struct size_cell *source = &g->row.source[source_of(s->c, s->i)];
    g->row.f.allocs++;
    g->row.f.alloc_bytes += e.alloc_bytes;
    source->allocs++;
    source->alloc_bytes += e.alloc_bytes;
    return 0;
}

static int fold_row(struct step *s, bool mine)
{
    s->flags = s->c->flags[s->i];
    s->time = store_chunk_time(s->c, s->i);
    if (s->time > s->f->range.until)
        return 0;
    s->in_range = s->time >= s->f->range.since;
    int rc = fold_blocks(s, mine);
    return rc == 0 && s->in_range && mine ? fold_event(s) : rc;
}

/* Starts to load what the block of a row some way ahead will need. */
static void look_ahead(const struct step *s, uint64_t id)
{
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    if ((s->c->flags[i] & (ROW_CLOSES | ROW_RESIZES)) == 0)
        return;
    uint64_t opener = store_chunk_link(s->c, i, id);
    const struct store_chunk *c = chunk_of(s, opener);
    if (c == NULL)
        return;
    __builtin_prefetch(&c->time_low[opener % STORE_CHUNK_ROWS]);
    __builtin_prefetch(&c->time_high[opener % STORE_CHUNK_ROWS]);
    __builtin_prefetch(&c->source[opener % STORE_CHUNK_ROWS]);
    if (s->f->matches != NULL)
        matches_prefetch(s->f->matches, opener);
}

/* Rows [next, end), which lie in one chunk. */
static int fold_stretch(struct size_fold *f, const struct store_chunk *c, uint64_t end)
{
    struct step s = {.f = f, .c = c};
    uint64_t word = matching(f, f->next);
    int rc = 0;
    for (; rc == 0 && f->next < end; f->next++) {
        s.id = f->next;
        s.i = (uint32_t)(s.id % STORE_CHUNK_ROWS);
        if (s.id % 64 == 0)
            word = matching(f, s.id);
        if (s.id + AHEAD < end)
            look_ahead(&s, s.id + AHEAD);
        rc = fold_row(&s, (word >> s.id % 64 & 1) != 0);
    }
    return rc;
}

/* ---- before the range ---- */

/* Takes the blocks of 64 rows that are alive as the range begins. Returns how many, or -ENOMEM. */
static int take_alive(struct size_fold *f, uint64_t row)
{
    const struct store_chunk *c = store_chunk(f->trace->store, row / STORE_CHUNK_ROWS);
    uint64_t word = matching(f, row) & blocks_alive(f->trace, row, f->start);
    int taken = 0;
    for (; word != 0; word &= word - 1) {
        uint64_t opener = row + (unsigned)__builtin_ctzll(word);
        uint64_t size = block_size_at(f->trace, opener, f->start);
        uint32_t i = (uint32_t)(opener % STORE_CHUNK_ROWS);
        if (change_block(f, c, i, size, (struct change){size, 1}) != 0)
            return -ENOMEM;
        taken++;
    }
    return taken;
}

/* Looks up to where the range begins, for about the cost of `*max_rows` rows, which it lessens. */
static int approach(struct size_fold *f, uint64_t *max_rows)
{
    uint64_t budget = *max_rows < UINT64_MAX / CHEAP_ROWS ? *max_rows * CHEAP_ROWS : UINT64_MAX;
    while (f->next < f->start && budget > 0) {
        int taken = take_alive(f, f->next);
        if (taken < 0)
            return taken;
        uint64_t cost = 64 + CHEAP_ROWS * (uint64_t)taken;
        budget = budget > cost ? budget - cost : 0;
        f->next = f->start - f->next > 64 ? f->next + 64 : f->start;
    }
    *max_rows = budget / CHEAP_ROWS;
    return 0;
}

/* The first row of the range among those before `until`; the rows are in order of time. */
static void enter(struct size_fold *f, uint64_t until)
{
    f->entered = true;
    f->start = f->range.since == INT64_MIN ? 0 : store_find_time(f->trace->store, f->range.since);
    f->start = f->start < until ? f->start : until;
}

static int fold_on(struct size_fold *f, uint64_t until, uint64_t max_rows)
{
    int rc = approach(f, &max_rows);
    if (f->next < f->start)
        return rc;
    if (until > f->next && until - f->next > max_rows)
        until = f->next + max_rows;
    while (rc == 0 && f->next < until) {
        const struct store_chunk *c = store_chunk(f->trace->store, f->next / STORE_CHUNK_ROWS);
        uint64_t end = (f->next / STORE_CHUNK_ROWS + 1) * STORE_CHUNK_ROWS;
        end = end < until ? end : until;
        if (c->zone.min_time > f->range.until)
            f->next = end;
        else
            rc = fold_stretch(f, c, end);
    }
    return rc;
}

static bool is_void(const struct size_fold *f)
{
    return f->flips != flips_of(f);
}

int size_fold_advance(struct size_fold *f, uint64_t until, uint64_t max_rows)
{
    /* Only after a whole pass: see stack_fold.c. */
    int rc = 0;
    if (is_void(f) && (f->next == 0 || f->passed || f->next >= until))
        rc = start_anew(f);
    if (rc == 0 && !f->entered)
        enter(f, until);
    if (rc == 0)
        rc = fold_on(f, until, max_rows);
    f->passed = f->next >= until;
    return rc;
}

uint64_t size_fold_rows(const struct size_fold *f)
{
    return f->next;
}

bool size_fold_is_settled(const struct size_fold *f, uint64_t rows)
{
    return f->next >= rows && !is_void(f);
}

/* ---- the rows ---- */

size_t size_fold_count(const struct size_fold *f)
{
    return f->count;
}

uint64_t size_fold_from(const struct size_fold *f, size_t i)
{
    return f->groups[i].row.from;
}

/* A sum below zero is a size that lied, or a row that flipped. */
static void set_least(struct size_cell *c)
{
    c->outstanding_bytes = (int64_t)c->outstanding_bytes > 0 ? c->outstanding_bytes : 0;
    c->outstanding_blocks = (int64_t)c->outstanding_blocks > 0 ? c->outstanding_blocks : 0;
}

static void set_lives(const struct size_fold *f, struct life_sample *lives, struct size_row *out)
{
    out->exact = life_sample_is_exact(lives);
    out->mean = life_sample_mean_ns(lives, f->trace);
    out->p50 = trace_span_ns(f->trace, life_sample_percentile(lives, 50));
    out->p90 = trace_span_ns(f->trace, life_sample_percentile(lives, 90));
    out->p99 = trace_span_ns(f->trace, life_sample_percentile(lives, 99));
    out->longest = trace_span_ns(f->trace, lives->greatest);
}

void size_fold_get(struct size_fold *f, size_t i, struct size_row *out_row)
{
    *out_row = f->groups[i].row;
    set_least(&out_row->f);
    for (unsigned k = 0; k < SIZE_SOURCES; k++)
        set_least(&out_row->source[k]);
    set_lives(f, &f->groups[i].lives, out_row);
}

void size_fold_get_whole(struct size_fold *f, struct size_row *out_row)
{
    *out_row = (struct size_row){.to = UINT64_MAX};
    set_lives(f, &f->all, out_row);
}

bool size_row_is_empty(const struct size_row *r)
{
    return r->f.allocs == 0 && r->f.outstanding_blocks == 0 && r->ended.blocks == 0;
}

static void add_cell(struct size_cell *to, const struct size_cell *from)
{
    to->allocs += from->allocs;
    to->alloc_bytes += from->alloc_bytes;
    to->outstanding_blocks += from->outstanding_blocks;
    to->outstanding_bytes += from->outstanding_bytes;
}

static void add_life(struct life_cell *to, const struct life_cell *from)
{
    to->blocks += from->blocks;
    to->bytes += from->bytes;
}

void size_row_add(struct size_row *to, const struct size_row *from)
{
    add_cell(&to->f, &from->f);
    for (unsigned i = 0; i < SIZE_SOURCES; i++)
        add_cell(&to->source[i], &from->source[i]);
    to->temporary += from->temporary;
    add_life(&to->ended, &from->ended);
    for (unsigned k = 0; k < LIFE_CLASSES; k++)
        add_life(&to->life[k], &from->life[k]);
}
