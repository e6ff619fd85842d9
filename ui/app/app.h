/*
 * The program as the person meets it: screens, keys, filter prompt, frame, over the newest
 * snapshot.
 *
 * Ties views, keymap and frame together and owns what belongs to no single view: the query asked,
 * freeze and follow, messages, the way back. It knows no files, timers or threads: what it wants
 * done it asks of its host, what has changed it is told. Loop thread only.
 */
#ifndef UI_APP_APP_H
#define UI_APP_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/snapshot.h"
#include "base/strbuf.h"
#include "ui/term/key.h"
#include "ui/term/screen.h"
#include "ui/view/view.h"

struct config_setting;
struct frame_rules;
struct keymap;

/* Rows to be written to a file; all borrowed. */
struct app_write {
    enum view_rows rows;
    const char *path;    /* as typed: `~/` and the suffix still mean something */
    bool replace;        /* a file of that name, too */
    const char *columns; /* events, blocks: "time,op,size" */
    bool descending;     /* blocks: from the end of the list */
    const uint64_t *ids; /* others: the row ids in the order shown */
    size_t id_count;
    struct snapshot *snapshot;       /* that is shown */
    const struct frame_rules *rules; /* which frames are the allocator's; NULL: none */
};

/* What the app asks of the program around it. All functions return at once. */
struct app_host {
    void *ctx;
    /* Ask a new question; the snapshots that answer it follow. `spec` is borrowed for the call. */
    void (*ask)(void *ctx, const struct query_spec *spec);
    /* Ask beside it for rows alone; NULL forgets what was asked. The same snapshots answer. */
    void (*ask_aside)(void *ctx, enum aside which, const struct query_spec *spec);
    /* Ask for an answer about the question, too; NULL: it is not wanted any more. `spec` is
     * borrowed for the call. */
    void (*ask_answer)(void *ctx, enum answer_kind kind, const struct answer_spec *spec);
    void (*reload)(void *ctx); /* read the input anew */
    /* Write settings into the configuration file. Returns 0 or a negative code; `out_said` tells
     * what was written where, or why nothing was. */
    int (*save)(void *ctx, const struct config_setting *settings, size_t count,
                struct strbuf *out_said);
    /* Begin to write a file; app_write_ended() follows when this returns 0. -EEXIST: there is such
     * a file. `out_said` tells what is wrong. */
    int (*write)(void *ctx, const struct app_write *what, struct strbuf *out_said);
    /* Begin to read a saved trace to compare with; app_take_baseline() follows when this returns 0.
     * `out_said` tells what is wrong. */
    int (*read_baseline)(void *ctx, const char *path, struct strbuf *out_said);
    void (*stop_task)(void *ctx); /* give up the file being written or read */
    void (*suspend)(void *ctx);   /* back to the shell; returns after `fg` */
    void (*quit)(void *ctx);
    int64_t (*now)(void *ctx); /* monotonic ns */
};

struct app_config {
    const struct app_host *host;
    struct screen *screen;
    struct filter *filter;        /* the first question's filter, borrowed; NULL: none */
    struct symbol_table *symbols; /* what filters go by, borrowed; NULL: no names */
    int64_t since, until;         /* its range, ns; INT64_MIN and INT64_MAX when open */
    bool follow;                  /* start on Events, following; else on Summary */
    bool short_units;             /* KiB and MiB instead of exact bytes */
    bool wall_time;               /* time of day instead of time since the start */
    bool utc;                     /* wall clock in UTC instead of the trace's time zone */
    bool mouse;                   /* switch the mouse on */
    const char *theme; /* the one the screen has, by name or path; NULL or "": the default */
    const char *fold;  /* patterns of the allocator's frames; NULL: the usual ones */
};

struct app;

struct app *app_new(const struct app_config *config);
void app_free(struct app *a);

/* The screen is about to be closed: nothing more is shown or drawn, and only app_free() and the
 * getters may follow. */
void app_forget_screen(struct app *a);

/* The newest picture; the app keeps a reference of its own. Ignored, but remembered, while frozen.
 */
void app_set_snapshot(struct app *a, struct snapshot *s);

/* One key. */
void app_key(struct app *a, const struct ui_key *key);

/* The screen has another size: everything is drawn anew. */
void app_resized(struct app *a);

/* One line in the status line, until the next key. */
void app_message(struct app *a, bool is_error, const char *text);

/* The same; `{file.reload}` in the text becomes the key of that action, or the way to do it when it
 * has none. */
void app_tell(struct app *a, bool is_error, const char *text);

/* How far a file is: shown until it is told that it ended. `{action}` as in app_tell(). */
void app_write_progress(struct app *a, const char *text);
void app_write_ended(struct app *a, bool is_error, const char *text);

/* The same of the file being read to compare with. When it ended: the trace, of which a reference
 * is taken, or NULL and why there is none. */
void app_read_progress(struct app *a, const char *text);
void app_take_baseline(struct app *a, struct trace *trace, const char *path, const char *why);

/* The keys in force, which may be changed until the first key. */
struct keymap *app_keymap(struct app *a);

/* Chooses the columns of a screen by its name: "heaps", "heap:13 allocs". False, and what was found
 * and expected in `out_why`, when that makes no sense. */
bool app_take_columns(struct app *a, const char *screen, const char *columns,
                      struct strbuf *out_why);

/* What is wrong with the configuration, one line each (copied): the first stands in the status
 * line, all of them in help. */
void app_tell_problems(struct app *a, const char *problems);

/* The theme that was asked for or chosen last, by name or path; "" for the default. Borrowed until
 * another is chosen. */
const char *app_theme_name(const struct app *a);

/* True when something on the screen is out of date. */
bool app_is_dirty(const struct app *a);

/* Draws and flushes a frame. */
void app_draw(struct app *a);

/*
 * What was typed into prompts before, as the text of a file: app_take_history() reads it at the
 * start, however broken it is. app_put_history() appends what should be kept for the next run: the
 * lines of `kept`, which is the file as it is by now, and behind them those typed in this run.
 * False, and nothing appended, when none was typed.
 */
void app_take_history(struct app *a, const char *text, size_t n);
bool app_put_history(const struct app *a, const char *kept, size_t n, struct strbuf *out);

/* When the picture will be out of date without any news ("last buffer 3 s ago"), monotonic ns;
 * INT64_MAX: never. */
int64_t app_next_change(const struct app *a);

#endif
