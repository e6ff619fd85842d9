/*
 * `heaptail info`: what a trace is, whether or not it holds heap events.
 */
#ifndef COMMANDS_INFO_H
#define COMMANDS_INFO_H

#include "commands/option.h"
#include "export/output.h"

/* A command (command.h): returns an exit code. */
int info_run(const struct options *o, struct output *out);

#endif
