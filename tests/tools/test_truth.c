/*
 * Is the generator's bookkeeping right?  Every rule of numbers.md on a few lines of workload whose
 * totals were worked out by hand, each knob on its own, and a real capture.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mini_reader.h"
#include "mketl.h"
#include "stack_log.h"
#include "workload.h"

static void generate(const struct mketl_options *options, struct mketl_trace *out_trace)
{
    char error[MKETL_ERROR_SIZE];
    if (mketl_generate(options, out_trace, error) != 0)
        fail_msg("%s", error);
}

/* What a workload must add up to. */
struct totals {
    uint64_t allocs, alloc_bytes, frees, freed_bytes, reallocs, failed;
    uint64_t blocks, bytes, peak_bytes, peak_blocks;
    uint64_t unmatched, lost_frees, lost_destroys, repaired, double_frees, wrong_heap;
};

static void check_totals(const char *rule, const char *text, const struct totals *want)
{
    struct mketl_options options = {.workload = MKETL_WORKLOAD_TEXT, .text = text};
    struct mketl_trace trace;
    generate(&options, &trace);
    const struct truth *t = &trace.truth;
    const struct totals got = {
        t->allocs,
        t->alloc_bytes,
        t->frees,
        t->freed_bytes,
        t->reallocs,
        t->failed_allocs,
        t->outstanding_blocks,
        t->outstanding_bytes,
        t->peak_bytes,
        t->peak_blocks,
        t->unmatched_frees,
        t->lost_frees,
        t->lost_destroys,
        t->repaired,
        t->double_frees,
        t->wrong_heap,
    };
    const uint64_t *a = (const uint64_t *)&got;
    const uint64_t *b = (const uint64_t *)want;
    for (size_t i = 0; i < sizeof got / sizeof *a; i++)
        if (a[i] != b[i])
            fail_msg("%s: total %zu is %llu, not %llu", rule, i, (unsigned long long)a[i],
                     (unsigned long long)b[i]);
    mketl_trace_release(&trace);
}

/* Thread 8 of process 4 in heap 0x100, unless a rule needs more of them. */
static void test_alloc_rules(void **state)
{
    (void)state;
    check_totals(
        "alloc and free",
        "1 4 8 alloc 0x100 0x1000 10\n2 4 8 alloc 0x100 0x2000 20\n3 4 8 free 0x100 0x1000\n",
        &(struct totals){.allocs = 2,
                         .alloc_bytes = 30,
                         .frees = 1,
                         .freed_bytes = 10,
                         .blocks = 1,
                         .bytes = 20,
                         .peak_bytes = 30,
                         .peak_blocks = 2});
    check_totals("failed alloc", "1 4 8 alloc 0x100 0 10 source=0\n",
                 &(struct totals){.failed = 1});
    check_totals("size 0", "1 4 8 alloc 0x100 0x1000 0\n",
                 &(struct totals){.allocs = 1, .blocks = 1});
    check_totals("alloc on a live address",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 alloc 0x100 0x1000 7\n",
                 &(struct totals){.allocs = 2,
                                  .alloc_bytes = 17,
                                  .blocks = 1,
                                  .bytes = 7,
                                  .peak_bytes = 10,
                                  .peak_blocks = 1,
                                  .lost_frees = 1});
    check_totals(
        "the same address in another heap and another process is another block",
        "1 4 8 alloc 0x100 0x1000 10\n2 4 8 alloc 0x200 0x1000 7\n3 5 9 alloc 0x100 0x1000 5\n",
        &(struct totals){.allocs = 3,
                         .alloc_bytes = 22,
                         .blocks = 3,
                         .bytes = 22,
                         .peak_bytes = 22,
                         .peak_blocks = 3});
}

