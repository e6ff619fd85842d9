/*
 * An answer: what the rows of a query come to for one screen or command.
 *
 * Made by the worker (answer_maker.h) or at once by a batch command, immutable and self-contained
 * from then on; any thread reads it. Each kind is a struct of its own that begins with this one:
 *
 *   call_tree.h    who allocates, by call stack
 *   size_table.h   how large the blocks are, and how long they live
 *   moments.h      what was outstanding at moments, and how it changed
 *   timeline.h     what was outstanding over time
 *   block_list.h   the blocks themselves, sorted
 *   findings.h     what is wrong
 */
#ifndef ANSWER_ANSWER_H
#define ANSWER_ANSWER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/answer_spec.h"

struct answer {
    _Atomic uint32_t refs;
    struct answer_spec spec;        /* what was asked; holds references */
    uint64_t rows;                  /* of the trace that it covers */
    void (*free)(struct answer *a); /* all of it but `spec` */
};

/* Begins an answer with one reference. */
void answer_init(struct answer *a, void (*free)(struct answer *a));

struct answer *answer_ref(struct answer *a);
void answer_unref(struct answer *a); /* NULL is fine; any thread; the last one frees */

#endif
