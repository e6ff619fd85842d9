/*
 * The command line: what each line means, and the one line that says what is wrong with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "commands/help.h"
#include "export/report_table.h"
#include "export/text_table.h"
#include "model/event_column.h"
#include "query/filter.h"

/* A command line cut at its blanks; what it points into lives as long as the struct. */
struct line {
    char text[256];
    char *argv[32];
    struct options o;
    struct err_info info;
};

static int parse(struct line *l, const char *text, bool piped, bool terminal)
{
    *l = (struct line){.info.text = ""};
    snprintf(l->text, sizeof l->text, "heaptail %s", text);
    int argc = 0;
    char *rest = l->text;
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        if (*word != '\0')
            l->argv[argc++] = word;
    optind = 0; /* getopt starts anew */
    const struct option_place place = {.stdin_is_input = piped, .stdout_is_terminal = terminal};
    return options_parse(argc, l->argv, &place, &l->o, &l->info);
}

static void parse_well(struct line *l, const char *text)
{
    if (parse(l, text, false, true) != 0)
        fail_msg("%s: %s", text, l->info.text);
}

static void test_values(void **state)
{
    (void)state;
    struct line l;
    parse_well(&l, "report --since 1.5 --until=300s --pid 4711 --heap 0x13d35bd0000 --top 5 "
                   "--by size,heap --format text --strict -q a.etl b.etl");
    assert_string_equal(l.o.command->name, "report");
    assert_int_equal(l.o.since, 1500000000);
    assert_int_equal(l.o.until, 300 * INT64_C(1000000000));
    assert_int_equal(l.o.pid.value, 4711);
    assert_int_equal(l.o.heap.value, 0x13d35bd0000);
    assert_int_equal(l.o.top.value, 5);
    assert_int_equal(l.o.by, 1u << EXPORT_TABLE_SIZE | 1u << EXPORT_TABLE_HEAP);
    assert_int_equal(l.o.format, EXPORT_FORMAT_TEXT);
    assert_true(l.o.strict && l.o.quiet);
    assert_int_equal(l.o.file_count, 2);
    assert_string_equal(l.o.files[1], "b.etl");
    options_release(&l.o);

    parse_well(&l, "events --merge a.etl b.etl");
    assert_true(l.o.merge && l.o.file_count == 2);
    options_release(&l.o);
    parse_well(&l, "report a.etl b.etl");
    assert_false(l.o.merge);
    options_release(&l.o);
    parse_well(&l, "a.etl b.etl");
    assert_true(l.o.merge && l.o.file_count == 2);
    options_release(&l.o);

    parse_well(&l, "a.etl --color never --no-follow --theme light --ascii");
    assert_null(l.o.command);
    assert_int_equal(l.o.color, OPTION_COLOR_NEVER);
    assert_int_equal(l.o.follow, OPTION_FOLLOW_OFF);
    assert_string_equal(l.o.theme, "light");
    assert_true(l.o.ascii);
    assert_int_equal(l.o.since, INT64_MIN);
    assert_int_equal(l.o.until, INT64_MAX);
    options_release(&l.o);
}

static void test_options_before_the_command(void **state)
{
    (void)state;
    struct line l;
    parse_well(&l, "--strict info a.etl");
    assert_string_equal(l.o.command->name, "info");
    assert_true(l.o.strict);
    options_release(&l.o);
    /* A file that is named like a command is reached by a path. */
    parse_well(&l, "./report");
    assert_null(l.o.command);
    assert_string_equal(l.o.files[0], "./report");
    options_release(&l.o);
}

static void test_what_is_opened(void **state)
{
    (void)state;
    struct line l;
    /* A bare call at a terminal has nothing to do; with a pipe it reads the pipe. */
    assert_int_equal(parse(&l, "", false, true), 0);
    assert_true(l.o.nothing_to_do);
    options_release(&l.o);
    assert_int_equal(parse(&l, "", true, true), 0);
    assert_false(l.o.nothing_to_do);
    assert_null(l.o.command);
    assert_string_equal(l.o.files[0], "-");
    options_release(&l.o);
    /* Not at a terminal, `heaptail FILE` is `heaptail report FILE`, its options included. */
    assert_int_equal(parse(&l, "--format json --ascii a.etl", true, false), 0);
    assert_string_equal(l.o.command->name, "report");
    assert_int_equal(l.o.file_count, 1);
    assert_string_equal(l.o.files[0], "a.etl");
    options_release(&l.o);
    /* Help and version ask for no file. */
    parse_well(&l, "events --help");
    assert_true(l.o.help);
    assert_string_equal(l.o.command->name, "events");
    options_release(&l.o);
    parse_well(&l, "--version");
    assert_true(l.o.version && !l.o.nothing_to_do);
    options_release(&l.o);
}

