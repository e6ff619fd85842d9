/* Actions by what a person types of their names. Pure functions over the table of actions. */
#ifndef UI_KEYS_ACTION_MATCH_H
#define UI_KEYS_ACTION_MATCH_H

#include <stddef.h>

#include "ui/keys/action.h"

/*
 * The actions that `text` may mean, of the best kind there is: its name ("screen.heaps"), the last
 * part of a name or a label ("heaps"), the beginning of a name, the beginning of a word of either.
 * Whatever the case. Fills at most `max` and returns how many there are: 1 is what was meant.
 */
size_t action_match(const char *text, enum action *out_actions, size_t max);

#endif
