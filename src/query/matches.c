/*
 * The bitmap of matching rows (matches.h).
 *
 *   bitmap[chunk] -> 1,024 words, NULL while the chunk has no match
 *   before[chunk]    matches in the chunks before it
 *
 * The worker decides rows in a private buffer, copies the words, brings `before` up to date and
 * then publishes `scanned`. A reader takes `scanned` first and never answers with rows behind it.
 */
#include "query/matches.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "model/followers.h"

#define CHUNK_WORDS (STORE_CHUNK_ROWS / 64)

/*
 * Frames that are looked at for their names in one step, some 300 ns each, and rows that are
 * decided between two looks at how many it were. Names are looked up once for each stack, so a step
 * over rows whose stacks are new would take a hundred times as long as any other.
 */
#define STEP_FRAMES 8192
#define NAMES_ROWS  256

/* Only for filters that can rule rows out. */
struct bitmap {
    _Atomic uint64_t *_Atomic words[STORE_MAX_CHUNKS];
    _Atomic uint64_t before[STORE_MAX_CHUNKS + 1];
    uint32_t count[STORE_MAX_CHUNKS]; /* worker only */
};

struct matches {
    struct filter *filter; /* NULL: every row */
    const struct trace *trace;
    _Atomic uint64_t scanned;
    _Atomic uint64_t flips;
    struct bitmap *bitmap; /* NULL: every row */

    /* Worker only. */
    struct filter_run *run;
    struct followers followers;
    uint32_t links;          /* of chains_links(), those whose blocks were looked at again */
    uint64_t redo, redo_end; /* decided rows that are to be decided anew: [redo, redo_end) */
    uint64_t stack_changes;  /* store_stack_changes() as of the last look */
    uint64_t
        changed; /* the first chunk whose count changed since `before` was brought up to date */
    bool failed;
    uint64_t buffer[CHUNK_WORDS];
};

static uint64_t get_u64(const _Atomic uint64_t *v)
{
    return atomic_load_explicit(v, memory_order_relaxed);
}

static void set_u64(_Atomic uint64_t *v, uint64_t to)
{
    atomic_store_explicit(v, to, memory_order_relaxed);
}

struct matches *matches_new(const struct filter *filter, const struct trace *trace)
{
    struct matches *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->trace = trace;
    m->filter = filter != NULL ? filter_ref(filter) : NULL;
    followers_init(&m->followers);
    if (filter == NULL || filter_is_empty(filter))
        return m;
    m->run = filter_run_new(filter, trace);
    m->bitmap = calloc(1, sizeof *m->bitmap);
    if (m->run != NULL && m->bitmap != NULL)
        return m;
    matches_free(m);
    return NULL;
}

void matches_free(struct matches *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; m->bitmap != NULL && i < STORE_MAX_CHUNKS; i++)
        free(m->bitmap->words[i]);
    free(m->bitmap);
    followers_release(&m->followers);
    filter_run_free(m->run);
    filter_unref(m->filter);
    free(m);
}

void matches_set_range(struct matches *m, int64_t since, int64_t until)
{
    if (m->run != NULL)
        filter_run_set_range(m->run, since, until);
}

/* The words of a chunk; NULL when it has no match. */
static _Atomic uint64_t *words_of(const struct matches *m, uint64_t chunk)
{
    return atomic_load_explicit(&m->bitmap->words[chunk], memory_order_acquire);
}

static _Atomic uint64_t *make_words(struct matches *m, uint64_t chunk)
{
    _Atomic uint64_t *words = words_of(m, chunk);
    if (words != NULL)
        return words;
    words = calloc(CHUNK_WORDS, sizeof *words);
    if (words == NULL) {
        m->failed = true;
        return NULL;
    }
    atomic_store_explicit(&m->bitmap->words[chunk], words, memory_order_release);
    return words;
}

/* Counts and places of matches follow; rows behind `scanned` are part of them but not visible. */
static void update_before(struct matches *m, uint64_t last_chunk)
{
    struct bitmap *b = m->bitmap;
    for (uint64_t c = m->changed; c <= last_chunk; c++)
        set_u64(&b->before[c + 1], get_u64(&b->before[c]) + b->count[c]);
    m->changed = last_chunk + 1;
}

