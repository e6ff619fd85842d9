/*
 * A view: one screen or pane, as data plus a constant table of functions.
 *
 * A view draws, and turns actions into changes of its own state or into a request to the program.
 * It never reads keys, timers or files. A new view is one file that defines a struct view_ops and
 * embeds struct view as its first member. Loop thread only.
 */
#ifndef UI_VIEW_VIEW_H
#define UI_VIEW_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/answer_spec.h"
#include "base/strbuf.h"
#include "ui/keys/action.h"
#include "ui/term/canvas.h"
#include "ui/term/key.h"

struct census;
struct frame_rules;
struct keymap;
struct list;
struct query;
struct matcher;
struct page;
struct snapshot;
struct trace;
struct stops_jump;

/* How figures are written, the same in every view. Owned by the program. */
struct view_settings {
    bool short_units; /* KiB and MiB instead of exact bytes (`u`) */
    bool wall_time;   /* time of day instead of time since the start (`R`) */
    bool utc;         /* time of day in UTC instead of the trace's time zone */
};

#define VIEW_MARK_NAME 40

/* A moment that was given a letter. */
struct view_mark {
    char letter;
    bool recorded;             /* it came with the trace */
    uint32_t turn;             /* which one was set last; 0: recorded */
    uint64_t row;              /* the event; ROW_NONE where the moment lies between events */
    int64_t time;              /* raw */
    char name[VIEW_MARK_NAME]; /* printable; "" for none */
};

/* Another trace, all there, whose end is compared with. */
struct view_baseline {
    struct trace *trace;
    const char *name; /* safe to print */
};

/* What every view can look at. Borrowed; outlives the view. */
struct view_env {
    const struct snapshot *snapshot; /* what is shown; set for each frame, NULL before the first */
    const struct snapshot *newest; /* the same unless the picture is frozen: for asides' answers */
    const struct census *census;   /* of its trace */
    const struct view_settings *settings;
    const struct frame_rules *rules; /* which frames are the allocator's; NULL: none */
    bool unfolded;                   /* Stacks shows them all the same */
    const struct keymap *keymap;     /* the keys in force */
    const char *problems;            /* of the configuration, one a line; NULL or "": none */
    const struct query *hits; /* the rows that are looked for; set for each frame, NULL: none */
    const struct view_mark *marks; /* in order of their letters */
    size_t mark_count;
    const struct view_baseline *baseline; /* what Diff compares with; NULL: nothing */
};

enum view_result {
    VIEW_IGNORED, /* none of the view's: the next view below, then the program, gets it */
    VIEW_DONE,    /* handled; the view is drawn again */
    VIEW_CLOSE,   /* the view wants to go */
    VIEW_REQUEST, /* see struct view_request */
};

enum view_request_kind {
    VIEW_REQUEST_FILTER, /* add `condition` to the filter and stay */
    VIEW_REQUEST_DRILL,  /* add `condition` and show `screen`; Backspace comes back */
    VIEW_REQUEST_PUSH,   /* show `view` above this one (the detail of an event) */
    VIEW_REQUEST_EVENT,  /* show the event `row` in Events; from elsewhere Backspace comes back */
    VIEW_REQUEST_MESSAGE /* tell `condition`, as of app_tell(), in the status line */
};

struct view;

/* What a screen's list is a list of. */
enum view_rows {
    VIEW_ROWS_NONE,
    VIEW_ROWS_EVENTS,
    VIEW_ROWS_HEAPS, /* row ids are the registry's numbers, of the next two, too */
    VIEW_ROWS_PROCESSES,
    VIEW_ROWS_THREADS,
    VIEW_ROWS_SOURCES, /* row ids are the Sources, of all further ones together 2^32 */
    VIEW_ROWS_SIZES,   /* row ids are size_row_id(), of the next two, too */
    VIEW_ROWS_EXACT_SIZES,
    VIEW_ROWS_BUCKETS,
    VIEW_ROWS_MOMENTS,  /* row ids are the keys of rows */
    VIEW_ROWS_STACKS,   /* row ids are the keys of nodes */
    VIEW_ROWS_FINDINGS, /* row ids are their keys */
    VIEW_ROWS_BLOCKS,   /* row ids are the events that allocated them */
};

