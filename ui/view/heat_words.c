/* What the columns of a heat table are called, for people and for the filter (heat_axis.h). */
#include "answer/snapshot.h"
#include "base/text.h"
#include "query/condition.h"
#include "ui/view/cell_format.h"
#include "ui/view/census.h"
#include "ui/view/heat_axis.h"

static const struct summary *summary_of(const struct view_env *env)
{
    return env->snapshot->summary;
}

/* ---- sizes ---- */

static void put_size_title(const struct heat_axis *a, size_t column, struct strbuf *out)
{
    const struct heat_column *c = &a->column[column];
    if (c->from == FOLD_NO_SIZE) {
        strbuf_puts(out, "none");
        return;
    }
    bool joined = c->from < c->to, below = joined && column == 0;
    if (below)
        strbuf_putc(out, '<');
    cell_put_power(out, below ? fold_class_to(c->to) : fold_class_from(c->from));
    if (joined && !below)
        strbuf_putc(out, '+');
}

/* "64..127", "0", ">= 9223372036854775808": in words with separators, else for the filter. */
static void put_sizes(const struct heat_column *c, bool words, const char *between,
                      struct strbuf *out)
{
    void (*put)(struct strbuf *, uint64_t) = words ? text_put_grouped : strbuf_put_u64;
    uint64_t from = fold_class_from(c->from), to = fold_class_to(c->to);
    bool open = to == UINT64_MAX;
    if (!words)
        strbuf_puts(out, open ? " >= " : from == to - 1 ? " == " : " in ");
    put(out, from);
    if (open && words)
        strbuf_puts(out, " or more");
    if (open || from == to - 1)
        return;
    strbuf_puts(out, between);
    put(out, to - 1);
}

static void put_size_bounds(const struct heat_axis *a, size_t column, struct strbuf *out)
{
    const struct heat_column *c = &a->column[column];
    if (c->from == FOLD_NO_SIZE) {
        strbuf_puts(out, "no size recorded");
        return;
    }
    strbuf_puts(out, "size ");
    put_sizes(c, true, "..", out);
}

/* A Free carries no size, but its block has one; so has a block that lives. */
static void put_size_condition(const struct heat_column *c, const struct source_show *show,
                               struct strbuf *out)
{
    bool of_block = show->figure == SOURCE_OUTSTANDING || show->op == FOLD_SOURCE_FREE;
    const char *field = of_block ? "block_size" : "size";
    if (c->from == FOLD_NO_SIZE) {
        strbuf_printf(out, "!(%s >= 0)", field);
        return;
    }
    strbuf_puts(out, field);
    put_sizes(c, false, "..", out);
}

/* ---- times ---- */

/* The raw time at which a bin begins; the one behind the last ends it. */
static int64_t bin_start(const struct source_tables *t, uint32_t bin)
{
    uint64_t ticks;
    int64_t start;
    if (__builtin_mul_overflow(t->bin_ticks, bin, &ticks) || ticks > INT64_MAX ||
        __builtin_add_overflow(t->start, (int64_t)ticks, &start))
        return INT64_MAX;
    return start;
}

/* When a column ends; the last one with the last row. */
static int64_t column_end(const struct heat_column *c, const struct view_env *env)
{
    const struct summary *s = summary_of(env);
    int64_t end = bin_start(&s->tables, c->to + 1);
    return end < s->last ? end : s->last;
}

/* As many digits as tell the columns apart, and show that they are equally long. */
static void put_time_title(const struct heat_axis *a, const struct view_env *env, size_t column,
                           struct strbuf *out)
{
    const struct heat_column *c = &a->column[column];
    const struct source_tables *t = &summary_of(env)->tables;
    const struct trace *trace = env->snapshot->trace;
    int64_t at = trace_ns(trace, a->at_end ? column_end(c, env) : bin_start(t, c->from));
    double column_s = (double)(c->to - c->from + 1) * (double)t->bin_ticks /
                      (double)trace->clock.ticks_per_second;
    int digits = 0;
    for (double unit = 1; 4 * unit > column_s && digits < 7; unit /= 10)
        digits++;
    strbuf_printf(out, "%.*f", digits, (double)at / 1e9);
}

static void put_time_bounds(const struct heat_axis *a, const struct view_env *env, size_t column,
                            struct strbuf *out)
{
    const struct heat_column *c = &a->column[column];
    const struct source_tables *t = &summary_of(env)->tables;
    if (a->at_end) {
        strbuf_puts(out, "at ");
        cell_put_time(out, env, column_end(c, env));
        return;
    }
    cell_put_time(out, env, bin_start(t, c->from));
    strbuf_puts(out, " to ");
    cell_put_time(out, env, bin_start(t, c->to + 1));
}

