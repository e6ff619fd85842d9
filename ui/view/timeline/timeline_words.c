/* Sentences of the timeline; see timeline_words.h. */
#include "ui/view/timeline/timeline_words.h"

#include "answer/snapshot.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "ui/view/cell_format.h"

void timeline_put_window(const struct timeline_chart *g, struct strbuf *out)
{
    const struct timeline *t = g->t;
    const struct trace *trace = g->env->snapshot->trace;
    int64_t end = timeline_column_time(t, t->count);
    end = end > t->last ? t->last : end;
    uint64_t rows = 0;
    for (uint32_t k = 0; k < t->known; k++)
        rows += t->columns[k].rows;
    cell_put_time(out, g->env, t->from);
    strbuf_puts(out, " to ");
    cell_put_time(out, g->env, end);
    strbuf_puts(out, ", ");
    text_put_duration(out, trace_ns(trace, end) - trace_ns(trace, t->from));
    strbuf_puts(out, ", ");
    text_put_grouped(out, rows);
    strbuf_puts(out, rows == 1 ? " event; a cell is " : " events; a cell is ");
    uint64_t ticks = timeline_place_ticks(g->place, t);
    text_put_duration(out, trace_span_ns(trace, (int64_t)ticks));
}

static void put_rates(const struct timeline_chart *g, const struct timeline_moment *m,
                      struct strbuf *out)
{
    (void)m;
    uint32_t count;
    int cell = timeline_place_cell(g->place, g->t);
    uint32_t first = timeline_place_columns(g->place, g->t, cell, &count);
    uint64_t allocs = 0, frees = 0;
    for (uint32_t k = first; k < first + count; k++) {
        allocs += g->t->columns[k].allocs;
        frees += g->t->columns[k].frees;
    }
    uint64_t ticks = timeline_place_ticks(g->place, g->t);
    int64_t ns = trace_span_ns(g->env->snapshot->trace, (int64_t)ticks);
    double seconds = (double)(ns > 0 ? ns : 1) / 1e9;
    strbuf_puts(out, ", ");
    cell_put_rate(out, (double)allocs / seconds);
    strbuf_puts(out, " allocs/s, ");
    cell_put_rate(out, (double)frees / seconds);
    strbuf_puts(out, " frees/s");
}

static void put_committed(const struct timeline_chart *g, const struct timeline_moment *m,
                          struct strbuf *out)
{
    if (m->committed == TIMELINE_UNKNOWN)
        return;
    strbuf_puts(out, ", committed ");
    cell_put_bytes(out, g->env, m->committed);
}

/* What the row itself is. */
static void put_row(const struct timeline_chart *g, const struct timeline_moment *m,
                    struct strbuf *out)
{
    struct row row;
    char name[32];
    uint64_t size;
    if (m->row >= g->env->snapshot->rows)
        return;
    store_get(g->env->snapshot->trace->store, m->row, &row);
    const struct heap_op_info *info = heap_op_info(row.op);
    strbuf_puts(out, ", row ");
    text_put_grouped(out, m->row);
    strbuf_printf(out, " %s", info != NULL ? info->word : heap_op_name(row.op, name));
    if (trace_row_block_size(&row, &size)) {
        strbuf_putc(out, ' ');
        cell_put_bytes(out, g->env, size);
    }
}

#define PARTS 3

/* What need not be said, most important first; and where the cursor went to a row. */
static void (*const parts[2][PARTS])(const struct timeline_chart *, const struct timeline_moment *,
                                     struct strbuf *) = {{put_rates, put_committed, put_row},
                                                         {put_row, put_rates, put_committed}};

void timeline_put_cursor(const struct timeline_chart *g, int width, struct strbuf *out)
{
    const struct timeline_moment *m = timeline_place_moment(g->place, g->t);
    size_t start = out->len;
    strbuf_puts(out, "at ");
    cell_put_time(out, g->env, m != NULL ? m->time : g->place->time);
    if (m == NULL) {
        strbuf_puts(out, ": ...");
        return;
    }
    strbuf_puts(out, ": ");
    cell_put_bytes(out, g->env, m->bytes);
    strbuf_puts(out, " in ");
    text_put_grouped(out, m->blocks);
    strbuf_puts(out, m->blocks == 1 ? " block" : " blocks");
    bool pinned = !g->place->at_end && g->place->row != ROW_NONE;
    for (size_t i = 0; i < PARTS; i++) {
        size_t before = out->len;
        parts[pinned][i](g, m, out);
        if (out->len - start > (size_t)width)
            strbuf_truncate(out, before);
    }
}

void timeline_put_series(const struct timeline_chart *g, uint32_t i, struct strbuf *out)
{
    const struct timeline *t = g->t;
    if (i >= t->series_count) {
        strbuf_puts(out, "others");
    } else if (t->by == TIMELINE_BY_HEAP) {
        cell_put_heap(out, registry_heap(g->env->snapshot->trace->registry, t->key[i]));
    } else if (t->by == TIMELINE_BY_SOURCE) {
        cell_put_source(out, t->key[i]);
    } else {
        cell_put_size_class(out, t->key[i]);
    }
}

uint64_t timeline_series_bytes(const struct timeline *t, const struct timeline_moment *m,
                               uint32_t i)
{
    uint64_t rest = m->bytes;
    if (i < t->series_count)
        return m->series[i];
    for (uint32_t k = 0; k < t->series_count; k++)
        rest -= m->series[k] < rest ? m->series[k] : rest;
    return rest;
}
