/*
 * The inputs being explored: their ingest, the query asked of it, and the snapshots that show both.
 *
 * What the worker thread does, without the thread: every call returns within about two
 * milliseconds, so that a new question never waits long. A large saved file is previewed: the first
 * rows come from its first buffers, marked provisional, while the whole file is still being looked
 * through. Worker thread only.
 */
#ifndef RUNTIME_SESSION_H
#define RUNTIME_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/snapshot.h"
#include "source/inputs.h"

struct session;

/* How an input is expected to behave. */
enum session_mode {
    SESSION_SAVED, /* a file that is read as it is now */
    SESSION_LIVE,  /* a file that may grow, until its header says that the writer has stopped */
    SESSION_PIPE,  /* bytes are pushed until session_end() */
};

/* `inputs` are borrowed and must outlive the session; `modes` has one for each, and is copied. NULL
 * when memory is out. */
struct session *session_new(struct inputs *inputs, const enum session_mode *modes);
void session_free(struct session *s);

/* Names for addresses: its snapshots have `t` from now on. A reference is taken. */
void session_set_symbols(struct session *s, struct symbol_table *t);

/* Names that were asked for are there: a new picture is due. */
void session_note_names(struct session *s);

/* Asks a new question; NULL-filter and open range for everything. Borrowed for the call. */
void session_ask(struct session *s, const struct query_spec *spec);

/* Asks a question beside it; NULL forgets the last one. Borrowed for the call. */
void session_ask_aside(struct session *s, enum aside which, const struct query_spec *spec);

/*
 * Asks for an answer about what is asked by session_ask(), remade when that or what is known of it
 * changes; NULL: nobody wants it any more. What the spec refers to is referenced.
 */
void session_ask_answer(struct session *s, enum answer_kind kind, const struct answer_spec *spec);

/* File: this many bytes are there now. Every file's first size is told before the first step. */
void session_grow(struct session *s, unsigned input, uint64_t size);

/* Pipe: the next bytes, copied. */
void session_push(struct session *s, unsigned input, const void *bytes, size_t n);

/* An input has ended (pipe closed by its writer). The writer counts as gone once all have. */
void session_end(struct session *s, unsigned input);

/*
 * The file was looked at and has the same size: its header may have been finished, or its unwritten
 * tail been filled.
 */
void session_look(struct session *s, unsigned input);

/* The file shrank, or its name belongs to another file: what was read is kept, nothing more of any
 * input is read. Nothing happens when the file's session had ended before. */
void session_lose(struct session *s, unsigned input, enum source_state why);

/*
 * Does a bounded piece of work. Returns true when there is more to do at once.
 */
bool session_step(struct session *s);

/*
 * When the session wants to be stepped although nothing happened: what is held back for order is
 * shown once the input has been idle for a second, and a call tree is made anew after a rest.
 * Monotonic ns; INT64_MAX: never.
 */
int64_t session_deadline(const struct session *s);

/* True when something changed since the last snapshot. */
bool session_has_news(const struct session *s);

/*
 * Makes a picture of the present state, with one reference; NULL when memory is out. Copies the
 * figures of every heap and thread: pace it by what it costs.
 */
struct snapshot *session_snapshot(struct session *s);

/* True when reading has failed or ended and nothing will ever come again. */
bool session_is_over(const struct session *s);

#endif
