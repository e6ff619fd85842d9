/*
 * Totals against a recount that keeps nothing: for every row of the range it goes through all
 * blocks and asks which of them are alive then. Under filters and ranges, for every group.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "decoder/heap_op.h"
#include "fold_world.h"
#include "query/fold.h"

#define MAX_ROWS 400

/* Everything the recount knows: the rows as the store tells them, and which belong. */
struct recount {
    struct trace *trace;
    struct row row[MAX_ROWS];
    bool mine[MAX_ROWS];
    uint64_t rows;
    struct fold_range range;
    int64_t start; /* where the impacting size starts: INT64_MIN, or not before range.since - 1 */
};

/* A group of rows: all, or those of one heap, process, thread, Source or size class. */
enum by { BY_ALL, BY_HEAP, BY_PROCESS, BY_THREAD };

struct group {
    enum by by;
    uint32_t index;
};

static uint32_t process_of(const struct recount *rc, const struct row *r)
{
    return registry_thread(rc->trace->registry, r->thread)->process;
}

static bool is_in(const struct recount *rc, const struct row *r, struct group g)
{
    return g.by == BY_ALL || (g.by == BY_HEAP && r->heap == g.index) ||
           (g.by == BY_PROCESS && process_of(rc, r) == g.index) ||
           (g.by == BY_THREAD && r->thread == g.index);
}

static bool in_range(const struct recount *rc, const struct row *r)
{
    return r->time >= rc->range.since && r->time <= rc->range.until;
}

/* The size that the block opened at `opener` has after row `now`. */
static uint64_t size_at(const struct recount *rc, uint64_t opener, uint64_t now)
{
    uint64_t size = rc->row[opener].size;
    for (uint64_t i = opener + 1; i <= now && i < rc->rows; i++)
        if ((rc->row[i].flags & ROW_RESIZES) && rc->row[i].link == opener)
            size = rc->row[i].size;
    return size;
}

static bool lives_at(const struct recount *rc, uint64_t opener, uint64_t now)
{
    const struct row *r = &rc->row[opener];
    return (r->flags & ROW_OPENS) && opener <= now && (r->link == ROW_NONE || r->link > now);
}

struct outstanding {
    uint64_t bytes, blocks;
};

/* What is outstanding in a group after row `now`; before the first row for UINT64_MAX. */
static struct outstanding outstanding_at(const struct recount *rc, struct group g, uint64_t now)
{
    struct outstanding o = {0, 0};
    for (uint64_t i = 0; now != UINT64_MAX && i <= now; i++) {
        if (!lives_at(rc, i, now) || !rc->mine[i] || !is_in(rc, &rc->row[i], g))
            continue;
        o.blocks++;
        o.bytes += size_at(rc, i, now);
    }
    return o;
}

/* The row before the range, and its last one; UINT64_MAX when there is none. */
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

/* The first row of the range, or where it would be. */
static uint64_t first_row(const struct recount *rc)
{
    return row_before(rc, rc->range.since) + 1;
}

/* What became outstanding in a group behind the start, and what of it was opened in the range. */
static void count_range(const struct recount *rc, struct group g, struct figures *f)
{
    uint64_t last = last_row(rc),
             start = rc->start != INT64_MIN ? row_before(rc, rc->start + 1) : UINT64_MAX;
    struct outstanding from = outstanding_at(rc, g, start), to = outstanding_at(rc, g, last);
    if (start == UINT64_MAX || (last != UINT64_MAX && last > start)) {
        f->impacting_bytes = (int64_t)to.bytes - (int64_t)from.bytes;
        f->impacting_blocks = (int64_t)to.blocks - (int64_t)from.blocks;
    }
    for (uint64_t i = first_row(rc); last != UINT64_MAX && i <= last; i++) {
        if (!lives_at(rc, i, last) || !rc->mine[i] || !is_in(rc, &rc->row[i], g))
            continue;
        f->aifo_blocks++;
        f->aifo_bytes += size_at(rc, i, last);
    }
}

