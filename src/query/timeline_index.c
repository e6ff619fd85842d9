/* Making and reading the index; see timeline_index.h. */
#include "query/timeline_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "query/timeline_priv.h"

#define BRANCH_ROWS ((uint64_t)TIMELINE_LEAF * TIMELINE_BRANCH)

/* A heap gets a series when it comes to this share of the whole. */
#define WORTHY_SHARE 64

static const struct timeline_most nothing = {INT64_MIN, INT64_MIN, 0, ROW_NONE};

/* ---- life ---- */

struct timeline_index *timeline_index_new(const struct trace *trace, const struct matches *matches)
{
    struct timeline_index *ix = calloc(1, sizeof *ix);
    if (ix == NULL)
        return NULL;
    ix->trace = trace;
    ix->matches = matches;
    ix->most = nothing;
    return ix;
}

static void release_parting(struct timeline_parting_state *p)
{
    for (size_t i = 0; i < p->series_count; i++)
        free(p->series[i].points);
    free(p->series);
    free(p->place);
    free(p->values.bytes);
    free(p->values.seen);
    free(p->values.changed);
}

void timeline_index_free(struct timeline_index *ix)
{
    if (ix == NULL)
        return;
    for (int by = TIMELINE_BY_HEAP; by < TIMELINE_PARTINGS; by++)
        release_parting(&ix->parting[by]);
    free(ix->leaves);
    free(ix->branches);
    free(ix->heaps);
    free(ix->commits);
    free(ix);
}

/* ---- series ---- */

static int grow_keys(struct timeline_parting_state *p, size_t count)
{
    struct timeline_values *v = &p->values;
    int rc = base_grow((void **)&v->bytes, &p->key_cap, count, sizeof *v->bytes);
    if (rc == 0)
        rc = base_grow((void **)&v->seen, &p->seen_cap, count, sizeof *v->seen);
    if (rc == 0)
        rc = base_grow((void **)&v->changed, &p->changed_cap, count, sizeof *v->changed);
    if (rc == 0)
        rc = base_grow((void **)&p->place, &p->place_cap, count, sizeof *p->place);
    for (; rc == 0 && p->keys < count; p->keys++) {
        v->bytes[p->keys] = 0;
        v->seen[p->keys] = p->place[p->keys] = 0;
    }
    return rc;
}

/* Keys for all that the rows published so far can name. */
static int make_room(struct timeline_index *ix)
{
    uint32_t heaps = registry_heap_count(ix->trace->registry);
    int rc = grow_keys(&ix->parting[TIMELINE_BY_HEAP], heaps);
    if (rc == 0)
        rc = grow_keys(&ix->parting[TIMELINE_BY_SOURCE], FOLD_SOURCES);
    return rc == 0 ? grow_keys(&ix->parting[TIMELINE_BY_SIZE], FOLD_SIZE_CLASSES) : rc;
}

static bool is_worthy(const struct timeline_index *ix, enum timeline_parting by, uint64_t bytes)
{
    size_t count = ix->parting[by].series_count;
    if (by != TIMELINE_BY_HEAP || count < TIMELINE_FIRST_HEAPS)
        return true;
    return count < TIMELINE_MOST_HEAPS && (int64_t)bytes > 0 &&
           (int64_t)bytes >= (int64_t)ix->now.bytes / WORTHY_SHARE;
}

static int add_series(struct timeline_parting_state *p, uint32_t key)
{
    int rc = base_grow((void **)&p->series, &p->series_cap, p->series_count + 1, sizeof *p->series);
    if (rc != 0)
        return rc;
    p->series[p->series_count++] = (struct timeline_series){.key = key};
    p->place[key] = (uint32_t)p->series_count;
    return 0;
}

static int add_point(struct timeline_series *s, uint64_t stretch, uint64_t bytes)
{
    int rc = base_grow((void **)&s->points, &s->cap, s->count + 1, sizeof *s->points);
    if (rc == 0)
        s->points[s->count++] = (struct timeline_point){bytes, stretch};
    return rc;
}

static int end_stretch(struct timeline_index *ix, enum timeline_parting by)
{
    struct timeline_parting_state *p = &ix->parting[by];
    struct timeline_values *v = &p->values;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < v->changed_count; i++) {
        uint32_t key = v->changed[i];
        if (p->place[key] == 0 && is_worthy(ix, by, v->bytes[key]))
            rc = add_series(p, key);
        if (rc == 0 && p->place[key] != 0)
            rc = add_point(&p->series[p->place[key] - 1], v->stretch, v->bytes[key]);
    }
    v->changed_count = 0;
    v->stretch++;
    return rc;
}

static int end_stretches(struct timeline_index *ix)
{
    int rc = 0;
    for (int by = TIMELINE_BY_HEAP; rc == 0 && by < TIMELINE_PARTINGS; by++)
        rc = end_stretch(ix, (enum timeline_parting)by);
    return rc;
}

/* ---- leaves and branches ---- */

