/*
 * One condition over the columns of a chunk: for a whole chunk by its zone map, for 64 rows at once
 * in loops a compiler can vectorise, and for single rows where those loops do not reach.
 */
#include "query/filter_priv.h"

#include <string.h>

#include "query/blocks.h"

/* Rows that concern a block. The link of a moved one tells whether it does. */
#define BLOCK_FLAGS (ROW_OPENS | ROW_CLOSES | ROW_RESIZES)

static uint32_t place(uint64_t id)
{
    return (uint32_t)(id % STORE_CHUNK_ROWS);
}

/* The row that opened the block which row `id` concerns, as trace_row_opener(). */
static uint64_t opener_of(const struct store_chunk *c, uint64_t id)
{
    unsigned flags = c->flags[place(id)];
    if ((flags & ROW_OPENS) != 0)
        return id;
    if ((flags & (ROW_CLOSES | ROW_RESIZES | ROW_MOVED)) == 0)
        return ROW_NONE;
    return store_chunk_link(c, place(id), id);
}

static uint64_t link_of(const struct filter_run *run, uint64_t id)
{
    const struct store_chunk *c = store_chunk(run->trace->store, id / STORE_CHUNK_ROWS);
    return store_chunk_link(c, place(id), id);
}

/* Values: what a field is on a row. False when it is absent. */

static bool read_address(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                         uint64_t *out_v)
{
    (void)run;
    *out_v = c->address[place(id)];
    return (c->flags[place(id)] & STORE_HAS_ADDRESS) != 0;
}

static bool read_size(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                      uint64_t *out_v)
{
    (void)run;
    *out_v = store_chunk_size(c, place(id));
    return (c->flags[place(id)] & STORE_HAS_SIZE) != 0;
}

static bool read_old(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                     unsigned has, enum store_old which, uint64_t *out_v)
{
    if (store_chunk_op(c, place(id)) != HEAP_OP_REALLOC)
        return false;
    const struct store_extra *old = store_find_extra(run->trace->store, id, STORE_EXTRA_OLD);
    if (old == NULL || (old->note & has) == 0)
        return false;
    *out_v = old->values[which];
    return true;
}

static bool read_old_address(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                             uint64_t *out_v)
{
    return read_old(run, c, id, EVENT_HAS_OLD_ADDRESS, STORE_OLD_ADDRESS, out_v);
}

static bool read_old_size(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                          uint64_t *out_v)
{
    return read_old(run, c, id, EVENT_HAS_OLD_SIZE, STORE_OLD_SIZE, out_v);
}

static bool read_block_size(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                            uint64_t *out_v)
{
    (void)run;
    *out_v = store_chunk_size(c, place(id));
    return opener_of(c, id) != ROW_NONE;
}

static bool read_time(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                      uint64_t *out_v)
{
    (void)run;
    *out_v = filter_signed(store_chunk_time(c, place(id)));
    return true;
}

static bool read_life(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                      uint64_t *out_v)
{
    unsigned flags = c->flags[place(id)];
    uint64_t other = store_chunk_link(c, place(id), id);
    if ((flags & (ROW_OPENS | ROW_CLOSES)) == 0 || other == ROW_NONE)
        return false;
    int64_t mine = store_chunk_time(c, place(id)), its = store_time(run->trace->store, other);
    bool opens = (flags & ROW_OPENS) != 0;
    int64_t ticks;
    if (__builtin_sub_overflow(opens ? its : mine, opens ? mine : its, &ticks))
        ticks = INT64_MAX;
    *out_v = filter_signed(ticks);
    return true;
}

static bool read_stack(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                       uint64_t *out_v)
{
    (void)run;
    *out_v = store_chunk_stack(c, place(id));
    return *out_v != STACK_NONE;
}

/* Rows are in time order, so that times tell what block_class() is told by rows, on a trace that
 * grows too. */
