/*
 * A file without a name for what has to be read by offset but does not come that way: the expanded
 * members of a container, a container that comes through a pipe.
 *
 * It is written at its end only, may be read while it grows, and is gone when it is closed, however
 * the program ends. It lies in $TMPDIR, else in /var/tmp, which unlike /tmp is not kept in memory
 * on many systems, else in /tmp. One thread writes; any may read the descriptor with pread().
 */
#ifndef SOURCE_SPOOL_H
#define SOURCE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Left free on the disk: filling it would harm the whole system. */
#define SPOOL_RESERVE ((uint64_t)256 << 20)

struct spool {
    int fd; /* -1: not open */
    uint64_t size;
    uint64_t checked;   /* the next look at the free space is due at this size */
    const char *folder; /* where it lies; borrowed from the environment */
};

/* Makes the file, mode 0600. Returns 0 or a negative errno with a line in `info`. */
int spool_open(struct spool *s, struct err_info *info);

/* Adds `n` bytes. Returns 0 or a negative errno with a line in `info`: -ENOSPC when the disk is
 * full, or would be but for SPOOL_RESERVE. */
int spool_add(struct spool *s, const void *bytes, size_t n, struct err_info *info);

/* Accepts one that is not open (fd -1). */
void spool_close(struct spool *s);

#endif
