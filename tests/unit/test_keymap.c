/* Key names, bindings, counts, and that every action can be reached and explained. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/keys/keymap.h"

static struct ui_key parse(const char *name)
{
    struct ui_key key = {0};
    assert_int_equal(ui_key_parse(name, strlen(name), &key), strlen(name));
    return key;
}

static void names_and_labels(void **state)
{
    (void)state;
    static const struct {
        const char *name, *label;
        uint32_t code;
        uint8_t mods;
    } sample[] = {
        {"j", "j", 'j', 0},
        {"<C-d>", "^D", 'd', KEY_MOD_CTRL},
        {"<A-1>", "Alt-1", '1', KEY_MOD_ALT},
        {"<F12>", "F12", UI_KEY_F12, 0},
        {"<Space>", "Space", ' ', 0},
        {"<lt>", "<", '<', 0},
        {"<PageDown>", "PgDn", UI_KEY_PAGE_DOWN, 0},
        {"<BS>", "Backspace", UI_KEY_BACKSPACE, 0},
        {"<C-A-Up>", "Alt-^Up", UI_KEY_UP, KEY_MOD_CTRL | KEY_MOD_ALT},
        {"\u00e9", "\u00e9", 0xe9, 0},
    };
    struct strbuf b = {0};
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        struct ui_key key = parse(sample[i].name);
        assert_int_equal(key.code, sample[i].code);
        assert_int_equal(key.mods, sample[i].mods);
        strbuf_clear(&b);
        ui_key_put_name(&b, key);
        assert_string_equal(b.s, sample[i].name);
        strbuf_clear(&b);
        ui_key_put_label(&b, key);
        assert_string_equal(b.s, sample[i].label);
    }
    strbuf_release(&b);
}

static void wrong_names_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",     " ",    "<F0>", "<F13>", "<Nope>",
                                        "<C->", "<jj>", "\t",   "<C-jj>"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct ui_key key;
        assert_int_equal(ui_key_parse(wrong[i], strlen(wrong[i]), &key), 0);
    }
    struct ui_key key;
    assert_int_equal(ui_key_parse("<<", 2, &key), 1); /* not a name: the character */
}

/* No two actions that can meet share a key, so that each key in help does what help says. */
static void every_key_works_where_it_is_shown(void **state)
{
    (void)state;
    struct keymap km;
    keymap_init(&km);
    assert_true(km.count > 0 && km.count < KEYMAP_MAX);
    for (size_t i = 0; i < km.count; i++) {
        const struct key_binding *b = &km.binding[i];
        for (int view = SCOPE_LIST + 1; view < SCOPE_COUNT; view++) {
            const enum ui_scope scopes[] = {(enum ui_scope)view, SCOPE_LIST, SCOPE_GLOBAL};
            bool applies =
                b->scope == SCOPE_GLOBAL || b->scope == SCOPE_LIST || b->scope == scopes[0];
            if (applies)
                assert_int_equal(keymap_find(&km, scopes, 3, b->key), b->action);
        }
    }
}

static void every_action_has_key_name_and_help(void **state)
{
    (void)state;
    struct keymap km;
    struct strbuf b = {0};
    keymap_init(&km);
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        const struct action_info *info = action_info((enum action)a);
        assert_int_equal(action_find(info->name, strlen(info->name)), a);
        assert_true(info->label[0] != '\0');
        assert_int_equal(info->help[strlen(info->help) - 1], '.');
        strbuf_clear(&b);
        keymap_put_keys(&km, (enum action)a, &b);
        assert_true(b.len > 0);
    }
    assert_int_equal(action_find("no.such", 7), ACTION_NONE);
    strbuf_clear(&b);
    keymap_put_keys(&km, ACTION_HALF_DOWN, &b);
    assert_string_equal(b.s, "^D");
    strbuf_clear(&b);
    keymap_put_keys(&km, ACTION_FILTER_EDIT, &b);
    assert_string_equal(b.s, "f F4");
    strbuf_clear(&b);
    keymap_put_key(&km, ACTION_HELP, &b);
    assert_string_equal(b.s, "?");
    strbuf_release(&b);
}

