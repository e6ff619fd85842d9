/* Parsing by the table option.def; see option.h. */
#include "commands/option.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer/answer_spec.h"
#include "base/alloc.h"
#include "base/text.h"
#include "commands/command.h"
#include "commands/demo.h"
#include "commands/option_table.h"

/* getopt's values for long options: the place in the table, behind every short option's letter. */
#define OPTION_FIRST_LONG 256

/* ---- getopt's view of the table ---- */

struct getopt_tables {
    struct option longs[OPTION_ROWS_MOST + 1];
    char shorts[2 * OPTION_ROWS_MOST + 2];
};

static void make_getopt_tables(struct getopt_tables *t)
{
    *t = (struct getopt_tables){.shorts = ":"}; /* a missing argument is told apart */
    size_t at = 1;
    for (size_t i = 0; i < option_row_count; i++) {
        int has = option_rows[i].argument != NULL ? required_argument : no_argument;
        t->longs[i] = (struct option){option_rows[i].name, has, NULL, OPTION_FIRST_LONG + (int)i};
        if (option_rows[i].letter == 0)
            continue;
        t->shorts[at++] = option_rows[i].letter;
        if (has == required_argument)
            t->shorts[at++] = ':';
    }
}

static const struct option_row *row_of(int code)
{
    for (size_t i = 0; i < option_row_count; i++)
        if (code == OPTION_FIRST_LONG + (int)i || (code != 0 && code == option_rows[i].letter))
            return &option_rows[i];
    return NULL;
}

void option_put_words(const char *const *words, struct strbuf *out)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (words[i][0] == '\0')
            continue;
        if (i != 0 && words[i - 1][0] != '\0')
            strbuf_puts(out, words[i + 1] == NULL ? " or " : ", ");
        strbuf_puts(out, words[i]);
    }
}

static int bad_argument(const struct option_row *row, const char *text, struct err_info *info)
{
    struct strbuf b = {0};
    strbuf_printf(&b, "--%s ", row->name);
    text_put_escaped(&b, text, strlen(text));
    strbuf_puts(&b, ": expected ");
    if (row->words != NULL)
        option_put_words(row->words, &b);
    else
        strbuf_puts(&b, row->expected);
    err_set(info, ERR_SYNTAX, "%s", strbuf_str(&b));
    strbuf_release(&b);
    return ERR_SYNTAX;
}

static int bad_letter(char letter, struct err_info *info)
{
    struct strbuf b = {0};
    text_put_escaped(&b, &letter, 1);
    err_set(info, ERR_SYNTAX, "no option -%s", strbuf_str(&b));
    strbuf_release(&b);
    return ERR_SYNTAX;
}

/* `code` is what getopt said: `:` for a missing argument, `?` for anything else. */
static int bad_option(int code, const char *arg, struct err_info *info)
{
    /* A letter may stand among others, and is negative beyond ASCII. */
    if (optopt != 0 && optopt < OPTION_FIRST_LONG)
        return bad_letter((char)optopt, info);
    const char *why = "no such option";
    if (code == ':')
        why = "needs an argument";
    else if (optopt != 0)
        why = "takes no argument";
    struct strbuf b = {0};
    text_put_escaped(&b, arg, strcspn(arg, "="));
    err_set(info, ERR_SYNTAX, "%s: %s", strbuf_str(&b), why);
    strbuf_release(&b);
    return ERR_SYNTAX;
}

/* Sets the members; *out_given gets a bit for every row of the table that was used. */
static int read_options(int argc, char **argv, struct options *o, uint64_t *out_given,
                        struct err_info *info)
{
    struct getopt_tables tables;
    make_getopt_tables(&tables);
    opterr = 0;
    for (;;) {
        int code = getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
        if (code == -1)
            return 0;
        const struct option_row *row = row_of(code);
        if (row == NULL)
            return bad_option(code, argv[optind - 1], info);
        if (!row->read(row, optarg, (char *)o + row->offset))
            return bad_argument(row, optarg, info);
        *out_given |= UINT64_C(1) << (row - option_rows);
    }
}

/* ---- what the options mean together ---- */

static const char *command_words(const struct options *o)
{
    return o->command != NULL ? o->command->name : "the explorer";
}

