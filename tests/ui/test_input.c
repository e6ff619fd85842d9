/* Keys as terminals send them: sequences terminfo has and has not, ESC, Alt, UTF-8, hang-up. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "term.h"
#include "ui/term/input.h"

static void key(void *ctx, struct ui_key k)
{
    ui_key_put_name(ctx, k);
}

static void frame(void *ctx, struct screen *s)
{
    (void)ctx;
    screen_begin(s);
    screen_flush(s);
}

static struct term *show(struct strbuf *keys, const char *type)
{
    *keys = (struct strbuf){0};
    struct term *t = term_open(4, 20, type);
    term_run(t, &(struct term_app){keys, key, frame});
    return t;
}

static void done(struct strbuf *keys, struct term *t)
{
    strbuf_release(keys);
    term_close(t);
}

static void expect(struct term *t, struct strbuf *keys, const char *bytes, const char *want)
{
    strbuf_clear(keys);
    term_send(t, bytes, strlen(bytes));
    assert_string_equal(strbuf_str(keys), want);
}

static void every_terminal_sends_its_keys(void **state)
{
    (void)state;
    static const char typed[] =
        "jG0<Space><lt><Up><Down><Left><Right><PageUp><PageDown><Home><End><F1><F4><F6><F12>"
        "<Insert><Delete><BS><Enter><Tab><S-Tab><Esc><C-d><C-z><A-1>\u00e9\u6f22";
    static const char *const type[] = {"xterm-256color", "xterm", "screen", "tmux-256color",
                                       "linux",          "vt100", "vt220"};
    for (size_t i = 0; i < sizeof type / sizeof type[0]; i++) {
        struct strbuf keys;
        struct term *t = show(&keys, type[i]);
        term_keys(t, typed);
        assert_string_equal(strbuf_str(&keys), typed);
        done(&keys, t);
    }
}

static void sequences_of_other_terminals_are_known(void **state)
{
    (void)state;
    struct strbuf keys;
    struct term *t = show(&keys, "xterm-256color");
    expect(t, &keys, "\033[A\033[B\033OA", "<Up><Down><Up>");
    expect(t, &keys, "\033[1~\033[4~\033[7~\033[8~", "<Home><End><Home><End>");
    expect(t, &keys, "\033[11~\033[14~\033[[B", "<F1><F4><F2>");
    expect(t, &keys, "\033[1;5D\033[1;5C\033[1;3Dj", "<C-Left><C-Right><A-Left>j");
    expect(t, &keys, "\b\177\r\n", "<BS><BS><Enter><Enter>");
    done(&keys, t);
}

static void unknown_sequences_are_swallowed(void **state)
{
    (void)state;
    struct strbuf keys;
    struct term *t = show(&keys, "xterm-256color");
    expect(t, &keys, "\033[1;7Rj", "j");
    expect(t, &keys, "\033[?62;4c\033[99~k", "k");
    expect(t, &keys, "\033", "<Esc>");
    expect(t, &keys, "\033\033", "<Esc>");
    expect(t, &keys, "\033x", "<A-x>");
    expect(t, &keys, "\033[", "");
    done(&keys, t);
}

static void a_lost_terminal_is_told(void **state)
{
    (void)state;
    struct strbuf keys;
    struct term *t = show(&keys, "xterm-256color");
    struct ui_key k;
    assert_int_equal(input_read(term_screen(t), &k), 0);
    term_hang_up(t);
    assert_int_equal(input_read(term_screen(t), &k), -EIO);
    done(&keys, t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_terminal_sends_its_keys),
        cmocka_unit_test(sequences_of_other_terminals_are_known),
        cmocka_unit_test(unknown_sequences_are_swallowed),
        cmocka_unit_test(a_lost_terminal_is_told),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
