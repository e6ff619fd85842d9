/*
 * A filter's matches and their totals, kept in step: rows are scanned by matches.h and then folded
 * by fold.h. See query.h.
 */
#include "query/query.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "query/query_base.h"

struct query {
    _Atomic uint32_t refs;
    struct query_base *base;
    struct trace *trace;          /* of `base` */
    struct matches *matches;      /* likewise */
    struct query_spec spec;       /* its filter is that of `base` */
    int64_t raw_since, raw_until; /* spec's range on the raw clock */
    struct fold *fold;            /* NULL when only the rows were asked for */
    uint64_t flips;               /* matches_flips() when `fold` was started */
    bool failed;
};

static struct fold_range raw_range(const struct query *q)
{
    return (struct fold_range){q->raw_since, q->raw_until};
}

static bool has_start(const struct query *q)
{
    return q->spec.since != INT64_MIN && q->spec.since != INT64_MAX;
}

/* The impacting size starts from what is outstanding at the range's first instant, which may be
 * several raw ticks long, or lie between two. */
static int64_t raw_start(const struct query *q)
{
    return trace_raw(q->trace, q->spec.since + 1) - 1;
}

static struct fold *new_fold(const struct query *q)
{
    struct fold *f = fold_new(q->trace, q->matches, raw_range(q));
    if (f == NULL)
        return NULL;
    fold_use_tiles(f, q->base->tiles);
    if (has_start(q))
        fold_count_from(f, raw_start(q));
    return f;
}

static int64_t raw_since(const struct trace *t, const struct query_spec *spec)
{
    return spec->since == INT64_MIN ? INT64_MIN : trace_raw(t, spec->since);
}

static int64_t raw_until(const struct trace *t, const struct query_spec *spec)
{
    return spec->until == INT64_MAX ? INT64_MAX : trace_raw(t, spec->until + 1) - 1;
}

/* Takes the reference to `base`. */
static struct query *make_query(struct query_base *base, const struct query_spec *spec)
{
    struct query *q = base != NULL ? calloc(1, sizeof *q) : NULL;
    if (q == NULL) {
        query_base_unref(base);
        return NULL;
    }
    atomic_init(&q->refs, 1);
    q->base = base;
    q->trace = base->trace;
    q->matches = base->matches;
    q->spec = *spec;
    q->spec.filter = base->filter;
    q->raw_since = raw_since(q->trace, spec);
    q->raw_until = raw_until(q->trace, spec);
    q->flips = matches_flips(q->matches);
    if (!spec->rows_only)
        q->fold = new_fold(q);
    if (q->fold != NULL || spec->rows_only)
        return q;
    query_unref(q);
    return NULL;
}

struct query *query_new(struct trace *trace, const struct query_spec *spec)
{
    struct query_base *base = query_base_new(trace, spec->filter);
    if (base != NULL)
        matches_set_range(base->matches, raw_since(trace, spec), raw_until(trace, spec));
    return make_query(base, spec);
}

/* Whether rows match that did before, in the other range. */
static bool shares_matches(const struct query *old, const struct query_spec *spec)
{
    const struct filter *f = old->base->filter;
    if (spec->filter != f)
        return false;
    return f == NULL || !filter_depends_on_range(f) ||
           (spec->since == old->spec.since && spec->until == old->spec.until);
}

struct query *query_new_like(struct query *old, const struct query_spec *spec)
{
    if (!shares_matches(old, spec))
        return query_new(old->trace, spec);
    return make_query(query_base_ref(old->base), spec);
}

struct query *query_ref(struct query *q)
{
    atomic_fetch_add_explicit(&q->refs, 1, memory_order_relaxed);
    return q;
}

void query_unref(struct query *q)
{
    if (q == NULL || atomic_fetch_sub_explicit(&q->refs, 1, memory_order_acq_rel) != 1)
        return;
    fold_free(q->fold);
    query_base_unref(q->base);
    free(q);
}

/*
 * Totals under a filter on a block's fate are void once a decided row changes its mind: they start
 * again, but only after a whole pass, or a fast live trace would never see the end of one.
 */
static void query_restart_fold(struct query *q)
{
    uint64_t flips = matches_flips(q->matches);
    uint64_t folded = fold_rows(q->fold);
    if (flips == q->flips || (folded != 0 && folded != matches_scanned(q->matches)))
        return;
    struct fold *anew = new_fold(q);
    if (anew == NULL) {
        q->failed = true;
        return;
    }
    q->flips = flips;
    fold_free(q->fold);
    q->fold = anew;
}

