/*
 * Lists of blocks of a query: collects the blocks of the classes asked for, word by word of 64
 * rows, and sorts them, both a little at a time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer/answer_job.h"
#include "answer/blocks/block_list.h"
#include "answer/blocks/block_order.h"
#include "answer/blocks/block_sort.h"
#include "base/alloc.h"

/* Work of one step: about a millisecond. */
#define STEP_ROWS   32768u
#define STEP_BLOCKS 16384u
#define STEP_ITEMS  65536u

#define WORD 64u

/* A bit for each row; zeroed it is empty. */
struct row_set {
    uint64_t *words;
    size_t cap;
    size_t seen; /* resizes of the trace that are in it */
};

enum job_stage { STAGE_IDLE, STAGE_PREPARING, STAGE_COLLECTING, STAGE_SORTING };

struct block_job {
    struct query *query;
    struct blocks_spec spec;
    enum job_stage stage;
    bool stale; /* another list is wanted than the last one begun */
    /* The list in the making. */
    uint64_t at; /* rows looked at */
    struct block_list *list;
    struct block_sort sort;
    struct block_resized *resized; /* the list's, as they come */
    size_t resized_count, resized_cap;
    struct row_set changed; /* the rows whose blocks were ever resized in place */
    /* What the last one begun was made of. */
    uint64_t begun_rows;
    uint64_t flips;
    uint64_t stack_changes;
};

static struct answer_job *block_create(struct query *query, const struct answer_spec *spec)
{
    struct block_job *j = calloc(1, sizeof *j);
    if (j == NULL)
        return NULL;
    j->query = query_ref(query);
    j->spec = spec->blocks;
    j->stale = true;
    return (struct answer_job *)j;
}

/* The list looks at `resized` while it is made, and owns it when it is finished only. */
static void forget_list(struct block_job *j)
{
    if (j->list != NULL) {
        j->list->view.resized = NULL;
        answer_unref(&j->list->base);
    }
    block_sort_release(&j->sort);
    free(j->resized);
    j->list = NULL;
    j->resized = NULL;
    j->resized_count = j->resized_cap = 0;
    j->stage = STAGE_IDLE;
}

static void block_free(struct answer_job *job)
{
    struct block_job *j = (struct block_job *)job;
    forget_list(j);
    free(j->changed.words);
    query_unref(j->query);
    free(j);
}

static void start_anew(struct block_job *j)
{
    forget_list(j);
    j->stale = true;
}

static void block_want(struct answer_job *job, const struct answer_spec *spec)
{
    struct block_job *j = (struct block_job *)job;
    j->spec = spec->blocks;
    start_anew(j);
}

static bool block_move(struct answer_job *job, struct query *query)
{
    struct block_job *j = (struct block_job *)job;
    struct query *old = j->query;
    j->query = query_ref(query);
    query_unref(old);
    start_anew(j);
    return true;
}

/* ---- collecting ---- */

static const struct trace *trace_of(const struct block_job *j)
{
    return query_trace(j->query);
}

static int begin_list(struct block_job *j)
{
    const struct store *st = trace_of(j)->store;
    forget_list(j);
    j->list = calloc(1, sizeof *j->list);
    if (j->list == NULL)
        return -ENOMEM;
    answer_init(&j->list->base, block_list_free);
    uint64_t rows = query_scanned(j->query);
    j->list->base.rows = rows;
    j->list->order = j->spec.order;
    j->list->view = (struct block_view){
        .rows = rows,
        .now = rows > 0 ? store_time(st, rows - 1) : INT64_MIN,
        .range = query_range(j->query),
    };
    block_sort_reserve(&j->sort, matches_rank(query_matches(j->query), j->list->view.range.end));
    j->at = 0;
    j->begun_rows = rows;
    j->flips = matches_flips(query_matches(j->query));
    j->stack_changes = store_stack_changes(st);
    j->stale = false;
    j->stage = STAGE_PREPARING;
    return 0;
}

