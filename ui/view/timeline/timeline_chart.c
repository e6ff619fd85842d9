/* Drawing the panels; the time below them is drawn by timeline_axis.c. See timeline_chart.h. */
#include "ui/view/timeline/timeline_chart.h"

#include "answer/snapshot.h"
#include "base/text.h"
#include "ui/term/glyph.h"
#include "ui/view/cell_format.h"
#include "ui/view/timeline/timeline_axis.h"
#include "ui/view/timeline/timeline_scale.h"

/* In the order in which they get room. */
enum panel { PANEL_BYTES, PANEL_ALLOCS, PANEL_BLOCKS, PANEL_COMMITTED, PANEL_FREES, PANELS };

/* From top to bottom. */
static const enum panel panel_order[PANELS] = {PANEL_BYTES, PANEL_BLOCKS, PANEL_COMMITTED,
                                               PANEL_ALLOCS, PANEL_FREES};

static const struct {
    const char *title;
    enum timeline_unit unit;
    enum role role;
} panels[PANELS] = {
    [PANEL_BYTES] = {"Outstanding bytes", TIMELINE_BYTES, ROLE_GRAPH_BAR},
    [PANEL_BLOCKS] = {"Outstanding blocks", TIMELINE_COUNT, ROLE_GRAPH_BAR},
    [PANEL_COMMITTED] = {"Committed bytes", TIMELINE_BYTES, ROLE_EVENT_CREATE},
    [PANEL_ALLOCS] = {"Allocs a second", TIMELINE_RATE, ROLE_EVENT_ALLOC},
    [PANEL_FREES] = {"Frees a second", TIMELINE_RATE, ROLE_EVENT_FREE},
};

/* Rows of a panel with its title: the first one, each further one. */
#define FIRST_ROWS 4
#define OTHER_ROWS 3

char timeline_series_letter(const struct timeline *t, uint32_t i)
{
    return i < t->series_count ? (char)('A' + i) : '.';
}

enum role timeline_series_role(uint32_t i)
{
    return i < TIMELINE_SERIES ? (enum role)(ROLE_HEAP_1 + i) : ROLE_HEAP_8;
}

/* ---- values ---- */

static uint64_t per_second(const struct timeline_chart *g, uint64_t count)
{
    int64_t ns = trace_span_ns(g->env->snapshot->trace, (int64_t)g->t->column_ticks);
    double rate = (double)count * 1e9 / (double)(ns > 0 ? ns : 1);
    return rate < 1e18 ? (uint64_t)(rate + 0.5) : (uint64_t)1e18;
}

static uint64_t value_of(const struct timeline_chart *g, enum panel p, uint32_t k)
{
    const struct timeline_column *c = &g->t->columns[k];
    switch (p) {
    case PANEL_BYTES:
        return c->most.bytes;
    case PANEL_BLOCKS:
        return c->most_blocks;
    case PANEL_COMMITTED:
        return c->end_committed != TIMELINE_UNKNOWN ? c->end_committed : 0;
    case PANEL_ALLOCS:
        return per_second(g, c->allocs);
    default:
        return per_second(g, c->frees);
    }
}

