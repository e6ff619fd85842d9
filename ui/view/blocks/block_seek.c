/* Looking for hits among the blocks of a list; see block_seek.h. */
#include "ui/view/blocks/block_seek.h"

#include "answer/snapshot.h"
#include "ui/view/blocks/block_rows.h"

/* So many hits are looked up at once, and positions looked at in a call: about a millisecond. */
#define FEW_HITS  512u
#define POSITIONS 32768u

#define NOWHERE UINT64_MAX
#define WORD    UINT64_C(64)

void block_seek_start(struct block_seek *s, const struct stops_jump *jump, uint64_t from)
{
    *s = (struct block_seek){.state = BLOCK_SEEK_WAITS, .jump = *jump, .from = from};
}

unsigned block_seek_percent(const struct block_seek *s)
{
    return s->count > 0 ? (unsigned)((double)s->looked * 100 / (double)s->count) : 0;
}

static bool opens_block(const struct trace *t, uint64_t row)
{
    return (blocks_opened(t, row - row % WORD, row + 1) >> row % WORD & 1) != 0;
}

/* Goes to the hit that is wanted of all that there are. */
static enum block_seek_state pick(struct block_seek *s, struct stops *places)
{
    s->total = places->count;
    if (s->total > 0) {
        uint64_t i = stops_pick(&s->jump, s->total, stops_before(places, s->from),
                                stops_have(places, s->from), &s->wrapped);
        s->index = i + 1;
        s->at = places->at[i];
    }
    stops_release(places);
    return s->total > 0 ? BLOCK_SEEK_FOUND : BLOCK_SEEK_NONE;
}

/* ---- few hits ---- */

static enum block_seek_state look_up(struct block_seek *s, const struct block_rows *r,
                                     const struct query *hits, uint64_t events)
{
    const struct trace *t = r->env->snapshot->trace;
    struct stops places = {0};
    for (uint64_t k = 0; k < events; k++) {
        uint64_t row = query_select(hits, k);
        bool has = false;
        uint64_t place = row < r->list->base.rows && opens_block(t, row)
                             ? block_list_place(r->list, t, row, r->descending, &has)
                             : 0;
        if (has)
            stops_add(&places, place);
    }
    return pick(s, &places);
}

/* ---- many ---- */

/* A short list is looked through as a whole. */
static enum block_seek_state look_at_all(struct block_seek *s, const struct block_rows *r,
                                         const struct query *hits)
{
    struct stops places = {0};
    for (uint64_t at = 0; at < r->list->count; at++)
        if (query_has(hits, block_list_opener(r->list, at, r->descending)))
            stops_add(&places, at);
    return pick(s, &places);
}

static void start_look(struct block_seek *s, uint64_t count)
{
    s->count = count;
    s->from = s->from < count ? s->from : count - 1;
    s->looked = 0;
    s->left = s->jump.count;
    s->last = NOWHERE;
}

/* The position that is looked at after `looked` others: where one is comes first or last. */
static uint64_t position(const struct block_seek *s, uint64_t looked, bool *out_wrapped)
{
    uint64_t step = looked + (s->jump.here ? 0 : 1);
    uint64_t to_end = s->jump.back ? s->from : s->count - 1 - s->from;
    *out_wrapped = step > to_end;
    if (s->jump.back)
        return *out_wrapped ? s->count - (step - to_end) : s->from - step;
    return *out_wrapped ? step - to_end - 1 : s->from + step;
}

/* Who wants to pass more hits than there are comes to the last of them. */
static enum block_seek_state look_on(struct block_seek *s, const struct block_rows *r,
                                     const struct query *hits)
{
    bool wrapped;
    for (uint64_t n = 0; n < POSITIONS && s->looked < s->count && s->left > 0; n++) {
        uint64_t at = position(s, s->looked++, &wrapped);
        if (!query_has(hits, block_list_opener(r->list, at, r->descending)))
            continue;
        s->left--;
        s->last = at;
        s->wrapped = wrapped;
    }
    s->at = s->last;
    if (s->left > 0 && s->looked < s->count)
        return BLOCK_SEEK_GOES;
    return s->last != NOWHERE ? BLOCK_SEEK_FOUND : BLOCK_SEEK_NONE;
}

enum block_seek_state block_seek_step(struct block_seek *s, const struct block_rows *r,
                                      const struct query *hits)
{
    if (s->state != BLOCK_SEEK_WAITS && s->state != BLOCK_SEEK_GOES)
        return s->state;
    s->state = BLOCK_SEEK_WAITS;
    if (hits == NULL || r->list == NULL || r->env->snapshot->trace != query_trace(hits) ||
        query_scanned(hits) < r->list->base.rows)
        return s->state;
    uint64_t events = query_rank(hits, r->list->base.rows);
    if (events == 0 || r->list->count == 0) {
        s->state = BLOCK_SEEK_NONE;
    } else if (events <= FEW_HITS) {
        s->state = look_up(s, r, hits, events);
    } else if (r->list->count <= POSITIONS) {
        s->state = look_at_all(s, r, hits);
    } else {
        if (s->count != r->list->count)
            start_look(s, r->list->count);
        s->state = look_on(s, r, hits);
    }
    return s->state;
}
