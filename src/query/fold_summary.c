/*
 * Copies of a fold's figures for readers on other threads (fold.h, struct summary), completed with
 * what only matters when somebody looks: the end of the curves and the rates of the last second.
 */
#include <stdlib.h>
#include <string.h>

#include "query/fold_priv.h"

/* A copy up to the last row; `value` stands in the bin that is not over. */
static int copy_curve(const struct fold *f, const struct fold_curve *from, uint64_t value,
                      struct curve *out_curve)
{
    if (!f->entered)
        return 0;
    struct fold_curve c;
    if (fold_curve_begin(&c, from->start, from->capacity) != 0)
        return -1;
    if (from->done > 0)
        memcpy(c.value, from->value, from->done * sizeof *c.value);
    c.done = from->done;
    c.shift = from->shift;
    fold_curve_advance(&c, f->last, value);
    c.value[c.done] = fold_curve_point(value);
    *out_curve = (struct curve){
        .start = c.start,
        .bin_ticks = UINT64_C(1) << c.shift,
        .points = c.done + 1,
        .capacity = c.capacity,
        .bytes = c.value,
    };
    return 0;
}

static void add_counts(struct figures *to, const struct figures *from)
{
    to->rows += from->rows;
    to->allocs += from->allocs;
    to->alloc_bytes += from->alloc_bytes;
    to->frees += from->frees;
    to->freed_bytes += from->freed_bytes;
    to->reallocs += from->reallocs;
    to->failed_allocs += from->failed_allocs;
}

/* A sum below zero is a size that lied, or a row that flipped. */
static uint64_t at_least_zero(uint64_t sum)
{
    return (int64_t)sum > 0 ? sum : 0;
}

/* `now` less what it started from; nothing before the range has come so far. */
static int64_t impact(const struct fold *f, uint64_t now, int64_t from)
{
    return f->started ? (int64_t)(now - (uint64_t)from) : 0;
}

/* A copy as of the range's end. */
static struct figures copy_figures(const struct fold *f, const struct figures *from)
{
    struct figures g = *from;
    if (!f->entered)
        fold_start_peak(&g, f->range.since);
    g.impacting_bytes = impact(f, from->outstanding_bytes, from->impacting_bytes);
    g.impacting_blocks = impact(f, from->outstanding_blocks, from->impacting_blocks);
    g.outstanding_bytes = at_least_zero(from->outstanding_bytes);
    g.outstanding_blocks = at_least_zero(from->outstanding_blocks);
    g.aifo_bytes = at_least_zero(from->aifo_bytes);
    g.aifo_blocks = at_least_zero(from->aifo_blocks);
    return g;
}

/* What was opened outside the range and is there at its end, is what is not AIFO. */
static void copy_range(const struct fold *f, const struct figures *total, struct range_figures *out)
{
    out->known = !f->scan.needed;
    out->impacting_bytes = total->impacting_bytes;
    out->impacting_blocks = total->impacting_blocks;
    out->classes[BLOCK_AIFI] = f->freed[BLOCK_AIFI];
    out->classes[BLOCK_AOFI] = f->freed[BLOCK_AOFI];
    out->classes[BLOCK_AIFO] = (struct block_sum){total->aifo_bytes, total->aifo_blocks};
    out->classes[BLOCK_AOFO] = (struct block_sum){
        at_least_zero(f->total.outstanding_bytes - f->total.aifo_bytes),
        at_least_zero(f->total.outstanding_blocks - f->total.aifo_blocks),
    };
}

static bool has_something(const struct figures *g)
{
    return g->rows != 0 || g->outstanding_blocks != 0 || g->peak_blocks != 0;
}

static int copy_heap(const struct fold *f, uint32_t index, struct summary *out)
{
    const struct fold_heap *h = &f->heaps[index];
    struct heap_figures *to = &out->heaps[out->heap_count];
    *to = (struct heap_figures){
        .heap = index,
        .f = copy_figures(f, &h->f),
        .has_flags = (h->known >> FOLD_SPACE_FLAGS & 1) != 0,
        .has_committed = (h->known >> FOLD_SPACE_COMMITTED & 1) != 0,
        .has_reserved = (h->known >> FOLD_SPACE_RESERVED & 1) != 0,
        .has_free_space = (h->known >> FOLD_SPACE_FREE & 1) != 0,
        .has_ucrs = (h->known >> FOLD_SPACE_UCRS & 1) != 0,
        .flags = (uint32_t)h->space[FOLD_SPACE_FLAGS],
        .committed = h->space[FOLD_SPACE_COMMITTED],
        .reserved = h->space[FOLD_SPACE_RESERVED],
        .free_space = h->space[FOLD_SPACE_FREE],
        .ucrs = h->space[FOLD_SPACE_UCRS],
        .created = h->created,
        .destroyed = h->destroyed,
    };
    if (!has_something(&to->f))
        return 0;
    out->heap_count++;
    if (to->f.rows < FOLD_CURVE_FROM_ROW)
        return 0;
    const struct fold_curve level = {.start = f->first, .capacity = FOLD_HEAP_POINTS};
    return copy_curve(f, h->curve != NULL ? h->curve : &level, h->f.outstanding_bytes, &to->curve);
}

