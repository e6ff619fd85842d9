/* Rows of moments; see moments_rows.h. */
#include "answer/moments/moments_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer/tree/stack_condition.h"
#include "base/alloc.h"

#define NONE UINT32_MAX

struct row_groups {
    uint32_t first, count;
};

static void free_moments(struct answer *a)
{
    struct moments *m = (struct moments *)a;
    arena_release(&m->memory);
    free(m->rows);
    free(m);
}

static bool make_values(struct moments *m, struct moments_row *row)
{
    row->text = row->condition = "";
    row->at = arena_alloc(&m->memory, m->count * sizeof *row->at);
    if (row->at != NULL)
        memset(row->at, 0, m->count * sizeof *row->at);
    return row->at != NULL;
}

int moments_rows_init(struct moments_rows *b, uint32_t count, bool matching)
{
    *b = (struct moments_rows){.m = calloc(1, sizeof *b->m), .matching = matching};
    if (b->m == NULL)
        return -ENOMEM;
    answer_init(&b->m->base, free_moments);
    b->m->count = count;
    id_map_init(&b->places);
    hash_seed_init(&b->seed);
    return make_values(b->m, &b->m->whole) ? 0 : -ENOMEM;
}

void moments_rows_release(struct moments_rows *b)
{
    if (b->m != NULL)
        answer_unref(&b->m->base);
    id_map_release(&b->places);
    free(b->groups);
    free(b->next);
    free(b->stacks);
    strbuf_release(&b->text);
    *b = (struct moments_rows){0};
}

int moments_rows_begin(struct moments_rows *b, const struct moments_side *side)
{
    b->next = malloc((side->fold->group_count + 1) * sizeof *b->next);
    return b->next != NULL ? 0 : -ENOMEM;
}

/* ---- figures ---- */

static void add_value(struct moment_value *to, const struct moment_value *v)
{
    to->bytes += v->bytes;
    to->blocks += v->blocks;
}

static void add_figures(struct moments_row *row, const struct moments_side *side,
                        const struct moments_group_figures *g, const struct moment_value *values)
{
    for (uint32_t k = 0; k < side->fold->count; k++)
        add_value(&row->at[side->first + k], &values[k]);
    add_value(&row->fresh, &g->fresh);
    add_value(&row->gone, &g->gone);
    add_value(&row->old, &g->old);
}

/* Blocks of two traces cannot be told to be the same: a row is new, gone or old as a whole. */
static void judge_whole_row(struct moments_row *row, uint32_t count)
{
    const struct moment_value *first = &row->at[0], *last = &row->at[count - 1];
    const struct moment_value nothing = {0};
    row->fresh = first->blocks == 0 ? *last : nothing;
    row->gone = last->blocks == 0 ? *first : nothing;
    row->old = first->blocks != 0 && last->blocks != 0 ? *last : nothing;
}

static void finish_figures(struct moments_row *row, uint32_t count)
{
    const struct moment_value *first = &row->at[0], *last = &row->at[count - 1];
    row->delta_bytes = (int64_t)(last->bytes - first->bytes);
    row->delta_blocks = (int64_t)(last->blocks - first->blocks);
    row->grew = count > 2;
    for (uint32_t k = 1; k < count; k++)
        row->grew = row->grew && row->at[k].bytes > row->at[k - 1].bytes;
}

/* ---- rows ---- */

static size_t add_row(struct moments_rows *b, uint64_t key)
{
    struct moments *m = b->m;
    size_t place = m->row_count;
    if (base_grow((void **)&m->rows, &b->row_cap, place + 1, sizeof *m->rows) != 0 ||
        base_grow((void **)&b->groups, &b->group_cap, place + 1, sizeof *b->groups) != 0)
        return SIZE_MAX;
    struct moments_row *row = &m->rows[place];
    *row = (struct moments_row){.key = key};
    b->groups[place] = (struct row_groups){.first = NONE};
    if (!make_values(m, row))
        return SIZE_MAX;
    row->text = arena_strndup(&m->memory, strbuf_str(&b->text), b->text.len);
    if (row->text == NULL)
        return SIZE_MAX;
    m->row_count++;
    return place;
}

/* The row that reads as b->text, made when it is new; `owner` tells apart what may read the same.
 * Texts that fall into one slot are looked for in the next ones. SIZE_MAX when memory is out. */
