/* The filter prompt: readline keys, history, verdicts, drawing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "term.h"
#include "ui/widget/prompt.h"

struct fixture {
    struct prompt prompt;
    enum prompt_result last;
};

static void frame(void *ctx, struct screen *s)
{
    struct fixture *f = ctx;
    struct canvas whole = screen_begin(s);
    struct canvas box = canvas_sub(&whole, whole.rows - 2, 0, 2, whole.cols);
    prompt_draw(&f->prompt, &box);
    screen_flush(s);
}

static void key(void *ctx, struct ui_key k)
{
    struct fixture *f = ctx;
    f->last = prompt_key(&f->prompt, k);
}

static struct term *show(struct fixture *f, const char *text, int rows, int cols)
{
    *f = (struct fixture){0};
    prompt_open(&f->prompt, "filter", NULL, text);
    struct term *t = term_open(rows, cols, "xterm-256color");
    term_run(t, &(struct term_app){f, key, frame});
    return t;
}

static void done(struct fixture *f, struct term *t)
{
    prompt_release(&f->prompt);
    term_close(t);
}

static void takes_readline_keys(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *text;
        size_t cursor;
        enum prompt_result result;
    } step[] = {
        {"x", "size > 4Kx", 10, PROMPT_EDITED},
        {"<BS>", "size > 4K", 9, PROMPT_EDITED},
        {"<C-a>", "size > 4K", 0, PROMPT_MOVED},
        {"<C-f><Right>", "size > 4K", 2, PROMPT_MOVED},
        {"\u00e9", "si\u00e9ze > 4K", 4, PROMPT_EDITED},
        {"<C-b>", "si\u00e9ze > 4K", 2, PROMPT_MOVED},
        {"<Delete>", "size > 4K", 2, PROMPT_EDITED},
        {"<C-e>", "size > 4K", 9, PROMPT_MOVED},
        {"<C-w>", "size > ", 7, PROMPT_EDITED},
        {"<C-w>", "size ", 5, PROMPT_EDITED},
        {"<Home><C-k>", "", 0, PROMPT_EDITED},
        {"<BS>", "", 0, PROMPT_MOVED},
        {"abc<Left><C-u>", "c", 0, PROMPT_EDITED},
        {"<C-d>", "", 0, PROMPT_EDITED},
        {"<F5>", "", 0, PROMPT_IGNORED},
        {"<Enter>", "", 0, PROMPT_ACCEPT},
        {"<Esc>", "", 0, PROMPT_CANCEL},
        {"<C-c>", "", 0, PROMPT_CANCEL},
    };
    struct fixture f;
    struct term *t = show(&f, "size > 4K", 5, 40);
    for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
        term_keys(t, step[i].keys);
        assert_string_equal(strbuf_str(&f.prompt.text), step[i].text);
        assert_int_equal(f.prompt.cursor, step[i].cursor);
        assert_int_equal(f.last, step[i].result);
    }
    done(&f, t);
}

static void deletes_and_moves_by_words(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *text;
        size_t cursor;
    } step[] = {
        {"<A-b>", "heap == 0x13d && pid", 17},
        {"<A-b><A-b>", "heap == 0x13d && pid", 0},
        {"<A-f>", "heap == 0x13d && pid", 4},
        {"<C-Right>", "heap == 0x13d && pid", 13},
        {"<C-Left>", "heap == 0x13d && pid", 8},
        {"<A-d>", "heap ==  && pid", 8},
        {"<C-y>", "heap == 0x13d && pid", 13},
        {"<A-BS>", "heap ==  && pid", 8},
        {"<C-k>", "heap == ", 8},
        {"<C-y><C-y>", "heap ==  && pid && pid", 22},
        {"<C-w>", "heap ==  && pid && ", 19},
        {"<C-u><C-y>", "heap ==  && pid && ", 19},
        {"<A-x>", "heap ==  && pid && ", 19},
    };
    struct fixture f;
    struct term *t = show(&f, "heap == 0x13d && pid", 5, 40);
    for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
        term_keys(t, step[i].keys);
        assert_string_equal(strbuf_str(&f.prompt.text), step[i].text);
        assert_int_equal(f.prompt.cursor, step[i].cursor);
    }
    done(&f, t);
}

static void remembers_what_was_accepted(void **state)
{
    (void)state;
    struct fixture f;
    struct prompt_history history = {.count = 0};
    struct term *t = show(&f, "", 5, 40);
    static const char *const typed[] = {"pid == 1", "size > 2", "", "pid == 1", "live"};
    for (size_t i = 0; i < 5; i++) {
        prompt_open(&f.prompt, "filter", &history, "");
        term_keys(t, typed[i]);
        prompt_close(&f.prompt, true);
    }
    assert_int_equal(history.count, 3); /* pid == 1 has moved up */
    prompt_open(&f.prompt, "filter", &history, "");
    term_keys(t, "dra<Up>");
    assert_string_equal(f.prompt.text.s, "live");
    term_keys(t, "<Up>");
    assert_string_equal(f.prompt.text.s, "pid == 1");
    term_keys(t, "<Up><Up><Up>");
    assert_string_equal(f.prompt.text.s, "size > 2");
    term_keys(t, "<Down><Down><Down>");
    assert_string_equal(f.prompt.text.s, "dra");
    term_keys(t, "<Down>");
    assert_string_equal(f.prompt.text.s, "dra");
    prompt_close(&f.prompt, false);
    assert_int_equal(history.count, 3);
    done(&f, t);
    prompt_history_release(&history);
}

