/*
 * The thread around a session; see worker.h.
 *
 * Loop -> worker: a list of orders under a mutex and a condition. Worker -> loop: the newest
 * snapshot under the same mutex, which is held for the swap of a pointer only, and an async
 * wake-up, which libuv coalesces.
 */
#include "runtime/worker.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"

/* Snapshots come at most this often, and take at most a tenth of the worker's time. */
#define SNAPSHOT_INTERVAL_NS INT64_C(30000000)

enum order_kind {
    ORDER_ASK,
    ORDER_ASIDE,
    ORDER_ANSWER,
    ORDER_NAMES,
    ORDER_GROW,
    ORDER_PUSH,
    ORDER_END,
    ORDER_LOOK,
    ORDER_LOSE
};

struct order {
    struct order *next;
    enum order_kind kind;
    struct query_spec spec;    /* ORDER_ASK, ORDER_ASIDE: holds a reference to the filter */
    enum aside aside;          /* ORDER_ASIDE */
    enum answer_kind answer;   /* ORDER_ANSWER */
    struct answer_spec wanted; /* ORDER_ANSWER: holds references */
    bool forget;               /* ORDER_ASIDE, ORDER_ANSWER: nothing is asked any more */
    unsigned input;            /* ORDER_GROW and what follows it */
    uint64_t size;             /* ORDER_GROW: of the file; ORDER_PUSH: of bytes */
    char *bytes;               /* ORDER_PUSH: owned */
    enum source_state why;     /* ORDER_LOSE */
};

struct worker {
    /* Loop thread. */
    uv_thread_t thread;
    uv_async_t async;
    worker_notify_fn notify;
    void *ctx;
    /* Worker thread. */
    struct session *session;
    int64_t snapshot_at;   /* when the last one was made */
    int64_t snapshot_cost; /* ns it took */
    /* Shared, under `mutex`. */
    uv_mutex_t mutex;
    uv_cond_t wake;
    struct order *first, **last;
    struct snapshot *newest;
    bool stop;
    _Atomic size_t queued;
};

static void order_free(struct order *o)
{
    filter_unref(o->spec.filter);
    answer_spec_copy(&o->wanted, NULL);
    free(o->bytes);
    free(o);
}

static void obey(struct worker *w, struct order *o)
{
    switch (o->kind) {
    case ORDER_ASK:
        session_ask(w->session, &o->spec);
        break;
    case ORDER_ASIDE:
        session_ask_aside(w->session, o->aside, o->forget ? NULL : &o->spec);
        break;
    case ORDER_ANSWER:
        session_ask_answer(w->session, o->answer, o->forget ? NULL : &o->wanted);
        break;
    case ORDER_NAMES:
        session_note_names(w->session);
        break;
    case ORDER_GROW:
        session_grow(w->session, o->input, o->size);
        break;
    case ORDER_PUSH:
        session_push(w->session, o->input, o->bytes, o->size);
        atomic_fetch_sub_explicit(&w->queued, o->size, memory_order_relaxed);
        break;
    case ORDER_END:
        session_end(w->session, o->input);
        break;
    case ORDER_LOOK:
        session_look(w->session, o->input);
        break;
    case ORDER_LOSE:
        session_lose(w->session, o->input, o->why);
        break;
    }
}

/* Takes the next order, waiting for one up to `wait_ns` (0: not at all, -1: as long as it takes).
 * False: stop. */
static bool next_order(struct worker *w, int64_t wait_ns, struct order **out_order)
{
    uv_mutex_lock(&w->mutex);
    if (wait_ns != 0 && w->first == NULL && !w->stop) {
        if (wait_ns > 0)
            uv_cond_timedwait(&w->wake, &w->mutex, (uint64_t)wait_ns);
        else
            uv_cond_wait(&w->wake, &w->mutex);
    }
    *out_order = w->first;
    if (w->first != NULL) {
        w->first = w->first->next;
        if (w->first == NULL)
            w->last = &w->first;
    }
    bool go_on = !w->stop;
    uv_mutex_unlock(&w->mutex);
    return go_on;
}

static void publish(struct worker *w)
{
    int64_t start = clock_monotonic_ns();
    struct snapshot *made = session_snapshot(w->session);
    w->snapshot_at = clock_monotonic_ns();
    w->snapshot_cost = w->snapshot_at - start;
    if (made == NULL)
        return;
    uv_mutex_lock(&w->mutex);
    struct snapshot *old = w->newest;
    w->newest = made;
    uv_mutex_unlock(&w->mutex);
    snapshot_unref(old);
    uv_async_send(&w->async);
}

/* How long until the next snapshot may be made; 0: now. */
static int64_t snapshot_wait(const struct worker *w)
{
    int64_t interval =
        w->snapshot_cost * 10 > SNAPSHOT_INTERVAL_NS ? w->snapshot_cost * 10 : SNAPSHOT_INTERVAL_NS;
    int64_t wait = w->snapshot_at + interval - clock_monotonic_ns();
    return wait > 0 ? wait : 0;
}

