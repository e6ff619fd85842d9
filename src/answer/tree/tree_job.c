/*
 * Call trees of a query: folds its rows by stack, draws them together, and again when rows, stacks,
 * modules or names have changed. Another tree of the same figures is not folded again.
 */
#include "answer/answer_job.h"

#include <errno.h>
#include <stdlib.h>

#include "answer/tree/call_tree.h"

/* Work of one step: about a millisecond. */
#define STEP_ROWS   32768
#define STEP_FRAMES 8192

struct tree_job {
    struct query *query;
    struct answer_spec spec;
    struct stack_fold *fold;
    bool stale; /* rows were folded, or another tree is wanted, since one was begun */
    /* The tree in the making. */
    struct call_tree_build *build;
    struct stack_totals *totals;
    uint64_t begun_rows;
    struct frame_namer namer; /* of the last one begun; referenced */
    uint64_t generation;      /* of its symbols then */
};

static void tree_free(struct answer_job *job);

static struct answer_job *tree_create(struct query *query, const struct answer_spec *spec)
{
    struct tree_job *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->query = query_ref(query);
    m->fold = query_fold_stacks(query);
    m->stale = true;
    answer_spec_copy(&m->spec, spec);
    if (m->fold != NULL)
        return (struct answer_job *)m;
    tree_free((struct answer_job *)m);
    return NULL;
}

static void forget_build(struct tree_job *m)
{
    call_tree_build_free(m->build);
    stack_totals_free(m->totals);
    m->build = NULL;
    m->totals = NULL;
}

static void set_namer(struct tree_job *m, const struct frame_namer *namer)
{
    struct frame_namer old = m->namer;
    m->namer = *namer;
    if (namer->images != NULL)
        image_map_ref(namer->images);
    if (namer->symbols != NULL)
        symbol_table_ref(namer->symbols);
    image_map_unref((struct image_map *)(uintptr_t)old.images);
    symbol_table_unref(old.symbols);
}

static void tree_free(struct answer_job *job)
{
    struct tree_job *m = (struct tree_job *)job;
    forget_build(m);
    set_namer(m, &(struct frame_namer){0});
    stack_fold_free(m->fold);
    answer_spec_copy(&m->spec, NULL);
    query_unref(m->query);
    free(m);
}

static void tree_want(struct answer_job *job, const struct answer_spec *spec)
{
    struct tree_job *m = (struct tree_job *)job;
    answer_spec_copy(&m->spec, spec);
    forget_build(m);
    m->stale = true;
}

/* The figures are those of another range; the rows' tiles are the same. */
static bool tree_move(struct answer_job *job, struct query *query)
{
    struct tree_job *m = (struct tree_job *)job;
    struct stack_fold *fold = query_fold_stacks(query);
    if (fold == NULL)
        return false;
    struct query *old = m->query;
    forget_build(m);
    stack_fold_free(m->fold);
    m->fold = fold;
    m->query = query_ref(query);
    m->stale = true;
    query_unref(old);
    return true;
}

/* ---- work ---- */

static uint64_t generation_of(const struct frame_namer *namer)
{
    return namer->symbols != NULL ? symbol_table_generation(namer->symbols) : 0;
}

static bool has_other_names(const struct tree_job *m, const struct frame_namer *namer)
{
    return namer->images != m->namer.images || namer->symbols != m->namer.symbols ||
           generation_of(namer) != m->generation;
}

static int begin_tree(struct tree_job *m, const struct frame_namer *namer)
{
    set_namer(m, namer);
    m->generation = generation_of(namer);
    m->begun_rows = stack_fold_rows(m->fold);
    m->stale = false;
    m->totals = stack_fold_totals(m->fold);
    if (m->totals == NULL)
        return -ENOMEM;
    const struct call_tree_spec spec = {
        .kind = m->spec.tree.kind,
        .sort = m->spec.tree.sort,
        .rules = m->spec.rules,
        .namer = m->namer,
    };
    m->build = call_tree_build_new(query_trace(m->query), m->totals, &spec);
    return m->build != NULL ? 0 : -ENOMEM;
}

static int go_on_building(struct tree_job *m, struct answer **out_done)
{
    int rc = call_tree_build_step(m->build, STEP_FRAMES);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    struct call_tree *tree = call_tree_build_take(m->build);
    tree->base.rows = m->begun_rows;
    forget_build(m);
    *out_done = &tree->base;
    return 0;
}

static int fold_on(struct tree_job *m, uint64_t rows)
{
    m->stale = true;
    return stack_fold_advance(m->fold, rows, STEP_ROWS);
}

/* What comes next: a pass that is over becomes a tree, in the same step, before it is repeated for
 * stacks that came late or goes on with rows that did: a fast live trace would never show one. */
static int tree_work(struct answer_job *job, const struct frame_namer *namer,
                     struct answer **out_done)
{
    struct tree_job *m = (struct tree_job *)job;
    uint64_t rows = query_scanned(m->query);
    if (m->build != NULL)
        return go_on_building(m, out_done);
    if (stack_fold_rows(m->fold) < rows) {
        int rc = fold_on(m, rows);
        if (rc != 0 || stack_fold_rows(m->fold) < rows)
            return rc;
    }
    if (m->stale || has_other_names(m, namer))
        return begin_tree(m, namer);
    return stack_fold_is_settled(m->fold, rows) ? 0 : fold_on(m, rows);
}

static bool tree_has_work(const struct answer_job *job, const struct frame_namer *namer)
{
    const struct tree_job *m = (const struct tree_job *)job;
    return m->build != NULL || m->stale || has_other_names(m, namer) ||
           !stack_fold_is_settled(m->fold, query_scanned(m->query));
}

const struct answer_job_ops tree_job_ops = {
    .create = tree_create,
    .free = tree_free,
    .want = tree_want,
    .move = tree_move,
    .has_work = tree_has_work,
    .work = tree_work,
};
