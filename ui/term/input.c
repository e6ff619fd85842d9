/* Keys from curses (see input.h). */
#include "ui/term/input.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "ui/term/report.h"
#include "ui/term/screen.h"

#define ESCAPE 27

/* No terminal sends longer ones. */
#define LONGEST_SEQUENCE 256

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
    /* Reports of the mouse are read here: curses takes a turn of the wheel for a button held. */
    define_key(NULL, KEY_MOUSE);
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

/* The rest of a sequence that nothing knows, from `c` up to its final byte (ECMA-48 5.4). */
static void skip_sequence(WINDOW *keys, wint_t c)
{
    for (int n = 0; n < LONGEST_SEQUENCE; n++)
        if ((c >= 0x40 && c <= 0x7e) || c < ' ' || wget_wch(keys, &c) != OK)
            return;
}

/* Takes what has come of a report. False with the first character that belongs to none; else
 * *out_key is the mouse's, or none. */
static bool take_report(struct screen *s, struct ui_key *out_key, wint_t *out_c)
{
    struct report *report = screen_report(s);
    enum report_step step = REPORT_MORE;
    while (step == REPORT_MORE) {
        int status = wget_wch(screen_keys(s), out_c);
        if (status == KEY_CODE_YES) {
            ungetch((int)*out_c);
            report->open = false;
        }
        if (status != OK)
            return true; /* the rest comes later, or never: the next key ends it */
        step = report_take(report, *out_c, out_key);
    }
    screen_believe_report(s);
    return step == REPORT_DONE;
}

/* ESC [ M: button, column and row, a byte each, of terminals that know no other way. */
static struct ui_key read_old_mouse(WINDOW *keys)
{
    unsigned byte[3];
    for (int i = 0; i < 3; i++) {
        int c = wgetch(keys);
        if (c < 32 || c > 255)
            return (struct ui_key){.code = UI_KEY_NONE};
        byte[i] = (unsigned)c - 32;
    }
    return report_mouse_key(byte[0], byte[1], byte[2]);
}

/* After ESC [ or ESC O, which no key that curses knows begins with: what the terminal reports, or
 * nothing. */
static struct ui_key read_sequence(struct screen *s, wint_t introducer)
{
    WINDOW *keys = screen_keys(s);
    struct ui_key key = {.code = UI_KEY_NONE};
    wint_t c;
    if (introducer == '[' && report_start(screen_report(s))) {
        if (take_report(s, &key, &c))
            return key;
    } else if (wget_wch(keys, &c) != OK) {
        return key;
    }
    if (c == 'M' && introducer == '[' && screen_report(s)->mouse)
        return read_old_mouse(keys);
    skip_sequence(keys, c);
    return key;
}

/* An ESC alone is the key, unless the start of an answer is waited for: then it is held back. */
static struct ui_key lone_escape(struct screen *s)
{
    int64_t now = clock_monotonic_ns();
    if (!report_may_come(screen_report(s), now))
        return (struct ui_key){.code = UI_KEY_ESCAPE};
    screen_report(s)->escape = now;
    return (struct ui_key){.code = UI_KEY_NONE};
}

/* After ESC: alone it is the key, before a character it is Alt, else an unknown sequence. */
static struct ui_key read_escape(struct screen *s)
{
    wint_t c;
    int status = wget_wch(screen_keys(s), &c);
    if (status == ERR)
        return lone_escape(s);
    if (status == OK && c == ESCAPE)
        return (struct ui_key){.code = UI_KEY_ESCAPE};
    struct ui_key key = status == KEY_CODE_YES ? translate(c) : from_char(c);
    if (status == OK && (c == '[' || c == 'O'))
        return read_sequence(s, c);
    key.mods |= KEY_MOD_ALT;
    return key;
}

/* curses calls the end of the input "no key"; only the descriptor tells. */
static bool is_gone(int fd)
{
    struct pollfd p = {.fd = fd};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/* What became of the ESC that was held back: the start of an answer, or a key after all. */
static struct ui_key settle_escape(struct screen *s, int status, wint_t c)
{
    screen_report(s)->escape = 0;
    if (status == OK && c == '[')
        return read_sequence(s, c);
    if (status == OK)
        unget_wch((wchar_t)c);
    else if (status == KEY_CODE_YES)
        ungetch((int)c);
    return (struct ui_key){.code = UI_KEY_ESCAPE};
}

int64_t input_due(struct screen *s)
{
    int64_t escape = screen_report(s)->escape;
    return escape == 0 ? INT64_MAX : escape + REPORT_ESCAPE_NS;
}

static struct ui_key to_key(struct screen *s, int status, wint_t c)
{
    if (status == KEY_CODE_YES)
        return translate(c);
    return c == ESCAPE ? read_escape(s) : from_char(c);
}

/* The next key, or none of what is taken out; false when nothing waits. */
static bool next_key(struct screen *s, struct ui_key *out_key)
{
    wint_t c;
    bool open = screen_report(s)->open;
    if (open && take_report(s, out_key, &c)) {
        /* Complete, or no more of it has come. */
        return !screen_report(s)->open;
    }
    int status = open ? OK : wget_wch(screen_keys(s), &c);
    bool held = screen_report(s)->escape != 0;
    bool waits = held && clock_monotonic_ns() < input_due(s);
    if (status == ERR && (!held || waits))
        return false;
    *out_key = held ? settle_escape(s, status, c) : to_key(s, status, c);
    return true;
}

int input_read(struct screen *s, struct ui_key *out_key)
{
    struct ui_key key = {.code = UI_KEY_NONE};
    do {
        if (!next_key(s, &key))
            return is_gone(screen_input_fd(s)) ? -EIO : 0;
    } while (key.code == UI_KEY_NONE);
    *out_key = key;
    return 1;
}