/* The keys screens promise whatever else changes. */
static void the_usual_keys_are_there(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        enum action action;
    } usual[] = {
        {"j", ACTION_DOWN},
        {"<Down>", ACTION_DOWN},
        {"k", ACTION_UP},
        {"<C-u>", ACTION_HALF_UP},
        {"<PageDown>", ACTION_PAGE_DOWN},
        {"g", ACTION_FIRST},
        {"<End>", ACTION_LAST},
        {"h", ACTION_LEFT},
        {"<Right>", ACTION_RIGHT},
        {"1", ACTION_SUMMARY},
        {"4", ACTION_SOURCES},
        {"<Enter>", ACTION_OPEN},
        {"<BS>", ACTION_BACK},
        {"=", ACTION_FILTER_ADD},
        {"-", ACTION_FILTER_EXCLUDE},
        {"<F4>", ACTION_FILTER_EDIT},
        {"F", ACTION_FOLLOW},
        {"<Space>", ACTION_FREEZE},
        {"<F6>", ACTION_SORT_NEXT},
        {"S", ACTION_SORT_REVERSE},
        {"u", ACTION_UNITS},
        {"R", ACTION_TIME},
        {"r", ACTION_RELOAD},
        {"!", ACTION_TRUST},
        {"<Tab>", ACTION_NEXT_PANE},
        {"<F1>", ACTION_HELP},
        {"<Esc>", ACTION_CLOSE},
        {"q", ACTION_QUIT_VIEW},
        {"Q", ACTION_QUIT},
        {"<C-l>", ACTION_REDRAW},
        {"<C-z>", ACTION_SUSPEND},
    };
    static const enum ui_scope scopes[] = {SCOPE_EVENTS, SCOPE_LIST, SCOPE_GLOBAL};
    struct keymap km;
    keymap_init(&km);
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        assert_int_equal(keymap_find(&km, scopes, 3, parse(usual[i].key)), usual[i].action);
    assert_int_equal(keymap_find(&km, &scopes[2], 1, parse("j")), ACTION_NONE);
}

static struct action_call feed(struct key_prefix *prefix, const char *name)
{
    static const enum ui_scope scopes[] = {SCOPE_EVENTS, SCOPE_LIST, SCOPE_GLOBAL};
    struct keymap km;
    keymap_init(&km);
    return keymap_feed(&km, prefix, scopes, 3, parse(name));
}

static void counts_start_with_alt(void **state)
{
    (void)state;
    struct key_prefix prefix = {0};
    assert_int_equal(feed(&prefix, "1").action, ACTION_SUMMARY); /* at once, no waiting */
    assert_int_equal(feed(&prefix, "<A-1>").action, ACTION_NONE);
    assert_int_equal(feed(&prefix, "0").action, ACTION_NONE);
    struct action_call call = feed(&prefix, "j");
    assert_int_equal(call.action, ACTION_DOWN);
    assert_int_equal(call.count, 10);
    assert_int_equal(feed(&prefix, "j").count, 0);
    feed(&prefix, "<A-7>");
    assert_int_equal(feed(&prefix, "<Esc>").action, ACTION_NONE); /* drops the count only */
    assert_int_equal(feed(&prefix, "<Esc>").action, ACTION_CLOSE);
    feed(&prefix, "<A-9>");
    for (int i = 0; i < 100; i++)
        feed(&prefix, "9");
    assert_true(feed(&prefix, "j").count > UINT64_C(1000000000000));
}

static void the_table_names_every_action(void **state)
{
    (void)state;
    struct keymap km;
    struct strbuf table = {0};
    keymap_init(&km);
    keymap_put_table(&km, &table);
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
        assert_non_null(strstr(table.s, action_info((enum action)a)->help));
    assert_non_null(strstr(table.s, "| `j` `Down` | list.down | One row down. |\n"));
    strbuf_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_labels),
        cmocka_unit_test(wrong_names_are_refused),
        cmocka_unit_test(every_key_works_where_it_is_shown),
        cmocka_unit_test(every_action_has_key_name_and_help),
        cmocka_unit_test(the_usual_keys_are_there),
        cmocka_unit_test(counts_start_with_alt),
        cmocka_unit_test(the_table_names_every_action),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
