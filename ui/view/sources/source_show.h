/*
 * What the Sources screen shows of each Source and of each cell of its heat tables: the operation
 * (`o`), the figure (`b`), the scale (`L`) and the table (`x`).
 *
 * The one place that says in words what is shown, and that turns a cell into its value. Pure
 * functions; nothing here draws.
 */
#ifndef UI_VIEW_SOURCES_SOURCE_SHOW_H
#define UI_VIEW_SOURCES_SOURCE_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "query/fold.h"

struct view_env;

enum source_figure {
    SOURCE_BY_COUNT,
    SOURCE_BY_BYTES,
    SOURCE_OUTSTANDING, /* bytes; of no operation: under the Source that opened the block */
    SOURCE_FIGURES
};

enum source_table { SOURCE_TABLE_SIZE, SOURCE_TABLE_TIME, SOURCE_TABLE_HEAP, SOURCE_TABLES };

/* Zeroed: allocs by count, linear, by size. */
struct source_show {
    enum fold_source_op op;
    enum source_figure figure;
    enum source_table table;
    bool log;
};

/* True when nothing at all is known of it. */
bool source_is_unused(const struct source_cell *c);

/* True for the Source that Windows calls invalid when it has any event: that is a finding. */
bool source_is_alarming(const struct source_figures *f);

/* The figure shown. */
uint64_t source_show_value(const struct source_show *s, const struct source_cell *c);

/* True when there is something behind the value, be it 0 bytes: rows, or blocks. */
bool source_show_has(const struct source_show *s, const struct source_cell *c);

/* "Allocs by count, linear"; "Outstanding bytes, log". */
void source_show_put_words(const struct source_show *s, struct strbuf *out);

/* "by size", "by time", "by heap". */
const char *source_show_table_word(enum source_table table);

/* Rows and bytes of a cell in words: "503 allocs, 48,288 B"; "4,352 B in 64 blocks outstanding". */
void source_show_put_cell(const struct source_show *s, const struct source_cell *c,
                          const struct view_env *env, struct strbuf *out);

/* Which rows the figure is about, as a condition: "op == alloc"; "live" for what is outstanding. */
const char *source_show_condition(const struct source_show *s);

/* `value` of `max` on the scale, 0 to 1: 0 only for 0, 1 only for what reaches max. */
double source_show_scaled(const struct source_show *s, uint64_t value, uint64_t max);

#endif
