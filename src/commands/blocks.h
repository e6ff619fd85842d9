/*
 * `heaptail blocks`: the blocks of a trace, one record each, behind what they add up to.
 */
#ifndef COMMANDS_BLOCKS_H
#define COMMANDS_BLOCKS_H

#include "answer/blocks/block_list.h"
#include "commands/subject.h"
#include "export/block_records.h"
#include "export/output.h"

/* A list of blocks and what was asked for. */
struct blocks {
    const struct subject *subject;
    const struct block_list *list;
    struct block_records records; /* which columns, and how many blocks */
    unsigned classes;             /* that were asked for: bits 1 << enum block_class */
};

/* A command (command.h): returns an exit code. */
int blocks_run(const struct options *o, struct output *out);

/* The list as a page; a line for each block. */
void blocks_text(const struct blocks *b, struct output *out);

/* The list as one JSON object. */
void blocks_json(const struct blocks *b, struct output *out);

/* Whether somebody still reads the output, for block_records_write(). */
bool blocks_go_on(void *out, uint64_t done);

#endif