/* Blocks that were resized are few, and asking for each block would cost more than all the rest. */
static int note_resizes(struct block_job *j)
{
    struct row_set *set = &j->changed;
    const struct store *st = trace_of(j)->store;
    const struct resizes *all = replay_resizes(trace_of(j)->replay);
    size_t words = set->cap;
    int rc =
        base_grow((void **)&set->words, &set->cap, j->begun_rows / WORD + 1, sizeof *set->words);
    if (rc != 0)
        return rc;
    memset(set->words + words, 0, (set->cap - words) * sizeof *set->words);
    size_t end = all->count - set->seen > STEP_BLOCKS ? set->seen + STEP_BLOCKS : all->count;
    for (; set->seen < end && all->items[set->seen].row < j->begun_rows; set->seen++) {
        uint64_t row = all->items[set->seen].row;
        const struct store_chunk *c = store_chunk(st, row / STORE_CHUNK_ROWS);
        uint64_t opener = store_chunk_link(c, (uint32_t)(row % STORE_CHUNK_ROWS), row);
        set->words[opener / WORD] |= UINT64_C(1) << opener % WORD;
    }
    if (set->seen < end || end == all->count)
        j->stage = STAGE_COLLECTING;
    return 0;
}

/* The bits of the rows before `end`. */
static uint64_t rows_before(uint64_t row, uint64_t end)
{
    if (end <= row)
        return 0;
    return end - row >= WORD ? UINT64_MAX : (UINT64_C(1) << (end - row)) - 1;
}

/* Which of 64 rows opened blocks of each class. */
static void find_classes(const struct trace *t, uint64_t row, struct block_range range,
                         uint64_t out_words[BLOCK_CLASSES])
{
    uint64_t outside = rows_before(row, range.first);
    uint64_t at_end = blocks_alive(t, row, range.end);
    uint64_t at_first = outside != 0 ? blocks_alive(t, row, range.first) : 0;
    uint64_t born = outside != UINT64_MAX ? blocks_opened(t, row, range.end) & ~outside : 0;
    out_words[BLOCK_AIFI] = born & ~at_end;
    out_words[BLOCK_AIFO] = born & at_end;
    out_words[BLOCK_AOFI] = at_first & ~at_end;
    out_words[BLOCK_AOFO] = at_first & at_end;
}

static int note_size(struct block_job *j, uint64_t opener, uint64_t size)
{
    int rc =
        base_grow((void **)&j->resized, &j->resized_cap, j->resized_count + 1, sizeof *j->resized);
    if (rc != 0)
        return rc;
    j->resized[j->resized_count++] = (struct block_resized){(uint32_t)opener, size};
    j->list->view.resized = j->resized;
    j->list->view.resized_count = j->resized_count;
    return 0;
}

static int collect_block(struct block_job *j, uint64_t opener, struct block_total *total)
{
    const struct trace *t = trace_of(j);
    const struct store_chunk *c = store_chunk(t->store, opener / STORE_CHUNK_ROWS);
    uint64_t size = store_chunk_size(c, (uint32_t)(opener % STORE_CHUNK_ROWS));
    int rc = 0;
    if ((j->changed.words[opener / WORD] >> opener % WORD & 1) != 0) {
        size = block_size_at(t, opener, j->list->view.range.end);
        rc = note_size(j, opener, size);
    }
    total->blocks++;
    total->bytes += size;
    uint64_t value = j->spec.order == BLOCK_ORDER_SIZE
                         ? size
                         : block_order_values[j->spec.order](&j->list->view, t, opener);
    return rc == 0 ? block_sort_add(&j->sort, (uint32_t)opener, value) : rc;
}

