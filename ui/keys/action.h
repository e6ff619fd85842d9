/* Everything a key can do; generated from actions.def. */
#ifndef UI_KEYS_ACTION_H
#define UI_KEYS_ACTION_H

#include <stddef.h>

#include "ui/term/scope.h"

enum action {
    ACTION_NONE,
#define UI_ACTION(id, name, scope, group, keys, label, help) ACTION_##id,
#include "ui/keys/actions.def"
#undef UI_ACTION
    ACTION_COUNT
};

/* The headings of help, in its order. */
enum action_group {
    ACTION_GROUP_MOVE,
    ACTION_GROUP_SCREENS,
    ACTION_GROUP_FILTER,
    ACTION_GROUP_LIVE,
    ACTION_GROUP_SHOW,
    ACTION_GROUP_PROGRAM,
    ACTION_GROUP_COUNT
};

struct action_info {
    const char *name; /* "list.down" */
    enum ui_scope scope;
    enum action_group group;
    const char *keys;  /* default keys, separated by blanks */
    const char *label; /* one or two words for the status line */
    const char *help;  /* one sentence */
};

/* A key worth naming in the status line. */
struct action_hint {
    enum action action;
    const char *label; /* what it does there, in a word or two; NULL: as in actions.def */
};

/* The line of actions.def; of ACTION_NONE one with empty strings. */
const struct action_info *action_info(enum action a);

/* The action called [s, s+n), or ACTION_NONE. */
enum action action_find(const char *s, size_t n);

const char *action_group_title(enum action_group group);

#endif
