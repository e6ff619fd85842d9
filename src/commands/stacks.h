/*
 * `heaptail stacks`: who allocates, as a tree of call stacks.
 */
#ifndef COMMANDS_STACKS_H
#define COMMANDS_STACKS_H

#include "commands/option.h"
#include "export/output.h"

/* A command (command.h): returns an exit code. */
int stacks_run(const struct options *o, struct output *out);

#endif
