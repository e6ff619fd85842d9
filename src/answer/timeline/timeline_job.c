/*
 * Timelines of a query: keeps the index, which depends on its filter alone, and draws windows from
 * it. Another window or range goes through no rows again.
 */
#include <errno.h>
#include <stdlib.h>

#include "answer/answer_job.h"
#include "answer/timeline/timeline.h"

/* Work of one step: about a millisecond. */
#define STEP_ROWS 32768

struct timeline_job {
    struct query *query;
    struct timeline_spec spec;
    struct timeline_index *index;
    uint64_t flips;    /* matches_flips() when the index was begun */
    uint64_t answered; /* rows of the last answer */
    bool has_answered;
    bool stale; /* another window, or rows that the last answer has not */
};

static void job_free(struct answer_job *job)
{
    struct timeline_job *m = (struct timeline_job *)job;
    timeline_index_free(m->index);
    query_unref(m->query);
    free(m);
}

static int begin_index(struct timeline_job *m)
{
    const struct matches *matches = query_matches(m->query);
    struct timeline_index *ix = timeline_index_new(query_trace(m->query), matches);
    if (ix == NULL)
        return -ENOMEM;
    timeline_index_free(m->index);
    m->index = ix;
    m->flips = matches_flips(matches);
    return 0;
}

static struct answer_job *job_create(struct query *query, const struct answer_spec *spec)
{
    struct timeline_job *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->query = query_ref(query);
    m->spec = spec->timeline;
    m->stale = true;
    if (begin_index(m) == 0)
        return (struct answer_job *)m;
    job_free((struct answer_job *)m);
    return NULL;
}

static void job_want(struct answer_job *job, const struct answer_spec *spec)
{
    struct timeline_job *m = (struct timeline_job *)job;
    m->spec = spec->timeline;
    m->stale = true;
}

/* Only what is made of the very same matches stays true. */
static bool job_move(struct answer_job *job, struct query *query)
{
    struct timeline_job *m = (struct timeline_job *)job;
    if (query_matches(query) != query_matches(m->query))
        return false;
    struct query *old = m->query;
    m->query = query_ref(query);
    query_unref(old);
    m->stale = true;
    return true;
}

static bool has_flipped(const struct timeline_job *m)
{
    return matches_flips(query_matches(m->query)) != m->flips;
}

static bool job_has_work(const struct answer_job *job, const struct frame_namer *namer)
{
    const struct timeline_job *m = (const struct timeline_job *)job;
    (void)namer;
    return m->stale || has_flipped(m) || timeline_index_rows(m->index) < query_scanned(m->query);
}

static int64_t range_start(const struct query *q)
{
    int64_t since = query_asked(q)->since;
    return since == INT64_MIN ? INT64_MIN : trace_raw(query_trace(q), since);
}

static int answer(struct timeline_job *m, struct answer **out_done)
{
    struct timeline *t = timeline_new(m->index, query_trace(m->query), &m->spec,
                                      query_range(m->query), range_start(m->query));
    if (t == NULL)
        return -ENOMEM;
    m->stale = false;
    m->has_answered = true;
    m->answered = timeline_index_rows(m->index);
    *out_done = &t->base;
    return 0;
}

/* Rows that flip void the index, but only after a whole pass: a fast live trace would never see the
 * end of one. Whoever waits for another window gets it of the rows that are there. */
static int job_work(struct answer_job *job, const struct frame_namer *namer,
                    struct answer **out_done)
{
    struct timeline_job *m = (struct timeline_job *)job;
    uint64_t rows = query_scanned(m->query);
    (void)namer;
    if (m->stale && m->has_answered && timeline_index_rows(m->index) >= m->answered)
        return answer(m, out_done);
    if (has_flipped(m) && timeline_index_rows(m->index) >= rows && begin_index(m) != 0)
        return -ENOMEM;
    int rc = timeline_index_advance(m->index, rows, STEP_ROWS);
    if (rc != 0 || timeline_index_rows(m->index) < rows)
        return rc;
    return answer(m, out_done);
}

const struct answer_job_ops timeline_job_ops = {
    .belongs_to_trace = true,
    .create = job_create,
    .free = job_free,
    .want = job_want,
    .move = job_move,
    .has_work = job_has_work,
    .work = job_work,
};