/* Every block is in one class; with the size it has at the range's end or had at its own. */
static void check_classes(const struct recount *rc, const struct summary *s)
{
    struct block_sum want[BLOCK_CLASSES] = {{0, 0}};
    struct block_range range = {first_row(rc), last_row(rc) + 1};
    for (uint64_t i = 0; i < rc->rows; i++) {
        if (!(rc->row[i].flags & ROW_OPENS) || !rc->mine[i])
            continue;
        struct block_sum *c = &want[block_class(i, rc->row[i].link, range)];
        bool ended = rc->row[i].link < range.end;
        c->blocks++;
        c->bytes += size_at(rc, i, ended ? rc->row[i].link : range.end - 1);
    }
    for (unsigned k = 0; k < BLOCK_NEVER; k++) {
        assert_int_equal(s->range.classes[k].blocks, want[k].blocks);
        assert_int_equal(s->range.classes[k].bytes, want[k].bytes);
    }
    assert_int_equal(s->range.impacting_bytes, s->total.impacting_bytes);
    assert_int_equal(s->range.impacting_blocks, s->total.impacting_blocks);
}

static void count_row(const struct recount *rc, const struct row *r, struct figures *f)
{
    bool moved = r->op == HEAP_OP_REALLOC && (r->flags & ROW_MOVED);
    f->rows++;
    if ((r->flags & ROW_OPENS) && (r->op == HEAP_OP_ALLOC || moved)) {
        f->allocs++;
        f->alloc_bytes += r->size;
    }
    f->reallocs += r->op == HEAP_OP_REALLOC && (moved || (r->flags & (ROW_OPENS | ROW_RESIZES)));
    f->failed_allocs += r->op == HEAP_OP_ALLOC && r->address == 0;
    for (uint64_t i = 0; i < r->id; i++) {
        /* Every block that this row ended, if it was by a Free or by a repair. */
        if (!(rc->row[i].flags & ROW_OPENS) || rc->row[i].link != r->id ||
            (r->op != HEAP_OP_FREE && r->op != HEAP_OP_REALLOC))
            continue;
        f->frees++;
        f->freed_bytes += size_at(rc, i, r->id);
    }
}

static struct figures recount(const struct recount *rc, struct group g)
{
    struct figures f = {.peak_time = INT64_MIN, .peak_row = ROW_NONE};
    struct outstanding o = outstanding_at(rc, g, row_before(rc, rc->range.since));
    if (o.bytes > 0) {
        f.peak_bytes = o.bytes;
        f.peak_blocks = o.blocks;
        f.peak_time = rc->range.since;
    }
    for (uint64_t i = 0; i < rc->rows; i++) {
        if (!in_range(rc, &rc->row[i]))
            continue;
        if (rc->mine[i] && is_in(rc, &rc->row[i], g))
            count_row(rc, &rc->row[i], &f);
        o = outstanding_at(rc, g, i);
        if (o.bytes > f.peak_bytes) {
            f.peak_bytes = o.bytes;
            f.peak_blocks = o.blocks;
            f.peak_time = rc->row[i].time;
            f.peak_row = i;
        }
    }
    o = outstanding_at(rc, g, last_row(rc));
    f.outstanding_bytes = o.bytes;
    f.outstanding_blocks = o.blocks;
    count_range(rc, g, &f);
    return f;
}

static void assert_figures(const struct figures *got, const struct figures *want)
{
    assert_int_equal(got->rows, want->rows);
    assert_int_equal(got->allocs, want->allocs);
    assert_int_equal(got->alloc_bytes, want->alloc_bytes);
    assert_int_equal(got->frees, want->frees);
    assert_int_equal(got->freed_bytes, want->freed_bytes);
    assert_int_equal(got->reallocs, want->reallocs);
    assert_int_equal(got->failed_allocs, want->failed_allocs);
    assert_int_equal(got->outstanding_bytes, want->outstanding_bytes);
    assert_int_equal(got->outstanding_blocks, want->outstanding_blocks);
    assert_int_equal(got->peak_bytes, want->peak_bytes);
    assert_int_equal(got->peak_blocks, want->peak_blocks);
    assert_int_equal(got->peak_time, want->peak_time);
    assert_int_equal(got->peak_row, want->peak_row);
    assert_int_equal(got->impacting_bytes, want->impacting_bytes);
    assert_int_equal(got->impacting_blocks, want->impacting_blocks);
    assert_int_equal(got->aifo_bytes, want->aifo_bytes);
    assert_int_equal(got->aifo_blocks, want->aifo_blocks);
}

static bool is_nothing(const struct figures *f)
{
    return f->rows == 0 && f->outstanding_blocks == 0 && f->peak_blocks == 0;
}

