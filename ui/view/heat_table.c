/* Source x size class; see heat_table.h. */
#include "ui/view/heat_table.h"

#include <math.h>

#include "ui/term/glyph.h"
#include "ui/view/cell_format.h"

#define LABEL_CELLS 14
#define CELL        6 /* a blank, the sign, four for the count */

/* The classes that are shown: [first, last], the ones below or above joined to the ends. */
struct heat_axis {
    unsigned first, last;
    bool joins_below, joins_above;
    uint64_t max;
};

static uint64_t sum_classes(const struct source_figures *f, unsigned from, unsigned to)
{
    uint64_t sum = 0;
    for (unsigned k = from; k <= to && k < FOLD_SIZE_CLASSES; k++)
        sum += f->by_size[k];
    return sum;
}

/* Failed Allocs are in no class: a Source that has only those has no row. */
static bool has_allocs(const struct source_figures *f)
{
    return sum_classes(f, 0, FOLD_SIZE_CLASSES - 1) > 0;
}

int heat_table_rows(const struct source_figures *rows, size_t n)
{
    int used = 0;
    for (size_t i = 0; i < n; i++)
        used += has_allocs(&rows[i]) ? 1 : 0;
    return used > 0 ? used + 1 : 0;
}

/* What the column of class `k` shows of a Source. */
static uint64_t column_value(const struct heat_axis *a, const struct source_figures *f, unsigned k)
{
    return sum_classes(f, k == a->first ? 0 : k, k == a->last ? FOLD_SIZE_CLASSES - 1 : k);
}

static uint64_t sum_all(const struct source_figures *rows, size_t n, unsigned from, unsigned to)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += sum_classes(&rows[i], from, to);
    return sum;
}

/* Joins a class to its neighbour at the end that holds less. */
static void join_one(struct heat_axis *a, const struct source_figures *rows, size_t n)
{
    uint64_t low = sum_all(rows, n, 0, a->first);
    uint64_t high = sum_all(rows, n, a->last, FOLD_SIZE_CLASSES - 1);
    if (low <= high) {
        a->first++;
        a->joins_below = true;
    } else {
        a->last--;
        a->joins_above = true;
    }
}

static void choose_axis(struct heat_axis *a, const struct source_figures *rows, size_t n, int cells)
{
    *a = (struct heat_axis){.first = 0, .last = FOLD_SIZE_CLASSES - 1};
    while (a->first < a->last && sum_all(rows, n, a->first, a->first) == 0)
        a->first++;
    while (a->last > a->first && sum_all(rows, n, a->last, a->last) == 0)
        a->last--;
    int classes = (int)(a->last - a->first) + 1;
    for (; classes > 1 && classes * CELL > cells; classes--)
        join_one(a, rows, n);
    for (size_t i = 0; i < n; i++)
        for (unsigned k = a->first; k <= a->last; k++)
            if (column_value(a, &rows[i], k) > a->max)
                a->max = column_value(a, &rows[i], k);
}

static void draw_axis(const struct heat_axis *a, struct strbuf *b, const struct canvas *c)
{
    canvas_fill(c, 0, 0, 1, c->cols, ROLE_HEADER);
    canvas_puts(c, 0, 2, ROLE_HEADER, "Allocs, size " GLYPH_ARROW_RIGHT);
    int x = LABEL_CELLS + 2;
    for (unsigned k = a->first; k <= a->last; k++, x += CELL) {
        strbuf_clear(b);
        bool below = k == a->first && a->joins_below, above = k == a->last && a->joins_above;
        if (below)
            strbuf_putc(b, '<');
        cell_put_power(b, below ? fold_class_to(k) : fold_class_from(k));
        if (above)
            strbuf_putc(b, '+');
        canvas_field(c, 0, x, CELL, ROLE_HEADER, ALIGN_RIGHT, CUT_END, strbuf_str(b), b->len);
    }
}

/* 1..8 by the logarithm of the count. */
static int level_of(uint64_t value, uint64_t max)
{
    if (max < 2 || value == 0)
        return value > 0 ? 8 : 0;
    return 1 + (int)(7.0 * log2((double)value) / log2((double)max));
}

/* "942", "9.4K", "94K", "942K", "9.4M": four cells. */
static void put_short_count(struct strbuf *b, uint64_t v)
{
    const char *unit = "KMGTPE";
    if (v < 1000) {
        strbuf_put_u64(b, v);
        return;
    }
    for (; v >= 1000 * 1000; v /= 1000)
        unit++;
    uint64_t tenths = v / 100;
    if (tenths < 100)
        strbuf_printf(b, "%u.%u%c", (unsigned)(tenths / 10), (unsigned)(tenths % 10), *unit);
    else
        strbuf_printf(b, "%u%c", (unsigned)(v / 1000), *unit);
}

static void draw_value(const struct heat_axis *a, uint64_t value, struct strbuf *b, int y, int x,
                       const struct canvas *c)
{
    static const char *const sign[] = {GLYPH_ZERO, "\u2581", "\u2582", "\u2583", "\u2584",
                                       "\u2585",   "\u2586", "\u2587", "\u2588"};
    static const enum role role[] = {ROLE_TEXT_MUTED, ROLE_TEXT_MUTED, ROLE_TEXT_MUTED,
                                     ROLE_TEXT,       ROLE_TEXT,       ROLE_GRAPH_BAR,
                                     ROLE_GRAPH_BAR,  ROLE_GRAPH_PEAK, ROLE_GRAPH_PEAK};
    int level = level_of(value, a->max);
    strbuf_clear(b);
    strbuf_puts(b, sign[level]);
    if (value > 0)
        put_short_count(b, value);
    canvas_field(c, y, x, CELL, role[level], ALIGN_RIGHT, CUT_END, strbuf_str(b), b->len);
}

void heat_table_draw(const struct source_figures *rows, size_t n, struct strbuf *scratch,
                     const struct canvas *c)
{
    struct heat_axis a;
    choose_axis(&a, rows, n, c->cols - LABEL_CELLS - 2);
    draw_axis(&a, scratch, c);
    int y = 1;
    for (size_t i = 0; i < n; i++) {
        if (!has_allocs(&rows[i]))
            continue;
        strbuf_clear(scratch);
        if (rows[i].other)
            strbuf_puts(scratch, "further values");
        else
            cell_put_source(scratch, rows[i].source);
        canvas_field(c, y, 2, LABEL_CELLS, ROLE_TEXT, ALIGN_LEFT, CUT_END, strbuf_str(scratch),
                     scratch->len);
        int x = LABEL_CELLS + 2;
        for (unsigned k = a.first; k <= a.last; k++, x += CELL)
            draw_value(&a, column_value(&a, &rows[i], k), scratch, y, x, c);
        y++;
    }
}
