/*
 * A trace of any bytes, read as a saved file, as a growing one and as a pipe: where nothing is
 * damaged the three ways in end with the same rows. And the bytes cut in two, a trace each, read
 * together: saved and growing, in either order, they end with the same rows.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "decoder/etl_detect.h"
#include "model/ingest.h"

/* Where a trace is large its pieces are, too, so that each run ends soon. */
#define PIECES 9

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static int read_bytes(void *ctx, uint64_t offset, void *buf, size_t n, size_t *out_n)
{
    const struct span *file = ctx;
    size_t left = offset < file->len ? file->len - (size_t)offset : 0;
    *out_n = n < left ? n : left;
    if (*out_n != 0)
        memcpy(buf, file->p + offset, *out_n);
    return 0;
}

/* Returns the last result, or the error. */
static int drain(struct ingest *in, enum ingest_hold hold)
{
    int rc;
    while ((rc = ingest_step(in, hold, NULL)) == INGEST_MORE)
        continue;
    return rc;
}

/* NULL when the bytes are no trace. */
static struct ingest *end(struct ingest *in, int rc)
{
    if (rc >= 0)
        rc = drain(in, INGEST_FINISH);
    if (rc >= 0) {
        check(rc == INGEST_ENDED);
        return in;
    }
    ingest_free(in);
    return NULL;
}

static struct ingest *read_saved(struct span *file)
{
    struct ingest *in = ingest_new_file(read_bytes, file);
    check(in != NULL);
    ingest_set_size(in, 0, file->len);
    return end(in, 0);
}

static size_t piece_end(const struct span *file, size_t piece)
{
    return piece == PIECES ? file->len : file->len / PIECES * piece;
}

static struct ingest *read_growing(struct span *file)
{
    struct ingest *in = ingest_new_file(read_bytes, file);
    check(in != NULL);
    int rc = 0;
    for (size_t i = 1; i <= PIECES && rc >= 0; i++) {
        ingest_set_size(in, 0, piece_end(file, i));
        rc = drain(in, INGEST_HOLD);
    }
    return end(in, rc);
}

static struct ingest *read_pipe(const struct span *file)
{
    struct ingest *in = ingest_new_stream();
    check(in != NULL);
    int rc = 0;
    for (size_t i = 1; i <= PIECES && rc >= 0; i++) {
        size_t from = piece_end(file, i - 1), n = piece_end(file, i) - from;
        if (n == 0)
            continue; /* read() of a pipe says that only at its end */
        check(ingest_push(in, 0, file->p + from, n) == 0);
        rc = drain(in, INGEST_HOLD);
    }
    return end(in, rc);
}

/* Who did it to what, by numbers that do not depend on the order in which they were met. */
static void check_same_owner(const struct trace *a, const struct row *x, const struct trace *b,
                             const struct row *y)
{
    const struct thread *s = registry_thread(a->registry, x->thread);
    const struct thread *t = registry_thread(b->registry, y->thread);
    check(s->tid == t->tid);
    check(registry_process(a->registry, s->process)->pid ==
          registry_process(b->registry, t->process)->pid);
    if ((x->has & EVENT_HAS_HEAP) != 0)
        check(registry_heap(a->registry, x->heap)->handle ==
              registry_heap(b->registry, y->heap)->handle);
}

static void check_same_row(const struct trace *a, const struct trace *b, uint64_t id)
{
    struct row x, y;
    store_get(a->store, id, &x);
    store_get(b->store, id, &y);
    check(x.time == y.time && x.op == y.op && x.has == y.has && x.flags == y.flags);
    check((x.has & EVENT_HAS_ADDRESS) == 0 || x.address == y.address);
    check((x.has & EVENT_HAS_SIZE) == 0 || x.size == y.size);
    check((x.has & EVENT_HAS_SOURCE) == 0 || x.source == y.source);
    check(x.link == y.link);
    check_same_owner(a, &x, b, &y);
}