/* Peaks of groups come at different times: only sums can be summed. */
static void add_figures(struct figures *sum, const struct figures *f)
{
    sum->rows += f->rows;
    sum->allocs += f->allocs;
    sum->alloc_bytes += f->alloc_bytes;
    sum->frees += f->frees;
    sum->freed_bytes += f->freed_bytes;
    sum->reallocs += f->reallocs;
    sum->failed_allocs += f->failed_allocs;
    sum->outstanding_bytes += f->outstanding_bytes;
    sum->outstanding_blocks += f->outstanding_blocks;
    sum->impacting_bytes += f->impacting_bytes;
    sum->impacting_blocks += f->impacting_blocks;
    sum->aifo_bytes += f->aifo_bytes;
    sum->aifo_blocks += f->aifo_blocks;
}

static void assert_sum(struct figures sum, const struct figures *total)
{
    sum.peak_bytes = total->peak_bytes;
    sum.peak_blocks = total->peak_blocks;
    sum.peak_time = total->peak_time;
    sum.peak_row = total->peak_row;
    assert_figures(&sum, total);
}

static void check_groups(const struct recount *rc, enum by by, uint32_t count,
                         const struct group_figures *got, size_t got_count)
{
    size_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct figures want = recount(rc, (struct group){by, i});
        if (is_nothing(&want))
            continue;
        assert_true(at < got_count);
        assert_int_equal(got[at].index, i);
        assert_figures(&got[at++].f, &want);
    }
    assert_int_equal(at, got_count);
}

static void check_heaps(const struct recount *rc, const struct summary *s)
{
    size_t at = 0;
    struct figures sum = {0};
    for (uint32_t i = 0; i < registry_heap_count(rc->trace->registry); i++) {
        struct figures want = recount(rc, (struct group){BY_HEAP, i});
        if (is_nothing(&want))
            continue;
        assert_true(at < s->heap_count);
        assert_int_equal(s->heaps[at].heap, i);
        assert_figures(&s->heaps[at].f, &want);
        add_figures(&sum, &s->heaps[at].f);
        at++;
    }
    assert_int_equal(at, s->heap_count);
    /* Only rows without a heap are missing from this sum. */
    for (uint64_t i = 0; i < rc->rows; i++)
        sum.rows += in_range(rc, &rc->row[i]) && rc->mine[i] && rc->row[i].heap == INDEX_NONE;
    assert_sum(sum, &s->total);
}

static void check_sums(const struct summary *s)
{
    struct figures processes = {0}, threads = {0};
    for (size_t i = 0; i < s->process_count; i++)
        add_figures(&processes, &s->processes[i].f);
    for (size_t i = 0; i < s->thread_count; i++)
        add_figures(&threads, &s->threads[i].f);
    assert_sum(processes, &s->total);
    assert_sum(threads, &s->total);
    uint64_t allocs = 0, bytes = 0, blocks = 0, outstanding = 0, ops = 0;
    for (unsigned k = 0; k < FOLD_SIZE_CLASSES; k++) {
        allocs += s->sizes[k].allocs;
        bytes += s->sizes[k].alloc_bytes;
        blocks += s->sizes[k].outstanding_blocks;
        outstanding += s->sizes[k].outstanding_bytes;
    }
    assert_int_equal(allocs, s->total.allocs);
    assert_int_equal(bytes, s->total.alloc_bytes);
    assert_int_equal(blocks, s->total.outstanding_blocks);
    assert_int_equal(outstanding, s->total.outstanding_bytes);
    for (unsigned op = 0; op < HEAP_OP_COUNT; op++)
        ops += s->ops[op];
    assert_int_equal(ops, s->total.rows);
    assert_int_equal(s->matched, s->total.rows);
}

static bool is_in_class(uint64_t size, unsigned k)
{
    return k == 0 ? size == 0 : size >= fold_class_from(k) && size - 1 <= fold_class_to(k) - 2;
}

