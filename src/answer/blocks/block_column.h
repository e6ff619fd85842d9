/*
 * The columns of a block: names, titles and values, the one place where they are defined.
 *
 * `heaptail blocks`, its help, files written and the screen read this table. Any thread.
 */
#ifndef ANSWER_BLOCKS_BLOCK_COLUMN_H
#define ANSWER_BLOCKS_BLOCK_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "answer/blocks/block_list.h"
#include "model/callers.h"
#include "model/value.h"

/* Those that are printed unless others are chosen stand first. */
enum block_column_id {
    BLOCK_COLUMN_ADDRESS,
    BLOCK_COLUMN_SIZE,
    BLOCK_COLUMN_HEAP,
    BLOCK_COLUMN_PID,
    BLOCK_COLUMN_BORN,
    BLOCK_COLUMN_DIED,
    BLOCK_COLUMN_END,
    BLOCK_COLUMN_LIFE,
    BLOCK_COLUMN_CLASS,
    BLOCK_COLUMN_TID,
    BLOCK_COLUMN_FREE_TID,
    BLOCK_COLUMN_SOURCE,
    BLOCK_COLUMN_FREE_SOURCE,
    BLOCK_COLUMN_STACK,
    BLOCK_COLUMN_CHAIN,
    BLOCK_COLUMNS_STANDARD,
    BLOCK_COLUMN_AGE = BLOCK_COLUMNS_STANDARD,
    BLOCK_COLUMN_PROCESS,
    BLOCK_COLUMN_GENERATION,
    BLOCK_COLUMN_ROW,
    BLOCK_COLUMN_FREE_ROW,
    BLOCK_COLUMN_CALLER,
    BLOCK_COLUMN_MODULE,
    BLOCK_COLUMN_COUNT
};

/* Whose blocks are read, and how. */
struct block_reader {
    const struct trace *trace;
    const struct block_view *view;
    bool raw_time;          /* times are raw clock readings */
    struct callers callers; /* as of the last callers_look() */
};

struct block_column {
    const char *name;  /* "free_tid" */
    const char *title; /* "Free TID" */
    const char *help;  /* one sentence */
    bool left;         /* text, or hex that reads best from the left */
    struct value (*get)(struct block_reader *reader, const struct block *b);
    int order; /* enum block_order that sorts by it; -1: none does */
};

/* In order of enum block_column_id. */
extern const struct block_column block_columns[BLOCK_COLUMN_COUNT];

/* The column called [name, name + len); NULL when there is none. */
const struct block_column *block_column_find(const char *name, size_t len);

/* `trace` and `view` may be set later. */
void block_reader_init(struct block_reader *reader, const struct trace *trace,
                       const struct block_view *view);
void block_reader_release(struct block_reader *reader);

#endif
