/* Drives ingest over a whole input without a loop; see load.h. */
#include "source/load.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define LOAD_BLOCK ((size_t)1 << 20)

static int add_name(const struct source *s, int code, struct err_info *info)
{
    struct err_info inner = *info;
    return err_set(info, code, "%s: %.400s", s->name, inner.text);
}

/*
 * Reads what a stream has, waiting for at least one byte; 0 bytes at its end. Polls first, because
 * a FIFO that no writer has opened yet reads as ended.
 */
static int read_stream(int fd, uint8_t *buf, size_t n, size_t *out_n)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, -1) < 0 && errno != EINTR)
            return -errno;
        ssize_t got = read(fd, buf, n);
        if (got >= 0) {
            *out_n = (size_t)got;
            return 0;
        }
        if (errno != EINTR && errno != EAGAIN)
            return -errno;
    }
}

/* Works until there is nothing more to do; the last result is in *out_result. */
static int drain(struct ingest *in, enum ingest_hold hold, int *out_result, struct err_info *info)
{
    int rc;
    do
        rc = ingest_step(in, hold, info);
    while (rc == INGEST_MORE);
    *out_result = rc;
    return rc < 0 ? rc : 0;
}

static int load_stream(struct loaded *l, load_progress_fn progress, void *ctx,
                       struct err_info *info)
{
    uint8_t *block = malloc(LOAD_BLOCK);
    if (block == NULL)
        return err_set(info, -ENOMEM, "out of memory");
    int result;
    int rc;
    size_t n = 0;
    for (;;) {
        rc = read_stream(l->source.fd, block, LOAD_BLOCK, &n);
        if (rc != 0)
            err_set(info, rc, "cannot read");
        if (rc != 0 || n == 0)
            break;
        rc = ingest_push(l->ingest, block, n);
        if (rc == 0)
            rc = drain(l->ingest, INGEST_HOLD, &result, info);
        if (rc != 0)
            break;
        if (progress != NULL)
            progress(ctx, ingest_bytes_done(l->ingest), 0);
    }
    free(block);
    return rc != 0 ? rc : drain(l->ingest, INGEST_FINISH, &result, info);
}

static int load_file(struct loaded *l, load_progress_fn progress, void *ctx, struct err_info *info)
{
    uint64_t size;
    int rc = source_size(&l->source, &size);
    if (rc != 0)
        return err_set(info, rc, "cannot read its size");
    ingest_set_size(l->ingest, size);
    do {
        rc = ingest_step(l->ingest, INGEST_FINISH, info);
        if (progress != NULL)
            progress(ctx, ingest_bytes_done(l->ingest), size);
    } while (rc == INGEST_MORE);
    return rc < 0 ? rc : 0;
}

int load_trace(const char *path, load_progress_fn progress, void *ctx, struct loaded *out_loaded,
               struct err_info *info)
{
    struct err_info scratch;
    if (info == NULL)
        info = &scratch;
    struct loaded l = {0};
    int rc = source_open(path, &l.source, info);
    if (rc != 0)
        return rc;
    l.ingest = l.source.is_stream ? ingest_new_stream()
                                  : ingest_new_file(source_read_at, &out_loaded->source);
    if (l.ingest == NULL) {
        loaded_release(&l);
        return err_set(info, -ENOMEM, "out of memory");
    }
    *out_loaded = l;
    rc = l.source.is_stream ? load_stream(out_loaded, progress, ctx, info)
                            : load_file(out_loaded, progress, ctx, info);
    if (rc != 0) {
        add_name(&out_loaded->source, rc, info);
        loaded_release(out_loaded);
        return rc;
    }
    out_loaded->trace = ingest_trace(out_loaded->ingest);
    ingest_trust(out_loaded->ingest, &out_loaded->trust);
    return 0;
}

void loaded_release(struct loaded *l)
{
    ingest_free(l->ingest);
    source_close(&l->source);
    *l = (struct loaded){.source.fd = -1};
}