static void test_free_rules(void **state)
{
    (void)state;
    check_totals("free of an address never seen", "1 4 8 free 0x100 0x1000\n",
                 &(struct totals){.unmatched = 1});
    check_totals("an unmatched free is no free, so the next one is no double free",
                 "1 4 8 free 0x100 0x1000\n2 4 8 free 0x100 0x1000\n",
                 &(struct totals){.unmatched = 2});
    check_totals("double free",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 free 0x100 0x1000\n3 4 9 free 0x100 0x1000\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 10,
                                  .frees = 1,
                                  .freed_bytes = 10,
                                  .peak_bytes = 10,
                                  .peak_blocks = 1,
                                  .unmatched = 1,
                                  .double_frees = 1});
    check_totals(
        "freed, allocated again and freed is no double free",
        "1 4 8 alloc 0x100 0x1000 10\n2 4 8 free 0x100 0x1000\n3 4 8 alloc 0x100 0x1000 10\n"
        "4 4 8 free 0x100 0x1000\n",
        &(struct totals){.allocs = 2,
                         .alloc_bytes = 20,
                         .frees = 2,
                         .freed_bytes = 20,
                         .peak_bytes = 10,
                         .peak_blocks = 1});
    check_totals("wrong heap: not closed", "1 4 8 alloc 0x100 0x1000 10\n2 4 8 free 0x200 0x1000\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 10,
                                  .blocks = 1,
                                  .bytes = 10,
                                  .peak_bytes = 10,
                                  .peak_blocks = 1,
                                  .unmatched = 1,
                                  .wrong_heap = 1});
    check_totals("another process's block is no wrong heap",
                 "1 4 8 alloc 0x100 0x1000 10\n2 5 9 free 0x100 0x1000\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 10,
                                  .blocks = 1,
                                  .bytes = 10,
                                  .peak_bytes = 10,
                                  .peak_blocks = 1,
                                  .unmatched = 1});
}

static void test_realloc_summaries(void **state)
{
    (void)state;
    check_totals("moving realloc is a summary",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 move 0x100 0x1000 0x2000 10 25\n",
                 &(struct totals){.allocs = 2,
                                  .alloc_bytes = 35,
                                  .frees = 1,
                                  .freed_bytes = 10,
                                  .reallocs = 1,
                                  .blocks = 1,
                                  .bytes = 25,
                                  .peak_bytes = 35,
                                  .peak_blocks = 2});
    check_totals("a summary is one, whatever others did to the old address",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 alloc 0x100 0x2000 25\n"
                 "2.1 4 8 free 0x100 0x1000\n2.2 4 9 alloc 0x100 0x1000 3\n"
                 "2.3 4 8 realloc 0x100 0x1000 0x2000 10 25\n",
                 &(struct totals){.allocs = 3,
                                  .alloc_bytes = 38,
                                  .frees = 1,
                                  .freed_bytes = 10,
                                  .reallocs = 1,
                                  .blocks = 2,
                                  .bytes = 28,
                                  .peak_bytes = 35,
                                  .peak_blocks = 2});
    check_totals("another thread's alloc and free make no summary, but nothing is missing",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 9 alloc 0x100 0x2000 25\n"
                 "3 4 9 free 0x100 0x1000\n4 4 8 realloc 0x100 0x1000 0x2000 10 25\n",
                 &(struct totals){.allocs = 2,
                                  .alloc_bytes = 35,
                                  .frees = 1,
                                  .freed_bytes = 10,
                                  .reallocs = 1,
                                  .blocks = 1,
                                  .bytes = 25,
                                  .peak_bytes = 35,
                                  .peak_blocks = 2,
                                  .repaired = 1});
}

