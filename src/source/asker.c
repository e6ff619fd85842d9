/* The thread beside the loader; see asker.h. */
#include "source/asker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct asker {
    struct trace *trace;
    struct query *query; /* the thread's until it is joined */
    pthread_t thread;
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t changed;
    uint64_t allowed; /* rows */
    bool stop;
};

/* Waits until rows beyond `done` may be looked at. Returns how many rows may be, `done` when told
 * to stop. */
static uint64_t wait_for_rows(struct asker *a, uint64_t done)
{
    pthread_mutex_lock(&a->lock);
    while (a->allowed == done && !a->stop)
        pthread_cond_wait(&a->changed, &a->lock);
    uint64_t allowed = a->stop ? done : a->allowed;
    pthread_mutex_unlock(&a->lock);
    return allowed;
}

static void *ask_along(void *arg)
{
    struct asker *a = arg;
    uint64_t done = 0;
    uint64_t allowed;
    while ((allowed = wait_for_rows(a, done)) != done) {
        if (!query_advance_to(a->query, allowed, STORE_CHUNK_ROWS))
            done = allowed;
    }
    return NULL;
}

struct asker *asker_new(struct trace *trace, const struct query_spec *spec)
{
    struct asker *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->trace = trace_ref(trace);
    a->query = query_new(trace, spec);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    if (a->query != NULL && pthread_create(&a->thread, NULL, ask_along, a) == 0)
        return a;
    query_unref(a->query);
    trace_unref(a->trace);
    free(a);
    return NULL;
}

void asker_allow(struct asker *a)
{
    uint64_t whole = store_rows(a->trace->store) / STORE_CHUNK_ROWS * STORE_CHUNK_ROWS;
    if (whole == a->allowed) /* written by this thread only */
        return;
    pthread_mutex_lock(&a->lock);
    a->allowed = whole;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

static void join(struct asker *a)
{
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
}

struct query *asker_finish(struct asker *a, struct trace *final)
{
    join(a);
    struct query *q = a->query;
    a->query = NULL;
    if (final != a->trace) {
        struct query_spec spec = *query_asked(q);
        struct query *anew = query_new(final, &spec);
        query_unref(q);
        q = anew;
    }
    while (q != NULL && query_advance(q, STORE_CHUNK_ROWS))
        continue;
    asker_free(a);
    if (q == NULL || !query_failed(q))
        return q;
    query_unref(q);
    return NULL;
}

void asker_free(struct asker *a)
{
    if (a == NULL)
        return;
    if (a->query != NULL)
        join(a);
    query_unref(a->query);
    trace_unref(a->trace);
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    free(a);
}
