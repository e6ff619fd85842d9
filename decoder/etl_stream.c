/* One CPU's stream; see etl_stream.h. */
#include "decoder/etl_stream.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "decoder/etl_expand.h"
#include "decoder/image_event.h"
#include "decoder/mark_event.h"
#include "decoder/process_event.h"
#include "decoder/system_event.h"

static bool block_reserve(struct etl_block *b, struct etl_stream_env *env, size_t n)
{
    if (n <= b->cap)
        return true;
    if (n - b->cap > ETL_RESIDENT_MAX - env->pool->resident)
        return false;
    uint8_t *p = malloc(n);
    if (p == NULL)
        return false;
    free(b->p);
    env->pool->resident += n - b->cap;
    *b = (struct etl_block){p, n};
    return true;
}

static void block_release(struct etl_block *b, struct etl_stream_env *env)
{
    free(b->p);
    env->pool->resident -= b->cap;
    *b = (struct etl_block){0};
}

static bool ref_before(const struct etl_buffer_ref *a, const struct etl_buffer_ref *b)
{
    if (a->header.sequence != b->header.sequence)
        return a->header.sequence < b->header.sequence;
    return a->offset < b->offset;
}

static void swap_refs(struct etl_buffer_ref *a, struct etl_buffer_ref *b)
{
    struct etl_buffer_ref t = *a;
    *a = *b;
    *b = t;
}

static struct etl_buffer_ref pop_pending(struct etl_stream *s)
{
    struct etl_buffer_ref *heap = s->pending;
    struct etl_buffer_ref first = heap[0];
    size_t n = --s->pending_count;
    heap[0] = heap[n];
    for (size_t i = 0, child = 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && ref_before(&heap[child + 1], &heap[child]))
            child++;
        if (!ref_before(&heap[child], &heap[i]))
            break;
        swap_refs(&heap[child], &heap[i]);
        i = child;
    }
    return first;
}

int etl_stream_add(struct etl_stream *s, struct etl_stream_env *env,
                   const struct etl_buffer_ref *ref)
{
    void *heap = s->pending;
    int rc = base_grow(&heap, &s->pending_cap, s->pending_count + 1, sizeof *s->pending);
    s->pending = heap;
    if (rc != 0) {
        free(ref->bytes);
        return rc;
    }
    size_t i = s->pending_count++;
    s->pending[i] = *ref;
    for (; i > 0 && ref_before(&s->pending[i], &s->pending[(i - 1) / 2]); i = (i - 1) / 2)
        swap_refs(&s->pending[i], &s->pending[(i - 1) / 2]);
    env->pool->pending_bytes += ref->stored;
    if (!s->has_last || !ref_before(ref, &s->last)) {
        s->last = *ref;
        s->has_last = true;
        s->looked = false;
        s->last_opened = false;
    }
    return 0;
}

/* The stored bytes of a buffer: its own or loaded into `block`; NULL when that fails. */
static const uint8_t *stored_bytes(const struct etl_buffer_ref *ref, struct etl_stream_env *env,
                                   struct etl_block *block)
{
    if (ref->bytes != NULL)
        return ref->bytes;
    if (env->load == NULL || !block_reserve(block, env, ref->stored) ||
        env->load(env->ctx, ref, block->p) != 0)
        return NULL;
    return block->p;
}

/* Whether the trace may expand another buffer to `size` bytes; counts it. */
static bool may_expand(const struct etl_buffer_ref *ref, struct etl_stream_env *env, uint32_t size)
{
    env->packed_bytes += ref->stored;
    if (env->expanded_bytes + size > ETL_EXPAND_FREE + ETL_EXPAND_RATIO * env->packed_bytes)
        return false;
    env->expanded_bytes += size;
    return true;
}

