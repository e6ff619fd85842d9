/*
 * Folding rows into totals by stack; see stack_fold.h.
 *
 * An event counts under its own process and stack, a block under those of the row that opened it.
 * What was outstanding at the peak is kept without copying all groups whenever a new peak comes: a
 * peak begins an epoch, and a group writes down what it had when it changes for the first time in
 * one. A group that has not changed since still has it.
 */
#include "query/stack_fold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "query/stack_fold_priv.h"

/* How many rows ahead openers are loaded, and how many groups: theirs and the rows' own. */
#define OPENERS_AHEAD 40
#define GROUPS_AHEAD  16

#define CACHE_LINE 64

/* A row being folded. */
struct step {
    struct stack_fold *f;
    const struct store_chunk *c;
    uint64_t id;
    uint32_t i; /* place in the chunk */
    unsigned flags;
    int64_t time;
    bool in_range;
};

/* What a block adds; negative amounts wrap. */
struct change {
    uint64_t bytes, blocks;
};

struct stack_fold *stack_fold_new(const struct trace *trace, const struct matches *matches,
                                  struct fold_range range)
{
    struct stack_fold *f = calloc(1, sizeof *f);
    if (f == NULL)
        return NULL;
    f->trace = trace;
    f->matches = matches;
    f->range = range;
    f->started = f->whole.started = range.since == INT64_MIN;
    f->start = f->started ? INT64_MIN : range.since - 1;
    id_map_init(&f->others);
    return f;
}

void stack_fold_count_from(struct stack_fold *f, int64_t start)
{
    if (!f->started && start > f->start)
        f->start = start;
}

void stack_fold_free(struct stack_fold *f)
{
    if (f == NULL)
        return;
    id_map_release(&f->others);
    free(f->groups);
    free(f->by_stack);
    free(f->stackless);
    free(f->process_of);
    free(f);
}

/* ---- groups ---- */

static uint32_t add_group(struct stack_fold *f, uint32_t process, uint32_t stack, int64_t time)
{
    if (base_grow((void **)&f->groups, &f->group_cap, f->group_count + 1, sizeof *f->groups) != 0)
        return STACK_NO_GROUP;
    f->groups[f->group_count] = (struct stack_group){
        .f = {.process = process, .stack = stack, .first = time},
        .epoch = f->epoch,
        .first_block = INT64_MIN,
        .started = f->started,
    };
    return (uint32_t)f->group_count++;
}

static uint32_t find_other(struct stack_fold *f, uint32_t process, uint32_t stack, int64_t time)
{
    const uint32_t *known = id_map_find(&f->others, process, stack);
    if (known != NULL)
        return *known;
    uint32_t group = add_group(f, process, stack, time);
    if (group != STACK_NO_GROUP && id_map_add(&f->others, process, stack, group) != 0)
        return STACK_NO_GROUP;
    return group;
}

struct stack_group *stack_fold_find(struct stack_fold *f, uint32_t process, uint32_t stack,
                                    int64_t time)
{
    bool walked = stack < f->stack_count;
    uint32_t *first = walked ? &f->by_stack[stack] : &f->stackless[process];
    if (*first == STACK_NO_GROUP)
        *first = add_group(f, process, walked ? stack : STACK_NONE, time);
    uint32_t group = *first;
    if (group != STACK_NO_GROUP && f->groups[group].f.process != process)
        group = find_other(f, process, stack, time);
    return group != STACK_NO_GROUP ? &f->groups[group] : NULL;
}

/* Of the row in place `i` of the chunk. */
static struct stack_group *group_of_row(struct stack_fold *f, const struct store_chunk *c,
                                        uint32_t i)
{
    return stack_fold_find(f, f->process_of[c->thread[i]], store_chunk_stack(c, i),
                           store_chunk_time(c, i));
}

/* ---- blocks ---- */

static uint64_t magnitude(uint64_t amount)
{
    return (int64_t)amount < 0 ? 0 - amount : amount;
}

