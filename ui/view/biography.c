/* Links followed and rows looked through; see biography.h. */
#include "ui/view/biography.h"

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What happened to the block between its birth and `end`. */
static void look_at_life(const struct trace *trace, uint64_t end, struct biography *b)
{
    uint64_t last = min_u64(end, b->born + 1 + BIOGRAPHY_SCAN);
    b->searched_all = last == end;
    for (uint64_t id = b->born + 1; id < last; id++) {
        struct row row;
        store_get(trace->store, id, &row);
        if (row.op != HEAP_OP_REALLOC || row.link != b->born)
            continue;
        if ((row.flags & ROW_MOVED) != 0)
            b->moved_here = id;
        else if ((row.flags & ROW_RESIZES) != 0 && b->resizes++ < BIOGRAPHY_RESIZES)
            b->resize[b->resizes - 1] = id;
    }
}

/* A moving ReAlloc frees the old block, then tells about it (etl-format 4.7). */
static void look_behind_death(const struct trace *trace, const struct row *birth, uint64_t rows,
                              struct biography *b)
{
    uint64_t last = min_u64(rows, b->died + 1 + BIOGRAPHY_NEAR);
    for (uint64_t id = b->died; id < last; id++) {
        struct row row;
        store_get(trace->store, id, &row);
        if (row.op != HEAP_OP_REALLOC || (row.flags & ROW_MOVED) == 0 || row.heap != birth->heap ||
            row.old_address != birth->address)
            continue;
        b->moved_on = id;
        return;
    }
}

void biography_tell(const struct trace *trace, const struct row *row, uint64_t rows,
                    struct biography *out_biography)
{
    struct biography *b = out_biography;
    *b = (struct biography){.born = trace_row_opener(row),
                            .died = ROW_NONE,
                            .moved_here = ROW_NONE,
                            .moved_on = ROW_NONE};
    if (b->born == ROW_NONE)
        return;
    struct row birth;
    store_get(trace->store, b->born, &birth);
    b->died = store_closer(trace->store, b->born);
    if (b->died >= rows)
        b->died = ROW_NONE; /* not yet */
    if (birth.op == HEAP_OP_REALLOC)
        b->moved_here = (birth.flags & ROW_MOVED) != 0 ? b->born : ROW_NONE;
    look_at_life(trace, min_u64(b->died, rows), b);
    if (b->died != ROW_NONE)
        look_behind_death(trace, &birth, rows, b);
}
