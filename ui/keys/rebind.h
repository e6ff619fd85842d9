/*
 * The person's own keys: lines `action = key key` put into a keymap.
 *
 * A line replaces all keys of its action; no key at all unbinds it. A key stands for one action in
 * a scope: when a second one claims it the claim is refused and both are named. Used once, when the
 * program starts.
 */
#ifndef UI_KEYS_REBIND_H
#define UI_KEYS_REBIND_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "ui/keys/keymap.h"

/* Keys of one action at most. */
#define REBIND_KEYS 8

/* Zero: no line was taken. */
struct rebind {
    unsigned line[ACTION_COUNT]; /* that names the action; 0: none does, its own keys stay */
    struct ui_key key[ACTION_COUNT][REBIND_KEYS];
    size_t key_count[ACTION_COUNT];
};

/*
 * Reads one line; `number` (not 0) is told with what is wrong later. False when it makes no sense:
 * `out_why` says what was found and what was expected, and the action keeps the keys it has.
 */
bool rebind_take(struct rebind *r, unsigned number, const char *action, const char *keys,
                 struct strbuf *out_why);

/* Told one thing that is wrong, "what was found: what was expected", with its line. */
typedef void (*rebind_report_fn)(void *ctx, unsigned number, const char *text);

/*
 * Puts all lines taken into `km`. Keys that two actions claim are reported. Should no key be left
 * that leaves the program, `Q` does again.
 */
void rebind_apply(const struct rebind *r, struct keymap *km, rebind_report_fn report, void *ctx);

#endif
