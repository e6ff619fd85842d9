/* Drives ingest over whole inputs without a loop; see load.h. */
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
    unsigned failed; /* the input that an error is about */
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

/* A filter on a block's fate looks from a row to the one that ends its block, wherever that is, and
 * one on call stacks goes by modules that may be told at the end: they have to wait until
 * everything is there. */
static bool can_ask_along(const struct query_spec *spec)
{
    return spec != NULL && (spec->filter == NULL || (!filter_depends_on_fate(spec->filter) &&
                                                     !filter_depends_on_stacks(spec->filter)));
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
    ld->progress(ld->ctx, ingest_bytes_done(in), inputs_size(&ld->l->inputs));
}

/* Works until there is nothing more to do. */
static int drain(struct loader *ld, enum ingest_hold hold)
{
    int rc;
    do {
        rc = ingest_step(ld->l->ingest, hold, ld->info);
        note_step(ld);
    } while (rc == INGEST_MORE);
    ld->failed = ingest_failed_input(ld->l->ingest);
    return rc < 0 ? rc : 0;
}

/* Reads the stream to its end, and meanwhile what can be told of the files beside it. */
static int load_stream(struct loader *ld, unsigned input)
{
    uint8_t *block = malloc(LOAD_BLOCK);
    if (block == NULL)
        return err_set(ld->info, -ENOMEM, "out of memory");
    int rc = 0;
    size_t n = 1;
    while (rc == 0 && n != 0) {
        rc = read_stream(ld->l->inputs.list[input]->fd, block, LOAD_BLOCK, &n);
        ld->failed = input;
        if (rc != 0)
            err_set(ld->info, rc, "cannot read: %s", strerror(-rc));
        else if (n != 0)
            rc = ingest_push(ld->l->ingest, input, block, n);
        if (rc == 0 && n != 0)
            rc = drain(ld, INGEST_HOLD);
    }
    free(block);
    return rc;
}

/* What is there is all there will be of a file. */
static int show_file(struct loader *ld, unsigned input)
{
    uint64_t size;
    int rc = source_size(ld->l->inputs.list[input], &size);
    ld->failed = input;
    if (rc != 0)
        return err_set(ld->info, rc, "cannot read its size");
    ingest_set_size(ld->l->ingest, input, size);
    ingest_set_hold(ld->l->ingest, input, INGEST_FINISH);
    return 0;
}

static int load_all(struct loader *ld)
{
    const struct inputs *in = &ld->l->inputs;
    int rc = 0;
    for (unsigned i = 0; i < in->count && rc == 0; i++)
        if (!in->list[i]->is_stream)
            rc = show_file(ld, i);
    for (unsigned i = 0; i < in->count && rc == 0; i++)
        if (in->list[i]->is_stream)
            rc = load_stream(ld, i);
    return rc != 0 ? rc : drain(ld, INGEST_FINISH);
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

/* Reads what was opened, and answers what is asked. */
static int load_opened(struct loader *ld)
{
    ld->l->ingest = inputs_ingest(&ld->l->inputs);
    if (ld->l->ingest == NULL)
        return err_set(ld->info, -ENOMEM, "out of memory");
    int rc = load_all(ld);
    if (rc == 0)
        rc = finish_query(ld);
    asker_free(ld->asker);
    if (rc != 0) {
        struct err_info inner = *ld->info;
        inputs_error(&ld->l->inputs, ld->failed, ld->info, rc, inner.text);
    }
    return rc;
}

int load_trace(char *const *paths, size_t count, const struct query_spec *spec,
               load_progress_fn progress, void *ctx, struct loaded *out_loaded,
               struct err_info *info)
{
    struct err_info scratch;
    struct loader ld = {.l = out_loaded,
                        .spec = spec,
                        .progress = progress,
                        .ctx = ctx,
                        .info = info != NULL ? info : &scratch};
    *out_loaded = (struct loaded){0};
    int rc = inputs_open(&out_loaded->inputs, paths, count, ld.info);
    if (rc == 0)
        rc = load_opened(&ld);
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
    inputs_close(&l->inputs);
    *l = (struct loaded){0};
}
