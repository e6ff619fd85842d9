/*
 * The columns of an event: names, titles and values, the one place where they are defined.
 *
 * The machine formats (cli.md), --columns and their help read this table; the names are those of
 * the filter language where it has the field. A value says what the record itself carried; only
 * the columns behind EVENT_COLUMNS_STANDARD add what replay found out. Any thread.
 */
#ifndef MODEL_EVENT_COLUMN_H
#define MODEL_EVENT_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "model/callers.h"
#include "model/trace.h"
#include "model/value.h"

/* The eleven columns of the stable formats stand first, in their order (cli.md, Machine formats).
 */
enum event_column_id {
    EVENT_COLUMN_TIME,
    EVENT_COLUMN_PID,
    EVENT_COLUMN_TID,
    EVENT_COLUMN_OP,
    EVENT_COLUMN_HEAP,
    EVENT_COLUMN_ADDRESS,
    EVENT_COLUMN_OLD_ADDRESS,
    EVENT_COLUMN_SIZE,
    EVENT_COLUMN_OLD_SIZE,
    EVENT_COLUMN_SOURCE,
    EVENT_COLUMN_STACK,
    EVENT_COLUMNS_STANDARD,
    EVENT_COLUMN_PROCESS = EVENT_COLUMNS_STANDARD,
    EVENT_COLUMN_GENERATION,
    EVENT_COLUMN_BLOCK_SIZE,
    EVENT_COLUMN_LIFE,
    EVENT_COLUMN_FLAGS,
    EVENT_COLUMN_CPU,
    EVENT_COLUMN_ROW,
    EVENT_COLUMN_CALLER,
    EVENT_COLUMN_MODULE,
    EVENT_COLUMN_CHAIN,
    EVENT_COLUMN_COUNT
};

/* Whose rows are read, and how; texts made for a value live here until the next value is asked for.
 */
struct event_reader {
    const struct trace *trace;
    bool raw_time;          /* the time column holds raw clock readings */
    struct callers callers; /* as of the last callers_look() */
    struct strbuf scratch;
};

struct event_column {
    const char *name;  /* "old_address" */
    const char *title; /* "Old address" */
    const char *help;  /* one sentence */
    bool left;         /* text, or hex that reads best from the left */
    struct value (*get)(struct event_reader *reader, const struct row *row);
};

/* In order of enum event_column_id. */
extern const struct event_column event_columns[EVENT_COLUMN_COUNT];

/* The column called [name, name + len); NULL when there is none. */
const struct event_column *event_column_find(const char *name, size_t len);

void event_reader_init(struct event_reader *reader, const struct trace *trace, bool raw_time);
void event_reader_release(struct event_reader *reader);

#endif
