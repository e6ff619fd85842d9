/*
 * Files written from the screen, one at a time, beside the loop: keys are answered meanwhile.
 *
 * Loop thread; the writing itself is done by a thread of libuv's pool.
 */
#ifndef RUNTIME_WRITER_H
#define RUNTIME_WRITER_H

#include <stdbool.h>
#include <uv.h>

#include "export/export_job.h"
#include "ui/app/app.h"

struct writer {
    struct app *app; /* is told how far it is */
    uv_work_t work;
    uv_timer_t tick;
    struct export_job job;
    bool busy;
    void (*changed)(void *ctx); /* a frame is due */
    void *ctx;
};

/* `w` is zeroed; `app` is set before the first file is written. `changed` is called when the app
 * was told something. */
void writer_init(struct writer *w, uv_loop_t *loop, void (*changed)(void *ctx), void *ctx);

/*
 * Begins to write; the app is told when it is done. Returns 0, -EEXIST when there is such a file
 * and it shall not be replaced, or another code with what is wrong; `out_said` tells.
 */
int writer_start(struct writer *w, const struct app_write *what, struct strbuf *out_said);

/* Has what is being written end soon, and leave nothing behind. */
void writer_stop(struct writer *w);

/* The same, for good. The loop runs on until the writing has ended. */
void writer_close(struct writer *w);

#endif