/* True when the figures cover the first `rows` rows, and none has changed its mind since. */
static bool is_settled(const struct query *q, uint64_t rows)
{
    if (matches_scanned(q->matches) < rows || !matches_is_settled(q->matches))
        return false;
    return q->fold == NULL ||
           (fold_is_complete(q->fold, rows) && matches_flips(q->matches) == q->flips);
}

bool query_is_settled(const struct query *q)
{
    return is_settled(q, store_rows(q->trace->store));
}

bool query_advance_to(struct query *q, uint64_t rows, uint64_t max_rows)
{
    matches_advance(q->matches, rows, max_rows);
    q->failed = q->failed || matches_failed(q->matches);
    if (q->fold != NULL) {
        query_restart_fold(q);
        q->failed = q->failed || fold_advance(q->fold, matches_scanned(q->matches), max_rows) != 0;
    }
    return !q->failed && !is_settled(q, rows);
}

bool query_advance(struct query *q, uint64_t max_rows)
{
    return query_advance_to(q, store_rows(q->trace->store), max_rows);
}

bool query_prepare(struct query *q, uint64_t max_rows)
{
    return q->fold != NULL && matches_is_settled(q->matches) &&
           fold_tiles_advance(q->base->tiles, matches_scanned(q->matches), max_rows);
}

bool query_prepare_stacks(struct query *q, uint64_t max_rows)
{
    return q->base->stack_tiles != NULL && matches_is_settled(q->matches) &&
           stack_tiles_advance(q->base->stack_tiles, matches_scanned(q->matches), max_rows);
}

size_t query_prepared_bytes(const struct query *q)
{
    const struct stack_tiles *stacks = q->base->stack_tiles;
    return fold_tiles_bytes(q->base->tiles) + (stacks != NULL ? stack_tiles_bytes(stacks) : 0);
}

bool query_failed(const struct query *q)
{
    return q->failed;
}

struct summary *query_summarize(const struct query *q)
{
    return q->fold != NULL ? fold_summarize(q->fold) : NULL;
}

/* The rows in range are one stretch, for rows are in time order. */
static uint64_t range_first(const struct query *q)
{
    return q->raw_since == INT64_MIN ? 0 : store_find_time(q->trace->store, q->raw_since);
}

static uint64_t range_end(const struct query *q)
{
    uint64_t scanned = matches_scanned(q->matches);
    if (q->raw_until == INT64_MAX)
        return scanned;
    uint64_t end = store_find_time(q->trace->store, q->raw_until + 1);
    return end < scanned ? end : scanned;
}

/* Matches before the range. */
static uint64_t range_skipped(const struct query *q)
{
    uint64_t first = range_first(q);
    return first == 0 ? 0 : matches_rank(q->matches, first);
}

uint64_t query_count(const struct query *q)
{
    uint64_t before = range_skipped(q);
    uint64_t end = q->raw_until == INT64_MAX ? matches_count(q->matches)
                                             : matches_rank(q->matches, range_end(q));
    return end > before ? end - before : 0;
}

uint64_t query_select(const struct query *q, uint64_t k)
{
    uint64_t row = matches_select(q->matches, range_skipped(q) + k);
    return row < range_end(q) ? row : ROW_NONE;
}

uint64_t query_rank(const struct query *q, uint64_t row)
{
    uint64_t end = range_end(q);
    uint64_t rank = matches_rank(q->matches, row < end ? row : end);
    uint64_t before = range_skipped(q);
    return rank > before ? rank - before : 0;
}

uint64_t query_scanned(const struct query *q)
{
    return matches_scanned(q->matches);
}

bool query_has(const struct query *q, uint64_t row)
{
    return row >= range_first(q) && row < range_end(q) && matches_has(q->matches, row);
}

const struct query_spec *query_asked(const struct query *q)
{
    return &q->spec;
}

const struct trace *query_trace(const struct query *q)
{
    return q->trace;
}

const struct matches *query_matches(const struct query *q)
{
    return q->matches;
}

struct block_range query_range(const struct query *q)
{
    uint64_t first = range_first(q), end = range_end(q);
    return (struct block_range){.first = first < end ? first : end, .end = end};
}

struct stack_fold *query_fold_stacks(const struct query *q)
{
    struct stack_fold *f = stack_fold_new(q->trace, q->matches, raw_range(q));
    if (f == NULL)
        return NULL;
    if (q->base->stack_tiles == NULL)
        q->base->stack_tiles = stack_tiles_new(q->trace, q->matches);
    stack_fold_use_tiles(f, q->base->stack_tiles);
    if (has_start(q))
        stack_fold_count_from(f, raw_start(q));
    return f;
}

struct size_fold *query_fold_sizes(const struct query *q, enum size_kind kind)
{
    return size_fold_new(q->trace, q->matches, raw_range(q), kind);
}
