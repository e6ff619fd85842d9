/*
 * The folders in which PDBs are looked for, as a person names them.
 *
 * Understood is what other tools take as a symbol path: folders between semicolons, and
 * `srv*FOLDER*FOLDER*https://...`, of which the local folders are taken. Nothing is ever fetched.
 */
#ifndef SYMBOLS_SYMBOL_PATH_H
#define SYMBOLS_SYMBOL_PATH_H

#include <stddef.h>

#include "base/strbuf.h"

/* More folders than this are not looked into. */
#define SYMBOL_PATH_MOST 64

/* Zero is empty. */
struct symbol_path {
    char *folders[SYMBOL_PATH_MOST]; /* owned; absolute or from the current folder */
    size_t count;
};

/*
 * Adds the folders of `text` (NULL is fine). A leading `~/` is the person's home. What is ignored
 * for a reason that a person should know is added to `problems`, a line each, after `origin`: what
 * is no folder here, Windows paths.
 */
void symbol_path_add(struct symbol_path *p, const char *origin, const char *text,
                     struct strbuf *problems);

void symbol_path_release(struct symbol_path *p);

#endif