static void add_line(struct prompt_history *h, const char *line)
{
    prompt_history_add(h, line, strlen(line), true);
}

static void a_history_has_an_end_and_safe_lines(void **state)
{
    (void)state;
    struct prompt_history h = {.count = 0};
    for (int i = 0; i < 2 * PROMPT_HISTORY; i++) {
        char text[16];
        snprintf(text, sizeof text, "pid == %d", i);
        add_line(&h, text);
    }
    assert_int_equal(h.count, PROMPT_HISTORY);
    assert_string_equal(h.line[0].text, "pid == 64");
    assert_string_equal(h.line[PROMPT_HISTORY - 1].text, "pid == 127");
    static const char *const unsafe[] = {"", "a\033[2J", "a\nb", "caf\xe9", "\u202eabc"};
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
        add_line(&h, unsafe[i]);
    prompt_history_add(&h, "a\0b", 3, true);
    char *longer = malloc(PROMPT_MAX + 2);
    memset(longer, 'x', PROMPT_MAX + 1);
    longer[PROMPT_MAX + 1] = '\0';
    add_line(&h, longer);
    assert_string_equal(h.line[PROMPT_HISTORY - 1].text, "pid == 127");
    longer[PROMPT_MAX] = '\0';
    add_line(&h, longer);
    assert_string_equal(h.line[PROMPT_HISTORY - 1].text, longer);
    free(longer);
    prompt_history_release(&h);
}

static void a_long_text_scrolls(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, "address in 0x1000..0x2000", 3, 24);
    int row, col;
    assert_string_equal(term_row(t, 1), " filter  0x1000..0x2000");
    assert_true(term_cursor(t, &row, &col));
    assert_int_equal(row, 1);
    assert_int_equal(col, 23);
    term_keys(t, "<Home>");
    assert_string_equal(term_row(t, 1), " filter  address in 0x10");
    assert_true(term_cursor(t, &row, &col));
    assert_int_equal(col, 9);
    term_resize(t, 1, 1);
    term_keys(t, "ab<Left><BS>");
    done(&f, t);
}

static void shows_the_verdict(void **state)
{
    (void)state;
    static const struct {
        const char *text, *golden, *message;
        enum prompt_state verdict;
        size_t at;
    } verdict[] = {
        {"size >= 4K", "prompt-valid", NULL, PROMPT_VALID, 0},
        {"size >=", "prompt-incomplete", "a number", PROMPT_INCOMPLETE, 7},
        {"sice >= 4K", "prompt-wrong", "expected a field", PROMPT_WRONG, 0},
        {"size >= 4K && source == mainpth", "prompt-wrong-right", "expected a Source", PROMPT_WRONG,
         24},
    };
    for (size_t i = 0; i < sizeof verdict / sizeof verdict[0]; i++) {
        struct fixture f;
        struct term *t = show(&f, verdict[i].text, 3, 44);
        prompt_judge(&f.prompt, verdict[i].verdict, verdict[i].at, verdict[i].message);
        term_frame(t);
        term_assert_golden(t, verdict[i].golden);
        done(&f, t);
    }
}

static void takes_no_more_than_its_limit(void **state)
{
    (void)state;
    struct prompt p = {0};
    prompt_open(&p, "filter", NULL, "");
    for (int i = 0; i < 2 * PROMPT_MAX; i++)
        prompt_key(&p, (struct ui_key){.code = 'x'});
    assert_true(p.text.len <= PROMPT_MAX);
    assert_int_equal(prompt_key(&p, (struct ui_key){.code = 0x202e}), PROMPT_MOVED);
    prompt_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_readline_keys),
        cmocka_unit_test(deletes_and_moves_by_words),
        cmocka_unit_test(remembers_what_was_accepted),
        cmocka_unit_test(a_history_has_an_end_and_safe_lines),
        cmocka_unit_test(a_long_text_scrolls),
        cmocka_unit_test(shows_the_verdict),
        cmocka_unit_test(takes_no_more_than_its_limit),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
