/*
 * The functions and modules that the frames of a tree belong to, each named once.
 *
 * Private to call_tree*.c. An address is looked up once for as long as the same module is there.
 */
#ifndef ANSWER_TREE_CALL_TREE_NAMES_H
#define ANSWER_TREE_CALL_TREE_NAMES_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "model/frame_rules.h"
#include "model/id_map.h"

/* What a node stands for. Texts are in the arena. */
struct call_name {
    const char *text, *module, *place;
    uint64_t hash; /* of `text`, the same in every tree */
    uint32_t twin; /* another one whose texts fall into the same slot; ID_MAP_NONE */
    uint32_t root; /* the node of a root with it, the builder's; ID_MAP_NONE */
    bool named;    /* by a symbol */
    enum image_hit hit;
};

struct call_address;

struct call_names {
    struct frame_namer namer;        /* borrowed */
    const struct frame_rules *rules; /* borrowed; NULL folds nothing */
    bool of_modules;                 /* names are the modules' */
    struct arena *arena;             /* borrowed */
    struct call_name *names;         /* owned */
    size_t count, cap;
    struct call_address *addresses; /* owned */
    size_t address_count, address_cap;
    struct id_map by_address, by_text;
    struct strbuf scratch, place;
};

/* `n` is zeroed but for what is borrowed. */
void call_names_init(struct call_names *n);
void call_names_release(struct call_names *n);

/* The name of frame `index` with `address` of a stack of `process`, first seen at `time`.
 * ID_MAP_NONE when memory is out. *out_folded: it is the allocator's. About 30 ns when the address
 * was there before. */
uint32_t call_names_find(struct call_names *n, uint32_t process, int64_t time, uint64_t address,
                         uint32_t index, bool *out_folded);

/* Starts to load what is known of an address that will be looked up soon; some frames later, what
 * the first refers to. */
static inline void call_names_prefetch(const struct call_names *n, uint32_t process,
                                       uint64_t address, uint32_t index)
{
    id_map_prefetch(&n->by_address, process << 1 | (index == 0), address);
}
void call_names_prefetch_more(const struct call_names *n, uint32_t process, uint64_t address,
                              uint32_t index);

/* The name with just that text. */
uint32_t call_names_add(struct call_names *n, const char *text);

/* A hash that depends on nothing but both numbers. */
uint64_t call_names_hash(uint64_t a, uint64_t b);

#endif