static void test_reallocs_with_a_part_lost(void **state)
{
    (void)state;
    check_totals("the Alloc is lost and another thread has the old address: not its block",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 free 0x100 0x1000\n"
                 "3 4 9 alloc 0x100 0x1000 3\n4 4 8 realloc 0x100 0x1000 0x2000 10 25\n",
                 &(struct totals){.allocs = 3,
                                  .alloc_bytes = 38,
                                  .frees = 1,
                                  .freed_bytes = 10,
                                  .reallocs = 1,
                                  .blocks = 2,
                                  .bytes = 28,
                                  .peak_bytes = 28,
                                  .peak_blocks = 2,
                                  .repaired = 1});
    check_totals("the thread has the old address again, and its Free is lost",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 free 0x100 0x1000\n"
                 "3 4 8 alloc 0x100 0x1000 3\n4 4 8 realloc 0x100 0x1000 0x2000 3 25\n",
                 &(struct totals){.allocs = 3,
                                  .alloc_bytes = 38,
                                  .frees = 2,
                                  .freed_bytes = 13,
                                  .reallocs = 1,
                                  .blocks = 1,
                                  .bytes = 25,
                                  .peak_bytes = 25,
                                  .peak_blocks = 1,
                                  .repaired = 1});
    check_totals("the Alloc of a realloc is lost",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 free 0x100 0x1000\n"
                 "3 4 8 realloc 0x100 0x1000 0x2000 10 25\n",
                 &(struct totals){.allocs = 2,
                                  .alloc_bytes = 35,
                                  .frees = 1,
                                  .freed_bytes = 10,
                                  .reallocs = 1,
                                  .blocks = 1,
                                  .bytes = 25,
                                  .peak_bytes = 25,
                                  .peak_blocks = 1,
                                  .repaired = 1});
    check_totals("the Free of a realloc is lost: the block's own size counts",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 alloc 0x100 0x2000 25\n"
                 "3 4 8 realloc 0x100 0x1000 0x2000 11 25\n",
                 &(struct totals){.allocs = 2,
                                  .alloc_bytes = 35,
                                  .frees = 1,
                                  .freed_bytes = 10,
                                  .reallocs = 1,
                                  .blocks = 1,
                                  .bytes = 25,
                                  .peak_bytes = 35,
                                  .peak_blocks = 2,
                                  .repaired = 1});
    check_totals("only the summary is left, of blocks never seen",
                 "1 4 8 realloc 0x100 0x1000 0x2000 10 25\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 25,
                                  .reallocs = 1,
                                  .blocks = 1,
                                  .bytes = 25,
                                  .peak_bytes = 25,
                                  .peak_blocks = 1,
                                  .repaired = 1});
}

static void test_reallocs_in_place(void **state)
{
    (void)state;
    check_totals("resize in place",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 realloc 0x100 0x1000 0x1000 10 4\n"
                 "3 4 8 free 0x100 0x1000\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 10,
                                  .frees = 1,
                                  .freed_bytes = 4,
                                  .reallocs = 1,
                                  .peak_bytes = 10,
                                  .peak_blocks = 1});
    check_totals("an OldSize that disagrees",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 realloc 0x100 0x1000 0x1000 12 14\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 10,
                                  .reallocs = 1,
                                  .blocks = 1,
                                  .bytes = 14,
                                  .peak_bytes = 14,
                                  .peak_blocks = 1,
                                  .repaired = 1});
    check_totals("in place of a block never seen", "1 4 8 realloc 0x100 0x1000 0x1000 12 14\n",
                 &(struct totals){.reallocs = 1,
                                  .blocks = 1,
                                  .bytes = 14,
                                  .peak_bytes = 14,
                                  .peak_blocks = 1,
                                  .repaired = 1});
}

