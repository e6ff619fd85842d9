/*
 * Totals by stack against a recount that keeps nothing: for every row of the range it goes through
 * all blocks and asks which of them are alive then, under filters and ranges. And against the
 * figures of fold.h, which they must add up to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "decoder/heap_op.h"
#include "fold_world.h"
#include "query/stack_fold_priv.h"

#define MAX_ROWS 300
#define STACKS   7

struct recount {
    struct trace *trace;
    struct row row[MAX_ROWS];
    bool mine[MAX_ROWS];
    uint64_t rows;
    struct fold_range range;
};

static uint32_t process_of(const struct recount *rc, const struct row *r)
{
    return registry_thread(rc->trace->registry, r->thread)->process;
}

/* Whether the row is one of the group; all are of STACK_NONE - 1. */
#define ALL_STACKS (STACK_NONE - 1)

static bool is_in(const struct recount *rc, const struct row *r, uint32_t process, uint32_t stack)
{
    return stack == ALL_STACKS || (r->stack == stack && process_of(rc, r) == process);
}

static uint64_t size_at(const struct recount *rc, uint64_t opener, uint64_t now)
{
    uint64_t size = rc->row[opener].size;
    for (uint64_t i = opener + 1; i <= now && i < rc->rows; i++)
        if ((rc->row[i].flags & ROW_RESIZES) && rc->row[i].link == opener)
            size = rc->row[i].size;
    return size;
}

struct outstanding {
    uint64_t bytes, blocks;
};

/* What is outstanding of a group after row `now`; before the first row for UINT64_MAX. */
static struct outstanding outstanding_at(const struct recount *rc, uint32_t process, uint32_t stack,
                                         uint64_t now)
{
    struct outstanding o = {0, 0};
    for (uint64_t i = 0; now != UINT64_MAX && i <= now; i++) {
        const struct row *r = &rc->row[i];
        if (!(r->flags & ROW_OPENS) || (r->link != ROW_NONE && r->link <= now) || !rc->mine[i] ||
            !is_in(rc, r, process, stack))
            continue;
        o.blocks++;
        o.bytes += size_at(rc, i, now);
    }
    return o;
}

/* The last row before `time`; UINT64_MAX when there is none. */
static uint64_t row_before(const struct recount *rc, int64_t time)
{
    uint64_t n = 0;
    while (n < rc->rows && rc->row[n].time < time)
        n++;
    return n - 1;
}

static uint64_t last_row(const struct recount *rc)
{
    return rc->range.until == INT64_MAX ? rc->rows - 1 : row_before(rc, rc->range.until + 1);
}

/* The first row after which the most was outstanding; the row before the range counts, too. */
static uint64_t peak_row(const struct recount *rc)
{
    uint64_t best = row_before(rc, rc->range.since), last = last_row(rc);
    uint64_t most = outstanding_at(rc, 0, ALL_STACKS, best).bytes;
    for (uint64_t i = best + 1; last != UINT64_MAX && i <= last; i++) {
        uint64_t bytes = outstanding_at(rc, 0, ALL_STACKS, i).bytes;
        if (bytes > most) {
            most = bytes;
            best = i;
        }
    }
    return most > 0 ? best : UINT64_MAX;
}

static void count_row(const struct recount *rc, const struct row *r, struct stack_figures *f)
{
    bool moved = r->op == HEAP_OP_REALLOC && (r->flags & ROW_MOVED);
    f->events++;
    if ((r->flags & ROW_OPENS) && (r->op == HEAP_OP_ALLOC || moved)) {
        f->allocs++;
        f->alloc_bytes += r->size;
    }
    f->reallocs += r->op == HEAP_OP_REALLOC && (moved || (r->flags & (ROW_OPENS | ROW_RESIZES)));
    f->failed_allocs += r->op == HEAP_OP_ALLOC && r->address == 0;
    if (moved && r->address != 0 && r->old_address != 0) {
        const struct store_extra *old = store_find_extra(rc->trace->store, r->id, STORE_EXTRA_OLD);
        uint64_t own = old->values[STORE_OLD_OWN];
        f->copied_bytes += r->size < own ? r->size : own;
    }
}

/* The blocks of the group that the row freed. */
static void count_freed(const struct recount *rc, const struct row *r, struct stack_figures *f)
{
    for (uint64_t i = 0; i < r->id; i++) {
        if (!(rc->row[i].flags & ROW_OPENS) || rc->row[i].link != r->id ||
            (r->op != HEAP_OP_FREE && r->op != HEAP_OP_REALLOC) ||
            !is_in(rc, &rc->row[i], f->process, f->stack))
            continue;
        f->frees++;
        f->freed_bytes += size_at(rc, i, r->id);
    }
}