static bool read_class(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                       uint64_t *out_v)
{
    uint64_t opener = opener_of(c, id);
    if (opener == ROW_NONE)
        return false;
    uint64_t closer = link_of(run, opener);
    int64_t born = store_time(run->trace->store, opener);
    int64_t died = closer != ROW_NONE ? store_time(run->trace->store, closer) : INT64_MAX;
    bool freed = closer != ROW_NONE && died <= run->until;
    if (born > run->until || (freed && died < run->since))
        return false; /* Never alive in it. */
    if (born >= run->since)
        *out_v = freed ? BLOCK_AIFI : BLOCK_AIFO;
    else
        *out_v = freed ? BLOCK_AOFI : BLOCK_AOFO;
    return true;
}

static bool read_chain(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                       uint64_t *out_v)
{
    uint64_t opener = opener_of(c, id);
    if (opener == ROW_NONE)
        return false;
    *out_v = chains_length(trace_chains(run->trace), opener);
    return true;
}

/* Flags that need more than the row's own. */

static bool is_live(const struct filter_run *run, const struct store_chunk *c, uint64_t id)
{
    if ((c->flags[place(id)] & ROW_CLOSES) != 0)
        return false;
    uint64_t opener = opener_of(c, id);
    return opener != ROW_NONE && link_of(run, opener) == ROW_NONE;
}

static bool is_temporary(const struct filter_run *run, const struct store_chunk *c, uint64_t id)
{
    unsigned flags = c->flags[place(id)];
    if ((flags & ROW_OPENS) != 0) {
        uint64_t closer = store_chunk_link(c, place(id), id);
        if (closer == ROW_NONE)
            return false;
        flags = store_chunk(run->trace->store, closer / STORE_CHUNK_ROWS)->flags[place(closer)];
    }
    return (flags & ROW_TEMPORARY) != 0;
}

/* Words: 64 rows at once. A row's answer is a byte; eight of them fold into eight bits. */

struct word {
    uint8_t byte[64];
};

static uint64_t fold_word(const struct word *w)
{
    uint64_t bits = 0;
    for (unsigned k = 0; k < 8; k++) {
        uint64_t eight;
        memcpy(&eight, w->byte + 8 * k, sizeof eight);
        bits |= (eight * UINT64_C(0x0102040810204080) >> 56) << (8 * k);
    }
    return bits;
}

/* Rows one by one: for conditions without a loop of their own, and for odd rows in those loops. */
static uint64_t each_row(const struct filter_run *run, const struct filter_bound *b,
                         const struct store_chunk *c, uint64_t id, uint64_t care)
{
    uint64_t bits = 0;
    for (; care != 0; care &= care - 1) {
        unsigned i = (unsigned)__builtin_ctzll(care);
        bits |= (uint64_t)filter_column_row(run, b, c, id + i) << i;
    }
    return bits;
}

static bool cached_answer(const struct filter_run *run, const struct filter_bound *b,
                          uint32_t index)
{
    return index < b->answered ? b->answers[index] != 0 : filter_answer(run, b, index);
}

static uint64_t word_op(const struct filter_run *run, const struct filter_bound *b,
                        const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care)
{
    if (b->answered == 0)
        return each_row(run, b, c, id, care);
    struct word w = {{0}};
    for (uint32_t i = 0; i < n; i++)
        w.byte[i] = b->answers[store_chunk_op(c, place(id) + i)];
    return fold_word(&w);
}

static uint64_t word_heap(const struct filter_run *run, const struct filter_bound *b,
                          const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care)
{
    (void)care;
    struct word w = {{0}};
    const uint16_t *heap = c->heap + place(id);
    uint32_t cached = b->answered < STORE_NO_HEAP ? b->answered : STORE_NO_HEAP;
    for (uint32_t i = 0; i < n; i++)
        w.byte[i] = heap[i] < cached ? b->answers[heap[i]]
                                     : cached_answer(run, b, store_chunk_heap(c, place(id) + i));
    return fold_word(&w);
}

