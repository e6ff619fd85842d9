/* Names of keys (see key.h). */
#include "ui/term/key.h"

#include <string.h>

#include "base/text.h"

/* Keys that are no plain character: the name in <>, and what people call it. */
static const struct {
    uint32_t code;
    const char *name, *label;
} named[] = {
    {UI_KEY_UP, "Up", "Up"},
    {UI_KEY_DOWN, "Down", "Down"},
    {UI_KEY_LEFT, "Left", "Left"},
    {UI_KEY_RIGHT, "Right", "Right"},
    {UI_KEY_PAGE_UP, "PageUp", "PgUp"},
    {UI_KEY_PAGE_DOWN, "PageDown", "PgDn"},
    {UI_KEY_HOME, "Home", "Home"},
    {UI_KEY_END, "End", "End"},
    {UI_KEY_INSERT, "Insert", "Ins"},
    {UI_KEY_DELETE, "Delete", "Del"},
    {UI_KEY_BACKSPACE, "BS", "Backspace"},
    {UI_KEY_ENTER, "Enter", "Enter"},
    {UI_KEY_TAB, "Tab", "Tab"},
    {UI_KEY_BACK_TAB, "S-Tab", "Shift-Tab"},
    {UI_KEY_ESCAPE, "Esc", "Esc"},
    {' ', "Space", "Space"},
    {'<', "lt", "<"},
    {';', "semicolon", ";"},
};

#define NAMED (sizeof named / sizeof named[0])

bool ui_key_equal(struct ui_key a, struct ui_key b)
{
    return a.code == b.code && a.mods == b.mods;
}

static bool find_named(const char *s, size_t n, uint32_t *out_code)
{
    for (size_t i = 0; i < NAMED; i++) {
        if (strlen(named[i].name) != n || memcmp(named[i].name, s, n) != 0)
            continue;
        *out_code = named[i].code;
        return true;
    }
    uint64_t f;
    if (n < 2 || s[0] != 'F' || !text_parse_u64(s + 1, n - 1, false, &f) || f < 1 || f > 12)
        return false;
    *out_code = UI_KEY_F1 + (uint32_t)f - 1;
    return true;
}

static size_t parse_char(const char *s, size_t n, uint32_t *out_code)
{
    size_t used = n > 0 ? text_decode_utf8(s, n, out_code) : 0;
    return used > 0 && !text_is_control(*out_code) && *out_code != ' ' ? used : 0;
}

/* What stands between < and >: modifiers, then a name or one character. */
static bool parse_bracketed(const char *s, size_t n, struct ui_key *out)
{
    struct ui_key key = {0};
    while (n > 2 && s[1] == '-' && (s[0] == 'C' || s[0] == 'A')) {
        key.mods |= s[0] == 'C' ? KEY_MOD_CTRL : KEY_MOD_ALT;
        s += 2;
        n -= 2;
    }
    if (!find_named(s, n, &key.code) && (key.mods == 0 || parse_char(s, n, &key.code) != n))
        return false;
    *out = key;
    return true;
}

size_t ui_key_parse(const char *s, size_t n, struct ui_key *out_key)
{
    const char *close = n > 2 && s[0] == '<' ? memchr(s + 2, '>', n - 2) : NULL;
    if (close)
        return parse_bracketed(s + 1, (size_t)(close - s) - 1, out_key) ? (size_t)(close - s) + 1
                                                                        : 0;
    struct ui_key key = {0};
    size_t used = parse_char(s, n, &key.code);
    if (used > 0)
        *out_key = key;
    return used;
}

/* The name or label of a key without its modifiers. False when it is a plain character. */
static bool put_named(struct strbuf *b, uint32_t code, bool label)
{
    for (size_t i = 0; i < NAMED; i++) {
        if (named[i].code != code)
            continue;
        strbuf_puts(b, label ? named[i].label : named[i].name);
        return true;
    }
    if (code >= UI_KEY_F1 && code <= UI_KEY_F12) {
        strbuf_printf(b, "F%u", (unsigned)(code - UI_KEY_F1 + 1));
        return true;
    }
    text_put_utf8(b, code);
    return false;
}

void ui_key_put_name(struct strbuf *b, struct ui_key key)
{
    size_t start = b->len;
    strbuf_putc(b, '<');
    if (key.mods & KEY_MOD_CTRL)
        strbuf_puts(b, "C-");
    if (key.mods & KEY_MOD_ALT)
        strbuf_puts(b, "A-");
    if (put_named(b, key.code, false) || key.mods != 0) {
        strbuf_putc(b, '>');
        return;
    }
    strbuf_truncate(b, start);
    text_put_utf8(b, key.code);
}

void ui_key_put_label(struct strbuf *b, struct ui_key key)
{
    if (key.mods & KEY_MOD_ALT)
        strbuf_puts(b, "Alt-");
    if (key.mods & KEY_MOD_CTRL)
        strbuf_putc(b, '^');
    if ((key.mods & KEY_MOD_CTRL) && key.code >= 'a' && key.code <= 'z')
        strbuf_putc(b, (char)(key.code - 'a' + 'A'));
    else
        put_named(b, key.code, true);
}
