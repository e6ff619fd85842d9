/*
 * The batch commands as one table: `heaptail report`, `events`, `blocks` ....
 *
 * A command writes its answer to an output and what it has to remark to standard error; its result
 * is an exit code (cli.md).
 */
#ifndef COMMANDS_COMMAND_H
#define COMMANDS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "commands/option.h"
#include "export/output.h"

/* Exit codes (cli.md, Exit). */
enum command_exit {
    COMMAND_OK = 0,
    COMMAND_FAILED = 1, /* the input could not be read or is no heap trace, or writing failed */
    COMMAND_USAGE = 2,
    COMMAND_LOSS = 3, /* --strict, and something was lost */
};

struct command {
    const char *name;
    const char *arguments; /* "[options] FILE..." */
    const char *help;      /* one line, what it does */
    unsigned bit;          /* enum command_bit */
    bool many_files;
    unsigned formats;          /* bits of enum export_format */
    enum export_format format; /* without --format */
    int (*run)(const struct options *o, struct output *out);
};

extern const struct command commands[];
extern const size_t command_count;

/* NULL when no command has that name. */
const struct command *command_find(const char *name);

/* "report, events, blocks, stacks, diff and info". */
void command_put_names(struct strbuf *out);

/* The format asked for, or the command's own. */
enum export_format command_format(const struct options *o);

/* Runs o->command with its answer going to `fd`; returns the exit code. SIGPIPE must be ignored. */
int command_run(const struct options *o, int fd);

/*
 * Writes out what is left. Returns `code`, or what is worse after saying that writing failed; a
 * reader that left early is none of that.
 */
int command_finish(struct output *out, int code);

/* Prints "heaptail: " and one line on standard error. */
void command_message(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The worse of two exit codes: an input that could not be read outweighs losses. */
int command_worse(int a, int b);

#endif
