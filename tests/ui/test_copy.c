/* The clipboard: what OSC 52 carries, and how it gets through tmux and screen. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "stage.h"
#include "ui/term/clipboard.h"

static void expect(enum capability_clipboard way, const char *text, const char *want)
{
    struct strbuf out = {0};
    assert_int_equal(clipboard_put(&out, way, text, strlen(text)), 0);
    assert_string_equal(strbuf_str(&out), want);
    strbuf_release(&out);
}

/* The vectors of RFC 4648, section 10. */
static void text_becomes_base64(void **state)
{
    (void)state;
    expect(CLIPBOARD_DIRECT, "", "\033]52;c;\a");
    expect(CLIPBOARD_DIRECT, "f", "\033]52;c;Zg==\a");
    expect(CLIPBOARD_DIRECT, "fo", "\033]52;c;Zm8=\a");
    expect(CLIPBOARD_DIRECT, "foo", "\033]52;c;Zm9v\a");
    expect(CLIPBOARD_DIRECT, "foobar", "\033]52;c;Zm9vYmFy\a");
    expect(CLIPBOARD_DIRECT, "\377\376\375", "\033]52;c;//79\a");
    expect(CLIPBOARD_TMUX, "foo", "\033]52;c;Zm9v\a\033Ptmux;\033\033]52;c;Zm9v\a\033\\");
    expect(CLIPBOARD_SCREEN, "foo", "\033P\033]52;c;Zm9v\a\033\\");
}

static void length_is_bounded(void **state)
{
    (void)state;
    struct strbuf out = {0};
    char *text = malloc(CLIPBOARD_MAX + 1);
    assert_non_null(text);
    memset(text, 'a', CLIPBOARD_MAX + 1);
    assert_int_equal(clipboard_put(&out, CLIPBOARD_DIRECT, text, CLIPBOARD_MAX + 1), ERR_LIMIT);
    assert_int_equal(out.len, 0);
    assert_int_equal(clipboard_put(&out, CLIPBOARD_DIRECT, text, CLIPBOARD_MAX), 0);
    assert_true(out.len < 100000);
    strbuf_clear(&out);
    /* What screen passes on comes in pieces that it takes. */
    assert_int_equal(clipboard_put(&out, CLIPBOARD_SCREEN, text, CLIPBOARD_MAX), 0);
    for (const char *at = out.s; (at = strstr(at, "\033P")) != NULL;) {
        const char *end = strstr(at, "\033\\");
        assert_non_null(end);
        assert_true(end - at <= 256);
        at = end;
    }
    free(text);
    strbuf_release(&out);
}

/* The text a terminal would have in its clipboard. */
static void decode(const char *sent, struct strbuf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strstr(sent, "\033]52;c;");
    unsigned bits = 0, have = 0;
    assert_non_null(at);
    for (at += 7; *at != '\a' && *at != '='; at++) {
        const char *digit = strchr(digits, *at);
        assert_non_null(digit);
        bits = bits << 6 | (unsigned)(digit - digits);
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        strbuf_putc(out, (char)(bits >> have & 0xff));
    }
}

static void the_selected_row_is_copied_whole(void **state)
{
    (void)state;
    struct stage st;
    struct strbuf got = {0};
    stage_open(&st, &(struct stage_options){.rows = 24, .cols = 80});
    term_keys(st.term, "2jj");
    term_forget_sent(st.term);
    term_keys(st.term, "y");
    decode(term_sent(st.term), &got);
    assert_non_null(strstr(strbuf_str(&got), "\t0x13d35bd0000\t")); /* 80 columns cut it */
    assert_null(strchr(got.s, '\n'));
    char want[64];
    snprintf(want, sizeof want, "Copied 1 row, %zu bytes.", got.len);
    assert_true(term_find(st.term, want) > 0);
    strbuf_release(&got);
    stage_close(&st);
}

static void a_page_is_copied_with_what_is_out_of_sight(void **state)
{
    (void)state;
    struct stage st;
    struct strbuf got = {0};
    stage_open(&st, &(struct stage_options){.rows = 12, .cols = 80});
    term_keys(st.term, "?jjj");
    char before[400];
    snprintf(before, sizeof before, "%s", term_row(st.term, 4));
    term_forget_sent(st.term);
    term_keys(st.term, "y");
    decode(term_sent(st.term), &got);
    assert_non_null(strstr(strbuf_str(&got), "Filter language"));
    assert_non_null(strstr(got.s, "Draw the screen anew."));
    assert_string_equal(term_row(st.term, 4), before); /* and nothing has moved */
    assert_true(term_find(st.term, "Copied ") > 0);
    strbuf_release(&got);
    stage_close(&st);
}

/* Keys that come at once are not drawn in between: the pane is copied nevertheless. */
static void a_pane_is_copied_before_it_was_drawn(void **state)
{
    (void)state;
    struct stage st;
    struct strbuf got = {0};
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 100});
    term_keys(st.term, "2jjj");
    term_forget_sent(st.term);
    term_send(st.term, "\r\ty", 3);
    decode(term_sent(st.term), &got);
    assert_non_null(strstr(strbuf_str(&got), "0x13d35bd0000"));
    strbuf_release(&got);
    stage_close(&st);
}

static void an_empty_list_has_nothing(void **state)
{
    (void)state;
    struct stage st;
    stage_open(&st, &(struct stage_options){.rows = 24, .cols = 80, .events = FIXTURE_EMPTY});
    term_keys(st.term, "2y");
    assert_true(term_find(st.term, "There is nothing to copy here.") > 0);
    assert_null(strstr(term_sent(st.term), "\033]52"));
    stage_close(&st);
}

static void terminals_are_told_apart(void **state)
{
    static const struct {
        const char *type, *tmux;
        int rc;
        const char *sent;
    } terminal[] = {
        {"xterm-256color", NULL, 0, "\033]52;c;YQ==\a"},
        {"xterm", NULL, 0, "\033]52;c;YQ==\a"},
        {"tmux-256color", NULL, 0, "\033]52;c;YQ==\a\033Ptmux;\033\033]52;c;YQ==\a\033\\"},
        {"screen", "/tmp/x,1,0", 0, "\033]52;c;YQ==\a\033Ptmux;\033\033]52;c;YQ==\a\033\\"},
        {"screen", NULL, 0, "\033P\033]52;c;YQ==\a\033\\"},
        {"linux", NULL, -ENOTSUP, ""},
        {"vt100", NULL, -ENOTSUP, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof terminal / sizeof terminal[0]; i++) {
        if (terminal[i].tmux != NULL)
            setenv("TMUX", terminal[i].tmux, 1);
        struct term *t = term_open(5, 20, terminal[i].type);
        term_frame(t);
        term_forget_sent(t);
        assert_int_equal(screen_copy(term_screen(t), "a", 1), terminal[i].rc);
        term_frame(t);
        assert_string_equal(term_sent(t), terminal[i].sent);
        term_close(t);
        unsetenv("TMUX");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_base64),
        cmocka_unit_test(length_is_bounded),
        cmocka_unit_test(the_selected_row_is_copied_whole),
        cmocka_unit_test(a_page_is_copied_with_what_is_out_of_sight),
        cmocka_unit_test(a_pane_is_copied_before_it_was_drawn),
        cmocka_unit_test(an_empty_list_has_nothing),
        cmocka_unit_test(terminals_are_told_apart),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
