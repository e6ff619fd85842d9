/*
 * The call tree a session was asked for beside its query. Private to session.c and
 * session_inputs.c; worker thread only.
 */
#ifndef RUNTIME_SESSION_TREE_H
#define RUNTIME_SESSION_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/tree_maker.h"

/* Zeroed: nothing is asked. */
struct session_tree {
    bool asked;
    struct tree_spec spec;    /* holds a reference to the rules */
    struct tree_maker *maker; /* of the present query; NULL while there is none */
    struct call_tree *shown;  /* the newest one, of the last query until this one has its own */
};

/* NULL: no longer. `query` is the present one, or NULL. */
void session_tree_ask(struct session_tree *t, const struct tree_spec *spec, struct query *query);

/* The query is another one, or NULL. `same_stacks`: the ids of its stacks mean what they did. */
void session_tree_start(struct session_tree *t, struct query *query, bool same_stacks);
void session_tree_release(struct session_tree *t);

/* Works for about a millisecond; sets *out_news when there is a new tree. True while there is more
 * to do at once. */
bool session_tree_step(struct session_tree *t, const struct frame_namer *namer, bool *out_news);

/* When it wants to be stepped again although nothing happened; monotonic ns. */
int64_t session_tree_deadline(const struct session_tree *t);

/* A reference to the newest tree; NULL when there is none. *out_complete: it covers every row. */
struct call_tree *session_tree_show(const struct session_tree *t, bool *out_complete);

#endif
