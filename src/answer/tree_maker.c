/* One call tree after the other; see tree_maker.h. */
#include "answer/tree_maker.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

/* Work of one step: about a millisecond. */
#define STEP_ROWS   32768
#define STEP_FRAMES 8192

/* Rest after each tree, in times of what it cost, and at least. */
#define REST_FACTOR 4
#define REST_NS     INT64_C(100000000)

struct tree_maker {
    struct query *query;
    struct tree_spec spec; /* holds a reference to the rules */
    struct stack_fold *fold;
    bool stale;         /* rows were folded, or another tree is wanted, since one was begun */
    bool pending;       /* there is something to do, now or after the rest */
    bool failed;        /* memory is out: what is there stays */
    int64_t cost;       /* ns since the last rest */
    int64_t rest_until; /* monotonic ns */
    /* The tree in the making. */
    struct call_tree_build *build;
    struct stack_totals *totals;
    uint64_t begun_rows;
    struct frame_namer namer; /* of the last one begun; referenced */
    uint64_t generation;      /* of its symbols then */
    /* The newest one. */
    struct call_tree *tree;
    uint64_t rows; /* it covers */
};

static void set_spec(struct tree_maker *m, const struct tree_spec *spec)
{
    struct frame_rules *old = m->spec.rules;
    m->spec = *spec;
    if (spec->rules != NULL)
        frame_rules_ref(spec->rules);
    frame_rules_unref(old);
}

struct tree_maker *tree_maker_new(struct query *query, const struct tree_spec *spec)
{
    struct tree_maker *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->query = query_ref(query);
    m->fold = query_fold_stacks(query);
    m->stale = m->pending = true;
    set_spec(m, spec);
    if (m->fold != NULL)
        return m;
    tree_maker_free(m);
    return NULL;
}

static void forget_build(struct tree_maker *m)
{
    call_tree_build_free(m->build);
    stack_totals_free(m->totals);
    m->build = NULL;
    m->totals = NULL;
}

static void set_namer(struct tree_maker *m, const struct frame_namer *namer)
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

void tree_maker_free(struct tree_maker *m)
{
    if (m == NULL)
        return;
    forget_build(m);
    set_namer(m, &(struct frame_namer){0});
    stack_fold_free(m->fold);
    call_tree_unref(m->tree);
    frame_rules_unref(m->spec.rules);
    query_unref(m->query);
    free(m);
}

void tree_maker_want(struct tree_maker *m, const struct tree_spec *spec)
{
    set_spec(m, spec);
    forget_build(m);
    m->stale = m->pending = true;
    m->rest_until = 0; /* A person waits. */
}

/* ---- work ---- */

static uint64_t generation_of(const struct frame_namer *namer)
{
    return namer->symbols != NULL ? symbol_table_generation(namer->symbols) : 0;
}

static bool has_other_names(const struct tree_maker *m, const struct frame_namer *namer)
{
    return namer->images != m->namer.images || namer->symbols != m->namer.symbols ||
           generation_of(namer) != m->generation;
}

static int begin_tree(struct tree_maker *m, const struct frame_namer *namer)
{
    set_namer(m, namer);
    m->generation = generation_of(namer);
    m->begun_rows = stack_fold_rows(m->fold);
    m->stale = false;
    m->totals = stack_fold_totals(m->fold);
    if (m->totals == NULL)
        return -ENOMEM;
    const struct call_tree_spec spec = {
        .kind = m->spec.kind,
        .sort = m->spec.sort,
        .rules = m->spec.rules,
        .namer = m->namer,
    };
    m->build = call_tree_build_new(query_trace(m->query), m->totals, &spec);
    return m->build != NULL ? 0 : -ENOMEM;
}

static int go_on_building(struct tree_maker *m, bool *out_done)
{
    int rc = call_tree_build_step(m->build, STEP_FRAMES);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    call_tree_unref(m->tree);
    m->tree = call_tree_build_take(m->build);
    m->rows = m->tree->rows = m->begun_rows;
    forget_build(m);
    *out_done = true;
    return 0;
}

static int fold_on(struct tree_maker *m, uint64_t rows)
{
    m->stale = true;
    return stack_fold_advance(m->fold, rows, STEP_ROWS);
}

/* What comes next: a pass that is over becomes a tree, in the same step, before it is repeated for
 * stacks that came late or goes on with rows that did: a fast live trace would never show one. */
static int work(struct tree_maker *m, const struct frame_namer *namer, bool *out_done)
{
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

static bool has_work(const struct tree_maker *m, const struct frame_namer *namer)
{
    return m->build != NULL || m->stale || has_other_names(m, namer) ||
           !stack_fold_is_settled(m->fold, query_scanned(m->query));
}

static void rest(struct tree_maker *m, int64_t now)
{
    int64_t length = REST_FACTOR * m->cost;
    m->rest_until = now + (length > REST_NS ? length : REST_NS);
    m->cost = 0;
}

bool tree_maker_step(struct tree_maker *m, const struct frame_namer *namer)
{
    m->pending = !m->failed && has_work(m, namer);
    int64_t start = clock_monotonic_ns();
    if (!m->pending || start < m->rest_until)
        return false;
    bool done = false;
    m->failed = work(m, namer, &done) != 0;
    int64_t now = clock_monotonic_ns();
    m->cost += now - start;
    if (done)
        rest(m, now);
    m->pending = !m->failed && has_work(m, namer);
    return m->pending && !done;
}

int64_t tree_maker_deadline(const struct tree_maker *m)
{
    return m->pending ? m->rest_until : INT64_MAX;
}

struct call_tree *tree_maker_tree(const struct tree_maker *m)
{
    return m->tree;
}

bool tree_maker_is_settled(const struct tree_maker *m)
{
    uint64_t rows = query_scanned(m->query);
    return m->tree != NULL && !m->stale && m->build == NULL && m->rows >= rows &&
           stack_fold_is_settled(m->fold, rows);
}
