/* Totals and the biggest of everything; see summary_blocks.h. */
#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "model/process_words.h"
#include "ui/term/glyph.h"
#include "ui/view/cell_format.h"
#include "ui/view/census.h"
#include "ui/view/summary/summary_blocks.h"
#include "ui/view/why_empty.h"

/* The three biggest of everything. */
#define TOP 3

/* Columns at the right end of a row: a count, a size, a share, each with the gap before it. */
#define COUNT_CELLS 11
#define BYTES_CELLS 15
#define SHARE_CELLS 7
#define GAP_CELLS   1

/* Lines that say more about the row above them. */
#define MORE_INDENT (PEN_INDENT + 2)

const struct summary *summary_figures(const void *ctx)
{
    const struct summary *f = ((const struct view_env *)ctx)->snapshot->summary;
    return f != NULL && f->rows > 0 && (f->matched > 0 || f->total.outstanding_blocks > 0) ? f
                                                                                           : NULL;
}

/* What the figures cover, "" for the whole trace. */
static const char *coverage(const struct view_env *env)
{
    const struct query_spec *spec = query_asked(env->snapshot->query);
    bool filtered = spec->filter != NULL && !filter_is_empty(spec->filter);
    bool ranged = spec->since != INT64_MIN || spec->until != INT64_MAX;
    if (filtered && ranged)
        return "under the filter, in the range";
    return filtered ? "under the filter" : ranged ? "in the range" : "";
}

/* ---- cells of a row ---- */

static void name_cell(struct pen *pen, int right_cells, enum role role)
{
    pen_cell(pen, PEN_INDENT, pen->c.cols - PEN_INDENT - right_cells - 1, ALIGN_LEFT, role);
}

static void count_cell(struct pen *pen, int right, uint64_t value, enum role role)
{
    struct list_cell cell = {pen->text, role, COUNT_CELLS - GAP_CELLS};
    cell_show_count(&cell, value);
    pen_cell(pen, -right, COUNT_CELLS, ALIGN_RIGHT, cell.role);
}

static void bytes_cell(struct pen *pen, const struct view_env *env, int right, uint64_t value,
                       enum role role)
{
    struct list_cell cell = {pen->text, role, BYTES_CELLS - GAP_CELLS};
    cell_show_bytes(&cell, env, value);
    pen_cell(pen, -right, BYTES_CELLS, ALIGN_RIGHT, cell.role);
}

static void share_cell(struct pen *pen, uint64_t part, uint64_t whole)
{
    cell_put_percent(pen->text, part, whole);
    pen_cell(pen, -SHARE_CELLS, SHARE_CELLS, ALIGN_RIGHT, ROLE_TEXT_MUTED);
}

/* ---- totals ---- */

static void write_total(const struct view_env *env, struct pen *pen, const char *label,
                        enum role role, uint64_t count, uint64_t bytes)
{
    strbuf_puts(pen->text, label);
    pen_cell(pen, PEN_INDENT, PEN_LABEL_WIDTH, ALIGN_LEFT, ROLE_TEXT_MUTED);
    count_cell(pen, COUNT_CELLS + BYTES_CELLS, count, role);
    if (bytes > 0)
        bytes_cell(pen, env, BYTES_CELLS, bytes, role);
    pen_end_row(pen);
}

static void put_rate(struct strbuf *b, const struct snapshot *s, const struct summary *f)
{
    double allocs = cell_rate(s, f->total.allocs, f->last_second_allocs);
    double frees = cell_rate(s, f->total.frees, f->last_second_frees);
    if (allocs <= 0 && frees <= 0)
        return;
    cell_put_rate(b, allocs);
    strbuf_puts(b, " allocs, ");
    cell_put_rate(b, frees);
    strbuf_puts(b, " frees");
}

