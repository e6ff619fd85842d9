/* The tables of a fold: made, grown with the registry, released (fold_priv.h). */
#include <stdlib.h>

#include "base/alloc.h"
#include "query/fold_priv.h"

static const struct figures no_figures = {.peak_time = INT64_MIN, .peak_row = ROW_NONE};

struct fold *fold_new(const struct trace *trace, const struct matches *matches,
                      struct fold_range range)
{
    struct fold *f = calloc(1, sizeof *f);
    if (f == NULL)
        return NULL;
    f->trace = trace;
    f->matches = matches;
    f->range = range;
    f->first = f->last = INT64_MIN;
    f->total = no_figures;
    f->first_row = ROW_NONE;
    /* From the beginning of all there was nothing, and all that is there has come since. */
    f->started = range.since == INT64_MIN;
    f->start = f->started ? INT64_MIN : range.since - 1;
    return f;
}

void fold_count_from(struct fold *f, int64_t start)
{
    if (!f->started && start > f->start)
        f->start = start;
}

void fold_free(struct fold *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->heap_count; i++) {
        if (f->heaps[i].curve != NULL)
            fold_curve_release(f->heaps[i].curve);
        free(f->heaps[i].curve);
        free(f->heaps[i].cells);
    }
    fold_curve_release(&f->curve);
    free(f->heaps);
    free(f->processes.f);
    free(f->threads.f);
    free(f->process_of);
    free(f);
}

static int grow_groups(struct fold_groups *g, uint32_t count)
{
    int rc = base_grow((void **)&g->f, &g->cap, count, sizeof *g->f);
    if (rc != 0)
        return rc;
    for (; g->count < count; g->count++)
        g->f[g->count] = no_figures;
    return 0;
}

static int grow_heaps(struct fold *f, uint32_t count)
{
    int rc = base_grow((void **)&f->heaps, &f->heap_cap, count, sizeof *f->heaps);
    if (rc != 0)
        return rc;
    for (; f->heap_count < count; f->heap_count++)
        f->heaps[f->heap_count] = (struct fold_heap){
            .f = no_figures,
            .created = INT64_MIN,
            .destroyed = INT64_MAX,
            .first_block = INT64_MIN,
        };
    return 0;
}

static int grow_threads(struct fold *f, uint32_t count)
{
    int rc = base_grow((void **)&f->process_of, &f->process_of_cap, count, sizeof *f->process_of);
    if (rc != 0)
        return rc;
    for (size_t i = f->threads.count; i < count; i++)
        f->process_of[i] = registry_thread(f->trace->registry, (uint32_t)i)->process;
    return grow_groups(&f->threads, count);
}

int fold_make_room(struct fold *f)
{
    const struct registry *r = f->trace->registry;
    int rc = grow_heaps(f, registry_heap_count(r));
    if (rc == 0)
        rc = grow_threads(f, registry_thread_count(r));
    return rc == 0 ? grow_groups(&f->processes, registry_process_count(r)) : rc;
}

/* The widest bins that `points` of them need to reach the horizon: as they are in the end anyway,
 * so that no tile lies across more of their ends than must be. */
static unsigned bin_shift(const struct fold *f, uint64_t points)
{
    uint64_t distance = (uint64_t)f->horizon - (uint64_t)f->first;
    unsigned shift = 0;
    while (distance >> shift >= points)
        shift++;
    return shift;
}

/* The last row in range as far as rows are known. */
static int64_t find_horizon(const struct fold *f, uint64_t row, int64_t time)
{
    const struct store *st = f->trace->store;
    uint64_t end = f->known;
    if (f->range.until != INT64_MAX) {
        uint64_t behind = store_find_time(st, f->range.until + 1);
        end = behind < end ? behind : end;
    }
    int64_t last = end > row ? store_time(st, end - 1) : time;
    return last > time ? last : time;
}

int fold_enter_range(struct fold *f, uint64_t row, int64_t time)
{
    int rc = fold_curve_begin(&f->curve, time, FOLD_CURVE_POINTS);
    if (rc != 0)
        return rc;
    f->first = f->cross.start = time;
    f->first_row = row;
    f->entered = f->draws = true;
    f->horizon = find_horizon(f, row, time);
    f->curve.shift = bin_shift(f, FOLD_CURVE_POINTS);
    f->cross.shift = bin_shift(f, FOLD_TIME_BINS);
    fold_start_peaks(f);
    return 0;
}

void fold_begin_heap(struct fold *f, struct fold_heap *h)
{
    h->curve = calloc(1, sizeof *h->curve);
    if (h->curve == NULL || fold_curve_begin(h->curve, f->first, FOLD_HEAP_POINTS) != 0) {
        free(h->curve);
        h->curve = NULL;
        f->failed = true;
        return;
    }
    h->curve->shift = bin_shift(f, FOLD_HEAP_POINTS);
}

void fold_start_peak(struct figures *g, int64_t time)
{
    if (!fold_is_above(g->outstanding_bytes, 0))
        return;
    g->peak_bytes = g->outstanding_bytes;
    g->peak_blocks = g->outstanding_blocks;
    g->peak_time = time;
}

void fold_start_peaks(struct fold *f)
{
    fold_start_peak(&f->total, f->range.since);
    for (size_t i = 0; i < f->heap_count; i++)
        fold_start_peak(&f->heaps[i].f, f->range.since);
    for (size_t i = 0; i < f->processes.count; i++)
        fold_start_peak(&f->processes.f[i], f->range.since);
    for (size_t i = 0; i < f->threads.count; i++)
        fold_start_peak(&f->threads.f[i], f->range.since);
}

static void start_impact(struct figures *g)
{
    g->impacting_bytes = (int64_t)g->outstanding_bytes;
    g->impacting_blocks = (int64_t)g->outstanding_blocks;
}

void fold_start_impact(struct fold *f)
{
    f->started = true;
    start_impact(&f->total);
    for (size_t i = 0; i < f->heap_count; i++)
        start_impact(&f->heaps[i].f);
    for (size_t i = 0; i < f->processes.count; i++)
        start_impact(&f->processes.f[i]);
    for (size_t i = 0; i < f->threads.count; i++)
        start_impact(&f->threads.f[i]);
}
