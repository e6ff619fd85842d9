/*
 * Names for addresses, as the batch commands get them: main() knows who finds them out.
 */
#ifndef COMMANDS_NAMING_H
#define COMMANDS_NAMING_H

#include "base/strbuf.h"
#include "model/symbol_table.h"

struct naming {
    struct symbol_table *table; /* borrowed */
    /* Returns when every wish in the table is answered. Appends what is in the way, a line each,
     * nothing twice. */
    void (*resolve)(void *ctx, struct strbuf *problems);
    void *ctx;
};

#endif
