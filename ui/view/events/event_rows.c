/* Where the rows of Events come from; see event_rows.h. */
#include "ui/view/events/event_rows.h"

#include "answer/snapshot.h"

static const struct snapshot *shown(const struct event_rows *r)
{
    return r->env->snapshot;
}

static uint64_t count_rows(void *ctx)
{
    const struct snapshot *s = shown(ctx);
    return s != NULL && s->query != NULL ? s->matched : 0;
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    return query_select(shown(ctx)->query, pos);
}

static uint64_t pos_of(void *ctx, uint64_t id)
{
    return query_rank(shown(ctx)->query, id);
}

bool event_rows_get(const struct event_rows *r, uint64_t pos, struct row *out_row)
{
    uint64_t id = row_id((void *)r, pos);
    *out_row = (struct row){.id = ROW_NONE, .heap = INDEX_NONE, .thread = INDEX_NONE};
    if (id != ROW_NONE)
        store_get(shown(r)->trace->store, id, out_row);
    return id != ROW_NONE;
}

static bool is_marked(const struct view_env *env, uint64_t id)
{
    for (size_t i = 0; i < env->mark_count; i++)
        if (env->marks[i].row == id && id != ROW_NONE)
            return true;
    return false;
}

static void load_row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct event_rows *r = ctx;
    const struct trace *trace = shown(r)->trace;
    struct row above = r->row;
    bool known = r->pos + 1 == pos && above.id != ROW_NONE;
    if (!known && pos > 0)
        known = event_rows_get(r, pos - 1, &above);
    r->pos = pos;
    r->has_delta = event_rows_get(r, pos, &r->row) && known && pos > 0;
    if (r->has_delta)
        r->delta = trace_ns(trace, r->row.time) - trace_ns(trace, above.time);
    if (shown(r)->provisional) {
        out_row->role = ROLE_LIST_PROVISIONAL;
        out_row->sign = '?';
    } else if ((r->row.flags & ROW_DUPLICATE) != 0) {
        out_row->role = ROLE_TEXT_MUTED;
    }
    if (is_marked(r->env, r->row.id))
        out_row->sign = '*';
    out_row->hit = r->env->hits != NULL && query_has(r->env->hits, r->row.id);
}

const struct list_source event_rows_source = {
    .count = count_rows,
    .row = load_row,
    .row_id = row_id,
    .pos_of = pos_of,
};

void event_rows_forget(struct event_rows *r)
{
    r->pos = LIST_NO_ROW;
}

void event_rows_look(struct event_rows *r)
{
    const struct snapshot *s = shown(r);
    if (s != NULL)
        callers_look(&r->reader.callers,
                     &(struct caller_naming){s->images, s->symbols, r->env->rules});
}

void event_rows_init(struct event_rows *r, const struct view_env *env)
{
    *r = (struct event_rows){.env = env, .pos = LIST_NO_ROW, .row = {.id = ROW_NONE}};
    event_reader_init(&r->reader, NULL, false);
}

void event_rows_release(struct event_rows *r)
{
    event_reader_release(&r->reader);
}
