/*
 * A call tree as JSON: one object, the nodes nested.
 */
#ifndef COMMANDS_STACKS_JSON_H
#define COMMANDS_STACKS_JSON_H

#include <stdbool.h>

#include "answer/tree/call_tree.h"
#include "commands/subject.h"
#include "export/output.h"

/* `chosen`: a flag for each node; those above a chosen one are chosen, too. */
void stacks_json(const struct call_tree *t, const bool *chosen, const struct subject *s,
                 struct output *out);

#endif
