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
#include "export/row_scan.h"
#include "model/event_column.h"

struct event_list {
    const struct event_column *columns[EVENT_COLUMN_COUNT];
    size_t count;
    bool raw_time;   /* the time column has raw clock readings */
    bool all_fields; /* jsonl: the record's other fields, too */
    uint64_t most;   /* rows written at most */
};

/*
 * The columns of "NAME,NAME", of "+NAME" behind the standard ones, or those alone for NULL; every
 * row and nothing else is asked for. A column named twice stands once. False when there is no such
 * column: [*out_wrong, + *out_len) is its name.
 */
bool event_list_parse(struct event_list *out_list, const char *text, const char **out_wrong,
                      size_t *out_len);

/*
 * Asked now and then with the number of rows looked at so far; false stops the list.
 */
typedef bool (*event_list_go_on_fn)(void *ctx, uint64_t rows_looked_at);

/* Writes the rows of the scan. Returns how many. About 0.2 us a row and column. */
uint64_t event_list_write(const struct event_list *list, struct row_scan *scan,
                          enum export_format format, struct output *out, event_list_go_on_fn go_on,
                          void *ctx);

#endif
