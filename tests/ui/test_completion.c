/* Candidates of a prompt: which are taken, the way through them, the menu. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "term.h"
#include "ui/widget/completion.h"

struct fixture {
    struct prompt prompt;
    struct completion completion;
};

static void begin(struct fixture *f, const char *text, size_t from)
{
    *f = (struct fixture){.prompt = {.active = true}};
    prompt_open(&f->prompt, "filter", NULL, text);
    completion_begin(&f->completion, &f->prompt, from, " ");
}

static void done(struct fixture *f)
{
    prompt_release(&f->prompt);
    completion_release(&f->completion);
}

static void offer_fields(struct completion *c)
{
    completion_offer(c, "op", "what was done");
    completion_offer(c, "old_address", "where a block was before");
    completion_offer(c, "old_size", NULL);
    completion_offer(c, "size", "bytes");
    completion_offer(c, "size", "bytes");
}

static const char *text(const struct fixture *f)
{
    return strbuf_str(&f->prompt.text);
}

static void the_only_candidate_is_put_in_whole(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "live && SI", 8);
    offer_fields(&f.completion);
    assert_int_equal(f.completion.count, 1);
    assert_true(completion_start(&f.completion, &f.prompt, false));
    assert_string_equal(text(&f), "live && size ");
    assert_int_equal(f.prompt.cursor, 13);
    assert_false(f.completion.open);
    done(&f);
    /* The blank that stands behind it is the one. */
    begin(&f, "si > 4", 0);
    f.prompt.cursor = 2;
    completion_begin(&f.completion, &f.prompt, 0, " ");
    offer_fields(&f.completion);
    assert_true(completion_start(&f.completion, &f.prompt, false));
    assert_string_equal(text(&f), "size > 4");
    done(&f);
}

static void what_is_common_comes_first_then_each_in_turn(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "ol", 0);
    offer_fields(&f.completion);
    assert_int_equal(f.completion.count, 2);
    assert_true(completion_start(&f.completion, &f.prompt, false));
    assert_true(f.completion.open);
    assert_string_equal(text(&f), "old_");
    completion_move(&f.completion, &f.prompt, false);
    assert_string_equal(text(&f), "old_address");
    completion_move(&f.completion, &f.prompt, false);
    assert_string_equal(text(&f), "old_size");
    completion_move(&f.completion, &f.prompt, false);
    assert_string_equal(text(&f), "old_");
    completion_move(&f.completion, &f.prompt, true);
    assert_string_equal(text(&f), "old_size");
    completion_close(&f.completion, &f.prompt, false);
    assert_string_equal(text(&f), "ol");
    done(&f);
}

static void with_nothing_common_the_first_or_last_is_put_in(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "", 0);
    offer_fields(&f.completion);
    assert_true(completion_start(&f.completion, &f.prompt, false));
    assert_string_equal(text(&f), "op");
    completion_close(&f.completion, &f.prompt, true);
    assert_string_equal(text(&f), "op");
    assert_false(f.completion.open);
    done(&f);
    begin(&f, "", 0);
    offer_fields(&f.completion);
    assert_true(completion_start(&f.completion, &f.prompt, true));
    assert_string_equal(text(&f), "size");
    done(&f);
    begin(&f, "zzz", 0);
    offer_fields(&f.completion);
    assert_false(completion_start(&f.completion, &f.prompt, false));
    assert_string_equal(text(&f), "zzz");
    done(&f);
}

static void names_are_found_by_a_part(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "HOST", 0);
    completion_offer_part(&f.completion, "svchost.exe", NULL);
    completion_offer_part(&f.completion, "hostess.exe", NULL);
    completion_offer_part(&f.completion, "explorer.exe", NULL);
    completion_offer_part(&f.completion, "", NULL);
    assert_int_equal(f.completion.count, 2);
    assert_true(completion_start(&f.completion, &f.prompt, false));
    assert_string_equal(text(&f), "svchost.exe");
    done(&f);
    begin(&f, "", 0);
    completion_offer_part(&f.completion, "svchost.exe", NULL);
    assert_int_equal(f.completion.count, 1);
    done(&f);
}

static void characters_are_never_cut(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "X", 0);
    completion_offer(&f.completion, "xy\u00e9", NULL);
    completion_offer(&f.completion, "xy\u00e8", NULL);
    assert_true(completion_start(&f.completion, &f.prompt, false));
    assert_string_equal(text(&f), "xy");
    done(&f);
}

static void there_is_an_end_to_candidates_and_text(void **state)
{
    (void)state;
    struct fixture f;
    char word[32];
    begin(&f, "w", 0);
    for (int i = 0; i < 2 * COMPLETION_MAX; i++) {
        snprintf(word, sizeof word, "word%d", i);
        completion_offer(&f.completion, word, NULL);
    }
    assert_int_equal(f.completion.count, COMPLETION_MAX);
    assert_true(f.completion.more && completion_is_full(&f.completion));
    /* What those left out have in common with these is not known. */
    assert_true(completion_start(&f.completion, &f.prompt, false));
    assert_string_equal(text(&f), "word0");
    done(&f);

    char *full = malloc(PROMPT_MAX + 1);
    memset(full, 'x', PROMPT_MAX);
    full[PROMPT_MAX] = '\0';
    begin(&f, full, PROMPT_MAX);
    completion_offer(&f.completion, "one", NULL);
    completion_offer(&f.completion, "two", NULL);
    completion_start(&f.completion, &f.prompt, false);
    completion_move(&f.completion, &f.prompt, false);
    assert_string_equal(text(&f), full);
    completion_close(&f.completion, &f.prompt, false);
    assert_string_equal(text(&f), full);
    free(full);
    done(&f);
}

static void frame(void *ctx, struct screen *s)
{
    struct fixture *f = ctx;
    struct canvas whole = screen_begin(s);
    completion_draw(&f->completion, &whole, whole.rows - 1);
    screen_flush(s);
}

static void key(void *ctx, struct ui_key k)
{
    struct fixture *f = ctx;
    completion_move(&f->completion, &f->prompt, k.code == UI_KEY_BACK_TAB);
}

static void the_menu_turns_its_pages(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "", 0);
    offer_fields(&f.completion);
    completion_start(&f.completion, &f.prompt, false);
    struct term *t = term_open(2, 60, "xterm-256color");
    term_run(t, &(struct term_app){&f, key, frame});
    term_assert_golden(t, "completion-60x2");
    term_resize(t, 2, 34);
    assert_string_equal(term_row(t, 1), " op  old_address  \u2026   1 of 4  wh\u2026");
    term_keys(t, "<Tab><Tab>");
    assert_string_equal(term_row(t, 1), " old_size  size            3 of 4");
    term_keys(t, "<Tab><Tab>");
    assert_string_equal(term_row(t, 1), " op  old_address  old_size  \u2026   4");
    for (int cols = 34; cols > 0; cols -= 3) {
        term_resize(t, 1, cols);
        term_keys(t, "<Tab>");
    }
    term_close(t);
    done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_only_candidate_is_put_in_whole),
        cmocka_unit_test(what_is_common_comes_first_then_each_in_turn),
        cmocka_unit_test(with_nothing_common_the_first_or_last_is_put_in),
        cmocka_unit_test(names_are_found_by_a_part),
        cmocka_unit_test(characters_are_never_cut),
        cmocka_unit_test(there_is_an_end_to_candidates_and_text),
        cmocka_unit_test(the_menu_turns_its_pages),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
