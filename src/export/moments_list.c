/* Sorting rows of moments; see moments_list.h. */
#include "export/moments_list.h"

#include <stdlib.h>
#include <string.h>

struct sorted {
    const struct moments_row *row;
    int64_t by; /* the greatest comes first */
};

static int64_t value_of(const struct moments *m, const struct moments_row *row,
                        enum moments_column sort)
{
    const int64_t values[MOMENTS_COLUMNS] = {
        [MOMENTS_DELTA] = row->delta_bytes,
        [MOMENTS_DELTA_BLOCKS] = row->delta_blocks,
        [MOMENTS_NEW] = (int64_t)row->fresh.bytes,
        [MOMENTS_GONE] = (int64_t)row->gone.bytes,
        [MOMENTS_OLD] = (int64_t)row->old.bytes,
        [MOMENTS_NOW] = (int64_t)row->at[m->count - 1].bytes,
    };
    return values[sort];
}

static int descending(int64_t a, int64_t b)
{
    return (a < b) - (a > b);
}

static int compare(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    int order = descending(x->by, y->by);
    if (order == 0)
        order = descending(x->row->delta_bytes, y->row->delta_bytes);
    if (order == 0)
        order = strcmp(x->row->text, y->row->text);
    return order != 0 ? order : (x->row->key > y->row->key) - (x->row->key < y->row->key);
}

static int compare_names(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    int order = strcmp(x->row->text, y->row->text);
    return order != 0 ? order : compare(a, b);
}

size_t moments_list(const struct moments *m, enum moments_column sort, bool grew,
                    const struct moments_row ***out_rows)
{
    size_t count = 0;
    struct sorted *all = calloc(m->row_count + 1, sizeof *all);
    const struct moments_row **rows = calloc(m->row_count + 1, sizeof(void *));
    *out_rows = rows;
    if (all == NULL || rows == NULL) {
        free(all);
        return SIZE_MAX;
    }
    for (size_t i = 0; i < m->row_count; i++)
        if (!grew || m->rows[i].grew)
            all[count++] = (struct sorted){&m->rows[i], value_of(m, &m->rows[i], sort)};
    qsort(all, count, sizeof *all, sort == MOMENTS_NAME ? compare_names : compare);
    for (size_t i = 0; i < count; i++)
        rows[i] = all[i].row;
    free(all);
    return count;
}
