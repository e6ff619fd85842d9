/* The lines of actions.def as a table. */
#include "ui/keys/action.h"

#include <string.h>

#define UI_ACTION(id, name, scope, group, keys, label, help)                                       \
    [ACTION_##id] = {name, SCOPE_##scope, ACTION_GROUP_##group, keys, label, help},

static const struct action_info actions[ACTION_COUNT] = {
    UI_ACTION(NONE, "", GLOBAL, PROGRAM, "", "", "")
#include "ui/keys/actions.def"
};
#undef UI_ACTION

const struct action_info *action_info(enum action a)
{
    return &actions[a];
}

enum action action_find(const char *s, size_t n)
{
    for (size_t i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (strlen(actions[i].name) == n && memcmp(actions[i].name, s, n) == 0)
            return (enum action)i;
    return ACTION_NONE;
}

const char *action_group_title(enum action_group group)
{
    static const char *const title[ACTION_GROUP_COUNT] = {
        "Move", "Screens", "Drill and filter", "Live", "Show", "Program",
    };
    return title[group];
}
