/*
 * What one trace is read from: a file or a stream, or several files whose sessions ran side by
 * side (a heap session and its kernel session), or which a rolling session has left.
 *
 * Opens them and names them; containers among them are expanded before they are read
 * (inputs_unpack.h). Whoever reads adds them to an ingest in this order, so that the
 * numbers are the same here and there. No libuv, any thread that owns it.
 */
#ifndef SOURCE_INPUTS_H
#define SOURCE_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "model/ingest.h"
#include "source/package.h"
#include "source/source.h"

/* A zeroed struct has none. */
struct inputs {
    struct source **list; /* owned; a source never moves, for an ingest has its address */
    size_t count;
    size_t named;             /* of them at first: containers may bring more (inputs_unpack.h) */
    struct package *packages; /* the streams and containers among them; owned */
    size_t package_count;
    size_t failed;         /* the input that an error of inputs_unpack.h is about */
    uint64_t expand_limit; /* bytes that a container may expand to */
    char name[256]; /* for titles: "heap.etl + kernel.etl", "a.etl + b.etl + 8 more"; printable */
};

/*
 * Opens `count` paths ("-" is standard input), at least one. Returns 0 or a negative code with a
 * line in `info` that names the path: as source_open(), or one file was named twice, or several are
 * streams, of which only one can be read at a time, or there are too many.
 */
int inputs_open(struct inputs *in, char *const *paths, size_t count, struct err_info *info);
void inputs_close(struct inputs *in);

/* True when one of them is a pipe or the like, which cannot be read again. */
bool inputs_have_stream(const struct inputs *in);

/* Bytes of all files now; 0 when there is a stream, for nobody knows then. */
uint64_t inputs_size(const struct inputs *in);

/* An ingest of all of them; the caller tells it sizes and pushes bytes. It borrows the inputs, and
 * the caller frees it. NULL when memory is out. */
struct ingest *inputs_ingest(struct inputs *in);

/*
 * Makes the message "PATH: WHAT" of input number `input` and returns `code`; the path is made safe
 * (source_error()).
 */
int inputs_error(const struct inputs *in, unsigned input, struct err_info *info, int code,
                 const char *what);

/* Appends the paths joined by " + ", "-" as "stdin", safe to print. */
void inputs_put_paths(char *const *paths, size_t count, struct strbuf *out);

#endif
