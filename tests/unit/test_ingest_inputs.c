/*
 * Several inputs merged into one trace. Truth: the generator's, of the one file that was taken
 * apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "support/split.h"

/* A trace and the files it was taken apart into. */
struct world {
    struct mketl_trace trace;
    struct memory_file whole;
    struct memory_file parts[SPLIT_MOST];
    size_t count;
};

static struct mketl_options lively(uint64_t seed)
{
    struct mketl_options o = {
        .seed = seed, .events = 5000, .buffer_size = 8192, .cpus = 4, .context_switches = true};
    o.rates[MKETL_KNOB_PROCESS_END] = 2;
    o.rates[MKETL_KNOB_MOVE] = 30;
    o.rates[MKETL_KNOB_LOST_TRIO_FREE] = 10;
    o.rates[MKETL_KNOB_EXPAND] = 10;
    o.rates[MKETL_KNOB_RANGE] = 5;
    o.rates[MKETL_KNOB_STACK] = 200;
    o.rates[MKETL_KNOB_FOREIGN] = 10;
    o.rates[MKETL_KNOB_TIE] = 50;
    return o;
}

static void begin(struct world *w, const struct mketl_options *o, split_fn choose, size_t count)
{
    generate(o, &w->trace, &w->whole);
    w->count = count;
    split_trace(&w->trace, choose, count, w->parts);
}

static void end(struct world *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->parts[i].bytes);
    free(w->whole.bytes);
    mketl_trace_release(&w->trace);
}

/* An ingest of the files, the first one being number `first`. */
static struct ingest *join(struct world *w, size_t first)
{
    struct ingest *in = ingest_new();
    assert_non_null(in);
    for (size_t i = 0; i < w->count; i++) {
        struct memory_file *f = &w->parts[(first + i) % w->count];
        assert_int_equal(ingest_add_file(in, memory_file_read, f), (int)i);
    }
    assert_int_equal(ingest_input_count(in), w->count);
    return in;
}

/* Everything but the header buffer, which each file has, stands in one of them once. */
static void check(struct ingest *in, const struct world *w)
{
    const struct truth *t = &w->trace.truth;
    size_t repeated = (w->count - 1) * split_header_records(&w->trace);
    assert_int_equal(ingest_tally(in)->records, t->records + repeated);
    assert_int_equal(ingest_tally(in)->heap_events, t->heap_events);
    assert_int_equal(trace_ns(ingest_trace(in), ingest_last_time(in)), t->duration_ns);
    check_rows(ingest_trace(in), &w->trace);
    check_totals(ingest_trace(in), t);
    check_trust(in, t);
}

static void check_saved(struct world *w)
{
    for (size_t first = 0; first < w->count; first++) {
        struct ingest *in = join(w, first);
        for (size_t i = 0; i < w->count; i++)
            ingest_set_size(in, (unsigned)i, w->parts[(first + i) % w->count].size);
        assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
        check(in, w);
        ingest_free(in);
    }
}

static void heap_and_kernel_are_one_trace_in_any_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct mketl_options o = lively(seed);
        /* Of one CPU and tick, nothing says which session's row came first. */
        o.rates[MKETL_KNOB_TIE] = MKETL_RATE_OFF;
        o.pointers = seed % 2 != 0 ? MKETL_POINTERS_64 : MKETL_POINTERS_MIXED;
        struct world w;
        begin(&w, &o, split_heap_from_kernel, 2);
        check_saved(&w);
        end(&w);
    }
}

static void ten_files_are_one_trace(void **state)
{
    (void)state;
    struct mketl_options o = lively(10);
    struct world w;
    begin(&w, &o, split_at_random, 10);
    check_saved(&w);
    end(&w);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Lets one of the files grow by a random step; false when all are whole. */
static bool grow_one(struct world *w, struct ingest *in, size_t *sizes, uint64_t *seed)
{
    size_t first = next_random(seed) % w->count;
    for (size_t i = 0; i < w->count; i++) {
        size_t k = (first + i) % w->count, left = w->parts[k].size - sizes[k];
        if (left == 0)
            continue;
        size_t step = 1 + next_random(seed) % 60000;
        sizes[k] += step < left ? step : left;
        ingest_set_size(in, (unsigned)k, sizes[k]);
        return true;
    }
    return false;
}

/* However the files grow, and whether or not one is waited for, they end as the whole file. */
static void growing_files_end_like_the_finished_one(void **state)
{
    (void)state;
    static const enum ingest_hold holds[] = {INGEST_HOLD, INGEST_RELEASE};
    for (uint64_t seed = 20; seed < 26; seed++) {
        struct mketl_options o = lively(seed);
        o.context_switches = false;
        o.rates[MKETL_KNOB_TIE] = MKETL_RATE_OFF;
        struct world w;
        begin(&w, &o, split_heap_from_kernel, 2);
        struct ingest *in = join(&w, 0);
        size_t sizes[2] = {0};
        uint64_t random = seed;
        while (grow_one(&w, in, sizes, &random)) {
            ingest_set_hold(in, 1, holds[seed / 2 % 2]);
            ingest_drain(in, holds[seed % 2]);
        }
        assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
        check_rows(ingest_trace(in), &w.trace);
        check_totals(ingest_trace(in), &w.trace.truth);
        ingest_free(in);
        end(&w);
    }
}

/* The newest time of what a file holds so far is what its events say. */
static int64_t newest_heap_time(const struct world *w)
{
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < w->trace.event_count; i++)
        if (w->trace.events[i].kind == MKETL_KIND_HEAP && w->trace.events[i].time > newest)
            newest = w->trace.events[i].time;
    return newest;
}

