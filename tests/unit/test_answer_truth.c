/*
 * Answers against a replay apart: what is outstanding at moments, by heap and by stack; which
 * blocks are a range's leak candidates; what two moments differ in; how long blocks lived and which
 * were temporary. On the real capture, skipped without it, and on generated traces.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/answer_maker.h"
#include "answer/blocks/block_list.h"
#include "answer/moments/moments.h"
#include "told_apart.h"

enum { MOMENTS = 10, SEEDS = 6 };

static const struct frame_namer nameless;

/* ---- outstanding at moments ---- */

static void check_heaps(const struct told_apart *w, const struct summary *s, const struct truth *t)
{
    uint64_t blocks = 0;
    for (size_t i = 0; i < s->heap_count; i++) {
        const struct heap_figures *got = &s->heaps[i];
        blocks += got->f.outstanding_blocks;
        for (size_t k = 0; k < t->heap_count; k++) {
            if (w->heap_of[k] != got->heap)
                continue;
            assert_int_equal(got->f.outstanding_bytes, t->heaps[k].outstanding_bytes);
            assert_int_equal(got->f.outstanding_blocks, t->heaps[k].outstanding_blocks);
        }
    }
    assert_int_equal(blocks, t->outstanding_blocks);
}

static void check_stacks(const struct told_apart *w, const struct query *q, const struct truth *t)
{
    struct stack_fold *fold = query_fold_stacks(q);
    while (stack_fold_rows(fold) < query_scanned(q))
        assert_int_equal(stack_fold_advance(fold, query_scanned(q), 10000), 0);
    struct stack_totals *totals = stack_fold_totals(fold);
    uint64_t blocks = 0;
    for (size_t i = 0; i < totals->count; i++) {
        const struct stack_figures *got = &totals->items[i];
        blocks += got->outstanding_blocks;
        for (size_t k = 0; k < t->stack_count; k++) {
            const struct truth_stack *want = &t->stacks[k];
            uint32_t stack = want->stack != FRAMES_NONE ? w->stack_of[want->stack] : STACK_NONE;
            if (w->process_of[want->process] != got->process || stack != got->stack)
                continue;
            assert_int_equal(got->outstanding_bytes, want->outstanding_bytes);
            assert_int_equal(got->outstanding_blocks, want->outstanding_blocks);
        }
    }
    assert_int_equal(blocks, t->outstanding_blocks);
    stack_totals_free(totals);
    stack_fold_free(fold);
}

/* A range that ends at a moment tells what is outstanding then, on every screen. */
static void check_ranges(const struct told_apart *w, const int64_t *times, const struct truth *t)
{
    for (unsigned i = 0; i < MOMENTS; i++) {
        struct query *q = told_apart_ask(w, NULL, INT64_MIN, times[i]);
        struct summary *s = query_summarize(q);
        assert_int_equal(s->total.outstanding_bytes, t[i].outstanding_bytes);
        assert_int_equal(s->total.outstanding_blocks, t[i].outstanding_blocks);
        check_heaps(w, s, &t[i]);
        check_stacks(w, q, &t[i]);
        summary_free(s);
        query_unref(q);
    }
}

static struct moments *ask_moments(struct query *q, enum moments_group by, const int64_t *times,
                                   uint32_t count)
{
    struct answer_spec spec = {.kind = ANSWER_MOMENTS, .moments = {.by = by, .count = count}};
    memcpy(spec.moments.times, times, count * sizeof *times);
    struct moments *m = (struct moments *)answer_make(q, &spec, &nameless);
    assert_non_null(m);
    assert_int_equal(m->count, count);
    return m;
}