static struct stack_figures recount(const struct recount *rc, uint32_t process, uint32_t stack,
                                    uint64_t peak)
{
    struct stack_figures f = {.process = process, .stack = stack};
    for (uint64_t i = 0; i < rc->rows; i++) {
        const struct row *r = &rc->row[i];
        if (!rc->mine[i] || r->time < rc->range.since || r->time > rc->range.until)
            continue;
        if (is_in(rc, r, process, stack))
            count_row(rc, r, &f);
        count_freed(rc, r, &f);
    }
    struct outstanding o = outstanding_at(rc, process, stack, last_row(rc));
    f.outstanding_bytes = o.bytes;
    f.outstanding_blocks = o.blocks;
    f.impacting_bytes = (int64_t)o.bytes;
    f.impacting_blocks = (int64_t)o.blocks;
    if (rc->range.since != INT64_MIN) {
        o = outstanding_at(rc, process, stack, row_before(rc, rc->range.since));
        f.impacting_bytes -= (int64_t)o.bytes;
        f.impacting_blocks -= (int64_t)o.blocks;
    }
    o = outstanding_at(rc, process, stack, peak);
    f.at_peak_bytes = o.bytes;
    f.at_peak_blocks = o.blocks;
    return f;
}

/* All but who it is and when it was first seen. */
static void assert_figures(const struct stack_figures *got, const struct stack_figures *want)
{
    assert_int_equal(got->events, want->events);
    assert_int_equal(got->allocs, want->allocs);
    assert_int_equal(got->alloc_bytes, want->alloc_bytes);
    assert_int_equal(got->frees, want->frees);
    assert_int_equal(got->freed_bytes, want->freed_bytes);
    assert_int_equal(got->reallocs, want->reallocs);
    assert_int_equal(got->failed_allocs, want->failed_allocs);
    assert_int_equal(got->copied_bytes, want->copied_bytes);
    assert_int_equal(got->outstanding_bytes, want->outstanding_bytes);
    assert_int_equal(got->outstanding_blocks, want->outstanding_blocks);
    assert_int_equal(got->impacting_bytes, want->impacting_bytes);
    assert_int_equal(got->impacting_blocks, want->impacting_blocks);
    assert_int_equal(got->at_peak_bytes, want->at_peak_bytes);
    assert_int_equal(got->at_peak_blocks, want->at_peak_blocks);
}

/* Some row of the group is not after it, or a block of it is looked for at the wrong time. */
static void check_first(const struct recount *rc, const struct stack_figures *f)
{
    for (uint64_t i = 0; i < rc->rows; i++)
        if (rc->row[i].time == f->first && is_in(rc, &rc->row[i], f->process, f->stack))
            return;
    fail_msg("no row at the time of the first one");
}

static void check_items(const struct recount *rc, const struct stack_totals *t)
{
    size_t next = 0;
    uint64_t peak = peak_row(rc);
    for (uint32_t p = 0; p < registry_process_count(rc->trace->registry); p++)
        for (uint32_t k = 0; k <= STACKS; k++) {
            uint32_t stack = k < STACKS ? k : STACK_NONE;
            struct stack_figures want = recount(rc, p, stack, peak);
            if (want.events == 0 && want.frees == 0 && want.outstanding_blocks == 0 &&
                want.at_peak_blocks == 0 && want.impacting_bytes == 0 && want.impacting_blocks == 0)
                continue;
            assert_true(next < t->count);
            assert_int_equal(t->items[next].process, p);
            assert_int_equal(t->items[next].stack, stack);
            assert_figures(&t->items[next], &want);
            check_first(rc, &t->items[next++]);
        }
    assert_int_equal(next, t->count);
    struct stack_figures want = recount(rc, 0, ALL_STACKS, peak);
    assert_figures(&t->whole, &want);
}

static void add(struct stack_figures *to, const struct stack_figures *f)
{
    to->events += f->events;
    to->allocs += f->allocs;
    to->alloc_bytes += f->alloc_bytes;
    to->frees += f->frees;
    to->freed_bytes += f->freed_bytes;
    to->reallocs += f->reallocs;
    to->failed_allocs += f->failed_allocs;
    to->copied_bytes += f->copied_bytes;
    to->outstanding_bytes += f->outstanding_bytes;
    to->outstanding_blocks += f->outstanding_blocks;
    to->impacting_bytes += f->impacting_bytes;
    to->impacting_blocks += f->impacting_blocks;
    to->at_peak_bytes += f->at_peak_bytes;
    to->at_peak_blocks += f->at_peak_blocks;
}

