/* What is sent and when: whole frames between the marks of synchronized output, nothing when
 * nothing has changed; and how the terminal is asked for those marks. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"
#include "ui/term/input.h"

#define BEGIN "\033[?2026h"
#define END   "\033[?2026l"
#define ASKED "\033[?2026$p"

static void type(void *ctx, struct ui_key key)
{
    ui_key_put_name(ctx, key);
}

static const char *word = "";

static void draw(void *ctx, struct screen *s)
{
    (void)ctx;
    struct canvas c = screen_begin(s);
    canvas_puts(&c, 1, 1, ROLE_TEXT, word);
    screen_flush(s);
}

static struct term *open_term(const char *terminal, struct strbuf *typed)
{
    *typed = (struct strbuf){0};
    word = "";
    struct term *t = term_open_asking(4, 20, terminal);
    term_run(t, &(struct term_app){typed, type, draw});
    return t;
}

static void close_term(struct term *t, struct strbuf *typed)
{
    strbuf_release(typed);
    term_close(t);
}

/* What a frame with another word sends. */
static const char *send_word(struct term *t, const char *text)
{
    term_forget_sent(t);
    word = text;
    term_frame(t);
    return term_sent(t);
}

static void unchanged_frames_send_nothing(void **state)
{
    (void)state;
    struct strbuf typed;
    struct term *t = open_term("xterm-256color", &typed);
    term_frame(t);
    term_forget_sent(t);
    for (int i = 0; i < 5; i++)
        term_frame(t);
    assert_string_equal(term_sent(t), "");
    term_send(t, "\033[?2026;2$y", 11);
    for (int i = 0; i < 5; i++)
        term_frame(t);
    assert_string_equal(term_sent(t), "");
    close_term(t, &typed);

    struct stage st;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 100});
    term_keys(st.term, "2j");
    term_forget_sent(st.term);
    term_frame(st.term);
    assert_string_equal(term_sent(st.term), "");
    stage_close(&st);
}

static void frames_stand_between_marks(void **state)
{
    static const char *const answer[] = {"\033[?2026;1$y", "\033[?2026;2$y", "\033[?2026;3$y"};
    (void)state;
    for (size_t i = 0; i < sizeof answer / sizeof answer[0]; i++) {
        struct strbuf typed;
        struct term *t = open_term("xterm-256color", &typed);
        assert_non_null(strstr(term_sent(t), ASKED));
        assert_null(strstr(send_word(t, "before"), BEGIN));
        term_send(t, answer[i], strlen(answer[i]));
        const char *sent = send_word(t, "after");
        assert_ptr_equal(strstr(sent, BEGIN), sent);
        assert_non_null(strstr(sent, "after"));
        assert_string_equal(strstr(sent, END), END);
        assert_int_equal(typed.len, 0);
        /* A crash in the middle of a frame closes it first. */
        const char *reset = screen_reset_string(term_screen(t));
        assert_ptr_equal(strstr(reset, END), reset);
        close_term(t, &typed);
    }
}

static void other_answers_change_nothing(void **state)
{
    static const char *const answer[] = {
        "\033[?2026;0$y", "\033[?2026;4$y",    "\033[?2026;9$y", "\033[?2027;1$y",
        "\033[?2026;$y",  "\033[?2026;11$y",   "\033[?y",        "\033[?2026;1$$y",
        "\033[?62;4c",    "\033[?2026;1\0307",
    };
    (void)state;
    for (size_t i = 0; i < sizeof answer / sizeof answer[0]; i++) {
        struct strbuf typed;
        struct term *t = open_term("xterm-256color", &typed);
        term_send(t, answer[i], strlen(answer[i]));
        assert_null(strstr(send_word(t, "after"), BEGIN));
        term_keys(t, "j");
        assert_non_null(strchr(strbuf_str(&typed), 'j')); /* keys go on */
        assert_null(strchr(typed.s, '2'));
        close_term(t, &typed);
    }
    /* Nobody asked. */
    struct strbuf typed;
    struct term *t = open_term("vt220", &typed);
    assert_null(strstr(term_sent(t), ASKED));
    term_send(t, "\033[?2026;1$y", 11);
    assert_null(strstr(send_word(t, "after"), BEGIN));
    assert_int_equal(typed.len, 0);
    close_term(t, &typed);
}

/* The pieces of an answer, cut anywhere behind the ESC, never look like keys. */
static void answers_in_pieces_are_no_keys(void **state)
{
    static const char answer[] = "\033[?2026;2$y";
    const size_t n = sizeof answer - 1;
    (void)state;
    for (size_t cut = 2; cut < n; cut++) {
        struct strbuf typed;
        struct term *t = open_term("xterm-256color", &typed);
        term_send(t, answer, cut);
        term_send(t, answer + cut, n - cut);
        assert_int_equal(typed.len, 0);
        assert_non_null(strstr(send_word(t, "after"), BEGIN));
        close_term(t, &typed);
    }
    /* An answer that stops short ends at the next key. */
    struct strbuf typed;
    struct term *t = open_term("xterm-256color", &typed);
    term_send(t, answer, 6);
    term_keys(t, "j<Up><Esc>");
    assert_ptr_equal(strstr(strbuf_str(&typed), "j<Up>"), typed.s);
    close_term(t, &typed);
}

/* An ESC right after the question may be the start of its answer: it is held, but not for long. */
static void an_early_escape_is_a_key_after_all(void **state)
{
    (void)state;
    struct strbuf typed;
    struct term *t = open_term("xterm-256color", &typed);
    assert_true(input_due(term_screen(t)) == INT64_MAX);
    term_send(t, "\033", 1);
    assert_int_equal(typed.len, 0);
    assert_true(input_due(term_screen(t)) != INT64_MAX);
    term_send(t, "[?2026;1$y", 10);
    assert_int_equal(typed.len, 0);
    assert_true(input_due(term_screen(t)) == INT64_MAX);
    term_send(t, "\033", 1); /* answered: nothing is held any more */
    assert_string_equal(strbuf_str(&typed), "<Esc>");
    close_term(t, &typed);

    t = open_term("xterm-256color", &typed);
    term_send(t, "\033", 1);
    term_send(t, "j", 1);
    assert_string_equal(strbuf_str(&typed), "<Esc>j");
    close_term(t, &typed);
}

static void suspending_leaves_no_frame_open(void **state)
{
    (void)state;
    struct strbuf typed;
    struct term *t = open_term("xterm-256color", &typed);
    term_send(t, "\033[?2026;2$y", 11);
    send_word(t, "one");
    term_forget_sent(t);
    screen_suspend(term_screen(t));
    screen_resume(term_screen(t));
    word = "two";
    term_frame(t);
    term_frame(t);
    const char *sent = term_sent(t);
    int open = 0;
    for (const char *at = sent; (at = strstr(at, "\033[?2026")) != NULL; at += 8) {
        open += at[7] == 'h' ? 1 : -1;
        assert_true(open == 0 || open == 1);
    }
    assert_int_equal(open, 0);
    assert_true(term_find(t, "two") == 1);
    close_term(t, &typed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unchanged_frames_send_nothing),
        cmocka_unit_test(frames_stand_between_marks),
        cmocka_unit_test(other_answers_change_nothing),
        cmocka_unit_test(answers_in_pieces_are_no_keys),
        cmocka_unit_test(an_early_escape_is_a_key_after_all),
        cmocka_unit_test(suspending_leaves_no_frame_open),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
