/*
 * Keeps one answer to a query up to date while somebody wants it: makes it, and again when rows,
 * stacks or names have changed.
 *
 * In small steps on the worker, which does nothing else meanwhile: what an answer costs is followed
 * by four times as long a rest. Worker thread only; the answers are for anybody.
 */
#ifndef ANSWER_ANSWER_MAKER_H
#define ANSWER_ANSWER_MAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/answer.h"
#include "model/frame_name.h"
#include "query/query.h"

struct answer_maker;

/* Keeps references to the query and to what the spec refers to. NULL when memory is out. */
struct answer_maker *answer_maker_new(struct query *query, const struct answer_spec *spec);
void answer_maker_free(struct answer_maker *m); /* NULL is fine */

/* Wants another answer of the same kind: what was added up for the last one is used again. */
void answer_maker_want(struct answer_maker *m, const struct answer_spec *spec);

/* Asks it of another query of the same trace and filter. False when it has to be made anew. */
bool answer_maker_move(struct answer_maker *m, struct query *query);

/*
 * Works for about a millisecond, unless it rests or everything is done. Returns true while there is
 * more to do at once.
 */
bool answer_maker_step(struct answer_maker *m, const struct frame_namer *namer);

/* When a rest ends with something left to do: monotonic ns; INT64_MAX: there is nothing. */
int64_t answer_maker_deadline(const struct answer_maker *m);

/* The newest answer, borrowed; NULL before the first, and when memory ran out. */
struct answer *answer_maker_answer(const struct answer_maker *m);

/* How much of the next answer is made, 0..100; 0 where nobody can tell. O(1). */
unsigned answer_maker_percent(const struct answer_maker *m);

/* True when the newest answer is the one that is wanted, of every row that the query has decided.
 */
bool answer_maker_is_settled(const struct answer_maker *m);

/* The answer to a query that covers its trace, made at once: for batch commands. One reference;
 * NULL when memory is out. */
struct answer *answer_make(struct query *query, const struct answer_spec *spec,
                           const struct frame_namer *namer);

#endif
