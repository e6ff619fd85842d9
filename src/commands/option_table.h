/*
 * The rows of option.def as data, and how each one's argument becomes a value.
 *
 * Private to option.c, which parses by it; the help is made from it, too.
 */
#ifndef COMMANDS_OPTION_TABLE_H
#define COMMANDS_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct option_row {
    const char *name;
    char letter;
    const char *argument;
    unsigned commands;
    /* Sets the member from the argument's text (NULL for a flag); false when it makes no sense. */
    bool (*read)(const struct option_row *row, const char *text, void *member);
    size_t offset; /* of the member in struct options */
    const char *const *words;
    const char *expected; /* what the argument must be, for the message, when `words` is NULL */
    const char *help;
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* "auto, always or never". */
void option_put_words(const char *const *words, struct strbuf *out);

/* At least option_row_count, for arrays. */
#define OPTION_ROWS_MOST 48

#endif