static uint64_t rows_until(const struct world *w, int64_t time)
{
    uint64_t n = 0;
    for (size_t i = 0; i < w->trace.event_count; i++)
        n += truth_is_row(&w->trace.events[i]) && w->trace.events[i].time <= time;
    return n;
}

static void the_input_furthest_behind_is_waited_for_until_it_is_idle(void **state)
{
    (void)state;
    struct mketl_options o = lively(30);
    o.rates[MKETL_KNOB_RANGE] = MKETL_RATE_OFF;
    struct world w;
    begin(&w, &o, split_heap_from_kernel, 2);
    struct ingest *in = join(&w, 0);
    ingest_set_size(in, 0, w.parts[0].size);
    assert_int_equal(ingest_drain(in, INGEST_HOLD), INGEST_WAIT);
    assert_null(ingest_trace(in));
    /* Of the kernel session only the header buffer: nothing newer than its start may be shown. */
    ingest_set_size(in, 1, w.trace.buffers[0].size);
    assert_int_equal(ingest_drain(in, INGEST_HOLD), INGEST_WAIT);
    assert_non_null(ingest_trace(in));
    assert_int_equal(store_rows(ingest_trace(in)->store), 0);
    ingest_set_hold(in, 1, INGEST_RELEASE);
    assert_int_equal(ingest_drain(in, INGEST_HOLD), INGEST_WAIT);
    int64_t back = 2 * w.trace.truth.facts.rate;
    assert_int_equal(store_rows(ingest_trace(in)->store),
                     rows_until(&w, newest_heap_time(&w) - back));
    /* It delivers again: what comes late is put in its place. */
    ingest_set_hold(in, 1, INGEST_HOLD);
    ingest_set_size(in, 1, w.parts[1].size);
    ingest_drain(in, INGEST_HOLD);
    assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
    check_rows(ingest_trace(in), &w.trace);
    ingest_free(in);
    end(&w);
}

/* Places in the header buffer of a 64-bit file (etl-format 3). */
enum { FACTS = 0x48 + 0x20, BOOT = FACTS + 0xF8, FREQUENCY = FACTS + 0x100, CLOCK = FACTS + 0x110 };

static void check_refused(size_t place, int64_t change, const char *reason)
{
    struct mketl_options o = lively(40);
    struct world w;
    begin(&w, &o, split_heap_from_kernel, 2);
    int64_t value;
    memcpy(&value, w.parts[1].bytes + place, sizeof value);
    value += change;
    memcpy(w.parts[1].bytes + place, &value, sizeof value);
    struct ingest *in = join(&w, 0);
    for (unsigned i = 0; i < 2; i++)
        ingest_set_size(in, i, w.parts[i].size);
    struct err_info info = {.text = ""};
    int rc;
    while ((rc = ingest_step(in, INGEST_FINISH, &info)) == INGEST_MORE)
        continue;
    if (reason == NULL) {
        assert_int_equal(rc, INGEST_ENDED);
    } else {
        assert_int_equal(rc, ERR_FORMAT);
        assert_int_equal(ingest_failed_input(in), 1);
        print_message("%s\n", info.text);
        assert_non_null(strstr(info.text, reason));
    }
    ingest_free(in);
    end(&w);
}

static void files_of_other_clocks_and_boots_are_refused(void **state)
{
    (void)state;
    check_refused(BOOT, INT64_C(600) * 10000000,
                  "another boot than the other trace: open one alone");
    check_refused(BOOT, -INT64_C(86400) * 10000000, "another boot");
    check_refused(FREQUENCY, 1, "clock");
    check_refused(CLOCK, 1, "clock");
    /* The clock was set by half a second while Windows ran. */
    check_refused(BOOT, 5000000, NULL);
}

static void facts_are_told_of_each_input(void **state)
{
    (void)state;
    struct mketl_options o = lively(50);
    struct world w;
    begin(&w, &o, split_heap_from_kernel, 2);
    struct ingest *in = join(&w, 0);
    for (unsigned i = 0; i < 2; i++)
        ingest_set_size(in, i, w.parts[i].size);
    assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
    struct ingest_facts heap, kernel;
    ingest_input_facts(in, 0, &heap);
    ingest_input_facts(in, 1, &kernel);
    assert_int_equal(heap.tally->heap_events, w.trace.truth.heap_events);
    assert_int_equal(kernel.tally->heap_events, 0);
    assert_int_equal(heap.tally->records + kernel.tally->records, ingest_tally(in)->records);
    assert_int_equal(heap.tally->bytes + kernel.tally->bytes, ingest_bytes_done(in));
    assert_int_equal(heap.trust.buffers_damaged + kernel.trust.buffers_damaged, 0);
    assert_int_equal(ingest_tally(in)->bytes, w.parts[0].size + w.parts[1].size);
    ingest_free(in);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heap_and_kernel_are_one_trace_in_any_order),
        cmocka_unit_test(ten_files_are_one_trace),
        cmocka_unit_test(growing_files_end_like_the_finished_one),
        cmocka_unit_test(the_input_furthest_behind_is_waited_for_until_it_is_idle),
        cmocka_unit_test(files_of_other_clocks_and_boots_are_refused),
        cmocka_unit_test(facts_are_told_of_each_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