static void put_time_condition(const struct heat_column *c, const struct view_env *env,
                               struct strbuf *out)
{
    const struct source_tables *t = &summary_of(env)->tables;
    const struct trace *trace = env->snapshot->trace;
    condition_put_time(out, "time", trace_ns(trace, bin_start(t, c->from)));
    strbuf_puts(out, " && ");
    condition_put_bound(out, "time", "<", trace_ns(trace, bin_start(t, c->to + 1)));
}

/* ---- heaps ---- */

static const struct source_heap *heap_at(const struct heat_axis *a, const struct view_env *env,
                                         size_t column)
{
    return &summary_of(env)->tables.heaps[a->column[column].from];
}

static const struct heap *heap_of(const struct view_env *env, const struct source_heap *h)
{
    return registry_heap(env->snapshot->trace->registry, h->heap);
}

static void put_heap_title(const struct view_env *env, const struct source_heap *h,
                           struct strbuf *out)
{
    if (h->heap == FOLD_NO_HEAP)
        strbuf_puts(out, "no heap");
    else if (h->heap == FOLD_FURTHER_HEAPS)
        strbuf_puts(out, "further");
    else
        cell_put_heap(out, heap_of(env, h));
}

static void put_heap_bounds(const struct view_env *env, const struct source_heap *h,
                            struct strbuf *out)
{
    if (h->heap == FOLD_FURTHER_HEAPS) {
        strbuf_printf(out, "all heaps after the first %d", FOLD_CROSS_HEAPS);
        return;
    }
    if (h->heap != FOLD_NO_HEAP)
        strbuf_puts(out, "heap ");
    put_heap_title(env, h, out);
    if (h->heap == FOLD_NO_HEAP || env->census->processes < 2)
        return;
    strbuf_puts(out, " of ");
    const struct registry *r = env->snapshot->trace->registry;
    cell_put_process(out, registry_process(r, heap_of(env, h)->process), false);
}

static bool is_same_handle(const struct view_env *env, const struct heap *x, const struct heap *y)
{
    const struct registry *r = env->snapshot->trace->registry;
    return x->handle == y->handle &&
           registry_process(r, x->process)->pid == registry_process(r, y->process)->pid;
}

/* Generations of a handle follow one another: times tell them apart, the filter has no other word
 * for them. */
static void put_generation(const struct view_env *env, const struct source_heap *h,
                           struct strbuf *out)
{
    const struct source_tables *t = &summary_of(env)->tables;
    const struct trace *trace = env->snapshot->trace;
    bool later = false;
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < t->heap_count && t->heaps[i].heap < FOLD_FURTHER_HEAPS; i++) {
        const struct source_heap *other = &t->heaps[i];
        if (other == h || !is_same_handle(env, heap_of(env, h), heap_of(env, other)))
            continue;
        later = later || other->heap < h->heap;
        if (other->heap > h->heap && other->first < next)
            next = other->first;
    }
    if (later) {
        strbuf_puts(out, " && ");
        condition_put_time(out, "time", trace_ns(trace, h->first));
    }
    if (next != INT64_MAX) {
        strbuf_puts(out, " && ");
        condition_put_bound(out, "time", "<", trace_ns(trace, next));
    }
}

static bool put_heap_condition(const struct view_env *env, const struct source_heap *h,
                               struct strbuf *out)
{
    if (h->heap >= FOLD_FURTHER_HEAPS)
        return false;
    condition_put_heap(out, env->snapshot->trace, heap_of(env, h));
    put_generation(env, h, out);
    return true;
}

/* ---- any ---- */

void heat_axis_put_title(const struct heat_axis *a, const struct view_env *env, size_t column,
                         struct strbuf *out)
{
    if (a->table == SOURCE_TABLE_SIZE)
        put_size_title(a, column, out);
    else if (a->table == SOURCE_TABLE_TIME)
        put_time_title(a, env, column, out);
    else
        put_heap_title(env, heap_at(a, env, column), out);
}

void heat_axis_put_bounds(const struct heat_axis *a, const struct view_env *env, size_t column,
                          struct strbuf *out)
{
    if (a->table == SOURCE_TABLE_SIZE)
        put_size_bounds(a, column, out);
    else if (a->table == SOURCE_TABLE_TIME)
        put_time_bounds(a, env, column, out);
    else
        put_heap_bounds(env, heap_at(a, env, column), out);
}

bool heat_axis_put_condition(const struct heat_axis *a, const struct view_env *env, size_t column,
                             const struct source_show *show, struct strbuf *out)
{
    if (a->table == SOURCE_TABLE_HEAP)
        return put_heap_condition(env, heap_at(a, env, column), out);
    if (a->table == SOURCE_TABLE_SIZE)
        put_size_condition(&a->column[column], show, out);
    else
        put_time_condition(&a->column[column], env, out);
    return true;
}
