/*
 * The explorer: opens a trace or follows a live one and shows it at a terminal until the user
 * leaves.
 */
#ifndef RUNTIME_EXPLORE_H
#define RUNTIME_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;
struct symbol_path;
struct symbol_table;

enum explore_follow { EXPLORE_FOLLOW_AUTO, EXPLORE_FOLLOW_ON, EXPLORE_FOLLOW_OFF };
enum explore_color { EXPLORE_COLOR_AUTO, EXPLORE_COLOR_ALWAYS, EXPLORE_COLOR_NEVER };

struct explore_options {
    char *const *paths;      /* merged into one trace; "-" is standard input; borrowed, as all
                                strings here */
    size_t path_count;       /* at least 1 */
    const char *filter_text; /* NULL or empty: none; already checked with filter_parse() */
    int64_t since, until;    /* ns since the trace's start; INT64_MIN and INT64_MAX when open */
    const char *theme;       /* name or path; NULL: environment, then default */
    const char *tty;         /* path of the terminal; NULL: found */
    enum explore_follow follow;
    enum explore_color color;
    uint64_t expand_limit; /* bytes that an archive may expand to; 0: the usual limit */
    bool ascii;
    bool mouse;
    bool utc;
    bool forgetful;   /* what was typed before is not read, and nothing is kept for the next time */
    const char *fold; /* patterns of frames that Stacks folds; NULL: the usual ones */
    bool short_units; /* KiB and MiB instead of exact bytes, to begin with */
    bool wall_time;   /* time of day instead of time since the start, likewise */
    struct symbol_table *symbols;          /* what is known of names; NULL: nothing */
    const struct symbol_path *symbol_path; /* where PDBs are looked for; NULL: nowhere */
    const char *symbol_problems; /* what is wrong with it, a line each; "" when nothing is */
    struct config *config; /* its [keys] and [columns] are still to be handed out; what is wrong in
                              them is added. Without a path nothing is read or written */
};

/*
 * Runs the explorer; returns the exit code of cli.md (0 left by the user, 1 the input could not be
 * read, 129 the terminal went away). Messages go to stderr after the terminal is restored. Owns the
 * process's signals while it runs.
 */
int explore_run(const struct explore_options *options);

/* True when $TERM is known to be unable to place a cursor ("dumb"): nothing can be explored there.
 */
bool explore_terminal_is_dumb(void);

#endif
