/*
 * Finding the PDB that an image was built with, in the folders of a symbol path.
 *
 * A folder is a symbol store (`Solution.pdb/GUIDAGE/Solution.pdb`) or simply holds PDBs. Of what a
 * trace says only the last part of the name is used, and a file counts only when its own GUID and
 * age are the wanted ones. Letter case does not matter, as where the stores come from. May wait for
 * disks: not for the loop. Any thread.
 */
#ifndef SYMBOLS_PDB_FIND_H
#define SYMBOLS_PDB_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "symbols/symbol_path.h"

struct pdb_wanted {
    uint8_t guid[16];
    uint32_t age;
    const char *name; /* as the image says it, with or without a path */
};

/*
 * True when it is there: its absolute path is appended to `out_path`. Else what was found instead,
 * and why it is of no use, is appended to `out_reason` as one line without a newline, safe to
 * print: "/sym/Solution.pdb: age 2, the trace wants 1"; nothing when there is no such file.
 */
bool pdb_find(const struct symbol_path *path, const struct pdb_wanted *wanted,
              struct strbuf *out_path, bool *out_is_x86, struct strbuf *out_reason);

/* Appends "Solution.pdb/GUIDAGE/Solution.pdb", where a symbol store has it, or that it has no name
 * that could be a file's. */
void pdb_put_place(const struct pdb_wanted *wanted, struct strbuf *out);

/* "3B7D84101E8E46F38F6A7F2D6C2B1D0A1": the name of the build's folder in a symbol store. */
#define PDB_KEY_SIZE 41
void pdb_key(const uint8_t guid[16], uint32_t age, char out[PDB_KEY_SIZE]);

#endif
