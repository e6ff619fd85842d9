/*
 * A list of events in a machine format (cli.md): which columns, how many rows, written one after
 * the other. What `heaptail events` prints and what the explorer writes to a file is this.
 */
#ifndef EXPORT_EVENT_LIST_H
#define EXPORT_EVENT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "export/format.h"
#include "export/output.h"
#include "model/event_column.h"
#include "model/trace.h"

struct event_list {
    const struct event_column *columns[EVENT_COLUMN_COUNT];
    size_t count;
    bool raw_time;               /* the time column has raw clock readings */
    bool all_fields;             /* jsonl: the record's other fields, too */
    uint64_t most;               /* rows written at most */
    struct caller_naming naming; /* for the columns of call stacks; borrowed */
};

/*
 * The columns of "NAME,NAME", of "+NAME" behind the standard ones, or those alone for NULL; every
 * row and nothing else is asked for. A column named twice stands once. False when there is no such
 * column: [*out_wrong, + *out_len) is its name.
 */
bool event_list_parse(struct event_list *out_list, const char *text, const char **out_wrong,
                      size_t *out_len);

/* The next row to be written, ROW_NONE behind the last, or when nobody wants more. */
typedef uint64_t (*event_list_next_fn)(void *ctx);

/* Writes the rows of `trace` that `next` names. Returns how many. About 50 ns a value. */
uint64_t event_list_write(const struct event_list *list, const struct trace *trace,
                          event_list_next_fn next, void *ctx, enum export_format format,
                          struct output *out);

#endif