static uint64_t word_thread(const struct filter_run *run, const struct filter_bound *b,
                            const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care)
{
    (void)care;
    struct word w = {{0}};
    for (uint32_t i = 0; i < n; i++)
        w.byte[i] = cached_answer(run, b, c->thread[place(id) + i]);
    return fold_word(&w);
}

static bool row_source(const struct filter_run *run, const struct filter_bound *b,
                       const struct store_chunk *c, uint32_t i)
{
    return c->source[i] != STORE_NO_SOURCE && cached_answer(run, b, store_chunk_source(c, i));
}

static uint64_t word_source(const struct filter_run *run, const struct filter_bound *b,
                            const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care)
{
    (void)care;
    struct word w = {{0}};
    const uint8_t *source = c->source + place(id);
    for (uint32_t i = 0; i < n; i++)
        w.byte[i] =
            source[i] < b->answered ? b->answers[source[i]] : row_source(run, b, c, place(id) + i);
    return fold_word(&w);
}

/* True when the loops below can do the condition: one interval that the size column can hold. */
static bool is_plain(const struct filter_bound *b)
{
    return b->cond->test == FILTER_TEST_VALUES && b->count == 1;
}

/*
 * Sizes in one interval. `has` are the flags of rows that carry the value, `odd` those of rows to
 * be looked at one by one, like the ones whose size does not fit the column.
 */
static uint64_t word_sizes(const struct filter_run *run, const struct filter_bound *b,
                           const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care,
                           unsigned has, unsigned odd)
{
    if (!is_plain(b) || b->intervals[0].low >= STORE_WIDE_SIZE)
        return each_row(run, b, c, id, care);
    const uint32_t *size = c->size + place(id);
    const uint16_t *flags = c->flags + place(id);
    const uint64_t high = b->intervals[0].high;
    const uint32_t low = (uint32_t)b->intervals[0].low;
    const uint32_t width = (high < STORE_WIDE_SIZE ? (uint32_t)high : STORE_WIDE_SIZE - 1) - low;
    const bool negated = b->cond->negated;
    struct word yes = {{0}}, single = {{0}};
    for (uint32_t i = 0; i < n; i++) {
        bool in = size[i] - low <= width;
        yes.byte[i] = (uint8_t)((in != negated) & ((flags[i] & has) != 0));
        single.byte[i] = (uint8_t)((size[i] == STORE_WIDE_SIZE) | ((flags[i] & odd) != 0));
    }
    uint64_t singles = fold_word(&single);
    return (fold_word(&yes) & ~singles) | each_row(run, b, c, id, singles & care);
}

static uint64_t word_size(const struct filter_run *run, const struct filter_bound *b,
                          const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care)
{
    return word_sizes(run, b, c, id, n, care, STORE_HAS_SIZE, 0);
}

static uint64_t word_block_size(const struct filter_run *run, const struct filter_bound *b,
                                const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care)
{
    return word_sizes(run, b, c, id, n, care, BLOCK_FLAGS, ROW_MOVED);
}

static uint64_t word_address(const struct filter_run *run, const struct filter_bound *b,
                             const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care)
{
    if (!is_plain(b))
        return each_row(run, b, c, id, care);
    const uint64_t *address = c->address + place(id);
    const uint16_t *flags = c->flags + place(id);
    const uint64_t low = b->intervals[0].low, width = b->intervals[0].high - low;
    const bool negated = b->cond->negated;
    struct word w = {{0}};
    for (uint32_t i = 0; i < n; i++) {
        bool in = address[i] - low <= width;
        w.byte[i] = (uint8_t)((in != negated) & ((flags[i] & STORE_HAS_ADDRESS) != 0));
    }
    return fold_word(&w);
}

static uint64_t word_flag(const struct filter_run *run, const struct filter_bound *b,
                          const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care);

