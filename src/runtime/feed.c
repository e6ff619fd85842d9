/* A libuv pipe over a duplicate of the stream's descriptor; see feed.h. */
#include "runtime/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#define FEED_BLOCK ((size_t)64 << 10)

struct feed {
    uv_pipe_t pipe;
    struct feed_events events;
    int fd;    /* the source's own descriptor */
    int flags; /* of the open file before libuv set O_NONBLOCK, which others may share */
    bool reading;
    bool ended;
};

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)handle;
    (void)suggested;
    *buf = uv_buf_init(base_xcalloc(1, FEED_BLOCK), FEED_BLOCK);
}

static void finish(struct feed *f, int error)
{
    uv_read_stop((uv_stream_t *)&f->pipe);
    f->reading = false;
    f->ended = true;
    f->events.end(f->events.ctx, error);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct feed *f = stream->data;
    if (n <= 0) {
        free(buf->base);
        if (n < 0)
            finish(f, n == UV_EOF ? 0 : (int)n);
        return;
    }
    f->events.bytes(f->events.ctx, buf->base, (size_t)n);
    if (f->events.queued(f->events.ctx) >= FEED_QUEUE_BYTES) {
        uv_read_stop(stream);
        f->reading = false;
    }
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

struct feed *feed_new(uv_loop_t *loop, const struct source *source,
                      const struct feed_events *events, struct err_info *info)
{
    struct feed *f = base_xcalloc(1, sizeof *f);
    f->events = *events;
    f->fd = source->fd;
    f->flags = fcntl(source->fd, F_GETFL);
    uv_pipe_init(loop, &f->pipe, 0);
    f->pipe.data = f;
    int copy = fcntl(source->fd, F_DUPFD_CLOEXEC, 3);
    int rc = copy < 0 ? -errno : uv_pipe_open(&f->pipe, copy);
    if (rc == 0)
        rc = uv_read_start((uv_stream_t *)&f->pipe, on_alloc, on_read);
    f->reading = rc == 0;
    if (rc == 0)
        return f;
    err_set(info, rc, "%s: cannot be followed: %s", source->name, uv_strerror(rc));
    uv_close((uv_handle_t *)&f->pipe, on_closed);
    return NULL;
}

void feed_resume(struct feed *f)
{
    if (f == NULL || f->reading || f->ended ||
        f->events.queued(f->events.ctx) >= FEED_QUEUE_BYTES / 2)
        return;
    f->reading = uv_read_start((uv_stream_t *)&f->pipe, on_alloc, on_read) == 0;
}

void feed_close(struct feed *f)
{
    if (f == NULL)
        return;
    if (f->flags >= 0)
        (void)fcntl(f->fd, F_SETFL, f->flags);
    uv_close((uv_handle_t *)&f->pipe, on_closed);
}
