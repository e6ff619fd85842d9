/* Ticks and what stands on the line of time; see timeline_axis.h. */
#include "ui/view/timeline/timeline_axis.h"

#include "answer/snapshot.h"
#include "ui/term/glyph.h"
#include "ui/view/timeline/timeline_scale.h"

/* Cells between two ticks at least, times of day need more; and between two numbers. */
#define TICK_CELLS  14
#define CLOCK_CELLS 20
#define LABEL_GAP   2

/* More ticks than this there are never. */
#define MOST_TICKS 64

static int cell_of(const struct timeline_chart *g, int64_t raw)
{
    return timeline_place_cell_of(g->place, g->t, raw);
}

/* ---- ticks ---- */

static int64_t ns_at(const struct timeline_chart *g, uint32_t k)
{
    return trace_ns(g->env->snapshot->trace, timeline_column_time(g->t, k));
}

static void draw_ticks(const struct timeline_chart *g, const struct canvas *line,
                       const struct canvas *labels)
{
    const struct trace *trace = g->env->snapshot->trace;
    int64_t begin = ns_at(g, 0), end = ns_at(g, g->t->count);
    int least = g->env->settings->wall_time ? CLOCK_CELLS : TICK_CELLS;
    int64_t span = end > begin ? end - begin : 1;
    int64_t step = timeline_scale_step(span / (line->cols / least + 1) + 1);
    int64_t tick = begin / step * step;
    int free_from = 0;
    for (int i = 0; i < MOST_TICKS && tick <= end; i++, tick += step) {
        int cell = cell_of(g, trace_raw(trace, tick));
        if (tick < begin || cell < 0 || cell >= line->cols)
            continue;
        canvas_puts(line, 0, cell, ROLE_GRAPH_AXIS, GLYPH_LINE_TICK);
        strbuf_clear(g->text);
        timeline_scale_put_time(g->text, g->env, tick, step);
        int width = (int)g->text->len, x = cell - width / 2;
        x = x < 0 ? 0 : x;
        if (x < free_from || x + width > labels->cols)
            continue;
        canvas_puts(labels, 0, x, ROLE_GRAPH_AXIS, strbuf_str(g->text));
        free_from = x + width + LABEL_GAP;
    }
}

/* ---- what stands on the line ---- */

static void draw_range(const struct timeline_chart *g, const struct canvas *line)
{
    bool open = g->since == INT64_MIN, endless = g->until == INT64_MAX;
    if (open && endless)
        return;
    int from = open ? 0 : cell_of(g, g->since), to = endless ? line->cols : cell_of(g, g->until);
    for (int x = from > 0 ? from : 0; x <= to && x < line->cols; x++)
        canvas_puts(line, 0, x, ROLE_STATUS_FILTER, GLYPH_LINE_THICK);
    if (!open)
        canvas_puts(line, 0, from, ROLE_STATUS_FILTER, "[");
    if (!endless)
        canvas_puts(line, 0, to, ROLE_STATUS_FILTER, "]");
}

static void draw_marks(const struct timeline_chart *g, const struct canvas *line)
{
    const struct view_env *env = g->env;
    for (size_t i = 0; i < env->mark_count; i++) {
        char letter[2] = {env->marks[i].letter, '\0'};
        int cell = cell_of(g, env->marks[i].time);
        if (cell >= 0)
            canvas_puts(line, 0, cell, ROLE_LIST_MARKED, letter);
    }
}

void timeline_axis_draw(const struct timeline_chart *g, const struct canvas *c)
{
    struct canvas line = canvas_sub(c, 0, TIMELINE_GUTTER, 1, c->cols - TIMELINE_GUTTER);
    struct canvas labels = canvas_sub(c, 1, TIMELINE_GUTTER, 1, c->cols - TIMELINE_GUTTER);
    if (line.cols <= 0)
        return;
    canvas_line(&line, 0, 0, line.cols, ROLE_GRAPH_AXIS);
    draw_ticks(g, &line, &labels);
    draw_range(g, &line);
    if (g->t->has_peak)
        canvas_puts(&line, 0, cell_of(g, g->t->peak.time), ROLE_GRAPH_PEAK, GLYPH_SORT_UP);
    draw_marks(g, &line);
    canvas_puts(c, 1, 2, ROLE_GRAPH_AXIS, g->env->settings->wall_time ? "time" : "seconds");
}
