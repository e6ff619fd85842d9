/*
 * `info --format text`: the same for people, in 80 columns.
 */
#ifndef COMMANDS_INFO_TEXT_H
#define COMMANDS_INFO_TEXT_H

#include "base/strbuf.h"
#include "commands/subject.h"

void info_text(const struct subject *s, struct strbuf *out);

#endif
