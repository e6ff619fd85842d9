/* Columns, peak and series of a window; see timeline.h. */
#include "answer/timeline/timeline.h"

#include <stdlib.h>
#include <string.h>

/* Moments at which series are weighed against each other. */
#define WEIGHED 32u

struct draft {
    const struct timeline_index *ix;
    const struct trace *trace;
    const struct timeline_spec *spec;
    struct timeline *t;
    uint64_t rows;
    size_t series[TIMELINE_SERIES]; /* of the index */
};

static uint64_t positive(uint64_t v)
{
    return (int64_t)v > 0 ? v : 0;
}

static int64_t add_ticks(int64_t raw, uint64_t ticks)
{
    uint64_t room = (uint64_t)INT64_MAX - (uint64_t)raw;
    return ticks < room ? (int64_t)((uint64_t)raw + ticks) : INT64_MAX;
}

int64_t timeline_column_time(const struct timeline *t, uint32_t k)
{
    uint64_t ticks;
    if (__builtin_mul_overflow(t->column_ticks, k, &ticks))
        return INT64_MAX;
    return add_ticks(t->from, ticks);
}

uint32_t timeline_column_of(const struct timeline *t, int64_t raw)
{
    if (raw <= t->from || t->count == 0)
        return 0;
    uint64_t k = ((uint64_t)raw - (uint64_t)t->from) / t->column_ticks;
    return k < t->count ? (uint32_t)k : t->count - 1;
}

/* ---- the window ---- */

static void set_window(struct draft *d)
{
    const struct timeline_spec *spec = d->spec;
    struct timeline *t = d->t;
    t->first = d->rows > 0 ? store_time(d->trace->store, 0) : INT64_MIN;
    t->last = d->rows > 0 ? store_time(d->trace->store, d->rows - 1) : INT64_MIN;
    int64_t until = spec->until == INT64_MAX || spec->tail != 0 ? t->last : spec->until;
    t->from = spec->since == INT64_MIN ? t->first : spec->since;
    if (spec->tail != 0)
        t->from = (uint64_t)until - (uint64_t)INT64_MIN >= spec->tail
                      ? (int64_t)((uint64_t)until - (spec->tail - 1))
                      : INT64_MIN;
    uint64_t span = until > t->from ? (uint64_t)until - (uint64_t)t->from : 0;
    t->column_ticks = span / t->count + 1;
}

/* The moment at which everything up to the raw time `end`, not included, has happened. */
static uint64_t moment_before(const struct draft *d, int64_t end)
{
    uint64_t row = store_find_time(d->trace->store, end);
    return row < d->rows ? row : d->rows;
}

static void set_bounds(struct draft *d)
{
    struct timeline *t = d->t;
    uint64_t row = moment_before(d, t->from);
    for (uint32_t k = 0; k < t->count; k++) {
        struct timeline_column *c = &t->columns[k];
        int64_t end = timeline_column_time(t, k + 1);
        c->first = row;
        row = end == INT64_MAX ? d->rows : moment_before(d, end);
        c->end = row;
        if (d->rows > 0 && timeline_column_time(t, k) <= t->last)
            t->known = k + 1;
    }
}

/* ---- values ---- */

/* The moment behind the rows before `moment`, without its time. */
static void set_values(const struct draft *d, uint64_t moment, uint64_t bytes, uint64_t blocks,
                       struct timeline_moment *out)
{
    out->row = moment > 0 ? moment - 1 : ROW_NONE;
    out->bytes = positive(bytes);
    out->blocks = positive(blocks);
    if (!timeline_index_committed(d->ix, moment, &out->committed))
        out->committed = TIMELINE_UNKNOWN;
}

/* The greatest of what was there at the column's start, where nothing has happened yet unless a row
 * has that very time, and behind its rows; of which none is where sizes lie: its sums may all be
 * the least number there is. */
static void set_most(const struct draft *d, int64_t start, const struct timeline_sums *before,
                     const struct timeline_most *most, struct timeline_column *c)
{
    const struct store *st = d->trace->store;
    bool stands = c->first == c->end || store_time(st, c->first) > start;
    bool carried = most->row == ROW_NONE || (stands && (int64_t)before->bytes >= most->bytes);
    bool blocks_stand = stands && (int64_t)before->blocks > most->blocks;
    c->most_blocks = positive(blocks_stand ? before->blocks : (uint64_t)most->blocks);
    if (carried)
        set_values(d, c->first, before->bytes, before->blocks, &c->most);
    else
        set_values(d, most->row + 1, (uint64_t)most->bytes, most->blocks_then, &c->most);
    c->most.time = carried ? start : store_time(st, most->row);
}

