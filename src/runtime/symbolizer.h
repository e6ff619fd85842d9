/*
 * Finds out what the symbol table is asked for: looks for PDBs, has llvm-symbolizer answer, puts
 * the answers.
 *
 *   wishes -> (PDB found? a thread of libuv's pool looks) -> question -> llvm-symbolizer -> answer
 *
 * At most a hundred-odd questions are under way, so that nothing piles up and no callback of the
 * loop takes long. A child that crashes is started again; what it crashed at stays without a name.
 * Loop thread.
 */
#ifndef RUNTIME_SYMBOLIZER_H
#define RUNTIME_SYMBOLIZER_H

#include <stdbool.h>
#include <uv.h>

#include "base/strbuf.h"
#include "model/symbol_table.h"
#include "symbols/symbol_path.h"

struct symbolizer;

struct symbolizer_options {
    struct symbol_table *table;     /* opened here; a reference is taken */
    const struct symbol_path *path; /* borrowed until it is gone */
    /* Answers came, or the remark is another; at most ten times a second, and when nothing is
     * wanted any more. */
    void (*changed)(void *ctx);
    void *ctx;
};

/*
 * Starts. Without llvm-symbolizer, or when it cannot be started, the table is shut and a problem
 * told.
 */
struct symbolizer *symbolizer_new(uv_loop_t *loop, const struct symbolizer_options *options);

/* What is in the way of names so far, a line each, none twice; "" when nothing is. */
const char *symbolizer_problems(const struct symbolizer *s);

/* Ends the child and everything else; changed() is not called any more. The memory goes when the
 * loop has run its callbacks. NULL is fine. */
void symbolizer_close(struct symbolizer *s);

/*
 * For the batch commands: answers every wish of `table`, in a loop of its own, and appends what was
 * in the way to `problems`, as symbolizer_problems(). A signal that ends the program ends it
 * tidily.
 */
void symbolizer_run(struct symbol_table *table, const struct symbol_path *path,
                    struct strbuf *problems);

#endif
