/*
 * Where the explorer's bytes come from: saved files, growing ones, a pipe, told to the worker as
 * they change.
 *
 * Owns the inputs, and the tails and the feed that watch them; reopening (`r`) starts all of it
 * anew. Loop thread.
 */
#ifndef RUNTIME_INPUT_WATCH_H
#define RUNTIME_INPUT_WATCH_H

#include <stdbool.h>
#include <uv.h>

#include "base/err.h"
#include "runtime/explore.h"
#include "runtime/worker.h"

struct input_watch;

/* One of the inputs. */
struct watched {
    struct input_watch *owner;
    unsigned number;
    const struct source *source;
    enum session_mode mode;
    struct tail *tail; /* of a file that may grow */
};

struct input_watch {
    uv_loop_t *loop;
    struct inputs inputs;    /* the worker's while it runs, but for `named` */
    struct watched *watched; /* one for each input; owned */
    struct worker *worker;
    struct feed *feed; /* of the one stream */
    bool live;         /* one of them was opened as something that may grow */
};

/*
 * Opens the inputs and starts a worker on it. Returns 0 or a negative code with a line in `info`.
 * `notify` as in worker.h.
 */
int input_watch_open(struct input_watch *w, uv_loop_t *loop, const struct explore_options *options,
                     worker_notify_fn notify, void *ctx, struct err_info *info);

/* One of them comes through a pipe, and not a second time. */
bool input_watch_has_pipe(const struct input_watch *w);

/* Stops worker, tails and feed and closes the inputs. Safe on a zeroed struct. */
void input_watch_close(struct input_watch *w);

/* Call when the worker has news: reading may go on, watching may be over. */
void input_watch_progress(struct input_watch *w, const struct snapshot *s);

#endif
