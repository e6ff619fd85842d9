/*
 * A call tree for people: the heaviest ways to allocate, each with its calls below it.
 */
#ifndef COMMANDS_STACKS_TEXT_H
#define COMMANDS_STACKS_TEXT_H

#include "answer/tree/call_tree.h"
#include "base/strbuf.h"
#include "commands/subject.h"

void stacks_text(const struct call_tree *t, const struct subject *s, struct strbuf *out);

#endif