static void test_heap_rules(void **state)
{
    (void)state;
    check_totals("destroy closes all blocks of its heap alone",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 alloc 0x200 0x2000 20\n3 4 8 destroy 0x100\n",
                 &(struct totals){.allocs = 2,
                                  .alloc_bytes = 30,
                                  .blocks = 1,
                                  .bytes = 20,
                                  .peak_bytes = 30,
                                  .peak_blocks = 2});
    check_totals(
        "after destroy the handle means another heap",
        "1 4 8 alloc 0x100 0x1000 10\n2 4 8 destroy 0x100\n3 4 8 free 0x100 0x1000\n",
        &(struct totals){
            .allocs = 1, .alloc_bytes = 10, .peak_bytes = 10, .peak_blocks = 1, .unmatched = 1});
    check_totals("create of a live handle",
                 "1 4 8 create 0x100\n2 4 8 alloc 0x100 0x1000 10\n3 4 8 create 0x100\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 10,
                                  .peak_bytes = 10,
                                  .peak_blocks = 1,
                                  .lost_destroys = 1});
    check_totals("the same create within a millisecond is a duplicate",
                 "1 4 8 create 0x100\n1.0001 4 8 alloc 0x100 0x1000 10\n1.0009 4 8 create 0x100\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 10,
                                  .blocks = 1,
                                  .bytes = 10,
                                  .peak_bytes = 10,
                                  .peak_blocks = 1});
    check_totals("another thread's create is no duplicate",
                 "1 4 8 create 0x100\n1.0001 4 8 alloc 0x100 0x1000 10\n1.0009 4 9 create 0x100\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 10,
                                  .peak_bytes = 10,
                                  .peak_blocks = 1,
                                  .lost_destroys = 1});
    check_totals("the end of a process kills no block, but its handles",
                 "1 4 8 start a.exe\n1.1 4 8 alloc 0x100 0x1000 10\n2 4 8 end\n3 4 8 start b.exe\n"
                 "4 4 8 free 0x100 0x1000\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 10,
                                  .blocks = 1,
                                  .bytes = 10,
                                  .peak_bytes = 10,
                                  .peak_blocks = 1,
                                  .unmatched = 1});
    check_totals("HeapRange records change nothing",
                 "1 4 8 alloc 0x100 0x1000 10\n2 4 8 range-reserve 0x100 0x1000 99\n"
                 "3 4 8 range-destroy 0x100\n4 4 8 free 0x100 0x1000\n",
                 &(struct totals){.allocs = 1,
                                  .alloc_bytes = 10,
                                  .frees = 1,
                                  .freed_bytes = 10,
                                  .peak_bytes = 10,
                                  .peak_blocks = 1});
}

static void test_heaps_and_processes(void **state)
{
    (void)state;
    struct mketl_options options = {
        .workload = MKETL_WORKLOAD_TEXT,
        .text = "1 4 8 start a.exe\n"
                "1 4 8 create 0x100 flags=2 committed=0x1000 reserved=0x2000\n"
                "2 4 8 expand 0x100 0x1000 0x1000 committed=0x3000 reserved=0x4000\n"
                "2.0005 4 8 expand 0x100 0x1000 0x1000 committed=0x3000 reserved=0x4000\n"
                "3 4 8 destroy 0x100\n"
                "4 4 8 lock 0x100\n"
                "5 4 8 end\n"
                "6 4 8 start b.exe\n"
                "7 4 8 snapshot 0x100 flags=5 committed=7 reserved=9\n"};
    struct mketl_trace trace;
    generate(&options, &trace);
    const struct truth *t = &trace.truth;
    assert_int_equal(t->heap_count, 3);
    assert_int_equal(t->heaps[0].flags, 2);
    assert_int_equal(t->heaps[0].committed, 0x3000);
    assert_int_equal(t->heaps[0].reserved, 0x4000);
    assert_true(t->heaps[0].ended);
    assert_int_equal(t->heaps[1].generation, 2);
    assert_false(t->heaps[1].flags_known);
    assert_false(t->heaps[1].space_known);
    assert_int_equal(t->heaps[2].generation, 1);
    assert_int_equal(t->heaps[2].committed, 7);
    assert_string_equal(t->processes[t->heaps[1].process].name, "a.exe");
    assert_string_equal(t->processes[t->heaps[2].process].name, "b.exe");
    assert_int_equal(t->duplicates, 1);
    assert_int_equal(t->ops[MKETL_EXPAND], 2);
    assert_int_equal(t->heap_events, 6);
    assert_int_equal(t->duration_ns, 7000000000);
    mketl_trace_release(&trace);
}

/* Equal times: the lower CPU comes first, whatever the workload meant. */
static void test_ties_follow_the_cpu(void **state)
{
    (void)state;
    struct mketl_options options = {.workload = MKETL_WORKLOAD_TEXT,
                                    .text = "1 4 8 alloc 0x100 0x1000 10 cpu=3\n"
                                            "= 4 8 free 0x100 0x1000 cpu=1\n"};
    struct mketl_trace trace;
    generate(&options, &trace);
    assert_int_equal(trace.truth.unmatched_frees, 1);
    assert_int_equal(trace.truth.outstanding_blocks, 1);
    mketl_trace_release(&trace);
}

