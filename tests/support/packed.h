/*
 * Containers made by the tests, and a container read to its end.
 */
#ifndef TESTS_SUPPORT_PACKED_H
#define TESTS_SUPPORT_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packed_file.h"
#include "source/container.h"

/* What containers the tests can make. */
enum packing {
    PACK_ZIP,
    PACK_ZIP_STORED,
    PACK_7Z,
    PACK_TAR,
    PACK_TAR_GZ,
    PACK_GZ,
    PACK_XZ,
    PACK_ZST,
    PACK_BZ2,
    PACK_CAB,
    PACK_CAB_STORED,
    PACK_OLE,
    PACKINGS
};

const char *packing_name(enum packing how);

/* True when it holds one file only. */
bool packing_is_single(enum packing how);

/* A container of these files, which the caller frees; fails the test when it cannot be made. */
uint8_t *pack(enum packing how, const struct packed_file *files, size_t count, size_t *out_size);

/* An unlinked file with these bytes; the caller closes it. */
int file_of(const uint8_t *bytes, size_t size);

/* A container as it was read. */
struct unpacked {
    int fd;
    struct container *container; /* NULL when it could not be opened */
    int result;                  /* of the last step, or of opening */
    struct err_info info;
};

/* Opens and expands; `limit` 0: the usual one. Release it. */
void unpack(const uint8_t *bytes, size_t size, uint64_t limit, struct unpacked *out);
void unpacked_release(struct unpacked *u);

/* The first trace of it, NULL when there is none. */
const struct container_member *unpacked_trace(const struct unpacked *u);

/* How many of the member's bytes agree with `bytes` from the first on. */
size_t agreeing_bytes(const struct container_member *m, const uint8_t *bytes, size_t size);

#endif