/* Openers tell by their own link; the few other rows are looked at one by one. */
static uint64_t word_live(const struct filter_run *run, const struct filter_bound *b,
                          const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care)
{
    const uint16_t *flags = c->flags + place(id);
    struct word yes = {{0}}, single = {{0}};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t link = atomic_load_explicit(&c->link[place(id) + i], memory_order_relaxed);
        bool opens = (flags[i] & ROW_OPENS) != 0;
        yes.byte[i] = (uint8_t)(opens & (link == 0));
        single.byte[i] = (uint8_t)(!opens & ((flags[i] & (ROW_RESIZES | ROW_MOVED)) != 0));
    }
    return fold_word(&yes) | each_row(run, b, c, id, fold_word(&single) & care);
}

/*
 * The table of columns: what filter_fields is to the text, this is to the rows. In order of enum
 * filter_field_id.
 */
static const struct column {
    /* The value of fields that are compared row by row. */
    bool (*read)(const struct filter_run *run, const struct store_chunk *c, uint64_t id,
                 uint64_t *out_v);
    /* Flags that need more than the row's own bits. */
    bool (*test)(const struct filter_run *run, const struct store_chunk *c, uint64_t id);
    /* 64 rows; each_row when there is nothing faster. */
    uint64_t (*word)(const struct filter_run *run, const struct filter_bound *b,
                     const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care);
    /* Bits of the flags column: rows without one of them have no value. 0: any row may have one. */
    unsigned flags;
} columns[FILTER_FIELDS] = {
    {NULL, NULL, word_op, 0},
    {NULL, NULL, word_heap, 0},
    {NULL, NULL, word_thread, 0},
    {NULL, NULL, word_thread, 0},
    {NULL, NULL, word_thread, 0},
    {read_address, NULL, word_address, STORE_HAS_ADDRESS},
    {read_old_address, NULL, NULL, 0},
    {read_size, NULL, word_size, STORE_HAS_SIZE},
    {read_old_size, NULL, NULL, 0},
    {read_block_size, NULL, word_block_size, BLOCK_FLAGS | ROW_MOVED},
    {NULL, NULL, word_source, 0},
    {read_time, NULL, NULL, 0},
    {read_life, NULL, NULL, ROW_OPENS | ROW_CLOSES},
    {read_stack, NULL, NULL, 0},
    {NULL, NULL, NULL, 0},
    {NULL, NULL, NULL, 0},
    {read_class, NULL, NULL, BLOCK_FLAGS | ROW_MOVED},
    {read_chain, NULL, NULL, BLOCK_FLAGS | ROW_MOVED},
    {NULL, is_live, word_live, ROW_OPENS | ROW_RESIZES | ROW_MOVED},
    {NULL, is_temporary, NULL, ROW_OPENS | ROW_TEMPORARY},
    {NULL, NULL, word_flag, ROW_UNMATCHED},
    {NULL, NULL, word_flag, ROW_FAILED},
    {NULL, NULL, word_flag, ROW_REPAIRED},
};

static uint64_t word_flag(const struct filter_run *run, const struct filter_bound *b,
                          const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care)
{
    (void)run;
    (void)care;
    const uint16_t *flags = c->flags + place(id);
    const unsigned wanted = columns[b->cond->field].flags;
    struct word w = {{0}};
    for (uint32_t i = 0; i < n; i++)
        w.byte[i] = (flags[i] & wanted) != 0;
    return fold_word(&w);
}

uint64_t filter_column_word(const struct filter_run *run, const struct filter_bound *b,
                            const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care)
{
    const struct column *column = &columns[b->cond->field];
    if (b->stacks != NULL)
        return filter_stacks_word(run, b, c, id, care);
    if (column->word == NULL || (care & (care - 1)) == 0)
        return each_row(run, b, c, id, care);
    return column->word(run, b, c, id, n, care) & care;
}

