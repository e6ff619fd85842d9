/* The configuration file: what is read, what is wrong with it, and how it is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "config/config.h"
#include "config/config_save.h"

#define PATH "/home/me/config"

static void assert_problems(const char *text, const char *expected)
{
    struct config c;
    struct strbuf b = {0};
    config_parse(&c, PATH, text, strlen(text));
    config_put_problems(&c, &b);
    assert_string_equal(strbuf_str(&b), expected);
    strbuf_release(&b);
    config_release(&c);
}

static const char *value_of(const struct config *c, enum config_section section, const char *key)
{
    const struct config_line *line = config_find(c, section, key);
    return line != NULL ? line->value : NULL;
}

static void test_lines(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbf# mine\r\n"
                               "[options]\r\n"
                               "  theme = light ; in the office\r\n"
                               "\ttime:day\n"
                               "[keys]\n"
                               "goto = :\n"
                               "filter.add = =\n"
                               "number = #\n"
                               "list.down = j <Down> <C-n>\n"
                               "quit =\n"
                               "[columns]\n"
                               "events = time heap:13";
    struct config c;
    config_parse(&c, PATH, text, sizeof text - 1);
    assert_int_equal(c.problem_count, 0);
    assert_int_equal(c.line_count, 8);
    assert_string_equal(value_of(&c, CONFIG_OPTIONS, "theme"), "light");
    assert_string_equal(value_of(&c, CONFIG_OPTIONS, "time"), "day");
    assert_string_equal(value_of(&c, CONFIG_KEYS, "goto"), ":");
    assert_string_equal(value_of(&c, CONFIG_KEYS, "filter.add"), "=");
    assert_string_equal(value_of(&c, CONFIG_KEYS, "number"), "#");
    assert_string_equal(value_of(&c, CONFIG_KEYS, "list.down"), "j <Down> <C-n>");
    assert_string_equal(value_of(&c, CONFIG_KEYS, "quit"), "");
    assert_string_equal(value_of(&c, CONFIG_COLUMNS, "events"), "time heap:13");
    assert_null(value_of(&c, CONFIG_OPTIONS, "goto"));
    assert_int_equal(config_find(&c, CONFIG_COLUMNS, "events")->number, 12);
    config_release(&c);
}

static void test_mistakes(void **state)
{
    (void)state;
    assert_problems("", "");
    assert_problems("theme = dark\n",
                    PATH ":1: theme: expected [options], [keys] or [columns] before it\n");
    assert_problems("[options]\ntheme dark\n[colours]\nx = y\n[keys\nz = a\n",
                    PATH ":2: theme dark: expected `key = value` or [section]\n" PATH
                         ":3: [colours]: expected [options], [keys] or [columns]\n" PATH
                         ":5: [keys: expected [options], [keys] or [columns]\n");
    assert_problems("[mine]\ntheme = dark\n",
                    PATH ":1: [mine]: expected [options], [keys] or [columns]\n");
    assert_problems("[keys]\n= x\nmark.set = ;\n",
                    PATH ":2: = x: expected `key = value` or [section]\n" PATH
                         ":3: mark.set = ;: ; begins a comment: the key is <semicolon>\n");
    assert_problems("[options]\ntheme = a\n\ntheme = b\ntheme = c\n",
                    PATH ":4: theme: it stands in line 2 already, which holds\n" PATH
                         ":5: theme: it stands in line 2 already, which holds\n");
    assert_problems("[options]\n\033[31m\n",
                    PATH ":2: \\x1b[31m: expected `key = value` or [section]\n");
}

/* The longest line that libinih reads is read whole, a longer one is not read in part. */
static void test_long_lines(void **state)
{
    (void)state;
    char text[512] = "[options]\ntheme = ";
    size_t head = strlen("[options]\n");
    memset(text + strlen(text), 'x', 400);
    struct config c;
    config_parse(&c, PATH, text, head + 198);
    assert_int_equal(c.problem_count, 0);
    assert_int_equal(strlen(value_of(&c, CONFIG_OPTIONS, "theme")), 198 - strlen("theme = "));
    config_release(&c);
    config_parse(&c, PATH, text, head + 199);
    assert_int_equal(c.problem_count, 1);
    assert_int_equal(c.line_count, 0);
    config_release(&c);
}

