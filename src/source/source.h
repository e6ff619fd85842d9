/*
 * Where bytes come from: a file by offset, or a stream; and what a path really is.
 *
 * Opens with plain POSIX calls and classifies (etl-format 1.1); says in one line what a wrong input
 * is and what to try. Files are read with pread and never mapped: a file may shrink under us
 * (design 6). No libuv, any thread that owns it.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct source {
    int fd;
    bool is_stream;    /* FIFO, socket, character device or pipe: no offsets, no size */
    bool is_container; /* a file that holds traces (container.h) and is none itself */
    bool owns_fd;
    char *path;     /* as given; "-" for standard input; owned */
    char name[256]; /* for titles: base name or "stdin", printable */
    dev_t device;   /* identity of the opened file */
    ino_t inode;
};

/* What became of an opened file. */
enum source_change {
    SOURCE_SAME,
    SOURCE_GREW,
    SOURCE_SHRANK,
    SOURCE_OTHER_FILE, /* the path names another file now, or none */
};

/*
 * Opens `path` ("-" is standard input) for reading. A FIFO is opened without waiting for its
 * writer. Returns 0, or a negative code with a line in `info`: not found, a directory, unreadable,
 * empty (ERR_EMPTY), neither a trace nor a container (ERR_FORMAT: what it is and what to try). A
 * stream's contents are not looked at here.
 */
int source_open(const char *path, struct source *out_source, struct err_info *info);
void source_close(struct source *s);

/*
 * Makes the message "PATH: WHAT" and returns `code`. The path is made safe, for what a person typed
 * may hold anything, and cut to what leaves room for the rest; "-" is "stdin".
 */
int source_error(struct err_info *info, int code, const char *path, const char *what);

/* The file's size now; 0 for a stream. Negative errno on failure. */
int source_size(const struct source *s, uint64_t *out_size);

/* Compares size and inode with what is known: `size` bytes were there at the last look; *out_size
 * is what is there now. */
enum source_change source_check(const struct source *s, uint64_t size, uint64_t *out_size);

/* An ingest_read_fn; ctx is the source. Retries EINTR. */
int source_read_at(void *ctx, uint64_t offset, void *buf, size_t n, size_t *out_n);

#endif
