/*
 * What the Sizes screen shows of each row and of each cell of its heat table: the kind of rows
 * (`v`), the figure (`b`), the scale (`L`) and the table (`x`), in words, numbers and conditions.
 *
 * Pure functions; nothing here draws.
 */
#ifndef UI_VIEW_SIZES_SIZE_SHOW_H
#define UI_VIEW_SIZES_SIZE_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "query/size_row.h"

struct view_env;

enum size_figure {
    SIZE_FIGURE_COUNT,
    SIZE_FIGURE_BYTES,
    SIZE_FIGURE_OUTSTANDING, /* bytes */
    SIZE_FIGURES
};

/* What the rows are crossed with in the heat table. */
enum size_cross { SIZE_CROSS_LIFE, SIZE_CROSS_SOURCE, SIZE_CROSS_NONE, SIZE_CROSSES };

/* Zeroed: powers of two, allocs by count, linear, by lifetime. */
struct size_show {
    enum size_kind kind;
    enum size_figure figure;
    enum size_cross cross;
    bool log;
};

/* The figure of the list. */
uint64_t size_show_value(const struct size_show *s, const struct size_cell *c);

/* `value` of `max` on the scale, 0 to 1: 0 only for 0, 1 only for what reaches max. */
double size_show_scaled(const struct size_show *s, uint64_t value, uint64_t max);

/* "Allocs by count, linear"; "Outstanding bytes, log". */
void size_show_put_words(const struct size_show *s, struct strbuf *out);

/* The sizes of a row: "64 to <128", "1,234", "185..200", "other sizes". */
void size_show_put_row(enum size_kind kind, const struct size_row *r, struct strbuf *out);

/* Exactly, for sentences: "size 64..127", "size 0", "size 16,377 or more". */
void size_show_put_sizes(const struct size_row *r, struct strbuf *out);

/*
 * "block_size in 64..127": Allocs and ReAllocs that asked for it, and Frees of such blocks, which
 * themselves carry no size. False for the row of other sizes.
 */
bool size_show_put_condition(const struct size_row *r, struct strbuf *out);

/* A class of lifetimes: "<1us", "10us", ">=100s" as a title; "lived 10us to <100us" in words;
 * "life >= 10us && life < 100us" as a condition. */
void size_show_put_life_title(unsigned k, struct strbuf *out);
void size_show_put_life_words(unsigned k, struct strbuf *out);
void size_show_put_life_condition(unsigned k, struct strbuf *out);

#endif
