/*
 * Pieces of the text reports: labelled lines, wrapped lists, the trust table.
 */
#ifndef COMMANDS_TEXT_LINES_H
#define COMMANDS_TEXT_LINES_H

#include <stdint.h>

#include "base/strbuf.h"
#include "commands/option.h"
#include "model/trust.h"

/* "  label       text", wrapped to 80 columns; nothing when `text` is empty. Releases `text`. */
void text_line(struct strbuf *out, const char *label, struct strbuf *text);

/* The filter and the range that the options ask for, where there are some. */
void text_selection(struct strbuf *out, const struct options *o);

/* `text` broken behind commas, else at blanks, into lines of at most 80 columns, each behind
 * `indent` blanks. */
void text_wrapped(struct strbuf *out, size_t indent, const char *text);

/* "Alloc 22,482, Free 22,323": counts by operation that are not zero; `ops` has HEAP_OP_COUNT. */
void text_put_ops(struct strbuf *out, const uint64_t *ops);

/* The heading "Trust" and what is not zero, with what it means; one line when nothing is. */
void text_trust(struct strbuf *out, const struct trust *trust);

#endif
