/* Where the rows of Blocks come from; see block_rows.h. */
#include "ui/view/blocks/block_rows.h"

#include "answer/snapshot.h"

static const struct trace *trace_of(const struct block_rows *r)
{
    return r->env->snapshot->trace;
}

static uint64_t count_rows(void *ctx)
{
    const struct block_rows *r = ctx;
    return r->list != NULL ? r->list->count : 0;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    const struct block_rows *r = ctx;
    return block_list_opener(r->list, pos, r->descending);
}

/* Behind the rows that the list knows nothing can stand in it. */
static uint64_t pos_of(void *ctx, uint64_t id)
{
    const struct block_rows *r = ctx;
    if (id >= r->list->base.rows)
        return 0;
    return block_list_place(r->list, trace_of(r), id, r->descending, NULL);
}

void block_rows_get(const struct block_rows *r, uint64_t pos, struct block *out_block)
{
    block_list_get(r->list, trace_of(r), pos, r->descending, out_block);
}

static bool is_marked(const struct view_env *env, uint64_t id)
{
    for (size_t i = 0; i < env->mark_count; i++)
        if (env->marks[i].row == id)
            return true;
    return false;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct block_rows *r = ctx;
    block_rows_get(r, pos, &r->block);
    r->reader.trace = trace_of(r);
    r->reader.view = &r->list->view;
    if (r->env->snapshot->provisional) {
        out_row->role = ROLE_LIST_PROVISIONAL;
        out_row->sign = '?';
    }
    if (is_marked(r->env, r->block.birth.id))
        out_row->sign = '*';
    out_row->hit = r->env->hits != NULL && query_has(r->env->hits, r->block.birth.id);
}

const struct list_source block_rows_source = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

void block_rows_look(struct block_rows *r, enum block_order order, bool descending)
{
    const struct snapshot *s = r->env->snapshot;
    r->list = s != NULL && s->trace != NULL ? snapshot_blocks(s) : NULL;
    if (s != NULL)
        callers_look(&r->reader.callers,
                     &(struct caller_naming){s->images, s->symbols, r->env->rules});
    /* One in the order before stays as it was until the other is there. */
    if (r->list == NULL || r->list->order == order)
        r->descending = descending;
}

void block_rows_init(struct block_rows *r, const struct view_env *env)
{
    *r = (struct block_rows){.env = env};
    block_reader_init(&r->reader, NULL, NULL);
}

void block_rows_release(struct block_rows *r)
{
    block_reader_release(&r->reader);
}
