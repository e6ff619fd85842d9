/* What is shown of a Source, in words and numbers; see source_show.h. */
#include "ui/view/sources/source_show.h"

#include <math.h>

#include "base/text.h"
#include "ui/view/cell_format.h"

/* By operation: many of them, one of them, many of them in a sentence, and the condition. */
static const struct {
    const char *title, *one, *many, *condition;
} ops[FOLD_SOURCE_OPS] = {
    [FOLD_SOURCE_ALLOC] = {"Allocs", "alloc", "allocs", "op == alloc"},
    [FOLD_SOURCE_REALLOC] = {"ReAllocs", "realloc", "reallocs", "op == realloc"},
    [FOLD_SOURCE_FREE] = {"Frees", "free", "frees", "op == free"},
};

#define SOURCE_INVALID 5

bool source_is_unused(const struct source_cell *c)
{
    return c->count[FOLD_SOURCE_ALLOC] + c->count[FOLD_SOURCE_REALLOC] +
               c->count[FOLD_SOURCE_FREE] + c->outstanding_blocks ==
           0;
}

bool source_is_alarming(const struct source_figures *f)
{
    return !f->other && f->source == SOURCE_INVALID && !source_is_unused(&f->f);
}

uint64_t source_show_value(const struct source_show *s, const struct source_cell *c)
{
    switch (s->figure) {
    case SOURCE_BY_COUNT:
        return c->count[s->op];
    case SOURCE_BY_BYTES:
        return c->bytes[s->op];
    case SOURCE_OUTSTANDING:
    case SOURCE_FIGURES:
        break;
    }
    return c->outstanding_bytes;
}

bool source_show_has(const struct source_show *s, const struct source_cell *c)
{
    return s->figure == SOURCE_OUTSTANDING ? c->outstanding_blocks > 0 : c->count[s->op] > 0;
}

void source_show_put_words(const struct source_show *s, struct strbuf *out)
{
    if (s->figure == SOURCE_OUTSTANDING)
        strbuf_puts(out, "Outstanding bytes");
    else
        strbuf_printf(out, "%s by %s", ops[s->op].title,
                      s->figure == SOURCE_BY_COUNT ? "count" : "bytes");
    strbuf_puts(out, s->log ? ", log" : ", linear");
}

const char *source_show_table_word(enum source_table table)
{
    static const char *const words[SOURCE_TABLES] = {"by size", "by time", "by heap"};
    return words[table];
}

static void put_counted(struct strbuf *out, uint64_t n, const char *one, const char *many)
{
    text_put_grouped(out, n);
    strbuf_printf(out, " %s", n == 1 ? one : many);
}

void source_show_put_cell(const struct source_show *s, const struct source_cell *c,
                          const struct view_env *env, struct strbuf *out)
{
    if (s->figure == SOURCE_OUTSTANDING) {
        cell_put_bytes(out, env, c->outstanding_bytes);
        strbuf_puts(out, " in ");
        put_counted(out, c->outstanding_blocks, "block", "blocks");
        strbuf_puts(out, " outstanding");
        return;
    }
    put_counted(out, c->count[s->op], ops[s->op].one, ops[s->op].many);
    strbuf_puts(out, ", ");
    cell_put_bytes(out, env, c->bytes[s->op]);
}

const char *source_show_condition(const struct source_show *s)
{
    return s->figure == SOURCE_OUTSTANDING ? "live" : ops[s->op].condition;
}

double source_show_scaled(const struct source_show *s, uint64_t value, uint64_t max)
{
    if (value == 0 || max == 0)
        return 0;
    if (value >= max)
        return 1;
    double part =
        s->log ? log2(1 + (double)value) / log2(1 + (double)max) : (double)value / (double)max;
    return part < 1 ? part : 1 - 1e-9;
}