/* Expands the events behind the header, which stays where it is. */
static bool expand(const struct etl_buffer_ref *ref, struct etl_stream_env *env,
                   const uint8_t *stored, struct etl_block *block, uint32_t end)
{
    struct span packed = {stored + ETL_BUFFER_HEADER_SIZE, ref->stored - ETL_BUFFER_HEADER_SIZE};
    return ref->stored == ref->header.size && may_expand(ref, env, end) &&
           block_reserve(block, env, end) &&
           etl_expand_any(env->compression, packed, block->p + ETL_BUFFER_HEADER_SIZE,
                          end - ETL_BUFFER_HEADER_SIZE) == 0;
}

/*
 * Makes the buffer readable, in its own bytes or in `block`, cut where its events end. False when
 * something is missing; out_buffer then holds what there is, perhaps nothing.
 */
static bool open_ref(const struct etl_buffer_ref *ref, struct etl_stream_env *env,
                     struct etl_block *block, struct span *out_buffer)
{
    bool packed = etl_buffer_is_compressed(&ref->header);
    uint32_t end = etl_buffer_events_end(&ref->header);
    *out_buffer = (struct span){NULL, 0};
    if (ref->stored < ETL_BUFFER_HEADER_SIZE)
        return false;
    const uint8_t *stored = stored_bytes(ref, env, packed ? &env->pool->packed : block);
    if (stored == NULL)
        return false;
    if (packed) {
        if (!expand(ref, env, stored, block, end))
            return false;
        *out_buffer = (struct span){block->p, end};
        return true;
    }
    *out_buffer = (struct span){stored, end < ref->stored ? end : ref->stored};
    return end <= ref->stored;
}

static void count_buffer(struct etl_tally *t, const struct etl_buffer_ref *ref)
{
    t->buffers++;
    t->bytes += ref->stored;
    t->buffers_compressed += etl_buffer_is_compressed(&ref->header);
    t->lost_event_marks += (ref->header.flags & ETL_BUFFER_EVENTS_LOST) != 0;
    t->lost_buffer_marks += (ref->header.flags & ETL_BUFFER_BUFFER_LOST) != 0;
}

static void open_next(struct etl_stream *s, struct etl_stream_env *env)
{
    s->current = pop_pending(s);
    s->is_open = true;
    env->pool->spent += s->current.stored;
    count_buffer(env->tally, &s->current);
    if (s->current.offset == s->last.offset)
        s->last_opened = true;
    struct span buffer;
    s->damaged = !open_ref(&s->current, env, &s->storage, &buffer);
    etl_cursor_init(&s->cursor, buffer, s->cursor.last_time);
}

static void close_current(struct etl_stream *s, struct etl_stream_env *env)
{
    env->tally->buffers_damaged += s->damaged || s->cursor.damaged;
    env->pool->pending_bytes -= s->current.stored;
    free(s->current.bytes);
    s->current.bytes = NULL;
    s->is_open = false;
    if (s->pending_count == 0)
        block_release(&s->storage, env);
}

/* PERFINFO headers carry no ids: the thread is the one that runs on this CPU (etl-format 6.2). */
static void finish_head(struct etl_stream *s, const struct etl_stream_env *env,
                        const struct etl_record *r)
{
    s->head.cpu = s->cpu;
    if ((r->flags & ETL_RECORD_HAS_IDS) == 0 && !env->shared_buffers)
        s->head.tid = s->running;
}

static bool take_heap(struct etl_stream *s, struct etl_stream_env *env, const struct etl_record *r)
{
    if (!heap_event_decode(r, s->extra, &s->head)) {
        env->tally->records_skipped++;
        return false;
    }
    env->tally->heap_ops[s->head.op]++;
    env->tally->heap_events += heap_op_is_heap_event(s->head.op);
    finish_head(s, env, r);
    if (r->items.len != 0) {
        s->carrier = *r;
        s->items = r->items;
    }
    return true;
}

static bool take_stack(struct etl_stream *s, struct etl_stream_env *env, const struct etl_record *r)
{
    if (!stack_event_decode(r, s->frames, &s->head)) {
        env->tally->records_skipped++;
        return false;
    }
    s->head.cpu = s->cpu;
    return true;
}

