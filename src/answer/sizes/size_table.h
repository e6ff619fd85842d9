/*
 * Sizes and lifetimes: a row for each class of sizes, each exact size or each bucket of the LFH, in
 * order of size.
 *
 * The answer to ANSWER_SIZES: which events and blocks count is told by size_fold.h. The rows add up
 * to `whole`, and so to the totals of the query's summary.
 */
#ifndef ANSWER_SIZES_SIZE_TABLE_H
#define ANSWER_SIZES_SIZE_TABLE_H

#include "answer/answer.h"
#include "query/size_fold.h"

struct size_table {
    struct answer base;
    enum size_kind kind;
    unsigned pointer_size; /* of the machine: what the buckets go by */
    size_t count;
    struct size_row *rows; /* empty ones left out; that of the other sizes last */
    struct size_row whole;
};

/* A table in the making. Worker thread. */
struct size_table_build;

/* Of the rows as they are in `fold`, borrowed, which must not go on meanwhile. NULL when memory is
 * out. O(rows). */
struct size_table_build *size_table_build_new(struct size_fold *fold, enum size_kind kind,
                                              unsigned pointer_size);
void size_table_build_free(struct size_table_build *b); /* NULL is fine */

/* Works out at most `rows` of its rows. Returns true when all are done. About 12 us each. */
bool size_table_build_step(struct size_table_build *b, size_t rows);

/* The finished table, once; one reference. Its `base.rows` and `base.spec` are the caller's to
 * fill. */
struct size_table *size_table_build_take(struct size_table_build *b);

#endif
