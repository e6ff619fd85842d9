/*
 * The k-way merge: a binary heap of the streams that have a head, least (time, CPU) on top; see
 * etl_merge.h. As long as one CPU has the next event, only the top's children are compared with.
 */
#include "decoder/etl_merge.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "decoder/etl_stream.h"
#include "decoder/thread_map.h"

struct entry {
    int64_t time; /* of the stream's head */
    struct etl_stream *stream;
};

struct etl_merge {
    struct etl_stream_env env;
    struct etl_stream *by_cpu[ETL_CPU_MAX];  /* made on demand; owned */
    struct etl_stream *streams[ETL_CPU_MAX]; /* the same, in order of first sight */
    size_t stream_count;
    struct entry heap[ETL_CPU_MAX];
    size_t heap_count;
    struct thread_map threads;
    struct arena borrowed; /* what the events of the last read point to */
    int64_t released;      /* greatest time handed out */
    bool paused;
};

struct etl_merge *etl_merge_new(const struct etl_file_header *header, struct etl_tally *tally,
                                etl_load_fn load, void *ctx)
{
    struct etl_merge *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->env = (struct etl_stream_env){
        .tally = tally,
        .load = load,
        .ctx = ctx,
        .start_time = header->header_time,
        .newest = INT64_MIN,
        .compression = header->compression_format,
        .shared_buffers = (header->log_file_mode & ETL_MODE_NO_PER_PROCESSOR_BUFFERING) != 0,
    };
    m->released = INT64_MIN;
    return m;
}

void etl_merge_free(struct etl_merge *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->stream_count; i++)
        etl_stream_free(m->streams[i], &m->env);
    thread_map_release(&m->threads);
    arena_release(&m->borrowed);
    free(m->env.packed.p);
    free(m->env.look.p);
    free(m);
}

int etl_merge_add(struct etl_merge *m, const struct etl_buffer_ref *ref)
{
    struct etl_stream **s = &m->by_cpu[ref->header.cpu % ETL_CPU_MAX];
    if (*s == NULL) {
        *s = etl_stream_new(ref->header.cpu % ETL_CPU_MAX);
        if (*s == NULL) {
            free(ref->bytes);
            return -ENOMEM;
        }
        (*s)->cursor.last_time = m->env.start_time;
        m->streams[m->stream_count++] = *s;
    }
    return etl_stream_add(*s, &m->env, ref);
}

int64_t etl_merge_newest(struct etl_merge *m)
{
    for (size_t i = 0; i < m->stream_count; i++)
        etl_stream_look_ahead(m->streams[i], &m->env);
    return m->env.newest;
}

void etl_merge_set_budget(struct etl_merge *m, size_t bytes)
{
    m->env.budget = bytes;
}

bool etl_merge_is_paused(const struct etl_merge *m)
{
    return m->paused;
}

size_t etl_merge_pending_bytes(const struct etl_merge *m)
{
    return m->env.pending_bytes;
}

static bool entry_before(const struct entry *a, const struct entry *b)
{
    return a->time != b->time ? a->time < b->time : a->stream->cpu < b->stream->cpu;
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
    enum etl_fill result = etl_stream_fill(s, &m->env);
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

size_t etl_merge_read(struct etl_merge *m, int64_t until, struct trace_event *out, size_t max)
{
    size_t n = 0;
    arena_release(&m->borrowed);
    m->paused = false;
    m->env.spent = 0;
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