/* `opened`: raw time of the row that opened the block. */
static void change_block(const struct step *s, struct stack_group *g, int64_t opened,
                         struct change by)
{
    struct stack_fold *f = s->f;
    struct stack_figures *whole = &f->whole.f;
    stack_group_note(f, g);
    if (g->first_block == INT64_MIN)
        g->first_block = opened;
    f->magnitudes |= magnitude(by.bytes);
    g->f.outstanding_bytes += by.bytes;
    g->f.outstanding_blocks += by.blocks;
    whole->outstanding_bytes += by.bytes;
    whole->outstanding_blocks += by.blocks;
    if (!s->in_range || !fold_is_above(whole->outstanding_bytes, whole->at_peak_bytes))
        return;
    whole->at_peak_bytes = whole->outstanding_bytes;
    whole->at_peak_blocks = whole->outstanding_blocks;
    f->epoch++;
}

static const struct store_chunk *chunk_of(const struct step *s, uint64_t row)
{
    if (row / STORE_CHUNK_ROWS == s->id / STORE_CHUNK_ROWS)
        return s->c;
    return store_chunk(s->f->trace->store, row / STORE_CHUNK_ROWS);
}

static uint64_t matching(const struct stack_fold *f, uint64_t row)
{
    return f->matches != NULL ? matches_word(f->matches, row & ~UINT64_C(63)) : UINT64_MAX;
}

static bool belongs(const struct stack_fold *f, uint64_t row)
{
    return (matching(f, row) >> row % 64 & 1) != 0;
}

static int change_opened(const struct step *s, uint64_t opener, struct change by)
{
    if (!belongs(s->f, opener))
        return 0;
    const struct store_chunk *c = chunk_of(s, opener);
    uint32_t i = (uint32_t)(opener % STORE_CHUNK_ROWS);
    struct stack_group *g = group_of_row(s->f, c, i);
    if (g == NULL)
        return -ENOMEM;
    change_block(s, g, store_chunk_time(c, i), by);
    return 0;
}

static int close_listed(const struct step *s)
{
    const struct row_closed *closed;
    size_t n = store_closed(s->f->trace->store, s->id, &closed);
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < n; k++)
        rc = change_opened(s, closed[k].row, (struct change){0 - closed[k].size, UINT64_MAX});
    return rc;
}

static int resize_block(const struct step *s)
{
    const struct store_extra *old = store_find_extra(s->f->trace->store, s->id, STORE_EXTRA_OLD);
    if (old == NULL)
        return 0;
    struct change by = {store_chunk_size(s->c, s->i) - old->values[STORE_OLD_OWN], 0};
    return change_opened(s, store_chunk_link(s->c, s->i, s->id), by);
}

/* Endings, which come before births as in fold.c: both must find the same peak. */
static int end_blocks(const struct step *s)
{
    int rc = 0;
    if ((s->flags & ROW_CLOSES) != 0) {
        struct change by = {0 - store_chunk_size(s->c, s->i), UINT64_MAX};
        rc = change_opened(s, store_chunk_link(s->c, s->i, s->id), by);
    } else if ((s->flags & ROW_CLOSING_FLAGS) != 0 || s->c->op[s->i] == HEAP_OP_DESTROY) {
        rc = close_listed(s);
    }
    return rc == 0 && (s->flags & ROW_RESIZES) != 0 ? resize_block(s) : rc;
}

/* ---- events ---- */

static int count_freed(const struct step *s, uint64_t opener, uint64_t bytes)
{
    struct stack_group *g =
        group_of_row(s->f, chunk_of(s, opener), (uint32_t)(opener % STORE_CHUNK_ROWS));
    if (g == NULL)
        return -ENOMEM;
    g->f.frees++;
    g->f.freed_bytes += bytes;
    return 0;
}

/* What an event freed, by itself or in a repair. Frees seldom have a stack; whose block it was is
 * what a person wants to know. */
