/*
 * Names for addresses, as the batch commands get them: main() knows who finds them out.
 */
#ifndef COMMANDS_NAMING_H
#define COMMANDS_NAMING_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "model/symbol_table.h"

struct naming {
    struct symbol_table *table; /* borrowed */
    /* Returns when every wish in the table is answered. Appends what is in the way, a line each,
     * nothing twice. */
    void (*resolve)(void *ctx, struct strbuf *problems);
    /*
     * NULL without folders to look in. True when the PDB of `image` is there, with its path in
     * `out_path`; else `out_why` tells what is there instead, or is "" and `out_path` has what it
     * would be called in a symbol store.
     */
    bool (*find_pdb)(void *ctx, const struct image *image, struct strbuf *out_path,
                     struct strbuf *out_why);
    void *ctx;
};

#endif
