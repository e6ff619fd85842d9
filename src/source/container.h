/*
 * What traces travel in: archives (zip, cab, 7z, tar), compressed single files, and the compound
 * files of older Visual Studio versions. Told by contents, never by name.
 *
 * A container is hostile input. Nothing is unpacked by name: what is a trace by its contents is
 * expanded into a temporary file without a name, the rest is looked at and left. How much may be
 * expanded is limited (expand_guard.h); archives in archives are not followed. Works in bounded
 * steps, so that a screen can go on beside it; no libuv, one thread at a time, any thread.
 */
#ifndef SOURCE_CONTAINER_H
#define SOURCE_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

enum container_kind {
    CONTAINER_NONE,
    CONTAINER_ARCHIVE, /* zip, cab, 7z, tar, or one compressed file */
    CONTAINER_OLE,     /* compound file: .diagsession of Visual Studio 2015 to 2019 */
};

/* What is expanded at most unless the person says otherwise. */
#define CONTAINER_EXPAND_LIMIT ((uint64_t)64 << 30)

/* Members that are looked at, and traces that are read. */
#define CONTAINER_MEMBERS 10000u
#define CONTAINER_TRACES  64u

struct container;

struct container_member {
    const char *name;  /* safe to print; a long one is cut in the middle */
    uint64_t bytes;    /* expanded; of what is not read as far as the container tells, else 0 */
    uint64_t expanded; /* bytes that can be read from `fd` by now */
    bool is_trace;
    bool is_damaged;  /* not all of it is there, or its checksum is wrong */
    int fd;           /* of a trace: read it with pread(); -1 for the others */
    const char *what; /* "a Windows event trace (.etl)", "text": static text */
};

/* Tells from the first ETL_DETECT_SIZE bytes of an input. */
enum container_kind container_detect(struct span first_bytes);

/*
 * Opens what container_detect() said. `fd` is seekable and borrowed until container_free(), `name`
 * is that of the file, for messages and for the member of a compressed file. NULL with a line in
 * `info` (without the file's name) when it cannot be read.
 */
struct container *container_open(int fd, enum container_kind kind, const char *name,
                                 struct err_info *info);

/* Expands at most so many bytes in all. Before the first step. */
void container_set_limit(struct container *c, uint64_t bytes);

/*
 * Expands about `max_bytes` more. Returns 1 when there is more to do, 0 when all that can be read
 * is there, or a negative code with a line in `info`: ERR_FORMAT when there is no trace in it,
 * ERR_LIMIT, -ENOSPC, -EIO, -ENOMEM. Damage is no error: what could be expanded is there, and
 * container_remark() tells.
 */
int container_step(struct container *c, size_t max_bytes, struct err_info *info);

/* Members seen so far; a trace's fd and name stay until container_free(). */
size_t container_member_count(const struct container *c);
const struct container_member *container_member(const struct container *c, size_t i);

/* "zip archive", "gzip", "OLE compound file": static text. */
const char *container_kind_name(const struct container *c);

/* How far the container itself has been read: done of total bytes. */
void container_progress(const struct container *c, uint64_t *out_done, uint64_t *out_total);

/* What was lost and why, as one line safe to print; "" when nothing was. */
const char *container_remark(const struct container *c);

/* Members that are not whole, and 1 more when the container ends before its end. */
unsigned container_damages(const struct container *c);

void container_free(struct container *c); /* closes the members' descriptors; NULL is fine */

#endif