static struct group_figures copy_group(const struct fold *f, const struct fold_groups *from,
                                       size_t index)
{
    return (struct group_figures){(uint32_t)index, copy_figures(f, &from->f[index])};
}

/* Drops the groups that nothing is known of. Returns how many are left. */
static size_t keep_known(struct group_figures *g, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (has_something(&g[i].f))
            g[kept++] = g[i];
    return kept;
}

/* Threads, and what they add up to: processes and the whole. */
static void copy_threads(const struct fold *f, struct summary *out)
{
    for (size_t i = 0; i < f->processes.count; i++)
        out->processes[i] = copy_group(f, &f->processes, i);
    out->total = copy_figures(f, &f->total);
    for (size_t i = 0; i < f->threads.count; i++) {
        out->threads[i] = copy_group(f, &f->threads, i);
        add_counts(&out->processes[f->process_of[i]].f, &out->threads[i].f);
        add_counts(&out->total, &out->threads[i].f);
    }
    out->process_count = keep_known(out->processes, f->processes.count);
    out->thread_count = keep_known(out->threads, f->threads.count);
    out->matched = out->total.rows;
}

static int allocate(const struct fold *f, struct summary *s)
{
    s->heaps = calloc(f->heap_count + 1, sizeof *s->heaps);
    s->processes = calloc(f->processes.count + 1, sizeof *s->processes);
    s->threads = calloc(f->threads.count + 1, sizeof *s->threads);
    return s->heaps && s->processes && s->threads ? 0 : -1;
}

/* The first row of the last second before the fold's end. */
static uint64_t second_begins(const struct fold *f)
{
    int64_t since;
    int64_t second = trace_span_ticks(f->trace, FOLD_RATE_WINDOW_NS);
    if (__builtin_sub_overflow(f->last, second, &since))
        since = INT64_MIN;
    else
        since++;
    if (since < f->range.since)
        since = f->range.since;
    uint64_t row = store_find_time(f->trace->store, since);
    return row < f->end ? row : f->end;
}

/*
 * Rates come from the rows of the last second themselves: they are exact, and cost nothing while
 * folding. `heaps` are those of the summary by registry index, NULL for those without figures.
 */
static void count_rates(const struct fold *f, struct heap_figures **heaps, struct summary *out)
{
    if (!f->entered)
        return;
    for (uint64_t id = second_begins(f); id < f->end; id++) {
        if (f->matches != NULL && !matches_has(f->matches, id))
            continue;
        const struct store_chunk *c = store_chunk(f->trace->store, id / STORE_CHUNK_ROWS);
        uint32_t heap = store_chunk_heap(c, (uint32_t)(id % STORE_CHUNK_ROWS));
        struct fold_effect e;
        fold_effect_of(f->trace, c, id, &e);
        out->last_second_allocs += e.allocs;
        out->last_second_frees += e.frees;
        if (heap != INDEX_NONE && heaps[heap] != NULL)
            heaps[heap]->last_second_allocs += e.allocs;
    }
}

static int copy_heaps(const struct fold *f, struct summary *out)
{
    struct heap_figures **by_index = calloc(f->heap_count + 1, sizeof(void *));
    int rc = by_index != NULL ? 0 : -1;
    for (size_t i = 0; rc == 0 && i < f->heap_count; i++) {
        size_t before = out->heap_count;
        rc = copy_heap(f, (uint32_t)i, out);
        if (out->heap_count > before)
            by_index[i] = &out->heaps[before];
    }
    if (rc == 0)
        count_rates(f, by_index, out);
    free(by_index);
    return rc;
}

struct summary *fold_summarize(const struct fold *f)
{
    struct summary *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->rows = f->next;
    s->first = f->first;
    s->last = f->last;
    memcpy(s->ops, f->ops, sizeof s->ops);
    memcpy(s->sizes, f->sizes, sizeof s->sizes);
    if (allocate(f, s) != 0 || copy_heaps(f, s) != 0 ||
        copy_curve(f, &f->curve, f->total.outstanding_bytes, &s->curve) != 0 ||
        fold_copy_sources(f, s) != 0) {
        summary_free(s);
        return NULL;
    }
    copy_threads(f, s);
    copy_range(f, &s->total, &s->range);
    return s;
}

void summary_free(struct summary *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; s->heaps != NULL && i < s->heap_count; i++)
        free(s->heaps[i].curve.bytes);
    free(s->curve.bytes);
    free(s->heaps);
    free(s->processes);
    free(s->threads);
    free(s->sources);
    free(s->tables.heaps);
    free(s->tables.cells);
    free(s);
}