/* The stacks add up to the whole, and the whole is what every other screen says. */
static void check_sums(const struct stack_totals *t, const struct summary *s)
{
    struct stack_figures sum = {0};
    for (size_t i = 0; i < t->count; i++)
        add(&sum, &t->items[i]);
    assert_figures(&sum, &t->whole);
    const struct figures *f = &s->total;
    const struct stack_figures want = {
        .events = f->rows,
        .allocs = f->allocs,
        .alloc_bytes = f->alloc_bytes,
        .frees = f->frees,
        .freed_bytes = f->freed_bytes,
        .reallocs = f->reallocs,
        .failed_allocs = f->failed_allocs,
        .copied_bytes = t->whole.copied_bytes, /* the other screens have no such figure */
        .outstanding_bytes = f->outstanding_bytes,
        .outstanding_blocks = f->outstanding_blocks,
        .impacting_bytes = f->impacting_bytes,
        .impacting_blocks = f->impacting_blocks,
        .at_peak_bytes = f->peak_bytes,
        .at_peak_blocks = f->peak_blocks,
    };
    assert_figures(&sum, &want);
}

static void check_with(const struct recount *rc, const struct stack_totals *t)
{
    uint64_t with = 0, without = 0;
    for (uint64_t i = 0; i < rc->rows; i++) {
        const struct row *r = &rc->row[i];
        if (!rc->mine[i] || r->time < rc->range.since || r->time > rc->range.until ||
            (r->op != HEAP_OP_ALLOC && r->op != HEAP_OP_REALLOC))
            continue;
        with += r->stack != STACK_NONE;
        without += r->stack == STACK_NONE;
    }
    assert_int_equal(t->with, with);
    assert_int_equal(t->without, without);
}

static struct summary *summarize_all(const struct recount *rc, const struct matches *m)
{
    struct fold *f = fold_new(rc->trace, m, rc->range);
    assert_int_equal(fold_advance(f, rc->rows, UINT64_MAX), 0);
    struct summary *s = fold_summarize(f);
    fold_free(f);
    return s;
}

static void read_rows(struct recount *rc, const struct matches *m)
{
    rc->rows = store_rows(rc->trace->store);
    for (uint64_t i = 0; i < rc->rows; i++) {
        store_get(rc->trace->store, i, &rc->row[i]);
        rc->mine[i] = m == NULL || matches_has(m, i);
    }
}

static void change_some_stacks(struct random_trace *rt, uint64_t rows, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        store_set_stack(rt->trace->store, rng_below(&rt->rng, rows),
                        (uint32_t)rng_below(&rt->rng, STACKS));
}

/* Small ones, so that a short trace has many. */
static const struct tile_limits small = {
    .rows = 4,
    .most_rows = 16,
    .row_bytes = 60,
    .most_row_bytes = 100000,
};

/* What is put together from tiles, to the last field. */
static void check_tiles(struct random_trace *rt, const struct recount *rc, const struct matches *m,
                        const struct stack_fold *plain)
{
    struct stack_tiles *tiles = stack_tiles_new(rt->trace, m);
    tiles->limits = small;
    uint64_t rows = rng_chance(&rt->rng, 700) ? rc->rows : rng_below(&rt->rng, rc->rows);
    while (stack_tiles_advance(tiles, rows, 1 + rng_below(&rt->rng, 100)))
        continue;
    assert_false(tiles->over);
    struct stack_fold *f = stack_fold_new(rt->trace, m, rc->range);
    stack_fold_use_tiles(f, tiles);
    while (!stack_fold_is_settled(f, rc->rows)) {
        assert_int_equal(stack_fold_advance(f, rc->rows, 1 + rng_below(&rt->rng, 100)), 0);
        stack_totals_free(stack_fold_totals(f));
    }
    struct stack_totals *got = stack_fold_totals(f), *want = stack_fold_totals(plain);
    assert_int_equal(got->count, want->count);
    assert_memory_equal(got->items, want->items, want->count * sizeof *want->items);
    assert_memory_equal(&got->whole, &want->whole, sizeof want->whole);
    assert_int_equal(got->with, want->with);
    assert_int_equal(got->without, want->without);
    stack_totals_free(got);
    stack_totals_free(want);
    stack_fold_free(f);
    stack_tiles_free(tiles);
}

