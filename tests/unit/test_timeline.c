/*
 * Timelines against totals folded up to each moment, which have a recount of their own: random
 * traces, filters, windows and ways to advance.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "answer/timeline/timeline.h"
#include "fold_world.h"
#include "query/filter.h"
#include "query/fold.h"
#include "random_trace.h"

enum { ROWS = 6000, SEEDS = 4, PROBES = 12, COLUMNS = 40 };

static const char *const filters[] = {"", "size >= 64", "heap != 0 && op != free"};
#define FILTERS (sizeof filters / sizeof filters[0])

/* A trace, a filter over it, and the index that is tried. */
struct world {
    struct random_trace rt;
    struct filter *filter;
    struct matches *matches;
    struct timeline_index *ix;
};

static void begin(struct world *w, uint64_t seed, const char *filter)
{
    struct filter_error error;
    random_trace_init(&w->rt, seed, 10000000, seed % 2 == 0 ? 2 : 4000);
    w->filter = filter_parse(filter, strlen(filter), &error);
    assert_non_null(w->filter);
    w->matches = matches_new(w->filter, w->rt.trace);
    w->ix = timeline_index_new(w->rt.trace, w->matches);
    assert_non_null(w->ix);
}

/* The trace grows by about `rows`, and the index in pieces of odd length. */
static void grow(struct world *w, uint64_t rows)
{
    random_trace_add(&w->rt, rows);
    uint64_t until = store_rows(w->rt.trace->store);
    while (matches_scanned(w->matches) < until)
        matches_advance(w->matches, until, UINT64_MAX);
    while (timeline_index_rows(w->ix) < until)
        assert_int_equal(timeline_index_advance(w->ix, until, 1 + rng_below(&w->rt.rng, 3000)), 0);
}

static void end(struct world *w)
{
    timeline_index_free(w->ix);
    matches_free(w->matches);
    filter_unref(w->filter);
    random_trace_release(&w->rt);
}

/* The figures of the first `rows` rows, peaks from the raw time `since` on. */
static struct summary *fold_rows_up_to(struct world *w, uint64_t rows, struct fold_range range)
{
    struct fold *f = fold_new(w->rt.trace, w->matches, range);
    assert_int_equal(fold_advance(f, rows, UINT64_MAX), 0);
    struct summary *s = fold_summarize(f);
    assert_non_null(s);
    fold_free(f);
    return s;
}

static uint64_t random_moment(struct world *w)
{
    uint64_t rows = store_rows(w->rt.trace->store);
    uint64_t moment = rng_below(&w->rt.rng, rows + 1);
    /* Where leaves and stretches meet, too. */
    return rng_below(&w->rt.rng, 3) == 0 ? moment / TIMELINE_LEAF * TIMELINE_LEAF : moment;
}

/* ---- sums ---- */

static void check_sums(struct world *w, uint64_t moment)
{
    struct summary *s = fold_rows_up_to(w, moment, FOLD_RANGE_ALL);
    struct timeline_sums t = timeline_index_at(w->ix, moment);
    assert_int_equal(t.bytes, s->total.outstanding_bytes);
    assert_int_equal(t.blocks, s->total.outstanding_blocks);
    assert_int_equal(t.allocs, s->total.allocs);
    assert_int_equal(t.alloc_bytes, s->total.alloc_bytes);
    assert_int_equal(t.frees, s->total.frees);
    assert_int_equal(t.freed_bytes, s->total.freed_bytes);
    assert_int_equal(t.rows, s->matched);
    summary_free(s);
}

static void test_sums(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS * FILTERS; seed++) {
        struct world w;
        begin(&w, seed, filters[seed % FILTERS]);
        for (int part = 0; part < 3; part++) {
            grow(&w, ROWS / 3);
            for (int i = 0; i < PROBES; i++)
                check_sums(&w, random_moment(&w));
            check_sums(&w, timeline_index_rows(w.ix));
        }
        end(&w);
    }
}

/* ---- the greatest ---- */

static struct timeline_most find_most(struct world *w, uint64_t from, uint64_t to)
{
    struct timeline_sums sums = timeline_index_at(w->ix, from);
    return timeline_index_most(w->ix, from, to, &sums);
}

static void check_most(struct world *w, uint64_t from, uint64_t to)
{
    struct timeline_sums sums = timeline_index_at(w->ix, from);
    struct timeline_most got = timeline_index_most(w->ix, from, to, &sums);
    struct timeline_sums end = timeline_index_at(w->ix, to);
    assert_memory_equal(&sums, &end, sizeof sums);
    int64_t bytes = INT64_MIN, blocks = INT64_MIN;
    uint64_t at = ROW_NONE;
    for (uint64_t row = from; row < to; row++) {
        struct timeline_sums t = timeline_index_at(w->ix, row + 1);
        if ((int64_t)t.bytes > bytes) {
            bytes = (int64_t)t.bytes;
            at = row;
        }
        blocks = (int64_t)t.blocks > blocks ? (int64_t)t.blocks : blocks;
    }
    assert_int_equal(got.bytes, bytes);
    assert_int_equal(got.blocks, blocks);
    assert_int_equal(got.row, at);
    if (at != ROW_NONE)
        assert_int_equal(got.blocks_then, timeline_index_at(w->ix, at + 1).blocks);
}