/* A free counts as double when at most 65,535 other blocks of its heap were freed in between. */
static void test_window_of_double_frees(void **state)
{
    (void)state;
    enum { WINDOW = 65536 };
    struct mketl_event *events = calloc(2 * WINDOW + 3, sizeof *events);
    struct truth_facts facts = {.rate = 1000};
    struct truth truth;
    for (uint64_t others = WINDOW - 1; others <= WINDOW; others++) {
        size_t count = 0;
        for (uint64_t i = 0; i <= others; i++) {
            events[count++] = (struct mketl_event){.opcode = MKETL_ALLOC, .address = 8 + i};
            events[count++] = (struct mketl_event){.opcode = MKETL_FREE, .address = 8 + i};
        }
        events[count++] = (struct mketl_event){.opcode = MKETL_FREE, .address = 8};
        truth_replay(events, count, &facts, &truth);
        assert_int_equal(truth.frees, others + 1);
        assert_int_equal(truth.double_frees, others < WINDOW);
        truth_release(&truth);
    }
    free(events);
}

/* PERFINFO records have no ids: switches and threads tell them, before the first nothing does. */
static void test_derived_ids(void **state)
{
    (void)state;
    const struct mketl_event unknown = {.kind = MKETL_KIND_HEAP, .family = WIRE_PERFINFO};
    struct mketl_event events[8];
    for (size_t i = 0; i < 8; i++)
        events[i] = unknown;
    for (size_t i = 0; i < 8; i++)
        events[i].cpu = i != 4;
    events[1].kind = MKETL_KIND_THREAD;
    events[1].target_tid = 8;
    events[1].target_pid = 4;
    events[2].kind = MKETL_KIND_SWITCH;
    events[2].target_tid = 8;
    events[5].kind = MKETL_KIND_SWITCH;
    events[5].target_tid = 12;
    events[7].family = WIRE_SYSTEM;
    events[7].pid = 5;
    events[7].tid = 6;
    truth_derive_ids(events, 8);
    assert_int_equal(events[0].tid, TRUTH_NO_ID);
    assert_int_equal(events[0].pid, TRUTH_NO_ID);
    assert_int_equal(events[3].tid, 8);
    assert_int_equal(events[3].pid, 4);
    assert_int_equal(events[4].tid, TRUTH_NO_ID);
    assert_int_equal(events[6].tid, 12);
    assert_int_equal(events[6].pid, TRUTH_NO_ID);
    assert_int_equal(events[7].tid, 6);
}

static uint64_t anomalies(const struct truth *t)
{
    return t->unmatched_frees + t->lost_frees + t->lost_destroys + t->repaired + t->double_frees +
           t->wrong_heap + t->failed_allocs + t->duplicates;
}

/* A plain workload has no anomaly; each knob alone brings its own and no other. */
static void test_knobs(void **state)
{
    (void)state;
    static const struct {
        enum mketl_knob knob;
        size_t at; /* the counter it moves */
        size_t at_too;
    } KNOBS[] = {
#define COUNTER(member) offsetof(struct truth, member)
        {MKETL_KNOB_FAILED, COUNTER(failed_allocs), 0},
        {MKETL_KNOB_UNMATCHED_FREE, COUNTER(unmatched_frees), 0},
        {MKETL_KNOB_DOUBLE_FREE, COUNTER(unmatched_frees), COUNTER(double_frees)},
        {MKETL_KNOB_WRONG_HEAP, COUNTER(unmatched_frees), COUNTER(wrong_heap)},
        {MKETL_KNOB_LOST_FREE, COUNTER(lost_frees), 0},
        {MKETL_KNOB_LOST_TRIO_ALLOC, COUNTER(repaired), 0},
        {MKETL_KNOB_LOST_TRIO_FREE, COUNTER(repaired), 0},
        {MKETL_KNOB_UNKNOWN_IN_PLACE, COUNTER(repaired), 0},
        {MKETL_KNOB_OLD_SIZE_LIE, COUNTER(repaired), 0},
        {MKETL_KNOB_LOST_DESTROY, COUNTER(lost_destroys), 0},
        {MKETL_KNOB_DUPLICATE, COUNTER(duplicates), 0},
#undef COUNTER
    };
    struct mketl_trace trace;
    struct mketl_options options = {.seed = 11, .events = 20000};
    generate(&options, &trace);
    assert_int_equal(anomalies(&trace.truth), 0);
    assert_true(trace.truth.reallocs > 100);
    mketl_trace_release(&trace);
    for (size_t i = 0; i < sizeof KNOBS / sizeof KNOBS[0]; i++) {
        options.rates[KNOBS[i].knob] = 30;
        generate(&options, &trace);
        const char *t = (const char *)&trace.truth;
        uint64_t moved = *(const uint64_t *)(const void *)(t + KNOBS[i].at);
        assert_true(moved > 0);
        if (KNOBS[i].at_too) {
            assert_int_equal(*(const uint64_t *)(const void *)(t + KNOBS[i].at_too), moved);
            moved *= 2;
        }
        assert_int_equal(anomalies(&trace.truth), moved);
        mketl_trace_release(&trace);
        options.rates[KNOBS[i].knob] = 0;
    }
}

