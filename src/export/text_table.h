/*
 * A table for people: columns as wide as their widest cell, in at most 80 cells of a terminal.
 *
 * Rows are collected and printed together; a long list is printed in batches whose widths only
 * grow. Columns that do not fit are left out by their rank.
 */
#ifndef EXPORT_TEXT_TABLE_H
#define EXPORT_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "model/value.h"

#define TEXT_TABLE_COLUMNS 24
#define TEXT_TABLE_WIDTH   80

struct text_column {
    const char *title;
    bool left;     /* aligned left, else right */
    unsigned rank; /* when the table is too wide the greatest rank goes first; 0 always stays */
};

struct text_table {
    const struct text_column *columns; /* borrowed */
    size_t column_count;
    bool fit;          /* leave out what makes it wider than TEXT_TABLE_WIDTH */
    bool titles_shown; /* printed once, above the first batch */
    size_t rows;       /* waiting to be printed */
    struct strbuf cells;
    size_t *ends; /* owned: where in `cells` each waiting cell ends */
    size_t end_count, end_cap;
    size_t widths[TEXT_TABLE_COLUMNS];
};

/* `columns` are at most TEXT_TABLE_COLUMNS. */
void text_table_init(struct text_table *t, const struct text_column *columns, size_t column_count,
                     bool fit);
void text_table_release(struct text_table *t);

/* The next cell of the row; a row ends with its last column. Cells over 48 characters are cut. */
void text_table_add(struct text_table *t, const struct value *v);

/* Prints the waiting rows, each line behind `indent` blanks, and forgets them. */
void text_table_put(struct text_table *t, int indent, struct strbuf *out);

/* The cells that `n` bytes of UTF-8 take on a terminal. */
size_t text_width(const char *s, size_t n);

#endif
