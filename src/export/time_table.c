/* What happened in each stretch of time; see time_table.h. */
#include "export/time_table.h"

static const struct timeline_column *column_of(const void *row)
{
    return row;
}

static struct value start_of(const struct report *r, const void *row)
{
    uint32_t k = (uint32_t)(column_of(row) - r->timeline->columns);
    return value_ticks(VALUE_TIME, trace_ns(r->trace, timeline_column_time(r->timeline, k)));
}

/* The stretch begins too near to the end of the clock for another: it ends with it. */
static struct value end_of(const struct report *r, const void *row)
{
    uint32_t k = (uint32_t)(column_of(row) - r->timeline->columns);
    return value_ticks(VALUE_TIME, trace_ns(r->trace, timeline_column_time(r->timeline, k + 1)));
}

static struct value peak_time(const struct report *r, const void *row)
{
    return value_ticks(VALUE_TIME, trace_ns(r->trace, column_of(row)->most.time));
}

/* What was not told yet is absent. */
static struct value committed(const struct report *r, const void *row)
{
    (void)r;
    uint64_t bytes = column_of(row)->end_committed;
    return bytes != TIMELINE_UNKNOWN ? value_number(VALUE_BYTES, bytes) : VALUE_ABSENT;
}

#define COLUMN(name_, title_, rank_, kind_, member_)                                               \
    {                                                                                              \
        .name = (name_), .title = (title_), .rank = (rank_), .kind = VALUE_##kind_,                \
        .offset = offsetof(struct timeline_column, member_)                                        \
    }

const struct report_column time_table_columns[TIME_TABLE_COLUMNS] = {
    {.name = "from", .title = "From", .get = start_of},
    {.name = "to", .get = end_of},
    COLUMN("events", NULL, 0, COUNT, rows),
    COLUMN("allocs", "Allocs", 0, COUNT, allocs),
    COLUMN("alloc_bytes", "Alloc bytes", 3, BYTES, alloc_bytes),
    COLUMN("frees", "Frees", 0, COUNT, frees),
    COLUMN("freed_bytes", "Freed bytes", 4, BYTES, freed_bytes),
    COLUMN("outstanding_bytes", "Outstanding", 0, BYTES, end_bytes),
    COLUMN("outstanding_blocks", "Blocks", 1, COUNT, end_blocks),
    COLUMN("peak_bytes", "Peak", 2, BYTES, most.bytes),
    {.name = "peak_time", .get = peak_time},
    {.name = "committed", .title = "Committed", .rank = 5, .get = committed},
};

struct report_rows time_table_rows(const struct report *r)
{
    const struct timeline *t = r->timeline;
    return (struct report_rows){t ? t->columns : NULL, t ? t->known : 0, sizeof t->columns[0]};
}

uint64_t time_table_weight(const void *row)
{
    return column_of(row)->most.bytes;
}
