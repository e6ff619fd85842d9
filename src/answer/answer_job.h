/*
 * How answers of one kind are made: the table that each kind fills, for answer_maker.h to drive.
 *
 * A job belongs to one query. It notices by itself that rows, stacks or names have come since its
 * last answer, and works in pieces of about a millisecond. Worker thread only.
 */
#ifndef ANSWER_ANSWER_JOB_H
#define ANSWER_ANSWER_JOB_H

#include <stdbool.h>

#include "answer/answer.h"
#include "model/frame_name.h"
#include "query/query.h"

/* Each kind has its own behind it. */
struct answer_job;

struct answer_job_ops {
    /* Row numbers or trace times stand in it: of another trace than its own it makes no sense. A
     * tree of stacks does, as long as the stacks are the same. */
    bool belongs_to_trace;

    /* Keeps references to the query and to what the spec refers to. NULL when memory is out. */
    struct answer_job *(*create)(struct query *query, const struct answer_spec *spec);
    void (*free)(struct answer_job *job);

    /* Another answer to the same query is wanted. */
    void (*want)(struct answer_job *job, const struct answer_spec *spec);

    /* Optional: the query is another one of the same trace and filter; only its range differs.
     * Keeps what is still true. False: a new job is made. */
    bool (*move)(struct answer_job *job, struct query *query);

    /* True when an answer made now would differ from the last one, or one is under way. O(1). */
    bool (*has_work)(const struct answer_job *job, const struct frame_namer *namer);

    /*
     * Works on; `*out_done` is set to an answer, whose reference passes to the caller, when one is
     * finished. Its `spec` is filled in by the caller. What the frames are called comes from the
     * namer, which the job references while it uses it. Returns 0 or -ENOMEM.
     */
    int (*work)(struct answer_job *job, const struct frame_namer *namer, struct answer **out_done);

    /* Optional: how much of the answer under way is done, 0..100; 0 when none is. O(1). */
    unsigned (*percent)(const struct answer_job *job);
};

/* By kind. */
extern const struct answer_job_ops *const answer_jobs[ANSWER_KINDS];

/* The jobs of the kinds, each in its own file. */
extern const struct answer_job_ops tree_job_ops;
extern const struct answer_job_ops sizes_job_ops;
extern const struct answer_job_ops moments_job_ops;
extern const struct answer_job_ops timeline_job_ops;
extern const struct answer_job_ops block_job_ops;
extern const struct answer_job_ops findings_job_ops;

#endif
