/* Walking the rows once and handing each rule its own; see finding_pass.h. */
#include "answer/findings/finding_pass.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer/findings/finding_rules.h"
#include "base/alloc.h"
#include "decoder/heap_op.h"

/* A block that lives no longer is short-lived; a burst of them may pause so long. */
#define BRIEF_NS 1000000
#define PAUSE_NS 10000000

/* How many rows ahead the rows that close blocks are loaded. */
#define CLOSERS_AHEAD 24

static const struct finding_rule *const rule_of[FINDING_KINDS] = {
    [FINDING_DOUBLE_FREE] = &finding_frees_rule,    [FINDING_WRONG_HEAP] = &finding_frees_rule,
    [FINDING_GROWTH] = &finding_growth_rule,        [FINDING_INVALID_SOURCE] = &finding_single_rule,
    [FINDING_REALLOC] = &finding_moves_rule,        [FINDING_STORM] = &finding_storms_rule,
    [FINDING_CROSS_THREAD] = &finding_threads_rule, [FINDING_FRAGMENTATION] = &finding_space_rule,
    [FINDING_BIG_BLOCK] = &finding_single_rule,
};

/* What others judge by is collected first. */
const struct finding_rule *const finding_rules[FINDING_RULES] = {
    &finding_growth_rule, &finding_storms_rule, &finding_threads_rule, &finding_frees_rule,
    &finding_single_rule, &finding_moves_rule,  &finding_space_rule,
};

const struct finding_rule *finding_rule_of(enum finding_kind kind)
{
    return rule_of[kind];
}

int finding_pass_init(struct finding_pass *p, const struct trace *trace,
                      const struct matches *matches, struct block_range range)
{
    *p = (struct finding_pass){.trace = trace, .matches = matches, .range = range};
    p->lossy = trace->header.events_lost != 0 || trace->header.buffers_lost != 0;
    p->brief = trace_span_ticks(trace, BRIEF_NS);
    p->pause = trace_span_ticks(trace, PAUSE_NS);
    id_map_init(&p->sites.by_stack);
    id_map_init(&p->sites.by_lane);
    id_map_init(&p->threads.lane);
    id_map_init(&p->threads.pair);
    id_map_init(&p->tallies.place);
    finding_moments_init(&p->moments, trace, range);
    return 0;
}

void finding_pass_release(struct finding_pass *p)
{
    id_map_release(&p->sites.by_stack);
    id_map_release(&p->sites.by_lane);
    id_map_release(&p->threads.lane);
    id_map_release(&p->threads.pair);
    id_map_release(&p->tallies.place);
    free(p->sites.items);
    free(p->heaps);
    free(p->threads.lanes);
    free(p->threads.pairs);
    free(p->tallies.items);
    free(p->chains);
    arena_release(&p->arena);
    *p = (struct finding_pass){0};
}

/* ---- sites ---- */

static struct finding_series *new_series(struct finding_pass *p)
{
    struct finding_series *s = arena_alloc(&p->arena, sizeof *s);
    if (s != NULL)
        *s = (struct finding_series){0};
    return s;
}

static uint32_t add_site(struct finding_pass *p, const struct finding_event *e, uint32_t stack)
{
    struct finding_sites *s = &p->sites;
    if (s->count >= FINDING_SITES_MOST) {
        p->cut = true;
        return UINT32_MAX;
    }
    if (base_grow((void **)&s->items, &s->cap, s->count + 1, sizeof *s->items) != 0)
        return UINT32_MAX;
    struct finding_series *series = stack != STACK_NONE ? new_series(p) : NULL;
    struct finding_site *site = &s->items[s->count];
    *site = (struct finding_site){.process = e->process,
                                  .stack = stack,
                                  .thread = e->thread,
                                  .heap = e->heap,
                                  .row = e->row,
                                  .series = series};
    return (uint32_t)s->count++;
}

uint32_t finding_pass_site(struct finding_pass *p, const struct finding_event *e)
{
    uint32_t stack = store_chunk_stack(e->c, e->i);
    struct id_map *map = stack != STACK_NONE ? &p->sites.by_stack : &p->sites.by_lane;
    uint32_t owner = stack != STACK_NONE ? e->process : e->thread;
    uint64_t id = stack != STACK_NONE ? stack : e->heap;
    const uint32_t *known = id_map_find(map, owner, id);
    if (known != NULL)
        return *known;
    uint32_t site = add_site(p, e, stack);
    if (site != UINT32_MAX && id_map_add(map, owner, id, site) != 0)
        return UINT32_MAX;
    return site;
}

/* A block of the site: whose they all are. */
static void note_owner(struct finding_site *s, const struct finding_event *e)
{
    s->thread = s->thread == e->thread ? s->thread : INDEX_NONE;
    s->heap = s->heap == e->heap ? s->heap : INDEX_NONE;
}

