/*
 * The life of a trace, and what can be said about one of its rows with the rows it is linked to
 * (trace.h). Reading is safe on any thread: the store hides links to rows that are not visible yet.
 */
#include "model/trace.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Takes the reference to `stacks`. */
static struct trace *trace_new_with(const struct etl_file_header *header,
                                    struct stack_table *stacks)
{
    struct trace *t = calloc(1, sizeof *t);
    if (t == NULL) {
        stack_table_unref(stacks);
        return NULL;
    }
    atomic_init(&t->refs, 1);
    t->header = *header;
    etl_clock_init(&t->clock, header);
    t->registry = registry_new();
    t->stacks = stacks;
    t->store = store_new();
    if (t->store != NULL)
        store_use_stacks(t->store, stacks);
    t->system = system_facts_new();
    t->marks = mark_list_new();
    if (t->registry != NULL)
        t->images = image_table_new(t->registry);
    if (t->images != NULL && t->system != NULL && t->marks != NULL && t->stacks != NULL &&
        t->store != NULL)
        t->replay = replay_new(t->store, t->registry, t->clock.ticks_per_second);
    if (t->replay != NULL)
        return t;
    trace_unref(t);
    return NULL;
}

struct trace *trace_new(const struct etl_file_header *header)
{
    return trace_new_with(header, stack_table_new());
}

struct trace *trace_new_like(const struct trace *old)
{
    return trace_new_with(&old->header, stack_table_ref(old->stacks));
}

struct trace *trace_ref(struct trace *t)
{
    atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    return t;
}

void trace_unref(struct trace *t)
{
    if (t == NULL || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1)
        return;
    replay_free(t->replay);
    image_table_free(t->images);
    system_facts_free(t->system);
    mark_list_free(t->marks);
    store_free(t->store);
    stack_table_unref(t->stacks);
    registry_free(t->registry);
    free(t);
}

int64_t trace_ns(const struct trace *t, int64_t raw)
{
    return etl_clock_ns(&t->clock, raw);
}

int64_t trace_raw(const struct trace *t, int64_t ns)
{
    return etl_clock_raw(&t->clock, ns);
}

/* A length of time has no origin. */
static struct etl_clock stopwatch(const struct trace *t)
{
    struct etl_clock c = t->clock;
    c.origin = 0;
    return c;
}

int64_t trace_span_ns(const struct trace *t, int64_t ticks)
{
    struct etl_clock c = stopwatch(t);
    return etl_clock_ns(&c, ticks);
}

int64_t trace_span_ticks(const struct trace *t, int64_t ns)
{
    struct etl_clock c = stopwatch(t);
    return etl_clock_raw(&c, ns);
}

const struct process *trace_row_process(const struct trace *t, const struct row *row)
{
    const struct thread *thread = trace_row_thread(t, row);
    return thread != NULL ? registry_process(t->registry, thread->process) : NULL;
}

const struct thread *trace_row_thread(const struct trace *t, const struct row *row)
{
    return row->thread != INDEX_NONE ? registry_thread(t->registry, row->thread) : NULL;
}

const struct heap *trace_row_heap(const struct trace *t, const struct row *row)
{
    return row->heap != INDEX_NONE ? registry_heap(t->registry, row->heap) : NULL;
}

uint64_t trace_row_opener(const struct row *row)
{
    if ((row->flags & ROW_OPENS) != 0)
        return row->id;
    return (row->flags & (ROW_CLOSES | ROW_RESIZES | ROW_MOVED)) != 0 ? row->link : ROW_NONE;
}

bool trace_row_live(const struct trace *t, const struct row *row)
{
    uint64_t opener = trace_row_opener(row);
    if (opener == ROW_NONE || (row->flags & ROW_CLOSES) != 0)
        return false;
    uint64_t closer = opener == row->id ? row->link : store_closer(t->store, opener);
    return closer == ROW_NONE;
}

bool trace_row_temporary(const struct trace *t, const struct row *row)
{
    if ((row->flags & ROW_OPENS) == 0)
        return (row->flags & ROW_TEMPORARY) != 0;
    if (row->link == ROW_NONE)
        return false;
    struct row end;
    store_get(t->store, row->link, &end);
    return (end.flags & ROW_TEMPORARY) != 0;
}

bool trace_row_life(const struct trace *t, const struct row *row, int64_t *out_ns)
{
    bool opens = (row->flags & ROW_OPENS) != 0;
    if ((!opens && (row->flags & ROW_CLOSES) == 0) || row->link == ROW_NONE)
        return false;
    int64_t other = store_time(t->store, row->link), ticks;
    if (__builtin_sub_overflow(opens ? other : row->time, opens ? row->time : other, &ticks))
        ticks = INT64_MAX;
    *out_ns = trace_span_ns(t, ticks);
    return true;
}

bool trace_row_block_size(const struct row *row, uint64_t *out_size)
{
    if (trace_row_opener(row) == ROW_NONE)
        return false;
    *out_size = row->size;
    return true;
}

bool trace_row_chain(const struct trace *t, const struct row *row, uint64_t *out_length)
{
    uint64_t opener = trace_row_opener(row);
    if (opener == ROW_NONE)
        return false;
    *out_length = chains_length(trace_chains(t), opener);
    return true;
}

uint64_t trace_copied(const struct trace *t, uint64_t row)
{
    const struct store_chunk *c = store_chunk(t->store, row / STORE_CHUNK_ROWS);
    uint32_t i = (uint32_t)(row % STORE_CHUNK_ROWS);
    if ((c->flags[i] & ROW_MOVED) == 0 || c->address[i] == 0)
        return 0;
    const struct store_extra *old = store_find_extra(t->store, row, STORE_EXTRA_OLD);
    if (old == NULL || old->values[STORE_OLD_ADDRESS] == 0)
        return 0;
    uint64_t size = store_chunk_size(c, i), before = old->values[STORE_OLD_OWN];
    return size < before ? size : before;
}

const struct chains *trace_chains(const struct trace *t)
{
    return replay_chains(t->replay);
}