static void check_sizes(const struct recount *rc, const struct summary *s)
{
    for (unsigned k = 0; k < FOLD_SIZE_CLASSES; k++) {
        uint64_t blocks = 0, bytes = 0, now = last_row(rc);
        for (uint64_t i = 0; i < rc->rows && now != UINT64_MAX; i++) {
            uint64_t size = size_at(rc, i, now);
            if (!rc->mine[i] || !lives_at(rc, i, now) || !is_in_class(size, k))
                continue;
            blocks++;
            bytes += size;
        }
        assert_int_equal(s->sizes[k].outstanding_blocks, blocks);
        assert_int_equal(s->sizes[k].outstanding_bytes, bytes);
    }
}

/* ---- Sources, crossed with sizes, time and heaps ---- */

static const uint16_t source_ops[FOLD_SOURCE_OPS] = {HEAP_OP_ALLOC, HEAP_OP_REALLOC, HEAP_OP_FREE};

/* The part of a Source that one cell of a table stands for. */
struct part {
    uint32_t source;
    unsigned class;       /* FOLD_SOURCE_CLASSES: all */
    int64_t since, until; /* raw, both included; narrower than the range */
    uint32_t heap;        /* FOLD_FURTHER_HEAPS: all */
};

static bool has_own_size(const struct row *r)
{
    return r->op == HEAP_OP_FREE ? (r->flags & ROW_CLOSES) != 0 : (r->has & EVENT_HAS_SIZE) != 0;
}

static bool is_of_class(bool has_size, uint64_t size, unsigned class)
{
    if (class == FOLD_SOURCE_CLASSES)
        return true;
    return class == FOLD_NO_SIZE ? !has_size : has_size && is_in_class(size, class);
}

/* Goes through all rows, whatever they are: the cell as it must be. */
static struct source_cell recount_part(const struct recount *rc, const struct part *p)
{
    struct source_cell cell = {0};
    uint64_t now = rc->rows - 1;
    while (now != UINT64_MAX && rc->row[now].time > p->until)
        now--;
    for (uint64_t i = 0; i < rc->rows; i++) {
        const struct row *r = &rc->row[i];
        if (!(r->has & EVENT_HAS_SOURCE) || r->source != p->source || !rc->mine[i] ||
            (p->heap != FOLD_FURTHER_HEAPS && r->heap != p->heap))
            continue;
        bool failed = r->op == HEAP_OP_ALLOC && r->address == 0;
        for (int o = 0; o < FOLD_SOURCE_OPS; o++) {
            if (r->op != source_ops[o] || r->time < p->since || r->time > p->until ||
                !is_of_class(has_own_size(r), r->size, p->class))
                continue;
            cell.count[o]++;
            cell.bytes[o] += failed || !has_own_size(r) ? 0 : r->size;
        }
        if (now == UINT64_MAX || !lives_at(rc, i, now) ||
            !is_of_class(true, size_at(rc, i, now), p->class))
            continue;
        cell.outstanding_blocks++;
        cell.outstanding_bytes += size_at(rc, i, now);
    }
    return cell;
}

static void assert_cell(const struct source_cell *got, const struct source_cell *want)
{
    for (int o = 0; o < FOLD_SOURCE_OPS; o++) {
        assert_int_equal(got->count[o], want->count[o]);
        assert_int_equal(got->bytes[o], want->bytes[o]);
    }
    assert_int_equal(got->outstanding_bytes, want->outstanding_bytes);
    assert_int_equal(got->outstanding_blocks, want->outstanding_blocks);
}

static void add_to_cell(struct source_cell *sum, const struct source_cell *c, bool outstanding)
{
    for (int o = 0; o < FOLD_SOURCE_OPS; o++) {
        sum->count[o] += c->count[o];
        sum->bytes[o] += c->bytes[o];
    }
    sum->outstanding_bytes += outstanding ? c->outstanding_bytes : 0;
    sum->outstanding_blocks += outstanding ? c->outstanding_blocks : 0;
}

/* The rows of the tables add up to the Source's own figures; over time only events do. */
static void check_table_sums(const struct summary *s, size_t i)
{
    const struct source_tables *t = &s->tables;
    struct source_cell sizes = {0}, times = {0}, heaps = {0};
    for (size_t k = 0; k < FOLD_SOURCE_CLASSES; k++)
        add_to_cell(&sizes, &t->by_size[i * FOLD_SOURCE_CLASSES + k], true);
    for (size_t k = 0; k < t->bins; k++)
        add_to_cell(&times, &t->by_time[i * t->bins + k], k + 1 == t->bins);
    for (size_t k = 0; k < t->heap_count; k++)
        add_to_cell(&heaps, &t->by_heap[i * t->heap_count + k], true);
    assert_cell(&sizes, &s->sources[i].f);
    assert_cell(&heaps, &s->sources[i].f);
    if (t->bins > 0)
        assert_cell(&times, &s->sources[i].f);
}

