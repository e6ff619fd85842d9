/* Keys from curses (see input.h). */
#include "ui/term/input.h"

#include <errno.h>
#include <poll.h>

#include "ui/term/screen.h"

#define ESCAPE 27

/* Keys that curses has no name for: numbers behind those it has, and behind those that it gives to
 * a terminal's own ones. */
enum {
    OWN_CTRL_LEFT = KEY_MAX + 4096,
    OWN_CTRL_RIGHT,
    OWN_CTRL_DELETE,
    OWN_ALT_LEFT,
    OWN_ALT_RIGHT,
};

/* Sequences of other terminals and modes: terminfo tells only one of each key's. */
static const struct {
    const char *sequence;
    int key;
} extra[] = {
    {"\033[A", KEY_UP},
    {"\033[B", KEY_DOWN},
    {"\033[C", KEY_RIGHT},
    {"\033[D", KEY_LEFT},
    {"\033OA", KEY_UP},
    {"\033OB", KEY_DOWN},
    {"\033OC", KEY_RIGHT},
    {"\033OD", KEY_LEFT},
    {"\033[H", KEY_HOME},
    {"\033[F", KEY_END},
    {"\033OH", KEY_HOME},
    {"\033OF", KEY_END},
    {"\033[1~", KEY_HOME},
    {"\033[4~", KEY_END},
    {"\033[7~", KEY_HOME},
    {"\033[8~", KEY_END},
    {"\033[2~", KEY_IC},
    {"\033[3~", KEY_DC},
    {"\033[5~", KEY_PPAGE},
    {"\033[6~", KEY_NPAGE},
    {"\033[Z", KEY_BTAB},
    {"\033OP", KEY_F(1)},
    {"\033OQ", KEY_F(2)},
    {"\033OR", KEY_F(3)},
    {"\033OS", KEY_F(4)},
    {"\033[11~", KEY_F(1)},
    {"\033[12~", KEY_F(2)},
    {"\033[13~", KEY_F(3)},
    {"\033[14~", KEY_F(4)},
    {"\033[15~", KEY_F(5)},
    {"\033[17~", KEY_F(6)},
    {"\033[18~", KEY_F(7)},
    {"\033[19~", KEY_F(8)},
    {"\033[20~", KEY_F(9)},
    {"\033[21~", KEY_F(10)},
    {"\033[23~", KEY_F(11)},
    {"\033[24~", KEY_F(12)},
    {"\033[[A", KEY_F(1)},
    {"\033[[B", KEY_F(2)},
    {"\033[[C", KEY_F(3)},
    {"\033[[D", KEY_F(4)},
    {"\033[[E", KEY_F(5)},
    {"\033[1;5C", OWN_CTRL_RIGHT},
    {"\033[1;5D", OWN_CTRL_LEFT},
    {"\033Oc", OWN_CTRL_RIGHT},
    {"\033Od", OWN_CTRL_LEFT},
    {"\033[3;5~", OWN_CTRL_DELETE},
    {"\033[1;3C", OWN_ALT_RIGHT},
    {"\033[1;3D", OWN_ALT_LEFT},
};

/* What curses calls a key, and what we do. */
static const struct {
    int curses;
    uint32_t code;
    uint8_t mods;
} translated[] = {
    {KEY_UP, UI_KEY_UP, 0},
    {KEY_DOWN, UI_KEY_DOWN, 0},
    {KEY_LEFT, UI_KEY_LEFT, 0},
    {KEY_RIGHT, UI_KEY_RIGHT, 0},
    {KEY_PPAGE, UI_KEY_PAGE_UP, 0},
    {KEY_NPAGE, UI_KEY_PAGE_DOWN, 0},
    {KEY_HOME, UI_KEY_HOME, 0},
    {KEY_END, UI_KEY_END, 0},
    {KEY_FIND, UI_KEY_HOME, 0},
    {KEY_SELECT, UI_KEY_END, 0},
    {KEY_A1, UI_KEY_HOME, 0},
    {KEY_A3, UI_KEY_PAGE_UP, 0},
    {KEY_C1, UI_KEY_END, 0},
    {KEY_C3, UI_KEY_PAGE_DOWN, 0},
    {KEY_IC, UI_KEY_INSERT, 0},
    {KEY_DC, UI_KEY_DELETE, 0},
    {KEY_BACKSPACE, UI_KEY_BACKSPACE, 0},
    {KEY_ENTER, UI_KEY_ENTER, 0},
    {KEY_BTAB, UI_KEY_BACK_TAB, 0},
    {OWN_CTRL_LEFT, UI_KEY_LEFT, KEY_MOD_CTRL},
    {OWN_CTRL_RIGHT, UI_KEY_RIGHT, KEY_MOD_CTRL},
    {OWN_CTRL_DELETE, UI_KEY_DELETE, KEY_MOD_CTRL},
    {OWN_ALT_LEFT, UI_KEY_LEFT, KEY_MOD_ALT},
    {OWN_ALT_RIGHT, UI_KEY_RIGHT, KEY_MOD_ALT},
};

