/*
 * Small files read whole, and files written so that others see the old one or the new one, never a
 * part.
 *
 * Messages name the file and say what to do about it. No state, any thread.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"

/* Says what is wrong with a file: "PATH: ...", the path made printable. Returns `code`. */
int file_fail(struct err_info *info, int code, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Appends the whole file to `out`. Never blocks: of a FIFO it takes what is there. 0; -ENOENT and
 * other errnos; ERR_LIMIT when there are more than `limit` bytes. `out` is as it was on failure.
 */
int file_read(const char *path, size_t limit, struct strbuf *out, struct err_info *info);

/*
 * Reads `n` bytes at `offset` of an open file, fewer only at its end. 0 or an errno; in parts when
 * the system hands them out so.
 */
int file_read_at(int fd, uint64_t offset, void *buf, size_t n, size_t *out_n);

/*
 * A file being written beside its place. Zero is a valid state: nothing is open.
 *
 *   file_writer_open() -> file_writer_add() ... -> file_writer_commit() or file_writer_abandon()
 */
struct file_writer {
    char *path;      /* where it goes, links followed; owned */
    char *temporary; /* where it is now; owned, NULL: nothing is open */
    int fd;
};

/*
 * Starts to write what will be `path`: of a link its target. A file that is there keeps its mode; a
 * new one gets `mode` less the umask. 0 or an errno: -EISDIR and -EINVAL when what is there is no
 * file, -EACCES when it is one that may not be written, -ENOENT for a link to nothing.
 */
int file_writer_open(struct file_writer *w, const char *path, mode_t mode, struct err_info *info);

/* Writes `n` more bytes, unbuffered: add whole blocks. */
int file_writer_add(struct file_writer *w, const void *bytes, size_t n, struct err_info *info);

/* Brings the file to the disk and to its place. Whatever it returns, nothing is open behind it and
 * nothing is left beside the place. */
int file_writer_commit(struct file_writer *w, struct err_info *info);

/* Forgets the file; what was at its place stays. Accepts a zeroed struct. */
void file_writer_abandon(struct file_writer *w);

/* All of it at once. */
int file_write(const char *path, mode_t mode, const void *bytes, size_t n, struct err_info *info);

#endif
