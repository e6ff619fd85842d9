/*
 * The filter language (cli.md): text to a checked expression, and the expression over rows.
 *
 * One grammar for the prompt, the command line and everything later. A compiled filter is bound to
 * one trace (its clock, its heap and process names), immutable, and cheap to run over a chunk:
 * conditions are evaluated column by column, whole chunks are skipped or taken by their zone maps.
 */
#ifndef QUERY_FILTER_H
#define QUERY_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "model/trace.h"

/* Bytes of an expression, at most, so that no text can exhaust memory or time; the numbers of some
 * hundred thousand stacks fit. */
#define FILTER_MAX_LENGTH (1 << 20)

struct filter;

/* Where and why an expression is wrong. */
struct filter_error {
    size_t offset; /* byte of the first wrong character; the text's length when it ends too early */
    bool incomplete; /* more text could make it right: the prompt shows it muted, not as an error */
    char expected[160]; /* "a field name", "')'", ... */
};

/*
 * Parses and checks `text` (UTF-8, need not end in NUL) without a trace. NULL and *out_error filled
 * when it is wrong; an empty or blank text is a filter that matches every row. O(length); nesting
 * is limited to 64.
 */
struct filter *filter_parse(const char *text, size_t len, struct filter_error *out_error);

struct filter *filter_ref(const struct filter *f);
void filter_unref(struct filter *f); /* NULL is fine; any thread */

/* The text it was parsed from, blanks trimmed. */
const char *filter_text(const struct filter *f);

/* True for the filter that matches every row. */
bool filter_is_empty(const struct filter *f);

/*
 * True when a row's match can change after it was appended, because the filter asks about the
 * block's fate (life, live, temporary, class, chain).
 */
bool filter_depends_on_fate(const struct filter *f);

/* The same because it asks about call stacks: they come after their rows, names even later. */
bool filter_depends_on_stacks(const struct filter *f);

/* True when a row's match depends on the time range of the query (class), so that the matches of
 * one range are not those of another. */
bool filter_depends_on_range(const struct filter *f);

/* True when it depends on the length of a block's chain, which grows with every move. */
bool filter_depends_on_chains(const struct filter *f);

struct frame_rules;
struct symbol_table;

/*
 * What `stack`, `module` and `image` go by: the symbols known, and which frames are the
 * allocator's. References are kept; NULL for none. To be called before the filter is shared.
 */
void filter_set_naming(struct filter *f, struct symbol_table *symbols,
                       const struct frame_rules *rules);

/* Formats the error as three lines: the text, a caret under the wrong character, what was expected.
 */
void filter_format_error(const char *text, size_t len, const struct filter_error *e,
                         struct strbuf *out);

/* A filter bound to a trace; worker or batch thread only, one thread at a time. Keeps its own
 * reference to `f`. */
struct filter_run;

struct filter_run *filter_run_new(const struct filter *f, const struct trace *trace);
void filter_run_free(struct filter_run *run);

/* The range that `class` goes by, raw times, both included; INT64_MIN and INT64_MAX when open, as
 * they are at first. Before any row is evaluated. */
void filter_run_set_range(struct filter_run *run, int64_t since, int64_t until);

/*
 * True when a block whose chain grows from `before` blocks to `after` may get another answer.
 * O(conditions).
 */
bool filter_run_tells_chains_apart(const struct filter_run *run, uint32_t before, uint32_t after);

/*
 * Evaluates rows [from, to) of chunk `chunk` and writes their bits into `bits` (1,024 words of 64;
 * bits outside the range are left alone). The rows must exist (store_appended()). Returns the
 * number of matches. About 1 ns a row and condition.
 */
uint32_t filter_run_chunk(struct filter_run *run, uint64_t chunk, uint32_t from, uint32_t to,
                          uint64_t *bits);

/*
 * Takes note of heaps, threads and process names learnt since the last call (filter_run_chunk()
 * does so too). True when an answer given for earlier rows may no longer hold, because a process
 * got its name.
 */
bool filter_run_refresh(struct filter_run *run);

/*
 * Frames of call stacks that were looked at so far, some 300 ns each: the first row with a stack
 * costs as much as thousands of others. 0 and no more for a filter that asks no names of them.
 */
uint64_t filter_run_frames(const struct filter_run *run);
bool filter_run_asks_names(const struct filter_run *run);

/* The same for a single row; process names as of the last filter_run_refresh(). */
bool filter_run_row(struct filter_run *run, uint64_t row);

#endif
