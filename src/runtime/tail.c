/* A timer that looks at the file, hurried by a file system watch; see tail.h. */
#include "runtime/tail.h"

#include <stdlib.h>

#include "base/alloc.h"

#define TAIL_SHORTEST_MS 250u
#define TAIL_LONGEST_MS  1000u

/* A watch reports each write; looks closer together than this would only cost time. */
#define TAIL_HURRY_MS 20u

struct tail {
    const struct source *source;
    uint64_t size;
    tail_fn found;
    void *ctx;
    uint64_t wait_ms;
    uv_timer_t timer;
    uv_fs_event_t watch;
    int open_handles;
};

static void look(struct tail *t)
{
    uint64_t size;
    enum source_change change = source_check(t->source, t->size, &size);
    t->size = size;
    t->wait_ms = change == SOURCE_GREW ? TAIL_SHORTEST_MS : t->wait_ms * 2;
    if (t->wait_ms > TAIL_LONGEST_MS)
        t->wait_ms = TAIL_LONGEST_MS;
    t->found(t->ctx, change, size);
}

static void on_timer(uv_timer_t *timer)
{
    struct tail *t = timer->data;
    look(t);
    if (!uv_is_closing((uv_handle_t *)timer))
        uv_timer_start(timer, on_timer, t->wait_ms, 0);
}

static void on_watch(uv_fs_event_t *watch, const char *name, int events, int status)
{
    (void)name;
    (void)events;
    struct tail *t = watch->data;
    if (status == 0 && uv_timer_get_due_in(&t->timer) > TAIL_HURRY_MS)
        uv_timer_start(&t->timer, on_timer, TAIL_HURRY_MS, 0);
}

struct tail *tail_new(uv_loop_t *loop, const struct source *source, uint64_t size, tail_fn found,
                      void *ctx)
{
    struct tail *t = base_xcalloc(1, sizeof *t);
    *t = (struct tail){.source = source, .size = size, .found = found, .ctx = ctx};
    t->wait_ms = TAIL_SHORTEST_MS;
    uv_timer_init(loop, &t->timer);
    uv_fs_event_init(loop, &t->watch);
    t->timer.data = t->watch.data = t;
    t->open_handles = 2;
    uv_timer_start(&t->timer, on_timer, t->wait_ms, 0);
    /* Without a watch the timer alone is enough. */
    (void)uv_fs_event_start(&t->watch, on_watch, source->path, 0);
    return t;
}

static void on_closed(uv_handle_t *handle)
{
    struct tail *t = handle->data;
    if (--t->open_handles == 0)
        free(t);
}

void tail_close(struct tail *t)
{
    if (t == NULL)
        return;
    uv_close((uv_handle_t *)&t->timer, on_closed);
    uv_close((uv_handle_t *)&t->watch, on_closed);
}
