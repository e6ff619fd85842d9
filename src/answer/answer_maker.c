/* Work and rest of an answer's job; see answer_maker.h. */
#include "answer/answer_maker.h"

#include <stdlib.h>

#include "answer/answer_job.h"
#include "base/clock.h"

/* Rest after each answer, in times of what it cost, and at least. */
#define REST_FACTOR 4
#define REST_NS     INT64_C(100000000)

const struct answer_job_ops *const answer_jobs[ANSWER_KINDS] = {
    [ANSWER_TREE] = &tree_job_ops,       [ANSWER_SIZES] = &sizes_job_ops,
    [ANSWER_MOMENTS] = &moments_job_ops, [ANSWER_TIMELINE] = &timeline_job_ops,
    [ANSWER_BLOCKS] = &block_job_ops,    [ANSWER_FINDINGS] = &findings_job_ops,
};

struct answer_maker {
    const struct answer_job_ops *ops;
    struct answer_job *job;
    struct query *query;
    struct answer_spec spec;
    struct answer *answer; /* the newest one */
    bool pending;          /* there is something to do, now or after the rest */
    bool failed;           /* memory is out: what is there stays */
    int64_t cost;          /* ns since the last rest */
    int64_t rest_until;    /* monotonic ns */
};

struct answer_maker *answer_maker_new(struct query *query, const struct answer_spec *spec)
{
    struct answer_maker *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->ops = answer_jobs[spec->kind];
    m->query = query_ref(query);
    m->pending = true;
    answer_spec_copy(&m->spec, spec);
    m->job = m->ops->create(query, spec);
    if (m->job != NULL)
        return m;
    answer_maker_free(m);
    return NULL;
}

void answer_maker_free(struct answer_maker *m)
{
    if (m == NULL)
        return;
    if (m->job != NULL)
        m->ops->free(m->job);
    answer_unref(m->answer);
    answer_spec_copy(&m->spec, NULL);
    query_unref(m->query);
    free(m);
}

/* A person waits. */
static void wake(struct answer_maker *m)
{
    m->pending = true;
    m->rest_until = 0;
}

void answer_maker_want(struct answer_maker *m, const struct answer_spec *spec)
{
    answer_spec_copy(&m->spec, spec);
    m->ops->want(m->job, spec);
    wake(m);
}

bool answer_maker_move(struct answer_maker *m, struct query *query)
{
    if (m->ops->move == NULL || m->failed || !m->ops->move(m->job, query))
        return false;
    struct query *old = m->query;
    m->query = query_ref(query);
    query_unref(old);
    wake(m);
    return true;
}

/* ---- work ---- */

static void take(struct answer_maker *m, struct answer *done)
{
    answer_spec_copy(&done->spec, &m->spec);
    answer_unref(m->answer);
    m->answer = done;
}

static void rest(struct answer_maker *m, int64_t now)
{
    int64_t length = REST_FACTOR * m->cost;
    m->rest_until = now + (length > REST_NS ? length : REST_NS);
    m->cost = 0;
}

bool answer_maker_step(struct answer_maker *m, const struct frame_namer *namer)
{
    m->pending = !m->failed && m->ops->has_work(m->job, namer);
    int64_t start = clock_monotonic_ns();
    if (!m->pending || start < m->rest_until)
        return false;
    struct answer *done = NULL;
    m->failed = m->ops->work(m->job, namer, &done) != 0;
    int64_t now = clock_monotonic_ns();
    m->cost += now - start;
    if (done != NULL) {
        take(m, done);
        rest(m, now);
    }
    m->pending = !m->failed && m->ops->has_work(m->job, namer);
    return m->pending && done == NULL;
}

int64_t answer_maker_deadline(const struct answer_maker *m)
{
    return m->pending ? m->rest_until : INT64_MAX;
}

struct answer *answer_maker_answer(const struct answer_maker *m)
{
    return m->answer;
}

unsigned answer_maker_percent(const struct answer_maker *m)
{
    return m->ops->percent != NULL && !m->failed ? m->ops->percent(m->job) : 0;
}

bool answer_maker_is_settled(const struct answer_maker *m)
{
    return m->answer != NULL && !m->pending && m->answer->rows >= query_scanned(m->query) &&
           answer_spec_is_same(&m->answer->spec, &m->spec);
}

struct answer *answer_make(struct query *query, const struct answer_spec *spec,
                           const struct frame_namer *namer)
{
    const struct answer_job_ops *ops = answer_jobs[spec->kind];
    struct answer_job *job = ops->create(query, spec);
    struct answer *done = NULL;
    if (job == NULL)
        return NULL;
    while (done == NULL && ops->work(job, namer, &done) == 0)
        continue;
    ops->free(job);
    if (done != NULL)
        answer_spec_copy(&done->spec, spec);
    return done;
}
