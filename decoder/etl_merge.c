/*
 * The k-way merge: a binary heap of the streams that have a head, least (time, CPU, input) on top;
 * see etl_merge.h. As long as one CPU has the next event, only the top's children are compared
 * with.
 */
#include "decoder/etl_merge.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "decoder/etl_stream.h"
#include "decoder/thread_map.h"

struct entry {
    int64_t time; /* of the stream's head */
    struct etl_stream *stream;
};

struct merge_input {
    struct etl_stream_env env;
    struct etl_stream *by_cpu[ETL_CPU_MAX]; /* made on demand; owned */
};

struct etl_merge {
    struct etl_stream_pool pool;
    struct merge_input **inputs; /* by number, NULL where none is open; owned */
    size_t input_count, input_cap;
    struct etl_stream **streams; /* of all inputs, in order of first sight */
    size_t stream_count, stream_cap;
    struct entry *heap; /* room for every stream */
    size_t heap_count, heap_cap;
    struct thread_map threads;
    struct arena borrowed; /* what the events of the last read point to */
    int64_t released;      /* greatest time handed out */
    bool paused;
};

/* ---- life ---- */

struct etl_merge *etl_merge_new(void)
{
    struct etl_merge *m = calloc(1, sizeof *m);
    if (m != NULL)
        m->released = INT64_MIN;
    return m;
}

void etl_merge_free(struct etl_merge *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->stream_count; i++)
        etl_stream_free(m->streams[i], m->streams[i]->env);
    for (size_t i = 0; i < m->input_count; i++)
        free(m->inputs[i]);
    thread_map_release(&m->threads);
    arena_release(&m->borrowed);
    free(m->pool.packed.p);
    free(m->pool.look.p);
    free(m->inputs);
    free(m->streams);
    free(m->heap);
    free(m);
}

/* Makes room for input number `input`. */
static int reserve_inputs(struct etl_merge *m, unsigned input)
{
    void *p = m->inputs;
    if (base_grow(&p, &m->input_cap, (size_t)input + 1, sizeof *m->inputs) != 0)
        return -ENOMEM;
    m->inputs = p;
    while (m->input_count <= input)
        m->inputs[m->input_count++] = NULL;
    return 0;
}

int etl_merge_open(struct etl_merge *m, unsigned input, const struct etl_file_header *header,
                   struct etl_tally *tally, etl_load_fn load, void *ctx)
{
    struct merge_input *in = calloc(1, sizeof *in);
    if (in == NULL || reserve_inputs(m, input) != 0) {
        free(in);
        return -ENOMEM;
    }
    in->env = (struct etl_stream_env){
        .pool = &m->pool,
        .tally = tally,
        .load = load,
        .ctx = ctx,
        .input = input,
        .start_time = header->header_time,
        .newest = INT64_MIN,
        .compression = header->compression_format,
        .shared_buffers = (header->log_file_mode & ETL_MODE_NO_PER_PROCESSOR_BUFFERING) != 0,
    };
    m->inputs[input] = in;
    return 0;
}

/* ---- buffers ---- */

/* A new stream, with room for it among the streams and in the heap. */
static struct etl_stream *add_stream(struct etl_merge *m, struct merge_input *in, uint16_t cpu)
{
    void *streams = m->streams, *heap = m->heap;
    int rc = base_grow(&streams, &m->stream_cap, m->stream_count + 1, sizeof *m->streams);
    m->streams = streams;
    if (rc == 0)
        rc = base_grow(&heap, &m->heap_cap, m->stream_count + 1, sizeof *m->heap);
    m->heap = heap;
    struct etl_stream *s = rc == 0 ? etl_stream_new(&in->env, cpu) : NULL;
    if (s != NULL)
        m->streams[m->stream_count++] = in->by_cpu[cpu] = s;
    return s;
}

int etl_merge_add(struct etl_merge *m, unsigned input, const struct etl_buffer_ref *ref)
{
    struct merge_input *in = m->inputs[input];
    uint16_t cpu = ref->header.cpu % ETL_CPU_MAX;
    struct etl_stream *s = in->by_cpu[cpu];
    if (s == NULL)
        s = add_stream(m, in, cpu);
    if (s == NULL) {
        free(ref->bytes);
        return -ENOMEM;
    }
    return etl_stream_add(s, s->env, ref);
}

int64_t etl_merge_newest(struct etl_merge *m, unsigned input)
{
    struct etl_stream_env *env = &m->inputs[input]->env;
    for (size_t i = 0; i < m->stream_count; i++)
        if (m->streams[i]->env == env)
            etl_stream_look_ahead(m->streams[i], env);
    return env->newest;
}