static int check_allowed(const struct options *o, uint64_t given, unsigned allowed,
                         struct err_info *info)
{
    for (size_t i = 0; i < option_row_count; i++) {
        if ((given >> i & 1) == 0 || (option_rows[i].commands & allowed) != 0)
            continue;
        struct strbuf b = {0};
        strbuf_printf(&b, "--%s is not an option of %s, but of", option_rows[i].name,
                      command_words(o));
        const char *separator = " ";
        for (size_t k = 0; k < command_count; k++) {
            if ((commands[k].bit & option_rows[i].commands) == 0)
                continue;
            strbuf_printf(&b, "%s%s", separator, commands[k].name);
            separator = ", ";
        }
        if ((option_rows[i].commands & ON_EXPLORE) != 0)
            strbuf_printf(&b, "%sthe explorer", separator);
        err_set(info, ERR_SYNTAX, "%s", strbuf_str(&b));
        strbuf_release(&b);
        return ERR_SYNTAX;
    }
    return 0;
}

static int check_format(const struct options *o, struct err_info *info)
{
    if (o->command == NULL)
        return 0;
    enum export_format format = command_format(o);
    if ((o->command->formats >> format & 1) == 0)
        return err_set(info, ERR_SYNTAX, "%s has no format %s", o->command->name,
                       export_format_words[format]);
    /* Findings and time are asked for: they cost, and the report is stable without. */
    unsigned by = o->by & ~(1u << EXPORT_TABLE_FINDING | 1u << EXPORT_TABLE_TIME);
    bool whole = (o->command->bit & ON_SORT) == 0;
    bool chooses = whole && (by != 0 || o->top.given);
    if (format == EXPORT_FORMAT_JSON && chooses)
        return err_set(info, ERR_SYNTAX, "--by and --top choose from tables: json always has all");
    bool one_table = whole && format > EXPORT_FORMAT_JSON && (o->by & (o->by - 1)) != 0;
    if (one_table)
        return err_set(info, ERR_SYNTAX, "%s is of one table: name one with --by",
                       export_format_words[format]);
    if (o->all_fields && format != EXPORT_FORMAT_JSONL)
        return err_set(info, ERR_SYNTAX, "--all-fields needs --format jsonl");
    return 0;
}

/* The words of one command's columns. */
static int check_sort(const struct options *o, struct err_info *info)
{
    static const struct {
        unsigned command, first, end;
        const char *words;
    } sorts[] = {
        {ON_STACKS, OPTION_SORT_TREE, OPTION_SORT_MOMENTS,
         "outstanding, blocks, allocs, alloc_bytes, churn, peak or copied"},
        {ON_DIFF, OPTION_SORT_MOMENTS, OPTION_SORT_BLOCKS,
         "delta, delta_blocks, new, gone, old, now or name"},
        {ON_BLOCKS, OPTION_SORT_BLOCKS, OPTION_SORT_END,
         "born, address, size, heap, pid, died, age, life, class, tid, free_tid, source, "
         "free_source, stack or chain"},
    };
    for (size_t i = 0; o->sort != OPTION_SORT_USUAL && i < sizeof sorts / sizeof sorts[0]; i++) {
        bool mine = o->command != NULL && o->command->bit == sorts[i].command;
        if (mine && (o->sort < sorts[i].first || o->sort >= sorts[i].end))
            return err_set(info, ERR_SYNTAX, "--sort of %s: expected %s", o->command->name,
                           sorts[i].words);
    }
    return 0;
}

static int check_values(const struct options *o, struct err_info *info)
{
    if (o->since > o->until)
        return err_set(info, ERR_SYNTAX, "--since is later than --until");
    if (o->pid.given && o->pid.value >= UINT32_MAX)
        return err_set(info, ERR_SYNTAX, "--pid: no process has such an id");
    if (o->bins.given && (o->bins.value == 0 || o->bins.value > TIMELINE_MOST_COLUMNS))
        return err_set(info, ERR_SYNTAX, "--bins: from 1 to %u", TIMELINE_MOST_COLUMNS);
    if (o->bins.given && (o->by >> EXPORT_TABLE_TIME & 1) == 0)
        return err_set(info, ERR_SYNTAX, "--bins needs --by time");
    if (o->all && o->classes != 0)
        return err_set(info, ERR_SYNTAX, "--all is of every class: leave it or --class out");
    int rc = check_sort(o, info);
    return rc == 0 ? check_format(o, info) : rc;
}

/*
 * A word that is neither a file nor a command was meant to be one of them: which one shows in its
 * looks.
 */
