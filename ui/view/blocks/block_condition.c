/* Cells of Blocks as conditions of the filter language; see block_rows.h. */
#include "answer/snapshot.h"
#include "query/condition.h"
#include "ui/view/blocks/block_rows.h"
#include "ui/view/events/event_condition.h"

/* The column of Events that says the same of the row that opened the block. */
static const struct {
    enum block_column_id block;
    enum event_column_id event;
} same[] = {
    {BLOCK_COLUMN_ADDRESS, EVENT_COLUMN_ADDRESS}, {BLOCK_COLUMN_HEAP, EVENT_COLUMN_HEAP},
    {BLOCK_COLUMN_GENERATION, EVENT_COLUMN_HEAP}, {BLOCK_COLUMN_PID, EVENT_COLUMN_PID},
    {BLOCK_COLUMN_PROCESS, EVENT_COLUMN_PROCESS}, {BLOCK_COLUMN_BORN, EVENT_COLUMN_TIME},
    {BLOCK_COLUMN_LIFE, EVENT_COLUMN_LIFE},       {BLOCK_COLUMN_TID, EVENT_COLUMN_TID},
    {BLOCK_COLUMN_SOURCE, EVENT_COLUMN_SOURCE},   {BLOCK_COLUMN_STACK, EVENT_COLUMN_STACK},
    {BLOCK_COLUMN_CALLER, EVENT_COLUMN_CALLER},   {BLOCK_COLUMN_MODULE, EVENT_COLUMN_MODULE},
    {BLOCK_COLUMN_CHAIN, EVENT_COLUMN_CHAIN},
};

static bool put_same(struct strbuf *out, struct block_rows *r, const struct row *birth,
                     enum event_column_id id)
{
    /* Who called is known to one of them at a time. */
    struct event_reader reader = {.trace = r->env->snapshot->trace, .callers = r->reader.callers};
    bool put = event_condition_put(out, &reader, birth, id);
    r->reader.callers = reader.callers;
    strbuf_release(&reader.scratch);
    return put;
}

bool block_condition_put(struct strbuf *out, struct block_rows *r, const struct block *b,
                         enum block_column_id id)
{
    if (id == BLOCK_COLUMN_AGE || id == BLOCK_COLUMN_DIED || id == BLOCK_COLUMN_END) {
        if (b->end == BLOCK_END_NONE)
            strbuf_puts(out, "live");
        return b->end == BLOCK_END_NONE;
    }
    if (id == BLOCK_COLUMN_CLASS) {
        strbuf_printf(out, "class == %s", block_class_words[b->class]);
        return true;
    }
    /* A filter asks for the size that the opening row tells. */
    if (id == BLOCK_COLUMN_SIZE && b->size != b->birth.size)
        return false;
    if (id == BLOCK_COLUMN_SIZE)
        return put_same(out, r, &b->birth, EVENT_COLUMN_SIZE);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (same[i].block == id)
            return put_same(out, r, &b->birth, same[i].event);
    return false;
}
