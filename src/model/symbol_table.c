/*
 * Wishes and answers; see symbol_table.h.
 *
 *   pdbs[]      every PDB asked for, found by its GUID and age
 *   entries[]   every (PDB, offset) asked for, in order: those from `taken` on are the wishes that
 *               nobody has looked at. In chunks, so that nothing is copied under the lock
 *   places[]    from (PDB, offset) to the entry, parted by hash, so that a part that has to grow is
 *               small
 *
 * Functions and files repeat: a text is kept once, in an arena that only who answers writes to.
 */
#include "model/symbol_table.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "model/id_map.h"

#define CHUNK_ENTRIES ((size_t)4096)
#define CHUNK_COUNT   (SYMBOL_TABLE_MOST / CHUNK_ENTRIES)
#define PART_BITS     6
#define PART_COUNT    (1u << PART_BITS)
#define NO_INDEX      UINT32_MAX

struct pdb {
    uint8_t guid[16];
    uint32_t age;
    uint32_t unanswered; /* entries of it */
    bool refused;
    const char *name;   /* in `names` */
    const char *module; /* likewise */
};

struct entry {
    uint64_t offset;
    const char *function; /* NULL: not answered; NO_FUNCTION: there is none */
    const char *file;
    uint32_t line;
    uint32_t pdb;
};

/* Stands for "there is none". */
static const char no_function[] = "";

struct symbol_table {
    _Atomic uint32_t refs;
    _Atomic bool open;
    _Atomic uint64_t generation;
    _Atomic size_t wanted;
    _Atomic size_t text_bytes; /* of what who answers keeps for itself */

    /* Under `lock`. */
    pthread_mutex_t lock;
    struct pdb *pdbs;
    size_t pdb_count, pdb_cap;
    struct id_map pdb_places; /* hash of the GUID -> index, as `owner` the age */
    struct entry *chunks[CHUNK_COUNT];
    size_t count; /* entries */
    size_t taken; /* the entries below were taken or refused */
    struct id_map places[PART_COUNT];
    bool shut;
    void (*wake)(void *ctx);
    void *wake_ctx;
    struct hash_seed seed;
    struct arena names; /* of PDBs and modules */
    char remark[SYMBOL_REMARK_BYTES];

    /* Who answers only. */
    struct arena texts;
    struct id_map text_places; /* hash of a text -> index in `text_list` */
    const char **text_list;
    size_t text_count, text_cap;
    struct strbuf scratch;
};

/* ---- life ---- */

struct symbol_table *symbol_table_new(void)
{
    struct symbol_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    atomic_init(&t->refs, 1);
    pthread_mutex_init(&t->lock, NULL);
    hash_seed_init(&t->seed);
    id_map_init(&t->pdb_places);
    id_map_init(&t->text_places);
    for (size_t i = 0; i < PART_COUNT; i++)
        id_map_init(&t->places[i]);
    return t;
}

struct symbol_table *symbol_table_ref(struct symbol_table *t)
{
    atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    return t;
}