/* `sums` are those where it begins, and become those where it ends. */
static void set_column(const struct draft *d, uint32_t k, struct timeline_sums *sums)
{
    struct timeline_column *c = &d->t->columns[k];
    struct timeline_sums before = *sums;
    struct timeline_most most = timeline_index_most(d->ix, c->first, c->end, sums);
    set_most(d, timeline_column_time(d->t, k), &before, &most, c);
    c->end_bytes = positive(sums->bytes);
    c->end_blocks = positive(sums->blocks);
    if (!timeline_index_committed(d->ix, c->end, &c->end_committed))
        c->end_committed = TIMELINE_UNKNOWN;
    c->rows = sums->rows - before.rows;
    c->allocs = sums->allocs - before.allocs;
    c->alloc_bytes = sums->alloc_bytes - before.alloc_bytes;
    c->frees = sums->frees - before.frees;
    c->freed_bytes = sums->freed_bytes - before.freed_bytes;
}

static void set_columns(struct draft *d)
{
    struct timeline *t = d->t;
    struct timeline_sums sums = timeline_index_at(d->ix, t->columns[0].first);
    for (uint32_t k = 0; k < t->known; k++)
        set_column(d, k, &sums);
}

/* Of the rows that are in the range and in the window, and of what was there before them, as for
 * the peak of the range (fold.h): that has no row. */
static void set_peak(struct draft *d, struct block_range range, int64_t since)
{
    struct timeline *t = d->t;
    uint64_t first = t->columns[0].first, end = t->columns[t->count - 1].end;
    int64_t start = t->from > since ? t->from : since;
    first = first > range.first ? first : range.first;
    end = end < range.end ? end : range.end;
    if (first > end)
        return;
    struct timeline_sums before = timeline_index_at(d->ix, first), sums = before;
    struct timeline_most most = timeline_index_most(d->ix, first, end, &sums);
    bool carried = most.row == ROW_NONE || (int64_t)before.bytes >= most.bytes;
    if (carried)
        set_values(d, first, before.bytes, before.blocks, &t->peak);
    else
        set_values(d, most.row + 1, (uint64_t)most.bytes, most.blocks_then, &t->peak);
    t->peak.time = carried ? start : store_time(d->trace->store, most.row);
    if (carried)
        t->peak.row = ROW_NONE;
    t->has_peak = t->peak.bytes > 0;
}

static void set_at(struct draft *d)
{
    uint64_t row = d->spec->row != ROW_NONE ? d->spec->row : d->rows - 1;
    if (d->rows == 0 || row >= d->rows)
        return;
    struct timeline_sums sums = timeline_index_at(d->ix, row + 1);
    d->t->has_at = true;
    set_values(d, row + 1, sums.bytes, sums.blocks, &d->t->at);
    d->t->at.time = store_time(d->trace->store, row);
}

/* ---- series ---- */

static uint64_t moment_of(const struct timeline_moment *m)
{
    return m->row + 1; /* ROW_NONE: 0 */
}

/* The most it had at some moments of the window. */
static int64_t weigh(const struct draft *d, size_t series)
{
    const struct timeline *t = d->t;
    uint32_t step = t->known / WEIGHED + 1;
    int64_t most = 0;
    for (uint32_t k = 0; k < t->known; k += step) {
        uint64_t moment = moment_of(&t->columns[k].most) + TIMELINE_STRETCH;
        int64_t bytes =
            timeline_index_series_near(d->ix, t->by, series, moment < d->rows ? moment : d->rows);
        most = bytes > most ? bytes : most;
    }
    return most;
}

/* Puts `series` in its place among the `count` largest. */
static uint32_t put_largest(struct draft *d, int64_t *weights, uint32_t count, size_t series,
                            int64_t weight)
{
    uint32_t i = count < TIMELINE_SERIES ? count : TIMELINE_SERIES - 1;
    if (count == TIMELINE_SERIES && weight <= weights[i])
        return count;
    for (; i > 0 && weights[i - 1] < weight; i--) {
        weights[i] = weights[i - 1];
        d->series[i] = d->series[i - 1];
    }
    weights[i] = weight;
    d->series[i] = series;
    return count < TIMELINE_SERIES ? count + 1 : count;
}

