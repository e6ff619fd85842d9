/*
 * How the things of a trace are written in a cell, the same on every screen.
 *
 * Everything appends to a strbuf; the cell_show_* functions also choose the role (zero is a muted
 * dot, what is not known a muted question mark). Loop thread only.
 */
#ifndef UI_VIEW_CELL_FORMAT_H
#define UI_VIEW_CELL_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "model/registry.h"
#include "query/fold.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

/* "0.444 624 4", or the time of day when the settings say so. `raw` is the trace's clock. */
void cell_put_time(struct strbuf *b, const struct view_env *env, int64_t raw);

/* Gives a column of such times its title and its width, which the latest time of the trace needs.
 * `scratch` is overwritten. */
void cell_fit_time(struct list_column *column, const struct view_env *env, struct strbuf *scratch);

/* Gives a column of row numbers the width of the largest one, and at least `least` cells. `scratch`
 * is overwritten. */
void cell_fit_row(struct list_column *column, const struct view_env *env, int least,
                  struct strbuf *scratch);

/* "1.204 s" for sentences: seconds with three digits. */
void cell_put_moment(struct strbuf *b, int64_t ns);

/* "1.2040001 s": likewise, but exact: what is typed again means the same. At least three digits. */
void cell_put_exact_moment(struct strbuf *b, int64_t ns);

/* "30,974 B", or "30.2 KiB" when the settings say so. */
void cell_put_bytes(struct strbuf *b, const struct view_env *env, uint64_t bytes);

/* By how much a number, or bytes, grew: with a sign unless they did not change. */
void cell_put_delta(struct strbuf *b, int64_t by);
void cell_put_delta_bytes(struct strbuf *b, const struct view_env *env, int64_t by);

/* "98.8 %", "0.1 %", "12 %": of 100 with one digit only below 10 and above 90; nothing when the
 * whole is 0. */
void cell_put_percent(struct strbuf *b, uint64_t part, uint64_t whole);

/* How much is done: whole percent, 100 only when all of it is; of nothing 100, too. */
unsigned cell_percent(uint64_t done, uint64_t whole);

/* "0x13d35bd0000", "0x13d35bd0000 #2". */
void cell_put_heap(struct strbuf *b, const struct heap *heap);

/* "Solution.exe 21912"; "Solution.exe (21912)" with `brackets`; "process 21912" without a name. */
void cell_put_process(struct strbuf *b, const struct process *process, bool brackets);

/* "2080"; "?" when it is not known (NULL, too). */
void cell_put_thread(struct strbuf *b, const struct thread *thread);

/* "2 low-frag", "7" when the value has no name. */
void cell_put_source(struct strbuf *b, uint32_t source);

/* A point of a size axis: "64", "4K", "1M". */
void cell_put_power(struct strbuf *b, uint64_t bytes);

/* "64 to <128", "4K to <8K", "0": the sizes of class `k` (fold.h). */
void cell_put_size_class(struct strbuf *b, unsigned k);

/*
 * Events a second (numbers.md, rate): of a live trace those of the last second, else `count` over
 * the range asked, whose open ends are the first and the last event. 0 when there is no range.
 */
double cell_rate(const struct snapshot *s, uint64_t count, uint64_t last_second);

/* "12.1K", "0.25", "0": three significant digits below 1, no more than five cells. */
void cell_put_rate(struct strbuf *b, double rate);

/* Gives a cell its role unless its row has one (provisional, destroyed): that says more. */
void cell_set_role(struct list_cell *cell, enum role role);

/* A whole list cell. A figure that does not fit is written shorter (12.1K, 61.6 GiB): the first
 * digits of a long number look like another number. */
void cell_show_count(struct list_cell *cell, uint64_t v);
void cell_show_bytes(struct list_cell *cell, const struct view_env *env, uint64_t bytes);

/* As cell_show_bytes(), but exact sizes stand without their unit, and zero is a size, too. */
void cell_show_size(struct list_cell *cell, const struct view_env *env, uint64_t size);
void cell_show_unknown(struct list_cell *cell);

/* The role of an operation, of a size, and of a heap (one of eight by its number). */
enum role cell_op_role(unsigned op);
enum role cell_size_role(uint64_t size);
enum role cell_heap_role(uint32_t heap);

/*
 * A curve sampled at `n` points over the raw times [from, to]: the greatest value in each stretch,
 * 0 before it begins, its last value after it ends.
 */
void cell_sample_curve(const struct curve *curve, int64_t from, int64_t to, size_t n,
                       uint64_t *out_values);

#endif
