/* Cells of all screens; see cell_format.h. */
#include "ui/view/cell_format.h"

#include "answer/snapshot.h"
#include "base/text.h"
#include "decoder/heap_op.h"
#include "model/process_words.h"
#include "ui/term/glyph.h"
#include "ui/view/wall_clock.h"

/* "Time of day"; "0.444 624 4". */
#define TIME_WIDTH 11

void cell_put_time(struct strbuf *b, const struct view_env *env, int64_t raw)
{
    const struct snapshot *s = env->snapshot;
    if (!env->settings->wall_time) {
        text_put_seconds(b, trace_ns(s->trace, raw));
        return;
    }
    int64_t utc = etl_clock_filetime(&s->trace->clock, raw);
    int64_t minutes = env->settings->utc ? 0 : wall_clock_offset(&s->header.zone, utc);
    wall_clock_put_time(b, wall_clock_shift(utc, minutes));
}

void cell_fit_time(struct list_column *column, const struct view_env *env, struct strbuf *scratch)
{
    const struct snapshot *s = env->snapshot;
    column->title = env->settings->wall_time ? "Time of day" : "Time (s)";
    strbuf_clear(scratch);
    if (s != NULL && s->trace != NULL && s->last_time != INT64_MIN)
        cell_put_time(scratch, env, s->last_time);
    int width = (int)scratch->len;
    column->min_width = column->max_width = width > TIME_WIDTH ? width : TIME_WIDTH;
}

void cell_fit_row(struct list_column *column, const struct view_env *env, int least,
                  struct strbuf *scratch)
{
    const struct snapshot *s = env->snapshot;
    strbuf_clear(scratch);
    if (s != NULL && s->rows > 0)
        text_put_grouped(scratch, s->rows - 1);
    int width = (int)scratch->len;
    column->min_width = column->max_width = width > least ? width : least;
}

void cell_put_exact_moment(struct strbuf *b, int64_t ns)
{
    uint64_t v = (uint64_t)(ns < 0 ? 0 : ns);
    text_put_grouped(b, v / 1000000000);
    strbuf_printf(b, ".%09u", (unsigned)(v % 1000000000));
    for (int dropped = 0; dropped < 6 && b->s[b->len - 1] == '0'; dropped++)
        strbuf_truncate(b, b->len - 1);
    strbuf_puts(b, " s");
}

void cell_put_moment(struct strbuf *b, int64_t ns)
{
    text_put_moment(b, ns);
}

void cell_put_bytes(struct strbuf *b, const struct view_env *env, uint64_t bytes)
{
    if (env->settings->short_units) {
        text_put_size(b, bytes);
        return;
    }
    text_put_grouped(b, bytes);
    strbuf_puts(b, " B");
}

void cell_put_percent(struct strbuf *b, uint64_t part, uint64_t whole)
{
    if (whole == 0)
        return;
    double percent = 100.0 * (double)part / (double)whole;
    bool exact = part == 0 || part == whole || (percent >= 9.95 && percent < 90.0);
    /* 99.97 is not everything, 0.02 is not nothing. */
    if (part < whole && percent > 99.9)
        percent = 99.9;
    if (part > 0 && percent < 0.1)
        percent = 0.1;
    strbuf_printf(b, exact ? "%.0f %%" : "%.1f %%", percent);
}

unsigned cell_percent(uint64_t done, uint64_t whole)
{
    if (done >= whole)
        return 100;
    unsigned percent = (unsigned)((double)done * 100.0 / (double)whole);
    return percent < 100 ? percent : 99;
}

void cell_put_heap(struct strbuf *b, const struct heap *heap)
{
    strbuf_put_hex(b, heap->handle);
    if (heap->generation > 1)
        strbuf_printf(b, " #%u", heap->generation);
}

void cell_put_process(struct strbuf *b, const struct process *process, bool brackets)
{
    process_put_name(b, process, brackets);
}

void cell_put_thread(struct strbuf *b, const struct thread *thread)
{
    if (thread != NULL && thread->tid != EVENT_NO_ID)
        strbuf_put_u64(b, thread->tid);
    else
        strbuf_putc(b, '?');
}

void cell_put_source(struct strbuf *b, uint32_t source)
{
    const char *name = heap_source_name(source);
    strbuf_put_u64(b, source);
    if (name != NULL)
        strbuf_printf(b, " %s", name);
}

void cell_put_power(struct strbuf *b, uint64_t bytes)
{
    static const char unit[] = "\0KMGTPE";
    size_t i = 0;
    while (bytes >= 1024 && i + 2 < sizeof unit) {
        bytes /= 1024;
        i++;
    }
    strbuf_put_u64(b, bytes);
    if (unit[i] != '\0')
        strbuf_putc(b, unit[i]);
}

void cell_put_size_class(struct strbuf *b, unsigned k)
{
    uint64_t from = fold_class_from(k), to = fold_class_to(k);
    cell_put_power(b, from);
    if (to - from <= 1)
        return;
    strbuf_puts(b, " to <");
    cell_put_power(b, to);
}

double cell_rate(const struct snapshot *s, uint64_t count, uint64_t last_second)
{
    const struct query_spec *asked = query_asked(s->query);
    const struct summary *f = s->summary;
    if (s->source.state == SOURCE_FOLLOWING)
        return (double)last_second;
    if (f == NULL || f->first == INT64_MIN)
        return 0;
    int64_t from = asked->since != INT64_MIN ? asked->since : trace_ns(s->trace, f->first);
    int64_t to = asked->until != INT64_MAX ? asked->until : trace_ns(s->trace, f->last);
    double seconds = ((double)to - (double)from) / 1e9;
    return seconds > 0 ? (double)count / seconds : 0;
}

