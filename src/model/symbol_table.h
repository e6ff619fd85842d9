/*
 * Names of functions, files and lines for addresses inside images: what has been found out, and
 * what somebody would like to know.
 *
 * Views and the worker look up; what is not known yet is remembered as a wish. Somebody else (the
 * runtime's symbolizer, a child process) takes the wishes and puts the answers. Nobody waits: the
 * lock is held for a look into a hash table, and no table grows by more than a small part of itself
 * at a time. Any thread may ask, one answers. An answer never changes and never moves. Keyed by the
 * image's PDB (GUID and age) and the offset, so it outlives traces.
 */
#ifndef MODEL_SYMBOL_TABLE_H
#define MODEL_SYMBOL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/image_map.h"

struct symbol {
    const char *function; /* UTF-8, safe to print */
    const char *file;     /* "" when not known */
    uint32_t line;        /* 0 when not known */
};

enum symbol_state {
    SYMBOL_NONE,    /* there is none: no PDB, no symbolizer, or nothing at that offset */
    SYMBOL_WAITING, /* asked for; look again when the generation has changed */
    SYMBOL_KNOWN,
};

struct symbol_table;

/* One reference; NULL when memory is out. Until symbol_table_open() every answer is SYMBOL_NONE
 * and no wish is kept. */
struct symbol_table *symbol_table_new(void);
struct symbol_table *symbol_table_ref(struct symbol_table *t);
void symbol_table_unref(struct symbol_table *t); /* NULL is fine; any thread */

/*
 * The symbol at `offset` of `image`; `t` may be NULL. The wish for one that is not known is kept.
 * Any thread; O(1) expected, about 100 ns.
 */
enum symbol_state symbol_table_find(struct symbol_table *t, const struct image *image,
                                    uint64_t offset, struct symbol *out_symbol);

/* Grows whenever answers came. Any thread. */
uint64_t symbol_table_generation(const struct symbol_table *t);

/* Bytes it occupies, for the bench. Any thread. */
size_t symbol_table_bytes(const struct symbol_table *t);

/* ---- for who answers: one thread at a time ---- */

/* What a trace can make somebody ask for; beyond, the answer is SYMBOL_NONE. */
#define SYMBOL_TABLE_MOST      ((size_t)1 << 22)
#define SYMBOL_TABLE_MOST_PDBS 65536u

/* Longer names are cut, and end in "..." then. */
#define SYMBOL_NAME_BYTES 2048u

/* From now on wishes are kept. */
void symbol_table_open(struct symbol_table *t);

/* Nobody answers any more: every wish is answered with none, and no more are kept. What is known
 * stays. For good. */
void symbol_table_shut(struct symbol_table *t);

/*
 * Has `wake` called whenever there are wishes to take and there were none before; NULL ends it, and
 * no call is under way any more then. It is called under the lock by whoever wishes: it must not
 * call back, and not wait.
 */
void symbol_table_on_wish(struct symbol_table *t, void (*wake)(void *ctx), void *ctx);

/* One thing somebody wants to know. The texts are the table's and stay good. */
struct symbol_wish {
    uint32_t id;     /* of the wish */
    uint32_t pdb_id; /* of its PDB: 0, 1, ... in the order of their first wishes */
    uint32_t age;
    uint8_t guid[16];
    const char *pdb;    /* as the image says */
    const char *module; /* the image's name */
    uint64_t offset;
};

/* Takes up to `max` wishes, oldest first; returns how many. */
size_t symbol_table_take(struct symbol_table *t, struct symbol_wish *out_wishes, size_t max);

/*
 * Answers a wish that was taken; a NULL `symbol` means there is none. Copied, neutralised, equal
 * texts kept once. The first answer holds.
 */
void symbol_table_put(struct symbol_table *t, const struct symbol_wish *wish,
                      const struct symbol *symbol);

/* Answers every wish, taken or not, that is or ever will be made for the PDB of `wish`: there is
 * none. What was answered before stays. */
void symbol_table_refuse(struct symbol_table *t, const struct symbol_wish *wish);

/* Wishes that are not answered, taken or not. Any thread. */
size_t symbol_table_wanted(const struct symbol_table *t);

/* How far it is, and why there are no names, for the screens: one line, "" when all is well. Set by
 * who answers, copied by who asks. Neutralised; at most SYMBOL_REMARK_BYTES. */
#define SYMBOL_REMARK_BYTES 256u
void symbol_table_say(struct symbol_table *t, const char *remark);
void symbol_table_remark(const struct symbol_table *t, char *out, size_t n);

#endif
