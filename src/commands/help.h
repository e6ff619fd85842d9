/*
 * Help texts, made from the tables of commands, options and event columns.
 */
#ifndef COMMANDS_HELP_H
#define COMMANDS_HELP_H

#include "base/strbuf.h"
#include "commands/command.h"

/* The help of a command, or of the whole program when `command` is NULL. */
void help_put(const struct command *command, struct strbuf *out);

/* The first lines of it: the ways to call the program, with a hint at --demo. */
void help_put_usage(struct strbuf *out);

#endif
