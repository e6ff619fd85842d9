/* Derived figures and the order of heaps; see heap_order.h. */
#include "ui/view/heap_order.h"

#include <stdlib.h>

#include "ui/view/cell_format.h"

double heap_order_rate(const struct snapshot *s, const struct heap_figures *h)
{
    return cell_rate(s, h->f.allocs, h->last_second_allocs);
}

/* Overhead compares all of a heap's blocks with its memory; under a filter or range only some of
 * them are counted. */
static bool has_overhead(const struct snapshot *s, const struct heap_figures *h)
{
    const struct query_spec *spec = query_asked(s->query);
    bool whole = spec->filter == NULL || filter_is_empty(spec->filter);
    return whole && spec->since == INT64_MIN && spec->until == INT64_MAX && h->has_committed &&
           h->committed > 0 && h->destroyed == INT64_MAX;
}

double heap_order_overhead(const struct snapshot *s, const struct heap_figures *h)
{
    if (!has_overhead(s, h))
        return -1;
    double rest = (double)h->committed - (double)h->f.outstanding_bytes;
    return rest > 0 ? rest / (double)h->committed : 0;
}

/* The value of a heap in a column, as a key; figures up to 2^53 are told apart. */
static double sort_key(const struct snapshot *s, const struct heap_figures *h, enum heap_column by)
{
    const struct heap *heap = registry_heap(s->trace->registry, h->heap);
    switch (by) {
    case HEAP_COLUMN_HEAP:
        return (double)heap->handle;
    case HEAP_COLUMN_PROCESS:
        return (double)registry_process(s->trace->registry, heap->process)->pid;
    case HEAP_COLUMN_OUTSTANDING:
        return (double)h->f.outstanding_bytes;
    case HEAP_COLUMN_BLOCKS:
        return (double)h->f.outstanding_blocks;
    case HEAP_COLUMN_PEAK:
        return (double)h->f.peak_bytes;
    case HEAP_COLUMN_ALLOCS:
        return (double)h->f.allocs;
    case HEAP_COLUMN_FREES:
        return (double)h->f.frees;
    case HEAP_COLUMN_REALLOCS:
        return (double)h->f.reallocs;
    case HEAP_COLUMN_RATE:
        return heap_order_rate(s, h);
    case HEAP_COLUMN_COMMITTED:
        return h->has_committed ? (double)h->committed : -1;
    case HEAP_COLUMN_OVERHEAD:
        return heap_order_overhead(s, h);
    case HEAP_COLUMN_CURVE:
    case HEAP_COLUMN_COUNT:
        break;
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct heap_order_row *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->h->heap < y->h->heap ? -1 : 1;
}

void heap_order_sort(const struct snapshot *s, struct heap_order_row *rows, size_t n,
                     enum heap_column by, bool descending)
{
    for (size_t i = 0; i < n; i++) {
        double key = sort_key(s, rows[i].h, by);
        rows[i].key = descending ? -key : key;
    }
    qsort(rows, n, sizeof *rows, compare);
}
