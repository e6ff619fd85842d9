/* Zooming, panning and the cursor; see timeline_place.h. */
#include "ui/view/timeline/timeline_place.h"

void timeline_place_init(struct timeline_place *p)
{
    *p = (struct timeline_place){.whole = true, .samples = 1, .at_end = true, .row = ROW_NONE};
}

static uint32_t columns_of(const struct timeline_place *p)
{
    uint32_t cells = p->cells > 0 ? (uint32_t)p->cells : 80;
    uint32_t columns = cells * (uint32_t)p->samples;
    return columns < TIMELINE_MOST_COLUMNS ? columns : TIMELINE_MOST_COLUMNS;
}

void timeline_place_ask(const struct timeline_place *p, enum timeline_parting by,
                        struct timeline_spec *out_spec)
{
    bool fixed = !p->whole && !p->tail;
    *out_spec = (struct timeline_spec){
        .since = fixed ? p->from : INT64_MIN,
        .until = fixed ? (int64_t)((uint64_t)p->from + (p->span - 1)) : INT64_MAX,
        .tail = !p->whole && p->tail ? p->span : 0,
        .columns = columns_of(p),
        .by = by,
        .row = p->at_end ? ROW_NONE : p->row,
    };
}

/* ---- cells ---- */

/* Cells of the answer: those that are drawn, unless it was asked for before they were others. */
static uint64_t cells_of(const struct timeline_place *p)
{
    return p->cells > 0 ? (uint64_t)p->cells : 1;
}

uint64_t timeline_place_ticks(const struct timeline_place *p, const struct timeline *t)
{
    uint64_t ticks = t->column_ticks / cells_of(p) * t->count +
                     t->column_ticks % cells_of(p) * t->count / cells_of(p);
    return ticks > 0 ? ticks : 1;
}

static int64_t cursor_time(const struct timeline_place *p, const struct timeline *t)
{
    return p->at_end ? t->last : p->time;
}

int timeline_place_cell_of(const struct timeline_place *p, const struct timeline *t, int64_t raw)
{
    if (raw < t->from)
        return -1;
    uint64_t column = ((uint64_t)raw - (uint64_t)t->from) / t->column_ticks;
    return column < t->count ? (int)(column * cells_of(p) / t->count) : (int)cells_of(p);
}

int timeline_place_cell(const struct timeline_place *p, const struct timeline *t)
{
    return timeline_place_cell_of(p, t, cursor_time(p, t));
}

uint32_t timeline_place_columns(const struct timeline_place *p, const struct timeline *t, int cell,
                                uint32_t *out_count)
{
    uint64_t cells = cells_of(p);
    *out_count = 0;
    if (cell < 0 || (uint64_t)cell >= cells)
        return t->known;
    /* The first column whose time lies in the cell. */
    uint32_t first = (uint32_t)(((uint64_t)cell * t->count + cells - 1) / cells);
    uint32_t end = (uint32_t)((((uint64_t)cell + 1) * t->count + cells - 1) / cells);
    if (t->count < cells)
        end = (first = (uint32_t)((uint64_t)cell * t->count / cells)) + 1;
    if (first < t->known)
        *out_count = (end < t->known ? end : t->known) - first;
    return first;
}

const struct timeline_moment *timeline_place_most(const struct timeline_place *p,
                                                  const struct timeline *t, int cell)
{
    uint32_t count, first = timeline_place_columns(p, t, cell, &count);
    const struct timeline_moment *most = NULL;
    for (uint32_t k = first; k < first + count; k++)
        if (most == NULL || t->columns[k].most.bytes > most->bytes)
            most = &t->columns[k].most;
    return most;
}

const struct timeline_moment *timeline_place_moment(const struct timeline_place *p,
                                                    const struct timeline *t)
{
    if (p->at_end || p->row != ROW_NONE) {
        bool told = t->has_at && t->base.spec.timeline.row == (p->at_end ? ROW_NONE : p->row);
        return told ? &t->at : NULL;
    }
    return timeline_place_most(p, t, timeline_place_cell(p, t));
}

/* ---- the window ---- */

static uint64_t distance(int64_t from, int64_t to)
{
    return to > from ? (uint64_t)to - (uint64_t)from : 0;
}

static uint64_t whole_span(const struct timeline *t)
{
    return distance(t->first, t->last) + 1;
}

/* The window as it is by now. */
static void get_window(const struct timeline_place *p, const struct timeline *t, int64_t *out_from,
                       uint64_t *out_span)
{
    *out_span = p->whole ? whole_span(t) : p->span;
    *out_from = p->whole ? t->first : p->from;
    if (!p->whole && p->tail)
        *out_from = (int64_t)((uint64_t)t->last - (p->span - 1));
}

/* Inside the trace, of which a window as long as that is the whole. */
static void set_window(struct timeline_place *p, const struct timeline *t, int64_t from,
                       uint64_t span)
{
    uint64_t whole = whole_span(t);
    p->whole = span >= whole;
    p->tail = false;
    p->span = span;
    int64_t latest = (int64_t)((uint64_t)t->last - (span - 1));
    if (p->whole || from < t->first)
        from = t->first;
    else if (from > latest)
        from = latest;
    p->from = from;
}