static void test_hostile(void **state)
{
    (void)state;
    assert_problems("[options]\nx", PATH ":2: x: expected `key = value` or [section]\n");
    struct config c;
    config_parse(&c, PATH, "[options]\n\0theme = x\n", 21);
    assert_int_equal(c.problem_count, 1);
    assert_int_equal(c.line_count, 0);
    config_release(&c);
    struct strbuf many = {0}, told = {0};
    strbuf_puts(&many, "[options]\n");
    for (int i = 0; i < 10000; i++)
        strbuf_printf(&many, "nonsense %d\nk%d = v\n", i, i);
    config_parse(&c, PATH, many.s, many.len);
    assert_int_equal(c.line_count, 10000);
    assert_int_equal(c.problem_count, 10000);
    config_put_problems(&c, &told);
    assert_non_null(strstr(told.s, PATH ": and 9900 more problems\n"));
    config_release(&c);
    for (size_t i = many.len; i <= CONFIG_MAX_BYTES; i++)
        strbuf_putc(&many, '\n');
    config_parse(&c, PATH, many.s, many.len);
    assert_int_equal(c.line_count, 0);
    assert_int_equal(c.problem_count, 1);
    config_release(&c);
    strbuf_release(&many);
    strbuf_release(&told);
}

static bool take(void *ctx, const struct config_line *line, struct strbuf *out_why)
{
    *(int *)ctx += 1;
    strbuf_printf(out_why, "%s: expected better", line->key);
    return strcmp(line->value, "good") == 0;
}

/* Those whom the lines concern say what is wrong; all of it is told in the file's order. */
static void test_give(void **state)
{
    (void)state;
    static const char text[] = "[columns]\nd = bad\n[options]\na = bad\nb = good\nc = bad\n";
    struct config c;
    struct strbuf b = {0};
    int n = 0;
    config_parse(&c, PATH, text, sizeof text - 1);
    config_give(&c, CONFIG_OPTIONS, take, &n);
    assert_int_equal(n, 3);
    config_give(&c, CONFIG_COLUMNS, take, &n);
    assert_int_equal(n, 4);
    config_put_problems(&c, &b);
    assert_string_equal(strbuf_str(&b),
                        PATH ":2: d: expected better\n" PATH ":4: a: expected better\n" PATH
                             ":6: c: expected better\n");
    strbuf_release(&b);
    config_release(&c);
}

/* ---- editing ---- */

static void assert_edit(const char *text, const char *key, const char *value, const char *expected)
{
    struct strbuf out = {0};
    const struct config_change change = {CONFIG_OPTIONS, key, value};
    config_edit(text, strlen(text), &change, &out);
    assert_string_equal(strbuf_str(&out), expected);
    strbuf_release(&out);
}

static void test_edit_keeps_the_rest(void **state)
{
    (void)state;
    static const char text[] = "# my file\n"
                               "[keys]\n"
                               "theme = t\n"
                               "\n"
                               "[options]   \n"
                               "; the light one hurts\n"
                               "  theme=dark   ; since May\n"
                               "unknown thing\n"
                               "time : day\n"
                               "\n"
                               "# columns below\n"
                               "[columns]\n"
                               "events = time";
    struct strbuf expected = {0};
    const char *old = strstr(text, "dark");
    strbuf_add(&expected, text, (size_t)(old - text));
    strbuf_printf(&expected, "solarized-dark%s", old + 4);
    assert_edit(text, "theme", "solarized-dark", strbuf_str(&expected));
    const char *behind = strstr(text, "\n# columns");
    strbuf_clear(&expected);
    strbuf_add(&expected, text, (size_t)(behind - text));
    strbuf_printf(&expected, "units = short\n%s", behind);
    assert_edit(text, "units", "short", strbuf_str(&expected));
    strbuf_release(&expected);
}