static uint32_t key_of(const struct draft *d, size_t series)
{
    uint32_t key = timeline_index_series_key(d->ix, d->t->by, series);
    if (d->t->by == TIMELINE_BY_SOURCE)
        timeline_index_source(d->ix, key, &key);
    return key;
}

/* Sources and sizes stand in their own order. */
static void sort_by_key(struct draft *d)
{
    struct timeline *t = d->t;
    for (uint32_t i = 1; i < t->series_count; i++)
        for (uint32_t k = i; k > 0 && t->key[k - 1] > t->key[k]; k--) {
            uint32_t key = t->key[k];
            size_t series = d->series[k];
            t->key[k] = t->key[k - 1];
            d->series[k] = d->series[k - 1];
            t->key[k - 1] = key;
            d->series[k - 1] = series;
        }
}

/* False for the place that several Sources share. */
static bool has_name(const struct draft *d, size_t series)
{
    uint32_t key = timeline_index_series_key(d->ix, d->t->by, series), source;
    return d->t->by != TIMELINE_BY_SOURCE || timeline_index_source(d->ix, key, &source);
}

static void choose_series(struct draft *d)
{
    struct timeline *t = d->t;
    int64_t weights[TIMELINE_SERIES];
    size_t all = timeline_index_series_count(d->ix, t->by);
    for (size_t i = 0; i < all; i++) {
        int64_t weight = has_name(d, i) ? weigh(d, i) : 0;
        if (weight > 0)
            t->series_count = put_largest(d, weights, t->series_count, i, weight);
    }
    for (uint32_t i = 0; i < t->series_count; i++)
        t->key[i] = key_of(d, d->series[i]);
    if (t->by != TIMELINE_BY_HEAP)
        sort_by_key(d);
}

static void walk_to(struct timeline_walk *w, struct timeline_moment *m)
{
    int64_t bytes[TIMELINE_SERIES];
    timeline_walk_to(w, moment_of(m), bytes);
    for (size_t i = 0; i < w->count; i++)
        m->series[i] = bytes[i] > 0 ? (uint64_t)bytes[i] : 0;
}

static int walk_once(struct draft *d, struct timeline_moment *m)
{
    struct timeline_walk w;
    int rc = timeline_walk_begin(&w, d->ix, d->t->by, d->series, d->t->series_count);
    if (rc != 0)
        return rc;
    walk_to(&w, m);
    timeline_walk_end(&w);
    return 0;
}

static int set_series(struct draft *d)
{
    struct timeline *t = d->t;
    struct timeline_walk w;
    if (t->by == TIMELINE_WHOLE)
        return 0;
    choose_series(d);
    int rc = timeline_walk_begin(&w, d->ix, t->by, d->series, t->series_count);
    if (rc != 0)
        return rc;
    for (uint32_t k = 0; k < t->known; k++)
        walk_to(&w, &t->columns[k].most);
    timeline_walk_end(&w);
    if (t->has_peak)
        rc = walk_once(d, &t->peak);
    return rc == 0 && t->has_at ? walk_once(d, &t->at) : rc;
}

/* ---- life ---- */

static void timeline_free(struct answer *a)
{
    struct timeline *t = (struct timeline *)a;
    free(t->columns);
    free(t);
}

static uint32_t count_columns(const struct timeline_spec *spec)
{
    if (spec->columns == 0)
        return 1;
    return spec->columns < TIMELINE_MOST_COLUMNS ? spec->columns : TIMELINE_MOST_COLUMNS;
}

struct timeline *timeline_new(const struct timeline_index *ix, const struct trace *trace,
                              const struct timeline_spec *spec, struct block_range range,
                              int64_t since)
{
    struct timeline *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    answer_init(&t->base, timeline_free);
    t->count = count_columns(spec);
    t->by = spec->by;
    t->columns = calloc(t->count, sizeof *t->columns);
    struct draft d = {
        .ix = ix, .trace = trace, .spec = spec, .t = t, .rows = timeline_index_rows(ix)};
    t->base.rows = d.rows;
    int rc = t->columns != NULL ? 0 : -1;
    if (rc == 0) {
        set_window(&d);
        set_bounds(&d);
        set_columns(&d);
        set_peak(&d, range, since);
        set_at(&d);
        rc = set_series(&d);
    }
    if (rc == 0)
        return t;
    answer_unref(&t->base);
    return NULL;
}
