/* A ring of batches between the reading thread and replay; see ingest_ahead.h. */
#include "model/ingest_ahead.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

/* Enough to even out both sides, little enough to stay in the cache. */
#define AHEAD_BATCHES 6u

/* Facts are copied once in so many batches: the copy costs as much as some ten events. */
#define FACTS_INTERVAL 16u

/* How long a taker waits before it looks after its other duties. */
#define AHEAD_WAIT_NS 2000000

struct ingest_ahead {
    struct ingest_reader *reader; /* the thread's */
    struct store *store;
    pthread_t thread;

    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t changed;
    struct event_batch *ring; /* AHEAD_BATCHES; those that are ready belong to the taker */
    size_t first, ready;
    bool taken; /* the first one is in the taker's hands */
    bool stop;
    int result; /* READER_MORE while the thread reads on, then how it ended */
    struct err_info info;
    struct ahead_facts facts;
};

/* The batch to fill next; NULL when told to stop. */
static struct event_batch *wait_for_room(struct ingest_ahead *a)
{
    pthread_mutex_lock(&a->lock);
    while (a->ready == AHEAD_BATCHES && !a->stop)
        pthread_cond_wait(&a->changed, &a->lock);
    struct event_batch *b = a->stop ? NULL : &a->ring[(a->first + a->ready) % AHEAD_BATCHES];
    pthread_mutex_unlock(&a->lock);
    return b;
}

static int fill(struct ingest_ahead *a, struct event_batch *b, struct err_info *info)
{
    event_batch_clear(b);
    int rc = ingest_reader_step(a->reader, INGEST_FINISH, b, info);
    if (rc == READER_EVENTS)
        ingest_reader_own(a->reader, b);
    return rc;
}

static void copy_facts(struct ingest_ahead *a)
{
    a->facts.tally = *ingest_reader_tally(a->reader);
    a->facts.losses = (struct trust){0};
    ingest_reader_losses(a->reader, false, &a->facts.losses);
    a->facts.buffers = ingest_reader_buffers(a->reader);
}

/* Hands over what a step gave. */
static void publish(struct ingest_ahead *a, int rc, const struct err_info *info, unsigned step)
{
    bool over = rc != READER_EVENTS && rc != READER_MORE;
    pthread_mutex_lock(&a->lock);
    if (rc == READER_EVENTS)
        a->ready++;
    if (over || step % FACTS_INTERVAL == 0)
        copy_facts(a);
    if (over) {
        a->result = rc;
        a->info = *info;
    }
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

static void *read_ahead(void *arg)
{
    struct ingest_ahead *a = arg;
    struct err_info info = {.text = ""};
    struct event_batch *b;
    int rc = READER_MORE;
    for (unsigned step = 0; rc == READER_MORE || rc == READER_EVENTS; step++) {
        b = wait_for_room(a);
        if (b == NULL)
            break;
        rc = fill(a, b, &info);
        publish(a, rc, &info, step);
        if (rc == READER_EVENTS)
            store_prepare(a->store);
    }
    return NULL;
}

struct ingest_ahead *ingest_ahead_new(struct ingest_reader *reader, struct store *store)
{
    struct ingest_ahead *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->ring = calloc(AHEAD_BATCHES, sizeof *a->ring);
    a->reader = reader;
    a->store = store;
    a->result = READER_MORE;
    copy_facts(a);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    if (a->ring != NULL && pthread_create(&a->thread, NULL, read_ahead, a) == 0)
        return a;
    free(a->ring);
    free(a);
    return NULL;
}

void ingest_ahead_free(struct ingest_ahead *a)
{
    if (a == NULL)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    for (size_t i = 0; i < AHEAD_BATCHES; i++)
        event_batch_clear(&a->ring[i]);
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    free(a->ring);
    free(a);
}

static void wait_a_little(struct ingest_ahead *a)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += AHEAD_WAIT_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&a->changed, &a->lock, &until);
}

/* Gives back the batch that the taker had. */
static void give_back(struct ingest_ahead *a)
{
    if (!a->taken)
        return;
    a->taken = false;
    a->first = (a->first + 1) % AHEAD_BATCHES;
    a->ready--;
    pthread_cond_broadcast(&a->changed);
}

int ingest_ahead_take(struct ingest_ahead *a, struct event_batch **out, struct err_info *info)
{
    pthread_mutex_lock(&a->lock);
    give_back(a);
    if (a->ready == 0 && a->result == READER_MORE)
        wait_a_little(a);
    int rc = a->ready != 0 ? READER_EVENTS : a->result;
    a->taken = rc == READER_EVENTS;
    *out = &a->ring[a->first];
    if (rc < 0 && info != NULL)
        *info = a->info;
    pthread_mutex_unlock(&a->lock);
    return rc;
}

void ingest_ahead_facts(struct ingest_ahead *a, struct ahead_facts *out)
{
    pthread_mutex_lock(&a->lock);
    *out = a->facts;
    pthread_mutex_unlock(&a->lock);
}