/* All of them at once. */
static void check_moments(const struct told_apart *w, const int64_t *times, const struct truth *t)
{
    struct query *q = told_apart_ask(w, NULL, INT64_MIN, INT64_MAX);
    struct moments *heaps = ask_moments(q, MOMENTS_BY_HEAP, times, MOMENTS);
    struct moments *stacks = ask_moments(q, MOMENTS_BY_STACK, times, MOMENTS);
    for (unsigned k = 0; k < MOMENTS; k++) {
        assert_int_equal(heaps->whole.at[k].bytes, t[k].outstanding_bytes);
        assert_int_equal(heaps->whole.at[k].blocks, t[k].outstanding_blocks);
        assert_int_equal(stacks->whole.at[k].bytes, t[k].outstanding_bytes);
        assert_int_equal(stacks->whole.at[k].blocks, t[k].outstanding_blocks);
        for (size_t h = 0; h < t[k].heap_count; h++)
            for (size_t i = 0; i < heaps->row_count; i++) {
                if (heaps->rows[i].key != w->heap_of[h])
                    continue;
                assert_int_equal(heaps->rows[i].at[k].bytes, t[k].heaps[h].outstanding_bytes);
                assert_int_equal(heaps->rows[i].at[k].blocks, t[k].heaps[h].outstanding_blocks);
            }
    }
    answer_unref(&heaps->base);
    answer_unref(&stacks->base);
    query_unref(q);
}

static void check_outstanding(const struct told_apart *w)
{
    int64_t times[MOMENTS];
    struct truth truth[MOMENTS];
    for (unsigned i = 0; i < MOMENTS; i++) {
        times[i] = told_apart_time(w, 30 + 100 * i);
        told_apart_until(w, times[i], &truth[i]);
    }
    check_ranges(w, times, truth);
    check_moments(w, times, truth);
    for (unsigned i = 0; i < MOMENTS; i++)
        truth_release(&truth[i]);
}

/* ---- the leak candidates of a range ---- */

static bool is_alive(const struct told_apart *w, const struct truth_block *b, int64_t moment)
{
    return w->events[b->born].time <= moment &&
           (b->end == TRUTH_OUTSTANDING || w->events[b->died].time > moment);
}

static bool is_aifo(const struct told_apart *w, const struct truth_block *b, int64_t since,
                    int64_t until)
{
    return is_alive(w, b, until) && w->events[b->born].time >= since;
}

static struct block_list *ask_blocks(struct query *q, unsigned classes)
{
    struct answer_spec spec = {.kind = ANSWER_BLOCKS, .blocks = {.classes = classes}};
    struct block_list *l = (struct block_list *)answer_make(q, &spec, &nameless);
    assert_non_null(l);
    return l;
}

/* Block by block, in the order of their birth, with their sizes at the range's end. */
static uint64_t check_aifo_list(const struct told_apart *w, int64_t since, int64_t until)
{
    struct truth end;
    struct query *q = told_apart_ask(w, NULL, since, until);
    struct block_list *l = ask_blocks(q, 1u << BLOCK_AIFO);
    uint64_t pos = 0, bytes = 0;
    told_apart_until(w, until, &end);
    for (size_t i = 0; i < w->truth.block_count; i++) {
        const struct truth_block *want = &w->truth.blocks[i];
        if (!is_aifo(w, want, since, until))
            continue;
        struct block got;
        assert_true(pos < l->count);
        block_list_get(l, w->trace, pos++, false, &got);
        assert_int_equal(got.birth.id, w->row_of[want->born]);
        assert_int_equal(got.birth.address, want->address);
        assert_int_equal(got.size, end.blocks[i].size);
        assert_int_equal(got.class, BLOCK_AIFO);
        bytes += end.blocks[i].size;
    }
    assert_int_equal(pos, l->count);
    assert_int_equal(bytes, l->total.bytes);
    answer_unref(&l->base);
    query_unref(q);
    truth_release(&end);
    return pos;
}

/* The filter says the same of the rows that opened blocks, in the range or before it. */
static void check_aifo_filter(const struct told_apart *w, int64_t since, int64_t until)
{
    struct query *q = told_apart_ask(w, "class == aifo", since, until);
    const struct matches *m = query_matches(q);
    for (size_t i = 0; i < w->truth.block_count; i++) {
        const struct truth_block *b = &w->truth.blocks[i];
        assert_int_equal(matches_has(m, w->row_of[b->born]), is_aifo(w, b, since, until));
    }
    query_unref(q);
}