void symbol_table_unref(struct symbol_table *t)
{
    if (t == NULL || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < CHUNK_COUNT; i++)
        free(t->chunks[i]);
    for (size_t i = 0; i < PART_COUNT; i++)
        id_map_release(&t->places[i]);
    id_map_release(&t->pdb_places);
    id_map_release(&t->text_places);
    arena_release(&t->names);
    arena_release(&t->texts);
    strbuf_release(&t->scratch);
    free(t->text_list);
    free(t->pdbs);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

void symbol_table_open(struct symbol_table *t)
{
    atomic_store_explicit(&t->open, true, memory_order_release);
}

/* Looking does not change what is seen, but it locks. */
static struct symbol_table *lock(const struct symbol_table *t)
{
    struct symbol_table *own = (struct symbol_table *)(uintptr_t)t;
    pthread_mutex_lock(&own->lock);
    return own;
}

/* ---- which PDB, which entry; under the lock ---- */

static bool add_pdb(struct symbol_table *t, const struct image *image, uint64_t key)
{
    if (t->pdb_count >= SYMBOL_TABLE_MOST_PDBS ||
        base_grow((void **)&t->pdbs, &t->pdb_cap, t->pdb_count + 1, sizeof *t->pdbs) != 0)
        return false;
    struct pdb *p = &t->pdbs[t->pdb_count];
    *p = (struct pdb){.age = image->age};
    memcpy(p->guid, image->guid, sizeof p->guid);
    p->name = arena_strndup(&t->names, image->pdb, strlen(image->pdb));
    p->module = arena_strndup(&t->names, image->name, strlen(image->name));
    if (p->name == NULL || p->module == NULL ||
        id_map_add(&t->pdb_places, image->age, key, (uint32_t)t->pdb_count) != 0)
        return false;
    t->pdb_count++;
    return true;
}

/* NO_INDEX when there is no room for one more. */
static uint32_t find_pdb(struct symbol_table *t, const struct image *image)
{
    uint64_t key = hash_pair(&t->seed, load_u64(image->guid), load_u64(image->guid + 8));
    for (;; key++) {
        const uint32_t *place = id_map_find(&t->pdb_places, image->age, key);
        if (place == NULL)
            return add_pdb(t, image, key) ? (uint32_t)(t->pdb_count - 1) : NO_INDEX;
        if (memcmp(t->pdbs[*place].guid, image->guid, sizeof image->guid) == 0)
            return *place;
    }
}

static struct entry *entry_at(const struct symbol_table *t, size_t index)
{
    return &t->chunks[index / CHUNK_ENTRIES][index % CHUNK_ENTRIES];
}

/* NULL when there is no room for one more. */
static struct entry *add_entry(struct symbol_table *t, struct id_map *part, uint32_t pdb,
                               uint64_t offset)
{
    if (t->count >= SYMBOL_TABLE_MOST)
        return NULL;
    struct entry **chunk = &t->chunks[t->count / CHUNK_ENTRIES];
    if (*chunk == NULL)
        *chunk = malloc(CHUNK_ENTRIES * sizeof **chunk);
    if (*chunk == NULL || id_map_add(part, pdb, offset, (uint32_t)t->count) != 0)
        return NULL;
    struct entry *e = entry_at(t, t->count++);
    *e = (struct entry){.offset = offset, .pdb = pdb};
    t->pdbs[pdb].unanswered++;
    atomic_fetch_add_explicit(&t->wanted, 1, memory_order_relaxed);
    if (t->wake != NULL && t->taken + 1 == t->count)
        t->wake(t->wake_ctx);
    return e;
}

static const struct entry *find_entry(struct symbol_table *t, const struct image *image,
                                      uint64_t offset)
{
    uint32_t pdb = find_pdb(t, image);
    if (pdb == NO_INDEX)
        return NULL;
    struct id_map *part = &t->places[hash_pair(&t->seed, offset, pdb) >> (64 - PART_BITS)];
    const uint32_t *place = id_map_find(part, pdb, offset);
    if (place != NULL)
        return entry_at(t, *place);
    return t->shut || t->pdbs[pdb].refused ? NULL : add_entry(t, part, pdb, offset);
}

/* ---- asking ---- */

enum symbol_state symbol_table_find(struct symbol_table *t, const struct image *image,
                                    uint64_t offset, struct symbol *out_symbol)
{
    if (t == NULL || !atomic_load_explicit(&t->open, memory_order_acquire) || !image->has_pdb)
        return SYMBOL_NONE;
    enum symbol_state state = SYMBOL_NONE;
    pthread_mutex_lock(&t->lock);
    const struct entry *e = find_entry(t, image, offset);
    if (e != NULL && e->function == NULL && !t->shut && !t->pdbs[e->pdb].refused) {
        state = SYMBOL_WAITING;
    } else if (e != NULL && e->function != NULL && e->function != no_function) {
        *out_symbol = (struct symbol){.function = e->function, .file = e->file, .line = e->line};
        state = SYMBOL_KNOWN;
    }
    pthread_mutex_unlock(&t->lock);
    return state;
}

uint64_t symbol_table_generation(const struct symbol_table *t)
{
    return atomic_load_explicit(&t->generation, memory_order_acquire);
}

size_t symbol_table_wanted(const struct symbol_table *t)
{
    return atomic_load_explicit(&t->wanted, memory_order_relaxed);
}

size_t symbol_table_bytes(const struct symbol_table *t)
{
    struct symbol_table *own = lock(t);
    size_t chunks = (own->count + CHUNK_ENTRIES - 1) / CHUNK_ENTRIES;
    size_t bytes = sizeof *own + chunks * CHUNK_ENTRIES * sizeof(struct entry) + own->names.bytes +
                   own->pdb_cap * sizeof *own->pdbs + id_map_bytes(&own->pdb_places);
    for (size_t i = 0; i < PART_COUNT; i++)
        bytes += id_map_bytes(&own->places[i]);
    pthread_mutex_unlock(&own->lock);
    return bytes + atomic_load_explicit(&t->text_bytes, memory_order_relaxed);
}

/* ---- taking wishes ---- */

void symbol_table_on_wish(struct symbol_table *t, void (*wake)(void *ctx), void *ctx)
{
    pthread_mutex_lock(&t->lock);
    t->wake = wake;
    t->wake_ctx = ctx;
    pthread_mutex_unlock(&t->lock);
}

size_t symbol_table_take(struct symbol_table *t, struct symbol_wish *out_wishes, size_t max)
{
    size_t n = 0;
    pthread_mutex_lock(&t->lock);
    for (; n < max && t->taken < t->count; t->taken++) {
        const struct entry *e = entry_at(t, t->taken);
        const struct pdb *p = &t->pdbs[e->pdb];
        if (t->shut || p->refused)
            continue;
        struct symbol_wish *wish = &out_wishes[n++];
        *wish = (struct symbol_wish){.id = (uint32_t)t->taken,
                                     .pdb_id = e->pdb,
                                     .age = p->age,
                                     .pdb = p->name,
                                     .module = p->module,
                                     .offset = e->offset};
        memcpy(wish->guid, p->guid, sizeof wish->guid);
    }
    pthread_mutex_unlock(&t->lock);
    return n;
}

/* ---- answering ---- */

/* Keeps a text whose place in the index is free; without room for the index it is kept unshared. */
static const char *add_text(struct symbol_table *t, uint64_t hash, const char *s, size_t n)
{
    const char *own = arena_strndup(&t->texts, s, n);
    if (own == NULL || t->text_count >= NO_INDEX ||
        base_grow((void **)&t->text_list, &t->text_cap, t->text_count + 1, sizeof *t->text_list) !=
            0)
        return own;
    t->text_list[t->text_count] = own;
    if (id_map_add(&t->text_places, 0, hash, (uint32_t)t->text_count) == 0)
        t->text_count++;
    return own;
}

/* The text safe to print, cut, and kept once; NULL when memory is out. */
static const char *keep_text(struct symbol_table *t, const char *s)
{
    struct strbuf *b = &t->scratch;
    size_t n = strnlen(s, SYMBOL_NAME_BYTES + 1);
    bool cut = n > SYMBOL_NAME_BYTES;
    strbuf_clear(b);
    text_put_escaped(b, s, cut ? text_clip(s, n, SYMBOL_NAME_BYTES - 3) : n);
    if (cut)
        strbuf_puts(b, "...");
    const char *text = strbuf_str(b);
    uint64_t hash = hash_text(&t->seed, text, b->len);
    const uint32_t *place = id_map_find(&t->text_places, 0, hash);
    if (place == NULL)
        return add_text(t, hash, text, b->len);
    const char *known = t->text_list[*place];
    return strcmp(known, text) == 0 ? known : arena_strndup(&t->texts, text, b->len);
}

static void note_answers(struct symbol_table *t, size_t count)
{
    atomic_fetch_sub_explicit(&t->wanted, count, memory_order_relaxed);
    atomic_fetch_add_explicit(&t->generation, 1, memory_order_release);
}

void symbol_table_put(struct symbol_table *t, const struct symbol_wish *wish,
                      const struct symbol *symbol)
{
    const char *function = no_function, *file = "";
    if (symbol != NULL && symbol->function[0] != '\0') {
        function = keep_text(t, symbol->function);
        file = keep_text(t, symbol->file);
        atomic_store_explicit(&t->text_bytes,
                              t->texts.bytes + id_map_bytes(&t->text_places) +
                                  t->text_cap * sizeof *t->text_list,
                              memory_order_relaxed);
    }
    pthread_mutex_lock(&t->lock);
    struct entry *e = entry_at(t, wish->id);
    struct pdb *p = &t->pdbs[e->pdb];
    bool first = e->function == NULL && !t->shut && !p->refused;
    if (first) {
        e->function = function != NULL ? function : no_function;
        e->file = file != NULL ? file : "";
        e->line = symbol != NULL ? symbol->line : 0;
        p->unanswered--;
        note_answers(t, 1);
    }
    pthread_mutex_unlock(&t->lock);
}

void symbol_table_refuse(struct symbol_table *t, const struct symbol_wish *wish)
{
    pthread_mutex_lock(&t->lock);
    struct pdb *p = &t->pdbs[entry_at(t, wish->id)->pdb];
    if (!t->shut && !p->refused) {
        p->refused = true;
        note_answers(t, p->unanswered);
        p->unanswered = 0;
    }
    pthread_mutex_unlock(&t->lock);
}

void symbol_table_shut(struct symbol_table *t)
{
    pthread_mutex_lock(&t->lock);
    if (!t->shut) {
        t->shut = true;
        note_answers(t, symbol_table_wanted(t));
    }
    pthread_mutex_unlock(&t->lock);
}

/* ---- the remark ---- */

void symbol_table_say(struct symbol_table *t, const char *remark)
{
    struct strbuf b = {0};
    text_put_escaped(&b, remark, strlen(remark));
    strbuf_truncate(&b, text_clip(strbuf_str(&b), b.len, sizeof t->remark - 1));
    pthread_mutex_lock(&t->lock);
    snprintf(t->remark, sizeof t->remark, "%s", strbuf_str(&b));
    pthread_mutex_unlock(&t->lock);
    strbuf_release(&b);
}

void symbol_table_remark(const struct symbol_table *t, char *out, size_t n)
{
    struct symbol_table *own = lock(t);
    snprintf(out, n, "%s", own->remark);
    pthread_mutex_unlock(&own->lock);
}
