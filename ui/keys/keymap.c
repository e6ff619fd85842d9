/* From keys to actions (see keymap.h). */
#include "ui/keys/keymap.h"

#include <assert.h>
#include <string.h>

#define MAX_COUNT UINT64_C(1000000000000000)

/* Binds the blank-separated keys of an action. */
static void bind_keys(struct keymap *km, enum action a)
{
    const struct action_info *info = action_info(a);
    for (const char *at = info->keys; *at;) {
        struct key_binding *b = &km->binding[km->count];
        size_t used = ui_key_parse(at, strlen(at), &b->key);
        assert(used > 0 && km->count < KEYMAP_MAX - 1);
        b->scope = info->scope;
        b->action = a;
        km->count++;
        at += used;
        at += strspn(at, " ");
    }
}

void keymap_init(struct keymap *km)
{
    *km = (struct keymap){0};
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
        bind_keys(km, (enum action)a);
}

enum action keymap_find(const struct keymap *km, const enum ui_scope *scopes, size_t n,
                        struct ui_key key)
{
    for (size_t s = 0; s < n; s++)
        for (size_t i = 0; i < km->count; i++)
            if (km->binding[i].scope == scopes[s] && ui_key_equal(km->binding[i].key, key))
                return km->binding[i].action;
    return ACTION_NONE;
}

/* True when the key is part of a count. */
static bool take_digit(struct key_prefix *prefix, struct ui_key key)
{
    bool digit = key.code >= '0' && key.code <= '9';
    if (!digit || !(key.mods == KEY_MOD_ALT || (key.mods == 0 && prefix->open)))
        return false;
    if (!prefix->open)
        *prefix = (struct key_prefix){.open = true};
    if (prefix->count < MAX_COUNT)
        prefix->count = prefix->count * 10 + (key.code - '0');
    return true;
}

struct action_call keymap_feed(const struct keymap *km, struct key_prefix *prefix,
                               const enum ui_scope *scopes, size_t n, struct ui_key key)
{
    struct action_call call = {ACTION_NONE, 0};
    if (take_digit(prefix, key))
        return call;
    bool cancelled = prefix->open && key.code == UI_KEY_ESCAPE;
    if (!cancelled) {
        call.action = keymap_find(km, scopes, n, key);
        call.count = prefix->count;
    }
    *prefix = (struct key_prefix){0};
    return call;
}

void keymap_put_key(const struct keymap *km, enum action a, struct strbuf *out)
{
    for (size_t i = 0; i < km->count; i++) {
        if (km->binding[i].action != a)
            continue;
        ui_key_put_label(out, km->binding[i].key);
        return;
    }
}

/* All keys of an action between `quote`s, blanks between. */
static void put_all_keys(const struct keymap *km, enum action a, const char *quote,
                         struct strbuf *out)
{
    bool first = true;
    for (size_t i = 0; i < km->count; i++) {
        if (km->binding[i].action != a)
            continue;
        strbuf_printf(out, "%s%s", first ? "" : " ", quote);
        ui_key_put_label(out, km->binding[i].key);
        strbuf_puts(out, quote);
        first = false;
    }
}

void keymap_put_keys(const struct keymap *km, enum action a, struct strbuf *out)
{
    put_all_keys(km, a, "", out);
}

void keymap_put_text(const struct keymap *km, const char *text, struct strbuf *out)
{
    while (*text != '\0') {
        size_t plain = strcspn(text, "{");
        strbuf_add(out, text, plain);
        text += plain;
        size_t name = *text == '{' ? strcspn(text + 1, "}") : 0;
        enum action a = action_find(text + 1, name);
        if (*text == '{' && text[1 + name] == '}' && a != ACTION_NONE) {
            size_t before = out->len;
            keymap_put_key(km, a, out);
            if (out->len == before)
                strbuf_printf(out, ":%s", action_info(a)->name);
            text += name + 2;
        } else if (*text != '\0') {
            strbuf_putc(out, *text++);
        }
    }
}

void keymap_put_table(const struct keymap *km, struct strbuf *out)
{
    strbuf_puts(out, "| Keys | Action | What it does |\n|--|--|--|\n");
    for (int group = 0; group < ACTION_GROUP_COUNT; group++) {
        strbuf_printf(out, "| **%s** | | |\n", action_group_title((enum action_group)group));
        for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
            const struct action_info *info = action_info((enum action)a);
            if (info->group != (enum action_group)group)
                continue;
            strbuf_puts(out, "| ");
            put_all_keys(km, (enum action)a, "`", out);
            strbuf_printf(out, " | %s | %s |\n", info->name, info->help);
        }
    }
}