static void test_edit_forms(void **state)
{
    (void)state;
    assert_edit("", "units", "short", "[options]\nunits = short\n");
    assert_edit("", "units", NULL, "");
    assert_edit("# a", "units", "short", "# a\n\n[options]\nunits = short\n");
    assert_edit("[options]", "units", "short", "[options]\nunits = short\n");
    assert_edit("[options]\na = b", "units", "short", "[options]\na = b\nunits = short\n");
    assert_edit("[options]\r\na = b\r\n", "units", "short",
                "[options]\r\na = b\r\nunits = short\r\n");
    assert_edit("[options]\r\nunits = exact\r\n", "units", "short",
                "[options]\r\nunits = short\r\n");
    assert_edit("[options]\nunits =\nx = y\n", "units", "short",
                "[options]\nunits = short\nx = y\n");
    assert_edit("[options]\nunits = ; none\n", "units", "short",
                "[options]\nunits = short ; none\n");
    assert_edit("[options]\nunits = a;b ;c\n", "units", "short", "[options]\nunits = short ;c\n");
    assert_edit("[options]\nunits = exact\nx = y\n", "units", NULL, "[options]\nx = y\n");
    assert_edit("[options]\nx = y\n", "units", NULL, "[options]\nx = y\n");
    assert_edit("\xef\xbb\xbf[options]\nunits = x\n", "units", "short",
                "\xef\xbb\xbf[options]\nunits = short\n");
    assert_edit("[keys]\nunits = u\n", "units", "short",
                "[keys]\nunits = u\n\n[options]\nunits = short\n");
}

/* ---- saving ---- */

static char folder[] = "/tmp/heaptail-config-XXXXXX";

static void assert_file(const char *path, const char *expected)
{
    struct strbuf b = {0};
    assert_int_equal(file_read(path, 4096, &b, NULL), 0);
    assert_string_equal(strbuf_str(&b), expected);
    strbuf_release(&b);
}

static void assert_saved(const char *path, const struct config_setting *s, size_t n,
                         const char *expected)
{
    struct strbuf changed = {0};
    struct err_info info;
    assert_int_equal(config_save(path, s, n, &changed, &info), 0);
    assert_string_equal(strbuf_str(&changed), expected);
    strbuf_release(&changed);
}

static void test_save(void **state)
{
    (void)state;
    struct strbuf path = {0};
    strbuf_printf(&path, "%s/config", folder);
    struct config_setting s[] = {
        {CONFIG_OPTIONS, "theme", "light", "dark"},
        {CONFIG_OPTIONS, "units", "exact", "exact"},
        {CONFIG_COLUMNS, "events", "time op", NULL},
    };
    assert_saved(path.s, s, 3, "theme, events");
    assert_file(path.s, "[options]\ntheme = light\n\n[columns]\nevents = time op\n");
    assert_saved(path.s, s, 3, "");
    /* Back to what is usual: a line that is there says so, columns need none. */
    s[0].value = "dark";
    s[2].value = NULL;
    assert_saved(path.s, s, 3, "theme, events");
    assert_file(path.s, "[options]\ntheme = dark\n\n[columns]\n");
    struct stat st;
    assert_int_equal(stat(path.s, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    unlink(path.s);
    strbuf_release(&path);
}

static void test_save_refuses(void **state)
{
    (void)state;
    struct strbuf path = {0}, changed = {0};
    struct err_info info;
    strbuf_printf(&path, "%s/config", folder);
    const struct config_setting bad = {CONFIG_OPTIONS, "theme", "/a ;b.theme", "dark"};
    assert_int_not_equal(config_save(path.s, &bad, 1, &changed, &info), 0);
    assert_int_equal(access(path.s, F_OK), -1);
    const struct config_setting good = {CONFIG_OPTIONS, "theme", "light", "dark"};
    assert_int_equal(file_write(path.s, 0600, "a\0b", 3, &info), 0);
    strbuf_clear(&changed);
    assert_int_not_equal(config_save(path.s, &good, 1, &changed, &info), 0);
    assert_non_null(strstr(info.text, "no text file"));
    unlink(path.s);
    strbuf_clear(&changed);
    strbuf_puts(&path, "/none");
    assert_int_not_equal(config_save(path.s, &good, 1, &changed, &info), 0);
    strbuf_release(&path);
    strbuf_release(&changed);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_long_lines),   cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_give),         cmocka_unit_test(test_edit_keeps_the_rest),
        cmocka_unit_test(test_edit_forms),   cmocka_unit_test(test_save),
        cmocka_unit_test(test_save_refuses),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
