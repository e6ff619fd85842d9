/* One file written; see export_job.h. */
#include "export/export_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "export/moments_record.h"
#include "export/tree_record.h"

/* As any file the person makes; the umask takes from it. */
#define FILE_MODE 0666

/* Rows between two looks at whether the job was stopped. */
#define LOOK_EVERY 65536

void export_job_release(struct export_job *job)
{
    snapshot_unref(job->snapshot);
    frame_rules_unref(job->rules);
    free(job->path);
    free(job->ids);
}

/* ---- events ---- */

/* The rows of the query, one after the other: asking for each by its number would cost more. */
struct walk {
    struct export_job *job;
    const struct output *out;
    uint64_t at, end, written;
};

/* Tells how far it is. False when nobody wants more. */
static bool look_up(const struct walk *w)
{
    atomic_store_explicit(&w->job->done, w->written, memory_order_relaxed);
    return !atomic_load_explicit(&w->job->stop, memory_order_relaxed) && !output_failed(w->out);
}

static uint64_t next_row(void *ctx)
{
    struct walk *w = ctx;
    const struct query *query = w->job->snapshot->query;
    while (w->written < w->job->total && w->at < w->end) {
        uint64_t row = w->at++;
        if (row % LOOK_EVERY == 0 && !look_up(w))
            break;
        if (!query_has(query, row))
            continue;
        w->written++;
        return row;
    }
    return ROW_NONE;
}

static void write_events(struct export_job *job, struct output *out)
{
    const struct snapshot *s = job->snapshot;
    struct walk w = {.job = job, .out = out, .end = s->rows};
    if (job->total > 0)
        w.at = query_select(s->query, 0);
    job->list.naming = (struct caller_naming){s->images, s->symbols, job->rules};
    job->rows = event_list_write(&job->list, s->trace, next_row, &w, job->format, out);
}

/* ---- blocks ---- */

struct block_watch {
    struct export_job *job;
    const struct output *out;
};

static bool go_on(void *ctx, uint64_t done)
{
    const struct block_watch *w = ctx;
    atomic_store_explicit(&w->job->done, done, memory_order_relaxed);
    return !atomic_load_explicit(&w->job->stop, memory_order_relaxed) && !output_failed(w->out);
}

static void write_blocks(struct export_job *job, struct output *out)
{
    const struct snapshot *s = job->snapshot;
    struct block_watch watch = {job, out};
    job->blocks.naming = (struct caller_naming){s->images, s->symbols, job->rules};
    job->rows = block_records_write(&job->blocks, s->trace, snapshot_blocks(s), job->format, go_on,
                                    &watch, out);
}

/* ---- tables ---- */

struct keyed_row {
    uint64_t id;
    const void *row;
};

static int compare_rows(const void *a, const void *b)
{
    const struct keyed_row *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* All rows of the table by their ids, so that those shown are found. The caller frees them. */
static struct keyed_row *key_rows(const struct export_job *job, const struct report *r,
                                  size_t *out_count)
{
    const struct report_table *t = &report_tables[job->table];
    const void **rows;
    size_t n = report_table_rows(t, r, false, &rows);
    struct keyed_row *keyed = base_xcalloc(n + 1, sizeof *keyed);
    for (size_t i = 0; i < n; i++)
        keyed[i] = (struct keyed_row){t->id(rows[i]), rows[i]};
    free(rows);
    qsort(keyed, n, sizeof *keyed, compare_rows);
    *out_count = n;
    return keyed;
}

static void put_rows(struct export_job *job, const struct report *r, struct record_writer *writer)
{
    size_t count;
    struct keyed_row *keyed = key_rows(job, r, &count);
    for (size_t i = 0; i < job->id_count; i++) {
        const struct keyed_row wanted = {.id = job->ids[i]};
        const struct keyed_row *found = bsearch(&wanted, keyed, count, sizeof *keyed, compare_rows);
        if (found == NULL)
            continue; /* shown, but nothing was counted for it */
        report_table_put(r, &report_tables[job->table], found->row, writer);
        record_end(writer);
        job->rows++;
    }
    free(keyed);
}

/* The table that was shown. */
static void set_sizes(const struct export_job *job, struct report *r)
{
    const struct size_table *t = snapshot_sizes(job->snapshot);
    if (t != NULL)
        r->sizes[t->kind] = t;
}

static void write_table(struct export_job *job, struct output *out)
{
    const struct report_table *t = &report_tables[job->table];
    struct strbuf scratch = {0};
    struct report r = {.trace = job->snapshot->trace,
                       .summary = job->snapshot->summary,
                       .findings = snapshot_findings(job->snapshot),
                       .trust = &job->snapshot->trust,
                       .scratch = &scratch};
    set_sizes(job, &r);
    struct record_field fields[TEXT_TABLE_COLUMNS] = {0};
    for (size_t i = 0; i < t->column_count; i++)
        fields[i].name = t->columns[i].name;
    struct record_writer writer;
    record_writer_init(&writer, out, job->format, fields, t->column_count);
    put_rows(job, &r, &writer);
    record_writer_finish(&writer);
    strbuf_release(&scratch);
}

static void write_tree(struct export_job *job, struct output *out)
{
    struct record_writer writer;
    record_writer_init(&writer, out, job->format, tree_record_fields, TREE_RECORD_FIELDS);
    job->rows =
        tree_record_put_keys(&writer, snapshot_tree(job->snapshot), job->ids, job->id_count);
    record_writer_finish(&writer);
}

static void write_moments(struct export_job *job, struct output *out)
{
    struct record_writer writer;
    record_writer_init(&writer, out, job->format, moments_record_fields, MOMENTS_RECORD_FIELDS);
    job->rows =
        moments_record_put_keys(&writer, snapshot_moments(job->snapshot), job->ids, job->id_count);
    record_writer_finish(&writer);
}

/* ---- the file ---- */

/* `rc` is that of the last byte. */
static int finish(struct export_job *job, struct file_writer *file, int rc)
{
    struct stat st;
    if (rc != 0)
        file_fail(&job->info, rc, job->path, "cannot be written: %s", strerror(-rc));
    else if (atomic_load_explicit(&job->stop, memory_order_relaxed))
        rc = file_fail(&job->info, -ECANCELED, job->path, "not written");
    if (rc == 0 && fstat(file->fd, &st) == 0)
        job->bytes = (uint64_t)st.st_size;
    if (rc == 0)
        return file_writer_commit(file, &job->info);
    file_writer_abandon(file);
    return rc;
}

void export_job_run(struct export_job *job)
{
    struct file_writer file;
    job->rc = file_writer_open(&file, job->path, FILE_MODE, &job->info);
    if (job->rc != 0)
        return;
    struct output out;
    output_init(&out, file.fd);
    if (job->list.count > 0)
        write_events(job, &out);
    else if (job->blocks.count > 0)
        write_blocks(job, &out);
    else if (job->tree)
        write_tree(job, &out);
    else if (job->moments)
        write_moments(job, &out);
    else
        write_table(job, &out);
    job->rc = finish(job, &file, output_finish(&out));
}
