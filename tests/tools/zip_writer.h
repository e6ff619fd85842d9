/*
 * Zip archives that no archiver would write: sizes that lie, members that share their data, names
 * of any bytes. Those that are as they should be are written with libarchive.
 */
#ifndef TESTS_TOOLS_ZIP_WRITER_H
#define TESTS_TOOLS_ZIP_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "packed_file.h"

/* A member as it will stand in the file. */
struct zip_member {
    const char *name;
    size_t name_size; /* at most 65,535 */
    const uint8_t *packed;
    size_t packed_size;
    uint32_t expanded_size; /* what is claimed */
    uint32_t crc;
    unsigned method;                 /* 0 stored, 8 deflate */
    const struct zip_member *shares; /* NULL, or an earlier one whose local header is used */
};

/* The archive; the caller frees it. At most 65,535 members. */
uint8_t *zip_write(const struct zip_member *members, size_t count, size_t *out_size);

/* A deflate stream of `head` and then `repeats` MiB of `fill`. The caller frees it. */
uint8_t *deflate_fill(const uint8_t *head, size_t head_size, uint8_t fill, size_t repeats,
                      size_t *out_size);

#endif
