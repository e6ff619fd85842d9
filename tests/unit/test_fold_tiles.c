/*
 * Figures put together from tiles against the same rows folded one by one: every figure of the
 * summary, under filters and ranges, on traces that grow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "fold_world.h"
#include "query/fold_tile.h"

/* Small ones, so that a short trace has many. */
static const struct tile_limits small = {
    .rows = 4,
    .most_rows = 16,
    .row_bytes = 400,
    .most_row_bytes = 100000,
};

static void same_figures(const struct figures *got, const struct figures *want)
{
    assert_memory_equal(got, want, sizeof *got);
}

static void same_curve(const struct curve *got, const struct curve *want)
{
    assert_int_equal(got->points, want->points);
    if (want->points == 0)
        return;
    assert_int_equal(got->start, want->start);
    assert_int_equal(got->bin_ticks, want->bin_ticks);
    assert_memory_equal(got->bytes, want->bytes, want->points * sizeof *want->bytes);
}

static void same_heap(const struct heap_figures *got, const struct heap_figures *want)
{
    assert_int_equal(got->heap, want->heap);
    same_figures(&got->f, &want->f);
    same_curve(&got->curve, &want->curve);
    assert_int_equal(got->has_committed, want->has_committed);
    assert_int_equal(got->has_flags, want->has_flags);
    assert_int_equal(got->flags, want->flags);
    assert_int_equal(got->committed, want->committed);
    assert_int_equal(got->reserved, want->reserved);
    assert_int_equal(got->free_space, want->free_space);
    assert_int_equal(got->ucrs, want->ucrs);
    assert_int_equal(got->created, want->created);
    assert_int_equal(got->destroyed, want->destroyed);
    assert_int_equal(got->last_second_allocs, want->last_second_allocs);
}

static void same_groups(const struct group_figures *got, const struct group_figures *want,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(got[i].index, want[i].index);
        same_figures(&got[i].f, &want[i].f);
    }
}

static void same_sources(const struct summary *got, const struct summary *want)
{
    const struct source_tables *a = &got->tables, *b = &want->tables;
    size_t n = want->source_count;
    assert_int_equal(got->source_count, n);
    assert_int_equal(a->start, b->start);
    assert_int_equal(a->bin_ticks, b->bin_ticks);
    assert_int_equal(a->bins, b->bins);
    assert_int_equal(a->heap_count, b->heap_count);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(got->sources[i].source, want->sources[i].source);
        assert_int_equal(got->sources[i].other, want->sources[i].other);
        assert_memory_equal(&got->sources[i].f, &want->sources[i].f, sizeof want->sources[i].f);
    }
    for (size_t i = 0; i < b->heap_count; i++) {
        assert_int_equal(a->heaps[i].heap, b->heaps[i].heap);
        assert_int_equal(a->heaps[i].first, b->heaps[i].first);
    }
    size_t cells = n * (FOLD_SOURCE_CLASSES + b->bins + b->heap_count);
    if (cells > 0)
        assert_memory_equal(a->cells, b->cells, cells * sizeof *b->cells);
}

static void same_summary(const struct summary *got, const struct summary *want)
{
    assert_int_equal(got->rows, want->rows);
    assert_int_equal(got->matched, want->matched);
    assert_int_equal(got->first, want->first);
    assert_int_equal(got->last, want->last);
    same_figures(&got->total, &want->total);
    assert_true(got->range.known);
    assert_int_equal(got->range.impacting_bytes, want->range.impacting_bytes);
    assert_int_equal(got->range.impacting_blocks, want->range.impacting_blocks);
    assert_memory_equal(got->range.classes, want->range.classes, sizeof want->range.classes);
    assert_memory_equal(got->ops, want->ops, sizeof want->ops);
    same_curve(&got->curve, &want->curve);
    assert_int_equal(got->heap_count, want->heap_count);
    for (size_t i = 0; i < want->heap_count; i++)
        same_heap(&got->heaps[i], &want->heaps[i]);
    assert_int_equal(got->process_count, want->process_count);
    same_groups(got->processes, want->processes, want->process_count);
    assert_int_equal(got->thread_count, want->thread_count);
    same_groups(got->threads, want->threads, want->thread_count);
    same_sources(got, want);
    assert_memory_equal(got->sizes, want->sizes, sizeof want->sizes);
    assert_int_equal(got->last_second_allocs, want->last_second_allocs);
    assert_int_equal(got->last_second_frees, want->last_second_frees);
}

/* A trace, a filter's matches and their tiles. */
struct world {
    struct random_trace rt;
    struct matches *matches; /* NULL: every row */
    struct fold_tiles *tiles;
};

static uint64_t rows_of(const struct world *w)
{
    return store_rows(w->rt.trace->store);
}

static struct fold_range some_range(struct world *w)
{
    struct fold_range range = FOLD_RANGE_ALL;
    struct rng *rng = &w->rt.rng;
    const int64_t span = w->rt.now - 4000 + 20;
    if (rng_chance(rng, 700))
        range.since = 3990 + (int64_t)rng_below(rng, (uint64_t)span);
    if (rng_chance(rng, 700))
        range.until = 3990 + (int64_t)rng_below(rng, (uint64_t)span);
    if (range.since > range.until && rng_chance(rng, 950))
        range = (struct fold_range){range.until, range.since};
    if (rng_chance(rng, 100))
        range.since = range.until = store_time(w->rt.trace->store, rng_below(rng, rows_of(w)));
    return range;
}

