/* Lines of keys put into a keymap; see rebind.h. */
#include "ui/keys/rebind.h"

#include <string.h>

#include "base/text.h"

/* ---- one line ---- */

/* The action whose name has most in common with what was written. */
static enum action nearest(const char *name)
{
    enum action best = ACTION_NONE + 1;
    size_t most = 0;
    for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        const char *other = action_info(a)->name;
        size_t same = 0;
        while (name[same] != '\0' && name[same] == other[same])
            same++;
        if (same > most) {
            most = same;
            best = a;
        }
    }
    return most >= 3 ? best : ACTION_NONE;
}

static bool refuse_action(const char *name, struct strbuf *out_why)
{
    enum action near = nearest(name);
    text_put_escaped(out_why, name, strlen(name));
    strbuf_puts(out_why, ": no such action, ");
    if (near != ACTION_NONE)
        strbuf_printf(out_why, "expected one like %s", action_info(near)->name);
    else
        strbuf_puts(out_why, "expected a name such as list.down");
    return false;
}

static bool refuse_keys(enum action a, const char *s, const char *what, struct strbuf *out_why)
{
    strbuf_printf(out_why, "%s = ", action_info(a)->name);
    text_put_escaped(out_why, s, text_clip(s, strlen(s), 40));
    strbuf_printf(out_why, ": %s", what);
    return false;
}

/* Alt with a digit starts a number before any action is looked for. */
static bool starts_number(struct ui_key key)
{
    return key.mods == KEY_MOD_ALT && key.code >= '0' && key.code <= '9';
}

bool rebind_take(struct rebind *r, unsigned number, const char *action, const char *keys,
                 struct strbuf *out_why)
{
    enum action a = action_find(action, strlen(action));
    if (a == ACTION_NONE)
        return refuse_action(action, out_why);
    struct ui_key key[REBIND_KEYS];
    size_t n = 0;
    for (const char *at = keys + strspn(keys, " \t"); *at != '\0'; at += strspn(at, " \t")) {
        size_t word = strcspn(at, " \t");
        if (n == REBIND_KEYS)
            return refuse_keys(a, keys, "too many keys, expected at most 8", out_why);
        if (ui_key_parse(at, word, &key[n]) != word)
            return refuse_keys(a, at, "no such key, expected keys such as x <C-x> <F5> <Space>",
                               out_why);
        if (starts_number(key[n]))
            return refuse_keys(a, at, "Alt and a digit start a number, expected another key",
                               out_why);
        at += word;
        n++;
    }
    r->line[a] = number;
    r->key_count[a] = n;
    memcpy(r->key[a], key, n * sizeof key[0]);
    return true;
}

/* ---- all of them ---- */

static void unbind(struct keymap *km, enum action a)
{
    size_t kept = 0;
    for (size_t i = 0; i < km->count; i++)
        if (km->binding[i].action != a)
            km->binding[kept++] = km->binding[i];
    km->count = kept;
}

static bool has_key(const struct keymap *km, enum action a)
{
    for (size_t i = 0; i < km->count; i++)
        if (km->binding[i].action == a)
            return true;
    return false;
}

static void put_conflict(enum action a, enum action other, struct ui_key key, struct strbuf *out)
{
    strbuf_printf(out, "%s = ", action_info(a)->name);
    ui_key_put_name(out, key);
    strbuf_printf(out,
                  ": the key is taken by %s, expected a free one, or a line `%s = ` with another",
                  action_info(other)->name, action_info(other)->name);
}

/* False when the key was refused. */
static bool bind(struct keymap *km, enum action a, struct ui_key key, struct strbuf *out_why)
{
    enum ui_scope scope = action_info(a)->scope;
    enum action other = keymap_find(km, &scope, 1, key);
    if (other == a)
        return true;
    if (other != ACTION_NONE) {
        put_conflict(a, other, key, out_why);
        return false;
    }
    if (km->count == KEYMAP_MAX) {
        strbuf_printf(out_why, "%s: too many keys, expected fewer in all", action_info(a)->name);
        return false;
    }
    km->binding[km->count++] = (struct key_binding){key, scope, a};
    return true;
}

/* In the order of the lines, so that the one that comes first has the key. */
static enum action next_line(const struct rebind *r, unsigned behind)
{
    enum action next = ACTION_NONE;
    for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
        if (r->line[a] > behind && (next == ACTION_NONE || r->line[a] < r->line[next]))
            next = a;
    return next;
}

static void bind_line(const struct rebind *r, enum action a, struct keymap *km,
                      rebind_report_fn report, void *ctx)
{
    struct strbuf why = {0};
    for (size_t i = 0; i < r->key_count[a]; i++) {
        strbuf_clear(&why);
        if (!bind(km, a, r->key[a][i], &why))
            report(ctx, r->line[a], strbuf_str(&why));
    }
    strbuf_release(&why);
}

/* Nobody shall be locked in: Q is a plain letter, so whoever has it goes without. */
static void keep_a_way_out(const struct rebind *r, struct keymap *km, rebind_report_fn report,
                           void *ctx)
{
    static const struct ui_key q = {.code = 'Q'};
    static const enum ui_scope global = SCOPE_GLOBAL;
    if (has_key(km, ACTION_QUIT) || has_key(km, ACTION_QUIT_VIEW))
        return;
    unbind(km, keymap_find(km, &global, 1, q));
    struct strbuf why = {0};
    bind(km, ACTION_QUIT, q, &why);
    strbuf_release(&why);
    report(ctx, r->line[ACTION_QUIT], "quit and quit-view: no key is left to leave by, Q does");
}

void rebind_apply(const struct rebind *r, struct keymap *km, rebind_report_fn report, void *ctx)
{
    for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
        if (r->line[a] != 0)
            unbind(km, a);
    unsigned done = 0;
    for (enum action a; (a = next_line(r, done)) != ACTION_NONE; done = r->line[a])
        bind_line(r, a, km, report, ctx);
    keep_a_way_out(r, km, report, ctx);
}