/* The blocks of the 64 rows, in order of rows whatever their classes. */
static int collect_word(struct block_job *j, uint64_t row)
{
    uint64_t words[BLOCK_CLASSES] = {0}, wanted = 0;
    uint64_t match = matches_word(query_matches(j->query), row);
    if (match == 0)
        return 0;
    find_classes(trace_of(j), row, j->list->view.range, words);
    for (int k = 0; k < BLOCK_CLASSES; k++)
        wanted |= (j->spec.classes >> k & 1) != 0 ? words[k] & match : 0;
    for (; wanted != 0; wanted &= wanted - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(wanted);
        int class = 0;
        while ((words[class] >> bit & 1) == 0)
            class ++;
        int rc = collect_block(j, row + bit, &j->list->of_class[class]);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int collect(struct block_job *j)
{
    uint64_t end = j->list->view.range.end;
    size_t most = j->sort.count + STEP_BLOCKS;
    for (uint64_t n = 0; n < STEP_ROWS && j->at < end && j->sort.count < most; n += WORD) {
        int rc = collect_word(j, j->at);
        if (rc != 0)
            return rc;
        j->at += WORD;
    }
    if (j->at >= end)
        j->stage = STAGE_SORTING;
    return 0;
}

/* ---- sorting ---- */

static uint64_t value_of(void *ctx, uint32_t row)
{
    const struct block_job *j = ctx;
    return block_order_values[j->spec.order](&j->list->view, trace_of(j), row);
}

static struct answer *finish_list(struct block_job *j)
{
    struct block_list *l = j->list;
    for (int k = 0; k < BLOCK_CLASSES; k++) {
        l->total.blocks += l->of_class[k].blocks;
        l->total.bytes += l->of_class[k].bytes;
    }
    l->count = j->sort.count;
    l->openers = block_sort_take(&j->sort);
    j->resized = NULL; /* the list's view has it */
    j->list = NULL;
    forget_list(j);
    return &l->base;
}

static int sort_on(struct block_job *j, struct answer **out_done)
{
    int rc = block_sort_step(&j->sort, STEP_ITEMS, value_of, j);
    if (rc == 0)
        *out_done = finish_list(j);
    return rc < 0 ? rc : 0;
}

/* ---- the job ---- */

/* Rows have come, or what was known of those there were has changed. */
static bool is_outdated(const struct block_job *j)
{
    bool by_stack = j->spec.order == BLOCK_ORDER_STACK;
    return j->stale || j->begun_rows != query_scanned(j->query) ||
           j->flips != matches_flips(query_matches(j->query)) ||
           (by_stack && j->stack_changes != store_stack_changes(trace_of(j)->store));
}

static bool block_has_work(const struct answer_job *job, const struct frame_namer *namer)
{
    (void)namer;
    const struct block_job *j = (const struct block_job *)job;
    return j->stage != STAGE_IDLE || is_outdated(j);
}

/* A list that was begun is finished, so that a fast live trace shows some. */
static int block_work(struct answer_job *job, const struct frame_namer *namer,
                      struct answer **out_done)
{
    (void)namer;
    struct block_job *j = (struct block_job *)job;
    int rc = 0;
    if (j->stage == STAGE_IDLE && is_outdated(j))
        rc = begin_list(j);
    else if (j->stage == STAGE_PREPARING)
        rc = note_resizes(j);
    else if (j->stage == STAGE_COLLECTING)
        rc = collect(j);
    else if (j->stage == STAGE_SORTING)
        rc = sort_on(j, out_done);
    if (rc != 0)
        forget_list(j);
    return rc;
}

/* Looking at the rows takes about as long as the sorting. */
static unsigned block_percent(const struct answer_job *job)
{
    const struct block_job *j = (const struct block_job *)job;
    uint64_t end = j->list != NULL ? j->list->view.range.end : 0;
    if (j->stage == STAGE_SORTING)
        return 50 + block_sort_percent(&j->sort) / 2;
    return j->stage == STAGE_COLLECTING && end > 0 ? (unsigned)(j->at * 50 / end) : 0;
}

const struct answer_job_ops block_job_ops = {
    .belongs_to_trace = true,
    .create = block_create,
    .free = block_free,
    .want = block_want,
    .move = block_move,
    .has_work = block_has_work,
    .work = block_work,
    .percent = block_percent,
};
