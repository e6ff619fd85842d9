/*
 * A list of blocks in a machine format: which columns, how many, written one after the other. What
 * `heaptail blocks` prints and what the explorer writes to a file is this.
 */
#ifndef EXPORT_BLOCK_RECORDS_H
#define EXPORT_BLOCK_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/blocks/block_column.h"
#include "export/format.h"
#include "export/output.h"

struct block_records {
    const struct block_column *columns[BLOCK_COLUMN_COUNT];
    size_t count;
    bool raw_time;               /* times are raw clock readings */
    bool descending;             /* the list is written from its end */
    uint64_t most;               /* blocks written at most */
    struct caller_naming naming; /* for the columns of call stacks; borrowed */
};

/* As event_list_parse(): "NAME,NAME", "+NAME" behind the standard columns, or those for NULL. */
bool block_records_parse(struct block_records *out_records, const char *text,
                         const char **out_wrong, size_t *out_len);

/* Asked now and then, when so many were written; false: nobody wants more. */
typedef bool (*block_records_go_on_fn)(void *ctx, uint64_t done);

/* Writes the blocks of `l`, which was made of `trace`. Returns how many. */
uint64_t block_records_write(const struct block_records *records, const struct trace *trace,
                             const struct block_list *l, enum export_format format,
                             block_records_go_on_fn go_on, void *ctx, struct output *out);

#endif
