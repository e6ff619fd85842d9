/*
 * The stacks of rows put together from their parts: the kernel's and the process's, in whatever
 * order they come, and promises of either (stack_table.h).
 *
 * What a row is given is a stack, a promise of one part, or a promise of both parts together (a
 * pair), which is kept as soon as both are known. Rows are never visited when a promise is kept.
 * Worker only.
 */
#ifndef MODEL_STACK_PARTS_H
#define MODEL_STACK_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/id_map.h"
#include "model/trace.h"

/* Part of a stack; either may be STACK_NONE. Ids or promises. */
struct stack_pair {
    uint32_t kernel, user;
};

/* What is known of a promise, by its number. */
struct stack_promise {
    struct stack_pair pair;          /* of a pair; STACK_NONE, STACK_NONE: of one part */
    bool is_kernel;                  /* one part: which */
    uint32_t waiting;                /* the first pair that needs this part, STACK_NONE: none */
    uint32_t next_kernel, next_user; /* a pair: the next one that waits for the same part */
    uint64_t rows;                   /* Allocs and ReAllocs that have it, while it is not kept */
};

struct stack_parts {
    struct stack_promise *promises;
    size_t count, cap;
    struct id_map pairs;   /* (kernel, user) -> promise */
    uint64_t waiting_rows; /* Allocs and ReAllocs whose promise is not kept */
    uint64_t *scratch;     /* for joined frames */
    size_t scratch_cap;
};

/* Promises that are remembered: beyond this a stack counts as missing. */
#define STACK_PROMISES_MAX (UINT32_C(1) << 24)

void stack_parts_init(struct stack_parts *p);
void stack_parts_release(struct stack_parts *p);

/* Kernel addresses are the upper half (etl-format 5). */
bool stack_frame_is_kernel(const struct trace *t, uint64_t frame);

/* A promise of one part; STACK_NONE when there are too many or memory is out. */
uint32_t stack_parts_promise(struct stack_parts *p, struct trace *t, bool is_kernel);

/* Keeps it, and the pairs that waited for it. Returns 0 or -ENOMEM. */
int stack_parts_keep(struct stack_parts *p, struct trace *t, uint32_t promise, uint32_t id);

/*
 * Gives the rows, which are all of one event or share its time and thread, a stack or a part of
 * one. A row that has the other part gets both together, the kernel's first. Where every row has
 * this very part already, it is the one of the next of them: it goes to the rows behind the first
 * that shares its stack with the one before. Returns 0 or -ENOMEM.
 */
int stack_parts_give(struct stack_parts *p, struct trace *t, const uint64_t *rows, size_t n,
                     uint32_t stack);

/* Puts one part of the row's stack in the place of the one it had. Returns 0 or -ENOMEM. */
int stack_parts_replace(struct stack_parts *p, struct trace *t, uint64_t row, bool is_kernel,
                        uint32_t part);

/* Nothing more comes: pairs of which one part is known are kept with that. Returns 0 or -ENOMEM. */
int stack_parts_finish(struct stack_parts *p, struct trace *t);

size_t stack_parts_bytes(const struct stack_parts *p);

#endif
