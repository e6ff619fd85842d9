/*
 * One trace in memory: its header, who is who, its rows, and what can be trusted.
 *
 * Built by ingest (ingest.h) on one thread, read by filters, folds, screens and commands. Reference
 * counted, because the screen may still draw the old trace while a new one takes its place (reload,
 * late records).
 */
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "decoder/etl_file_header.h"
#include "model/image_table.h"
#include "model/mark_list.h"
#include "model/registry.h"
#include "model/replay.h"
#include "model/store.h"
#include "model/system_facts.h"

struct trace {
    struct etl_file_header
        header; /* clock, CPUs, loss counts; refreshed when a live session ends (worker only) */
    struct etl_clock clock; /* fixed when the trace is made; any thread */
    struct registry *registry;
    struct stack_table *stacks; /* referenced; a trace made anew shares it */
    struct store *store;
    struct replay *replay;       /* worker only, but for trace_chains() */
    struct image_table *images;  /* worker only: others read its maps */
    struct system_facts *system; /* the machine */
    struct mark_list *marks;     /* set while recording */
    _Atomic uint32_t refs;
};

/* A new, empty trace with one reference; NULL when memory is out. */
struct trace *trace_new(const struct etl_file_header *header);

/* The same for making `old` anew: its header and its stacks, whose ids stay good. */
struct trace *trace_new_like(const struct trace *old);

struct trace *trace_ref(struct trace *t);
void trace_unref(struct trace *t); /* NULL is fine; any thread; the last one frees */

/*
 * Raw time to ns since the trace's start (numbers.md, Time), and back: the least raw time whose ns
 * are at least `ns`. Saturating.
 */
int64_t trace_ns(const struct trace *t, int64_t raw);
int64_t trace_raw(const struct trace *t, int64_t ns);

/* The same for a length of time: lifetimes, rates. */
int64_t trace_span_ns(const struct trace *t, int64_t ticks);
int64_t trace_span_ticks(const struct trace *t, int64_t ns);

/* The process instance, thread id and heap of a row; NULL when it has none. Any thread. */
const struct process *trace_row_process(const struct trace *t, const struct row *row);
const struct thread *trace_row_thread(const struct trace *t, const struct row *row);
const struct heap *trace_row_heap(const struct trace *t, const struct row *row);

/* True when `row` or the block it concerns is outstanding, temporary: the flags of the filter
 * language. Any thread. */
bool trace_row_live(const struct trace *t, const struct row *row);
bool trace_row_temporary(const struct trace *t, const struct row *row);

/* Lifetime in ns of the block that `row` opened or freed; false while it lives or when there is
 * none. Any thread. */
bool trace_row_life(const struct trace *t, const struct row *row, int64_t *out_ns);

/* Size of the block that `row` concerns (filter field block_size); false when there is none. */
bool trace_row_block_size(const struct row *row, uint64_t *out_size);

/* The row that opened the block `row` concerns; ROW_NONE when there is none. */
uint64_t trace_row_opener(const struct row *row);

/* Blocks in the chain of the block that `row` concerns, 1 when it never moved (chains.h); false
 * when there is no block. Any thread. */
bool trace_row_chain(const struct trace *t, const struct row *row, uint64_t *out_length);

/* Bytes that a ReAlloc copied: the less of its new size and the old block's, and 0 for a row that
 * moved nothing. O(log ReAllocs of the chunk). Any thread. */
uint64_t trace_copied(const struct trace *t, uint64_t row);

/* Which blocks moved, and where to. Any thread. */
const struct chains *trace_chains(const struct trace *t);

#endif