static void check_aifo(const struct told_apart *w)
{
    static const unsigned ranges[][2] = {{0, 250}, {200, 610}, {500, 1000}};
    uint64_t seen = 0;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        int64_t since = told_apart_time(w, ranges[i][0]);
        int64_t until = told_apart_time(w, ranges[i][1]);
        seen += check_aifo_list(w, since, until);
        check_aifo_filter(w, since, until);
    }
    assert_true(seen > 0);
}

/* ---- two marks ---- */

/* What changed between two outstanding sets, of one heap or, with SIZE_MAX, of all. */
struct change {
    struct moment_value fresh, gone, old, first;
};

static void add(struct moment_value *to, uint64_t bytes)
{
    to->bytes += bytes;
    to->blocks++;
}

static struct change change_of(const struct told_apart *w, const int64_t *times,
                               const struct truth *ends, size_t heap)
{
    struct change c = {0};
    for (size_t i = 0; i < w->truth.block_count; i++) {
        const struct truth_block *b = &w->truth.blocks[i];
        if (heap != SIZE_MAX && b->heap != heap)
            continue;
        bool before = is_alive(w, b, times[0]), after = is_alive(w, b, times[1]);
        if (before)
            add(&c.first, ends[0].blocks[i].size);
        if (before && !after)
            add(&c.gone, ends[0].blocks[i].size);
        if (after)
            add(before ? &c.old : &c.fresh, ends[1].blocks[i].size);
    }
    return c;
}

static void check_value(struct moment_value got, struct moment_value want)
{
    assert_int_equal(got.bytes, want.bytes);
    assert_int_equal(got.blocks, want.blocks);
}

static void check_change(const struct moments_row *got, const struct change *want)
{
    uint64_t last = want->fresh.bytes + want->old.bytes;
    check_value(got->fresh, want->fresh);
    check_value(got->gone, want->gone);
    check_value(got->old, want->old);
    assert_int_equal(got->delta_bytes, (int64_t)(last - want->first.bytes));
    assert_int_equal(got->delta_blocks,
                     (int64_t)(want->fresh.blocks + want->old.blocks - want->first.blocks));
}

static void check_diff(const struct told_apart *w, unsigned from, unsigned to)
{
    int64_t times[2] = {told_apart_time(w, from), told_apart_time(w, to)};
    struct truth ends[2];
    told_apart_until(w, times[0], &ends[0]);
    told_apart_until(w, times[1], &ends[1]);
    struct query *q = told_apart_ask(w, NULL, INT64_MIN, INT64_MAX);
    struct moments *heaps = ask_moments(q, MOMENTS_BY_HEAP, times, 2);
    struct moments *stacks = ask_moments(q, MOMENTS_BY_STACK, times, 2);
    struct change whole = change_of(w, times, ends, SIZE_MAX);
    check_change(&heaps->whole, &whole);
    check_change(&stacks->whole, &whole);
    size_t seen = 0;
    for (size_t h = 0; h < w->truth.heap_count; h++)
        for (size_t i = 0; i < heaps->row_count; i++) {
            if (heaps->rows[i].key != w->heap_of[h])
                continue;
            struct change want = change_of(w, times, ends, h);
            check_change(&heaps->rows[i], &want);
            seen++;
        }
    assert_int_equal(seen, heaps->row_count);
    answer_unref(&heaps->base);
    answer_unref(&stacks->base);
    query_unref(q);
    truth_release(&ends[0]);
    truth_release(&ends[1]);
}

static void check_diffs(const struct told_apart *w)
{
    check_diff(w, 250, 750);
    check_diff(w, 0, 1000);
    check_diff(w, 480, 520);
}

/* ---- lifetimes ---- */

/* Whether the event made a block of the thread's: an Alloc, or a moving ReAlloc that supplied it.
 */
static bool allocates(const struct mketl_event *e)
{
    return e->opcode == MKETL_ALLOC || (e->opcode == MKETL_REALLOC && e->address != e->old_address);
}

static uint64_t thread_of(const struct told_apart *w, size_t event)
{
    return (uint64_t)w->truth.process_of_event[event] << 32 | w->events[event].tid;
}

/* By event that opened a block: the same thread's next allocation in that heap; the end when there
 * is none. Blocks are in the order of their birth. */
