/* Drives ingest over whole inputs without a loop; see load.h. */
#include "source/load.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/asker.h"
#include "source/inputs_unpack.h"

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
    const _Atomic bool *stop; /* may be NULL */
    unsigned steps;
    unsigned failed;  /* the input that an error is about */
    uint8_t *block;   /* what comes from the stream; NULL until it is read */
    struct span rest; /* in it: read already and not pushed yet */
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

static int check_stop(struct loader *ld)
{
    if (ld->stop == NULL || !atomic_load_explicit(ld->stop, memory_order_relaxed))
        return 0;
    return err_set(ld->info, -ECANCELED, "stopped");
}

/* Works until there is nothing more to do. */
static int drain(struct loader *ld, enum ingest_hold hold)
{
    int rc;
    do {
        rc = ingest_step(ld->l->ingest, hold, ld->info);
        note_step(ld);
        if (rc == INGEST_MORE && check_stop(ld) != 0)
            rc = -ECANCELED;
    } while (rc == INGEST_MORE);
    ld->failed = ingest_failed_input(ld->l->ingest);
    return rc < 0 ? rc : 0;
}

/* What the stream has next, into `rest`; nothing at its end. */
static int read_on(struct loader *ld, unsigned input)
{
    size_t n = 0;
    if (ld->block == NULL)
        ld->block = malloc(LOAD_BLOCK);
    if (ld->block == NULL)
        return err_set(ld->info, -ENOMEM, "out of memory");
    int rc = read_stream(ld->l->inputs.list[input]->fd, ld->block, LOAD_BLOCK, &n);
    if (rc != 0)
        return err_set(ld->info, rc, "cannot read: %s", strerror(-rc));
    ld->rest = (struct span){ld->block, n};
    return 0;
}

static int push(struct loader *ld, unsigned input, struct span bytes)
{
    int rc = bytes.len != 0 ? ingest_push(ld->l->ingest, input, bytes.p, bytes.len) : 0;
    ld->failed = input;
    return rc != 0 ? err_set(ld->info, rc, "out of memory") : 0;
}

/* Reads the stream to its end, and meanwhile what can be told of the files beside it. */
static int load_stream(struct loader *ld, unsigned input)
{
    int rc = push(ld, input, inputs_head(&ld->l->inputs));
    if (rc == 0 && ld->rest.len == 0)
        rc = read_on(ld, input);
    while (rc == 0 && ld->rest.len != 0) {
        rc = push(ld, input, ld->rest);
        if (rc == 0)
            rc = drain(ld, INGEST_HOLD);
        if (rc == 0)
            rc = read_on(ld, input);
    }
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

/* ---- containers ---- */

static unsigned stream_number(const struct inputs *in)
{
    unsigned i = 0;
    while (!in->list[i]->is_stream)
        i++;
    return i;
}

/* What a stream is must be known before it can be read: a container is expanded first. */
static int feed_inputs(struct loader *ld)
{
    struct inputs *in = &ld->l->inputs;
    unsigned input = stream_number(in);
    int rc = read_on(ld, input);
    in->failed = input;
    if (rc != 0)
        return rc;
    if (ld->rest.len == 0)
        return inputs_end(in, ld->info);
    size_t taken;
    rc = inputs_take(in, ld->rest.p, ld->rest.len, &taken, ld->info);
    ld->rest = span_from(ld->rest, taken);
    return rc;
}

static int expand(struct loader *ld)
{
    uint64_t done, total;
    int state;
    while ((state = inputs_prepare(&ld->l->inputs, LOAD_BLOCK, ld->info)) > INPUTS_READY) {
        int rc = state == INPUTS_WAIT ? feed_inputs(ld) : check_stop(ld);
        if (rc != 0)
            return rc;
        inputs_progress(&ld->l->inputs, &done, &total);
        if (ld->progress != NULL && total != 0)
            ld->progress(ld->ctx, done, total);
    }
    return state;
}

static int prepare(struct loader *ld)
{
    int rc = expand(ld);
    if (rc != 0) {
        struct err_info inner = *ld->info;
        inputs_error(&ld->l->inputs, (unsigned)ld->l->inputs.failed, ld->info, rc, inner.text);
    }
    return rc;
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

int load_trace(const struct load_request *what, load_progress_fn progress, void *ctx,
               struct loaded *out_loaded, struct err_info *info)
{
    struct err_info scratch;
    struct loader ld = {.l = out_loaded,
                        .spec = what->spec,
                        .progress = progress,
                        .ctx = ctx,
                        .stop = what->stop,
                        .info = info != NULL ? info : &scratch};
    *out_loaded = (struct loaded){0};
    int rc = inputs_open(&out_loaded->inputs, what->paths, what->path_count, ld.info);
    if (rc == 0 && what->expand_limit != 0)
        out_loaded->inputs.expand_limit = what->expand_limit;
    if (rc == 0)
        rc = prepare(&ld);
    if (rc == 0)
        rc = load_opened(&ld);
    free(ld.block);
    if (rc != 0) {
        loaded_release(out_loaded);
        return rc;
    }
    out_loaded->trace = ingest_trace(out_loaded->ingest);
    ingest_trust(out_loaded->ingest, &out_loaded->trust);
    inputs_add_damage(&out_loaded->inputs, &out_loaded->trust);
    return 0;
}

void loaded_release(struct loaded *l)
{
    query_unref(l->query);
    ingest_free(l->ingest);
    inputs_close(&l->inputs);
    *l = (struct loaded){0};
}
