/*
 * What the program can say about names: the one table of symbols, and the folders where PDBs are
 * looked for.
 *
 * Made by main() before anything is opened. One thread.
 */
#ifndef RUNTIME_NAMES_H
#define RUNTIME_NAMES_H

#include "base/strbuf.h"
#include "model/symbol_table.h"
#include "symbols/symbol_path.h"

struct names {
    struct symbol_table *table;
    struct symbol_path path;
    struct strbuf problems; /* with the folders that were asked for, a line each */
    struct strbuf remarks;  /* on those of the environment */
    struct strbuf told;     /* what names_resolve() has told */
};

/* Looks into `folders` (--symbols; NULL is fine), then into the local folders of
 * _NT_SYMBOL_PATH. */
void names_init(struct names *n, const char *folders);
void names_release(struct names *n);

/* For batch commands: wishes are kept from now on, if there are folders. */
void names_open(struct names *n);

/* Answers every wish, and appends what is in the way, a line each, nothing twice. `names` is a
 * struct names. */
void names_resolve(void *names, struct strbuf *problems);

/* Where the PDB of an image is (naming.h). */
bool names_find_pdb(void *names, const struct image *image, struct strbuf *out_path,
                    struct strbuf *out_why);

#endif