void etl_merge_set_budget(struct etl_merge *m, size_t bytes)
{
    m->pool.budget = bytes;
}

bool etl_merge_is_paused(const struct etl_merge *m)
{
    return m->paused;
}

size_t etl_merge_pending_bytes(const struct etl_merge *m)
{
    return m->pool.pending_bytes;
}

/* Who is who, what they did, and how they came there: the order among records of one time. */
static int rank(enum event_kind kind)
{
    bool is_stack = kind >= EVENT_STACK && kind <= EVENT_STACK_DEFINITION;
    return kind == EVENT_HEAP ? 1 : is_stack ? 2 : 0;
}

/*
 * Of one CPU at one time nothing tells which input's record came first. By rank, then the input
 * that began first, so that the order in which inputs were named changes nothing.
 */
static bool input_before(const struct etl_stream *a, const struct etl_stream *b)
{
    int ranks = rank(a->head.kind) - rank(b->head.kind);
    if (ranks != 0)
        return ranks < 0;
    if (a->env->start_time != b->env->start_time)
        return a->env->start_time < b->env->start_time;
    return a->env->input < b->env->input;
}

static bool entry_before(const struct entry *a, const struct entry *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    if (a->stream->cpu != b->stream->cpu)
        return a->stream->cpu < b->stream->cpu;
    return input_before(a->stream, b->stream);
}

static void sift_up(struct etl_merge *m, size_t i)
{
    struct entry e = m->heap[i];
    for (; i > 0 && entry_before(&e, &m->heap[(i - 1) / 2]); i = (i - 1) / 2)
        m->heap[i] = m->heap[(i - 1) / 2];
    m->heap[i] = e;
}

/* Puts the changed top in its place. */
static void sift_down(struct etl_merge *m)
{
    struct entry e = m->heap[0];
    size_t i = 0;
    for (size_t child = 1; child < m->heap_count; child = 2 * i + 1) {
        if (child + 1 < m->heap_count && entry_before(&m->heap[child + 1], &m->heap[child]))
            child++;
        if (!entry_before(&m->heap[child], &e))
            break;
        m->heap[i] = m->heap[child];
        i = child;
    }
    m->heap[i] = e;
}

/* Finds the next head of `s`; false when it has none. */
static bool fill(struct etl_merge *m, struct etl_stream *s)
{
    enum etl_fill result = etl_stream_fill(s, s->env);
    if (result == ETL_FILL_PAUSED)
        m->paused = true;
    return result == ETL_FILL_HEAD;
}

/* Gives every stream that has buffers a head: new ones, and those that drained or paused before. */
static void fill_all(struct etl_merge *m)
{
    for (size_t i = 0; i < m->stream_count && !m->paused; i++) {
        struct etl_stream *s = m->streams[i];
        if (s->has_head || (!s->is_open && s->pending_count == 0) || !fill(m, s))
            continue;
        m->heap[m->heap_count] = (struct entry){s->head.time, s};
        sift_up(m, m->heap_count++);
    }
}

/* Moves the top stream on. */
static void advance_top(struct etl_merge *m)
{
    struct etl_stream *s = m->heap[0].stream;
    if (fill(m, s))
        m->heap[0].time = s->head.time;
    else
        m->heap[0] = m->heap[--m->heap_count];
    if (m->heap_count > 1)
        sift_down(m);
}

static void hand_out(struct etl_merge *m, const struct trace_event *head, struct trace_event *out)
{
    *out = *head;
    if (out->pid == EVENT_NO_ID && out->tid != EVENT_NO_ID)
        out->pid = thread_map_get(&m->threads, out->tid);
    out->late = out->time < m->released;
    if (!out->late)
        m->released = out->time;
    /* Its buffer may be gone at the end of this read. */
    (void)trace_event_own(out, &m->borrowed);
}

struct arena etl_merge_take_borrowed(struct etl_merge *m)
{
    struct arena taken = m->borrowed;
    m->borrowed = (struct arena){0};
    return taken;
}

size_t etl_merge_read(struct etl_merge *m, int64_t until, struct trace_event *out, size_t max)
{
    size_t n = 0;
    arena_release(&m->borrowed);
    m->paused = false;
    m->pool.spent = 0;
    fill_all(m);
    while (n < max && m->heap_count > 0 && m->heap[0].time <= until && !m->paused) {
        const struct trace_event *head = &m->heap[0].stream->head;
        if (head->kind == ETL_STREAM_THREAD)
            thread_map_put(&m->threads, head->tid, head->pid);
        else
            hand_out(m, head, &out[n++]);
        advance_top(m);
    }
    return n;
}
