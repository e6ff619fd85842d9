/*
 * A program file with nothing in it but the name of its PDB.
 *
 * llvm-symbolizer takes images, not PDBs: it opens the PDB that an image's debug record names. The
 * images are not here, so it is given this: one section, which holds the debug directory and its
 * RSDS record.
 */
#ifndef SYMBOLS_STUB_IMAGE_H
#define SYMBOLS_STUB_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stub_image {
    const char *pdb; /* absolute path */
    uint8_t guid[16];
    uint32_t age;
    bool is_x86; /* a 32-bit image (PE32), so that names lose the underscore of the C convention */
};

/* The longest path it has room for. */
#define STUB_PDB_BYTES 4096u
#define STUB_BYTES     (STUB_PDB_BYTES + 1024u)

/* Writes the file's bytes to `out`; how many is returned, 0 when the path is too long. */
size_t stub_image_make(const struct stub_image *image, uint8_t out[STUB_BYTES]);

#endif
