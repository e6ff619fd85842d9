/*
 * heaptail: reads the command line and hands over to a batch command or to the explorer.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xdg.h"
#include "commands/command.h"
#include "commands/help.h"
#include "commands/naming.h"
#include "commands/subject.h"
#include "config/config.h"
#include "runtime/explore.h"
#include "runtime/names.h"
#include "runtime/settings.h"

/* Prints what was asked for, which may go into a pipe that nobody reads to its end. */
static int print(const struct strbuf *text)
{
    struct output out;
    output_init(&out, STDOUT_FILENO);
    output_add(&out, strbuf_str(text), text->len);
    return command_finish(&out, COMMAND_OK);
}

static int print_help(const struct options *o)
{
    struct strbuf text = {0};
    if (o->help)
        help_put(o->command, &text);
    else
        strbuf_puts(&text, "heaptail " HEAPTAIL_VERSION "\n");
    int code = print(&text);
    strbuf_release(&text);
    return code;
}

static int print_usage(void)
{
    struct strbuf text = {0};
    help_put_usage(&text);
    fprintf(stderr, "%sTry 'heaptail --demo' to look around, 'heaptail --help' for more.\n",
            strbuf_str(&text));
    strbuf_release(&text);
    return COMMAND_USAGE;
}

static int explore(const struct options *o, struct config *config, const struct names *names)
{
    struct filter *filter;
    int code = subject_parse_filter(o, &filter);
    filter_unref(filter);
    if (code != COMMAND_OK)
        return code;
    static const enum explore_follow follow[] = {
        [OPTION_FOLLOW_AUTO] = EXPLORE_FOLLOW_AUTO,
        [OPTION_FOLLOW_ON] = EXPLORE_FOLLOW_ON,
        [OPTION_FOLLOW_OFF] = EXPLORE_FOLLOW_OFF,
    };
    static const enum explore_color color[] = {
        [OPTION_COLOR_AUTO] = EXPLORE_COLOR_AUTO,
        [OPTION_COLOR_ALWAYS] = EXPLORE_COLOR_ALWAYS,
        [OPTION_COLOR_NEVER] = EXPLORE_COLOR_NEVER,
    };
    struct strbuf text = {0};
    options_put_filter(o, &text);
    const struct explore_options options = {
        .paths = o->files,
        .path_count = o->file_count,
        .expand_limit = o->expand_limit,
        .filter_text = strbuf_str(&text),
        .since = o->since,
        .until = o->until,
        .theme = o->theme,
        .tty = o->tty,
        .follow = follow[o->follow],
        .color = color[o->color],
        .ascii = o->ascii,
        .mouse = o->mouse,
        .utc = o->utc,
        .fold = o->fold,
        .short_units = o->units == OPTION_UNITS_SHORT,
        .wall_time = o->time == OPTION_TIME_DAY,
        .forgetful = o->no_config,
        .symbols = names->table,
        .symbol_path = &names->path,
        .symbol_problems = strbuf_str(&names->problems),
        .config = config,
    };
    code = explore_run(&options);
    strbuf_release(&text);
    return code;
}

/* Batch commands tell what is wrong in the configuration and with the folders of symbols, and go
 * on. */
static void say_problems(const struct config *config, const struct names *names)
{
    struct strbuf text = {0};
    config_put_problems(config, &text);
    fputs(strbuf_str(&text), stderr);
    strbuf_release(&text);
    for (const char *s = strbuf_str(&names->problems); s[0] != '\0'; s += strcspn(s, "\n") + 1)
        command_message("%.*s", (int)strcspn(s, "\n"), s);
}

static int run_configured(struct options *o)
{
    struct config config = {0};
    struct strbuf path = {0};
    if (!o->no_config && xdg_put_path(&path, XDG_CONFIG, "config"))
        config_read(&config, strbuf_str(&path));
    config_give(&config, CONFIG_OPTIONS, options_take, o);
    struct names names;
    names_init(&names, o->symbols);
    const struct naming naming = {.table = names.table,
                                  .resolve = names_resolve,
                                  .find_pdb = names.path.count != 0 ? names_find_pdb : NULL,
                                  .ctx = &names};
    int code;
    if (o->command == NULL) {
        code = explore(o, &config, &names);
    } else {
        settings_check(&config);
        if (!o->quiet)
            say_problems(&config, &names);
        names_open(&names);
        o->naming = naming.table != NULL ? &naming : NULL;
        code = command_run(o, STDOUT_FILENO);
    }
    names_release(&names);
    strbuf_release(&path);
    config_release(&config);
    return code;
}

static int run(struct options *o)
{
    if (o->help || o->version)
        return print_help(o);
    if (o->nothing_to_do)
        return print_usage();
    return run_configured(o);
}

/* Something that can be read to its end: `heaptail < /dev/null` from a script is none. */
static bool stdin_is_input(void)
{
    struct stat st;
    return fstat(STDIN_FILENO, &st) == 0 &&
           (S_ISFIFO(st.st_mode) || S_ISREG(st.st_mode) || S_ISSOCK(st.st_mode));
}

static void say_wrong(const struct options *o, int rc, const struct err_info *info)
{
    if (rc == ERR_SYNTAX && o->command != NULL)
        command_message("%s (try 'heaptail %s --help')", info->text, o->command->name);
    else if (rc == ERR_SYNTAX)
        command_message("%s (try 'heaptail --help')", info->text);
    else
        command_message("%s", info->text);
}

/* On a terminal that cannot show the explorer, `heaptail FILE` is what it is without a terminal. */
static int parse(int argc, char **argv, struct options *o, struct err_info *info)
{
    struct option_place place = {
        .stdin_is_input = stdin_is_input(),
        .stdout_is_terminal = isatty(STDOUT_FILENO) != 0,
    };
    int rc = options_parse(argc, argv, &place, o, info);
    bool explores = rc == 0 && o->command == NULL && !o->help && !o->version && !o->nothing_to_do;
    if (!explores || !place.stdout_is_terminal || !explore_terminal_is_dumb())
        return rc;
    command_message("the terminal type '%.40s' cannot place text, so this is the report; "
                    "where it can, set TERM to what the terminal is, e.g. xterm-256color",
                    getenv("TERM"));
    options_release(o);
    place.stdout_is_terminal = false;
    return options_parse(argc, argv, &place, o, info);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error of write() as well */
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write(), told or kept quiet there */
    struct options o;
    struct err_info info;
    int rc = parse(argc, argv, &o, &info);
    int code = rc == ERR_SYNTAX ? COMMAND_USAGE : COMMAND_FAILED;
    if (rc == 0)
        code = run(&o);
    else
        say_wrong(&o, rc, &info);
    options_release(&o);
    return code;
}