/* Interleaved reallocs stay summaries: nothing to repair. */
static void test_interleaved_reallocs(void **state)
{
    (void)state;
    struct mketl_options options = {.seed = 2, .events = 20000};
    options.rates[MKETL_KNOB_MOVE] = 200;
    options.rates[MKETL_KNOB_INTERLEAVE] = 800;
    struct mketl_trace trace;
    generate(&options, &trace);
    assert_true(trace.truth.reallocs > 1000);
    assert_int_equal(anomalies(&trace.truth), 0);
    mketl_trace_release(&trace);
}

/* The sums of the parts are the whole. */
static void test_parts_add_up(void **state)
{
    (void)state;
    struct mketl_options options = {.seed = 4, .events = 20000, .lose_every = 7};
    for (size_t i = 0; i < MKETL_KNOBS; i++)
        options.rates[i] = 8;
    struct mketl_trace trace;
    generate(&options, &trace);
    const struct truth *t = &trace.truth;
    struct truth_heap heaps = {0};
    struct truth_size_class sizes = {0};
    uint64_t live_bytes = 0, live_blocks = 0, source_bytes = 0;
    for (size_t i = 0; i < t->heap_count; i++) {
        heaps.allocs += t->heaps[i].allocs;
        heaps.freed_bytes += t->heaps[i].freed_bytes;
        heaps.outstanding_bytes += t->heaps[i].outstanding_bytes;
        heaps.outstanding_blocks += t->heaps[i].outstanding_blocks;
    }
    for (size_t i = 0; i < TRUTH_SIZE_CLASSES; i++) {
        sizes.allocs += t->sizes[i].allocs;
        sizes.bytes += t->sizes[i].bytes;
        sizes.outstanding_bytes += t->sizes[i].outstanding_bytes;
    }
    for (size_t i = 0; i < t->block_count; i++) {
        live_blocks += t->blocks[i].end == TRUTH_OUTSTANDING;
        live_bytes += t->blocks[i].end == TRUTH_OUTSTANDING ? t->blocks[i].size : 0;
    }
    for (size_t i = 0; i < t->source_count; i++)
        source_bytes += t->sources[i].op == MKETL_FREE ? t->sources[i].bytes : 0;
    assert_int_equal(heaps.allocs, t->allocs);
    assert_int_equal(heaps.freed_bytes, t->freed_bytes);
    assert_int_equal(heaps.outstanding_bytes, t->outstanding_bytes);
    assert_int_equal(heaps.outstanding_blocks, t->outstanding_blocks);
    assert_int_equal(sizes.allocs, t->allocs);
    assert_int_equal(sizes.bytes, t->alloc_bytes);
    assert_int_equal(sizes.outstanding_bytes, t->outstanding_bytes);
    assert_int_equal(live_blocks, t->outstanding_blocks);
    assert_int_equal(live_bytes, t->outstanding_bytes);
    assert_true(source_bytes <= t->freed_bytes); /* repairs free, too, without a Free row */
    mketl_trace_release(&trace);
}

static char *written(int (*write)(const struct mketl_trace *, FILE *),
                     const struct mketl_trace *trace)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(write(trace, out), 0);
    fclose(out);
    return text;
}

