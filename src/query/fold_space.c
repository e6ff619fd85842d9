/*
 * Committed, reserved and free space of a heap, its UCRs and flags: the last values told by Create,
 * Expand, Contract and Snapshot records (numbers.md, Totals; etl-format 4.3, 4.4).
 */
#include <string.h>

#include "base/alloc.h"
#include "decoder/heap_op.h"
#include "query/fold_priv.h"

/* Windows' names of a value; a Snapshot calls the number of UCRs by another. */
static const char *const space_names[FOLD_SPACES][2] = {
    {"HeapFlags", NULL}, {"CommittedSpace", NULL},  {"ReservedSpace", NULL},
    {"FreeSpace", NULL}, {"NoOfUCRs", "UCRLength"},
};

static bool is_named(enum fold_space space, const char *name)
{
    for (size_t i = 0; i < 2 && space_names[space][i] != NULL; i++)
        if (strcmp(space_names[space][i], name) == 0)
            return true;
    return false;
}

/* Puts the value of the field called `name` where it belongs. */
static void take_field(struct fold_heap *heap, const char *name, uint64_t value)
{
    for (unsigned space = 0; space < FOLD_SPACES; space++) {
        if (!is_named((enum fold_space)space, name))
            continue;
        heap->space[space] = value;
        heap->known = (uint8_t)(heap->known | 1u << space);
    }
}

static void take_payload(const struct store_extra *payload, unsigned op, struct fold_heap *heap)
{
    const struct heap_op_info *info = heap_op_info(op);
    if (info == NULL || payload->note >= info->layout_count)
        return;
    const struct heap_layout *layout = &info->layouts[payload->note];
    uint32_t at = 0;
    for (unsigned i = 0; i < layout->field_count && at < payload->count; i++)
        if (layout->fields[i].slot == HEAP_SLOT_EXTRA)
            take_field(heap, layout->fields[i].name, payload->values[at++]);
}

static void note_place(struct fold *f, uint64_t row)
{
    struct fold_places *p = f->places;
    if (base_grow((void **)&p->rows, &p->cap, p->count + 1, sizeof *p->rows) != 0)
        f->failed = true;
    else
        p->rows[p->count++] = row;
}

void fold_take_space(struct fold *f, const struct store_chunk *c, uint64_t id,
                     struct fold_heap *heap)
{
    uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
    unsigned op = store_chunk_op(c, i);
    if ((c->flags[i] & ROW_DUPLICATE) != 0)
        return;
    if (f->places != NULL) {
        note_place(f, id);
        return;
    }
    if (op == HEAP_OP_CREATE)
        heap->created = store_chunk_time(c, i);
    if (op == HEAP_OP_DESTROY)
        heap->destroyed = store_chunk_time(c, i);
    const struct store_extra *payload = store_find_extra(f->trace->store, id, STORE_EXTRA_PAYLOAD);
    if (payload != NULL)
        take_payload(payload, op, heap);
}
