/* The command line of mketl: one table that parses, and that --help prints. */
#ifndef TESTS_TOOLS_OPTIONS_H
#define TESTS_TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "mketl.h"

enum { OPTIONS_MOST_DAMAGE = 16 };

/* What the command line asks for, beside the trace itself.  Strings are borrowed from argv. */
struct command {
    struct mketl_options trace;
    const char *output;
    const char *kernel; /* path of the kernel session's file, NULL: one file for all */
    const char *truth;  /* path of the JSON, NULL: none */
    const char *tsv;
    const char *workload; /* path of a text workload */
    bool demo;
    bool raw_time;
    bool help;
    bool live;
    uint32_t live_ms;
    const char *damage[OPTIONS_MOST_DAMAGE];
    uint32_t damage_count;
};

/* Returns 0, or -1 after a sentence on stderr. */
int options_parse(int argc, char **argv, struct command *out_command);

void options_print_help(FILE *out);

#endif