void summary_write_totals(void *ctx, struct pen *pen)
{
    const struct view_env *env = ctx;
    const struct summary *f = summary_figures(ctx);
    bool lags = why_figures_lag(env, pen->text);
    if (f == NULL && !lags)
        return;
    if (!lags)
        strbuf_puts(pen->text, coverage(env));
    pen_heading(pen, "Totals");
    if (trust_has_loss(&env->snapshot->trust))
        pen_line(pen, ROLE_LOST, "incomplete: data was lost (! trust)");
    if (f == NULL)
        return;
    const struct figures *t = &f->total;
    write_total(env, pen, "outstanding", ROLE_OUTSTANDING, t->outstanding_blocks,
                t->outstanding_bytes);
    if (t->peak_time != INT64_MIN)
        pen_link(pen, summary_link(SUMMARY_LINK_PEAK, 0));
    write_total(env, pen, "peak", ROLE_TEXT_STRONG, t->peak_blocks, t->peak_bytes);
    write_total(env, pen, "allocs", ROLE_TEXT, t->allocs, t->alloc_bytes);
    write_total(env, pen, "frees", ROLE_TEXT, t->frees, t->freed_bytes);
    write_total(env, pen, "reallocs", ROLE_TEXT, t->reallocs, 0);
    write_total(env, pen, "failed", t->failed_allocs > 0 ? ROLE_EVENT_FAIL : ROLE_TEXT,
                t->failed_allocs, 0);
    put_rate(pen->text, env->snapshot, f);
    if (pen->text->len > 0)
        pen_pair(pen, "per second", ROLE_TEXT);
}

/* ---- the range ---- */

static void write_impact(const struct view_env *env, struct pen *pen, const struct range_figures *f)
{
    enum role role = f->impacting_bytes > 0 ? ROLE_OUTSTANDING : ROLE_TEXT;
    strbuf_puts(pen->text, "impacting");
    pen_cell(pen, PEN_INDENT, PEN_LABEL_WIDTH, ALIGN_LEFT, ROLE_TEXT_MUTED);
    cell_put_delta(pen->text, f->impacting_blocks);
    pen_cell(pen, -COUNT_CELLS - BYTES_CELLS, COUNT_CELLS, ALIGN_RIGHT, role);
    cell_put_delta_bytes(pen->text, env, f->impacting_bytes);
    pen_cell(pen, -BYTES_CELLS, BYTES_CELLS, ALIGN_RIGHT, role);
    pen_end_row(pen);
}

/* What came of the blocks: allocated and freed, inside and outside. */
void summary_write_range(void *ctx, struct pen *pen)
{
    static const char *const labels[BLOCK_NEVER] = {
        [BLOCK_AIFI] = "AIFI",
        [BLOCK_AIFO] = "AIFO",
        [BLOCK_AOFI] = "AOFI",
        [BLOCK_AOFO] = "AOFO",
    };
    const struct view_env *env = ctx;
    const struct summary *s = summary_figures(ctx);
    if (s == NULL || env->snapshot->query == NULL)
        return;
    const struct query_spec *spec = query_asked(env->snapshot->query);
    if (spec->since == INT64_MIN && spec->until == INT64_MAX)
        return;
    strbuf_puts(pen->text, "allocated, freed: in or out");
    pen_heading(pen, "Range");
    write_impact(env, pen, &s->range);
    for (unsigned k = 0; s->range.known && k < BLOCK_NEVER; k++)
        write_total(env, pen, labels[k], k == BLOCK_AIFO ? ROLE_TEXT_STRONG : ROLE_TEXT,
                    s->range.classes[k].blocks, s->range.classes[k].bytes);
}

/* ---- the biggest ---- */

/* Puts index `i` into the list of the biggest so far; `key` of each is in `keys`. */
static void keep_top(uint64_t key, size_t i, uint64_t keys[TOP], size_t index[TOP], size_t *count)
{
    size_t at = *count;
    while (at > 0 && keys[at - 1] < key)
        at--;
    if (at == TOP)
        return;
    if (*count < TOP)
        (*count)++;
    for (size_t k = *count - 1; k > at; k--) {
        keys[k] = keys[k - 1];
        index[k] = index[k - 1];
    }
    keys[at] = key;
    index[at] = i;
}

/* Room for a handle with its pid, its bytes and their share. */
#define WIDTH_FOR_SHARES 46

/* With several processes the handle alone says too little: the pid follows. */
static void put_heap_name(struct strbuf *b, const struct view_env *env, uint32_t heap,
                          bool with_process)
{
    const struct registry *r = env->snapshot->trace->registry;
    const struct heap *h = registry_heap(r, heap);
    uint32_t pid = registry_process(r, h->process)->pid;
    cell_put_heap(b, h);
    if (with_process && pid != EVENT_NO_ID)
        strbuf_printf(b, " %u", pid);
}