static void test_most(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct world w;
        begin(&w, seed, filters[seed % FILTERS]);
        grow(&w, ROWS);
        for (int i = 0; i < 3 * PROBES; i++) {
            uint64_t a = random_moment(&w), b = random_moment(&w);
            check_most(&w, a < b ? a : b, a < b ? b : a);
        }
        end(&w);
    }
}

/* Branches are 32,768 rows: the trace needs several. */
static void test_branches(void **state)
{
    (void)state;
    struct world w;
    begin(&w, 7, "");
    grow(&w, 150000);
    struct summary *s = fold_rows_up_to(&w, store_rows(w.rt.trace->store), FOLD_RANGE_ALL);
    struct timeline_most most = find_most(&w, 0, timeline_index_rows(w.ix));
    assert_int_equal(most.bytes, s->total.peak_bytes);
    assert_int_equal(most.row, s->total.peak_row);
    summary_free(s);
    for (int i = 0; i < 4; i++) {
        uint64_t from = rng_below(&w.rt.rng, 50000), to = 70000 + rng_below(&w.rt.rng, 80000);
        int64_t bytes = INT64_MIN;
        most = find_most(&w, from, to);
        struct timeline_most part;
        for (uint64_t row = from; row < to; row += 100) {
            part = find_most(&w, row, row + 100 < to ? row + 100 : to);
            bytes = part.bytes > bytes ? part.bytes : bytes;
        }
        assert_int_equal(most.bytes, bytes);
        assert_int_equal(timeline_index_at(w.ix, most.row + 1).bytes, (uint64_t)bytes);
    }
    end(&w);
}

/* ---- series ---- */

static uint64_t bytes_of(const struct summary *s, enum timeline_parting by, uint32_t key)
{
    if (by == TIMELINE_BY_SIZE)
        return s->sizes[key].outstanding_bytes;
    for (size_t i = 0; by == TIMELINE_BY_HEAP && i < s->heap_count; i++)
        if (s->heaps[i].heap == key)
            return s->heaps[i].f.outstanding_bytes;
    for (size_t i = 0; by == TIMELINE_BY_SOURCE && i < s->source_count; i++)
        if (!s->sources[i].other && s->sources[i].source == key)
            return s->sources[i].f.outstanding_bytes;
    return 0;
}

static void check_moment(struct world *w, const struct timeline *t, const struct timeline_moment *m)
{
    uint64_t rows = m->row + 1, named = 0;
    struct summary *s = fold_rows_up_to(w, rows, FOLD_RANGE_ALL);
    assert_int_equal(m->bytes, s->total.outstanding_bytes);
    assert_int_equal(m->blocks, s->total.outstanding_blocks);
    for (uint32_t i = 0; i < t->series_count; i++) {
        assert_int_equal(m->series[i], bytes_of(s, t->by, t->key[i]));
        named += m->series[i];
    }
    assert_true(named <= m->bytes);
    summary_free(s);
}

static uint64_t rows_before(struct world *w, int64_t time)
{
    return store_find_time(w->rt.trace->store, time);
}

static void check_column(struct world *w, const struct timeline *t, uint32_t k)
{
    const struct timeline_column *c = &t->columns[k];
    assert_int_equal(c->first, rows_before(w, timeline_column_time(t, k)));
    assert_int_equal(c->end, rows_before(w, timeline_column_time(t, k + 1)));
    check_moment(w, t, &c->most);
    struct summary *s = fold_rows_up_to(w, c->end, FOLD_RANGE_ALL);
    assert_int_equal(c->end_bytes, s->total.outstanding_bytes);
    assert_int_equal(c->end_blocks, s->total.outstanding_blocks);
    summary_free(s);
    /* What the column's own time has: its rows, and its beginning. */
    struct fold_range range = {timeline_column_time(t, k), timeline_column_time(t, k + 1) - 1};
    s = fold_rows_up_to(w, store_rows(w->rt.trace->store), range);
    assert_int_equal(c->allocs, s->total.allocs);
    assert_int_equal(c->freed_bytes, s->total.freed_bytes);
    assert_int_equal(c->rows, s->matched);
    if (c->first == c->end || store_time(w->rt.trace->store, c->first) > range.since)
        assert_int_equal(c->most.bytes, s->total.peak_bytes);
    summary_free(s);
}