static void check_by_size(const struct recount *rc, const struct summary *s, size_t i,
                          struct part part)
{
    for (part.class = 0; part.class < FOLD_SOURCE_CLASSES; part.class ++) {
        struct source_cell want = recount_part(rc, &part);
        assert_cell(&s->tables.by_size[i * FOLD_SOURCE_CLASSES + part.class], &want);
    }
}

static void check_by_time(const struct recount *rc, const struct summary *s, size_t i,
                          struct part part)
{
    const struct source_tables *t = &s->tables;
    for (size_t k = 0; k < t->bins; k++) {
        part.since = t->start + (int64_t)(k * t->bin_ticks);
        part.until = k + 1 == t->bins ? s->last : part.since + (int64_t)t->bin_ticks - 1;
        struct source_cell want = recount_part(rc, &part);
        assert_cell(&t->by_time[i * t->bins + k], &want);
    }
}

static void check_by_heap(const struct recount *rc, const struct summary *s, size_t i,
                          struct part part)
{
    const struct source_tables *t = &s->tables;
    for (size_t k = 0; k < t->heap_count; k++) {
        part.heap = t->heaps[k].heap;
        assert_true(part.heap < registry_heap_count(rc->trace->registry));
        struct source_cell want = recount_part(rc, &part);
        assert_cell(&t->by_heap[i * t->heap_count + k], &want);
    }
}

/* No wider than they must be, and to the last row. */
static void check_bins(const struct summary *s)
{
    const struct source_tables *t = &s->tables;
    if (s->first == INT64_MIN) {
        assert_int_equal(t->bins, 0);
        return;
    }
    uint64_t distance = (uint64_t)(s->last - s->first);
    assert_int_equal(t->start, s->first);
    assert_int_equal(t->bins, distance / t->bin_ticks + 1);
    assert_true(t->bins <= FOLD_TIME_BINS);
    assert_true(t->bin_ticks == 1 || distance / (t->bin_ticks / 2) >= FOLD_TIME_BINS);
}

static void check_sources(const struct recount *rc, const struct summary *s)
{
    uint64_t listed = 0, with_source = 0;
    check_bins(s);
    for (size_t i = 0; i < s->source_count; i++) {
        const struct source_figures *got = &s->sources[i];
        struct part part = {got->source, FOLD_SOURCE_CLASSES, rc->range.since, rc->range.until,
                            FOLD_FURTHER_HEAPS};
        struct source_cell want = recount_part(rc, &part);
        assert_true(i == 0 || s->sources[i - 1].source < got->source);
        assert_false(got->other);
        assert_cell(&got->f, &want);
        check_table_sums(s, i);
        check_by_size(rc, s, i, part);
        check_by_time(rc, s, i, part);
        check_by_heap(rc, s, i, part);
        for (int o = 0; o < FOLD_SOURCE_OPS; o++)
            listed += got->f.count[o];
    }
    for (uint64_t i = 0; i < rc->rows; i++)
        for (int o = 0; o < FOLD_SOURCE_OPS; o++)
            with_source += rc->mine[i] && in_range(rc, &rc->row[i]) &&
                           rc->row[i].op == source_ops[o] && (rc->row[i].has & EVENT_HAS_SOURCE);
    assert_int_equal(listed, with_source);
}

/* Each point is what was outstanding when its bin ended, the last one what is now. */
static void check_curve(const struct recount *rc, const struct curve *c, struct group g,
                        uint64_t last)
{
    int64_t end = rc->row[last].time;
    assert_int_equal((uint64_t)(end - c->start) / c->bin_ticks, c->points - 1);
    assert_true(c->points <= c->capacity);
    /* No wider than it must be. */
    assert_true(c->bin_ticks == 1 ||
                (uint64_t)(end - c->start) / (c->bin_ticks / 2) >= c->capacity);
    for (uint32_t k = 0; k < c->points; k++) {
        int64_t until = c->start + (int64_t)((k + 1) * c->bin_ticks);
        uint64_t row = row_before(rc, until);
        row = k + 1 == c->points ? last : row;
        struct outstanding o = outstanding_at(rc, g, row);
        assert_true(fabsf(c->bytes[k] - (float)o.bytes) <= (float)o.bytes * 1e-6f);
    }
}

