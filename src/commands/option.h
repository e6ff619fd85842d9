/*
 * The command line: one table of options (option.def), and what a user asked for with them.
 *
 * Parsing is driven by the table, and so is the help. Nothing is printed here: what is wrong comes
 * back as one line.
 */
#ifndef COMMANDS_OPTION_H
#define COMMANDS_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "config/config.h"
#include "export/format.h"
#include "export/report_table.h"

struct command;
struct naming;

/* Where an option may stand. */
enum command_bit {
    ON_EXPLORE = 1u << 0,
    ON_REPORT = 1u << 1,
    ON_EVENTS = 1u << 2,
    ON_INFO = 1u << 3,
    ON_CONFIG = 1u << 4, /* [options] of the configuration file */
    ON_STACKS = 1u << 5,
    ON_DIFF = 1u << 6,
    ON_BLOCKS = 1u << 7,
    ON_START = ON_EXPLORE | ON_CONFIG,
    ON_LISTS = ON_EVENTS | ON_BLOCKS,
    ON_TABLES = ON_REPORT | ON_LISTS | ON_STACKS | ON_DIFF,
    ON_FOLD = ON_START | ON_REPORT | ON_BLOCKS | ON_STACKS | ON_DIFF,
    ON_BY = ON_REPORT | ON_DIFF,
    ON_SORT = ON_BLOCKS | ON_STACKS | ON_DIFF,
    ON_BATCH = ON_TABLES | ON_INFO,
    ON_QUERY = ON_EXPLORE | ON_TABLES,
    ON_ALL = ON_EXPLORE | ON_BATCH,
    ON_MERGE = ON_ALL & ~ON_DIFF,
    ON_SYMBOLS = ON_ALL | ON_CONFIG,
};

enum option_tree {
    OPTION_TREE_USUAL,
    OPTION_TREE_TOP_DOWN,
    OPTION_TREE_BOTTOM_UP,
    OPTION_TREE_FLAT,
    OPTION_TREE_MODULES,
};
/* Columns of `stacks`, in the order of enum call_tree_column, then of `diff`, in that of enum
 * moments_column, then of `blocks`, in that of enum block_order; the end is any other word. */
enum option_sort {
    OPTION_SORT_USUAL,
    OPTION_SORT_TREE,
    OPTION_SORT_MOMENTS = OPTION_SORT_TREE + 7,
    OPTION_SORT_BLOCKS = OPTION_SORT_MOMENTS + 7,
    OPTION_SORT_END = OPTION_SORT_BLOCKS + 15,
};
enum option_follow { OPTION_FOLLOW_AUTO, OPTION_FOLLOW_ON, OPTION_FOLLOW_OFF };
enum option_units { OPTION_UNITS_EXACT, OPTION_UNITS_SHORT };
enum option_time { OPTION_TIME_START, OPTION_TIME_DAY };
enum option_color { OPTION_COLOR_AUTO, OPTION_COLOR_ALWAYS, OPTION_COLOR_NEVER };

struct option_number {
    bool given;
    uint64_t value;
};

/* Strings are borrowed from argv and the configuration. */
struct options {
    const struct command *command; /* NULL: explore, or the help of the whole program */
    char **files;                  /* owned array; "-" is standard input */
    size_t file_count;
    char *demo_path; /* owned; among `files` with --demo */

    const char *filter;
    int64_t since, until; /* ns since the trace's start; INT64_MIN and INT64_MAX when open */
    struct option_number pid, heap, top, bins;
    unsigned format; /* enum export_format */
    unsigned by;     /* bits of enum export_table; 0: the command's own choice */
    unsigned tree;   /* enum option_tree */
    unsigned sort;   /* enum option_sort; OPTION_SORT_USUAL: the command's own choice */
    bool grew;
    bool all;         /* blocks of every class */
    unsigned classes; /* bits of enum block_class; 0: the command's own choice */
    const char *fold; /* patterns of frames; NULL: the usual ones */
    const char *columns;
    const char *symbols; /* folders, see symbol_path.h */
    bool raw_time, all_fields, strict, quiet, demo;
    uint64_t expand_limit; /* bytes; 0: not given */
    bool merge;            /* all files are one trace; always so in the explorer */
    unsigned follow;       /* enum option_follow */
    unsigned color;        /* enum option_color */
    unsigned units;        /* enum option_units */
    unsigned time;         /* enum option_time */
    const char *theme, *tty;
    bool ascii, mouse, utc;
    bool no_config;
    bool help, version;
    const struct naming *naming; /* names for addresses; NULL: none. Not an option: set by main() */
    uint64_t given;     /* a bit for each row of the table that stood on the command line */
    bool nothing_to_do; /* no command, no file, no pipe: the usage is all there is to say */
};

/* What the program is connected to decides what a bare `heaptail` means. */
struct option_place {
    bool stdin_is_input;     /* a pipe or a file, not a terminal */
    bool stdout_is_terminal; /* if not, `heaptail FILE` is `heaptail report FILE` */
};

/*
 * Reads the command line; `argv` is permuted. Returns 0, ERR_SYNTAX (exit 2) or -ENOENT (no demo
 * capture) with a line in `info`. Release *out_options in either case.
 */
int options_parse(int argc, char **argv, const struct option_place *place,
                  struct options *out_options, struct err_info *info);
void options_release(struct options *o);

/*
 * A line of [options] in the configuration: for config_give(), `o` is a struct options. What stood
 * on the command line or in the environment holds against it; the value must make sense all the
 * same.
 */
bool options_take(void *o, const struct config_line *line, struct strbuf *out_why);

/*
 * The whole filter in one expression: --filter with the conditions of --pid and --heap joined to
 * it, for screens and batch alike. Appends nothing when there is none.
 */
void options_put_filter(const struct options *o, struct strbuf *out);

/* The options a command takes, for the help: "  --filter EXPR    only events that match". */
void options_put_help(unsigned commands, struct strbuf *out);

#endif
