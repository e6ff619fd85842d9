/* The README tells the truth: its keys, options, themes and filters are the program's. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "commands/option.h"
#include "commands/option_table.h"
#include "config/config.h"
#include "query/filter.h"
#include "runtime/settings.h"
#include "ui/keys/keymap.h"

#define WORD_LETTERS "abcdefghijklmnopqrstuvwxyz-"

static struct strbuf readme;

static int read_readme(void **state)
{
    (void)state;
    FILE *file = fopen(HT_SOURCE_DIR "/README.md", "r");
    if (file == NULL)
        return -1;
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
        strbuf_add(&readme, block, n);
    return fclose(file);
}

static int release_readme(void **state)
{
    (void)state;
    strbuf_release(&readme);
    return 0;
}

/* What stands between two lines `<!-- NAME -->`. */
static void put_section(const char *name, struct strbuf *out)
{
    struct strbuf marker = {0};
    strbuf_printf(&marker, "\n<!-- %s -->\n", name);
    const char *start = strstr(strbuf_str(&readme), strbuf_str(&marker));
    assert_non_null(start);
    start += marker.len;
    const char *end = strstr(start - 1, strbuf_str(&marker));
    assert_non_null(end);
    strbuf_add(out, start, (size_t)(end + 1 - start));
    strbuf_release(&marker);
}

/* The next text between backticks at or after *at, which moves behind it; false at the end. */
static bool next_quoted(const char **at, struct strbuf *out)
{
    const char *open = strchr(*at, '`');
    const char *close = open != NULL ? strchr(open + 1, '`') : NULL;
    if (close == NULL)
        return false;
    strbuf_clear(out);
    strbuf_add(out, open + 1, (size_t)(close - open - 1));
    *at = close + 1;
    return true;
}

/* Whole tables are too long for a message: the first line that differs is told. */
static void check_same_lines(const char *told, const char *true_text)
{
    size_t same = 0, line = 0;
    for (; told[same] != '\0' && told[same] == true_text[same]; same++)
        if (told[same] == '\n')
            line = same + 1;
    if (told[same] == true_text[same])
        return;
    fail_msg("the README has\n%.*s\nand the program\n%.*s", (int)strcspn(told + line, "\n"),
             told + line, (int)strcspn(true_text + line, "\n"), true_text + line);
}

/* UPDATE_GOLDEN=1 writes the section instead of holding it against the program. */
static void write_section(const char *name, const char *text)
{
    struct strbuf old = {0}, anew = {0};
    put_section(name, &old);
    const char *at = strstr(strbuf_str(&readme), strbuf_str(&old));
    strbuf_add(&anew, readme.s, (size_t)(at - readme.s));
    strbuf_puts(&anew, text);
    strbuf_puts(&anew, at + old.len);
    FILE *file = fopen(HT_SOURCE_DIR "/README.md", "w");
    assert_non_null(file);
    assert_int_equal(fwrite(anew.s, 1, anew.len, file), anew.len);
    assert_int_equal(fclose(file), 0);
    strbuf_release(&old);
    strbuf_release(&anew);
}

static void keys_are_those_of_the_program(void **state)
{
    (void)state;
    struct strbuf told = {0}, table = {0};
    struct keymap keymap;
    keymap_init(&keymap);
    keymap_put_table(&keymap, &table);
    put_section("keys", &told);
    if (getenv("UPDATE_GOLDEN") != NULL)
        write_section("keys", strbuf_str(&table));
    else
        check_same_lines(strbuf_str(&told), strbuf_str(&table));
    strbuf_release(&told);
    strbuf_release(&table);
}

/* "`-q, --quiet`", "`--filter EXPR`" */
static void put_call(const struct option_row *row, struct strbuf *out)
{
    strbuf_putc(out, '`');
    if (row->letter != 0)
        strbuf_printf(out, "-%c, ", row->letter);
    strbuf_printf(out, "--%s", row->name);
    if (row->argument != NULL)
        strbuf_printf(out, " %s", row->argument);
    strbuf_putc(out, '`');
}

static void every_option_is_told(void **state)
{
    (void)state;
    struct strbuf told = {0}, call = {0};
    put_section("options", &told);
    for (size_t i = 0; i < option_row_count; i++) {
        if (option_rows[i].help == NULL)
            continue;
        strbuf_clear(&call);
        put_call(&option_rows[i], &call);
        if (strstr(strbuf_str(&told), strbuf_str(&call)) == NULL)
            fail_msg("the README does not tell %s", strbuf_str(&call));
    }
    strbuf_release(&told);
    strbuf_release(&call);
}

