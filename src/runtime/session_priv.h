/*
 * A session from the inside: what session.c and session_inputs.c share. Private to them; worker
 * thread only.
 */
#ifndef RUNTIME_SESSION_PRIV_H
#define RUNTIME_SESSION_PRIV_H

#include "model/ingest.h"
#include "runtime/session.h"
#include "runtime/session_answers.h"

/* What is known of one input. */
struct session_input {
    enum session_mode mode;
    uint64_t size;     /* bytes known to be there */
    uint64_t buffers;  /* at the last look */
    int64_t buffer_at; /* monotonic ns: when the last buffer arrived */
    bool idle;         /* nothing came for so long that it is not waited for */
    bool unfinished;   /* its header had no end when it was first read: the end can be seen */
    bool ended;        /* its writer is gone; a saved file's always was */
};

struct session {
    struct inputs *inputs;
    struct session_input *input; /* one each; owned */
    size_t open;                 /* inputs whose writer is at work */
    bool begun;                  /* a step was made */
    enum ingest_hold hold;       /* of all of them */
    bool rereading;              /* finished live files are read again from their start */

    struct ingest *ingest;   /* NULL while containers are expanded */
    struct ingest *preview;  /* NULL unless the first rows still come from it */
    struct source previewed; /* what it reads, when that is a container's trace being expanded */
    bool ended;              /* the ingest has said INGEST_ENDED */
    bool failed;

    struct query_spec spec;
    struct query *query;
    struct session_aside {
        struct query_spec spec;
        bool asked;
        struct query *query; /* NULL while there is no trace, too */
    } aside[ASIDE_COUNT];
    struct session_answers answers;
    struct trace
        *trace; /* the one `query` asks; of the ingest, the preview, or the last before a re-read */

    struct symbol_table *symbols; /* NULL: none */
    struct source_status status;
    bool news; /* something changed since the last snapshot */
};

/* Nothing more is read; `message` is copied. */
void session_fail(struct session *s, const char *message);

/* ---- session_inputs.c ---- */

/* How each input behaves, and an ingest of them unless there is something to find out first. False
 * when memory is out. */
bool session_start_inputs(struct session *s, const enum session_mode *modes);

/* Of several inputs the message says which one. */
void session_fail_input(struct session *s, unsigned input, const char *message);

/* While there is no ingest: expands some more of what is packed. True when there is more to do at
 * once. */
bool session_prepare(struct session *s);

/* When what is held back for the order of an input is shown; INT64_MAX: never. */
int64_t session_release_deadline(const struct session *s);

/* An input that has been idle for long is not waited for, until it delivers again. */
void session_release_idle(struct session *s);

/* What a step of the ingest has found out about the inputs. */
void session_note_inputs(struct session *s);

#endif