void input_define_keys(void)
{
    for (size_t i = 0; i < sizeof extra / sizeof extra[0]; i++)
        define_key(extra[i].sequence, extra[i].key);
    /* terminfo gives ^Z a name of its own; it is to be a control letter like the others. */
    define_key(NULL, KEY_SUSPEND);
}

/* A key that curses knows; UI_KEY_NONE for those nobody asks for (KEY_RESIZE too). */
static struct ui_key translate(wint_t key)
{
    for (size_t i = 0; i < sizeof translated / sizeof translated[0]; i++)
        if ((wint_t)translated[i].curses == key)
            return (struct ui_key){.code = translated[i].code, .mods = translated[i].mods};
    if (key >= KEY_F(1) && key <= KEY_F(12))
        return (struct ui_key){.code = UI_KEY_F1 + key - KEY_F(1)};
    return (struct ui_key){.code = UI_KEY_NONE};
}

static struct ui_key from_char(wint_t c)
{
    switch (c) {
    case '\r':
    case '\n':
        return (struct ui_key){.code = UI_KEY_ENTER};
    case '\t':
        return (struct ui_key){.code = UI_KEY_TAB};
    case '\b':
    case 127:
        return (struct ui_key){.code = UI_KEY_BACKSPACE};
    case 0:
        return (struct ui_key){.code = ' ', .mods = KEY_MOD_CTRL};
    }
    if (c < 27)
        return (struct ui_key){.code = c - 1 + 'a', .mods = KEY_MOD_CTRL};
    if (c < ' ')
        return (struct ui_key){.code = c + '@', .mods = KEY_MOD_CTRL};
    return (struct ui_key){.code = c};
}

/* The rest of a sequence that nothing knows, up to its final byte (ECMA-48 5.4). */
static void skip_sequence(WINDOW *keys)
{
    wint_t c;
    while (wget_wch(keys, &c) == OK)
        if (c >= 0x40 && c <= 0x7e)
            return;
}

/* After ESC: alone it is the key, before a character it is Alt, else an unknown sequence. */
static struct ui_key read_escape(WINDOW *keys)
{
    wint_t c;
    int status = wget_wch(keys, &c);
    if (status == ERR)
        return (struct ui_key){.code = UI_KEY_ESCAPE};
    if (status == OK && c == ESCAPE)
        return (struct ui_key){.code = UI_KEY_ESCAPE};
    struct ui_key key = status == KEY_CODE_YES ? translate(c) : from_char(c);
    if (status == OK && (c == '[' || c == 'O')) {
        skip_sequence(keys);
        key.code = UI_KEY_NONE;
    }
    key.mods |= KEY_MOD_ALT;
    return key;
}

/* curses calls the end of the input "no key"; only the descriptor tells. */
static bool is_gone(int fd)
{
    struct pollfd p = {.fd = fd};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

int input_read(struct screen *s, struct ui_key *out_key)
{
    WINDOW *keys = screen_keys(s);
    for (;;) {
        wint_t c;
        int status = wget_wch(keys, &c);
        if (status == ERR)
            return is_gone(screen_input_fd(s)) ? -EIO : 0;
        struct ui_key key = status == KEY_CODE_YES ? translate(c)
                            : c == ESCAPE          ? read_escape(keys)
                                                   : from_char(c);
        if (key.code == UI_KEY_NONE)
            continue;
        *out_key = key;
        return 1;
    }
}
