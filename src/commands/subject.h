/*
 * One trace of a batch command: its inputs loaded to their end, asked, judged.
 *
 * What a person must know about it goes to standard error from here.
 */
#ifndef COMMANDS_SUBJECT_H
#define COMMANDS_SUBJECT_H

#include <stdbool.h>

#include "commands/option.h"
#include "model/symbol_table.h"
#include "query/filter.h"
#include "query/query.h"
#include "source/load.h"

/* Not to be moved once opened. */
struct subject {
    const struct options *options;
    struct strbuf name; /* the paths joined by " + ", safe to print */
    struct loaded loaded;
};

/*
 * The filter that the options ask for. Returns COMMAND_OK, or COMMAND_USAGE after showing where the
 * expression is wrong. The caller unrefs *out_filter, which is NULL when every event is wanted.
 */
int subject_parse_filter(const struct options *o, struct filter **out_filter);

/*
 * Reads `count` paths whole as one trace, and asks `spec` (may be NULL) of it meanwhile. Returns
 * COMMAND_OK, or COMMAND_FAILED after saying why. Release in any case.
 */
int subject_open(struct subject *s, const struct options *o, char *const *paths, size_t count,
                 const struct query_spec *spec);
void subject_release(struct subject *s);

/* Which frames are the allocator's, by --fold; the caller unrefs it. NULL when memory is out. */
struct frame_rules *subject_rules(const struct options *o);

/* What is known of names, borrowed; NULL when there are none. */
struct symbol_table *subject_symbols(const struct subject *s);

/*
 * Has every name found out that was looked up in subject_symbols() so far: whoever prints names
 * looks up all of them, calls this, and looks again. Says once on standard error why some are
 * missing.
 */
void subject_find_names(const struct subject *s);

/* True when there are heap events; else says what there is instead. */
bool subject_has_events(const struct subject *s);

/* True when the trace has records of call stacks, whatever they are of. */
bool subject_has_stacks(const struct subject *s);

/*
 * What --strict makes of the losses: COMMAND_OK or COMMAND_LOSS. Says what was lost when --strict
 * fails for it, or when the command's output does not (`told` false).
 */
int subject_judge(const struct subject *s, bool told);

/*
 * What the events that match the spec add up to; the caller frees it with summary_free(). NULL
 * after saying that memory is out.
 */
struct summary *subject_summary(const struct subject *s);

#endif
