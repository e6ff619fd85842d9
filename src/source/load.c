/* Drives ingest over a whole input without a loop; see load.h. */
#include "source/load.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/asker.h"

#define LOAD_BLOCK ((size_t)1 << 20)

/* Progress is told once in so many steps of a millisecond. */
#define PROGRESS_STEPS 64u

/* One loading. */
struct loader {
    struct loaded *l;
    const struct query_spec *spec; /* NULL: nothing is asked */
    struct asker *asker;           /* NULL until there is a trace */
    load_progress_fn progress;     /* may be NULL */
    void *ctx;
    unsigned steps;
    struct err_info *info;
};

/*
 * Reads what a stream has, waiting for at least one byte; 0 bytes at its end. Polls first, because
 * a FIFO that no writer has opened yet reads as ended.
 */
static int read_stream(int fd, uint8_t *buf, size_t n, size_t *out_n)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, -1) < 0) {
            if (errno == EINTR)
                continue;
            return -errno;
        }
        ssize_t got = read(fd, buf, n);
        if (got >= 0) {
            *out_n = (size_t)got;
            return 0;
        }
        if (errno != EINTR && errno != EAGAIN)
            return -errno;
    }
}

/* A filter on a block's fate looks from a row to the one that ends its block, wherever that is:
 * it has to wait until every row is there. */
static bool can_ask_along(const struct query_spec *spec)
{
    return spec != NULL && (spec->filter == NULL || !filter_depends_on_fate(spec->filter));
}

/* After a step: the asker may go on, the person may see progress. */
static void note_step(struct loader *ld)
{
    struct ingest *in = ld->l->ingest;
    struct trace *trace = ingest_trace(in);
    if (ld->asker == NULL && trace != NULL && can_ask_along(ld->spec))
        ld->asker = asker_new(trace, ld->spec);
    if (ld->asker != NULL)
        asker_allow(ld->asker);
    if (ld->progress == NULL || ld->steps++ % PROGRESS_STEPS != 0)
        return;
    uint64_t size = 0;
    (void)source_size(&ld->l->source, &size);
    ld->progress(ld->ctx, ingest_bytes_done(in), size);
}

/* Works until there is nothing more to do. */
static int drain(struct loader *ld, enum ingest_hold hold)
{
    int rc;
    do {
        rc = ingest_step(ld->l->ingest, hold, ld->info);
        note_step(ld);
    } while (rc == INGEST_MORE);
    return rc < 0 ? rc : 0;
}

static int load_stream(struct loader *ld)
{
    uint8_t *block = malloc(LOAD_BLOCK);
    if (block == NULL)
        return err_set(ld->info, -ENOMEM, "out of memory");
    int rc = 0;
    size_t n = 1;
    while (rc == 0 && n != 0) {
        rc = read_stream(ld->l->source.fd, block, LOAD_BLOCK, &n);
        if (rc != 0)
            err_set(ld->info, rc, "cannot read: %s", strerror(-rc));
        else if (n != 0)
            rc = ingest_push(ld->l->ingest, 0, block, n);
        if (rc == 0 && n != 0)
            rc = drain(ld, INGEST_HOLD);
    }
    free(block);
    return rc != 0 ? rc : drain(ld, INGEST_FINISH);
}

static int load_file(struct loader *ld)
{
    uint64_t size;
    int rc = source_size(&ld->l->source, &size);
    if (rc != 0)
        return err_set(ld->info, rc, "cannot read its size");
    ingest_set_size(ld->l->ingest, 0, size);
    return drain(ld, INGEST_FINISH);
}

static int open_input(const char *path, struct loaded *l, struct err_info *info)
{
    int rc = source_open(path, &l->source, info);
    if (rc != 0)
        return rc;
    l->ingest =
        l->source.is_stream ? ingest_new_stream() : ingest_new_file(source_read_at, &l->source);
    return l->ingest != NULL ? 0 : err_set(info, -ENOMEM, "out of memory");
}

/* The answer, once everything is there. */
static int finish_query(struct loader *ld)
{
    struct trace *trace = ingest_trace(ld->l->ingest);
    if (ld->spec == NULL)
        return 0;
    if (ld->asker == NULL)
        ld->asker = asker_new(trace, ld->spec);
    if (ld->asker != NULL)
        ld->l->query = asker_finish(ld->asker, trace);
    ld->asker = NULL;
    return ld->l->query != NULL ? 0 : err_set(ld->info, -ENOMEM, "out of memory for the figures");
}

int load_trace(const char *path, const struct query_spec *spec, load_progress_fn progress,
               void *ctx, struct loaded *out_loaded, struct err_info *info)
{
    struct err_info scratch;
    struct loader ld = {.l = out_loaded,
                        .spec = spec,
                        .progress = progress,
                        .ctx = ctx,
                        .info = info != NULL ? info : &scratch};
    *out_loaded = (struct loaded){.source.fd = -1};
    int rc = open_input(path, out_loaded, ld.info);
    if (rc == 0) {
        rc = out_loaded->source.is_stream ? load_stream(&ld) : load_file(&ld);
        if (rc == 0)
            rc = finish_query(&ld);
        asker_free(ld.asker);
        if (rc != 0) {
            struct err_info inner = *ld.info;
            source_error(ld.info, rc, path, inner.text);
        }
    }
    if (rc != 0) {
        loaded_release(out_loaded);
        return rc;
    }
    out_loaded->trace = ingest_trace(out_loaded->ingest);
    ingest_trust(out_loaded->ingest, &out_loaded->trust);
    return 0;
}

void loaded_release(struct loaded *l)
{
    query_unref(l->query);
    ingest_free(l->ingest);
    source_close(&l->source);
    *l = (struct loaded){.source.fd = -1};
}
