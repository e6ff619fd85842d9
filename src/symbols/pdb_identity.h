/*
 * Which build a PDB file belongs to: its GUID and age, read from the file itself.
 *
 * A PDB is a file of blocks (MSF 7.00): a superblock leads to a list of blocks that hold the
 * directory of streams; stream 1 has the GUID, stream 3 (DBI) the age the linker wrote into the
 * image, and the machine. Nothing of the file is believed; a handful of small reads, no memory.
 */
#ifndef SYMBOLS_PDB_IDENTITY_H
#define SYMBOLS_PDB_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct pdb_identity {
    uint8_t guid[16]; /* as stored, as in the image's RSDS record */
    uint32_t age;     /* the DBI stream's; that of stream 1 when there is none */
    bool is_x86;      /* a 32-bit image's: its names have a leading underscore */
};

/*
 * Reads it from `fd`, whose offset stays. 0; ERR_FORMAT with what is wrong in `info`, without the
 * file's name; or the errno of read().
 */
int pdb_identity_read(int fd, struct pdb_identity *out_identity, struct err_info *info);

#endif
