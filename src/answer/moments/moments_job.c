/*
 * Answers about moments: adds up the blocks, names their groups, and again when rows, stacks, names
 * or the filter's mind have changed. A second trace is added up once.
 */
#include "answer/answer_job.h"

#include <errno.h>
#include <stdlib.h>

#include "answer/moments/moments_rows.h"

/* Work of one step: about a millisecond. */
#define STEP_ROWS  32768
#define STEP_WORDS 128

/* The trace that comes first, where there are two. It does not change. */
struct other {
    struct query *query; /* NULL until it is begun */
    struct moments_fold fold;
    bool folding; /* `fold` is set up */
};

/* What comes next. */
enum stage {
    STAGE_IDLE,
    STAGE_OTHER, /* the other trace is filtered and added up */
    STAGE_FOLD,
    STAGE_WORDS,  /* groups become rows */
    STAGE_FINISH, /* rows get their conditions */
};

struct moments_job {
    struct query *query;
    struct answer_spec spec;
    enum stage stage;
    bool stale; /* an answer is wanted, whatever has changed */
    struct other other;
    struct moments_fold fold;
    uint64_t rows;    /* of the trace, that `fold` covers */
    bool open;        /* rows behind those may belong to the last moment */
    uint64_t changes; /* store_stack_changes() when it began */
    uint64_t flips;   /* matches_flips() likewise */
    /* The answer in the making. */
    struct moments_rows building;
    struct moments_side sides[2]; /* the other trace's first */
    struct moments_roles roles[2];
    size_t side_count;
    size_t side;              /* being named */
    size_t place;             /* of its next group; then of the next row to be finished */
    struct frame_namer namer; /* of the last one begun; referenced */
    struct image_map *other_images;
    uint64_t generation; /* of its symbols then */
};

static void forget_answer(struct moments_job *j)
{
    if (j->stage >= STAGE_FOLD)
        moments_fold_release(&j->fold);
    if (j->stage >= STAGE_WORDS) {
        moments_rows_release(&j->building);
        moments_roles_release(&j->roles[0]);
        moments_roles_release(&j->roles[1]);
        image_map_unref(j->other_images);
        j->other_images = NULL;
    }
    j->stage = STAGE_IDLE;
}

static void forget_other(struct other *o)
{
    if (o->folding)
        moments_fold_release(&o->fold);
    query_unref(o->query);
    *o = (struct other){0};
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
    forget_answer(j);
    forget_other(&j->other);
    set_namer(j, &(struct frame_namer){0});
    answer_spec_copy(&j->spec, NULL);
    query_unref(j->query);
    free(j);
}

static void moments_want(struct answer_job *job, const struct answer_spec *spec)
{
    struct moments_job *j = (struct moments_job *)job;
    forget_answer(j);
    forget_other(&j->other);
    answer_spec_copy(&j->spec, spec);
    j->stale = true;
}

/* Its figures do not depend on the range, unless the filter does: then the matches are others. */
static bool moments_move(struct answer_job *job, struct query *query)
{
    struct moments_job *j = (struct moments_job *)job;
    struct query *old = j->query;
    j->stale = j->stale || j->stage != STAGE_IDLE || query_matches(query) != query_matches(old);
    forget_answer(j);
    j->query = query_ref(query);
    query_unref(old);
    return true;
}

/* ---- what has changed ---- */

static uint64_t generation_of(const struct frame_namer *namer)
{
    return namer->symbols != NULL ? symbol_table_generation(namer->symbols) : 0;
}

/* Only stacks are named by what is learnt of frames, and heaps by who created them. */
static bool has_other_names(const struct moments_job *j, const struct frame_namer *namer)
{
    const struct moments_spec *spec = &j->spec.moments;
    bool told =
        spec->by == MOMENTS_BY_STACK || (spec->by == MOMENTS_BY_HEAP && spec->other != NULL);
    return told && (namer->images != j->namer.images || namer->symbols != j->namer.symbols ||
                    generation_of(namer) != j->generation);
}

static bool has_other_rows(const struct moments_job *j)
{
    return (j->open && query_scanned(j->query) > j->rows) ||
           matches_flips(query_matches(j->query)) != j->flips ||
           (j->spec.moments.by == MOMENTS_BY_STACK &&
            store_stack_changes(query_trace(j->query)->store) != j->changes);
}

static bool moments_has_work(const struct answer_job *job, const struct frame_namer *namer)
{
    const struct moments_job *j = (const struct moments_job *)job;
    return j->stale || j->stage != STAGE_IDLE || has_other_rows(j) || has_other_names(j, namer);
}

/* ---- adding up ---- */

static int begin_other(struct moments_job *j)
{
    const struct query_spec spec = {
        .filter = query_asked(j->query)->filter,
        .since = INT64_MIN,
        .until = INT64_MAX,
        .rows_only = true,
    };
    j->other.query = query_new(j->spec.moments.other, &spec);
    return j->other.query != NULL ? 0 : -ENOMEM;
}

/* Its one moment. */
static void begin_other_fold(struct moments_job *j)
{
    const struct moments_spec *asked = &j->spec.moments;
    const struct moments_spec spec = {
        .by = asked->by,
        .count = 1,
        .times = {asked->other_until != 0 ? asked->other_until : INT64_MAX},
    };
    moments_fold_init(&j->other.fold, asked->other, query_matches(j->other.query),
                      query_scanned(j->other.query), &spec);
    j->other.folding = true;
}