static int write_json(const struct mketl_trace *trace, FILE *out)
{
    return truth_write_json(&trace->truth, out);
}

static int write_tsv(const struct mketl_trace *trace, FILE *out)
{
    return truth_write_tsv(&trace->truth.facts, trace->events, trace->event_count, false, out);
}

static void test_outputs(void **state)
{
    (void)state;
    struct mketl_options options = {.workload = MKETL_WORKLOAD_TEXT,
                                    .text = "0.5 4 8 start Grüße.exe\n"
                                            "1.0000001 4 8 alloc 0x100 0x1000 10 source=2\n"
                                            "2 4 8 move 0x100 0x1000 0x2000 10 25\n"
                                            "3 4 8 op 0x100 op=60\n"
                                            "4 4 8 range-reserve 0x100 0x1000 99\n"};
    struct mketl_trace trace;
    generate(&options, &trace);
    char *tsv = written(write_tsv, &trace);
    assert_string_equal(
        tsv, "time\tpid\ttid\top\theap\taddress\told_address\tsize\told_size\tsource\tstack\n"
             "1000000100\t4\t8\tAlloc\t0x100\t0x1000\t-\t10\t-\t2\t-\n"
             "2000000000\t4\t8\tAlloc\t0x100\t0x2000\t-\t25\t-\t3\t-\n"
             "2000003400\t4\t8\tFree\t0x100\t0x1000\t-\t-\t-\t3\t-\n"
             "2000003800\t4\t8\tReAlloc\t0x100\t0x2000\t0x1000\t25\t10\t3\t-\n"
             "3000000000\t4\t8\top60\t-\t-\t-\t-\t-\t-\t-\n"
             "4000000000\t4\t8\tRangeReserve\t0x100\t0x1000\t-\t99\t-\t-\t-\n");
    free(tsv);
    char *text = written(write_json, &trace);
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    assert_int_equal(json_integer_value(json_object_get(json, "outstanding_bytes")), 25);
    assert_string_equal(json_string_value(json_object_get(json, "start")),
                        "2025-03-04T09:15:00.0000000Z");
    json_t *heap = json_array_get(json_object_get(json, "heaps"), 0);
    assert_string_equal(json_string_value(json_object_get(heap, "heap")), "0x100");
    assert_string_equal(json_string_value(json_object_get(heap, "process")), "Grüße.exe");
    json_decref(json);
    free(text);
    mketl_trace_release(&trace);
}

/* With everything in the file, the rule of etl-format 5 finds the very stacks that were meant. */
static void test_stacks_are_the_ones_meant(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct mketl_options options = {
            .seed = seed, .mix = true, .events = 4000, .stack_sites = 8 + 20 * (uint32_t)seed};
        options.machine_pointer_size = seed % 4 == 0 ? 4 : 8;
        options.pointers = seed % 4 == 0 ? MKETL_POINTERS_32 : MKETL_POINTERS_MIXED;
        options.shape = seed % 3 == 0 ? MKETL_SHAPE_RELOGGED : MKETL_SHAPE_SEQUENTIAL;
        struct mketl_trace trace;
        generate(&options, &trace);
        size_t with = 0;
        size_t keyed = 0;
        for (size_t i = 0; i < trace.event_count; i++) {
            const struct mketl_event *event = &trace.events[i];
            keyed += event->kind == MKETL_KIND_STACK && event->opcode == STACK_OP_DELETE;
            if (event->kind != MKETL_KIND_HEAP || !event->meant)
                continue;
            assert_int_equal(event->stack, event->meant);
            with++;
        }
        assert_true(with > 1500);
        assert_true(keyed > 50 || options.stack_sites < 60);
        assert_true(trace.truth.with_stack > trace.truth.without_stack);
        assert_true(trace.truth.distinct_stacks > options.stack_sites);
        mketl_trace_release(&trace);
    }
}

