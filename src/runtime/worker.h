/*
 * The worker thread: runs a session and hands its snapshots to the loop.
 *
 * The loop tells it what happened to the input and what is asked; it works in steps of about two
 * milliseconds and looks for new orders between them, so a new question waits no longer than a
 * step. All functions are for the loop thread and return at once.
 */
#ifndef RUNTIME_WORKER_H
#define RUNTIME_WORKER_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "answer/snapshot.h"
#include "runtime/session.h"

struct worker;

/* Called on the loop thread when a new snapshot is there or queued bytes were taken. */
typedef void (*worker_notify_fn)(void *ctx);

/* Starts the thread; takes `session`. NULL when it cannot be started (the session is freed). */
struct worker *worker_new(uv_loop_t *loop, struct session *session, worker_notify_fn notify,
                          void *ctx);

/* Stops and joins the thread, frees the session; the memory goes when the loop has run its close
 * callbacks. */
void worker_close(struct worker *w);

/*
 * Orders, obeyed one after the other: each is the function of session.h with the same name, and
 * returns at once. What is borrowed there is borrowed for the call here, too.
 */
void worker_ask(struct worker *w, const struct query_spec *spec);
void worker_ask_aside(struct worker *w, enum aside which, const struct query_spec *spec);
void worker_note_names(struct worker *w);
void worker_ask_answer(struct worker *w, enum answer_kind kind, const struct answer_spec *spec);
void worker_grow(struct worker *w, unsigned input, uint64_t size);
void worker_push(struct worker *w, unsigned input, char *bytes,
                 size_t n); /* takes `bytes`, malloced */
void worker_end(struct worker *w, unsigned input);
void worker_look(struct worker *w, unsigned input);
void worker_lose(struct worker *w, unsigned input, enum source_state why);

/* Bytes pushed and not taken yet: the measure of back-pressure. */
size_t worker_queued(const struct worker *w);

/* The newest snapshot with a reference for the caller; NULL before the first. */
struct snapshot *worker_snapshot(struct worker *w);

#endif