static void advance(struct world *w, struct fold *f, bool in_steps)
{
    while (!fold_is_complete(f, rows_of(w))) {
        uint64_t step = in_steps ? 1 + rng_below(&w->rt.rng, 300) : UINT64_MAX;
        assert_int_equal(fold_advance(f, rows_of(w), step), 0);
        if (in_steps)
            summary_free(fold_summarize(f));
    }
}

static void check_same(struct world *w, struct fold *tiled, struct fold_range range, int64_t start)
{
    struct fold *plain = fold_new(w->rt.trace, w->matches, range);
    fold_count_from(plain, start);
    advance(w, plain, false);
    struct summary *got = fold_summarize(tiled), *want = fold_summarize(plain);
    same_summary(got, want);
    summary_free(got);
    summary_free(want);
    fold_free(plain);
}

static void check_ranges(struct world *w)
{
    for (int i = 0; i < 12; i++) {
        struct fold_range range = some_range(w);
        int64_t start = range.since != INT64_MIN && range.since != INT64_MAX
                            ? range.since - 1 + (int64_t)rng_below(&w->rt.rng, 3)
                            : INT64_MIN;
        struct fold *f = fold_new(w->rt.trace, w->matches, range);
        fold_use_tiles(f, w->tiles);
        fold_count_from(f, start);
        advance(w, f, i % 2 != 0);
        check_same(w, f, range, start);
        fold_free(f);
    }
}

static const char *const filters[] = {
    "tid == 11",
    "op == free",
    "op == alloc && source != lowfrag",
    "size > 100 || op == realloc",
    "live",
    "!temporary",
    "heap == 0x13d35bd0000",
    "pid != 107 && block_size <= 4K",
    "repaired or unmatched",
    "size < 0",
};

static void make_matches(struct world *w, const char *text)
{
    struct filter_error e;
    struct filter *f = filter_parse(text, strlen(text), &e);
    w->matches = matches_new(f, w->rt.trace);
    filter_unref(f);
}

/* Tiles come in steps of any size, and a while after their rows. */
static void grow(struct world *w, uint64_t rows)
{
    random_trace_add(&w->rt, rows);
    if (w->matches != NULL)
        matches_advance(w->matches, rows_of(w), UINT64_MAX);
    for (int i = 0; i < 200 && fold_tiles_advance(w->tiles, rows_of(w), 100); i++)
        continue;
}

static uint64_t seen_tiles;

static void check_trace(uint64_t seed, const char *filter)
{
    struct world w = {0};
    random_trace_init(&w.rt, seed, seed % 3 ? 10000000 : 20000, seed % 5 ? 700 : 3);
    if (filter != NULL)
        make_matches(&w, filter);
    w.tiles = fold_tiles_new(w.rt.trace, w.matches);
    w.tiles->limits = small;
    for (int i = 0; i < 3; i++) {
        grow(&w, 1 + rng_below(&w.rt.rng, 2500));
        check_ranges(&w);
    }
    seen_tiles += w.tiles->count;
    fold_tiles_free(w.tiles);
    matches_free(w.matches);
    random_trace_release(&w.rt);
}

static void test_tiles_come_to_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        const size_t count = sizeof filters / sizeof filters[0];
        check_trace(seed, seed % (count + 1) < count ? filters[seed % (count + 1)] : NULL);
    }
    assert_true(seen_tiles > 1000);
}

/* A fold goes on with rows that came behind its tiles, also when tiles of them are made. */
static void test_a_fold_goes_on(void **state)
{
    (void)state;
    struct world w = {0};
    random_trace_init(&w.rt, 77, 10000000, 700);
    w.tiles = fold_tiles_new(w.rt.trace, NULL);
    w.tiles->limits = small;
    grow(&w, 1500);
    struct fold_range range = {4000 + 100000, INT64_MAX};
    struct fold *f = fold_new(w.rt.trace, NULL, range);
    fold_use_tiles(f, w.tiles);
    for (int i = 0; i < 6; i++) {
        advance(&w, f, true);
        check_same(&w, f, range, INT64_MIN);
        grow(&w, 500);
    }
    fold_free(f);
    fold_tiles_free(w.tiles);
    random_trace_release(&w.rt);
}

static void take_alloc(struct random_trace *rt, uint64_t address, uint64_t size, uint32_t source)
{
    const uint8_t has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE;
    take(rt,
         (struct trace_event){
             .op = HEAP_OP_ALLOC, .has = has, .address = address, .size = size, .source = source});
}

/* Sums of sizes that lie wrap, and more Sources than have a place share one by their order. */
static void check_refused(uint64_t size, uint32_t sources)
{
    struct world w = {0};
    random_trace_init(&w.rt, 1, 10000000, 0);
    for (uint32_t i = 0; i < 1000; i++)
        take_alloc(&w.rt, 0x1000 + 16 * i, i < 300 ? 16 : size, i % sources);
    store_publish(w.rt.trace->store);
    w.tiles = fold_tiles_new(w.rt.trace, NULL);
    w.tiles->limits = small;
    while (fold_tiles_advance(w.tiles, 1000, 100))
        continue;
    assert_true(w.tiles->over);
    assert_true(fold_tiles_rows(w.tiles) <= 320);
    check_ranges(&w);
    fold_tiles_free(w.tiles);
    random_trace_release(&w.rt);
}

static void test_what_is_not_tiled(void **state)
{
    (void)state;
    check_refused(UINT64_MAX / 3, 4);
    check_refused(32, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiles_come_to_the_same),
        cmocka_unit_test(test_a_fold_goes_on),
        cmocka_unit_test(test_what_is_not_tiled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
