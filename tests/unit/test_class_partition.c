/*
 * Over any range the four classes and "never alive in it" hold every block exactly once, and all of
 * their bytes (numbers.md): random traces and ranges, every answer that knows of classes, against
 * blocks kept one by one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/answer_maker.h"
#include "answer/blocks/block_list.h"
#include "random_trace.h"

enum { SEEDS = 8, ROWS = 2500, RANGES = 12, NOT_OPENED = 255 };

static const struct frame_namer nameless;

struct world {
    struct random_trace rt;
    struct trace *trace;
    uint64_t count;
    struct row *rows;
    uint64_t *death;    /* by row that opened a block; ROW_NONE while it lives */
    uint64_t *end_size; /* at its end or the range's, by the same */
    uint8_t *class;     /* of the block; NOT_OPENED for rows that opened none */
    int64_t since, until;
};

static void open_world(struct world *w, uint64_t seed)
{
    *w = (struct world){0};
    random_trace_init(&w->rt, 4000 + seed, 10000000, seed % 3 == 0 ? 1 : 12);
    random_trace_add(&w->rt, ROWS);
    w->trace = w->rt.trace;
    w->count = store_rows(w->trace->store);
    w->rows = calloc(w->count, sizeof *w->rows);
    w->death = calloc(w->count, sizeof *w->death);
    w->end_size = calloc(w->count, sizeof *w->end_size);
    w->class = calloc(w->count, sizeof *w->class);
    for (uint64_t i = 0; i < w->count; i++)
        store_get(w->trace->store, i, &w->rows[i]);
}

static void close_world(struct world *w)
{
    free(w->rows);
    free(w->death);
    free(w->end_size);
    free(w->class);
    random_trace_release(&w->rt);
}

/* ---- the blocks, one by one ---- */

static void end_block(struct world *w, uint64_t opener, uint64_t row)
{
    assert_int_equal(w->death[opener], ROW_NONE); /* a block dies once */
    w->death[opener] = row;
}

/* What was done to blocks, in order; sizes change up to the end of the range. */
static void tell_row(struct world *w, const struct row *row)
{
    const struct row_closed *closed;
    size_t n = store_closed(w->trace->store, row->id, &closed);
    w->death[row->id] = ROW_NONE;
    if ((row->flags & ROW_CLOSES) != 0)
        end_block(w, row->link, row->id);
    for (size_t i = 0; i < n; i++)
        end_block(w, closed[i].row, row->id);
    if ((row->flags & ROW_RESIZES) != 0 && row->time <= w->until)
        w->end_size[row->link] = row->size;
    if ((row->flags & ROW_OPENS) != 0)
        w->end_size[row->id] = row->size;
}

static enum block_class class_of(const struct world *w, uint64_t opener)
{
    int64_t born = w->rows[opener].time;
    uint64_t death = w->death[opener];
    bool dead = death != ROW_NONE && w->rows[death].time <= w->until;
    if (born > w->until || (dead && w->rows[death].time < w->since))
        return BLOCK_NEVER;
    if (born >= w->since)
        return dead ? BLOCK_AIFI : BLOCK_AIFO;
    return dead ? BLOCK_AOFI : BLOCK_AOFO;
}

static void tell_blocks(struct world *w)
{
    for (uint64_t i = 0; i < w->count; i++)
        tell_row(w, &w->rows[i]);
    for (uint64_t i = 0; i < w->count; i++)
        w->class[i] = (w->rows[i].flags & ROW_OPENS) != 0 ? (uint8_t)class_of(w, i) : NOT_OPENED;
}

static struct block_sum sum_of(const struct world *w, unsigned classes)
{
    struct block_sum sum = {0};
    for (uint64_t i = 0; i < w->count; i++) {
        if (w->class[i] == NOT_OPENED || (classes >> w->class[i] & 1) == 0)
            continue;
        sum.blocks++;
        sum.bytes += w->end_size[i];
    }
    return sum;
}

/* ---- what the product says ---- */

static struct query *ask(const struct world *w, const char *text, int64_t since, int64_t until)
{
    struct filter_error e;
    struct query_spec spec = {
        .filter = text != NULL ? filter_parse(text, strlen(text), &e) : NULL,
        .since = since != INT64_MIN ? trace_ns(w->trace, since) : INT64_MIN,
        .until = until != INT64_MAX ? trace_ns(w->trace, until) : INT64_MAX,
    };
    struct query *q = query_new(w->trace, &spec);
    assert_non_null(q);
    filter_unref(spec.filter);
    while (query_advance(q, 1000))
        continue;
    return q;
}

static void check_summary(const struct world *w, const struct query *q)
{
    struct summary *s = query_summarize(q);
    for (unsigned k = 0; k < BLOCK_NEVER; k++) {
        struct block_sum want = sum_of(w, 1u << k);
        assert_int_equal(s->range.classes[k].blocks, want.blocks);
        assert_int_equal(s->range.classes[k].bytes, want.bytes);
    }
    struct block_sum there = sum_of(w, BLOCK_CLASSES_OUTSTANDING);
    assert_int_equal(s->total.outstanding_blocks, there.blocks);
    assert_int_equal(s->total.outstanding_bytes, there.bytes);
    summary_free(s);
}