/* The demo tells its story in less than 2.5 MB. */
static void test_demo(void **state)
{
    (void)state;
    struct mketl_options options = {0};
    demo_workload_options(&options);
    struct mketl_trace trace;
    size_t size;
    generate(&options, &trace);
    free(mketl_trace_bytes(&trace, &size));
    const struct truth *t = &trace.truth;
    assert_true(size < 2500000);
    assert_true(t->heap_events >= 25000 && t->heap_events <= 40000);
    assert_true(t->duration_ns > 29000000000 && t->duration_ns <= 30100000000);
    assert_int_equal(t->facts.buffers_lost, 1);
    assert_true(t->facts.events_lost > 0);
    assert_true(t->unmatched_frees > 0);
    assert_int_equal(t->failed_allocs, 1);
    assert_int_equal(t->lost_destroys, 0);
    assert_true(t->ops[MKETL_DESTROY] >= 4);
    assert_true(t->ops[MKETL_CONTRACT] > 0);
    assert_true(t->ops[MKETL_SNAPSHOT] > 0);
    assert_true(t->with_stack > 14000 && t->without_stack > 0);
    assert_true(t->distinct_stacks > 30 && t->distinct_stacks < 100);
    for (size_t i = 0; i < trace.event_count; i++) {
        struct frame_list stack = frames_get(&trace.frames, trace.events[i].stack);
        for (uint32_t at = 0; truth_is_row(&trace.events[i]) && at < stack.count; at++) {
            const struct truth_image *image =
                truth_find_image(t, t->process_of_event[i], stack.frames[at], trace.events[i].time);
            assert_non_null(image);
            assert_true(image->unloaded > trace.events[i].time);
        }
    }
    mketl_trace_release(&trace);
}

/* A real capture through the second reader and this replay (captures/INDEX.md). */
static void test_real_capture(void **state)
{
    (void)state;
    FILE *in = fopen(HT_CAPTURES_DIR "/heap-vs17-x64.etl", "rb");
    if (!in) {
        print_message("no real capture in %s\n", HT_CAPTURES_DIR);
        skip();
        return;
    }
    enum { MOST = 16 << 20 };
    uint8_t *bytes = malloc(MOST);
    size_t size = fread(bytes, 1, MOST, in);
    fclose(in);
    struct mini_file file;
    const char *wrong = mini_read(bytes, size, &file);
    if (wrong)
        fail_msg("%s", wrong);
    assert_int_equal(file.count, 104142);
    assert_int_equal(file.buffers, 209);
    struct mketl_event *events = calloc(file.count, sizeof *events);
    size_t count = mini_heap_events(&file, events);
    struct truth_facts facts = {.rate = 10000000, .zero = file.records[0].time};
    struct truth truth;
    truth_replay(events, count, &facts, &truth);
    assert_int_equal(truth.heap_events, 67050);
    assert_int_equal(truth.ops[MKETL_ALLOC], 22482);
    assert_int_equal(truth.ops[MKETL_FREE], 22323);
    assert_int_equal(truth.ops[MKETL_REALLOC], 1);
    assert_int_equal(truth.allocs, 22482);
    assert_int_equal(truth.frees, 22323);
    assert_int_equal(truth.outstanding_blocks, 22482 - 22323);
    assert_int_equal(truth.alloc_bytes - truth.freed_bytes, truth.outstanding_bytes);
    assert_int_equal(truth.heap_count, 3);
    assert_int_equal(anomalies(&truth), truth.duplicates);
    truth_release(&truth);
    free(events);
    free(bytes);
    mini_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc_rules),
        cmocka_unit_test(test_free_rules),
        cmocka_unit_test(test_realloc_summaries),
        cmocka_unit_test(test_reallocs_with_a_part_lost),
        cmocka_unit_test(test_reallocs_in_place),
        cmocka_unit_test(test_heap_rules),
        cmocka_unit_test(test_heaps_and_processes),
        cmocka_unit_test(test_ties_follow_the_cpu),
        cmocka_unit_test(test_window_of_double_frees),
        cmocka_unit_test(test_derived_ids),
        cmocka_unit_test(test_knobs),
        cmocka_unit_test(test_interleaved_reallocs),
        cmocka_unit_test(test_parts_add_up),
        cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_stacks_are_the_ones_meant),
        cmocka_unit_test(test_demo),
        cmocka_unit_test(test_real_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