static void check_curves(const struct recount *rc, const struct summary *s)
{
    uint64_t last = last_row(rc);
    if (last == UINT64_MAX || rc->row[last].time < rc->range.since) {
        assert_int_equal(s->curve.points, 0);
        assert_int_equal(s->first, INT64_MIN);
        return;
    }
    assert_int_equal(s->first, s->curve.start);
    assert_int_equal(s->last, rc->row[last].time);
    check_curve(rc, &s->curve, (struct group){BY_ALL, 0}, last);
    for (size_t i = 0; i < s->heap_count; i++) {
        const struct heap_figures *h = &s->heaps[i];
        assert_int_equal(h->curve.points != 0, h->f.rows >= 16);
        if (h->curve.points != 0)
            check_curve(rc, &h->curve, (struct group){BY_HEAP, h->heap}, last);
    }
}

static void check_rates(const struct recount *rc, const struct summary *s)
{
    uint64_t allocs = 0, frees = 0, by_heap = 0;
    uint64_t last = last_row(rc);
    for (uint64_t i = 0; last != UINT64_MAX && i <= last; i++) {
        int64_t ago = rc->row[last].time - rc->row[i].time;
        if (!rc->mine[i] || !in_range(rc, &rc->row[i]) ||
            ago >= (int64_t)rc->trace->clock.ticks_per_second)
            continue;
        struct figures f = {0};
        count_row(rc, &rc->row[i], &f);
        allocs += f.allocs;
        frees += f.frees;
    }
    for (size_t i = 0; i < s->heap_count; i++)
        by_heap += s->heaps[i].last_second_allocs;
    assert_int_equal(s->last_second_allocs, allocs);
    assert_int_equal(s->last_second_frees, frees);
    assert_int_equal(by_heap, allocs);
}

static void check_summary(const struct recount *rc, const struct summary *s)
{
    struct figures want = recount(rc, (struct group){BY_ALL, 0});
    const struct registry *r = rc->trace->registry;
    assert_int_equal(s->rows, rc->rows);
    assert_figures(&s->total, &want);
    check_heaps(rc, s);
    check_groups(rc, BY_PROCESS, registry_process_count(r), s->processes, s->process_count);
    check_groups(rc, BY_THREAD, registry_thread_count(r), s->threads, s->thread_count);
    check_sums(s);
    check_sizes(rc, s);
    check_sources(rc, s);
    check_curves(rc, s);
    check_rates(rc, s);
    check_classes(rc, s);
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

/* Folds in steps of any size, with summaries in between, which must not disturb it. */
static void fold_and_check(struct random_trace *rt, struct recount *rc, const struct matches *m)
{
    struct fold *f = fold_new(rt->trace, m, rc->range);
    rc->start = rc->range.since != INT64_MIN ? rc->range.since - 1 : INT64_MIN;
    if (rc->start != INT64_MIN && rng_chance(&rt->rng, 700)) {
        rc->start += (int64_t)rng_below(&rt->rng, 3);
        fold_count_from(f, rc->start);
    }
    while (fold_rows(f) < rc->rows) {
        assert_int_equal(fold_advance(f, rc->rows, 1 + rng_below(&rt->rng, 100)), 0);
        summary_free(fold_summarize(f));
    }
    struct summary *s = fold_summarize(f);
    check_summary(rc, s);
    summary_free(s);
    fold_free(f);
}

static const char *const filters[] = {
    "",
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

static void check_filter(struct random_trace *rt, struct recount *rc, const char *text)
{
    struct filter_error e;
    struct filter *f = filter_parse(text, strlen(text), &e);
    struct matches *m = matches_new(f, rt->trace);
    matches_advance(m, rc->rows, UINT64_MAX);
    for (uint64_t i = 0; i < rc->rows; i++)
        rc->mine[i] = matches_has(m, i);
    rc->range = some_range(rt, rc);
    fold_and_check(rt, rc, m);
    matches_free(m);
    filter_unref(f);
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
        rc.rows = store_rows(rt.trace->store);
        for (uint64_t i = 0; i < rc.rows; i++) {
            store_get(rt.trace->store, i, &rc.row[i]);
            rc.mine[i] = true;
        }
        rc.range = some_range(&rt, &rc);
        fold_and_check(&rt, &rc, NULL);
        for (int i = 0; i < 3; i++)
            check_filter(&rt, &rc, filters[rng_below(&rt.rng, sizeof filters / sizeof filters[0])]);
        random_trace_release(&rt);
    }
}

/* Replay keeps its own account of what is alive. */
static void test_agrees_with_replay(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 5, 10000000, 100);
    random_trace_add(&rt, 150000);
    struct fold *f = fold_new(rt.trace, NULL, FOLD_RANGE_ALL);
    assert_int_equal(fold_advance(f, store_rows(rt.trace->store), UINT64_MAX), 0);
    struct summary *s = fold_summarize(f);
    assert_int_equal(s->total.outstanding_bytes, replay_live_bytes(rt.trace->replay));
    assert_int_equal(s->total.outstanding_blocks, replay_live_blocks(rt.trace->replay));
    check_sums(s);
    summary_free(s);
    fold_free(f);
    random_trace_release(&rt);
}