static void check_same(const struct ingest *one, const struct ingest *other)
{
    const struct trace *a = ingest_trace(one), *b = ingest_trace(other);
    check((a == NULL) == (b == NULL));
    if (a == NULL)
        return;
    uint64_t rows = store_rows(a->store);
    check(rows == store_rows(b->store));
    for (uint64_t id = 0; id < rows; id++)
        check_same_row(a, b, id);
    check(ingest_tally(one)->heap_events == ingest_tally(other)->heap_events);
}

/* Where bytes are damaged, who sees fewer of them at a time may lose more. */
static bool is_whole(const struct ingest *in)
{
    struct trust t;
    ingest_trust(in, &t);
    return t.buffers_damaged == 0 && t.records_skipped == 0 && !ingest_needs_reread(in);
}

/* ---- two inputs ---- */

/* Adds files[0] and files[1], or the other way round. */
static struct ingest *add_both(struct span files[2], bool turned)
{
    struct ingest *in = ingest_new();
    check(in != NULL);
    for (int i = 0; i < 2; i++)
        check(ingest_add_file(in, read_bytes, &files[turned ? 1 - i : i]) == i);
    return in;
}

static struct ingest *read_both_saved(struct span files[2], bool turned)
{
    struct ingest *in = add_both(files, turned);
    for (unsigned i = 0; i < 2; i++)
        ingest_set_size(in, i, files[turned ? 1 - i : i].len);
    return end(in, 0);
}

/* One grows ahead of the other, is waited for, idle, or has ended. */
static struct ingest *read_both_growing(struct span files[2])
{
    struct ingest *in = add_both(files, false);
    int rc = 0;
    for (size_t i = 1; i <= 2 * PIECES && rc >= 0; i++) {
        unsigned which = i % 3 == 0;
        size_t piece = i / (which == 0 ? 1 : 2);
        ingest_set_size(in, which, piece_end(&files[which], piece < PIECES ? piece : PIECES));
        ingest_set_hold(in, which, i % 5 == 0 ? INGEST_RELEASE : INGEST_HOLD);
        rc = drain(in, INGEST_HOLD);
    }
    for (unsigned i = 0; i < 2; i++)
        ingest_set_size(in, i, files[i].len);
    if (rc >= 0) {
        ingest_set_hold(in, 0, INGEST_FINISH);
        rc = drain(in, INGEST_HOLD);
    }
    return end(in, rc);
}

static void check_all_same(struct ingest *first, struct ingest *other)
{
    check((first == NULL) == (other == NULL));
    if (first != NULL && is_whole(first) && is_whole(other))
        check_same(first, other);
}

/* A late record finds its place by time and CPU: which input's came first of equal ones, and which
 * thread ran then, is not known any more. */
static bool has_late(const struct ingest *in)
{
    struct trust t;
    ingest_trust(in, &t);
    return t.late_records != 0;
}

/* Where the bytes begin anew as a trace, past the first buffer; the middle when nowhere. */
static size_t find_second(const struct span *file)
{
    for (size_t at = 512; at + ETL_DETECT_SIZE <= file->len; at += 512)
        if (etl_detect(span_from(*file, at)) == ETL_KIND_ETL)
            return at;
    return file->len / 2;
}

static void run_two(struct span file)
{
    size_t cut = find_second(&file);
    struct span files[2] = {{file.p, cut}, span_from(file, cut)};
    struct ingest *saved = read_both_saved(files, false);
    struct ingest *turned = read_both_saved(files, true);
    struct ingest *growing = read_both_growing(files);
    check_all_same(saved, turned);
    if (saved != NULL && growing != NULL && !has_late(growing))
        check_all_same(saved, growing);
    ingest_free(saved);
    ingest_free(turned);
    ingest_free(growing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span file = {data, size};
    if (size == 0)
        return 0;
    struct ingest *saved = read_saved(&file);
    struct ingest *growing = read_growing(&file);
    struct ingest *pipe = read_pipe(&file);
    if (saved != NULL && growing != NULL && is_whole(saved) && is_whole(growing))
        check_same(saved, growing);
    if (saved != NULL && pipe != NULL && is_whole(saved) && is_whole(pipe))
        check_same(saved, pipe);
    ingest_free(saved);
    ingest_free(growing);
    ingest_free(pipe);
    run_two(file);
    return 0;
}
