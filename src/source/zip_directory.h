/*
 * The end of a zip archive, looked at before anything else in it: how many members it has, and how
 * long its directory is. The library reads the whole directory before it tells of the first member.
 */
#ifndef SOURCE_ZIP_DIRECTORY_H
#define SOURCE_ZIP_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "source/container.h"

/* What a directory of CONTAINER_MEMBERS may take: 1.6 KiB for each of them. */
#define ZIP_DIRECTORY_MOST ((uint64_t)16 << 20)

struct zip_directory {
    uint64_t members; /* as the archive says: it may lie */
    uint64_t bytes;   /* from its first byte to the record that tells of it */
};

/* Finds the last directory of the archive; `fd` can be read by offset and has `size` bytes. False
 * when there is none, as in an archive that is cut off. Reads 66 KiB at most. */
bool zip_directory_find(int fd, uint64_t size, struct zip_directory *out);

#endif