/* More Sources than there are places: the rest is counted together, and nothing is lost. */
static void test_many_sources(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 1, 10000000, 0);
    const uint8_t has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE;
    for (uint32_t i = 0; i < 200; i++)
        take(&rt, (struct trace_event){.op = HEAP_OP_ALLOC,
                                       .has = has,
                                       .address = 0x1000 + i,
                                       .size = 2,
                                       .source = i * 3});
    for (uint32_t i = 0; i < 100; i++)
        take(&rt, (struct trace_event){.op = HEAP_OP_FREE,
                                       .has = EVENT_HAS_ADDRESS | EVENT_HAS_SOURCE,
                                       .address = 0x1000 + 2 * i,
                                       .source = i});
    struct summary *s = summarize(&rt, INT64_MAX);
    assert_int_equal(s->source_count, FOLD_SOURCES);
    uint64_t allocs = 0, frees = 0, blocks = 0, bytes = 0;
    for (size_t i = 0; i < s->source_count; i++) {
        assert_int_equal(s->sources[i].other, i == FOLD_SOURCES - 1);
        allocs += s->sources[i].f.count[FOLD_SOURCE_ALLOC];
        frees += s->sources[i].f.count[FOLD_SOURCE_FREE];
        blocks += s->sources[i].f.outstanding_blocks;
        bytes += s->sources[i].f.outstanding_bytes;
        check_table_sums(s, i);
    }
    assert_int_equal(allocs, 200);
    assert_int_equal(frees, 100);
    assert_int_equal(blocks, 100);
    assert_int_equal(bytes, 200);
    summary_free(s);
    random_trace_release(&rt);
}

/* Heaps beyond those with a column of their own share one, and nothing is lost. */
static void test_many_heaps(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 1, 10000000, 0);
    const uint8_t has = EVENT_HAS_ADDRESS | EVENT_HAS_SIZE | EVENT_HAS_SOURCE;
    for (uint32_t i = 0; i < FOLD_CROSS_HEAPS + 100; i++)
        for (uint32_t k = 0; k <= i % 3; k++)
            take(&rt, (struct trace_event){.op = HEAP_OP_ALLOC,
                                           .has = has,
                                           .heap = 0x10000 + i,
                                           .address = 0x1000 + k,
                                           .size = 2,
                                           .source = i == 7 ? 20 * k : 5 + k});
    struct summary *s = summarize(&rt, INT64_MAX);
    const struct source_tables *t = &s->tables;
    assert_int_equal(t->heap_count, FOLD_CROSS_HEAPS + 1);
    assert_int_equal(t->heaps[FOLD_CROSS_HEAPS].heap, FOLD_FURTHER_HEAPS);
    uint64_t further = 0;
    for (size_t i = 0; i < s->source_count; i++) {
        check_table_sums(s, i);
        further += t->by_heap[i * t->heap_count + FOLD_CROSS_HEAPS].outstanding_blocks;
    }
    assert_int_equal(further, 200);
    summary_free(s);
    random_trace_release(&rt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_recount),
        cmocka_unit_test(test_agrees_with_replay),
        cmocka_unit_test(test_many_sources),
        cmocka_unit_test(test_many_heaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
