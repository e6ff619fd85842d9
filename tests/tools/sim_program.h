/*
 * What the random workload's processes run: their modules as records, and the call stacks of their
 * events.  Does nothing unless the options ask for modules or stacks.
 */
#ifndef TESTS_TOOLS_SIM_PROGRAM_H
#define TESTS_TOOLS_SIM_PROGRAM_H

#include "sim.h"

/* The machine and the kernel's modules. */
void sim_program_boot(struct sim *sim);

/* Chooses what the process runs from now on. */
void sim_program_begin(struct sim *sim, struct sim_process *process, size_t at);

/* The process's modules: loaded (MKETL_START), unloaded (_END), there (_DC_START, _DC_END). */
void sim_program_log(struct sim *sim, const struct sim_process *process, uint8_t opcode);

/* The module that comes and goes comes or goes. */
void sim_program_plugin(struct sim *sim, const struct sim_step *step);

/* The stack of an event of the step that happens now.  False when nothing is to be logged. */
bool sim_program_call(struct sim *sim, const struct sim_step *step, struct stack_call *out_call);

#endif
