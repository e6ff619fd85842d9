/*
 * What an expression of the filter language could go on with: for completion.
 *
 * The parser itself says it: the text up to the cursor is parsed, and what was looked for last is
 * what belongs there.
 */
#ifndef QUERY_FILTER_EXPECT_H
#define QUERY_FILTER_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

enum filter_expected {
    FILTER_EXPECTS_NOTHING,  /* the text is wrong before the cursor */
    FILTER_EXPECTS_FIELD,    /* a field, a flag, '!' or '(' */
    FILTER_EXPECTS_OPERATOR, /* one of the field's operators */
    FILTER_EXPECTS_VALUE,    /* a value of the field */
    FILTER_EXPECTS_LIST,     /* '[', or the first value of a range */
    FILTER_EXPECTS_PART,     /* a part of the field's text, or a regular expression */
    FILTER_EXPECTS_MORE,     /* ',' or ']' of a list */
    FILTER_EXPECTS_JOIN,     /* '&&', '||', or the ')' of an open '(' */
};

/* What the values of a field are, for who knows which of them occur. */
enum filter_values {
    FILTER_VALUES_NONE, /* a flag, or no field */
    FILTER_VALUES_OP,
    FILTER_VALUES_HEAP,
    FILTER_VALUES_PID,
    FILTER_VALUES_TID,
    FILTER_VALUES_PROCESS,
    FILTER_VALUES_ADDRESS,
    FILTER_VALUES_SIZE,
    FILTER_VALUES_SOURCE,
    FILTER_VALUES_TIME,
    FILTER_VALUES_DURATION,
    FILTER_VALUES_STACK,
    FILTER_VALUES_FILE,
    FILTER_VALUES_CLASS,
    FILTER_VALUES_CHAIN,
};

struct filter_expectation {
    enum filter_expected what;
    size_t from, to; /* the piece the cursor is in or behind; both the cursor: none was begun */
    unsigned field;  /* private: the field of a condition */
    unsigned open;   /* parentheses */
    bool whole;      /* the text up to the cursor is a valid expression */
};

/*
 * Parses the first `cursor` bytes of [text, text+len). A piece that ends at the cursor is the one
 * expected, for it may go on: `size` is a field still, `size ` wants an operator. O(len).
 */
void filter_expect(const char *text, size_t len, size_t cursor, struct filter_expectation *out);

/* What a value would be, where one or a part of one is expected. */
enum filter_values filter_expected_values(const struct filter_expectation *e);

/* Takes one word with a note about it. Both are borrowed for the call. */
typedef void (*filter_word_fn)(void *ctx, const char *word, const char *note);

/* Tells the words that the language itself has for what is expected, most useful first: fields,
 * the field's operators, '&&'. No values. */
void filter_expected_words(const struct filter_expectation *e, filter_word_fn take, void *ctx);

#endif
