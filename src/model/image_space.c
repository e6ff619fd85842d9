/*
 * A segment tree over the addresses where images begin or end; see image_space.h.
 *
 *   cuts     0x1000      0x3000      0x4000      0x8000      bases and ends, sorted
 *   leaves     |    0      |    1      |    2      |         what lies between two cuts
 *   nodes    leaf i is node leaves + i, the parent of node k is k / 2
 *
 * An image stands in the fewest nodes whose leaves it covers together, so a module that overlaps no
 * other stands in one. A node's images are in order of load: which one was there at a time is a
 * binary search, on each node from the leaf up to the root.
 */
#include "model/image_space.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct image_space {
    _Atomic uint32_t refs;
    struct text_pool *texts;
    size_t count;
    struct image *images;         /* as given, in order of load */
    const struct image **by_base; /* the same */
    size_t cut_count;
    uint64_t *cuts;
    size_t leaves;   /* cut_count - 1, or 0 */
    uint32_t *first; /* [2 * leaves + 1] of each node in `entries` */
    uint32_t *entries;
};

void image_space_unref(struct image_space *s)
{
    if (s == NULL || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
        return;
    text_pool_unref(s->texts);
    free(s->images);
    free(s->by_base);
    free(s->cuts);
    free(s->first);
    free(s->entries);
    free(s);
}

struct image_space *image_space_ref(struct image_space *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

/* Where the image ends, which a hostile size must not put before its base. */
static uint64_t end_of(const struct image *i)
{
    uint64_t end;
    return __builtin_add_overflow(i->base, i->size, &end) ? UINT64_MAX : end;
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_load(const void *a, const void *b)
{
    const struct image *x = *(const struct image *const *)a;
    const struct image *y = *(const struct image *const *)b;
    int c = (x->loaded > y->loaded) - (x->loaded < y->loaded);
    return c != 0 ? c : (x > y) - (x < y);
}

static int compare_base(const void *a, const void *b)
{
    const struct image *x = *(const struct image *const *)a;
    const struct image *y = *(const struct image *const *)b;
    int c = compare_u64(x->base, y->base);
    return c != 0 ? c : (x > y) - (x < y);
}

static int compare_cut(const void *a, const void *b)
{
    return compare_u64(*(const uint64_t *)a, *(const uint64_t *)b);
}

static size_t cut_at_or_before(const struct image_space *s, uint64_t address)
{
    size_t low = 0, high = s->cut_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->cuts[middle] <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1; /* SIZE_MAX when there is none */
}

static bool make_cuts(struct image_space *s)
{
    s->cuts = malloc((2 * s->count + 1) * sizeof *s->cuts);
    if (s->cuts == NULL)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (s->images[i].size == 0)
            continue;
        s->cuts[n++] = s->images[i].base;
        s->cuts[n++] = end_of(&s->images[i]);
    }
    qsort(s->cuts, n, sizeof *s->cuts, compare_cut);
    for (size_t i = 0; i < n; i++)
        if (s->cut_count == 0 || s->cuts[i] != s->cuts[s->cut_count - 1])
            s->cuts[s->cut_count++] = s->cuts[i];
    s->leaves = s->cut_count != 0 ? s->cut_count - 1 : 0;
    return true;
}

/* Visits the nodes of an image: counts them in first[], or, when `entries` is there, puts the image
 * into each and moves first[] on. */
static void visit_nodes(struct image_space *s, uint32_t index)
{
    const struct image *image = &s->images[index];
    if (image->size == 0)
        return;
    size_t left = cut_at_or_before(s, image->base) + s->leaves;
    size_t right = cut_at_or_before(s, end_of(image)) + s->leaves;
    for (; left < right; left /= 2, right /= 2) {
        size_t nodes[2];
        size_t n = 0;
        if ((left & 1) != 0)
            nodes[n++] = left++;
        if ((right & 1) != 0)
            nodes[n++] = --right;
        for (size_t i = 0; i < n; i++) {
            if (s->entries != NULL)
                s->entries[s->first[nodes[i]]] = index;
            s->first[nodes[i]]++;
        }
    }
}

/* Counts, makes places of the counts, fills: first[k] is then the end of node k, so all move one
 * up. */
static bool make_nodes(struct image_space *s)
{
    size_t nodes = 2 * s->leaves;
    s->first = calloc(nodes + 1, sizeof *s->first);
    if (s->first == NULL)
        return false;
    for (size_t i = 0; i < s->count; i++)
        visit_nodes(s, (uint32_t)i);
    uint32_t total = 0;
    for (size_t k = 0; k < nodes; k++) {
        uint32_t n = s->first[k];
        s->first[k] = total;
        total += n;
    }
    s->entries = malloc((total + (size_t)1) * sizeof *s->entries);
    if (s->entries == NULL)
        return false;
    for (size_t i = 0; i < s->count; i++)
        visit_nodes(s, (uint32_t)i);
    memmove(s->first + 1, s->first, nodes * sizeof *s->first);
    s->first[0] = 0;
    return true;
}

static void copy_in_order(struct image_space *s, const struct image *images)
{
    for (size_t i = 0; i < s->count; i++)
        s->by_base[i] = &images[i];
    qsort(s->by_base, s->count, sizeof *s->by_base, compare_load);
    for (size_t i = 0; i < s->count; i++) {
        s->images[i] = *s->by_base[i];
        s->by_base[i] = &s->images[i];
    }
    qsort(s->by_base, s->count, sizeof *s->by_base, compare_base);
}

struct image_space *image_space_new(const struct image *images, size_t count,
                                    struct text_pool *texts)
{
    struct image_space *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    atomic_init(&s->refs, 1);
    s->texts = text_pool_ref(texts);
    s->count = count;
    s->images = malloc((count + 1) * sizeof *s->images);
    s->by_base = malloc((count + 1) * sizeof *s->by_base);
    if (s->images != NULL && s->by_base != NULL) {
        copy_in_order(s, images);
        if (make_cuts(s) && make_nodes(s))
            return s;
    }
    image_space_unref(s);
    return NULL;
}

size_t image_space_images(const struct image_space *s, const struct image *const **out_images)
{
    *out_images = s->by_base;
    return s->count;
}

/* The image of a node that was loaded last at or before `time`; NULL when there is none. */
static const struct image *latest(const struct image_space *s, size_t node, int64_t time)
{
    size_t low = s->first[node], begin = low, high = s->first[node + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->images[s->entries[middle]].loaded <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low > begin ? &s->images[s->entries[low - 1]] : NULL;
}

/* Whether `a` says more about an address than `b`, which may be NULL: loaded before unloaded, then
 * the one that came, or went, later. */
static bool is_better(const struct image *a, const struct image *b, int64_t time)
{
    if (b == NULL)
        return true;
    bool there = a->unloaded > time, was = b->unloaded > time;
    if (there != was)
        return there;
    return there ? a > b : a->unloaded > b->unloaded;
}

enum image_hit image_space_find(const struct image_space *s, uint64_t address, int64_t time,
                                const struct image **out_image)
{
    const struct image *best = NULL;
    size_t leaf = cut_at_or_before(s, address);
    if (leaf == SIZE_MAX || leaf >= s->leaves)
        return IMAGE_UNKNOWN;
    for (size_t node = leaf + s->leaves; node >= 1; node /= 2) {
        const struct image *image = latest(s, node, time);
        if (image != NULL && is_better(image, best, time))
            best = image;
    }
    if (best == NULL)
        return IMAGE_UNKNOWN;
    *out_image = best;
    return best->unloaded > time ? IMAGE_LOADED : IMAGE_UNLOADED;
}