void summary_write_heaps(void *ctx, struct pen *pen)
{
    const struct view_env *env = ctx;
    bool several = env->census->processes > 1;
    const struct summary *f = summary_figures(ctx);
    if (f == NULL || f->heap_count == 0)
        return;
    uint64_t keys[TOP];
    size_t index[TOP], n = 0;
    for (size_t i = 0; i < f->heap_count; i++)
        keep_top(f->heaps[i].f.outstanding_bytes, i, keys, index, &n);
    strbuf_printf(pen->text, "of %zu, by outstanding", f->heap_count);
    pen_heading(pen, "Biggest heaps");
    for (size_t k = 0; k < n; k++) {
        const struct heap_figures *h = &f->heaps[index[k]];
        bool shares = !several || pen->c.cols >= WIDTH_FOR_SHARES;
        int share = shares ? SHARE_CELLS : 0;
        pen_link(pen, summary_link(SUMMARY_LINK_HEAP, h->heap));
        put_heap_name(pen->text, env, h->heap, several);
        name_cell(pen, BYTES_CELLS + share, cell_heap_role(h->heap));
        bytes_cell(pen, env, BYTES_CELLS + share, h->f.outstanding_bytes, ROLE_OUTSTANDING);
        if (shares)
            share_cell(pen, h->f.outstanding_bytes, f->total.outstanding_bytes);
        pen_end_row(pen);
    }
}

void summary_write_sources(void *ctx, struct pen *pen)
{
    const struct summary *f = summary_figures(ctx);
    if (f == NULL || f->source_count == 0)
        return;
    uint64_t keys[TOP], total = 0;
    size_t index[TOP], n = 0;
    for (size_t i = 0; i < f->source_count; i++) {
        uint64_t allocs = f->sources[i].f.count[FOLD_SOURCE_ALLOC];
        total += allocs;
        if (allocs > 0)
            keep_top(allocs, i, keys, index, &n);
    }
    if (n == 0)
        return;
    strbuf_puts(pen->text, "by allocs");
    pen_heading(pen, "Sources");
    for (size_t k = 0; k < n; k++) {
        const struct source_figures *source = &f->sources[index[k]];
        if (source->other) {
            strbuf_puts(pen->text, "further values");
        } else {
            pen_link(pen, summary_link(SUMMARY_LINK_SOURCE, source->source));
            cell_put_source(pen->text, source->source);
        }
        name_cell(pen, COUNT_CELLS + SHARE_CELLS, ROLE_TEXT);
        count_cell(pen, COUNT_CELLS + SHARE_CELLS, keys[k], ROLE_TEXT);
        share_cell(pen, keys[k], total);
        pen_end_row(pen);
    }
}

void summary_write_sizes(void *ctx, struct pen *pen)
{
    const struct view_env *env = ctx;
    const struct summary *f = summary_figures(ctx);
    uint64_t keys[TOP];
    size_t index[TOP], n = 0;
    for (size_t i = 0; f != NULL && i < FOLD_SIZE_CLASSES; i++)
        if (f->sizes[i].allocs > 0)
            keep_top(f->sizes[i].allocs, i, keys, index, &n);
    if (n == 0)
        return;
    strbuf_puts(pen->text, "by allocs");
    pen_heading(pen, "Size classes");
    for (size_t k = 0; k < n; k++) {
        const struct size_figures *size = &f->sizes[index[k]];
        pen_link(pen, summary_link(SUMMARY_LINK_SIZE, (uint32_t)index[k]));
        cell_put_size_class(pen->text, (unsigned)index[k]);
        name_cell(pen, COUNT_CELLS + BYTES_CELLS,
                  cell_size_role(fold_class_from((unsigned)index[k])));
        count_cell(pen, COUNT_CELLS + BYTES_CELLS, keys[k], ROLE_TEXT);
        bytes_cell(pen, env, BYTES_CELLS, size->alloc_bytes, ROLE_TEXT);
        pen_end_row(pen);
    }
}

