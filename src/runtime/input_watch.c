/* Joins source, tail, feed and worker; see input_watch.h. */
#include "runtime/input_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decoder/etl_file_header.h"
#include "runtime/feed.h"
#include "runtime/tail.h"
#include "source/source.h"

/* The first buffer of every capture seen is at most 1 MiB; its header record lies within this much.
 */
#define HEADER_PROBE 4096u

static void on_found(void *ctx, enum source_change change, uint64_t size)
{
    struct input_watch *w = ctx;
    switch (change) {
    case SOURCE_GREW:
        worker_grow(w->worker, size);
        break;
    case SOURCE_SAME:
        worker_look(w->worker);
        break;
    case SOURCE_SHRANK:
        worker_lose(w->worker, SOURCE_TRUNCATED);
        break;
    case SOURCE_OTHER_FILE:
        worker_lose(w->worker, SOURCE_REPLACED);
        break;
    }
}

static void on_bytes(void *ctx, char *bytes, size_t n)
{
    struct input_watch *w = ctx;
    worker_push(w->worker, bytes, n);
}

static void on_end(void *ctx, int error)
{
    struct input_watch *w = ctx;
    (void)error;
    worker_end(w->worker);
}

static size_t on_queued(void *ctx)
{
    struct input_watch *w = ctx;
    return worker_queued(w->worker);
}

/* A file is live when its header has no EndTime yet (etl-format 1.6), unless the user says
 * otherwise. */
static bool is_live(const struct source *s, enum explore_follow follow)
{
    if (follow != EXPLORE_FOLLOW_AUTO)
        return follow == EXPLORE_FOLLOW_ON;
    uint8_t head[HEADER_PROBE];
    size_t n;
    struct etl_file_header header;
    if (source_read_at((void *)(uintptr_t)s, 0, head, sizeof head, &n) != 0 ||
        etl_file_header_parse((struct span){head, n}, &header, NULL) != 0)
        return false;
    return header.end_time == 0;
}

static enum session_mode choose_mode(const struct input_watch *w)
{
    if (w->source.is_stream)
        return SESSION_PIPE;
    return w->live ? SESSION_LIVE : SESSION_SAVED;
}

/* Reads and watches a pipe or socket. */
static int open_stream(struct input_watch *w, struct session *session, worker_notify_fn notify,
                       void *ctx, struct err_info *info)
{
    struct feed_events events = {.ctx = w, .bytes = on_bytes, .end = on_end, .queued = on_queued};
    w->worker = worker_new(w->loop, session, notify, ctx);
    if (w->worker == NULL)
        return err_set(info, -ENOMEM, "no thread to work in");
    w->feed = feed_new(w->loop, &w->source, &events, info);
    return w->feed != NULL ? 0 : -EIO;
}

/* Reads a file and watches it if it may grow. The session knows the size before the worker starts:
 * no bytes would be an error. */
static int open_file(struct input_watch *w, struct session *session, worker_notify_fn notify,
                     void *ctx, struct err_info *info)
{
    uint64_t size;
    int rc = source_size(&w->source, &size);
    if (rc != 0) {
        session_free(session);
        return err_set(info, rc, "%s: %s", w->source.name, strerror(-rc));
    }
    session_grow(session, size);
    w->worker = worker_new(w->loop, session, notify, ctx);
    if (w->worker == NULL)
        return err_set(info, -ENOMEM, "no thread to work in");
    if (w->live)
        w->tail = tail_new(w->loop, &w->source, size, on_found, w);
    return 0;
}

int input_watch_open(struct input_watch *w, uv_loop_t *loop, const struct explore_options *options,
                     worker_notify_fn notify, void *ctx, struct err_info *info)
{
    *w = (struct input_watch){.loop = loop};
    int rc = source_open(options->path, &w->source, info);
    if (rc != 0)
        return rc;
    w->live = !w->source.is_stream && is_live(&w->source, options->follow);
    struct session *session = session_new(&w->source, choose_mode(w));
    if (session != NULL)
        session_set_symbols(session, options->symbols);
    if (session == NULL)
        rc = err_set(info, -ENOMEM, "out of memory");
    else if (w->source.is_stream)
        rc = open_stream(w, session, notify, ctx, info);
    else
        rc = open_file(w, session, notify, ctx, info);
    if (rc != 0)
        input_watch_close(w);
    return rc;
}

void input_watch_close(struct input_watch *w)
{
    tail_close(w->tail);
    feed_close(w->feed);
    if (w->worker != NULL)
        worker_close(w->worker);
    if (w->source.path != NULL)
        source_close(&w->source);
    *w = (struct input_watch){.loop = w->loop};
}

void input_watch_progress(struct input_watch *w, const struct snapshot *s)
{
    feed_resume(w->feed);
    if (w->tail != NULL && s->source.state != SOURCE_FOLLOWING) {
        tail_close(w->tail);
        w->tail = NULL;
    }
}
