/*
 * Tables of sizes of a query: folds its rows by size, a fold for each kind that was asked for, and
 * again what has come since.
 */
#include "answer/answer_job.h"

#include <errno.h>
#include <stdlib.h>

#include "answer/sizes/size_table.h"

/* Work of one step: about a millisecond. Thousands of sizes miss the caches. */
#define STEP_ROWS  32768
#define STEP_EXACT 12288
#define STEP_SIZES 64

struct sizes_job {
    struct query *query;
    struct answer_spec spec;
    struct size_fold *folds[SIZE_KINDS]; /* NULL: never asked for */
    bool stale;                          /* rows were folded, or another table is wanted */
    struct size_table_build *build;      /* the table in the making */
    uint64_t begun_rows;
};

static struct answer_job *sizes_create(struct query *query, const struct answer_spec *spec)
{
    struct sizes_job *j = calloc(1, sizeof *j);
    if (j == NULL)
        return NULL;
    j->query = query_ref(query);
    j->stale = true;
    answer_spec_copy(&j->spec, spec);
    return (struct answer_job *)j;
}

static void forget_build(struct sizes_job *j)
{
    size_table_build_free(j->build);
    j->build = NULL;
}

static void sizes_free(struct answer_job *job)
{
    struct sizes_job *j = (struct sizes_job *)job;
    forget_build(j);
    for (int i = 0; i < SIZE_KINDS; i++)
        size_fold_free(j->folds[i]);
    answer_spec_copy(&j->spec, NULL);
    query_unref(j->query);
    free(j);
}

static void sizes_want(struct answer_job *job, const struct answer_spec *spec)
{
    struct sizes_job *j = (struct sizes_job *)job;
    answer_spec_copy(&j->spec, spec);
    forget_build(j);
    j->stale = true;
}

/* ---- work ---- */

static int begin_table(struct sizes_job *j, struct size_fold *fold)
{
    const struct trace *t = query_trace(j->query);
    j->begun_rows = size_fold_rows(fold);
    j->stale = false;
    j->build = size_table_build_new(fold, j->spec.sizes.kind, t->header.pointer_size);
    return j->build != NULL ? 0 : -ENOMEM;
}

static void go_on_building(struct sizes_job *j, struct answer **out_done)
{
    if (!size_table_build_step(j->build, STEP_SIZES))
        return;
    struct size_table *table = size_table_build_take(j->build);
    table->base.rows = j->begun_rows;
    forget_build(j);
    *out_done = &table->base;
}

static int fold_on(struct sizes_job *j, struct size_fold *fold, uint64_t rows)
{
    j->stale = true;
    bool exact = j->spec.sizes.kind == SIZE_BY_EXACT;
    return size_fold_advance(fold, rows, exact ? STEP_EXACT : STEP_ROWS);
}

/* What comes next; a pass that is over becomes a table before more is folded: see tree_job.c. */
static int sizes_work(struct answer_job *job, const struct frame_namer *namer,
                      struct answer **out_done)
{
    struct sizes_job *j = (struct sizes_job *)job;
    struct size_fold **fold = &j->folds[j->spec.sizes.kind];
    uint64_t rows = query_scanned(j->query);
    (void)namer;
    if (j->build != NULL) {
        go_on_building(j, out_done);
        return 0;
    }
    if (*fold == NULL)
        *fold = query_fold_sizes(j->query, j->spec.sizes.kind);
    if (*fold == NULL)
        return -ENOMEM;
    if (size_fold_rows(*fold) < rows) {
        int rc = fold_on(j, *fold, rows);
        if (rc != 0 || size_fold_rows(*fold) < rows)
            return rc;
    }
    if (j->stale)
        return begin_table(j, *fold);
    return size_fold_is_settled(*fold, rows) ? 0 : fold_on(j, *fold, rows);
}

static bool sizes_has_work(const struct answer_job *job, const struct frame_namer *namer)
{
    const struct sizes_job *j = (const struct sizes_job *)job;
    const struct size_fold *fold = j->folds[j->spec.sizes.kind];
    (void)namer;
    return j->build != NULL || j->stale || fold == NULL ||
           !size_fold_is_settled(fold, query_scanned(j->query));
}

const struct answer_job_ops sizes_job_ops = {
    .create = sizes_create,
    .free = sizes_free,
    .want = sizes_want,
    .has_work = sizes_has_work,
    .work = sizes_work,
};
