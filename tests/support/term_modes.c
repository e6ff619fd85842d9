/* What a program switches in a terminal; see term_modes.h. */
#include "term_modes.h"

static const unsigned on_at_first[] = {7 /* wrap */, 25 /* cursor */};

static bool is_on_at_first(unsigned number)
{
    for (size_t i = 0; i < sizeof on_at_first / sizeof on_at_first[0]; i++)
        if (on_at_first[i] == number)
            return true;
    return false;
}

static void switch_mode(struct term_modes *t, unsigned number, bool on)
{
    size_t i = 0;
    while (i < t->mode_count && t->mode[i].number != number)
        i++;
    if (i == TERM_MODES_MAX)
        return;
    if (i == t->mode_count)
        t->mode_count++;
    t->mode[i].number = number;
    t->mode[i].on = on;
}

static void end_csi(struct term_modes *t, char final)
{
    if (t->private_mode && (final == 'h' || final == 'l')) {
        for (size_t i = 0; i < t->number_count; i++)
            switch_mode(t, t->number[i], final == 'h');
    } else if (final == 'J' && t->home) {
        t->redraws++;
    }
    t->home = final == 'H' && !t->private_mode && t->number_count == 1 && t->number[0] == 0;
    t->state = TERM_MODES_TEXT;
}

static void read_csi(struct term_modes *t, char c)
{
    if (c == '?') {
        t->private_mode = true;
    } else if (c >= '0' && c <= '9') {
        unsigned *n = &t->number[t->number_count - 1];
        if (*n < 100000)
            *n = *n * 10 + (unsigned)(c - '0');
    } else if (c == ';') {
        if (t->number_count < sizeof t->number / sizeof t->number[0])
            t->number[t->number_count++] = 0;
    } else if (c >= 0x40 && c <= 0x7e) {
        end_csi(t, c);
    }
}

static void read_escape(struct term_modes *t, char c)
{
    t->state = TERM_MODES_TEXT;
    if (c == '[') {
        t->state = TERM_MODES_CSI;
        t->private_mode = false;
        t->number[0] = 0;
        t->number_count = 1;
    } else if (c == '=' || c == '>') {
        t->keypad = c == '=';
    }
}

void term_modes_read(struct term_modes *t, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];
        if (c == '\033') {
            t->state = TERM_MODES_ESCAPE;
        } else if (t->state == TERM_MODES_ESCAPE) {
            read_escape(t, c);
        } else if (t->state == TERM_MODES_CSI) {
            read_csi(t, c);
        } else {
            t->home = false;
        }
    }
}

unsigned term_modes_left_on(const struct term_modes *t)
{
    for (size_t i = 0; i < t->mode_count; i++)
        if (t->mode[i].on != is_on_at_first(t->mode[i].number))
            return t->mode[i].number;
    return t->keypad ? 1000000 : 0;
}