static int count_freed_blocks(const struct step *s)
{
    const unsigned repair = ROW_MOVED | ROW_REPAIRED;
    if ((s->flags & ROW_CLOSES) != 0)
        return count_freed(s, store_chunk_link(s->c, s->i, s->id), store_chunk_size(s->c, s->i));
    if (store_chunk_op(s->c, s->i) != HEAP_OP_REALLOC || (s->flags & repair) != repair)
        return 0;
    const struct row_closed *closed;
    size_t n = store_closed(s->f->trace->store, s->id, &closed);
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < n; k++)
        rc = count_freed(s, closed[k].row, closed[k].size);
    return rc;
}

static void add_effect(struct stack_figures *f, const struct fold_effect *e)
{
    f->events++;
    f->allocs += e->allocs;
    f->alloc_bytes += e->alloc_bytes;
    f->reallocs += e->reallocs;
    f->failed_allocs += e->failed_allocs;
}

static void count_event(const struct step *s, struct stack_group *g)
{
    struct stack_fold *f = s->f;
    struct fold_effect e;
    fold_effect_of(f->trace, s->c, s->id, &e);
    add_effect(&g->f, &e);
    if ((s->flags & ROW_MOVED) != 0)
        g->f.copied_bytes += trace_copied(f->trace, s->id);
    unsigned op = store_chunk_op(s->c, s->i);
    if (op != HEAP_OP_ALLOC && op != HEAP_OP_REALLOC)
        return;
    if (g->f.stack != STACK_NONE)
        f->with++;
    else
        f->without++;
}

void stack_fold_enter(struct stack_fold *f)
{
    struct stack_figures *whole = &f->whole.f;
    f->entered = true;
    if (!fold_is_above(whole->outstanding_bytes, 0))
        return;
    whole->at_peak_bytes = whole->outstanding_bytes;
    whole->at_peak_blocks = whole->outstanding_blocks;
    f->epoch++;
}

void stack_fold_start(struct stack_fold *f)
{
    f->started = f->whole.started = true;
    f->whole.f.impacting_bytes = (int64_t)f->whole.f.outstanding_bytes;
    f->whole.f.impacting_blocks = (int64_t)f->whole.f.outstanding_blocks;
}

static int fold_row(struct step *s, bool mine)
{
    struct stack_fold *f = s->f;
    s->flags = s->c->flags[s->i];
    s->time = store_chunk_time(s->c, s->i);
    if (s->time > f->range.until)
        return 0;
    s->in_range = s->time >= f->range.since;
    if (s->in_range && !f->entered)
        stack_fold_enter(f);
    if (!f->started && s->time > f->start)
        stack_fold_start(f);
    int rc = end_blocks(s);
    bool opens = (s->flags & ROW_OPENS) != 0;
    if (rc == 0 && mine && s->in_range)
        rc = count_freed_blocks(s);
    if (rc != 0 || !mine || (!opens && !s->in_range))
        return rc;
    struct stack_group *g = group_of_row(f, s->c, s->i);
    if (g == NULL)
        return -ENOMEM;
    if (opens)
        change_block(s, g, s->time, (struct change){store_chunk_size(s->c, s->i), 1});
    if (s->in_range)
        count_event(s, g);
    return 0;
}

/* ---- going on ---- */

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
    const _Atomic uint32_t *stacks = atomic_load_explicit(&c->stack, memory_order_acquire);
    __builtin_prefetch(&c->thread[opener % STORE_CHUNK_ROWS]);
    if (stacks != NULL)
        __builtin_prefetch((const void *)&stacks[opener % STORE_CHUNK_ROWS]);
    if (s->f->matches != NULL)
        matches_prefetch(s->f->matches, opener);
}

/* Starts to load the group of the row in place `i`, if it is the first of its stack. */
static void load_group(const struct stack_fold *f, const struct store_chunk *c, uint32_t i)
{
    uint32_t stack = store_chunk_stack(c, i);
    uint32_t group = stack < f->stack_count ? f->by_stack[stack] : STACK_NO_GROUP;
    if (group == STACK_NO_GROUP)
        return;
    const char *g = (const char *)&f->groups[group];
    __builtin_prefetch(g);
    __builtin_prefetch(g + CACHE_LINE);
}