static void check_window(struct world *w, const struct timeline_spec *spec, struct fold_range range)
{
    const struct store *st = w->rt.trace->store;
    struct block_range rows = {rows_before(w, range.since), rows_before(w, range.until + 1)};
    struct timeline *t = timeline_new(w->ix, w->rt.trace, spec, rows, range.since);
    assert_non_null(t);
    assert_true(t->known <= t->count);
    for (uint32_t k = 0; k < t->known; k += 7)
        check_column(w, t, k);
    int64_t since = t->from > range.since ? t->from : range.since;
    int64_t end = timeline_column_time(t, t->count);
    int64_t until = end - 1 < range.until ? end - 1 : range.until;
    struct summary *s = fold_rows_up_to(w, store_rows(st), (struct fold_range){since, until});
    if (since <= until) {
        assert_int_equal(t->has_peak ? t->peak.bytes : 0, s->total.peak_bytes);
        assert_int_equal(t->has_peak ? t->peak.row : ROW_NONE, s->total.peak_row);
        if (t->has_peak && t->peak.row != ROW_NONE)
            check_moment(w, t, &t->peak);
    }
    summary_free(s);
    assert_int_equal(t->has_at, spec->row == ROW_NONE || spec->row < store_rows(st));
    if (t->has_at)
        check_moment(w, t, &t->at);
    answer_unref(&t->base);
}

static int64_t random_time(struct world *w)
{
    const struct store *st = w->rt.trace->store;
    int64_t at = store_time(st, rng_below(&w->rt.rng, store_rows(st)));
    return at + (int64_t)rng_below(&w->rt.rng, 5) - 2;
}

static struct fold_range random_range(struct world *w)
{
    int64_t a = random_time(w), b = random_time(w);
    if (rng_below(&w->rt.rng, 3) == 0)
        return FOLD_RANGE_ALL;
    return a < b ? (struct fold_range){a, b} : (struct fold_range){b, a};
}

static void test_windows(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS * FILTERS; seed++) {
        struct world w;
        begin(&w, 100 + seed, filters[seed % FILTERS]);
        grow(&w, ROWS);
        for (int i = 0; i < 6; i++) {
            struct fold_range window = random_range(&w), range = random_range(&w);
            range.until = range.until == INT64_MAX ? INT64_MAX - 1 : range.until;
            struct timeline_spec spec = {
                .since = window.since,
                .until = window.until,
                .tail = i == 5 ? 500 : 0,
                .columns = 1 + (uint32_t)rng_below(&w.rt.rng, COLUMNS),
                .by = (enum timeline_parting)(i % TIMELINE_PARTINGS),
                .row = i % 2 == 0 ? random_moment(&w) : ROW_NONE,
            };
            check_window(&w, &spec, range);
        }
        end(&w);
    }
}

/* ---- committed ---- */

/* What a heap told of itself, by the records' layouts in words: Create has HeapFlags,
 * ReservedSpace, CommittedSpace; the others FreeSpace, CommittedSpace. */
struct told_heap {
    uint64_t bytes;
    bool told, shown, gone;
};

static bool tells_committed(struct world *w, const struct row *row, uint64_t *out_bytes)
{
    const struct store_extra *e =
        store_find_extra(w->rt.trace->store, row->id, STORE_EXTRA_PAYLOAD);
    bool known = row->op == HEAP_OP_CREATE || row->op == HEAP_OP_EXPAND ||
                 row->op == HEAP_OP_CONTRACT || row->op == HEAP_OP_SNAPSHOT;
    if (!known || e == NULL || e->count < 3)
        return false;
    *out_bytes = e->values[row->op == HEAP_OP_CREATE ? 2 : 1];
    return true;
}

static void tell(struct world *w, struct told_heap *heaps, uint64_t id)
{
    struct row row;
    uint64_t bytes;
    store_get(w->rt.trace->store, id, &row);
    if (row.heap == INDEX_NONE)
        return;
    struct told_heap *h = &heaps[row.heap];
    h->shown = h->shown || matches_has(w->matches, id);
    if ((row.flags & ROW_DUPLICATE) != 0)
        return;
    h->gone = h->gone || row.op == HEAP_OP_DESTROY;
    if (tells_committed(w, &row, &bytes)) {
        h->told = true;
        h->bytes = bytes;
    }
}

/* Of the heaps that tell and have a row under the filter; TIMELINE_UNKNOWN while there is none. */
static uint64_t sum_up(const struct told_heap *heaps, uint32_t count)
{
    uint64_t sum = 0;
    bool known = false;
    for (uint32_t i = 0; i < count; i++) {
        const struct told_heap *h = &heaps[i];
        known = known || (h->told && h->shown);
        sum += h->told && h->shown && !h->gone ? h->bytes : 0;
    }
    return known ? sum : TIMELINE_UNKNOWN;
}