/* Each list has the blocks of its class and no other. */
static void check_list(const struct world *w, struct query *q, unsigned class)
{
    struct answer_spec spec = {.kind = ANSWER_BLOCKS, .blocks = {.classes = 1u << class}};
    struct block_list *l = (struct block_list *)answer_make(q, &spec, &nameless);
    struct block_sum want = sum_of(w, 1u << class);
    assert_non_null(l);
    assert_int_equal(l->count, want.blocks);
    assert_int_equal(l->total.bytes, want.bytes);
    for (uint64_t pos = 0; pos < l->count; pos++)
        assert_int_equal(w->class[block_list_opener(l, pos, false)], class);
    answer_unref(&l->base);
}

/* A block and every row that concerns it match the filter of their class, and none of another. */
static void check_filter(const struct world *w, unsigned class, bool negated)
{
    char text[32];
    snprintf(text, sizeof text, "class %s %s", negated ? "!=" : "==", block_class_words[class]);
    struct query *q = ask(w, text, w->since, w->until);
    const struct matches *m = query_matches(q);
    for (uint64_t i = 0; i < w->count; i++) {
        uint64_t opener = trace_row_opener(&w->rows[i]);
        unsigned has = opener != ROW_NONE ? w->class[opener] : BLOCK_NEVER;
        bool want = has != BLOCK_NEVER && (has == class) != negated;
        if (matches_has(m, i) != want)
            fail_msg("'%s', row %llu: %d", text, (unsigned long long)i, want);
    }
    query_unref(q);
}

/* Each opening row is in exactly one place. */
static void check_range(struct world *w)
{
    tell_blocks(w);
    struct query *q = ask(w, NULL, w->since, w->until);
    struct block_range range = query_range(q);
    for (uint64_t i = 0; i < w->count; i++)
        if (w->class[i] != NOT_OPENED)
            assert_int_equal(block_class(i, block_closer(w->trace, i, UINT64_MAX), range),
                             w->class[i]);
    check_summary(w, q);
    for (unsigned k = 0; k < BLOCK_NEVER; k++) {
        check_list(w, q, k);
        check_filter(w, k, false);
        check_filter(w, k, true);
    }
    query_unref(q);
}

/* Open at either end, empty, the whole, and of any rows' times. */
static void choose_range(struct world *w, unsigned i)
{
    int64_t a = w->rows[rng_below(&w->rt.rng, w->count)].time;
    int64_t b = w->rows[rng_below(&w->rt.rng, w->count)].time;
    w->since = a < b ? a : b;
    w->until = a < b ? b : a;
    if (i == 0 || i == 1)
        w->since = INT64_MIN;
    if (i == 0 || i == 2)
        w->until = INT64_MAX;
    if (i == 3)
        w->until = w->since;
    if (i == 4)
        w->since = w->until = w->rows[w->count - 1].time + 1000;
}

static void classes_hold_every_block_once(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct world w;
        open_world(&w, seed);
        for (unsigned i = 0; i < RANGES; i++) {
            choose_range(&w, i);
            check_range(&w);
        }
        close_world(&w);
    }
}

/* Rows change their class while the trace grows. */
static void a_growing_trace_keeps_them(void **state)
{
    (void)state;
    struct random_trace rt;
    random_trace_init(&rt, 77, 10000000, 10);
    random_trace_add(&rt, 300);
    struct filter_error e;
    struct query_spec spec = {
        .filter = filter_parse("class == aofi", 13, &e),
        .since = trace_ns(rt.trace, store_time(rt.trace->store, 150)),
        .until = INT64_MAX,
    };
    struct query *grown = query_new(rt.trace, &spec);
    for (int i = 0; i < 20; i++) {
        random_trace_add(&rt, 100);
        while (query_advance(grown, 70))
            continue;
        struct query *anew = query_new(rt.trace, &spec);
        while (query_advance(anew, 10000))
            continue;
        for (uint64_t row = 0; row < store_rows(rt.trace->store); row++)
            assert_int_equal(matches_has(query_matches(grown), row),
                             matches_has(query_matches(anew), row));
        query_unref(anew);
    }
    /* Another range is another question: its rows are decided anew. */
    spec.since = INT64_MIN;
    struct query *other = query_new_like(grown, &spec);
    while (query_advance(other, 10000))
        continue;
    assert_int_equal(matches_count(query_matches(other)), 0);
    assert_true(matches_count(query_matches(grown)) > 0);
    query_unref(other);
    query_unref(grown);
    filter_unref(spec.filter);
    random_trace_release(&rt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_hold_every_block_once),
        cmocka_unit_test(a_growing_trace_keeps_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