static void change_count(struct matches *m, uint64_t chunk, uint32_t by)
{
    m->bitmap->count[chunk] += by;
    if (chunk < m->changed)
        m->changed = chunk;
}

/* Decides rows [from, to) of a chunk anew. Returns how many bits are other than they were. */
static uint64_t decide(struct matches *m, uint64_t chunk, uint32_t from, uint32_t to)
{
    const _Atomic uint64_t *old = words_of(m, chunk);
    uint32_t first = from / 64, end = (to + 63) / 64;
    for (uint32_t w = first; w < end; w++)
        m->buffer[w] = old != NULL ? get_u64(&old[w]) : 0;
    if (filter_run_chunk(m->run, chunk, from, to, m->buffer) == 0 && old == NULL)
        return 0;
    _Atomic uint64_t *words = make_words(m, chunk);
    if (words == NULL)
        return 0;
    uint64_t changed = 0;
    uint32_t more = 0;
    for (uint32_t w = first; w < end; w++) {
        uint64_t was = get_u64(&words[w]);
        changed += (uint64_t)__builtin_popcountll(was ^ m->buffer[w]);
        more += (uint32_t)__builtin_popcountll(m->buffer[w]) - (uint32_t)__builtin_popcountll(was);
        set_u64(&words[w], m->buffer[w]);
    }
    change_count(m, chunk, more);
    return changed;
}

/* Decides rows [from, to), which may lie in several chunks, as many of them as `most_frames` last
 * for. Returns the row behind the last one decided. */
static uint64_t decide_rows(struct matches *m, uint64_t from, uint64_t to, uint64_t most_frames,
                            uint64_t *out_changed)
{
    const uint64_t slice = filter_run_asks_names(m->run) ? NAMES_ROWS : STORE_CHUNK_ROWS;
    *out_changed = 0;
    while (from < to && !m->failed) {
        uint64_t chunk = from / STORE_CHUNK_ROWS, start = chunk * STORE_CHUNK_ROWS;
        uint64_t end = (from / slice + 1) * slice;
        end = end < to ? end : to;
        *out_changed += decide(m, chunk, (uint32_t)(from - start), (uint32_t)(end - start));
        from = end;
        if (filter_run_frames(m->run) >= most_frames)
            break;
    }
    return from;
}

static void count_flips(struct matches *m, uint64_t n)
{
    set_u64(&m->flips, get_u64(&m->flips) + n);
}

/* Decides one row again. */
static void decide_again(struct matches *m, uint64_t row)
{
    uint64_t chunk = row / STORE_CHUNK_ROWS, place = row % STORE_CHUNK_ROWS;
    uint64_t bit = UINT64_C(1) << place % 64;
    const _Atomic uint64_t *old = words_of(m, chunk);
    bool was = old != NULL && (get_u64(&old[place / 64]) & bit) != 0;
    if (filter_run_row(m->run, row) == was)
        return;
    _Atomic uint64_t *words = make_words(m, chunk);
    if (words == NULL)
        return;
    set_u64(&words[place / 64], get_u64(&words[place / 64]) ^ bit);
    change_count(m, chunk, was ? UINT32_MAX : 1);
    count_flips(m, 1);
}

/* The fate of the block opened at `opener` has changed: looks again at its rows before `from`. */
static void block_changed(struct matches *m, uint64_t opener, uint64_t from)
{
    if (opener < from)
        decide_again(m, opener);
    for (uint32_t i = followers_first(&m->followers, opener); i != FOLLOWERS_END;
         i = followers_next(&m->followers, i))
        decide_again(m, followers_row(&m->followers, i));
}

/* Remembers that what `row` says of its block changes when the block ends or, behind that too, when
 * its chain grows. */
static void follow(struct matches *m, uint64_t row, uint64_t opener)
{
    /* An end that is already known but not scanned yet still has this row looked at again: the
     * link may have been set after the row was decided, by a writer on another thread. */
    if (opener == ROW_NONE ||
        (store_closer(m->trace->store, opener) < row && !filter_depends_on_chains(m->filter)))
        return;
    if (followers_add(&m->followers, opener, row) != 0)
        m->failed = true;
}

