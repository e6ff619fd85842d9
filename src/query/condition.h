/*
 * Conditions of the filter language made from what is under the cursor, and joined to the filter.
 *
 * Appends to strbufs; knows nothing of screens. Any thread that may read the trace.
 */
#ifndef QUERY_CONDITION_H
#define QUERY_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "model/trace.h"

/* "heap == 0x13d35bd0000", with " && pid == 21912" when the handle stands in several processes
 * too. O(heaps). */
void condition_put_heap(struct strbuf *b, const struct trace *trace, const struct heap *heap);

/* "tid == 2080", likewise. False, and nothing is put, when the thread has no id. O(threads). */
bool condition_put_thread(struct strbuf *b, const struct trace *trace, const struct thread *thread);

/* "pid == 21912". False, and nothing is put, when the process has no id. */
bool condition_put_process(struct strbuf *b, const struct process *process);

/* "op == alloc". */
void condition_put_op(struct strbuf *b, unsigned op);

/* "(address == 0x13d35bd0860 || old_address == 0x13d35bd0860)": all that happened there. */
void condition_put_address(struct strbuf *b, uint64_t address);

/* "4K", "4097": a size in bytes, exactly. */
void condition_put_size(struct strbuf *b, uint64_t bytes);

/* "size in 64..127", "size == 0": the sizes of class `k` (fold.h). */
void condition_put_size_class(struct strbuf *b, unsigned k);

/* `Solution.exe`, or in quotes where the language needs them or `quoted`. */
void condition_put_name(struct strbuf *b, const char *name, bool quoted);

/* "0.4446244s": a time or duration of `ns`, exactly. */
void condition_put_ns(struct strbuf *b, int64_t ns);

/* "field >= 0.4446244s": a time or duration of `ns`, exactly. */
void condition_put_time(struct strbuf *b, const char *field, int64_t ns);

/* "field < 0.4446244s" and the like, by any operator. */
void condition_put_bound(struct strbuf *b, const char *field, const char *op, int64_t ns);

/* Turns the condition in `b` into its negation: "op != alloc", "!live", else "!(...)". An absent
 * value makes every comparison false, so `!=` would also drop the rows that have no such value. */
void condition_negate(struct strbuf *b);

/*
 * Writes `filter && condition` to `out` (cleared first), each in parentheses where `||` would
 * change its meaning. Terms that the filter holds already are not said twice; returns false, and
 * `out` is the filter alone, when it holds all of them.
 */
bool condition_join(const char *filter, const char *condition, struct strbuf *out);

#endif
