/*
 * Records in the machine formats, and as an aligned list for people (cli.md, Machine formats).
 *
 * One writer for events and for the tables of `report`: TSV, CSV, JSONL or text. A record is its
 * values in the order of the fields. Absent is `-`, an empty field, a key left out.
 */
#ifndef EXPORT_RECORD_H
#define EXPORT_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "export/format.h"
#include "export/output.h"
#include "export/text_table.h"
#include "model/value.h"

struct record_writer {
    struct output *out;
    enum export_format format;
    const struct record_field *fields;
    size_t field_count;
    size_t at;    /* the field whose value comes next */
    bool started; /* jsonl: the record has a key already */
    struct text_table table;
    struct text_column columns[TEXT_TABLE_COLUMNS];
};

struct record_field {
    const char *name;  /* a machine format's: [a-z_]+ */
    const char *title; /* a person's */
    bool left;
};

/* Begins with the line of names, which jsonl has not. `fields` are borrowed, at most
 * TEXT_TABLE_COLUMNS. */
void record_writer_init(struct record_writer *w, struct output *out, enum export_format format,
                        const struct record_field *fields, size_t field_count);

/* Writes what is waiting. */
void record_writer_finish(struct record_writer *w);

/* The value of the next field; after the last one record_end() must follow. */
void record_put(struct record_writer *w, const struct value *v);

/* jsonl only: one more key of this record. */
void record_put_extra(struct record_writer *w, const char *name, const struct value *v);

void record_end(struct record_writer *w);

#endif