/* The operation with most rows among those behind `op` with its `count`; HEAP_OP_COUNT: none. */
static unsigned next_op(const struct summary *f, uint64_t count, unsigned op)
{
    unsigned best = HEAP_OP_COUNT;
    for (unsigned i = 0; i < HEAP_OP_COUNT; i++) {
        uint64_t n = f->ops[i];
        bool behind = n < count || (n == count && i > op);
        if (n > 0 && behind && (best == HEAP_OP_COUNT || n > f->ops[best]))
            best = i;
    }
    return best;
}

void summary_write_ops(void *ctx, struct pen *pen)
{
    const struct summary *f = summary_figures(ctx);
    if (f == NULL)
        return;
    strbuf_puts(pen->text, "as recorded");
    pen_heading(pen, "Operations");
    unsigned op = HEAP_OP_COUNT;
    for (uint64_t count = UINT64_MAX; (op = next_op(f, count, op)) < HEAP_OP_COUNT;) {
        count = f->ops[op];
        const struct heap_op_info *info = heap_op_info(op);
        char name[32];
        pen_link(pen, summary_link(SUMMARY_LINK_OP, op));
        strbuf_printf(pen->text, "%c %s", info != NULL ? info->letter : '?',
                      info != NULL ? info->word : heap_op_name(op, name));
        name_cell(pen, COUNT_CELLS + SHARE_CELLS, cell_op_role(op));
        count_cell(pen, COUNT_CELLS + SHARE_CELLS, f->ops[op], ROLE_TEXT);
        share_cell(pen, f->ops[op], f->matched);
        pen_end_row(pen);
    }
}

/* When it ran, its modules, and how it was started. */
static void write_process_more(const struct snapshot *s, uint32_t index, struct pen *pen)
{
    const struct process *p = registry_process(s->trace->registry, index);
    const struct image *const *images;
    size_t modules = image_map_images(s->images, index, &images);
    process_put_times(pen->text, s->trace, p);
    if (modules > 0) {
        strbuf_puts(pen->text, ", ");
        text_put_grouped(pen->text, modules);
        strbuf_puts(pen->text, modules == 1 ? " module" : " modules");
    }
    pen_cell(pen, MORE_INDENT, pen->c.cols - MORE_INDENT, ALIGN_LEFT, ROLE_TEXT_MUTED);
    pen_end_row(pen);
    const char *command = process_command(p);
    if (command == NULL)
        return;
    strbuf_puts(pen->text, command);
    pen->cut = CUT_MIDDLE; /* the program and its last arguments tell most */
    pen_cell(pen, MORE_INDENT, pen->c.cols - MORE_INDENT, ALIGN_LEFT, ROLE_TEXT_MUTED);
    pen_end_row(pen);
}

void summary_write_processes(void *ctx, struct pen *pen)
{
    const struct view_env *env = ctx;
    const struct summary *f = summary_figures(ctx);
    if (f == NULL || f->process_count == 0)
        return;
    uint64_t keys[TOP];
    size_t index[TOP], n = 0;
    for (size_t i = 0; i < f->process_count; i++)
        keep_top(f->processes[i].f.rows, i, keys, index, &n);
    strbuf_puts(pen->text, "events, outstanding");
    pen_heading(pen, "Processes");
    for (size_t k = 0; k < n; k++) {
        const struct group_figures *p = &f->processes[index[k]];
        pen_link(pen, summary_link(SUMMARY_LINK_PROCESS, p->index));
        cell_put_process(pen->text, registry_process(env->snapshot->trace->registry, p->index),
                         false);
        pen->cut = CUT_MIDDLE; /* the number at the end stays */
        name_cell(pen, COUNT_CELLS + BYTES_CELLS, ROLE_TEXT);
        count_cell(pen, COUNT_CELLS + BYTES_CELLS, p->f.rows, ROLE_TEXT);
        bytes_cell(pen, env, BYTES_CELLS, p->f.outstanding_bytes, ROLE_OUTSTANDING);
        pen_end_row(pen);
        write_process_more(env->snapshot, p->index, pen);
    }
    if (f->process_count <= TOP)
        return;
    strbuf_printf(pen->text, "and %zu more", f->process_count - TOP);
    name_cell(pen, 0, ROLE_TEXT_MUTED);
    pen_end_row(pen);
}