/* ---- heaps ---- */

/* Room for every heap there is by now. */
static int make_room(struct finding_pass *p)
{
    size_t count = registry_heap_count(p->trace->registry), old = p->heap_count;
    if (count <= old)
        return 0;
    if (base_grow((void **)&p->heaps, &p->heap_cap, count, sizeof *p->heaps) != 0)
        return -ENOMEM;
    memset(&p->heaps[old], 0, (count - old) * sizeof *p->heaps);
    p->heap_count = count;
    return 0;
}

/* ---- tallies ---- */

static struct finding_tally *find_tally(struct finding_pass *p, enum finding_kind kind,
                                        uint32_t heap)
{
    const uint32_t *known = id_map_find(&p->tallies.place, (uint32_t)kind, heap);
    return known != NULL ? &p->tallies.items[*known] : NULL;
}

static struct finding_tally *new_tally(struct finding_pass *p, enum finding_kind kind,
                                       const struct finding_event *e)
{
    struct finding_tallies *t = &p->tallies;
    if (t->count >= FINDING_HEAPS_MOST) {
        p->cut = true;
        return NULL;
    }
    if (base_grow((void **)&t->items, &t->cap, t->count + 1, sizeof *t->items) != 0 ||
        id_map_add(&t->place, (uint32_t)kind, e->heap, (uint32_t)t->count) != 0)
        return NULL;
    t->items[t->count] = (struct finding_tally){.kind = kind,
                                                .process = e->process,
                                                .heap = e->heap,
                                                .row = e->row,
                                                .first = finding_event_time(e),
                                                .stack = store_chunk_stack(e->c, e->i)};
    return &t->items[t->count++];
}

static void note_address(struct finding_tally *t, uint64_t address)
{
    for (size_t i = 0; i < t->addresses && i < FINDING_ADDRESSES; i++)
        if (t->address[i] == address)
            return;
    if (t->addresses < FINDING_ADDRESSES)
        t->address[t->addresses++] = address;
    else
        t->addresses = FINDING_ADDRESSES + 1;
}

struct finding_tally *finding_tally_add(struct finding_pass *p, enum finding_kind kind,
                                        const struct finding_event *e)
{
    struct finding_tally *t = find_tally(p, kind, e->heap);
    if (t == NULL)
        t = new_tally(p, kind, e);
    if (t == NULL)
        return NULL;
    t->count++;
    t->last = finding_event_time(e);
    if (t->stack != store_chunk_stack(e->c, e->i))
        t->stack = STACK_NONE;
    note_address(t, e->c->address[e->i]);
    return t;
}

/* ---- rows ---- */

static int give(struct finding_pass *p, unsigned rows, const struct finding_event *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < FINDING_RULES; i++)
        if ((finding_rules[i]->rows & rows) != 0)
            rc = finding_rules[i]->take(p, e);
    return rc;
}

static const struct store_chunk *chunk_of(const struct finding_pass *p, uint64_t row)
{
    return store_chunk(p->trace->store, row / STORE_CHUNK_ROWS);
}

/* The moments between which the block lived: most die before the next one. */
static void find_moments(const struct finding_pass *p, struct finding_event *e)
{
    e->born = finding_moments_after(&p->moments, e->row);
    if (e->closer == ROW_NONE)
        e->died = FINDING_NEVER;
    else if (e->born < FINDING_POINTS && e->closer < p->moments.row[e->born])
        e->died = e->born;
    else
        e->died = finding_moments_after(&p->moments, e->closer);
}

static int take_block(struct finding_pass *p, struct finding_event *e)
{
    uint64_t closer = store_chunk_link(e->c, e->i, e->row);
    if (closer < p->range.first)
        return 0;
    e->closer = closer < p->range.end ? closer : ROW_NONE;
    e->closer_chunk = e->closer != ROW_NONE ? chunk_of(p, closer) : NULL;
    e->size = store_chunk_size(e->c, e->i);
    e->site = finding_pass_site(p, e);
    find_moments(p, e);
    p->allocs += e->in_range;
    p->frees += e->closer != ROW_NONE;
    if (e->site != UINT32_MAX)
        note_owner(&p->sites.items[e->site], e);
    return give(p, FINDING_ON_BLOCK, e);
}

/* What is odd about an event by itself. */
static bool is_odd(const struct finding_event *e)
{
    if (e->c->source[e->i] == FINDING_SOURCE_INVALID || (e->flags & ROW_FAILED) != 0)
        return true;
    return (e->op == HEAP_OP_ALLOC || e->op == HEAP_OP_REALLOC) &&
           e->c->size[e->i] >= FINDING_LARGE;
}

