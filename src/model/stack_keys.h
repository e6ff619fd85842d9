/*
 * Keyed stacks: references to keys, and the definitions that come later (etl-format 5).
 *
 * A key is used again after each definition, so what a reference means is the first definition of
 * its key, of its kind, at or after the reference's own time; at the end of the trace, the last one
 * before it. References that wait for the same definition share a promise. A live stream may bring
 * a definition late, when its references wait for a later one or have got it: the newest references
 * are remembered for that. Worker only.
 */
#ifndef MODEL_STACK_KEYS_H
#define MODEL_STACK_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/id_map.h"
#include "model/stack_match.h"
#include "model/stack_parts.h"

/* Keys that are remembered; a trace could be made with a new one in every record. */
#define STACK_KEYS_MAX (UINT32_C(1) << 20)

/* Definitions that are remembered, the newest ones, and their frames together. */
#define STACK_DEFINITIONS_MAX       (UINT32_C(1) << 16)
#define STACK_DEFINITION_FRAMES_MAX (UINT64_C(1) << 22)

/* References that are remembered, the newest ones. */
#define STACK_REFERENCES_MAX (UINT32_C(1) << 16)

/* Steps back among the definitions or references of a key, which a trace could make a walk through
 * all there are. */
#define STACK_KEY_STEPS 1024u

struct stack_key;
struct stack_definition;
struct stack_reference;

struct stack_keys {
    struct id_map map; /* (is kernel, key) -> index in `keys` */
    struct stack_key *keys;
    size_t key_count, key_cap;
    struct stack_definition *ring;      /* by number, modulo STACK_DEFINITIONS_MAX */
    uint64_t next, oldest;              /* definitions are numbered from 1 on */
    uint64_t frames;                    /* held by the ring */
    struct stack_reference *references; /* by number, modulo STACK_REFERENCES_MAX */
    uint64_t next_reference;            /* numbered from 1 on */
    uint64_t dropped;                   /* references and definitions of keys beyond the limit */
};

void stack_keys_init(struct stack_keys *k);
void stack_keys_release(struct stack_keys *k);

/*
 * What a reference of a row's event stands for: a stack when its definition is known, else a
 * promise. STACK_NONE when a limit is reached or memory is out. O(1) unless it is late.
 */
uint32_t stack_keys_refer(struct stack_keys *k, struct stack_parts *p, struct trace *t,
                          const struct trace_event *reference);

/*
 * Takes a definition: keeps the promise that waited for it, or, when it is late, gives it to the
 * references that are its own, whose rows `m` finds. Returns 0 or -ENOMEM.
 */
int stack_keys_define(struct stack_keys *k, struct stack_parts *p, struct stack_match *m,
                      struct trace *t, const struct trace_event *definition);

/* Nothing more comes: what waits gets its last definition, if it had one. Returns 0 or -ENOMEM. */
int stack_keys_finish(struct stack_keys *k, struct stack_parts *p, struct trace *t);

size_t stack_keys_bytes(const struct stack_keys *k);

#endif
