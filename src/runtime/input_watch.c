/* Joins inputs, tails, feed and worker; see input_watch.h. */
#include "runtime/input_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "decoder/etl_file_header.h"
#include "runtime/feed.h"
#include "runtime/tail.h"

/* The first buffer of every capture seen is at most 1 MiB; its header record lies within this much.
 */
#define HEADER_PROBE 4096u

static void on_found(void *ctx, enum source_change change, uint64_t size)
{
    struct watched *in = ctx;
    struct worker *worker = in->owner->worker;
    switch (change) {
    case SOURCE_GREW:
        worker_grow(worker, in->number, size);
        break;
    case SOURCE_SAME:
        worker_look(worker, in->number);
        break;
    case SOURCE_SHRANK:
        worker_lose(worker, in->number, SOURCE_TRUNCATED);
        break;
    case SOURCE_OTHER_FILE:
        worker_lose(worker, in->number, SOURCE_REPLACED);
        break;
    }
}

static void on_bytes(void *ctx, char *bytes, size_t n)
{
    struct watched *in = ctx;
    worker_push(in->owner->worker, in->number, bytes, n);
}

static void on_end(void *ctx, int error)
{
    struct watched *in = ctx;
    (void)error;
    worker_end(in->owner->worker, in->number);
}

static size_t on_queued(void *ctx)
{
    struct watched *in = ctx;
    return worker_queued(in->owner->worker);
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

static enum session_mode choose_mode(const struct source *s, enum explore_follow follow)
{
    if (s->is_stream)
        return SESSION_PIPE;
    if (s->is_container)
        return SESSION_SAVED;
    return is_live(s, follow) ? SESSION_LIVE : SESSION_SAVED;
}

/* What is watched is what was named: once the worker runs, the list of inputs is its own, and the
 * traces of containers come into it. */
static void watch_all(struct input_watch *w, enum explore_follow follow)
{
    w->watched = base_xcalloc(w->inputs.named, sizeof *w->watched);
    for (unsigned i = 0; i < w->inputs.named; i++) {
        const struct source *s = w->inputs.list[i];
        enum session_mode mode = choose_mode(s, follow);
        w->watched[i] = (struct watched){.owner = w, .number = i, .source = s, .mode = mode};
        w->live = w->live || mode != SESSION_SAVED;
    }
}

static struct session *make_session(struct input_watch *w)
{
    enum session_mode *modes = base_xcalloc(w->inputs.named, sizeof *modes);
    for (size_t i = 0; i < w->inputs.named; i++)
        modes[i] = w->watched[i].mode;
    struct session *session = session_new(&w->inputs, modes);
    free(modes);
    return session;
}

/* Tells the session how much there is, before the worker starts: no bytes would be an error. */
static int show_sizes(struct input_watch *w, struct session *session, uint64_t *sizes,
                      struct err_info *info)
{
    for (unsigned i = 0; i < w->inputs.named; i++) {
        const struct source *s = w->inputs.list[i];
        if (s->is_stream)
            continue;
        int rc = source_size(s, &sizes[i]);
        if (rc != 0)
            return err_set(info, rc, "%s: %s", s->name, strerror(-rc));
        session_grow(session, i, sizes[i]);
    }
    return 0;
}

/* Reads and watches a pipe or socket, watches a file that may grow. */
static int watch_one(struct input_watch *w, struct watched *in, uint64_t size,
                     struct err_info *info)
{
    const struct source *s = in->source;
    struct feed_events events = {.ctx = in, .bytes = on_bytes, .end = on_end, .queued = on_queued};
    if (in->mode == SESSION_LIVE)
        in->tail = tail_new(w->loop, s, size, on_found, in);
    if (in->mode != SESSION_PIPE)
        return 0;
    w->feed = feed_new(w->loop, s, &events, info);
    return w->feed != NULL ? 0 : -EIO;
}

/* Takes `session`. */
static int start(struct input_watch *w, struct session *session, worker_notify_fn notify, void *ctx,
                 struct err_info *info)
{
    uint64_t *sizes = base_xcalloc(w->inputs.named, sizeof *sizes);
    int rc = show_sizes(w, session, sizes, info);
    if (rc != 0)
        session_free(session);
    else if ((w->worker = worker_new(w->loop, session, notify, ctx)) == NULL)
        rc = err_set(info, -ENOMEM, "no thread to work in");
    for (size_t i = 0; i < w->inputs.named && rc == 0; i++)
        rc = watch_one(w, &w->watched[i], sizes[i], info);
    free(sizes);
    return rc;
}

int input_watch_open(struct input_watch *w, uv_loop_t *loop, const struct explore_options *options,
                     worker_notify_fn notify, void *ctx, struct err_info *info)
{
    *w = (struct input_watch){.loop = loop};
    int rc = inputs_open(&w->inputs, options->paths, options->path_count, info);
    if (rc != 0)
        return rc;
    if (options->expand_limit != 0)
        w->inputs.expand_limit = options->expand_limit;
    watch_all(w, options->follow);
    struct session *session = make_session(w);
    if (session != NULL) {
        session_set_symbols(session, options->symbols);
        rc = start(w, session, notify, ctx, info);
    } else {
        rc = err_set(info, -ENOMEM, "out of memory");
    }
    if (rc != 0)
        input_watch_close(w);
    return rc;
}

bool input_watch_has_pipe(const struct input_watch *w)
{
    for (size_t i = 0; i < w->inputs.named; i++)
        if (w->watched[i].mode == SESSION_PIPE)
            return true;
    return false;
}

static void close_tails(struct input_watch *w)
{
    for (size_t i = 0; i < w->inputs.named; i++) {
        tail_close(w->watched[i].tail);
        w->watched[i].tail = NULL;
    }
}

void input_watch_close(struct input_watch *w)
{
    close_tails(w);
    feed_close(w->feed);
    if (w->worker != NULL)
        worker_close(w->worker);
    inputs_close(&w->inputs);
    free(w->watched);
    *w = (struct input_watch){.loop = w->loop};
}

void input_watch_progress(struct input_watch *w, const struct snapshot *s)
{
    feed_resume(w->feed);
    if (s->source.state != SOURCE_FOLLOWING)
        close_tails(w);
}
