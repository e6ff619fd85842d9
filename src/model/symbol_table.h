/*
 * Names of functions, files and lines for addresses inside images: what has been found out, and
 * what somebody would like to know.
 *
 * Views and the worker look up; what is not known yet is remembered as a wish. Somebody else (the
 * runtime's symbolizer, a child process) takes the wishes and puts the answers. Nobody waits.
 * Thread safe; an answer never changes and never moves. Keyed by the image's PDB (GUID and age) and
 * the offset, so it outlives traces.
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

/* Changes whenever answers came. Any thread. */
uint64_t symbol_table_generation(const struct symbol_table *t);

/* ---- for who answers ---- */

/* From now on wishes are kept. */
void symbol_table_open(struct symbol_table *t);

/* One thing somebody wants to know. The texts are the table's and stay good. */
struct symbol_wish {
    uint8_t guid[16];
    uint32_t age;
    const char *pdb;    /* as the image says */
    const char *module; /* the image's name */
    uint64_t offset;
};

/* Takes up to `max` wishes, oldest first; returns how many. */
size_t symbol_table_take(struct symbol_table *t, struct symbol_wish *out_wishes, size_t max);

/* Answers a wish; a NULL `symbol` means there is none. Copied; control characters neutralised. */
void symbol_table_put(struct symbol_table *t, const struct symbol_wish *wish,
                      const struct symbol *symbol);

/* Wishes neither taken nor answered, and taken but not answered. */
size_t symbol_table_wanted(const struct symbol_table *t);

/* How far it is, and why there are no names, for the screens: one line, "" when all is well. Set by
 * who answers, copied by who asks. */
void symbol_table_say(struct symbol_table *t, const char *remark);
void symbol_table_remark(const struct symbol_table *t, char *out, size_t n);

#endif
