/* The table of batch commands and what they share; see command.h. */
#include "commands/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "commands/blocks.h"
#include "commands/diff.h"
#include "commands/events.h"
#include "commands/info.h"
#include "commands/report.h"
#include "commands/stacks.h"

#define FORMAT(name)     (1u << EXPORT_FORMAT_##name)
#define RECORD_FORMATS() (FORMAT(TSV) | FORMAT(CSV) | FORMAT(JSONL))

const struct command commands[] = {
    {
        .name = "report",
        .arguments = "[options] FILE...",
        .help = "totals and tables of each FILE",
        .bit = ON_REPORT,
        .many_files = true,
        .formats = RECORD_FORMATS() | FORMAT(TEXT) | FORMAT(JSON),
        .format = EXPORT_FORMAT_TEXT,
        .run = report_run,
    },
    {
        .name = "events",
        .arguments = "[options] FILE",
        .help = "one line per event, in time order",
        .bit = ON_EVENTS,
        .formats = RECORD_FORMATS() | FORMAT(TEXT),
        .format = EXPORT_FORMAT_TSV,
        .run = events_run,
    },
    {
        .name = "blocks",
        .arguments = "[options] FILE",
        .help = "one line per block: the outstanding ones",
        .bit = ON_BLOCKS,
        .formats = RECORD_FORMATS() | FORMAT(TEXT) | FORMAT(JSON),
        .format = EXPORT_FORMAT_TEXT,
        .run = blocks_run,
    },
    {
        .name = "stacks",
        .arguments = "[options] FILE",
        .help = "who allocates: the call stacks as a tree",
        .bit = ON_STACKS,
        .formats = RECORD_FORMATS() | FORMAT(TEXT) | FORMAT(JSON),
        .format = EXPORT_FORMAT_TEXT,
        .run = stacks_run,
    },
    {
        .name = "diff",
        .arguments = "[options] FILE (A B|FILE2)",
        .help = "what changed between moments or files",
        .bit = ON_DIFF,
        .many_files = true,
        .formats = RECORD_FORMATS() | FORMAT(TEXT) | FORMAT(JSON),
        .format = EXPORT_FORMAT_TEXT,
        .run = diff_run,
    },
    {
        .name = "info",
        .arguments = "[options] FILE",
        .help = "container, session, records and losses",
        .bit = ON_INFO,
        .formats = FORMAT(TEXT) | FORMAT(JSON),
        .format = EXPORT_FORMAT_TEXT,
        .run = info_run,
    },
};

const size_t command_count = sizeof commands / sizeof commands[0];

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

void command_put_names(struct strbuf *out)
{
    for (size_t i = 0; i < command_count; i++) {
        if (i != 0)
            strbuf_puts(out, i + 1 == command_count ? " and " : ", ");
        strbuf_puts(out, commands[i].name);
    }
}

enum export_format command_format(const struct options *o)
{
    return o->format != EXPORT_FORMAT_DEFAULT ? (enum export_format)o->format : o->command->format;
}

int command_run(const struct options *o, int fd)
{
    struct output out;
    output_init(&out, fd);
    return command_finish(&out, o->command->run(o, &out));
}

int command_finish(struct output *out, int code)
{
    int rc = output_finish(out);
    /* A reader that has seen enough (`| head`) is no failure. */
    if (rc == 0 || rc == -EPIPE)
        return code;
    command_message("cannot write the output: %s", strerror(-rc));
    return command_worse(code, COMMAND_FAILED);
}

void command_message(const char *fmt, ...)
{
    struct strbuf line = {0};
    strbuf_puts(&line, "heaptail: ");
    va_list ap;
    va_start(ap, fmt);
    strbuf_vprintf(&line, fmt, ap);
    va_end(ap);
    fprintf(stderr, "%s\n", strbuf_str(&line));
    strbuf_release(&line);
}

int command_worse(int a, int b)
{
    static const int ascending[] = {COMMAND_OK, COMMAND_LOSS, COMMAND_FAILED, COMMAND_USAGE};
    for (size_t i = sizeof ascending / sizeof ascending[0]; i-- > 0;)
        if (a == ascending[i] || b == ascending[i])
            return ascending[i];
    return a;
}
