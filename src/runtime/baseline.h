/*
 * Another file to compare with, read beside the loop: keys are answered meanwhile.
 *
 * Loop thread; the reading itself is done by a thread of libuv's pool.
 */
#ifndef RUNTIME_BASELINE_H
#define RUNTIME_BASELINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

#include "source/load.h"
#include "ui/app/app.h"

struct baseline {
    struct app *app; /* is told how far it is, and given the trace */
    uv_work_t work;
    uv_timer_t tick;
    char *path; /* owned; NULL: nothing is read */
    _Atomic bool stop;
    _Atomic uint64_t done, total; /* bytes */
    struct trace *trace;          /* the result: one reference, NULL when it failed */
    struct err_info info;
    void (*changed)(void *ctx); /* a frame is due */
    void *ctx;
};

/* `b` is zeroed; `app` is set before the first file is read. */
void baseline_init(struct baseline *b, uv_loop_t *loop, void (*changed)(void *ctx), void *ctx);

/* Begins to read; the app is told when it is done. Returns 0, or a code with what is wrong in
 * `out_said`: it is no file that can be read to its end. */
int baseline_start(struct baseline *b, const char *path, struct strbuf *out_said);

/* Has the reading end soon, without a result. */
void baseline_stop(struct baseline *b);

/* The same, for good. The loop runs on until it has ended. */
void baseline_close(struct baseline *b);

#endif
