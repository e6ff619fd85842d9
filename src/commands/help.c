/* Help from the tables; see help.h. */
#include "commands/help.h"

#include "answer/blocks/block_column.h"
#include "export/report_table.h"
#include "model/event_column.h"

#define HELP_COLUMN 16

static void put_call(struct strbuf *out, const char *call, const char *help)
{
    strbuf_printf(out, "  %-34s %s\n", call, help);
}

void help_put_usage(struct strbuf *out)
{
    strbuf_puts(out, "usage:\n");
    put_call(out, "heaptail [options] [FILE...|-]", "explore; follows files that grow");
    put_call(out, "heaptail --demo", "explore a capture that ships with heaptail");
    for (size_t i = 0; i < command_count; i++) {
        struct strbuf call = {0};
        strbuf_printf(&call, "heaptail %s %s", commands[i].name, commands[i].arguments);
        put_call(out, strbuf_str(&call), commands[i].help);
        strbuf_release(&call);
    }
}

static void put_columns(struct strbuf *out)
{
    strbuf_puts(out, "\ncolumns (the first eleven are printed unless --columns says otherwise):\n");
    for (size_t i = 0; i < EVENT_COLUMN_COUNT; i++)
        strbuf_printf(out, "  %-*s%s\n", HELP_COLUMN, event_columns[i].name, event_columns[i].help);
}

static void put_block_columns(struct strbuf *out)
{
    strbuf_printf(out,
                  "\ncolumns (records have the first %d unless --columns says otherwise, text "
                  "has a\nchoice of them):\n",
                  BLOCK_COLUMNS_STANDARD);
    for (size_t i = 0; i < BLOCK_COLUMN_COUNT; i++)
        strbuf_printf(out, "  %-*s%s\n", HELP_COLUMN, block_columns[i].name, block_columns[i].help);
}

static void put_tables(struct strbuf *out)
{
    strbuf_puts(out, "\ntables (heap, source and size are printed unless --by says otherwise):\n");
    for (unsigned i = 0; i < EXPORT_TABLES; i++)
        strbuf_printf(out, "  %-*s%s\n", HELP_COLUMN, export_table_words[i],
                      report_tables[i].title);
}

static void put_formats(const struct command *command, struct strbuf *out)
{
    strbuf_puts(out, "\nformats:");
    for (unsigned f = EXPORT_FORMAT_TEXT; f <= EXPORT_FORMAT_JSONL; f++)
        if ((command->formats >> f & 1) != 0)
            strbuf_printf(out, " %s", export_format_words[f]);
    strbuf_printf(out, "; %s unless --format says otherwise\n",
                  export_format_words[command->format]);
}

static void put_exit_codes(struct strbuf *out)
{
    strbuf_puts(out, "\nexit codes: 0 ok; 1 the input could not be read or is no heap trace, or "
                     "the\noutput could not be written; 2 usage; 3 --strict and something was "
                     "lost;\n128+n ended by signal n, 129 the terminal went away\n");
}

/* What else decides how the program looks. */
static const struct {
    const char *name, *help;
} places[] = {
    {"~/.config/heaptail/config", "options, keys and columns; see the README"},
    {"~/.config/heaptail/themes/", "themes of your own, NAME.theme"},
    {"~/.local/state/heaptail/", "what was typed at the prompts"},
    {"XDG_CONFIG_HOME, XDG_STATE_HOME", "other places for them"},
    {"HEAPTAIL_THEME", "the theme, unless --theme says otherwise"},
    {"NO_COLOR", "no colours, unless --color always"},
    {"_NT_SYMBOL_PATH", "local folders of PDBs, beside --symbols"},
    {"ESCDELAY", "ms that tell Esc from a key sequence: 25"},
};

static const char about_files[] =
    "FILE is an .etl trace; - or a pipe is read to its end. --merge makes one\n"
    "trace of a heap session and its kernel session: heap.etl kernel.etl.\n";

static const char about_moments[] =
    "A, B and any further ones are moments of FILE in order of time: 1.204 or 300ms\n"
    "since its start, start and end (of --since and --until), peak (when most was\n"
    "outstanding), or the name of a mark that was set while recording; mark:NAME\n"
    "where that looks like one of the others.\n"
    "One operand behind FILE is a file: what is outstanding at the end of FILE2 is\n"
    "compared with FILE, matched by module and offset of the calling frames, or by\n"
    "function, and by what heaps, threads and processes are to their program.\n"
    "--by is stack (the usual), heap, size, source, thread or process; --sort is\n"
    "delta, delta_blocks, new, gone, old, now or name.\n";

static const char about_blocks[] =
    "Outstanding at the end of FILE, or at --until. With --all or --class those that\n"
    "were freed, too. --filter chooses among the events that allocated them.\n"
    "--sort is born (the usual), address, size, heap, pid, died, age, life, class,\n"
    "tid, free_tid, source, free_source, stack or chain; the largest size, age, life\n"
    "and chain come first.\n";

static void put_command(const struct command *command, struct strbuf *out)
{
    strbuf_printf(out, "usage: heaptail %s %s\n\nPrints %s.\n", command->name, command->arguments,
                  command->help);
    strbuf_puts(out, command->bit == ON_DIFF ? about_moments : about_files);
    if (command->bit == ON_BLOCKS)
        strbuf_puts(out, about_blocks);
    strbuf_puts(out, "\noptions:\n");
    options_put_help(command->bit, out);
    put_formats(command, out);
    if (command->bit == ON_EVENTS)
        put_columns(out);
    if (command->bit == ON_BLOCKS)
        put_block_columns(out);
    if (command->bit == ON_REPORT)
        put_tables(out);
    put_exit_codes(out);
}

static void put_program(struct strbuf *out)
{
    strbuf_puts(out, "heaptail: explores Windows heap traces (.etl), live or saved\n\n");
    help_put_usage(out);
    strbuf_puts(out, "\nSeveral FILEs of one boot, such as a heap session and its kernel session,\n"
                     "are explored as one trace. Without a terminal on standard output,\n"
                     "heaptail FILE... is heaptail report --merge FILE...\n"
                     "'heaptail COMMAND --help' tells the options of a command.\n"
                     "\noptions:\n");
    options_put_help(ON_EXPLORE, out);
    strbuf_puts(out, "\nfiles and environment:\n");
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        put_call(out, places[i].name, places[i].help);
    put_exit_codes(out);
}

void help_put(const struct command *command, struct strbuf *out)
{
    if (command != NULL)
        put_command(command, out);
    else
        put_program(out);
}