static struct timeline_scale choose_scale(const struct timeline_chart *g, enum panel p)
{
    uint64_t least = UINT64_MAX, most = 0;
    for (uint32_t k = 0; k < g->t->known; k++) {
        uint64_t value = value_of(g, p, k);
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    bool rate = p == PANEL_ALLOCS || p == PANEL_FREES;
    bool stacked = p == PANEL_BYTES && g->t->by != TIMELINE_WHOLE;
    return timeline_scale_choose(panels[p].unit, g->env, least, most, !rate && !stacked);
}

/* ---- a panel ---- */

/* The numbers of the axis: at both ends, and in the middle where that is round, too. */
static void draw_gutter(const struct timeline_chart *g, const struct timeline_scale *s,
                        const struct canvas *c)
{
    uint64_t middle = s->floor + (s->top - s->floor) / 2;
    bool has_middle = c->rows >= 5 && c->rows % 2 == 1 && (s->top - s->floor) % 2 == 0;
    for (int y = 0; y < c->rows; y++) {
        canvas_puts(c, y, TIMELINE_GUTTER - 1, ROLE_GRAPH_AXIS, GLYPH_LINE_DOWN);
        bool numbered = y == 0 || y == c->rows - 1 || (has_middle && y == c->rows / 2);
        if (!numbered || (y == c->rows - 1 && c->rows == 1))
            continue;
        strbuf_clear(g->text);
        timeline_scale_put(g->text, s, g->env,
                           y == 0             ? s->top
                           : y == c->rows - 1 ? s->floor
                                              : middle);
        canvas_field(c, y, 0, TIMELINE_GUTTER - 1, ROLE_GRAPH_AXIS, ALIGN_RIGHT, CUT_END,
                     g->text->s, g->text->len);
    }
}

static bool is_outside(const struct timeline_chart *g, uint32_t first, uint32_t count)
{
    return timeline_column_time(g->t, first + count) <= g->since ||
           timeline_column_time(g->t, first) > g->until;
}

static bool has_peak(const struct timeline_chart *g, uint32_t first, uint32_t count)
{
    const struct timeline *t = g->t;
    uint32_t k = timeline_column_of(t, t->peak.time);
    return t->has_peak && k >= first && k < first + count;
}

/* What is outside the range counts for nothing: it is muted. */
static enum role role_of(const struct timeline_chart *g, enum panel p, int cell, uint32_t first,
                         uint32_t count)
{
    if (cell == timeline_place_cell(g->place, g->t))
        return ROLE_GRAPH_CURSOR;
    if (is_outside(g, first, count))
        return ROLE_TEXT_MUTED;
    return p == PANEL_BYTES && has_peak(g, first, count) ? ROLE_GRAPH_PEAK : panels[p].role;
}

/* The line of the cursor shows where there is no area. */
static void draw_cursor(const struct timeline_chart *g, const struct canvas *c)
{
    int cell = timeline_place_cell(g->place, g->t);
    for (int y = 0; cell >= 0 && cell < c->cols && y < c->rows; y++)
        canvas_puts(c, y, cell, ROLE_GRAPH_CURSOR, GLYPH_LINE_DOWN);
}

static void draw_area(const struct timeline_chart *g, enum panel p, const struct timeline_scale *s,
                      const struct canvas *c)
{
    for (int cell = 0; cell < c->cols; cell++) {
        uint32_t count, first = timeline_place_columns(g->place, g->t, cell, &count);
        int heights[2] = {0, 0};
        for (uint32_t i = 0; count > 0 && i < (uint32_t)g->grain.samples; i++)
            heights[i] = timeline_scale_level(
                s, value_of(g, p, first + i * count / (uint32_t)g->grain.samples),
                c->rows * g->grain.levels);
        if (count > 0)
            canvas_area(c, cell, role_of(g, p, cell, first, count), g->grain, heights);
    }
}

/* ---- stacked ---- */

/* The series that fills the level `at` of the column's area; `series_count` is all others. */
static uint32_t series_at(const struct timeline *t, const struct timeline_moment *m, uint64_t at)
{
    uint64_t below = 0;
    for (uint32_t i = 0; i < t->series_count; i++) {
        below += m->series[i];
        if (at < below)
            return i;
    }
    return t->series_count;
}

/* A letter in each cell whose middle the area reaches; what is too low for that still shows. */
static void draw_stack(const struct timeline_chart *g, const struct timeline_scale *s,
                       const struct canvas *c)
{
    for (int cell = 0; cell < c->cols; cell++) {
        uint32_t count, first = timeline_place_columns(g->place, g->t, cell, &count);
        const struct timeline_moment *m = timeline_place_most(g->place, g->t, cell);
        if (m == NULL || m->bytes == 0)
            continue;
        int levels = timeline_scale_level(s, m->bytes, c->rows * 2);
        int filled = levels > 1 ? (levels + 1) / 2 : 1;
        enum role special = role_of(g, PANEL_BLOCKS, cell, first, count);
        for (int i = 0; i < filled; i++) {
            double at = (double)s->top * (2 * i + 1) / (2 * c->rows);
            uint32_t series =
                series_at(g->t, m, at < (double)m->bytes ? (uint64_t)at : m->bytes - 1);
            char letter[2] = {timeline_series_letter(g->t, series), '\0'};
            canvas_puts(c, c->rows - 1 - i, cell,
                        special != panels[PANEL_BLOCKS].role ? special
                                                             : timeline_series_role(series),
                        letter);
        }
    }
}

/* ---- titles ---- */

static void put_moment(const struct timeline_chart *g, const struct timeline_moment *m)
{
    strbuf_puts(g->text, " at ");
    cell_put_time(g->text, g->env, m->time);
    if (m->row != ROW_NONE) {
        strbuf_puts(g->text, ", row ");
        text_put_grouped(g->text, m->row);
    }
}

static void put_title(const struct timeline_chart *g, enum panel p)
{
    static const char *const stacked[TIMELINE_PARTINGS] = {
        [TIMELINE_WHOLE] = "",
        [TIMELINE_BY_HEAP] = " by heap",
        [TIMELINE_BY_SOURCE] = " by Source",
        [TIMELINE_BY_SIZE] = " by size",
    };
    strbuf_clear(g->text);
    strbuf_puts(g->text, panels[p].title);
    strbuf_puts(g->text, p == PANEL_BYTES ? stacked[g->t->by] : "");
}

static void put_peak(const struct timeline_chart *g)
{
    strbuf_clear(g->text);
    if (!g->t->has_peak)
        return;
    strbuf_puts(g->text, "peak ");
    cell_put_bytes(g->text, g->env, g->t->peak.bytes);
    put_moment(g, &g->t->peak);
}

static void draw_title(const struct timeline_chart *g, enum panel p, const struct canvas *c)
{
    put_title(g, p);
    int x =
        TIMELINE_GUTTER + canvas_puts(c, 0, TIMELINE_GUTTER, ROLE_TITLE_FOCUS, strbuf_str(g->text));
    if (p != PANEL_BYTES)
        return;
    put_peak(g);
    canvas_field(c, 0, x + 2, c->cols - x - 2, ROLE_GRAPH_PEAK, ALIGN_LEFT, CUT_END, g->text->s,
                 g->text->len);
}

static void draw_panel(const struct timeline_chart *g, enum panel p, const struct canvas *c)
{
    struct canvas below = canvas_sub(c, 1, 0, c->rows - 1, c->cols);
    struct canvas graph =
        canvas_sub(&below, 0, TIMELINE_GUTTER, below.rows, below.cols - TIMELINE_GUTTER);
    struct timeline_scale s = choose_scale(g, p);
    draw_title(g, p, c);
    draw_gutter(g, &s, &below);
    draw_cursor(g, &graph);
    if (p == PANEL_BYTES && g->t->by != TIMELINE_WHOLE)
        draw_stack(g, &s, &graph);
    else
        draw_area(g, p, &s, &graph);
}

/* ---- all of them ---- */

/* Whether there is something to draw: heaps that tell no space leave that panel out. */
static bool is_known(const struct timeline_chart *g, enum panel p)
{
    for (uint32_t k = 0; p == PANEL_COMMITTED && k < g->t->known; k++)
        if (g->t->columns[k].end_committed != TIMELINE_UNKNOWN)
            return true;
    return p != PANEL_COMMITTED;
}

/* Chooses the panels for `rows` rows; returns how many besides the first. */
static int choose_panels(const struct timeline_chart *g, int rows, bool *out_chosen)
{
    int others = 0;
    out_chosen[PANEL_BYTES] = true;
    for (int p = PANEL_BYTES + 1; p < PANELS; p++) {
        out_chosen[p] =
            is_known(g, (enum panel)p) && FIRST_ROWS + (others + 1) * OTHER_ROWS <= rows;
        others += out_chosen[p];
    }
    return others;
}

void timeline_chart_draw(const struct timeline_chart *g, const struct canvas *c)
{
    bool chosen[PANELS];
    int rows = c->rows - TIMELINE_AXIS_ROWS;
    int others = choose_panels(g, rows, chosen);
    /* The first one gets about as much as two others, and what is left over. */
    int each = others > 0 ? rows / (others + 2) : 0;
    each = each > OTHER_ROWS ? each : OTHER_ROWS;
    for (int i = 0, y = 0; i < PANELS; i++) {
        if (!chosen[panel_order[i]])
            continue;
        int height = panel_order[i] == PANEL_BYTES ? rows - others * each : each;
        struct canvas panel = canvas_sub(c, y, 0, height, c->cols);
        draw_panel(g, panel_order[i], &panel);
        y += height;
    }
    struct canvas axis = canvas_sub(c, rows, 0, TIMELINE_AXIS_ROWS, c->cols);
    timeline_axis_draw(g, &axis);
}
