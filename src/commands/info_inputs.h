/*
 * The text of `info` about each of several inputs: which session is in which file.
 */
#ifndef COMMANDS_INFO_INPUTS_H
#define COMMANDS_INFO_INPUTS_H

#include "base/strbuf.h"
#include "commands/subject.h"

/* Appends a table with a line for each input; nothing when there is one, of which all else tells.
 */
void info_inputs_text(const struct subject *s, struct strbuf *out);

#endif
