/* Reading a trace twice; see told_apart.h. */
#include "told_apart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CAPTURE_MOST (16u << 20)

static uint32_t *unknown(size_t count)
{
    uint32_t *list = malloc((count + 1) * sizeof *list);
    assert_non_null(list);
    memset(list, 0xff, (count + 1) * sizeof *list);
    return list;
}

/* One to one, from the first time on. */
static void pair(uint32_t *known, uint32_t got)
{
    if (*known == UINT32_MAX)
        *known = got;
    assert_int_equal(*known, got);
}

static void pair_stack(const struct told_apart *w, const struct mketl_event *e,
                       const struct row *row)
{
    struct frame_list want = frames_get(w->frames, e->stack);
    assert_int_equal(row->stack == STACK_NONE, want.count == 0);
    if (want.count == 0)
        return;
    struct stack_frames got = stack_table_get(w->trace->stacks, row->stack);
    assert_int_equal(got.count, want.count);
    assert_memory_equal(got.frames, want.frames, got.count * sizeof *got.frames);
    pair(&w->stack_of[e->stack], row->stack);
}

/* Rows are the events in their order: who, where and from where they come, and what a block's row
 * says its heap is. */
static void pair_rows(struct told_apart *w)
{
    uint64_t id = 0;
    w->row_of = malloc((w->count + 1) * sizeof *w->row_of);
    w->heap_of = unknown(w->truth.heap_count);
    w->process_of = unknown(w->truth.process_count);
    w->stack_of = unknown(w->frames->count + 1);
    assert_non_null(w->row_of);
    for (size_t i = 0; i < w->count; i++) {
        struct row row;
        w->row_of[i] = ROW_NONE;
        if (!truth_is_row(&w->events[i]))
            continue;
        w->row_of[i] = id;
        store_get(w->trace->store, id++, &row);
        assert_int_equal(row.time, w->events[i].time);
        pair(&w->process_of[w->truth.process_of_event[i]],
             registry_thread(w->trace->registry, row.thread)->process);
        pair_stack(w, &w->events[i], &row);
    }
    assert_int_equal(id, store_rows(w->trace->store));
    for (size_t i = 0; i < w->truth.block_count; i++) {
        struct row row;
        store_get(w->trace->store, w->row_of[w->truth.blocks[i].born], &row);
        pair(&w->heap_of[w->truth.blocks[i].heap], row.heap);
    }
}

/* ---- the real capture ---- */

/* Stack records give their frames to the event at the time inside them. */
static void join_stacks(struct told_apart *w)
{
    struct map stacks = {0}; /* (time, tid) -> number */
    for (size_t i = 0; i < w->records.count; i++) {
        struct mini_stack s;
        if (!w->records.records[i].is_stack)
            continue;
        mini_stack(&w->records.records[i], &s);
        map_set(&stacks, (uint64_t)s.time, s.tid, frames_add(&w->own_frames, s.frames, s.count));
    }
    for (size_t i = 0; i < w->count; i++)
        w->own_events[i].stack =
            (uint32_t)map_get(&stacks, (uint64_t)w->own_events[i].time, w->own_events[i].tid);
    map_release(&stacks);
}

static bool read_capture(struct told_apart *w)
{
    FILE *in = fopen(HT_CAPTURES_DIR "/heap-vs17-x64.etl", "rb");
    if (in == NULL) {
        print_message("no real capture in %s\n", HT_CAPTURES_DIR);
        return false;
    }
    w->file.bytes = malloc(CAPTURE_MOST);
    assert_non_null(w->file.bytes);
    w->file.size = fread(w->file.bytes, 1, CAPTURE_MOST, in);
    fclose(in);
    return true;
}

bool told_apart_real(struct told_apart *w)
{
    *w = (struct told_apart){0};
    if (!read_capture(w))
        return false;
    const char *wrong = mini_read(w->file.bytes, w->file.size, &w->records);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    w->own_events = calloc(w->records.count, sizeof *w->own_events);
    assert_non_null(w->own_events);
    w->count = mini_heap_events(&w->records, w->own_events);
    join_stacks(w);
    w->events = w->own_events;
    w->frames = &w->own_frames;
    struct truth_facts facts = {.rate = 10000000, .zero = w->records.records[0].time};
    truth_replay(w->events, w->count, &facts, &w->truth);
    w->ingest = ingest_saved(&w->file);
    w->trace = ingest_trace(w->ingest);
    pair_rows(w);
    return true;
}

/* ---- generated ones ---- */

void told_apart_generated(struct told_apart *w, uint64_t seed)
{
    *w = (struct told_apart){0};
    struct mketl_options o = {.seed = seed, .events = 4000, .mix = true, .buffer_size = 0x4000};
    o.cpus = 1 + (uint32_t)(seed % 4);
    o.stack_sites = 4 + 12 * (uint32_t)(seed % 7);
    o.rates[MKETL_KNOB_STACK] = 700;
    o.rates[MKETL_KNOB_PROCESS_END] = 2;
    o.rates[MKETL_KNOB_TIE] = seed % 2 != 0 ? 100 : MKETL_RATE_OFF;
    generate(&o, &w->expected, &w->file);
    w->events = w->expected.events;
    w->count = w->expected.event_count;
    w->frames = &w->expected.frames;
    truth_replay(w->events, w->count, &w->expected.truth.facts, &w->truth);
    w->ingest = ingest_saved(&w->file);
    w->trace = ingest_trace(w->ingest);
    pair_rows(w);
}

void told_apart_release(struct told_apart *w)
{
    free(w->row_of);
    free(w->heap_of);
    free(w->process_of);
    free(w->stack_of);
    free(w->own_events);
    frames_release(&w->own_frames);
    truth_release(&w->truth);
    mini_release(&w->records);
    ingest_free(w->ingest);
    free(w->file.bytes);
    mketl_trace_release(&w->expected);
    *w = (struct told_apart){0};
}

/* ---- asking ---- */

void told_apart_until(const struct told_apart *w, int64_t until, struct truth *out_truth)
{
    size_t n = 0;
    while (n < w->count && w->events[n].time <= until)
        n++;
    truth_replay(w->events, n, &w->truth.facts, out_truth);
}

int64_t told_apart_time(const struct told_apart *w, unsigned permille)
{
    uint64_t rows = store_rows(w->trace->store);
    return store_time(w->trace->store, (rows - 1) * permille / 1000);
}

struct query *told_apart_ask(const struct told_apart *w, const char *filter, int64_t since,
                             int64_t until)
{
    struct filter_error e;
    struct query_spec spec = {
        .filter = filter != NULL ? filter_parse(filter, strlen(filter), &e) : NULL,
        .since = since != INT64_MIN ? trace_ns(w->trace, since) : INT64_MIN,
        .until = until != INT64_MAX ? trace_ns(w->trace, until) : INT64_MAX,
    };
    struct query *q = query_new(w->trace, &spec);
    assert_non_null(q);
    filter_unref(spec.filter);
    while (query_advance(q, 10000))
        continue;
    return q;
}