static bool is_option(const char *name, size_t len)
{
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].help != NULL && strlen(option_rows[i].name) == len &&
            memcmp(option_rows[i].name, name, len) == 0)
            return true;
    return false;
}

/* Behind the line's calls of cmake, whose options are none of ours. */
static const char *skip_cmake(const char *line, const char *end)
{
    const char *at = line;
    for (const char *cmake; (cmake = strstr(at, "cmake --")) != NULL && cmake < end;)
        at = cmake + strcspn(cmake, "&`\n");
    return at;
}

static void no_option_is_invented(void **state)
{
    (void)state;
    const char *line = strbuf_str(&readme);
    while (*line != '\0') {
        const char *end = line + strcspn(line, "\n");
        const char *at = skip_cmake(line, end);
        while ((at = strstr(at, "--")) != NULL && at < end) {
            at += 2;
            size_t len = strspn(at, WORD_LETTERS);
            if (len > 0 && at[0] != '-' && !is_option(at, len))
                fail_msg("the README invents --%.*s", (int)len, at);
            at += len;
        }
        line = *end == '\0' ? end : end + 1;
    }
}

static size_t count_theme_files(void)
{
    DIR *dir = opendir(HT_SOURCE_DIR "/themes");
    assert_non_null(dir);
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strstr(entry->d_name, ".theme") != NULL;
    closedir(dir);
    return count;
}

static void themes_are_the_files(void **state)
{
    (void)state;
    struct strbuf told = {0}, name = {0}, path = {0};
    put_section("themes", &told);
    const char *at = strbuf_str(&told);
    size_t count = 0;
    for (; next_quoted(&at, &name); count++) {
        strbuf_clear(&path);
        strbuf_printf(&path, HT_SOURCE_DIR "/themes/%s.theme", strbuf_str(&name));
        FILE *file = fopen(strbuf_str(&path), "r");
        if (file == NULL)
            fail_msg("there is no theme %s", strbuf_str(&name));
        else
            fclose(file);
    }
    assert_int_equal(count, count_theme_files());
    strbuf_release(&told);
    strbuf_release(&name);
    strbuf_release(&path);
}

/* The first column of the table, an expression a row. */
static void filters_are_right(void **state)
{
    (void)state;
    struct strbuf told = {0}, text = {0};
    put_section("filters", &told);
    size_t count = 0;
    for (const char *at = strbuf_str(&told); (at = strstr(at, "\n| `")) != NULL; count++) {
        assert_true(next_quoted(&at, &text));
        struct filter_error error;
        struct filter *filter = filter_parse(strbuf_str(&text), text.len, &error);
        if (filter == NULL)
            fail_msg("%s: at %zu: expected %s", strbuf_str(&text), error.offset, error.expected);
        filter_unref(filter);
    }
    assert_true(count > 0);
    strbuf_release(&told);
    strbuf_release(&text);
}

/* The example is right in every line, and has every option that may stand there. */
static void configuration_is_right(void **state)
{
    (void)state;
    struct strbuf told = {0}, problems = {0};
    put_section("configuration", &told);
    const char *start = strstr(strbuf_str(&told), "```ini\n");
    assert_non_null(start);
    start += strlen("```ini\n");
    const char *end = strstr(start, "```");
    assert_non_null(end);
    struct config config;
    struct options options = {0};
    config_parse(&config, "README", start, (size_t)(end - start));
    config_give(&config, CONFIG_OPTIONS, options_take, &options);
    settings_check(&config);
    config_put_problems(&config, &problems);
    assert_string_equal(strbuf_str(&problems), "");
    for (size_t i = 0; i < option_row_count; i++)
        if ((option_rows[i].commands & ON_CONFIG) != 0 &&
            config_find(&config, CONFIG_OPTIONS, option_rows[i].name) == NULL)
            fail_msg("the example lacks %s", option_rows[i].name);
    config_release(&config);
    strbuf_release(&told);
    strbuf_release(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_those_of_the_program),
        cmocka_unit_test(every_option_is_told),
        cmocka_unit_test(no_option_is_invented),
        cmocka_unit_test(themes_are_the_files),
        cmocka_unit_test(filters_are_right),
        cmocka_unit_test(configuration_is_right),
    };
    return cmocka_run_group_tests(tests, read_readme, release_readme);
}
