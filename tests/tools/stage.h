/*
 * A stage for scripted workloads: processes, heaps, and actors that do one thing over and over at
 * their own pace.  The stage keeps the clock and logs what the actors do.
 */
#ifndef TESTS_TOOLS_STAGE_H
#define TESTS_TOOLS_STAGE_H

#include <stddef.h>
#include <stdint.h>

#include "recorder.h"
#include "rng.h"
#include "sim_heap.h"

struct stage_process {
    uint32_t pid;
    uint32_t parent;
    uint8_t pointer_size;
    const char *name;
    const char *command; /* line */
};

struct stage_heap {
    struct stage_process *process;
    struct sim_heap sim;
    uint64_t in_use;   /* bytes of its live blocks: drives Expand and Contract */
    bool keeps_commit; /* however empty it is */
};

/* Blocks that somebody holds; the order is the order of their birth. */
struct stage_blocks {
    struct sim_block *items;
    size_t count;
    size_t capacity;
};

struct stage;

struct stage_actor {
    void (*act)(struct stage *stage, struct stage_actor *actor);
    struct stage_heap *heap;
    uint32_t tid;
    uint16_t cpu;
    int64_t next;   /* when it acts again, workload time */
    int64_t until;  /* when it leaves */
    int64_t period; /* the mean time between its acts */
    struct stage_blocks *held;
    unsigned beat; /* how often it has acted */
};

struct stage {
    struct recorder *recorder;
    struct rng rng;
    int64_t now;

    /* The stack of what happens at `site`; false when there is none.  NULL: nothing has one. */
    bool (*call)(struct stage *stage, const struct stage_actor *actor, uint32_t site,
                 struct stack_call *out_call);
    struct rng calls; /* what is random about stacks alone */
    uint32_t plugins; /* bits: which are loaded */
};

/* Runs the actors, always the one whose turn comes first, until all have left. */
void stage_run(struct stage *stage, struct stage_actor *actors, size_t count);

/* Lets a little time pass within an act: 1 to `most` ticks. */
void stage_pause(struct stage *stage, uint64_t most);

void stage_log_process(struct stage *stage, const struct stage_process *process, uint8_t opcode);
void stage_log_thread(struct stage *stage, const struct stage_process *process, uint32_t tid,
                      uint8_t opcode);

/* Any heap event that carries nothing but its handle. */
void stage_log_plain(struct stage *stage, const struct stage_actor *actor, uint8_t opcode);

/* A Snapshot of the actor's heap. */
void stage_log_snapshot(struct stage *stage, const struct stage_actor *actor);

void stage_create(struct stage *stage, const struct stage_actor *actor);
void stage_destroy(struct stage *stage, const struct stage_actor *actor);

/* In what follows `site` is where the program calls the heap, for the stack of the event. */

/* Allocates from the actor's heap into `held`; the heap expands when it has to. */
void stage_alloc(struct stage *stage, const struct stage_actor *actor, struct stage_blocks *held,
                 uint64_t size, uint32_t source, uint32_t site);

/* An Alloc that got nothing. */
void stage_fail(struct stage *stage, const struct stage_actor *actor, uint64_t size, uint32_t site);

/* Frees block `at` of `held`; the heap contracts when half of it is empty. */
void stage_free(struct stage *stage, const struct stage_actor *actor, struct stage_blocks *held,
                size_t at);

/* A Free of `address` in the actor's heap, whatever is there. */
void stage_free_address(struct stage *stage, const struct stage_actor *actor, uint64_t address);

/* A Free of an address nobody allocated while the trace was on. */
void stage_free_unknown(struct stage *stage, const struct stage_actor *actor);

/* Block `at` of `held` gets a new size: at a new address, or where it is. */
void stage_move(struct stage *stage, const struct stage_actor *actor, struct stage_blocks *held,
                size_t at, uint64_t size, uint32_t site);
void stage_resize(struct stage *stage, const struct stage_actor *actor, struct stage_blocks *held,
                  size_t at, uint64_t size, uint32_t site);

#endif