static void check_committed(struct world *w, const uint64_t *truth)
{
    uint64_t rows = store_rows(w->rt.trace->store), bytes;
    struct timeline_spec spec = {.since = INT64_MIN,
                                 .until = INT64_MAX,
                                 .columns = COLUMNS,
                                 .by = TIMELINE_WHOLE,
                                 .row = rows / 2};
    for (uint64_t moment = 0; moment <= rows; moment++) {
        bool known = timeline_index_committed(w->ix, moment, &bytes);
        assert_int_equal(known ? bytes : TIMELINE_UNKNOWN, truth[moment]);
    }
    struct timeline *t =
        timeline_new(w->ix, w->rt.trace, &spec, (struct block_range){0, rows}, INT64_MIN);
    assert_non_null(t);
    for (uint32_t k = 0; k < t->known; k++) {
        assert_int_equal(t->columns[k].end_committed, truth[t->columns[k].end]);
        assert_int_equal(t->columns[k].most.committed, truth[t->columns[k].most.row + 1]);
    }
    assert_int_equal(t->at.committed, truth[rows / 2 + 1]);
    answer_unref(&t->base);
}

static void test_committed(void **state)
{
    static const char *const narrow[] = {
        "", "size >= 64", "op == free && pid == 107", "op == snapshot", "size == 1", "tid == 1"};
    enum { COUNT = sizeof narrow / sizeof narrow[0] };
    (void)state;
    for (uint64_t seed = 0; seed < 2 * COUNT; seed++) {
        struct world w;
        begin(&w, 300 + seed, narrow[seed % COUNT]);
        for (int part = 0; part < 2; part++) {
            grow(&w, ROWS / 2);
            uint64_t rows = store_rows(w.rt.trace->store);
            uint32_t count = registry_heap_count(w.rt.trace->registry);
            struct told_heap *heaps = calloc(count, sizeof *heaps);
            uint64_t *truth = calloc(rows + 1, sizeof *truth);
            assert_true(heaps != NULL && truth != NULL);
            truth[0] = TIMELINE_UNKNOWN;
            for (uint64_t id = 0; id < rows; id++) {
                tell(&w, heaps, id);
                truth[id + 1] = sum_up(heaps, count);
            }
            check_committed(&w, truth);
            free(truth);
            free(heaps);
        }
        end(&w);
    }
}

/* Of nothing there is a picture, too. */
static void test_empty(void **state)
{
    (void)state;
    struct world w;
    begin(&w, 1, "");
    struct timeline_spec spec = {.since = INT64_MIN,
                                 .until = INT64_MAX,
                                 .columns = 10,
                                 .by = TIMELINE_BY_HEAP,
                                 .row = ROW_NONE};
    struct timeline *t =
        timeline_new(w.ix, w.rt.trace, &spec, (struct block_range){0, 0}, INT64_MIN);
    assert_non_null(t);
    assert_int_equal(t->known, 0);
    assert_false(t->has_peak);
    answer_unref(&t->base);
    end(&w);
}

/* ---- sizes that lie ---- */

/* A column whose only row makes the sum the least number there is has no row with a greatest. */
static void test_least_sum(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 1, 10000000, 1);
    for (int i = 0; i < 3; i++)
        take(&rt, (struct trace_event){.op = HEAP_OP_ALLOC,
                                       .has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE,
                                       .heap = 1,
                                       .address = 0x1000 * (1 + (uint64_t)i),
                                       .size = UINT64_C(1) << 63});
    store_publish(rt.trace->store);
    uint64_t rows = store_rows(rt.trace->store);
    struct timeline_index *ix = timeline_index_new(rt.trace, NULL);
    assert_non_null(ix);
    assert_int_equal(timeline_index_advance(ix, rows, rows), 0);
    for (int by = TIMELINE_WHOLE; by < TIMELINE_PARTINGS; by++) {
        const struct timeline_spec spec = {.since = INT64_MIN,
                                           .until = INT64_MAX,
                                           .columns = 3,
                                           .by = (enum timeline_parting)by,
                                           .row = ROW_NONE};
        struct block_range all = {0, rows};
        struct timeline *t = timeline_new(ix, rt.trace, &spec, all, INT64_MIN);
        assert_non_null(t);
        assert_int_equal(t->known, 3);
        for (uint32_t k = 0; k < t->known; k++)
            assert_int_equal(t->columns[k].most.bytes, 0);
        answer_unref(&t->base);
    }
    timeline_index_free(ix);
    random_trace_release(&rt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),      cmocka_unit_test(test_most),
        cmocka_unit_test(test_branches),  cmocka_unit_test(test_windows),
        cmocka_unit_test(test_committed), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_least_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
