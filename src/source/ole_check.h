/*
 * Whether a compound file may be handed to libgsf.
 *
 * The library takes memory from the stack by numbers that the file's header gives, and calls itself
 * once for each entry along a chain of the directory: a hostile file would end the program. So the
 * header, the size of the sector table and the length of the directory are looked at before.
 */
#ifndef SOURCE_OLE_CHECK_H
#define SOURCE_OLE_CHECK_H

#include "source/container_priv.h"

/*
 * 0, -EIO, or ERR_FORMAT with a line in `info`. *out_size is how long the file should be: more than
 * it is when its end is missing. Reads a few hundred sectors at most.
 */
int ole_check(const struct container *c, uint64_t *out_size, struct err_info *info);

#endif
