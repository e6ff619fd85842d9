/* Copies of the Sources and their tables for readers on other threads (fold_cross.h). */
#include <stdlib.h>
#include <string.h>

#include "query/fold_priv.h"

/* The order of the summary: by value, the shared slot last. */
struct order {
    const struct fold_source *source;
    unsigned slot;
};

static int compare(const void *a, const void *b)
{
    const struct fold_source *x = ((const struct order *)a)->source;
    const struct fold_source *y = ((const struct order *)b)->source;
    if (x->other != y->other)
        return x->other ? 1 : -1;
    return (x->source > y->source) - (x->source < y->source);
}

/* A sum below zero is a size that lied, or a row that flipped. */
static void copy_cell(const struct source_cell *from, struct source_cell *out)
{
    *out = *from;
    if ((int64_t)out->outstanding_bytes < 0)
        out->outstanding_bytes = 0;
    if ((int64_t)out->outstanding_blocks < 0)
        out->outstanding_blocks = 0;
}

static bool is_used(const struct source_cell *shared)
{
    static const struct source_cell none;
    for (size_t i = 0; i < FOLD_SOURCES; i++)
        if (memcmp(&shared[i], &none, sizeof none) != 0)
            return true;
    return false;
}

static int name_heaps(const struct fold *f, struct source_tables *out)
{
    out->heaps = calloc(f->cross.heap_count + 2, sizeof *out->heaps);
    if (out->heaps == NULL)
        return -1;
    for (size_t i = 0; i < f->heap_count; i++)
        if (f->heaps[i].cell_count > 0)
            out->heaps[out->heap_count++] = (struct source_heap){(uint32_t)i, f->heaps[i].first};
    if (is_used(f->cross.further))
        out->heaps[out->heap_count++] = (struct source_heap){FOLD_FURTHER_HEAPS, 0};
    if (is_used(f->cross.no_heap))
        out->heaps[out->heap_count++] = (struct source_heap){FOLD_NO_HEAP, 0};
    return 0;
}

/* NULL when the heap has met no Source of that slot. */
static const struct source_cell *heap_cell(const struct fold *f, uint32_t heap, unsigned slot)
{
    if (heap == FOLD_FURTHER_HEAPS)
        return &f->cross.further[slot];
    if (heap == FOLD_NO_HEAP)
        return &f->cross.no_heap[slot];
    return slot < f->heaps[heap].cell_count ? &f->heaps[heap].cells[slot] : NULL;
}

/* The row of one Source in the three tables. */
static void copy_row(const struct fold *f, const struct order *from, size_t row,
                     struct source_tables *t, struct source_figures *out)
{
    struct source_cell *size = t->by_size + row * FOLD_SOURCE_CLASSES;
    struct source_cell *time = t->by_time + row * t->bins;
    struct source_cell *heap = t->by_heap + row * t->heap_count;
    struct source_cell total = fold_source_total(from->source);
    *out = (struct source_figures){.source = from->source->source, .other = from->source->other};
    copy_cell(&total, &out->f);
    for (size_t k = 0; k < FOLD_SOURCE_CLASSES; k++)
        copy_cell(&from->source->size[k], &size[k]);
    for (size_t k = 0; k < t->bins; k++)
        copy_cell(&from->source->time[k], &time[k]);
    if (t->bins > 0) {
        time[t->bins - 1].outstanding_bytes = out->f.outstanding_bytes;
        time[t->bins - 1].outstanding_blocks = out->f.outstanding_blocks;
    }
    for (size_t k = 0; k < t->heap_count; k++) {
        const struct source_cell *cell = heap_cell(f, t->heaps[k].heap, from->slot);
        if (cell != NULL)
            copy_cell(cell, &heap[k]);
    }
}

static int allocate(size_t sources, struct source_tables *t)
{
    size_t row = FOLD_SOURCE_CLASSES + t->bins + t->heap_count;
    t->cells = calloc(sources * row + 1, sizeof *t->cells);
    if (t->cells == NULL)
        return -1;
    t->by_size = t->cells;
    t->by_time = t->by_size + sources * FOLD_SOURCE_CLASSES;
    t->by_heap = t->by_time + sources * t->bins;
    return 0;
}

int fold_copy_sources(const struct fold *f, struct summary *out)
{
    struct order order[FOLD_SOURCES];
    for (unsigned i = 0; i < f->source_count; i++)
        order[i] = (struct order){&f->sources[i], i};
    qsort(order, f->source_count, sizeof order[0], compare);
    struct source_tables *t = &out->tables;
    t->start = f->cross.start;
    t->bin_ticks = UINT64_C(1) << f->cross.shift;
    t->bins = f->entered ? f->cross.bin + 1 : 0;
    out->sources = calloc(f->source_count + 1, sizeof *out->sources);
    if (out->sources == NULL || name_heaps(f, t) != 0 || allocate(f->source_count, t) != 0)
        return -1;
    out->source_count = f->source_count;
    for (size_t i = 0; i < f->source_count; i++)
        copy_row(f, &order[i], i, t, &out->sources[i]);
    return 0;
}
