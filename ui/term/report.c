/* Reports of the terminal (see report.h). */
#include "ui/term/report.h"

#include <string.h>

/* Of a button code: what is added for keys held and for motion, and the wheel. */
#define MODIFIERS  (4u | 8u | 16u)
#define WHEEL_UP   64u
#define WHEEL_DOWN 65u

/* No screen is larger, and no number longer. */
#define LARGEST 9999u

void report_expect(struct report *r, int64_t now)
{
    r->owed = true;
    r->asked = now;
}

bool report_may_come(const struct report *r, int64_t now)
{
    return r->owed && now - r->asked < REPORT_PATIENCE_NS;
}

bool report_start(struct report *r)
{
    r->open = r->owed || r->mouse;
    r->len = 0;
    return r->open;
}

/* 1 set, 2 reset, 3 always set: the mode is there; 0 not known, 4 always reset: it is not. */
static void judge_answer(struct report *r)
{
    static const char known[] = "?2026;";
    const size_t n = sizeof known - 1;
    if (!r->owed || r->len != n + 2 || memcmp(r->text, known, n) != 0 || r->text[n + 1] != '$')
        return;
    r->owed = false;
    r->sync = r->text[n] >= '1' && r->text[n] <= '3';
}

struct ui_key report_mouse_key(unsigned button, unsigned x, unsigned y)
{
    struct ui_key key = {.code = UI_KEY_NONE};
    unsigned what = button & ~MODIFIERS;
    if (x < 1 || y < 1 || x > LARGEST || y > LARGEST)
        return key;
    if (what == 0)
        key.code = UI_KEY_CLICK;
    else if (what == WHEEL_UP)
        key.code = UI_KEY_WHEEL_UP;
    else if (what == WHEEL_DOWN)
        key.code = UI_KEY_WHEEL_DOWN;
    key.y = (int16_t)(y - 1);
    key.x = (int16_t)(x - 1);
    return key;
}

/* "<B;X;Y": three numbers, no more and no less. */
static struct ui_key read_mouse(const struct report *r)
{
    unsigned number[3] = {0}, count = 0;
    bool digits = false;
    for (size_t i = 1; i <= r->len; i++) {
        char c = i < r->len ? r->text[i] : ';';
        if (c >= '0' && c <= '9' && count < 3 && number[count] <= LARGEST) {
            number[count] = number[count] * 10 + (unsigned)(c - '0');
            digits = true;
        } else if (c == ';' && digits) {
            count++;
            digits = false;
        } else {
            return (struct ui_key){.code = UI_KEY_NONE};
        }
    }
    return count == 3 ? report_mouse_key(number[0], number[1], number[2])
                      : (struct ui_key){.code = UI_KEY_NONE};
}

static bool may_follow(const struct report *r, uint32_t c)
{
    if (r->len == 0)
        return (c == '?' && r->owed) || (c == '<' && r->mouse);
    return (c >= '0' && c <= '9') || c == ';' || (c == '$' && r->text[0] == '?');
}

enum report_step report_take(struct report *r, uint32_t c, struct ui_key *out_key)
{
    if (may_follow(r, c) && r->len < sizeof r->text) {
        r->text[r->len++] = (char)c;
        return REPORT_MORE;
    }
    r->open = false;
    bool answer = r->len > 0 && r->text[0] == '?' && c == 'y';
    bool mouse = r->len > 0 && r->text[0] == '<' && (c == 'M' || c == 'm');
    if (!answer && !mouse)
        return REPORT_KEY;
    *out_key = (struct ui_key){.code = UI_KEY_NONE};
    if (answer)
        judge_answer(r);
    else if (c == 'M')
        *out_key = read_mouse(r);
    return REPORT_DONE;
}