static size_t *find_next_allocations(const struct told_apart *w)
{
    size_t *next = malloc((w->count + 1) * sizeof *next);
    struct map latest = {0}; /* (thread, heap) -> the next allocation's event, seen from the end */
    assert_non_null(next);
    for (size_t i = w->truth.block_count; i-- > 0;) {
        const struct truth_block *b = &w->truth.blocks[i];
        uint64_t known = map_get(&latest, thread_of(w, b->born), b->heap);
        next[b->born] = known != 0 ? known - 1 : w->count;
        if (allocates(&w->events[b->born]))
            map_set(&latest, thread_of(w, b->born), b->heap, b->born + 1);
    }
    map_release(&latest);
    return next;
}

static void check_temporary(const struct told_apart *w)
{
    struct query *q = told_apart_ask(w, "temporary", INT64_MIN, INT64_MAX);
    const struct matches *m = query_matches(q);
    size_t *next = find_next_allocations(w);
    unsigned temporary = 0;
    for (size_t i = 0; i < w->truth.block_count; i++) {
        const struct truth_block *b = &w->truth.blocks[i];
        bool want = b->end == TRUTH_FREED && b->died < next[b->born];
        if (matches_has(m, w->row_of[b->born]) != want)
            fail_msg("block born in row %" PRIu64 ": %d", w->row_of[b->born], want);
        if (b->end == TRUTH_FREED && w->events[b->died].opcode == MKETL_FREE)
            assert_int_equal(matches_has(m, w->row_of[b->died]), want);
        temporary += want;
    }
    assert_true(temporary > 0);
    free(next);
    query_unref(q);
}

/* Rounded towards zero (etl-format 3.1). */
static int64_t life_of(const struct told_apart *w, const struct truth_block *b)
{
    __int128 ticks = (__int128)w->events[b->died].time - w->events[b->born].time;
    return (int64_t)(ticks * 1000000000 / w->truth.facts.rate);
}

static void check_life_at(const struct told_apart *w, int64_t ns)
{
    char text[64];
    snprintf(text, sizeof text, "life <= %" PRId64 "ns", ns);
    struct query *within = told_apart_ask(w, text, INT64_MIN, INT64_MAX);
    struct query *known = told_apart_ask(w, "life >= 0", INT64_MIN, INT64_MAX);
    for (size_t i = 0; i < w->truth.block_count; i++) {
        const struct truth_block *b = &w->truth.blocks[i];
        bool ended = b->end != TRUTH_OUTSTANDING, short_lived = ended && life_of(w, b) <= ns;
        assert_int_equal(query_has(known, w->row_of[b->born]), ended);
        assert_int_equal(query_has(within, w->row_of[b->born]), short_lived);
        if (b->end == TRUTH_FREED && w->events[b->died].opcode == MKETL_FREE)
            assert_int_equal(query_has(within, w->row_of[b->died]), short_lived);
    }
    query_unref(within);
    query_unref(known);
}

/* At lives that occur, where a tick more or less would tell. */
static void check_life(const struct told_apart *w)
{
    for (unsigned k = 1; k < 8; k++) {
        size_t i = w->truth.block_count * k / 8;
        while (i > 0 && w->truth.blocks[i].end == TRUTH_OUTSTANDING)
            i--;
        if (w->truth.blocks[i].end != TRUTH_OUTSTANDING)
            check_life_at(w, life_of(w, &w->truth.blocks[i]));
    }
}

/* ---- all of it ---- */

static const struct {
    const char *name;
    void (*check)(const struct told_apart *w);
} checks[] = {
    {"outstanding", check_outstanding}, {"aifo", check_aifo}, {"diff", check_diffs},
    {"temporary", check_temporary},     {"life", check_life},
};

static void real_capture(void **state)
{
    struct told_apart w;
    (void)state;
    if (!told_apart_real(&w)) {
        skip();
        return;
    }
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        checks[i].check(&w);
    told_apart_release(&w);
}

static void generated(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct told_apart w;
        told_apart_generated(&w, seed);
        for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
            checks[i].check(&w);
        told_apart_release(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_capture),
        cmocka_unit_test(generated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
