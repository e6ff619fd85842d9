/*
 * Names for addresses, as the batch commands get them: main() knows who finds them out.
 */
#ifndef COMMANDS_NAMING_H
#define COMMANDS_NAMING_H

#include <stdbool.h>

#include "model/symbol_table.h"

struct naming {
    struct symbol_table *table; /* borrowed */
    /* Returns when every wish in the table is answered. Tells on standard error what is in the way,
     * each thing once, unless `quiet`. */
    void (*resolve)(void *ctx, bool quiet);
    void *ctx;
};

#endif
