/* Moments as records; see moments_record.h. */
#include "export/moments_record.h"

#include <stdlib.h>

#include "base/alloc.h"

const struct record_field moments_record_fields[MOMENTS_RECORD_FIELDS] = {
    {.name = "name", .title = "name", .left = true},
    {.name = "delta_bytes", .title = "delta"},
    {.name = "delta_blocks", .title = "blocks"},
    {.name = "new_bytes", .title = "new"},
    {.name = "new_blocks", .title = "blocks"},
    {.name = "gone_bytes", .title = "gone"},
    {.name = "gone_blocks", .title = "blocks"},
    {.name = "old_bytes", .title = "old"},
    {.name = "old_blocks", .title = "blocks"},
    {.name = "first_bytes", .title = "before"},
    {.name = "first_blocks", .title = "blocks"},
    {.name = "last_bytes", .title = "now"},
    {.name = "last_blocks", .title = "blocks"},
    {.name = "grew", .title = "grew", .left = true},
    {.name = "condition", .title = "filter", .left = true},
};

static void put_pair(struct record_writer *w, const struct moment_value *v)
{
    const struct value bytes = value_number(VALUE_BYTES, v->bytes);
    const struct value blocks = value_number(VALUE_COUNT, v->blocks);
    record_put(w, &bytes);
    record_put(w, &blocks);
}

void moments_record_put(struct record_writer *w, const struct moments *m,
                        const struct moments_row *row)
{
    const struct value head[] = {
        value_text(row->text),
        value_ticks(VALUE_CHANGE, row->delta_bytes),
        value_ticks(VALUE_CHANGE, row->delta_blocks),
    };
    const struct value grew =
        m->count > 2 ? value_number(VALUE_ID, row->grew ? 1 : 0) : VALUE_ABSENT;
    const struct value condition =
        row->condition[0] != '\0' ? value_text(row->condition) : VALUE_ABSENT;
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        record_put(w, &head[i]);
    put_pair(w, &row->fresh);
    put_pair(w, &row->gone);
    put_pair(w, &row->old);
    put_pair(w, &row->at[0]);
    put_pair(w, &row->at[m->count - 1]);
    record_put(w, &grew);
    record_put(w, &condition);
    record_end(w);
}

static int compare_keys(const void *a, const void *b)
{
    const struct moments_row *x = *(const struct moments_row *const *)a;
    const struct moments_row *y = *(const struct moments_row *const *)b;
    return (x->key > y->key) - (x->key < y->key);
}

uint64_t moments_record_put_keys(struct record_writer *w, const struct moments *m,
                                 const uint64_t *keys, size_t count)
{
    uint64_t written = 0;
    const struct moments_row **rows = base_xcalloc(m->row_count + 1, sizeof *rows);
    for (size_t i = 0; i < m->row_count; i++)
        rows[i] = &m->rows[i];
    qsort(rows, m->row_count, sizeof *rows, compare_keys);
    for (size_t i = 0; i < count; i++) {
        const struct moments_row wanted = {
            .key = keys[i] == MOMENTS_NO_SOURCE - 1 ? MOMENTS_NO_SOURCE : keys[i]};
        const struct moments_row *at = &wanted;
        const struct moments_row **found =
            bsearch(&at, rows, m->row_count, sizeof *rows, compare_keys);
        if (found == NULL)
            continue;
        moments_record_put(w, m, *found);
        written++;
    }
    free(rows);
    return written;
}