/* A chain of which `opener` opened a block has grown: all that its rows before `from` say. */
static void chain_changed(struct matches *m, uint64_t opener, uint64_t from)
{
    const struct chains *chains = trace_chains(m->trace);
    struct chain_facts chain;
    struct chain_link link;
    if (!chains_find(chains, opener, &chain))
        return;
    for (uint64_t at = chain.first; at != ROW_NONE && chains_link(chains, at, &link);
         at = link.next) {
        uint64_t closer = store_closer(m->trace->store, at);
        block_changed(m, at, from);
        if (closer < from)
            decide_again(m, closer);
    }
}

/*
 * What chains have become since, by rows that may be scanned or not yet: before `from` a row was
 * decided by the length that its chain had. Only where another length means another answer, so that
 * a chain is walked when it passes what is asked for and not at each of its moves.
 */
static void look_at_chains(struct matches *m, uint64_t from)
{
    const struct chains *chains = trace_chains(m->trace);
    uint32_t links = chains_links(chains);
    for (; from > 0 && m->links < links; m->links++) {
        struct chain_joint j = chains_joint(chains, m->links);
        if (filter_run_tells_chains_apart(m->run, j.before, j.before + j.after) ||
            filter_run_tells_chains_apart(m->run, j.after, j.before + j.after))
            chain_changed(m, j.opener, from);
    }
    m->links = links;
}

static void close_listed(struct matches *m, uint64_t row, uint64_t from)
{
    const struct row_closed *closed;
    size_t n = store_closed(m->trace->store, row, &closed);
    for (size_t i = 0; i < n; i++)
        block_changed(m, closed[i].row, from);
}

/* Rows [from, to) were decided: what do they tell about blocks of earlier rows? */
static void look_back(struct matches *m, uint64_t from, uint64_t to)
{
    for (uint64_t id = from; id < to; id++) {
        const struct store_chunk *c = store_chunk(m->trace->store, id / STORE_CHUNK_ROWS);
        uint32_t i = (uint32_t)(id % STORE_CHUNK_ROWS);
        unsigned flags = c->flags[i];
        if ((flags & ROW_CLOSES) != 0)
            block_changed(m, store_chunk_link(c, i, id), from);
        else if ((flags & ROW_CLOSING_FLAGS) != 0 || store_chunk_op(c, i) == HEAP_OP_DESTROY)
            close_listed(m, id, from);
        if ((flags & (ROW_RESIZES | ROW_MOVED)) != 0 && (flags & ROW_OPENS) == 0)
            follow(m, id, store_chunk_link(c, i, id));
    }
}

/* True when what was decided before may no longer hold: names were learnt, stacks came late. */
static bool is_stale(struct matches *m)
{
    bool stale = filter_run_refresh(m->run);
    if (filter_depends_on_stacks(m->filter)) {
        uint64_t changes = store_stack_changes(m->trace->store);
        stale = stale || changes != m->stack_changes;
        m->stack_changes = changes;
    }
    return stale;
}

/* Goes on deciding anew what has to be; a pass is ended before the next begins, so that a trace
 * that learns all the time gets to its end. */
static void redo_some(struct matches *m, uint64_t decided, uint64_t max_rows, uint64_t most_frames)
{
    if (m->redo == m->redo_end && is_stale(m)) {
        m->redo = 0;
        m->redo_end = decided;
    }
    uint64_t left = m->redo_end - m->redo, n = left < max_rows ? left : max_rows, changed;
    m->redo = decide_rows(m, m->redo, m->redo + n, most_frames, &changed);
    count_flips(m, changed);
}

uint64_t matches_advance(struct matches *m, uint64_t until, uint64_t max_rows)
{
    uint64_t from = get_u64(&m->scanned);
    uint64_t to = until > from && until - from > max_rows ? from + max_rows : until;
    if (m->bitmap != NULL) {
        uint64_t most_frames = filter_run_frames(m->run) + STEP_FRAMES, changed;
        redo_some(m, from, max_rows, most_frames);
        if (filter_depends_on_chains(m->filter))
            look_at_chains(m, from);
        if (to > from) {
            to = decide_rows(m, from, to, most_frames, &changed);
            if (filter_depends_on_fate(m->filter))
                look_back(m, from, to);
        }
        uint64_t known = to > from ? to : from;
        if (known > 0)
            update_before(m, (known - 1) / STORE_CHUNK_ROWS);
    }
    if (to <= from || m->failed)
        return 0;
    atomic_store_explicit(&m->scanned, to, memory_order_release);
    return to - from;
}

