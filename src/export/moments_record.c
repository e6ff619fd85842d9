/* Moments as records; see moments_record.h. */
#include "export/moments_record.h"

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
