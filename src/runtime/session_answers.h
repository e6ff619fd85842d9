/*
 * The answers a session was asked for beside its query. Private to session.c and session_inputs.c;
 * worker thread only.
 */
#ifndef RUNTIME_SESSION_ANSWERS_H
#define RUNTIME_SESSION_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/answer_maker.h"

/* Zeroed: nothing is asked. */
struct session_answer {
    bool asked;
    struct answer_spec spec;    /* holds references */
    struct answer_maker *maker; /* of the present query; kept while nobody asks, NULL before */
    struct answer *shown;       /* the newest one, of the last query until this one has its own */
    unsigned told;              /* how much of the next one a person was told, in steps */
};

struct session_answers {
    struct session_answer of[ANSWER_KINDS];
};

/* How the present query differs from the one before. */
enum session_change {
    SESSION_OTHER_RANGE,  /* the same trace and filter */
    SESSION_OTHER_FILTER, /* the same trace */
    SESSION_SAME_STACKS,  /* another trace that shares the stacks of the last */
    SESSION_OTHER_TRACE
};

/* NULL: nobody wants it any more; what is there is kept for the next who does. `query` is the
 * present one, or NULL. */
void session_answers_ask(struct session_answers *a, enum answer_kind kind,
                         const struct answer_spec *spec, struct query *query);

/* The query is another one, or NULL. */
void session_answers_start(struct session_answers *a, struct query *query,
                           enum session_change change);
void session_answers_release(struct session_answers *a);

/* True when something is asked. */
bool session_answers_are_asked(const struct session_answers *a);

/* Works for about a millisecond on each; sets *out_news when there is a new answer. True while
 * there is more to do at once. */
bool session_answers_step(struct session_answers *a, const struct frame_namer *namer,
                          bool *out_news);

/* When they want to be stepped again although nothing happened; monotonic ns. */
int64_t session_answers_deadline(const struct session_answers *a);

/* How much of the next answer is made, 0..100; 0 where nobody can tell. */
unsigned session_answers_percent(const struct session_answers *a, enum answer_kind kind);

/* A reference to the newest answer; NULL when there is none. *out_complete: it covers every row. */
struct answer *session_answers_show(const struct session_answers *a, enum answer_kind kind,
                                    bool *out_complete);

#endif
