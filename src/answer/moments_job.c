/*
 * Answers about moments: adds up the blocks, names their groups, and again when rows, stacks, names
 * or the filter's mind have changed.
 */
#include "answer/answer_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer/moments_words.h"

/* Work of one step: about a millisecond. */
#define STEP_ROWS  32768
#define STEP_WORDS 256

struct moments_job {
    struct query *query;
    struct answer_spec spec;
    struct moments_fold fold;
    bool folding;      /* `fold` is set up */
    bool stale;        /* an answer is wanted, whatever has changed */
    uint64_t rows;     /* of the trace, that `fold` covers */
    bool open;         /* rows behind those may belong to the last moment */
    uint64_t changes;  /* store_stack_changes() when it began */
    uint64_t flips;    /* matches_flips() likewise */
    struct moments *m; /* in the making, its rows being named; NULL */
    struct moments_words words;
    struct strbuf text, condition;
    struct frame_namer namer; /* of the last one begun; referenced */
    uint64_t generation;      /* of its symbols then */
};

static void free_moments(struct answer *a)
{
    struct moments *m = (struct moments *)a;
    arena_release(&m->memory);
    free(m->rows);
    free(m);
}

static void forget_answer(struct moments_job *j)
{
    if (j->m != NULL)
        answer_unref(&j->m->base);
    j->m = NULL;
}

static void forget_fold(struct moments_job *j)
{
    forget_answer(j);
    if (j->folding)
        moments_fold_release(&j->fold);
    j->folding = false;
}

static struct answer_job *moments_create(struct query *query, const struct answer_spec *spec)
{
    struct moments_job *j = calloc(1, sizeof *j);
    if (j == NULL)
        return NULL;
    j->query = query_ref(query);
    j->stale = true;
    answer_spec_copy(&j->spec, spec);
    return (struct answer_job *)j;
}

static void set_namer(struct moments_job *j, const struct frame_namer *namer)
{
    struct frame_namer old = j->namer;
    j->namer = *namer;
    if (namer->images != NULL)
        image_map_ref(namer->images);
    if (namer->symbols != NULL)
        symbol_table_ref(namer->symbols);
    image_map_unref((struct image_map *)(uintptr_t)old.images);
    symbol_table_unref(old.symbols);
}

static void moments_free(struct answer_job *job)
{
    struct moments_job *j = (struct moments_job *)job;
    forget_fold(j);
    set_namer(j, &(struct frame_namer){0});
    strbuf_release(&j->text);
    strbuf_release(&j->condition);
    answer_spec_copy(&j->spec, NULL);
    query_unref(j->query);
    free(j);
}

static void moments_want(struct answer_job *job, const struct answer_spec *spec)
{
    struct moments_job *j = (struct moments_job *)job;
    forget_fold(j);
    answer_spec_copy(&j->spec, spec);
    j->stale = true;
}

/* Its figures do not depend on the range. */
static bool moments_move(struct answer_job *job, struct query *query)
{
    struct moments_job *j = (struct moments_job *)job;
    struct query *old = j->query;
    j->stale = j->stale || j->folding;
    forget_fold(j);
    j->query = query_ref(query);
    query_unref(old);
    return true;
}

/* ---- what has changed ---- */

static uint64_t generation_of(const struct frame_namer *namer)
{
    return namer->symbols != NULL ? symbol_table_generation(namer->symbols) : 0;
}

/* Only stacks are named by what is learnt of frames. */
static bool has_other_names(const struct moments_job *j, const struct frame_namer *namer)
{
    return j->spec.moments.by == MOMENTS_BY_STACK &&
           (namer->images != j->namer.images || namer->symbols != j->namer.symbols ||
            generation_of(namer) != j->generation);
}

static const struct store *store_of(const struct moments_job *j)
{
    return query_trace(j->query)->store;
}

static bool has_other_rows(const struct moments_job *j)
{
    return (j->open && query_scanned(j->query) > j->rows) ||
           matches_flips(query_matches(j->query)) != j->flips ||
           (j->spec.moments.by == MOMENTS_BY_STACK &&
            store_stack_changes(store_of(j)) != j->changes);
}

static bool moments_has_work(const struct answer_job *job, const struct frame_namer *namer)
{
    const struct moments_job *j = (const struct moments_job *)job;
    return j->stale || j->folding || has_other_rows(j) || has_other_names(j, namer);
}