static int check_command_word(const char *word, struct err_info *info)
{
    if (strpbrk(word, "./") != NULL || strcmp(word, "-") == 0 || access(word, F_OK) == 0)
        return 0;
    struct strbuf b = {0};
    text_put_escaped(&b, word, strlen(word));
    strbuf_puts(&b, ": no such command or file; the commands are ");
    command_put_names(&b);
    err_set(info, ERR_SYNTAX, "%s", strbuf_str(&b));
    strbuf_release(&b);
    return ERR_SYNTAX;
}

static void add_file(struct options *o, char *path)
{
    o->files = base_xrealloc(o->files, o->file_count + 1, sizeof *o->files);
    o->files[o->file_count++] = path;
}

static int add_demo(struct options *o, struct err_info *info)
{
    struct strbuf path = {0};
    int rc = demo_find(&path, info);
    if (rc == 0) {
        o->demo_path = base_xstrdup(strbuf_str(&path));
        add_file(o, o->demo_path);
    }
    strbuf_release(&path);
    return rc;
}

/* Files named, the demo, or what is piped in. */
static int choose_files(struct options *o, char **operands, const struct option_place *place,
                        struct err_info *info)
{
    static char standard_input[] = "-";
    bool beside = o->command != NULL && o->command->bit == ON_DIFF;
    int rc = o->demo && beside ? add_demo(o, info) : 0;
    for (; *operands != NULL; operands++)
        add_file(o, *operands);
    if (o->demo && o->file_count != 0 && !beside)
        return err_set(info, ERR_SYNTAX, "--demo is a file of its own: name no other");
    if (o->demo)
        return beside ? rc : add_demo(o, info);
    if (o->file_count == 0 && place->stdin_is_input)
        add_file(o, standard_input);
    if (o->file_count > 1 && !o->merge && !o->command->many_files)
        return err_set(info, ERR_SYNTAX,
                       "%s takes one FILE; --merge makes several files of one boot one trace",
                       command_words(o));
    if (o->file_count == 0 && o->command != NULL)
        return err_set(info, ERR_SYNTAX, "%s needs a FILE, or a trace piped in", command_words(o));
    return 0;
}

/* The command a person was at when something was wrong: its help is the one to look at. */
static const struct command *find_command(int argc, char **argv)
{
    const struct command *command = NULL;
    for (int i = 1; i < argc && command == NULL; i++)
        command = command_find(argv[i]);
    return command;
}

int options_parse(int argc, char **argv, const struct option_place *place,
                  struct options *out_options, struct err_info *info)
{
    struct options *o = out_options;
    *o = (struct options){.since = INT64_MIN, .until = INT64_MAX};
    optind = 0; /* getopt begins anew: the same line may be read again for another place */
    int rc = read_options(argc, argv, o, &o->given, info);
    if (rc != 0) {
        o->command = find_command(argc, argv);
        return rc;
    }
    char **operands = argv + optind;
    if (operands[0] != NULL)
        o->command = command_find(operands[0]);
    if (o->help || o->version)
        return 0;
    unsigned allowed = o->command != NULL ? o->command->bit : ON_EXPLORE;
    if (o->command != NULL)
        operands++;
    else if (operands[0] == NULL && !o->demo && !place->stdin_is_input)
        o->nothing_to_do = true;
    else if (operands[0] != NULL)
        rc = check_command_word(operands[0], info);
    if (rc != 0 || o->nothing_to_do)
        return rc;
    if (o->command == NULL)
        o->merge = true;
    if (o->command == NULL && !place->stdout_is_terminal) {
        o->command = command_find("report");
        allowed |= o->command->bit;
    }
    rc = check_allowed(o, o->given, allowed, info);
    if (rc == 0)
        rc = check_values(o, info);
    return rc != 0 ? rc : choose_files(o, operands, place, info);
}

void options_release(struct options *o)
{
    free(o->files);
    free(o->demo_path);
    *o = (struct options){0};
}

void options_put_filter(const struct options *o, struct strbuf *out)
{
    bool has_text = o->filter != NULL && o->filter[strspn(o->filter, " \t\r\n")] != '\0';
    bool joined = o->pid.given || o->heap.given;
    const char *and = "";
    if (has_text) {
        strbuf_printf(out, joined ? "(%s)" : "%s", o->filter);
        and = " && ";
    }
    if (o->pid.given) {
        strbuf_printf(out, "%spid == ", and);
        strbuf_put_u64(out, o->pid.value);
        and = " && ";
    }
    if (o->heap.given) {
        strbuf_printf(out, "%sheap == ", and);
        strbuf_put_hex(out, o->heap.value);
    }
}