/* `m` stands behind what `most` is of. */
static void take_most(struct timeline_most *most, const struct timeline_most *m)
{
    int64_t blocks = m->blocks > most->blocks ? m->blocks : most->blocks;
    if (m->bytes > most->bytes)
        *most = *m;
    most->blocks = blocks;
}

static int end_branch(struct timeline_index *ix)
{
    int rc = base_grow((void **)&ix->branches, &ix->branch_cap, ix->branch_count + 1,
                       sizeof *ix->branches);
    if (rc != 0)
        return rc;
    struct timeline_most most = nothing;
    for (size_t i = ix->leaf_count - TIMELINE_BRANCH; i < ix->leaf_count; i++)
        take_most(&most, &ix->leaves[i].most);
    ix->branches[ix->branch_count++] = most;
    return 0;
}

static int end_leaf(struct timeline_index *ix)
{
    int rc = base_grow((void **)&ix->leaves, &ix->leaf_cap, ix->leaf_count + 1, sizeof *ix->leaves);
    if (rc != 0)
        return rc;
    ix->leaves[ix->leaf_count++] = (struct timeline_leaf){ix->now, ix->most};
    ix->most = nothing;
    return ix->leaf_count % TIMELINE_BRANCH == 0 ? end_branch(ix) : 0;
}

/* Up to `to`, which lies no further than the leaf's end. */
static int take_part(struct timeline_index *ix, struct timeline_step *s, uint64_t to)
{
    timeline_scan(s, ix->next, to, &ix->most);
    int rc = timeline_take_commits(ix, ix->next, to);
    ix->next = to;
    if (rc == 0 && to % TIMELINE_LEAF == 0)
        rc = end_leaf(ix);
    return rc == 0 && to % TIMELINE_STRETCH == 0 ? end_stretches(ix) : rc;
}

int timeline_index_advance(struct timeline_index *ix, uint64_t until, uint64_t max_rows)
{
    struct timeline_step s = {.ix = ix, .sums = &ix->now};
    int rc = make_room(ix);
    for (int by = TIMELINE_BY_HEAP; by < TIMELINE_PARTINGS; by++)
        s.values[by] = &ix->parting[by].values;
    if (until > ix->next && until - ix->next > max_rows)
        until = ix->next + max_rows;
    while (rc == 0 && ix->next < until) {
        uint64_t end = (ix->next / TIMELINE_LEAF + 1) * TIMELINE_LEAF;
        rc = take_part(ix, &s, end < until ? end : until);
    }
    return rc;
}

uint64_t timeline_index_rows(const struct timeline_index *ix)
{
    return ix->next;
}

size_t timeline_index_bytes(const struct timeline_index *ix)
{
    size_t bytes = sizeof *ix + ix->leaf_cap * sizeof *ix->leaves +
                   ix->branch_cap * sizeof *ix->branches + ix->heap_cap * sizeof *ix->heaps +
                   ix->commit_cap * sizeof *ix->commits;
    for (int by = TIMELINE_BY_HEAP; by < TIMELINE_PARTINGS; by++) {
        const struct timeline_parting_state *p = &ix->parting[by];
        bytes += p->key_cap * (sizeof(uint64_t) + 3 * sizeof(uint32_t));
        bytes += p->series_cap * sizeof *p->series;
        for (size_t i = 0; i < p->series_count; i++)
            bytes += p->series[i].cap * sizeof *p->series[i].points;
    }
    return bytes;
}

/* ---- reading ---- */

/* A step that adds to `sums`, what the rows of the leaves before that of `moment` come to. */
static struct timeline_step begin_at(const struct timeline_index *ix, uint64_t moment,
                                     struct timeline_sums *sums)
{
    uint64_t leaf = moment / TIMELINE_LEAF;
    *sums = leaf > 0 ? ix->leaves[leaf - 1].end : (struct timeline_sums){0};
    return (struct timeline_step){.ix = (struct timeline_index *)(uintptr_t)ix, .sums = sums};
}

static uint64_t leaf_start(uint64_t moment)
{
    return moment / TIMELINE_LEAF * TIMELINE_LEAF;
}

struct timeline_sums timeline_index_at(const struct timeline_index *ix, uint64_t moment)
{
    struct timeline_sums sums;
    struct timeline_step s = begin_at(ix, moment, &sums);
    timeline_scan(&s, leaf_start(moment), moment, NULL);
    return sums;
}

/* From the moment of `sums` on. */
static void scan_on(const struct timeline_index *ix, uint64_t from, uint64_t to,
                    struct timeline_sums *sums, struct timeline_most *most)
{
    struct timeline_step s = {.ix = (struct timeline_index *)(uintptr_t)ix, .sums = sums};
    timeline_scan(&s, from, to, most);
}

/* The greatest of whole leaves. */
static void search_leaves(const struct timeline_index *ix, uint64_t from, uint64_t to,
                          struct timeline_most *most)
{
    while (from < to) {
        bool branch = from % BRANCH_ROWS == 0 && from + BRANCH_ROWS <= to;
        take_most(most, branch ? &ix->branches[from / BRANCH_ROWS]
                               : &ix->leaves[from / TIMELINE_LEAF].most);
        from += branch ? BRANCH_ROWS : TIMELINE_LEAF;
    }
}

