/*
 * The tables of `report`: heaps, Sources, sizes, processes, threads, stacks, modules, lifetimes,
 * findings, stretches of time.
 *
 * Each is described once, its columns in the order of the machine formats; text shows some of them,
 * and the arrays of the JSON report are the first columns of three of them.
 */
#ifndef EXPORT_REPORT_TABLE_H
#define EXPORT_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/findings/findings.h"
#include "answer/sizes/size_table.h"
#include "answer/timeline/timeline.h"
#include "base/strbuf.h"
#include "export/record.h"
#include "export/stack_rows.h"
#include "model/trace.h"
#include "model/value.h"
#include "query/fold.h"

/* In the order of a report. */
enum export_table {
    EXPORT_TABLE_HEAP,
    EXPORT_TABLE_SOURCE,
    EXPORT_TABLE_SIZE,
    EXPORT_TABLE_PROCESS,
    EXPORT_TABLE_THREAD,
    EXPORT_TABLE_STACK,
    EXPORT_TABLE_MODULE,
    EXPORT_TABLE_EXACT,
    EXPORT_TABLE_BUCKET,
    EXPORT_TABLE_LIFE,
    EXPORT_TABLE_FINDING,
    EXPORT_TABLE_TIME,
    EXPORT_TABLES
};

/* "heap", "source" ...: what the command line calls them; NULL behind the last. */
extern const char *const export_table_words[];

/* What the figures of a table are read from; all borrowed. */
struct report {
    const struct trace *trace;
    const struct summary *summary;
    const struct stack_rows *stacks; /* NULL: the tables of stacks and modules are empty */
    const struct findings *findings; /* NULL: that table is empty */
    const struct timeline *timeline; /* NULL: the table of time is empty */
    const struct trust *trust;       /* of the findings */
    const struct size_table *sizes[SIZE_KINDS]; /* NULL: the tables of that kind are empty */
    bool in_range;          /* a range was asked for: text says what grew within it */
    struct strbuf *scratch; /* a text made for a value lives here until the next one is made */
};

struct report_column {
    const char *name;  /* machine formats */
    const char *title; /* text; NULL: not shown there */
    unsigned rank;     /* text: see struct text_column */
    bool left;
    bool of_range;        /* says something only of a range */
    bool of_process;      /* tells the process of a heap or thread */
    enum value_kind kind; /* of the uint64_t at `offset` in the row, when `get` is NULL */
    size_t offset;
    struct value (*get)(const struct report *r, const void *row);
    struct value (*get_text)(const struct report *r, const void *row); /* text, when it differs */
};

/* The rows of a table inside the report. */
struct report_rows {
    const void *first;
    size_t count, size;
};

struct report_table {
    const char *title;
    const struct report_column *columns;
    size_t column_count;
    size_t json_columns; /* the first of them are the keys of the JSON report's array */
    bool ranked;         /* text: the largest row first, not in order of value */
    struct report_rows (*rows)(const struct report *r);
    uint64_t (*weight)(const void *row); /* ranks the rows */
    uint64_t (*id)(const void *row);     /* tells the row from the others; NULL: its place does */
    bool (*is_empty)(const void *row);   /* rows to leave out; NULL: none */
};

/* In order of enum export_table. */
extern const struct report_table report_tables[EXPORT_TABLES];

/*
 * The rows of the table that are not empty, as pointers the caller frees: in order of weight when
 * `ranked`, else in the report's own order.
 */
size_t report_table_rows(const struct report_table *t, const struct report *r, bool ranked,
                         const void ***out_rows);

struct value report_table_value(const struct report *r, const struct report_column *column,
                                const void *row);

/* The values of the row in all columns of the table, in their order; the caller ends the record. */
void report_table_put(const struct report *r, const struct report_table *t, const void *row,
                      struct record_writer *w);

#endif
