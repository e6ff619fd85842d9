/*
 * `heaptail report`: totals and tables of one or more traces.
 */
#ifndef COMMANDS_REPORT_H
#define COMMANDS_REPORT_H

#include "commands/option.h"
#include "export/output.h"

/* A command (command.h): returns an exit code. */
int report_run(const struct options *o, struct output *out);

#endif