static void test_usage_errors(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says; /* a part of the message */
    } wrong[] = {
        {"--nonsense a.etl", "--nonsense: no such option"},
        {"-x a.etl", "no option -x"},
        {"report -qx a.etl", "no option -x"},
        {"report -\033 a.etl", "no option -\\x1b"},
        {"report -\303\251 a.etl", "no option -\357\277\275"}, /* half of a character */
        {"report --filter", "--filter: needs an argument"},
        {"report --strict=yes a.etl", "--strict: takes no argument"},
        {"report --format xml a.etl", "expected text, json, tsv, csv or jsonl"},
        {"report --by heap,colour a.etl",
         "expected heap, source, size, process, thread, stack, module, "},
        {"report --by heap, a.etl", "--by heap,"},
        {"report --format= a.etl", "--format : expected"},
        {"events --since -1s a.etl", "--since -1s: expected a time"},
        {"events --until 3parsecs a.etl", "--until 3parsecs: expected"},
        {"events --pid 12ab a.etl", "--pid 12ab: expected a number"},
        {"events --pid 4294967295 a.etl", "--pid"},
        {"events --heap 0x a.etl", "--heap 0x: expected a number"},
        {"events --since 2s --until 1s a.etl", "--since is later than --until"},
        {"events --format json a.etl", "events has no format json"},
        {"info --format tsv a.etl", "info has no format tsv"},
        {"info --filter op==alloc a.etl", "--filter is not an option of info, but of"},
        {"--format json a.etl", "--format is not an option of the explorer"},
        {"report --theme dark a.etl", "--theme is not an option of report"},
        {"report --format json --top 3 a.etl", "json always has all"},
        {"report --format csv --by heap,size a.etl", "csv is of one table"},
        {"events --all-fields a.etl", "--all-fields needs --format jsonl"},
        {"events a.etl b.etl", "events takes one FILE; --merge"},
        {"info a.etl b.etl", "info takes one FILE; --merge"},
        {"stacks --sort size a.etl", "--sort of stacks: expected outstanding, blocks, allocs"},
        {"stacks --sort colour a.etl", "--sort of stacks: expected outstanding"},
        {"diff --sort size a.etl", "--sort of diff: expected delta,"},
        {"blocks --sort delta a.etl", "--sort of blocks: expected born, address, size,"},
        {"blocks --sort= a.etl", "--sort of blocks: expected born"},
        {"report --sort size a.etl", "not an option of report, but of blocks, stacks, diff"},
        {"blocks --class leaked a.etl", "--class leaked: expected aifi, aifo, aofi or aofo"},
        {"blocks --class aifo, a.etl", "--class aifo,: expected"},
        {"blocks --all --class aifo a.etl", "leave it or --class out"},
        {"events --all a.etl", "--all is not an option of events, but of blocks"},
        {"blocks --by heap a.etl", "--by is not an option of blocks"},
        {"blocks a.etl b.etl", "blocks takes one FILE; --merge"},
        {"stacks --fold !x a.etl", "--fold !x: expected patterns"},
        {"events --top-down a.etl", "--top-down is not an option of events, but of stacks"},
        {"report", "report needs a FILE"},
        {"reprot a.etl", "the commands are report, events, blocks, stacks, diff and info"},
        {"report --demo a.etl", "--demo is a file of its own"},
        {"\033[31m a.etl", "\\x1b[31m: no such command"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct line l;
        int rc = parse(&l, wrong[i].line, false, true);
        if (rc != ERR_SYNTAX || strstr(l.info.text, wrong[i].says) == NULL)
            fail_msg("heaptail %s: %d '%s'", wrong[i].line, rc, l.info.text);
        options_release(&l.o);
    }
}

