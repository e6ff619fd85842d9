/*
 * Who calls in the demo capture: the modules of its processes and the call chains of its actors.
 *
 * Nothing here touches the stage's clock or its random numbers, so that the heap's story is the
 * same with and without it.  Its records keep off CPU 0, whose buffers the story depends on.
 */
#ifndef TESTS_TOOLS_DEMO_CALLS_H
#define TESTS_TOOLS_DEMO_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "stage.h"

enum demo_site {
    DEMO_SITE_NONE,
    DEMO_SITE_TYPE, /* many ways, two of them hot */
    DEMO_SITE_UNDO, /* the leak: one way alone */
    DEMO_SITE_LOAD,
    DEMO_SITE_EDIT, /* now and then through a plugin */
    DEMO_SITE_MUCH,
    DEMO_SITE_RENDER,
    DEMO_SITE_GROW,
    DEMO_SITE_SAVE,
    DEMO_SITE_SPELL,
    DEMO_SITE_DOWNLOAD,
    DEMO_SITES
};

enum demo_program { DEMO_EDITOR, DEMO_HELPER, DEMO_UPDATER };

/* The machine and the modules of the kernel. */
void demo_calls_boot(struct stage *stage);

/* The modules of a process: loaded with MKETL_START, there with MKETL_DC_START and _DC_END, and
 * unloaded with MKETL_END. */
void demo_calls_images(struct stage *stage, const struct stage_process *process,
                       enum demo_program program, uint8_t opcode);

/* The editor's plugins, which come and go by the clock. */
void demo_calls_plugins(struct stage *stage, const struct stage_process *process);

/* A struct stage's `call`. */
bool demo_calls_find(struct stage *stage, const struct stage_actor *actor, uint32_t site,
                     struct stack_call *out_call);

#endif
