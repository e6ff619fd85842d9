/*
 * The lines of a call tree as text: aligned figures, then what has them, in 100 columns.
 */
#ifndef COMMANDS_STACKS_LINES_H
#define COMMANDS_STACKS_LINES_H

#include <stddef.h>

#include "answer/tree/call_tree.h"
#include "base/strbuf.h"

#define STACKS_LINES_FIGURES 8
#define STACKS_LINES_WIDTH   100

struct stacks_lines {
    const struct call_tree *t; /* borrowed */
    const char *title;         /* of the last column */
    size_t figures;            /* columns in use */
    const struct stacks_figure *columns[STACKS_LINES_FIGURES];
    size_t widths[STACKS_LINES_FIGURES];
    struct stacks_line *lines; /* owned */
    size_t count, cap;
};

void stacks_lines_init(struct stacks_lines *l, const struct call_tree *t, const char *title);
void stacks_lines_release(struct stacks_lines *l);

/* A line with the figures of the node, or without any when it is NULL. `brief` stands for `text`
 * where that is too wide. Both are copied. */
void stacks_lines_add(struct stacks_lines *l, const struct call_node *n, const char *text,
                      const char *brief);

void stacks_lines_put(const struct stacks_lines *l, struct strbuf *out);

#endif