static void check_filter(const char *line, const char *filter, const char *whole)
{
    struct line l;
    parse_well(&l, line);
    l.o.filter = filter;
    struct strbuf text = {0};
    options_put_filter(&l.o, &text);
    assert_string_equal(strbuf_str(&text), whole);
    struct filter_error e;
    struct filter *f = filter_parse(strbuf_str(&text), text.len, &e);
    assert_non_null(f);
    filter_unref(f);
    strbuf_release(&text);
    options_release(&l.o);
}

static void test_joined_filter(void **state)
{
    (void)state;
    check_filter("events a.etl", NULL, "");
    check_filter("events a.etl", "size > 4 || op == free", "size > 4 || op == free");
    check_filter("events --pid 7 a.etl", "size > 4 || op == free",
                 "(size > 4 || op == free) && pid == 7");
    check_filter("events --pid 7 --heap 255 a.etl", "  ", "pid == 7 && heap == 0xff");
    check_filter("events --heap 0xab a.etl", "live", "(live) && heap == 0xab");
}

static void check_width(const struct strbuf *text)
{
    const char *line = strbuf_str(text);
    while (*line != '\0') {
        size_t n = strcspn(line, "\n");
        if (n > 80)
            fail_msg("wider than 80 columns: %.*s", (int)n, line);
        line += n + 1;
    }
}

/* Every option stands in the help of the commands it belongs to, and nowhere else. */
static void test_help(void **state)
{
    (void)state;
    struct strbuf program = {0};
    help_put(NULL, &program);
    check_width(&program);
    assert_non_null(strstr(strbuf_str(&program), "--theme NAME"));
    assert_non_null(strstr(strbuf_str(&program), "heaptail --demo"));
    assert_null(strstr(strbuf_str(&program), "--raw-time"));
    assert_null(strstr(strbuf_str(&program), "--tty"));
    for (size_t i = 0; i < command_count; i++) {
        struct strbuf text = {0};
        help_put(&commands[i], &text);
        check_width(&text);
        assert_non_null(strstr(strbuf_str(&program), commands[i].help));
        assert_non_null(strstr(strbuf_str(&text), "--strict"));
        assert_null(strstr(strbuf_str(&text), "--theme"));
        strbuf_release(&text);
    }
    strbuf_release(&program);
    struct strbuf events = {0};
    help_put(command_find("events"), &events);
    for (size_t i = 0; i < EVENT_COLUMN_COUNT; i++)
        assert_non_null(strstr(strbuf_str(&events), event_columns[i].help));
    strbuf_release(&events);
}

/* The words of --by stand in the order of the tables, and a table fits its writer. */
static void test_tables(void **state)
{
    (void)state;
    static const char *const titles[] = {"Heaps",
                                         "Sources",
                                         "Size classes",
                                         "Processes",
                                         "Threads",
                                         "Call stacks",
                                         "Calling modules",
                                         "Exact sizes",
                                         "Buckets of the low-fragmentation heap",
                                         "Lifetimes of the blocks that ended",
                                         "Findings",
                                         "Time"};
    static const char *const words[] = {"heap",   "source", "size",   "process", "thread",  "stack",
                                        "module", "exact",  "bucket", "life",    "finding", "time"};
    for (unsigned i = 0; i < EXPORT_TABLES; i++) {
        assert_string_equal(report_tables[i].title, titles[i]);
        assert_string_equal(export_table_words[i], words[i]);
        assert_true(report_tables[i].column_count < TEXT_TABLE_COLUMNS);
    }
    assert_true(EVENT_COLUMN_COUNT <= TEXT_TABLE_COLUMNS);
}

static void test_worse(void **state)
{
    (void)state;
    assert_int_equal(command_worse(COMMAND_OK, COMMAND_LOSS), COMMAND_LOSS);
    assert_int_equal(command_worse(COMMAND_FAILED, COMMAND_LOSS), COMMAND_FAILED);
    assert_int_equal(command_worse(COMMAND_LOSS, COMMAND_FAILED), COMMAND_FAILED);
    assert_int_equal(command_worse(COMMAND_OK, COMMAND_OK), COMMAND_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),         cmocka_unit_test(test_options_before_the_command),
        cmocka_unit_test(test_what_is_opened), cmocka_unit_test(test_usage_errors),
        cmocka_unit_test(test_joined_filter),  cmocka_unit_test(test_help),
        cmocka_unit_test(test_tables),         cmocka_unit_test(test_worse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
