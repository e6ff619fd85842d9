/*
 * The rare steps of the tables of fold_cross.h: a bin of time ends, a heap is new.
 *
 * Bins double as those of a curve do (fold_curve.h). The last bin's outstanding is filled in when
 * it ends or when somebody looks.
 */
#include "query/fold_cross.h"

#include <stdlib.h>
#include <string.h>

#include "query/fold_priv.h"

/* Cells of a heap while its Sources are the usual few; all of them when one more comes. */
#define SOME_CELLS 8

static void add_cell(struct source_cell *sum, const struct source_cell *c)
{
    for (unsigned op = 0; op < FOLD_SOURCE_OPS; op++) {
        sum->count[op] += c->count[op];
        sum->bytes[op] += c->bytes[op];
    }
    sum->outstanding_bytes += c->outstanding_bytes;
    sum->outstanding_blocks += c->outstanding_blocks;
}

struct source_cell fold_source_total(const struct fold_source *s)
{
    struct source_cell sum = {0};
    for (unsigned k = 0; k < FOLD_SOURCE_CLASSES; k++)
        add_cell(&sum, &s->size[k]);
    return sum;
}

/* What was outstanding at the end of the bins [from, to). */
static void fill_bins(struct fold_source *s, const struct source_cell *now, uint32_t from,
                      uint32_t to)
{
    for (uint32_t k = from; k < to; k++) {
        s->time[k].outstanding_bytes = now->outstanding_bytes;
        s->time[k].outstanding_blocks = now->outstanding_blocks;
    }
}

/* A pair's outstanding is that of its second half. */
static void merge_pairs(struct fold_source *s)
{
    for (uint32_t k = 0; k < FOLD_TIME_BINS / 2; k++) {
        struct source_cell pair = s->time[2 * k];
        pair.outstanding_bytes = pair.outstanding_blocks = 0;
        add_cell(&pair, &s->time[2 * k + 1]);
        s->time[k] = pair;
    }
    memset(s->time + FOLD_TIME_BINS / 2, 0, sizeof s->time / 2);
}

static void end_bins(const struct fold_cross *c, struct fold_source *s, uint64_t distance)
{
    struct source_cell now = fold_source_total(s);
    uint32_t bin = c->bin;
    unsigned shift = c->shift;
    for (; distance >> shift >= FOLD_TIME_BINS; shift++) {
        fill_bins(s, &now, bin, FOLD_TIME_BINS);
        merge_pairs(s);
        bin = FOLD_TIME_BINS / 2;
    }
    fill_bins(s, &now, bin, (uint32_t)(distance >> shift));
}

void fold_cross_end_bins(struct fold *f, int64_t time)
{
    /* Rows are in time order; one before the start belongs to the bin that is open. */
    if (time < f->cross.start)
        return;
    uint64_t distance = (uint64_t)time - (uint64_t)f->cross.start;
    unsigned shift = f->cross.shift;
    while (distance >> shift >= FOLD_TIME_BINS)
        shift++;
    for (size_t i = 0; i < f->source_count; i++)
        end_bins(&f->cross, &f->sources[i], distance);
    f->cross.shift = shift;
    f->cross.bin = (uint32_t)(distance >> shift);
}

/* Makes room for `slot`. False when memory is out. */
static bool grow_cells(struct fold_heap *h, unsigned slot)
{
    unsigned count = slot < SOME_CELLS ? SOME_CELLS : FOLD_SOURCES;
    struct source_cell *cells = calloc(count, sizeof *cells);
    if (cells == NULL)
        return false;
    if (h->cell_count > 0)
        memcpy(cells, h->cells, h->cell_count * sizeof *cells);
    free(h->cells);
    h->cells = cells;
    h->cell_count = (uint8_t)count;
    return true;
}

struct source_cell *fold_cross_find_heap(struct fold *f, uint32_t heap, unsigned slot, int64_t time)
{
    if (heap == INDEX_NONE)
        return &f->cross.no_heap[slot];
    struct fold_heap *h = &f->heaps[heap];
    bool is_new = h->cell_count == 0;
    if (is_new && f->cross.heap_count == FOLD_CROSS_HEAPS)
        return &f->cross.further[slot];
    if (!grow_cells(h, slot)) {
        f->failed = true;
        return &f->cross.further[slot];
    }
    if (is_new) {
        h->first = time;
        f->cross.heap_count++;
    }
    return &h->cells[slot];
}
