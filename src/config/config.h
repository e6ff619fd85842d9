/*
 * The configuration file: its lines, and what is wrong with them.
 *
 *   [options]                     [keys]                        [columns]
 *   theme = light                 list.down = j <Down> <C-n>    events = time op heap:13 size
 *
 * Read with libinih: `key = value` a line, `#` or `;` at the start of a line or ` ;` behind a value
 * begins a comment, a line has at most 198 bytes. What a key means is not known here: the lines of
 * a section are handed to whom they concern, who says what is wrong with one of them. Nothing in a
 * file is fatal. No state, any thread.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/strbuf.h"

/* No file of settings is larger; a larger one is left alone. */
#define CONFIG_MAX_BYTES ((size_t)512 << 10)

/* Problems kept; the rest is counted. */
#define CONFIG_MAX_PROBLEMS 100

enum config_section { CONFIG_OPTIONS, CONFIG_KEYS, CONFIG_COLUMNS, CONFIG_SECTIONS };

/* One `key = value`; the strings are the config's. */
struct config_line {
    enum config_section section;
    unsigned number; /* of the line in the file, from 1 */
    const char *key;
    const char *value; /* "" when there is none */
};

struct config_problem {
    unsigned line; /* 0: the whole file */
    const char *text;
};

/* Zero is an empty one that belongs to no file. */
struct config {
    char *path; /* owned; NULL: there is no place for a file, or none may be used */
    struct arena strings;
    struct config_line *lines; /* owned; in the order of the file */
    size_t line_count, line_cap;
    struct config_problem problems[CONFIG_MAX_PROBLEMS];
    size_t problem_count; /* all of them, also those that were not kept */
};

/* "options", "keys", "columns". */
const char *config_section_name(enum config_section section);

/* Reads the file at `path`. That there is none is no problem. */
void config_read(struct config *c, const char *path);

/* Reads text that would stand in a file at `path`. */
void config_parse(struct config *c, const char *path, const char *text, size_t n);

/* Frees everything. Accepts a zeroed struct. */
void config_release(struct config *c);

/* Notes a problem: "what was found: what was expected", copied. */
void config_report(struct config *c, unsigned line, const char *text);

/* The line of a key, NULL when there is none. O(lines). */
const struct config_line *config_find(const struct config *c, enum config_section section,
                                      const char *key);

/* Takes a line. False when it makes no sense: then `out_why` says what was found and what was
 * expected, one line without its number. */
typedef bool (*config_take_fn)(void *ctx, const struct config_line *line, struct strbuf *out_why);

/* Hands the lines of a section to whom they concern, and notes what is wrong with them. */
void config_give(struct config *c, enum config_section section, config_take_fn take, void *ctx);

/* All problems, one a line in the order of the file: "/home/me/.config/heaptail/config:3: ...".
 * Appends nothing when there are none. */
void config_put_problems(const struct config *c, struct strbuf *out);

#endif
