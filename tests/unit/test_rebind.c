/* The person's own keys: replacing, unbinding, conflicts, and never being locked in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/keys/rebind.h"

struct fixture {
    struct keymap km;
    struct rebind rebind;
    struct strbuf told; /* "3: why; " */
};

static int open_fixture(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    keymap_init(&f->km);
    *state = f;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    strbuf_release(&f->told);
    free(f);
    return 0;
}

static void report(void *ctx, unsigned number, const char *text)
{
    struct fixture *f = ctx;
    strbuf_printf(&f->told, "%u: %s; ", number, text);
}

static void take(struct fixture *f, unsigned number, const char *action, const char *keys)
{
    struct strbuf why = {0};
    if (!rebind_take(&f->rebind, number, action, keys, &why))
        report(f, number, strbuf_str(&why));
    strbuf_release(&why);
}

static void apply(struct fixture *f)
{
    rebind_apply(&f->rebind, &f->km, report, f);
}

static void assert_keys(const struct fixture *f, enum action a, const char *expected)
{
    struct strbuf b = {0};
    keymap_put_keys(&f->km, a, &b);
    assert_string_equal(strbuf_str(&b), expected);
    strbuf_release(&b);
}

static void test_replace(void **state)
{
    struct fixture *f = *state;
    take(f, 1, "list.down", "<C-n>  j\t<Down>");
    take(f, 2, "suspend", "");
    apply(f);
    assert_string_equal(strbuf_str(&f->told), "");
    assert_keys(f, ACTION_DOWN, "^N j Down");
    assert_keys(f, ACTION_SUSPEND, "");
    assert_keys(f, ACTION_UP, "k Up");
}

/* Two keys change places, whichever line comes first. */
static void test_swap(void **state)
{
    struct fixture *f = *state;
    take(f, 5, "list.down", "k");
    take(f, 6, "list.up", "j");
    apply(f);
    assert_string_equal(strbuf_str(&f->told), "");
    assert_keys(f, ACTION_DOWN, "k");
    assert_keys(f, ACTION_UP, "j");
}

static void test_conflicts(void **state)
{
    struct fixture *f = *state;
    take(f, 4, "list.down", "x k");
    take(f, 3, "list.left", "x");
    take(f, 9, "quit", "k"); /* another scope: the list's own k comes first there */
    apply(f);
    assert_string_equal(
        strbuf_str(&f->told),
        "4: list.down = x: the key is taken by list.left, expected a free one, or a "
        "line `list.left = ` with another; "
        "4: list.down = k: the key is taken by list.up, expected a free one, or a "
        "line `list.up = ` with another; ");
    assert_keys(f, ACTION_LEFT, "x");
    assert_keys(f, ACTION_DOWN, "");
    assert_keys(f, ACTION_QUIT, "k");
}

static void test_nonsense(void **state)
{
    struct fixture *f = *state;
    take(f, 1, "list.donw", "x");
    take(f, 2, "\033", "x");
    take(f, 3, "list.down", "jj");
    take(f, 4, "list.down", "<F13> x");
    take(f, 5, "list.down", "a b c d e f g h i");
    take(f, 6, "list.down", "<A-1>");
    apply(f);
    assert_string_equal(
        strbuf_str(&f->told),
        "1: list.donw: no such action, expected one like list.down; "
        "2: \\x1b: no such action, expected a name such as list.down; "
        "3: list.down = jj: no such key, expected keys such as x <C-x> <F5> <Space>; "
        "4: list.down = <F13> x: no such key, expected keys such as x <C-x> <F5> <Space>; "
        "5: list.down = a b c d e f g h i: too many keys, expected at most 8; "
        "6: list.down = <A-1>: Alt and a digit start a number, expected another key; ");
    assert_keys(f, ACTION_DOWN, "j Down");
}

static void test_way_out(void **state)
{
    struct fixture *f = *state;
    take(f, 1, "quit", "");
    take(f, 2, "quit-view", "");
    take(f, 3, "screen.redraw", "Q");
    apply(f);
    assert_keys(f, ACTION_QUIT, "Q");
    assert_keys(f, ACTION_REDRAW, "");
    assert_non_null(strstr(strbuf_str(&f->told), "no key is left to leave by"));
}

/* As many keys as there is room for, and not one more. */
static void test_many(void **state)
{
    struct fixture *f = *state;
    struct strbuf keys = {0};
    uint32_t letter = 0x4e00;
    for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        strbuf_clear(&keys);
        for (int i = 0; i < REBIND_KEYS; i++, letter++) {
            struct ui_key key = {.code = letter};
            ui_key_put_name(&keys, key);
            strbuf_putc(&keys, ' ');
        }
        take(f, (unsigned)a, action_info(a)->name, strbuf_str(&keys));
    }
    apply(f);
    assert_true(f->km.count <= KEYMAP_MAX);
    strbuf_release(&keys);
}

static void assert_text(const struct fixture *f, const char *text, const char *expected)
{
    struct strbuf b = {0};
    keymap_put_text(&f->km, text, &b);
    assert_string_equal(strbuf_str(&b), expected);
    strbuf_release(&b);
}

/* Messages take the keys that are in force. */
static void test_words(void **state)
{
    struct fixture *f = *state;
    take(f, 1, "file.reload", "<F5> r");
    take(f, 2, "suspend", "");
    apply(f);
    assert_text(f, "{file.reload} reads it", "F5 reads it");
    assert_text(f, "or {suspend}.", "or :suspend.");
    assert_text(f, "{ {} {nothing} {file.reload", "{ {} {nothing} {file.reload");
    assert_text(f, "", "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(test_replace), TEST(test_swap), TEST(test_conflicts), TEST(test_nonsense),
        TEST(test_way_out), TEST(test_many), TEST(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
