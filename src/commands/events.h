/*
 * `heaptail events`: the events of a trace, one record each.
 */
#ifndef COMMANDS_EVENTS_H
#define COMMANDS_EVENTS_H

#include "commands/option.h"
#include "export/output.h"

/* A command (command.h): returns an exit code. */
int events_run(const struct options *o, struct output *out);

#endif
