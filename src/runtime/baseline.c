/* One file at a time, off the loop; see baseline.h. */
#include "runtime/baseline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/xdg.h"

/* How often progress is told, ms. */
#define TICK_MS 100

void baseline_init(struct baseline *b, uv_loop_t *loop, void (*changed)(void *ctx), void *ctx)
{
    b->changed = changed;
    b->ctx = ctx;
    uv_timer_init(loop, &b->tick);
    b->tick.data = b;
    b->work.data = b;
}

/* ---- while it runs ---- */

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
    struct baseline *b = ctx;
    atomic_store_explicit(&b->done, done, memory_order_relaxed);
    atomic_store_explicit(&b->total, total, memory_order_relaxed);
}

/* Nothing is asked of it but what lives at a moment; a trace without heap events has none. */
static void on_work(uv_work_t *work)
{
    struct baseline *b = work->data;
    struct loaded loaded;
    const struct load_request what = {.paths = &b->path, .path_count = 1, .stop = &b->stop};
    if (load_trace(&what, on_progress, b, &loaded, &b->info) != 0)
        return;
    if (ingest_tally(loaded.ingest)->heap_events == 0)
        err_set(&b->info, -EINVAL, "there are no heap events in it");
    else
        b->trace = trace_ref(loaded.trace);
    loaded_release(&loaded);
}

static void on_tick(uv_timer_t *tick)
{
    struct baseline *b = tick->data;
    uint64_t done = atomic_load_explicit(&b->done, memory_order_relaxed);
    uint64_t total = atomic_load_explicit(&b->total, memory_order_relaxed);
    struct strbuf text = {0};
    strbuf_puts(&text, "reading ");
    text_put_escaped(&text, b->path, strlen(b->path));
    if (total > 0)
        strbuf_printf(&text, ": %u %%", (unsigned)((double)done * 100.0 / (double)total));
    strbuf_puts(&text, "   {close} stops");
    app_read_progress(b->app, strbuf_str(&text));
    strbuf_release(&text);
    b->changed(b->ctx);
}

static void on_worked(uv_work_t *work, int status)
{
    (void)status;
    struct baseline *b = work->data;
    if (!uv_is_closing((uv_handle_t *)&b->tick))
        uv_timer_stop(&b->tick);
    app_take_baseline(b->app, b->trace, b->path, b->info.text);
    trace_unref(b->trace);
    b->trace = NULL;
    free(b->path);
    b->path = NULL;
    b->changed(b->ctx);
}

/* ---- starting ---- */

/* What has no end, as a FIFO, would be waited for without one. */
static int check(const char *path, struct strbuf *out_said)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        strbuf_puts(out_said, strerror(errno));
        return -errno;
    }
    if (S_ISREG(st.st_mode))
        return 0;
    strbuf_puts(out_said, "expected a saved file");
    return -EINVAL;
}

int baseline_start(struct baseline *b, const char *path, struct strbuf *out_said)
{
    char *expanded = xdg_expand_home(path);
    int rc = check(expanded, out_said);
    if (rc != 0) {
        free(expanded);
        return rc;
    }
    b->path = expanded;
    b->info.text[0] = '\0';
    atomic_store(&b->stop, false);
    atomic_store(&b->total, 0);
    uv_queue_work(b->tick.loop, &b->work, on_work, on_worked);
    uv_timer_start(&b->tick, on_tick, TICK_MS, TICK_MS);
    app_read_progress(b->app, "reading");
    return 0;
}

void baseline_stop(struct baseline *b)
{
    atomic_store_explicit(&b->stop, true, memory_order_relaxed);
}

void baseline_close(struct baseline *b)
{
    baseline_stop(b);
    if (!uv_is_closing((uv_handle_t *)&b->tick))
        uv_close((uv_handle_t *)&b->tick, NULL);
}
