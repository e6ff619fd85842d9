/*
 * From keys to actions, and back for help.
 *
 * A key is looked up in one scope after the other: the view's, then `list`, then `global`. A count
 * goes before an action as in readline: Alt with the first digit, then plain digits (Alt-1 0 j),
 * because the digits alone are the screens and answer at once.
 */
#ifndef UI_KEYS_KEYMAP_H
#define UI_KEYS_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "ui/keys/action.h"
#include "ui/term/key.h"

struct key_binding {
    struct ui_key key;
    enum ui_scope scope;
    enum action action;
};

#define KEYMAP_MAX 256

struct keymap {
    struct key_binding binding[KEYMAP_MAX];
    size_t count;
};

/* The count being typed; zero is "none". */
struct key_prefix {
    uint64_t count;
    bool open;
};

/* What a key asks for. */
struct action_call {
    enum action action; /* ACTION_NONE: the key means nothing here, or is part of a count */
    uint64_t count;     /* 0: none was given */
};

/* The default keys of actions.def. */
void keymap_init(struct keymap *km);

/* Looks the key up in `scopes[0..n)` in their order; ACTION_NONE when unbound. */
enum action keymap_find(const struct keymap *km, const enum ui_scope *scopes, size_t n,
                        struct ui_key key);

/* The same with counts: feeds one key and keeps the count in `prefix` until an action takes it. */
struct action_call keymap_feed(const struct keymap *km, struct key_prefix *prefix,
                               const enum ui_scope *scopes, size_t n, struct ui_key key);

/* The first key of an action as a person reads it, "" when it has none: for hints. */
void keymap_put_key(const struct keymap *km, enum action a, struct strbuf *out);

/* All keys of an action, blanks between: for help. */
void keymap_put_keys(const struct keymap *km, enum action a, struct strbuf *out);

/*
 * Appends `text` with each `{action.name}` replaced by the first key of that action, by
 * `:action.name` when it has none. Other braces stay.
 */
void keymap_put_text(const struct keymap *km, const char *text, struct strbuf *out);

/* The key table of the README (Markdown), all actions by group. */
void keymap_put_table(const struct keymap *km, struct strbuf *out);

#endif
