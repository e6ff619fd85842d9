/*
 * Committed bytes over time: few rows tell them, and each that changes their sum is kept
 * (timeline_priv.h).
 *
 * A heap counts from the first row of it that matches on, with what it told before, and no longer
 * once it is destroyed.
 */
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "decoder/heap_op.h"
#include "query/timeline_priv.h"

static bool read_committed(const struct timeline_index *ix, unsigned op, uint64_t id,
                           uint64_t *out_bytes)
{
    const struct heap_op_info *info = heap_op_info(op);
    const struct store_extra *e = store_find_extra(ix->trace->store, id, STORE_EXTRA_PAYLOAD);
    if (e == NULL || info == NULL || e->note >= info->layout_count)
        return false;
    const struct heap_layout *layout = &info->layouts[e->note];
    uint32_t at = 0;
    for (unsigned i = 0; i < layout->field_count && at < e->count; i++) {
        if (layout->fields[i].slot != HEAP_SLOT_EXTRA)
            continue;
        if (strcmp(layout->fields[i].name, "CommittedSpace") == 0) {
            *out_bytes = e->values[at];
            return true;
        }
        at++;
    }
    return false;
}

static uint64_t share(const struct timeline_heap *h)
{
    return h->told && h->shown && !h->gone ? h->committed : 0;
}

static int add_commit(struct timeline_index *ix, uint64_t row)
{
    int rc = base_grow((void **)&ix->commits, &ix->commit_cap, ix->commit_count + 1,
                       sizeof *ix->commits);
    if (rc == 0)
        ix->commits[ix->commit_count++] = (struct timeline_commit){row, ix->committed};
    return rc;
}

static void take_told(struct timeline_index *ix, const struct store_chunk *c, uint64_t id,
                      struct timeline_heap *h)
{
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    unsigned op = store_chunk_op(c, i);
    uint64_t bytes;
    if ((c->flags[i] & ROW_DUPLICATE) != 0)
        return;
    if (op == HEAP_OP_DESTROY) {
        h->gone = true;
    } else if (read_committed(ix, op, id, &bytes)) {
        h->told = true;
        h->committed = bytes;
    }
}

static int take_row(struct timeline_index *ix, const struct store_chunk *c, uint64_t id,
                    struct timeline_heap *h, bool mine)
{
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    unsigned op = store_chunk_op(c, i);
    uint64_t before = share(h);
    bool counted = h->told && h->shown;
    if (op < 64 && (FOLD_SPACE_OPS >> op & 1) != 0)
        take_told(ix, c, id, h);
    h->shown = h->shown || mine;
    ix->committed += share(h) - before;
    bool changed = share(h) != before || (h->told && h->shown && !counted);
    return changed ? add_commit(ix, id) : 0;
}

static int make_room(struct timeline_index *ix)
{
    uint32_t count = registry_heap_count(ix->trace->registry);
    int rc = base_grow((void **)&ix->heaps, &ix->heap_cap, count, sizeof *ix->heaps);
    for (; rc == 0 && ix->heap_count < count; ix->heap_count++)
        ix->heaps[ix->heap_count] = (struct timeline_heap){0};
    return rc;
}

int timeline_take_commits(struct timeline_index *ix, uint64_t from, uint64_t to)
{
    const struct store_chunk *c = store_chunk(ix->trace->store, from / STORE_CHUNK_ROWS);
    int rc = make_room(ix);
    for (uint64_t id = from; rc == 0 && id < to; id++) {
        uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
        if (c->heap[i] == STORE_NO_HEAP)
            continue;
        struct timeline_heap *h = &ix->heaps[store_chunk_heap(c, i)];
        unsigned op = store_chunk_op(c, i);
        bool tells = op < 64 && (FOLD_SPACE_OPS >> op & 1) != 0;
        if (tells || (!h->shown && timeline_belongs(ix, id)))
            rc = take_row(ix, c, id, h, timeline_belongs(ix, id));
    }
    return rc;
}

bool timeline_index_committed(const struct timeline_index *ix, uint64_t moment, uint64_t *out_bytes)
{
    size_t low = 0, high = ix->commit_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (ix->commits[mid].row < moment)
            low = mid + 1;
        else
            high = mid;
    }
    *out_bytes = low > 0 ? ix->commits[low - 1].bytes : 0;
    return low > 0;
}