static int take_event(struct finding_pass *p, struct finding_event *e)
{
    int rc = 0;
    if ((e->flags & (ROW_DOUBLE_FREE | ROW_WRONG_HEAP)) != 0)
        rc = give(p, FINDING_ON_MISTAKE, e);
    if (rc == 0 && is_odd(e))
        rc = give(p, FINDING_ON_ODD, e);
    if (rc == 0 && e->op == HEAP_OP_REALLOC)
        rc = give(p, FINDING_ON_REALLOC, e);
    return rc;
}

static bool tells_space(const struct finding_event *e)
{
    return e->op != HEAP_OP_ALLOC && e->op != HEAP_OP_FREE && e->op != HEAP_OP_REALLOC &&
           e->heap != INDEX_NONE && (e->flags & ROW_DUPLICATE) == 0;
}

/* A Free that did what it should says nothing: its block was looked at. */
static bool is_dull(const struct finding_event *e)
{
    return e->op == HEAP_OP_FREE && (e->flags & ROW_CLOSES) != 0 &&
           e->c->source[e->i] != FINDING_SOURCE_INVALID;
}

static int take_row(struct finding_pass *p, struct finding_event *e, bool mine)
{
    e->flags = e->c->flags[e->i];
    e->op = store_chunk_op(e->c, e->i);
    e->in_range = e->row >= p->range.first;
    p->events += mine && e->in_range;
    if (is_dull(e))
        return 0;
    e->thread = e->c->thread[e->i];
    e->process = registry_thread(p->trace->registry, e->thread)->process;
    e->heap = store_chunk_heap(e->c, e->i);
    int rc = 0;
    if ((e->flags & ROW_OPENS) != 0 && mine)
        rc = take_block(p, e);
    if (rc == 0 && (e->flags & ROW_RESIZES) != 0)
        rc = give(p, FINDING_ON_RESIZE, e);
    if (rc == 0 && tells_space(e))
        rc = give(p, FINDING_ON_SPACE, e);
    return rc == 0 && mine && e->in_range ? take_event(p, e) : rc;
}

/* Starts to load what is needed of the row that will close the block of a row some way ahead. */
static void look_ahead(const struct finding_pass *p, const struct store_chunk *c, uint64_t row)
{
    uint32_t i = (uint32_t)(row % STORE_CHUNK_ROWS);
    if ((c->flags[i] & ROW_OPENS) == 0)
        return;
    uint64_t closer = store_chunk_link(c, i, row);
    if (closer >= p->range.end)
        return;
    const struct store_chunk *d = chunk_of(p, closer);
    __builtin_prefetch(&d->flags[closer % STORE_CHUNK_ROWS]);
    __builtin_prefetch(&d->thread[closer % STORE_CHUNK_ROWS]);
    __builtin_prefetch(&d->size[closer % STORE_CHUNK_ROWS]);
    __builtin_prefetch(&d->op[closer % STORE_CHUNK_ROWS]);
}

static uint64_t matching(const struct finding_pass *p, uint64_t row)
{
    return p->matches != NULL ? matches_word(p->matches, row & ~UINT64_C(63)) : UINT64_MAX;
}

/* Rows [next, end), which lie in one chunk. */
static int take_stretch(struct finding_pass *p, uint64_t end)
{
    struct finding_event e = {.c = chunk_of(p, p->next)};
    uint64_t word = matching(p, p->next);
    int rc = 0;
    for (; rc == 0 && p->next < end; p->next++) {
        e.row = p->next;
        e.i = (uint32_t)(e.row % STORE_CHUNK_ROWS);
        if (e.row % 64 == 0)
            word = matching(p, e.row);
        if (e.row + CLOSERS_AHEAD < end)
            look_ahead(p, e.c, e.row + CLOSERS_AHEAD);
        rc = take_row(p, &e, (word >> e.row % 64 & 1) != 0);
    }
    return rc;
}

int finding_pass_advance(struct finding_pass *p, uint64_t rows)
{
    uint64_t until = p->range.end - p->next <= rows ? p->range.end : p->next + rows;
    int rc = make_room(p);
    while (rc == 0 && p->next < until) {
        uint64_t end = (p->next / STORE_CHUNK_ROWS + 1) * STORE_CHUNK_ROWS;
        rc = take_stretch(p, end < until ? end : until);
    }
    return rc;
}

bool finding_pass_is_over(const struct finding_pass *p)
{
    return p->next >= p->range.end;
}

void finding_pass_finish(struct finding_pass *p)
{
    for (size_t i = 0; i < p->sites.count; i++)
        if (p->sites.items[i].series != NULL)
            finding_series_sum(p->sites.items[i].series);
    for (size_t i = 0; i < p->heap_count; i++)
        if (p->heaps[i].series != NULL)
            finding_series_sum(p->heaps[i].series);
}