static int work_on_other(struct moments_job *j)
{
    struct other *o = &j->other;
    if (o->query == NULL)
        return begin_other(j);
    if (!o->folding) {
        if (query_advance(o->query, STEP_ROWS))
            return 0;
        if (query_failed(o->query))
            return -ENOMEM;
        begin_other_fold(j);
    }
    return moments_fold_advance(&o->fold, STEP_ROWS);
}

static bool is_other_done(const struct moments_job *j)
{
    return j->spec.moments.other == NULL ||
           (j->other.folding && moments_fold_is_done(&j->other.fold));
}

static void begin_fold(struct moments_job *j)
{
    const struct trace *t = query_trace(j->query);
    j->rows = query_scanned(j->query);
    j->changes = store_stack_changes(t->store);
    j->flips = matches_flips(query_matches(j->query));
    moments_fold_init(&j->fold, t, query_matches(j->query), j->rows, &j->spec.moments);
    j->open = j->fold.moments[j->fold.count - 1] >= j->rows;
    j->stale = false;
    j->stage = STAGE_FOLD;
}

/* ---- naming ---- */

static int add_side(struct moments_job *j, const struct moments_fold *fold,
                    const struct image_map *images, bool owners)
{
    size_t i = j->side_count++;
    bool matching = j->spec.moments.other != NULL;
    j->sides[i] = (struct moments_side){
        .fold = fold,
        .first = fold == &j->fold && matching ? 1 : 0,
        .conditioned = fold == &j->fold,
        .words = {.trace = fold->trace,
                  .by = fold->by,
                  .rules = j->spec.rules,
                  .namer = {.images = images, .symbols = j->namer.symbols},
                  .owners = owners,
                  .roles = matching ? &j->roles[i] : NULL},
    };
    const struct moments_words *w = &j->sides[i].words;
    return matching ? moments_roles_init(&j->roles[i], w->trace, w->rules, &w->namer) : 0;
}

static int begin_words(struct moments_job *j, const struct frame_namer *namer)
{
    struct trace *other = j->spec.moments.other;
    bool owners = moments_words_needs_owners(j->fold.trace) ||
                  (other != NULL && moments_words_needs_owners(other));
    set_namer(j, namer);
    j->generation = generation_of(namer);
    j->stage = STAGE_WORDS;
    j->side = j->side_count = j->place = 0;
    int rc = moments_rows_init(&j->building, j->fold.count + (other != NULL), other != NULL);
    if (rc == 0 && other != NULL) {
        j->other_images = image_table_map(other->images);
        rc = add_side(j, &j->other.fold, j->other_images, owners);
    }
    if (rc == 0)
        rc = add_side(j, &j->fold, namer->images, owners);
    return rc == 0 ? moments_rows_begin(&j->building, &j->sides[j->side_count - 1]) : rc;
}

static int name_groups(struct moments_job *j)
{
    const struct moments_side *side = &j->sides[j->side];
    int rc = 0;
    for (unsigned k = 0; rc == 0 && k < STEP_WORDS && j->place < side->fold->group_count; k++)
        rc = moments_rows_add(&j->building, side, (uint32_t)j->place++);
    if (j->place < side->fold->group_count)
        return rc;
    j->place = 0;
    if (++j->side == j->side_count)
        j->stage = STAGE_FINISH;
    return rc;
}

static int finish_rows(struct moments_job *j, struct answer **out_done)
{
    const struct moments_side *side = &j->sides[j->side_count - 1];
    int rc = 0;
    for (unsigned k = 0; rc == 0 && k < STEP_WORDS && j->place < j->building.m->row_count; k++)
        rc = moments_rows_finish(&j->building, side, j->place++);
    if (rc != 0 || j->place < j->building.m->row_count)
        return rc;
    struct moments *m = moments_rows_take(&j->building, j->sides, j->side_count);
    /* Nothing that comes later changes it. */
    m->base.rows = j->open ? j->rows : UINT64_MAX;
    forget_answer(j);
    *out_done = &m->base;
    return 0;
}

static int begin(struct moments_job *j)
{
    if (!is_other_done(j))
        j->stage = STAGE_OTHER;
    else
        begin_fold(j);
    return 0;
}

/* A pass that is over becomes an answer before it is repeated: a fast live trace would never show
 * one. */
static int moments_work(struct answer_job *job, const struct frame_namer *namer,
                        struct answer **out_done)
{
    struct moments_job *j = (struct moments_job *)job;
    int rc;
    switch (j->stage) {
    case STAGE_IDLE:
        return begin(j);
    case STAGE_OTHER:
        rc = work_on_other(j);
        if (rc == 0 && is_other_done(j))
            begin_fold(j);
        return rc;
    case STAGE_FOLD:
        rc = moments_fold_advance(&j->fold, STEP_ROWS);
        return rc == 0 && moments_fold_is_done(&j->fold) ? begin_words(j, namer) : rc;
    case STAGE_WORDS:
        return name_groups(j);
    default:
        return finish_rows(j, out_done);
    }
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