/* Starts to load the groups that a row a little ahead changes; its opener has been loaded. */
static void look_at_groups(const struct step *s, uint64_t id)
{
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    load_group(s->f, s->c, i);
    if ((s->c->flags[i] & (ROW_CLOSES | ROW_RESIZES)) == 0)
        return;
    uint64_t opener = store_chunk_link(s->c, i, id);
    const struct store_chunk *c = chunk_of(s, opener);
    if (c != NULL)
        load_group(s->f, c, (uint32_t)(opener % STORE_CHUNK_ROWS));
}

/* Rows [next, end), which lie in one chunk. */
static int fold_stretch(struct stack_fold *f, const struct store_chunk *c, uint64_t end)
{
    struct step s = {.f = f, .c = c};
    uint64_t word = matching(f, f->next);
    for (; f->next < end; f->next++) {
        s.id = f->next;
        s.i = (uint32_t)(s.id % STORE_CHUNK_ROWS);
        if (s.id % 64 == 0)
            word = matching(f, s.id);
        if (s.id + OPENERS_AHEAD < end)
            look_ahead(&s, s.id + OPENERS_AHEAD);
        if (s.id + GROUPS_AHEAD < end)
            look_at_groups(&s, s.id + GROUPS_AHEAD);
        int rc = fold_row(&s, (word >> s.id % 64 & 1) != 0);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* Makes room for `count` groups by index, of which there are none yet. */
static int grow_places(uint32_t **places, size_t *cap, size_t *have, size_t count)
{
    int rc = base_grow((void **)places, cap, count, sizeof **places);
    for (; rc == 0 && *have < count; ++*have)
        (*places)[*have] = STACK_NO_GROUP;
    return rc;
}

/* Room for every stack, thread and process that rows can name by now. */
static int make_room(struct stack_fold *f)
{
    const struct registry *r = f->trace->registry;
    size_t count = registry_thread_count(r);
    int rc = base_grow((void **)&f->process_of, &f->thread_cap, count, sizeof *f->process_of);
    for (; rc == 0 && f->thread_count < count; f->thread_count++)
        f->process_of[f->thread_count] = registry_thread(r, (uint32_t)f->thread_count)->process;
    if (rc == 0)
        rc = grow_places(&f->stackless, &f->process_cap, &f->process_count,
                         registry_process_count(r));
    return rc != 0 ? rc
                   : grow_places(&f->by_stack, &f->stack_cap, &f->stack_count,
                                 stack_table_count(f->trace->stacks));
}

static uint64_t flips_of(const struct stack_fold *f)
{
    return f->matches != NULL ? matches_flips(f->matches) : 0;
}

static bool is_void(const struct stack_fold *f)
{
    return f->changes != store_stack_changes(f->trace->store) || f->flips != flips_of(f);
}

/* Forgets all rows. */
static void start_anew(struct stack_fold *f)
{
    f->changes = store_stack_changes(f->trace->store);
    f->flips = flips_of(f);
    f->next = 0;
    f->entered = false;
    f->started = f->range.since == INT64_MIN;
    f->epoch = 0;
    f->next_tile = 0;
    f->whole = (struct stack_group){.started = f->started};
    f->with = f->without = 0;
    f->group_count = 0;
    f->stack_count = f->process_count = 0;
    id_map_release(&f->others);
    id_map_init(&f->others);
}

int stack_fold_advance(struct stack_fold *f, uint64_t until, uint64_t max_rows)
{
    /* Only after a whole pass, or a fast live trace would never see the end of one; but then also
     * when more rows have come, or it would never start. */
    if (is_void(f) && (f->next == 0 || f->passed || f->next >= until))
        start_anew(f);
    int rc = make_room(f);
    while (rc == 0 && f->next < until && max_rows > 0) {
        uint64_t before = f->next;
        rc = stack_fold_take_tile(f, until);
        if (rc != 0) {
            uint64_t cost = (f->next - before) / FOLD_TILE_GAIN;
            max_rows -= cost < max_rows ? cost : max_rows;
            rc = rc < 0 ? rc : 0;
            continue;
        }
        const struct store_chunk *c = store_chunk(f->trace->store, f->next / STORE_CHUNK_ROWS);
        uint64_t end = stack_fold_stretch_end(f, until);
        if (c->zone.min_time > f->range.until) {
            f->next = end;
            continue;
        }
        end = end - before < max_rows ? end : before + max_rows;
        rc = fold_stretch(f, c, end);
        max_rows -= f->next - before;
    }
    f->passed = f->next >= until;
    return rc;
}

uint64_t stack_fold_rows(const struct stack_fold *f)
{
    return f->next;
}

bool stack_fold_is_settled(const struct stack_fold *f, uint64_t rows)
{
    return f->next >= rows && !is_void(f);
}

/* ---- the totals ---- */

/* A sum below zero is a size that lied, or a row that flipped. */
static uint64_t at_least_zero(uint64_t sum)
{
    return (int64_t)sum > 0 ? sum : 0;
}

static void finish_figures(struct stack_figures *f)
{
    f->outstanding_bytes = at_least_zero(f->outstanding_bytes);
    f->outstanding_blocks = at_least_zero(f->outstanding_blocks);
    f->at_peak_bytes = at_least_zero(f->at_peak_bytes);
    f->at_peak_blocks = at_least_zero(f->at_peak_blocks);
}

/* The figures of a group as they are now. */
static struct stack_figures copy_figures(const struct stack_fold *f, const struct stack_group *g)
{
    struct stack_figures out = g->f;
    bool changed = f->started && g->started;
    out.impacting_bytes =
        changed ? (int64_t)(out.outstanding_bytes - (uint64_t)g->f.impacting_bytes) : 0;
    out.impacting_blocks =
        changed ? (int64_t)(out.outstanding_blocks - (uint64_t)g->f.impacting_blocks) : 0;
    /* Before its first row the range has what is outstanding as its peak. */
    bool now = f->entered ? g->epoch != f->epoch : fold_is_above(f->whole.f.outstanding_bytes, 0);
    if (now) {
        out.at_peak_bytes = out.outstanding_bytes;
        out.at_peak_blocks = out.outstanding_blocks;
    }
    finish_figures(&out);
    return out;
}

static bool has_something(const struct stack_figures *f)
{
    return f->events != 0 || f->frees != 0 || f->outstanding_blocks != 0 ||
           f->at_peak_blocks != 0 || f->impacting_bytes != 0 || f->impacting_blocks != 0;
}

static int compare_figures(const void *a, const void *b)
{
    const struct stack_figures *x = a;
    const struct stack_figures *y = b;
    if (x->process != y->process)
        return x->process < y->process ? -1 : 1;
    return (x->stack > y->stack) - (x->stack < y->stack);
}

static void sum_events(struct stack_figures *to, const struct stack_figures *from)
{
    to->events += from->events;
    to->allocs += from->allocs;
    to->alloc_bytes += from->alloc_bytes;
    to->frees += from->frees;
    to->freed_bytes += from->freed_bytes;
    to->reallocs += from->reallocs;
    to->failed_allocs += from->failed_allocs;
    to->copied_bytes += from->copied_bytes;
}

struct stack_totals *stack_fold_totals(const struct stack_fold *f)
{
    struct stack_totals *t = calloc(1, sizeof *t);
    struct stack_figures *items = calloc(f->group_count + 1, sizeof *items);
    if (t == NULL || items == NULL) {
        free(t);
        free(items);
        return NULL;
    }
    *t = (struct stack_totals){
        .stacks = f->trace->stacks,
        .items = items,
        .with = f->with,
        .without = f->without,
    };
    struct stack_group whole = f->whole;
    whole.epoch = f->epoch;
    t->whole = copy_figures(f, &whole);
    t->whole.process = INDEX_NONE;
    t->whole.stack = STACK_NONE;
    for (size_t i = 0; i < f->group_count; i++) {
        items[t->count] = copy_figures(f, &f->groups[i]);
        sum_events(&t->whole, &items[t->count]);
        t->count += has_something(&items[t->count]);
    }
    qsort(items, t->count, sizeof *items, compare_figures);
    return t;
}

void stack_totals_free(struct stack_totals *t)
{
    if (t == NULL)
        return;
    free(t->items);
    free(t);
}
