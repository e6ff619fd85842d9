/*
 * What is typed to find something in Events, as an expression of the filter language.
 *
 * A text that is a filter is taken as one. Else it is what a person sees in the rows: an address or
 * handle, or a part of it; a figure; a word. Pure functions.
 */
#ifndef UI_VIEW_EVENTS_FIND_EXPRESSION_H
#define UI_VIEW_EVENTS_FIND_EXPRESSION_H

#include "base/strbuf.h"
#include "query/filter.h"

enum find_kind {
    FIND_NOTHING,    /* blank */
    FIND_EXPRESSION, /* a filter as it stands */
    FIND_WRONG,      /* meant as a filter, for it compares something, but none */
    FIND_ADDRESS,    /* 0x13d35: a part of a heap handle or an address */
    FIND_FIGURE,     /* 1,024 or 4K: a size, a thread or a process */
    FIND_WORD,       /* a part of an operation, a Source, a process name or an outcome */
};

/*
 * Appends the expression that `text` (UTF-8) stands for; nothing for FIND_NOTHING and FIND_WRONG,
 * of which the latter fills `out_error`. The expression always parses. O(length).
 */
enum find_kind find_expression_put(struct strbuf *out, const char *text,
                                   struct filter_error *out_error);

/* The same for Blocks, as rows that open blocks: an address may be any that a block covers. */
enum find_kind find_expression_put_opener(struct strbuf *out, const char *text,
                                          struct filter_error *out_error);

/* Appends the rows that open blocks which cover `address`. */
void find_expression_put_cover(struct strbuf *out, uint64_t address);

/* "size, thread or process", for a person; "" for a text that is nothing or wrong. */
const char *find_kind_words(enum find_kind kind);

#endif
