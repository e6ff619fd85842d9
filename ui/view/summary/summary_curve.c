/* Outstanding bytes over time in three lines; see summary_blocks.h. */
#include "answer/snapshot.h"
#include "base/text.h"
#include "ui/view/cell_format.h"
#include "ui/view/summary/summary_blocks.h"

#define CHART_ROWS  3
#define CHART_CELLS 256

struct chart {
    uint64_t values[CHART_CELLS];
    int count;
    uint64_t floor, peak; /* what the bars' lower and upper ends stand for */
};

/*
 * Where the bars begin: at 0, unless every value lies in the upper half, where all bars would look
 * alike. Then at a round number (a multiple of a power of two) below the lowest.
 */
static uint64_t choose_floor(uint64_t lowest, uint64_t peak)
{
    if (lowest == peak || lowest <= peak / 2)
        return 0;
    uint64_t step = 1;
    while (step <= (peak - lowest) / 2)
        step *= 2;
    return (lowest - 1) / step * step;
}

static void make_chart(struct chart *chart, const struct summary *f, int cells)
{
    uint64_t lowest = UINT64_MAX;
    *chart = (struct chart){.count = cells < CHART_CELLS ? cells : CHART_CELLS};
    cell_sample_curve(&f->curve, f->first, f->last, (size_t)chart->count, chart->values);
    for (int i = 0; i < chart->count; i++) {
        uint64_t value = chart->values[i];
        chart->peak = value > chart->peak ? value : chart->peak;
        lowest = value < lowest ? value : lowest;
    }
    chart->floor = choose_floor(lowest, chart->peak);
}

/* How high a value's bar is; what is there is seen. */
static int count_eighths(const struct chart *chart, uint64_t value)
{
    double share = (double)(value - chart->floor) / (double)(chart->peak - chart->floor);
    int eighths = (int)(share * (CHART_ROWS * 8));
    return eighths > 0 ? eighths : 1;
}

static void draw_chart(const struct pen *pen, const struct chart *chart)
{
    struct canvas c = canvas_sub(&pen->c, pen->y, PEN_INDENT, CHART_ROWS, pen->c.cols - PEN_INDENT);
    for (int i = 0; i < chart->count; i++) {
        uint64_t value = chart->values[i];
        int eighths = value > 0 ? count_eighths(chart, value) : 0;
        enum role role = value == chart->peak ? ROLE_GRAPH_PEAK : ROLE_GRAPH_BAR;
        canvas_area(&c, i, role, canvas_grain(&c, false), &eighths);
    }
}

static void write_heading(const struct view_env *env, const struct chart *chart,
                          const struct figures *total, struct pen *pen)
{
    if (chart->floor > 0) {
        strbuf_puts(pen->text, "bars from ");
        cell_put_bytes(pen->text, env, chart->floor);
        strbuf_puts(pen->text, ", ");
    }
    strbuf_puts(pen->text, "peak ");
    cell_put_bytes(pen->text, env, total->peak_bytes);
    strbuf_puts(pen->text, " at ");
    cell_put_time(pen->text, env, total->peak_time);
    if (total->peak_row != ROW_NONE) {
        strbuf_puts(pen->text, ", row ");
        text_put_grouped(pen->text, total->peak_row);
    }
    pen_heading(pen, "Outstanding bytes");
}

/* Under the chart: the moments its ends stand for. The trace begins earlier and ends later. */
static void write_axis(const struct view_env *env, const struct summary *f, int cells,
                       struct pen *pen)
{
    strbuf_puts(pen->text, "first event ");
    cell_put_time(pen->text, env, f->first);
    pen_cell(pen, PEN_INDENT, cells, ALIGN_LEFT, ROLE_GRAPH_AXIS);
    strbuf_puts(pen->text, "last event ");
    cell_put_time(pen->text, env, f->last);
    strbuf_puts(pen->text, ", trace ");
    text_put_duration(pen->text, snapshot_duration(env->snapshot));
    int width = (int)pen->text->len;
    pen_cell(pen, PEN_INDENT + cells - width, width, ALIGN_RIGHT, ROLE_GRAPH_AXIS);
    pen_end_row(pen);
}

void summary_write_curve(void *ctx, struct pen *pen)
{
    const struct view_env *env = ctx;
    const struct summary *f = summary_figures(ctx);
    int cells = pen->c.cols - 2 * PEN_INDENT;
    if (f == NULL || f->curve.points == 0 || f->total.peak_time == INT64_MIN || cells <= 0)
        return;
    struct chart chart;
    make_chart(&chart, f, cells);
    write_heading(env, &chart, &f->total, pen);
    draw_chart(pen, &chart);
    pen->y += CHART_ROWS;
    write_axis(env, f, chart.count, pen);
}
