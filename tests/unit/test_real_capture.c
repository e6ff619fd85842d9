/*
 * The real heap capture, read and replayed twice: by the product, and by the tests' own reader and
 * naive replay, which share no code with it. Skipped without the captures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "mini_reader.h"
#include "support/ingested.h"

static int by_time(const void *a, const void *b)
{
    const struct mketl_event *x = a;
    const struct mketl_event *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

static void replay_apart(const struct memory_file *file, struct truth *out)
{
    struct mini_file records;
    const char *wrong = mini_read(file->bytes, file->size, &records);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    struct mketl_event *events = calloc(records.count, sizeof *events);
    assert_non_null(events);
    size_t count = mini_heap_events(&records, events);
    qsort(events, count, sizeof *events, by_time);
    struct truth_facts facts = {.rate = 10000000, .zero = records.records[0].time};
    truth_replay(events, count, &facts, out);
    free(events);
    mini_release(&records);
}

static void check_figures(const struct figures *got, const struct truth *want)
{
    assert_int_equal(got->allocs, want->allocs);
    assert_int_equal(got->alloc_bytes, want->alloc_bytes);
    assert_int_equal(got->frees, want->frees);
    assert_int_equal(got->freed_bytes, want->freed_bytes);
    assert_int_equal(got->reallocs, want->reallocs);
    assert_int_equal(got->outstanding_bytes, want->outstanding_bytes);
    assert_int_equal(got->outstanding_blocks, want->outstanding_blocks);
    assert_int_equal(got->peak_bytes, want->peak_bytes);
    assert_int_equal(got->peak_blocks, want->peak_blocks);
}

static void check_heap(const struct trace *trace, const struct summary *s,
                       const struct truth_heap *want)
{
    for (size_t i = 0; i < s->heap_count; i++) {
        const struct heap_figures *got = &s->heaps[i];
        if (registry_heap(trace->registry, got->heap)->handle != want->handle)
            continue;
        assert_int_equal(got->f.allocs, want->allocs);
        assert_int_equal(got->f.frees, want->frees);
        assert_int_equal(got->f.outstanding_bytes, want->outstanding_bytes);
        assert_int_equal(got->f.outstanding_blocks, want->outstanding_blocks);
        assert_int_equal(got->f.peak_bytes, want->peak_bytes);
        return;
    }
    fail_msg("no heap %llx", (unsigned long long)want->handle);
}

static void totals_agree_with_a_replay_apart(void **state)
{
    (void)state;
    FILE *in = fopen(HT_CAPTURES_DIR "/heap-vs17-x64.etl", "rb");
    if (in == NULL) {
        print_message("no real capture in %s\n", HT_CAPTURES_DIR);
        skip();
        return;
    }
    enum { MOST = 16 << 20 };
    struct memory_file file = {.bytes = malloc(MOST)};
    assert_non_null(file.bytes);
    file.size = fread(file.bytes, 1, MOST, in);
    fclose(in);
    struct truth want;
    replay_apart(&file, &want);
    struct ingest *ingest = ingest_saved(&file);
    struct query_spec all = {.since = INT64_MIN, .until = INT64_MAX};
    struct query *q = query_new(ingest_trace(ingest), &all);
    while (query_advance(q, 10000))
        continue;
    struct summary *s = query_summarize(q);
    check_figures(&s->total, &want);
    assert_int_equal(s->heap_count, want.heap_count);
    for (size_t i = 0; i < want.heap_count; i++)
        check_heap(ingest_trace(ingest), s, &want.heaps[i]);
    summary_free(s);
    query_unref(q);
    ingest_free(ingest);
    truth_release(&want);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_agree_with_a_replay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