static size_t find_row(struct moments_rows *b, uint32_t owner, uint64_t key)
{
    const char *text = strbuf_str(&b->text);
    uint64_t id = hash_text(&b->seed, text, b->text.len);
    const uint32_t *known;
    for (; (known = id_map_find(&b->places, owner, id)) != NULL; id++)
        if (strcmp(b->m->rows[*known].text, text) == 0)
            return *known;
    size_t place = add_row(b, key);
    if (place != SIZE_MAX && id_map_add(&b->places, owner, id, (uint32_t)place) != 0)
        return SIZE_MAX;
    return place;
}

static void note_group(struct moments_rows *b, struct moments_row *row, struct row_groups *groups,
                       uint32_t place, uint64_t key)
{
    b->next[place] = groups->first;
    groups->first = place;
    if (groups->count++ == 0 || key < row->key)
        row->key = key;
}

int moments_rows_add(struct moments_rows *b, const struct moments_side *side, uint32_t place)
{
    const struct moments_group_figures *g = &side->fold->groups[place];
    strbuf_clear(&b->text);
    moments_words_put(&side->words, g, &b->text);
    size_t row;
    if (b->matching)
        row = find_row(b, 0, MOMENTS_NO_KEY);
    else if (side->words.by == MOMENTS_BY_STACK)
        row = find_row(b, g->owner, g->key);
    else
        row = add_row(b, g->key);
    if (row == SIZE_MAX)
        return -ENOMEM;
    add_figures(&b->m->rows[row], side, g, side->fold->values + (size_t)place * side->fold->count);
    if (side->conditioned)
        note_group(b, &b->m->rows[row], &b->groups[row], place, g->key);
    return 0;
}

/* ---- conditions ---- */

static int put_stacks(struct moments_rows *b, const struct moments_side *side,
                      const struct row_groups *groups)
{
    const struct registry *r = side->words.trace->registry;
    size_t count = 0;
    if (base_grow((void **)&b->stacks, &b->stack_cap, groups->count, sizeof *b->stacks) != 0)
        return -ENOMEM;
    for (uint32_t i = groups->first; i != NONE; i = b->next[i]) {
        const struct moments_group_figures *g = &side->fold->groups[i];
        /* Where several processes have heaps, any of them may have the same stack. */
        b->stacks[count++] = (struct call_stack){
            .stack = (uint32_t)g->key,
            .pid = registry_process(r, g->owner)->pid,
            .processes = side->words.owners ? UINT32_MAX : 1,
        };
    }
    stack_condition_put(b->stacks, count, &b->text);
    return 0;
}

int moments_rows_finish(struct moments_rows *b, const struct moments_side *side, size_t place)
{
    struct moments_row *row = &b->m->rows[place];
    const struct row_groups *groups = &b->groups[place];
    if (b->matching)
        judge_whole_row(row, b->m->count);
    finish_figures(row, b->m->count);
    if (groups->first == NONE)
        return 0;
    strbuf_clear(&b->text);
    if (side->words.by != MOMENTS_BY_STACK)
        moments_words_put_condition(&side->words, &side->fold->groups[groups->first], &b->text);
    else if (put_stacks(b, side, groups) != 0)
        return -ENOMEM;
    row->condition = arena_strndup(&b->m->memory, strbuf_str(&b->text), b->text.len);
    return row->condition != NULL ? 0 : -ENOMEM;
}

/* ---- the answer ---- */

struct moments *moments_rows_take(struct moments_rows *b, const struct moments_side *sides,
                                  size_t count)
{
    struct moments *m = b->m;
    for (size_t i = 0; i < count; i++)
        add_figures(&m->whole, &sides[i], &sides[i].fold->whole, sides[i].fold->whole_values);
    if (b->matching) {
        m->whole.fresh = m->whole.gone = m->whole.old = (struct moment_value){0};
        for (size_t i = 0; i < m->row_count; i++) {
            add_value(&m->whole.fresh, &m->rows[i].fresh);
            add_value(&m->whole.gone, &m->rows[i].gone);
            add_value(&m->whole.old, &m->rows[i].old);
        }
    }
    finish_figures(&m->whole, m->count);
    b->m = NULL;
    return m;
}