static int64_t earlier(int64_t time, uint64_t ticks)
{
    return (uint64_t)time - (uint64_t)INT64_MIN > ticks ? (int64_t)((uint64_t)time - ticks)
                                                        : INT64_MIN;
}

static int64_t later(int64_t time, uint64_t ticks)
{
    return (uint64_t)INT64_MAX - (uint64_t)time > ticks ? (int64_t)((uint64_t)time + ticks)
                                                        : INT64_MAX;
}

/* Keeps the part of the window before the cursor. */
static void set_span(struct timeline_place *p, const struct timeline *t, uint64_t span)
{
    int64_t from, time = cursor_time(p, t);
    uint64_t old;
    get_window(p, t, &from, &old);
    double part = (double)distance(from, time) / (double)old;
    part = part < 1 ? part : 1;
    bool follows = p->at_end;
    set_window(p, t, earlier(time, (uint64_t)(part * (double)span)), span);
    p->tail = follows && !p->whole;
}

bool timeline_place_zoom_in(struct timeline_place *p, const struct timeline *t, uint64_t factor)
{
    uint64_t span = p->whole ? whole_span(t) : p->span, least = columns_of(p);
    if (span <= least)
        return false;
    span = span / factor > 0 ? span : factor;
    /* Columns of whole ticks: the cursor would drift. */
    set_span(p, t, (span / factor / least + (span / factor % least != 0)) * least);
    return true;
}

bool timeline_place_zoom_out(struct timeline_place *p, const struct timeline *t, uint64_t factor)
{
    uint64_t span;
    if (p->whole)
        return false;
    if (__builtin_mul_overflow(p->span, factor, &span))
        span = UINT64_MAX;
    set_span(p, t, span < whole_span(t) ? span : whole_span(t));
    return true;
}

void timeline_place_show(struct timeline_place *p, const struct timeline *t, int64_t since,
                         int64_t until)
{
    since = since > t->first ? since : t->first;
    until = until < t->last ? until : t->last;
    uint64_t span = distance(since, until) + 1, least = columns_of(p);
    set_window(p, t, since, span > least ? span : least);
}

/* ---- the cursor ---- */

static int64_t within(const struct timeline *t, int64_t time)
{
    return time < t->first ? t->first : time > t->last ? t->last : time;
}

/* Cells that lie outside come into view with the window moving as little as it must, and a little
 * more. */
static void reveal(struct timeline_place *p, const struct timeline *t)
{
    int64_t from;
    uint64_t span;
    get_window(p, t, &from, &span);
    uint64_t ahead = span / 8;
    if (p->whole)
        return;
    if (p->time < from)
        set_window(p, t, earlier(p->time, ahead), span);
    else if (distance(from, p->time) >= span)
        set_window(p, t, earlier(p->time, span - 1 - ahead), span);
    else
        set_window(p, t, from, span);
}

void timeline_place_go(struct timeline_place *p, const struct timeline *t, int64_t time,
                       uint64_t row)
{
    p->at_end = false;
    p->time = within(t, time);
    p->row = row;
    reveal(p, t);
}

void timeline_place_go_first(struct timeline_place *p, const struct timeline *t)
{
    timeline_place_go(p, t, t->first, ROW_NONE);
}

void timeline_place_go_last(struct timeline_place *p)
{
    p->at_end = true;
    p->tail = !p->whole;
    p->row = ROW_NONE;
}

static int64_t moved(int64_t time, int64_t cells, uint64_t ticks)
{
    uint64_t by;
    uint64_t n = cells < 0 ? 0 - (uint64_t)cells : (uint64_t)cells;
    if (__builtin_mul_overflow(n, ticks, &by))
        by = UINT64_MAX;
    return cells < 0 ? earlier(time, by) : later(time, by);
}

/* The first time that lies in the cell. */
static int64_t cell_time(const struct timeline_place *p, const struct timeline *t, int cell)
{
    uint64_t column = ((uint64_t)cell * t->count + cells_of(p) - 1) / cells_of(p);
    return timeline_column_time(t, (uint32_t)column);
}

static bool is_cell(const struct timeline_place *p, int64_t cell)
{
    return cell >= 0 && (uint64_t)cell < cells_of(p);
}

/* To where the cell begins: from there on the cell's greatest moment is meant. */
void timeline_place_move(struct timeline_place *p, const struct timeline *t, int64_t cells)
{
    int cell = timeline_place_cell(p, t);
    int64_t from = is_cell(p, cell) ? cell_time(p, t, cell) : cursor_time(p, t), to;
    if (is_cell(p, cell) && is_cell(p, cell + cells))
        to = cell_time(p, t, cell + (int)cells);
    else
        to = moved(from, cells, timeline_place_ticks(p, t));
    if (to > t->last && cells > 0)
        timeline_place_go_last(p);
    else
        timeline_place_go(p, t, to, ROW_NONE);
}

void timeline_place_pan(struct timeline_place *p, const struct timeline *t, int64_t cells)
{
    int64_t from, time = cursor_time(p, t);
    uint64_t span;
    get_window(p, t, &from, &span);
    if (!p->whole)
        set_window(p, t, moved(from, cells, timeline_place_ticks(p, t)), span);
    int64_t to = moved(time, cells, timeline_place_ticks(p, t));
    if (to > t->last)
        timeline_place_go_last(p);
    else
        timeline_place_go(p, t, to, ROW_NONE);
}
