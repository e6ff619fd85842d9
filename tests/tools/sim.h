/*
 * The simulated machine of the random workload: processes with equal heap handles, their heaps and
 * threads, and the records they leave.  What happens when is the workload's business.
 */
#ifndef TESTS_TOOLS_SIM_H
#define TESTS_TOOLS_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mketl.h"
#include "program.h"
#include "recorder.h"
#include "rng.h"
#include "sim_heap.h"

struct sim_process;

struct sim_thread {
    struct sim_process *process;
    uint32_t tid;
    uint16_t cpu;
    uint64_t *last_free; /* per heap of its process */
    struct stack_call last_call;
    int64_t called; /* when that was */
};

struct sim_process {
    uint32_t pid;
    uint8_t pointer_size;
    bool running;
    const char *name;
    uint32_t instance; /* how often it was started anew */
    struct program program;
    struct sim_heap *heaps;
    struct sim_thread *threads;
};

/* The thread, process and heap that act in a step. */
struct sim_step {
    struct sim_thread *thread;
    struct sim_process *process;
    struct sim_heap *heap;
    size_t heap_at;
};

struct sim {
    struct recorder *recorder;
    const struct mketl_options *options;
    struct rng rng;
    int64_t now;
    uint64_t serial; /* makes every Expand's payload its own */
    struct sim_process *processes;
    struct rng calls; /* all that is random about stacks: without them the rest stays as it is */
    struct program_kernel kernel;
    uint32_t cumulative[MKETL_KNOBS]; /* sums of the rates of actions, the workload's */
};

/* Every second process was there before the trace, with its heaps; their records are logged. */
void sim_init(struct sim *sim, struct recorder *recorder);
void sim_release(struct sim *sim);

/* True as often as the knob's rate says. */
bool sim_knob(struct sim *sim, enum mketl_knob knob);

/* Lets time pass until the next event: about 5 us, or none in a tie. */
void sim_tick(struct sim *sim);

/* A heap event of the step's thread and heap, now. */
struct mketl_event sim_event(const struct sim *sim, const struct sim_step *step, uint8_t opcode);

void sim_log_process(struct sim *sim, struct sim_process *process, uint8_t opcode);
void sim_log_alloc(struct sim *sim, const struct sim_step *step, const struct sim_block *block);
void sim_log_free(struct sim *sim, const struct sim_step *step, uint64_t address, uint32_t source);
void sim_log_realloc(struct sim *sim, const struct sim_step *step, const struct sim_block *old,
                     const struct sim_block *new);

/* Create of the step's heap, which is empty afterwards; far enough from an earlier one not to be
 * its duplicate. */
void sim_log_create(struct sim *sim, const struct sim_step *step);

/* Logs an event of the step, with a stack when `called`. */
void sim_log(struct sim *sim, const struct sim_step *step, const struct mketl_event *event,
             bool called);

/* Expand, Contract or one of the snapshots, with what the heap has committed then. */
void sim_log_space(struct sim *sim, const struct sim_step *step, uint8_t opcode);

#endif