/* How long the worker may sleep when the session is done for now: until a picture or the session's
 * deadline is due. */
static int64_t idle_wait(const struct worker *w)
{
    int64_t wait = session_has_news(w->session) ? snapshot_wait(w) : INT64_MAX;
    int64_t deadline = session_deadline(w->session);
    if (deadline != INT64_MAX) {
        int64_t left = deadline - clock_monotonic_ns();
        left = left > 0 ? left : 0;
        wait = left < wait ? left : wait;
    }
    return wait != INT64_MAX ? wait : -1;
}

static void worker_main(void *arg)
{
    struct worker *w = arg;
    struct order *o;
    bool busy = false;
    while (next_order(w, busy ? 0 : idle_wait(w), &o)) {
        if (o != NULL) {
            obey(w, o);
            order_free(o);
        }
        busy = session_step(w->session);
        if (session_has_news(w->session) && snapshot_wait(w) == 0)
            publish(w);
    }
    if (o != NULL)
        order_free(o);
}

static void on_async(uv_async_t *handle)
{
    struct worker *w = handle->data;
    w->notify(w->ctx);
}

struct worker *worker_new(uv_loop_t *loop, struct session *session, worker_notify_fn notify,
                          void *ctx)
{
    struct worker *w = base_xcalloc(1, sizeof *w);
    w->session = session;
    w->notify = notify;
    w->ctx = ctx;
    w->last = &w->first;
    w->snapshot_at = INT64_MIN / 2;
    uv_mutex_init(&w->mutex);
    uv_cond_init(&w->wake);
    uv_async_init(loop, &w->async, on_async);
    w->async.data = w;
    if (uv_thread_create(&w->thread, worker_main, w) == 0)
        return w;
    session_free(session);
    uv_close((uv_handle_t *)&w->async, NULL);
    return NULL;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void worker_close(struct worker *w)
{
    uv_mutex_lock(&w->mutex);
    w->stop = true;
    uv_cond_signal(&w->wake);
    uv_mutex_unlock(&w->mutex);
    uv_thread_join(&w->thread);
    while (w->first != NULL) {
        struct order *o = w->first;
        w->first = o->next;
        order_free(o);
    }
    snapshot_unref(w->newest);
    session_free(w->session);
    uv_cond_destroy(&w->wake);
    uv_mutex_destroy(&w->mutex);
    uv_close((uv_handle_t *)&w->async, on_closed);
}

static void give_order(struct worker *w, const struct order *order)
{
    struct order *o = base_xcalloc(1, sizeof *o);
    *o = *order;
    uv_mutex_lock(&w->mutex);
    *w->last = o;
    w->last = &o->next;
    uv_cond_signal(&w->wake);
    uv_mutex_unlock(&w->mutex);
}

void worker_ask(struct worker *w, const struct query_spec *spec)
{
    struct order o = {.kind = ORDER_ASK, .spec = *spec};
    if (spec->filter != NULL)
        o.spec.filter = filter_ref(spec->filter);
    give_order(w, &o);
}

void worker_ask_aside(struct worker *w, enum aside which, const struct query_spec *spec)
{
    struct order o = {.kind = ORDER_ASIDE, .aside = which, .forget = spec == NULL};
    if (spec != NULL)
        o.spec = *spec;
    if (o.spec.filter != NULL)
        filter_ref(o.spec.filter);
    give_order(w, &o);
}

void worker_note_names(struct worker *w)
{
    give_order(w, &(struct order){.kind = ORDER_NAMES});
}

void worker_ask_answer(struct worker *w, enum answer_kind kind, const struct answer_spec *spec)
{
    struct order o = {.kind = ORDER_ANSWER, .answer = kind, .forget = spec == NULL};
    answer_spec_copy(&o.wanted, spec);
    give_order(w, &o);
}

void worker_grow(struct worker *w, unsigned input, uint64_t size)
{
    give_order(w, &(struct order){.kind = ORDER_GROW, .input = input, .size = size});
}

void worker_push(struct worker *w, unsigned input, char *bytes, size_t n)
{
    atomic_fetch_add_explicit(&w->queued, n, memory_order_relaxed);
    give_order(w, &(struct order){.kind = ORDER_PUSH, .input = input, .size = n, .bytes = bytes});
}

void worker_end(struct worker *w, unsigned input)
{
    give_order(w, &(struct order){.kind = ORDER_END, .input = input});
}

void worker_look(struct worker *w, unsigned input)
{
    give_order(w, &(struct order){.kind = ORDER_LOOK, .input = input});
}

void worker_lose(struct worker *w, unsigned input, enum source_state why)
{
    give_order(w, &(struct order){.kind = ORDER_LOSE, .input = input, .why = why});
}

size_t worker_queued(const struct worker *w)
{
    return atomic_load_explicit(&w->queued, memory_order_relaxed);
}

struct snapshot *worker_snapshot(struct worker *w)
{
    uv_mutex_lock(&w->mutex);
    struct snapshot *s = w->newest != NULL ? snapshot_ref(w->newest) : NULL;
    uv_mutex_unlock(&w->mutex);
    return s;
}