/* Folds in steps of any size; stacks change under way, and at last it is settled. */
static void fold_and_check(struct random_trace *rt, struct recount *rc, const struct matches *m)
{
    struct stack_fold *f = stack_fold_new(rt->trace, m, rc->range);
    bool changes = rng_chance(&rt->rng, 500);
    for (int i = 0; !stack_fold_is_settled(f, rc->rows) || (changes && i < 20); i++) {
        assert_int_equal(stack_fold_advance(f, rc->rows, 1 + rng_below(&rt->rng, 100)), 0);
        stack_totals_free(stack_fold_totals(f));
        if (changes && i < 20 && rng_chance(&rt->rng, 300))
            change_some_stacks(rt, rc->rows, 1);
    }
    read_rows(rc, m);
    check_tiles(rt, rc, m, f);
    struct stack_totals *t = stack_fold_totals(f);
    struct summary *s = summarize_all(rc, m);
    check_items(rc, t);
    check_sums(t, s);
    check_with(rc, t);
    summary_free(s);
    stack_totals_free(t);
    stack_fold_free(f);
}

static struct fold_range some_range(struct random_trace *rt, const struct recount *rc)
{
    struct fold_range range = FOLD_RANGE_ALL;
    const int64_t span = rt->now - 4000 + 20;
    if (rng_chance(&rt->rng, 500))
        range.since = 3990 + (int64_t)rng_below(&rt->rng, (uint64_t)span);
    if (rng_chance(&rt->rng, 500))
        range.until = 3990 + (int64_t)rng_below(&rt->rng, (uint64_t)span);
    if (range.since > range.until)
        range = (struct fold_range){range.until, range.since};
    if (rng_chance(&rt->rng, 200))
        range.since = range.until = rc->row[rng_below(&rt->rng, rc->rows)].time;
    return range;
}

static const char *const filters[] = {
    "tid == 11", "op == alloc && source != lowfrag", "size > 100 || op == realloc",
    "live",      "pid != 107 && block_size <= 4K",   "op == free",
    "size < 0",
};

static void check_filter(struct random_trace *rt, struct recount *rc, const char *text)
{
    struct filter_error e;
    struct filter *f = filter_parse(text, strlen(text), &e);
    assert_non_null(f);
    struct matches *m = matches_new(f, rt->trace);
    matches_advance(m, rc->rows, UINT64_MAX);
    rc->range = some_range(rt, rc);
    fold_and_check(rt, rc, m);
    matches_free(m);
    filter_unref(f);
}

static void add_stacks(struct random_trace *rt)
{
    for (uint64_t i = 0; i < STACKS; i++)
        assert_int_equal(stack_table_add(rt->trace->stacks, &(uint64_t){0x1000 + i}, 1), i);
    uint64_t rows = store_rows(rt->trace->store);
    change_some_stacks(rt, rows, rng_below(&rt->rng, 2 * rows));
}

static void test_against_recount(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct random_trace rt;
        struct recount rc = {0};
        random_trace_init(&rt, seed, seed % 3 ? 10000000 : 20000, seed % 5 ? 700 : 3);
        random_trace_add(&rt, 1 + rng_below(&rt.rng, MAX_ROWS - 10));
        rc.trace = rt.trace;
        add_stacks(&rt);
        read_rows(&rc, NULL);
        rc.range = some_range(&rt, &rc);
        fold_and_check(&rt, &rc, NULL);
        for (int i = 0; i < 3; i++)
            check_filter(&rt, &rc, filters[rng_below(&rt.rng, sizeof filters / sizeof filters[0])]);
        random_trace_release(&rt);
    }
}

/* A trace that grows costs its new rows only; rows beyond one chunk. */
static void test_growing(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 3, 10000000, 100);
    random_trace_add(&rt, 40000);
    add_stacks(&rt);
    struct stack_fold *f = stack_fold_new(rt.trace, NULL, FOLD_RANGE_ALL);
    for (int i = 0; i < 4; i++) {
        uint64_t rows = store_rows(rt.trace->store);
        assert_int_equal(stack_fold_advance(f, rows, UINT64_MAX), 0);
        assert_int_equal(stack_fold_rows(f), rows);
        assert_true(stack_fold_is_settled(f, rows));
        random_trace_add(&rt, 20000);
        assert_false(stack_fold_is_settled(f, store_rows(rt.trace->store)));
    }
    uint64_t rows = store_rows(rt.trace->store);
    assert_int_equal(stack_fold_advance(f, rows, UINT64_MAX), 0);
    struct stack_totals *t = stack_fold_totals(f);
    struct recount rc = {.trace = rt.trace, .rows = rows, .range = FOLD_RANGE_ALL};
    struct summary *s = summarize_all(&rc, NULL);
    check_sums(t, s);
    summary_free(s);
    stack_totals_free(t);
    stack_fold_free(f);
    stack_fold_free(NULL);
    stack_totals_free(NULL);
    random_trace_release(&rt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_recount),
        cmocka_unit_test(test_growing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