void cell_put_rate(struct strbuf *b, double rate)
{
    if (rate >= 1)
        text_put_count(b, (uint64_t)(rate + 0.5));
    else if (rate <= 0)
        strbuf_putc(b, '0');
    else
        strbuf_printf(b, rate < 0.01 ? "<0.01" : "%.2f", rate);
}

void cell_set_role(struct list_cell *cell, enum role role)
{
    if (cell->role == ROLE_TEXT)
        cell->role = role;
}

static void show_zero(struct list_cell *cell)
{
    strbuf_puts(cell->text, GLYPH_ZERO);
    cell->role = ROLE_TEXT_MUTED;
}

/* Figures are ASCII: a byte is a cell. */
static bool is_too_long(const struct list_cell *cell)
{
    return cell->width > 0 && cell->text->len > (size_t)cell->width;
}

void cell_show_count(struct list_cell *cell, uint64_t v)
{
    if (v == 0) {
        show_zero(cell);
        return;
    }
    text_put_grouped(cell->text, v);
    if (!is_too_long(cell))
        return;
    strbuf_clear(cell->text);
    text_put_count(cell->text, v);
}

static uint64_t put_sign(struct strbuf *b, int64_t by)
{
    if (by != 0)
        strbuf_putc(b, by < 0 ? '-' : '+');
    return by < 0 ? 0 - (uint64_t)by : (uint64_t)by;
}

void cell_put_delta(struct strbuf *b, int64_t by)
{
    text_put_grouped(b, put_sign(b, by));
}

void cell_put_delta_bytes(struct strbuf *b, const struct view_env *env, int64_t by)
{
    cell_put_bytes(b, env, put_sign(b, by));
}

void cell_show_bytes(struct list_cell *cell, const struct view_env *env, uint64_t bytes)
{
    if (bytes == 0) {
        show_zero(cell);
        return;
    }
    cell_put_bytes(cell->text, env, bytes);
    if (!is_too_long(cell))
        return;
    strbuf_clear(cell->text);
    text_put_size(cell->text, bytes);
}

void cell_show_size(struct list_cell *cell, const struct view_env *env, uint64_t size)
{
    if (!env->settings->short_units)
        text_put_grouped(cell->text, size);
    if (!env->settings->short_units && !is_too_long(cell))
        return;
    strbuf_clear(cell->text);
    text_put_size(cell->text, size);
}

void cell_show_unknown(struct list_cell *cell)
{
    strbuf_putc(cell->text, '?');
    cell->role = ROLE_TEXT_MUTED;
}

enum role cell_op_role(unsigned op)
{
    switch (op) {
    case HEAP_OP_ALLOC:
        return ROLE_EVENT_ALLOC;
    case HEAP_OP_REALLOC:
        return ROLE_EVENT_REALLOC;
    case HEAP_OP_FREE:
        return ROLE_EVENT_FREE;
    case HEAP_OP_CREATE:
        return ROLE_EVENT_CREATE;
    case HEAP_OP_DESTROY:
        return ROLE_EVENT_DESTROY;
    default:
        return ROLE_EVENT_OTHER;
    }
}

/* Small ones come from the low-fragmentation heap (up to 16 KiB), huge ones from VirtualAlloc
 * (from about 508 KiB). */
enum role cell_size_role(uint64_t size)
{
    if (size < 1024)
        return ROLE_SIZE_SMALL;
    if (size <= 16384)
        return ROLE_SIZE_MEDIUM;
    return size < 508 * 1024 ? ROLE_SIZE_LARGE : ROLE_SIZE_HUGE;
}

enum role cell_heap_role(uint32_t heap)
{
    return (enum role)(ROLE_HEAP_1 + heap % 8);
}

/* Ticks of [0, span] that sample `i` of `n` begins at. */
static uint64_t sample_start(uint64_t span, size_t i, size_t n)
{
    return (uint64_t)((double)span * (double)i / (double)n);
}

static uint64_t curve_value(const struct curve *curve, uint32_t point)
{
    float v = curve->bytes[point < curve->points ? point : curve->points - 1];
    return v > 0 ? (uint64_t)v : 0;
}

void cell_sample_curve(const struct curve *curve, int64_t from, int64_t to, size_t n,
                       uint64_t *out_values)
{
    uint64_t span = (uint64_t)to - (uint64_t)from;
    for (size_t i = 0; i < n; i++) {
        out_values[i] = 0;
        uint64_t first = (uint64_t)from + sample_start(span, i, n);
        uint64_t last = (uint64_t)from + sample_start(span, i + 1, n);
        if (curve->points == 0 || curve->bin_ticks == 0 || (int64_t)last <= curve->start)
            continue;
        uint64_t skip = (int64_t)first > curve->start ? first - (uint64_t)curve->start : 0;
        uint64_t begin = skip / curve->bin_ticks;
        uint64_t end = (last - (uint64_t)curve->start) / curve->bin_ticks;
        if (i + 1 == n)
            end = curve->points; /* the bin that is not over is part of it */
        if (begin >= curve->points)
            begin = curve->points - 1;
        for (uint64_t p = begin; p == begin || (p < end && p < curve->points); p++) {
            uint64_t v = curve_value(curve, (uint32_t)p);
            if (v > out_values[i])
                out_values[i] = v;
        }
    }
}