/* The stack that the last heap event brought along, if any. */
static bool take_item(struct etl_stream *s)
{
    if (s->items.len == 0 || !stack_event_next_item(&s->carrier, &s->items, s->frames, &s->head))
        return false;
    s->head.cpu = s->cpu;
    return true;
}

static bool take_thread(struct etl_stream *s, const struct etl_record *r)
{
    s->head = (struct trace_event){.time = r->time, .kind = ETL_STREAM_THREAD};
    return process_thread_decode(r, &s->head.tid, &s->head.pid);
}

/* Records that become events by themselves. */
static const struct {
    bool (*is)(const struct etl_record *r);
    bool (*decode)(const struct etl_record *r, struct trace_event *out_event);
} plain[] = {
    {process_event_is, process_event_decode},
    {image_event_is, image_event_decode},
    {system_event_is, system_event_decode},
    {mark_event_is, mark_event_decode},
};

static bool take_plain(struct etl_stream *s, struct etl_stream_env *env, const struct etl_record *r)
{
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (!plain[i].is(r))
            continue;
        if (!plain[i].decode(r, &s->head)) {
            env->tally->records_skipped++;
            return false;
        }
        finish_head(s, env, r);
        return true;
    }
    return false;
}

/* Makes the record the head if it is an event; uses or only counts it otherwise. */
static bool take_record(struct etl_stream *s, struct etl_stream_env *env,
                        const struct etl_record *r)
{
    etl_tally_record(env->tally, r);
    if (r->time > env->newest)
        env->newest = r->time;
    if (heap_event_is(r))
        return take_heap(s, env, r);
    if (stack_event_is(r))
        return take_stack(s, env, r);
    if (process_switch_is(r)) {
        env->tally->records_skipped += !process_switch_decode(r, &s->running);
        return false;
    }
    if (process_thread_is(r)) {
        bool decoded = take_thread(s, r);
        env->tally->records_skipped += !decoded;
        return decoded;
    }
    return take_plain(s, env, r);
}

enum etl_fill etl_stream_fill(struct etl_stream *s, struct etl_stream_env *env)
{
    struct etl_record r;
    s->has_head = take_item(s);
    if (s->has_head)
        return ETL_FILL_HEAD;
    for (;;) {
        if (!s->is_open) {
            if (s->pending_count == 0)
                return ETL_FILL_DRAINED;
            if (env->pool->budget != 0 && env->pool->spent >= env->pool->budget)
                return ETL_FILL_PAUSED;
            open_next(s, env);
        }
        while (etl_cursor_next(&s->cursor, &r)) {
            if (take_record(s, env, &r)) {
                s->has_head = true;
                return ETL_FILL_HEAD;
            }
        }
        close_current(s, env);
    }
}

static void look_through(struct etl_cursor cursor, struct etl_stream_env *env)
{
    struct etl_record r;
    while (etl_cursor_next(&cursor, &r))
        if (r.time > env->newest)
            env->newest = r.time;
}

void etl_stream_look_ahead(struct etl_stream *s, struct etl_stream_env *env)
{
    if (!s->has_last || s->looked)
        return;
    s->looked = true;
    if (s->last_opened) {
        if (s->is_open)
            look_through(s->cursor, env);
        return;
    }
    struct etl_cursor cursor;
    struct span buffer;
    open_ref(&s->last, env, &env->pool->look, &buffer);
    etl_cursor_init(&cursor, buffer, env->start_time);
    look_through(cursor, env);
}

struct etl_stream *etl_stream_new(struct etl_stream_env *env, uint16_t cpu)
{
    struct etl_stream *s = calloc(1, sizeof *s);
    if (s != NULL) {
        s->env = env;
        s->cpu = cpu;
        s->running = EVENT_NO_ID;
        s->cursor.last_time = env->start_time;
    }
    return s;
}

void etl_stream_free(struct etl_stream *s, struct etl_stream_env *env)
{
    for (size_t i = 0; i < s->pending_count; i++)
        free(s->pending[i].bytes);
    free(s->pending);
    if (s->is_open)
        free(s->current.bytes);
    block_release(&s->storage, env);
    free(s);
}
