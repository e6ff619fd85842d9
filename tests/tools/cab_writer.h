/*
 * Cabinets (MS-CAB): files in one folder, stored or MSZIP-compressed. Written here because
 * libarchive reads cabinets but does not write them.
 */
#ifndef TESTS_TOOLS_CAB_WRITER_H
#define TESTS_TOOLS_CAB_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packed_file.h"

/* The cabinet in one block of *out_size bytes, which the caller frees; NULL when memory is out. */
uint8_t *cab_write(const struct packed_file *files, size_t count, bool mszip, size_t *out_size);

#endif
