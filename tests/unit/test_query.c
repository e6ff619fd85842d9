/*
 * Queries: the list of matching rows in a time range, counted against a plain loop over the
 * generator's events; and sequence gaps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "model/sequence_set.h"
#include "support/ingested.h"

struct world {
    struct mketl_trace t;
    struct memory_file file;
    struct ingest *in;
};

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    struct mketl_options o = {.seed = 9, .events = 20000, .cpus = 3};
    generate(&o, &w->t, &w->file);
    w->in = ingest_saved(&w->file);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    ingest_free(w->in);
    free(w->file.bytes);
    mketl_trace_release(&w->t);
    free(w);
    return 0;
}

static struct query *ask(struct world *w, const char *text, int64_t since, int64_t until)
{
    struct filter_error error;
    struct query_spec spec = {
        .filter = filter_parse(text, strlen(text), &error), .since = since, .until = until};
    assert_non_null(spec.filter);
    struct query *q = query_new(ingest_trace(w->in), &spec);
    assert_non_null(q);
    filter_unref(spec.filter);
    while (query_advance(q, 777))
        continue;
    return q;
}

/* Walks the events as the generator knows them and asks the query about each. */
static void check_list(struct world *w, struct query *q, unsigned op, int64_t since, int64_t until)
{
    uint64_t row = 0;
    uint64_t listed = 0;
    for (size_t i = 0; i < w->t.event_count; i++) {
        const struct mketl_event *e = &w->t.events[i];
        if (!truth_is_row(e))
            continue;
        int64_t ns = truth_time_ns(&w->t.truth.facts, e->time);
        bool wanted = e->opcode == op && ns >= since && ns <= until;
        assert_int_equal(query_rank(q, row), listed);
        if (wanted)
            assert_int_equal(query_select(q, listed++), row);
        row++;
    }
    assert_int_equal(query_count(q), listed);
    assert_int_equal(query_select(q, listed), ROW_NONE);
    assert_int_equal(query_rank(q, row + 5), listed);
    struct summary *s = query_summarize(q);
    assert_int_equal(s->ops[op], listed);
    assert_int_equal(s->matched, listed);
    summary_free(s);
}

static void lists_what_matches_in_range(void **state)
{
    struct world *w = *state;
    int64_t end = w->t.truth.duration_ns;
    const int64_t ranges[][2] = {
        {INT64_MIN, INT64_MAX}, {0, end},       {end / 3, end / 2}, {end / 2, end / 2},
        {end + 1, INT64_MAX},   {end, end / 2},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct query *q = ask(w, "op == free", ranges[i][0], ranges[i][1]);
        check_list(w, q, MKETL_FREE, ranges[i][0], ranges[i][1]);
        query_unref(q);
    }
}

static void impacting_size_is_the_difference_of_two_moments(void **state)
{
    struct world *w = *state;
    int64_t a = w->t.truth.duration_ns / 4;
    int64_t b = w->t.truth.duration_ns / 2;
    struct query *qa = ask(w, "", INT64_MIN, a);
    struct query *qb = ask(w, "", a, b);
    struct summary *sa = query_summarize(qa);
    struct summary *sb = query_summarize(qb);
    uint64_t born = 0;
    uint64_t died = 0;
    for (size_t i = 0; i < w->t.truth.block_count; i++) {
        const struct truth_block *block = &w->t.truth.blocks[i];
        int64_t birth = truth_time_ns(&w->t.truth.facts, w->t.events[block->born].time);
        if (birth > a && birth <= b)
            born++;
        if (block->end == TRUTH_OUTSTANDING)
            continue;
        int64_t death = truth_time_ns(&w->t.truth.facts, w->t.events[block->died].time);
        if (death > a && death <= b)
            died++;
    }
    assert_int_equal(sb->total.outstanding_blocks, sa->total.outstanding_blocks + born - died);
    assert_int_equal(sb->range.impacting_blocks, (int64_t)born - (int64_t)died);
    assert_int_equal(sb->range.impacting_bytes,
                     (int64_t)sb->total.outstanding_bytes - (int64_t)sa->total.outstanding_bytes);
    summary_free(sa);
    summary_free(sb);
    query_unref(qa);
    query_unref(qb);
}

static void queries_of_other_ranges_share_what_matches(void **state)
{
    struct world *w = *state;
    int64_t half = w->t.truth.duration_ns / 2;
    struct query *whole = ask(w, "op == free", INT64_MIN, INT64_MAX);
    struct query_spec spec = *query_asked(whole);
    spec.since = half;
    struct query *part = query_new_like(whole, &spec),
                 *anew = ask(w, "op == free", half, INT64_MAX);
    assert_ptr_equal(query_matches(part), query_matches(whole));
    assert_int_equal(query_scanned(part), query_scanned(whole));
    query_unref(whole);
    while (query_advance(part, 777))
        continue;
    assert_int_equal(query_count(part), query_count(anew));
    struct summary *got = query_summarize(part), *want = query_summarize(anew);
    assert_memory_equal(&got->total, &want->total, sizeof want->total);
    summary_free(got);
    summary_free(want);
    spec.filter = NULL;
    struct query *other = query_new_like(anew, &spec);
    assert_ptr_not_equal(query_matches(other), query_matches(anew));
    query_unref(other);
    query_unref(anew);
    query_unref(part);
}

static void gaps_are_runs_of_missing_numbers(void **state)
{
    (void)state;
    static const int64_t seen[] = {0, 1, 5, 6, 7, 9, 3, 3, 100};
    static const uint64_t gaps[] = {0, 0, 1, 1, 1, 2, 3, 3, 4};
    struct sequence_set s = {0};
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        assert_int_equal(sequence_set_add(&s, seen[i]), 0);
        assert_int_equal(sequence_set_gaps(&s), gaps[i]);
    }
    sequence_set_release(&s);
    assert_int_equal(sequence_set_add(&s, INT64_MAX), 0);
    assert_int_equal(sequence_set_add(&s, INT64_MIN), 0);
    assert_int_equal(sequence_set_gaps(&s), 1);
    sequence_set_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_what_matches_in_range, setup, teardown),
        cmocka_unit_test_setup_teardown(impacting_size_is_the_difference_of_two_moments, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(queries_of_other_ranges_share_what_matches, setup,
                                        teardown),
        cmocka_unit_test(gaps_are_runs_of_missing_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