/* What a view asks of the program. The receiver releases `condition`. */
struct view_request {
    enum view_request_kind kind;
    struct strbuf condition; /* an expression of the filter language, or the message */
    struct strbuf label;     /* DRILL: the step in the breadcrumb; "" for the condition itself */
    enum ui_scope screen;    /* DRILL: where to go */
    enum view_rows rows;     /* DRILL: what the screen is to be a list of then; NONE: as it is */
    bool ranged;             /* DRILL: the range becomes `since` to `until`, as of a query_spec */
    int64_t since, until;
    struct view *view; /* PUSH: passes to the stack, which closes it */
    uint64_t row;      /* EVENT */
};

struct view_ops {
    enum ui_scope scope; /* name, keymap, theme overrides */
    bool is_list;        /* the keys of SCOPE_LIST hold */
    bool is_pane;        /* shares the body with the view below it instead of covering it */
    bool takes_keys;     /* of a pane: it gets the keys when it is opened, for its own rows */
    int most_rows;       /* of a pane: more than these are left to the view below; 0: half */

    /* Frees the view. */
    void (*close)(struct view *v);

    /* Data, filter, range or settings may have changed: look again. Returns true when the picture
     * changes. */
    bool (*sync)(struct view *v);

    /* Draws the whole view into `c`, which may be of any size and is blank. */
    void (*draw)(struct view *v, const struct canvas *c);

    /* `count` is 0 when none was typed. `out_request` is zeroed, and read only after VIEW_REQUEST.
     */
    enum view_result (*action)(struct view *v, enum action a, uint64_t count,
                               struct view_request *out_request);

    /* Optional: the answer it shows is asked for as long as the view is on the screen. Fills
     * `out_spec`, which is zeroed but for its kind, and borrows what it refers to. False: it wants
     * none of that kind. */
    bool (*wants)(const struct view *v, enum answer_kind kind, struct answer_spec *out_spec);

    /* Optional: the list or the page that fills the view, for what is the same in all of them:
     * finding, copying, writing, choosing columns, the mouse. */
    struct list *(*list)(struct view *v);
    struct page *(*page)(struct view *v);

    /*
     * Optional: jumps in what the view looks for by itself, rows that are not open included.
     * Returns which hit it went to, from 1 on, 0 when there is none; `out_total` is how many.
     */
    uint64_t (*find)(struct view *v, const struct matcher *m, const struct stops_jump *jump,
                     uint64_t *out_total, bool *out_wrapped);

    /* Optional: what is copied of it in place of the list's row, lines that end with a newline. */
    void (*put_copy)(struct view *v, struct strbuf *out);

    /* Optional: the mouse clicked or turned its wheel at a cell of the screen. False when that is
     * for the list to answer. `out_action`, preset to ACTION_NONE, is what else is to be done. */
    bool (*touch)(struct view *v, struct ui_key event, enum action *out_action);

    /* Optional: the moment of what is selected: its time, raw, and its row, ROW_NONE when it lies
     * between rows. False, and nothing is set, when what is selected has none. A range begins and
     * ends there, a mark is set there. */
    bool (*moment)(const struct view *v, int64_t *out_raw, uint64_t *out_row);

    /* Optional: what its list can be written to a file as. */
    enum view_rows (*rows)(const struct view *v);

    /* Optional: makes it a list of something else, where a person left that list. */
    void (*show_rows)(struct view *v, enum view_rows rows);

    /* Keys worth a hint in the status line, most important first. */
    const struct action_hint *hints;
    size_t hint_count;

    /* Optional: the hints for where the keys go just now; returns how many. Cost: none. */
    size_t (*hints_now)(const struct view *v, const struct action_hint **out_hints);
};

struct view {
    const struct view_ops *ops;
    const struct view_env *env;
    bool focused; /* has the keys; set by the stack */
};

/* The list and the page of a view; NULL where it has none, and of no view. */
struct list *view_list(struct view *v);
struct page *view_page(struct view *v);

/* Makes the request a message, whatever was put into it before, and returns VIEW_REQUEST. An
 * `{action.name}` in it becomes the key of that action. */
__attribute__((format(printf, 2, 3))) enum view_result view_say(struct view_request *out_request,
                                                                const char *format, ...);

#endif
