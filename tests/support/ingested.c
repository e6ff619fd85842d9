/* Runs ingest over generated traces and compares; see ingested.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/ingested.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int memory_file_read(void *ctx, uint64_t offset, void *buf, size_t n, size_t *out_n)
{
    const struct memory_file *f = ctx;
    if (offset > f->size)
        offset = f->size;
    if (n > f->size - offset)
        n = (size_t)(f->size - offset);
    memcpy(buf, f->bytes + offset, n);
    *out_n = n;
    return 0;
}

void generate(const struct mketl_options *options, struct mketl_trace *out_trace,
              struct memory_file *out_file)
{
    char error[MKETL_ERROR_SIZE];
    if (mketl_generate(options, out_trace, error) != 0)
        fail_msg("mketl: %s", error);
    out_file->bytes = mketl_trace_bytes(out_trace, &out_file->size);
    assert_non_null(out_file->bytes);
}

int ingest_drain(struct ingest *in, enum ingest_hold hold)
{
    struct err_info info = {.text = ""};
    int rc;
    do
        rc = ingest_step(in, hold, &info);
    while (rc == INGEST_MORE);
    if (rc < 0)
        fail_msg("ingest: %d %s", rc, info.text);
    return rc;
}

struct ingest *ingest_saved(struct memory_file *file)
{
    struct ingest *in = ingest_new_file(memory_file_read, file);
    assert_non_null(in);
    ingest_set_size(in, 0, file->size);
    assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
    return in;
}

struct ingest *ingest_piped(const struct memory_file *file, size_t largest, uint64_t seed)
{
    struct ingest *in = ingest_new_stream();
    assert_non_null(in);
    for (size_t at = 0; at < file->size;) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t n = 1 + (size_t)(seed >> 33) % largest;
        if (n > file->size - at)
            n = file->size - at;
        assert_int_equal(ingest_push(in, 0, file->bytes + at, n), 0);
        at += n;
        ingest_drain(in, INGEST_HOLD);
    }
    assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
    return in;
}

/* ---- rows ---- */

static unsigned expected_op(const struct mketl_event *e)
{
    return e->kind == MKETL_KIND_RANGE ? 0x100u + e->opcode - MKETL_RANGE_RUNDOWN : e->opcode;
}

static void check_row(const struct trace *trace, uint64_t id, const struct mketl_event *e)
{
    struct row row;
    store_get(trace->store, id, &row);
    assert_int_equal(row.time, e->time);
    assert_int_equal(row.op, expected_op(e));
    const struct thread *thread = registry_thread(trace->registry, row.thread);
    assert_int_equal(thread->tid, e->tid);
    assert_int_equal(registry_process(trace->registry, thread->process)->pid, e->pid);
    if ((row.has & EVENT_HAS_HEAP) != 0)
        assert_int_equal(registry_heap(trace->registry, row.heap)->handle, e->heap);
    if ((row.has & EVENT_HAS_ADDRESS) != 0)
        assert_int_equal(row.address, e->address);
    if ((row.has & EVENT_HAS_SIZE) != 0)
        assert_int_equal(row.size, e->size);
    if ((row.has & EVENT_HAS_OLD_ADDRESS) != 0)
        assert_int_equal(row.old_address, e->old_address);
    if ((row.has & EVENT_HAS_OLD_SIZE) != 0)
        assert_int_equal(row.old_size, e->old_size);
    if ((row.has & EVENT_HAS_SOURCE) != 0)
        assert_int_equal(row.source, e->source);
}

void check_rows(const struct trace *trace, const struct mketl_trace *expected)
{
    assert_int_equal(store_rows(trace->store), expected->truth.rows);
    uint64_t id = 0;
    for (size_t i = 0; i < expected->event_count; i++)
        if (truth_is_row(&expected->events[i]))
            check_row(trace, id++, &expected->events[i]);
    assert_int_equal(id, expected->truth.rows);
}

/* ---- totals ---- */

static void check_heaps(const struct trace *trace, const struct summary *s, const struct truth *t)
{
    size_t found = 0;
    for (size_t i = 0; i < t->heap_count; i++) {
        const struct truth_heap *want = &t->heaps[i];
        for (size_t k = 0; k < s->heap_count; k++) {
            const struct heap_figures *got = &s->heaps[k];
            const struct heap *heap = registry_heap(trace->registry, got->heap);
            const struct process *p = registry_process(trace->registry, heap->process);
            if (heap->handle != want->handle || heap->generation != want->generation ||
                p->pid != t->processes[want->process].pid || got->f.allocs != want->allocs ||
                got->f.alloc_bytes != want->alloc_bytes || got->f.frees != want->frees ||
                got->f.freed_bytes != want->freed_bytes || got->f.reallocs != want->reallocs ||
                got->f.failed_allocs != want->failed_allocs ||
                got->f.outstanding_bytes != want->outstanding_bytes ||
                got->f.outstanding_blocks != want->outstanding_blocks ||
                got->f.peak_bytes != want->peak_bytes || got->has_committed != want->space_known ||
                (want->space_known &&
                 (got->committed != want->committed || got->reserved != want->reserved)))
                continue;
            found++;
            break;
        }
    }
    assert_int_equal(found, t->heap_count);
    assert_int_equal(s->heap_count, t->heap_count);
}