/* The index of the row that the condition's answers go by. */
static uint32_t index_of(const struct store_chunk *c, uint32_t i, enum filter_field_id field)
{
    if (field == FILTER_FIELD_OP)
        return store_chunk_op(c, i);
    if (field == FILTER_FIELD_HEAP)
        return store_chunk_heap(c, i);
    return c->thread[i];
}

/* True when the row's block covers the byte that is asked for. */
static bool row_contains(const struct filter_run *run, const struct filter_bound *b,
                         const struct store_chunk *c, uint64_t id)
{
    uint64_t size, address = c->address[place(id)], byte = b->intervals[0].low;
    return read_block_size(run, c, id, &size) && byte >= address && byte - address < size;
}

static bool row_value(const struct filter_run *run, const struct filter_bound *b,
                      const struct store_chunk *c, uint64_t id)
{
    uint64_t v;
    if (!columns[b->cond->field].read(run, c, id, &v))
        return false;
    bool yes = b->cond->test == FILTER_TEST_PART ? filter_hex_has(v, &b->cond->names[0])
                                                 : filter_intervals_have(b->intervals, b->count, v);
    return yes != b->cond->negated;
}

bool filter_column_row(const struct filter_run *run, const struct filter_bound *b,
                       const struct store_chunk *c, uint64_t id)
{
    enum filter_field_id field = b->cond->field;
    const struct column *column = &columns[field];
    if (b->cond->test == FILTER_TEST_CONTAINS)
        return row_contains(run, b, c, id);
    if (b->stacks != NULL)
        return filter_stacks_answer(run, b, c->thread[place(id)], store_chunk_stack(c, place(id)),
                                    store_chunk_time(c, place(id)));
    if (column->read != NULL)
        return row_value(run, b, c, id);
    if (column->test != NULL)
        return column->test(run, c, id);
    if (b->cond->test == FILTER_TEST_FLAG)
        return (c->flags[place(id)] & column->flags) != 0;
    if (field == FILTER_FIELD_SOURCE)
        return row_source(run, b, c, place(id));
    return cached_answer(run, b, index_of(c, place(id), field));
}

/* Zones: what the whole chunk can and cannot contain. */

/* How the values of [min, max] lie to the condition's intervals. */
static enum filter_verdict judge_span(const struct filter_bound *b, uint64_t min, uint64_t max)
{
    bool touched = false;
    for (size_t i = 0; i < b->count; i++) {
        struct filter_interval in = b->intervals[i];
        if (in.low <= min && max <= in.high)
            return b->cond->negated ? FILTER_NONE : FILTER_ALL;
        touched |= in.low <= max && min <= in.high;
    }
    if (touched)
        return FILTER_SOME;
    return b->cond->negated ? FILTER_ALL : FILTER_NONE;
}

static enum filter_verdict judge_mask(const struct filter_bound *b, uint64_t zone)
{
    return (b->zone_mask & zone) == 0 ? FILTER_NONE : FILTER_SOME;
}

enum filter_verdict filter_column_judge(const struct filter_bound *b, const struct store_zone *z)
{
    enum filter_field_id field = b->cond->field;
    if (columns[field].flags != 0 && (columns[field].flags & z->flags) == 0)
        return FILTER_NONE;
    switch (field) {
    case FILTER_FIELD_OP:
        return judge_mask(b, z->ops);
    case FILTER_FIELD_HEAP:
        return judge_mask(b, z->heaps);
    case FILTER_FIELD_PID:
    case FILTER_FIELD_TID:
    case FILTER_FIELD_PROCESS:
        return judge_mask(b, z->threads);
    case FILTER_FIELD_TIME:
        return judge_span(b, filter_signed(z->min_time), filter_signed(z->max_time));
    case FILTER_FIELD_SIZE:
    case FILTER_FIELD_BLOCK_SIZE:
        /* Some row may always be without a size, so that all of them is never the answer. */
        return judge_span(b, z->min_size, z->max_size) == FILTER_NONE ? FILTER_NONE : FILTER_SOME;
    default:
        return FILTER_SOME;
    }
}
