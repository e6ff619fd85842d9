/* A folder of its own for a test, and PDB files made by hand: an MSF of the four streams that tell
 * who it is. */
#ifndef TESTS_UNIT_PDB_WORLD_H
#define TESTS_UNIT_PDB_WORLD_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/strbuf.h"

#define PDB_BLOCK  512u
#define PDB_BLOCKS 8u
#define PDB_BYTES  (PDB_BLOCK * PDB_BLOCKS)

struct pdb_made {
    uint8_t guid[16];
    uint32_t age;     /* of stream 1 */
    uint32_t dbi_age; /* 0: there is no stream 3 */
    uint16_t machine;
};

static inline void pdb_put32(uint8_t *p, uint32_t v)
{
    memcpy(p, &v, sizeof v);
}

/*
 * Blocks: 0 superblock, 1 and 2 free maps, 3 list of the directory's blocks, 4 directory, 5 stream
 * 1, 6 stream 3.
 */
static inline void pdb_make(const struct pdb_made *m, uint8_t out[PDB_BYTES])
{
    memset(out, 0, PDB_BYTES);
    memcpy(out,
           "Microsoft C/C++ MSF 7.00\r\n\x1a"
           "DS\0\0\0",
           32);
    pdb_put32(out + 32, PDB_BLOCK);
    pdb_put32(out + 36, 1);
    pdb_put32(out + 40, PDB_BLOCKS);
    pdb_put32(out + 44, 4 * 7);
    pdb_put32(out + 52, 3);
    pdb_put32(out + 3 * PDB_BLOCK, 4);
    uint8_t *directory = out + 4 * PDB_BLOCK;
    const uint32_t numbers[] = {4, UINT32_MAX, 28, 0, m->dbi_age != 0 ? 64 : UINT32_MAX, 5, 6};
    for (size_t i = 0; i < 7; i++)
        pdb_put32(directory + i * 4, numbers[i]);
    uint8_t *info = out + 5 * PDB_BLOCK;
    pdb_put32(info, 20000404);
    pdb_put32(info + 8, m->age);
    memcpy(info + 12, m->guid, 16);
    uint8_t *dbi = out + 6 * PDB_BLOCK;
    pdb_put32(dbi, UINT32_MAX);
    pdb_put32(dbi + 4, 19990903);
    pdb_put32(dbi + 8, m->dbi_age);
    memcpy(dbi + 58, &m->machine, sizeof m->machine);
}

static inline void pdb_write(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        abort();
}

/* A new folder; the caller frees the path, and removes what it names with folder_remove(). */
static inline char *folder_make(void)
{
    const char *place = getenv("TMPDIR");
    struct strbuf b = {0};
    strbuf_printf(&b, "%s/test-symbols-XXXXXX", place != NULL ? place : "/tmp");
    if (mkdtemp(b.s) == NULL)
        abort();
    return b.s;
}

static inline void folder_remove(char *path)
{
    struct strbuf b = {0};
    strbuf_printf(&b, "rm -rf '%s'", path);
    if (system(b.s) != 0)
        abort();
    strbuf_release(&b);
    free(path);
}

/* "FOLDER/NAME", in one of four places that are used in turn. */
static inline const char *path_in(const char *folder, const char *name)
{
    static char places[4][1024];
    static unsigned next;
    char *place = places[next++ % 4];
    snprintf(place, sizeof places[0], "%s/%s", folder, name);
    return place;
}

#endif