/* ---- work ---- */

static void begin_fold(struct moments_job *j)
{
    const struct trace *t = query_trace(j->query);
    forget_fold(j);
    j->rows = query_scanned(j->query);
    j->changes = store_stack_changes(t->store);
    j->flips = matches_flips(query_matches(j->query));
    moments_fold_init(&j->fold, t, query_matches(j->query), j->rows, &j->spec.moments);
    j->folding = true;
    j->open = j->fold.moments[j->fold.count - 1] >= j->rows;
    j->stale = false;
}

/* The row's figures; false when memory is out. */
static bool take_figures(struct moments *m, struct moments_row *row,
                         const struct moments_group_figures *g, const struct moment_value *values)
{
    row->key = g->key;
    row->fresh = g->fresh;
    row->gone = g->gone;
    row->old = g->old;
    row->at = arena_alloc(&m->memory, m->count * sizeof *row->at);
    if (row->at == NULL)
        return false;
    memcpy(row->at, values, m->count * sizeof *row->at);
    const struct moment_value *first = &values[0], *last = &values[m->count - 1];
    row->delta_bytes = (int64_t)(last->bytes - first->bytes);
    row->delta_blocks = (int64_t)(last->blocks - first->blocks);
    row->grew = m->count > 2;
    for (uint32_t k = 1; k < m->count; k++)
        row->grew = row->grew && values[k].bytes > values[k - 1].bytes;
    return true;
}

static int begin_words(struct moments_job *j, const struct frame_namer *namer)
{
    const struct trace *t = query_trace(j->query);
    set_namer(j, namer);
    j->generation = generation_of(namer);
    j->words = (struct moments_words){
        .trace = t,
        .by = j->spec.moments.by,
        .rules = j->spec.rules,
        .namer = j->namer,
        .processes = moments_words_processes(t),
    };
    struct moments *m = calloc(1, sizeof *m);
    if (m == NULL)
        return -ENOMEM;
    answer_init(&m->base, free_moments);
    m->base.rows = j->open ? j->rows : UINT64_MAX;
    m->count = j->fold.count;
    m->whole.text = m->whole.condition = "";
    m->rows = calloc(j->fold.group_count + 1, sizeof *m->rows);
    j->m = m;
    if (m->rows == NULL || !take_figures(m, &m->whole, &j->fold.whole, j->fold.whole_values))
        return -ENOMEM;
    return 0;
}

static int add_row(struct moments_job *j, size_t place)
{
    struct moments *m = j->m;
    struct moments_row *row = &m->rows[m->row_count];
    const struct moments_group_figures *g = &j->fold.groups[place];
    strbuf_clear(&j->text);
    strbuf_clear(&j->condition);
    moments_words_put(&j->words, g, &j->text, &j->condition);
    row->text = arena_strndup(&m->memory, strbuf_str(&j->text), j->text.len);
    row->condition = arena_strndup(&m->memory, strbuf_str(&j->condition), j->condition.len);
    if (row->text == NULL || row->condition == NULL ||
        !take_figures(m, row, g, j->fold.values + place * m->count))
        return -ENOMEM;
    m->row_count++;
    return 0;
}

static int name_rows(struct moments_job *j, struct answer **out_done)
{
    int rc = 0;
    for (unsigned k = 0; rc == 0 && k < STEP_WORDS && j->m->row_count < j->fold.group_count; k++)
        rc = add_row(j, j->m->row_count);
    if (rc != 0 || j->m->row_count < j->fold.group_count)
        return rc;
    *out_done = &j->m->base;
    j->m = NULL;
    forget_fold(j);
    return 0;
}

static int moments_work(struct answer_job *job, const struct frame_namer *namer,
                        struct answer **out_done)
{
    struct moments_job *j = (struct moments_job *)job;
    if (j->m != NULL)
        return name_rows(j, out_done);
    if (!j->folding)
        begin_fold(j);
    int rc = moments_fold_advance(&j->fold, STEP_ROWS);
    return rc == 0 && moments_fold_is_done(&j->fold) ? begin_words(j, namer) : rc;
}

const struct answer_job_ops moments_job_ops = {
    .belongs_to_trace = true,
    .create = moments_create,
    .free = moments_free,
    .want = moments_want,
    .move = moments_move,
    .has_work = moments_has_work,
    .work = moments_work,
};
