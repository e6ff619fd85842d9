/*
 * The explorer at work: what its loop, its host and its start share. Private to explore*.c.
 *
 *   explore.c        start and end
 *   explore_loop.c   frames, keys, signals
 *   explore_host.c   the input, and what the app asks for
 *
 * Loop thread.
 */
#ifndef RUNTIME_EXPLORE_PRIV_H
#define RUNTIME_EXPLORE_PRIV_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "answer/snapshot.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "query/query.h"
#include "runtime/baseline.h"
#include "runtime/explore.h"
#include "runtime/input_watch.h"
#include "runtime/symbolizer.h"
#include "runtime/terminal.h"
#include "runtime/writer.h"
#include "ui/app/app.h"
#include "ui/term/screen.h"
#include "ui/term/theme.h"

/* The signals we live with. */
#define SIGNAL_COUNT 7

struct explorer {
    const struct explore_options *options;
    uv_loop_t loop;
    struct terminal terminal;
    struct screen *screen;
    struct theme theme;
    struct app *app;
    struct app_host host;
    struct input_watch inputs[2]; /* one is read; a reload opens the other before it closes this */
    struct input_watch *input;    /* the one that is read */
    bool shown;                   /* rows were there: whatever comes, the program stays */
    struct query_spec asked; /* asked last; holds a reference to the filter, as those beside it */
    struct query_spec aside[ASIDE_COUNT];
    bool aside_asked[ASIDE_COUNT];
    struct answer_spec answer[ANSWER_KINDS]; /* hold references */
    bool answer_asked[ANSWER_KINDS];

    struct symbolizer *symbolizer; /* NULL: nobody finds names */
    struct writer writer;
    struct baseline baseline;
    uv_poll_t keys;
    uv_signal_t signals[SIGNAL_COUNT];
    uv_timer_t frame;
    int64_t frame_at;   /* start of the last frame */
    int64_t frame_cost; /* ns it took */

    bool leaving;
    int exit_code;
    struct strbuf last_words; /* told on standard error after the terminal is restored */
};

/* Starts the timer, the signals and what writes files; before anything is opened. */
void explore_start_handles(struct explorer *e);

/* Reads keys from now on; the screen and the app are there. */
void explore_start_keys(struct explorer *e);

/* Arms the frame timer for the moment the picture is or will be out of date; disarms it when that
 * is never. To be called whenever the app was told something. */
void explore_schedule_frame(struct explorer *e);

/* `^Z`: the terminal goes back to the shell; returns after `fg`. */
void explore_suspend(struct explorer *e);

/* Stops everything that keeps the loop alive; uv_run() returns once the close callbacks have run.
 * The first code holds. */
void explore_leave(struct explorer *e, int code);

/* Opens the input anew; the one that was read goes once that has succeeded. 0 or an error, and
 * what was read goes on. */
int explore_open_input(struct explorer *e, struct err_info *info);

/* Fills e->host with what the app may ask for. */
void explore_make_host(struct explorer *e);

/* Has names found out from now on, when there are folders to look in. */
void explore_start_names(struct explorer *e);

/* Drops the questions that were kept for an input opened anew. */
void explore_forget_questions(struct explorer *e);

#endif
