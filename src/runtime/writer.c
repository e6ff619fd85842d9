/* A file at a time, off the loop; see writer.h. */
#include "runtime/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer/blocks/block_list.h"
#include "base/alloc.h"
#include "base/text.h"
#include "base/xdg.h"

/* How often progress is told, ms. */
#define TICK_MS 100

void writer_init(struct writer *w, uv_loop_t *loop, void (*changed)(void *ctx), void *ctx)
{
    w->changed = changed;
    w->ctx = ctx;
    uv_timer_init(loop, &w->tick);
    w->tick.data = w;
    w->work.data = w;
}

/* ---- while it runs ---- */

static void on_tick(uv_timer_t *tick)
{
    struct writer *w = tick->data;
    const struct export_job *job = &w->job;
    uint64_t done = atomic_load_explicit(&job->done, memory_order_relaxed);
    struct strbuf b = {0};
    strbuf_puts(&b, "writing ");
    text_put_escaped(&b, job->path, strlen(job->path));
    if (job->total > 0)
        strbuf_printf(&b, ": %u %%", (unsigned)((double)done * 100.0 / (double)job->total));
    strbuf_puts(&b, "   {close} stops");
    app_write_progress(w->app, strbuf_str(&b));
    strbuf_release(&b);
    w->changed(w->ctx);
}

static void on_work(uv_work_t *work)
{
    struct writer *w = work->data;
    export_job_run(&w->job);
}

static void put_result(const struct export_job *job, struct strbuf *out)
{
    if (job->rc != 0) {
        strbuf_puts(out, job->info.text);
        return;
    }
    strbuf_puts(out, "Wrote ");
    text_put_grouped(out, job->rows);
    strbuf_puts(out, job->rows == 1 ? " row, " : " rows, ");
    text_put_size(out, job->bytes);
    strbuf_puts(out, ", to ");
    text_put_escaped(out, job->path, strlen(job->path));
}

static void on_worked(uv_work_t *work, int status)
{
    (void)status;
    struct writer *w = work->data;
    struct strbuf b = {0};
    put_result(&w->job, &b);
    if (!uv_is_closing((uv_handle_t *)&w->tick))
        uv_timer_stop(&w->tick);
    app_write_ended(w->app, w->job.rc != 0, strbuf_str(&b));
    strbuf_release(&b);
    export_job_release(&w->job);
    w->busy = false;
    w->changed(w->ctx);
}

/* ---- starting ---- */

static const enum export_table tables[] = {
    [VIEW_ROWS_HEAPS] = EXPORT_TABLE_HEAP,     [VIEW_ROWS_PROCESSES] = EXPORT_TABLE_PROCESS,
    [VIEW_ROWS_THREADS] = EXPORT_TABLE_THREAD, [VIEW_ROWS_SOURCES] = EXPORT_TABLE_SOURCE,
    [VIEW_ROWS_SIZES] = EXPORT_TABLE_SIZE,     [VIEW_ROWS_EXACT_SIZES] = EXPORT_TABLE_EXACT,
    [VIEW_ROWS_BUCKETS] = EXPORT_TABLE_BUCKET, [VIEW_ROWS_FINDINGS] = EXPORT_TABLE_FINDING,
};

/* What is wrong with the name; 0 when nothing is. */
static int check(const struct export_job *job, bool replace, struct strbuf *out_said)
{
    if (job->format == EXPORT_FORMAT_DEFAULT) {
        strbuf_puts(out_said, "expected a name that ends in .tsv, .csv or .jsonl");
        return -EINVAL;
    }
    if (replace || access(job->path, F_OK) != 0)
        return 0;
    strbuf_puts(out_said, "the file is there: Enter again replaces it");
    return -EEXIST;
}

/* The columns of events or blocks; false when the person shows none that can be written. */
static bool choose_rows(struct export_job *job, const struct app_write *what)
{
    const char *wrong;
    size_t len;
    if (what->rows == VIEW_ROWS_BLOCKS) {
        bool good = block_records_parse(&job->blocks, what->columns, &wrong, &len);
        job->blocks.descending = what->descending;
        job->total = snapshot_blocks(what->snapshot)->count;
        return good;
    }
    if (what->rows != VIEW_ROWS_EVENTS) {
        job->tree = what->rows == VIEW_ROWS_STACKS;
        job->moments = what->rows == VIEW_ROWS_MOMENTS;
        job->table = job->tree || job->moments ? EXPORT_TABLES : tables[what->rows];
        job->ids = base_xcalloc(what->id_count + 1, sizeof *job->ids);
        memcpy(job->ids, what->ids, what->id_count * sizeof *job->ids);
        job->id_count = what->id_count;
        return true;
    }
    job->total = what->snapshot->matched;
    return event_list_parse(&job->list, what->columns, &wrong, &len);
}

int writer_start(struct writer *w, const struct app_write *what, struct strbuf *out_said)
{
    struct export_job *job = &w->job;
    *job = (struct export_job){.path = xdg_expand_home(what->path),
                               .format = export_format_of(what->path)};
    int rc = check(job, what->replace, out_said);
    if (rc == 0 && !choose_rows(job, what)) {
        strbuf_puts(out_said, "no column is shown that can be written");
        rc = -EINVAL;
    }
    if (rc != 0) {
        export_job_release(job);
        return rc;
    }
    job->snapshot = snapshot_ref(what->snapshot);
    job->rules = what->rules != NULL ? frame_rules_ref(what->rules) : NULL;
    w->busy = true;
    uv_queue_work(w->tick.loop, &w->work, on_work, on_worked);
    uv_timer_start(&w->tick, on_tick, TICK_MS, TICK_MS);
    app_write_progress(w->app, "writing");
    return 0;
}

void writer_stop(struct writer *w)
{
    atomic_store_explicit(&w->job.stop, true, memory_order_relaxed);
}

void writer_close(struct writer *w)
{
    writer_stop(w);
    if (!uv_is_closing((uv_handle_t *)&w->tick))
        uv_close((uv_handle_t *)&w->tick, NULL);
}
