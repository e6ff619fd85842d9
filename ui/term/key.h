/*
 * Keys as values and as names.
 *
 * A key is a Unicode character or one of enum ui_key_code, with modifiers. Names: "j", "<C-d>",
 * "<F4>", "<PageDown>", "<A-1>", "<Space>". Control letters are the letter with KEY_CTRL.
 */
#ifndef UI_TERM_KEY_H
#define UI_TERM_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum ui_key_code {
    UI_KEY_NONE = 0,
    UI_KEY_UP = 0x110000, /* the first value that is not a character */
    UI_KEY_DOWN,
    UI_KEY_LEFT,
    UI_KEY_RIGHT,
    UI_KEY_PAGE_UP,
    UI_KEY_PAGE_DOWN,
    UI_KEY_HOME,
    UI_KEY_END,
    UI_KEY_INSERT,
    UI_KEY_DELETE,
    UI_KEY_BACKSPACE,
    UI_KEY_ENTER,
    UI_KEY_TAB,
    UI_KEY_BACK_TAB,
    UI_KEY_ESCAPE,
    UI_KEY_F1, /* F2 is UI_KEY_F1 + 1, up to F12 */
    UI_KEY_F12 = UI_KEY_F1 + 11,
    UI_KEY_CLICK, /* of the mouse: no binding has these */
    UI_KEY_WHEEL_UP,
    UI_KEY_WHEEL_DOWN,
};

enum ui_key_mods { KEY_MOD_CTRL = 1u << 0, KEY_MOD_ALT = 1u << 1 };

struct ui_key {
    uint32_t code; /* a code point or enum ui_key_code */
    uint8_t mods;  /* enum ui_key_mods */
    int16_t y, x;  /* mouse only: the cell of the screen it happened in */
};

/* True for what comes from the mouse. */
static inline bool ui_key_is_mouse(struct ui_key key)
{
    return key.code >= UI_KEY_CLICK && key.code <= UI_KEY_WHEEL_DOWN;
}

bool ui_key_equal(struct ui_key a, struct ui_key b);

/* Takes one key name from [s, s+n). Returns the bytes used, 0 when there is no valid name. */
size_t ui_key_parse(const char *s, size_t n, struct ui_key *out_key);

/* The name that ui_key_parse() reads, e.g. "<C-d>". */
void ui_key_put_name(struct strbuf *b, struct ui_key key);

/* The name for people, e.g. "^D", "PgDn", "Space". */
void ui_key_put_label(struct strbuf *b, struct ui_key key);

#endif