bool matches_is_settled(const struct matches *m)
{
    bool chains = m->run != NULL && filter_depends_on_chains(m->filter);
    return m->redo == m->redo_end && (!chains || m->links == chains_links(trace_chains(m->trace)));
}

bool matches_failed(const struct matches *m)
{
    return m->failed;
}

uint64_t matches_scanned(const struct matches *m)
{
    return atomic_load_explicit(&m->scanned, memory_order_acquire);
}

bool matches_has(const struct matches *m, uint64_t row)
{
    if (row >= matches_scanned(m))
        return false;
    if (m->bitmap == NULL)
        return true;
    const _Atomic uint64_t *words = words_of(m, row / STORE_CHUNK_ROWS);
    return words != NULL && (get_u64(&words[row % STORE_CHUNK_ROWS / 64]) >> row % 64 & 1) != 0;
}

uint64_t matches_word(const struct matches *m, uint64_t row)
{
    if (m->bitmap == NULL)
        return UINT64_MAX;
    const _Atomic uint64_t *words = words_of(m, row / STORE_CHUNK_ROWS);
    return words != NULL ? get_u64(&words[row % STORE_CHUNK_ROWS / 64]) : 0;
}

void matches_prefetch(const struct matches *m, uint64_t row)
{
    const _Atomic uint64_t *words = m->bitmap != NULL ? words_of(m, row / STORE_CHUNK_ROWS) : NULL;
    if (words != NULL)
        __builtin_prefetch((const void *)&words[row % STORE_CHUNK_ROWS / 64]);
}

uint64_t matches_rank(const struct matches *m, uint64_t row)
{
    uint64_t scanned = matches_scanned(m);
    if (row > scanned)
        row = scanned;
    if (m->bitmap == NULL || row == 0)
        return row;
    uint64_t chunk = row / STORE_CHUNK_ROWS;
    uint64_t rank = get_u64(&m->bitmap->before[chunk]);
    if (row % STORE_CHUNK_ROWS == 0)
        return rank;
    const _Atomic uint64_t *words = words_of(m, chunk);
    if (words == NULL)
        return rank;
    uint64_t place = row % STORE_CHUNK_ROWS;
    for (uint64_t w = 0; w < place / 64; w++)
        rank += (uint64_t)__builtin_popcountll(get_u64(&words[w]));
    if (place % 64 != 0)
        rank += (uint64_t)__builtin_popcountll(get_u64(&words[place / 64]) << (64 - place % 64));
    return rank;
}

uint64_t matches_count(const struct matches *m)
{
    return matches_rank(m, UINT64_MAX);
}

/* The place of bit number k of a word that has more than k. */
static uint64_t select_bit(uint64_t word, uint64_t k)
{
    while (k-- > 0)
        word &= word - 1;
    return (uint64_t)__builtin_ctzll(word);
}

/* The last chunk below `chunks` with at most k matches before it. */
static uint64_t chunk_of_match(const struct matches *m, uint64_t k, uint64_t chunks)
{
    uint64_t low = 0;
    for (uint64_t high = chunks - 1; low < high;) {
        uint64_t middle = high - (high - low) / 2;
        if (get_u64(&m->bitmap->before[middle]) <= k)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

uint64_t matches_select(const struct matches *m, uint64_t k)
{
    uint64_t scanned = matches_scanned(m);
    if (scanned == 0)
        return ROW_NONE;
    if (m->bitmap == NULL)
        return k < scanned ? k : ROW_NONE;
    uint64_t chunk = chunk_of_match(m, k, (scanned + STORE_CHUNK_ROWS - 1) / STORE_CHUNK_ROWS);
    const _Atomic uint64_t *words = words_of(m, chunk);
    uint64_t before = get_u64(&m->bitmap->before[chunk]);
    if (words == NULL || before > k)
        return ROW_NONE;
    k -= before;
    for (uint64_t w = 0; w < CHUNK_WORDS; w++) {
        uint64_t word = get_u64(&words[w]), n = (uint64_t)__builtin_popcountll(word);
        if (k < n) {
            uint64_t row = chunk * STORE_CHUNK_ROWS + 64 * w + select_bit(word, k);
            return row < scanned ? row : ROW_NONE;
        }
        k -= n;
    }
    return ROW_NONE;
}

uint64_t matches_flips(const struct matches *m)
{
    return get_u64(&m->flips);
}
