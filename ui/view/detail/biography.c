/* Question and answer about an address; see biography.h. */
#include "ui/view/detail/biography.h"

#include <string.h>

#include "decoder/heap_op.h"
#include "query/condition.h"

bool biography_address(const struct row *row, uint64_t *out_address)
{
    bool of_block =
        row->op == HEAP_OP_ALLOC || row->op == HEAP_OP_REALLOC || row->op == HEAP_OP_FREE;
    bool has_old = (row->has & EVENT_HAS_OLD_ADDRESS) != 0;
    if (!of_block || row->heap == INDEX_NONE)
        return false;
    *out_address = row->address == 0 && has_old ? row->old_address : row->address;
    return *out_address != 0;
}

void biography_question(struct strbuf *out, const struct trace *trace, const struct row *row,
                        uint64_t address)
{
    strbuf_clear(out);
    condition_put_address(out, address);
    strbuf_puts(out, " && op in [alloc, realloc, free] && ");
    condition_put_heap(out, trace, trace_row_heap(trace, row));
}

static struct query *answer_in(const struct snapshot *s, const char *question)
{
    struct query *q = s != NULL ? s->aside[ASIDE_ADDRESS] : NULL;
    const struct filter *asked = q != NULL ? query_asked(q)->filter : NULL;
    return asked != NULL && strcmp(filter_text(asked), question) == 0 ? q : NULL;
}

void biography_look(struct biography *b, const struct snapshot *shown,
                    const struct snapshot *newest, const char *question, uint64_t address)
{
    *b = (struct biography){.trace = shown->trace, .shown = shown->rows, .address = address};
    b->rows = answer_in(shown, question);
    if (b->rows == NULL && newest != NULL && newest->trace == shown->trace)
        b->rows = answer_in(newest, question);
    if (b->rows == NULL)
        return;
    uint64_t scanned = query_scanned(b->rows);
    b->scanned = scanned < b->shown ? scanned : b->shown;
    b->count = query_rank(b->rows, b->scanned);
}

bool biography_is_complete(const struct biography *b)
{
    return b->rows != NULL && b->scanned >= b->shown;
}

uint64_t biography_row(const struct biography *b, uint64_t k)
{
    return k < b->count ? query_select(b->rows, k) : ROW_NONE;
}

uint64_t biography_place(const struct biography *b, uint64_t row)
{
    return b->rows != NULL ? query_rank(b->rows, row) : 0;
}

uint64_t biography_old_opener(const struct trace *trace, uint64_t row)
{
    const struct store_extra *old = store_find_extra(trace->store, row, STORE_EXTRA_OLD);
    return old != NULL && old->count == STORE_OLD_VALUES ? old->values[STORE_OLD_OPENER] : ROW_NONE;
}

/* A ReAlloc that moved a block away from the address. */
static bool moves_on(const struct biography *b, const struct row *row)
{
    return (row->flags & ROW_MOVED) != 0 && row->address != b->address;
}

enum life_stage biography_stage(const struct biography *b, const struct row *row)
{
    if (moves_on(b, row))
        return LIFE_MOVED_ON;
    if ((row->flags & ROW_MOVED) != 0)
        return LIFE_MOVED_HERE;
    if ((row->flags & ROW_OPENS) != 0)
        return LIFE_BORN;
    if ((row->flags & ROW_CLOSES) != 0)
        return LIFE_FREED;
    return (row->flags & ROW_RESIZES) != 0 ? LIFE_RESIZED : LIFE_NOTHING;
}

uint64_t biography_block(const struct biography *b, const struct row *row)
{
    return moves_on(b, row) ? biography_old_opener(b->trace, row->id) : trace_row_opener(row);
}