static enum fold_source_op source_op(uint8_t opcode)
{
    return opcode == MKETL_ALLOC     ? FOLD_SOURCE_ALLOC
           : opcode == MKETL_REALLOC ? FOLD_SOURCE_REALLOC
                                     : FOLD_SOURCE_FREE;
}

static void check_sources(const struct summary *s, const struct truth *t)
{
    for (size_t i = 0; i < t->source_count; i++) {
        const struct truth_source *want = &t->sources[i];
        const struct source_figures *got = NULL;
        for (size_t k = 0; k < s->source_count; k++)
            if (!s->sources[k].other && s->sources[k].source == want->source)
                got = &s->sources[k];
        assert_non_null(got);
        assert_int_equal(got->f.count[source_op(want->op)], want->count);
        assert_int_equal(got->f.bytes[source_op(want->op)], want->bytes);
        if (want->op == MKETL_ALLOC) {
            assert_int_equal(got->f.outstanding_blocks, want->outstanding_blocks);
            assert_int_equal(got->f.outstanding_bytes, want->outstanding_bytes);
        }
    }
}

static void check_sizes(const struct summary *s, const struct truth *t)
{
    for (unsigned k = 0; k < FOLD_SIZE_CLASSES; k++) {
        assert_int_equal(s->sizes[k].allocs, t->sizes[k].allocs);
        assert_int_equal(s->sizes[k].alloc_bytes, t->sizes[k].bytes);
        assert_int_equal(s->sizes[k].outstanding_blocks, t->sizes[k].outstanding_blocks);
        assert_int_equal(s->sizes[k].outstanding_bytes, t->sizes[k].outstanding_bytes);
    }
}

void check_totals(struct trace *trace, const struct truth *t)
{
    struct query_spec all = {.since = INT64_MIN, .until = INT64_MAX};
    struct query *q = query_new(trace, &all);
    assert_non_null(q);
    while (query_advance(q, 10000))
        continue;
    struct summary *s = query_summarize(q);
    assert_non_null(s);
    assert_int_equal(s->total.allocs, t->allocs);
    assert_int_equal(s->total.alloc_bytes, t->alloc_bytes);
    assert_int_equal(s->total.frees, t->frees);
    assert_int_equal(s->total.freed_bytes, t->freed_bytes);
    assert_int_equal(s->total.reallocs, t->reallocs);
    assert_int_equal(s->total.failed_allocs, t->failed_allocs);
    assert_int_equal(s->total.outstanding_bytes, t->outstanding_bytes);
    assert_int_equal(s->total.outstanding_blocks, t->outstanding_blocks);
    assert_int_equal(s->total.peak_bytes, t->peak_bytes);
    assert_int_equal(s->total.peak_blocks, t->peak_blocks);
    if (t->peak_bytes != 0)
        assert_int_equal(trace_ns(trace, s->total.peak_time), t->peak_ns);
    for (unsigned op = 0; op < TRUTH_OPCODES; op++)
        assert_int_equal(s->ops[op], t->ops[op] - t->range_ops[op]);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(s->ops[HEAP_OP_RANGE_RUNDOWN + i], t->range_ops[MKETL_RANGE_RUNDOWN + i]);
    check_heaps(trace, s, t);
    check_sources(s, t);
    check_sizes(s, t);
    summary_free(s);
    query_unref(q);
}

void check_trust(struct ingest *in, const struct truth *t)
{
    struct trust got;
    ingest_trust(in, &got);
    assert_int_equal(got.events_lost, t->facts.events_lost);
    assert_int_equal(got.buffers_lost, t->facts.buffers_lost);
    assert_int_equal(got.buffers_damaged, 0);
    assert_int_equal(got.records_skipped, 0);
    assert_int_equal(got.sequence_gaps, t->facts.sequence_gaps);
    assert_int_equal(got.unmatched_frees, t->unmatched_frees);
    assert_int_equal(got.lost_frees, t->lost_frees);
    assert_int_equal(got.lost_destroys, t->lost_destroys);
    assert_int_equal(got.repaired, t->repaired);
    assert_int_equal(got.double_frees, t->double_frees);
    assert_int_equal(got.wrong_heap, t->wrong_heap);
    assert_int_equal(got.duplicates, t->duplicates);
}

void check_ingest(struct ingest *in, const struct mketl_trace *expected)
{
    const struct truth *t = &expected->truth;
    struct trace *trace = ingest_trace(in);
    assert_int_equal(ingest_tally(in)->records, t->records);
    assert_int_equal(ingest_tally(in)->heap_events, t->heap_events);
    assert_int_equal(trace_ns(trace, ingest_last_time(in)), t->duration_ns);
    check_rows(trace, expected);
    check_totals(trace, t);
    check_trust(in, t);
}
