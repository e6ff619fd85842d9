/*
 * OLE compound files (MS-CFB version 3, sectors of 512 bytes) and what Visual Studio 2015 to 2019
 * put into them (etl-format 7.2b).
 */
#ifndef TESTS_TOOLS_OLE_WRITER_H
#define TESTS_TOOLS_OLE_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "packed_file.h"

/* Where things lie in what ole_write() makes. */
enum {
    OLE_AT_SECTOR_SHIFT = 0x1e,
    OLE_AT_TABLES = 0x2c,
    OLE_AT_DIRECTORY = 0x30,
    OLE_AT_TABLE_PLACES = 0x4c,
    OLE_SECTOR = 512,
    OLE_TABLE = 512 /* the first sector of the table follows the header */
};

/* A compound file with these streams below the root; sectors of the table come first, then the
 * directory. The caller frees it. At most 109 table sectors: 7 MB. */
uint8_t *ole_write(const struct packed_file *streams, size_t count, size_t *out_size);

/*
 * An older .diagsession of these resources, E1, E2, ...: blocks of compressed chunks, the property
 * set and metadata.xml. The caller frees it.
 */
uint8_t *ole_write_session(const struct packed_file *resources, size_t count, size_t *out_size);

/* A resource as it stands in its stream. The caller frees it. */
uint8_t *ole_pack(const uint8_t *bytes, size_t size, size_t *out_size);

#endif
