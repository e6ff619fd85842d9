/*
 * An input that is not what is read but holds it: a container, from a file or through a pipe.
 *
 * What comes through a pipe is told by its first bytes: a trace is handed on as it comes, a
 * container is kept whole in a temporary file before it can be opened, because the directory of
 * most stands at their end. No libuv, any thread that owns it.
 */
#ifndef SOURCE_PACKAGE_H
#define SOURCE_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "decoder/etl_detect.h"
#include "source/container.h"
#include "source/source.h"
#include "source/spool.h"

enum package_state {
    PACKAGE_UNKNOWN,  /* a stream whose first bytes have not come */
    PACKAGE_PLAIN,    /* a stream that is read as it comes */
    PACKAGE_COMING,   /* a container that has not come whole */
    PACKAGE_PACKED,   /* there is all of it: to be expanded */
    PACKAGE_UNPACKED, /* done: the members can be read */
};

struct package {
    enum package_state state;
    struct source *source;         /* the file or stream; borrowed */
    size_t input;                  /* its number among the inputs */
    uint8_t head[ETL_DETECT_SIZE]; /* of a stream */
    size_t head_len;
    struct spool spool;          /* of a stream: the container */
    struct container *container; /* NULL until it is expanded */
};

/* `source` is a container's file or a stream, and has the number `input`. */
void package_init(struct package *p, struct source *source, size_t input);
void package_release(struct package *p);

/*
 * Stream: the next bytes. While it is PACKAGE_UNKNOWN the first of them are kept in `head`; what a
 * container has is taken, and of a plain stream nothing behind `head`: *out_taken tells. 0 or a
 * negative code with a line in `info`.
 */
int package_take(struct package *p, const void *bytes, size_t n, size_t *out_taken,
                 struct err_info *info);

/* Stream: it has ended. 0 or a negative code with a line in `info`. */
int package_end(struct package *p, struct err_info *info);

/* Expands about `max_bytes` more of what is packed. 1 more, 0 done, negative with a line in `info`
 * (without the file's name). At most `limit` bytes in all. */
int package_step(struct package *p, size_t max_bytes, uint64_t limit, struct err_info *info);

#endif