struct timeline_most timeline_index_most(const struct timeline_index *ix, uint64_t from,
                                         uint64_t to, struct timeline_sums *sums)
{
    struct timeline_most most = nothing;
    uint64_t first = (from + TIMELINE_LEAF - 1) / TIMELINE_LEAF * TIMELINE_LEAF;
    uint64_t last = leaf_start(to);
    if (first > last) {
        scan_on(ix, from, to, sums, &most);
        return most;
    }
    scan_on(ix, from, first, sums, &most);
    search_leaves(ix, first, last, &most);
    if (last > first)
        begin_at(ix, last, sums);
    scan_on(ix, last, to, sums, &most);
    return most;
}

bool timeline_index_source(const struct timeline_index *ix, uint32_t key, uint32_t *out_source)
{
    *out_source = ix->sources[key];
    return key + 1 < FOLD_SOURCES;
}

size_t timeline_index_series_count(const struct timeline_index *ix, enum timeline_parting by)
{
    return ix->parting[by].series_count;
}

uint32_t timeline_index_series_key(const struct timeline_index *ix, enum timeline_parting by,
                                   size_t series)
{
    return ix->parting[by].series[series].key;
}

/* What it had where stretch number `stretch` begins. */
static uint64_t value_before(const struct timeline_series *s, uint64_t stretch)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s->points[mid].stretch < stretch)
            low = mid + 1;
        else
            high = mid;
    }
    return low > 0 ? s->points[low - 1].bytes : 0;
}

int64_t timeline_index_series_near(const struct timeline_index *ix, enum timeline_parting by,
                                   size_t series, uint64_t moment)
{
    return (int64_t)value_before(&ix->parting[by].series[series], moment / TIMELINE_STRETCH);
}

/* ---- walks ---- */

int timeline_walk_begin(struct timeline_walk *w, const struct timeline_index *ix,
                        enum timeline_parting by, const size_t *series, size_t count)
{
    *w = (struct timeline_walk){
        .ix = ix,
        .by = by,
        .series = series,
        .count = count,
        .moment = UINT64_MAX,
        .keys = ix->parting[by].keys,
    };
    w->values = calloc(2 * w->keys + 1, sizeof *w->values);
    if (w->values == NULL)
        return -ENOMEM;
    w->between = w->values + w->keys;
    return 0;
}

void timeline_walk_end(struct timeline_walk *w)
{
    free(w->values);
}

/* Values are those where stretch number `stretch` begins. */
static void restart_walk(struct timeline_walk *w, uint64_t stretch)
{
    const struct timeline_parting_state *p = &w->ix->parting[w->by];
    for (size_t i = 0; i < w->count; i++) {
        const struct timeline_series *s = &p->series[w->series[i]];
        w->values[s->key] = value_before(s, stretch);
    }
    w->moment = stretch * TIMELINE_STRETCH;
}

/* What the rows [from, to) add to the bytes of each key. */
static void walk_rows(const struct timeline_walk *w, uint64_t from, uint64_t to, uint64_t *bytes)
{
    struct timeline_sums sums = {0};
    struct timeline_values values = {.bytes = bytes};
    struct timeline_step s = {
        .ix = (struct timeline_index *)(uintptr_t)w->ix, .sums = &sums, .bytes_only = true};
    s.values[w->by] = &values;
    timeline_scan(&s, from, to, NULL);
}

/* From where a stretch ends back to `moment`: the sums wrap, what comes in between goes off. */
static void walk_back(struct timeline_walk *w, uint64_t moment)
{
    const struct timeline_parting_state *p = &w->ix->parting[w->by];
    memset(w->between, 0, w->keys * sizeof *w->between);
    walk_rows(w, moment, w->moment, w->between);
    for (size_t i = 0; i < w->count; i++) {
        uint32_t key = p->series[w->series[i]].key;
        w->values[key] -= w->between[key];
    }
    w->moment = moment;
}

/* To the end of a stretch that is nearer than where the walk is, and than the start of the stretch
 * of `moment`. */
static void go_near(struct timeline_walk *w, uint64_t moment)
{
    uint64_t stretch = moment / TIMELINE_STRETCH, start = stretch * TIMELINE_STRETCH;
    bool far = w->moment == UINT64_MAX || w->moment < start;
    uint64_t way = moment - (far ? start : w->moment), end = start + TIMELINE_STRETCH;
    if (end - moment < way && end <= w->ix->next) {
        restart_walk(w, stretch + 1);
        walk_back(w, moment);
    } else if (far) {
        restart_walk(w, stretch);
    }
}

void timeline_walk_to(struct timeline_walk *w, uint64_t moment, int64_t *out_bytes)
{
    go_near(w, moment);
    walk_rows(w, w->moment, moment, w->values);
    w->moment = moment;
    for (size_t i = 0; i < w->count; i++)
        out_bytes[i] = (int64_t)w->values[w->ix->parting[w->by].series[w->series[i]].key];
}
